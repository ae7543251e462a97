//! A fleet over the recorded days of a chain, at many energy prices at once.
//!
//! On a day each type of machine runs if its cash margin, revenue less pool fee less energy, is not negative at that
//! day's hashprice: the hashprice of a day is known while it lasts, and nothing later is used. [`Restart`] adds what
//! keeps a stopped machine from following every day. Profit is cash profit: the machines' price enters only as the
//! capital that it is related to.

mod lanes;

pub use lanes::ENERGY_PRICES;

use super::{DAYS_PER_YEAR, Fleet, MiningHistory, MiningMarket, Site};
use crate::error::{Result, at_least, count, non_negative, representable, within, within_count};
use lanes::Lanes;

/// What a machine that stands still waits for.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Restart {
    /// Days of a sufficient margin to be seen before the day on which it runs again.
    pub delay: u16,
    /// The margin that suffices, as a share of the cost of energy; 0 is any that is not negative.
    pub margin: f64,
}

/// A fleet's record at one energy price, quote over all days.
#[derive(Debug, Clone, PartialEq)]
pub struct FleetRecord {
    /// Price of energy, quote per kWh.
    pub energy_price: f64,
    /// Revenue before the pool's fee.
    pub revenue: f64,
    /// The pool's fee.
    pub pool_fee: f64,
    /// Cost of energy.
    pub energy: f64,
    /// Cost of operation, which is paid on every day.
    pub operation: f64,
    /// Revenue less fee, energy and operation.
    pub profit: f64,
    /// Greatest fall of the accumulated profit from its peak (which is not below zero).
    pub drawdown: f64,
    /// Days on which each type ran; on the others it was curtailed.
    pub running_days: Vec<f64>,
    /// Share of the fleet's hash rate that ran, mean over the days.
    pub running_share: f64,
    /// Profit per year of recorded days ÷ the machines' price; none where they cost nothing.
    pub annual_return: Option<f64>,
}

/// One day of a fleet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FleetDay {
    /// Start of the day, Unix seconds.
    pub time: i64,
    /// Hashprice, quote per PH/s and day.
    pub hashprice: f64,
    /// Share of the fleet's hash rate that ran.
    pub running_share: f64,
    /// Profit of the day, quote.
    pub profit: f64,
    /// Profit of all days so far, quote.
    pub accumulated: f64,
}

/// A fleet's records at `energy_prices` (the site's own price is not used), in their order.
///
/// # Errors
/// [`crate::ModelError::TooFew`] without energy prices, [`crate::ModelError::OutOfRange`] beyond [`ENERGY_PRICES`] of
/// them and for figures outside their domains, [`crate::ModelError::NotFinite`], [`crate::ModelError::Overflow`].
pub fn records(
    history: &MiningHistory,
    fleet: &Fleet,
    site: &Site,
    restart: Restart,
    energy_prices: &[f64],
) -> Result<Vec<FleetRecord>> {
    let hashprices = hashprices(history)?;
    let mut lanes = lanes(fleet, site, restart, energy_prices)?;
    lanes.walk(&hashprices);
    let days = count(hashprices.len());
    let capital: f64 = fleet.units().iter().map(|unit| unit.count * unit.price).sum();
    energy_prices
        .iter()
        .enumerate()
        .map(|(lane, energy_price)| {
            let energy = representable("cost of energy", lanes.energy(lane, *energy_price))?;
            let revenue = representable(
                "revenue of a fleet",
                lanes.revenue(lane, *energy_price) / (1.0 - site.pool_fee),
            )?;
            let profit = representable("profit of a fleet", lanes.accumulated(lane))?;
            let yearly = profit * (DAYS_PER_YEAR / days);
            let running_days: Vec<f64> = lanes.running_days(lane).collect();
            Ok(FleetRecord {
                energy_price: *energy_price,
                revenue,
                pool_fee: revenue * site.pool_fee,
                energy,
                operation: representable("cost of operation", site.operation * days)?,
                profit,
                drawdown: representable("drawdown of a fleet", lanes.drawdown(lane))?,
                running_share: share(fleet, running_days.iter().map(|ran| ran / days)),
                running_days,
                annual_return: (capital > 0.0)
                    .then(|| representable("return of a fleet", yearly / capital))
                    .transpose()?,
            })
        })
        .collect()
}

/// The share of a fleet's hash rate that runs where these shares of its types do.
fn share(fleet: &Fleet, running: impl Iterator<Item = f64>) -> f64 {
    let units = fleet.units().iter().zip(running);
    let rate: f64 = units
        .map(|(unit, share)| unit.count * unit.machine.hash_rate * share)
        .sum();
    rate / fleet.hash_rate()
}

/// A fleet day by day at the site's own energy price.
///
/// # Errors
/// As [`records`].
pub fn days(history: &MiningHistory, fleet: &Fleet, site: &Site, restart: Restart) -> Result<Vec<FleetDay>> {
    let hashprices = hashprices(history)?;
    let mut lanes = lanes(fleet, site, restart, &[site.energy_price])?;
    let mut days_before = vec![0.0; fleet.units().len()];
    history
        .days()
        .iter()
        .zip(hashprices)
        .map(|(day, hashprice)| {
            let before = lanes.accumulated(0);
            lanes.walk(&[hashprice]);
            let accumulated = representable("profit of a fleet", lanes.accumulated(0))?;
            let running_days: Vec<f64> = lanes.running_days(0).collect();
            let ran = running_days
                .iter()
                .zip(&days_before)
                .map(|(after, before)| after - before);
            let running_share = share(fleet, ran);
            days_before = running_days;
            Ok(FleetDay {
                time: day.time,
                hashprice,
                running_share,
                profit: accumulated - before,
                accumulated,
            })
        })
        .collect()
}

fn hashprices(history: &MiningHistory) -> Result<Vec<f64>> {
    let of_day = |day| Ok(MiningMarket::of_day(day)?.hashprice());
    history.days().iter().map(of_day).collect()
}

fn lanes(fleet: &Fleet, site: &Site, restart: Restart, energy_prices: &[f64]) -> Result<Lanes> {
    let site = site.checked()?;
    at_least("energy prices", 1, energy_prices.len())?;
    within_count("number of energy prices", energy_prices.len(), 1, ENERGY_PRICES)?;
    for price in energy_prices {
        within("energy price", *price, -1e6, 1e6)?;
    }
    non_negative("margin at which machines restart", restart.margin)?;
    let greatest = energy_prices
        .iter()
        .fold(0.0, |greatest, price| f64::max(greatest, price.abs()));
    representable(
        "cost of a day's energy",
        greatest * fleet.power() * site.overhead * (1.0 + restart.margin),
    )?;
    Ok(Lanes::new(fleet, &site, restart, energy_prices))
}

#[cfg(test)]
mod tests;
