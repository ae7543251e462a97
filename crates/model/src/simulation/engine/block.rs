//! The margin engine on a block of paths: what happens to every path in vectors, what happens to few one by one.

use super::MarginEngine;
use super::lane::{Lane, Ledger, Order};
use super::venue::Impact;
use crate::simulation::vector::{BLOCK, Row, vectorised};
use crate::tail::Side;

/// Flags that are looked at together.
const GROUP: usize = 8;
/// Log-prices beyond which an exponential would leave the range of f64.
const FURTHEST: f64 = 500.0;

/// The state of a block. A thread has one and uses it for block after block.
#[derive(Debug)]
pub(super) struct EngineBlock<'a> {
    engine: &'a MarginEngine,
    lanes: Vec<Lane>,
    /// Volume that trades have consumed and time has not refilled; sales are positive.
    consumed: Row,
    /// Log-price after impact.
    market: Row,
    /// Log-price below which the next long and above which the next short falls.
    lower: Row,
    upper: Row,
    /// Market prices of the last steps, as many as the oracle is late.
    published: Vec<Row>,
    /// Liquidations by the step in which they are due, modulo their number.
    due: Vec<Vec<Order>>,
    step: usize,
    impact: Option<Impact>,
    decay: f64,
}

/// When a fallen account is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Execution {
    /// After the liquidators' latency.
    Queued,
    /// At once, after which the same oracle price holds.
    AtOnce,
    /// At once, after which the accounts are judged on the new price.
    Cascading,
}

impl<'a> EngineBlock<'a> {
    pub(super) fn new(engine: &'a MarginEngine) -> Self {
        let resilience = engine.venue.depth.map_or(0.0, |depth| depth.resilience);
        Self {
            engine,
            lanes: vec![Lane::default(); BLOCK],
            consumed: [0.0; BLOCK],
            market: [0.0; BLOCK],
            lower: [0.0; BLOCK],
            upper: [0.0; BLOCK],
            published: vec![[0.0; BLOCK]; engine.venue.oracle_delay],
            due: vec![Vec::new(); engine.venue.liquidator_latency + 1],
            step: 0,
            impact: engine.venue.depth.as_ref().map(Impact::new),
            decay: (-resilience * engine.grid.step_years()).exp(),
        }
    }

    /// Puts every path to its start.
    pub(super) fn start(&mut self) {
        let mut lane = Lane::new(&self.engine.venue);
        self.lower = [lane.threshold(Side::Long, self.engine.sides.get(Side::Long)); BLOCK];
        self.upper = [lane.threshold(Side::Short, self.engine.sides.get(Side::Short)); BLOCK];
        self.lanes.fill(lane);
        self.consumed = [0.0; BLOCK];
        self.published.fill([0.0; BLOCK]);
        self.due.iter_mut().for_each(Vec::clear);
        self.step = 0;
    }

    pub(super) fn ledger(&self, lane: usize) -> &Ledger {
        &self.lanes[lane].ledger
    }

    /// One step, at whose end the log-prices before impact are `x`.
    pub(super) fn step(&mut self, x: &Row) {
        match &self.impact {
            None => self.market = *x,
            Some(impact) => {
                let (impact, decay) = (*impact, self.decay);
                let (consumed, market) = (&mut self.consumed, &mut self.market);
                vectorised(
                    #[inline(always)]
                    || refill(impact, decay, x, consumed, market),
                );
            }
        }
        let slot = self.step % self.due.len();
        self.execute_due(slot, x);
        let delay = self.published.len();
        if delay == 0 {
            let cascading = self.due.len() == 1;
            let execution = if cascading {
                Execution::Cascading
            } else {
                Execution::Queued
            };
            self.judge(None, execution, x);
        } else {
            let execution = if self.due.len() == 1 {
                Execution::AtOnce
            } else {
                Execution::Queued
            };
            let slot = self.step % delay;
            self.judge(Some(slot), execution, x);
            self.published[slot] = self.market;
        }
        self.step += 1;
    }

    /// The horizon: everything under way is executed, and the accounts are judged on the market's price until none falls.
    pub(super) fn finish(&mut self, x: &Row) {
        for later in 0..self.due.len() {
            self.execute_due((self.step + later) % self.due.len(), x);
        }
        self.judge(None, Execution::Cascading, x);
    }

    fn execute_due(&mut self, slot: usize, x: &Row) {
        // The list goes back with its memory.
        let mut orders = core::mem::take(&mut self.due[slot]);
        for order in orders.drain(..) {
            self.execute(&order, x);
        }
        self.due[slot] = orders;
    }

    /// Judges every path on the market's price or on the one in a slot of the published prices.
    fn judge(&mut self, published: Option<usize>, execution: Execution, x: &Row) {
        let oracle = published.map_or(&self.market, |slot| &self.published[slot]);
        let mut flags = [0u8; BLOCK];
        let (lower, upper) = (&self.lower, &self.upper);
        vectorised(
            #[inline(always)]
            || flag(oracle, lower, upper, &mut flags),
        );
        for (group, flags) in flags.as_chunks::<GROUP>().0.iter().enumerate() {
            if u64::from_ne_bytes(*flags) == 0 {
                continue;
            }
            for (i, _) in flags.iter().enumerate().filter(|(_, flag)| **flag != 0) {
                let lane = group * GROUP + i;
                let oracle = published.map_or(self.market[lane], |slot| self.published[slot][lane]);
                self.liquidate(lane, oracle, execution, x);
            }
        }
    }

    /// Hands the accounts of a path that have fallen at the oracle's price to the liquidators.
    fn liquidate(&mut self, lane: usize, mut oracle: f64, execution: Execution, x: &Row) {
        loop {
            let mut fell = false;
            for side in [Side::Long, Side::Short] {
                let accounts = self.engine.sides.get(side);
                let Some(range) = self.lanes[lane].fallen(side, accounts, oracle) else {
                    continue;
                };
                fell = true;
                let order = Order { lane, side, range };
                if execution == Execution::Queued {
                    let latency = self.due.len() - 1;
                    let slot = (self.step + latency) % self.due.len();
                    self.due[slot].push(order);
                } else {
                    self.execute(&order, x);
                }
            }
            if !fell || execution != Execution::Cascading {
                break;
            }
            oracle = self.market[lane];
        }
        let next = &mut self.lanes[lane];
        self.lower[lane] = next.threshold(Side::Long, self.engine.sides.get(Side::Long));
        self.upper[lane] = next.threshold(Side::Short, self.engine.sides.get(Side::Short));
    }

    /// Trades against the book and settles the accounts.
    fn execute(&mut self, order: &Order, x: &Row) {
        let lane = order.lane;
        let accounts = self.engine.sides.get(order.side);
        let undisturbed = x[lane].clamp(-FURTHEST, FURTHEST).exp();
        let price = match self.impact {
            None => undisturbed,
            Some(impact) => undisturbed * self.trade(order, accounts.quantity(&order.range), impact, x),
        };
        self.lanes[lane].settle(order, accounts, price, &self.engine.venue);
    }

    /// Consumes the book's volume; the average price relative to the undisturbed one.
    fn trade(&mut self, order: &Order, quantity: f64, impact: Impact, x: &Row) -> f64 {
        let lane = order.lane;
        let before = self.consumed[lane];
        let after = match order.side {
            Side::Long => before + quantity,
            Side::Short => before - quantity,
        };
        self.consumed[lane] = after;
        self.market[lane] = x[lane] - impact.displacement(after);
        impact.average_price(before, after)
    }
}

/// Lets the book refill for a step, and takes the impact that is left from the log-prices.
#[inline(always)]
fn refill(impact: Impact, decay: f64, x: &Row, consumed: &mut Row, market: &mut Row) {
    for ((consumed, market), x) in consumed.iter_mut().zip(market).zip(x) {
        *consumed *= decay;
        *market = x - impact.displacement(*consumed);
    }
}

/// Flags the paths whose oracle price is at or beyond a bound.
#[inline(always)]
fn flag(oracle: &Row, lower: &Row, upper: &Row, flags: &mut [u8; BLOCK]) {
    for (((flag, price), lower), upper) in flags.iter_mut().zip(oracle).zip(lower).zip(upper) {
        *flag = u8::from((price <= lower) | (price >= upper));
    }
}
