//! A rigorous range of the slope of the unclamped Φ over [floor, ceiling].

use super::Composition;
use crate::error::{Result, representable};

/// Bounds on Φ′ by interval arithmetic; every secant of Φ within the range has a slope between them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SlopeRange {
    /// At most inf Φ′.
    pub min: f64,
    /// At least sup Φ′; below 1 it makes the equilibrium unique.
    pub max: f64,
}

impl SlopeRange {
    /// Bound on |Φ′|; below 1 Φ is a contraction.
    #[must_use]
    pub const fn magnitude(&self) -> f64 {
        self.min.abs().max(self.max.abs())
    }
}

/// The smallest interval that holds both products of each end.
fn scaled((low, high): (f64, f64), factor: f64) -> (f64, f64) {
    let (a, b) = (low * factor, high * factor);
    (a.min(b), a.max(b))
}

/// [low, high] × [0 ≤ floor, top].
fn product((low, high): (f64, f64), (floor, top): (f64, f64)) -> (f64, f64) {
    (
        if low < 0.0 { low * top } else { low * floor },
        if high > 0.0 { high * top } else { high * floor },
    )
}

/// The interval widened to hold zero, for a derivative that a clamp can switch off.
fn with_zero((low, high): (f64, f64)) -> (f64, f64) {
    (low.min(0.0), high.max(0.0))
}

impl Composition {
    /// Range of the slope of [`Composition::phi_unclamped`] for h in [floor, ceiling]:
    /// Φ′ = ρ_u·M_c·[M_u′·wacc + M_u·(1 − w)·W_d·d′] + W_q·ρ_q·m′, each factor replaced by its range over the
    /// utilisations that the range of h reaches.
    ///
    /// # Errors
    /// [`crate::ModelError`] for an input outside its domain, or an overflow.
    pub fn slope_range(&self) -> Result<SlopeRange> {
        self.validate()?;
        let (from, to) = (self.utilisation(self.floor), self.utilisation(self.ceiling));
        let (u_low, u_high) = (from.min(to), from.max(to));
        let by_utilisation = if u_low < u_high {
            self.slope_by_utilisation(u_low, u_high)?
        } else {
            (0.0, 0.0)
        };
        let through_utilisation = scaled(with_zero(by_utilisation), self.responses.utilisation);
        let through_margin = scaled(
            (0.0, self.steepest_margin()),
            self.weights.tail * self.responses.tail,
        );
        Ok(SlopeRange {
            min: representable("slope of Φ", through_utilisation.0 + through_margin.0)?,
            max: representable("slope of Φ", through_utilisation.1 + through_margin.1)?,
        })
    }

    /// Range of M_c·(M_u·wacc)′ over [low, high].
    pub(crate) fn slope_by_utilisation(&self, low: f64, high: f64) -> Result<(f64, f64)> {
        let multiplier = (
            self.utilisation_multiplier(low),
            self.utilisation_multiplier(high),
        );
        let steepest_multiplier = if multiplier.1 > multiplier.0 {
            self.utilisation_line.slope
        } else {
            0.0
        };
        let kink = self.curve.kink();
        let below = self.curve.slope1() / kink;
        let above = self.curve.slope2() / (1.0 - kink);
        let debt_slope = if high <= kink {
            (below, below)
        } else if low >= kink {
            (above, above)
        } else {
            (below.min(above), below.max(above))
        };
        let debt_share = (1.0 - self.components.equity_weight) * self.weights.debt;
        let costs = (self.weighted_cost(low)?, self.weighted_cost(high)?);
        let by_multiplier = product(costs, (0.0, steepest_multiplier));
        let by_debt = product(scaled(debt_slope, debt_share), multiplier);
        Ok(scaled(
            (by_multiplier.0 + by_debt.0, by_multiplier.1 + by_debt.1),
            self.coverage_multiplier(),
        ))
    }

    /// sup m′ over [floor, ceiling].
    fn steepest_margin(&self) -> f64 {
        let rule = &self.margin;
        if rule.multiplier(self.ceiling) > rule.multiplier(self.floor) {
            rule.line.slope / rule.reference()
        } else {
            0.0
        }
    }

    /// sup m′ over [low, high], the slopes on both sides of a corner included.
    pub(crate) fn steepest_margin_between(&self, low: f64, high: f64) -> f64 {
        let rule = &self.margin;
        let begins = (1.0 + rule.deadband) * rule.reference();
        let capped = rule.multiplier(low) >= 1.0 + rule.line.cap;
        if high < begins || capped && low > begins {
            0.0
        } else {
            rule.line.slope / rule.reference()
        }
    }
}
