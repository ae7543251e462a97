//! A market described in a file, TOML: what `hurdle model equilibrium` and `hurdle backtest` compute the hurdle rate of.

mod parts;
mod places;

pub use parts::{LatencySpec, LiquidationSpec, LoopSpec, PolicySpec};

use super::DeskError;
use crate::config::{self, ConfigError};
use hurdle_model::ModelError;
use hurdle_model::composition::{CappedLine, Components, Composition, MarginRule, Responses, Weights};
use hurdle_model::debt::KinkedCurve;
use parts::{
    ComponentSpec, CurveSpec, LineSpec, MarginSpec, RangeSpec, ResponseSpec, UtilisationSpec, WeightSpec,
};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The built-in example.
pub const EXAMPLE: &str = include_str!("../../../data/desk-market.toml");

/// A market's file.
#[derive(Clone, Debug)]
pub struct MarketFile {
    path: PathBuf,
    text: String,
    /// What it states.
    pub stated: StatedMarket,
}

/// A market. Rates are annual, 0.05 is 5 %.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedMarket {
    /// Observed components.
    components: ComponentSpec,
    /// Governance's risk weights; 1 where not stated.
    #[serde(default)]
    weights: WeightSpec,
    /// Shape of the borrow-rate curve.
    curve: CurveSpec,
    /// M_u.
    utilisation_multiplier: UtilisationSpec,
    /// M_c, by missing coverage.
    coverage_multiplier: LineSpec,
    /// m(h).
    margin: MarginSpec,
    /// What the keeper believes of the responses, around the last published state.
    responses: ResponseSpec,
    /// Admissible hurdle rates.
    range: RangeSpec,
    /// Emissions per year.
    #[serde(default)]
    pub emissions: f64,
    /// How the market truly responds, and what damps the feedback in time.
    pub feedback: Option<LoopSpec>,
    /// The policy rule with its telemetry.
    pub policy: Option<PolicySpec>,
    /// The oracle, for the backtest.
    pub latency: Option<LatencySpec>,
    /// Liquidations, for the backtest.
    pub liquidation: Option<LiquidationSpec>,
}

impl MarketFile {
    /// Reads a file, or the built-in example.
    ///
    /// # Errors
    /// [`DeskError::Config`] with file, line and column.
    pub fn read(path: Option<&Path>) -> Result<Self, DeskError> {
        let (path, text) = match path {
            Some(path) => (path, config::read(path).map_err(DeskError::Config)?),
            None => (Path::new("the built-in market"), EXAMPLE.to_owned()),
        };
        Ok(Self {
            stated: config::parse(&text, path).map_err(DeskError::Config)?,
            path: path.to_owned(),
            text,
        })
    }

    /// A model's refusal, with the place of the number that is wrong where the file states it, else with what was to be
    /// computed.
    pub fn fault(&self, what: &'static str) -> impl Fn(ModelError) -> DeskError + '_ {
        move |reason| match places::find(&self.text, reason.what()) {
            Some((line, column)) => DeskError::Config(ConfigError::Malformed {
                path: self.path.clone(),
                line,
                column,
                reason: reason.to_string(),
            }),
            None => DeskError::Model { what, reason },
        }
    }

    /// The composition.
    ///
    /// # Errors
    /// [`DeskError::Config`] with the place of the first number outside its domain.
    pub fn composition(&self) -> Result<Composition, DeskError> {
        self.stated.composition().map_err(self.fault("market"))
    }
}

impl StatedMarket {
    fn composition(&self) -> Result<Composition, ModelError> {
        let (c, w, m, r) = (&self.components, &self.weights, &self.margin, &self.responses);
        let line = |line: LineSpec| CappedLine {
            slope: line.slope,
            cap: line.cap,
        };
        let composition = Composition {
            weights: Weights {
                staking: w.staking,
                contract: w.contract,
                systematic: w.systematic,
                debt: w.debt,
                liquidity: w.liquidity,
                oracle: w.oracle,
                tail: w.tail,
            },
            components: Components {
                staking: c.staking,
                contract: c.contract,
                systematic: c.systematic,
                liquidity: c.liquidity,
                oracle: c.oracle,
                tail: c.tail,
                debt: c.debt,
                equity_weight: c.equity_weight,
                utilisation: c.utilisation,
                coverage: c.coverage,
            },
            curve: KinkedCurve::new(0.0, self.curve.kink, self.curve.slope1, self.curve.slope2)?,
            utilisation_knee: self.utilisation_multiplier.knee,
            utilisation_line: CappedLine {
                slope: self.utilisation_multiplier.slope,
                cap: self.utilisation_multiplier.cap,
            },
            coverage_line: line(self.coverage_multiplier),
            margin: MarginRule {
                line: CappedLine {
                    slope: m.slope,
                    cap: m.cap,
                },
                deadband: m.deadband,
                baseline: m.baseline,
                baseline_floor: m.baseline_floor,
            },
            responses: Responses {
                utilisation: r.utilisation,
                tail: r.tail,
                previous_hurdle: r.previous_hurdle,
                previous_multiplier: r.previous_multiplier,
            },
            floor: self.range.floor,
            ceiling: self.range.ceiling,
        };
        composition.validate()?;
        Ok(composition)
    }
}
