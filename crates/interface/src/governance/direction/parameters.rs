//! Which way parameters of a market go.

use super::Direction;
use super::Direction as D;
use crate::composition::{CompositionRule, Weights};
use crate::curve::{DebtCurve, SpreadMultiplier};
use crate::limit::RateLimit;
use crate::multiplier::MultiplierRule;
use crate::quantity::{Rate, Ratio};
use crate::ramp::RampRule;
use crate::staleness::StalenessRule;
use crate::state::{Bounds, MarketParams, WeightLimit};

impl MarketParams {
    /// Which way the change from these parameters to others goes.
    #[inline(never)]
    pub fn direction(&self, to: &Self) -> Direction {
        let Self {
            composition,
            bounds,
            max_utilisation_response,
            max_tail_response,
            residual_tolerance,
            limit,
            baseline_half_life,
            ramp,
            liquidation_horizon,
            class_transition,
            weight_limit,
            max_volatility,
            stressed_multiplier,
            max_observation_age,
            staleness,
        } = self;
        // of s, p, b, d₀, l, o, q₀ and e
        let mut signed = [false; 8];
        for ((signed, from), to) in signed.iter_mut().zip(bounds).zip(&to.bounds) {
            *signed = from.low < Rate::ZERO || to.low < Rate::ZERO;
        }
        D::of_all([
            composition_rule(composition, &to.composition, signed),
            D::of_all(
                bounds
                    .iter()
                    .zip(&to.bounds)
                    .map(|(from, to)| of_bounds(from, to)),
            ),
            D::of_lower(max_utilisation_response, &to.max_utilisation_response),
            D::of_lower(max_tail_response, &to.max_tail_response),
            D::of_lower(residual_tolerance, &to.residual_tolerance),
            rate_limit(limit, &to.limit),
            D::of_undirected(baseline_half_life, &to.baseline_half_life),
            ramp_rule(ramp, &to.ramp),
            D::of_higher(liquidation_horizon, &to.liquidation_horizon),
            D::of_undirected(class_transition, &to.class_transition),
            of_weight_limit(weight_limit, &to.weight_limit),
            // a bound like the others: what lies above it is refused
            D::of_lower(max_volatility, &to.max_volatility),
            D::of_higher(stressed_multiplier, &to.stressed_multiplier),
            D::of_lower(max_observation_age, &to.max_observation_age),
            staleness_rule(staleness, &to.staleness),
        ])
    }
}

/// `signed`: which of s, p, b, d₀, l, o, q₀ and e may be negative.
fn composition_rule(from: &CompositionRule, to: &CompositionRule, signed: [bool; 8]) -> Direction {
    let CompositionRule {
        weights,
        debt_curve,
        utilisation,
        coverage,
        multiplier,
        floor,
        ceiling,
        max_slope,
    } = from;
    D::of_all([
        of_weights(weights, &to.weights, signed),
        of_debt_curve(debt_curve, &to.debt_curve),
        spread_multiplier(utilisation, &to.utilisation),
        spread_multiplier(coverage, &to.coverage),
        multiplier_rule(multiplier, &to.multiplier),
        D::of_higher(floor, &to.floor),
        // a lower one turns more compositions into runs, whose margin has a floor of its own
        D::of_undirected(ceiling, &to.ceiling),
        D::of_lower(max_slope, &to.max_slope),
    ])
}

fn of_weights(from: &Weights, to: &Weights, signed: [bool; 8]) -> Direction {
    let Weights {
        staking,
        contract,
        systematic,
        debt,
        liquidity,
        latency,
        tail,
    } = from;
    let weight = |signed: bool, from: &Ratio, to: &Ratio| {
        if signed {
            D::of_undirected(from, to)
        } else {
            D::of_higher(from, to)
        }
    };
    let [s, p, b, _, l, o, _, _] = signed;
    D::of_all([
        weight(s, staking, &to.staking),
        weight(p, contract, &to.contract),
        weight(b, systematic, &to.systematic),
        D::of_undirected(debt, &to.debt),
        weight(l, liquidity, &to.liquidity),
        weight(o, latency, &to.latency),
        // q is held to zero from below
        D::of_higher(tail, &to.tail),
    ])
}

fn of_debt_curve(from: &DebtCurve, to: &DebtCurve) -> Direction {
    let DebtCurve { kink, slope1, slope2 } = from;
    D::of_all([
        D::of_undirected(kink, &to.kink),
        D::of_undirected(slope1, &to.slope1),
        D::of_undirected(slope2, &to.slope2),
    ])
}

fn spread_multiplier(from: &SpreadMultiplier, to: &SpreadMultiplier) -> Direction {
    let SpreadMultiplier { knee, slope, cap } = from;
    D::of_all([
        D::of_undirected(knee, &to.knee),
        D::of_undirected(slope, &to.slope),
        D::of_undirected(cap, &to.cap),
    ])
}

/// A steeper multiplier lowers no requirement under the publication that stands. Where the tail premium falls with the
/// multiplier (ρ_q < 0, which stabilises), the next fixed point lies lower for it, and with it the rate that the multiplier is
/// a function of.
fn multiplier_rule(from: &MultiplierRule, to: &MultiplierRule) -> Direction {
    let MultiplierRule {
        deadband,
        slope,
        cap,
        baseline_floor,
    } = from;
    D::of_all([
        D::of_lower(deadband, &to.deadband),
        D::of_higher(slope, &to.slope),
        D::of_higher(cap, &to.cap),
        // the rate is compared with a lower baseline
        D::of_lower(baseline_floor, &to.baseline_floor),
    ])
}

fn of_bounds(from: &Bounds, to: &Bounds) -> Direction {
    let Bounds { low, high } = from;
    D::of_higher(low, &to.low).and(D::of_lower(high, &to.high))
}

fn rate_limit(from: &RateLimit, to: &RateLimit) -> Direction {
    let RateLimit {
        rise_per_day,
        fall_per_day,
        window_rise,
        window_fall,
        window,
    } = from;
    D::of_all([
        D::of_higher(rise_per_day, &to.rise_per_day),
        D::of_lower(fall_per_day, &to.fall_per_day),
        D::of_higher(window_rise, &to.window_rise),
        D::of_lower(window_fall, &to.window_fall),
        // a longer one holds back rises as well as falls
        D::of_undirected(window, &to.window),
    ])
}

fn ramp_rule(from: &RampRule, to: &RampRule) -> Direction {
    let RampRule {
        multiplier_rise_per_day,
        volatility_rise_per_day,
        carry_rise_per_day,
        loosening_half_life,
    } = from;
    D::of_all([
        D::of_undirected(multiplier_rise_per_day, &to.multiplier_rise_per_day),
        D::of_undirected(volatility_rise_per_day, &to.volatility_rise_per_day),
        D::of_undirected(carry_rise_per_day, &to.carry_rise_per_day),
        D::of_higher(loosening_half_life, &to.loosening_half_life),
    ])
}

/// What governance may do less of is tighter.
fn of_weight_limit(from: &WeightLimit, to: &WeightLimit) -> Direction {
    let WeightLimit {
        per_change,
        per_window,
        window,
    } = from;
    D::of_all([
        D::of_lower(per_change, &to.per_change),
        D::of_lower(per_window, &to.per_window),
        D::of_higher(window, &to.window),
    ])
}

/// An earlier end of freshness is tighter. An earlier end of what adds risk is so for that, and ends the growth of
/// requirements earlier for what stands: it has no direction.
fn staleness_rule(from: &StalenessRule, to: &StalenessRule) -> Direction {
    let StalenessRule {
        soft_after,
        hard_after,
        growth_per_day,
    } = from;
    D::of_all([
        D::of_lower(soft_after, &to.soft_after),
        D::of_undirected(hard_after, &to.hard_after),
        D::of_higher(growth_per_day, &to.growth_per_day),
    ])
}
