//! Carrying a yield to one numeraire: stake the asset, sell a perpetual against it.

use crate::error::{Result, finite, non_negative, positive, representable};
use crate::series::{SECONDS_PER_YEAR, Series};

/// A staked asset hedged by a short perpetual of the same size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HedgedCarry {
    /// Staking yield of the asset, per year.
    pub staking_yield: f64,
    /// Perpetual funding per year of notional, positive when longs pay shorts.
    pub funding: f64,
    /// Margin posted for the short, as a share of its notional, ≥ 0.
    pub margin_share: f64,
    /// What that margin itself earns, per year.
    pub margin_yield: f64,
}

impl HedgedCarry {
    /// Return on all capital tied up, in the numeraire: (y + f + κ·r)/(1 + κ). The covered-interest argument with
    /// funding in place of the forward discount: the price exposures cancel, what is left is yield plus funding.
    ///
    /// # Errors
    /// [`crate::ModelError::NotFinite`], [`crate::ModelError::OutOfRange`] for a negative margin share,
    /// [`crate::ModelError::Overflow`].
    pub fn rate(&self) -> Result<f64> {
        finite("staking yield", self.staking_yield)?;
        finite("funding", self.funding)?;
        finite("margin yield", self.margin_yield)?;
        non_negative("margin share", self.margin_share)?;
        let income = self.staking_yield + self.funding + self.margin_share * self.margin_yield;
        representable("hedged carry", income / (1.0 + self.margin_share))
    }
}

/// Simple annualised funding from the rate paid per interval of `interval_seconds`.
///
/// # Errors
/// [`crate::ModelError::NotFinite`], [`crate::ModelError::NotPositive`] for the interval,
/// [`crate::ModelError::Overflow`].
pub fn annualise_funding(rate_per_interval: f64, interval_seconds: f64) -> Result<f64> {
    finite("funding rate", rate_per_interval)?;
    positive("funding interval", interval_seconds)?;
    representable(
        "annual funding",
        rate_per_interval * (SECONDS_PER_YEAR / interval_seconds),
    )
}

/// Funding actually paid over the last `window_seconds`, per year of notional: the sum of the payments divided by the
/// time they were paid for, which is from one interval before the first payment to the last. Payments that are missing
/// from the record count as zero, so a gap lowers the figure instead of inflating it.
///
/// # Errors
/// [`crate::ModelError::NotPositive`] for the interval, [`crate::ModelError::NotFinite`],
/// [`crate::ModelError::Overflow`].
pub fn realised_funding(payments: &Series, window_seconds: u32, interval_seconds: f64) -> Result<f64> {
    positive("funding interval", interval_seconds)?;
    let window = payments.trailing(window_seconds);
    let paid: f64 = window.samples().iter().map(|payment| payment.value).sum();
    let years = window.span_years() + interval_seconds / SECONDS_PER_YEAR;
    representable("annual funding", paid / years)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;

    #[test]
    fn realised_funding_is_what_was_paid_over_the_time_it_was_paid_for() {
        let eight_hours = 28_800;
        let regular = Series::new((0..90).map(|i| (i * eight_hours, 1e-4))).unwrap();
        assert_close(
            realised_funding(&regular, u32::MAX, 28_800.0).unwrap(),
            0.1095,
            1e-14,
        );
        let gap = Series::new([0, 1, 4, 5].map(|i| (i * eight_hours, 1e-4))).unwrap();
        assert_close(
            realised_funding(&gap, u32::MAX, 28_800.0).unwrap(),
            0.1095 * 4.0 / 6.0,
            1e-14,
        );
        assert!(realised_funding(&regular, 1, 0.0).is_err());
    }

    #[test]
    fn hourly_and_eight_hourly_funding_annualise() {
        assert_close(annualise_funding(0.0001, 8.0 * 3600.0).unwrap(), 0.1095, 1e-15);
        assert_close(annualise_funding(-0.00001, 3600.0).unwrap(), -0.0876, 1e-15);
    }

    #[test]
    fn the_hedged_book_earns_the_same_whatever_the_price_does() {
        let carry = HedgedCarry {
            staking_yield: 0.07,
            funding: 0.05,
            margin_share: 0.25,
            margin_yield: 0.04,
        };
        for price_change in [-0.5, 0.0, 1.5] {
            // Ledger per unit of initial notional; yield and funding are paid on that notional.
            let staked = 1.0 + price_change + 0.07;
            let short = -price_change + 0.05;
            let margin = 0.25 * 1.04;
            assert_close(
                (staked + short + margin) / 1.25 - 1.0,
                carry.rate().unwrap(),
                1e-15,
            );
        }
    }
}
