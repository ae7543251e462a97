//! The walk.

use super::forecast::VolatilityModel;
use super::hurdle::{HurdleModel, Moment};
use super::requirement::{ClassRule, ClassSetting, Method, Reading};
use super::sample::{Sample, overlap};
use super::verdict::{Verdict, judge};
use crate::error::{ModelError, Result, at_least, positive, representable};
use crate::margin::{ClassParameters, Move, PricePath, level_of, loss_fraction};
use crate::series::SECONDS_PER_YEAR;
use crate::tail::Side;

/// How a backtest is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setting {
    /// Liquidation horizon, seconds, > 0.
    pub horizon: u32,
    /// Seconds between steps, > 0.
    pub stride: u32,
    /// Prices before the volatility model is first fitted, ≥ 2.
    pub burn_in: usize,
    /// Prices before the first step, ≥ `burn_in`.
    pub warm_up: usize,
    /// Newest outcomes that a quantile is taken from.
    pub window: usize,
    /// Prices between fits of the volatility model, ≥ 1.
    pub refit: usize,
    /// Confidence of the margin, (0, 1).
    pub level: f64,
    /// The move to be covered.
    pub kind: Move,
    /// The side that loses.
    pub side: Side,
    /// How the quantile is taken.
    pub method: Method,
    /// How sure it is that the quantile is no lower than the true one, (0, 1): the upper limit of a one-sided interval
    /// ([`crate::margin::quantile_limit`]). `None` for the quantile that the next loss exceeds as often as stated.
    pub sureness: Option<f64>,
    /// Whether and how a risk class is calibrated on the way.
    pub class: Option<ClassRule>,
}

impl Setting {
    fn validate(&self) -> Result<()> {
        positive("liquidation horizon, seconds", f64::from(self.horizon))?;
        positive("stride, seconds", f64::from(self.stride))?;
        at_least("prices of the burn-in", 2, self.burn_in)?;
        at_least("prices of the warm-up", self.burn_in, self.warm_up)?;
        at_least("prices between fits", 1, self.refit)?;
        at_least("outcomes of the window", 1, self.window)?;
        level_of(self.level)?;
        if let Some(sureness) = self.sureness {
            level_of(sureness)?;
            if !self.method.reads_the_sample() {
                return Err(ModelError::Incompatible {
                    what: "sureness of the quantile",
                    with: "a method that does not read the quantile off past moves",
                });
            }
        }
        Ok(())
    }
}

/// One step: the first block was known at its time, `realised` was not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Index of the price.
    pub index: usize,
    /// Unix seconds.
    pub time: i64,
    /// Closing price.
    pub price: f64,
    /// Forecast volatility over the horizon, per √year.
    pub volatility: f64,
    /// Hurdle rate per year.
    pub hurdle: f64,
    /// Margin multiplier.
    pub multiplier: f64,
    /// Whether there was no equilibrium.
    pub is_stressed: bool,
    /// Quantile of the adverse log-move at the level.
    pub quantile: f64,
    /// Expected shortfall of the adverse log-move; `None` where the tail has none.
    pub shortfall: Option<f64>,
    /// The quantile as a fraction of the position's value: the margin that the level asks for.
    pub required: f64,
    /// Initial and maintenance margin of the class calibrated on the past, with its factors.
    pub class: Option<(f64, f64)>,
    /// What happened; `None` where the path ends before the horizon, or has a gap.
    pub realised: Option<Realised>,
}

/// The outcome of a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Realised {
    /// Adverse log-move.
    pub adverse_log: f64,
    /// The same as a fraction of the value; negative where the position only gained.
    pub adverse: f64,
    /// Whether it exceeded the required margin.
    pub is_breach: bool,
    /// Whether it exceeded the class's maintenance margin.
    pub is_class_breach: Option<bool>,
}

/// A finished backtest.
#[derive(Debug, Clone, PartialEq)]
pub struct Backtest {
    /// The steps, oldest first.
    pub steps: Vec<Step>,
    /// The tests.
    pub verdict: Verdict,
    /// The class as calibrated at the last step.
    pub class: Option<ClassParameters>,
    /// Fits of the volatility model that failed, for which the one before stood.
    pub failed_fits: usize,
}

/// Walks forward over a path: fits and forecasts on the past only, takes the hurdle rate at each step, and sets the margin
/// at the stated confidence.
///
/// # Errors
/// [`crate::ModelError`] for a setting outside its domain, for a past that does not suffice (as of the step that it fails
/// at), or of the models; [`crate::ModelError::TooFew`] where no step has an outcome.
pub fn run(
    path: &PricePath,
    setting: &Setting,
    volatility: &dyn VolatilityModel,
    hurdle: &mut dyn HurdleModel,
) -> Result<Backtest> {
    setting.validate()?;
    at_least(
        "prices of a backtest",
        setting.warm_up.saturating_add(1),
        path.len(),
    )?;
    let years = f64::from(setting.horizon) / SECONDS_PER_YEAR;
    let every = setting.method.standardises() || setting.class.is_some();
    let mut sample = Sample::default();
    let (mut steps, mut class) = (Vec::new(), None);
    let (mut fitted, mut next_step, mut multiplier) = (None, i64::MIN, 1.0);
    let mut failed_fits = 0;
    for now in 0..path.len() {
        let (past, time) = (path.past(now), path.times()[now]);
        if now >= setting.burn_in && (now - setting.burn_in).is_multiple_of(setting.refit) {
            match volatility.fit(&past) {
                Ok(model) => fitted = Some(model),
                Err(reason) if fitted.is_none() => return Err(reason),
                Err(_) => failed_fits += 1,
            }
        }
        let is_step = now >= setting.warm_up && time >= next_step;
        let deviation = match &fitted {
            Some(model) if every || is_step => Some(positive(
                "forecast of the volatility",
                model.deviation(&past, years)?,
            )?),
            _ => None,
        };
        if let (true, Some(deviation)) = (is_step, deviation) {
            let volatility = representable("volatility", deviation / years.sqrt())?;
            let point = hurdle.step(Moment { time, volatility })?;
            multiplier = point.multiplier;
            let known = sample.known_at(time, setting.window);
            let reading = Reading {
                overlap: overlap(path, known, setting.horizon)?,
                sureness: setting.sureness,
            };
            let tail = setting.method.tail(known, deviation, setting.level, reading)?;
            if let Some(rule) = &setting.class {
                class = Some(rule.class(
                    known,
                    ClassSetting {
                        method: setting.method,
                        level: setting.level,
                        side: setting.side,
                        reading,
                        horizon_years: years,
                        volatility,
                    },
                )?);
            }
            let margins = class.map(|class: ClassParameters| {
                let factor = class.factor(multiplier, volatility, 0.0);
                (class.initial * factor, class.maintenance * factor)
            });
            let realised = path
                .adverse_move(now, setting.horizon, setting.kind, setting.side)
                .map(|adverse_log| {
                    let adverse = loss_fraction(adverse_log, setting.side);
                    Realised {
                        adverse_log,
                        adverse,
                        is_breach: adverse_log > tail.quantile,
                        is_class_breach: margins.map(|(_, maintenance)| adverse > maintenance),
                    }
                });
            steps.push(Step {
                index: now,
                time,
                price: path.closes()[now],
                volatility,
                hurdle: point.hurdle,
                multiplier,
                is_stressed: point.is_stressed,
                quantile: tail.quantile,
                shortfall: tail.shortfall,
                required: representable("margin", loss_fraction(tail.quantile, setting.side))?,
                class: margins,
                realised,
            });
            next_step = time.saturating_add(i64::from(setting.stride));
        }
        let begins = (setting.kind, setting.side);
        sample.begin(path, now, setting.horizon, begins, (deviation, multiplier));
    }
    let verdict = judge(&steps, setting.horizon, setting.level)?;
    Ok(Backtest {
        steps,
        verdict,
        class,
        failed_fits,
    })
}
