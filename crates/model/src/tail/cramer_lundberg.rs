//! Ruin of a fund by exponential claims: the classical closed forms.

use crate::error::{Result, non_negative, positive, representable, within};

/// A fund that earns steadily and pays exponential claims (Lundberg 1903, Cramér 1930).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExponentialClaims {
    /// The fund at the start, ≥ 0.
    pub fund: f64,
    /// Income per year, > 0.
    pub income: f64,
    /// Claims per year, ≥ 0.
    pub claims: f64,
    /// Mean claim, > 0.
    pub mean_claim: f64,
}

/// Intervals of the trapezoidal rule in the finite-time formula. Its integrand is smooth and periodic, so that the rule
/// converges geometrically once it resolves the oscillation.
const INTERVALS: u32 = 8192;
/// Largest fund in mean claims and longest time in mean claims earned that this many intervals resolve.
const MOST_SCALED: f64 = 2000.0;

/// Largest exponent in the integrand: beyond it less than 1e-7 is left of the cancellation. It is positive only where
/// claims exceed the income and the fund is far from gone, and ruin then takes longer than the horizon.
const MOST_EXPONENT: f64 = 20.0;

impl ExponentialClaims {
    /// Fund in mean claims, horizonless load ρ = expected claims ÷ income.
    fn scaled(&self) -> Result<(f64, f64)> {
        let mean = positive("mean claim", self.mean_claim)?;
        let fund = representable(
            "fund in mean claims",
            non_negative("insurance fund", self.fund)? / mean,
        )?;
        let income = positive("income of the fund", self.income)?;
        let load = representable(
            "claims per income",
            non_negative("claims per year", self.claims)? * mean / income,
        )?;
        Ok((fund, load))
    }

    /// Probability of ruin ever, ρ·e^(−(1 − ρ)u) with fund u in mean claims and load ρ = expected claims ÷ income; 1
    /// where ρ ≥ 1 (Asmussen & Albrecher 2010, "Ruin Probabilities", Cor. IV.3.2).
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`] for the income or the mean claim; [`crate::ModelError::OutOfRange`] for a negative fund or
    /// frequency; [`crate::ModelError::NotFinite`]; [`crate::ModelError::Overflow`].
    pub fn ruin_probability(&self) -> Result<f64> {
        let (fund, load) = self.scaled()?;
        if load >= 1.0 {
            return Ok(1.0);
        }
        Ok(load * (-(1.0 - load) * fund).exp())
    }

    /// Probability of ruin within `years` (Asmussen & Albrecher 2010, Prop. V.1.3):
    /// ψ(u, T) = ψ(u) − (1/π)∫₀^π f₁f₂/f₃ dθ in units of the mean claim and of the time in which one is earned.
    ///
    /// # Errors
    /// As [`ExponentialClaims::ruin_probability`]; [`crate::ModelError::NotPositive`] for the horizon;
    /// [`crate::ModelError::OutOfRange`] for a fund or an income over the horizon beyond 2,000 mean claims, a load beyond
    /// 100, or claims so far above the income that the formula cancels ([`crate::simulation::Surplus`] answers then).
    pub fn ruin_probability_within(&self, years: f64) -> Result<f64> {
        let (fund, load) = self.scaled()?;
        let time = representable(
            "income over the horizon in mean claims",
            positive("horizon", years)? * self.income / self.mean_claim,
        )?;
        within("fund in mean claims", fund, 0.0, MOST_SCALED)?;
        within("income over the horizon in mean claims", time, 0.0, MOST_SCALED)?;
        within("claims per income", load, 0.0, 100.0)?;
        if load == 0.0 {
            return Ok(0.0);
        }
        let root = load.sqrt();
        within(
            "exponent (√load − 1)·(fund − (√load − 1)·income) of the finite-time formula, in mean claims",
            (root - 1.0) * (fund - (root - 1.0) * time),
            f64::MIN,
            MOST_EXPONENT,
        )?;
        let integrand = |theta: f64| {
            let (sine, cosine) = theta.sin_cos();
            let exponent = 2.0 * root * time * cosine - (1.0 + load) * time + fund * (root * cosine - 1.0);
            let phase = fund * root * sine;
            let waves = phase.cos() - (phase + 2.0 * theta).cos();
            let denominator = 1.0 + load - 2.0 * root * cosine;
            if denominator > 0.0 {
                load * exponent.exp() * waves / denominator
            } else {
                // ρ = 1 at θ = 0, where numerator and denominator vanish alike: their ratio tends to 2(1 + u).
                load * exponent.exp() * 2.0 * (1.0 + fund)
            }
        };
        let step = core::f64::consts::PI / f64::from(INTERVALS);
        let inner: f64 = (1..INTERVALS).map(|i| integrand(f64::from(i) * step)).sum();
        let integral = (inner + 0.5 * (integrand(0.0) + integrand(core::f64::consts::PI))) * step;
        let ever = self.ruin_probability()?;
        Ok((ever - integral / core::f64::consts::PI).clamp(0.0, ever))
    }
}
