//! The yield that a chain's issuance schedule implies, nominal and real.

use crate::error::{Result, finite, fraction, non_negative, positive, representable};

/// Exponentially tapering inflation with a floor, as Solana's `Inflation` (initial, terminal, taper).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InflationSchedule {
    initial: f64,
    long_run: f64,
    disinflation: f64,
}

/// Parameters of [`staking_yield`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StakingYield {
    /// Supply inflation paid to stakers, per year.
    pub inflation: f64,
    /// Staked share of the supply, (0, 1].
    pub staked_share: f64,
    /// Commission of the validators, [0, 1].
    pub commission: f64,
    /// Share of credits earned (uptime), [0, 1].
    pub uptime: f64,
}

impl InflationSchedule {
    /// Solana's published schedule: 8 % initially, 15 % less each year, 1.5 % in the long run (Solana documentation,
    /// "Inflation schedule", 2020).
    pub const SOLANA: Self = Self {
        initial: 0.08,
        long_run: 0.015,
        disinflation: 0.15,
    };

    /// A schedule of `initial` inflation that falls by the share `disinflation` each year down to `long_run`.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for negative rates or a disinflation outside [0, 1],
    /// [`crate::ModelError::NotFinite`].
    pub fn new(initial: f64, long_run: f64, disinflation: f64) -> Result<Self> {
        Ok(Self {
            initial: non_negative("initial inflation", initial)?,
            long_run: non_negative("long-run inflation", long_run)?,
            disinflation: fraction("disinflation", disinflation)?,
        })
    }

    /// Inflation per year at `years` since the schedule began: max(initial·(1 − disinflation)^years, long run).
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for negative years, [`crate::ModelError::NotFinite`].
    pub fn at(&self, years: f64) -> Result<f64> {
        non_negative("years since the schedule began", years)?;
        Ok((self.initial * (1.0 - self.disinflation).powf(years)).max(self.long_run))
    }

    /// Mean inflation per year between two points of the schedule: the integral of [`InflationSchedule::at`] divided
    /// by the time, in closed form on either side of the point where the floor is reached.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for a negative start, [`crate::ModelError::NotPositive`] unless `to` is later
    /// than `from`, [`crate::ModelError::NotFinite`], [`crate::ModelError::Overflow`].
    pub fn mean(&self, from: f64, to: f64) -> Result<f64> {
        let start = self.at(from)?;
        let span = positive("span of the schedule", finite("end of the span", to)? - from)?;
        if start <= self.long_run {
            return Ok(self.long_run);
        }
        let decay = -(-self.disinflation).ln_1p();
        if decay == 0.0 {
            return Ok(start);
        }
        // Years until the floor; a floor of zero is never reached.
        let tapering = ((start / self.long_run).ln() / decay).min(span);
        if tapering == 0.0 {
            return Ok(self.long_run);
        }
        let tapered = start * -(-decay * tapering).exp_m1() / decay;
        representable(
            "mean inflation",
            (tapered + self.long_run * (span - tapering)) / span,
        )
    }
}

/// Nominal staking yield: inflation ÷ staked share × (1 − commission) × uptime (Solana documentation, "Staking yield").
///
/// # Errors
/// [`crate::ModelError::NotPositive`] for a staked share of zero, [`crate::ModelError::OutOfRange`],
/// [`crate::ModelError::NotFinite`], [`crate::ModelError::Overflow`].
pub fn staking_yield(input: &StakingYield) -> Result<f64> {
    non_negative("inflation", input.inflation)?;
    positive("staked share", fraction("staked share", input.staked_share)?)?;
    fraction("commission", input.commission)?;
    fraction("uptime", input.uptime)?;
    let gross = input.inflation / input.staked_share;
    representable("staking yield", gross * (1.0 - input.commission) * input.uptime)
}

/// Yield net of supply inflation, (1 + nominal)/(1 + inflation) − 1: the growth of a staker's share of the network
/// (Fisher 1930).
///
/// # Errors
/// [`crate::ModelError::NotFinite`], [`crate::ModelError::NotPositive`] for inflation of −100 % or below,
/// [`crate::ModelError::Overflow`].
pub fn real_yield(nominal: f64, inflation: f64) -> Result<f64> {
    finite("nominal yield", nominal)?;
    let growth = positive("one plus inflation", 1.0 + finite("inflation", inflation)?)?;
    representable("real yield", (nominal - inflation) / growth)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;

    #[test]
    fn solanas_schedule_gives_its_published_points() {
        let schedule = InflationSchedule::SOLANA;
        for (year, rate) in [(0.0, 0.08), (1.0, 0.068), (2.0, 0.0578), (3.0, 0.04913)] {
            assert_close(schedule.at(year).unwrap(), rate, 1e-15);
        }
        // "roughly 10 years" to the long-run rate.
        assert!(schedule.at(10.0).unwrap() > 0.015);
        assert_close(schedule.at(10.5).unwrap(), 0.015, 0.0);
    }

    #[test]
    fn the_mean_is_the_integral_of_the_schedule() {
        let schedule = InflationSchedule::SOLANA;
        for (from, to) in [(0.0, 1.0), (3.2, 7.7), (12.0, 13.0)] {
            let area = crate::testing::integrate(|t| schedule.at(t).unwrap(), from, to, 2_000);
            assert_close(schedule.mean(from, to).unwrap(), area / (to - from), 1e-12);
        }
        // Across the kink, where quadrature is only good to the step.
        let kink = schedule.mean(9.0, 12.0).unwrap();
        let area = crate::testing::integrate(|t| schedule.at(t).unwrap(), 9.0, 12.0, 20_000);
        assert_close(kink, area / 3.0, 1e-8);
        let level = InflationSchedule::new(0.05, 0.0, 0.0).unwrap();
        assert_eq!(level.mean(1.0, 3.0), Ok(0.05));
        let at_once = InflationSchedule::new(0.05, 0.01, 1.0).unwrap();
        assert_eq!(at_once.mean(1.0, 2.0), Ok(0.01));
        assert_eq!(at_once.mean(0.0, 2.0), Ok(0.01));
        assert!(schedule.mean(2.0, 2.0).is_err());
    }

    #[test]
    fn the_real_yield_is_the_growth_of_a_stakers_share_in_a_simulated_ledger() {
        let (inflation, staked_share) = (0.08, 0.65);
        let nominal = staking_yield(&StakingYield {
            inflation,
            staked_share,
            commission: 0.0,
            uptime: 1.0,
        })
        .unwrap();
        let (mut staked, mut idle) = (staked_share, 1.0 - staked_share);
        let share_before = staked / (staked + idle);
        staked += inflation * (staked + idle);
        idle += 0.0;
        let share_after = staked / (staked + idle);
        assert_close(
            real_yield(nominal, inflation).unwrap(),
            share_after / share_before - 1.0,
            1e-15,
        );
        // An idle holder is diluted.
        assert_close(real_yield(0.0, inflation).unwrap(), 1.0 / 1.08 - 1.0, 1e-15);
    }

    #[test]
    fn when_everyone_stakes_for_free_nobody_gains() {
        let input = StakingYield {
            inflation: 0.05,
            staked_share: 1.0,
            commission: 0.0,
            uptime: 1.0,
        };
        assert_close(
            real_yield(staking_yield(&input).unwrap(), 0.05).unwrap(),
            0.0,
            1e-17,
        );
    }

    #[test]
    fn commission_and_downtime_come_out_of_the_yield() {
        let input = StakingYield {
            inflation: 0.045,
            staked_share: 0.66,
            commission: 0.07,
            uptime: 0.98,
        };
        assert_close(staking_yield(&input).unwrap(), 0.062_140_909_090_909_09, 1e-15);
        assert!(
            staking_yield(&StakingYield {
                staked_share: 0.0,
                ..input
            })
            .is_err()
        );
    }
}
