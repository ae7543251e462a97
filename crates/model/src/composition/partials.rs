//! The partial derivatives of Φ, in closed form.

use super::{CappedLine, Composition, Input};
use crate::debt::KinkedCurve;
use crate::error::{Result, representable};

/// Φ and its parts at one hurdle rate, from which every partial derivative follows.
#[derive(Debug, Clone, Copy)]
struct At {
    hurdle: f64,
    utilisation: f64,
    /// Whether the response of utilisation is inside its clamp.
    utilisation_moves: bool,
    /// M_u, M_c and their states.
    by_utilisation: Segment,
    by_coverage: Segment,
    margin: Segment,
    cost_of_debt: f64,
    weighted_cost: f64,
    tail: f64,
}

/// A capped line at one point: its value and how it moves there (from below at its corners).
#[derive(Debug, Clone, Copy)]
struct Segment {
    value: f64,
    excess: f64,
    rises: bool,
    slope: f64,
    capped: bool,
}

impl Segment {
    fn of(line: CappedLine, excess: f64) -> Self {
        let rise = line.slope * excess.max(0.0);
        let capped = rise > line.cap;
        Self {
            value: line.at(excess),
            excess,
            rises: excess > 0.0 && !capped,
            slope: line.slope,
            capped,
        }
    }

    /// By the excess.
    fn by_excess(self) -> f64 {
        if self.rises { self.slope } else { 0.0 }
    }

    /// By the slope.
    fn by_slope(self) -> f64 {
        if self.rises { self.excess } else { 0.0 }
    }

    /// By the cap.
    fn by_cap(self) -> f64 {
        f64::from(u8::from(self.capped))
    }
}

impl Composition {
    /// Φ′(h) of the unclamped Φ; at a corner, the slope on one of its sides.
    ///
    /// # Errors
    /// As [`Composition::phi_unclamped`].
    pub fn slope(&self, hurdle: f64) -> Result<f64> {
        let at = self.at(hurdle)?;
        let through_utilisation = self.responses.utilisation * self.by_response(&at)?;
        let through_margin = self.by_multiplier(&at) * at.margin.by_excess() / self.margin.reference();
        representable("slope of Φ", through_utilisation + through_margin)
    }

    /// ∂Φ/∂input at a given hurdle rate, of the unclamped Φ; at a corner, the derivative on one of its sides.
    ///
    /// # Errors
    /// As [`Composition::phi_unclamped`].
    pub fn partial(&self, input: Input, hurdle: f64) -> Result<f64> {
        let at = self.at(hurdle)?;
        let (w, c, r) = (&self.weights, &self.components, &self.responses);
        let multiplier = at.by_utilisation.value * at.by_coverage.value;
        let equity = multiplier * c.equity_weight;
        let debt = multiplier * (1.0 - c.equity_weight) * w.debt;
        let costs = at.by_coverage.value * at.weighted_cost;
        let coverage = at.by_utilisation.value * at.weighted_cost;
        let alive = f64::from(u8::from(at.tail > 0.0));
        let tail = self.by_multiplier(&at);
        let reference = self.margin.reference();
        let by_baseline = -tail * at.margin.by_excess() * at.hurdle / (reference * reference);
        let is_floored = self.margin.baseline < self.margin.baseline_floor;
        let value = match input {
            Input::StakingWeight => equity * c.staking,
            Input::ContractWeight => equity * c.contract,
            Input::SystematicWeight => equity * c.systematic,
            Input::DebtWeight => multiplier * (1.0 - c.equity_weight) * at.cost_of_debt,
            Input::LiquidityWeight => c.liquidity,
            Input::OracleWeight => c.oracle,
            Input::TailWeight => at.tail,
            Input::Staking => equity * w.staking,
            Input::Contract => equity * w.contract,
            Input::Systematic => equity * w.systematic,
            Input::Liquidity => w.liquidity,
            Input::Oracle => w.oracle,
            Input::Tail => w.tail * alive,
            Input::Debt => debt,
            Input::EquityWeight => multiplier * (self.cost_of_equity() - w.debt * at.cost_of_debt),
            Input::Utilisation => self.by_response(&at)? - debt * self.curve.derivative(c.utilisation)?,
            Input::Coverage => -coverage * at.by_coverage.by_excess(),
            Input::UtilisationKnee => -costs * at.by_utilisation.by_excess(),
            Input::UtilisationSlope => costs * at.by_utilisation.by_slope(),
            Input::UtilisationCap => costs * at.by_utilisation.by_cap(),
            Input::CoverageSlope => coverage * at.by_coverage.by_slope(),
            Input::CoverageCap => coverage * at.by_coverage.by_cap(),
            Input::MarginSlope => tail * at.margin.by_slope(),
            Input::MarginCap => tail * at.margin.by_cap(),
            Input::Deadband => -tail * at.margin.by_excess(),
            Input::Baseline => by_baseline * f64::from(u8::from(!is_floored)),
            Input::BaselineFloor => by_baseline * f64::from(u8::from(is_floored)),
            Input::UtilisationResponse => (hurdle - r.previous_hurdle) * self.by_response(&at)?,
            Input::TailResponse => w.tail * alive * (at.margin.value - r.previous_multiplier),
            Input::PreviousHurdle => -r.utilisation * self.by_response(&at)?,
            Input::PreviousMultiplier => -tail,
            Input::Kink | Input::SlopeBelowKink | Input::SlopeAboveKink => {
                let (now, observed) = (
                    by_shape(&self.curve, input, at.utilisation),
                    by_shape(&self.curve, input, c.utilisation),
                );
                debt * (now - observed)
            }
        };
        representable("derivative of Φ", value)
    }

    fn at(&self, hurdle: f64) -> Result<At> {
        // Validates every input, and the hurdle rate.
        self.phi_unclamped(hurdle)?;
        let c = &self.components;
        let utilisation = self.utilisation(hurdle);
        let free = c.utilisation + self.responses.utilisation * (hurdle - self.responses.previous_hurdle);
        Ok(At {
            hurdle,
            utilisation,
            utilisation_moves: free > 0.0 && free < 1.0,
            by_utilisation: Segment::of(self.utilisation_line, utilisation - self.utilisation_knee),
            by_coverage: Segment::of(self.coverage_line, 1.0 - c.coverage),
            margin: Segment::of(
                self.margin.line,
                hurdle / self.margin.reference() - 1.0 - self.margin.deadband,
            ),
            cost_of_debt: self.cost_of_debt(utilisation)?,
            weighted_cost: self.weighted_cost(utilisation)?,
            tail: self.tail_premium(hurdle),
        })
    }

    /// ∂Φ/∂u where the response moves it, else 0: M_c·[M_u′·wacc + M_u·(1 − w)·W_d·d′].
    fn by_response(&self, at: &At) -> Result<f64> {
        if !at.utilisation_moves {
            return Ok(0.0);
        }
        let share = (1.0 - self.components.equity_weight) * self.weights.debt;
        let by_debt = at.by_utilisation.value * share * self.curve.derivative(at.utilisation)?;
        let by_multiplier = at.by_utilisation.by_excess() * at.weighted_cost;
        Ok(at.by_coverage.value * (by_multiplier + by_debt))
    }

    /// ∂Φ/∂m = W_q·ρ_q where the tail premium is positive.
    fn by_multiplier(&self, at: &At) -> f64 {
        if at.tail > 0.0 {
            self.weights.tail * self.responses.tail
        } else {
            0.0
        }
    }
}

/// ∂K(u)/∂(a parameter of the curve's shape).
fn by_shape(curve: &KinkedCurve, input: Input, u: f64) -> f64 {
    let (kink, is_above) = (curve.kink(), u > curve.kink());
    match (input, is_above) {
        (Input::Kink, false) => -curve.slope1() * u / (kink * kink),
        (Input::Kink, true) => curve.slope2() * (u - 1.0) / (1.0 - kink).powi(2),
        (Input::SlopeBelowKink, false) => u / kink,
        (Input::SlopeBelowKink, true) => 1.0,
        (Input::SlopeAboveKink, true) => (u - kink) / (1.0 - kink),
        _ => 0.0,
    }
}
