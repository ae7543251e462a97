//! A day's account of a fleet.

use super::{Depreciation, Load};
use crate::error::{ModelError, Result, non_negative, positive, representable, same_length};
use crate::pow::{DAYS_PER_YEAR, Fleet, MiningMarket, Site, TERAHASHES_PER_PETAHASH};

/// What the machines stand at in the books.
#[derive(Debug, Clone, PartialEq)]
pub struct Books {
    method: Depreciation,
    ages: Vec<f64>,
}

/// A day of some machines, quote unless said otherwise. Every field adds up over machines.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Account {
    /// Mean hash rate over the day, TH/s.
    pub hash_rate: f64,
    /// Energy at the meter, kWh.
    pub energy_used: f64,
    /// Value of what was mined.
    pub revenue: f64,
    /// The pool's share of it.
    pub pool_fee: f64,
    /// Cost of energy.
    pub energy: f64,
    /// Cost of operation.
    pub operation: f64,
    /// Depreciation.
    pub depreciation: f64,
    /// Book value at the start of the day: the capital employed.
    pub capital: f64,
}

/// Machines of one type in an account.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Whether they run.
    pub is_running: bool,
    /// Their part.
    pub account: Account,
}

/// A fleet's account.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// By type, in the fleet's order.
    pub lines: Vec<Line>,
    /// Their sum.
    pub total: Account,
}

impl Books {
    /// Books by a method; `ages` are the years since purchase of each type.
    ///
    /// # Errors
    /// [`ModelError::LengthMismatch`] unless there is one age a type, [`ModelError::OutOfRange`] for a negative one,
    /// [`ModelError::NotFinite`].
    pub fn new(fleet: &Fleet, method: Depreciation, ages: Vec<f64>) -> Result<Self> {
        same_length(
            "types of machines and their ages",
            fleet.units().len(),
            ages.len(),
        )?;
        for age in &ages {
            non_negative("age of a machine", *age)?;
        }
        let books = Self { method, ages };
        for (unit, age) in fleet.units().iter().zip(&books.ages) {
            method.book_value(unit, *age)?;
        }
        Ok(books)
    }

    /// New machines, written off in equal parts.
    #[must_use]
    pub fn at_purchase(fleet: &Fleet) -> Self {
        Self {
            method: Depreciation::StraightLine,
            ages: vec![0.0; fleet.units().len()],
        }
    }

    /// Book value and depreciation of a day of each type.
    pub(super) fn entries(&self, fleet: &Fleet) -> Result<Vec<(f64, f64)>> {
        same_length(
            "types of machines and their ages",
            fleet.units().len(),
            self.ages.len(),
        )?;
        fleet
            .units()
            .iter()
            .zip(&self.ages)
            .map(|(unit, &age)| {
                let book = unit.count * self.method.book_value(unit, age)?;
                let charge = unit.count * self.method.charge(unit, age, 1.0 / DAYS_PER_YEAR)?;
                Ok((
                    representable("book value", book)?,
                    representable("depreciation", charge)?,
                ))
            })
            .collect()
    }
}

impl Account {
    /// Revenue that the pool pays out.
    #[must_use]
    pub fn income(&self) -> f64 {
        self.revenue - self.pool_fee
    }

    /// Income less energy: what running earns.
    #[must_use]
    pub fn cash_margin(&self) -> f64 {
        self.income() - self.energy
    }

    /// Earnings before interest, taxes, depreciation and amortisation: cash margin less operation.
    #[must_use]
    pub fn ebitda(&self) -> f64 {
        self.cash_margin() - self.operation
    }

    /// EBITDA less depreciation.
    #[must_use]
    pub fn operating_profit(&self) -> f64 {
        self.ebitda() - self.depreciation
    }

    /// What the hash rate cost: energy, operation and depreciation.
    #[must_use]
    pub fn expenditure(&self) -> f64 {
        self.energy + self.operation + self.depreciation
    }

    /// EBITDA ÷ revenue; none without revenue.
    #[must_use]
    pub fn ebitda_margin(&self) -> Option<f64> {
        ratio(self.ebitda(), self.revenue)
    }

    /// Operating profit ÷ revenue; none without revenue.
    #[must_use]
    pub fn operating_margin(&self) -> Option<f64> {
        ratio(self.operating_profit(), self.revenue)
    }

    /// Operating return on capital per year: operating profit of 365 such days ÷ book value. This is what proof-of-work
    /// capital earns, as a stake earns its yield.
    ///
    /// # Errors
    /// [`ModelError::NotPositive`] where everything is written off, [`ModelError::Overflow`].
    pub fn return_on_capital(&self) -> Result<f64> {
        let capital = positive("capital employed", self.capital)?;
        representable(
            "return on capital",
            self.operating_profit() * (DAYS_PER_YEAR / capital),
        )
    }

    /// Operational efficiency: hash rate ÷ total expenditure of energy, operation and depreciation, TH/s per quote and day;
    /// none where nothing is spent.
    #[must_use]
    pub fn efficiency(&self) -> Option<f64> {
        ratio(self.hash_rate, self.expenditure())
    }

    /// Expenditure per PH/s and day, the hash cost that stands against hashprice; none without hash rate.
    #[must_use]
    pub fn hash_cost(&self) -> Option<f64> {
        ratio(self.expenditure(), self.hash_rate / TERAHASHES_PER_PETAHASH)
    }

    /// Energy of a terahash at the meter, J/TH; none without hash rate.
    #[must_use]
    pub fn joules_per_terahash(&self) -> Option<f64> {
        const JOULES_PER_KWH: f64 = 3.6e6;
        ratio(
            self.energy_used * (JOULES_PER_KWH / crate::pow::SECONDS_PER_DAY),
            self.hash_rate,
        )
    }

    fn add(&mut self, other: &Self) {
        self.hash_rate += other.hash_rate;
        self.energy_used += other.energy_used;
        self.revenue += other.revenue;
        self.pool_fee += other.pool_fee;
        self.energy += other.energy;
        self.operation += other.operation;
        self.depreciation += other.depreciation;
        self.capital += other.capital;
    }
}

fn ratio(numerator: f64, denominator: f64) -> Option<f64> {
    (denominator > 0.0)
        .then(|| numerator / denominator)
        .filter(|ratio| ratio.is_finite())
}

/// A day in which those machines run whose cash margin is not negative.
///
/// # Errors
/// As [`Site::checked`]; [`ModelError::NotPositive`] and [`ModelError::NotFinite`] for the market,
/// [`ModelError::LengthMismatch`] for books of another fleet, [`ModelError::Overflow`].
pub fn operate(fleet: &Fleet, site: &Site, market: &MiningMarket, books: &Books) -> Result<Statement> {
    let site = site.checked()?;
    let hashprice = hashprice_of(market)?;
    let running: Vec<bool> = fleet
        .units()
        .iter()
        .map(|unit| Load::new(unit, fleet, &site).margin(&site, hashprice) >= 0.0)
        .collect();
    operate_held(fleet, &site, market, books, &running)
}

/// A day in which the stated types run, whatever they earn.
///
/// # Errors
/// As [`operate`]; [`ModelError::LengthMismatch`] unless there is one state a type.
pub fn operate_held(
    fleet: &Fleet,
    site: &Site,
    market: &MiningMarket,
    books: &Books,
    running: &[bool],
) -> Result<Statement> {
    let site = site.checked()?;
    let hashprice = hashprice_of(market)?;
    same_length(
        "types of machines and their states",
        fleet.units().len(),
        running.len(),
    )?;
    let entries = books.entries(fleet)?;
    let mut total = Account::default();
    let lines: Vec<Line> = fleet
        .units()
        .iter()
        .zip(running)
        .zip(entries)
        .map(|((unit, &is_running), (capital, depreciation))| {
            let load = Load::new(unit, fleet, &site);
            let on = if is_running { 1.0 } else { 0.0 };
            let revenue = on * load.petahashes * hashprice;
            let account = Account {
                hash_rate: on * load.petahashes * TERAHASHES_PER_PETAHASH,
                energy_used: on * load.energy,
                revenue,
                pool_fee: revenue * site.pool_fee,
                energy: on * load.energy * site.energy_price,
                operation: load.operation,
                depreciation,
                capital,
            };
            total.add(&account);
            Line { is_running, account }
        })
        .collect();
    for value in [
        total.revenue,
        total.expenditure(),
        total.capital,
        total.operating_profit(),
    ] {
        representable("account of a day", value)?;
    }
    Ok(Statement { lines, total })
}

/// A market's hashprice, checked.
pub(super) fn hashprice_of(market: &MiningMarket) -> Result<f64> {
    positive("price of a coin", market.price)?;
    positive("coins per PH/s and day", market.coins)?;
    match representable("hashprice", market.hashprice())? {
        hashprice if hashprice > 0.0 => Ok(hashprice),
        value => Err(ModelError::NotPositive {
            what: "hashprice",
            value,
        }),
    }
}
