//! The hurdle rate along a price path: the components that move with volatility, solved at every step.

use crate::composition::Composition;
use crate::equilibrium::{Regime, SolveError, analyse};
use crate::error::{ModelError, Result, positive};
use crate::latency::LatencyExposure;
use crate::liquidity::liquidity_premium;
use crate::series::{SECONDS_PER_YEAR, years_between};
use crate::tail::{JumpDiffusion, Side, TailPremium};

/// What a hurdle model sees at one step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment {
    /// Unix seconds.
    pub time: i64,
    /// Forecast volatility, per √year.
    pub volatility: f64,
}

/// The hurdle rate at one step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HurdlePoint {
    /// Hurdle rate per year.
    pub hurdle: f64,
    /// Margin multiplier m(h), ≥ 1.
    pub multiplier: f64,
    /// No equilibrium: the ceiling stands in.
    pub is_stressed: bool,
}

/// A model of the hurdle rate along a path, stepped in order of time.
pub trait HurdleModel {
    /// The hurdle rate at a moment, later than the ones before.
    ///
    /// # Errors
    /// [`ModelError`] where it cannot be computed.
    fn step(&mut self, moment: Moment) -> Result<HurdlePoint>;
}

/// No recursion: a hurdle of zero, a multiplier of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoHurdle;

impl HurdleModel for NoHurdle {
    fn step(&mut self, _: Moment) -> Result<HurdlePoint> {
        Ok(HurdlePoint {
            hurdle: 0.0,
            multiplier: 1.0,
            is_stressed: false,
        })
    }
}

/// What liquidations cost at a volatility.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Liquidation {
    /// Maintenance margin under a multiplier of one, fraction of the value.
    pub margin: f64,
    /// Time until a liquidation is through, years.
    pub horizon_years: f64,
    /// Positions at their margin ÷ capital at risk.
    pub exposure: f64,
    /// Slippage of a liquidation.
    pub slippage: f64,
    /// Expected jumps per year, and mean and deviation of their logarithm.
    pub jumps: (f64, f64, f64),
}

/// The equilibrium of a composition whose liquidity spread, latency premium and tail premium follow volatility. The other
/// components stay as they are; the baseline of the margin multiplier is the hurdle's time-weighted average.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SolvedHurdle {
    composition: Composition,
    latency: LatencyExposure,
    liquidation: Liquidation,
    half_life_seconds: f64,
    last: Option<(i64, HurdlePoint)>,
}

impl SolvedHurdle {
    /// A model from a composition (l, o, q₀, ρ_q and the anchor are replaced at every step), the exposure of the oracle (its
    /// volatility is replaced), the liquidations, and the half-life of the baseline in seconds.
    ///
    /// # Errors
    /// [`ModelError`] for a composition outside its domain; [`ModelError::NotPositive`] for the half-life.
    pub fn new(
        composition: Composition,
        latency: LatencyExposure,
        liquidation: Liquidation,
        half_life_seconds: f64,
    ) -> Result<Self> {
        composition.validate()?;
        Ok(Self {
            composition,
            latency,
            liquidation,
            half_life_seconds: positive("half-life of the baseline", half_life_seconds)?,
            last: None,
        })
    }
}

impl HurdleModel for SolvedHurdle {
    fn step(&mut self, moment: Moment) -> Result<HurdlePoint> {
        let at = &self.liquidation;
        let (jumps, mean, deviation) = at.jumps;
        let model = JumpDiffusion::new(0.0, moment.volatility, jumps, mean, deviation)?;
        let anchor = self
            .last
            .map_or(self.composition.responses.previous_multiplier, |last| {
                last.1.multiplier
            });
        let tail = TailPremium {
            model,
            side: Side::Long,
            horizon_years: at.horizon_years,
            margin: at.margin * anchor,
            exposure: at.exposure,
            coverage: 0.0,
        };
        let latency = LatencyExposure {
            volatility: moment.volatility,
            ..self.latency
        };
        let turnover = model.breach_probability(at.margin, at.horizon_years, Side::Long)? / at.horizon_years;
        let mut composition = self.composition;
        composition.components.liquidity = liquidity_premium(at.slippage, turnover * at.exposure)?;
        composition.components.oracle = latency.premium()?;
        composition.components.tail = tail.rate()?;
        composition.responses.tail = tail.multiplier_sensitivity(anchor)?;
        composition.responses.previous_multiplier = anchor;
        if let Some((time, last)) = self.last {
            composition.responses.previous_hurdle = last.hurdle;
            let passed = years_between(time, moment.time) * SECONDS_PER_YEAR;
            let kept = (-passed / self.half_life_seconds).exp2();
            let baseline = &mut composition.margin.baseline;
            *baseline = last.hurdle + (*baseline - last.hurdle) * kept;
        }
        let analysis = analyse(&composition, 0.0).map_err(|error| match error {
            SolveError::Input(error) | SolveError::Phi(error) => error,
            // The bound comes with the composition; a rounding beyond it is a failure of the arithmetic.
            SolveError::SlopeBoundViolated { .. } => ModelError::NotConverged {
                what: "equilibrium of the hurdle rate",
                iterations: 0,
            },
        })?;
        let point = HurdlePoint {
            hurdle: analysis.hurdle,
            multiplier: analysis.multiplier,
            is_stressed: analysis.regime == Regime::Stressed,
        };
        self.composition.margin.baseline = composition.margin.baseline;
        self.last = Some((moment.time, point));
        Ok(point)
    }
}
