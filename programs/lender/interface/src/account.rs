//! How the lender's accounts hold their structs: eight bytes of discriminator, then the struct, little-endian.

use crate::error::{LenderError, Result};
use bytemuck::Pod;

/// Bytes of a discriminator.
pub const DISCRIMINATOR_LEN: usize = 8;

/// A struct that an account of the lender holds.
pub trait AccountLayout: Pod {
    /// The first eight bytes: `sha256("account:" ‖ name)[..8]`.
    const DISCRIMINATOR: [u8; DISCRIMINATOR_LEN];
    /// The layout version that this code reads.
    const VERSION: u8;
    /// Bytes of the whole account.
    const ACCOUNT_LEN: usize = size_of::<Self>() + DISCRIMINATOR_LEN;

    /// The version that the account carries.
    fn version(&self) -> u8;

    /// The struct in an account's data, in place.
    ///
    /// # Errors
    /// [`LenderError::InvalidAccountData`] for another kind, version, length or an alignment below eight.
    #[inline(always)]
    fn from_account(data: &[u8]) -> Result<&Self> {
        let state: &Self =
            bytemuck::try_from_bytes(body::<Self>(data)?).map_err(|_| LenderError::InvalidAccountData)?;
        versioned(state.version() == Self::VERSION, state)
    }

    /// A copy of the struct in account data at any alignment, for off-chain readers.
    ///
    /// # Errors
    /// [`LenderError::InvalidAccountData`] for another kind, version or length.
    fn copied_from_account(data: &[u8]) -> Result<Self> {
        let state: Self = bytemuck::try_pod_read_unaligned(body::<Self>(data)?)
            .map_err(|_| LenderError::InvalidAccountData)?;
        versioned(state.version() == Self::VERSION, state)
    }
}

/// What follows the discriminator, where that is the layout's.
#[inline(always)]
fn body<T: AccountLayout>(data: &[u8]) -> Result<&[u8]> {
    match data.split_at_checked(DISCRIMINATOR_LEN) {
        Some((discriminator, body)) if discriminator == T::DISCRIMINATOR => Ok(body),
        _ => Err(LenderError::InvalidAccountData),
    }
}

#[inline(always)]
fn versioned<T>(current: bool, state: T) -> Result<T> {
    if current {
        Ok(state)
    } else {
        Err(LenderError::InvalidAccountData)
    }
}
