//! `hurdle model debt` and `hurdle fit debt`: the borrow rate as a kinked curve of utilisation.

use super::{Command, DeskError, Sheet, UtilisationArgs};
use crate::clock::moment;
use clap::Args;
use hurdle_model::ModelError;
use hurdle_model::debt::{DebtFit, KinkedCurve, Regime, fit_regimes};
use serde::Serialize;
use std::fmt::{self, Display, Formatter};
use std::path::{Path, PathBuf};

/// Observed rates in a table.
#[derive(Args, Clone, Debug)]
pub struct RatesArgs {
    #[command(flatten)]
    utilisation: UtilisationArgs,
    /// Title of the column with the borrow rate per year.
    #[arg(long, value_name = "TITLE", default_value = "rate")]
    rate_column: String,
    /// Title of the column with the times, which the regimes are then told by.
    #[arg(long, value_name = "TITLE")]
    time_column: Option<String>,
    /// Noise of the rates per year, which a change of the curve must stand out from [default: estimated].
    #[arg(long, value_name = "RATE")]
    noise: Option<f64>,
}

/// Observations in order of time.
struct Observations {
    points: Vec<(f64, f64)>,
    times: Option<Vec<i64>>,
}

impl RatesArgs {
    fn read(&self, path: &Path) -> Result<Observations, DeskError> {
        let mut others: Vec<&str> = vec![&self.rate_column];
        others.extend(self.time_column.as_deref());
        let table = self.utilisation.table(path, &others)?;
        let rates = table.column(&self.rate_column)?.numbers()?;
        let utilisations = self.utilisation.read(&table)?;
        let times = match &self.time_column {
            Some(title) => Some(table.column(title)?.increasing_times()?),
            None => None,
        };
        Ok(Observations {
            points: utilisations.into_iter().zip(rates).collect(),
            times,
        })
    }
}

/// A curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CurveAnswer {
    /// Rate at no utilisation, per year.
    pub base: f64,
    /// Utilisation at the kink.
    pub kink: f64,
    /// Rise up to the kink.
    pub slope1: f64,
    /// Rise from the kink to full utilisation.
    pub slope2: f64,
}

impl From<&KinkedCurve> for CurveAnswer {
    fn from(curve: &KinkedCurve) -> Self {
        Self {
            base: curve.base(),
            kink: curve.kink(),
            slope1: curve.slope1(),
            slope2: curve.slope2(),
        }
    }
}

/// A stretch of observations under one curve.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RegimeAnswer {
    /// Row of the first observation used, from 1.
    pub first: usize,
    /// Row of the last.
    pub last: usize,
    /// Time of the first, where times are given.
    pub first_time: Option<i64>,
    /// Time of the last.
    pub last_time: Option<i64>,
    /// `kinked`, `below_kink`, `above_kink` or `unidentified`.
    pub shape: &'static str,
    /// The whole curve, where both segments were observed.
    pub curve: Option<CurveAnswer>,
    /// Intercept and gradient of the one segment that was observed.
    pub line: Option<(f64, f64)>,
    /// Root-mean-square error, per year.
    pub rmse: Option<f64>,
}

fn told(regime: &Regime, times: Option<&[i64]>) -> RegimeAnswer {
    let time = |index: usize| times.and_then(|times| times.get(index).copied());
    let (shape, curve, line, rmse) = match &regime.fit {
        Ok(DebtFit::Kinked(fitted)) => ("kinked", Some((&fitted.curve).into()), None, Some(fitted.rmse)),
        Ok(DebtFit::BelowKink(line)) => (
            "below_kink",
            None,
            Some((line.intercept, line.gradient)),
            Some(line.rmse),
        ),
        Ok(DebtFit::AboveKink(line)) => (
            "above_kink",
            None,
            Some((line.intercept, line.gradient)),
            Some(line.rmse),
        ),
        Err(_) => ("unidentified", None, None, None),
    };
    RegimeAnswer {
        first: regime.first + 1,
        last: regime.last + 1,
        first_time: time(regime.first),
        last_time: time(regime.last),
        shape,
        curve,
        line,
        rmse,
    }
}

/// `hurdle fit debt`.
#[derive(Args, Clone, Debug)]
pub struct FitDebt {
    /// Observed rates in order of time, CSV with a header.
    #[arg(long, value_name = "CSV")]
    rates: PathBuf,
    #[command(flatten)]
    columns: RatesArgs,
}

/// The regimes of the curve, oldest first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FitAnswer {
    /// Observations used.
    pub observations: usize,
    /// The regimes.
    pub regimes: Vec<RegimeAnswer>,
}

impl Command for FitDebt {
    type Answer = FitAnswer;

    fn answer(&self) -> Result<FitAnswer, DeskError> {
        let observed = self.columns.read(&self.rates)?;
        let regimes = fit_regimes(&observed.points, self.columns.noise)
            .map_err(DeskError::model("borrow-rate curve"))?;
        Ok(FitAnswer {
            observations: observed.points.len(),
            regimes: regimes
                .iter()
                .map(|regime| told(regime, observed.times.as_deref()))
                .collect(),
        })
    }
}

impl Display for FitAnswer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut sheet = Sheet::new().heading(format!("{} observations", self.observations));
        for regime in &self.regimes {
            let times = regime
                .first_time
                .zip(regime.last_time)
                .map_or_else(String::new, |(first, last)| {
                    format!(", {} to {} UTC", moment(first), moment(last))
                });
            sheet = sheet.heading(format!("observations {} to {}{times}", regime.first, regime.last));
            if let Some(curve) = regime.curve {
                sheet = sheet
                    .percent("base", curve.base)
                    .percent("kink", curve.kink)
                    .percent("slope 1", curve.slope1)
                    .percent("slope 2", curve.slope2);
            }
            if let Some((intercept, gradient)) = regime.line {
                let side = if regime.shape == "below_kink" {
                    "below"
                } else {
                    "above"
                };
                sheet = sheet.line(
                    format!("only {side} the kink"),
                    format_args!("{intercept:.6} + {gradient:.6}·utilisation"),
                );
            }
            sheet = match regime.rmse {
                Some(rmse) => sheet.line("root-mean-square error", format_args!("{rmse:.3e}")),
                None => sheet.line("curve", "utilisation never varied"),
            };
        }
        sheet.fmt(f)
    }
}

/// `hurdle model debt`.
#[derive(Args, Clone, Debug)]
#[command(group(clap::ArgGroup::new("curve").required(true).multiple(true).args(["kink", "rates"])))]
pub struct Debt {
    /// Utilisation to compute the rate at.
    #[arg(long, value_name = "SHARE")]
    utilisation: f64,
    /// Utilisation at the kink of a stated curve.
    #[arg(long, value_name = "SHARE", requires_all = ["slope1", "slope2"])]
    kink: Option<f64>,
    /// Rate at no utilisation.
    #[arg(long, value_name = "RATE", default_value_t = 0.0)]
    base: f64,
    /// Rise up to the kink.
    #[arg(long, value_name = "RATE")]
    slope1: Option<f64>,
    /// Rise from the kink to full utilisation.
    #[arg(long, value_name = "RATE")]
    slope2: Option<f64>,
    /// Observed rates in order of time, CSV with a header; the curve of the last regime is used.
    #[arg(long, value_name = "CSV")]
    rates: Option<PathBuf>,
    #[command(flatten)]
    columns: RatesArgs,
}

/// The cost of debt.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// Borrow rate per year.
    pub rate: f64,
    /// Its change per unit of utilisation.
    pub gradient: f64,
    /// The curve.
    pub curve: CurveAnswer,
}

impl Command for Debt {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer, DeskError> {
        let fault = DeskError::model("cost of debt");
        let curve = self.curve()?;
        Ok(Answer {
            rate: curve.rate(self.utilisation).map_err(&fault)?,
            gradient: curve.derivative(self.utilisation).map_err(&fault)?,
            curve: (&curve).into(),
        })
    }
}

impl Debt {
    fn curve(&self) -> Result<KinkedCurve, DeskError> {
        let fault = DeskError::model("borrow-rate curve");
        let stated = match (self.kink, self.slope1, self.slope2) {
            (Some(kink), Some(slope1), Some(slope2)) => {
                Some(KinkedCurve::new(self.base, kink, slope1, slope2).map_err(&fault)?)
            }
            _ => None,
        };
        let Some(path) = &self.rates else {
            return stated.ok_or_else(|| DeskError::Argument {
                argument: "--kink",
                reason: "state a curve by --kink, --slope1 and --slope2, or give --rates".to_owned(),
            });
        };
        let observed = self.columns.read(path)?;
        let regimes = fit_regimes(&observed.points, self.columns.noise).map_err(&fault)?;
        let last = regimes.last().map_or(
            Err(ModelError::Unidentified {
                what: "borrow-rate curve",
            }),
            |regime| regime.fit,
        );
        match (last.map_err(&fault)?, stated) {
            (DebtFit::Kinked(fitted), _) => Ok(fitted.curve),
            (partial, Some(stated)) => partial.complete(&stated).map_err(&fault),
            (_, None) => Err(DeskError::Argument {
                argument: "--rates",
                reason:
                    "the last regime shows one side of the kink only; state a curve by --kink, --slope1 and \
                         --slope2 to complete it"
                        .to_owned(),
            }),
        }
    }
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let sheet = Sheet::new()
            .heading("cost of debt per year")
            .percent("rate", self.rate)
            .line(
                "change per unit of utilisation",
                format_args!("{:.6}", self.gradient),
            )
            .heading("curve")
            .percent("base", self.curve.base)
            .percent("kink", self.curve.kink)
            .percent("slope 1", self.curve.slope1)
            .percent("slope 2", self.curve.slope2);
        sheet.fmt(f)
    }
}
