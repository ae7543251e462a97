//! Strategies over recorded days.

use super::{Action, LoanTerms, Move, Reason, Strategy, Today, Treasury};
use crate::error::{Result, at_least, count, positive, representable, within};
use crate::pow::leverage::{LeveragedMiner, Resale};
use crate::pow::{DAYS_PER_YEAR, Fleet, MiningDay, MiningMarket, SECONDS_PER_DAY, Site};

/// Share of the days that counts as the bottom.
const BOTTOM: f64 = 0.1;

/// What there is on the first day, in terms of that day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Opening {
    /// Cash, in days of all bills.
    pub cash_days: f64,
    /// Free coins, in days of production.
    pub coin_days: f64,
    /// Pledged coins, in days of production.
    pub pledged_days: f64,
    /// Loan-to-value.
    pub ltv: f64,
}

/// What all strategies share.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// Where the machines run.
    pub site: Site,
    /// The machines.
    pub fleet: Fleet,
    /// The loan.
    pub terms: LoanTerms,
    /// The first day.
    pub opening: Opening,
    /// Days in which the weight of a squared return in the volatility halves.
    pub half_life_days: f64,
    /// Volatility per √day before there are returns.
    pub prior_volatility: f64,
}

/// A day of a strategy, after its moves.
#[derive(Debug, Clone, PartialEq)]
pub struct DayRecord {
    /// Start of the day, Unix seconds.
    pub time: i64,
    /// Closing price.
    pub price: f64,
    /// What there is.
    pub treasury: Treasury,
    /// Wealth, unpaid bills deducted.
    pub wealth: f64,
    /// Loan-to-value when the lender looked, before the day's moves; `None` where a debt had no collateral left.
    pub ltv: Option<f64>,
    /// Coins sold.
    pub sold: f64,
    /// The moves, each with its reason.
    pub moves: Vec<Move>,
}

/// How a strategy did.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Its name.
    pub name: &'static str,
    /// Wealth on the last day, quote.
    pub final_wealth: f64,
    /// Largest fall of wealth from its highest so far, as a share of that; above one where wealth is lost whole.
    pub worst_drawdown: f64,
    /// Lowest wealth.
    pub lowest_wealth: f64,
    /// Days on which the lender called.
    pub calls: usize,
    /// Days on which it sold the collateral.
    pub liquidations: usize,
    /// Coins sold by the lender, to answer a call, or from the collateral to pay bills.
    pub forced: f64,
    /// All coins sold.
    pub sold: f64,
    /// Average price of the coins sold ÷ average price of the days; `None` where none was.
    pub price_captured: Option<f64>,
    /// Share of the coins sold that went on the tenth of the days with the lowest prices; `None` where none was.
    pub sold_at_bottom: Option<f64>,
    /// Bills left unpaid at the end.
    pub unpaid: f64,
    /// Day by day.
    pub days: Vec<DayRecord>,
}

/// Volatility from squared returns with exponential weights, per √day.
struct Volatility {
    variance: f64,
    half_life: f64,
    last: Option<(i64, f64)>,
}

impl Volatility {
    /// Takes a day in; the volatility that is known after it.
    fn see(&mut self, day: &MiningDay) -> (f64, f64) {
        #[allow(clippy::cast_precision_loss)] // seconds between two days of one history
        let gap = self
            .last
            .map_or(1.0, |(time, _)| (day.time - time) as f64 / SECONDS_PER_DAY);
        if let Some((_, price)) = self.last {
            let square = (day.price / price).ln().powi(2) / gap;
            let kept = libm::exp2(-gap / self.half_life);
            self.variance = kept.mul_add(self.variance - square, square);
        }
        self.last = Some((day.time, day.price));
        (self.variance.sqrt().min(10.0), gap)
    }
}

/// Lets strategies run over the days with the same machines, loan, bills and coins. Nothing that a day decides depends on
/// a later one. On a day, in this order: interest accrues; machines mine where they pay for their energy; the lender looks
/// at the closing price and sells all collateral where the loan is beyond its limit; the strategy moves at that price.
/// Days that are missing bear interest, but bring neither coins nor bills.
///
/// # Errors
/// [`crate::ModelError::TooFew`] below two days; [`crate::ModelError`] naming the first figure outside its domain.
pub fn backtest(days: &[MiningDay], setting: &Setting, strategies: &[Strategy]) -> Result<Vec<Outcome>> {
    at_least("days of the backtest", 2, days.len())?;
    setting.terms.checked()?;
    positive("half-life of the volatility", setting.half_life_days)?;
    within("prior volatility", setting.prior_volatility, 0.0, 10.0)?;
    let opening = &setting.opening;
    within("days of cash", opening.cash_days, 0.0, 1e5)?;
    within("days of coins", opening.coin_days, 0.0, 1e5)?;
    within("days of pledged coins", opening.pledged_days, 0.0, 1e5)?;
    within(
        "loan-to-value of the opening",
        opening.ltv,
        0.0,
        setting.terms.advance_ltv,
    )?;
    let miner = LeveragedMiner {
        operation: Some((setting.site, setting.fleet.clone())),
        cash: 0.0,
        coins: 0.0,
        coin_loan: None,
        equipment: None,
        resale: Resale {
            energy_price: 0.0,
            decay: 0.0,
            discount: 0.0,
            life: 1.0,
            scrap: 0.0,
        },
    };
    let mut flows = Vec::with_capacity(days.len());
    for day in days {
        let flow = miner.flow(&MiningMarket::of_day(day)?)?;
        // a grid that pays for the load leaves no bill, and its pay is left out
        flows.push((flow.coins, (flow.energy + flow.operation).max(0.0)));
    }
    positive(
        "coins mined on the first day, in which the opening is counted",
        flows[0].0,
    )?;
    let bottom = bottom_price(days);
    let mut outcomes = Vec::with_capacity(strategies.len());
    for strategy in strategies {
        outcomes.push(walk(days, &flows, setting, strategy, bottom)?);
    }
    Ok(outcomes)
}

/// Price that a tenth of the days does not exceed.
fn bottom_price(days: &[MiningDay]) -> f64 {
    let mut prices: Vec<f64> = days.iter().map(|day| day.price).collect();
    prices.sort_by(f64::total_cmp);
    let below = prices.partition_point(|price| {
        count(prices.partition_point(|other| other <= price)) <= BOTTOM * count(days.len())
    });
    prices[below.saturating_sub(1)]
}

fn walk(
    days: &[MiningDay],
    flows: &[(f64, f64)],
    setting: &Setting,
    strategy: &Strategy,
    bottom: f64,
) -> Result<Outcome> {
    let terms = &setting.terms;
    let mut treasury = open(&days[0], flows[0], &setting.opening);
    let mut volatility = Volatility {
        variance: setting.prior_volatility * setting.prior_volatility,
        half_life: setting.half_life_days,
        last: None,
    };
    let (mut unpaid, mut calls, mut liquidations, mut forced) = (0.0, 0, 0, 0.0);
    let (mut sold, mut value, mut at_bottom) = (0.0, 0.0, 0.0);
    let mut records: Vec<DayRecord> = Vec::with_capacity(days.len());
    for (day, &(mined, bills)) in days.iter().zip(flows) {
        let (volatility, gap) = volatility.see(day);
        treasury.debt *= (terms.interest * gap / DAYS_PER_YEAR).exp();
        treasury.coins += mined;
        let ltv = treasury.ltv(day.price);
        let mut sold_today = 0.0;
        let is_secured = treasury.collateral > 0.0;
        if is_secured && ltv >= terms.liquidation_ltv {
            liquidations += 1;
            sold_today += treasury.collateral;
            forced += treasury.collateral;
            liquidate(&mut treasury, day.price * (1.0 - terms.fee));
        } else if is_secured && ltv >= terms.call_ltv {
            calls += 1;
        }
        let today = Today {
            price: day.price,
            mined,
            bills: bills + unpaid,
            bills_per_day: bills,
            volatility,
        };
        let decision = strategy.decide(&treasury, terms, &today)?;
        for made in &decision.moves {
            match made.action {
                Action::Sell => sold_today += made.amount,
                Action::SellPledged => {
                    sold_today += made.amount;
                    if !matches!(made.reason, Reason::Stressed { .. }) {
                        forced += made.amount;
                    }
                }
                Action::Pay | Action::Repay | Action::Pledge | Action::Draw => {}
            }
        }
        treasury = decision.after;
        unpaid = decision.unpaid;
        sold += sold_today;
        value += sold_today * day.price;
        if day.price <= bottom {
            at_bottom += sold_today;
        }
        records.push(DayRecord {
            time: day.time,
            price: day.price,
            treasury,
            wealth: representable("wealth", treasury.wealth(day.price) - unpaid)?,
            ltv: ltv.is_finite().then_some(ltv),
            sold: sold_today,
            moves: decision.moves,
        });
    }
    let average = days.iter().map(|day| day.price).sum::<f64>() / count(days.len());
    let (worst_drawdown, lowest_wealth) = drawdown(&records);
    Ok(Outcome {
        name: strategy.name(),
        final_wealth: records.last().map_or(0.0, |day| day.wealth),
        worst_drawdown,
        lowest_wealth,
        calls,
        liquidations,
        forced,
        sold,
        price_captured: (sold > 0.0).then(|| value / sold / average),
        sold_at_bottom: (sold > 0.0).then(|| at_bottom / sold),
        unpaid,
        days: records,
    })
}

fn open(day: &MiningDay, (mined, bills): (f64, f64), opening: &Opening) -> Treasury {
    let collateral = opening.pledged_days * mined;
    Treasury {
        cash: opening.cash_days * bills,
        coins: opening.coin_days * mined,
        collateral,
        debt: opening.ltv * collateral * day.price,
    }
}

/// The lender sells all collateral; what the debt leaves is the miner's, and what it does not cover the miner still owes.
fn liquidate(treasury: &mut Treasury, net_price: f64) {
    let proceeds = core::mem::take(&mut treasury.collateral) * net_price;
    let repaid = proceeds.min(treasury.debt);
    treasury.debt -= repaid;
    treasury.cash += proceeds - repaid;
}

/// The largest fall of wealth below its highest so far, as a share, and its lowest.
fn drawdown(days: &[DayRecord]) -> (f64, f64) {
    let (mut peak, mut worst, mut lowest) = (0.0f64, 0.0f64, f64::INFINITY);
    for day in days {
        peak = peak.max(day.wealth);
        lowest = lowest.min(day.wealth);
        if peak > 0.0 {
            worst = worst.max((peak - day.wealth) / peak);
        }
    }
    (worst, lowest)
}

#[cfg(test)]
mod tests;
