//! The composition Φ of the hurdle rate, and the bound that makes its fixed point unique.
//!
//! ```text
//! equity = W_s·s + W_p·p + W_b·b
//! wacc   = w·equity + (1 − w)·W_d·d(u)
//! Φ(h)   = M_u(u(h)) · M_c(c) · wacc(u(h)) + W_l·l + W_o·o + W_q·q(h)       held to [floor, ceiling]
//! u(h)   = clamp(u₀ + ρ_u·(h − h₋), 0, 1)
//! q(h)   = max(0, q₀ + ρ_q·(m(h) − m₋))
//! ```
//!
//! Roundings are up: the hurdle rate sets requirements, so up is against the position holder. What is multiplied on is
//! carried in 1e-10 and sums of products in 1e-16, so that the result lies within 1e-7 of the real number, and below it
//! by less than 1e-8, where a factor that was rounded up multiplies a negative rate or relieves the tail.

mod uniqueness;

use crate::curve::{DebtCurve, FineUtilisation, SpreadMultiplier};
use crate::error::{HurdleError, Result};
use crate::multiplier::MultiplierRule;
use crate::quantity::{FineRate, FineRatio, Rate, Ratio, Sensitivity, Wide};

/// Governance's risk weights; one is neutral.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Weights {
    /// Of the staking opportunity cost s.
    pub staking: Ratio,
    /// Of the smart-contract premium p.
    pub contract: Ratio,
    /// Of the systematic premium b.
    pub systematic: Ratio,
    /// Of the cost of debt d.
    pub debt: Ratio,
    /// Of the liquidity spread l.
    pub liquidity: Ratio,
    /// Of the oracle-latency premium o.
    pub latency: Ratio,
    /// Of the liquidation tail premium q.
    pub tail: Ratio,
}

impl Weights {
    /// Checks the domains.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`].
    pub fn invariant(&self) -> Result<()> {
        let all = [
            self.staking,
            self.contract,
            self.systematic,
            self.debt,
            self.liquidity,
            self.latency,
            self.tail,
        ];
        if all.iter().any(|weight| weight.validate().is_err()) {
            return Err(HurdleError::InvalidParameter);
        }
        Ok(())
    }
}

/// The largest λ.
const MAX_SLOPE: Ratio = Ratio(95_000_000);

/// What governance sets of the composition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct CompositionRule {
    /// Risk weights.
    pub weights: Weights,
    /// Cost of debt over utilisation.
    pub debt_curve: DebtCurve,
    /// M_u over utilisation.
    pub utilisation: SpreadMultiplier,
    /// M_c over the missing share of the insurance fund.
    pub coverage: SpreadMultiplier,
    /// m over the hurdle rate.
    pub multiplier: MultiplierRule,
    /// The least hurdle rate.
    pub floor: Rate,
    /// The greatest hurdle rate.
    pub ceiling: Rate,
    /// λ: what the slope of Φ must not exceed for the fixed point to be proved unique; at most 0.95, since a rate within
    /// tolerance may lie `tolerance/(1 − λ)` from the fixed point.
    pub max_slope: Ratio,
}

impl CompositionRule {
    /// Checks every part, `floor < ceiling`, `λ ≤ 0.95` and that the spread multipliers' product stays in its domain.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`].
    pub fn invariant(&self) -> Result<()> {
        self.weights.invariant()?;
        self.debt_curve.invariant()?;
        self.utilisation.invariant()?;
        self.coverage.invariant()?;
        self.multiplier.invariant()?;
        // M_u·M_c stays in its domain, so that the composition of a run does too
        let spread = self
            .utilisation
            .cap
            .add(Ratio::ONE)?
            .times_up(self.coverage.cap.add(Ratio::ONE)?);
        let bounds =
            self.floor.validate().is_ok() && self.ceiling.validate().is_ok() && self.floor < self.ceiling;
        if !bounds || spread.is_err() || self.max_slope < Ratio::ZERO || self.max_slope > MAX_SLOPE {
            return Err(HurdleError::InvalidParameter);
        }
        Ok(())
    }
}

/// The measured components of one observation, each annualised (design §3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Components {
    /// s: staking opportunity cost.
    pub staking: Rate,
    /// p: smart-contract premium.
    pub contract: Rate,
    /// b: systematic premium β·λ.
    pub systematic: Rate,
    /// d₀: borrow rate observed at utilisation u₀.
    pub debt: Rate,
    /// l: liquidity spread.
    pub liquidity: Rate,
    /// o: oracle-latency premium.
    pub latency: Rate,
    /// q₀: liquidation tail premium at the last published multiplier.
    pub tail: Rate,
    /// e: the part of the advertised yield that is token emission.
    pub emissions: Rate,
    /// w: governance-token value over that plus borrowed, 0 … 1.
    pub equity_weight: Ratio,
    /// u₀: observed utilisation, 0 … 1.
    pub utilisation: Ratio,
    /// c: insurance fund over required; from one on it is whole.
    pub coverage: Ratio,
    /// σ: volatility forecast over the liquidation horizon, annualised.
    pub volatility: Ratio,
}

impl Components {
    /// Checks that every quantity lies in the domain of its type, and the shares in 0 … 1.
    ///
    /// # Errors
    /// [`HurdleError::ComponentOutOfBounds`].
    #[inline(always)]
    pub fn validate(&self) -> Result<()> {
        let rates = [
            self.staking,
            self.contract,
            self.systematic,
            self.debt,
            self.liquidity,
            self.latency,
            self.tail,
            self.emissions,
        ];
        let shares = self.equity_weight <= Ratio::ONE && self.utilisation <= Ratio::ONE;
        let ratios = [
            self.equity_weight,
            self.utilisation,
            self.coverage,
            self.volatility,
        ];
        if !shares
            || rates.iter().any(|rate| rate.validate().is_err())
            || ratios.iter().any(|ratio| ratio.validate().is_err())
        {
            return Err(HurdleError::ComponentOutOfBounds);
        }
        Ok(())
    }
}

/// The linear responses around the last published state, estimated by the keepers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Responses {
    /// ρ_u: change of utilisation per unit of hurdle rate. Negative where demand falls, positive where capital flees.
    pub utilisation: Sensitivity,
    /// ρ_q: change of the tail premium per unit of margin multiplier. Negative where margin protects.
    pub tail: Sensitivity,
}

/// The last published state that the responses are linear around.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// h₋: the last published hurdle rate.
    pub hurdle: Rate,
    /// The baseline in force, against which m is measured.
    pub baseline: Rate,
}

/// Φ for one market and one observation.
#[derive(Clone, Copy, Debug)]
pub struct Composition<'a> {
    rule: &'a CompositionRule,
    components: &'a Components,
    responses: Responses,
    anchor: Anchor,
    /// m₋ = m(h₋).
    multiplier_before: FineRatio,
    equity: FineRate,
    /// W_l·l + W_o·o, exact.
    spreads: Wide,
    /// (1 − w)·W_d, rounded up.
    debt_weight: FineRatio,
    /// d₀ − K(u₀): what the curve starts from.
    debt_base: FineRate,
    coverage: FineRatio,
}

impl<'a> Composition<'a> {
    /// Prepares what does not depend on the hurdle rate.
    ///
    /// # Errors
    /// A domain error where a sum leaves its domain; [`HurdleError::InvalidParameter`] for a broken rule.
    #[inline(always)]
    pub fn new(
        rule: &'a CompositionRule,
        components: &'a Components,
        responses: Responses,
        anchor: Anchor,
    ) -> Result<Self> {
        let weights = &rule.weights;
        let equity = components
            .staking
            .times(weights.staking)
            .add(components.contract.times(weights.contract))?
            .add(components.systematic.times(weights.systematic))?
            .to_fine_up()?;
        let spreads = components
            .liquidity
            .times(weights.liquidity)
            .add(components.latency.times(weights.latency))?;
        let coverage = rule.coverage.at_up(components.coverage.complement().into())?;
        let rise_observed = rule.debt_curve.rise_down(components.utilisation.into())?;
        let borrowed = components.equity_weight.complement();
        Ok(Self {
            rule,
            components,
            responses,
            anchor,
            multiplier_before: rule.multiplier.fine_at_up(anchor.hurdle, anchor.baseline)?,
            equity,
            spreads,
            debt_weight: FineRatio::product_up(borrowed, weights.debt)?,
            debt_base: FineRate::from(components.debt).sub(rise_observed)?,
            coverage,
        })
    }

    /// u(h): utilisation at a hurdle rate.
    #[inline(always)]
    fn utilisation(&self, hurdle: Rate) -> Result<FineUtilisation> {
        let response = self
            .responses
            .utilisation
            .to_rate_move(self.anchor.hurdle, hurdle);
        Ok(FineUtilisation::clamped(
            Wide::from_ratio(self.components.utilisation).add(response)?,
        ))
    }

    /// d(u): the cost of debt, rounded up.
    #[inline(always)]
    fn debt_rate(&self, u: FineUtilisation) -> Result<FineRate> {
        self.debt_base.add(self.rule.debt_curve.rise_up(u)?)
    }

    /// The weighted average cost of capital at a utilisation, rounded up.
    #[inline(always)]
    fn wacc(&self, u: FineUtilisation) -> Result<FineRate> {
        self.equity
            .times_ratio_up(self.components.equity_weight)
            .add(self.debt_rate(u)?.times_up(self.debt_weight))?
            .to_fine_up()
    }

    /// q(h): the tail premium at a hurdle rate, rounded up, never negative.
    #[inline(always)]
    fn tail(&self, hurdle: Rate) -> Result<FineRate> {
        let multiplier = self.rule.multiplier.fine_at_up(hurdle, self.anchor.baseline)?;
        let response = self
            .responses
            .tail
            .to_ratio_move_up(self.multiplier_before, multiplier);
        Ok(Wide::from_rate(self.components.tail)
            .add(response)?
            .to_fine_up()?
            .max(FineRate::ZERO))
    }

    /// Φ before it is held to the floor and the ceiling. Above the ceiling at the ceiling itself, there is no
    /// equilibrium inside the range: a run.
    ///
    /// # Errors
    /// A domain error where the composed rate leaves ±40.
    #[inline(always)]
    pub fn unclamped(&self, hurdle: Rate) -> Result<Rate> {
        let u = self.utilisation(hurdle)?;
        let spread = self.rule.utilisation.at_up(u)?.times_up(self.coverage)?;
        self.wacc(u)?
            .times_up(spread)
            .add(self.spreads)?
            .add(self.tail(hurdle)?.times_ratio_up(self.rule.weights.tail))?
            .to_rate_up()
    }

    /// Whether there is no equilibrium inside the range: at the ceiling, Φ still lies above it.
    ///
    /// # Errors
    /// As [`Self::unclamped`], but a composition that leaves its domain is above every ceiling.
    pub fn is_run(&self) -> Result<bool> {
        match self.unclamped(self.rule.ceiling) {
            Ok(rate) => Ok(rate > self.rule.ceiling),
            Err(error) if error.is_out_of_domain() => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Φ(h), held to `[floor, ceiling]`.
    ///
    /// # Errors
    /// As [`Self::unclamped`].
    #[inline(always)]
    pub fn phi(&self, hurdle: Rate) -> Result<Rate> {
        Ok(self
            .unclamped(hurdle)?
            .clamp_between(self.rule.floor, self.rule.ceiling))
    }

    /// |Φ(h) − h| in 1e-8: how far a rate is from being a fixed point.
    ///
    /// # Errors
    /// As [`Self::unclamped`].
    #[inline(always)]
    pub fn residual(&self, hurdle: Rate) -> Result<i64> {
        Ok(self.phi(hurdle)?.distance(hurdle))
    }
}

#[cfg(test)]
mod tests;
