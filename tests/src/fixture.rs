//! A plausible market, its risk class and components, in round numbers.

#![allow(clippy::panic, reason = "fixtures are constants")]

use hurdle_interface::composition::{Components, CompositionRule, Responses, Weights};
use hurdle_interface::curve::{DebtCurve, SpreadMultiplier};
use hurdle_interface::limit::RateLimit;
use hurdle_interface::margin::{OptionContract, Portfolio, Position, RiskClass};
use hurdle_interface::multiplier::MultiplierRule;
use hurdle_interface::options::{OptionKind, Side};
use hurdle_interface::quantity::DAY;
use hurdle_interface::ramp::RampRule;
use hurdle_interface::staleness::{Action, StalenessRule};
use hurdle_interface::state::{Bounds, MarketParams, WeightLimit};
use hurdle_interface::{Amount, Rate, Ratio, Sensitivity, UnixTime};

/// A rate in hundredths of a percent per year.
///
/// # Panics
/// Outside the domain: fixtures are constants.
pub const fn bp(basis_points: i64) -> Rate {
    match Rate::new(basis_points * 10_000) {
        Ok(rate) => rate,
        Err(_) => panic!("a fixture's rate lies outside its domain"),
    }
}

/// A ratio in thousandths.
///
/// # Panics
/// Outside the domain: fixtures are constants.
pub const fn permille(value: i64) -> Ratio {
    match Ratio::new(value * 100_000) {
        Ok(ratio) => ratio,
        Err(_) => panic!("a fixture's ratio lies outside its domain"),
    }
}

/// A sensitivity in thousandths.
///
/// # Panics
/// Outside the domain: fixtures are constants.
pub const fn response(value: i64) -> Sensitivity {
    match Sensitivity::new(value * 100_000) {
        Ok(sensitivity) => sensitivity,
        Err(_) => panic!("a fixture's sensitivity lies outside its domain"),
    }
}

/// Market parameters.
pub fn params() -> MarketParams {
    MarketParams {
        composition: CompositionRule {
            weights: Weights {
                staking: Ratio::ONE,
                contract: Ratio::ONE,
                systematic: Ratio::ONE,
                debt: Ratio::ONE,
                liquidity: Ratio::ONE,
                latency: Ratio::ONE,
                tail: Ratio::ONE,
            },
            debt_curve: DebtCurve {
                kink: permille(900),
                slope1: permille(40),
                slope2: permille(600),
            },
            utilisation: SpreadMultiplier {
                knee: permille(800),
                slope: permille(1000),
                cap: permille(500),
            },
            coverage: SpreadMultiplier {
                knee: Ratio::ZERO,
                slope: permille(500),
                cap: permille(500),
            },
            multiplier: MultiplierRule {
                deadband: permille(100),
                slope: permille(1500),
                cap: permille(2000),
                baseline_floor: bp(100),
            },
            floor: bp(-500),
            ceiling: bp(20_000),
            max_slope: permille(900),
        },
        bounds: [Bounds {
            low: bp(-2_000),
            high: bp(20_000),
        }; 8],
        max_utilisation_response: permille(2_000),
        max_tail_response: permille(1_000),
        residual_tolerance: Rate::new(100).unwrap_or_default(),
        limit: RateLimit {
            rise_per_day: bp(10_000),
            fall_per_day: bp(5_000),
            window_rise: bp(20_000),
            window_fall: bp(20_000),
            window: 7 * DAY,
        },
        baseline_half_life: 3 * DAY,
        ramp: RampRule {
            multiplier_rise_per_day: permille(500),
            volatility_rise_per_day: permille(1_000),
            carry_rise_per_day: permille(10),
            loosening_half_life: DAY,
        },
        liquidation_horizon: DAY,
        class_transition: DAY,
        weight_limit: WeightLimit {
            per_change: permille(250),
            per_window: permille(500),
            window: 30 * DAY,
        },
        max_volatility: permille(8_000),
        stressed_multiplier: permille(2_000),
        max_observation_age: 300,
        staleness: StalenessRule {
            soft_after: 7_200,
            hard_after: 4 * 3_600,
            growth_per_day: permille(500),
        },
    }
}

/// A risk class for a volatile asset.
pub fn class() -> RiskClass {
    RiskClass {
        initial: permille(200),
        maintenance: permille(100),
        hurdle_sensitivity: Ratio::ONE,
        volatility_sensitivity: permille(500),
        volatility_reference: permille(800),
        size_coefficient: permille(50),
        size_cap: permille(500),
        multiplier_cap: permille(4_000),
        haircut: permille(20),
        bounty: Ratio::ZERO,
        price_range: permille(300),
        volatility_range: permille(300),
        short_minimum: permille(20),
        size_reference: Amount(1_000_000_000_000),
    }
}

/// Calm components.
pub fn components() -> Components {
    Components {
        staking: bp(700),
        contract: bp(150),
        systematic: bp(200),
        debt: bp(500),
        liquidity: bp(40),
        latency: bp(30),
        tail: bp(100),
        emissions: bp(120),
        equity_weight: permille(600),
        utilisation: permille(700),
        coverage: permille(950),
        volatility: permille(900),
    }
}

/// Responses of a market whose demand falls when capital gets dearer.
pub fn responses() -> Responses {
    Responses {
        utilisation: response(-300),
        tail: response(-50),
    }
}

/// Half a thousand of debt on a thousand of collateral: what calm margin allows.
pub fn positions() -> [Position; 2] {
    [
        Position::spot(0, Amount(1_000_000_000)),
        Position::debt(0, Amount(500_000_000)),
    ]
}

/// Sixteen positions, four of each kind, one of each per class from 0 to 3, which calm margin allows.
pub fn mixed_positions(now: i64) -> Vec<Position> {
    let amount = |thousands: u64| Amount(thousands * 1_000_000_000);
    (0..4u8)
        .flat_map(|class| {
            let side = if class % 2 == 0 { Side::Long } else { Side::Short };
            [
                Position::spot(class, amount(20)),
                Position::debt(class, amount(1)),
                Position::perp(class, side, amount(2), Amount(7_000_000), Amount(3_000_000)),
                option(class, side, now, amount(1)),
            ]
        })
        .collect()
}

/// A call some way out of the money that expires in a month.
pub fn option(class: u8, side: Side, now: i64, notional: Amount) -> Position {
    let contract = OptionContract {
        kind: OptionKind::Call,
        strike: permille(1_100),
        expiry: UnixTime(now + 30 * DAY),
        volatility: permille(800),
    };
    Position::option(class, side, contract, notional, Amount(notional.0 / 20))
}

/// Sixteen options of the first class, no two of one strike or expiry, taking turns through sides and rights.
pub fn option_book(now: i64, sorts: &[(Side, OptionKind)]) -> Vec<Position> {
    let notional = Amount(1_000_000_000);
    sorts
        .iter()
        .cycle()
        .zip(0i64..16)
        .map(|(&(side, kind), index)| {
            let contract = OptionContract {
                kind,
                strike: permille(800 + 30 * index),
                expiry: UnixTime(now + (7 + 11 * index) * DAY),
                volatility: permille(800),
            };
            Position::option(0, side, contract, notional, Amount(notional.0 / 20))
        })
        .collect()
}

/// Positions as an account is about to open them.
///
/// # Panics
/// Above sixteen: fixtures are constants.
pub fn opening(positions: &[Position]) -> Portfolio<'_> {
    match Portfolio::new(Action::Open, positions) {
        Ok(portfolio) => portfolio,
        Err(_) => panic!("a fixture has too many positions"),
    }
}
