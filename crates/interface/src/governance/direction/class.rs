//! Which way a risk class goes.

use super::Direction;
use super::Direction as D;
use crate::margin::RiskClass;
use crate::quantity::Ratio;

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
