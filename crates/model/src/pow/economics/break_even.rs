//! Hashprice and energy price at which machines and fleets break even.

use super::account::hashprice_of;
use super::{Books, Load, hurdle_rate};
use crate::error::{Result, representable};
use crate::pow::{DAYS_PER_YEAR, Fleet, MiningMarket, Site};

/// Break-even price (hashprice, quote per PH/s and day; or energy price, quote per kWh) by what it has to pay for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BreakEven {
    /// The pool's share and energy: where machines are switched.
    pub cash: f64,
    /// These and operation: where EBITDA is nothing.
    pub operation: f64,
    /// These and depreciation: where the operating profit is nothing.
    pub depreciation: f64,
    /// These and the hurdle rate on the book value.
    pub hurdle: f64,
}

/// Break-even prices of a fleet.
#[derive(Debug, Clone, PartialEq)]
pub struct FleetBreakEven {
    /// Of each type with its share of the operation, in the fleet's order.
    pub units: Vec<BreakEven>,
    /// Of the fleet, of which only those run that earn their energy. Its cash break-even is that of its best type.
    pub fleet: BreakEven,
    /// Of the fleet if all machines run.
    pub all_running: BreakEven,
}

/// Break-even hashprice; negative where the energy price is so negative that machines earn without mining.
///
/// # Errors
/// As [`Site::checked`]; [`crate::ModelError::OutOfRange`] and [`crate::ModelError::NotFinite`] for the hurdle rate,
/// [`crate::ModelError::LengthMismatch`] for books of another fleet, [`crate::ModelError::Overflow`].
pub fn break_even_hashprice(
    fleet: &Fleet,
    site: &Site,
    books: &Books,
    hurdle: f64,
) -> Result<FleetBreakEven> {
    let site = site.checked()?;
    let lines = loads(fleet, &site, books, hurdle, |load| Margin {
        slope: load.petahashes * (1.0 - site.pool_fee),
        cost: load.energy * site.energy_price,
    })?;
    solve(&lines, |hashprice| {
        representable("break-even hashprice", hashprice)
    })
}

/// Break-even energy price at a market's hashprice; negative where the grid would have to pay.
///
/// # Errors
/// As [`break_even_hashprice`]; [`crate::ModelError::NotPositive`] and [`crate::ModelError::NotFinite`] for the market.
pub fn break_even_energy_price(
    fleet: &Fleet,
    site: &Site,
    market: &MiningMarket,
    books: &Books,
    hurdle: f64,
) -> Result<FleetBreakEven> {
    let site = site.checked()?;
    let hashprice = hashprice_of(market)?;
    // The margin rises as the energy price, taken with a minus, does.
    let lines = loads(fleet, &site, books, hurdle, |load| Margin {
        slope: load.energy,
        cost: -load.petahashes * hashprice * (1.0 - site.pool_fee),
    })?;
    solve(&lines, |x| representable("break-even energy price", -x))
}

/// Cash margin slope·x − cost of machines that run.
#[derive(Debug, Clone, Copy)]
struct Margin {
    slope: f64,
    cost: f64,
}

/// A type's margin, and the fixed cost that each level adds up to.
struct Levels {
    margin: Margin,
    fixed: [f64; 4],
}

fn loads(
    fleet: &Fleet,
    site: &Site,
    books: &Books,
    hurdle: f64,
    margin: impl Fn(&Load) -> Margin,
) -> Result<Vec<Levels>> {
    let daily = hurdle_rate(hurdle)? / DAYS_PER_YEAR;
    let entries = books.entries(fleet)?;
    Ok(fleet
        .units()
        .iter()
        .zip(entries)
        .map(|(unit, (capital, depreciation))| {
            let load = Load::new(unit, fleet, site);
            let written = load.operation + depreciation;
            Levels {
                margin: margin(&load),
                fixed: [0.0, load.operation, written, written + daily * capital],
            }
        })
        .collect())
}

fn solve(lines: &[Levels], price: impl Fn(f64) -> Result<f64>) -> Result<FleetBreakEven> {
    let levels = |root: &dyn Fn(usize) -> f64| {
        Ok(BreakEven {
            cash: price(root(0))?,
            operation: price(root(1))?,
            depreciation: price(root(2))?,
            hurdle: price(root(3))?,
        })
    };
    let fixed = |level: usize| lines.iter().map(|line| line.fixed[level]).sum::<f64>();
    let mut margins: Vec<Margin> = lines.iter().map(|line| line.margin).collect();
    margins.sort_by(|a, b| (a.cost / a.slope).total_cmp(&(b.cost / b.slope)));
    let slope: f64 = margins.iter().map(|margin| margin.slope).sum();
    let cost: f64 = margins.iter().map(|margin| margin.cost).sum();
    Ok(FleetBreakEven {
        units: lines
            .iter()
            .map(|line| levels(&|level| (line.margin.cost + line.fixed[level]) / line.margin.slope))
            .collect::<Result<_>>()?,
        fleet: levels(&|level| switching(&margins, fixed(level)))?,
        all_running: levels(&|level| (cost + fixed(level)) / slope)?,
    })
}

/// The x at which Σ max(0, slope·x − cost) = fixed, of margins by rising threshold cost ÷ slope; the first threshold where
/// nothing is to be paid. A hurdle rate below zero may leave less than nothing, which counts as nothing.
fn switching(margins: &[Margin], fixed: f64) -> f64 {
    let (mut slope, mut cost) = (0.0, 0.0);
    let mut root = f64::NAN;
    for (index, margin) in margins.iter().enumerate() {
        slope += margin.slope;
        cost += margin.cost;
        root = (cost + fixed.max(0.0)) / slope;
        let next = margins.get(index + 1).map(|next| next.cost / next.slope);
        if next.is_none_or(|threshold| root <= threshold) {
            break;
        }
    }
    root
}
