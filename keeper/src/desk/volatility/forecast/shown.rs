//! Forecasts as they are shown.

use super::Model;
use crate::desk::Sheet;
use hurdle_model::series::SECONDS_PER_YEAR;
use hurdle_model::volatility::{TermPoint, garch, har};
use serde::Serialize;

/// Realised variances of fewer returns than this scatter by more than half of themselves: by √(2/n), were the returns
/// normal.
const FEW_RETURNS: f64 = 8.0;

/// What one model forecasts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Forecast {
    /// The model.
    pub model: Model,
    /// The step that its fit refers to, of a GARCH or HAR model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step_seconds: Option<u32>,
    /// Its fit, of a GARCH model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub garch: Option<Garch>,
    /// Its fit one step ahead, of a HAR model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub har: Option<Har>,
    /// The volatility to each horizon.
    pub term: Vec<Point>,
}

/// The volatility to one horizon.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Point {
    /// Seconds from the last price.
    pub horizon_seconds: f64,
    /// Annualised, per √year.
    pub volatility: f64,
    /// Standard deviation of the log-return until then.
    pub deviation: f64,
}

/// A fit of a GARCH model; the unit of the returns is one per step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Garch {
    /// Returns used.
    pub returns: usize,
    /// The estimates.
    pub parameters: Parameters,
    /// Bollerslev–Wooldridge standard errors, where the likelihood is not flat.
    pub robust_errors: Option<Parameters>,
    /// Classical standard errors.
    pub classical_errors: Option<Parameters>,
    /// α + γ/2 + β.
    pub persistence: f64,
    /// What forecasts converge to, per √year; none at persistence one.
    pub long_run_volatility: Option<f64>,
    /// Gaussian.
    pub log_likelihood: f64,
    /// Akaike's criterion.
    pub aic: f64,
    /// Schwarz's criterion.
    pub bic: f64,
    /// Whether an inequality binds; standard errors then do not have their usual meaning.
    pub at_boundary: bool,
    /// Which of the parameters were estimated, in their order.
    #[serde(skip)]
    pub estimated: [bool; 5],
}

/// Parameters of a GARCH model, or their standard errors.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Parameters {
    /// Mean of a return.
    pub mean: f64,
    /// ω.
    pub omega: f64,
    /// α.
    pub alpha: f64,
    /// γ, zero where not estimated.
    pub gamma: f64,
    /// β.
    pub beta: f64,
}

/// A fit of a HAR model one step ahead.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Har {
    /// Rows of the regression.
    pub rows: usize,
    /// Mean number of returns behind the realised variance of a step.
    pub returns_per_step: f64,
    /// Constant and coefficients of the averages.
    pub coefficients: [f64; 4],
    /// Newey–West standard errors.
    pub standard_errors: [f64; 4],
    /// Lags of these.
    pub lags: usize,
    /// Share of the variation explained.
    pub r_squared: f64,
    /// Horizons, in steps, whose forecast had to use non-negative coefficients.
    pub constrained: usize,
}

impl Parameters {
    fn named(&self) -> [(&'static str, f64); 5] {
        [
            ("mean", self.mean),
            ("omega", self.omega),
            ("alpha", self.alpha),
            ("gamma", self.gamma),
            ("beta", self.beta),
        ]
    }
}

impl From<&garch::Parameters> for Parameters {
    fn from(parameters: &garch::Parameters) -> Self {
        Self {
            mean: parameters.mean,
            omega: parameters.omega,
            alpha: parameters.alpha,
            gamma: parameters.gamma,
            beta: parameters.beta,
        }
    }
}

impl From<&garch::Fit> for Garch {
    fn from(fit: &garch::Fit) -> Self {
        let long_run = fit.parameters.long_run_variance();
        Self {
            returns: fit.returns,
            parameters: Parameters::from(&fit.parameters),
            robust_errors: fit.robust_errors.as_ref().map(Parameters::from),
            classical_errors: fit.classical_errors.as_ref().map(Parameters::from),
            persistence: fit.parameters.persistence(),
            long_run_volatility: long_run.map(|variance| (variance / fit.step_years).sqrt()),
            log_likelihood: fit.log_likelihood,
            aic: fit.aic,
            bic: fit.bic,
            at_boundary: fit.at_boundary,
            estimated: [
                fit.specification.mean == garch::Mean::Constant,
                true,
                true,
                fit.specification.dynamics == garch::Dynamics::Asymmetric,
                true,
            ],
        }
    }
}

impl Har {
    /// The fit one step ahead, how many of the horizons were constrained, and the mean number of returns of a step.
    pub fn new(fit: &har::Fit, constrained: usize, returns_per_step: f64) -> Self {
        let column = |coefficients: &har::Coefficients| {
            let [short, medium, long] = coefficients.averages;
            [coefficients.intercept, short, medium, long]
        };
        Self {
            rows: fit.rows,
            returns_per_step,
            coefficients: column(&fit.coefficients),
            standard_errors: column(&fit.standard_errors),
            lags: fit.lags,
            r_squared: fit.r_squared,
            constrained,
        }
    }
}

impl Forecast {
    /// A forecast of a model without parameters.
    pub fn new(model: Model, term: Vec<TermPoint>) -> Self {
        let point = |point: TermPoint| Point {
            horizon_seconds: (point.horizon_years * SECONDS_PER_YEAR).round(),
            volatility: point.volatility,
            deviation: point.deviation,
        };
        Self {
            model,
            step_seconds: None,
            garch: None,
            har: None,
            term: term.into_iter().map(point).collect(),
        }
    }

    /// The lines of the text.
    pub fn lines(&self, mut sheet: Sheet) -> Sheet {
        sheet = sheet.heading(match self.model {
            Model::Ewma => "exponentially weighted",
            Model::Garch => "GARCH(1,1)",
            Model::Gjr => "GJR-GARCH(1,1)",
            Model::Har => "HAR of realised variances",
            Model::LogHar => "HAR of logarithms of realised variances",
        });
        if let Some(garch) = &self.garch {
            sheet = garch.lines(sheet);
        }
        if let Some(har) = &self.har {
            sheet = har.lines(sheet);
        }
        self.term.iter().fold(sheet, |sheet, point| {
            let (volatility, deviation) = (100.0 * point.volatility, 100.0 * point.deviation);
            sheet.line(
                format!("to {} s", point.horizon_seconds),
                format_args!("{volatility:.4} % per √year, {deviation:.4} % until then"),
            )
        })
    }
}

impl Garch {
    fn lines(&self, mut sheet: Sheet) -> Sheet {
        sheet = sheet.line("returns", self.returns);
        let errors = self.robust_errors.as_ref().map(Parameters::named);
        for (i, (label, estimate)) in self.parameters.named().into_iter().enumerate() {
            if !self.estimated[i] {
                continue;
            }
            sheet = match errors.map(|errors| errors[i].1) {
                Some(error) => sheet.line(label, format_args!("{estimate:.6e} ± {error:.1e}")),
                None => sheet.line(label, format_args!("{estimate:.6e}")),
            };
        }
        sheet = sheet
            .line("persistence", format_args!("{:.6}", self.persistence))
            .line("log-likelihood", format_args!("{:.4}", self.log_likelihood))
            .line("AIC, BIC", format_args!("{:.4}, {:.4}", self.aic, self.bic));
        if errors.is_none() {
            sheet = sheet.line("errors", "none: the likelihood is not concave at the estimates");
        }
        if self.at_boundary {
            sheet = sheet.line("at the boundary", "yes: errors do not have their usual meaning");
        }
        match self.long_run_volatility {
            Some(volatility) => sheet.percent("long-run volatility", volatility),
            None => sheet,
        }
    }
}

impl Har {
    fn lines(&self, sheet: Sheet) -> Sheet {
        let labels = ["constant", "short average", "medium average", "long average"];
        let values = self.coefficients.into_iter().zip(self.standard_errors);
        let few = if self.returns_per_step < FEW_RETURNS {
            ": few, so that a realised variance is mostly noise; give finer prices"
        } else {
            ""
        };
        let sheet = labels
            .into_iter()
            .zip(values)
            .fold(
                sheet.line("rows", self.rows).line(
                    "returns per step",
                    format_args!("{:.1}{few}", self.returns_per_step),
                ),
                |sheet, (label, (estimate, error))| {
                    sheet.line(label, format_args!("{estimate:.6e} ± {error:.1e}"))
                },
            )
            .line("R²", format_args!("{:.4}", self.r_squared));
        if self.constrained > 0 {
            sheet.line(
                "with non-negative coefficients",
                format_args!("{} horizons", self.constrained),
            )
        } else {
            sheet
        }
    }
}
