//! The market now, and how its price moves: as stated, or from a record.

use super::spec::LoanFile;
use crate::desk::DeskError;
use crate::desk::pow::{ChainName, HistoryArgs, HistoryColumns};
use clap::Args;
use hurdle_model::jumps::threshold_jumps;
use hurdle_model::pow::MiningMarket;
use hurdle_model::series::PositiveSeries;
use hurdle_model::simulation::PriceProcess;
use hurdle_model::tail::JumpDiffusion;
use std::path::{Path, PathBuf};

/// Arguments. What is stated comes before what the record says, and that before what the loan's file says.
#[derive(Args, Clone, Debug)]
pub struct MarketArgs {
    /// Daily record, CSV with a header: the market is its last day, volatility and jumps are those of its last days.
    #[arg(long, value_name = "CSV")]
    days: Option<PathBuf>,
    /// The chain.
    #[arg(long, value_enum, default_value_t)]
    chain: ChainName,
    #[command(flatten)]
    columns: HistoryColumns,
    /// Days of the record from which volatility and jumps are taken.
    #[arg(long, value_name = "DAYS", default_value_t = 365)]
    window: usize,
    /// Standard deviations beyond which a return is a jump.
    #[arg(long, value_name = "TIMES", default_value_t = 4.0)]
    jump_threshold: f64,
    /// Price of a coin, quote.
    #[arg(long, value_name = "QUOTE")]
    price: Option<f64>,
    /// Coins per PH/s and day.
    #[arg(long, value_name = "COINS")]
    coins: Option<f64>,
    /// Drift of the mean price, per year.
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    drift: Option<f64>,
    /// Volatility of the price between jumps, per √year.
    #[arg(long, value_name = "SIGMA")]
    volatility: Option<f64>,
    /// Jumps per year.
    #[arg(long, value_name = "RATE")]
    jumps: Option<f64>,
}

/// The market and its price.
pub struct Market {
    /// Now.
    pub now: MiningMarket,
    /// How the price moves.
    pub process: JumpDiffusion,
    /// Drift of its mean, per year.
    pub drift: f64,
}

/// Parameters, before anything is stated.
#[derive(Clone, Copy)]
struct Figures {
    price: f64,
    coins: f64,
    volatility: f64,
    drift: f64,
    jumps: (f64, f64, f64),
}

impl Market {
    /// As a process for simulations.
    pub const fn price_process(&self) -> PriceProcess {
        PriceProcess::Merton(self.process)
    }
}

impl MarketArgs {
    /// The market.
    ///
    /// # Errors
    /// [`DeskError`]: of the record, of a figure outside its domain, or where neither record nor file tells the market.
    pub fn market(&self, file: &LoanFile) -> Result<Market, DeskError> {
        let fault = DeskError::model("market");
        let base = match (&self.days, &file.market) {
            (Some(days), _) => self.recorded(days)?,
            (None, Some(spec)) => Figures {
                price: spec.price,
                coins: spec.coins,
                volatility: spec.volatility,
                drift: spec.drift,
                jumps: (spec.jumps_per_year, spec.jump_mean, spec.jump_deviation),
            },
            (None, None) => {
                return Err(DeskError::Argument {
                    argument: "--days",
                    reason: "the loan's file has no [market]; add it, or name a daily record".to_owned(),
                });
            }
        };
        let drift = self.drift.unwrap_or(base.drift);
        let (jumps, mean, deviation) = base.jumps;
        Ok(Market {
            now: MiningMarket {
                price: self.price.unwrap_or(base.price),
                coins: self.coins.unwrap_or(base.coins),
            },
            process: JumpDiffusion::new(
                drift,
                self.volatility.unwrap_or(base.volatility),
                self.jumps.unwrap_or(jumps),
                mean,
                deviation,
            )
            .map_err(&fault)?,
            drift,
        })
    }

    fn recorded(&self, days: &Path) -> Result<Figures, DeskError> {
        let history = HistoryArgs {
            days: days.to_owned(),
            chain: self.chain,
            columns: self.columns.clone(),
        }
        .read()?;
        let days = history.days();
        let from = days.len().saturating_sub(self.window.saturating_add(1));
        let returns = PositiveSeries::new(days[from..].iter().map(|day| (day.time, day.price)))
            .map_err(DeskError::model("prices of the record"))?
            .log_returns();
        let fit = threshold_jumps(&returns, self.jump_threshold)
            .map_err(DeskError::model("volatility and jumps of the record"))?;
        let last = &days[days.len() - 1];
        let now = MiningMarket::of_day(last).map_err(DeskError::model("market"))?;
        Ok(Figures {
            price: now.price,
            coins: now.coins,
            volatility: fit.volatility,
            drift: 0.0,
            jumps: (fit.intensity, fit.mean, fit.deviation),
        })
    }
}
