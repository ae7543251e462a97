//! A miner with debts: what a day brings, and how far the lenders are.

use super::loan::{CoinLoan, EquipmentLoan};
use super::resale::Resale;
use crate::error::{ModelError, Result, non_negative, positive, representable, within};
use crate::pow::economics::Load;
use crate::pow::{DAYS_PER_YEAR, Fleet, MiningMarket, Site};
use crate::roots::itp;

/// A miner, what it owns and what it owes.
#[derive(Debug, Clone, PartialEq)]
pub struct LeveragedMiner {
    /// Where the machines run; `None` for a holder of coins without machines.
    pub operation: Option<(Site, Fleet)>,
    /// Cash, quote.
    pub cash: f64,
    /// Coins that are not pledged.
    pub coins: f64,
    /// The loan against coins.
    pub coin_loan: Option<CoinLoan>,
    /// The loan against machines.
    pub equipment: Option<EquipmentLoan>,
    /// What machines are worth.
    pub resale: Resale,
}

/// What a day brings and takes, quote, machines running only where they pay for their energy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DailyFlow {
    /// Hash rate that runs, PH/s, uptime included.
    pub running: f64,
    /// Coins mined, after the pool's fee.
    pub coins: f64,
    /// Their value.
    pub revenue: f64,
    /// Energy.
    pub energy: f64,
    /// Other operation.
    pub operation: f64,
    /// Instalments on machines.
    pub instalments: f64,
    /// Interest on the loan against coins, which is added to the debt.
    pub interest: f64,
}

/// How far a price is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distance {
    /// The price of a coin at which it happens.
    pub price: f64,
    /// Fall to it, as a share of the present price; negative where it is passed.
    pub fall: f64,
    /// ln(price now ÷ price) in standard deviations of the log-price over the horizon.
    pub deviations: f64,
    /// Days until it happens at an unchanged price, while cash burns and unpaid costs are added to the debt; `None` where
    /// it does not happen.
    pub days: Option<f64>,
}

/// Where a miner stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    /// A day.
    pub flow: DailyFlow,
    /// Operating cash flow ÷ (instalments + interest); `None` without debt service.
    pub cover: Option<f64>,
    /// Days for which cash and free coins, sold at the present price, pay the burn; `None` where nothing burns.
    pub runway: Option<f64>,
    /// Value of the machines, quote.
    pub machines: f64,
    /// Principal ÷ value of the machines; `None` without such a loan or value.
    pub machine_ltv: Option<f64>,
    /// Margin call on the coins.
    pub call: Option<Distance>,
    /// Sale of the coins by their lender.
    pub liquidation: Option<Distance>,
    /// Breach of a covenant on the machines, difficulty unchanged.
    pub covenant: Option<Distance>,
}

/// Furthest that a covenant's hashprice is looked for, as multiples of the present one.
const FURTHEST: f64 = 1e6;

impl DailyFlow {
    /// Revenue less energy and operation.
    #[must_use]
    pub fn operating(&self) -> f64 {
        self.revenue - self.energy - self.operation
    }

    /// What a day takes out of the cash box; negative where it fills it.
    #[must_use]
    pub fn burn(&self) -> f64 {
        self.instalments - self.operating()
    }
}

impl LeveragedMiner {
    /// The miner, if every figure lies in its domain.
    ///
    /// # Errors
    /// [`ModelError`] naming the first that does not; [`ModelError::Incompatible`] for a loan against no machines.
    pub fn checked(&self) -> Result<()> {
        if let Some((site, _)) = &self.operation {
            site.checked()?;
        }
        non_negative("cash", self.cash)?;
        non_negative("coins", self.coins)?;
        self.coin_loan.map_or(Ok(()), |loan| loan.checked().map(drop))?;
        self.equipment.map_or(Ok(()), |loan| loan.checked().map(drop))?;
        if self.equipment.is_some() && self.operation.is_none() {
            return Err(ModelError::Incompatible {
                what: "a loan against machines",
                with: "a miner without machines",
            });
        }
        self.resale.checked().map(drop)
    }

    /// A day at this market.
    ///
    /// # Errors
    /// As [`Self::checked`]; [`ModelError::Overflow`].
    pub fn flow(&self, market: &MiningMarket) -> Result<DailyFlow> {
        self.checked()?;
        let price = positive("price of a coin", market.price)?;
        let coins = positive("coins per PH/s and day", market.coins)?;
        let flow = self.flow_unchecked(price, coins);
        representable("cash flow of a day", flow.burn())?;
        Ok(flow)
    }

    pub(super) fn flow_unchecked(&self, price: f64, coins: f64) -> DailyFlow {
        let mut flow = DailyFlow {
            running: 0.0,
            coins: 0.0,
            revenue: 0.0,
            energy: 0.0,
            operation: 0.0,
            instalments: self.equipment.map_or(0.0, |loan| loan.service_per_day()),
            interest: self.coin_loan.map_or(0.0, |loan| loan.interest_per_day()),
        };
        let Some((site, fleet)) = &self.operation else {
            return flow;
        };
        flow.operation = site.operation;
        for unit in fleet.units() {
            let load = Load::new(unit, fleet, site);
            if load.margin(site, price * coins) >= 0.0 {
                let mined = load.income(site, coins);
                flow.running += load.petahashes;
                flow.coins += mined;
                flow.revenue += mined * price;
                flow.energy += load.energy * site.energy_price;
            }
        }
        flow
    }

    /// Value of the machines at a hashprice, quote.
    ///
    /// # Errors
    /// As [`Resale::of`].
    pub fn machines(&self, hashprice: f64) -> Result<f64> {
        let mut value = 0.0;
        for unit in self.operation.iter().flat_map(|(_, fleet)| fleet.units()) {
            value += unit.count * self.resale.of(&unit.machine, hashprice)?.value;
        }
        representable("value of the machines", value)
    }

    /// Where the miner stands. Deviations are those of a log-price with this `volatility` per √year over `days`.
    ///
    /// # Errors
    /// As [`Self::flow`]; [`ModelError::NotPositive`] for volatility and days.
    pub fn standing(&self, market: &MiningMarket, volatility: f64, days: f64) -> Result<Standing> {
        let flow = self.flow(market)?;
        let deviation = representable(
            "volatility over the horizon",
            positive("volatility", volatility)? * (positive("horizon in days", days)? / DAYS_PER_YEAR).sqrt(),
        )?;
        positive("volatility over the horizon", deviation)?;
        let service = flow.instalments + flow.interest;
        let burn = flow.burn();
        let machines = self.machines(market.hashprice())?;
        let liquid = self.coins.mul_add(market.price, self.cash);
        let distance = |price: f64, days: Option<f64>| -> Result<Distance> {
            Ok(Distance {
                price,
                fall: representable("distance", 1.0 - price / market.price)?,
                deviations: representable("distance in deviations", (market.price / price).ln() / deviation)?,
                days,
            })
        };
        let owed = self.coin_loan.filter(|loan| loan.debt > 0.0);
        let coin = |ltv: f64, price: f64| -> Result<Option<Distance>> {
            owed.map(|loan| {
                let threshold = ltv * loan.collateral * market.price;
                distance(price, days_until(&loan, threshold, burn, liquid))
            })
            .transpose()
        };
        Ok(Standing {
            flow,
            cover: ratio("debt-service cover", flow.operating(), service)?,
            runway: if burn > 0.0 {
                ratio("runway", liquid, burn)?
            } else {
                None
            },
            machines,
            machine_ltv: match &self.equipment {
                Some(loan) => ratio("loan-to-value of the machines", loan.principal, machines)?,
                None => None,
            },
            call: owed.map_or(Ok(None), |loan| coin(loan.call_ltv, loan.call_price()))?,
            liquidation: owed.map_or(Ok(None), |loan| {
                coin(loan.liquidation_ltv, loan.liquidation_price())
            })?,
            covenant: match self.covenant_price(market)? {
                Some(price) => Some(distance(price, None)?),
                None => None,
            },
        })
    }

    /// The price at which the first covenant on the machines is breached, while a hash finds as many coins as now: what
    /// holds until difficulty adjusts. `None` without covenants, or where none binds at any price above zero.
    ///
    /// # Errors
    /// As [`Self::flow`].
    pub fn covenant_price(&self, market: &MiningMarket) -> Result<Option<f64>> {
        self.flow(market)?;
        let Some(loan) = &self.equipment else {
            return Ok(None);
        };
        if loan.covenant_ltv.is_none() && loan.covenant_cover.is_none() || loan.principal == 0.0 {
            return Ok(None);
        }
        // in logarithms of the price relative to now; the slack grows with the price
        let slack =
            |log: f64| self.covenant_slack(loan, market.price * log.exp(), market.coins, loan.principal);
        let (low, high) = (-FURTHEST.ln(), FURTHEST.ln());
        let (at_low, at_high) = (slack(low)?, slack(high)?);
        if at_low >= 0.0 {
            return Ok(None);
        }
        if at_high <= 0.0 {
            return Ok(Some(market.price * FURTHEST));
        }
        let root = itp(slack, (low, at_low), (high, at_high), 1e-12)?;
        Ok(Some(market.price * root.x.exp()))
    }

    /// By how much the tightest covenant is kept, as a share of its limit; negative where it is breached.
    pub(super) fn covenant_slack(
        &self,
        loan: &EquipmentLoan,
        price: f64,
        coins: f64,
        principal: f64,
    ) -> Result<f64> {
        let mut slack = f64::MAX;
        if principal <= 0.0 {
            return Ok(slack);
        }
        if let Some(limit) = loan.covenant_ltv {
            slack = slack.min(self.machines(price * coins)? * limit / principal - 1.0);
        }
        if let Some(limit) = loan.covenant_cover {
            let flow = self.flow_unchecked(price, coins);
            let service = flow.instalments + flow.interest;
            slack = slack.min(flow.operating() / (service * limit) - 1.0);
        }
        representable("slack of the covenants", slack)
    }
}

/// `part` ÷ `whole`, where there is a whole.
fn ratio(what: &'static str, part: f64, whole: f64) -> Result<Option<f64>> {
    if whole > 0.0 {
        within(what, representable(what, part / whole)?, f64::MIN, f64::MAX).map(Some)
    } else {
        Ok(None)
    }
}

/// Days until the debt reaches a threshold: it grows by its interest alone while `liquid` means pay the burn, and by the
/// burn besides once they are gone, D(t) = (D + b/r)e^(rt) − b/r.
fn days_until(loan: &CoinLoan, threshold: f64, burn: f64, liquid: f64) -> Option<f64> {
    let rate = loan.interest / DAYS_PER_YEAR;
    if loan.debt >= threshold {
        return Some(0.0);
    }
    // inverse of the growth, which for a small rate is nearly linear
    let grown = |missing: f64, per_day: f64| {
        if per_day <= 0.0 {
            f64::INFINITY
        } else if rate > 0.0 {
            (rate * missing / per_day).ln_1p() / rate
        } else {
            missing / per_day
        }
    };
    let by_interest = grown(threshold - loan.debt, rate * loan.debt);
    let paid = if burn > 0.0 { liquid / burn } else { f64::INFINITY };
    let days = if by_interest <= paid {
        by_interest
    } else {
        let debt = loan.debt_after(paid);
        paid + grown(threshold - debt, rate.mul_add(debt, burn))
    };
    days.is_finite().then_some(days)
}

#[cfg(test)]
mod tests;
