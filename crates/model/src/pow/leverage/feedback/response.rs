//! The loop in time: the population's answer to an exogenous fall, without linearising anything.

use super::{Feedback, Steady};
use crate::error::{ModelError, Result, count, positive, representable, within, within_count};
use crate::pow::leverage::Epoch;

const MOST_STEPS: usize = 1_000_000;
/// Rounds of selling within a moment; each brings the price closer to where sales and price agree.
const MOST_ROUNDS: usize = 1_000_000;

/// The state at the end of a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ResponsePoint {
    /// Days since the fall.
    pub days: f64,
    /// ln(price ÷ price of the steady state).
    pub log_price: f64,
    /// Hashprice, quote per PH/s and day.
    pub hashprice: f64,
    /// Hash rate that runs, relative to the steady state.
    pub hash_rate: f64,
    /// Difficulty, relative to the steady state.
    pub difficulty: f64,
    /// Coins a day sold to pay costs or as a share of production.
    pub sales: f64,
    /// Coins sold so far to keep loans within their limits.
    pub forced: f64,
}

/// The population between two moments.
struct State<'a> {
    model: &'a Feedback,
    steady: &'a Steady,
    /// Log-price that the book would have without sales, relative to the steady state with them.
    fundamental: f64,
    consumed: f64,
    epoch: Epoch,
    /// Lowest log-price at which loans against coins were brought to their limit, and hashprice for machines.
    lowest: f64,
    lowest_hashprice: f64,
    collateral: f64,
    forced: f64,
}

impl Feedback {
    /// Lets the exogenous log-price fall by `fall` at the beginning of an epoch and stay there, and steps through `days`
    /// in `steps` steps: the state right after the fall and its forced sales, then after each step. Negative `fall` raises it; nobody borrows more then.
    ///
    /// # Errors
    /// As [`Feedback::gain`]; [`crate::ModelError::OutOfRange`] for a fall beyond ±5, no step or more than a million;
    /// [`crate::ModelError::NotPositive`] for the days; [`crate::ModelError::NotConverged`] where forced sales come to no
    /// end because their gain is one.
    pub fn respond(&self, fall: f64, days: f64, steps: usize) -> Result<Vec<ResponsePoint>> {
        let steady = self.steady()?;
        within("fall of the log-price", fall, -5.0, 5.0)?;
        within_count("steps of the response", steps, 1, MOST_STEPS)?;
        let span = positive("days of the response", days)? / count(steps);
        let running = steady.supply.running(steady.hashprice);
        let mut state = State {
            model: self,
            steady: &steady,
            fundamental: -fall,
            consumed: steady.consumed,
            epoch: Epoch::new(self.rule, running, 0.0)?,
            lowest: 0.0,
            lowest_hashprice: steady.hashprice,
            collateral: self.at_call.collateral,
            forced: 0.0,
        };
        state.sell_forced()?;
        let mut points = vec![state.point(0.0)?];
        for step in 0..steps {
            state.advance(span)?;
            points.push(state.point(span * count(step + 1))?);
        }
        Ok(points)
    }
}

impl State<'_> {
    fn log_price(&self, consumed: f64) -> f64 {
        let impact = &self.steady.impact;
        self.fundamental + impact.displacement(self.steady.consumed) - impact.displacement(consumed)
    }

    /// Hashprice at a log-price: difficulty relative to the steady state's hash rate that runs.
    fn hashprice(&self, log_price: f64) -> f64 {
        let running = self.steady.supply.running(self.steady.hashprice);
        self.steady.hashprice * log_price.exp() * running / self.epoch.difficulty()
    }

    fn hash_rate(&self) -> f64 {
        self.steady
            .supply
            .running(self.hashprice(self.log_price(self.consumed)))
    }

    /// Coins a day.
    fn sales(&self, consumed: f64) -> f64 {
        let log_price = self.log_price(consumed);
        let price = self.model.market.price * log_price.exp();
        self.steady.installed * self.steady.supply.sales(self.hashprice(log_price)) / price
    }

    /// Coins that loans at their limit make miners sell at once when the log-price is this low.
    fn due(&self, log_price: f64) -> f64 {
        let at_call = &self.model.at_call;
        let price = self.model.market.price * log_price.exp();
        // (D − nP)/((C − n)P) = ℓ for the debt D that was ℓ of the collateral at the lowest price so far
        let against_coins = if log_price < self.lowest {
            let excess = (self.lowest - log_price).exp_m1();
            at_call.ltv * self.collateral * excess / (1.0 - at_call.ltv)
        } else {
            0.0
        };
        let worth = |hashprice: f64| {
            at_call.machine_debt * libm::pow(hashprice / self.steady.hashprice, at_call.machine_elasticity)
        };
        let hashprice = self.hashprice(log_price);
        let against_machines = (worth(self.lowest_hashprice) - worth(hashprice)).max(0.0) / price;
        against_coins.min(self.collateral) + against_machines
    }

    /// Sells what loans make miners sell: rounds of sales at the price that the sales before have left, until the price
    /// falls no further; each executed at the price before it (the monotone iteration of Cifuentes, Ferrucci & Shin 2005, "Liquidity risk and contagion").
    fn sell_forced(&mut self) -> Result<()> {
        for _ in 0..MOST_ROUNDS {
            let log_price = self.log_price(self.consumed);
            let due = self.due(log_price);
            if due <= 1e-13 * self.steady.consumed {
                return Ok(());
            }
            let hashprice = self.hashprice(log_price);
            if log_price < self.lowest {
                let excess = (self.lowest - log_price).exp_m1();
                let ltv = self.model.at_call.ltv;
                self.collateral = (self.collateral * (1.0 - ltv * excess / (1.0 - ltv))).max(0.0);
                self.lowest = log_price;
            }
            self.lowest_hashprice = self.lowest_hashprice.min(hashprice);
            self.consumed += due;
            self.forced += due;
        }
        Err(ModelError::NotConverged {
            what: "forced sales within a moment",
            iterations: MOST_ROUNDS,
        })
    }

    /// Sales and recovery of the book over a step by the midpoint rule (Runge 1895), then the epoch, then what is forced.
    fn advance(&mut self, days: f64) -> Result<()> {
        let resilience = self.steady.resilience;
        let slope = |consumed: f64| self.sales(consumed) - resilience * consumed;
        let half = (0.5 * days).mul_add(slope(self.consumed), self.consumed).max(0.0);
        let consumed = days.mul_add(slope(half), self.consumed).max(0.0);
        self.consumed = consumed;
        let hash_rate = self.hash_rate();
        self.epoch.advance(hash_rate, days);
        self.sell_forced()
    }

    fn point(&self, days: f64) -> Result<ResponsePoint> {
        let log_price = self.log_price(self.consumed);
        let running = self.steady.supply.running(self.steady.hashprice);
        Ok(ResponsePoint {
            days,
            log_price: representable("log-price of the response", log_price)?,
            hashprice: self.hashprice(log_price),
            hash_rate: self.hash_rate() / running,
            difficulty: self.epoch.difficulty() / running,
            sales: representable("sales of the response", self.sales(self.consumed))?,
            forced: self.forced,
        })
    }
}
