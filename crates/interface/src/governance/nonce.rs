//! Durable nonces: a transaction over one stays valid until its nonce advances, so a signature that governance gave
//! months ago, or was tricked into giving, can be used at a moment of someone else's choice. A recent blockhash forbids
//! that within two minutes.

use crate::error::{HurdleError, Result};
use crate::introspect::{read_u16, slice};

/// The system program, 32 zero bytes.
const SYSTEM_PROGRAM: [u8; 32] = [0; 32];
/// How the data of the system program's `AdvanceNonceAccount` begins: its number, u32 LE.
const ADVANCE_NONCE: [u8; 4] = [4, 0, 0, 0];
/// Bytes of an account in the sysvar: flags and key.
const ACCOUNT_LEN: usize = 33;

/// Refuses a transaction over a durable nonce: one whose first instruction is the system program's
/// `AdvanceNonceAccount`, as the runtime tells them. `sysvar` is the data of the instructions sysvar (layout: see
/// [`crate::introspect::ed25519_instruction`]).
///
/// # Errors
/// [`HurdleError::DurableNonce`], [`HurdleError::InvalidAccountData`] for bytes that are no such sysvar.
#[inline(never)]
pub fn refuse_durable_nonce(sysvar: &[u8]) -> Result<()> {
    let (program, data) = first_instruction(sysvar).ok_or(HurdleError::InvalidAccountData)?;
    if program == SYSTEM_PROGRAM && data.starts_with(&ADVANCE_NONCE) {
        return Err(HurdleError::DurableNonce);
    }
    Ok(())
}

/// Program and data of the transaction's first instruction.
fn first_instruction(sysvar: &[u8]) -> Option<(&[u8], &[u8])> {
    if read_u16(sysvar, 0)? == 0 {
        return None;
    }
    let start = usize::from(read_u16(sysvar, 2)?);
    let accounts = usize::from(read_u16(sysvar, start)?);
    let program_at = start
        .checked_add(2)?
        .checked_add(accounts.checked_mul(ACCOUNT_LEN)?)?;
    let program = slice(sysvar, program_at, 32)?;
    let length_at = program_at.checked_add(32)?;
    let length = usize::from(read_u16(sysvar, length_at)?);
    let data = slice(sysvar, length_at.checked_add(2)?, length)?;
    Some((program, data))
}
