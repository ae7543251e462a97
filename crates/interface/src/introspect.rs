//! Reading a report and its signers out of the Ed25519 instruction of the same transaction, in place.
//!
//! A transaction fails as a whole, and leaves no state behind, if an Ed25519 instruction anywhere in it does not verify:
//! whether the runtime verifies it before, or executes it only after, the instruction that reads it here. So what is read
//! counts only if it verifies, and what remains is to be certain *which* bytes that is: every offset must point into that
//! very instruction. An instruction whose offsets point elsewhere verifies bytes that nobody reads here.

use crate::error::{HurdleError, Result};
use crate::report::REPORT_LEN;
use crate::words;
use solana_address::Address;

/// The Ed25519 signature verification program.
pub const ED25519_PROGRAM: Address = Address::from_str_const("Ed25519SigVerify111111111111111111111111111");

/// The instructions sysvar.
pub const INSTRUCTIONS_SYSVAR: Address =
    Address::from_str_const("Sysvar1nstructions1111111111111111111111111");

/// Length of a public key and of half a signature.
const KEY_LEN: usize = 32;
/// Bytes before the first offsets: number of signatures and padding.
const HEADER_LEN: usize = 2;
/// Bytes of one signature's offsets.
const OFFSETS_LEN: usize = 14;
/// The instruction index that means "this instruction".
const THIS_INSTRUCTION: u16 = u16::MAX;

/// What an Ed25519 instruction has verified: one message under one or more keys.
#[derive(Clone, Copy, Debug)]
pub struct VerifiedMessage<'a> {
    data: &'a [u8],
    message: &'a [u8],
    offsets: &'a [[u8; OFFSETS_LEN]],
}

impl<'a> VerifiedMessage<'a> {
    /// Parses the data of an instruction of the Ed25519 program.
    ///
    /// All signatures must cover the same [`REPORT_LEN`] bytes, and all three instruction indices of each must mean the
    /// instruction itself (`u16::MAX`, as every client library writes it).
    ///
    /// # Errors
    /// [`HurdleError::MalformedSignatures`], [`HurdleError::ForeignSignatureOffset`], [`HurdleError::MessageMismatch`].
    pub fn parse(data: &'a [u8]) -> Result<Self> {
        let signatures = usize::from(*data.first().ok_or(HurdleError::MalformedSignatures)?);
        let offsets = slice(data, HEADER_LEN, signatures.wrapping_mul(OFFSETS_LEN))
            .map(|bytes| bytes.as_chunks().0)
            .ok_or(HurdleError::MalformedSignatures)?;
        let first = Offsets::read(offsets.first().ok_or(HurdleError::MalformedSignatures)?);
        for offsets in offsets.iter().map(Offsets::read) {
            // all bits of all three, the cheapest way to ask whether each is `THIS_INSTRUCTION`
            if offsets.signature_instruction & offsets.key_instruction & offsets.message_instruction
                != THIS_INSTRUCTION
            {
                return Err(HurdleError::ForeignSignatureOffset);
            }
            if usize::from(offsets.message_size) != REPORT_LEN
                || offsets.message_offset != first.message_offset
            {
                return Err(HurdleError::MessageMismatch);
            }
        }
        let message = slice(data, usize::from(first.message_offset), REPORT_LEN)
            .ok_or(HurdleError::MalformedSignatures)?;
        Ok(Self {
            data,
            message,
            offsets,
        })
    }

    /// The verified bytes.
    #[inline(always)]
    pub fn message(&self) -> &'a [u8] {
        self.message
    }

    /// How many signatures there are.
    #[inline(always)]
    pub fn signatures(&self) -> usize {
        self.offsets.len()
    }

    /// The keys under which the message verified, in their order; one key may stand twice.
    #[inline(always)]
    pub fn keys(&self) -> impl Iterator<Item = Result<&'a [u8; KEY_LEN]>> + use<'a> {
        let data = self.data;
        self.offsets.iter().map(move |offsets| {
            let offsets = Offsets::read(offsets);
            slice(data, usize::from(offsets.key_offset), KEY_LEN)
                .and_then(|key| key.try_into().ok())
                .ok_or(HurdleError::MalformedSignatures)
        })
    }
}

/// The fields of one `Ed25519SignatureOffsets` that matter here.
struct Offsets {
    signature_instruction: u16,
    key_offset: u16,
    key_instruction: u16,
    message_offset: u16,
    message_size: u16,
    message_instruction: u16,
}

impl Offsets {
    #[inline(always)]
    fn read(bytes: &[u8; OFFSETS_LEN]) -> Self {
        let [_, _, s0, s1, k0, k1, ki0, ki1, m0, m1, z0, z1, mi0, mi1] = *bytes;
        Self {
            signature_instruction: u16::from_le_bytes([s0, s1]),
            key_offset: u16::from_le_bytes([k0, k1]),
            key_instruction: u16::from_le_bytes([ki0, ki1]),
            message_offset: u16::from_le_bytes([m0, m1]),
            message_size: u16::from_le_bytes([z0, z1]),
            message_instruction: u16::from_le_bytes([mi0, mi1]),
        }
    }
}

/// The data of one instruction of the transaction, out of the instructions sysvar, and a check of its program.
///
/// Layout of the sysvar (Agave `instructions-sysvar`): number of instructions, an offset for each; at an offset the
/// number of accounts, 33 bytes for each, the program, the length of the data, the data. All integers are u16 LE.
///
/// # Errors
/// [`HurdleError::NotEd25519Instruction`] where there is no such instruction or it is of another program.
pub fn ed25519_instruction(sysvar: &[u8], index: u8) -> Result<&[u8]> {
    find_ed25519(sysvar, index).ok_or(HurdleError::NotEd25519Instruction)
}

#[inline(always)]
fn find_ed25519(sysvar: &[u8], index: u8) -> Option<&[u8]> {
    if u16::from(index) >= read_u16(sysvar, 0)? {
        return None;
    }
    let start = usize::from(read_u16(
        sysvar,
        usize::from(index).checked_mul(2)?.checked_add(2)?,
    )?);
    let accounts = usize::from(read_u16(sysvar, start)?);
    let program_at = start.checked_add(2)?.checked_add(accounts.checked_mul(33)?)?;
    let program: &[u8; KEY_LEN] = slice(sysvar, program_at, KEY_LEN)?.try_into().ok()?;
    if !words::equal(program, ED25519_PROGRAM.as_array()) {
        return None;
    }
    let length_at = program_at.checked_add(KEY_LEN)?;
    slice(
        sysvar,
        length_at.checked_add(2)?,
        usize::from(read_u16(sysvar, length_at)?),
    )
}

#[inline(always)]
pub(crate) fn read_u16(data: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(slice(data, at, 2)?.try_into().ok()?))
}

#[inline(always)]
pub(crate) fn slice(data: &[u8], start: usize, len: usize) -> Option<&[u8]> {
    data.get(start..start.checked_add(len)?)
}

#[cfg(test)]
mod tests;
