//! Models of the volatility to come, to the liquidation horizon.

mod shown;

use crate::desk::DeskError;
use clap::{Args, ValueEnum};
use hurdle_model::ModelError;
use hurdle_model::series::{PositiveSeries, SECONDS_PER_YEAR};
use hurdle_model::volatility::{
    EvenSeries, Flat, IntegratedVariance, TermPoint, exponentially_weighted, garch, har, term_structure,
};
use serde::Serialize;
pub use shown::Forecast;
use shown::{Garch, Har};

/// More regressions than this, one per step to the horizon, would take long and say little.
const MOST_STEPS: u32 = 100;

/// Which models, and of what.
#[derive(Args, Clone, Debug)]
pub struct ForecastArgs {
    /// Models of the volatility to come.
    #[arg(
        long,
        value_name = "MODEL",
        value_enum,
        value_delimiter = ',',
        default_value = "ewma"
    )]
    models: Vec<Model>,
    /// Liquidation horizons, seconds.
    #[arg(long, value_name = "SECONDS", value_delimiter = ',', default_value = "3600")]
    horizon: Vec<u32>,
    /// Decay factor of the exponentially weighted estimate, per interval.
    #[arg(long, value_name = "LAMBDA", default_value_t = 0.94)]
    decay: f64,
    /// Interval of the decay factor, seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 86_400)]
    decay_interval: u32,
    /// Step of the GARCH and HAR models, seconds; prices are carried to multiples of it.
    #[arg(long, value_name = "SECONDS", default_value_t = 86_400, value_parser = clap::value_parser!(u32).range(1..))]
    step: u32,
    /// Mean of the returns in the GARCH models.
    #[arg(long, value_name = "MEAN", value_enum, default_value = "constant")]
    mean: Mean,
    /// Steps in the three averages of the HAR models.
    #[arg(long, value_name = "STEPS", value_delimiter = ',', default_values_t = [1, 7, 30])]
    har_horizons: Vec<usize>,
    /// Share of a step that returns must cover for its realised variance to count in the HAR models.
    #[arg(long, value_name = "SHARE", default_value_t = 0.75)]
    har_coverage: f64,
}

/// A model of the volatility to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// Exponentially weighted, the same for every horizon.
    Ewma,
    /// GARCH(1,1).
    Garch,
    /// GJR-GARCH(1,1): falls may weigh more than rises.
    Gjr,
    /// Heterogeneous autoregression of realised variances.
    Har,
    /// The same of their logarithms.
    LogHar,
}

/// The mean of a return.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Mean {
    Zero,
    Constant,
}

impl ForecastArgs {
    /// The forecasts in the order asked for.
    pub fn answer(&self, prices: &PositiveSeries, max_gap: u32) -> Result<Vec<Forecast>, DeskError> {
        self.models
            .iter()
            .map(|model| match model {
                Model::Ewma => self.ewma(prices, max_gap),
                Model::Garch => self.garch(prices, max_gap, Model::Garch, garch::Dynamics::Symmetric),
                Model::Gjr => self.garch(prices, max_gap, Model::Gjr, garch::Dynamics::Asymmetric),
                Model::Har => self.har(prices, max_gap, Model::Har, har::Scale::Levels),
                Model::LogHar => self.har(prices, max_gap, Model::LogHar, har::Scale::Logarithms),
            })
            .collect()
    }

    fn ewma(&self, prices: &PositiveSeries, max_gap: u32) -> Result<Forecast, DeskError> {
        let fault = DeskError::model("exponentially weighted volatility");
        let interval = f64::from(self.decay_interval) / SECONDS_PER_YEAR;
        let returns = prices.log_returns_within(max_gap);
        let volatility = exponentially_weighted(&returns, self.decay, interval).map_err(&fault)?;
        let flat = Flat::new(volatility).map_err(&fault)?;
        Ok(Forecast::new(
            Model::Ewma,
            self.term(&flat, "exponentially weighted volatility")?,
        ))
    }

    fn garch(
        &self,
        prices: &PositiveSeries,
        max_gap: u32,
        model: Model,
        dynamics: garch::Dynamics,
    ) -> Result<Forecast, DeskError> {
        let what = "GARCH fit";
        let fault = DeskError::model(what);
        // A price of a step ago or more says nothing about this one.
        let max_age = max_gap.min(self.step - 1);
        let returns = EvenSeries::log_returns(prices, self.step, max_age).map_err(&fault)?;
        let mean = match self.mean {
            Mean::Zero => garch::Mean::Zero,
            Mean::Constant => garch::Mean::Constant,
        };
        let fit = garch::fit(&returns, garch::Specification { mean, dynamics }).map_err(&fault)?;
        let forecast = fit.forecast().map_err(&fault)?;
        Ok(Forecast {
            step_seconds: Some(self.step),
            garch: Some(Garch::from(&fit)),
            ..Forecast::new(model, self.term(&forecast, what)?)
        })
    }

    fn har(
        &self,
        prices: &PositiveSeries,
        max_gap: u32,
        model: Model,
        scale: har::Scale,
    ) -> Result<Forecast, DeskError> {
        let what = "HAR fit";
        let fault = |reason| match (scale, reason) {
            (har::Scale::Logarithms, ModelError::NotPositive { .. }) => DeskError::Argument {
                argument: "--models log-har",
                reason:
                    "the price stood still over a whole average, and zero has no logarithm; choose har, or a \
                         longer --step"
                        .to_owned(),
            },
            (_, reason) => DeskError::model(what)(reason),
        };
        let horizons =
            <[usize; 3]>::try_from(self.har_horizons.as_slice()).map_err(|_| DeskError::Argument {
                argument: "--har-horizons",
                reason: format!("three are needed, got {}", self.har_horizons.len()),
            })?;
        let steps = self
            .horizon
            .iter()
            .max()
            .map_or(1, |longest| longest.div_ceil(self.step));
        if steps > MOST_STEPS {
            return Err(DeskError::Argument {
                argument: "--horizon",
                reason: format!(
                    "{steps} steps of {} s; the HAR models reach {MOST_STEPS}; choose a longer --step",
                    self.step
                ),
            });
        }
        let variances =
            EvenSeries::realised_variances(prices, self.step, max_gap, self.har_coverage).map_err(&fault)?;
        let known = variances.values().iter().flatten().count();
        let returns = prices.log_returns_within(max_gap).len();
        let specification = har::Specification {
            horizons,
            ahead: 1,
            scale,
        };
        let fit = har::fit(&variances, specification).map_err(&fault)?;
        let ahead = usize::try_from(steps.max(1)).unwrap_or(1);
        let forecast = har::TermForecast::fit(
            &variances,
            har::Specification {
                ahead,
                ..specification
            },
        )
        .map_err(&fault)?;
        Ok(Forecast {
            step_seconds: Some(self.step),
            har: Some(Har::new(&fit, forecast.constrained(), ratio(returns, known))),
            ..Forecast::new(model, self.term(&forecast, what)?)
        })
    }

    fn term(
        &self,
        forecast: &impl IntegratedVariance,
        what: &'static str,
    ) -> Result<Vec<TermPoint>, DeskError> {
        let horizons: Vec<f64> = self
            .horizon
            .iter()
            .map(|h| f64::from(*h) / SECONDS_PER_YEAR)
            .collect();
        term_structure(forecast, &horizons).map_err(DeskError::model(what))
    }
}

/// The mean number of returns of a step; counts of rows are far below 2⁵³.
#[allow(clippy::cast_precision_loss)]
fn ratio(returns: usize, steps: usize) -> f64 {
    returns as f64 / steps.max(1) as f64
}
