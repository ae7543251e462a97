//! The network's machines day by day, and what a coin cost.

use super::{Capacity, CostSplit, EnergyPrices, FleetDynamics, MachineType, SupplyCurve, Terms};
use crate::error::{ModelError, Result, at_least, positive, representable};
use crate::pow::{MiningDay, MiningHistory, MiningMarket, TERAHASHES_PER_PETAHASH};
use crate::series::years_between;

/// A vintage model of a network: each day's net additions of hash rate are the machines then sold.
///
/// A type's machines wear out at the rate 1/life, those that stand still at 1/idle life besides. Of what is installed, the
/// share whose energy is cheap enough at the averaged hashprice runs ([`SupplyCurve`]). Where that is less than the averaged
/// recorded hash rate, the gap is bought, by type as [`FleetDynamics`] has it; where it is more, the rest stands still for
/// another reason than cost. Hash rate is thus the recorded one, always, and the model only says by which machines.
#[derive(Debug, Clone, PartialEq)]
pub struct CostModel {
    types: Vec<MachineType>,
    prices: EnergyPrices,
    terms: Terms,
    dynamics: FleetDynamics,
}

/// The network on a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    /// Its figures.
    pub day: NetworkDay,
    /// What is installed, and at which hashprice how much of it runs.
    pub curve: SupplyCurve,
    /// The averaged hashprice, or the higher one at which a hundredth of what is installed runs.
    pub running_hashprice: f64,
    /// For each type of the curve, its place in the model's list.
    pub types: Vec<usize>,
}

/// Figures of a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NetworkDay {
    /// Start of the day, Unix seconds.
    pub time: i64,
    /// Recorded price of a coin, quote.
    pub price: f64,
    /// Recorded coins per PH/s and day.
    pub coins: f64,
    /// Averaged hash rate, TH/s.
    pub hash_rate: f64,
    /// Averaged hashprice, quote per PH/s and day.
    pub hashprice: f64,
    /// Mean efficiency of the machines that run, J/TH.
    pub efficiency: f64,
    /// Power at the meter, watts.
    pub power: f64,
    /// Share of the installed hash rate that can run at the averaged hashprice.
    pub running: f64,
    /// Averaged recorded hash rate ÷ hash rate that can run: below one, some stands still that could; above one, more runs
    /// than the model's costs allow.
    pub utilisation: f64,
    /// Mean cost of a coin, quote.
    pub cost: CostSplit,
    /// Cost of a coin, without hardware, to the miner whom [`MARGINAL`] of the running hash rate undercuts.
    pub marginal: f64,
}

/// Share of the running hash rate that is cheaper than the marginal miner.
pub const MARGINAL: f64 = 0.9;

/// Installed machines have at most so many times the averaged hash rate: where hardly any can run, no more are bought.
const MOST_INSTALLED: f64 = 4.0;

/// Cost is that of at least this share of the installed hash rate: below, the model's costs and the record contradict each
/// other (see [`NetworkDay::utilisation`]).
const LEAST_RUNNING: f64 = 0.01;

impl CostModel {
    /// A model of at least one type of machine.
    ///
    /// # Errors
    /// [`ModelError`] naming the first figure outside its domain.
    pub fn new(
        types: Vec<MachineType>,
        prices: EnergyPrices,
        terms: Terms,
        dynamics: FleetDynamics,
    ) -> Result<Self> {
        at_least("types of machines", 1, types.len())?;
        for machine in &types {
            machine.checked()?;
            positive("energy of a PH/s and day", terms.energy(machine.efficiency))?;
            representable("energy of a PH/s and day", terms.energy(machine.efficiency))?;
        }
        Ok(Self {
            types,
            prices,
            terms: terms.checked()?,
            dynamics: dynamics.checked()?,
        })
    }

    /// The types.
    #[must_use]
    pub fn types(&self) -> &[MachineType] {
        &self.types
    }

    /// The network on each day from the first on which a machine is sold.
    pub fn networks<'a>(&'a self, history: &'a MiningHistory) -> impl Iterator<Item = Result<Network>> + 'a {
        let first = self.types.iter().map(|machine| machine.release).min();
        let days = history
            .days()
            .iter()
            .skip_while(move |day| first.is_none_or(|first| day.time < first));
        let mut walk = Walk::new(self);
        days.map(move |day| walk.step(day))
    }

    /// The figures of each day from the first on which a machine is sold.
    ///
    /// # Errors
    /// [`ModelError::TooFew`] where no day is that late; [`ModelError::Overflow`].
    pub fn days(&self, history: &MiningHistory) -> Result<Vec<NetworkDay>> {
        let days = self
            .networks(history)
            .map(|network| network.map(|network| network.day))
            .collect::<Result<Vec<_>>>()?;
        at_least("days on which a machine was sold", 1, days.len())?;
        Ok(days)
    }

    /// The network on the last recorded day at or before a time.
    ///
    /// # Errors
    /// [`ModelError::TooFew`] where there is none on which a machine was sold; [`ModelError::Overflow`].
    pub fn network(&self, history: &MiningHistory, time: i64) -> Result<Network> {
        let mut last = None;
        for network in self.networks(history) {
            let network = network?;
            if network.day.time > time {
                break;
            }
            last = Some(network);
        }
        last.ok_or(ModelError::TooFew {
            what: "days on which a machine was sold, by the time asked for",
            needed: 1,
            got: 0,
        })
    }
}

impl NetworkDay {
    /// Price ÷ mean cost of a coin, hardware included.
    #[must_use]
    pub fn price_to_cost(&self) -> f64 {
        self.price / self.cost.total()
    }

    /// Energy of a year at this power, TWh.
    #[must_use]
    pub fn annual_energy(&self) -> f64 {
        self.power * 8_760.0 / 1e12
    }
}

/// Averages and machines on the way through a history.
struct Walk<'a> {
    model: &'a CostModel,
    /// Installed of each type, TH/s.
    installed: Vec<f64>,
    /// What was paid for it, on average, quote per PH/s.
    paid: Vec<f64>,
    /// Time, averaged hash rate, averaged hashprice.
    last: Option<(i64, f64, f64)>,
}

impl<'a> Walk<'a> {
    fn new(model: &'a CostModel) -> Self {
        Self {
            model,
            installed: vec![0.0; model.types.len()],
            paid: vec![0.0; model.types.len()],
            last: None,
        }
    }

    fn step(&mut self, day: &MiningDay) -> Result<Network> {
        let market = MiningMarket::of_day(day)?;
        let dynamics = &self.model.dynamics;
        let (hash_rate, hashprice) = match self.last {
            None => (day.hash_rate, market.hashprice()),
            Some((before, hash_rate, hashprice)) => {
                let years = years_between(before, day.time);
                self.wear(years, hash_rate, hashprice);
                let days = years * 365.0;
                (
                    averaged(hash_rate, day.hash_rate, days / dynamics.hash_rate_days),
                    averaged(hashprice, market.hashprice(), days / dynamics.hashprice_days),
                )
            }
        };
        self.last = Some((day.time, hash_rate, hashprice));
        self.buy(day.time, hash_rate, hashprice);
        self.network(day, market, hash_rate, hashprice)
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

    fn wear(&mut self, years: f64, hash_rate: f64, hashprice: f64) {
        let dynamics = &self.model.dynamics;
        let shares = self.shares(hashprice);
        let runnable = self.runnable(&shares);
        let used = if runnable > 0.0 {
            (hash_rate / runnable).min(1.0)
        } else {
            1.0
        };
        for (installed, share) in self.installed.iter_mut().zip(&shares) {
            let idle = 1.0 - share * used;
            *installed *= (-years * (1.0 / dynamics.life + idle / dynamics.idle_life)).exp();
        }
    }

    fn buy(&mut self, time: i64, hash_rate: f64, hashprice: f64) {
        let CostModel {
            types,
            prices,
            terms,
            dynamics,
        } = self.model;
        let shares = self.shares(hashprice);
        let gap = hash_rate - self.runnable(&shares);
        if gap <= 0.0 {
            return;
        }
        let Some(mix) = dynamics.purchases(types, time, &shares) else {
            return;
        };
        let runs: f64 = mix.iter().zip(&shares).map(|(part, share)| part * share).sum();
        let installed: f64 = self.installed.iter().sum();
        let room = (MOST_INSTALLED * hash_rate - installed).max(0.0);
        let bought = (gap / runs.max(1.0 / MOST_INSTALLED)).min(room);
        for (index, part) in mix.iter().enumerate() {
            let added = bought * part;
            let before = self.installed[index];
            if before + added <= 0.0 {
                continue;
            }
            let energy = terms.energy(types[index].efficiency) * (prices.mean() + terms.operation);
            let margin = (hashprice * (1.0 - terms.pool_fee) - energy).max(0.0);
            let paid = dynamics.payback * margin;
            self.paid[index] = (self.paid[index] * before + paid * added) / (before + added);
            self.installed[index] = before + added;
        }
    }

    fn network(
        &self,
        day: &MiningDay,
        market: MiningMarket,
        hash_rate: f64,
        hashprice: f64,
    ) -> Result<Network> {
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

/// An exponential average, `periods` time constants later.
fn averaged(before: f64, now: f64, periods: f64) -> f64 {
    before + (now - before) * -(-periods).exp_m1()
}

#[cfg(test)]
mod tests;
