//! What a site's power is bought and sold under.

use crate::ModelError;
use crate::error::{Result, fraction, non_negative, positive, within, within_count};

/// An hour of the grid and of the chain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GridHour {
    /// Spot price of energy, quote per kWh; may be negative.
    pub price: f64,
    /// Hashprice, quote per PH/s and day.
    pub hashprice: f64,
    /// Share of their hash rate that machines keep at this hour's temperature, (0, 1]; power stays.
    pub derating: f64,
}

/// Purchase at the spot price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spot {
    /// Grid fees and taxes on top, quote per kWh, not negative.
    pub fee: f64,
}

/// A block of power at a fixed price, the same in every hour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PowerPurchase {
    /// Power, kW.
    pub power: f64,
    /// Price, quote per kWh, not negative.
    pub price: f64,
    /// Share of the block that is paid for, taken or not, [0, 1].
    pub take_or_pay: f64,
    /// The right to resell at spot: what is lost of the spot price then, quote per kWh, not negative. None without.
    pub resale: Option<f64>,
}

/// Demand response: the grid pays for load that is ready to be shed and for load that is shed. The miner chooses the
/// hours, within the contract's limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DemandResponse {
    /// Load to be shed in a call, kW, below the site's full load.
    pub power: f64,
    /// Paid per kW in every hour in which so much runs, or is being shed, quote.
    pub availability: f64,
    /// Paid per kWh shed, quote.
    pub payment: f64,
    /// Most hours of calls in a period.
    pub hours: usize,
    /// Most calls in a period; a call is any number of hours in a row.
    pub calls: usize,
    /// Hours of a period; the first begins with the first hour.
    pub period: usize,
    /// Hours between the notice of an hour of a call and that hour.
    pub notice: usize,
}

/// Everything that a site is bound by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contracts {
    /// Most load at the meter, kW.
    pub max_load: f64,
    /// Purchase at spot, if there is any.
    pub spot: Option<Spot>,
    /// A block at a fixed price, if there is one.
    pub purchase: Option<PowerPurchase>,
    /// Demand response, if there is any.
    pub response: Option<DemandResponse>,
}

/// Most hours of a schedule, 20 years.
pub(super) const HOURS: usize = 175_320;

impl GridHour {
    /// The hour, if every figure lies in its domain.
    ///
    /// # Errors
    /// [`ModelError`] naming the first that does not.
    pub fn checked(self) -> Result<Self> {
        within("grid price", self.price, -1e6, 1e6)?;
        within("hashprice", self.hashprice, 0.0, 1e12)?;
        positive("derating", self.derating)?;
        fraction("derating", self.derating)?;
        Ok(self)
    }
}

impl Contracts {
    /// The contracts, if every figure lies in its domain.
    ///
    /// # Errors
    /// [`ModelError::TooFew`] without a source of power, else [`ModelError`] naming the first figure outside its domain.
    pub fn checked(self) -> Result<Self> {
        positive("maximum load", self.max_load)?;
        if self.spot.is_none() && self.purchase.is_none() {
            return Err(ModelError::TooFew {
                what: "sources of power",
                needed: 1,
                got: 0,
            });
        }
        if let Some(spot) = self.spot {
            within("fee on spot energy", spot.fee, 0.0, 1e6)?;
        }
        if let Some(block) = self.purchase {
            within("power of the purchase agreement", block.power, 0.0, 1e12)?;
            within("price of the purchase agreement", block.price, 0.0, 1e6)?;
            fraction("take-or-pay share", block.take_or_pay)?;
            within(
                "discount on resold energy",
                block.resale.unwrap_or_default(),
                0.0,
                1e6,
            )?;
        }
        if let Some(response) = self.response {
            positive("power of demand response", response.power)?;
            within("payment for availability", response.availability, 0.0, 1e6)?;
            within("payment for curtailment", response.payment, 0.0, 1e6)?;
            within_count("hours of calls in a period", response.hours, 0, HOURS)?;
            within_count("calls in a period", response.calls, 0, HOURS)?;
            within_count("hours of a period", response.period, 1, HOURS)?;
            within_count("hours of notice", response.notice, 0, 168)?;
        }
        Ok(self)
    }

    /// Most load that can be supplied, kW.
    pub(super) fn limit(&self) -> f64 {
        match (self.spot, self.purchase) {
            (None, Some(block)) => self.max_load.min(block.power),
            _ => self.max_load,
        }
    }

    /// Checks that a site of this full load can shed what it promises.
    pub(super) fn fits(&self, full_load: f64) -> Result<()> {
        non_negative("full load", full_load)?;
        match self.response {
            Some(response) => within("power of demand response", response.power, 0.0, full_load).map(|_| ()),
            None => Ok(()),
        }
    }
}
