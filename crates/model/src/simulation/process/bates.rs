//! Bates's process: Heston's variance with lognormal jumps in the price, by Andersen's quadratic-exponential scheme.

use crate::error::{Result, finite, non_negative, positive, within};
use crate::normal;
use crate::simulation::random::ln;
use crate::simulation::vector::{Row, vectorised};
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
    /// Whether the step is so short that the correction's logarithm and quotient are short series.
    short: bool,
}

/// Largest w = 2Aa for which [`short_correction`] is exact to rounding: the first dropped terms are of order w⁸.
const MOST_SHORT: f64 = 0.01;

/// −½wb²/(1 − w) + ½ ln(1 − w).
#[inline(always)]
fn short_correction(w: f64, wb2: f64) -> f64 {
    let fma = f64::mul_add;
    let quotient = fma(
        w,
        fma(w, fma(w, fma(w, fma(w, fma(w, 1.0, 1.0), 1.0), 1.0), 1.0), 1.0),
        1.0,
    );
    let logarithm = fma(w, 1.0 / 7.0, 1.0 / 6.0);
    let logarithm = fma(
        w,
        fma(w, fma(w, fma(w, fma(w, logarithm, 0.2), 0.25), 1.0 / 3.0), 0.5),
        1.0,
    );
    -0.5 * fma(wb2, quotient, w * logarithm)
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
            short: 2.0 * exponent.abs() * most_ratio / 2.5 <= MOST_SHORT,
        }
    }

    #[inline(always)]
    fn moments(&self, v: f64) -> (f64, f64) {
        let mean = (v - self.long_run).mul_add(self.decay, self.long_run);
        (mean, self.from_now.mul_add(v, self.from_mean))
    }

    /// One step of variance and log-price. `price_deviation` receives the standard deviation of the price's own normal.
    pub(super) fn advance(
        &self,
        x: &mut Row,
        v: &mut Row,
        variance_normals: &Row,
        price_normals: &Row,
        price_deviation: &mut Row,
    ) {
        let mut next = [0.0; crate::simulation::vector::BLOCK];
        let mut correction = [0.0; crate::simulation::vector::BLOCK];
        let steep = vectorised(
            #[inline(always)]
            || {
                if self.short {
                    self.quadratic::<true>(v, variance_normals, &mut next, &mut correction)
                } else {
                    self.quadratic::<false>(v, variance_normals, &mut next, &mut correction)
                }
            },
        );
        if steep {
            for lane in 0..next.len() {
                let (mean, square) = self.moments(v[lane]);
                if square > MOST_QUADRATIC_PSI * mean * mean {
                    let (to, drift) = self.exponential(v[lane], mean, square, variance_normals[lane]);
                    next[lane] = to;
                    correction[lane] = drift;
                }
            }
        }
        vectorised(
            #[inline(always)]
            || {
                let lanes = x.iter_mut().zip(v.iter_mut()).zip(price_deviation.iter_mut());
                let draws = next.iter().zip(&correction).zip(price_normals);
                for (((x, v), deviation), ((next, correction), normal)) in lanes.zip(draws) {
                    *deviation = (self.k3 * (*v + *next)).sqrt();
                    let conditional = self.k1.mul_add(*v, self.k2 * *next) + correction;
                    *x += deviation.mul_add(*normal, conditional);
                    *v = *next;
                }
            },
        );
    }

    /// Every lane by the squared normal (his eq. 23 to 27); whether some lane needs the other shape.
    #[inline(always)]
    fn quadratic<const SHORT: bool>(
        &self,
        v: &Row,
        normals: &Row,
        next: &mut Row,
        correction: &mut Row,
    ) -> bool {
        let mut steep = false;
        for (((v, normal), next), correction) in v
            .iter()
            .zip(normals)
            .zip(next.iter_mut())
            .zip(correction.iter_mut())
        {
            let (mean, square) = self.moments(*v);
            let psi = square / (mean * mean);
            steep |= psi > MOST_QUADRATIC_PSI;
            // With c = √(1 − ψ/2) his a and b are a = m(1 − c) and b² = c/(1 − c), so that a(b + Z)² is the square below
            // without a quotient; beyond ψ = 2 there is no c, and the lane is done again.
            let rest = 1.0 - 0.5 * psi;
            let c = if rest < 0.0 { 0.0 } else { rest }.sqrt();
            let a = mean * (1.0 - c);
            let fixed = mean * c;
            *next = a.mul_add(normal * normal, (2.0 * normal).mul_add((a * fixed).sqrt(), fixed));
            let (w, wb2) = (2.0 * self.exponent * a, 2.0 * self.exponent * fixed);
            let drift = (self.k1 + 0.5 * self.k3) * *v;
            *correction = if SHORT {
                short_correction(w, wb2) - drift
            } else if w < 1.0 {
                -0.5 * wb2 / (1.0 - w) + 0.5 * ln(1.0 - w) - drift
            } else {
                self.plain_drift
            };
        }
        steep
    }

    /// A lane by the exponential with an atom at zero (his eq. 18 to 20, 25).
    fn exponential(&self, v: f64, mean: f64, square: f64, normal: f64) -> (f64, f64) {
        let psi = square / (mean * mean);
        let p = (psi - 1.0) / (psi + 1.0);
        let beta = (1.0 - p) / mean;
        // Φ(z) is the uniform of which the normal is the quantile; its survival function keeps the upper tail.
        let above = normal::survival(normal).max(f64::MIN_POSITIVE);
        let next = (((1.0 - p) / above).ln() / beta).max(0.0);
        let drift = if self.exponent < beta {
            -(p + beta * (1.0 - p) / (beta - self.exponent)).ln() - (self.k1 + 0.5 * self.k3) * v
        } else {
            self.plain_drift
        };
        (next, drift)
    }
}
