//! The margin engine on a block of paths: what happens to every path in vectors, what happens to few one by one.

use super::MarginEngine;
use super::lane::{Lane, Order, Record};
use super::venue::Impact;
use crate::liquidity::ImpactShape;
use crate::simulation::process::PriceBlock;
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
    /// late, but at least one.
    market: Vec<Row>,
    /// Log-price below which the next long and above which the next short falls.
    lower: Row,
    upper: Row,
    /// Whether the price in the oldest row of the market is at or beyond a bound.
    flags: [[u8; GROUP]; BLOCK / GROUP],
    /// Liquidations by the step in which they are due, modulo their number.
    due: Vec<Vec<Order>>,
    step: usize,
    impact: Impact,
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
            consumed: Row::ZERO,
            market: vec![Row::ZERO; engine.venue.oracle_delay.max(1) + 1],
            lower: Row::ZERO,
            upper: Row::ZERO,
            flags: [[0; GROUP]; BLOCK / GROUP],
            due: vec![Vec::new(); engine.venue.liquidator_latency + 1],
            step: 0,
            impact: engine.venue.depth.as_ref().map_or(Impact::NONE, Impact::new),
            decay: (-resilience * engine.grid.step_years()).exp(),
        }
    }

    /// Takes every path of a block from its start to the horizon.
    pub(super) fn run(&mut self, prices: &mut PriceBlock, block: u64) {
        vectorised(
            #[inline(always)]
            || {
                prices.start(block);
                self.start();
                for _ in 0..self.engine.grid.steps() {
                    self.step(prices);
                }
                self.finish(&prices.x);
            },
        );
    }

    /// Puts every path to its start.
    #[inline(always)]
    fn start(&mut self) {
        let lane = Lane::new(&self.engine.venue);
        self.lower = Row::of(lane.threshold(Side::Long, self.engine.sides.get(Side::Long)));
        self.upper = Row::of(lane.threshold(Side::Short, self.engine.sides.get(Side::Short)));
        self.lanes.fill(lane);
        self.consumed = Row::ZERO;
        self.market.fill(Row::ZERO);
        self.due.iter_mut().for_each(Vec::clear);
        self.step = 0;
    }

    /// What was recorded of each path.
    pub(super) fn records(&self) -> impl Iterator<Item = &R> {
        self.lanes.iter().map(|lane| &lane.record)
    }

    /// One step, in which the prices go on too.
    #[inline(always)]
    fn step(&mut self, prices: &mut PriceBlock) {
        // Named, so that each loop is compiled for one shape.
        match self.impact.shape() {
            ImpactShape::Linear => self.advance(prices, ImpactShape::Linear),
            ImpactShape::SquareRoot => self.advance(prices, ImpactShape::SquareRoot),
        }
        let now = self.now();
        self.execute_due(self.step % self.due.len(), &prices.x);
        let prompt = self.engine.venue.oracle_delay == 0;
        if prompt {
            self.flag(now);
        }
        let execution = match (prompt, self.due.len()) {
            (true, 1) => Execution::Cascading,
            (false, 1) => Execution::AtOnce,
            _ => Execution::Queued,
        };
        self.judge(if prompt { now } else { self.oldest() }, execution, &prices.x);
        self.step += 1;
    }

    /// The horizon: everything under way is executed, and the accounts are judged on the market's price until none falls.
    #[inline(always)]
    fn finish(&mut self, x: &Row) {
        let later = self.step;
        self.step = later.saturating_sub(1);
        for slot in later..later + self.due.len() {
            self.execute_due(slot % self.due.len(), x);
        }
        self.flag(self.now());
        self.judge(self.now(), Execution::Cascading, x);
    }

    /// The row of the present market prices.
    #[inline(always)]
    fn now(&self) -> usize {
        self.step % self.market.len()
    }

    /// The row of the oldest prices, which a late oracle publishes.
    #[inline(always)]
    fn oldest(&self) -> usize {
        (self.step + 1) % self.market.len()
    }

    /// What happens to every path: its price moves, the book refills for a step, what impact is left is taken from the
    /// log-price, and the oldest price is held against the bounds. In one loop, so that every row is fetched once.
    #[inline(always)]
    fn advance(&mut self, prices: &mut PriceBlock, shape: ImpactShape) {
        let (impact, decay) = (self.impact.shaped(shape), self.decay);
        // There are at least two rows, so that these are not the same.
        let rows = [self.now(), self.oldest()];
        let Ok([market, oldest]) = self.market.get_disjoint_mut(rows) else {
            return;
        };
        let bounds = self
            .lower
            .iter()
            .zip(self.upper.iter())
            .zip(self.flags.as_flattened_mut());
        let rows = self
            .consumed
            .iter_mut()
            .zip(market.iter_mut())
            .zip(oldest.iter())
            .zip(bounds);
        prices.advance(
            self.step,
            rows,
            #[inline(always)]
            |x, (((consumed, market), oldest), ((lower, upper), flag))| {
                *consumed *= decay;
                *market = x - impact.displacement(*consumed);
                *flag = u8::from((*oldest <= *lower) | (*oldest >= *upper));
            },
        );
    }

    /// Holds the prices in a row of the market's against the bounds.
    #[inline(always)]
    fn flag(&mut self, row: usize) {
        let bounds = self.lower.iter().zip(self.upper.iter());
        for ((flag, price), (lower, upper)) in self
            .flags
            .as_flattened_mut()
            .iter_mut()
            .zip(self.market[row].iter())
            .zip(bounds)
        {
            *flag = u8::from((price <= lower) | (price >= upper));
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

    /// Judges the flagged paths on the prices in a row of the market's.
    #[inline(always)]
    fn judge(&mut self, oracle: usize, execution: Execution, x: &Row) {
        // First one bit for every group, without a branch, since there is no guessing where the flags are.
        let groups = self.flags;
        let mut raised = 0u32;
        for (bit, flags) in (0u32..).zip(&groups) {
            raised |= u32::from(u64::from_le_bytes(*flags) != 0) << bit;
        }
        while raised != 0 {
            let group = raised.trailing_zeros() as usize;
            let mut flags = u64::from_le_bytes(groups[group]);
            while flags != 0 {
                let lane = group * GROUP + flags.trailing_zeros() as usize / 8;
                self.liquidate(lane, oracle, execution, x);
                flags &= flags - 1;
            }
            raised &= raised - 1;
        }
    }

    /// Hands the accounts of a path that have fallen at the oracle's price to the liquidators.
    #[inline(always)]
    fn liquidate(&mut self, lane: usize, oracle: usize, execution: Execution, x: &Row) {
        loop {
            let price = self.market[oracle][lane];
            let mut fell = false;
            while let Some(side) = self.reached(lane, price) {
                fell = true;
                let accounts = self.engine.sides.get(side);
                let range = self.lanes[lane].fallen(side, accounts, price);
                let next = accounts.threshold(range.end);
                match side {
                    Side::Long => self.lower[lane] = next,
                    Side::Short => self.upper[lane] = next,
                }
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
    }

    /// A side of a path of which accounts fall at a log-price.
    #[inline(always)]
    fn reached(&self, lane: usize, log_price: f64) -> Option<Side> {
        if log_price <= self.lower[lane] {
            Some(Side::Long)
        } else if log_price >= self.upper[lane] {
            Some(Side::Short)
        } else {
            None
        }
    }

    /// Trades against the book and settles the accounts.
    #[inline(always)]
    fn execute(&mut self, order: &Order, x: &Row) {
        let lane = order.lane;
        let accounts = self.engine.sides.get(order.side);
        let before = self.consumed[lane];
        let after = before + accounts.direction() * accounts.quantity(&order.range);
        let (now, impact) = (self.now(), self.impact);
        self.consumed[lane] = after;
        self.market[now][lane] = x[lane] - impact.displacement(after);
        let price = exp(x[lane] - impact.displacement(before)) * impact.average_price(before, after);
        self.lanes[lane].settle(order, accounts, price, &self.engine.venue);
    }
}

/// The price of a log-price, kept within [`FURTHEST`].
fn exp(log_price: f64) -> f64 {
    log_price.clamp(-FURTHEST, FURTHEST).exp()
}
