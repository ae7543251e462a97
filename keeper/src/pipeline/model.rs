//! Stage *model*: from a keeper's history to the components of the hurdle rate and the responses around the last
//! published state (design §3). Pure; every formula is `hurdle-model`'s.

mod contract;
mod staking;
mod tail;

use self::contract::contract;
use self::staking::staking;
use self::tail::{Tail, jump_diffusion};
use super::History;
use super::history::Snapshot;
use crate::config::ModelConfig;
use crate::convert::{self, OutOfDomain};
use hurdle_interface::HurdleError;
use hurdle_interface::composition::{Anchor, Components, Responses};
use hurdle_interface::margin::RiskClass;
use hurdle_interface::state::{MarketParams, MarketState};
use hurdle_model::ModelError;
use hurdle_model::debt::{DebtFit, fit_kinked_curve};
use hurdle_model::emissions::emission_rate;
use hurdle_model::latency::LatencyExposure;
use hurdle_model::liquidity::{ImpactShape, depth_slippage, liquidity_premium};
use hurdle_model::response::{Bounds, ResponsePrior, utilisation_response};
use hurdle_model::series::SECONDS_PER_YEAR;
use hurdle_model::systematic::{Loading, systematic_premium};
use hurdle_model::tail::{JumpDiffusion, Side};
use hurdle_model::volatility::{Realised, realised_over};
use hurdle_model::wacc::equity_weight;
use thiserror::Error;

/// What the model must know of the market.
#[derive(Clone, Copy, Debug)]
pub struct MarketView<'a> {
    /// Its parameters.
    pub params: &'a MarketParams,
    /// The last published state.
    pub anchor: Anchor,
    /// The risk class whose maintenance margin stands before the tail.
    pub class: &'a RiskClass,
}

impl<'a> MarketView<'a> {
    /// What the model must know, out of the market's account.
    ///
    /// # Errors
    /// [`HurdleError::UnknownRiskClass`].
    pub fn of(market: &'a MarketState, class: u8) -> Result<Self, HurdleError> {
        Ok(Self {
            params: &market.params,
            anchor: market.anchor(),
            class: market.class(class)?,
        })
    }
}

/// Why a component cannot be computed.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[error("{component}: {reason}")]
pub struct ModelFault {
    /// The component.
    pub component: &'static str,
    /// What is wrong.
    pub reason: FaultReason,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum FaultReason {
    /// With the input of a formula.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// With its result.
    #[error(transparent)]
    Domain(#[from] OutOfDomain),
    /// With the market.
    #[error(transparent)]
    Market(#[from] HurdleError),
}

impl ModelFault {
    pub(super) fn new(component: &'static str, reason: impl Into<FaultReason>) -> Self {
        Self {
            component,
            reason: reason.into(),
        }
    }
}

/// An estimated quantity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The value.
    pub value: f64,
    /// Its standard error, as far as the model knows it.
    pub standard_error: f64,
    /// 0 … 1: confidence of the samples behind it, lowered to half where the standard error is as large as the value.
    pub confidence: f64,
}

/// The quantities behind the components, before they are rounded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimates {
    /// s.
    pub staking: Estimate,
    /// p.
    pub contract: Estimate,
    /// b.
    pub systematic: Estimate,
    /// d₀.
    pub debt: Estimate,
    /// l.
    pub liquidity: Estimate,
    /// o.
    pub latency: Estimate,
    /// q₀.
    pub tail: Estimate,
    /// e.
    pub emissions: Estimate,
    /// σ.
    pub volatility: Estimate,
    /// c.
    pub coverage: f64,
}

/// Components and responses, on-chain, and the estimates they come from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Modelled {
    /// Components.
    pub components: Components,
    /// Responses.
    pub responses: Responses,
    /// The estimates.
    pub estimates: Estimates,
}

/// Computes components and responses as of the newest snapshot.
///
/// # Errors
/// [`ModelFault`], which names the component.
pub fn model(
    history: &History,
    market: &MarketView<'_>,
    config: &ModelConfig,
) -> Result<Modelled, ModelFault> {
    let snapshots = history.snapshots();
    let (Some(last), true) = (history.last(), snapshots.len() >= config.min_snapshots) else {
        let reason = ModelError::TooFew {
            what: "observations since the keeper started",
            needed: config.min_snapshots,
            got: snapshots.len(),
        };
        return Err(ModelFault::new("history", reason));
    };
    let trust = |value, standard_error| trust(last, value, standard_error);
    let sigma = volatility(history, config)?;
    let price = jump_diffusion(history, config, sigma.volatility)?;
    let tail = Tail::new(market, config, price)?;
    let wider = Tail::new(
        market,
        config,
        jump_diffusion(history, config, sigma.volatility + sigma.standard_error)?,
    )?;

    let (contract, contract_error) = contract(config)?;
    let (latency, latency_error) = latency(config, sigma)?;
    let liquidity = liquidity(last, config, &price)?;
    let estimates = Estimates {
        staking: staking(history, last, config)?,
        contract: trust(contract, contract_error),
        systematic: systematic(config).map(|(value, error)| trust(value, error))?,
        debt: trust(last.borrow_rate, debt_error(history, config)?),
        liquidity: trust(liquidity, 0.0),
        latency: trust(latency, latency_error),
        tail: trust(tail.rate, (wider.rate - tail.rate).abs()),
        emissions: trust(emissions(last, config)?, 0.0),
        volatility: trust(sigma.volatility, sigma.standard_error),
        coverage: tail.coverage,
    };
    Ok(Modelled {
        components: components(&estimates, last, config)?,
        responses: Responses {
            utilisation: convert::sensitivity_up("ρ_u", response(history, market, config)?)
                .map_err(|reason| ModelFault::new("ρ_u, response of utilisation", reason))?,
            tail: convert::sensitivity_up("ρ_q", tail.response)
                .map_err(|reason| ModelFault::new("ρ_q, response of the tail premium", reason))?,
        },
        estimates,
    })
}

/// An estimate out of a snapshot's samples.
fn trust(last: &Snapshot, value: f64, standard_error: f64) -> Estimate {
    Estimate {
        value,
        standard_error,
        confidence: last.confidence / (1.0 + (standard_error / value.abs().max(1e-6)).powi(2)),
    }
}

/// σ: the largest realised volatility over the configured horizons, prudent and quick to rise.
fn volatility(history: &History, config: &ModelConfig) -> Result<Realised, ModelFault> {
    let fault = |reason| ModelFault::new("σ, volatility", reason);
    let prices = history.prices(config.history_seconds)?;
    let model = &config.volatility;
    let realised = realised_over(&prices, &model.windows_seconds, model.max_gap_seconds).map_err(fault)?;
    realised
        .into_iter()
        .max_by(|a, b| a.volatility.total_cmp(&b.volatility))
        .ok_or_else(|| {
            fault(ModelError::TooFew {
                what: "volatility windows",
                needed: 1,
                got: 0,
            })
        })
}

/// b: Σ βᵢ·λᵢ and its standard error, the loadings being independent.
fn systematic(config: &ModelConfig) -> Result<(f64, f64), ModelFault> {
    let loadings: Vec<Loading> = config
        .systematic
        .iter()
        .map(|factor| Loading {
            beta: factor.beta,
            standard_error: factor.standard_error,
        })
        .collect();
    let prices: Vec<f64> = config.systematic.iter().map(|factor| factor.price).collect();
    let premium = systematic_premium(&loadings, &prices)
        .map_err(|reason| ModelFault::new("b, systematic risk", reason))?;
    let variance: f64 = config
        .systematic
        .iter()
        .map(|f| (f.standard_error * f.price).powi(2))
        .sum();
    Ok((premium, variance.sqrt()))
}

/// How far the observed borrow rate may be off: the spread between venues, and the misfit of the kinked curve to what
/// was observed of late.
fn debt_error(history: &History, config: &ModelConfig) -> Result<f64, ModelFault> {
    let observed: Vec<(f64, f64)> = history
        .trailing(config.debt.window_seconds)
        .iter()
        .map(|snapshot| (snapshot.utilisation, snapshot.borrow_rate))
        .collect();
    let misfit = match fit_kinked_curve(&observed) {
        Ok(DebtFit::Kinked(fitted)) => fitted.rmse,
        Ok(DebtFit::BelowKink(line) | DebtFit::AboveKink(line)) => line.rmse,
        // a market that stands still says nothing about its curve
        Err(ModelError::TooFew { .. } | ModelError::Unidentified { .. }) => 0.0,
        Err(reason) => return Err(ModelFault::new("d, cost of debt", reason)),
    };
    Ok(history
        .last()
        .map_or(0.0, |last| last.borrow_rate_spread)
        .hypot(misfit))
}

/// l: slippage of a liquidation against the depth × how often positions come to it.
fn liquidity(last: &Snapshot, config: &ModelConfig, price: &JumpDiffusion) -> Result<f64, ModelFault> {
    let model = &config.liquidity;
    let fault = |reason| ModelFault::new("l, liquidity", reason);
    let slippage = depth_slippage(
        model.order,
        last.depth,
        model.depth_distance,
        ImpactShape::SquareRoot,
    )
    .map_err(fault)?;
    let years = model.horizon_seconds / SECONDS_PER_YEAR;
    let probability = price
        .breach_probability(model.buffer, years, Side::Long)
        .map_err(fault)?;
    liquidity_premium(slippage, probability / years * model.exposed).map_err(fault)
}

/// o: arbitrage loss over the update delay beyond the band, and what σ's standard error does to it.
fn latency(config: &ModelConfig, sigma: Realised) -> Result<(f64, f64), ModelFault> {
    let model = &config.latency;
    let fault = |reason| ModelFault::new("o, oracle latency", reason);
    let exposure = LatencyExposure {
        volatility: sigma.volatility,
        delay_years: model.delay_seconds / SECONDS_PER_YEAR,
        band: model.band,
        exposed: model.exposed,
        captured: model.captured,
    };
    let by_sigma = exposure.volatility_sensitivity().map_err(fault)?;
    Ok((
        exposure.premium().map_err(fault)?,
        by_sigma * sigma.standard_error,
    ))
}

/// e: value of the tokens paid to lenders per unit of what they lent.
fn emissions(last: &Snapshot, config: &ModelConfig) -> Result<f64, ModelFault> {
    let supplied = last.borrowed / last.utilisation;
    emission_rate(
        config.emissions.tokens_per_year,
        config.emissions.token_price,
        supplied,
    )
    .map_err(|reason| ModelFault::new("e, emissions", reason))
}

/// ρ_u: what utilisation did after the hurdle rate had moved, shrunk toward the belief and held to governance's bound.
fn response(history: &History, market: &MarketView<'_>, config: &ModelConfig) -> Result<f64, ModelFault> {
    let fault = |reason| ModelFault::new("ρ_u, response of utilisation", reason);
    let model = &config.utilisation;
    let window = history.trailing(config.debt.window_seconds);
    let rates: Vec<f64> = window.iter().map(|snapshot| snapshot.hurdle).collect();
    let utilisations: Vec<f64> = window.iter().map(|snapshot| snapshot.utilisation).collect();
    let limit = convert::from_raw(market.params.max_utilisation_response.raw());
    let bounds = Bounds::new(-limit, limit).map_err(fault)?;
    let prior = ResponsePrior {
        mean: model.prior,
        strength: model.prior_strength,
    };
    Ok(
        utilisation_response(&rates, &utilisations, model.lag, prior, bounds)
            .map_err(fault)?
            .value,
    )
}

/// Rounds against the position holder: costs up, the insurance fund and equity's discount down.
fn components(
    estimates: &Estimates,
    last: &Snapshot,
    config: &ModelConfig,
) -> Result<Components, ModelFault> {
    let fault = |reason: OutOfDomain| ModelFault::new(reason.what, reason);
    let weight = equity_weight(config.debt.equity_value, last.borrowed)
        .map_err(|reason| ModelFault::new("w, equity weight", reason))?;
    Ok(Components {
        staking: convert::rate_up("s, staking", estimates.staking.value).map_err(fault)?,
        contract: convert::rate_up("p, smart contracts", estimates.contract.value).map_err(fault)?,
        systematic: convert::rate_up("b, systematic risk", estimates.systematic.value).map_err(fault)?,
        debt: convert::rate_up("d, cost of debt", estimates.debt.value).map_err(fault)?,
        liquidity: convert::rate_up("l, liquidity", estimates.liquidity.value).map_err(fault)?,
        latency: convert::rate_up("o, oracle latency", estimates.latency.value).map_err(fault)?,
        tail: convert::rate_up("q, tail", estimates.tail.value).map_err(fault)?,
        emissions: convert::rate_down("e, emissions", estimates.emissions.value).map_err(fault)?,
        equity_weight: convert::ratio_nearest("w, equity weight", weight).map_err(fault)?,
        utilisation: convert::ratio_up("u, utilisation", last.utilisation).map_err(fault)?,
        coverage: convert::ratio_down("c, insurance coverage", estimates.coverage).map_err(fault)?,
        volatility: convert::ratio_up("σ, volatility", estimates.volatility.value).map_err(fault)?,
    })
}
