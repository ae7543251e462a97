//! Pauses.

use super::*;
use crate::quantity::DAY;
use crate::state::Pauses;
use proptest::prelude::*;
use std::vec::Vec;

#[test]
fn a_pause_lasts_as_long_as_asked_and_no_longer() {
    let mut pauses = Pauses::default();
    for seconds in [0, -1, i64::MIN, MAX_PAUSE + 1, i64::MAX] {
        assert_eq!(
            pauses.begin_by_guardian(seconds, NOW.time),
            Err(HurdleError::PauseTooLong)
        );
    }
    assert_eq!(pauses, Pauses::default());
    assert_eq!(pauses.begin_by_guardian(MAX_PAUSE, NOW.time), Ok(()));
    assert!(pauses.is_paused(NOW.time) && pauses.is_paused(later(MAX_PAUSE - 1)));
    assert!(!pauses.is_paused(later(MAX_PAUSE)));
}

#[test]
fn a_fourth_pause_waits_until_a_day_after_the_first() {
    let mut pauses = Pauses::default();
    for at in [0, 100, 200] {
        assert_eq!(pauses.begin_by_guardian(60, later(at)), Ok(()));
    }
    assert_eq!(
        pauses.begin_by_guardian(60, later(DAY - 1)),
        Err(HurdleError::TooManyPauses)
    );
    assert_eq!(pauses.begin_by_guardian(60, later(DAY)), Ok(()));
    assert_eq!(
        pauses.begin_by_guardian(60, later(DAY + 99)),
        Err(HurdleError::TooManyPauses)
    );
    assert_eq!(pauses.begin_by_guardian(60, later(DAY + 100)), Ok(()));
}

#[test]
fn the_authority_pauses_as_often_as_it_must_and_takes_none_from_the_guardian() {
    let mut pauses = Pauses::default();
    for at in 0..10 {
        assert_eq!(pauses.begin_by_authority(60, later(at)), Ok(()));
    }
    assert_eq!(pauses.until, later(69));
    for seconds in [0, -1, i64::MIN, MAX_PAUSE + 1, i64::MAX] {
        let refused = pauses.begin_by_authority(seconds, later(10));
        assert_eq!(refused, Err(HurdleError::PauseTooLong));
    }
    assert_eq!(pauses.begin_by_authority(1, later(10)), Ok(()));
    assert_eq!(pauses.until, later(69), "none shortens one that is under way");
    for at in 0..3 {
        assert_eq!(pauses.begin_by_guardian(MAX_PAUSE, later(20 + at)), Ok(()));
    }
    let fourth = pauses.begin_by_guardian(60, later(30));
    assert_eq!(fourth, Err(HurdleError::TooManyPauses));
    assert_eq!(pauses.begin_by_authority(MAX_PAUSE, later(30)), Ok(()));
    assert_eq!(pauses.until, later(30 + MAX_PAUSE));
}

#[test]
fn a_shorter_pause_does_not_end_a_longer_one_and_ending_one_gives_none_back() {
    let mut pauses = Pauses::default();
    pauses.begin_by_guardian(1_000, NOW.time).unwrap();
    pauses.begin_by_guardian(10, later(1)).unwrap();
    assert_eq!(pauses.until, later(1_000));
    pauses.end(later(5));
    assert!(!pauses.is_paused(later(5)));
    pauses.end(later(9_000));
    assert_eq!(pauses.until, later(5), "there was nothing to end");
    pauses.begin_by_guardian(10, later(10)).unwrap();
    assert_eq!(
        pauses.begin_by_guardian(10, later(30)),
        Err(HurdleError::TooManyPauses)
    );
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn no_day_is_paused_whole_by_the_guardian(steps in proptest::collection::vec((0i64..30_000, 1i64..=MAX_PAUSE), 1..40)) {
        let mut pauses = Pauses::default();
        let mut at = 0;
        let mut paused: Vec<(i64, i64)> = Vec::new();
        for (wait, seconds) in steps {
            at += wait;
            if pauses.begin_by_guardian(seconds, later(at)).is_ok() {
                paused.push((at, at + seconds));
            }
        }
        for (start, _) in &paused {
            let mut covered = 0;
            let mut reached = *start;
            for (from, to) in &paused {
                let (from, to) = ((*from).max(reached), (*to).min(start + DAY));
                if to > from {
                    covered += to - from;
                    reached = to;
                }
            }
            prop_assert!(covered <= 3 * MAX_PAUSE, "{covered}");
        }
    }

    #[test]
    fn no_bit_pattern_panics(a in crate::fixture::bits(), b in crate::fixture::bits(), c in crate::fixture::bits()) {
        let mut pauses = Pauses { until: UnixTime(a), began: [UnixTime(b), UnixTime(c), UnixTime(a)] };
        let _ = pauses.begin_by_guardian(b, UnixTime(c));
        let _ = pauses.begin_by_authority(c, UnixTime(a));
        pauses.end(UnixTime(b));
        let _ = pauses.is_paused(UnixTime(c));
    }
}
