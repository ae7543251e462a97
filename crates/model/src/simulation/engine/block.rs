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
    /// Slot of the liquidations that are handed over in this step.
    later: usize,
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
            later: 0,
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
        vectorised(
            #[inline(always)]
            || self.advance(x),
        );
    }

    #[inline(always)]
    fn advance(&mut self, x: &Row) {
        // The row after the present one is the oldest: the oracle's.
        let (now, oracle) = (self.now(), (self.step + 1) % self.market.len());
        self.refill(x, now);
        self.execute_due(self.step % self.due.len(), x);
        let execution = match (self.market.len(), self.due.len()) {
            (1, 1) => Execution::Cascading,
            (_, 1) => Execution::AtOnce,
            _ => Execution::Queued,
        };
        self.later = (self.step + self.due.len() - 1) % self.due.len();
        self.judge(oracle, execution, x);
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
    #[inline(always)]
    fn now(&self) -> usize {
        self.step % self.market.len()
    }

    /// Lets the book refill for a step, and takes the impact that is left from the log-prices.
    #[inline(always)]
    fn refill(&mut self, x: &Row, now: usize) {
        let (consumed, market, decay) = (&mut self.consumed, &mut self.market[now], self.decay);
        let Some(impact) = self.impact else {
            *market = *x;
            return;
        };
        for ((consumed, market), x) in consumed.iter_mut().zip(market).zip(x) {
            *consumed *= decay;
            *market = x - impact.displacement(*consumed);
        }
    }

    #[inline(always)]
    fn execute_due(&mut self, slot: usize, x: &Row) {
        // The list goes back with its memory.
        let mut orders = core::mem::take(&mut self.due[slot]);
        for order in orders.drain(..) {
            self.execute(&order, x);
        }
        self.due[slot] = orders;
    }

    /// Judges every path on the prices in a row of the market's.
    #[inline(always)]
    fn judge(&mut self, oracle: usize, execution: Execution, x: &Row) {
        let mut flags = [0u8; BLOCK];
        let bounds = self.lower.iter().zip(&self.upper);
        for ((flag, price), (lower, upper)) in flags.iter_mut().zip(&self.market[oracle]).zip(bounds) {
            *flag = u8::from((price <= lower) | (price >= upper));
        }
        // First a list of where flags are, without a branch, since there is no guessing where.
        let mut raised = [(0u8, 0u64); BLOCK / GROUP];
        let mut groups = 0;
        for (group, flags) in (0u8..).zip(flags.as_chunks::<GROUP>().0) {
            let flags = u64::from_le_bytes(*flags);
            raised[groups] = (group, flags);
            groups += usize::from(flags != 0);
        }
        for (group, mut flags) in raised.into_iter().take(groups) {
            while flags != 0 {
                let lane = usize::from(group) * GROUP + flags.trailing_zeros() as usize / 8;
                self.liquidate(lane, oracle, execution, x);
                flags &= flags - 1;
            }
        }
    }

    /// Hands the accounts of a path that have fallen at the oracle's price to the liquidators.
    #[inline(always)]
    fn liquidate(&mut self, lane: usize, oracle: usize, execution: Execution, x: &Row) {
        loop {
            let price = self.market[oracle][lane];
            let mut fell = false;
            for side in [Side::Long, Side::Short] {
                let reached = match side {
                    Side::Long => price <= self.lower[lane],
                    Side::Short => price >= self.upper[lane],
                };
                if !reached {
                    continue;
                }
                fell = true;
                let accounts = self.engine.sides.get(side);
                let range = self.lanes[lane].fallen(side, accounts, price);
                match side {
                    Side::Long => self.lower[lane] = accounts.threshold(range.end),
                    Side::Short => self.upper[lane] = accounts.threshold(range.end),
                }
                let order = Order { lane, side, range };
                if execution == Execution::Queued {
                    self.due[self.later].push(order);
                } else {
                    self.execute(&order, x);
                }
            }
            if !fell || execution != Execution::Cascading {
                break;
            }
        }
    }

    /// Trades against the book and settles the accounts.
    #[inline(always)]
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
