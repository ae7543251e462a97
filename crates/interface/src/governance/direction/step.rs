//! How far the guardian moves in one tightening: each field that margin depends on by at most a quarter of what stands, x to
//! at most 1.25·x where higher is tighter and to at least x/1.25 = 0.8·x where lower is; from zero nothing. So a key that
//! was stolen cannot liquidate every account at once, and the authority has the time to take its office from it.
//!
//! As for directions, every struct is taken apart without `..`. Fields that have no direction, and those that are not the
//! guardian's at all ([`MarketParams::keeps_reports`]), are refused elsewhere.

use crate::composition::{CompositionRule, Weights};
use crate::margin::RiskClass;
use crate::multiplier::MultiplierRule;
use crate::quantity::Ratio;
use crate::ramp::RampRule;
use crate::staleness::StalenessRule;
use crate::state::MarketParams;

/// Whether a field that is tighter the higher it is rises by at most a quarter.
fn rises_little(from: u64, to: u64) -> bool {
    to.saturating_sub(from) <= from / 4
}

/// Whether a field that is tighter the lower it is falls by at most a fifth.
fn falls_little(from: u64, to: u64) -> bool {
    from.saturating_sub(to) <= from / 5
}

/// A field that is not negative; what is, breaks its invariant.
fn magnitude(raw: i64) -> u64 {
    raw.max(0).cast_unsigned()
}

/// [`rises_little`] of every ratio of a list.
fn all_rise_little<const N: usize>(from: [Ratio; N], to: [Ratio; N]) -> bool {
    let mut pairs = from.into_iter().zip(to);
    pairs.all(|(from, to)| rises_little(magnitude(from.raw()), magnitude(to.raw())))
}

impl RiskClass {
    /// Whether a tightening to another class is one that the guardian may make.
    #[inline(never)]
    pub fn moves_little(&self, to: &Self) -> bool {
        let rising = |class: &Self| {
            let Self {
                initial,
                maintenance,
                hurdle_sensitivity,
                volatility_sensitivity,
                volatility_reference: _,
                size_coefficient,
                size_cap,
                multiplier_cap,
                haircut,
                bounty,
                price_range: _,
                volatility_range: _,
                short_minimum,
                size_reference: _,
            } = *class;
            [
                initial,
                maintenance,
                hurdle_sensitivity,
                volatility_sensitivity,
                size_coefficient,
                size_cap,
                multiplier_cap,
                haircut,
                bounty,
                short_minimum,
            ]
        };
        let [from_volatility, to_volatility] = [self, to].map(|class| class.volatility_reference.raw());
        all_rise_little(rising(self), rising(to))
            && falls_little(magnitude(from_volatility), magnitude(to_volatility))
            && falls_little(self.size_reference.0, to.size_reference.0)
    }
}

impl MarketParams {
    /// Whether a tightening to other parameters is one that the guardian may make.
    #[inline(never)]
    pub fn moves_little(&self, to: &Self) -> bool {
        let Self {
            composition,
            bounds: _,
            max_utilisation_response: _,
            max_tail_response: _,
            residual_tolerance: _,
            limit: _,
            baseline_half_life: _,
            ramp,
            liquidation_horizon,
            class_transition: _,
            weight_limit: _,
            max_volatility: _,
            stressed_multiplier,
            max_observation_age: _,
            staleness,
        } = self;
        composition_moves_little(composition, &to.composition)
            && ramp_moves_little(ramp, &to.ramp)
            && rises_little(magnitude(*liquidation_horizon), magnitude(to.liquidation_horizon))
            && all_rise_little([*stressed_multiplier], [to.stressed_multiplier])
            && staleness_moves_little(staleness, &to.staleness)
    }
}

fn composition_moves_little(from: &CompositionRule, to: &CompositionRule) -> bool {
    let CompositionRule {
        weights,
        debt_curve: _,
        utilisation: _,
        coverage: _,
        multiplier,
        floor: _,
        ceiling: _,
        max_slope: _,
    } = from;
    weights_move_little(weights, &to.weights) && multiplier_moves_little(multiplier, &to.multiplier)
}

/// Their own limit, per change and per window, holds besides.
fn weights_move_little(from: &Weights, to: &Weights) -> bool {
    let rising = |weights: &Weights| {
        let Weights {
            staking,
            contract,
            systematic,
            debt: _,
            liquidity,
            latency,
            tail,
        } = *weights;
        [staking, contract, systematic, liquidity, latency, tail]
    };
    all_rise_little(rising(from), rising(to))
}

fn multiplier_moves_little(from: &MultiplierRule, to: &MultiplierRule) -> bool {
    let MultiplierRule {
        deadband,
        slope,
        cap,
        baseline_floor,
    } = from;
    all_rise_little([*slope, *cap], [to.slope, to.cap])
        && falls_little(magnitude(deadband.raw()), magnitude(to.deadband.raw()))
        && falls_little(
            magnitude(baseline_floor.raw()),
            magnitude(to.baseline_floor.raw()),
        )
}

fn ramp_moves_little(from: &RampRule, to: &RampRule) -> bool {
    let RampRule {
        multiplier_rise_per_day: _,
        volatility_rise_per_day: _,
        carry_rise_per_day: _,
        loosening_half_life,
    } = from;
    rises_little(magnitude(*loosening_half_life), magnitude(to.loosening_half_life))
}

fn staleness_moves_little(from: &StalenessRule, to: &StalenessRule) -> bool {
    let StalenessRule {
        soft_after,
        hard_after: _,
        growth_per_day,
    } = from;
    falls_little(magnitude(*soft_after), magnitude(to.soft_after))
        && all_rise_little([*growth_per_day], [to.growth_per_day])
}
