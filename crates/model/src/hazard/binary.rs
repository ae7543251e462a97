//! Regression of a binary outcome with a ridge penalty: the discrete-time hazard of a person-period sample.
//!
//! An outcome of row i has probability F(xᵢ·β + oᵢ). With the logit F this is Allison's (1982) discrete-time model; with
//! the complementary log–log F(η) = 1 − exp(−e^η) and the offset oᵢ = ln(length of the period) it is the grouped
//! proportional-hazards model of Prentice & Gloeckler (1978), whose coefficients are log hazard ratios per year whatever
//! the length of the periods.

use super::cholesky::Cholesky;
use crate::error::{ModelError, Result, at_least, finite, non_negative, same_length};
use crate::normal;

/// Newton's method converges quadratically; more steps than this mean that it does not.
const MAX_ITERATIONS: usize = 100;
/// Half the Newton decrement at which the optimum is reached: the log-likelihood is this close to its maximum.
const TOLERANCE: f64 = 1e-12;
/// An optimum with a linear predictor beyond this (odds of three in ten million) lies on the way to an infinite
/// coefficient, where the likelihood has flattened out.
const SEPARATION: f64 = 15.0;

const SEPARATED: ModelError = ModelError::Separated {
    what: "outcomes of the hazard model",
};

/// How the probability follows from the linear predictor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// 1 / (1 + e^(−η)).
    Logit,
    /// 1 − exp(−e^η).
    ComplementaryLogLog,
}

impl Link {
    /// The probability.
    #[must_use]
    pub fn probability(self, predictor: f64) -> f64 {
        match self {
            Self::Logit => 1.0 / (1.0 + (-predictor).exp()),
            Self::ComplementaryLogLog => -(-predictor.exp()).exp_m1(),
        }
    }

    /// Log-likelihood of an outcome, its slope and its curvature (negated, hence positive) in the linear predictor.
    fn likelihood(self, predictor: f64, outcome: bool) -> (f64, f64, f64) {
        let rate = predictor.exp();
        match (self, outcome) {
            (Self::Logit, _) => {
                let p = self.probability(predictor);
                let signed = if outcome { predictor } else { -predictor };
                let log = -(-signed.abs()).exp().ln_1p() + signed.min(0.0);
                (
                    log,
                    f64::from(u8::from(outcome)) - p,
                    p * self.probability(-predictor),
                )
            }
            (Self::ComplementaryLogLog, false) => (-rate, -rate, rate),
            (Self::ComplementaryLogLog, true) => {
                // λ/(e^λ − 1) and its slope; for tiny λ the curvature λ + u − 1 tends to λ/2
                let slope = if rate == 0.0 { 1.0 } else { rate / rate.exp_m1() };
                let excess = if rate < 1e-5 {
                    rate / 2.0
                } else {
                    rate + slope - 1.0
                };
                // for a rate below the smallest f64 the logarithm of the probability is the predictor itself
                let log = if rate < 1e-300 {
                    predictor
                } else {
                    (-(-rate).exp_m1()).ln()
                };
                (log, slope, slope * excess)
            }
        }
    }
}

/// Rows of a design with their outcomes.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    width: usize,
    rows: Vec<Row>,
}

/// One row, or several equal ones.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    /// Column and value of the cells that are not zero: dummies make most of them zero.
    cells: Vec<(usize, f64)>,
    outcome: bool,
    offset: f64,
    /// How many rows it stands for.
    multiplicity: f64,
}

impl Row {
    fn score(&self, coefficients: &[f64]) -> f64 {
        self.cells
            .iter()
            .map(|(column, x)| x * coefficients[*column])
            .sum()
    }
}

impl Sample {
    /// An empty sample whose rows have `width` entries. Give a column of ones for an intercept.
    #[must_use]
    pub const fn new(width: usize) -> Self {
        Self {
            width,
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    ///
    /// # Errors
    /// [`ModelError::LengthMismatch`], [`ModelError::NotFinite`].
    pub fn push(&mut self, row: &[f64], outcome: bool, offset: f64) -> Result<()> {
        same_length("columns of a design", self.width, row.len())?;
        for cell in row {
            finite("covariate", *cell)?;
        }
        self.rows.push(Row {
            cells: row
                .iter()
                .copied()
                .enumerate()
                .filter(|(_, x)| *x != 0.0)
                .collect(),
            outcome,
            offset: finite("offset", offset)?,
            multiplicity: 1.0,
        });
        Ok(())
    }

    /// The same sample with equal rows put together, which changes no fit but its cost.
    #[must_use]
    pub fn merged(mut self) -> Self {
        let key = |row: &Row| {
            let cells: Vec<(usize, u64)> = row
                .cells
                .iter()
                .map(|(column, x)| (*column, x.to_bits()))
                .collect();
            (cells, row.outcome, row.offset.to_bits())
        };
        self.rows.sort_by_cached_key(key);
        self.rows.dedup_by(|next, kept| {
            let equal =
                next.cells == kept.cells && next.outcome == kept.outcome && next.offset == kept.offset;
            if equal {
                kept.multiplicity += next.multiplicity;
            }
            equal
        });
        self
    }

    /// Number of positive outcomes, and of all.
    fn outcomes(&self) -> (f64, f64) {
        let of = |included: fn(&&Row) -> bool| {
            self.rows
                .iter()
                .filter(included)
                .map(|row| row.multiplicity)
                .sum()
        };
        (of(|row| row.outcome), of(|_| true))
    }

    /// Coefficients to start a fit from: the rate of all rows for the first column, which must be ones, and no effects.
    #[must_use]
    pub fn common_rate(&self) -> Vec<f64> {
        let exposure: f64 = self
            .rows
            .iter()
            .map(|row| row.multiplicity * row.offset.exp())
            .sum();
        let rate = (self.outcomes().0 / exposure).ln();
        let mut start = vec![0.0; self.width];
        if let Some(intercept) = start.first_mut().filter(|_| rate.is_finite()) {
            *intercept = rate;
        }
        start
    }

    /// Probabilities of the rows under `coefficients`.
    ///
    /// # Errors
    /// [`ModelError::LengthMismatch`], [`ModelError::NotFinite`].
    pub fn probabilities(&self, link: Link, coefficients: &[f64]) -> Result<Vec<f64>> {
        same_length("coefficients", self.width, coefficients.len())?;
        self.rows
            .iter()
            .map(|row| {
                let predictor = finite("linear predictor", row.score(coefficients) + row.offset)?;
                Ok(link.probability(predictor))
            })
            .collect()
    }

    /// Log-likelihood of the outcomes under `coefficients`.
    ///
    /// # Errors
    /// [`ModelError::LengthMismatch`], [`ModelError::NotFinite`].
    pub fn log_likelihood(&self, link: Link, coefficients: &[f64]) -> Result<f64> {
        same_length("coefficients", self.width, coefficients.len())?;
        let sum = self
            .rows
            .iter()
            .map(|row| {
                let predictor = row.score(coefficients) + row.offset;
                row.multiplicity * link.likelihood(predictor, row.outcome).0
            })
            .sum();
        finite("log-likelihood", sum)
    }
}

/// A fitted regression.
#[derive(Debug, Clone, PartialEq)]
pub struct BinaryFit {
    /// One coefficient per column.
    pub coefficients: Vec<f64>,
    /// Inverse of the observed information plus penalty: the covariance of the coefficients, in a Bayesian sense
    /// (the penalty as a normal prior of variance 1/penalty) where they are penalised.
    pub covariance: Vec<Vec<f64>>,
    /// Log-likelihood, without the penalty.
    pub log_likelihood: f64,
    /// Newton steps made.
    pub iterations: usize,
}

impl BinaryFit {
    /// Standard errors of the coefficients.
    #[must_use]
    pub fn standard_errors(&self) -> Vec<f64> {
        self.covariance
            .iter()
            .enumerate()
            .map(|(j, row)| row[j].sqrt())
            .collect()
    }

    /// Two-sided p-values of the hypotheses that each coefficient is zero (Wald).
    #[must_use]
    pub fn p_values(&self) -> Vec<f64> {
        self.coefficients
            .iter()
            .zip(self.standard_errors())
            .map(|(coefficient, error)| 2.0 * normal::survival((coefficient / error).abs()))
            .collect()
    }
}

/// Maximises log-likelihood − ½·Σ penaltyⱼ·βⱼ² by Newton's method with step halving, from `start` or from zero. The
/// likelihood of either link is concave, so the maximum is the only one.
///
/// # Errors
/// [`ModelError::OneClass`] without any positive or any negative outcome, [`ModelError::Separated`] where an unpenalised
/// column tells the outcomes apart, [`ModelError::Unidentified`] for constant or collinear unpenalised columns,
/// [`ModelError::TooFew`], [`ModelError::LengthMismatch`], [`ModelError::OutOfRange`] for a negative penalty,
/// [`ModelError::NotFinite`], [`ModelError::NotConverged`].
pub fn fit(sample: &Sample, link: Link, penalty: &[f64], start: Option<&[f64]>) -> Result<BinaryFit> {
    at_least("columns of a design", 1, sample.width)?;
    at_least("rows of a design", 1, sample.rows.len())?;
    same_length("penalties", sample.width, penalty.len())?;
    for value in penalty {
        non_negative("penalty", *value)?;
    }
    let (events, all) = sample.outcomes();
    if events == 0.0 || events == all {
        return Err(ModelError::OneClass {
            what: "outcomes of the hazard model",
        });
    }
    let mut beta = vec![0.0; sample.width];
    if let Some(start) = start {
        same_length("starting coefficients", sample.width, start.len())?;
        for (b, value) in beta.iter_mut().zip(start) {
            *b = finite("starting coefficient", *value)?;
        }
    }
    let mut here = Point::at(sample, link, penalty, &beta);
    for iterations in 0..MAX_ITERATIONS {
        if !here.objective.is_finite() {
            return Err(ModelError::Overflow {
                what: "likelihood of the hazard model",
            });
        }
        let separated = here.widest > SEPARATION;
        let factor = match Cholesky::new("coefficients of the hazard model", &here.information) {
            // where the likelihood has flattened out, the information vanishes
            Err(_) if separated => return Err(SEPARATED),
            factor => factor?,
        };
        let step = factor.solve(&here.gradient);
        let decrement = dot(&step, &here.gradient);
        if decrement.abs() <= 2.0 * TOLERANCE * (1.0 + here.objective.abs()) {
            if separated {
                return Err(SEPARATED);
            }
            // this close the last step is exact to the last digits
            let coefficients: Vec<f64> = beta.iter().zip(&step).map(|(b, s)| b + s).collect();
            let there = Point::at(sample, link, penalty, &coefficients);
            return Ok(BinaryFit {
                covariance: Cholesky::new("coefficients of the hazard model", &there.information)?.inverse(),
                log_likelihood: finite("log-likelihood", there.objective + there.penalty)?,
                coefficients,
                iterations,
            });
        }
        (beta, here) = ascend(sample, link, penalty, &beta, &here, &step)?;
    }
    Err(ModelError::NotConverged {
        what: "fit of the hazard model",
        iterations: MAX_ITERATIONS,
    })
}

/// The first point along `step`, halved as often as needed, that does not lower the objective.
fn ascend(
    sample: &Sample,
    link: Link,
    penalty: &[f64],
    beta: &[f64],
    here: &Point,
    step: &[f64],
) -> Result<(Vec<f64>, Point)> {
    let mut length = 1.0;
    for _ in 0..60 {
        let candidate: Vec<f64> = beta.iter().zip(step).map(|(b, s)| b + length * s).collect();
        let there = Point::at(sample, link, penalty, &candidate);
        // equal up to rounding is as good as it gets near the maximum
        if there.objective >= here.objective - 1e-14 * here.objective.abs() {
            return Ok((candidate, there));
        }
        length *= 0.5;
    }
    Err(ModelError::NotConverged {
        what: "step of the hazard model",
        iterations: 60,
    })
}

/// The penalised log-likelihood and its derivatives at one point.
struct Point {
    objective: f64,
    /// What the penalty takes off it.
    penalty: f64,
    gradient: Vec<f64>,
    information: Vec<Vec<f64>>,
    /// Largest linear predictor in absolute terms, without its offset.
    widest: f64,
}

impl Point {
    fn at(sample: &Sample, link: Link, penalty: &[f64], beta: &[f64]) -> Self {
        let k = sample.width;
        let mut point = Self {
            objective: 0.0,
            penalty: 0.0,
            gradient: vec![0.0; k],
            information: vec![vec![0.0; k]; k],
            widest: 0.0,
        };
        for row in &sample.rows {
            let score = row.score(beta);
            point.widest = point.widest.max(score.abs());
            let (log, slope, curvature) = link.likelihood(score + row.offset, row.outcome);
            point.objective += row.multiplicity * log;
            for (at, (i, x)) in row.cells.iter().enumerate() {
                let x = row.multiplicity * x;
                point.gradient[*i] += slope * x;
                let information = &mut point.information[*i];
                for (j, y) in &row.cells[..=at] {
                    information[*j] += curvature * x * y;
                }
            }
        }
        for j in 0..k {
            point.penalty += 0.5 * penalty[j] * beta[j] * beta[j];
            point.gradient[j] -= penalty[j] * beta[j];
            point.information[j][j] += penalty[j];
        }
        point.objective -= point.penalty;
        point
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
mod tests;
