//! The factors of a liquidity provider's return: the market, its realised volatility, and spikes of the price of gas.

use crate::error::{Result, at_least, count, positive, representable, same_length, within};
use crate::robust::median;

/// How the factors are made. Both windows look back only.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FactorRule {
    /// Returns in the realised volatility, and gas prices in the level that a spike is measured from; at least 2.
    pub window: usize,
    /// Multiple of the trailing median beyond which the price of gas counts as a spike, ≥ 1.
    pub spike: f64,
}

/// Returns and factors period by period, every column of the same length.
#[derive(Debug, Clone, PartialEq)]
pub struct FactorTable {
    /// Log-return of the liquidity provider.
    pub returns: Vec<f64>,
    /// Log-return of the market.
    pub market: Vec<f64>,
    /// Change of the market's realised volatility √mean(r²) over the trailing window, per √period.
    pub volatility_change: Vec<f64>,
    /// ln(gas ÷ (spike × trailing median)) where that is positive, else 0: by how much gas was dearer than a spike's
    /// threshold.
    pub gas_spike: Vec<f64>,
}

impl FactorTable {
    /// The factors as columns, in the order market, volatility change, gas spike.
    #[must_use]
    pub fn columns(&self) -> [&[f64]; 3] {
        [&self.market, &self.volatility_change, &self.gas_spike]
    }
}

/// Makes returns and factors of evenly spaced, simultaneous observations: value of the provider's share (fees and losses
/// included), price of the market, price of gas. The first `window + 1` periods only feed the windows.
///
/// # Errors
/// [`crate::ModelError::LengthMismatch`], [`crate::ModelError::TooFew`] below `window + 3` observations or for a window
/// below 2, [`crate::ModelError::NotPositive`] and [`crate::ModelError::NotFinite`] for a value,
/// [`crate::ModelError::OutOfRange`] for a spike below 1.
pub fn factor_table(value: &[f64], market: &[f64], gas: &[f64], rule: FactorRule) -> Result<FactorTable> {
    same_length("market prices", market.len(), value.len())?;
    same_length("gas prices", gas.len(), value.len())?;
    at_least("periods of the factors' window", 2, rule.window)?;
    at_least(
        "observations of the factors",
        rule.window.saturating_add(3),
        value.len(),
    )?;
    let threshold = within("spike of the price of gas", rule.spike, 1.0, f64::MAX)?.ln();
    let all = log_returns("value of the provider's share", value)?;
    let market = log_returns("price of the market", market)?;
    let mut logs = Vec::with_capacity(gas.len());
    for price in gas {
        logs.push(positive("price of gas", *price)?.ln());
    }
    let volatility: Vec<f64> = market
        .windows(rule.window)
        .map(|window| (window.iter().map(|r| r * r).sum::<f64>() / count(rule.window)).sqrt())
        .collect();
    // Return t runs from observation t to t + 1, so the volatility known with it is that of the window which ends in it.
    let first = rule.window;
    let mut gas_spike = Vec::with_capacity(all.len() - first);
    for now in first + 1..logs.len() {
        let level = median(&logs[now - rule.window..now])?;
        gas_spike.push((logs[now] - level - threshold).max(0.0));
    }
    Ok(FactorTable {
        returns: all[first..].to_vec(),
        volatility_change: volatility.windows(2).map(|pair| pair[1] - pair[0]).collect(),
        market: market[first..].to_vec(),
        gas_spike,
    })
}

fn log_returns(what: &'static str, values: &[f64]) -> Result<Vec<f64>> {
    let mut logs = Vec::with_capacity(values.len());
    for value in values {
        logs.push(positive(what, *value)?.ln());
    }
    logs.windows(2)
        .map(|pair| representable(what, pair[1] - pair[0]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;
    use proptest::prelude::*;

    const RULE: FactorRule = FactorRule {
        window: 2,
        spike: 1.5,
    };

    #[test]
    fn a_hand_worked_table() {
        let e = f64::exp;
        let market = [1.0, e(0.1), e(0.1), e(0.4), e(0.4)];
        let value = [1.0, 1.0, 1.0, e(0.2), e(0.25)];
        let gas = [10.0, 10.0, 20.0, 10.0, 30.0];
        let table = factor_table(&value, &market, &gas, RULE).unwrap();
        // Market returns 0.1, 0, 0.3, 0: realised volatilities √0.005, √0.045, √0.045.
        for (got, expected) in [
            (&table.returns, [0.2, 0.05]),
            (&table.market, [0.3, 0.0]),
            (&table.volatility_change, [0.045f64.sqrt() - 0.005f64.sqrt(), 0.0]),
            // Medians of the logs before: √200 each time.
            (&table.gas_spike, [0.0, (30.0 / 200f64.sqrt() / 1.5).ln()]),
        ] {
            assert_eq!(got.len(), 2);
            assert_close(got[0], expected[0], 1e-14);
            assert_close(got[1], expected[1], 1e-14);
        }
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn a_later_observation_changes_no_earlier_row(
            values in prop::collection::vec(0.1f64..10.0, 12..40), other in 0.1f64..10.0,
        ) {
            let rule = FactorRule { window: 4, spike: 1.2 };
            let before = factor_table(&values, &values, &values, rule).unwrap();
            let mut longer = values.clone();
            longer.push(other);
            let after = factor_table(&longer, &longer, &longer, rule).unwrap();
            let n = before.returns.len();
            prop_assert_eq!(before.columns().map(<[f64]>::to_vec), after.columns().map(|c| c[..n].to_vec()));
        }
    }
}
