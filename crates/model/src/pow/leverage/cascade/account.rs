//! A miner in time.

use super::population::CascadeMiner;
use crate::pow::DAYS_PER_YEAR;

/// What a miner holds, owes and runs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Account {
    pub(super) miner: CascadeMiner,
    /// PH/s.
    pub(super) hash_rate: f64,
    pub(super) energy_per_day: f64,
    pub(super) cash_cost: f64,
    pub(super) operation: f64,
    /// Growth of the debt in a step.
    pub(super) growth: f64,
    pub(super) cash: f64,
    pub(super) coins: f64,
    pub(super) debt: f64,
    pub(super) collateral: f64,
    pub(super) owed: f64,
    pub(super) mined: f64,
    pub(super) runs: bool,
    /// Day on which machines that were sold have a new owner.
    pub(super) idle_until: Option<f64>,
}

impl Account {
    pub(super) fn new(miner: &CascadeMiner, runs: bool, step_days: f64) -> Self {
        Self {
            miner: *miner,
            hash_rate: miner.petahashes(),
            energy_per_day: miner.energy_per_day(),
            cash_cost: miner.cash_cost(),
            operation: miner.operation,
            growth: (miner.loan.interest * step_days / DAYS_PER_YEAR).exp_m1(),
            cash: miner.cash,
            coins: miner.coins,
            debt: miner.loan.debt,
            collateral: miner.loan.collateral,
            owed: 0.0,
            mined: 0.0,
            runs,
            idle_until: None,
        }
    }

    pub(super) fn bills_per_day(&self) -> f64 {
        self.operation + if self.runs { self.energy_per_day } else { 0.0 }
    }

    /// Pledged coins beyond what the call demands.
    pub(super) fn releasable(&self, price: f64) -> f64 {
        (self.collateral - self.debt / (price * self.miner.loan.call_ltv)).max(0.0)
    }

    /// Coins ordered to be sold at a price.
    pub(super) fn order(&self, price: f64, mark: f64, sold: f64) -> f64 {
        let available = self.coins + self.releasable(mark);
        (self.owed / price)
            .min(available)
            .max((sold * self.mined).min(self.coins))
    }

    pub(super) fn pay(&mut self, suppliers: &mut f64) {
        let paid = self.owed.min(self.cash);
        self.cash -= paid;
        self.owed -= paid;
        *suppliers += paid;
    }

    pub(super) fn is_beyond(&self, price: f64) -> bool {
        self.debt > self.miner.loan.liquidation_ltv * self.collateral * price
    }
}
