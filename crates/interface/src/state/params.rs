use crate::composition::{Components, CompositionRule, Responses};
use crate::error::{HurdleError, Result};
use crate::limit::RateLimit;
use crate::multiplier::{DAY, RampRule};
use crate::quantity::{Rate, Ratio};
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
    /// Speed of the margin multiplier.
    pub ramp: RampRule,
    /// Speed of the volatility that margin uses.
    pub volatility_ramp: RampRule,
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
        self.volatility_ramp.invariant()?;
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
            && (1..=self.staleness.soft_after).contains(&self.max_observation_age);
        // the organic hurdle h − e is in domain whatever may be published
        let [.., emissions] = &self.bounds;
        let organic = self.composition.floor.sub(emissions.high).is_ok()
            && self.composition.ceiling.sub(emissions.low).is_ok();
        let volatility = self.max_volatility.validate().is_ok();
        if !(bounds && responses && tolerance && stressed && times && organic && volatility) {
            return Err(HurdleError::InvalidParameter);
        }
        Ok(())
    }

    /// Checks the components of a report against their absolute bounds.
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
        if components.volatility > self.max_volatility
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
        if responses.utilisation.magnitude() > self.max_utilisation_response
            || responses.tail.magnitude() > self.max_tail_response
        {
            return Err(HurdleError::ResponseOutOfBounds);
        }
        Ok(())
    }
}
