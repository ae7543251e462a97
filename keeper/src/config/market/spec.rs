//! The sections of a market's file.

use serde::Deserialize;

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
