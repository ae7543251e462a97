//! Rates of failure, how traits scale them, and what a risk-averse lender asks for the expected loss.

use crate::error::{Result, finite, fraction, non_negative, positive, representable};

/// How one covariate scales the hazard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Covariate {
    /// The protocol's value, e.g. ln(1 + years in battle), number of audits, ln(value at risk / reference).
    pub value: f64,
    /// Log hazard ratio per unit of `value`; negative protects.
    pub coefficient: f64,
}

impl Covariate {
    /// Time in battle: ln(1 + years since launch).
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for negative years, [`crate::ModelError::NotFinite`].
    pub fn battle_time(years: f64, coefficient: f64) -> Result<Self> {
        Ok(Self {
            value: non_negative("years in battle", years)?.ln_1p(),
            coefficient,
        })
    }

    /// Number of independent audits.
    #[must_use]
    pub fn audits(number: u16, coefficient: f64) -> Self {
        Self {
            value: f64::from(number),
            coefficient,
        }
    }

    /// Size: ln(value at risk / reference value), for a bigger prize draws more attackers.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`] for either value, [`crate::ModelError::NotFinite`].
    pub fn size(value_at_risk: f64, reference: f64, coefficient: f64) -> Result<Self> {
        let value =
            positive("value at risk", value_at_risk)?.ln() - positive("reference value", reference)?.ln();
        Ok(Self { value, coefficient })
    }
}

/// A constant instantaneous rate of failure, per year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hazard(f64);

impl Hazard {
    /// A stated rate per year.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] if negative, [`crate::ModelError::NotFinite`].
    pub fn new(rate: f64) -> Result<Self> {
        Ok(Self(non_negative("hazard rate", rate)?))
    }

    /// The baseline of a protocol's category scaled by its covariates, λ₀·exp(Σ β·x) (Cox 1972).
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for a negative baseline, [`crate::ModelError::NotFinite`],
    /// [`crate::ModelError::Overflow`].
    pub fn proportional(baseline: f64, covariates: &[Covariate]) -> Result<Self> {
        non_negative("baseline hazard", baseline)?;
        let mut score = 0.0;
        for covariate in covariates {
            score += finite("covariate", covariate.value)? * finite("coefficient", covariate.coefficient)?;
        }
        if baseline == 0.0 {
            return Ok(Self(0.0));
        }
        Ok(Self(representable(
            "hazard rate",
            baseline * representable("log hazard ratio", score)?.exp(),
        )?))
    }

    /// The rate per year.
    #[must_use]
    pub const fn rate(self) -> f64 {
        self.0
    }

    /// Probability of no failure within `years`: e^(−λt).
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for a negative horizon, [`crate::ModelError::NotFinite`].
    pub fn survival(self, years: f64) -> Result<f64> {
        Ok((-self.0 * non_negative("horizon", years)?).exp())
    }

    /// Probability of a failure within a year, 1 − e^(−λ): the discrete-time hazard.
    #[must_use]
    pub fn annual_probability(self) -> f64 {
        -(-self.0).exp_m1()
    }
}

/// Probability that at least one of several independent protocols fails, 1 − ∏(1 − hᵢ), from their probabilities over
/// the same period. Zero for none.
///
/// # Errors
/// [`crate::ModelError::OutOfRange`] for a probability outside [0, 1], [`crate::ModelError::NotFinite`].
pub fn any_failure(probabilities: &[f64]) -> Result<f64> {
    let mut log_survival = 0.0;
    for probability in probabilities {
        log_survival += (-fraction("failure probability", *probability)?).ln_1p();
    }
    Ok(-f64::exp_m1(log_survival))
}

/// The premium as a simple annual rate: probability of failure in a year × loss given failure × risk aversion (1 for
/// risk-neutral capital).
///
/// # Errors
/// [`crate::ModelError::OutOfRange`] for a probability or loss outside [0, 1] or a negative risk aversion,
/// [`crate::ModelError::NotFinite`].
pub fn contract_premium(annual_probability: f64, loss_given_failure: f64, risk_aversion: f64) -> Result<f64> {
    let expected = fraction("failure probability", annual_probability)?
        * fraction("loss given failure", loss_given_failure)?;
    Ok(expected * non_negative("risk aversion", risk_aversion)?)
}

/// The continuously compounded spread that exactly pays for the risk, −ln(1 − h·LGD): over a year
/// e^spread · (1 − h·LGD) = 1 (Duffie & Singleton 1999, fractional recovery, in discrete time).
///
/// # Errors
/// [`crate::ModelError::OutOfRange`], [`crate::ModelError::NotFinite`]; [`crate::ModelError::Overflow`] for a certain
/// total loss, which no spread pays for.
pub fn actuarially_fair_spread(annual_probability: f64, loss_given_failure: f64) -> Result<f64> {
    let expected = contract_premium(annual_probability, loss_given_failure, 1.0)?;
    representable("fair spread", -(-expected).ln_1p())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ModelError;
    use crate::testing::{Rng, assert_close};
    use proptest::prelude::*;

    #[test]
    fn hazard_ratios_multiply() {
        let covariates = [
            Covariate::battle_time(2.0, -0.5).unwrap(),
            Covariate::audits(3, -0.1),
            Covariate::size(1e9, 1e8, 0.2).unwrap(),
        ];
        let hazard = Hazard::proportional(0.06, &covariates).unwrap();
        let expected = 0.06 * 3.0_f64.powf(-0.5) * (-0.3_f64).exp() * 10.0_f64.powf(0.2);
        assert_close(hazard.rate(), expected, 1e-15);
    }

    #[test]
    fn simulated_failures_agree_with_survival_and_aggregation() {
        let hazards = [
            Hazard::new(0.05).unwrap(),
            Hazard::new(0.2).unwrap(),
            Hazard::new(0.01).unwrap(),
        ];
        let mut rng = Rng::new(8);
        let n = 200_000;
        let (mut first_within_3, mut any_within_1) = (0, 0);
        for _ in 0..n {
            let times = hazards.map(|h| -(1.0 - rng.uniform()).ln() / h.rate());
            first_within_3 += i32::from(times[0] <= 3.0);
            any_within_1 += i32::from(times.iter().any(|t| *t <= 1.0));
        }
        assert_close(
            f64::from(first_within_3) / f64::from(n),
            1.0 - hazards[0].survival(3.0).unwrap(),
            2.5e-3,
        );
        let aggregate = any_failure(&hazards.map(Hazard::annual_probability)).unwrap();
        assert_close(f64::from(any_within_1) / f64::from(n), aggregate, 3e-3);
        // Independent constant hazards add.
        assert_close(aggregate, Hazard::new(0.26).unwrap().annual_probability(), 1e-15);
    }

    #[test]
    fn the_fair_spread_makes_lending_break_even() {
        let (h, lgd) = (0.04, 0.7);
        let spread = actuarially_fair_spread(h, lgd).unwrap();
        assert_close(spread.exp() * ((1.0 - h) + h * (1.0 - lgd)), 1.0, 1e-15);
        assert!(spread > contract_premium(h, lgd, 1.0).unwrap());
        assert_eq!(
            actuarially_fair_spread(1.0, 1.0),
            Err(ModelError::Overflow { what: "fair spread" })
        );
    }

    #[test]
    fn a_tiny_hazard_keeps_its_digits() {
        assert_close(
            Hazard::new(1e-12).unwrap().annual_probability() / 1e-12,
            1.0,
            1e-12,
        );
        assert_close(any_failure(&[1e-12, 1e-12]).unwrap() / 2e-12, 1.0, 1e-11);
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn aggregation_lies_between_the_largest_and_the_sum(ps in prop::collection::vec(0.0f64..=1.0, 1..10)) {
            let any = any_failure(&ps).unwrap();
            let largest = ps.iter().copied().fold(0.0, f64::max);
            prop_assert!(any >= largest - 1e-12 && any <= ps.iter().sum::<f64>().min(1.0) + 1e-12);
        }
    }
}
