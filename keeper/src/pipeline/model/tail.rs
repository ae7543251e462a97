//! q and c: the price process, what liquidations lose beyond the margin, and the fund that should pay for it.

use super::{MarketView, ModelFault};
use crate::config::ModelConfig;
use crate::convert;
use crate::pipeline::History;
use hurdle_model::ModelError;
use hurdle_model::jumps::threshold_jumps;
use hurdle_model::series::SECONDS_PER_YEAR;
use hurdle_model::tail::{JumpDiffusion, Side, TailPremium, tail_risk};

/// The price process: jumps as fitted, and as much diffusion as brings the total to σ where σ is the larger.
pub(super) fn jump_diffusion(
    history: &History,
    config: &ModelConfig,
    sigma: f64,
) -> Result<JumpDiffusion, ModelFault> {
    let fault = |reason| ModelFault::new("q, tail", reason);
    let returns = history
        .prices(config.tail.window_seconds)?
        .log_returns_within(config.volatility.max_gap_seconds);
    let fit = threshold_jumps(&returns, config.tail.jump_threshold).map_err(fault)?;
    let by_jumps = fit.intensity * (fit.mean * fit.mean + fit.deviation * fit.deviation);
    let diffusion = (sigma * sigma - by_jumps)
        .max(fit.volatility * fit.volatility)
        .sqrt();
    JumpDiffusion::new(0.0, diffusion, fit.intensity, fit.mean, fit.deviation).map_err(fault)
}

/// The tail at the last published multiplier.
pub(super) struct Tail {
    /// q₀.
    pub(super) rate: f64,
    /// ρ_q.
    pub(super) response: f64,
    /// c.
    pub(super) coverage: f64,
}

impl Tail {
    pub(super) fn new(
        market: &MarketView<'_>,
        config: &ModelConfig,
        price: JumpDiffusion,
    ) -> Result<Self, ModelFault> {
        let model = &config.tail;
        let fault = |reason: ModelError| ModelFault::new("q, tail", reason);
        let multiplier = market
            .params
            .composition
            .multiplier
            .at_up(market.anchor.hurdle, market.anchor.baseline)
            .map_err(|reason| ModelFault::new("m, margin multiplier", reason))?;
        let maintenance = convert::from_raw(market.class.maintenance.raw());
        let sensitivity = convert::from_raw(market.class.hurdle_sensitivity.raw());
        let margin = maintenance * (1.0 + sensitivity * (convert::from_raw(multiplier.raw()) - 1.0));

        let insured_years = model.insurance_horizon_seconds / SECONDS_PER_YEAR;
        let risk = tail_risk(&price, insured_years, Side::Long, model.insurance_level).map_err(fault)?;
        let required = model.exposure * (risk.expected_shortfall - margin).max(0.0);
        let coverage = (model.insurance_fund / required.max(f64::MIN_POSITIVE)).min(MOST_COVERAGE);
        let premium = TailPremium {
            model: price,
            side: Side::Long,
            horizon_years: model.horizon_seconds / SECONDS_PER_YEAR,
            margin,
            exposure: model.exposure,
            coverage: model.insured * coverage.min(1.0),
        };
        let limit = convert::from_raw(market.params.max_tail_response.raw());
        let slope = maintenance * sensitivity * premium.margin_sensitivity().map_err(fault)?;
        Ok(Self {
            rate: premium.rate().map_err(fault)?,
            response: slope.clamp(-limit, limit),
            coverage,
        })
    }
}

/// The domain of c ends here; from one on it is whole anyway.
const MOST_COVERAGE: f64 = 10.0;
