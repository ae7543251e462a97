//! The requirement that a sample of outcomes gives.

use super::sample::{Outcome, values};
use crate::error::{ModelError, Result, positive, within};
use crate::margin::{
    ClassBasis, ClassParameters, Stressed, calibrate, fit_tail, hurdle_sensitivity, quantile_limit,
    upper_quantile, upper_shortfall,
};
use crate::normal;
use crate::robust::median;
use crate::tail::Side;

/// How the quantile of the adverse move is taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Method {
    /// Forecast deviation × the normal quantile.
    Normal,
    /// The quantile of past moves as they were.
    Historical,
    /// Forecast deviation × the quantile of past standardised moves: filtered historical simulation (Hull & White 1998;
    /// Barone-Adesi, Giannopoulos & Vosper 1999), over the whole horizon at once, so without a random number.
    Filtered,
    /// Forecast deviation × the peaks-over-threshold quantile of past standardised moves (McNeil & Frey 2000), the given
    /// share of which lies above the threshold; the sample's own quantile at a level below the threshold, and where its
    /// tail has no Pareto fit.
    Peaks(f64),
}

/// How a quantile is read off a sample of overlapping windows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reading {
    /// Windows that overlap.
    pub overlap: f64,
    /// [`super::Setting::sureness`].
    pub sureness: Option<f64>,
}

/// A quantile of moves and the mean beyond it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tail {
    /// The quantile.
    pub quantile: f64,
    /// Expected shortfall; `None` where the tail has none.
    pub shortfall: Option<f64>,
}

impl Method {
    /// Whether it needs a forecast for every past outcome.
    pub(super) const fn standardises(self) -> bool {
        matches!(self, Self::Filtered | Self::Peaks(_))
    }

    /// Whether its quantile is one of the sample's own values, which has a limit of confidence without a model.
    pub(super) const fn reads_the_sample(self) -> bool {
        matches!(self, Self::Historical | Self::Filtered)
    }

    /// The tail of the next move, in log units.
    pub(super) fn tail(
        self,
        known: &[Outcome],
        deviation: f64,
        level: f64,
        reading: Reading,
    ) -> Result<Tail> {
        if self == Self::Historical {
            return sample_tail(&values(known, |outcome| Some(outcome.adverse)), level, reading);
        }
        let standardised = values(known, Outcome::standardised);
        let tail = self.standard_tail(&standardised, level, reading)?;
        Ok(Tail {
            quantile: tail.quantile * deviation,
            shortfall: tail.shortfall.map(|shortfall| shortfall * deviation),
        })
    }

    /// The tail of standardised moves.
    fn standard_tail(self, standardised: &[f64], level: f64, reading: Reading) -> Result<Tail> {
        match self {
            Self::Normal => {
                let quantile = normal::quantile(level)?;
                Ok(Tail {
                    quantile,
                    shortfall: Some(normal::density(quantile) / (1.0 - level)),
                })
            }
            Self::Historical | Self::Filtered => sample_tail(standardised, level, reading),
            Self::Peaks(share) => match fit_tail(standardised, share, reading.run()) {
                Ok(tail) if 1.0 - level > tail.share => sample_tail(standardised, level, reading),
                Ok(tail) => Ok(Tail {
                    quantile: tail.quantile(level)?,
                    shortfall: tail.shortfall(level).ok(),
                }),
                Err(ModelError::Unidentified { .. }) => sample_tail(standardised, level, reading),
                Err(error) => Err(error),
            },
        }
    }
}

impl Reading {
    /// Steps between exceedances that still belong to one cluster.
    fn run(self) -> usize {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Positive; saturates.
        let run = self.overlap.ceil() as usize;
        run
    }
}

fn sample_tail(moves: &[f64], level: f64, reading: Reading) -> Result<Tail> {
    let quantile = match reading.sureness {
        None => upper_quantile(moves, level)?,
        Some(sureness) => quantile_limit(moves, level, sureness, reading.overlap)?,
    };
    Ok(Tail {
        quantile,
        shortfall: Some(upper_shortfall(moves, level)?.max(quantile)),
    })
}

/// How a risk class is calibrated on the way; maintenance margin is held for the horizon at the backtest's level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassRule {
    /// Confidence of initial margin, at least the backtest's level.
    pub initial_level: f64,
    /// Horizon of initial margin in liquidation horizons, > 1.
    pub warning: f64,
    /// Slippage of the reference size, [0, 1].
    pub slippage: f64,
    /// Largest size in reference sizes.
    pub largest_size: f64,
    /// Largest margin multiplier, ≥ 1.
    pub largest_multiplier: f64,
    /// Hurdle sensitivity while the past does not show one.
    pub hurdle_sensitivity: f64,
}

/// What a class is calibrated for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ClassSetting {
    pub method: Method,
    pub level: f64,
    pub side: Side,
    pub reading: Reading,
    pub horizon_years: f64,
    /// Forecast volatility now.
    pub volatility: f64,
}

impl ClassRule {
    /// The class that the outcomes known now give.
    pub(super) fn class(&self, known: &[Outcome], at: ClassSetting) -> Result<ClassParameters> {
        let initial_level = within("confidence of initial margin", self.initial_level, at.level, 1.0)?;
        let standardised = values(known, Outcome::standardised);
        let per_root_year = at.horizon_years.sqrt();
        let volatilities = values(known, |outcome| outcome.deviation.map(|d| d / per_root_year));
        let stressed: Vec<Stressed> = known
            .iter()
            .filter_map(|outcome| {
                outcome.standardised().map(|standardised| Stressed {
                    multiplier: outcome.multiplier,
                    standardised,
                })
            })
            .collect();
        let sensitivity = hurdle_sensitivity(&stressed, at.level)?.unwrap_or(self.hurdle_sensitivity);
        let quantile = |level| {
            at.method
                .standard_tail(&standardised, level, at.reading)
                .map(|tail| tail.quantile)
        };
        let maintenance = quantile(at.level)?;
        let reference = median(&volatilities)?;
        calibrate(&ClassBasis {
            maintenance_quantile: maintenance,
            // A fitted tail and an order statistic alike rise with the level; equal levels give equal quantiles.
            initial_quantile: quantile(initial_level)?.max(maintenance),
            side: at.side,
            liquidation_years: at.horizon_years,
            warning_years: positive("horizon of initial margin", self.warning)? * at.horizon_years,
            volatility_reference: reference,
            volatility_highest: volatilities
                .iter()
                .copied()
                .fold(at.volatility.max(reference), f64::max),
            slippage: self.slippage,
            largest_size: self.largest_size,
            hurdle_sensitivity: sensitivity,
            largest_multiplier: self.largest_multiplier,
        })
    }
}
