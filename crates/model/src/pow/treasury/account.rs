//! What the treasury holds and owes.

use crate::error::{Result, fraction, positive, within};

/// Largest amount that is admitted.
const LARGEST: f64 = 1e18;

/// Holdings and debt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Treasury {
    /// Cash, quote.
    pub cash: f64,
    /// Coins that are not pledged.
    pub coins: f64,
    /// Coins pledged.
    pub collateral: f64,
    /// Debt, quote.
    pub debt: f64,
}

/// Terms of the loan, and the cost of selling.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LoanTerms {
    /// Loan-to-value up to which the lender pays out more.
    pub advance_ltv: f64,
    /// Loan-to-value at which it calls for margin.
    pub call_ltv: f64,
    /// Loan-to-value at which it sells all collateral.
    pub liquidation_ltv: f64,
    /// Interest per year, added to the debt.
    pub interest: f64,
    /// Share of the value that a sale costs.
    pub fee: f64,
}

impl Treasury {
    /// The treasury, if every figure lies in its domain.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for a negative or absurdly large amount, [`crate::ModelError::NotFinite`].
    pub fn checked(self) -> Result<Self> {
        within("cash", self.cash, 0.0, LARGEST)?;
        within("free coins", self.coins, 0.0, LARGEST)?;
        within("pledged coins", self.collateral, 0.0, LARGEST)?;
        within("debt", self.debt, 0.0, LARGEST)?;
        Ok(self)
    }

    /// Debt ÷ value of the collateral: zero without debt, infinite without collateral beside one.
    #[must_use]
    pub fn ltv(&self, price: f64) -> f64 {
        if self.debt > 0.0 {
            self.debt / (self.collateral * price)
        } else {
            0.0
        }
    }

    /// Cash and coins at a price, less the debt.
    #[must_use]
    pub fn wealth(&self, price: f64) -> f64 {
        (self.coins + self.collateral).mul_add(price, self.cash) - self.debt
    }
}

impl LoanTerms {
    /// The terms, if every figure lies in its domain.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] unless 0 < advance ≤ call ≤ liquidation ≤ 1, the call is below what a sale yields,
    /// and interest and fee are in [0, 10] and [0, 0.5]; [`crate::ModelError::NotPositive`];
    /// [`crate::ModelError::NotFinite`].
    pub fn checked(self) -> Result<Self> {
        within("cost of a sale", self.fee, 0.0, 0.5)?;
        within("interest", self.interest, 0.0, 10.0)?;
        within(
            "loan-to-value of a margin call",
            positive("loan-to-value of a margin call", self.call_ltv)?,
            0.0,
            (1.0 - self.fee) * (1.0 - 1e-6),
        )?;
        fraction("loan-to-value of liquidation", self.liquidation_ltv)?;
        within(
            "loan-to-value of liquidation",
            self.liquidation_ltv,
            self.call_ltv,
            1.0,
        )?;
        within(
            "loan-to-value of an advance",
            positive("loan-to-value of an advance", self.advance_ltv)?,
            0.0,
            self.call_ltv,
        )?;
        Ok(self)
    }
}
