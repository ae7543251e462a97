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
use serde::Deserialize;
use std::path::Path;

/// A market as governance would propose it: rates and ratios as plain numbers, times in seconds.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarketSpec {
    /// Name, at most 16 bytes.
    pub name: String,
    /// Hurdle rate and baseline until the first publication, per year.
    pub first_rate: f64,
    /// Publications that its history keeps at first.
    pub history_length: u32,
    /// Decimals of the quote asset.
    pub quote_decimals: u8,
    /// Risk weights of s, p, b, d, l, o and q.
    pub weights: WeightSpec,
    /// Debt curve.
    pub debt_curve: DebtCurveSpec,
    /// M_u.
    pub utilisation: SpreadSpec,
    /// M_c.
    pub coverage: SpreadSpec,
    /// m(h).
    pub multiplier: MultiplierSpec,
    /// Range and uniqueness of the hurdle rate.
    pub range: RangeSpec,
    /// Absolute bounds of the components, `[low, high]`.
    pub bounds: BoundsSpec,
    /// Limit of changes of the weights.
    pub weight_limit: WeightLimitSpec,
    /// Rate limit.
    pub limit: LimitSpec,
    /// Speed of what margin uses.
    pub ramp: RampSpec,
    /// How long a liquidation takes.
    pub liquidation: LiquidationSpec,
    /// How age tightens margin.
    pub staleness: StalenessSpec,
    /// Risk classes, in the order of their index.
    pub classes: Vec<ClassSpec>,
}

/// Risk weights; 1 is neutral.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each is the weight of the component that it names")]
pub struct WeightSpec {
    pub staking: f64,
    pub contract: f64,
    pub systematic: f64,
    pub debt: f64,
    pub liquidity: f64,
    pub latency: f64,
    pub tail: f64,
}

/// Kinked cost of debt over utilisation, relative to an empty market.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DebtCurveSpec {
    /// Utilisation at which it turns steep.
    pub kink: f64,
    /// Rise from an empty market to the kink, per year.
    pub slope1: f64,
    /// Rise from the kink to full utilisation, per year.
    pub slope2: f64,
}

/// `1 + min(cap, slope·(x − knee))`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpreadSpec {
    /// Where it starts to rise.
    pub knee: f64,
    /// Rise per unit.
    pub slope: f64,
    /// The largest rise.
    pub cap: f64,
}

/// `m(h) = 1 + clamp(slope·max(0, h/baseline − 1 − deadband), 0, cap)`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MultiplierSpec {
    /// Relative rise over the baseline that leaves margin as it is.
    pub deadband: f64,
    /// Rise of m per unit of relative rise beyond it.
    pub slope: f64,
    /// The largest rise of m.
    pub cap: f64,
    /// The least baseline to compare with, per year.
    pub baseline_floor: f64,
    /// Half-life of the baseline, seconds.
    pub baseline_half_life: i64,
    /// The least m while there is no equilibrium.
    pub stressed: f64,
}

/// Range of the hurdle rate and the proof of its uniqueness.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RangeSpec {
    /// Least hurdle rate, per year.
    pub floor: f64,
    /// Greatest hurdle rate, per year.
    pub ceiling: f64,
    /// λ, below 1.
    pub max_slope: f64,
    /// The largest |Φ(h) − h| of a report, per year.
    pub residual_tolerance: f64,
}

/// Absolute bounds, `[low, high]` per year, of the responses' magnitudes and of σ.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each bounds the component that it names")]
pub struct BoundsSpec {
    pub staking: [f64; 2],
    pub contract: [f64; 2],
    pub systematic: [f64; 2],
    pub debt: [f64; 2],
    pub liquidity: [f64; 2],
    pub latency: [f64; 2],
    pub tail: [f64; 2],
    pub emissions: [f64; 2],
    pub utilisation_response: f64,
    pub tail_response: f64,
    pub volatility: f64,
}

/// How far the published rate may move per day.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitSpec {
    /// Up, per year and day.
    pub rise_per_day: f64,
    /// Down, per year and day.
    pub fall_per_day: f64,
    /// Length of the window, seconds.
    pub window: i64,
    /// Up within any window, per year.
    pub window_rise: f64,
    /// Down within any window, per year.
    pub window_fall: f64,
}

/// How far governance may move each risk weight.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightLimitSpec {
    /// In one change.
    pub per_change: f64,
    /// In sum, within any window.
    pub per_window: f64,
    /// Length of the window, seconds.
    pub window: i64,
}

/// Speed of what margin uses.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RampSpec {
    /// The largest rise per day of the multiplier that maintenance margin uses.
    pub multiplier_rise_per_day: f64,
    /// The largest rise per day of the σ that maintenance margin uses.
    pub volatility_rise_per_day: f64,
    /// The largest rise per day of the carry that maintenance margin uses.
    pub carry_rise_per_day: f64,
    /// Half-life of loosening, seconds.
    pub loosening_half_life: i64,
    /// Seconds in which maintenance margin follows a change of its risk class.
    pub class_transition: i64,
}

/// How long a liquidation takes.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiquidationSpec {
    /// Seconds that a position is funded until its liquidation is through.
    pub horizon: i64,
}

/// How age tightens margin.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StalenessSpec {
    /// How old an observation may be when it is published, seconds.
    pub max_observation_age: i64,
    /// Age up to which a rate is fresh, seconds.
    pub soft_after: i64,
    /// Age beyond which what adds risk is refused, seconds.
    pub hard_after: i64,
    /// Growth of requirements per day in between.
    pub growth_per_day: f64,
}

/// A risk class.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassSpec {
    /// What is margined under it.
    pub name: String,
    /// Base initial margin.
    pub initial: f64,
    /// Base maintenance margin.
    pub maintenance: f64,
    /// How much of m reaches it.
    pub hurdle_sensitivity: f64,
    /// Rise of the factor per unit of volatility above the reference.
    pub volatility_sensitivity: f64,
    /// Reference volatility.
    pub volatility_reference: f64,
    /// Rise of the factor at the reference size.
    pub size_coefficient: f64,
    /// The largest rise for size.
    pub size_cap: f64,
    /// The largest product of all factors.
    pub multiplier_cap: f64,
    /// Haircut of collateral.
    pub haircut: f64,
    /// What a liquidator earns, as a fraction of the value.
    pub bounty: f64,
    /// Options: the largest relative move of the price in the scenario grid; zero where it margins none.
    #[serde(default)]
    pub price_range: f64,
    /// Options: the relative move of implied volatility in the scenario grid.
    #[serde(default)]
    pub volatility_range: f64,
    /// Options: the least requirement of a short one, as a fraction of its underlying's value.
    #[serde(default)]
    pub short_minimum: f64,
    /// Reference size, quote units.
    pub size_reference: f64,
}

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
