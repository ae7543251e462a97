//! Who stops and who comes back when hashprice moves, and how difficulty follows.

use super::{SupplyCurve, Terms};
use crate::error::{Result, at_least, count, non_negative, positive, representable, within};
use crate::pow::difficulty::Retarget;
use crate::pow::{PowChain, SECONDS_PER_DAY, TERAHASHES_PER_PETAHASH};

/// How miners act on their margin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShutOff {
    /// Mean days from a loss to the stop.
    pub stop_days: f64,
    /// Mean days from a margin to the restart.
    pub restart_days: f64,
    /// Share by which hashprice must exceed the break-even before machines restart.
    pub restart_margin: f64,
}

/// Machines of one type at one price of energy.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cell {
    /// Hash rate, TH/s.
    hash_rate: f64,
    /// Hashprice at which they break even.
    break_even: f64,
    /// Share that runs.
    running: f64,
}

/// A network on its way through changing hashprices; machines are neither bought nor scrapped.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    cells: Vec<Cell>,
    rules: ShutOff,
}

/// A day of [`follow`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ResponseDay {
    /// Hashprice, quote per PH/s and day.
    pub hashprice: f64,
    /// Hash rate at the end of the day, TH/s.
    pub hash_rate: f64,
    /// Hash rate at which blocks would come on target at the day's difficulty, TH/s.
    pub on_target: f64,
}

/// Equally likely prices of energy for each type of machine.
const PRICES: u8 = 50;

impl ShutOff {
    /// Two weeks to stop (set by the fall of November 2018; later ones test it), two to restart, and 10 % of margin before
    /// anyone does.
    pub const DEFAULT: Self = Self {
        stop_days: 14.0,
        restart_days: 14.0,
        restart_margin: 0.1,
    };

    /// The rules, if every figure lies in its domain.
    ///
    /// # Errors
    /// [`crate::ModelError`] naming the first that does not.
    pub fn checked(self) -> Result<Self> {
        within(
            "days to stop",
            positive("days to stop", self.stop_days)?,
            0.0,
            1e6,
        )?;
        within(
            "days to restart",
            positive("days to restart", self.restart_days)?,
            0.0,
            1e6,
        )?;
        within("margin before a restart", self.restart_margin, 0.0, 1e3)?;
        Ok(self)
    }
}

impl Response {
    /// A network in which, to begin with, those run who break even at a hashprice.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`], [`crate::ModelError::NotPositive`], [`crate::ModelError::NotFinite`] for the rules
    /// and the hashprice.
    pub fn new(curve: &SupplyCurve, rules: ShutOff, hashprice: f64) -> Result<Self> {
        let rules = rules.checked()?;
        let hashprice = non_negative("hashprice", hashprice)?;
        let prices = (0..PRICES)
            .map(|i| curve.prices().quantile((f64::from(i) + 0.5) / f64::from(PRICES)))
            .collect::<Result<Vec<_>>>()?;
        let terms: Terms = curve.terms();
        let mut cells = Vec::with_capacity(curve.capacities().len() * prices.len());
        for capacity in curve.capacities() {
            for price in &prices {
                let energy = terms.energy(capacity.efficiency);
                let break_even = representable(
                    "break-even hashprice",
                    energy * (price + terms.operation) / (1.0 - terms.pool_fee),
                )?;
                cells.push(Cell {
                    hash_rate: capacity.hash_rate / f64::from(PRICES),
                    break_even,
                    running: f64::from(u8::from(hashprice >= break_even)),
                });
            }
        }
        Ok(Self { cells, rules })
    }

    /// Hash rate that runs, TH/s.
    #[must_use]
    pub fn hash_rate(&self) -> f64 {
        self.cells.iter().map(|cell| cell.hash_rate * cell.running).sum()
    }

    /// Lets so many days pass at a hashprice; the hash rate after them. Machines at a loss stop at the rate 1/stop days, machines
    /// with the margin that a restart needs come back at the rate 1/restart days, and between the two nothing changes.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for a negative hashprice or time, [`crate::ModelError::NotFinite`].
    pub fn advance(&mut self, hashprice: f64, days: f64) -> Result<f64> {
        let hashprice = non_negative("hashprice", hashprice)?;
        let days = non_negative("days", days)?;
        let rules = self.rules;
        for cell in &mut self.cells {
            if hashprice < cell.break_even {
                cell.running *= (-days / rules.stop_days).exp();
            } else if hashprice >= cell.break_even * (1.0 + rules.restart_margin) {
                cell.running += (1.0 - cell.running) * -(-days / rules.restart_days).exp_m1();
            }
        }
        Ok(self.hash_rate())
    }
}

/// The network's answer to daily prices of a coin, from rest at the first: hashprice follows from price and difficulty, hash rate
/// from hashprice, difficulty from the blocks that the hash rate finds.
///
/// `reward` is what a block pays, coins.
///
/// # Errors
/// [`crate::ModelError::TooFew`] without prices; [`crate::ModelError::NotPositive`], [`crate::ModelError::OutOfRange`],
/// [`crate::ModelError::NotFinite`] for figures outside their domain, [`crate::ModelError::Overflow`].
pub fn follow(
    curve: &SupplyCurve,
    rules: ShutOff,
    chain: &PowChain,
    retarget: Retarget,
    reward: f64,
    prices: &[f64],
) -> Result<Vec<ResponseDay>> {
    at_least("prices of a coin", 1, prices.len())?;
    for price in prices {
        positive("price of a coin", *price)?;
    }
    positive("block reward", reward)?;
    match retarget {
        Retarget::Windows(rule) => positive("blocks between two retargets", f64::from(rule.blocks))?,
        Retarget::EveryBlock { time_constant } => positive("time constant of the difficulty", time_constant)?,
    };
    let a_day = chain.blocks_per_day()?;
    let coins = representable("coins per day", reward * a_day)?;
    let rest = curve.equilibrium(representable("revenue of miners", coins * prices[0])?)?;
    let mut network = Response::new(curve, rules, rest)?;
    let mut on_target = positive("hash rate at rest", network.hash_rate())?;
    let (mut found, mut days) = (0.0, 0.0);
    let mut answer = Vec::with_capacity(prices.len());
    for price in prices {
        let hashprice = representable("hashprice", price * coins * TERAHASHES_PER_PETAHASH / on_target)?;
        let hash_rate = network.advance(hashprice, 1.0)?;
        answer.push(ResponseDay {
            hashprice,
            hash_rate,
            on_target,
        });
        match retarget {
            Retarget::Windows(rule) => {
                let pace = a_day * hash_rate / on_target;
                found += pace;
                days += 1.0;
                let over = found - f64::from(rule.blocks);
                if over >= 0.0 {
                    // the part of this day that was after the last block of the period
                    let late = (over / pace).min(1.0);
                    on_target *= rule.log_change((days - late) * SECONDS_PER_DAY)?.exp();
                    (found, days) = (a_day * hash_rate / on_target * late, late);
                }
            }
            Retarget::EveryBlock { time_constant } => {
                on_target *= (hash_rate / on_target).powf(-(-1.0 / time_constant).exp_m1());
            }
        }
        positive("hash rate on target", on_target)?;
    }
    Ok(answer)
}

/// Share of the running hash rate that stops when hashprice falls by each share, at once and for good.
///
/// # Errors
/// As [`SupplyCurve::supplied`]; [`crate::ModelError::OutOfRange`] for a fall outside [0, 1].
pub fn stopped(curve: &SupplyCurve, hashprice: f64, falls: &[f64]) -> Result<Vec<f64>> {
    let now = positive("running hash rate", curve.supplied(hashprice)?)?;
    falls
        .iter()
        .map(|fall| {
            let left =
                curve.supplied(hashprice * (1.0 - crate::error::fraction("fall of hashprice", *fall)?))?;
            Ok(1.0 - left / now)
        })
        .collect()
}

/// Mean of a slice that is not empty.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / count(values.len())
}

#[cfg(test)]
mod tests;
