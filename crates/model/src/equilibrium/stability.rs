//! When the feedback in time is stable, whatever slows it.
//!
//! Let h̃(h, u, m) be the rate that the keeper solves, with σ ≥ sup Φ̂′ < 1 the slope of its own Φ̂ and F(u) = M_c·M_u·wacc.
//! By the implicit function theorem
//!
//! ```text
//! |∂h̃/∂h| ≤ |F′|·|ρ̂_u|/(1 − σ)    |∂h̃/∂u| ≤ |F′|/(1 − σ)    |∂h̃/∂m| ≤ W_q·|s − ρ̂_q|/(1 − σ)
//! ```
//!
//! In the norm V = max(|Δh|, |Δu|/|r|, |Δm|/m′) this gives |h̃ − h*| ≤ G·V with the loop gain
//!
//! ```text
//! G = (|F′|·(|ρ̂_u| + |r|) + W_q·|s − ρ̂_q|·m′)/(1 − σ)
//! ```
//!
//! and |U(h) − u*| ≤ |r|·V, |m(h) − m*| ≤ m′·V. A rate limiter, a ramp and a late market replace each coordinate by a
//! point between itself and its aim, so V never grows if G ≤ 1, and tends to zero if G < 1, for any speeds, half-lives and
//! intervals: the argument of Chazan & Miranker (1969, "Chaotic relaxation") for delayed and relaxed iterations. The bound
//! holds on a ball around rest, which the motion then never leaves; it asks that the keeper's Φ̂ have a slope below 1 on the
//! whole range of rates, so that the equilibrium near rest is the one that the keeper finds.

use super::dynamics::{FeedbackLoop, State};
use super::solve::SolveError;
use crate::error::{ModelError, Result, non_negative};

/// The loop gain on a ball around rest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LoopGain {
    /// Radius of the ball in the norm V, units of the rate.
    pub radius: f64,
    /// Part of the gain through the keeper's anchor, |F′|·|ρ̂_u|/(1 − σ).
    pub anchor: f64,
    /// Part through utilisation, |F′|·|r|/(1 − σ).
    pub utilisation: f64,
    /// Part through margin, W_q·|s − ρ̂_q|·m′/(1 − σ).
    pub margin: f64,
    /// sup m′ on the ball: what distances of the multiplier are measured by.
    pub multiplier_slope: f64,
}

impl LoopGain {
    /// G, the whole gain; infinite where the keeper's own map is not proved to have one equilibrium.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.anchor + self.utilisation + self.margin
    }

    /// Whether every motion that begins in the ball stays in it and comes to rest, however it is damped.
    #[must_use]
    pub fn is_stable(&self) -> bool {
        self.total() < 1.0
    }
}

/// Bisections of the stable radius: to 1e-12 of the range.
const BISECTIONS: usize = 40;
/// Squarings in the spectral radius: the norm's constant then counts with a power of 2⁻⁴⁰.
const SQUARINGS: i32 = 40;

impl FeedbackLoop {
    /// The loop gain on the ball of `radius` around `rest`.
    ///
    /// # Errors
    /// [`ModelError`] for an input outside its domain, or an overflow.
    pub fn gain(&self, rest: State, radius: f64) -> Result<LoopGain> {
        self.validate()?;
        let radius = non_negative("radius", radius)?;
        let (own, market) = (&self.composition.responses, &self.market);
        // Utilisations that the market or the keeper's prediction can reach from within the ball.
        let reach = radius * (market.utilisation.abs() + 2.0 * own.utilisation.abs());
        let low = (rest.utilisation - reach).clamp(0.0, 1.0);
        let high = (rest.utilisation + reach).clamp(0.0, 1.0);
        let (least, most) = self.composition.slope_by_utilisation(low, high)?;
        let multiplier_slope = self
            .composition
            .steepest_margin_between(rest.hurdle - radius, rest.hurdle + radius);
        let weight = self.composition.weights.tail;
        let through_utilisation = (own.utilisation * least).max(own.utilisation * most).max(0.0);
        let through_margin = (weight * own.tail * multiplier_slope).max(0.0);
        let slack = if self.keeper_is_certain(rest, radius)? {
            1.0 - through_utilisation - through_margin
        } else {
            0.0
        };
        let steepest = least.abs().max(most.abs());
        let amplified = |direct: f64| {
            if direct == 0.0 {
                0.0
            } else if slack > 0.0 {
                direct / slack
            } else {
                f64::INFINITY
            }
        };
        Ok(LoopGain {
            radius,
            anchor: amplified(steepest * own.utilisation.abs()),
            utilisation: amplified(steepest * market.utilisation.abs()),
            margin: amplified(weight * (market.tail - own.tail).abs() * multiplier_slope),
            multiplier_slope,
        })
    }

    /// Whether the keeper's Φ̂, seen from any state of the ball, has a slope below 1 on the whole range of rates: only then
    /// is the equilibrium near rest the one that it finds.
    fn keeper_is_certain(&self, rest: State, radius: f64) -> Result<bool> {
        let c = &self.composition;
        let own = &c.responses;
        let reach = radius * self.market.utilisation.abs() + (c.ceiling - c.floor) * own.utilisation.abs();
        let low = (rest.utilisation - reach).clamp(0.0, 1.0);
        let high = (rest.utilisation + reach).clamp(0.0, 1.0);
        let (least, most) = c.slope_by_utilisation(low, high)?;
        let through_utilisation = (own.utilisation * least).max(own.utilisation * most).max(0.0);
        let steepest = c.steepest_margin_between(c.floor, c.ceiling);
        let through_margin = (c.weights.tail * own.tail * steepest).max(0.0);
        Ok(through_utilisation + through_margin < 1.0)
    }

    /// The largest ball around `rest`, up to `most`, on which the loop is proved stable; `None` where not even the
    /// smallest is. The gain grows with the radius, so bisection finds it.
    ///
    /// # Errors
    /// As [`FeedbackLoop::gain`].
    pub fn stable_ball(&self, rest: State, most: f64) -> Result<Option<LoopGain>> {
        let widest = self.gain(rest, non_negative("largest radius", most)?)?;
        if widest.is_stable() {
            return Ok(Some(widest));
        }
        let mut best = self.gain(rest, 0.0)?;
        if !best.is_stable() {
            return Ok(None);
        }
        let mut unstable = most;
        for _ in 0..BISECTIONS {
            let gain = self.gain(rest, best.radius + (unstable - best.radius) / 2.0)?;
            if gain.is_stable() {
                best = gain;
            } else {
                unstable = gain.radius;
            }
        }
        Ok(Some(best))
    }

    /// Spectral radius of the step's derivative at `rest`, the larger one of a rising and of a falling multiplier: below 1
    /// small deviations die out, and it is what they shrink by at each publication in the end. Sharper than the gain, but
    /// local, and for these speeds only.
    ///
    /// # Errors
    /// As [`FeedbackLoop::gain`]; [`ModelError::Unidentified`] where the keeper's Φ̂′ is 1.
    pub fn spectral_radius(&self, rest: State) -> Result<f64, SolveError<ModelError>> {
        self.validate()?;
        let seen = self.observed(rest);
        let slope = seen.slope(rest.hurdle)?;
        if slope == 1.0 {
            return Err(SolveError::Input(ModelError::Unidentified {
                what: "response of the equilibrium",
            }));
        }
        let by_utilisation = seen.partial(crate::composition::Input::Utilisation, rest.hurdle)?
            + seen.partial(crate::composition::Input::Debt, rest.hurdle)?
                * seen.curve.derivative(rest.utilisation)?;
        let own = &seen.responses;
        let alive = seen.tail_premium(rest.hurdle) > 0.0;
        let by_multiplier = if alive {
            seen.weights.tail * (self.market.tail - own.tail)
        } else {
            0.0
        };
        let solved = [
            -own.utilisation * by_utilisation / (1.0 - slope),
            by_utilisation / (1.0 - slope),
            by_multiplier / (1.0 - slope),
        ];
        let steepness = self.composition.steepest_margin_between(rest.hurdle, rest.hurdle);
        let answered = self.answered();
        let radius = |followed: f64| {
            let follow = |share: f64, gain: f64, own: usize| {
                let mut row = solved.map(|by| share * gain * by);
                row[own] += 1.0 - share;
                row
            };
            spectral_radius([
                solved,
                follow(answered, self.market.utilisation, 1),
                follow(followed, steepness, 2),
            ])
        };
        Ok(radius(1.0).max(radius(self.loosened())))
    }
}

/// Spectral radius by Gelfand's formula lim ‖Aⁿ‖^(1/n), n = 2⁴⁰, by squaring.
fn spectral_radius(mut a: [[f64; 3]; 3]) -> f64 {
    let mut log = 0.0;
    for squaring in 0..=SQUARINGS {
        let norm = a
            .iter()
            .flatten()
            .fold(0.0_f64, |norm, cell| norm.max(cell.abs()));
        if norm == 0.0 {
            return 0.0;
        }
        log += norm.ln() / f64::from(squaring).exp2();
        let scaled = a.map(|row| row.map(|cell| cell / norm));
        for (i, row) in a.iter_mut().enumerate() {
            for (j, cell) in row.iter_mut().enumerate() {
                *cell = (0..3).map(|k| scaled[i][k] * scaled[k][j]).sum();
            }
        }
    }
    log.exp()
}

#[cfg(test)]
mod tests {
    use super::spectral_radius;
    use crate::testing::assert_close;

    #[test]
    fn the_spectral_radius_of_known_matrices() {
        assert_close(
            spectral_radius([[0.5, 0.0, 0.0], [0.0, -0.9, 0.0], [3.0, 0.0, 0.1]]),
            0.9,
            1e-10,
        );
        // A rotation by one radian, scaled by 0.7: a complex pair.
        let (s, c) = 1f64.sin_cos();
        assert_close(
            spectral_radius([[0.7 * c, -0.7 * s, 0.0], [0.7 * s, 0.7 * c, 0.0], [0.0, 0.0, 0.2]]),
            0.7,
            1e-10,
        );
        assert_eq!(
            spectral_radius([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]),
            0.0
        );
    }
}
