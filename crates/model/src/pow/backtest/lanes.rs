//! Days walked at several energy prices side by side, one lane each. A group of lanes goes through all days for one type
//! after the other, so that what is kept of them stays in registers and one instruction works on several lanes.

use super::Restart;
use crate::pow::{Fleet, Site, TERAHASHES_PER_PETAHASH};
use crate::vector::vectorised;

/// Most energy prices at once.
pub const ENERGY_PRICES: usize = 10_000;

/// Lanes of a group.
const WIDTH: usize = 8;

type Row = [f64; WIDTH];

/// All machines of one type.
struct Column {
    /// Revenue of a day after the pool's fee, per unit of hashprice.
    revenue: f64,
    /// Energy of a day at the meter, kWh.
    energy: f64,
    groups: Vec<Group>,
}

/// The machines of a type in a group of lanes.
#[derive(Clone, Copy)]
struct Group {
    /// Cost of a day's energy; infinite in lanes that are not used.
    cost: Row,
    /// Revenue that counts towards a restart.
    sufficient: Row,
    /// Days of it in a row; beyond the delay while the machines run.
    waited: Row,
    /// Days run so far.
    days: Row,
    /// Revenue less energy so far.
    gained: Row,
}

/// Profit of a group of lanes so far.
#[derive(Clone, Copy)]
struct Totals {
    accumulated: Row,
    peak: Row,
    drawdown: Row,
}

/// The walk's state.
pub(super) struct Lanes {
    columns: Vec<Column>,
    totals: Vec<Totals>,
    operation: f64,
    /// Days of a sufficient revenue to be seen before a restart; none where machines follow the day's margin at once.
    delay: Option<f64>,
}

impl Group {
    /// Adds days of these hashprices to the profit of each.
    #[inline(always)]
    fn walk(&mut self, hashprices: &[f64], per_hashprice: f64, days: &mut [Row]) {
        // of its own for each, so that they stay in registers
        let cost = self.cost;
        let (mut gained, mut ran) = ([0.0; WIDTH], [0.0; WIDTH]);
        for (hashprice, net) in hashprices.iter().zip(days) {
            let revenue = hashprice * per_hashprice;
            for lane in 0..WIDTH {
                let margin = revenue - cost[lane];
                let runs = margin >= 0.0;
                let gain = if runs { margin } else { 0.0 };
                net[lane] += gain;
                gained[lane] += gain;
                ran[lane] += if runs { 1.0 } else { 0.0 };
            }
        }
        for lane in 0..WIDTH {
            self.gained[lane] += gained[lane];
            self.days[lane] += ran[lane];
        }
    }

    /// Adds a day of this revenue to its profit, where machines wait before they restart.
    #[inline(always)]
    fn day_with_waiting(&mut self, revenue: f64, delay: f64, net: &mut Row) {
        for (lane, net) in net.iter_mut().enumerate() {
            let waited = self.waited[lane];
            let ran = waited > delay;
            let stays = ran && revenue >= self.cost[lane];
            let counts = !ran && revenue >= self.sufficient[lane];
            self.waited[lane] = if stays {
                waited
            } else if counts {
                waited + 1.0
            } else {
                0.0
            };
            let runs = self.waited[lane] > delay;
            let gain = if runs { revenue - self.cost[lane] } else { 0.0 };
            *net += gain;
            self.gained[lane] += gain;
            self.days[lane] += if runs { 1.0 } else { 0.0 };
        }
    }
}

impl Totals {
    #[inline(always)]
    fn day(&mut self, net: &Row) {
        for (lane, net) in net.iter().enumerate() {
            self.accumulated[lane] += net;
            self.peak[lane] = self.peak[lane].max(self.accumulated[lane]);
            self.drawdown[lane] = self.drawdown[lane].max(self.peak[lane] - self.accumulated[lane]);
        }
    }
}

impl Lanes {
    /// The start, with every machine running.
    pub(super) fn new(fleet: &Fleet, site: &Site, restart: Restart, energy_prices: &[f64]) -> Self {
        let delay = f64::from(restart.delay);
        let columns: Vec<Column> = fleet
            .units()
            .iter()
            .map(|unit| {
                let running = unit.count * site.uptime;
                let energy = running * unit.machine.energy_per_day() * site.overhead;
                let group = |prices: &[f64]| {
                    let mut cost = [f64::INFINITY; WIDTH];
                    for (cost, price) in cost.iter_mut().zip(prices) {
                        *cost = price * energy;
                    }
                    Group {
                        cost,
                        sufficient: cost.map(|cost| cost + (restart.margin * cost).max(0.0)),
                        waited: [delay + 1.0; WIDTH],
                        days: [0.0; WIDTH],
                        gained: [0.0; WIDTH],
                    }
                };
                Column {
                    revenue: running * unit.machine.hash_rate / TERAHASHES_PER_PETAHASH
                        * (1.0 - site.pool_fee),
                    energy,
                    groups: energy_prices.chunks(WIDTH).map(group).collect(),
                }
            })
            .collect();
        let nothing = Totals {
            accumulated: [0.0; WIDTH],
            peak: [0.0; WIDTH],
            drawdown: [0.0; WIDTH],
        };
        Self {
            columns,
            totals: vec![nothing; energy_prices.len().div_ceil(WIDTH)],
            operation: site.operation,
            delay: (restart != Restart::default()).then_some(delay),
        }
    }

    /// More days.
    pub(super) fn walk(&mut self, hashprices: &[f64]) {
        let mut days = vec![[0.0; WIDTH]; hashprices.len()];
        for group in 0..self.totals.len() {
            vectorised(
                #[inline(always)]
                || self.walk_group(group, hashprices, &mut days),
            );
        }
    }

    /// More days in one group of lanes; `days` holds the profit of each.
    #[inline(always)]
    fn walk_group(&mut self, group: usize, hashprices: &[f64], days: &mut [Row]) {
        days.fill([-self.operation; WIDTH]);
        for column in &mut self.columns {
            let mut own = column.groups[group];
            match self.delay {
                None => own.walk(hashprices, column.revenue, days),
                Some(delay) => {
                    for (hashprice, net) in hashprices.iter().zip(days.iter_mut()) {
                        own.day_with_waiting(hashprice * column.revenue, delay, net);
                    }
                }
            }
            column.groups[group] = own;
        }
        let mut totals = self.totals[group];
        for net in days.iter() {
            totals.day(net);
        }
        self.totals[group] = totals;
    }

    /// Profit so far.
    pub(super) fn accumulated(&self, lane: usize) -> f64 {
        self.totals[lane / WIDTH].accumulated[lane % WIDTH]
    }

    pub(super) fn drawdown(&self, lane: usize) -> f64 {
        self.totals[lane / WIDTH].drawdown[lane % WIDTH]
    }

    /// Revenue so far after the pool's fee, at a price of energy.
    pub(super) fn revenue(&self, lane: usize, price: f64) -> f64 {
        let gained: f64 = self
            .groups(lane)
            .map(|(_, group)| group.gained[lane % WIDTH])
            .sum();
        gained + self.energy(lane, price)
    }

    /// Cost of energy so far at a price.
    pub(super) fn energy(&self, lane: usize, price: f64) -> f64 {
        let kilowatt_hours: f64 = self
            .groups(lane)
            .map(|(column, group)| column.energy * group.days[lane % WIDTH])
            .sum();
        price * kilowatt_hours
    }

    /// Days on which each type ran.
    pub(super) fn running_days(&self, lane: usize) -> impl Iterator<Item = f64> {
        self.groups(lane).map(move |(_, group)| group.days[lane % WIDTH])
    }

    fn groups(&self, lane: usize) -> impl Iterator<Item = (&Column, &Group)> {
        self.columns
            .iter()
            .map(move |column| (column, &column.groups[lane / WIDTH]))
    }
}
