//! The margin of one position.
//!
//! A position is an exposure (the market value at risk), liabilities (what the account owes) and collateral (what it
//! holds). It meets a requirement `r` where
//!
//! ```text
//! collateral·(1 − haircut)  ≥  liabilities + r
//! r = exposure · base · min(cap, hurdle factor · volatility factor · size factor · age factor)
//! ```
//!
//! The left side is rounded down and the right side up. Every factor is at least one, so a requirement is never below
//! its base; the cap is a parameter of the class, so the product cannot leave its domain.

use crate::error::{HurdleError, Result};
use crate::multiplier::MultiplierRule;
use crate::quantity::{Amount, ONE, Rate, Ratio, UnixTime, mul_checked};
use crate::staleness::{self, Action, Freshness};
use crate::state::{MarketState, ReadPolicy};
use bytemuck::{Pod, Zeroable};

/// How one kind of exposure is margined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct RiskClass {
    /// Base initial margin as a fraction of the exposure.
    pub initial: Ratio,
    /// Base maintenance margin as a fraction of the exposure; below `initial`.
    pub maintenance: Ratio,
    /// How much of the market's margin multiplier reaches this class: the factor is `1 + s·(m − 1)`.
    pub hurdle_sensitivity: Ratio,
    /// Rise of the factor per unit of volatility above the reference.
    pub volatility_sensitivity: Ratio,
    /// Annualised volatility that the base margins are meant for.
    pub volatility_reference: Ratio,
    /// Rise of the factor at the reference size; it grows with the square root of size (the square-root
    /// law of market impact; Torre 1997).
    pub size_coefficient: Ratio,
    /// The largest rise for size.
    pub size_cap: Ratio,
    /// The largest product of all factors.
    pub multiplier_cap: Ratio,
    /// Part of the collateral's value that does not count.
    pub haircut: Ratio,
    /// What a liquidator earns, as a fraction of the value; part of both requirements.
    pub bounty: Ratio,
    /// Options: the largest relative move of the price in the scenario grid, below one; zero where the class margins no
    /// options.
    pub price_range: Ratio,
    /// Options: the relative move of implied volatility in the scenario grid, below one.
    pub volatility_range: Ratio,
    /// Options: the least requirement of a short one, as a fraction of its underlying's value.
    pub short_minimum: Ratio,
    /// The reference size.
    pub size_reference: Amount,
}

/// Beyond this multiple of the reference size its square root to 1e-8 would need more than 64 bits.
const LARGEST_SIZE: u64 = 1_800;

impl RiskClass {
    /// Whether governance has defined the class.
    #[inline(always)]
    pub fn is_defined(&self) -> bool {
        self.initial > Ratio::ZERO
    }

    /// Checks the class: undefined classes are all zero; defined ones keep `0 < maintenance < initial`, every factor in
    /// its domain, and the capped requirement too.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`].
    pub fn invariant(&self, rule: &MultiplierRule) -> Result<()> {
        if *self == Self::zeroed() {
            return Ok(());
        }
        let ratios = [
            self.initial,
            self.maintenance,
            self.hurdle_sensitivity,
            self.volatility_sensitivity,
            self.volatility_reference,
            self.size_coefficient,
            self.size_cap,
            self.multiplier_cap,
            self.haircut,
            self.bounty,
            self.price_range,
            self.volatility_range,
            self.short_minimum,
        ];
        let domain = ratios.iter().all(|ratio| ratio.validate().is_ok());
        let order = Ratio::ZERO < self.maintenance && self.maintenance < self.initial;
        let factors = self.multiplier_cap >= Ratio::ONE
            && self.initial.times_up(self.multiplier_cap).is_ok()
            && self.size_cap.add(Ratio::ONE).is_ok()
            && self
                .hurdle_sensitivity
                .times_up(rule.cap)
                .and_then(|rise| rise.add(Ratio::ONE))
                .is_ok();
        let options = self.price_range < Ratio::ONE
            && self.volatility_range < Ratio::ONE
            && self.short_minimum <= Ratio::ONE;
        let shares = self.haircut <= Ratio::ONE && self.bounty <= Ratio::ONE;
        if !domain || !order || !factors || !options || !shares || self.size_reference == Amount::ZERO {
            return Err(HurdleError::InvalidParameter);
        }
        Ok(())
    }

    /// The factor for size, `1 + min(cap, coefficient·√(exposure/reference))`, rounded up.
    #[inline(always)]
    fn size_factor(&self, exposure: Amount) -> Result<Ratio> {
        if self.size_coefficient == Ratio::ZERO {
            return Ok(Ratio::ONE);
        }
        let reference = self.size_reference.0;
        let (Some(whole), Some(rest)) = (
            exposure.0.checked_div(reference),
            exposure.0.checked_rem(reference),
        ) else {
            return Err(HurdleError::InvalidParameter);
        };
        let root = if whole < LARGEST_SIZE {
            Some(Self::root_of_size(whole, rest, reference))
        } else {
            // √x = √(x·1e4)·1e-2: coarser, and enough for a size like this
            mul_checked(whole.saturating_add(1), 10_000)
                .map(|size| size.isqrt().saturating_add(1).saturating_mul(1_000_000))
        };
        // root · coefficient, at the cap where it does not fit
        let rise = root
            .and_then(|root| mul_checked(root, self.size_coefficient.raw().unsigned_abs()))
            .and_then(|rise| i64::try_from(rise.div_ceil(ONE.unsigned_abs())).ok())
            .unwrap_or(i64::MAX);
        Ratio::ONE.add(Ratio(rise.min(self.size_cap.raw())))
    }

    /// √(whole + rest/reference) in 1e-8, rounded up, for a `whole` below [`LARGEST_SIZE`].
    #[inline(always)]
    fn root_of_size(whole: u64, rest: u64, reference: u64) -> u64 {
        // rest < reference: scaled down to 37 bits together where the product would not fit. Every step rounds up, since
        // the root of a small ratio magnifies what was lost.
        let shift = 27u32.saturating_sub(reference.leading_zeros());
        let divisor = reference >> shift;
        let part = rest
            .div_ceil(1 << shift)
            .wrapping_mul(ONE.unsigned_abs())
            .saturating_add(divisor.saturating_sub(1))
            .checked_div(divisor)
            .unwrap_or(u64::MAX);
        let size = whole
            .wrapping_mul(ONE.unsigned_abs())
            .saturating_add(part.min(ONE.unsigned_abs()));
        // √(x·1e-8) = √(x·1e8)·1e-8
        size.saturating_mul(ONE.unsigned_abs()).isqrt().saturating_add(1)
    }

    /// The factor for volatility, `1 + sensitivity·max(0, σ − reference)`, held to ten, rounded up. The class's cap holds
    /// the product further.
    #[inline(always)]
    fn volatility_factor(&self, volatility: Ratio) -> Ratio {
        let rise = volatility
            .excess_over(self.volatility_reference)
            .times_up(self.volatility_sensitivity);
        rise.and_then(|rise| Ratio::ONE.add(rise)).unwrap_or(Ratio::MAX)
    }

    /// The factor for the market's margin multiplier, `1 + sensitivity·(m − 1)`, rounded up.
    #[inline(always)]
    fn hurdle_factor(&self, multiplier: Ratio) -> Ratio {
        let rise = multiplier
            .excess_over(Ratio::ONE)
            .times_up(self.hurdle_sensitivity);
        rise.and_then(|rise| Ratio::ONE.add(rise)).unwrap_or(Ratio::MAX)
    }

    /// The product of factors, held to the class's cap.
    #[inline(always)]
    fn capped(&self, factors: [Ratio; 2]) -> Ratio {
        let [a, b] = factors;
        a.times_up(b).unwrap_or(Ratio::MAX).min(self.multiplier_cap)
    }
}

/// One position, in atoms of the quote asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Position {
    /// Market value at risk.
    pub exposure: Amount,
    /// What the account owes.
    pub liabilities: Amount,
    /// Market value of what the account holds.
    pub collateral: Amount,
    /// Index of the risk class.
    pub class: u8,
    /// What the account is about to do: [`Action`].
    pub action: u8,
    /// One to fail unless the action is allowed, zero to only answer.
    pub enforce: u8,
    /// Zero.
    pub padding: [u8; 5],
}

/// Where an account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// Meets its initial margin.
    Healthy,
    /// Meets its maintenance margin, not its initial one: may not add risk.
    Restricted,
    /// Does not meet its maintenance margin.
    Liquidatable,
}

impl Health {
    /// As it stands in a reply.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Healthy => 0,
            Self::Restricted => 1,
            Self::Liquidatable => 2,
        }
    }
}

/// The answer to a margin check, as it stands in return data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct MarginReply {
    /// Initial margin requirement.
    pub initial: Amount,
    /// Maintenance margin requirement.
    pub maintenance: Amount,
    /// Collateral after the haircut.
    pub collateral: Amount,
    /// What is missing to the initial margin.
    pub initial_shortfall: Amount,
    /// What is missing to the maintenance margin.
    pub maintenance_shortfall: Amount,
    /// The hurdle rate used.
    pub hurdle: Rate,
    /// The initial margin multiplier used, of the market.
    pub initial_multiplier: Ratio,
    /// The maintenance margin multiplier used, of the market.
    pub maintenance_multiplier: Ratio,
    /// Sequence of the publication used.
    pub sequence: u64,
    /// Age of its observation, seconds.
    pub age: i64,
    /// [`Health`].
    pub health: u8,
    /// [`Freshness`].
    pub freshness: u8,
    /// One where the action is allowed.
    pub allowed: u8,
    /// How many members of the committee signed the publication used.
    pub signer_count: u8,
    /// [`crate::state::STATUS_LIMITED`], [`crate::state::STATUS_STRESSED`] of the publication used.
    pub status: u8,
    /// Zero.
    pub padding: [u8; 3],
}

impl MarginReply {
    /// Checks the rate used against what a reader demands, as [`MarketState::read_checked`] does for a direct read. For
    /// actions that add risk.
    ///
    /// # Errors
    /// [`HurdleError::OracleStale`], [`HurdleError::TooFewReportSigners`].
    #[inline(always)]
    pub fn meets(&self, policy: ReadPolicy) -> Result<()> {
        policy.check(self.age, self.signer_count)
    }

    /// The error that an enforced check fails with, if any.
    ///
    /// # Errors
    /// [`HurdleError::OracleStale`] or [`HurdleError::MarginInsufficient`].
    #[inline(always)]
    pub fn enforce(&self) -> Result<()> {
        if self.allowed == 1 {
            return Ok(());
        }
        if self.freshness == Freshness::HardStale.byte() {
            return Err(HurdleError::OracleStale);
        }
        Err(HurdleError::MarginInsufficient)
    }
}

/// Margin requirement and health of one position against the rate in force at `now`.
///
/// # Errors
/// [`HurdleError::OracleNeverPublished`], [`HurdleError::UnknownRiskClass`], [`HurdleError::UnknownAction`],
/// [`HurdleError::Overflow`] where requirement and liabilities do not fit 64 bits.
#[inline(always)]
pub fn check_position(market: &MarketState, position: &Position, now: UnixTime) -> Result<MarginReply> {
    let action = Action::try_from(position.action)?;
    let class = market.class(position.class)?;
    let published = &market.published;
    if published.sequence == 0 {
        return Err(HurdleError::OracleNeverPublished);
    }
    let ramps = published.ramps.at(&market.params.ramp, now);
    let (multiplier, volatility) = (ramps.multiplier, ramps.volatility);
    let age = staleness::age(published.observed_at, now);
    let freshness = market.params.staleness.freshness(age);

    let shared = class.capped([
        class.size_factor(position.exposure)?,
        market.params.staleness.growth_at(age)?,
    ]);
    let requirement = |base: Ratio, multiplier: Ratio, volatility: Ratio| {
        let moving = class.capped([
            class.hurdle_factor(multiplier),
            class.volatility_factor(volatility),
        ]);
        position
            .exposure
            .times_up(base.times_up(class.capped([shared, moving]))?)
    };
    let maintenance = requirement(class.maintenance, multiplier.maintenance, volatility.maintenance)?;
    let mut initial = requirement(class.initial, multiplier.initial, volatility.initial)?;
    // rounding may join them on a few atoms: initial stays above maintenance
    if initial <= maintenance && position.exposure > Amount::ZERO {
        initial = maintenance.add(Amount(1))?;
    }
    let collateral = position.collateral.times_down(class.haircut.complement())?;
    let initial_shortfall = collateral.shortfall_to(position.liabilities.add(initial)?);
    let maintenance_shortfall = collateral.shortfall_to(position.liabilities.add(maintenance)?);
    let health = match (initial_shortfall, maintenance_shortfall) {
        (Amount::ZERO, _) => Health::Healthy,
        (_, Amount::ZERO) => Health::Restricted,
        _ => Health::Liquidatable,
    };
    let allowed = !action.adds_risk() || (freshness < Freshness::HardStale && health == Health::Healthy);
    Ok(MarginReply {
        initial,
        maintenance,
        collateral,
        initial_shortfall,
        maintenance_shortfall,
        hurdle: published.hurdle,
        initial_multiplier: multiplier.initial,
        maintenance_multiplier: multiplier.maintenance,
        sequence: published.sequence,
        age,
        health: health.byte(),
        freshness: freshness.byte(),
        allowed: u8::from(allowed),
        signer_count: published.signer_count,
        status: published.status,
        padding: [0; 3],
    })
}

#[cfg(test)]
mod tests;
