use crate::error::{HurdleError, Result};
use crate::market::ReadPolicy;
use crate::quantity::{Amount, Rate, Ratio};
use crate::staleness::Freshness;
use bytemuck::{Pod, Zeroable};

/// Bit of [`MarginReply::flags`]: the market is not active yet.
pub const FLAG_INACTIVE: u8 = 1;
/// Bit of [`MarginReply::flags`]: the market is paused.
pub const FLAG_PAUSED: u8 = 2;

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
    /// What the account holds, as it counts toward initial margin.
    pub initial_collateral: Amount,
    /// What the account holds, as it counts toward maintenance margin; at least what counts toward initial margin.
    pub maintenance_collateral: Amount,
    /// What the account owes.
    pub liabilities: Amount,
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
    /// Status bits of the publication used: 1 held back by the rate limit, 2 no equilibrium.
    pub status: u8,
    /// [`FLAG_INACTIVE`], [`FLAG_PAUSED`].
    pub flags: u8,
    /// Zero.
    pub padding: [u8; 2],
}

impl MarginReply {
    /// Checks the rate used against what a reader demands, as [`crate::Market::read_checked`] does for a direct read. For
    /// actions that add risk.
    ///
    /// # Errors
    /// [`HurdleError::OracleStale`], [`HurdleError::TooFewReportSigners`].
    #[inline(always)]
    pub fn meets(&self, policy: ReadPolicy) -> Result<()> {
        policy.check(self.age, self.signer_count)
    }

    /// The error that an enforced check fails with, if any: of those that hold, the first in the order below.
    ///
    /// # Errors
    /// [`HurdleError::MarketInactive`], [`HurdleError::MarketPaused`], [`HurdleError::OracleStale`],
    /// [`HurdleError::MarginInsufficient`].
    #[inline(always)]
    pub fn enforce(&self) -> Result<()> {
        if self.allowed == 1 {
            return Ok(());
        }
        if self.flags & FLAG_INACTIVE != 0 {
            return Err(HurdleError::MarketInactive);
        }
        if self.flags & FLAG_PAUSED != 0 {
            return Err(HurdleError::MarketPaused);
        }
        if self.freshness == Freshness::HardStale.byte() {
            return Err(HurdleError::OracleStale);
        }
        Err(HurdleError::MarginInsufficient)
    }
}
