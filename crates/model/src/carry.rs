//! Cost of carry: the forward that it implies, and what a position pays to be held.

use crate::error::{Result, finite, non_negative, positive, representable};

/// Continuously compounded cost of holding an asset, per year: financing + storage − income.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CostOfCarry {
    /// Rate at which the purchase is financed.
    pub financing: f64,
    /// Custody and other costs.
    pub storage: f64,
    /// Staking yield, lending interest or convenience yield.
    pub income: f64,
}

impl CostOfCarry {
    /// The net cost per year.
    ///
    /// # Errors
    /// [`crate::ModelError::NotFinite`], [`crate::ModelError::Overflow`].
    pub fn rate(&self) -> Result<f64> {
        finite("financing rate", self.financing)?;
        finite("storage cost", self.storage)?;
        finite("income", self.income)?;
        representable("cost of carry", self.financing + self.storage - self.income)
    }

    /// Forward price without arbitrage, S·e^{bT} (Hull 2018, "Options, Futures, and Other Derivatives", § 5.14).
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`] for the spot price, [`crate::ModelError::OutOfRange`] for a negative time,
    /// [`crate::ModelError::NotFinite`], [`crate::ModelError::Overflow`].
    pub fn forward(&self, spot: f64, years: f64) -> Result<f64> {
        positive("spot price", spot)?;
        non_negative("time to delivery", years)?;
        representable("forward price", spot * (self.rate()? * years).exp())
    }
}

/// The cost of carry that a forward price implies, ln(F/S)/T: above the financing rate the future is rich, and the
/// difference is what cash-and-carry earns.
///
/// # Errors
/// [`crate::ModelError::NotPositive`], [`crate::ModelError::NotFinite`], [`crate::ModelError::Overflow`].
pub fn implied_carry(spot: f64, forward: f64, years: f64) -> Result<f64> {
    positive("spot price", spot)?;
    positive("forward price", forward)?;
    positive("time to delivery", years)?;
    representable("implied carry", (forward.ln() - spot.ln()) / years)
}

/// A margined position and what it pays and earns while it is held. Simple rates per year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PositionCarry {
    /// Funding or borrowing interest paid per unit of notional; negative where it is received.
    pub financing: f64,
    /// Yield received per unit of notional.
    pub income: f64,
    /// Margin as a share of the notional, > 0.
    pub margin_share: f64,
    /// What the margin itself earns.
    pub margin_yield: f64,
    /// What the capital in it must earn: the hurdle rate.
    pub hurdle: f64,
}

impl PositionCarry {
    /// Carry cost per year of notional: financing − income + margin·(hurdle − margin yield).
    ///
    /// # Errors
    /// [`crate::ModelError::NotFinite`], [`crate::ModelError::NotPositive`] for the margin,
    /// [`crate::ModelError::Overflow`].
    pub fn per_notional(&self) -> Result<f64> {
        finite("financing rate", self.financing)?;
        finite("income", self.income)?;
        positive("margin share", self.margin_share)?;
        finite("margin yield", self.margin_yield)?;
        finite("hurdle rate", self.hurdle)?;
        let capital = self.margin_share * (self.hurdle - self.margin_yield);
        representable("carry cost", self.financing - self.income + capital)
    }

    /// Carry cost per year of the margin itself, which is where leverage shows.
    ///
    /// # Errors
    /// As [`PositionCarry::per_notional`].
    pub fn per_margin(&self) -> Result<f64> {
        representable("carry cost", self.per_notional()? / self.margin_share)
    }

    /// The relative price move in the position's favour that pays for holding it `years`.
    ///
    /// # Errors
    /// As [`PositionCarry::per_notional`], and [`crate::ModelError::OutOfRange`] for a negative time.
    pub fn break_even_move(&self, years: f64) -> Result<f64> {
        representable(
            "break-even move",
            self.per_notional()? * non_negative("holding period", years)?,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;
    use proptest::prelude::*;

    const CARRY: CostOfCarry = CostOfCarry {
        financing: 0.08,
        storage: 0.002,
        income: 0.07,
    };

    #[test]
    fn the_forward_is_what_buying_financing_and_staking_comes_to() {
        // One unit bought on credit and staked: e^{yT} units at delivery owe S·e^{(r + c)T}.
        let forward = CARRY.forward(150.0, 0.5).unwrap();
        let owed = 150.0 * (0.082_f64 * 0.5).exp();
        assert_close(forward * (0.07_f64 * 0.5).exp(), owed, 1e-12);
        assert_close(
            implied_carry(150.0, forward, 0.5).unwrap(),
            CARRY.rate().unwrap(),
            1e-14,
        );
        assert!(implied_carry(150.0, 160.0, 0.0).is_err());
    }

    #[test]
    fn a_position_that_gains_its_break_even_move_earns_the_hurdle_on_its_margin() {
        let position = PositionCarry {
            financing: 0.11,
            income: 0.065,
            margin_share: 0.2,
            margin_yield: 0.04,
            hurdle: 0.15,
        };
        let years = 0.25;
        let gain = position.break_even_move(years).unwrap() + (0.065 - 0.11 + 0.2 * 0.04) * years;
        assert_close(gain / 0.2 / years, 0.15, 1e-14);
        assert_close(
            position.per_margin().unwrap(),
            position.per_notional().unwrap() * 5.0,
            1e-15,
        );
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn forward_and_implied_carry_invert_each_other(spot in 1e-6f64..1e6, carry in -1.0f64..1.0, years in 0.01f64..5.0) {
            let forward = CostOfCarry { financing: carry, storage: 0.0, income: 0.0 }.forward(spot, years).unwrap();
            prop_assert!((implied_carry(spot, forward, years).unwrap() - carry).abs() < 1e-10);
        }
    }
}
