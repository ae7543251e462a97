//! The bound of the slope of Φ that makes its fixed point unique.

use super::Composition;
use crate::curve::bound_product_up;
use crate::error::Result;
use crate::quantity::{FineRate, Sensitivity};

/// What the roundings of a weighted average cost of capital may add up to, in 1e-8: each rise of the debt curve is
/// within 2e-9, times a weight of at most ten, and one unit of the result. A bound of the slope must not lose it.
const WACC_SLACK: i64 = 5;

impl Composition<'_> {
    /// An upper bound of Φ′ on `[floor, ceiling]`, in 1e-8. Below one, `Φ(h) − h` falls strictly, and since Φ is
    /// continuous and held to the range, exactly one fixed point exists.
    ///
    /// The bound is one-sided on purpose. A market where dearer capital lowers demand has Φ′ far below zero on the steep
    /// leg of its debt curve and is the more stable for it; only feedback that amplifies can make a second fixed point.
    /// The utilisation channel counts where its slope is positive: ρ_u > 0, or ρ_u < 0 on a negative cost of capital.
    ///
    /// # Errors
    /// A domain error where a rate at the ends of the range leaves ±40.
    #[inline(always)]
    pub fn slope_bound(&self) -> Result<u64> {
        let by_utilisation = self.slope_by_utilisation()?;
        let by_tail = if self.responses.tail > Sensitivity::ZERO {
            let steepest = self.rule.multiplier.steepest_up(self.anchor.baseline);
            let response = bound_product_up(steepest, self.responses.tail.magnitude().raw().unsigned_abs());
            bound_product_up(response, self.rule.weights.tail.raw().unsigned_abs())
        } else {
            0
        };
        Ok(by_utilisation.saturating_add(by_tail))
    }

    /// The part of the bound that comes through utilisation.
    // inlined, also where it is asked more than once: publishing pays for every call
    #[inline(always)]
    fn slope_by_utilisation(&self) -> Result<u64> {
        let falling = self.responses.utilisation <= Sensitivity::ZERO;
        // d(u) is at least d₀ − K(u₀): with both parts positive the cost of capital is, and falling demand only dampens.
        if falling && self.equity > FineRate::ZERO && self.debt_base > FineRate::ZERO {
            return Ok(0);
        }
        let u_floor = self.utilisation(self.rule.floor)?;
        let u_ceiling = self.utilisation(self.rule.ceiling)?;
        let (low, high) = (u_floor.min(u_ceiling), u_floor.max(u_ceiling));
        let rho = self.responses.utilisation.magnitude().raw().unsigned_abs();

        // M_u rises with u and multiplies wacc: its part has the sign of wacc, which rises with u too.
        let amplifying_wacc = if self.responses.utilisation > Sensitivity::ZERO {
            self.wacc(high)?.to_rate_up().raw()
        } else {
            self.wacc(low)?.to_rate_up().raw().saturating_neg()
        };
        let amplifying_wacc = if amplifying_wacc > -WACC_SLACK {
            amplifying_wacc.saturating_add(WACC_SLACK)
        } else {
            0
        };
        let coverage = self.coverage.to_ratio_up().raw().unsigned_abs();
        let knee_passed = high.to_ratio_up() > self.rule.utilisation.knee;
        let steepness = if knee_passed {
            self.rule.utilisation.slope.raw().unsigned_abs()
        } else {
            0
        };
        let by_multiplier = bound_product_up(steepness, amplifying_wacc.unsigned_abs());
        let by_debt = if self.responses.utilisation > Sensitivity::ZERO {
            let multiplier = self
                .rule
                .utilisation
                .at_up(high)?
                .to_ratio_up()
                .raw()
                .unsigned_abs();
            let steepest = self.rule.debt_curve.steepest_up(low, high);
            bound_product_up(
                bound_product_up(steepest, self.debt_weight.to_ratio_up().raw().unsigned_abs()),
                multiplier,
            )
        } else {
            0
        };
        Ok(bound_product_up(
            bound_product_up(by_multiplier.saturating_add(by_debt), coverage),
            rho,
        ))
    }

    /// Whether the responses prove the fixed point unique: [`Self::slope_bound`] ≤ λ.
    ///
    /// # Errors
    /// As [`Self::slope_bound`].
    #[inline(always)]
    pub fn is_unique(&self) -> Result<bool> {
        Ok(self.slope_bound()? <= self.rule.max_slope.raw().unsigned_abs())
    }
}
