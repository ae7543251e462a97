//! Which parameters refuse reports.

use crate::composition::CompositionRule;
use crate::state::MarketParams;

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
