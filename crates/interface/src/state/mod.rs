//! Account layouts: plain `repr(C)` structs, declared once. The program wraps them; everyone else reads them.
//!
//! An account is eight bytes of discriminator followed by the struct. Integers are little-endian. Layouts only grow
//! into their reserved bytes, under a new `version`.

mod committee;
mod config;
mod history;
mod market;
mod params;
mod proposal;

pub use committee::{COMMITTEE_CAPACITY, CommitteeState};
pub use config::ConfigState;
pub use history::{
    History, HistoryEntry, HistoryMut, HistoryState, MAX_HISTORY_GROWTH, MAX_HISTORY_LENGTH, MAX_WINDOW,
    MIN_HISTORY_LENGTH,
};
pub use market::{
    ClassTransition, MARKET_CLASSES, MarketState, Pauses, Published, STATUS_LIMITED, STATUS_STRESSED,
    WeightBudget,
};
pub use params::{Bounds, MarketParams, WeightLimit};
pub use proposal::{ProposalState, Proposing};

use crate::error::{HurdleError, Result};
use bytemuck::Pod;

/// Bytes of a discriminator.
pub const DISCRIMINATOR_LEN: usize = 8;

/// A struct that an account of the program holds.
pub trait AccountLayout: Pod {
    /// The first eight bytes: `sha256("account:" ‖ name of the program's wrapper)[..8]`.
    const DISCRIMINATOR: [u8; DISCRIMINATOR_LEN];
    /// The layout version that this code reads.
    const VERSION: u8;
    /// Bytes of the whole account.
    const ACCOUNT_LEN: usize = size_of::<Self>() + DISCRIMINATOR_LEN;

    /// The version that the account carries.
    fn version(&self) -> u8;

    /// Whether the account has the layout that this code reads.
    #[inline(always)]
    fn is_current(&self) -> bool {
        self.version() == Self::VERSION
    }

    /// Checks that the account has the layout that this code reads.
    ///
    /// # Errors
    /// [`HurdleError::InvalidAccountData`] for another version.
    #[inline(always)]
    fn check_version(&self) -> Result<()> {
        if !self.is_current() {
            return Err(HurdleError::InvalidAccountData);
        }
        Ok(())
    }

    /// The struct in an account's data, in place.
    ///
    /// # Errors
    /// [`HurdleError::InvalidAccountData`] for another kind, version, length or an alignment below eight.
    #[inline(always)]
    fn from_account(data: &[u8]) -> Result<&Self> {
        let (discriminator, body) = data
            .split_at_checked(DISCRIMINATOR_LEN)
            .ok_or(HurdleError::InvalidAccountData)?;
        if discriminator != Self::DISCRIMINATOR {
            return Err(HurdleError::InvalidAccountData);
        }
        let state: &Self = bytemuck::try_from_bytes(body).map_err(|_| HurdleError::InvalidAccountData)?;
        state.check_version()?;
        Ok(state)
    }

    /// A copy of the struct in account data at any alignment, for off-chain readers.
    ///
    /// # Errors
    /// [`HurdleError::InvalidAccountData`] for another kind, version or length.
    fn copied_from_account(data: &[u8]) -> Result<Self> {
        let (discriminator, body) = data
            .split_at_checked(DISCRIMINATOR_LEN)
            .ok_or(HurdleError::InvalidAccountData)?;
        if discriminator != Self::DISCRIMINATOR {
            return Err(HurdleError::InvalidAccountData);
        }
        let state: Self =
            bytemuck::try_pod_read_unaligned(body).map_err(|_| HurdleError::InvalidAccountData)?;
        state.check_version()?;
        Ok(state)
    }
}

#[cfg(test)]
mod tests;
