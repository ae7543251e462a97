//! `hurdle model margin`: the parameters of a risk class, from what prices did.

use super::backtest::TestAnswer;
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
    /// Tests of the quantile that it is calibrated from, at each step from the past alone.
    pub quantile_tests: TestAnswer,
    /// Tests of maintenance margin, which does not fall below its base in calm and is then breached less often than stated.
    pub maintenance_tests: TestAnswer,
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
            quantile_tests: (&result.verdict.quantile).into(),
            maintenance_tests: (&tests).into(),
        })
    }
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let sheet = Sheet::new().heading(format!(
            "risk class at {} over {} s, rounded against the holder",
            self.confidence, self.horizon_seconds
        ));
        let sheet = self.class.lines(sheet).heading("the quantile, walking forward");
        let sheet = self.quantile_tests.lines(sheet);
        let sheet = sheet.heading("maintenance margin, walking forward");
        let sheet = self.maintenance_tests.lines(sheet);
        sheet.fmt(f)
    }
}
