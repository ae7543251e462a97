//! The margin engine on a block of paths: what happens to every path in vectors, what happens to few one by one.

use super::MarginEngine;
use super::lane::{Lane, Order, Record};
use super::venue::Impact;
use crate::simulation::vector::{BLOCK, Row, vectorised};
use crate::tail::Side;

/// Flags that are looked at together.
const GROUP: usize = 8;
/// Log-prices beyond which the squares of losses would leave the range of f64.
const FURTHEST: f64 = 200.0;

/// The state of a block. A thread has one and uses it for block after block.
#[derive(Debug)]
pub(super) struct EngineBlock<'a, R> {
    engine: &'a MarginEngine,
    lanes: Vec<Lane<R>>,
    /// Volume that trades have consumed and time has not refilled; sales are positive.
    consumed: Row,
    /// Log-prices after impact, by step modulo their number: the present one and as many before it as the oracle is
    /// late.
    market: Vec<Row>,
    /// Log-price below which the next long and above which the next short falls.
    lower: Row,
    upper: Row,
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

impl<'a, R: Record> EngineBlock<'a, R> {
    pub(super) fn new(engine: &'a MarginEngine) -> Self {
        let resilience = engine.venue.depth.map_or(0.0, |depth| depth.resilience);
        Self {
            engine,
            lanes: vec![Lane::default(); BLOCK],
            consumed: [0.0; BLOCK],
            market: vec![[0.0; BLOCK]; engine.venue.oracle_delay + 1],
            lower: [0.0; BLOCK],
            upper: [0.0; BLOCK],
            due: vec![Vec::new(); engine.venue.liquidator_latency + 1],
            step: 0,
            impact: engine.venue.depth.as_ref().map(Impact::new),
            decay: (-resilience * engine.grid.step_years()).exp(),
        }
    }

    /// Puts every path to its start.
    pub(super) fn start(&mut self) {
        let lane = Lane::new(&self.engine.venue);
        self.lower = [lane.threshold(Side::Long, self.engine.sides.get(Side::Long)); BLOCK];
        self.upper = [lane.threshold(Side::Short, self.engine.sides.get(Side::Short)); BLOCK];
        self.lanes.fill(lane);
        self.consumed = [0.0; BLOCK];
        self.market.fill([0.0; BLOCK]);
        self.due.iter_mut().for_each(Vec::clear);
        self.step = 0;
    }

    /// What was recorded of each path.
    pub(super) fn records(&self) -> impl Iterator<Item = &R> {
        self.lanes.iter().map(|lane| &lane.record)
    }

    /// One step, at whose end the log-prices before impact are `x`.
    pub(super) fn step(&mut self, x: &Row) {
        let now = self.now();
        let market = &mut self.market[now];
        match self.impact {
            None => *market = *x,
            Some(impact) => {
                let (consumed, decay) = (&mut self.consumed, self.decay);
                vectorised(
                    #[inline(always)]
                    || refill(impact, decay, x, consumed, market),
                );
            }
        }
        self.execute_due(self.step % self.due.len(), x);
        let execution = match (self.market.len(), self.due.len()) {
            (1, 1) => Execution::Cascading,
            (_, 1) => Execution::AtOnce,
            _ => Execution::Queued,
        };
        // The row after the present one is the oldest: the oracle's.
        self.judge((now + 1) % self.market.len(), execution, x);
        self.step += 1;
    }

    /// The horizon: everything under way is executed, and the accounts are judged on the market's price until none falls.
    pub(super) fn finish(&mut self, x: &Row) {
        let later = self.step;
        self.step = later.saturating_sub(1);
        for slot in later..later + self.due.len() {
            self.execute_due(slot % self.due.len(), x);
        }
        self.judge(self.now(), Execution::Cascading, x);
    }

    /// The row of the present market prices.
    fn now(&self) -> usize {
        self.step % self.market.len()
    }

    fn execute_due(&mut self, slot: usize, x: &Row) {
        // The list goes back with its memory.
        let mut orders = core::mem::take(&mut self.due[slot]);
        for order in orders.drain(..) {
            self.execute(&order, x);
        }
        self.due[slot] = orders;
    }

    /// Judges every path on the prices in a row of the market's.
    fn judge(&mut self, oracle: usize, execution: Execution, x: &Row) {
        let mut flags = [0u8; BLOCK];
        let (prices, lower, upper) = (&self.market[oracle], &self.lower, &self.upper);
        vectorised(
            #[inline(always)]
            || flag(prices, lower, upper, &mut flags),
        );
        for (group, flags) in flags.as_chunks::<GROUP>().0.iter().enumerate() {
            let mut raised = u64::from_le_bytes(*flags);
            while raised != 0 {
                let lane = group * GROUP + raised.trailing_zeros() as usize / 8;
                self.liquidate(lane, oracle, execution, x);
                raised &= raised - 1;
            }
        }
    }

    /// Hands the accounts of a path that have fallen at the oracle's price to the liquidators.
    fn liquidate(&mut self, lane: usize, oracle: usize, execution: Execution, x: &Row) {
        loop {
            let price = self.market[oracle][lane];
            let mut fell = false;
            for side in [Side::Long, Side::Short] {
                let accounts = self.engine.sides.get(side);
                let Some(range) = self.lanes[lane].fallen(side, accounts, price) else {
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
        }
        let next = &self.lanes[lane];
        self.lower[lane] = next.threshold(Side::Long, self.engine.sides.get(Side::Long));
        self.upper[lane] = next.threshold(Side::Short, self.engine.sides.get(Side::Short));
    }

    /// Trades against the book and settles the accounts.
    fn execute(&mut self, order: &Order, x: &Row) {
        let lane = order.lane;
        let accounts = self.engine.sides.get(order.side);
        let price = match self.impact {
            None => exp(x[lane]),
            Some(impact) => {
                let before = self.consumed[lane];
                let quantity = accounts.quantity(&order.range);
                let after = match order.side {
                    Side::Long => before + quantity,
                    Side::Short => before - quantity,
                };
                let now = self.now();
                self.consumed[lane] = after;
                self.market[now][lane] = x[lane] - impact.displacement(after);
                exp(x[lane] - impact.displacement(before)) * impact.average_price(before, after)
            }
        };
        self.lanes[lane].settle(order, accounts, price, &self.engine.venue);
    }
}

/// The price of a log-price, kept within [`FURTHEST`].
fn exp(log_price: f64) -> f64 {
    log_price.clamp(-FURTHEST, FURTHEST).exp()
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
