//! Forced selling: the price falls while difficulty lags, margins shrink, miners sell coins, the price falls.
//!
//! One population of miners, whose cash costs per PH/s and day are lognormal, sells into a book of finite depth that
//! refills. A miner that runs sells a share of what it mines, or what its costs take if that is more; one that stands
//! still sells from its treasury what its fixed costs take. Miners at their margin call sell coins besides, so as to bring
//! the loan-to-value back: against coins by the price, against machines by hashprice, which the machines' value follows.
//!
//! Near the steady state the log-price answers an exogenous change f by δ = f + L·δ with the loop's transfer function
//! L(s) = κ(γ + Λs)/(s + ρ): κ the book's slope, ρ its resilience, γ the coins a day and Λ the coins at once that are sold
//! per unit by which the log-price falls. L runs monotonically from the stock gain κΛ at once to the flow gain κγ/ρ in the
//! long run; the loop sustains itself where either reaches one, and else amplifies f by 1/(1 − L). Until the retarget
//! hashprice falls as the price does; afterwards only by 1/(1 + ε) of that, with ε the elasticity of the hash rate that
//! runs: while difficulty lags, machines at their covenant weigh more (the stock gain is larger), while idle machines
//! spare their energy (the flow gain is smaller).

mod response;

pub use response::ResponsePoint;

use super::epoch::{blocks_per_day, checked};
use crate::error::{ModelError, Result, fraction, non_negative, positive, representable, within};
use crate::normal;
use crate::pow::difficulty::WindowRule;
use crate::pow::{DAYS_PER_YEAR, MiningMarket, TERAHASHES_PER_PETAHASH};
use crate::simulation::{Depth, Impact};

/// A population of miners before a book.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Feedback {
    /// Price and coins per PH/s and day in the steady state.
    pub market: MiningMarket,
    /// Coins that a block pays.
    pub reward: f64,
    /// When difficulty changes.
    pub rule: WindowRule,
    /// The book that miners sell into.
    pub depth: Depth,
    /// Median cash cost (energy) of the installed hash rate, quote per PH/s and day.
    pub median_cost: f64,
    /// Standard deviation of its logarithm, > 0.
    pub dispersion: f64,
    /// Fixed costs and debt service of all installed machines, quote per PH/s and day.
    pub fixed_cost: f64,
    /// Share of what they mine that miners sell where costs do not take more.
    pub sold: f64,
    /// Who is at a margin call.
    pub at_call: AtCall,
}

/// Debts at their limit, which any further fall makes miners reduce by selling coins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AtCall {
    /// Coins pledged for loans at their limit.
    pub collateral: f64,
    /// The loan-to-value that these keep, [0, 1).
    pub ltv: f64,
    /// Loans against machines at their limit, quote.
    pub machine_debt: f64,
    /// Relative change of the machines' value per relative change of hashprice, ≥ 0 ([`super::MachineValue::elasticity`]).
    pub machine_elasticity: f64,
}

/// The gains of the loop while hashprice follows the price with one elasticity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gain {
    /// κΛ: what sales at once move the price by, per unit that it has moved.
    pub stock: f64,
    /// κγ/ρ: the same for sales day by day, in the long run; infinite without resilience where costs force sales.
    pub flow: f64,
    /// Rate (ρ − γκ)/(1 − κΛ) at which the response goes from the one to the other, per day; where negative it explodes.
    pub rate: f64,
}

/// What the loop is near its steady state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LoopGain {
    /// Coins a day that miners sell in the steady state.
    pub sales: f64,
    /// Share of the installed hash rate that runs.
    pub running: f64,
    /// Elasticity ε of the hash rate that runs to hashprice.
    pub elasticity: f64,
    /// How far the steady sales hold the log-price down.
    pub displacement: f64,
    /// While difficulty lags.
    pub lagging: Gain,
    /// After the retarget.
    pub adjusted: Gain,
    /// Days until the next retarget at the steady state's pace, a whole epoch.
    pub epoch_days: f64,
}

impl Gain {
    /// The larger of the two, which is the largest gain at any speed.
    #[must_use]
    pub fn largest(&self) -> f64 {
        self.stock.max(self.flow)
    }

    /// Whether the loop sustains itself: a gain of one or more.
    #[must_use]
    pub fn is_self_sustaining(&self) -> bool {
        self.largest() >= 1.0
    }

    /// By how much a lasting change of the log-price is multiplied after so many days: 1/(1 − κΛ) at once, then
    /// exponentially towards 1/(1 − κγ/ρ). Where the price recovers from the first fall, nobody buys back what was sold:
    /// the rate then is ρ − γκ. `None` where the loop sustains itself.
    #[must_use]
    pub fn amplification(&self, days: f64) -> Option<f64> {
        if self.is_self_sustaining() {
            return None;
        }
        let (at_once, later) = (1.0 / (1.0 - self.stock), 1.0 / (1.0 - self.flow));
        let rate = if later < at_once {
            self.rate * (1.0 - self.stock)
        } else {
            self.rate
        };
        Some((at_once - later).mul_add((-rate * days).exp(), later))
    }
}

impl AtCall {
    /// Nobody.
    pub const NOBODY: Self = Self {
        collateral: 0.0,
        ltv: 0.0,
        machine_debt: 0.0,
        machine_elasticity: 0.0,
    };

    fn check(&self) -> Result<()> {
        non_negative("coins pledged at their limit", self.collateral)?;
        within("loan-to-value at the limit", self.ltv, 0.0, 0.999)?;
        non_negative("debt on machines at its limit", self.machine_debt)?;
        within("elasticity of machines' value", self.machine_elasticity, 0.0, 1e3)?;
        Ok(())
    }

    /// Coins to sell per unit by which the log-price falls, while hashprice follows with elasticity `chi`.
    fn sensitivity(&self, price: f64, chi: f64) -> f64 {
        self.ltv * self.collateral / (1.0 - self.ltv)
            + self.machine_debt * self.machine_elasticity * chi / price
    }
}

/// Costs of the installed hash rate at a hashprice, quote per installed PH/s and day.
#[derive(Debug, Clone, Copy)]
struct Supply {
    log_median: f64,
    dispersion: f64,
    fixed: f64,
    sold: f64,
}

impl Supply {
    /// Share that runs: whose cash cost does not exceed hashprice.
    fn running(&self, hashprice: f64) -> f64 {
        normal::cdf(self.standardised(hashprice))
    }

    /// Elasticity of that share.
    fn elasticity(&self, hashprice: f64) -> f64 {
        let z = self.standardised(hashprice);
        normal::density(z) / (normal::cdf(z) * self.dispersion)
    }

    /// Cash costs of those below `cost`: the partial mean of the lognormal.
    fn costs_below(&self, cost: f64) -> f64 {
        if cost > 0.0 {
            let mean = (0.5 * self.dispersion)
                .mul_add(self.dispersion, self.log_median)
                .exp();
            mean * normal::cdf(self.standardised(cost) - self.dispersion)
        } else {
            0.0
        }
    }

    fn standardised(&self, cost: f64) -> f64 {
        (cost.ln() - self.log_median) / self.dispersion
    }

    /// The cash cost above which what it sells does not pay a miner's costs.
    fn covered(&self, hashprice: f64) -> f64 {
        self.sold.mul_add(hashprice, -self.fixed)
    }

    /// Value of what is sold.
    fn sales(&self, hashprice: f64) -> f64 {
        let covered = self.covered(hashprice);
        let share = if covered > 0.0 { self.running(covered) } else { 0.0 };
        let selling_mined = self.sold * hashprice * share;
        let selling_costs = self.costs_below(hashprice) - self.costs_below(covered);
        selling_mined + selling_costs + self.fixed * (1.0 - share)
    }

    /// Its derivative by ln(hashprice): miners whose sales pay for everything sell in proportion; and those at the end of
    /// the supply begin to sell what their energy costs.
    fn sales_slope(&self, hashprice: f64) -> f64 {
        let covered = self.covered(hashprice);
        let share = if covered > 0.0 { self.running(covered) } else { 0.0 };
        let entering = normal::density(self.standardised(hashprice)) / self.dispersion;
        hashprice * self.sold.mul_add(share, entering)
    }
}

/// A population in its steady state.
#[derive(Debug, Clone, Copy)]
struct Steady {
    supply: Supply,
    hashprice: f64,
    /// Installed hash rate, PH/s.
    installed: f64,
    /// Coins a day.
    sales: f64,
    /// Coins sold that the book has not yet absorbed.
    consumed: f64,
    impact: Impact,
    /// Per day.
    resilience: f64,
}

impl Feedback {
    /// # Errors
    /// As [`Self::gain`].
    fn steady(&self) -> Result<Steady> {
        let price = positive("price of a coin", self.market.price)?;
        let coins = positive("coins per PH/s and day", self.market.coins)?;
        positive("coins of a block", self.reward)?;
        checked(&self.rule)?;
        positive("median cost", self.median_cost)?;
        within("dispersion of costs", self.dispersion, 1e-6, 10.0)?;
        non_negative("fixed cost", self.fixed_cost)?;
        fraction("share of the coins sold", self.sold)?;
        self.at_call.check()?;
        let supply = Supply {
            log_median: self.median_cost.ln(),
            dispersion: self.dispersion,
            fixed: self.fixed_cost,
            sold: self.sold,
        };
        let hashprice = positive("hashprice", representable("hashprice", price * coins)?)?;
        let running = supply.running(hashprice);
        positive("share of the installed hash rate that runs", running)?;
        let produced = self.reward * blocks_per_day(&self.rule);
        let installed = representable("installed hash rate", produced / coins / running)?;
        let sales = representable("sales", installed * supply.sales(hashprice) / price)?;
        self.depth.check(sales)?;
        let resilience = positive("resilience of the book", self.depth.resilience)? / DAYS_PER_YEAR;
        let consumed = representable("sales that the book has not absorbed", sales / resilience)?;
        self.depth.check(consumed + self.at_call.collateral)?;
        Ok(Steady {
            supply,
            hashprice,
            installed,
            sales,
            consumed,
            impact: Impact::new(&self.depth),
            resilience,
        })
    }

    /// The gain of the loop near the steady state, before and after the retarget.
    ///
    /// # Errors
    /// [`ModelError`] naming the first figure outside its domain; the book must refill, or no sales are steady.
    pub fn gain(&self) -> Result<LoopGain> {
        let steady = self.steady()?;
        let elasticity = steady.supply.elasticity(steady.hashprice);
        let value = steady.supply.sales(steady.hashprice);
        if value <= 0.0 {
            return Err(ModelError::NotPositive {
                what: "sales of the steady state",
                value,
            });
        }
        let response = steady.supply.sales_slope(steady.hashprice) / value;
        // The square root's slope is infinite where nothing is consumed; sales keep it from that.
        let slope = steady.impact.marginal(steady.consumed);
        let gain = |chi: f64| -> Result<Gain> {
            let per_day = steady.sales * response.mul_add(-chi, 1.0);
            let stock = slope * self.at_call.sensitivity(self.market.price, chi);
            Ok(Gain {
                stock: representable("stock gain", stock)?,
                flow: representable("flow gain", slope * per_day / steady.resilience)?,
                rate: (steady.resilience - per_day * slope) / (1.0 - stock),
            })
        };
        Ok(LoopGain {
            sales: steady.sales,
            running: steady.supply.running(steady.hashprice),
            elasticity: representable("elasticity of the hash rate", elasticity)?,
            displacement: steady.impact.displacement(steady.consumed),
            lagging: gain(1.0)?,
            adjusted: gain(1.0 / (1.0 + elasticity))?,
            epoch_days: f64::from(self.rule.blocks) / blocks_per_day(&self.rule),
        })
    }

    /// Hash rate (TH/s) that runs in the steady state.
    ///
    /// # Errors
    /// As [`Self::gain`].
    pub fn hash_rate(&self) -> Result<f64> {
        let steady = self.steady()?;
        Ok(steady.installed * steady.supply.running(steady.hashprice) * TERAHASHES_PER_PETAHASH)
    }
}

#[cfg(test)]
mod tests;
