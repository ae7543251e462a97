use crate::composition::{Components, CompositionRule, Responses};
use crate::error::{HurdleError, Result};
use crate::limit::RateLimit;
use crate::quantity::{DAY, Rate, Ratio, Sensitivity};
use crate::ramp::{LONGEST_HORIZON, RampRule, carry_up};
use crate::staleness::StalenessRule;
use bytemuck::{Pod, Zeroable};

/// The largest residual tolerance: 0.1 % a year.
const MAX_RESIDUAL_TOLERANCE: Rate = Rate(100_000);

/// Absolute bounds of one component.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Bounds {
    /// The least value.
    pub low: Rate,
    /// The greatest value.
    pub high: Rate,
}

impl Bounds {
    #[inline(always)]
    fn admits(&self, rate: Rate) -> bool {
        self.low <= rate && rate <= self.high
    }
}

/// How far governance may move each risk weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct WeightLimit {
    /// The largest move of a weight in one change.
    pub per_change: Ratio,
    /// The largest sum of a weight's moves within any window.
    pub per_window: Ratio,
    /// Length of the window, seconds.
    pub window: i64,
}

impl WeightLimit {
    /// Checks the domains, that a window allows a whole change, and a window of a day to a year.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`].
    pub fn invariant(&self) -> Result<()> {
        let domain = self.per_change > Ratio::ZERO && self.per_window.validate().is_ok();
        if !domain || self.per_window < self.per_change || self.window < DAY || self.window > 365 * DAY {
            return Err(HurdleError::InvalidParameter);
        }
        Ok(())
    }
}

/// What governance sets of a market, risk classes aside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct MarketParams {
    /// Weights, curves and range of Φ.
    pub composition: CompositionRule,
    /// Bounds of s, p, b, d₀, l, o, q₀ and e, in this order.
    pub bounds: [Bounds; 8],
    /// Bound of |ρ_u|.
    pub max_utilisation_response: Ratio,
    /// Bound of |ρ_q|.
    pub max_tail_response: Ratio,
    /// The largest |Φ(h) − h| of a report.
    pub residual_tolerance: Rate,
    /// Rate limit of publications.
    pub limit: RateLimit,
    /// Half-life of the baseline, seconds.
    pub baseline_half_life: i64,
    /// Speed of what margin uses.
    pub ramp: RampRule,
    /// Seconds that a liquidation takes: positions are funded at the hurdle rate until then.
    pub liquidation_horizon: i64,
    /// Seconds in which the maintenance margin of a risk class follows a change of the class.
    pub class_transition: i64,
    /// How far risk weights may be moved.
    pub weight_limit: WeightLimit,
    /// Bound of σ. The shares w and u₀ are bounded by one, and c counts up to one.
    pub max_volatility: Ratio,
    /// The least margin multiplier while there is no equilibrium.
    pub stressed_multiplier: Ratio,
    /// How old an observation may be when it is published, seconds.
    pub max_observation_age: i64,
    /// How age tightens margin.
    pub staleness: StalenessRule,
}

impl MarketParams {
    /// Checks every part and what ties them together.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`].
    pub fn invariant(&self) -> Result<()> {
        self.composition.invariant()?;
        self.limit.invariant()?;
        self.ramp.invariant()?;
        self.weight_limit.invariant()?;
        self.staleness.invariant()?;
        let bounds = self.bounds.iter().all(|bounds| {
            bounds.low.validate().is_ok() && bounds.high.validate().is_ok() && bounds.low <= bounds.high
        });
        let responses =
            self.max_utilisation_response.validate().is_ok() && self.max_tail_response.validate().is_ok();
        let tolerance =
            Rate::ZERO <= self.residual_tolerance && self.residual_tolerance <= MAX_RESIDUAL_TOLERANCE;
        let stressed = self.stressed_multiplier.validate().is_ok() && self.stressed_multiplier >= Ratio::ONE;
        let times = (60..=30 * DAY).contains(&self.baseline_half_life)
            && (1..=self.staleness.soft_after).contains(&self.max_observation_age)
            && (0..=LONGEST_HORIZON).contains(&self.liquidation_horizon)
            && (3_600..=30 * DAY).contains(&self.class_transition);
        // the organic hurdle h − e is in domain whatever may be published
        let [.., emissions] = &self.bounds;
        let organic = self.composition.floor.sub(emissions.high).is_ok()
            && self.composition.ceiling.sub(emissions.low).is_ok();
        let volatility = self.max_volatility.validate().is_ok();
        let carry = carry_up(self.composition.ceiling, self.liquidation_horizon).is_ok();
        if !(bounds && responses && tolerance && stressed && times && organic && volatility && carry) {
            return Err(HurdleError::InvalidParameter);
        }
        Ok(())
    }

    /// Checks the components of a report against their absolute bounds, which hold them to the domains of their types.
    ///
    /// # Errors
    /// [`HurdleError::ComponentOutOfBounds`].
    #[inline(always)]
    pub fn check_components(&self, components: &Components) -> Result<()> {
        let values = [
            components.staking,
            components.contract,
            components.systematic,
            components.debt,
            components.liquidity,
            components.latency,
            components.tail,
            components.emissions,
        ];
        let shares = [components.equity_weight, components.utilisation];
        if components.volatility > self.max_volatility
            || components.volatility < Ratio::ZERO
            || components.coverage.validate().is_err()
            || shares
                .iter()
                .any(|share| *share < Ratio::ZERO || *share > Ratio::ONE)
            || self
                .bounds
                .iter()
                .zip(values)
                .any(|(bounds, value)| !bounds.admits(value))
        {
            return Err(HurdleError::ComponentOutOfBounds);
        }
        Ok(())
    }

    /// Checks the responses of a report against their absolute bounds.
    ///
    /// # Errors
    /// [`HurdleError::ResponseOutOfBounds`].
    #[inline(always)]
    pub fn check_responses(&self, responses: &Responses) -> Result<()> {
        let within = |response: Sensitivity, bound: Ratio| {
            response.raw() <= bound.raw() && response.raw() >= bound.raw().wrapping_neg()
        };
        if !within(responses.utilisation, self.max_utilisation_response)
            || !within(responses.tail, self.max_tail_response)
        {
            return Err(HurdleError::ResponseOutOfBounds);
        }
        Ok(())
    }
}
