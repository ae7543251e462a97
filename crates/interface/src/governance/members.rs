//! Changes of a committee.

use super::change::Applied;
use super::{Direction, digest};
use crate::error::{HurdleError, Result};
use crate::quantity::UnixTime;
use crate::state::{COMMITTEE_CAPACITY, CommitteeState, ProposalState};
use solana_address::Address;

/// Members and threshold of a committee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Members {
    pub(super) threshold: u8,
    pub(super) count: u8,
    pub(super) keys: [Address; COMMITTEE_CAPACITY],
}

impl Members {
    /// Members and threshold.
    ///
    /// # Errors
    /// [`HurdleError::InvalidCommittee`] for keys that are equal, zero or more than fit, or a threshold that they cannot
    /// reach.
    pub fn new(keys: &[Address], threshold: u8) -> Result<Self> {
        let mut members = Self {
            threshold,
            count: u8::try_from(keys.len()).map_err(|_| HurdleError::InvalidCommittee)?,
            keys: [Address::default(); COMMITTEE_CAPACITY],
        };
        let used = members
            .keys
            .get_mut(..keys.len())
            .ok_or(HurdleError::InvalidCommittee)?;
        used.copy_from_slice(keys);
        members.validate()?;
        Ok(members)
    }

    /// Those of a committee.
    pub fn of(committee: &CommitteeState) -> Self {
        Self {
            threshold: committee.threshold,
            count: committee.count,
            keys: committee.keys,
        }
    }

    /// The keys in use.
    pub fn keys(&self) -> &[Address] {
        self.keys.get(..usize::from(self.count)).unwrap_or(&self.keys)
    }

    /// Signatures that a report needs.
    pub const fn threshold(&self) -> u8 {
        self.threshold
    }

    /// Checks number, threshold, that members are distinct and non-zero, and that unused places are zero.
    ///
    /// # Errors
    /// [`HurdleError::InvalidCommittee`].
    #[inline(never)]
    pub fn validate(&self) -> Result<()> {
        CommitteeState::check_members(&self.keys, self.count, self.threshold)
    }

    /// The digest by which proposals and events name them.
    pub fn digest(&self) -> [u8; 32] {
        digest(&[&[self.threshold, self.count], bytemuck::cast_slice(&self.keys)])
    }

    /// Which way the change from these to others goes: fewer keys and a higher threshold are tighter.
    #[inline(never)]
    pub fn direction(&self, to: &Self) -> Direction {
        let within = |inner: &Self, outer: &Self| inner.keys().iter().all(|key| outer.keys().contains(key));
        let keys = match (within(to, self), within(self, to)) {
            (true, true) => Direction::Same,
            (true, false) => Direction::Tighter,
            (false, true) => Direction::Looser,
            (false, false) => Direction::Neither,
        };
        keys.and(Direction::of_higher(&self.threshold, &to.threshold))
    }

    /// Puts them into office: reports that are signed under the epoch before are refused from here on, and the new
    /// committee's, which it may have signed for the new epoch already, accepted.
    ///
    /// # Errors
    /// [`HurdleError::InvalidCommittee`].
    pub fn apply(&self, committee: &mut CommitteeState) -> Result<()> {
        committee.set_members(self.keys(), self.threshold)?;
        committee.invariant()
    }

    /// Puts them into office at once, where that only tightens.
    ///
    /// # Errors
    /// [`HurdleError::NotTightening`]; as [`Self::apply`].
    pub fn tighten(&self, committee: &mut CommitteeState) -> Result<Applied> {
        let before = Self::of(committee);
        before.direction(self).require_tighter()?;
        self.apply(committee)?;
        Ok(Applied {
            replaced: before.digest(),
            digest: self.digest(),
        })
    }

    /// Puts them into office as a proposal says.
    ///
    /// # Errors
    /// As [`ProposalState::check_executable`] and [`Self::apply`].
    pub fn execute(
        &self,
        proposal: &ProposalState,
        committee: &mut CommitteeState,
        now: UnixTime,
    ) -> Result<Applied> {
        let replaced = Self::of(committee).digest();
        proposal.check_executable(&replaced, now)?;
        self.apply(committee)?;
        let digest = self.digest();
        Ok(Applied { replaced, digest })
    }
}
