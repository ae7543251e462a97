//! The machines of a network from one recorded day to the next: the rule of [`CostModel`].

use super::{
    Capacity, CostModel, CostSplit, FleetDynamics, MARGINAL, MachineType, Network, NetworkDay, SupplyCurve,
};
use crate::error::{Result, positive, representable};
use crate::pow::{MiningDay, MiningMarket, TERAHASHES_PER_PETAHASH};
use crate::series::years_between;

/// Installed machines have at most so many times the averaged hash rate: where hardly any can run, no more are bought.
const MOST_INSTALLED: f64 = 4.0;

/// Cost is that of at least this share of the installed hash rate: below, the model's costs and the record contradict each
/// other (see [`NetworkDay::utilisation`]).
const LEAST_RUNNING: f64 = 0.01;

/// Averages and machines on the way through a history.
pub(super) struct Walk<'a> {
    model: &'a CostModel,
    /// Installed of each type, TH/s.
    installed: Vec<f64>,
    /// What was paid for it, on average, quote per PH/s.
    paid: Vec<f64>,
    /// The day before.
    last: Option<Averages>,
}

/// Averages of the record up to a day.
#[derive(Clone, Copy)]
struct Averages {
    time: i64,
    hash_rate: f64,
    hashprice: f64,
    /// Of the hash rate, per year.
    growth: f64,
}

impl<'a> Walk<'a> {
    pub(super) fn new(model: &'a CostModel) -> Self {
        Self {
            model,
            installed: vec![0.0; model.types.len()],
            paid: vec![0.0; model.types.len()],
            last: None,
        }
    }

    /// The network on the next day.
    pub(super) fn step(&mut self, day: &MiningDay) -> Result<Network> {
        let market = MiningMarket::of_day(day)?;
        let now = match self.last {
            None => Averages {
                time: day.time,
                hash_rate: day.hash_rate,
                hashprice: market.hashprice(),
                growth: 0.0,
            },
            Some(before) => {
                self.wear(years_between(before.time, day.time), &before);
                before.after(day, market.hashprice(), &self.model.dynamics)
            }
        };
        self.last = Some(now);
        self.buy(&now);
        self.network(day, market, &now)
    }

    /// Shares of each type that can run at a hashprice.
    fn shares(&self, hashprice: f64) -> Vec<f64> {
        let CostModel {
            types, prices, terms, ..
        } = self.model;
        let share = |machine: &MachineType| {
            prices.share_below(terms.highest_energy_price(hashprice, machine.efficiency))
        };
        types.iter().map(share).collect()
    }

    fn runnable(&self, shares: &[f64]) -> f64 {
        self.installed
            .iter()
            .zip(shares)
            .map(|(hash_rate, share)| hash_rate * share)
            .sum()
    }

    fn wear(&mut self, years: f64, before: &Averages) {
        let dynamics = &self.model.dynamics;
        let shares = self.shares(before.hashprice);
        let runnable = self.runnable(&shares);
        let used = if runnable > 0.0 {
            (before.hash_rate / runnable).min(1.0)
        } else {
            1.0
        };
        for (installed, share) in self.installed.iter_mut().zip(&shares) {
            let idle = 1.0 - share * used;
            *installed *= (-years * (1.0 / dynamics.life + idle / dynamics.idle_life)).exp();
        }
    }

    fn buy(&mut self, now: &Averages) {
        let CostModel {
            types,
            terms,
            dynamics,
            ..
        } = self.model;
        let shares = self.shares(now.hashprice);
        let gap = now.hash_rate - self.runnable(&shares);
        if gap <= 0.0 {
            return;
        }
        let Some(mix) = dynamics.purchases(types, now.time, &shares) else {
            return;
        };
        let runs: f64 = mix.iter().zip(&shares).map(|(part, share)| part * share).sum();
        let installed: f64 = self.installed.iter().sum();
        let room = (MOST_INSTALLED * now.hash_rate - installed).max(0.0);
        let bought = (gap / runs.max(1.0 / MOST_INSTALLED)).min(room);
        for (index, part) in mix.iter().enumerate() {
            let added = bought * part;
            let before = self.installed[index];
            if before + added <= 0.0 {
                continue;
            }
            let energy = terms.energy(types[index].efficiency);
            let paid = self.model.price(now.hashprice, energy, now.growth);
            self.paid[index] = (self.paid[index] * before + paid * added) / (before + added);
            self.installed[index] = before + added;
        }
    }

    fn network(&self, day: &MiningDay, market: MiningMarket, now: &Averages) -> Result<Network> {
        let (hash_rate, hashprice) = (now.hash_rate, now.hashprice);
        let model = self.model;
        let all: f64 = self.installed.iter().sum();
        // what is left of long-gone types is no longer counted
        let kept = |index: &usize| self.installed[*index] > 1e-12 * all;
        let types: Vec<usize> = (0..self.installed.len()).filter(kept).collect();
        let capacities = types
            .iter()
            .map(|index| Capacity {
                hash_rate: self.installed[*index],
                efficiency: model.types[*index].efficiency,
                depreciation: self.paid[*index] / (model.dynamics.life * 365.0),
            })
            .collect();
        let curve = SupplyCurve::new(capacities, model.prices.clone(), model.terms)?;
        let installed = curve.installed();
        let runnable = curve.supplied(hashprice)?;
        let least = LEAST_RUNNING * installed;
        let at = if runnable < least {
            curve.hashprice(least)?
        } else {
            hashprice
        };
        let running = curve.running(at)?;
        // the recorded hash rate, by the mix of what can run
        let scale = hash_rate / running.hash_rate;
        let coins = market.coins * hash_rate / TERAHASHES_PER_PETAHASH;
        let cost = CostSplit {
            electricity: running.cost.electricity * scale / coins,
            operation: running.cost.operation * scale / coins,
            hardware: running.cost.hardware / coins,
        };
        let marginal = curve.hashprice(MARGINAL * running.hash_rate)? / market.coins;
        let day = NetworkDay {
            time: day.time,
            price: day.price,
            coins: market.coins,
            hash_rate,
            hashprice,
            growth: now.growth,
            efficiency: running.power / running.hash_rate / model.terms.overhead,
            power: running.power * scale,
            running: runnable / installed,
            utilisation: hash_rate / runnable.max(least),
            cost,
            marginal,
        };
        positive("cost of a coin", day.cost.total())?;
        representable("cost of a coin", day.price_to_cost())?;
        representable("power of the network", day.power)?;
        representable("marginal cost of a coin", day.marginal)?;
        Ok(Network {
            day,
            curve,
            running_hashprice: at,
            types,
        })
    }
}

impl Averages {
    fn after(&self, day: &MiningDay, hashprice: f64, dynamics: &FleetDynamics) -> Self {
        let days = years_between(self.time, day.time) * 365.0;
        let hash_rate = averaged(self.hash_rate, day.hash_rate, days / dynamics.hash_rate_days);
        let growth = (hash_rate / self.hash_rate).ln() / days * 365.0;
        Self {
            time: day.time,
            hash_rate,
            hashprice: averaged(self.hashprice, hashprice, days / dynamics.hashprice_days),
            growth: averaged(self.growth, growth, days / dynamics.growth_days),
        }
    }
}

/// An exponential average, `periods` time constants later.
fn averaged(before: f64, now: f64, periods: f64) -> f64 {
    before + (now - before) * -(-periods).exp_m1()
}
