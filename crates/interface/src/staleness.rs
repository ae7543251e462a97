//! Staleness, graded by action: an old rate tightens what adds risk and never stands in the way of what removes it.

use crate::error::{HurdleError, Result};
use crate::quantity::{DAY, Ratio, UnixTime, div_up};

/// What an account is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Open a position or borrow for the first time.
    Open,
    /// Increase a position or a debt.
    Increase,
    /// Take collateral out.
    Withdraw,
    /// Make a position smaller.
    Reduce,
    /// Pay debt back.
    Repay,
    /// Close a position.
    Close,
}

impl Action {
    /// As it stands in a position.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Open => 0,
            Self::Increase => 1,
            Self::Withdraw => 2,
            Self::Reduce => 3,
            Self::Repay => 4,
            Self::Close => 5,
        }
    }

    /// Whether the action can make an account riskier.
    #[inline(always)]
    pub const fn adds_risk(self) -> bool {
        matches!(self, Self::Open | Self::Increase | Self::Withdraw)
    }
}

impl TryFrom<u8> for Action {
    type Error = HurdleError;

    #[inline(always)]
    fn try_from(value: u8) -> Result<Self> {
        Ok(match value {
            0 => Self::Open,
            1 => Self::Increase,
            2 => Self::Withdraw,
            3 => Self::Reduce,
            4 => Self::Repay,
            5 => Self::Close,
            _ => return Err(HurdleError::UnknownAction),
        })
    }
}

/// How the age of the observation bears on margin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct StalenessRule {
    /// Age up to which a rate is fresh, seconds.
    pub soft_after: i64,
    /// Age beyond which actions that add risk are refused, seconds.
    pub hard_after: i64,
    /// Growth of requirements per day of age beyond `soft_after`; it ends at `hard_after`.
    pub growth_per_day: Ratio,
}

/// How old the published rate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Freshness {
    /// Normal.
    Fresh,
    /// Requirements grow with age.
    SoftStale,
    /// Actions that add risk are refused.
    HardStale,
}

impl Freshness {
    /// As it stands in a reply.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Fresh => 0,
            Self::SoftStale => 1,
            Self::HardStale => 2,
        }
    }
}

impl StalenessRule {
    /// Checks the domains, the order of the ages and that growth stays in its domain.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`].
    pub fn invariant(&self) -> Result<()> {
        let ages = 1 <= self.soft_after && self.soft_after < self.hard_after && self.hard_after <= 30 * DAY;
        if !ages || self.growth_per_day.validate().is_err() || self.growth_at(self.hard_after).is_err() {
            return Err(HurdleError::InvalidParameter);
        }
        Ok(())
    }

    /// The grade of an age.
    #[inline(always)]
    pub fn freshness(&self, age: i64) -> Freshness {
        if age <= self.soft_after {
            Freshness::Fresh
        } else if age <= self.hard_after {
            Freshness::SoftStale
        } else {
            Freshness::HardStale
        }
    }

    /// The multiplier of requirements at an age, rounded up: one while fresh, then rising until `hard_after`.
    ///
    /// # Errors
    /// [`HurdleError::RatioOutOfDomain`] where the rule breaks its invariant.
    #[inline(always)]
    pub fn growth_at(&self, age: i64) -> Result<Ratio> {
        let stale = age.min(self.hard_after).saturating_sub(self.soft_after);
        if stale <= 0 {
            return Ok(Ratio::ONE);
        }
        // at most thirty days of seconds times 1e9
        let growth = div_up(self.growth_per_day.raw().saturating_mul(stale), DAY).unwrap_or(i64::MAX);
        Ratio::ONE.add(Ratio::new(growth)?)
    }
}

/// Age of an observation, seconds.
#[inline(always)]
pub fn age(observed_at: UnixTime, now: UnixTime) -> i64 {
    now.seconds_since(observed_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> StalenessRule {
        StalenessRule {
            soft_after: 3600,
            hard_after: 3600 + DAY,
            growth_per_day: Ratio(50_000_000),
        }
    }

    #[test]
    fn requirements_grow_only_between_soft_and_hard_stale() {
        assert_eq!(rule().growth_at(3600), Ok(Ratio::ONE));
        assert_eq!(rule().growth_at(3600 + DAY / 2), Ok(Ratio(125_000_000)));
        assert_eq!(rule().growth_at(3600 + DAY), Ok(Ratio(150_000_000)));
        assert_eq!(rule().growth_at(i64::MAX), Ok(Ratio(150_000_000)));
    }

    #[test]
    fn ages_are_graded_at_their_bounds() {
        assert_eq!(rule().freshness(3600), Freshness::Fresh);
        assert_eq!(rule().freshness(3601), Freshness::SoftStale);
        assert_eq!(rule().freshness(3600 + DAY), Freshness::SoftStale);
        assert_eq!(rule().freshness(3601 + DAY), Freshness::HardStale);
    }

    #[test]
    fn only_opening_increasing_and_withdrawing_add_risk() {
        let risky: std::vec::Vec<bool> = (0..6)
            .map(|byte| Action::try_from(byte).unwrap().adds_risk())
            .collect();
        assert_eq!(risky, [true, true, true, false, false, false]);
        assert_eq!(Action::try_from(6), Err(HurdleError::UnknownAction));
    }

    #[test]
    fn a_growth_that_leaves_its_domain_is_no_valid_rule() {
        let steep = StalenessRule {
            growth_per_day: Ratio::MAX,
            ..rule()
        };
        assert_eq!(steep.invariant(), Err(HurdleError::InvalidParameter));
        assert_eq!(rule().invariant(), Ok(()));
    }
}
