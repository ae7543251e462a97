//! Set-up: no timelock from the config's creation on, and never again once there was one.

use super::changes::config;
use super::*;
use crate::state::{ConfigState, ProposalState};
use proptest::prelude::*;

/// Timelocks that no config has, and whether a new one may.
const UNSOUND: [(i64, bool); 8] = [
    (i64::MIN, false),
    (-1, false),
    (0, true),
    (1, false),
    (ConfigState::MIN_TIMELOCK_SECONDS - 1, false),
    (ConfigState::MAX_TIMELOCK_SECONDS + 1, false),
    (i64::MAX - 1, false),
    (i64::MAX, false),
];

#[test]
fn a_new_config_has_no_timelock_or_one_of_an_hour_to_thirty_days() {
    for (seconds, first) in UNSOUND {
        let expected = if first {
            Ok(())
        } else {
            Err(HurdleError::InvalidTimelock)
        };
        assert_eq!(
            ConfigState::check_first_timelock(seconds),
            expected,
            "{seconds} s"
        );
        let config = ConfigState {
            timelock_seconds: seconds,
            ..config()
        };
        assert_eq!((config.invariant(), config.is_in_set_up()), (expected, first));
    }
    for seconds in [3_600, 86_400, 30 * 86_400] {
        assert_eq!(ConfigState::check_first_timelock(seconds), Ok(()));
        assert_eq!(ConfigState::check_timelock(seconds), Ok(()));
    }
}

#[test]
fn no_change_leads_to_an_unsound_timelock_from_set_up_or_after_it() {
    for standing in [0, 3_600, 86_400] {
        let config = ConfigState {
            timelock_seconds: standing,
            ..config()
        };
        for (seconds, _) in UNSOUND {
            let change = ConfigChange::Timelock(seconds);
            let refused = Err(HurdleError::InvalidTimelock);
            assert_eq!(change.validate(), refused);
            let mut changed = config;
            assert_eq!(
                change.apply(&mut changed, NOW.time),
                refused,
                "{standing} → {seconds}"
            );
            let longer = change.direction(&config) == Direction::Tighter;
            let error = if longer {
                HurdleError::InvalidTimelock
            } else {
                HurdleError::NotTightening
            };
            assert_eq!(change.tighten(&mut changed, NOW.time), Err(error));
            assert_eq!(changed, config, "a refusal leaves it as it was");
        }
    }
}

#[test]
fn set_up_ends_with_the_first_timelock() {
    let mut config = ConfigState {
        timelock_seconds: 0,
        ..config()
    };
    assert!(config.is_in_set_up());
    let change = ConfigChange::Timelock(3_600);
    assert!(change.tighten(&mut config, NOW.time).is_ok());
    assert!(!config.is_in_set_up());
    // and a longer one later does not end it again
    let longer = ConfigChange::Timelock(7_200);
    assert!(longer.tighten(&mut config, later(9_000)).is_ok());
    assert_eq!(config.set_up_ended_at, NOW.time);
    assert!(!config.is_set_up(later(ProposalState::SET_UP_LIFETIME - 1)));
    assert!(config.is_set_up(later(ProposalState::SET_UP_LIFETIME)));
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn whatever_is_changed_a_timelock_that_was_ever_set_stays_at_least_the_shortest(
        changes in proptest::collection::vec((any::<bool>(), prop_oneof![-10i64..10, 0i64..4 * 3_600, any::<i64>()]), 1..20),
    ) {
        let mut config = ConfigState { timelock_seconds: 0, ..config() };
        let mut was_set = false;
        for (at_once, seconds) in changes {
            let change = ConfigChange::Timelock(seconds);
            let before = config;
            let done = if at_once { change.tighten(&mut config, NOW.time).is_ok() } else { change.apply(&mut config, NOW.time).is_ok() };
            prop_assert!(done || config == before);
            was_set |= done;
            prop_assert_eq!(config.is_in_set_up(), !was_set);
            prop_assert!(!was_set || config.timelock_seconds >= ConfigState::MIN_TIMELOCK_SECONDS);
            prop_assert_eq!(config.invariant(), Ok(()));
        }
    }
}
