//! `hurdle pow breakeven`: hashprice and energy price at which a fleet pays for its energy, its operation, its depreciation
//! and its capital.

use super::{BooksArgs, FleetFile, MarketArgs};
use crate::desk::{Command, DeskError, Sheet};
use clap::Args;
use hurdle_model::pow::MiningMarket;
use hurdle_model::pow::economics::{
    BreakEven, FleetBreakEven, break_even_energy_price, break_even_hashprice, operate,
};
use serde::Serialize;
use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;

/// Arguments.
#[derive(Args, Clone, Debug)]
pub struct Breakeven {
    /// The miner, TOML [default: the built-in one, keeper/data/pow-fleet.toml].
    #[arg(long, value_name = "TOML")]
    fleet: Option<PathBuf>,
    /// Hashprice now, quote per PH/s and day; or else the chain's state by --difficulty, --height and --price.
    #[arg(long, value_name = "QUOTE", conflicts_with = "difficulty")]
    hashprice: Option<f64>,
    #[command(flatten)]
    market: MarketArgs,
    #[command(flatten)]
    books: BooksArgs,
}

/// Break-even prices by what they pay for, each including what stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Levels {
    /// Pool fee and energy.
    pub cash: f64,
    /// Operation.
    pub operation: f64,
    /// Depreciation.
    pub depreciation: f64,
    /// The hurdle rate on the book value.
    pub hurdle: f64,
}

/// Some machines.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BreakEvenAnswer {
    /// Name of the type, or which fleet.
    pub name: String,
    /// Hashprice, quote per PH/s and day.
    pub hashprice: Levels,
    /// Energy price, quote per kWh, at the market's hashprice.
    pub energy_price: Option<Levels>,
    /// Whether they earn their energy now; none without a market, or of a whole fleet.
    pub runs: Option<bool>,
}

/// Break-even prices of a fleet.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// Hashprice now.
    pub hashprice: Option<f64>,
    /// By type.
    pub machines: Vec<BreakEvenAnswer>,
    /// Of the fleet of which those run that earn their energy.
    pub fleet: BreakEvenAnswer,
    /// Of the fleet if all machines run.
    pub all_running: BreakEvenAnswer,
}

impl From<BreakEven> for Levels {
    fn from(price: BreakEven) -> Self {
        Self {
            cash: price.cash,
            operation: price.operation,
            depreciation: price.depreciation,
            hurdle: price.hurdle,
        }
    }
}

impl Command for Breakeven {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer, DeskError> {
        let fault = DeskError::model("break-even");
        let file = FleetFile::read(self.fleet.as_deref())?;
        let (site, fleet) = (file.site().map_err(&fault)?, file.fleet().map_err(&fault)?);
        let books = self.books.books(&fleet)?;
        let market = match (self.hashprice, self.market.conditions()?) {
            // any price and coins that make the hashprice
            (Some(hashprice), _) => Some(MiningMarket {
                price: hashprice,
                coins: 1.0,
            }),
            (None, Some(now)) => Some(now.market().map_err(&fault)?),
            (None, None) => None,
        };
        let hurdle = self.books.hurdle;
        let hashprice = break_even_hashprice(&fleet, &site, &books, hurdle).map_err(&fault)?;
        let (energy, running) = match &market {
            None => (None, vec![None; fleet.units().len()]),
            Some(market) => {
                let even = break_even_energy_price(&fleet, &site, market, &books, hurdle).map_err(&fault)?;
                let day = operate(&fleet, &site, market, &books).map_err(&fault)?;
                let running = day.lines.iter().map(|line| Some(line.is_running)).collect();
                (Some(even), running)
            }
        };
        let energy_of = |read: &dyn Fn(&FleetBreakEven) -> Option<BreakEven>| {
            energy.as_ref().and_then(read).map(Levels::from)
        };
        let machines = file
            .names()
            .zip(&hashprice.units)
            .zip(running)
            .enumerate()
            .map(|(index, ((name, even), runs))| BreakEvenAnswer {
                name: name.to_owned(),
                hashprice: (*even).into(),
                energy_price: energy_of(&|energy| energy.units.get(index).copied()),
                runs,
            })
            .collect();
        Ok(Answer {
            hashprice: market.as_ref().map(MiningMarket::hashprice),
            machines,
            fleet: BreakEvenAnswer {
                name: "fleet, machines switched".to_owned(),
                hashprice: hashprice.fleet.into(),
                energy_price: energy_of(&|energy| Some(energy.fleet)),
                runs: None,
            },
            all_running: BreakEvenAnswer {
                name: "fleet, all running".to_owned(),
                hashprice: hashprice.all_running.into(),
                energy_price: energy_of(&|energy| Some(energy.all_running)),
                runs: None,
            },
        })
    }
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let row = |levels: &Levels, decimals: usize| {
            format!(
                "{:>12.decimals$} {:>12.decimals$} {:>12.decimals$} {:>12.decimals$}",
                levels.cash, levels.operation, levels.depreciation, levels.hurdle
            )
        };
        let titles = format!(
            "{:>12} {:>12} {:>12} {:>12}",
            "energy", "+ operation", "+ depreciat.", "+ hurdle"
        );
        let all = || self.machines.iter().chain([&self.fleet, &self.all_running]);
        let mut sheet = Sheet::new()
            .heading("break-even hashprice, quote per PH/s and day")
            .line("", &titles);
        for one in all() {
            let state = match one.runs {
                Some(true) => "   runs",
                Some(false) => "   stands",
                None => "",
            };
            sheet = sheet.line(&one.name, format_args!("{}{state}", row(&one.hashprice, 4)));
        }
        if let Some(hashprice) = self.hashprice {
            sheet = sheet
                .heading(format!(
                    "break-even energy price at a hashprice of {hashprice:.4}, quote per kWh"
                ))
                .line("", &titles);
            for one in all() {
                if let Some(levels) = &one.energy_price {
                    sheet = sheet.line(&one.name, row(levels, 5));
                }
            }
        }
        sheet.fmt(f)
    }
}
