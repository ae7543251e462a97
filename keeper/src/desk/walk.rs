//! Arguments of a walk over prices, which `hurdle model margin` and `hurdle backtest` share.

use super::class::ClassArgs;
use super::{DeskError, SeriesArgs, usual_spacing};
use clap::{Args, ValueEnum};
use hurdle_model::backtest::{ClassRule, Ewma, Garch, Method, Setting, VolatilityModel};
use hurdle_model::hazard::pareto::MIN_EXCESSES;
use hurdle_model::margin::{Move, PricePath, fewest_values, fewest_values_for_limit};
use hurdle_model::series::SECONDS_PER_YEAR;
use hurdle_model::tail::Side;
use hurdle_model::volatility::garch::{Dynamics, Mean, Specification};

/// The side that loses.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum SideArg {
    /// A fall of the price.
    Long,
    /// A rise of the price.
    Short,
}

impl From<SideArg> for Side {
    fn from(side: SideArg) -> Self {
        match side {
            SideArg::Long => Self::Long,
            SideArg::Short => Self::Short,
        }
    }
}

/// The move that a margin must cover.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum MoveArg {
    /// The worst price within the horizon.
    Worst,
    /// The last price within the horizon.
    Terminal,
}

impl From<MoveArg> for Move {
    fn from(kind: MoveArg) -> Self {
        match kind {
            MoveArg::Worst => Self::Worst,
            MoveArg::Terminal => Self::Terminal,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum MethodArg {
    /// Forecast volatility × normal quantile.
    Normal,
    /// Quantile of past moves.
    Historical,
    /// Forecast volatility × quantile of past standardised moves.
    Filtered,
    /// Forecast volatility × peaks-over-threshold quantile.
    Peaks,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum VolatilityArg {
    /// Exponentially weighted.
    Ewma,
    /// GARCH(1,1) by maximum likelihood.
    Garch,
    /// GJR-GARCH(1,1): falls may weigh more than rises.
    Gjr,
}

/// A walk over prices.
#[derive(Args, Clone, Debug)]
pub struct WalkArgs {
    #[command(flatten)]
    series: SeriesArgs,
    /// Title of the column with the highs [default: the prices themselves].
    #[arg(long, value_name = "TITLE", requires = "low_column")]
    high_column: Option<String>,
    /// Title of the column with the lows.
    #[arg(long, value_name = "TITLE", requires = "high_column")]
    low_column: Option<String>,
    /// Liquidation horizon, seconds; at least the time between prices.
    #[arg(long, value_name = "SECONDS", default_value_t = 14_400)]
    pub horizon: u32,
    /// Confidence of the margin over the horizon.
    #[arg(long, value_name = "SHARE", default_value_t = 0.99)]
    pub confidence: f64,
    /// Side that loses.
    #[arg(long, value_enum, default_value_t = SideArg::Long)]
    pub side: SideArg,
    /// Move that the margin must cover.
    #[arg(long = "move", value_enum, default_value_t = MoveArg::Worst)]
    kind: MoveArg,
    /// How the quantile is taken.
    #[arg(long, value_enum, default_value_t = MethodArg::Filtered)]
    method: MethodArg,
    /// How sure it is that a quantile of past moves is no lower than the true one, such as 0.95 [default: the quantile that
    /// the next move exceeds as often as stated].
    #[arg(long, value_name = "SHARE")]
    sureness: Option<f64>,
    /// Share of moves above the threshold of `--method peaks`.
    #[arg(long, value_name = "SHARE", default_value_t = 0.1)]
    tail_share: f64,
    /// Volatility forecast.
    #[arg(long, value_enum, default_value_t = VolatilityArg::Ewma)]
    volatility: VolatilityArg,
    /// Decay factor of the exponentially weighted forecast, per interval.
    #[arg(long, value_name = "LAMBDA", default_value_t = 0.97)]
    decay: f64,
    /// Interval of the decay factor and step of GARCH, seconds [default: the usual time between prices].
    #[arg(long, value_name = "SECONDS")]
    interval: Option<u32>,
    /// Steps that GARCH is fitted to.
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    fit_steps: usize,
    /// Prices between fits of the volatility model.
    #[arg(long, value_name = "N", default_value_t = 168)]
    refit: usize,
    /// Prices before the first fit.
    #[arg(long, value_name = "N", default_value_t = 100)]
    burn_in: usize,
    /// Prices before the first step [default: as many as the confidence needs twice over].
    #[arg(long, value_name = "N")]
    warm_up: Option<usize>,
    /// Newest past moves that a quantile is taken from.
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    window: usize,
    /// Confidence of initial margin over its own horizon.
    #[arg(long, value_name = "SHARE", default_value_t = 0.995)]
    initial_confidence: f64,
    /// Horizon of initial margin, in liquidation horizons.
    #[arg(long, value_name = "TIMES", default_value_t = 2.0)]
    warning: f64,
    #[command(flatten)]
    pub class: ClassArgs,
}

/// What the arguments ask for.
pub struct Walk {
    /// The prices.
    pub path: PricePath,
    /// How to walk over them.
    pub setting: Setting,
    /// What forecasts volatility.
    pub volatility: Box<dyn VolatilityModel>,
}

impl WalkArgs {
    /// Reads the prices and checks what the arguments say of them. `stride` is the seconds between steps.
    ///
    /// # Errors
    /// [`DeskError`], which names the field or the argument.
    pub fn walk(&self, stride: Option<u32>) -> Result<Walk, DeskError> {
        let path = self.path()?;
        let spacing = usual_spacing(path.times().iter().copied());
        if i64::from(self.horizon) < spacing {
            return Err(DeskError::Argument {
                argument: "--horizon",
                reason: format!(
                    "{} s is shorter than the {spacing} s that usually lie between prices; no move would be seen",
                    self.horizon
                ),
            });
        }
        let interval = match self.interval {
            Some(interval) => interval,
            None => u32::try_from(spacing).unwrap_or(u32::MAX),
        };
        let setting = self.setting(spacing, stride)?;
        Ok(Walk {
            path,
            setting,
            volatility: self.model(interval)?,
        })
    }

    fn path(&self) -> Result<PricePath, DeskError> {
        let series = &self.series;
        let mut table = series.table()?;
        let fault = DeskError::model("prices");
        let (Some(high), Some(low)) = (&self.high_column, &self.low_column) else {
            let times = table.column(&series.time_column)?.increasing_times()?;
            let closes = table.column(&series.price_column)?.positive_numbers()?;
            return PricePath::new(times, closes).map_err(fault);
        };
        if series.skip_empty {
            table = table.without_gaps(&[high, low])?;
        }
        let times = table.column(&series.time_column)?.increasing_times()?;
        let close = table.column(&series.price_column)?;
        let (closes, highs, lows) = (
            close.positive_numbers()?,
            table.column(high)?.positive_numbers()?,
            table.column(low)?.positive_numbers()?,
        );
        let outside = (0..closes.len()).find(|row| !(lows[*row]..=highs[*row]).contains(&closes[*row]));
        if let Some(row) = outside {
            let reason = format!(
                "{} is outside low {} and high {}",
                closes[row], lows[row], highs[row]
            );
            return Err(close.fault(row, reason).into());
        }
        PricePath::with_range(times, highs, lows, closes).map_err(fault)
    }

    fn setting(&self, spacing: i64, stride: Option<u32>) -> Result<Setting, DeskError> {
        let per_horizon = usize::try_from(i64::from(self.horizon) / spacing).unwrap_or(usize::MAX);
        let fewest = self.fewest(per_horizon)?;
        if self.window < fewest && self.method != MethodArg::Normal {
            return Err(DeskError::Argument {
                argument: "--window",
                reason: format!(
                    "{} past moves do not show the quantile; the confidence needs {fewest}",
                    self.window
                ),
            });
        }
        let needed = fewest
            .saturating_mul(2)
            .saturating_add(self.burn_in)
            .saturating_add(per_horizon);
        Ok(Setting {
            horizon: self.horizon,
            stride: stride.unwrap_or(self.horizon),
            burn_in: self.burn_in,
            warm_up: self.warm_up.unwrap_or(needed),
            window: self.window,
            refit: self.refit,
            level: self.confidence,
            kind: self.kind.into(),
            side: self.side.into(),
            method: match self.method {
                MethodArg::Normal => Method::Normal,
                MethodArg::Historical => Method::Historical,
                MethodArg::Filtered => Method::Filtered,
                MethodArg::Peaks => Method::Peaks(self.tail_share),
            },
            sureness: self.sureness,
            class: Some(ClassRule {
                initial_level: self.initial_confidence,
                warning: self.warning,
                slippage: self.class.slippage,
                largest_size: self.class.largest_size,
                largest_multiplier: self.class.largest_multiplier,
                hurdle_sensitivity: self.class.hurdle_sensitivity,
            }),
        })
    }

    /// Fewest past moves, of which so many begin within a horizon, that show the quantiles.
    fn fewest(&self, per_horizon: usize) -> Result<usize, DeskError> {
        let level = self.confidence.max(self.initial_confidence);
        let fault = DeskError::model("confidence");
        let fewest = fewest_values(level).map_err(&fault)?;
        if let Some(sureness) = self.sureness {
            // one overlap more than there usually is, for a history with denser stretches
            let overlap = per_horizon.saturating_add(1) as f64;
            return fewest_values_for_limit(level, sureness, overlap).map_err(&fault);
        }
        if self.method != MethodArg::Peaks {
            return Ok(fewest);
        }
        if !(self.tail_share > 0.0 && self.tail_share < 1.0) {
            return Err(DeskError::Argument {
                argument: "--tail-share",
                reason: format!("`{}` is no share between 0 and 1", self.tail_share),
            });
        }
        // as many as leave a fit above the threshold
        let above = (MIN_EXCESSES as f64 / self.tail_share).ceil() + 1.0;
        Ok(fewest.max(above as usize))
    }

    fn model(&self, interval: u32) -> Result<Box<dyn VolatilityModel>, DeskError> {
        let garch = |dynamics| Garch {
            specification: Specification {
                mean: Mean::Zero,
                dynamics,
            },
            step: interval,
            steps: self.fit_steps,
        };
        Ok(match self.volatility {
            VolatilityArg::Ewma => {
                let years = f64::from(interval) / SECONDS_PER_YEAR;
                Box::new(Ewma::new(self.decay, years).map_err(DeskError::model("volatility forecast"))?)
            }
            VolatilityArg::Garch => Box::new(garch(Dynamics::Symmetric)),
            VolatilityArg::Gjr => Box::new(garch(Dynamics::Asymmetric)),
        })
    }
}
