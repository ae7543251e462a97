//! The premium p of a described protocol from the trained models, with its interval.

use super::cohort::Protocol;
use super::design::Encoder;
use super::rate::contract_premium;
use super::severity::Severity;
use crate::error::{Result, count, fraction, non_negative, positive, representable, same_length};

/// Steps over which the hazard of the coming year is summed: it changes with age.
const STEPS: usize = 12;

/// What a premium is computed from.
#[derive(Debug, Clone, PartialEq)]
pub struct ContractModel {
    /// Columns of the hazard's regression.
    pub encoder: Encoder,
    /// Their coefficients, log hazard ratios per year.
    pub coefficients: Vec<f64>,
    /// Covariance of the coefficients.
    pub covariance: Vec<Vec<f64>>,
    /// Variance of the effect of a category that the cohort did not have: 1 / penalty.
    pub category_variance: f64,
    /// Variance of the factor, of mean one, that scales all hazards of a year: over-dispersion of the number of events.
    pub year_variance: f64,
    /// Loss given failure.
    pub severity: Severity,
}

/// A protocol and the capital in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Exposure {
    /// Its traits. Whether its listing is known decides if `years` is its age or a lower bound, as in the cohort.
    pub protocol: Protocol,
    /// Years in battle.
    pub years: f64,
    /// Value that a failure could take, quote units.
    pub value_at_risk: f64,
    /// Least share of it that a failure is taken to cost, in [0, 1]. The fitted share takes recorded losses as they are,
    /// whatever the size of their victims, and so falls short for protocols larger than those that fell; this is where
    /// judgement says otherwise.
    pub least_loss: f64,
}

/// A value between its bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The value.
    pub value: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

/// A premium and what it is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quote {
    /// Probability of a failure within a year.
    pub annual_probability: Interval,
    /// Expected share of the value at risk that a failure takes, no less than the exposure's least.
    pub loss_given_failure: Interval,
    /// Their product × risk aversion: p, per year.
    pub premium: Interval,
    /// Standard error of ln p.
    pub log_error: f64,
    /// Whether the category had an effect of its own.
    pub category_known: bool,
    /// Whether the protocol is older than anything in the record, and so counted as that old.
    pub beyond_record: bool,
}

impl ContractModel {
    /// The premium of an exposure, with intervals `deviations` standard errors wide to either side (1.96 for 95 %).
    ///
    /// The errors are those of the coefficients, of a category's effect where it is unknown, of the year's common factor
    /// and of the loss given failure; they add up in logarithms (delta method).
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`], [`crate::ModelError::NotPositive`], [`crate::ModelError::NotFinite`] for what the exposure says,
    /// [`crate::ModelError::LengthMismatch`] for a model whose parts do not fit, [`crate::ModelError::Overflow`].
    pub fn quote(&self, exposure: &Exposure, risk_aversion: f64, deviations: f64) -> Result<Quote> {
        non_negative("risk aversion", risk_aversion)?;
        positive("width of the interval", deviations)?;
        let width = self.encoder.width();
        same_length("coefficients of the hazard model", width, self.coefficients.len())?;
        same_length("covariance of the hazard model", width, self.covariance.len())?;
        let (rate, gradient) = self.year_ahead(exposure)?;
        let category_known = self.encoder.categories.contains(&exposure.protocol.category);
        let mut variance = non_negative("variance of a year", self.year_variance)?;
        for (row, g) in self.covariance.iter().zip(&gradient) {
            same_length("covariance of the hazard model", width, row.len())?;
            variance += g * row.iter().zip(&gradient).map(|(v, h)| v * h).sum::<f64>();
        }
        if !category_known {
            variance += non_negative("variance of an unknown category", self.category_variance)?;
        }
        let hazard_error = representable("error of the hazard", variance.max(0.0).sqrt())?;
        let probability = |rate: f64| -(-rate).exp_m1();
        let annual_probability = Interval {
            value: probability(rate),
            low: probability(scaled(rate, -deviations * hazard_error)),
            high: probability(scaled(rate, deviations * hazard_error)),
        };
        let least = fraction("least loss given failure", exposure.least_loss)?;
        let share = self.severity.expected_share(exposure.value_at_risk)?;
        let no_less = |share: f64| share.clamp(least, 1.0);
        let loss_given_failure = Interval {
            value: no_less(share.value),
            low: no_less(share.value - deviations * share.standard_error),
            high: no_less(share.value + deviations * share.standard_error),
        };
        // d ln(1 − e^(−Λ)) / d ln Λ
        let elasticity = if rate > 0.0 {
            rate * (-rate).exp() / probability(rate)
        } else {
            1.0
        };
        let log_error = representable(
            "error of the premium",
            (elasticity * hazard_error).hypot(share.standard_error / loss_given_failure.value),
        )?;
        let value = contract_premium(annual_probability.value, loss_given_failure.value, risk_aversion)?;
        Ok(Quote {
            annual_probability,
            loss_given_failure,
            premium: Interval {
                value,
                low: scaled(value, -deviations * log_error),
                // neither the probability nor the share can exceed one
                high: scaled(value, deviations * log_error).min(risk_aversion),
            },
            log_error,
            category_known,
            beyond_record: exposure.years > self.encoder.greatest_age,
        })
    }

    /// Cumulative hazard of the coming year, and the gradient of its logarithm in the coefficients.
    fn year_ahead(&self, exposure: &Exposure) -> Result<(f64, Vec<f64>)> {
        let (mut rate, mut gradient) = (0.0, vec![0.0; self.encoder.width()]);
        for step in 0..STEPS {
            let age = non_negative("years in battle", exposure.years)? + (count(step) + 0.5) / count(STEPS);
            let row = self.encoder.row(&exposure.protocol, age)?;
            let predictor: f64 = row.iter().zip(&self.coefficients).map(|(x, b)| x * b).sum();
            let part = representable("hazard rate", predictor.exp())? / count(STEPS);
            rate += part;
            gradient.iter_mut().zip(&row).for_each(|(g, x)| *g += part * x);
        }
        let total = if rate > 0.0 { rate } else { 1.0 };
        gradient.iter_mut().for_each(|g| *g /= total);
        Ok((representable("hazard rate", rate)?, gradient))
    }
}

/// `value`·e^`log_factor`; nothing stays nothing, however large the factor.
fn scaled(value: f64, log_factor: f64) -> f64 {
    if value == 0.0 {
        0.0
    } else {
        value * log_factor.exp()
    }
}
