//! A market of many miners and their lenders, step by step, in books that balance.
//!
//! A step, in this order. The book refills and the exogenous price moves. The machines that run share the blocks found;
//! difficulty follows at its retarget. Interest is added to debts, bills fall due. Miners pay from cash; then everyone
//! who must, or wants to, sells coins in one batch at one price, the highest at which orders and proceeds agree. Lenders
//! call: what is missing at the call is pledged from free coins; where a loan is beyond its limit, its collateral is sold,
//! again in one batch at one price, and the lenders look again at the price that the batch has left, until none sells.
//! Whom a sale leaves in debt, or whose bills stay unpaid too long, defaults: cash, coins and machines go to the lender,
//! then to the suppliers, what is left to the owners, and what is missing is lost. At last machines are switched off or on
//! by the hashprice that the step has left.
//!
//! Everything within a step is decided on the same state and executed at the same price, so that the miners' order does
//! not matter (up to rounding in sums).
//!
//! Coins are owned by miners (free or pledged) or by the rest of the world; cash by miners, lenders, suppliers of energy
//! and work, buyers of machines, owners that are paid out, and the rest of the world. Every movement takes from one and
//! gives to another: but for blocks' subsidies no coin and no cash appears or vanishes ([`Residuals`]).

mod account;
mod batch;
mod ledger;
mod population;
mod report;
mod run;
mod state;

pub use ledger::{Ledger, Residuals};
pub use population::{CascadeMiner, PopulationMix};
pub use report::{CascadeReport, Distribution, PathOutcome};
pub use run::Trajectory;
pub use state::StepRecord;

use super::epoch::{blocks_per_day, checked};
use super::resale::Resale;
use crate::error::{ModelError, Result, at_least, fraction, non_negative, positive, representable, within};
use crate::pow::difficulty::WindowRule;
use crate::pow::{DAYS_PER_YEAR, TERAHASHES_PER_PETAHASH};
use crate::simulation::{Depth, Impact};

/// Longest step, days.
const LONGEST_STEP: f64 = 14.0;

/// What all miners share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CascadeTerms {
    /// Price of a coin at the start.
    pub price: f64,
    /// Coins that a block creates.
    pub subsidy: f64,
    /// Fees of a block, coins, paid by the rest of the world.
    pub fees: f64,
    /// When difficulty changes.
    pub rule: WindowRule,
    /// The book that coins are sold into.
    pub depth: Depth,
    /// What machines are worth to a buyer, who runs them at its own energy price.
    pub resale: Resale,
    /// Share of that value that a default recovers.
    pub recovery: f64,
    /// Days until machines that were sold run again.
    pub redeploy_days: f64,
    /// Days of bills that may stay unpaid before a miner defaults.
    pub grace_days: f64,
    /// Share by which hashprice must exceed its cash cost before an idle machine is switched on.
    pub restart: f64,
    /// Share of what they mine that miners sell where bills do not take more.
    pub sold: f64,
    /// Length of a step, days.
    pub step_days: f64,
}

/// A market ready to be simulated.
#[derive(Debug, Clone, PartialEq)]
pub struct Cascade {
    terms: CascadeTerms,
    miners: Vec<CascadeMiner>,
    /// Which miners run at the start.
    running: Vec<bool>,
    /// Their hash rate, PH/s: what difficulty fits.
    hash_rate: f64,
    /// Coins sold in the past that the book has not absorbed at the start.
    consumed: f64,
    impact: Impact,
}

impl CascadeTerms {
    /// The terms, if every figure lies in its domain.
    ///
    /// # Errors
    /// [`ModelError`] naming the first that does not.
    pub fn checked(self) -> Result<Self> {
        within(
            "price of a coin",
            positive("price of a coin", self.price)?,
            1e-12,
            1e12,
        )?;
        within("block subsidy", self.subsidy, 0.0, 1e9)?;
        within("fees of a block", self.fees, 0.0, 1e9)?;
        positive("block reward", self.subsidy + self.fees)?;
        checked(&self.rule)?;
        self.resale.checked()?;
        fraction("recovery on machines", self.recovery)?;
        within("days until machines run again", self.redeploy_days, 0.0, 1e6)?;
        within("days of grace", self.grace_days, 0.0, 1e6)?;
        within("margin of restart", self.restart, 0.0, 1e3)?;
        fraction("share of the coins sold", self.sold)?;
        within(
            "length of a step in days",
            positive("length of a step", self.step_days)?,
            1e-3,
            LONGEST_STEP,
        )?;
        non_negative("resilience of the book", self.depth.resilience)?;
        Ok(self)
    }

    fn reward(&self) -> f64 {
        self.subsidy + self.fees
    }

    /// Share of the consumed volume that a step leaves.
    fn decay(&self) -> f64 {
        (-self.depth.resilience * self.step_days / DAYS_PER_YEAR).exp()
    }
}

impl Cascade {
    /// At least one miner, of which at least one runs at a profit. Difficulty fits those that do: the dearest are off
    /// until every other pays for its energy. The book is as the sales of the first step would leave it in the long run.
    ///
    /// # Errors
    /// [`ModelError::TooFew`] without miners; [`ModelError::Unidentified`] where none would run; [`ModelError`] naming the
    /// first figure outside its domain; [`ModelError::OutOfRange`] for a book so thin that selling all coins leaves no
    /// price.
    pub fn new(terms: CascadeTerms, miners: Vec<CascadeMiner>) -> Result<Self> {
        let terms = terms.checked()?;
        at_least("miners", 1, miners.len())?;
        for miner in &miners {
            miner.check()?;
        }
        let (running, hash_rate) = equilibrium(&terms, &miners)?;
        let impact = Impact::new(&terms.depth);
        let mut cascade = Self {
            terms,
            miners,
            running,
            hash_rate,
            consumed: 0.0,
            impact,
        };
        let coins: f64 = cascade
            .miners
            .iter()
            .map(|miner| miner.coins + miner.loan.collateral)
            .sum();
        representable("coins of all miners", coins)?;
        cascade.terms.depth.check(coins)?;
        let decay = cascade.terms.decay();
        if decay < 1.0 {
            let lasting = cascade.first_sales() / (1.0 - decay);
            cascade.consumed = representable("sales that the book has not absorbed", lasting)?;
        }
        cascade.terms.depth.check(coins + cascade.consumed)?;
        Ok(cascade)
    }

    /// The miners.
    #[must_use]
    pub fn miners(&self) -> &[CascadeMiner] {
        &self.miners
    }

    /// Hash rate that runs at the start, TH/s.
    #[must_use]
    pub fn hash_rate(&self) -> f64 {
        self.hash_rate * TERAHASHES_PER_PETAHASH
    }

    /// Hashprice at the start, quote per PH/s and day.
    #[must_use]
    pub fn hashprice(&self) -> f64 {
        self.terms.price * self.terms.reward() * blocks_per_day(&self.terms.rule) / self.hash_rate
    }

    /// How far the usual sales hold the log-price down at the start.
    #[must_use]
    pub fn displacement(&self) -> f64 {
        self.impact.displacement(self.consumed)
    }

    /// Coins that a step at the price of the start sells.
    fn first_sales(&self) -> f64 {
        let days = self.terms.step_days;
        let blocks = blocks_per_day(&self.terms.rule) * days;
        self.miners
            .iter()
            .zip(&self.running)
            .map(|(miner, &runs)| {
                let on = f64::from(u8::from(runs));
                let mined = on * blocks * self.terms.reward() * miner.petahashes() / self.hash_rate;
                let bills = (on * miner.energy_per_day() + miner.operation) * days;
                (self.terms.sold * mined).max((bills / self.terms.price).min(mined))
            })
            .sum()
    }
}

/// Which miners run where difficulty fits those that do, and their hash rate in PH/s: the cheapest, up to the last whom
/// the hashprice that results still pays.
fn equilibrium(terms: &CascadeTerms, miners: &[CascadeMiner]) -> Result<(Vec<bool>, f64)> {
    let income = terms.price * terms.reward() * blocks_per_day(&terms.rule);
    let mut order: Vec<usize> = (0..miners.len()).collect();
    order.sort_by(|&a, &b| miners[a].cash_cost().total_cmp(&miners[b].cash_cost()));
    let mut running = vec![false; miners.len()];
    let mut hash_rate = 0.0;
    let mut rest = order.as_slice();
    // miners of the same cost run together or not at all
    while let Some(&first) = rest.first() {
        let cost = miners[first].cash_cost();
        let equal = rest
            .iter()
            .take_while(|&&i| miners[i].cash_cost() == cost)
            .count();
        let (group, dearer) = rest.split_at(equal);
        let with: f64 = group.iter().map(|&i| miners[i].petahashes()).sum::<f64>() + hash_rate;
        if representable("hash rate of all miners", with)? * cost > income {
            break;
        }
        hash_rate = with;
        group.iter().for_each(|&i| running[i] = true);
        rest = dearer;
    }
    if hash_rate > 0.0 {
        Ok((running, hash_rate))
    } else {
        Err(ModelError::Unidentified {
            what: "hash rate that runs at a profit",
        })
    }
}

#[cfg(test)]
mod tests;
