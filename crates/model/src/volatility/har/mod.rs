//! The heterogeneous autoregression of realised variance: Corsi (2009, "A Simple Approximate Long-Memory Model of
//! Realized Volatility"). The variance to come is regressed on its averages over a day, a week and a month.

mod design;
mod fit;
mod term;

pub use fit::{Fit, fit};
pub use term::TermForecast;

/// What is regressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Variances. Unbiased, but the forecast may leave the range of what was ever observed; then the non-negative
    /// coefficients are used.
    Levels,
    /// Logarithms of the averages. The forecast is positive by construction: exp(prediction + s²/2), the mean of a
    /// log-normal variable.
    Logarithms,
}

/// The averages that enter, and how far ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Specification {
    /// Steps in each average, strictly increasing.
    pub horizons: [usize; 3],
    /// The average variance of this many steps ahead is forecast (a direct forecast, one regression per horizon).
    pub ahead: usize,
    /// What is regressed.
    pub scale: Scale,
}

impl Specification {
    /// A day, a week and a month of a market that never closes, one day ahead. (Corsi's are 1, 5 and 22 trading days.)
    pub const DAILY: Self = Self {
        horizons: [1, 7, 30],
        ahead: 1,
        scale: Scale::Levels,
    };
}

/// One number per regressor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coefficients {
    /// Constant, in the unit of what is regressed.
    pub intercept: f64,
    /// Of the average over each horizon, shortest first.
    pub averages: [f64; 3],
}

/// A forecast of the average variance of the steps ahead.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    /// Per step, ≥ 0.
    pub variance: f64,
    /// Whether the non-negative coefficients had to be used.
    pub constrained: bool,
}

/// Columns of the regression: a constant and three averages.
const COLUMNS: usize = 4;
