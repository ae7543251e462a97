//! Merton's jump-diffusion: distribution and partial expectations of the terminal price.

use super::Side;
use crate::error::{ModelError, Result, finite, non_negative, positive, representable, within};
use crate::normal;

/// More expected jumps over a horizon than this are a diffusion, not jumps; the Poisson series would also underflow.
const MOST_EXPECTED_JUMPS: f64 = 500.0;

/// dS/S = (μ − λk) dt + σ dW + (J − 1) dN with ln J ~ N(m, δ²), k = E(J) − 1 (Merton 1976, "Option pricing when
/// underlying stock returns are discontinuous"), so that S_T has the mean S₀·e^(μT).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JumpDiffusion {
    drift: f64,
    volatility: f64,
    intensity: f64,
    jump_mean: f64,
    jump_deviation: f64,
}

/// The terminal log-return given the number of jumps: its probability, mean and standard deviation.
#[derive(Debug, Clone, Copy)]
struct Term {
    probability: f64,
    mean: f64,
    deviation: f64,
}

impl Term {
    /// Φ(a/deviation), which for a point mass is a step.
    fn cdf(&self, a: f64) -> f64 {
        if self.deviation > 0.0 {
            normal::cdf(a / self.deviation)
        } else {
            f64::from(u8::from(a >= 0.0))
        }
    }

    /// E[S_T/S₀] given this number of jumps.
    fn forward(&self) -> f64 {
        (self.mean + 0.5 * self.deviation * self.deviation).exp()
    }

    /// E[(K − S)₊] for ln K = `log_strike` (Black 1976) for a long, E[(S − K)₊] for a short.
    fn payoff(&self, log_strike: f64, side: Side) -> f64 {
        let strike = log_strike.exp();
        let below = log_strike - self.mean;
        let shifted = below - self.deviation * self.deviation;
        let value = match side {
            Side::Long => strike * self.cdf(below) - self.forward() * self.cdf(shifted),
            Side::Short => self.forward() * self.cdf(-shifted) - strike * self.cdf(-below),
        };
        value.max(0.0)
    }
}

impl JumpDiffusion {
    /// `drift` μ and `volatility` σ per year and √year, `intensity` λ jumps per year, mean and standard deviation of
    /// the log-jump.
    ///
    /// # Errors
    /// [`ModelError::NotFinite`]; [`ModelError::OutOfRange`] for a negative volatility, intensity or deviation, or a
    /// jump whose mean or deviation exceeds 10 in logarithm.
    pub fn new(
        drift: f64,
        volatility: f64,
        intensity: f64,
        jump_mean: f64,
        jump_deviation: f64,
    ) -> Result<Self> {
        Ok(Self {
            drift: finite("drift", drift)?,
            volatility: non_negative("volatility", volatility)?,
            intensity: non_negative("jump intensity", intensity)?,
            jump_mean: within("mean log-jump", jump_mean, -10.0, 10.0)?,
            jump_deviation: within("deviation of the log-jump", jump_deviation, 0.0, 10.0)?,
        })
    }

    /// Volatility of the diffusion alone, per √year.
    #[must_use]
    pub const fn volatility(&self) -> f64 {
        self.volatility
    }

    /// Jumps per year.
    #[must_use]
    pub const fn intensity(&self) -> f64 {
        self.intensity
    }

    /// Mean log-jump.
    #[must_use]
    pub const fn jump_mean(&self) -> f64 {
        self.jump_mean
    }

    /// Standard deviation of the log-jump.
    #[must_use]
    pub const fn jump_deviation(&self) -> f64 {
        self.jump_deviation
    }

    /// μ − ½σ² − λk: drift of the log-price between jumps, per year.
    pub(crate) fn log_drift(&self) -> f64 {
        self.drift - 0.5 * self.volatility * self.volatility - self.intensity * self.expected_jump()
    }

    /// √(σ² + λ(m² + δ²)): volatility of the log-price, jumps included, per √year.
    #[must_use]
    pub fn total_volatility(&self) -> f64 {
        let jump_variance = self.jump_mean.powi(2) + self.jump_deviation.powi(2);
        (self.volatility.powi(2) + self.intensity * jump_variance).sqrt()
    }

    /// Expected relative jump k = e^(m + δ²/2) − 1.
    fn expected_jump(&self) -> f64 {
        (self.jump_mean + 0.5 * self.jump_deviation * self.jump_deviation).exp_m1()
    }

    /// Sums `f` over the number of jumps, weighted by its Poisson probability, until neither the probabilities nor the
    /// forwards (Poisson with intensity λ(1 + k)) leave anything above 1e-17.
    fn mixture(&self, years: f64, f: impl Fn(&Term) -> f64) -> Result<f64> {
        positive("horizon", years)?;
        let expected = self.intensity * years;
        let tilted = expected * (1.0 + self.expected_jump());
        within(
            "expected jumps over the horizon",
            expected,
            0.0,
            MOST_EXPECTED_JUMPS,
        )?;
        within(
            "expected jumps over the horizon, weighted by size",
            tilted,
            0.0,
            MOST_EXPECTED_JUMPS,
        )?;
        let variance = self.volatility * self.volatility;
        let drift = self.log_drift() * years;
        representable("drift over the horizon", drift)?;
        // Chernoff: beyond e²·mean + 40 jumps the Poisson tail is below e^(−40 − mean).
        let last = (7.389_056_1 * expected.max(tilted) + 40.0).ceil();
        let (mut sum, mut n, mut probability) = (0.0, 0.0, (-expected).exp());
        while n <= last {
            let term = Term {
                probability,
                mean: drift + n * self.jump_mean,
                deviation: (variance * years + n * self.jump_deviation.powi(2)).sqrt(),
            };
            if probability > 0.0 {
                sum += term.probability * f(&term);
            }
            n += 1.0;
            probability *= expected / n;
        }
        representable("jump-diffusion expectation", sum)
    }

    /// P(ln(S_T/S₀) ≤ x).
    ///
    /// # Errors
    /// [`ModelError::NotPositive`] for the horizon, [`ModelError::OutOfRange`] for more than 500 expected jumps,
    /// [`ModelError::NotFinite`].
    pub fn cdf(&self, x: f64, years: f64) -> Result<f64> {
        finite("log-return", x)?;
        Ok(self.mixture(years, |term| term.cdf(x - term.mean))?.min(1.0))
    }

    /// Undiscounted E[(K − S_T/S₀)₊] (`Long`, a put) or E[(S_T/S₀ − K)₊] (`Short`, a call): Merton's (1976)
    /// Poisson-weighted series of Black prices.
    ///
    /// # Errors
    /// As [`JumpDiffusion::cdf`]; [`ModelError::NotPositive`] for the strike, [`ModelError::Overflow`].
    pub fn expected_payoff(&self, strike: f64, years: f64, side: Side) -> Result<f64> {
        let log_strike = positive("strike", strike)?.ln();
        self.mixture(years, |term| term.payoff(log_strike, side))
    }

    /// E[(loss − margin)₊] per unit of notional over the horizon. A long cannot lose more than 1.
    ///
    /// # Errors
    /// As [`JumpDiffusion::expected_payoff`]; [`ModelError::OutOfRange`] for a negative margin.
    pub fn shortfall(&self, margin: f64, years: f64, side: Side) -> Result<f64> {
        match breach_price(margin, side)? {
            Some(strike) => self.expected_payoff(strike, years, side),
            None => Ok(0.0),
        }
    }

    /// P(loss > margin), which is −∂shortfall/∂margin.
    ///
    /// # Errors
    /// As [`JumpDiffusion::shortfall`].
    pub fn breach_probability(&self, margin: f64, years: f64, side: Side) -> Result<f64> {
        let Some(strike) = breach_price(margin, side)? else {
            return Ok(0.0);
        };
        let log_strike = strike.ln();
        match side {
            Side::Long => self.cdf(log_strike, years),
            Side::Short => Ok(self
                .mixture(years, |term| term.cdf(term.mean - log_strike))?
                .min(1.0)),
        }
    }
}

/// The price (S₀ = 1) at which the loss equals the margin, or `None` where no price does.
fn breach_price(margin: f64, side: Side) -> Result<Option<f64>> {
    let margin = non_negative("margin", margin)?;
    let price = match side {
        Side::Long => 1.0 - margin,
        Side::Short => 1.0 + margin,
    };
    Ok((price > 0.0).then_some(price))
}

/// The loss of a position for a log-return of the price.
pub(super) fn loss_of(log_return: f64, side: Side) -> f64 {
    match side {
        Side::Long => -log_return.exp_m1(),
        Side::Short => log_return.exp_m1(),
    }
}

/// The error of a horizon or level that admits no answer.
pub(super) const fn no_quantile(iterations: usize) -> ModelError {
    ModelError::NotConverged {
        what: "value at risk",
        iterations,
    }
}
