use super::AccountLayout;
use crate::error::{HurdleError, Result};
use crate::introspect::VerifiedMessage;
use crate::words;
use bytemuck::{Pod, Zeroable};
use solana_address::Address;

/// The most keys that a committee may have.
pub const COMMITTEE_CAPACITY: usize = 16;

/// The keepers whose signatures make a report: up to 16 Ed25519 keys and a threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct CommitteeState {
    /// Layout version.
    pub version: u8,
    /// Bump of the account's PDA.
    pub bump: u8,
    /// Signatures that a report needs.
    pub threshold: u8,
    /// Keys in use: the first of `keys`.
    pub count: u8,
    /// Number of the committee, part of its PDA.
    pub id: u16,
    /// Zero.
    pub padding: [u8; 2],
    /// Grows by one with every change of keys or threshold.
    pub epoch: u32,
    /// Zero.
    pub padding2: [u8; 4],
    /// Ed25519 public keys.
    pub keys: [Address; COMMITTEE_CAPACITY],
    /// Zero, for later versions.
    pub reserved: [u8; 64],
}

impl AccountLayout for CommitteeState {
    const DISCRIMINATOR: [u8; 8] = [96, 136, 210, 244, 137, 110, 178, 104];
    const VERSION: u8 = 1;

    fn version(&self) -> u8 {
        self.version
    }
}

impl CommitteeState {
    /// The keys in use.
    #[inline(always)]
    pub fn members(&self) -> &[Address] {
        self.keys.get(..usize::from(self.count)).unwrap_or(&self.keys)
    }

    /// Sets keys and threshold and opens a new epoch.
    ///
    /// # Errors
    /// [`HurdleError::InvalidCommittee`] for more keys than fit; the rest is for [`Self::invariant`].
    pub fn set_members(&mut self, keys: &[Address], threshold: u8) -> Result<()> {
        let (used, unused) = self
            .keys
            .split_at_mut_checked(keys.len())
            .ok_or(HurdleError::InvalidCommittee)?;
        used.copy_from_slice(keys);
        unused.fill(Address::default());
        self.count = u8::try_from(keys.len()).map_err(|_| HurdleError::InvalidCommittee)?;
        self.threshold = threshold;
        self.epoch = self.epoch.checked_add(1).ok_or(HurdleError::InvalidCommittee)?;
        Ok(())
    }

    /// Checks number, threshold, that members are distinct and non-zero, and that unused places are zero.
    ///
    /// # Errors
    /// [`HurdleError::InvalidCommittee`].
    pub fn invariant(&self) -> Result<()> {
        if self.version != Self::VERSION {
            return Err(HurdleError::InvalidCommittee);
        }
        Self::check_members(&self.keys, self.count, self.threshold)
    }

    /// The part of [`Self::invariant`] that governance can break.
    pub(crate) fn check_members(
        keys: &[Address; COMMITTEE_CAPACITY],
        count: u8,
        threshold: u8,
    ) -> Result<()> {
        let zero = Address::default();
        let (used, unused) = keys
            .split_at_checked(usize::from(count))
            .ok_or(HurdleError::InvalidCommittee)?;
        let threshold = threshold >= 1 && threshold <= count;
        let distinct = used
            .iter()
            .enumerate()
            .all(|(i, key)| *key != zero && used.iter().skip(i.saturating_add(1)).all(|other| other != key));
        if !threshold || !distinct || unused.iter().any(|key| *key != zero) {
            return Err(HurdleError::InvalidCommittee);
        }
        Ok(())
    }

    /// Counts the distinct members that signed a message: a bit for each, by its place in the committee.
    ///
    /// # Errors
    /// [`HurdleError::UnknownSigner`], [`HurdleError::DuplicateSigner`], [`HurdleError::TooFewSigners`], or that of a
    /// malformed instruction.
    #[inline(never)]
    pub fn verify(&self, message: &VerifiedMessage<'_>) -> Result<u16> {
        let mut signers = 0u16;
        let members = self.members();
        // signatures in the committee's order find their member at once
        let mut next = 0usize;
        for key in message.keys() {
            let key = key?;
            let matches = |place: &usize| {
                members
                    .get(*place)
                    .is_some_and(|member| words::equal(member.as_array(), key))
            };
            let place = (next..members.len())
                .find(matches)
                .or_else(|| (0..next).find(matches))
                .ok_or(HurdleError::UnknownSigner)?;
            let bit = 1u16.wrapping_shl(u32::try_from(place).map_err(|_| HurdleError::UnknownSigner)?);
            if signers & bit != 0 {
                return Err(HurdleError::DuplicateSigner);
            }
            signers |= bit;
            next = place.wrapping_add(1);
        }
        // each signature is of another member
        if message.signatures() < usize::from(self.threshold) {
            return Err(HurdleError::TooFewSigners);
        }
        Ok(signers)
    }
}
