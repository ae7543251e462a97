//! `hurdle pow backtest`: a fleet over a chain's recorded days, at many energy prices.

mod answer;
mod page;

pub use answer::Answer;

use super::{FleetFile, HistoryArgs, within_network};
use crate::desk::{Command, DeskError, write_page};
use clap::Args;
use hurdle_model::pow::MiningHistory;
use hurdle_model::pow::backtest::{ENERGY_PRICES, Restart, days, records};
use std::path::PathBuf;
use std::str::FromStr;

/// Arguments.
#[derive(Args, Clone, Debug)]
pub struct Backtest {
    #[command(flatten)]
    history: HistoryArgs,
    /// Only so many of the last days.
    #[arg(long, value_name = "DAYS")]
    last: Option<usize>,
    /// Site and machines, TOML [default: the built-in example, keeper/data/pow-fleet.toml].
    #[arg(long, value_name = "TOML")]
    fleet: Option<PathBuf>,
    /// Energy prices, quote per kWh: the first, the last and how many.
    #[arg(
        long,
        value_name = "FROM:TO:N",
        default_value = "0.01:0.15:29",
        allow_hyphen_values = true
    )]
    energy_prices: Grid,
    /// Days of a sufficient margin before machines that stand still run again.
    #[arg(long, value_name = "DAYS", default_value_t = 0)]
    restart_delay: u16,
    /// The margin that suffices then, as a share of the cost of energy.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    restart_margin: f64,
    /// Leave the days out of the JSON.
    #[arg(long)]
    summary: bool,
    /// Where to write a page with the plots [default: nowhere].
    #[arg(long, value_name = "HTML")]
    html: Option<PathBuf>,
}

/// Evenly spaced numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid(Vec<f64>);

impl FromStr for Grid {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split(':').collect();
        let [from, to, count] = parts.as_slice() else {
            return Err("write FROM:TO:N, such as 0.02:0.12:51".to_owned());
        };
        let number = |part: &str| {
            part.parse::<f64>()
                .ok()
                .filter(|value| value.is_finite())
                .ok_or_else(|| format!("`{part}` is no finite number"))
        };
        let (from, to) = (number(from)?, number(to)?);
        let count: u16 = count
            .parse()
            .ok()
            .filter(|count| (2..=ENERGY_PRICES).contains(&usize::from(*count)))
            .ok_or_else(|| format!("`{count}` is no count from 2 to {ENERGY_PRICES}"))?;
        if to <= from {
            return Err(format!("{to} does not exceed {from}"));
        }
        let step = (to - from) / f64::from(count - 1);
        Ok(Self(
            (0..count).map(|index| from + step * f64::from(index)).collect(),
        ))
    }
}

impl Command for Backtest {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer, DeskError> {
        let fault = DeskError::model("fleet backtest");
        let file = FleetFile::read(self.fleet.as_deref())?;
        let site = file.site().map_err(DeskError::model("site"))?;
        let fleet = file.fleet().map_err(DeskError::model("fleet"))?;
        let history = self.days()?;
        within_network(history.days(), &fleet, "begin later with --last")?;
        let restart = Restart {
            delay: self.restart_delay,
            margin: self.restart_margin,
        };
        let by_price = records(&history, &fleet, &site, restart, &self.energy_prices.0).map_err(&fault)?;
        let own = records(&history, &fleet, &site, restart, &[site.energy_price]).map_err(&fault)?;
        let days = days(&history, &fleet, &site, restart).map_err(&fault)?;
        let names = file.names().map(str::to_owned).collect();
        let mut answer = Answer::new(names, &fleet, &site, &own, &by_price, &days);
        if let Some(path) = &self.html {
            write_page(path, &page::render(&answer))?;
        }
        if self.summary {
            answer.days.clear();
        }
        Ok(answer)
    }
}

impl Backtest {
    fn days(&self) -> Result<MiningHistory, DeskError> {
        let all = self.history.read()?;
        let Some(last) = self.last else {
            return Ok(all);
        };
        let skipped = all.days().len().saturating_sub(last);
        MiningHistory::new(all.days()[skipped..].to_vec()).map_err(DeskError::model("mining history"))
    }
}
