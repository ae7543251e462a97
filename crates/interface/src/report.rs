//! The signed report: what a committee signs, and how its bytes are laid out.
//!
//! Little-endian, fixed size, no padding, so that the program reads it in place from the Ed25519 instruction that
//! verified its signatures.

use crate::composition::{Components, Responses};
use crate::error::{HurdleError, Result};
use crate::quantity::{Rate, Slot, UnixTime};
use bytemuck::{Pod, Zeroable};
use solana_address::Address;

/// The version of the layout below.
pub const SCHEMA: u16 = 1;

/// Bytes of a report on the wire.
pub const REPORT_LEN: usize = 264;

/// Flag bit: the keepers found no equilibrium inside the range.
pub const FLAG_NO_EQUILIBRIUM: u16 = 1;

/// One report, as signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Report {
    /// Digest over cluster genesis, program and market: [`domain_digest`].
    pub domain: [u8; 32],
    /// [`SCHEMA`].
    pub schema: u16,
    /// [`FLAG_NO_EQUILIBRIUM`]; every other bit is zero.
    pub flags: u16,
    /// Epoch of the market's parameters that the report was computed under.
    pub param_epoch: u32,
    /// Epoch of the committee that signs.
    pub committee_epoch: u32,
    /// Zero.
    pub reserved: u32,
    /// One more than the last published sequence.
    pub sequence: u64,
    /// Slot of the newest on-chain observation.
    pub observed_slot: Slot,
    /// Time of the observation.
    pub observed_at: UnixTime,
    /// Time from which the report may not be published.
    pub expires_at: UnixTime,
    /// Measured components.
    pub components: Components,
    /// Responses around the last published state.
    pub responses: Responses,
    /// The fixed point h, or the ceiling where there is none.
    pub hurdle: Rate,
    /// Hash of the model artefacts that the components came from.
    pub model_hash: [u8; 32],
    /// Hash of the recorded observations, so that a replay can prove what went in.
    pub observations_hash: [u8; 32],
}

const _: () = assert!(size_of::<Report>() == REPORT_LEN);

impl Report {
    /// Reads a report from exactly [`REPORT_LEN`] bytes at any alignment and checks what can be checked without a
    /// market: schema, undefined bits, domains.
    ///
    /// # Errors
    /// [`HurdleError::MalformedReport`], [`HurdleError::WrongSchema`], [`HurdleError::ComponentOutOfBounds`] or a
    /// domain error.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let report = Self::read(bytes)?;
        report.check_layout()?;
        report.components.validate()?;
        crate::quantity::Sensitivity::new(report.responses.utilisation.raw())?;
        crate::quantity::Sensitivity::new(report.responses.tail.raw())?;
        report.hurdle.validate()?;
        Ok(report)
    }

    /// Reads a report from exactly [`REPORT_LEN`] bytes at any alignment and checks nothing else: that is for
    /// [`next_publication`](crate::publication::next_publication), whose bounds are narrower than the domains.
    ///
    /// # Errors
    /// [`HurdleError::MalformedReport`] for another length.
    #[inline(always)]
    pub fn read(bytes: &[u8]) -> Result<Self> {
        bytemuck::try_pod_read_unaligned(bytes).map_err(|_| HurdleError::MalformedReport)
    }

    /// Checks the schema and that nothing undefined is set.
    ///
    /// # Errors
    /// [`HurdleError::WrongSchema`], [`HurdleError::MalformedReport`].
    #[inline(always)]
    pub(crate) fn check_layout(&self) -> Result<()> {
        if self.schema != SCHEMA {
            return Err(HurdleError::WrongSchema);
        }
        if self.flags & !FLAG_NO_EQUILIBRIUM != 0 || self.reserved != 0 {
            return Err(HurdleError::MalformedReport);
        }
        Ok(())
    }

    /// The bytes that are signed.
    pub fn as_bytes(&self) -> &[u8] {
        bytemuck::bytes_of(self)
    }

    /// Whether the keepers report that no equilibrium exists.
    #[inline(always)]
    pub fn is_stressed(&self) -> bool {
        self.flags & FLAG_NO_EQUILIBRIUM != 0
    }
}

/// The digest that binds a report to one market of one program on one cluster:
/// `sha256("hurdle/report/v1" ‖ genesis hash ‖ program ‖ market)`.
pub fn domain_digest(genesis_hash: &[u8; 32], program: &Address, market: &Address) -> [u8; 32] {
    solana_sha256_hasher::hashv(&[
        b"hurdle/report/v1",
        genesis_hash,
        program.as_ref(),
        market.as_ref(),
    ])
    .to_bytes()
}

#[cfg(test)]
mod tests;
