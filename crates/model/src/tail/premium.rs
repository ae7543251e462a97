//! The tail premium as an annual rate, and its response to the margin.

use super::Side;
use super::jump_diffusion::JumpDiffusion;
use crate::error::{Result, fraction, non_negative, positive, representable};

/// Positions that are liquidated within a horizon and leave their shortfall to the lenders.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TailPremium {
    /// The price process.
    pub model: JumpDiffusion,
    /// Which way the positions lose.
    pub side: Side,
    /// Time from the breach of the margin to the end of the liquidation, years.
    pub horizon_years: f64,
    /// Maintenance margin as a share of notional, ≥ 0.
    pub margin: f64,
    /// Notional at its margin limit per unit of capital at risk, ≥ 0.
    pub exposure: f64,
    /// Share of every shortfall that the insurance fund pays, [0, 1].
    pub coverage: f64,
}

impl TailPremium {
    /// Uncovered exposure × horizons per year.
    fn scale(&self) -> Result<f64> {
        let exposure = non_negative("exposure", self.exposure)?;
        let uncovered = 1.0 - fraction("insurance coverage", self.coverage)?;
        representable(
            "horizons per year",
            exposure * uncovered / positive("horizon", self.horizon_years)?,
        )
    }

    /// The premium per year of capital: E[(loss − margin)₊] over one horizon × horizons per year × exposure ×
    /// (1 − coverage). The shortfall is a put (or call) on the terminal price with strike 1 ∓ margin.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`] for the horizon; [`crate::ModelError::OutOfRange`];
    /// [`crate::ModelError::NotFinite`]; [`crate::ModelError::Overflow`].
    pub fn rate(&self) -> Result<f64> {
        let shortfall = self.model.shortfall(self.margin, self.horizon_years, self.side)?;
        representable("tail premium", self.scale()? * shortfall)
    }

    /// ∂rate/∂margin = −P(loss > margin) × horizons per year × exposure × (1 − coverage) ≤ 0 (the derivative of an
    /// option by its strike, Breeden & Litzenberger 1978).
    ///
    /// # Errors
    /// As [`TailPremium::rate`].
    pub fn margin_sensitivity(&self) -> Result<f64> {
        let probability = self
            .model
            .breach_probability(self.margin, self.horizon_years, self.side)?;
        representable("tail premium's sensitivity", -self.scale()? * probability)
    }

    /// ∂rate/∂m where margin = base margin × m, taken at the present margin and multiplier: base × ∂rate/∂margin.
    ///
    /// # Errors
    /// As [`TailPremium::rate`]; [`crate::ModelError::NotPositive`] for the multiplier.
    pub fn multiplier_sensitivity(&self, multiplier: f64) -> Result<f64> {
        let base = non_negative("margin", self.margin)? / positive("margin multiplier", multiplier)?;
        representable("tail premium's sensitivity", base * self.margin_sensitivity()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close, derivative};
    use proptest::prelude::*;

    fn premium(side: Side, margin: f64) -> TailPremium {
        TailPremium {
            model: JumpDiffusion::new(0.0, 0.9, 12.0, -0.05, 0.08).unwrap(),
            side,
            horizon_years: 1.0 / 365.0,
            margin,
            exposure: 2.0,
            coverage: 0.25,
        }
    }

    #[test]
    fn a_simulation_gives_the_same_premium() {
        let p = premium(Side::Long, 0.05);
        let k = f64::exp(-0.05 + 0.0032) - 1.0;
        let mut rng = Rng::new(17);
        let n = 1_000_000;
        let mut sum = 0.0;
        for _ in 0..n {
            let jumps: f64 = (0..rng.poisson(12.0 / 365.0))
                .map(|_| -0.05 + 0.08 * rng.normal())
                .sum();
            let x = (-0.405 - 12.0 * k) / 365.0 + 0.9 * (1.0_f64 / 365.0).sqrt() * rng.normal() + jumps;
            sum += (-x.exp_m1() - 0.05).max(0.0);
        }
        let simulated = sum / f64::from(n) * 365.0 * 2.0 * 0.75;
        assert_close(p.rate().unwrap() / simulated, 1.0, 0.01);
    }

    #[test]
    fn full_margin_on_a_long_leaves_nothing_to_lose_but_not_on_a_short() {
        assert_eq!(premium(Side::Long, 1.0).rate(), Ok(0.0));
        assert!(premium(Side::Short, 1.0).rate().unwrap() > 0.0);
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn the_margin_sensitivity_is_the_finite_difference(
            margin in 0.005f64..0.5, short in any::<bool>(), multiplier in 1.0f64..3.0,
        ) {
            let side = if short { Side::Short } else { Side::Long };
            let slope = premium(side, margin).margin_sensitivity().unwrap();
            prop_assert!(slope <= 0.0);
            let numeric = derivative(|m| premium(side, m).rate().unwrap(), margin, 1e-5);
            prop_assert!((slope - numeric).abs() < 1e-4 * slope.abs() + 1e-6);
            let base = margin / multiplier;
            let by_multiplier = derivative(|m| premium(side, base * m).rate().unwrap(), multiplier, 1e-4);
            let analytic = premium(side, margin).multiplier_sensitivity(multiplier).unwrap();
            prop_assert!((analytic - by_multiplier).abs() < 1e-4 * analytic.abs() + 1e-6);
        }
    }
}
