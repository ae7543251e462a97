//! The margin engine on a block of paths: what happens to every path in vectors, what happens to few one by one.

use super::MarginEngine;
use super::lane::{Lane, Ledger, Order};
use super::venue::Depth;
use crate::simulation::vector::{BLOCK, Row, vectorised};
use crate::tail::Side;

/// Paths that are looked at together for whether one of them has an account that falls.
const GROUP: usize = 16;
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
        let decay = self.decay;
        match &self.engine.venue.depth {
            None => self.market = *x,
            Some(depth) => {
                let (consumed, market) = (&mut self.consumed, &mut self.market);
                vectorised(
                    #[inline(always)]
                    || {
                        for ((consumed, market), x) in consumed.iter_mut().zip(market.iter_mut()).zip(x) {
                            *consumed *= decay;
                            *market = x - depth.displacement(*consumed);
                        }
                    },
                );
            }
        }
        let slot = self.step % self.due.len();
        self.execute_due(slot, x);
        let delay = self.published.len();
        if delay == 0 {
            let cascading = self.due.len() == 1;
            let execution = if cascading { Execution::Cascading } else { Execution::Queued };
            self.judge(None, execution, x);
        } else {
            let execution = if self.due.len() == 1 { Execution::AtOnce } else { Execution::Queued };
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
        let mut hit = [false; BLOCK / GROUP];
        let (lower, upper) = (&self.lower, &self.upper);
        vectorised(
            #[inline(always)]
            || {
                let prices = oracle.chunks_exact(GROUP);
                let bounds = lower.chunks_exact(GROUP).zip(upper.chunks_exact(GROUP));
                for ((hit, prices), (lower, upper)) in hit.iter_mut().zip(prices).zip(bounds) {
                    let mut any = false;
                    for i in 0..GROUP {
                        any |= (prices[i] <= lower[i]) | (prices[i] >= upper[i]);
                    }
                    *hit = any;
                }
            },
        );
        for group in (0..BLOCK / GROUP).filter(|group| hit[*group]) {
            for lane in group * GROUP..(group + 1) * GROUP {
                let oracle = published.map_or(self.market[lane], |slot| self.published[slot][lane]);
                if oracle <= self.lower[lane] || oracle >= self.upper[lane] {
                    self.liquidate(lane, oracle, execution, x);
                }
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
        let price = match &self.engine.venue.depth {
            None => undisturbed,
            Some(depth) => undisturbed * self.trade(order, accounts.quantity(&order.range), depth, x),
        };
        self.lanes[lane].settle(order, accounts, price, &self.engine.venue);
    }

    /// Consumes the book's volume; the average price relative to the undisturbed one.
    fn trade(&mut self, order: &Order, quantity: f64, depth: &Depth, x: &Row) -> f64 {
        let lane = order.lane;
        let before = self.consumed[lane];
        let after = match order.side {
            Side::Long => before + quantity,
            Side::Short => before - quantity,
        };
        self.consumed[lane] = after;
        self.market[lane] = x[lane] - depth.displacement(after);
        depth.average_price(before, after)
    }
}
