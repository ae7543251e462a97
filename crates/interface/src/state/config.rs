use super::{AccountLayout, ProposalState};
use crate::error::{HurdleError, Result};
use crate::governance::{Change, ConfigChange};
use crate::quantity::{DAY, UnixTime};
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
    /// Seconds between a proposal and its execution; zero during [set-up](Self::is_in_set_up).
    pub timelock_seconds: i64,
    /// Proposals made so far: the number of the next one.
    pub proposals: u64,
    /// When [set-up](Self::is_in_set_up) ended; zero while it lasts, and where there was none.
    pub set_up_ended_at: UnixTime,
    /// Zero, for later versions.
    pub reserved: [u64; 14],
}

impl AccountLayout for ConfigState {
    const DISCRIMINATOR: [u8; 8] = [155, 12, 170, 224, 30, 250, 204, 130];
    const VERSION: u8 = 1;

    fn version(&self) -> u8 {
        self.version
    }
}

impl ConfigState {
    /// The shortest timelock, one hour: what whoever holds a veto needs, once woken by an alarm, to read a change and to
    /// sign. A deployment with money in it takes days.
    pub const MIN_TIMELOCK_SECONDS: i64 = 3_600;
    /// The longest timelock, 30 days.
    pub const MAX_TIMELOCK_SECONDS: i64 = 30 * DAY;

    /// Checks a timelock that a change puts into force: set-up is never entered again.
    ///
    /// # Errors
    /// [`HurdleError::InvalidTimelock`] outside [`Self::MIN_TIMELOCK_SECONDS`] … [`Self::MAX_TIMELOCK_SECONDS`].
    pub fn check_timelock(seconds: i64) -> Result<()> {
        if !(Self::MIN_TIMELOCK_SECONDS..=Self::MAX_TIMELOCK_SECONDS).contains(&seconds) {
            return Err(HurdleError::InvalidTimelock);
        }
        Ok(())
    }

    /// Checks the timelock of a new config: none, which is set-up, or one as [`Self::check_timelock`] has it.
    ///
    /// # Errors
    /// [`HurdleError::InvalidTimelock`].
    pub fn check_first_timelock(seconds: i64) -> Result<()> {
        if seconds == 0 {
            return Ok(());
        }
        Self::check_timelock(seconds)
    }

    /// Whether the program is being set up: from the config's creation until its timelock first is more than zero. A
    /// proposal is executable at once then, so nothing that governance says is binding yet.
    pub const fn is_in_set_up(&self) -> bool {
        self.timelock_seconds == 0
    }

    /// Puts a timelock into force; the first ends set-up.
    pub(crate) fn set_timelock(&mut self, seconds: i64, now: UnixTime) {
        if self.is_in_set_up() {
            self.set_up_ended_at = now;
        }
        self.timelock_seconds = seconds;
    }

    /// Whether nothing of set-up can take effect any more: it is over, and what was proposed in it has expired.
    pub fn is_set_up(&self, now: UnixTime) -> bool {
        !self.is_in_set_up() && now.seconds_since(self.set_up_ended_at) >= ProposalState::SET_UP_LIFETIME
    }

    /// Whether a key may tighten, veto and pause: the authority or the guardian.
    pub fn may_tighten(&self, key: &Address) -> bool {
        *key == self.authority || *key == self.guardian
    }

    /// Whether a key may veto a change: the authority any, the guardian all but a change of the guardian itself, which
    /// would otherwise last for ever.
    ///
    /// # Errors
    /// [`HurdleError::Unauthorized`], [`HurdleError::GuardianVeto`].
    pub fn check_veto(&self, key: &Address, change: &Change) -> Result<()> {
        if *key == self.authority {
            return Ok(());
        }
        if *key != self.guardian {
            return Err(HurdleError::Unauthorized);
        }
        if matches!(change, Change::Config(ConfigChange::Guardian(_))) {
            return Err(HurdleError::GuardianVeto);
        }
        Ok(())
    }

    /// Takes the number of the next proposal.
    ///
    /// # Errors
    /// [`HurdleError::Overflow`] where the numbers are used up.
    pub fn take_proposal_id(&mut self) -> Result<u64> {
        let id = self.proposals;
        self.proposals = id.checked_add(1).ok_or(HurdleError::Overflow)?;
        Ok(id)
    }

    /// The first step of a transfer: names who may become the authority; the zero address takes the nomination back.
    pub fn nominate(&mut self, nominee: Address) {
        self.pending_authority = nominee;
    }

    /// The second step: the nominee becomes the authority, which proves that its key can sign.
    ///
    /// # Errors
    /// [`HurdleError::NotNominated`].
    pub fn accept(&mut self, nominee: &Address) -> Result<()> {
        if self.pending_authority == Address::default() || self.pending_authority != *nominee {
            return Err(HurdleError::NotNominated);
        }
        self.authority = *nominee;
        self.pending_authority = Address::default();
        Ok(())
    }

    /// Checks that the authority and the genesis hash are set and the timelock is one that a config can have.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`], [`HurdleError::InvalidTimelock`].
    pub fn invariant(&self) -> Result<()> {
        let zero = Address::default();
        if self.version != Self::VERSION || self.authority == zero || self.genesis_hash == [0; 32] {
            return Err(HurdleError::InvalidParameter);
        }
        Self::check_first_timelock(self.timelock_seconds)
    }
}
