//! Bates's process: Heston's variance with lognormal jumps in the price, by Andersen's quadratic-exponential scheme.

use crate::error::{Result, finite, non_negative, positive, within};
use crate::normal::survival;
use crate::simulation::random::ln;
use crate::tail::JumpDiffusion;

/// d ln S = (μ − λk − ½v) dt + √v dW₁ + ln J dN, dv = κ(θ − v) dt + ξ√v dW₂, d⟨W₁, W₂⟩ = ρ dt, ln J ~ N(m, δ²) (Bates
/// 1996, "Jumps and stochastic volatility").
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bates {
    jumps: JumpDiffusion,
    start: f64,
    reversion: f64,
    long_run: f64,
    volatility_of_variance: f64,
    correlation: f64,
}

/// Parameters of the variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HestonVariance {
    /// Variance at the start v₀, per year, ≥ 0.
    pub start: f64,
    /// Speed of mean reversion κ, per year, > 0.
    pub reversion: f64,
    /// Long-run variance θ, per year, > 0.
    pub long_run: f64,
    /// Volatility of variance ξ, per year, > 0.
    pub volatility_of_variance: f64,
    /// Correlation ρ of price and variance.
    pub correlation: f64,
}

impl Bates {
    /// `drift` μ and the jumps' `intensity` λ per year, mean and deviation of the log-jump.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`] for κ, θ or ξ; [`crate::ModelError::OutOfRange`] for a negative v₀, a
    /// correlation outside [−1, 1], ξ below 1e-6 (use Merton's process), or a parameter above 1e6, and as
    /// [`JumpDiffusion::new`].
    pub fn new(
        drift: f64,
        variance: HestonVariance,
        intensity: f64,
        jump_mean: f64,
        jump_deviation: f64,
    ) -> Result<Self> {
        const MOST: f64 = 1e6;
        positive("speed of mean reversion", variance.reversion)?;
        positive("long-run variance", variance.long_run)?;
        positive("volatility of variance", variance.volatility_of_variance)?;
        Ok(Self {
            jumps: JumpDiffusion::new(finite("drift", drift)?, 0.0, intensity, jump_mean, jump_deviation)?,
            start: within("variance at the start", variance.start, 0.0, MOST)?,
            reversion: within("speed of mean reversion", variance.reversion, 1e-9, MOST)?,
            long_run: within("long-run variance", variance.long_run, 1e-12, MOST)?,
            volatility_of_variance: within(
                "volatility of variance",
                variance.volatility_of_variance,
                1e-6,
                MOST,
            )?,
            correlation: within("correlation", variance.correlation, -1.0, 1.0)?,
        })
    }

    /// Variance at the start.
    #[must_use]
    pub const fn start(&self) -> f64 {
        self.start
    }

    pub(super) const fn jumps(&self) -> &JumpDiffusion {
        &self.jumps
    }

    /// E[v_t], the mean variance at a time.
    #[must_use]
    pub fn expected_variance(&self, years: f64) -> f64 {
        self.long_run + (self.start - self.long_run) * (-self.reversion * years).exp()
    }

    /// Volatility that the log-price has on average over a horizon, jumps included, per √year.
    pub(super) fn total_volatility(&self, years: f64) -> f64 {
        let average = self.long_run
            - (self.start - self.long_run) * (-self.reversion * years).exp_m1() / (self.reversion * years);
        (average + non_negative("jump variance", self.jumps.total_volatility().powi(2)).unwrap_or(0.0)).sqrt()
    }
}

/// Andersen's switching point between the two shapes of the variance's distribution.
const MOST_QUADRATIC_PSI: f64 = 1.5;

/// Constants of one step of Andersen (2008), "Simple and efficient simulation of the Heston stochastic volatility
/// model", with γ₁ = γ₂ = ½: the scheme keeps the variance non-negative and matches its first two conditional moments,
/// so that it stays accurate where 2κθ < ξ², as fits to crypto assets usually are, and Euler schemes with truncation
/// (Lord, Koekkoek & van Dijk 2010) need far shorter steps. The martingale correction (his § 4.3) keeps E[S] exact.
#[derive(Debug, Clone, Copy)]
pub(super) struct QuadraticExponential {
    decay: f64,
    long_run: f64,
    /// s² = `from_now`·v + `from_mean`.
    from_now: f64,
    from_mean: f64,
    k1: f64,
    k2: f64,
    k3: f64,
    /// k2 + ½k4, the exponent of v′ in the price.
    exponent: f64,
    plain_drift: f64,
    correction: Correction,
}

/// How the martingale correction −½wb²/(1 − w) + ½ ln(1 − w) is taken, by the largest w = 2Aa that a step can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Correction {
    /// Four terms of both series are exact to rounding.
    Shortest,
    /// Eight terms are.
    Short,
    /// As it stands.
    Closed,
}

/// Largest w for which so many terms leave out nothing above 1e-16.
const MOST_FOR_FOUR: f64 = 1e-4;
const MOST_FOR_EIGHT: f64 = 0.01;

/// The correction by its first `TERMS` terms, given w and wb².
#[inline(always)]
fn short_correction<const TERMS: u8>(w: f64, wb2: f64) -> f64 {
    let (mut quotient, mut logarithm) = (1.0f64, 1.0 / f64::from(TERMS));
    for term in (1..TERMS).rev() {
        quotient = quotient.mul_add(w, 1.0);
        logarithm = logarithm.mul_add(w, 1.0 / f64::from(term));
    }
    -0.5 * wb2.mul_add(quotient, w * logarithm)
}

/// A step of the variance.
#[derive(Debug, Clone, Copy)]
pub(super) struct VarianceStep {
    /// The variance at its end.
    pub(super) next: f64,
    /// Mean of the log-price's change, given that; without the drift that all steps have.
    pub(super) drift: f64,
}

impl QuadraticExponential {
    pub(super) fn new(model: &Bates, dt: f64) -> Self {
        let Bates {
            reversion,
            long_run,
            volatility_of_variance: xi,
            correlation,
            ..
        } = *model;
        let decay = (-reversion * dt).exp();
        let lost = -(-reversion * dt).exp_m1();
        let leverage = correlation / xi;
        let convexity = 0.5 * dt * (reversion * leverage - 0.5);
        let k3 = 0.5 * dt * (1.0 - correlation * correlation);
        let from_now = xi * xi * decay * lost / reversion;
        let from_mean = long_run * xi * xi * lost * lost / (2.0 * reversion);
        // s²/m is at most this, and a at most s²/(2.5m) where ψ ≤ 1.5: 1 + b² ≥ 2y − 1 ≥ 1.25y for y = 2/ψ ≥ 4/3.
        let most_ratio = from_now / decay + from_mean / (long_run * lost);
        let exponent = convexity + leverage + 0.5 * k3;
        let most_w = 2.0 * exponent.abs() * most_ratio / 2.5;
        Self {
            decay,
            long_run,
            from_now,
            from_mean,
            k1: convexity - leverage,
            k2: convexity + leverage,
            k3,
            exponent,
            plain_drift: -reversion * long_run * leverage * dt,
            correction: match most_w {
                w if w <= MOST_FOR_FOUR => Correction::Shortest,
                w if w <= MOST_FOR_EIGHT => Correction::Short,
                _ => Correction::Closed,
            },
        }
    }

    pub(super) const fn correction(&self) -> Correction {
        self.correction
    }

    #[inline(always)]
    fn moments(&self, v: f64) -> (f64, f64) {
        let mean = (v - self.long_run).mul_add(self.decay, self.long_run);
        (mean, self.from_now.mul_add(v, self.from_mean))
    }

    /// The variance of the price's own normal, given the variance at both ends of the step.
    #[inline(always)]
    pub(super) fn price_variance(&self, v: f64, next: f64) -> f64 {
        self.k3 * (v + next)
    }

    /// Whether the variance is so low that a step from it has the second shape, [`Self::exponential`].
    #[inline(always)]
    pub(super) fn is_steep(&self, v: f64) -> bool {
        let (mean, square) = self.moments(v);
        square > MOST_QUADRATIC_PSI * mean * mean
    }

    /// A step by the squared normal (his eq. 23 to 27); no number that means anything where the variance is steep.
    /// `TERMS` is what the correction needs, zero for the closed form.
    #[inline(always)]
    pub(super) fn quadratic<const TERMS: u8>(&self, v: f64, normal: f64) -> VarianceStep {
        let (mean, square) = self.moments(v);
        // With c = √(1 − ψ/2) his a and b are a = m(1 − c) and b² = c/(1 − c), so that a(b + Z)² is the square below
        // without a quotient, and mc = √(m² − s²/2).
        let rest = mean.mul_add(mean, -0.5 * square);
        let fixed = if rest < 0.0 { 0.0 } else { rest }.sqrt();
        let a = mean - fixed;
        let cross = (2.0 * normal).mul_add((a * fixed).sqrt(), fixed);
        let next = a.mul_add(normal * normal, cross);
        let next = if next < 0.0 { 0.0 } else { next };
        let (w, wb2) = (2.0 * self.exponent * a, 2.0 * self.exponent * fixed);
        let correction = if TERMS > 0 {
            short_correction::<TERMS>(w, wb2) - 0.5 * self.k3 * v
        } else if w < 1.0 {
            -0.5 * wb2 / (1.0 - w) + 0.5 * ln(1.0 - w) - 0.5 * self.k3 * v
        } else {
            self.k1.mul_add(v, self.plain_drift)
        };
        VarianceStep {
            next,
            drift: self.k2.mul_add(next, correction),
        }
    }

    /// A step by the exponential with an atom at zero (his eq. 18 to 20, 25).
    pub(super) fn exponential(&self, v: f64, normal: f64) -> VarianceStep {
        let (mean, square) = self.moments(v);
        let psi = square / (mean * mean);
        let p = (psi - 1.0) / (psi + 1.0);
        let beta = (1.0 - p) / mean;
        // Φ(z) is the uniform of which the normal is the quantile; its survival function keeps the upper tail.
        let above = survival(normal).max(f64::MIN_POSITIVE);
        let next = (((1.0 - p) / above).ln() / beta).max(0.0);
        let correction = if self.exponent < beta {
            -(p + beta * (1.0 - p) / (beta - self.exponent)).ln() - 0.5 * self.k3 * v
        } else {
            self.k1 * v + self.plain_drift
        };
        VarianceStep {
            next,
            drift: self.k2.mul_add(next, correction),
        }
    }
}
