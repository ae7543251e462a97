use super::AccountLayout;
use crate::error::{HurdleError, Result};
use bytemuck::{Pod, Zeroable};
use solana_address::Address;

/// The program's configuration: who governs it and on which cluster it runs. One per program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct ConfigState {
    /// Layout version.
    pub version: u8,
    /// Bump of the account's PDA.
    pub bump: u8,
    /// Zero.
    pub padding: [u8; 6],
    /// May create committees and markets and change them.
    pub authority: Address,
    /// Will be the authority once it accepts; zero where no transfer is under way.
    pub pending_authority: Address,
    /// May only tighten and pause.
    pub guardian: Address,
    /// Genesis hash of the cluster, part of every report's domain.
    pub genesis_hash: [u8; 32],
    /// Seconds between a proposal and its execution.
    pub timelock_seconds: i64,
    /// Zero, for later versions.
    pub reserved: [u8; 128],
}

impl AccountLayout for ConfigState {
    const DISCRIMINATOR: [u8; 8] = [155, 12, 170, 224, 30, 250, 204, 130];
    const VERSION: u8 = 1;

    fn version(&self) -> u8 {
        self.version
    }
}

impl ConfigState {
    /// The longest timelock, 30 days.
    pub const MAX_TIMELOCK_SECONDS: i64 = 30 * 86_400;

    /// Checks that the authority and the genesis hash are set and the timelock lies in its range.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`].
    pub fn invariant(&self) -> Result<()> {
        let zero = Address::default();
        let timelock = (0..=Self::MAX_TIMELOCK_SECONDS).contains(&self.timelock_seconds);
        if self.version != Self::VERSION
            || self.authority == zero
            || self.genesis_hash == [0; 32]
            || !timelock
        {
            return Err(HurdleError::InvalidParameter);
        }
        Ok(())
    }
}
