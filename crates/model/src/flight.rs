//! The liquidity-flight signal: capital leaves a protocol whose internal return stays under the hurdle rate.

use crate::error::{ModelError, Result, at_least, finite, non_negative, positive, representable};
use crate::series::{SECONDS_PER_YEAR, years_between};

/// What capital earned and what it asked for, at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReturnPoint {
    /// Unix seconds.
    pub time: i64,
    /// Return that the protocol pays out of its own income, per year: without emissions.
    pub internal: f64,
    /// Hurdle rate per year.
    pub hurdle: f64,
}

impl ReturnPoint {
    /// hurdle − internal return, of either sign.
    #[must_use]
    pub fn shortfall(&self) -> f64 {
        self.hurdle - self.internal
    }
}

/// How capital responds to a shortfall.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SupplyResponse {
    /// Semi-elasticity −d ln(supply)/d(shortfall) in the long run, ≥ 0
    /// ([`crate::response::supply_elasticity`]).
    pub elasticity: f64,
    /// Time in which half of the adjustment is made, seconds.
    pub half_life_seconds: f64,
}

/// What the shortfall says at the newest point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flight {
    /// max(0, hurdle − internal return) now, per year: how large.
    pub size: f64,
    /// Seconds that the internal return has been under the hurdle without a break until now: how long.
    pub duration_seconds: i64,
    /// ∫ max(0, hurdle − internal) dt over that time: the return missed by those who stayed.
    pub missed: f64,
    /// Share of the supply that has left because of it until now, [0, 1].
    pub outflow: f64,
    /// Share that will have left if the shortfall stays as it is, [0, 1].
    pub outflow_ahead: f64,
}

impl Flight {
    /// Whether capital is underpaid now.
    #[must_use]
    pub fn is_under_hurdle(&self) -> bool {
        self.size > 0.0
    }
}

/// Reads the signal off returns and hurdles over time; each point holds until the next one.
///
/// The supply follows by partial adjustment (Nerlove 1958): with y = ln(supply ÷ supply without shortfall),
/// dy/dt = κ·(−η·max(0, shortfall) − y), κ = ln 2 / half-life, solved exactly over each interval and begun at y = 0. A
/// return above the hurdle lets what left come back, and draws in nothing: the signal is of flight, not of growth.
///
/// # Errors
/// [`ModelError::TooFew`] without points, [`ModelError::NotIncreasing`], [`ModelError::NotFinite`],
/// [`ModelError::OutOfRange`] for a negative elasticity, [`ModelError::NotPositive`] for the half-life,
/// [`ModelError::Overflow`].
pub fn liquidity_flight(points: &[ReturnPoint], response: SupplyResponse) -> Result<Flight> {
    at_least("points of the internal return", 1, points.len())?;
    let elasticity = non_negative("elasticity of supply", response.elasticity)?;
    let half_life =
        positive("half-life of the supply's adjustment", response.half_life_seconds)? / SECONDS_PER_YEAR;
    for point in points {
        finite("internal return", point.internal)?;
        finite("hurdle rate", point.hurdle)?;
        representable("shortfall", point.shortfall())?;
    }
    let (mut log_supply, mut missed, mut since) = (0.0, 0.0, None);
    for (index, pair) in points.windows(2).enumerate() {
        let (now, next) = (pair[0], pair[1]);
        if next.time <= now.time {
            return Err(ModelError::NotIncreasing {
                what: "time of the internal return",
                index: index + 1,
            });
        }
        let years = years_between(now.time, next.time);
        let size = now.shortfall().max(0.0);
        if size > 0.0 {
            since = since.or(Some(now.time));
            missed += size * years;
        } else {
            (since, missed) = (None, 0.0);
        }
        let target = -elasticity * size;
        log_supply = target + (log_supply - target) * (-years / half_life).exp2();
    }
    let last = points[points.len() - 1];
    let size = last.shortfall().max(0.0);
    if size == 0.0 {
        (since, missed) = (None, 0.0);
    }
    Ok(Flight {
        size,
        duration_seconds: since.map_or(0, |since| last.time.saturating_sub(since)),
        missed: representable("return missed", missed)?,
        outflow: representable("outflow", -log_supply.exp_m1())?,
        outflow_ahead: representable("outflow", -(-elasticity * size).exp_m1())?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;
    use proptest::prelude::*;

    const DAY: i64 = 86_400;
    const WEEKLY: SupplyResponse = SupplyResponse {
        elasticity: 4.0,
        half_life_seconds: 7.0 * 86_400.0,
    };

    fn point(day: i64, internal: f64) -> ReturnPoint {
        ReturnPoint {
            time: day * DAY,
            internal,
            hurdle: 0.12,
        }
    }

    #[test]
    fn size_duration_and_outflow_of_a_shortfall_that_began_two_half_lives_ago() {
        let points = [point(0, 0.2), point(10, 0.07), point(24, 0.07)];
        let flight = liquidity_flight(&points, WEEKLY).unwrap();
        assert_close(flight.size, 0.05, 1e-15);
        assert_eq!(flight.duration_seconds, 14 * DAY);
        assert_close(flight.missed, 0.05 * 14.0 / 365.0, 1e-15);
        // Three quarters of the way to ln(1 − outflow) = −4·0.05.
        assert_close(flight.outflow, 1.0 - f64::exp(-0.15), 1e-14);
        assert_close(flight.outflow_ahead, 1.0 - f64::exp(-0.2), 1e-14);
        assert!(flight.is_under_hurdle());
    }

    #[test]
    fn a_return_above_the_hurdle_ends_the_signal_and_capital_comes_back() {
        let fled = [point(0, 0.02), point(30, 0.02)];
        let back = [point(0, 0.02), point(30, 0.3), point(60, 0.3)];
        let flight = liquidity_flight(&back, WEEKLY).unwrap();
        assert_eq!(
            (flight.size, flight.duration_seconds, flight.missed),
            (0.0, 0, 0.0)
        );
        assert!(!flight.is_under_hurdle() && flight.outflow > 0.0);
        assert!(flight.outflow < 0.1 * liquidity_flight(&fled, WEEKLY).unwrap().outflow);
    }

    #[test]
    fn times_that_do_not_increase_are_refused() {
        assert_eq!(
            liquidity_flight(&[point(1, 0.1), point(1, 0.1)], WEEKLY),
            Err(ModelError::NotIncreasing {
                what: "time of the internal return",
                index: 1
            })
        );
        assert!(liquidity_flight(&[], WEEKLY).is_err());
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn outflow_is_a_share_and_grows_with_the_shortfall(
            returns in prop::collection::vec(-0.5f64..0.5, 1..20), lower in 0.0f64..0.3, elasticity in 0.0f64..20.0,
        ) {
            let response = SupplyResponse { elasticity, ..WEEKLY };
            let at = |cut: f64| {
                let points: Vec<_> = (0i64..).zip(&returns).map(|(day, r)| point(day, r - cut)).collect();
                liquidity_flight(&points, response).unwrap()
            };
            let (calm, worse) = (at(0.0), at(lower));
            for flight in [calm, worse] {
                prop_assert!((0.0..1.0).contains(&flight.outflow) && (0.0..1.0).contains(&flight.outflow_ahead));
            }
            prop_assert!(worse.outflow >= calm.outflow - 1e-15 && worse.duration_seconds >= calm.duration_seconds);
        }
    }
}
