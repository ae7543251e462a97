//! What a keeper computes with: filters, model parameters, tolerance toward its colleagues.

use super::across::AcrossModel;
use super::contract::{ContractRisk, FittedContracts};
use super::{ConfigError, parse, read};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The configuration of one keeper for one market.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeeperConfig {
    /// Which samples count.
    pub validate: ValidateConfig,
    /// How components are computed. Its hash is the market's model hash.
    pub model: ModelConfig,
    /// When to sign what another keeper proposes.
    pub agreement: Agreement,
    /// What a report carries besides numbers.
    pub report: ReportConfig,
}

/// Which samples count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValidateConfig {
    /// The oldest sample to use, seconds.
    pub max_age_seconds: i64,
    /// The fewest sources of each metric.
    pub min_sources: usize,
    /// Where three or more sources measure the same quantity: how far from their median, as a share of it, one may lie.
    pub max_deviation: f64,
}

/// How components are computed (design §3).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelConfig {
    /// How long snapshots are kept, seconds: the longest window that any model looks back.
    pub history_seconds: u32,
    /// The fewest snapshots to compute anything from.
    pub min_snapshots: usize,
    /// σ: volatility.
    pub volatility: VolatilityModel,
    /// s: staking opportunity cost.
    pub staking: StakingModel,
    /// p: smart-contract risks that capital in this market bears, each independent of the others, with stated hazards;
    #[serde(default)]
    pub contract: Vec<ContractRisk>,
    /// and with fitted ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fitted_contract: Option<FittedContracts>,
    /// What capital wants per unit of expected loss from contract failure; 1 is risk-neutral.
    pub contract_risk_aversion: f64,
    /// b: loadings and prices of systematic factors.
    pub systematic: Vec<SystematicFactor>,
    /// d: cost of debt.
    pub debt: DebtModel,
    /// l: liquidity spread.
    pub liquidity: LiquidityModel,
    /// o: oracle latency.
    pub latency: LatencyModel,
    /// q and c: liquidation tail and the insurance fund against it.
    pub tail: TailModel,
    /// e: emissions.
    pub emissions: EmissionModel,
    /// ρ_u: response of utilisation.
    pub utilisation: UtilisationModel,
}

/// σ from realised volatility over several horizons; the largest counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VolatilityModel {
    /// Trailing windows, seconds.
    pub windows_seconds: Vec<u32>,
    /// A return over more than this is an outage, not a return; seconds.
    pub max_gap_seconds: u32,
}

/// s from the growth of a liquid staking token's exchange rate, alone or among other chains.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StakingModel {
    /// Trailing window, seconds.
    pub window_seconds: u32,
    /// Spacing of the samples that enter the regression, seconds: the rate moves once per epoch.
    pub spacing_seconds: i64,
    /// Period over which the growth is turned into a simple rate, days.
    pub holding_days: f64,
    /// The other chains, if they count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub across: Option<AcrossModel>,
}

/// One systematic factor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SystematicFactor {
    /// Which.
    pub name: String,
    /// β.
    pub beta: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// λ: the factor's risk premium per year.
    pub price: f64,
}

/// d and w.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DebtModel {
    /// Trailing window of the curve's fit, seconds.
    pub window_seconds: u32,
    /// Value of the protocol's equity (its governance token), quote units.
    pub equity_value: f64,
}

/// l: slippage of a liquidation × expected liquidation turnover.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiquidityModel {
    /// Liquidation order, quote units.
    pub order: f64,
    /// Distance from mid within which the depth is measured, a share.
    pub depth_distance: f64,
    /// Loss, as a share of notional, that brings a typical position from its opening to its liquidation.
    pub buffer: f64,
    /// Time over which that loss is measured, seconds.
    pub horizon_seconds: f64,
    /// Share of capital that is lent to positions with that buffer.
    pub exposed: f64,
}

/// o: what arbitrageurs take while the price is late.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LatencyModel {
    /// Time between price updates, seconds.
    pub delay_seconds: f64,
    /// Deviation within which no arbitrage pays, a share.
    pub band: f64,
    /// Share of the capital that can be traded against.
    pub exposed: f64,
    /// Share of the excess that arbitrageurs capture.
    pub captured: f64,
}

/// q: expected shortfall of liquidations beyond the margin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TailModel {
    /// Trailing window of the jump fit, seconds.
    pub window_seconds: u32,
    /// A return beyond this multiple of the continuous standard deviation is a jump.
    pub jump_threshold: f64,
    /// From the breach of the margin to the end of the liquidation, seconds.
    pub horizon_seconds: f64,
    /// Index of the risk class whose maintenance margin protects.
    pub class: u8,
    /// Notional at its margin limit per unit of capital.
    pub exposure: f64,
    /// Size of the insurance fund per unit of capital.
    pub insurance_fund: f64,
    /// Confidence level of the loss that the fund should cover.
    pub insurance_level: f64,
    /// Time over which it should, seconds.
    pub insurance_horizon_seconds: f64,
    /// Share of each shortfall that the fund pays while it lasts.
    pub insured: f64,
}

/// e: token emissions as a part of the advertised yield.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmissionModel {
    /// Tokens per year paid to this market's lenders.
    pub tokens_per_year: f64,
    /// Price of the token, quote units.
    pub token_price: f64,
}

/// ρ_u: how utilisation answers to the hurdle rate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UtilisationModel {
    /// Steps between a change of the rate and its answer.
    pub lag: usize,
    /// Belief before data: change of utilisation per unit of rate.
    pub prior: f64,
    /// How many changes the belief is worth.
    pub prior_strength: f64,
}

/// When a keeper signs what another proposes: where every component and the hurdle rate differ from its own by no more
/// than `absolute + relative·|own|`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// Share of its own value.
    pub relative: f64,
    /// Per year, or in the unit of the ratio.
    pub absolute: f64,
    /// How far the times of observation may lie apart, seconds.
    pub max_time_apart_seconds: i64,
}

/// What a report carries besides numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportConfig {
    /// How long after its observation a report may be published, seconds.
    pub valid_seconds: i64,
}

impl KeeperConfig {
    /// Reads and checks a configuration and the artefact that it names.
    ///
    /// # Errors
    /// As [`Self::parse`], [`ConfigError::Unreadable`], [`ConfigError::Artefact`].
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        Self::parse(&read(path)?, path)?.complete(path)
    }

    /// Reads the artefact that the configuration names, in the folder of its file `path`.
    ///
    /// # Errors
    /// [`ConfigError::Unreadable`], [`ConfigError::Artefact`].
    pub fn complete(mut self, path: &Path) -> Result<Self, ConfigError> {
        if let Some(fitted) = &mut self.model.fitted_contract {
            fitted.load(path)?;
        }
        Ok(self)
    }

    /// Parses and checks a configuration; `path` is for messages. The artefact that it may name is not read: without it
    /// the model refuses to compute p.
    ///
    /// # Errors
    /// [`ConfigError::Malformed`] with line and column, [`ConfigError::Invalid`] with the table.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let config: Self = parse(text, path)?;
        config.check(path)?;
        Ok(config)
    }

    fn check(&self, path: &Path) -> Result<(), ConfigError> {
        let require = |section, holds, reason| ConfigError::unless(holds, path, section, reason);
        let model = &self.model;
        require(
            "validate",
            self.validate.max_age_seconds > 0,
            "max_age_seconds must be greater than zero",
        )?;
        require(
            "validate",
            self.validate.min_sources > 0,
            "min_sources must be at least 1",
        )?;
        require(
            "validate",
            self.validate.max_deviation > 0.0,
            "max_deviation must be greater than zero",
        )?;
        require(
            "model",
            model.min_snapshots >= 3,
            "min_snapshots must be at least 3",
        )?;
        let fitted = model
            .fitted_contract
            .as_ref()
            .map_or(0, |fitted| fitted.risk.len());
        require(
            "model",
            model.contract.len() + fitted > 0,
            "at least one smart-contract risk is needed: a table [[model.contract]] or [[model.fitted_contract.risk]]",
        )?;
        let windows = &model.volatility.windows_seconds;
        require(
            "model.volatility",
            !windows.is_empty(),
            "windows_seconds needs at least one window",
        )?;
        let longest = windows
            .iter()
            .copied()
            .chain([
                model.staking.window_seconds,
                model.debt.window_seconds,
                model.tail.window_seconds,
            ])
            .max();
        require(
            "model",
            longest <= Some(model.history_seconds),
            "history_seconds must be at least the longest window",
        )?;
        require(
            "model.staking",
            model.staking.spacing_seconds > 0,
            "spacing_seconds must be greater than zero",
        )?;
        if let Some(across) = &model.staking.across {
            across.check(path)?;
        }
        let tolerances = self.agreement.relative >= 0.0 && self.agreement.absolute >= 0.0;
        require(
            "agreement",
            tolerances,
            "relative and absolute must not be negative",
        )?;
        require(
            "report",
            self.report.valid_seconds > 0,
            "valid_seconds must be greater than zero",
        )
    }

    /// The hash that reports declare as their model's: of the version of this crate, whose closed forms are the model,
    /// and of the parameters in canonical JSON. Layout and comments of the file do not enter it.
    ///
    /// # Errors
    /// Where the parameters cannot be written as JSON.
    pub fn model_hash(&self) -> Result<[u8; 32], serde_json::Error> {
        let parameters = serde_json::to_vec(&self.model)?;
        let version = env!("CARGO_PKG_VERSION").as_bytes();
        Ok(solana_sha256_hasher::hashv(&[b"hurdle/model/v1", version, &parameters]).to_bytes())
    }
}
