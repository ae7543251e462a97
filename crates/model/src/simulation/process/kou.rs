//! Kou's double exponential jump-diffusion.

use super::jumps::JumpSize;
use crate::error::{ModelError, Result, finite, fraction, non_negative, positive};

/// dS/S = (μ − λk) dt + σ dW + (J − 1) dN, where ln J is exponential upward with rate η₁ with probability p and
/// downward with rate η₂ otherwise, and k = pη₁/(η₁ − 1) + (1 − p)η₂/(η₂ + 1) − 1 (Kou 2002, "A jump-diffusion model for
/// option pricing", eq. 2).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kou {
    drift: f64,
    volatility: f64,
    intensity: f64,
    upward: f64,
    up_rate: f64,
    down_rate: f64,
}

impl Kou {
    /// `drift` μ and `volatility` σ per year and √year, `intensity` λ jumps per year, the probability `upward` p of a
    /// jump up, and the rates η₁ and η₂, the reciprocals of the mean log-jumps.
    ///
    /// # Errors
    /// [`ModelError::NotFinite`]; [`ModelError::OutOfRange`] for a negative volatility or intensity, a probability
    /// outside [0, 1] or η₁ ≤ 1, where a jump's mean is infinite; [`ModelError::NotPositive`] for η₂.
    pub fn new(
        drift: f64,
        volatility: f64,
        intensity: f64,
        upward: f64,
        up_rate: f64,
        down_rate: f64,
    ) -> Result<Self> {
        if finite("rate of upward jumps", up_rate)? <= 1.0 {
            return Err(ModelError::OutOfRange {
                what: "rate of upward jumps",
                value: up_rate,
                min: 1.0 + f64::EPSILON,
                max: f64::MAX,
            });
        }
        Ok(Self {
            drift: finite("drift", drift)?,
            volatility: non_negative("volatility", volatility)?,
            intensity: non_negative("jump intensity", intensity)?,
            upward: fraction("probability of an upward jump", upward)?,
            up_rate,
            down_rate: positive("rate of downward jumps", down_rate)?,
        })
    }

    /// Jumps per year.
    #[must_use]
    pub const fn intensity(&self) -> f64 {
        self.intensity
    }

    /// Volatility of the diffusion alone, per √year.
    #[must_use]
    pub const fn volatility(&self) -> f64 {
        self.volatility
    }

    /// Volatility of the log-price, jumps included, per √year.
    #[must_use]
    pub fn total_volatility(&self) -> f64 {
        let second_moment =
            2.0 * (self.upward / self.up_rate.powi(2) + (1.0 - self.upward) / self.down_rate.powi(2));
        (self.volatility.powi(2) + self.intensity * second_moment).sqrt()
    }

    /// Expected relative jump k.
    #[must_use]
    pub fn expected_jump(&self) -> f64 {
        self.upward / (self.up_rate - 1.0) - (1.0 - self.upward) / (self.down_rate + 1.0)
    }

    pub(super) fn log_drift(&self) -> f64 {
        self.drift - 0.5 * self.volatility * self.volatility - self.intensity * self.expected_jump()
    }

    pub(super) const fn jump_size(&self) -> JumpSize {
        JumpSize::DoubleExponential {
            upward: self.upward,
            up_rate: self.up_rate,
            down_rate: self.down_rate,
        }
    }
}
