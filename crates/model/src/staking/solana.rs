//! Solana: inflation by schedule, shared among the staked part of the supply, paid per epoch; tips beside it.

use crate::error::{Result, fraction, non_negative, positive, representable};
use crate::staking::{ChainYield, InflationSchedule, StakingYield, compounded, staking_yield, supply_growth};

/// Slots in the year by which Solana's schedule advances: 365.242199 days of 400 ms slots (`DEFAULT_SLOTS_PER_YEAR` of
/// solana-sdk's genesis config, 2020). Slots have taken longer than that, so the schedule runs behind the calendar.
pub const SLOTS_PER_YEAR: f64 = 78_892_314.984;

/// Slots in an epoch of mainnet-beta.
pub const SLOTS_PER_EPOCH: f64 = 432_000.0;

/// What Solana pays a delegator.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SolanaStaking {
    /// The schedule; [`InflationSchedule::SOLANA`] on mainnet-beta.
    pub schedule: InflationSchedule,
    /// Slots since inflation was switched on (mainnet-beta: since epoch 150).
    pub slots: f64,
    /// Seconds that a slot takes, as observed; 0.4 by design.
    pub seconds_per_slot: f64,
    /// Staked share of the supply, (0, 1].
    pub staked_share: f64,
    /// Commission on inflation rewards, [0, 1].
    pub commission: f64,
    /// Share of vote credits earned, [0, 1].
    pub uptime: f64,
    /// Block tips (MEV) and shared priority fees per year and unit of stake, before their commission; 0 where unknown.
    pub tips: f64,
    /// Commission on the tips, [0, 1].
    pub tip_commission: f64,
    /// Fees burnt per year as a share of the supply.
    pub burn: f64,
}

impl SolanaStaking {
    /// Inflation of the schedule per schedule year at this slot.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for negative slots, [`crate::ModelError::NotFinite`].
    pub fn inflation(&self) -> Result<f64> {
        self.schedule
            .at(non_negative("slots since inflation began", self.slots)? / SLOTS_PER_YEAR)
    }

    /// Epochs in a year of 365 days at the observed pace.
    fn epochs_per_year(&self) -> Result<f64> {
        positive("seconds per slot", self.seconds_per_slot)?;
        representable(
            "epochs per year",
            crate::series::SECONDS_PER_YEAR / (self.seconds_per_slot * SLOTS_PER_EPOCH),
        )
    }

    /// Schedule years that pass in a year of 365 days: above 1 where slots are fast, below where they are slow. Every
    /// epoch issues its fixed fraction of the schedule's annual figure, however long it takes.
    fn pace(&self) -> Result<f64> {
        Ok(self.epochs_per_year()? * (SLOTS_PER_EPOCH / SLOTS_PER_YEAR))
    }

    /// Simple annual yield: inflation ÷ staked share × (1 − commission) × uptime × pace of the slots, plus tips
    /// (Solana documentation, "Staking yield").
    ///
    /// # Errors
    /// As [`staking_yield`], for the staked share, commissions, uptime, tips and pace.
    pub fn simple(&self) -> Result<ChainYield> {
        non_negative("tips", self.tips)?;
        fraction("tip commission", self.tip_commission)?;
        fraction("burn", self.burn)?;
        let issued = representable("issuance", self.inflation()? * self.pace()?)?;
        let rewards = staking_yield(&StakingYield {
            inflation: issued,
            staked_share: self.staked_share,
            commission: self.commission,
            uptime: self.uptime,
        })?;
        ChainYield::new(
            rewards + self.tips * (1.0 - self.tip_commission),
            supply_growth(1.0, issued, self.burn)?,
        )
    }

    /// The same with rewards restaked every epoch, as the runtime does: nominal and supply growth both compounded.
    ///
    /// # Errors
    /// As [`SolanaStaking::simple`] and [`compounded`].
    pub fn effective(&self) -> Result<ChainYield> {
        let (simple, epochs) = (self.simple()?, self.epochs_per_year()?);
        ChainYield::new(
            compounded(simple.nominal, epochs)?,
            compounded(simple.supply_growth, epochs)?,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;
    use proptest::prelude::*;

    fn mainnet(epoch: f64) -> SolanaStaking {
        SolanaStaking {
            schedule: InflationSchedule::SOLANA,
            slots: (epoch - 150.0) * SLOTS_PER_EPOCH,
            seconds_per_slot: 0.4,
            staked_share: 0.65,
            commission: 0.05,
            uptime: 0.99,
            tips: 0.01,
            tip_commission: 0.08,
            burn: 0.0005,
        }
    }

    #[test]
    fn the_schedule_is_taken_by_slots_not_by_the_calendar() {
        // "The current inflation rate is 5.07 %": L. Lostin, "Is Solana's inflation too high?", summer of 2024, when
        // epochs 650 to 665 ran. By the calendar (3.5 years after February 2021) it would be 4.5 %.
        let (before, after) = (
            mainnet(665.0).inflation().unwrap(),
            mainnet(650.0).inflation().unwrap(),
        );
        assert!(before < 0.0507 && 0.0507 < after, "{before} {after}");
    }

    #[test]
    fn the_effective_yield_is_the_ledger_of_epochs() {
        let chain = mainnet(700.0);
        let simple = chain.simple().unwrap();
        let epochs = 31_536_000.0 / (0.4 * 432_000.0);
        let (mut stake, mut supply) = (1.0, 1.0);
        for _ in 0..182 {
            stake *= 1.0 + simple.nominal / epochs;
            supply *= 1.0 + simple.supply_growth / epochs;
        }
        let rest = epochs - 182.0;
        let tail = |rate: f64| (1.0 + rate / epochs).powf(rest);
        let effective = chain.effective().unwrap();
        assert_close(effective.nominal, stake * tail(simple.nominal) - 1.0, 1e-13);
        assert_close(
            effective.real,
            stake * tail(simple.nominal) / (supply * tail(simple.supply_growth)) - 1.0,
            1e-13,
        );
    }

    #[test]
    fn slow_slots_pay_less_in_a_year() {
        let slow = SolanaStaking {
            seconds_per_slot: 0.5,
            tips: 0.0,
            ..mainnet(700.0)
        };
        let fast = SolanaStaking {
            seconds_per_slot: 0.4,
            ..slow
        };
        assert_close(
            slow.simple().unwrap().nominal / fast.simple().unwrap().nominal,
            0.8,
            1e-14,
        );
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn the_yield_falls_with_stake_commission_and_age(
            share in 0.05f64..0.9, commission in 0.0f64..0.9, slots in 0.0f64..1e9,
        ) {
            let chain = SolanaStaking { staked_share: share, commission, slots, ..mainnet(150.0) };
            let y = chain.simple().unwrap().nominal;
            for other in [
                SolanaStaking { staked_share: share * 1.1, ..chain },
                SolanaStaking { commission: commission + 0.1, ..chain },
                SolanaStaking { slots: slots + 1e7, ..chain },
            ] {
                prop_assert!(other.simple().unwrap().nominal <= y);
            }
            prop_assert!(chain.effective().unwrap().nominal >= y);
        }
    }
}
