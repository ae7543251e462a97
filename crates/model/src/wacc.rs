//! The crypto WACC: weight **w** of equity and the weighted average cost of capital.

use crate::error::{ModelError, Result, finite, fraction, non_negative, representable};

/// Equity weight: governance-token value ÷ (that + borrowed).
///
/// # Errors
/// [`ModelError::OutOfRange`] for a negative value, [`ModelError::NotFinite`], [`ModelError::NotPositive`] if both are
/// zero, [`ModelError::Overflow`].
pub fn equity_weight(equity_value: f64, borrowed: f64) -> Result<f64> {
    let total = non_negative("equity value", equity_value)? + non_negative("borrowed value", borrowed)?;
    if representable("total capital", total)? == 0.0 {
        return Err(ModelError::NotPositive {
            what: "total capital",
            value: total,
        });
    }
    Ok(equity_value / total)
}

/// w·cost of equity + (1 − w)·cost of debt (Modigliani & Miller 1958, proposition II rearranged; no tax shield, for
/// on-chain interest is not tax-deductible to a protocol).
///
/// # Errors
/// [`ModelError::OutOfRange`] for a weight outside [0, 1], [`ModelError::NotFinite`], [`ModelError::Overflow`].
pub fn wacc(equity_weight: f64, cost_of_equity: f64, cost_of_debt: f64) -> Result<f64> {
    let w = fraction("equity weight", equity_weight)?;
    let equity = finite("cost of equity", cost_of_equity)?;
    representable(
        "weighted average cost of capital",
        w * equity + (1.0 - w) * finite("cost of debt", cost_of_debt)?,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;
    use proptest::prelude::*;

    #[test]
    fn it_is_the_return_that_pays_both_holders() {
        let w = equity_weight(300.0, 100.0).unwrap();
        let earned = wacc(w, 0.2, 0.06).unwrap() * 400.0;
        assert_close(earned, 300.0 * 0.2 + 100.0 * 0.06, 1e-12);
    }

    #[test]
    fn no_capital_has_no_weight() {
        assert_eq!(
            equity_weight(0.0, 0.0),
            Err(ModelError::NotPositive {
                what: "total capital",
                value: 0.0
            })
        );
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn it_lies_between_the_two_costs(w in 0.0f64..=1.0, e in -1.0f64..2.0, d in -1.0f64..2.0) {
            let cost = wacc(w, e, d).unwrap();
            prop_assert!(cost >= e.min(d) - 1e-12 && cost <= e.max(d) + 1e-12);
        }
    }
}
