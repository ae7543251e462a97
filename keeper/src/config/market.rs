//! A market's parameters in natural units, and their conversion to the on-chain ones.

use super::{ConfigError, parse};
use crate::convert::{OutOfDomain, amount_nearest, rate_nearest, ratio_nearest};
use hurdle_interface::args::CreateMarketArgs;
use hurdle_interface::composition::{CompositionRule, Weights};
use hurdle_interface::curve::{DebtCurve, SpreadMultiplier};
use hurdle_interface::limit::RateLimit;
use hurdle_interface::margin::RiskClass;
use hurdle_interface::multiplier::MultiplierRule;
use hurdle_interface::ramp::RampRule;
use hurdle_interface::staleness::StalenessRule;
use hurdle_interface::state::{Bounds, HistoryState, MARKET_CLASSES, MarketParams, WeightLimit};
use std::path::Path;

mod spec;

pub use spec::*;

impl MarketSpec {
    /// Parses a market and checks it with the program's own rules; `path` is for messages.
    ///
    /// # Errors
    /// [`ConfigError`], with line and column where the text is at fault.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let spec: Self = parse(text, path)?;
        let invalid = |section, reason: String| ConfigError::Invalid {
            path: path.to_owned(),
            section,
            reason,
        };
        if spec.name.is_empty() || spec.name.len() > 16 {
            return Err(invalid("name", "the name must have 1 to 16 bytes".into()));
        }
        if spec.classes.is_empty() || spec.classes.len() > MARKET_CLASSES {
            return Err(invalid(
                "classes",
                format!("a market has 1 to {MARKET_CLASSES} risk classes"),
            ));
        }
        HistoryState::created_len(spec.history_length)
            .map_err(|reason| ConfigError::rule(path, "history_length", reason))?;
        let domain = |reason| ConfigError::OutOfDomain {
            path: path.to_owned(),
            reason,
        };
        let params = spec.params().map_err(domain)?;
        params
            .invariant()
            .map_err(|reason| ConfigError::rule(path, "market", reason))?;
        for class in &spec.classes {
            class
                .class(spec.quote_decimals)
                .map_err(domain)?
                .invariant(&params.composition.multiplier)
                .map_err(|reason| ConfigError::rule(path, "classes", reason))?;
        }
        Ok(spec)
    }

    /// The name, as it stands on-chain.
    pub fn padded_name(&self) -> [u8; 16] {
        let mut name = [0; 16];
        for (to, from) in name.iter_mut().zip(self.name.bytes()) {
            *to = from;
        }
        name
    }

    /// The arguments that create the market.
    ///
    /// # Errors
    /// [`OutOfDomain`]; never after [`Self::parse`].
    pub fn create_args(&self, model_hash: [u8; 32]) -> Result<CreateMarketArgs, OutOfDomain> {
        Ok(CreateMarketArgs {
            name: self.padded_name(),
            model_hash,
            first_rate: rate_nearest("first_rate", self.first_rate)?,
            history_length: self.history_length,
            params: self.params()?,
        })
    }

    /// The parameters, on-chain.
    ///
    /// # Errors
    /// [`OutOfDomain`]; never after [`Self::parse`].
    pub fn params(&self) -> Result<MarketParams, OutOfDomain> {
        let bounds = &self.bounds;
        let mut on_chain = [Bounds::default(); 8];
        let pairs = [
            bounds.staking,
            bounds.contract,
            bounds.systematic,
            bounds.debt,
            bounds.liquidity,
            bounds.latency,
            bounds.tail,
            bounds.emissions,
        ];
        for (to, [low, high]) in on_chain.iter_mut().zip(pairs) {
            *to = Bounds {
                low: rate_nearest("bounds", low)?,
                high: rate_nearest("bounds", high)?,
            };
        }
        Ok(MarketParams {
            composition: self.composition()?,
            bounds: on_chain,
            max_utilisation_response: ratio_nearest(
                "bounds.utilisation_response",
                bounds.utilisation_response,
            )?,
            max_tail_response: ratio_nearest("bounds.tail_response", bounds.tail_response)?,
            residual_tolerance: rate_nearest("range.residual_tolerance", self.range.residual_tolerance)?,
            limit: RateLimit {
                rise_per_day: rate_nearest("limit.rise_per_day", self.limit.rise_per_day)?,
                fall_per_day: rate_nearest("limit.fall_per_day", self.limit.fall_per_day)?,
                window_rise: rate_nearest("limit.window_rise", self.limit.window_rise)?,
                window_fall: rate_nearest("limit.window_fall", self.limit.window_fall)?,
                window: self.limit.window,
            },
            baseline_half_life: self.multiplier.baseline_half_life,
            ramp: self.ramp.rule()?,
            liquidation_horizon: self.liquidation.horizon,
            class_transition: self.ramp.class_transition,
            weight_limit: WeightLimit {
                per_change: ratio_nearest("weight_limit.per_change", self.weight_limit.per_change)?,
                per_window: ratio_nearest("weight_limit.per_window", self.weight_limit.per_window)?,
                window: self.weight_limit.window,
            },
            max_volatility: ratio_nearest("bounds.volatility", bounds.volatility)?,
            stressed_multiplier: ratio_nearest("multiplier.stressed", self.multiplier.stressed)?,
            max_observation_age: self.staleness.max_observation_age,
            staleness: StalenessRule {
                soft_after: self.staleness.soft_after,
                hard_after: self.staleness.hard_after,
                growth_per_day: ratio_nearest("staleness.growth_per_day", self.staleness.growth_per_day)?,
            },
        })
    }

    fn composition(&self) -> Result<CompositionRule, OutOfDomain> {
        let weights = &self.weights;
        Ok(CompositionRule {
            weights: Weights {
                staking: ratio_nearest("weights.staking", weights.staking)?,
                contract: ratio_nearest("weights.contract", weights.contract)?,
                systematic: ratio_nearest("weights.systematic", weights.systematic)?,
                debt: ratio_nearest("weights.debt", weights.debt)?,
                liquidity: ratio_nearest("weights.liquidity", weights.liquidity)?,
                latency: ratio_nearest("weights.latency", weights.latency)?,
                tail: ratio_nearest("weights.tail", weights.tail)?,
            },
            debt_curve: DebtCurve {
                kink: ratio_nearest("debt_curve.kink", self.debt_curve.kink)?,
                slope1: ratio_nearest("debt_curve.slope1", self.debt_curve.slope1)?,
                slope2: ratio_nearest("debt_curve.slope2", self.debt_curve.slope2)?,
            },
            utilisation: self.utilisation.spread()?,
            coverage: self.coverage.spread()?,
            multiplier: MultiplierRule {
                deadband: ratio_nearest("multiplier.deadband", self.multiplier.deadband)?,
                slope: ratio_nearest("multiplier.slope", self.multiplier.slope)?,
                cap: ratio_nearest("multiplier.cap", self.multiplier.cap)?,
                baseline_floor: rate_nearest("multiplier.baseline_floor", self.multiplier.baseline_floor)?,
            },
            floor: rate_nearest("range.floor", self.range.floor)?,
            ceiling: rate_nearest("range.ceiling", self.range.ceiling)?,
            max_slope: ratio_nearest("range.max_slope", self.range.max_slope)?,
        })
    }
}

impl RampSpec {
    fn rule(&self) -> Result<RampRule, OutOfDomain> {
        let speed = |name, value| ratio_nearest(name, value);
        Ok(RampRule {
            multiplier_rise_per_day: speed("ramp.multiplier_rise_per_day", self.multiplier_rise_per_day)?,
            volatility_rise_per_day: speed("ramp.volatility_rise_per_day", self.volatility_rise_per_day)?,
            carry_rise_per_day: speed("ramp.carry_rise_per_day", self.carry_rise_per_day)?,
            loosening_half_life: self.loosening_half_life,
        })
    }
}

impl SpreadSpec {
    fn spread(&self) -> Result<SpreadMultiplier, OutOfDomain> {
        Ok(SpreadMultiplier {
            knee: ratio_nearest("knee", self.knee)?,
            slope: ratio_nearest("slope", self.slope)?,
            cap: ratio_nearest("cap", self.cap)?,
        })
    }
}

impl ClassSpec {
    /// The class, on-chain.
    ///
    /// # Errors
    /// [`OutOfDomain`]; never after [`MarketSpec::parse`].
    pub fn class(&self, quote_decimals: u8) -> Result<RiskClass, OutOfDomain> {
        Ok(RiskClass {
            initial: ratio_nearest("initial", self.initial)?,
            maintenance: ratio_nearest("maintenance", self.maintenance)?,
            hurdle_sensitivity: ratio_nearest("hurdle_sensitivity", self.hurdle_sensitivity)?,
            volatility_sensitivity: ratio_nearest("volatility_sensitivity", self.volatility_sensitivity)?,
            volatility_reference: ratio_nearest("volatility_reference", self.volatility_reference)?,
            size_coefficient: ratio_nearest("size_coefficient", self.size_coefficient)?,
            size_cap: ratio_nearest("size_cap", self.size_cap)?,
            multiplier_cap: ratio_nearest("multiplier_cap", self.multiplier_cap)?,
            haircut: ratio_nearest("haircut", self.haircut)?,
            bounty: ratio_nearest("bounty", self.bounty)?,
            price_range: ratio_nearest("price_range", self.price_range)?,
            volatility_range: ratio_nearest("volatility_range", self.volatility_range)?,
            short_minimum: ratio_nearest("short_minimum", self.short_minimum)?,
            size_reference: amount_nearest("size_reference", self.size_reference, quote_decimals)?,
        })
    }
}
