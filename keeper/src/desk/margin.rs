//! `hurdle model margin`: the parameters of a risk class, from what prices did.

use super::class::ClassAnswer;
use super::walk::WalkArgs;
use super::{Command, DeskError, Sheet};
use clap::Args;
use hurdle_model::backtest::{NoHurdle, run};
use serde::Serialize;
use std::fmt::{self, Display, Formatter};

/// Arguments.
#[derive(Args, Clone, Debug)]
pub struct Margin {
    #[command(flatten)]
    walk: WalkArgs,
}

/// A risk class at the stated confidence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// Confidence of maintenance margin over the horizon.
    pub confidence: f64,
    /// Liquidation horizon, seconds.
    pub horizon_seconds: u32,
    /// The class.
    #[serde(flatten)]
    pub class: ClassAnswer,
    /// Steps that it was tested on, each calibrated on its past alone.
    pub forecasts: usize,
    /// Steps on which maintenance margin was exceeded.
    pub breaches: usize,
    /// Breaches to be expected at the confidence.
    pub expected_breaches: f64,
    /// Probability of at least so many.
    pub too_many_p_value: f64,
}

impl Command for Margin {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer, DeskError> {
        let walk = self.walk.walk(None)?;
        let fault = DeskError::model("margin calibration");
        let result =
            run(&walk.path, &walk.setting, walk.volatility.as_ref(), &mut NoHurdle).map_err(&fault)?;
        let (Some(parameters), Some(tests)) = (result.class, result.verdict.class) else {
            // a walk with a class rule calibrates one at every step, and every step has an outcome or none is tested
            return Err(DeskError::Argument {
                argument: "--prices",
                reason: "no step could be calibrated; give a longer history".to_owned(),
            });
        };
        let class = self.walk.class.class(&parameters, "--prices")?;
        Ok(Answer {
            confidence: walk.setting.level,
            horizon_seconds: walk.setting.horizon,
            class: class.into(),
            forecasts: tests.forecasts,
            breaches: tests.breaches,
            expected_breaches: tests.expected,
            too_many_p_value: tests.too_many_p_value,
        })
    }
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let sheet = Sheet::new().heading(format!(
            "risk class at {} over {} s, rounded against the holder",
            self.confidence, self.horizon_seconds
        ));
        let sheet = self
            .class
            .lines(sheet)
            .heading("tested walking forward")
            .line(
                "breaches of maintenance margin",
                format_args!(
                    "{} of {}, {:.1} expected",
                    self.breaches, self.forecasts, self.expected_breaches
                ),
            )
            .line(
                "probability of at least so many",
                format_args!("{:.4}", self.too_many_p_value),
            );
        sheet.fmt(f)
    }
}
