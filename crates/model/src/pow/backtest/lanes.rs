//! Days walked at several energy prices side by side: one lane each, so that the inner loop is one instruction over
//! several of them.

use super::Restart;
use crate::pow::{Fleet, Site, TERAHASHES_PER_PETAHASH};

/// Most energy prices at once.
pub const ENERGY_PRICES: usize = 10_000;

/// All machines of one type, with an entry for each lane.
struct Column {
    /// Revenue of a day after the pool's fee, per unit of hashprice.
    revenue: f64,
    /// Cost of a day's energy.
    cost: Vec<f64>,
    /// Revenue of a day at which they run: the cost, or infinity while they wait.
    threshold: Vec<f64>,
    /// Days run so far.
    days: Vec<f64>,
    /// None where they follow the day's margin at once.
    waiting: Option<Waiting>,
}

struct Waiting {
    delay: u32,
    /// Revenue that counts towards a restart.
    sufficient: Vec<f64>,
    /// Days of it in a row; beyond the delay while the machines run.
    waited: Vec<u32>,
}

/// The walk's state.
pub(super) struct Lanes {
    columns: Vec<Column>,
    operation: f64,
    /// Profit of the day.
    net: Vec<f64>,
    revenue: Vec<f64>,
    accumulated: Vec<f64>,
    peak: Vec<f64>,
    drawdown: Vec<f64>,
}

impl Column {
    /// Lets the machines stop, wait or restart at a day's revenue.
    fn wait(&mut self, revenue: f64) {
        let Some(waiting) = &mut self.waiting else {
            return;
        };
        let lanes = self
            .cost
            .iter()
            .zip(&waiting.sufficient)
            .zip(&mut waiting.waited)
            .zip(&mut self.threshold);
        for (((cost, sufficient), waited), threshold) in lanes {
            let is_running = *waited > waiting.delay;
            *waited = match is_running {
                true if revenue >= *cost => *waited,
                false if revenue >= *sufficient => *waited + 1,
                _ => 0,
            };
            *threshold = if *waited > waiting.delay {
                *cost
            } else {
                f64::INFINITY
            };
        }
    }

    /// Adds the day to each lane's profit and revenue.
    fn earn(&mut self, revenue: f64, net: &mut [f64], revenues: &mut [f64]) {
        let lanes = self.cost.iter().zip(&self.threshold).zip(&mut self.days);
        for (((cost, threshold), days), (net, total)) in lanes.zip(net.iter_mut().zip(revenues)) {
            let runs = revenue >= *threshold;
            *net += if runs { revenue - cost } else { 0.0 };
            *total += if runs { revenue } else { 0.0 };
            *days += if runs { 1.0 } else { 0.0 };
        }
    }
}

impl Lanes {
    /// The start, with every machine running.
    pub(super) fn new(fleet: &Fleet, site: &Site, restart: Restart, energy_prices: &[f64]) -> Self {
        let delay = u32::from(restart.delay);
        let zeros = || vec![0.0; energy_prices.len()];
        let columns = fleet.units().iter().map(|unit| {
            let running = unit.count * site.uptime;
            let energy = running * unit.machine.energy_per_day() * site.overhead;
            let cost: Vec<f64> = energy_prices.iter().map(|price| price * energy).collect();
            let waiting = (delay > 0 || restart.margin > 0.0).then(|| Waiting {
                delay,
                sufficient: cost
                    .iter()
                    .map(|cost| cost + (restart.margin * cost).max(0.0))
                    .collect(),
                waited: vec![delay + 1; cost.len()],
            });
            Column {
                revenue: running * unit.machine.hash_rate / TERAHASHES_PER_PETAHASH * (1.0 - site.pool_fee),
                threshold: cost.clone(),
                days: zeros(),
                waiting,
                cost,
            }
        });
        Self {
            columns: columns.collect(),
            operation: site.operation,
            net: zeros(),
            revenue: zeros(),
            accumulated: zeros(),
            peak: zeros(),
            drawdown: zeros(),
        }
    }

    /// One more day.
    pub(super) fn day(&mut self, hashprice: f64) {
        self.net.fill(-self.operation);
        for column in &mut self.columns {
            let revenue = hashprice * column.revenue;
            column.wait(revenue);
            column.earn(revenue, &mut self.net, &mut self.revenue);
        }
        let totals = self.accumulated.iter_mut().zip(&mut self.peak);
        for ((net, (accumulated, peak)), drawdown) in self.net.iter().zip(totals).zip(&mut self.drawdown) {
            *accumulated += net;
            *peak = peak.max(*accumulated);
            *drawdown = drawdown.max(*peak - *accumulated);
        }
    }

    /// Profit so far.
    pub(super) fn accumulated(&self, lane: usize) -> f64 {
        self.accumulated[lane]
    }

    pub(super) fn drawdown(&self, lane: usize) -> f64 {
        self.drawdown[lane]
    }

    /// Revenue so far after the pool's fee.
    pub(super) fn revenue(&self, lane: usize) -> f64 {
        self.revenue[lane]
    }

    /// Cost of energy so far.
    pub(super) fn energy(&self, lane: usize) -> f64 {
        self.columns
            .iter()
            .map(|column| column.days[lane] * column.cost[lane])
            .sum()
    }

    /// Days on which each type ran.
    pub(super) fn running_days(&self, lane: usize) -> impl Iterator<Item = f64> {
        self.columns.iter().map(move |column| column.days[lane])
    }
}
