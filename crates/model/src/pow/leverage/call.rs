//! The probability of a margin call: in closed form for a loan at rest, by simulation for a miner at work.

use super::epoch::{Epoch, blocks_per_day};
use super::loan::{CoinLoan, EquipmentLoan};
use super::miner::LeveragedMiner;
use crate::error::{
    Result, count, finite, fraction, non_negative, positive, representable, within, within_count,
};
use crate::pow::difficulty::WindowRule;
use crate::pow::{DAYS_PER_YEAR, MiningMarket};
use crate::simulation::{Estimate, Floor, Grid, PriceProcess, Proportion, Run, first_passage_below};
use crate::tail::InsuranceFund;

/// Longest horizon, days.
const MOST_DAYS: usize = 1_825;
/// Share of the network's hash rate that is never switched off.
const LEAST_RUNNING: f64 = 1e-3;

/// How the network answers, and what the miner does with its coins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surroundings {
    /// When difficulty changes.
    pub rule: WindowRule,
    /// Blocks of the running epoch that are found.
    pub found: f64,
    /// Relative change of the hash rate that runs per relative change of hashprice, ≥ 0. Above one, hash rate and
    /// difficulty overshoot each other from epoch to epoch (the cobweb of Ezekiel 1938).
    pub elasticity: f64,
    /// Installed hash rate ÷ running hash rate at the start, ≥ 1: more cannot be switched on. A thousandth of what runs
    /// at the start is never switched off.
    pub installed: f64,
    /// Growth of the network's hash rate per year at an unchanged hashprice, continuously compounded.
    pub growth: f64,
    /// Share of the coins mined that is sold at once; costs are paid from it first. The rest is pledged, or kept where
    /// there is no loan against coins.
    pub sold: f64,
}

/// Probabilities over a horizon, of a miner that answers no call.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CallRisk {
    /// The lender against coins calls for margin.
    pub call: Proportion,
    /// It sells the collateral.
    pub liquidation: Proportion,
    /// A covenant on the machines is breached, as seen at the beginning of each day.
    pub covenant: Proportion,
}

/// Probability that a loan at rest, whose debt grows by its interest alone, reaches a loan-to-value within `years`, for a
/// price with this drift of its mean and volatility: first passage of ln(price) − ln(debt), a Brownian motion with drift
/// μ − σ²/2 − r (Black & Cox 1976, "Valuing corporate securities", eq. 7, with a barrier that grows).
///
/// # Errors
/// As [`CoinLoan::checked`]; [`ModelError::OutOfRange`] for a loan-to-value outside (0, 1];
/// [`ModelError::NotPositive`], [`ModelError::NotFinite`], [`ModelError::Overflow`].
pub fn passage_probability(
    loan: &CoinLoan,
    ltv: f64,
    price: f64,
    drift: f64,
    volatility: f64,
    years: f64,
) -> Result<f64> {
    let loan = loan.checked()?;
    fraction("loan-to-value", positive("loan-to-value", ltv)?)?;
    positive("price of a coin", price)?;
    positive("horizon", years)?;
    finite("drift", drift)?;
    non_negative("volatility", volatility)?;
    if loan.debt == 0.0 {
        return Ok(0.0);
    }
    let distance = (ltv / loan.ltv(price)).ln();
    if distance <= 0.0 {
        return Ok(1.0);
    }
    InsuranceFund {
        size: representable("distance to the loan-to-value", distance)?,
        drift: drift - 0.5 * volatility * volatility - loan.interest,
        volatility,
    }
    .ruin_probability(years)
}

/// The same by simulation for a miner at work, day by day: difficulty lags behind hash rate, machines stand still where
/// they do not pay, costs are paid from the coins sold, then from cash, then from free coins, and what stays unpaid is
/// added to the debt; what is mined and not sold is pledged. `process` is the price's; one of constant volatility between jumps is watched
/// without a pause ([`first_passage_below`]).
///
/// # Errors
/// As [`LeveragedMiner::checked`] and [`first_passage_below`]; [`ModelError::OutOfRange`] for surroundings outside their
/// domain, no day or more than 1,825, a confidence outside (0, 1); [`ModelError::Overflow`].
pub fn simulated_risk(
    miner: &LeveragedMiner,
    market: &MiningMarket,
    surroundings: &Surroundings,
    process: &PriceProcess,
    days: usize,
    run: &Run,
    confidence: f64,
) -> Result<CallRisk> {
    miner.flow(market)?;
    within_count("days", days, 1, MOST_DAYS)?;
    within("elasticity of the hash rate", surroundings.elasticity, 0.0, 100.0)?;
    within("installed hash rate", surroundings.installed, 1.0, 1e6)?;
    within("growth of the hash rate", surroundings.growth, -10.0, 10.0)?;
    fraction("share of the coins sold", surroundings.sold)?;
    let epoch = Epoch::new(surroundings.rule, 1.0, surroundings.found)?;
    let grid = Grid::new(days, count(days) / DAYS_PER_YEAR)?;
    let start = || Books {
        miner,
        market,
        surroundings,
        epoch,
        day: 0.0,
        coin_loan: miner.coin_loan,
        cash: miner.cash,
        free: miner.coins,
        coins: market.coins,
    };
    let touched = first_passage_below(process, &grid, run, start, |books, step, x| books.day(step, x))?;
    let [call, liquidation, covenant] = touched.map(|estimate| interval(estimate, run, confidence));
    Ok(CallRisk {
        call: call?,
        liquidation: liquidation?,
        covenant: covenant?,
    })
}

fn interval(estimate: Estimate, run: &Run, confidence: f64) -> Result<Proportion> {
    Proportion::wilson(
        estimate.value.clamp(0.0, 1.0),
        estimate.standard_error,
        count(run.paths()),
        confidence,
    )
}

/// A miner's books along one path. Hash rates are relative to the network's at the start.
struct Books<'a> {
    miner: &'a LeveragedMiner,
    market: &'a MiningMarket,
    surroundings: &'a Surroundings,
    epoch: Epoch,
    day: f64,
    coin_loan: Option<CoinLoan>,
    cash: f64,
    /// Coins that are not pledged.
    free: f64,
    /// Coins per PH/s and day of the past day.
    coins: f64,
}

impl Books<'_> {
    /// Settles the day that ends at this log-price (none before the first), and says where the floors of the next lie:
    /// call, liquidation, covenant.
    fn day(&mut self, step: usize, log: f64) -> [Floor; 3] {
        let price = self.market.price * log.exp();
        if step > 0 {
            self.settle(price);
        }
        let covenant = self
            .miner
            .equipment
            .map_or(f64::NEG_INFINITY, |loan| self.covenant(&loan, price));
        let Some(loan) = self.coin_loan.filter(|loan| loan.debt > 0.0) else {
            return [f64::NEG_INFINITY, f64::NEG_INFINITY, covenant].map(Floor::level);
        };
        let accrued = loan.interest / DAYS_PER_YEAR;
        let floor = |price: f64| {
            let begin = (price / self.market.price).ln();
            Floor {
                begin,
                end: begin + accrued,
            }
        };
        [
            floor(loan.call_price()),
            floor(loan.liquidation_price()),
            Floor::level(covenant),
        ]
    }

    fn settle(&mut self, price: f64) {
        self.day += 1.0;
        let trend = (self.surroundings.growth * self.day / DAYS_PER_YEAR).exp();
        let hashprice = price / self.market.price / self.epoch.difficulty();
        let answer = libm::pow(hashprice * trend, self.surroundings.elasticity);
        let network = trend * answer.clamp(LEAST_RUNNING, self.surroundings.installed);
        let blocks = self.epoch.advance(network, 1.0);
        self.coins = self.market.coins * (blocks / blocks_per_day(&self.surroundings.rule)) / network;
        let flow = self.miner.flow_unchecked(price, self.coins);
        let instalment = self.miner.equipment.map_or(0.0, |loan| {
            if loan.due_within(self.day) > loan.due_within(self.day - 1.0) {
                loan.instalment()
            } else {
                0.0
            }
        });
        let kept = (1.0 - self.surroundings.sold) * flow.coins;
        self.cash += (flow.coins - kept) * price - flow.energy - flow.operation - instalment;
        if self.cash < 0.0 {
            let sold = self.free.min(-self.cash / price);
            self.free -= sold;
            self.cash = sold.mul_add(price, self.cash);
        }
        match &mut self.coin_loan {
            None => self.free += kept,
            Some(loan) => {
                loan.debt = loan.debt_after(1.0);
                loan.collateral += kept;
                if self.cash < 0.0 {
                    loan.debt -= self.cash;
                    self.cash = 0.0;
                }
            }
        }
    }

    /// Surely reached where a covenant is breached now, never where none is.
    fn covenant(&self, loan: &EquipmentLoan, price: f64) -> f64 {
        let principal = loan.principal_after(loan.due_within(self.day));
        match self.miner.covenant_slack(loan, price, self.coins, principal) {
            Ok(slack) if slack >= 0.0 => f64::NEG_INFINITY,
            // a slack that cannot be told is none
            Ok(_) | Err(_) => f64::INFINITY,
        }
    }
}

#[cfg(test)]
mod tests;
