//! The feedback in time: a hurdle rate that is published, limited and ramped, and a market that answers late.
//!
//! State (h, u, m): published rate, utilisation, multiplier in force. At every publication
//!
//! ```text
//! h̃  = the equilibrium that the keeper solves from u, q = Q(m) and its own responses, anchored at (h, m)
//! h⁺ = h + clamp(h̃ − h, −fall·Δt, rise·Δt)                      rate limit
//! u⁺ = u + (1 − 2^(−Δt/half-life))·(U(h⁺) − u)                  the market answers
//! m⁺ = m + min(m(h⁺) − m, speed·Δt), or a share of the way down  ramp
//! ```
//!
//! with the market's true lines U(h) = u₀ + r·(h − h₋) and Q(m) = q₀ + s·(m − m₋), which the keeper need not know.

use super::solve::{Bracket, Equilibrium, Missing, SolveError, solve};
use crate::composition::Composition;
use crate::error::{ModelError, Result, finite, non_negative, positive};

const DAY: f64 = 86_400.0;

/// How the market truly responds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MarketResponse {
    /// r: change of utilisation per unit of annual rate; any sign.
    pub utilisation: f64,
    /// s: change of the tail premium per unit of margin multiplier.
    pub tail: f64,
    /// Time in which utilisation covers half of the way, seconds, > 0.
    pub half_life_seconds: f64,
}

/// What slows the feedback.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Damping {
    /// Time between publications, seconds, > 0.
    pub interval_seconds: f64,
    /// Largest rise of the published rate per day, > 0.
    pub rise_per_day: f64,
    /// Largest fall of the published rate per day, > 0.
    pub fall_per_day: f64,
    /// Largest rise of the multiplier in force per day, > 0.
    pub multiplier_rise_per_day: f64,
    /// Time in which a falling multiplier covers half of the way, seconds, > 0.
    pub loosening_half_life_seconds: f64,
}

/// A state of the loop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct State {
    /// h, the published rate.
    pub hurdle: f64,
    /// u, utilisation.
    pub utilisation: f64,
    /// m, the margin multiplier in force.
    pub multiplier: f64,
}

/// The loop: the keeper's composition, whose components and anchor describe the market at rest at h₋, and the market.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FeedbackLoop {
    /// The keeper's composition with the keeper's responses.
    pub composition: Composition,
    /// The market.
    pub market: MarketResponse,
    /// The damping.
    pub damping: Damping,
}

impl FeedbackLoop {
    /// Checks every input.
    ///
    /// # Errors
    /// [`ModelError`] naming the first input outside its domain.
    pub fn validate(&self) -> Result<()> {
        self.composition.validate()?;
        finite("response of utilisation", self.market.utilisation)?;
        finite("response of the tail premium", self.market.tail)?;
        positive("half-life of utilisation", self.market.half_life_seconds)?;
        positive("interval of publications", self.damping.interval_seconds)?;
        positive("largest rise per day", self.damping.rise_per_day)?;
        positive("largest fall per day", self.damping.fall_per_day)?;
        positive(
            "largest rise of the multiplier per day",
            self.damping.multiplier_rise_per_day,
        )?;
        positive("half-life of loosening", self.damping.loosening_half_life_seconds)?;
        Ok(())
    }

    /// The composition with the market's true responses, whose equilibrium is where the loop can rest.
    #[must_use]
    pub fn truth(&self) -> Composition {
        let mut truth = self.composition;
        truth.responses.utilisation = self.market.utilisation;
        truth.responses.tail = self.market.tail;
        truth
    }

    /// The state of rest at the true equilibrium, where there is exactly one.
    ///
    /// # Errors
    /// As [`solve`], with the composition's errors as [`ModelError`].
    pub fn rest(&self) -> Result<Option<State>, SolveError<ModelError>> {
        self.validate()?;
        let truth = self.truth();
        let bracket = Bracket::new(truth.floor, truth.ceiling)?;
        let bound = truth.slope_range()?.max;
        Ok(match solve(|h| truth.phi_unclamped(h), bracket, Some(bound))? {
            Equilibrium::Unique { h, .. } => Some(State {
                hurdle: h,
                utilisation: truth.utilisation(h),
                multiplier: truth.margin.multiplier(h),
            }),
            _ => None,
        })
    }

    /// What the keeper sees in a state: its composition anchored there.
    #[must_use]
    pub fn observed(&self, state: State) -> Composition {
        let mut seen = self.composition;
        let anchored = &self.composition.responses;
        let shift = self.market.tail * (state.multiplier - anchored.previous_multiplier);
        seen.components.tail = (self.composition.components.tail + shift).max(0.0);
        // The utilisation of a state lies in [0, 1], where the curve has a value.
        seen.components.debt = self
            .composition
            .cost_of_debt(state.utilisation)
            .unwrap_or(f64::NAN);
        seen.components.utilisation = state.utilisation;
        seen.responses.previous_hurdle = state.hurdle;
        seen.responses.previous_multiplier = state.multiplier;
        seen
    }

    /// The state after one publication. Where the keeper finds no single equilibrium it aims at the ceiling, the stressed
    /// state; where less than the floor is asked for, at the floor.
    ///
    /// # Errors
    /// [`ModelError`] for a state outside its domain; as [`solve`].
    pub fn step(&self, state: State) -> Result<State, SolveError<ModelError>> {
        self.validate()?;
        crate::error::fraction("utilisation", state.utilisation)?;
        let seen = self.observed(state);
        let bracket = Bracket::new(seen.floor, seen.ceiling)?;
        let bound = seen.slope_range()?.max;
        let aim = match solve(|h| seen.phi_unclamped(h), bracket, Some(bound))? {
            Equilibrium::Unique { h, .. } => h,
            Equilibrium::None {
                missing: Missing::BelowFloor,
                ..
            } => seen.floor,
            Equilibrium::NotUnique { .. } | Equilibrium::None { .. } => seen.ceiling,
        };
        let damping = &self.damping;
        let days = damping.interval_seconds / DAY;
        let hurdle = state.hurdle
            + (aim - state.hurdle).clamp(-damping.fall_per_day * days, damping.rise_per_day * days);
        let wanted = self.truth().utilisation(hurdle);
        let utilisation = state.utilisation + self.answered() * (wanted - state.utilisation);
        let target = self.composition.margin.multiplier(hurdle);
        let way = target - state.multiplier;
        let multiplier = state.multiplier
            + if way > 0.0 {
                way.min(damping.multiplier_rise_per_day * days)
            } else {
                self.loosened() * way
            };
        Ok(State {
            hurdle: finite("published rate", hurdle)?,
            utilisation: utilisation.clamp(0.0, 1.0),
            multiplier: finite("multiplier in force", multiplier)?,
        })
    }

    /// `steps` states from `start` on, which comes first.
    ///
    /// # Errors
    /// As [`FeedbackLoop::step`].
    pub fn simulate(&self, start: State, steps: usize) -> Result<Vec<State>, SolveError<ModelError>> {
        let mut states = vec![start];
        let mut state = start;
        for _ in 0..steps {
            state = self.step(state)?;
            states.push(state);
        }
        Ok(states)
    }

    /// Share of its way that utilisation covers between publications.
    pub(super) fn answered(&self) -> f64 {
        1.0 - (-self.damping.interval_seconds / self.market.half_life_seconds).exp2()
    }

    /// Share of its way that a falling multiplier covers between publications.
    pub(super) fn loosened(&self) -> f64 {
        1.0 - (-self.damping.interval_seconds / self.damping.loosening_half_life_seconds).exp2()
    }

    /// The distance of a state from rest, max(|Δh|, |Δu|/|r|, |Δm|/m′), in units of the rate; infinite where utilisation is
    /// displaced and never moves. See [`super::stability`].
    ///
    /// # Errors
    /// [`ModelError::OutOfRange`] for a negative `multiplier_slope`.
    pub fn distance(&self, state: State, rest: State, multiplier_slope: f64) -> Result<f64> {
        let slope = non_negative("slope of the multiplier", multiplier_slope)?;
        let part = |move_by: f64, gain: f64| {
            if move_by == 0.0 {
                0.0
            } else {
                move_by.abs() / gain.abs()
            }
        };
        Ok((state.hurdle - rest.hurdle)
            .abs()
            .max(part(
                state.utilisation - rest.utilisation,
                self.market.utilisation,
            ))
            .max(part(state.multiplier - rest.multiplier, slope)))
    }
}
