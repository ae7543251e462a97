//! The direction of a change, for each parameter.
//!
//! *Tighter* is what by itself, everything else as it is, lowers no requirement, neither under the publication that stands
//! nor under the next, refuses at least as much, or lets governance do less. (A rate that stands higher for long raises the
//! baseline too. That is the baseline's task, and takes its half-life.) A parameter that can act either way is
//! [`Direction::Neither`] and waits for the timelock:
//!
//! - **weights of components.** A weight raises the hurdle rate where its component is positive and lowers it where the
//!   component is negative (a hedged carry can be). It is directed only where the bounds, before and after the change,
//!   admit no negative value; the tail premium never is negative.
//! - **cost of debt.** Along the curve it may fall below zero whatever its bounds: far below the utilisation observed,
//!   d(u) = d₀ + K(u) − K(u₀) has no floor. So the weight of debt, the curve, and the two multipliers of the whole cost
//!   of capital have no direction.
//! - **ceiling.** A higher one lets rates rise further and ends the stressed state, which has a margin floor of its own.
//! - **end of what adds risk** (`hard_after`), which is where the growth of requirements with age ends too.
//! - **the option grid.** A wider one may miss what a portfolio loses between its points. Where a class margins options,
//!   neither has a higher initial margin a direction that lowers the share of it which is maintenance margin.
//! - **half-life of the baseline, windows of rates, speeds of maintenance margin, the time of a class's transition.** A
//!   slower one protects accounts, a faster one lenders.
//!
//! Every struct is taken apart without `..`: a new field does not compile until it has its direction here.

use crate::composition::{CompositionRule, Weights};
use crate::curve::{DebtCurve, SpreadMultiplier};
use crate::error::{HurdleError, Result};
use crate::limit::RateLimit;
use crate::margin::RiskClass;
use crate::multiplier::MultiplierRule;
use crate::quantity::{Rate, Ratio};
use crate::ramp::RampRule;
use crate::staleness::StalenessRule;
use crate::state::{Bounds, MarketParams, WeightLimit};

/// Which way a change goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Nothing changes.
    Same,
    /// Equal or tighter in every part, and tighter in one.
    Tighter,
    /// Equal or looser in every part, and looser in one.
    Looser,
    /// Tighter in one part and looser in another, or in a parameter that has no direction.
    Neither,
}

impl Direction {
    /// The direction of two changes made at once.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Same, both) | (both, Self::Same) => both,
            (Self::Tighter, Self::Tighter) => Self::Tighter,
            (Self::Looser, Self::Looser) => Self::Looser,
            _ => Self::Neither,
        }
    }

    /// Of a parameter that is tighter the higher it is.
    pub(crate) fn of_higher<T: Ord>(from: &T, to: &T) -> Self {
        match to.cmp(from) {
            core::cmp::Ordering::Less => Self::Looser,
            core::cmp::Ordering::Equal => Self::Same,
            core::cmp::Ordering::Greater => Self::Tighter,
        }
    }

    /// Of a parameter that is tighter the lower it is.
    pub(crate) fn of_lower<T: Ord>(from: &T, to: &T) -> Self {
        Self::of_higher(to, from)
    }

    /// Of a parameter that has no direction.
    pub(crate) fn of_undirected<T: PartialEq>(from: &T, to: &T) -> Self {
        if from == to { Self::Same } else { Self::Neither }
    }

    /// Checks that a change may be made at once, by the guardian too.
    ///
    /// # Errors
    /// [`HurdleError::NotTightening`] unless it is tighter; that includes one that changes nothing.
    pub fn require_tighter(self) -> Result<()> {
        if self != Self::Tighter {
            return Err(HurdleError::NotTightening);
        }
        Ok(())
    }

    fn of_all(parts: impl IntoIterator<Item = Self>) -> Self {
        parts.into_iter().fold(Self::Same, Self::and)
    }
}

use Direction as D;

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

impl MarketParams {
    /// Whether a change leaves alone what refuses reports whatever they find (bounds, tolerances, ages), how far a report
    /// moves the rate, and how far governance moves weights. To refuse every report would be a pause without end, so that
    /// part of tightening is not the guardian's. Under other weights or another rule of the multiplier keepers solve anew,
    /// and say so where they find no equilibrium.
    pub fn keeps_reports(&self, to: &Self) -> bool {
        let Self {
            composition,
            bounds,
            max_utilisation_response,
            max_tail_response,
            residual_tolerance,
            limit,
            baseline_half_life,
            ramp: _,
            liquidation_horizon: _,
            class_transition: _,
            weight_limit,
            max_volatility,
            stressed_multiplier: _,
            max_observation_age,
            staleness: _,
        } = self;
        let CompositionRule {
            weights: _,
            debt_curve: _,
            utilisation: _,
            coverage: _,
            multiplier: _,
            floor,
            ceiling,
            max_slope,
        } = composition;
        *bounds == to.bounds
            && *max_utilisation_response == to.max_utilisation_response
            && *max_tail_response == to.max_tail_response
            && *residual_tolerance == to.residual_tolerance
            && *limit == to.limit
            && *baseline_half_life == to.baseline_half_life
            && *weight_limit == to.weight_limit
            && *max_volatility == to.max_volatility
            && *max_observation_age == to.max_observation_age
            && *floor == to.composition.floor
            && *ceiling == to.composition.ceiling
            && *max_slope == to.composition.max_slope
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

impl RiskClass {
    /// Which way the change from this class to another goes. To define a class is looser: it lets new risk in.
    #[inline(never)]
    pub fn direction(&self, to: &Self) -> Direction {
        if !self.is_defined() && to.is_defined() {
            return Direction::Looser;
        }
        let Self {
            initial,
            maintenance,
            hurdle_sensitivity,
            volatility_sensitivity,
            volatility_reference,
            size_coefficient,
            size_cap,
            multiplier_cap,
            haircut,
            bounty,
            price_range,
            volatility_range,
            short_minimum,
            size_reference,
        } = self;
        // Options are margined by a share of what they may lose over the grid, maintenance ÷ initial: a higher initial
        // margin alone would lower it.
        let options = *price_range > Ratio::ZERO || to.price_range > Ratio::ZERO;
        let share_falls = is_smaller_share([to.maintenance, to.initial], [*maintenance, *initial]);
        let share = if options && share_falls {
            D::Looser
        } else {
            D::Same
        };
        D::of_all([
            D::of_higher(initial, &to.initial),
            D::of_higher(maintenance, &to.maintenance),
            D::of_higher(hurdle_sensitivity, &to.hurdle_sensitivity),
            D::of_higher(volatility_sensitivity, &to.volatility_sensitivity),
            D::of_lower(volatility_reference, &to.volatility_reference),
            D::of_higher(size_coefficient, &to.size_coefficient),
            D::of_higher(size_cap, &to.size_cap),
            D::of_higher(multiplier_cap, &to.multiplier_cap),
            D::of_higher(haircut, &to.haircut),
            D::of_higher(bounty, &to.bounty),
            share,
            // a wider grid may miss what a portfolio loses between its points
            D::of_undirected(price_range, &to.price_range),
            D::of_undirected(volatility_range, &to.volatility_range),
            D::of_higher(short_minimum, &to.short_minimum),
            D::of_lower(size_reference, &to.size_reference),
        ])
    }
}

/// Whether a part of one whole is a smaller share than another's; exact, since two ratios of the domain multiply in 64 bits.
fn is_smaller_share([part, whole]: [Ratio; 2], [other_part, other_whole]: [Ratio; 2]) -> bool {
    part.raw().saturating_mul(other_whole.raw()) < other_part.raw().saturating_mul(whole.raw())
}
