//! What every chain's staking comes to: nominal, supply growth, real.

use crate::error::{Result, finite, non_negative, positive, representable};
use crate::staking::real_yield;

/// A chain's staking yield, seen both ways. All per year, simple.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChainYield {
    /// Yield in the chain's own coin after commissions.
    pub nominal: f64,
    /// Growth of the supply net of what is burnt; negative where more is burnt than issued.
    pub supply_growth: f64,
    /// Growth of a staker's share of the supply, (1 + nominal)/(1 + supply growth) − 1.
    pub real: f64,
}

impl ChainYield {
    /// From the yield and the growth of the supply.
    ///
    /// # Errors
    /// As [`real_yield`].
    pub fn new(nominal: f64, supply_growth: f64) -> Result<Self> {
        Ok(Self {
            nominal: finite("nominal yield", nominal)?,
            supply_growth: finite("supply growth", supply_growth)?,
            real: real_yield(nominal, supply_growth)?,
        })
    }
}

/// Growth of a supply per year: (issued − burnt)/supply.
///
/// # Errors
/// [`crate::ModelError::NotPositive`] for the supply, [`crate::ModelError::OutOfRange`] for negative flows,
/// [`crate::ModelError::NotFinite`], [`crate::ModelError::Overflow`].
pub fn supply_growth(supply: f64, issued_per_year: f64, burnt_per_year: f64) -> Result<f64> {
    positive("supply", supply)?;
    non_negative("issuance", issued_per_year)?;
    non_negative("burn", burnt_per_year)?;
    representable("supply growth", (issued_per_year - burnt_per_year) / supply)
}

/// What a simple annual rate comes to in a year when it is paid and staked again `periods_per_year` times:
/// (1 + y/n)ⁿ − 1.
///
/// # Errors
/// [`crate::ModelError::NotFinite`], [`crate::ModelError::NotPositive`] for the periods or where one period loses
/// everything, [`crate::ModelError::Overflow`].
pub fn compounded(simple: f64, periods_per_year: f64) -> Result<f64> {
    finite("simple rate", simple)?;
    positive("compounding periods per year", periods_per_year)?;
    let per_period = representable("rate per period", simple / periods_per_year)?;
    positive("one plus the rate per period", 1.0 + per_period)?;
    representable(
        "compounded rate",
        (periods_per_year * per_period.ln_1p()).exp_m1(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;

    #[test]
    fn compounding_is_the_repeated_product_and_tends_to_the_exponential() {
        let product = (0..12).fold(1.0, |value, _| value * (1.0 + 0.12 / 12.0)) - 1.0;
        assert_close(compounded(0.12, 12.0).unwrap(), product, 1e-15);
        assert_close(compounded(0.12, 1.0).unwrap(), 0.12, 1e-16);
        assert_close(compounded(0.12, 1e12).unwrap(), 0.12_f64.exp_m1(), 1e-13);
        assert!(compounded(-13.0, 12.0).is_err());
    }

    #[test]
    fn a_supply_that_burns_more_than_it_issues_raises_the_real_yield_above_the_nominal() {
        let growth = supply_growth(120e6, 0.9e6, 1.5e6).unwrap();
        assert_close(growth, -0.005, 1e-16);
        let chain = ChainYield::new(0.03, growth).unwrap();
        assert_close(chain.real, 1.03 / 0.995 - 1.0, 1e-15);
        assert!(chain.real > chain.nominal);
        assert!(ChainYield::new(0.03, -1.0).is_err());
        assert!(supply_growth(0.0, 1.0, 1.0).is_err());
    }
}
