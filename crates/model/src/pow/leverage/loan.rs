//! What a miner owes, and against what.

use crate::error::{Result, fraction, non_negative, positive, representable, within};
use crate::pow::DAYS_PER_YEAR;

/// Days in the month after which an instalment falls due.
pub const DAYS_PER_INSTALMENT: f64 = 365.0 / 12.0;

/// A loan in quote against coins. Its interest is added to the debt as it accrues.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CoinLoan {
    /// Debt, quote.
    pub debt: f64,
    /// Coins pledged.
    pub collateral: f64,
    /// Loan-to-value at which the lender calls for margin, (0, 1].
    pub call_ltv: f64,
    /// Loan-to-value at which the lender sells the collateral, at least the former, (0, 1].
    pub liquidation_ltv: f64,
    /// Interest per year, continuously compounded.
    pub interest: f64,
}

/// A loan against machines, repaid in equal monthly instalments.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EquipmentLoan {
    /// What is still owed, quote.
    pub principal: f64,
    /// Nominal interest per year; an instalment bears a twelfth.
    pub interest: f64,
    /// Instalments still to pay.
    pub instalments: u32,
    /// Highest principal ÷ value of the machines that the lender accepts.
    pub covenant_ltv: Option<f64>,
    /// Lowest debt-service cover that the lender accepts.
    pub covenant_cover: Option<f64>,
}

impl CoinLoan {
    /// The loan, if every figure lies in its domain.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for a negative debt or collateral, loan-to-values outside (0, 1] or a liquidation below
    /// the call, an interest outside [0, 10]; [`crate::ModelError::NotPositive`] for a loan-to-value of zero, and for no
    /// collateral beside a debt; [`crate::ModelError::NotFinite`].
    pub fn checked(self) -> Result<Self> {
        non_negative("debt", self.debt)?;
        non_negative("collateral", self.collateral)?;
        fraction(
            "loan-to-value of a margin call",
            positive("loan-to-value of a margin call", self.call_ltv)?,
        )?;
        within(
            "loan-to-value of liquidation",
            self.liquidation_ltv,
            self.call_ltv,
            1.0,
        )?;
        within("interest", self.interest, 0.0, 10.0)?;
        if self.debt > 0.0 {
            positive("collateral of a debt", self.collateral)?;
        }
        representable("price of liquidation", self.call_price())?;
        Ok(self)
    }

    /// Debt ÷ value of the collateral.
    #[must_use]
    pub fn ltv(&self, price: f64) -> f64 {
        self.at(price)
    }

    /// Price of a coin at which the lender calls for margin; zero without debt.
    #[must_use]
    pub fn call_price(&self) -> f64 {
        self.at(self.call_ltv)
    }

    /// Price of a coin at which the lender sells the collateral; zero without debt.
    #[must_use]
    pub fn liquidation_price(&self) -> f64 {
        self.at(self.liquidation_ltv)
    }

    /// Coins that must be pledged at this price for the loan-to-value to be `ltv`.
    #[must_use]
    pub fn required_collateral(&self, price: f64, ltv: f64) -> f64 {
        self.debt / (price * ltv)
    }

    /// Debt after so many days in which nothing is paid.
    #[must_use]
    pub fn debt_after(&self, days: f64) -> f64 {
        self.debt * (self.interest * days / DAYS_PER_YEAR).exp()
    }

    /// Interest of a day, quote.
    #[must_use]
    pub fn interest_per_day(&self) -> f64 {
        self.debt * (self.interest / DAYS_PER_YEAR)
    }

    /// Debt ÷ (collateral × factor), which without debt is zero.
    fn at(&self, factor: f64) -> f64 {
        if self.debt > 0.0 {
            self.debt / (self.collateral * factor)
        } else {
            0.0
        }
    }
}

impl EquipmentLoan {
    /// The loan, if every figure lies in its domain.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for a negative principal, an interest outside [0, 10], or instalments that are none or
    /// more than 1,200; [`crate::ModelError::NotPositive`] for covenants; [`crate::ModelError::NotFinite`].
    pub fn checked(self) -> Result<Self> {
        non_negative("principal", self.principal)?;
        within("interest on equipment", self.interest, 0.0, 10.0)?;
        within("instalments", f64::from(self.instalments), 1.0, 1_200.0)?;
        for (what, covenant) in [
            ("covenant on loan-to-value", self.covenant_ltv),
            ("covenant on debt-service cover", self.covenant_cover),
        ] {
            covenant.map_or(Ok(1.0), |limit| positive(what, limit))?;
        }
        representable("instalment", self.instalment())?;
        Ok(self)
    }

    /// An instalment, quote: the annuity P·i/(1 − (1 + i)^−n) with i a twelfth of the interest.
    #[must_use]
    pub fn instalment(&self) -> f64 {
        let (monthly, n) = (self.interest / 12.0, f64::from(self.instalments));
        if monthly > 0.0 {
            self.principal * monthly / -(-n * monthly.ln_1p()).exp_m1()
        } else {
            self.principal / n
        }
    }

    /// What is owed once `paid` further instalments are.
    #[must_use]
    pub fn principal_after(&self, paid: u32) -> f64 {
        if paid >= self.instalments {
            return 0.0;
        }
        let (monthly, k) = (self.interest / 12.0, f64::from(paid));
        if monthly > 0.0 {
            let growth = k * monthly.ln_1p();
            (self.principal * growth.exp() - self.instalment() * growth.exp_m1() / monthly).max(0.0)
        } else {
            self.principal - k * self.instalment()
        }
    }

    /// Instalments that have fallen due after so many days.
    #[must_use]
    pub fn due_within(&self, days: f64) -> u32 {
        let mut due = 0;
        while due < self.instalments && f64::from(due + 1) * DAYS_PER_INSTALMENT <= days {
            due += 1;
        }
        due
    }

    /// Instalments spread over the days, quote per day.
    #[must_use]
    pub fn service_per_day(&self) -> f64 {
        self.instalment() / DAYS_PER_INSTALMENT
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;
    use proptest::prelude::*;

    fn coin(debt: f64) -> CoinLoan {
        CoinLoan {
            debt,
            collateral: 100.0,
            call_ltv: 0.7,
            liquidation_ltv: 0.8,
            interest: 0.1,
        }
    }

    #[test]
    fn the_lender_calls_and_sells_at_the_prices_where_the_loan_to_value_says_so() {
        let loan = coin(2e6).checked().unwrap();
        assert_close(loan.ltv(loan.call_price()), 0.7, 1e-15);
        assert_close(loan.ltv(loan.liquidation_price()), 0.8, 1e-15);
        assert_close(loan.required_collateral(loan.call_price(), 0.7), 100.0, 1e-12);
        let free = coin(0.0).checked().unwrap();
        assert_eq!((free.call_price(), free.ltv(1.0)), (0.0, 0.0));
    }

    #[test]
    fn loans_that_cannot_be_are_refused() {
        for broken in [
            CoinLoan {
                collateral: 0.0,
                ..coin(1.0)
            },
            CoinLoan {
                liquidation_ltv: 0.6,
                ..coin(1.0)
            },
            CoinLoan {
                call_ltv: 0.0,
                ..coin(1.0)
            },
            CoinLoan {
                liquidation_ltv: 1.1,
                ..coin(1.0)
            },
            CoinLoan {
                debt: f64::NAN,
                ..coin(1.0)
            },
            CoinLoan {
                interest: -0.1,
                ..coin(1.0)
            },
            CoinLoan {
                collateral: 1e-300,
                debt: 1e300,
                ..coin(1.0)
            },
        ] {
            assert!(broken.checked().is_err(), "{broken:?}");
        }
        let equipment = EquipmentLoan {
            principal: 1e6,
            interest: 0.12,
            instalments: 24,
            covenant_ltv: None,
            covenant_cover: None,
        };
        for broken in [
            EquipmentLoan {
                instalments: 0,
                ..equipment
            },
            EquipmentLoan {
                principal: -1.0,
                ..equipment
            },
            EquipmentLoan {
                covenant_ltv: Some(0.0),
                ..equipment
            },
            EquipmentLoan {
                covenant_cover: Some(f64::NAN),
                ..equipment
            },
        ] {
            assert!(broken.checked().is_err(), "{broken:?}");
        }
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn equal_instalments_repay_a_loan_exactly(
            principal in 0.0f64..1e9, interest in 0.0f64..2.0, instalments in 1u32..120,
        ) {
            let loan = EquipmentLoan {
                principal, interest, instalments, covenant_ltv: None, covenant_cover: None,
            };
            let mut owed = principal;
            for paid in 0..=instalments {
                // annuity factors lose digits as (1 + i)^n grows
                let tolerance = 1e-11 * principal * (1.0 + interest / 12.0).powf(f64::from(paid)) + 1e-12;
                prop_assert!((loan.principal_after(paid) - owed.max(0.0)).abs() <= tolerance);
                owed = owed * (1.0 + interest / 12.0) - loan.instalment();
            }
        }

        #[test]
        fn instalments_fall_due_once_a_month(days in 0.0f64..800.0) {
            let loan = EquipmentLoan {
                principal: 1.0, interest: 0.0, instalments: 12, covenant_ltv: None, covenant_cover: None,
            };
            let due = f64::from(loan.due_within(days));
            prop_assert_eq!(due, (days / DAYS_PER_INSTALMENT).floor().min(12.0));
        }
    }
}
