//! The checked way from the config's account to who governs, and how long before a change everyone can read it.

use crate::error::{HurdleError, Result};
use crate::quantity::UnixTime;
use crate::state::{AccountLayout, ConfigState};
use crate::words::equal;
use solana_address::Address;

/// The program's config, whose timelock is as long as a reader demands. There is no other way to one than
/// [`Self::read_checked`]:
///
/// ```compile_fail,E0423
/// # let state = unreachable!();
/// let config = hurdle_interface::Config(state);
/// ```
///
/// While the program is being set up there is no timelock: whoever governs may loosen any rule in the very slot in which it
/// is proposed, on active markets too. A consumer asks this once, before it trusts a market, since a timelock that was ever
/// set is never shorter than [`Self::MIN_TIMELOCK_SECONDS`] again. What was proposed under a shorter one keeps its times, so
/// that the config is refused for an hour after the end of set-up: from then on nothing of it can be executed any more.
#[derive(Clone, Copy, Debug)]
pub struct Config<'a>(&'a ConfigState);

impl<'a> Config<'a> {
    /// The shortest timelock of a program that is set up.
    pub const MIN_TIMELOCK_SECONDS: i64 = ConfigState::MIN_TIMELOCK_SECONDS;

    /// A consumer's way from account data to the config: checks owner, kind and that governance gives at least
    /// `min_timelock` seconds of notice at `now`; a program that is still being set up gives none, nor does one within the
    /// hour after, and both are refused whatever is demanded. The program has one config only: its address need not be compared.
    ///
    /// # Errors
    /// [`HurdleError::WrongAccountOwner`], [`HurdleError::InvalidAccountData`], [`HurdleError::TimelockTooShort`].
    pub fn read_checked(data: &'a [u8], owner: &Address, min_timelock: i64, now: UnixTime) -> Result<Self> {
        if !equal(owner.as_array(), crate::ID.as_array()) {
            return Err(HurdleError::WrongAccountOwner);
        }
        let config = ConfigState::from_account(data)?;
        if !config.is_set_up(now) || config.timelock_seconds < min_timelock {
            return Err(HurdleError::TimelockTooShort);
        }
        Ok(Self(config))
    }

    /// Seconds between a proposal and its execution.
    pub const fn timelock_seconds(&self) -> i64 {
        self.0.timelock_seconds
    }

    /// Who governs.
    pub const fn authority(&self) -> &'a Address {
        &self.0.authority
    }

    /// Who will govern once it accepts; `None` where no transfer is under way.
    pub fn pending_authority(&self) -> Option<&'a Address> {
        let pending = &self.0.pending_authority;
        (*pending != Address::default()).then_some(pending)
    }

    /// Who may tighten, veto and pause.
    pub const fn guardian(&self) -> &'a Address {
        &self.0.guardian
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{NOW, account, key};
    use crate::state::ProposalState;
    use bytemuck::Zeroable;

    fn config(timelock_seconds: i64) -> ConfigState {
        ConfigState {
            version: ConfigState::VERSION,
            authority: key(1),
            guardian: key(2),
            timelock_seconds,
            ..ConfigState::zeroed()
        }
    }

    fn read(config: &ConfigState, owner: &Address, min_timelock: i64) -> Result<i64> {
        let data = account(config);
        Config::read_checked(bytemuck::cast_slice(&data), owner, min_timelock, NOW.time)
            .map(|config| config.timelock_seconds())
    }

    #[test]
    fn a_config_tells_who_governs_and_after_how_long() {
        let mut state = config(7_200);
        let data = account(&state);
        let config = Config::read_checked(bytemuck::cast_slice(&data), &crate::ID, 7_200, NOW.time).unwrap();
        assert_eq!((config.authority(), config.guardian()), (&key(1), &key(2)));
        assert_eq!(config.pending_authority(), None);
        state.pending_authority = key(3);
        let data = account(&state);
        let config = Config::read_checked(bytemuck::cast_slice(&data), &crate::ID, 0, NOW.time).unwrap();
        assert_eq!(config.pending_authority(), Some(&key(3)));
    }

    #[test]
    fn less_notice_than_demanded_is_refused_and_set_up_whatever_is_demanded() {
        let too_short = Err(HurdleError::TimelockTooShort);
        for (timelock, demanded, answer) in [
            (7_200, 7_200, Ok(7_200)),
            (7_200, i64::MIN, Ok(7_200)),
            (7_200, 7_201, too_short),
            (7_200, i64::MAX, too_short),
            (0, 1, too_short),
            (0, 0, too_short),
            (0, i64::MIN, too_short),
        ] {
            assert_eq!(read(&config(timelock), &crate::ID, demanded), answer);
        }
    }

    #[test]
    fn until_what_was_proposed_in_set_up_has_expired_there_is_no_notice() {
        let over = ConfigState {
            set_up_ended_at: NOW.time,
            ..config(7_200)
        };
        let data = account(&over);
        let hour = ProposalState::SET_UP_LIFETIME;
        for (passed, answer) in [
            (-1, false),
            (0, false),
            (hour - 1, false),
            (hour, true),
            (hour + 1, true),
        ] {
            let now = UnixTime(NOW.time.0 + passed);
            let read = Config::read_checked(bytemuck::cast_slice(&data), &crate::ID, 0, now);
            let refused = (!answer).then_some(HurdleError::TimelockTooShort);
            assert_eq!(read.err(), refused, "{passed} s after set-up");
        }
    }

    #[test]
    fn another_owner_kind_or_version_is_no_config() {
        let good = config(7_200);
        assert_eq!(read(&good, &key(9), 0), Err(HurdleError::WrongAccountOwner));
        let later = ConfigState {
            version: ConfigState::VERSION + 1,
            ..good
        };
        assert_eq!(read(&later, &crate::ID, 0), Err(HurdleError::InvalidAccountData));
        let committee = account(&crate::fixture::committee());
        let other = Config::read_checked(bytemuck::cast_slice(&committee), &crate::ID, 0, NOW.time);
        assert_eq!(other.err(), Some(HurdleError::InvalidAccountData));
    }
}
