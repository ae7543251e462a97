use super::{AccountLayout, ConfigState};
use crate::error::{HurdleError, Result};
use crate::governance::{Change, PAYLOAD_LEN};
use crate::quantity::{DAY, UnixTime};
use bytemuck::{Pod, Zeroable};
use solana_address::Address;

/// One change that waits for its timelock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct ProposalState {
    /// Layout version.
    pub version: u8,
    /// Bump of the account's PDA.
    pub bump: u8,
    /// Kind of the change: [`crate::governance::kind`].
    pub kind: u8,
    /// Zero.
    pub padding: [u8; 5],
    /// Number of the proposal, part of its PDA.
    pub id: u64,
    /// Paid for the account and gets its rent back.
    pub payer: Address,
    /// The account that the change is for.
    pub target: Address,
    /// Digest of what the change replaces, as it stood when the change was proposed: [`Change`]s are executed on nothing
    /// else. It names the state, not its history: where that was changed in between and stands again within the
    /// proposal's life, the proposal is valid again; who does not want that vetoes it. (What an activation rests on counts
    /// its changes: there, nothing stands again.)
    pub replaces: [u8; 32],
    /// Hash of the text that gives the reason.
    pub reason_hash: [u8; 32],
    /// When it was proposed.
    pub proposed_at: UnixTime,
    /// The first second in which it may be executed.
    pub executable_at: UnixTime,
    /// The first second in which it may no longer be executed.
    pub expires_at: UnixTime,
    /// The change, as [`Change::write`] writes it.
    pub payload: [u8; PAYLOAD_LEN],
    /// Zero, for later versions.
    pub reserved: [u64; 24],
}

impl AccountLayout for ProposalState {
    const DISCRIMINATOR: [u8; 8] = [26, 94, 189, 187, 116, 136, 53, 33];
    const VERSION: u8 = 1;

    fn version(&self) -> u8 {
        self.version
    }
}

/// What a proposal is made of besides its change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposing {
    /// Number of the proposal.
    pub id: u64,
    /// Bump of its PDA.
    pub bump: u8,
    /// Who pays for the account.
    pub payer: Address,
    /// The account that the change is for.
    pub target: Address,
    /// Digest of what the change replaces.
    pub replaces: [u8; 32],
    /// Hash of the text that gives the reason.
    pub reason_hash: [u8; 32],
    /// The timelock in force, seconds.
    pub timelock_seconds: i64,
}

impl ProposalState {
    /// Seconds within which a proposal may be executed once its timelock is over, 14 days.
    pub const LIFETIME: i64 = 14 * DAY;
    /// The same for a proposal without a timelock, which set-up alone makes, an hour: once the shortest timelock has passed
    /// after set-up, nothing that was prepared in it can take effect unannounced.
    pub const SET_UP_LIFETIME: i64 = ConfigState::MIN_TIMELOCK_SECONDS;

    /// Writes a new proposal.
    ///
    /// # Errors
    /// As [`Self::invariant`].
    #[inline(never)]
    pub fn propose(&mut self, change: &Change, proposing: &Proposing, now: UnixTime) -> Result<()> {
        let executable_at = now.0.saturating_add(proposing.timelock_seconds);
        let lifetime = if proposing.timelock_seconds == 0 {
            Self::SET_UP_LIFETIME
        } else {
            Self::LIFETIME
        };
        self.version = Self::VERSION;
        self.bump = proposing.bump;
        self.kind = change.kind();
        self.id = proposing.id;
        self.payer = proposing.payer;
        self.target = proposing.target;
        self.replaces = proposing.replaces;
        self.reason_hash = proposing.reason_hash;
        self.proposed_at = now;
        self.executable_at = UnixTime(executable_at);
        self.expires_at = UnixTime(executable_at.saturating_add(lifetime));
        change.write(&mut self.payload);
        self.invariant()
    }

    /// The change.
    ///
    /// # Errors
    /// [`HurdleError::InvalidAccountData`] for bytes that are no change.
    pub fn change(&self) -> Result<Change> {
        Change::parse(self.kind, &self.payload)
    }

    /// Checks that the timelock is over, the proposal has not expired and nothing has moved what it replaces.
    ///
    /// # Errors
    /// [`HurdleError::TimelockNotOver`], [`HurdleError::ProposalExpired`], [`HurdleError::StaleProposal`].
    pub fn check_executable(&self, replaces: &[u8; 32], now: UnixTime) -> Result<()> {
        if now < self.executable_at {
            return Err(HurdleError::TimelockNotOver);
        }
        if now >= self.expires_at {
            return Err(HurdleError::ProposalExpired);
        }
        if self.replaces != *replaces {
            return Err(HurdleError::StaleProposal);
        }
        Ok(())
    }

    /// Checks that the proposal has expired, so that anyone may close it.
    ///
    /// # Errors
    /// [`HurdleError::ProposalNotExpired`].
    pub fn check_expired(&self, now: UnixTime) -> Result<()> {
        if now < self.expires_at {
            return Err(HurdleError::ProposalNotExpired);
        }
        Ok(())
    }

    /// Checks that the change reads back and the times follow one another.
    ///
    /// # Errors
    /// [`HurdleError::InvalidAccountData`], [`HurdleError::InvalidParameter`].
    pub fn invariant(&self) -> Result<()> {
        self.change()?;
        let times = self.proposed_at <= self.executable_at && self.executable_at < self.expires_at;
        if self.version != Self::VERSION || !times {
            return Err(HurdleError::InvalidParameter);
        }
        Ok(())
    }
}
