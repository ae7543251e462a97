//! What a trade costs whoever must be paid to make it: the liquidator's break-even bounty, the arbitrageur's
//! break-even deviation.

use crate::error::{Result, finite, fraction, non_negative, positive, representable};

/// The costs of one liquidation or arbitrage. Proportional ones are shares of the traded value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TradeCosts {
    /// Paid when the trade succeeds whatever its size: base fee, priority fee or tip, in quote.
    pub fixed: f64,
    /// Paid when an attempt fails, in quote.
    pub failed: f64,
    /// Probability that an attempt succeeds, (0, 1].
    pub success: f64,
    /// Fees of all legs.
    pub fees: f64,
    /// Slippage of all legs.
    pub slippage: f64,
    /// Volatility of the price while the position is held unhedged, per √year.
    pub volatility: f64,
    /// How long that is, years: decision to confirmation to resale.
    pub exposure_years: f64,
    /// Charge per standard deviation of that price move.
    pub risk_loading: f64,
    /// Capital tied up as a share of the traded value: 1 from own inventory, 0 with a flash loan.
    pub capital_share: f64,
    /// How long it is tied up per trade, waiting for opportunities included, years.
    pub capital_years: f64,
    /// What that capital must earn: the hurdle rate, per year.
    pub hurdle: f64,
}

impl TradeCosts {
    /// The costs in proportion to size, and the fixed ones per success.
    fn parts(&self) -> Result<(f64, f64)> {
        non_negative("fixed cost", self.fixed)?;
        non_negative("cost of a failed attempt", self.failed)?;
        positive(
            "probability of success",
            fraction("probability of success", self.success)?,
        )?;
        fraction("fees", self.fees)?;
        fraction("slippage", self.slippage)?;
        non_negative("volatility", self.volatility)?;
        non_negative("exposure", self.exposure_years)?;
        non_negative("risk loading", self.risk_loading)?;
        non_negative("capital share", self.capital_share)?;
        non_negative("capital lock-up", self.capital_years)?;
        finite("hurdle rate", self.hurdle)?;
        let risk = self.risk_loading * self.volatility * self.exposure_years.sqrt();
        let capital = self.capital_share * self.capital_years * self.hurdle;
        let proportional = representable("proportional cost", self.fees + self.slippage + risk + capital)?;
        // A success is preceded by (1 − p)/p failures on average.
        let failures = (1.0 - self.success) / self.success;
        let fixed = representable("fixed cost", self.fixed + self.failed * failures)?;
        Ok((proportional, fixed))
    }

    /// The edge (bounty, or deviation of prices) at which a trade of `size` just pays, as a share of the size:
    /// fees + slippage + loading·σ√τ + capital·h·t + (fixed + failed·(1 − p)/p)/size.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`] for size or probability, [`crate::ModelError::OutOfRange`],
    /// [`crate::ModelError::NotFinite`], [`crate::ModelError::Overflow`].
    pub fn break_even(&self, size: f64) -> Result<f64> {
        let (proportional, fixed) = self.parts()?;
        representable("break-even", proportional + fixed / positive("size", size)?)
    }

    /// Expected profit of a trade of `size` with an edge of `edge`.
    ///
    /// # Errors
    /// As [`TradeCosts::break_even`].
    pub fn profit(&self, size: f64, edge: f64) -> Result<f64> {
        let (proportional, fixed) = self.parts()?;
        finite("edge", edge)?;
        representable("profit", (edge - proportional) * positive("size", size)? - fixed)
    }

    /// The smallest size that pays at an edge of `edge`: smaller positions are dust that nobody liquidates. `None` where
    /// no size pays.
    ///
    /// # Errors
    /// As [`TradeCosts::break_even`].
    pub fn smallest_size(&self, edge: f64) -> Result<Option<f64>> {
        let (proportional, fixed) = self.parts()?;
        let margin = finite("edge", edge)? - proportional;
        if margin > 0.0 {
            Ok(Some(representable("smallest size", fixed / margin)?))
        } else {
            Ok(None)
        }
    }

    /// The largest bounty that leaves no bad debt: maintenance margin less the slippage that the protocol bears and the
    /// adverse move, loading·σ√τ, between crossing the threshold and the sale. Negative where the margin is too thin
    /// for any.
    ///
    /// # Errors
    /// As [`TradeCosts::break_even`]; [`crate::ModelError::OutOfRange`] for a margin outside [0, 1].
    pub fn affordable(&self, maintenance_margin: f64) -> Result<f64> {
        self.parts()?;
        fraction("maintenance margin", maintenance_margin)?;
        let adverse = self.risk_loading * self.volatility * self.exposure_years.sqrt();
        representable("affordable bounty", maintenance_margin - self.slippage - adverse)
    }
}

/// Deviation of the market's log-price from a constant-product pool's beyond which arbitrage pays: γ + 2·arcosh(1 +
/// g/(V·e^{γ/2})), for a pool of value V, log-fee γ ([`crate::latency::log_fee`]) and fixed cost g. It inverts the
/// arbitrageur's optimal profit V·e^{γ/2}·(cosh((z − γ)/2) − 1) (Milionis, Moallemi & Roughgarden 2023, proof of
/// theorem 1 for the constant-product market maker).
///
/// # Errors
/// [`crate::ModelError::NotPositive`] for the pool's value, [`crate::ModelError::OutOfRange`] for a negative fee or
/// cost, [`crate::ModelError::NotFinite`], [`crate::ModelError::Overflow`].
pub fn pool_arbitrage_band(pool_value: f64, log_fee: f64, fixed_cost: f64) -> Result<f64> {
    positive("pool value", pool_value)?;
    non_negative("fee", log_fee)?;
    let relative = non_negative("fixed cost", fixed_cost)? / pool_value * (-log_fee / 2.0).exp();
    // arcosh(1 + y) = ln(1 + y + √(y(y + 2))), without the cancellation at small y.
    let band = log_fee + 2.0 * (relative + (relative * (relative + 2.0)).sqrt()).ln_1p();
    representable("arbitrage band", band)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::liquidity::ConstantProduct;
    use crate::testing::{Rng, assert_close};
    use proptest::prelude::*;

    const LIQUIDATION: TradeCosts = TradeCosts {
        fixed: 0.5,
        failed: 0.02,
        success: 0.25,
        fees: 0.001,
        slippage: 0.004,
        volatility: 0.8,
        exposure_years: 2.0 / 31_536_000.0,
        risk_loading: 1.0,
        capital_share: 1.0,
        capital_years: 1.0 / 365.0,
        hurdle: 0.12,
    };

    #[test]
    fn the_break_even_bounty_is_the_sum_of_its_parts() {
        let risk = 0.8 * (2.0_f64 / 31_536_000.0).sqrt();
        let expected = 0.001 + 0.004 + risk + 0.12 / 365.0 + (0.5 + 0.06) / 1000.0;
        assert_close(LIQUIDATION.break_even(1000.0).unwrap(), expected, 1e-16);
        let dust = LIQUIDATION.smallest_size(expected).unwrap().unwrap();
        assert_close(dust, 1000.0, 1e-8);
        assert_eq!(LIQUIDATION.smallest_size(0.005).unwrap(), None);
        assert_close(LIQUIDATION.affordable(0.05).unwrap(), 0.05 - 0.004 - risk, 1e-16);
    }

    #[test]
    fn a_simulated_liquidator_breaks_even_at_it() {
        let costs = TradeCosts {
            risk_loading: 0.0,
            capital_share: 0.0,
            ..LIQUIDATION
        };
        let bounty = costs.break_even(200.0).unwrap();
        let mut rng = Rng::new(5);
        let (trades, mut profit, mut squares) = (40_000u32, 0.0, 0.0);
        for _ in 0..trades {
            let mut gain = 200.0 * (bounty - 0.005) - 0.5;
            while rng.uniform() > 0.25 {
                gain -= 0.02;
            }
            profit += gain;
            squares += gain * gain;
        }
        let n = f64::from(trades);
        let error = (squares / n - (profit / n).powi(2)).sqrt() / n.sqrt();
        assert_close(profit / n, 0.0, 2.576 * error);
    }

    #[test]
    fn at_the_edge_of_the_band_the_best_arbitrage_earns_the_fixed_cost() {
        let (fee, cost) = (0.003, 2.0);
        let pool = ConstantProduct::new(100.0, 10_000.0, fee).unwrap();
        let gamma = crate::latency::log_fee(fee).unwrap();
        let band = pool_arbitrage_band(20_000.0, gamma, cost).unwrap();
        let profit = pool.arbitrage(100.0 * band.exp()).unwrap().profit;
        // The pool's value in the formula is at the market's price, √(price ratio) times that at its own.
        assert_close(profit / cost / (band / 2.0).exp(), 1.0, 1e-9);
        assert_close(pool_arbitrage_band(1.0, gamma, 0.0).unwrap(), gamma, 1e-16);
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn every_cost_raises_the_break_even_and_size_lowers_it(
            size in 1.0f64..1e6, slippage in 0.0f64..0.5, success in 0.05f64..0.9, volatility in 0.0f64..2.0,
        ) {
            let costs = TradeCosts { slippage, success, volatility, ..LIQUIDATION };
            let bounty = costs.break_even(size).unwrap();
            prop_assert!(costs.break_even(size * 2.0).unwrap() < bounty);
            prop_assert!(costs.profit(size, bounty).unwrap().abs() < 1e-9 * size.max(1.0));
            for dearer in [
                TradeCosts { slippage: slippage + 0.1, ..costs }, TradeCosts { success: success / 2.0, ..costs },
                TradeCosts { volatility: volatility + 0.5, ..costs }, TradeCosts { hurdle: 0.3, ..costs },
            ] {
                prop_assert!(dearer.break_even(size).unwrap() > bounty);
            }
        }
    }
}
