//! The changes that governance can make, and their bytes.

use super::{Direction, Members, digest};
use crate::error::{HurdleError, Result};
use crate::margin::RiskClass;
use crate::quantity::UnixTime;
use crate::state::{ConfigState, MarketParams, ProposalState};
use solana_address::Address;

/// Bytes of a change in a proposal: more than the largest needs, so that parameters can grow.
pub const PAYLOAD_LEN: usize = 1024;

/// The kinds of changes, as they stand in a proposal and in events. Never reused.
pub mod kind {
    /// Parameters of a market.
    pub const PARAMS: u8 = 1;
    /// A risk class of a market.
    pub const CLASS: u8 = 2;
    /// The model that a market's reports must declare.
    pub const MODEL: u8 = 3;
    /// Activation of a market.
    pub const ACTIVATION: u8 = 4;
    /// Members and threshold of a committee.
    pub const MEMBERS: u8 = 5;
    /// Length of the timelock.
    pub const TIMELOCK: u8 = 6;
    /// The guardian.
    pub const GUARDIAN: u8 = 7;
}

/// A change of a market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[expect(
    clippy::large_enum_variant,
    reason = "no allocator to put the large one behind"
)]
pub enum MarketChange {
    /// New parameters.
    Params(MarketParams),
    /// A new or changed risk class.
    Class(IndexedClass),
    /// Hash of another model.
    Model([u8; 32]),
    /// From here on others may rest money on the market.
    Activation,
}

/// A risk class and its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
pub struct IndexedClass {
    /// Index of the class.
    pub index: u8,
    /// The class.
    pub class: RiskClass,
}

/// A change of the config.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
pub enum ConfigChange {
    /// Seconds between a proposal and its execution.
    Timelock(i64),
    /// Who may tighten, veto and pause.
    Guardian(Address),
}

/// What a change has replaced and put in its place, by digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applied {
    /// What stood before.
    pub replaced: [u8; 32],
    /// What stands now.
    pub digest: [u8; 32],
}

/// Any change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Of a market.
    Market(MarketChange),
    /// Of a committee.
    Committee(Members),
    /// Of the config.
    Config(ConfigChange),
}

impl Change {
    /// Its kind: [`kind`].
    pub const fn kind(&self) -> u8 {
        match self {
            Self::Market(MarketChange::Params(_)) => kind::PARAMS,
            Self::Market(MarketChange::Class(_)) => kind::CLASS,
            Self::Market(MarketChange::Model(_)) => kind::MODEL,
            Self::Market(MarketChange::Activation) => kind::ACTIVATION,
            Self::Committee(_) => kind::MEMBERS,
            Self::Config(ConfigChange::Timelock(_)) => kind::TIMELOCK,
            Self::Config(ConfigChange::Guardian(_)) => kind::GUARDIAN,
        }
    }

    /// Writes the change into a payload: its fields as they stand in accounts, a class after eight bytes of index and a
    /// committee's keys after eight bytes of threshold and number; the rest zero.
    #[inline(never)]
    pub fn write(&self, payload: &mut [u8; PAYLOAD_LEN]) {
        payload.fill(0);
        let mut put = |at: usize, bytes: &[u8]| {
            let rest = payload.iter_mut().skip(at);
            rest.zip(bytes).for_each(|(to, from)| *to = *from);
        };
        match self {
            Self::Market(MarketChange::Params(params)) => put(0, bytemuck::bytes_of(params)),
            Self::Market(MarketChange::Class(IndexedClass { index, class })) => {
                put(0, &[*index]);
                put(8, bytemuck::bytes_of(class));
            }
            Self::Market(MarketChange::Model(hash)) => put(0, hash),
            Self::Market(MarketChange::Activation) => (),
            Self::Committee(members) => {
                put(0, &[members.threshold, members.count]);
                put(8, bytemuck::cast_slice(&members.keys));
            }
            Self::Config(ConfigChange::Timelock(seconds)) => put(0, &seconds.to_le_bytes()),
            Self::Config(ConfigChange::Guardian(key)) => put(0, key.as_ref()),
        }
    }

    /// The change of a kind in a payload. Only bytes that [`Self::write`] writes are a change.
    ///
    /// # Errors
    /// [`HurdleError::InvalidAccountData`].
    #[inline(never)]
    pub fn parse(kind: u8, payload: &[u8; PAYLOAD_LEN]) -> Result<Self> {
        let (first, rest) = payload.split_at(8);
        let [low, high, ..] = *payload;
        let (change, length) = match kind {
            kind::PARAMS => {
                let params: MarketParams = read(payload)?;
                (
                    Self::Market(MarketChange::Params(params)),
                    size_of::<MarketParams>(),
                )
            }
            kind::CLASS => {
                let class = IndexedClass {
                    index: low,
                    class: read(rest)?,
                };
                let padding = first.iter().skip(1).all(|byte| *byte == 0);
                let length = size_of::<RiskClass>().saturating_add(8);
                require(padding)?;
                (Self::Market(MarketChange::Class(class)), length)
            }
            kind::MODEL => (Self::Market(MarketChange::Model(read(payload)?)), 32),
            kind::ACTIVATION => (Self::Market(MarketChange::Activation), 0),
            kind::MEMBERS => {
                let members = Members {
                    threshold: low,
                    count: high,
                    keys: read(rest)?,
                };
                require(first.iter().skip(2).all(|byte| *byte == 0))?;
                let length = size_of_val(&members.keys).saturating_add(8);
                (Self::Committee(members), length)
            }
            kind::TIMELOCK => {
                let seconds = i64::from_le_bytes(read(payload)?);
                (Self::Config(ConfigChange::Timelock(seconds)), 8)
            }
            kind::GUARDIAN => (Self::Config(ConfigChange::Guardian(read(payload)?)), 32),
            _ => return Err(HurdleError::InvalidAccountData),
        };
        require(payload.iter().skip(length).all(|byte| *byte == 0))?;
        Ok(change)
    }
}

/// A struct from the first bytes of others.
fn read<T: bytemuck::AnyBitPattern>(bytes: &[u8]) -> Result<T> {
    let bytes = bytes
        .get(..size_of::<T>())
        .ok_or(HurdleError::InvalidAccountData)?;
    bytemuck::try_pod_read_unaligned(bytes).map_err(|_| HurdleError::InvalidAccountData)
}

fn require(condition: bool) -> Result<()> {
    if condition {
        Ok(())
    } else {
        Err(HurdleError::InvalidAccountData)
    }
}

impl ConfigChange {
    /// Checks the change by itself: no change leads back into set-up.
    ///
    /// # Errors
    /// [`HurdleError::InvalidTimelock`] for a timelock out of its range.
    pub fn validate(&self) -> Result<()> {
        match self {
            Self::Timelock(seconds) => ConfigState::check_timelock(*seconds),
            Self::Guardian(_) => Ok(()),
        }
    }

    /// The digest of what the change replaces.
    pub fn replaced(&self, config: &ConfigState) -> [u8; 32] {
        match self {
            Self::Timelock(_) => digest(&[&config.timelock_seconds.to_le_bytes()]),
            Self::Guardian(_) => digest(&[config.guardian.as_ref()]),
        }
    }

    /// The digest of what it puts in its place.
    pub fn digest(&self) -> [u8; 32] {
        match self {
            Self::Timelock(seconds) => digest(&[&seconds.to_le_bytes()]),
            Self::Guardian(key) => digest(&[key.as_ref()]),
        }
    }

    /// Which way the change goes: a longer timelock is tighter; another guardian is neither.
    pub fn direction(&self, config: &ConfigState) -> Direction {
        match self {
            Self::Timelock(seconds) => Direction::of_higher(&config.timelock_seconds, seconds),
            Self::Guardian(key) => Direction::of_undirected(&config.guardian, key),
        }
    }

    /// Puts the change into force. Proposals that wait keep the times that they were made with.
    ///
    /// # Errors
    /// As [`Self::validate`] and [`ConfigState::invariant`].
    pub fn apply(&self, config: &mut ConfigState, now: UnixTime) -> Result<()> {
        self.validate()?;
        match self {
            Self::Timelock(seconds) => config.set_timelock(*seconds, now),
            Self::Guardian(key) => config.guardian = *key,
        }
        config.invariant()
    }

    /// Puts the change into force at once, where it only tightens.
    ///
    /// # Errors
    /// [`HurdleError::NotTightening`]; as [`Self::apply`].
    pub fn tighten(&self, config: &mut ConfigState, now: UnixTime) -> Result<Applied> {
        let replaced = self.replaced(config);
        self.direction(config).require_tighter()?;
        self.apply(config, now)?;
        let digest = self.digest();
        Ok(Applied { replaced, digest })
    }

    /// Puts the change into force as a proposal says.
    ///
    /// # Errors
    /// As [`ProposalState::check_executable`] and [`Self::apply`].
    pub fn execute(
        &self,
        proposal: &ProposalState,
        config: &mut ConfigState,
        now: UnixTime,
    ) -> Result<Applied> {
        let replaced = self.replaced(config);
        proposal.check_executable(&replaced, now)?;
        self.apply(config, now)?;
        let digest = self.digest();
        Ok(Applied { replaced, digest })
    }
}
