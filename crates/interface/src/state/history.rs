//! The history of a market: a ring of its last publications, for time-weighted reads and audits.
//!
//! An account is a [`HistoryState`] followed by places for [`HistoryEntry`], as many as its length holds. The ring turns
//! over the places in use; where it reaches their end and the account has grown, it takes one place more instead of
//! turning. So the entries stay in order without one being moved, and no place is ever read that was not written.
//!
//! The time-weighted average is the difference of two running sums over the time between them, each found by binary
//! search (Uniswap v2 2020, whitepaper §2.2; v3 2021, §5.1–5.2 for the ring and its growth).

use super::{AccountLayout, DISCRIMINATOR_LEN};
use crate::error::{HurdleError, Result};
use crate::quantity::{Rate, UnixTime, div_down, div_up};
use bytemuck::{Pod, Zeroable};
use solana_address::Address;

/// The fewest places of a history: with one, nothing but the present could be told.
pub const MIN_HISTORY_LENGTH: u32 = 2;
/// The most places of a history, 2 MiB.
pub const MAX_HISTORY_LENGTH: u32 = 65_536;
/// The most places that a history is created with or grows by at once: the runtime gives an account at most 10,240
/// bytes in one instruction.
pub const MAX_HISTORY_GROWTH: u32 = 300;
/// The longest window of a time-weighted read, seconds: some 31 years.
pub const MAX_WINDOW: i64 = 1_000_000_000;
/// Bytes of an entry.
const HISTORY_ENTRY_LEN: usize = size_of::<HistoryEntry>();

// The sum over the longest window fits, so a difference of two running sums is exact even where they wrapped between.
const _: () = assert!(Rate::MAX.0.checked_mul(MAX_WINDOW).is_some());

/// One publication.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct HistoryEntry {
    /// When it was published; never before the entry that it follows.
    pub published_at: UnixTime,
    /// h: the hurdle rate in force from then on.
    pub hurdle: Rate,
    /// Σ hurdle · seconds from the first publication of the market to this one, 1e-8 per year · s, modulo 2^64.
    pub cumulative: i64,
    /// Number of the publication.
    pub sequence: u64,
}

/// The head of a history account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct HistoryState {
    /// Layout version.
    pub version: u8,
    /// Bump of the account's PDA.
    pub bump: u8,
    /// Zero.
    pub padding: [u8; 2],
    /// Places that the ring turns over, all of them written.
    pub used: u32,
    /// Place of the newest entry; zero where there is none.
    pub newest: u32,
    /// Zero.
    pub padding2: [u8; 4],
    /// The market whose publications these are.
    pub market: Address,
    /// Zero, for later versions.
    pub reserved: [u64; 8],
}

impl AccountLayout for HistoryState {
    const DISCRIMINATOR: [u8; 8] = [31, 216, 60, 33, 213, 209, 70, 101];
    const VERSION: u8 = 1;

    fn version(&self) -> u8 {
        self.version
    }
}

impl HistoryState {
    /// The head of a market's history before its first publication.
    pub fn opened(market: Address, bump: u8) -> Self {
        Self {
            version: Self::VERSION,
            bump,
            market,
            ..Self::zeroed()
        }
    }

    /// Bytes of an account with some places.
    #[inline(always)]
    pub const fn account_len(places: u32) -> usize {
        let entries = index(places).saturating_mul(HISTORY_ENTRY_LEN);
        Self::ACCOUNT_LEN.saturating_add(entries)
    }

    /// Places in an account of some bytes.
    #[inline(always)]
    pub fn places(account_len: usize) -> u32 {
        let places = account_len.saturating_sub(Self::ACCOUNT_LEN) / HISTORY_ENTRY_LEN;
        u32::try_from(places).unwrap_or(u32::MAX)
    }

    /// Bytes of a new account.
    ///
    /// # Errors
    /// [`HurdleError::InvalidHistoryLength`] outside [`MIN_HISTORY_LENGTH`] … [`MAX_HISTORY_GROWTH`].
    pub fn created_len(places: u32) -> Result<usize> {
        if !(MIN_HISTORY_LENGTH..=MAX_HISTORY_GROWTH).contains(&places) {
            return Err(HurdleError::InvalidHistoryLength);
        }
        Ok(Self::account_len(places))
    }

    /// Bytes of an account that grows to some places.
    ///
    /// # Errors
    /// [`HurdleError::InvalidHistoryLength`] where that is no growth, more than [`MAX_HISTORY_GROWTH`] at once, or beyond
    /// [`MAX_HISTORY_LENGTH`].
    pub fn grown_len(account_len: usize, places: u32) -> Result<usize> {
        let growth = places.saturating_sub(Self::places(account_len));
        if growth == 0 || growth > MAX_HISTORY_GROWTH || places > MAX_HISTORY_LENGTH {
            return Err(HurdleError::InvalidHistoryLength);
        }
        Ok(Self::account_len(places))
    }

    /// Checks the version and that the ring lies within its places.
    ///
    /// # Errors
    /// [`HurdleError::InvalidAccountData`].
    #[inline(always)]
    pub fn invariant(&self, places: usize) -> Result<()> {
        let newest = self.newest < self.used || (self.newest, self.used) == (0, 0);
        if self.version != Self::VERSION || index(self.used) > places || !newest {
            return Err(HurdleError::InvalidAccountData);
        }
        Ok(())
    }
}

/// A place or length as an index.
#[inline(always)]
#[expect(
    clippy::as_conversions,
    reason = "widening: every target has at least 32 bits, and `From` is not const"
)]
const fn index(places: u32) -> usize {
    places as usize
}

impl HistoryEntry {
    /// Σ hurdle · seconds from the first publication of the market to a time at or after this one, modulo 2^64.
    #[inline(always)]
    const fn cumulative_at(&self, time: UnixTime) -> i64 {
        let seconds = time.seconds_since(self.published_at);
        self.cumulative.wrapping_add(self.hurdle.0.wrapping_mul(seconds))
    }
}

/// A market's history, read in place.
#[cfg_attr(
    not(feature = "raw"),
    doc = "
Without the feature `raw` there is no other way to one than [`Self::read_checked`]:

```compile_fail,E0599
fn unchecked(data: &[u8]) {
    let _ = hurdle_interface::History::from_account(data);
}
```
"
)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct History<'a> {
    state: &'a HistoryState,
    places: &'a [HistoryEntry],
}

impl<'a> History<'a> {
    /// The history in an account's data, in place; whose it is stays unchecked.
    ///
    /// # Errors
    /// [`HurdleError::InvalidAccountData`] for another kind, version or length, a ring outside its places, or an
    /// alignment below eight.
    #[cfg(feature = "raw")]
    pub fn from_account(data: &'a [u8]) -> Result<Self> {
        Self::parse(data)
    }

    fn parse(data: &'a [u8]) -> Result<Self> {
        let (head, places) = data
            .split_at_checked(HistoryState::ACCOUNT_LEN)
            .ok_or(HurdleError::InvalidAccountData)?;
        let state = HistoryState::from_account(head)?;
        let places: &[HistoryEntry] =
            bytemuck::try_cast_slice(places).map_err(|_| HurdleError::InvalidAccountData)?;
        state.invariant(places.len())?;
        Ok(Self { state, places })
    }

    /// A consumer's way from account data to a history: checks owner, kind and whose history it is.
    ///
    /// # Errors
    /// [`HurdleError::WrongAccountOwner`], [`HurdleError::WrongHistory`] for another market's;
    /// [`HurdleError::InvalidAccountData`] for another kind, version or length, a ring outside its places, or an
    /// alignment below eight.
    pub fn read_checked(data: &'a [u8], owner: &Address, market: &Address) -> Result<Self> {
        if *owner != crate::ID {
            return Err(HurdleError::WrongAccountOwner);
        }
        let history = Self::parse(data)?;
        if history.state.market != *market {
            return Err(HurdleError::WrongHistory);
        }
        Ok(history)
    }

    /// The account's head.
    pub const fn state(&self) -> &'a HistoryState {
        self.state
    }

    /// Entries kept.
    pub const fn len(&self) -> usize {
        index(self.state.used)
    }

    /// Whether nothing has been published.
    pub const fn is_empty(&self) -> bool {
        self.state.used == 0
    }

    /// Places of the account: what the ring comes to hold once it has turned.
    pub const fn capacity(&self) -> usize {
        self.places.len()
    }

    /// The entries in order: those that the ring has not come round to yet, then those of its current turn.
    #[inline(always)]
    fn turns(&self) -> (&'a [HistoryEntry], &'a [HistoryEntry]) {
        let used = self.places.get(..self.len()).unwrap_or_default();
        let current = index(self.state.newest).saturating_add(1);
        let (current, former) = used.split_at_checked(current).unwrap_or((used, &[]));
        (former, current)
    }

    /// An entry by its age, the oldest being zero.
    #[inline(always)]
    pub fn get(&self, index: usize) -> Option<&'a HistoryEntry> {
        let (former, current) = self.turns();
        match index.checked_sub(former.len()) {
            Some(index) => current.get(index),
            None => former.get(index),
        }
    }

    /// The entries from the oldest to the newest.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &'a HistoryEntry> + use<'a> {
        let (former, current) = self.turns();
        former.iter().chain(current)
    }

    /// How many entries were published at or before a time.
    fn published_by(&self, time: UnixTime) -> usize {
        let (former, current) = self.turns();
        let by = |entry: &HistoryEntry| entry.published_at <= time;
        match current.first() {
            Some(first) if by(first) => former.len().saturating_add(current.partition_point(by)),
            _ => former.partition_point(by),
        }
    }

    /// The entry in force at a time, by its age.
    ///
    /// # Errors
    /// [`HurdleError::HistoryTooShort`] where the ring does not reach back so far.
    fn in_force(&self, time: UnixTime) -> Result<(usize, &'a HistoryEntry)> {
        let index = self
            .published_by(time)
            .checked_sub(1)
            .ok_or(HurdleError::HistoryTooShort)?;
        let entry = self.get(index).ok_or(HurdleError::HistoryTooShort)?;
        Ok((index, entry))
    }

    /// Σ hurdle · seconds over the window that ends at `now`, 1e-8 per year · s.
    fn sum(&self, now: UnixTime, window: i64, min_publications: usize) -> Result<i64> {
        if !(1..=MAX_WINDOW).contains(&window) {
            return Err(HurdleError::InvalidWindow);
        }
        let start = UnixTime(now.0.saturating_sub(window));
        let (last, to) = self.in_force(now)?;
        let (first, from) = self.in_force(start)?;
        if last.saturating_sub(first) < min_publications {
            return Err(HurdleError::HistoryTooShort);
        }
        Ok(to.cumulative_at(now).wrapping_sub(from.cumulative_at(start)))
    }

    /// The time-weighted average of the hurdle rate over `[now − window, now]`, rounded up: the side of a requirement.
    /// Every rate stands until the next publication, the last until `now`; `window` in seconds.
    ///
    /// `min_publications` is what the window must hold, each after its start and up to `now`: an average over a rate that
    /// merely stood still says nothing about the window.
    ///
    /// # Errors
    /// [`HurdleError::InvalidWindow`] outside 1 … [`MAX_WINDOW`], [`HurdleError::HistoryTooShort`] where the ring does not
    /// reach back to the window's start or the window holds too few publications, [`HurdleError::RateOutOfDomain`] where
    /// the entries are not the program's.
    pub fn time_weighted_up(&self, now: UnixTime, window: i64, min_publications: usize) -> Result<Rate> {
        let sum = self.sum(now, window, min_publications)?;
        Rate::new(div_up(sum, window).ok_or(HurdleError::InvalidWindow)?)
    }

    /// The same, rounded down.
    ///
    /// # Errors
    /// As [`Self::time_weighted_up`].
    pub fn time_weighted_down(&self, now: UnixTime, window: i64, min_publications: usize) -> Result<Rate> {
        let sum = self.sum(now, window, min_publications)?;
        Rate::new(div_down(sum, window).ok_or(HurdleError::InvalidWindow)?)
    }
}

/// A market's history, for the program to append to.
#[derive(Debug)]
pub struct HistoryMut<'a> {
    state: &'a mut HistoryState,
    places: &'a mut [HistoryEntry],
}

impl<'a> HistoryMut<'a> {
    /// The history in an account's data, in place.
    ///
    /// # Errors
    /// As [`History::read_checked`] on the data.
    #[inline(always)]
    pub fn from_account(data: &'a mut [u8]) -> Result<Self> {
        let (head, places) = data
            .split_at_mut_checked(HistoryState::ACCOUNT_LEN)
            .ok_or(HurdleError::InvalidAccountData)?;
        let (discriminator, body) = head
            .split_at_mut_checked(DISCRIMINATOR_LEN)
            .ok_or(HurdleError::InvalidAccountData)?;
        let state: &mut HistoryState =
            bytemuck::try_from_bytes_mut(body).map_err(|_| HurdleError::InvalidAccountData)?;
        let places: &mut [HistoryEntry] =
            bytemuck::try_cast_slice_mut(places).map_err(|_| HurdleError::InvalidAccountData)?;
        if *discriminator != HistoryState::DISCRIMINATOR {
            return Err(HurdleError::InvalidAccountData);
        }
        state.invariant(places.len())?;
        Ok(Self { state, places })
    }

    /// Appends a publication, over the oldest where no place is left.
    ///
    /// Two publications within one second are both kept; the first weighs nothing. A clock that stepped back is read as
    /// one that stands still, so that the entries stay in order of time and no publication is refused for it.
    ///
    /// # Errors
    /// [`HurdleError::WrongSequence`] where the number does not follow the newest entry's.
    #[inline(always)]
    pub fn append(&mut self, sequence: u64, hurdle: Rate, now: UnixTime) -> Result<()> {
        let (mut place, mut published_at, mut cumulative) = (0, now, 0);
        if self.state.used > 0 {
            let newest = self
                .places
                .get(index(self.state.newest))
                .ok_or(HurdleError::InvalidAccountData)?;
            if sequence <= newest.sequence {
                return Err(HurdleError::WrongSequence);
            }
            published_at = now.max(newest.published_at);
            cumulative = newest.cumulative_at(published_at);
            let following = self.state.newest.saturating_add(1);
            if index(following) < self.places.len() {
                place = following;
            }
        }
        let entry = self
            .places
            .get_mut(index(place))
            .ok_or(HurdleError::InvalidAccountData)?;
        *entry = HistoryEntry {
            published_at,
            hurdle,
            cumulative,
            sequence,
        };
        self.state.newest = place;
        self.state.used = self.state.used.max(place.saturating_add(1));
        self.state.invariant(self.places.len())
    }
}

#[cfg(test)]
mod tests;
