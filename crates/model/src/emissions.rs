//! Component **e**: the part of an advertised yield that is token inflation, which is not income.

use crate::error::{Result, finite, non_negative, positive, representable};

/// An advertised yield taken apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct YieldSplit {
    /// Paid out of fees, interest and other income, per year; negative where less is advertised than emitted.
    pub organic: f64,
    /// Paid in newly issued tokens, per year.
    pub emission: f64,
}

/// Emissions as a rate: tokens issued per year × their price ÷ the capital that receives them.
///
/// # Errors
/// [`crate::ModelError::OutOfRange`] for negative tokens or price, [`crate::ModelError::NotPositive`] for the capital,
/// [`crate::ModelError::NotFinite`], [`crate::ModelError::Overflow`].
pub fn emission_rate(tokens_per_year: f64, token_price: f64, capital: f64) -> Result<f64> {
    let value =
        non_negative("tokens emitted per year", tokens_per_year)? * non_negative("token price", token_price)?;
    representable("emission rate", value / positive("capital", capital)?)
}

/// Splits an advertised yield into its organic part and the emissions.
///
/// # Errors
/// [`crate::ModelError::OutOfRange`] for negative emissions, [`crate::ModelError::NotFinite`].
pub fn split_yield(advertised: f64, emission: f64) -> Result<YieldSplit> {
    let emission = non_negative("emission rate", emission)?;
    let organic = representable(
        "organic yield",
        finite("advertised yield", advertised)? - emission,
    )?;
    Ok(YieldSplit { organic, emission })
}

/// The organic hurdle h − e: what yield without emissions must cover. It may be negative.
///
/// # Errors
/// As [`split_yield`].
pub fn organic_hurdle(hurdle: f64, emission: f64) -> Result<f64> {
    Ok(split_yield(hurdle, emission)?.organic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;

    #[test]
    fn the_parts_add_up_to_the_advertised_yield() {
        // 10 million tokens a year at 0.30 over 20 million of capital.
        let emission = emission_rate(1e7, 0.3, 2e7).unwrap();
        assert_close(emission, 0.15, 1e-16);
        let split = split_yield(0.22, emission).unwrap();
        assert_close(split.organic, 0.07, 1e-16);
        assert_close(split.organic + split.emission, 0.22, 1e-16);
    }

    #[test]
    fn a_hyper_inflationary_protocol_has_a_negative_organic_hurdle() {
        assert_close(organic_hurdle(0.12, 1.5).unwrap(), -1.38, 1e-15);
    }
}
