//! The hurdle-rate composition Φ in f64: the independent reference of the integer composition in `hurdle-interface`.
//!
//! ```text
//! equity    = Ws·s + Wp·p + Wb·b
//! d(u)      = d₀ + K(u) − K(u₀)                       K: rise of the kinked curve above its base
//! wacc(u)   = w·equity + (1 − w)·Wd·d(u)
//! M_u(u)    = 1 + min(cap_u, slope_u·max(0, u − knee_u))
//! M_c(c)    = 1 + min(cap_c, slope_c·max(0, 1 − c))
//! m(h)      = 1 + clamp(slope_m·max(0, h/max(baseline, baseline_floor) − 1 − deadband), 0, cap_m)
//! u(h)      = clamp(u₀ + ρ_u·(h − h₋), 0, 1)
//! q(h)      = max(0, q₀ + ρ_q·(m(h) − m₋))
//! spread(h) = M_u(u(h))·M_c(c)·wacc(u(h)) + Wl·l + Wo·o + Wq·q(h)
//! Φ(h)      = clamp(spread(h), floor, ceiling)
//! ```

mod bound;
mod calibrate;
mod input;
mod partials;

pub use bound::SlopeRange;
pub use calibrate::{FittedMultiplier, Knee, Lockup, fit_multiplier, lockup_samples, uncovered_samples};
pub use input::Input;

use crate::debt::KinkedCurve;
use crate::error::{Result, finite, fraction, non_negative, positive, representable};
use crate::wacc::wacc;

/// Governance's risk weights; 1 is neutral.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// W_s, of the staking leg.
    pub staking: f64,
    /// W_p, of the smart-contract premium.
    pub contract: f64,
    /// W_b, of the systematic premium.
    pub systematic: f64,
    /// W_d, of the cost of debt.
    pub debt: f64,
    /// W_l, of the liquidity spread.
    pub liquidity: f64,
    /// W_o, of the oracle-latency premium.
    pub oracle: f64,
    /// W_q, of the liquidation tail premium.
    pub tail: f64,
}

impl Weights {
    /// Every weight 1.
    pub const NEUTRAL: Self = Self {
        staking: 1.0,
        contract: 1.0,
        systematic: 1.0,
        debt: 1.0,
        liquidity: 1.0,
        oracle: 1.0,
        tail: 1.0,
    };
}

/// The observed components, annual rates and ratios.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Components {
    /// s, staking opportunity cost.
    pub staking: f64,
    /// p, smart-contract premium.
    pub contract: f64,
    /// b, systematic premium.
    pub systematic: f64,
    /// l, liquidity spread.
    pub liquidity: f64,
    /// o, oracle-latency premium.
    pub oracle: f64,
    /// q₀, liquidation tail premium at the last published multiplier.
    pub tail: f64,
    /// d₀, borrow rate at the observed utilisation.
    pub debt: f64,
    /// w, equity weight, [0, 1].
    pub equity_weight: f64,
    /// u₀, observed utilisation, [0, 1].
    pub utilisation: f64,
    /// c, insurance fund ÷ required, ≥ 0.
    pub coverage: f64,
}

/// A multiplier 1 + min(cap, slope·excess), the excess measured from a knee.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CappedLine {
    /// Rise per unit of excess, ≥ 0.
    pub slope: f64,
    /// Largest rise, ≥ 0.
    pub cap: f64,
}

impl CappedLine {
    /// 1 + min(cap, slope·max(0, excess)).
    fn at(&self, excess: f64) -> f64 {
        1.0 + (self.slope * excess.max(0.0)).min(self.cap)
    }
}

/// The margin multiplier m(h).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MarginRule {
    /// Rise per unit of relative excess over the baseline, and its cap.
    pub line: CappedLine,
    /// Relative excess that is ignored, ≥ 0.
    pub deadband: f64,
    /// The time-weighted baseline hurdle rate.
    pub baseline: f64,
    /// The least baseline to divide by, > 0.
    pub baseline_floor: f64,
}

impl MarginRule {
    /// The denominator max(baseline, baseline_floor).
    fn reference(&self) -> f64 {
        self.baseline.max(self.baseline_floor)
    }

    /// m(h).
    #[must_use]
    pub fn multiplier(&self, hurdle: f64) -> f64 {
        self.line.at(hurdle / self.reference() - 1.0 - self.deadband)
    }
}

/// The linear responses around the last published state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Responses {
    /// ρ_u, change of utilisation per unit of annual rate.
    pub utilisation: f64,
    /// ρ_q, change of the tail premium per unit of margin multiplier.
    pub tail: f64,
    /// h₋, last published hurdle rate.
    pub previous_hurdle: f64,
    /// m₋, last published margin multiplier.
    pub previous_multiplier: f64,
}

/// Everything that Φ depends on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Composition {
    /// Risk weights.
    pub weights: Weights,
    /// Observed components.
    pub components: Components,
    /// Shape of the debt curve; its base is not used, for d₀ anchors the level.
    pub curve: KinkedCurve,
    /// Utilisation above which M_u rises.
    pub utilisation_knee: f64,
    /// Rise of M_u.
    pub utilisation_line: CappedLine,
    /// Rise of M_c per missing unit of coverage.
    pub coverage_line: CappedLine,
    /// The margin multiplier.
    pub margin: MarginRule,
    /// The responses.
    pub responses: Responses,
    /// Least publishable hurdle rate.
    pub floor: f64,
    /// Largest publishable hurdle rate.
    pub ceiling: f64,
}

impl Composition {
    /// Checks every input's domain, so that the other functions are total.
    ///
    /// # Errors
    /// [`crate::ModelError`] naming the first input outside its domain.
    pub fn validate(&self) -> Result<()> {
        let (w, c, r) = (&self.weights, &self.components, &self.responses);
        for (what, weight) in [
            ("weight of the staking leg", w.staking),
            ("weight of the smart-contract premium", w.contract),
            ("weight of the systematic premium", w.systematic),
            ("weight of the cost of debt", w.debt),
            ("weight of the liquidity spread", w.liquidity),
            ("weight of the oracle-latency premium", w.oracle),
            ("weight of the tail premium", w.tail),
        ] {
            non_negative(what, weight)?;
        }
        for (what, rate) in [
            ("staking opportunity cost", c.staking),
            ("smart-contract premium", c.contract),
            ("systematic premium", c.systematic),
            ("liquidity spread", c.liquidity),
            ("oracle-latency premium", c.oracle),
            ("liquidation tail premium", c.tail),
            ("cost of debt", c.debt),
        ] {
            finite(what, rate)?;
        }
        fraction("equity weight", c.equity_weight)?;
        fraction("utilisation", c.utilisation)?;
        non_negative("coverage", c.coverage)?;
        non_negative("utilisation knee", self.utilisation_knee)?;
        for (slope, cap, line) in [
            (
                "slope of the utilisation multiplier",
                "cap of the utilisation multiplier",
                self.utilisation_line,
            ),
            (
                "slope of the coverage multiplier",
                "cap of the coverage multiplier",
                self.coverage_line,
            ),
            (
                "slope of the margin multiplier",
                "cap of the margin multiplier",
                self.margin.line,
            ),
        ] {
            non_negative(slope, line.slope)?;
            non_negative(cap, line.cap)?;
        }
        non_negative("deadband", self.margin.deadband)?;
        finite("baseline", self.margin.baseline)?;
        positive("baseline floor", self.margin.baseline_floor)?;
        for (what, response) in [
            ("believed response of utilisation", r.utilisation),
            ("believed response of the tail premium", r.tail),
            ("last published hurdle rate", r.previous_hurdle),
            ("last published multiplier", r.previous_multiplier),
        ] {
            finite(what, response)?;
        }
        finite("floor", self.floor)?;
        crate::error::within("ceiling", self.ceiling, self.floor, f64::MAX)?;
        Ok(())
    }

    /// Cost of equity Ws·s + Wp·p + Wb·b.
    #[must_use]
    pub fn cost_of_equity(&self) -> f64 {
        let (w, c) = (&self.weights, &self.components);
        w.staking * c.staking + w.contract * c.contract + w.systematic * c.systematic
    }

    /// u(h).
    #[must_use]
    pub fn utilisation(&self, hurdle: f64) -> f64 {
        let r = &self.responses;
        (self.components.utilisation + r.utilisation * (hurdle - r.previous_hurdle)).clamp(0.0, 1.0)
    }

    /// d(u), the cost of debt at a utilisation.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for a utilisation outside [0, 1].
    pub fn cost_of_debt(&self, utilisation: f64) -> Result<f64> {
        let observed = self.curve.rise(self.components.utilisation)?;
        Ok(self.components.debt + self.curve.rise(utilisation)? - observed)
    }

    /// wacc(u).
    ///
    /// # Errors
    /// As [`Composition::cost_of_debt`] and [`wacc`].
    pub fn weighted_cost(&self, utilisation: f64) -> Result<f64> {
        let debt = self.weights.debt * self.cost_of_debt(utilisation)?;
        wacc(self.components.equity_weight, self.cost_of_equity(), debt)
    }

    /// M_u(u).
    #[must_use]
    pub fn utilisation_multiplier(&self, utilisation: f64) -> f64 {
        self.utilisation_line.at(utilisation - self.utilisation_knee)
    }

    /// M_c(c).
    #[must_use]
    pub fn coverage_multiplier(&self) -> f64 {
        self.coverage_line.at(1.0 - self.components.coverage)
    }

    /// q(h), the tail premium at the multiplier that h implies.
    #[must_use]
    pub fn tail_premium(&self, hurdle: f64) -> f64 {
        let r = &self.responses;
        let shift = r.tail * (self.margin.multiplier(hurdle) - r.previous_multiplier);
        (self.components.tail + shift).max(0.0)
    }

    /// The spread before clamping: what the equilibrium solver wants.
    ///
    /// # Errors
    /// [`crate::ModelError`] for an input outside its domain, a rate that is not finite, or an overflow.
    pub fn phi_unclamped(&self, hurdle: f64) -> Result<f64> {
        self.validate()?;
        let hurdle = finite("hurdle rate", hurdle)?;
        let u = finite("utilisation at the hurdle rate", self.utilisation(hurdle))?;
        let adjusted = self.utilisation_multiplier(u) * self.coverage_multiplier() * self.weighted_cost(u)?;
        let (w, c) = (&self.weights, &self.components);
        let spread =
            adjusted + w.liquidity * c.liquidity + w.oracle * c.oracle + w.tail * self.tail_premium(hurdle);
        representable("hurdle-rate composition", spread)
    }

    /// Φ(h), clamped to [floor, ceiling].
    ///
    /// # Errors
    /// As [`Composition::phi_unclamped`].
    pub fn phi(&self, hurdle: f64) -> Result<f64> {
        Ok(self.phi_unclamped(hurdle)?.clamp(self.floor, self.ceiling))
    }
}
