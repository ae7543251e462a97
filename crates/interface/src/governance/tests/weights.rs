//! The budget of weights.

use super::*;
use crate::composition::Weights;
use crate::quantity::{DAY, ONE, Ratio};
use crate::state::{WeightBudget, WeightLimit};
use proptest::prelude::*;
use std::vec::Vec;

fn limit() -> WeightLimit {
    WeightLimit {
        per_change: ratio(0.25),
        per_window: ratio(0.5),
        window: 30 * DAY,
    }
}

fn weights(raw: [i64; 7]) -> Weights {
    bytemuck::cast(raw)
}

#[test]
fn a_change_and_a_window_each_have_their_limit_for_every_weight_and_both_ways() {
    let from = weights([ONE; 7]);
    for index in 0..7 {
        for sign in [1, -1] {
            let moved = |by: i64| {
                let mut raw = [ONE; 7];
                raw[index] += sign * by;
                weights(raw)
            };
            let step = 25_000_000;
            let budget = WeightBudget::default();
            assert_eq!(
                budget.spent(&limit(), &from, &moved(step + 1), NOW.time),
                Err(HurdleError::WeightMoveTooLarge)
            );
            let once = budget.spent(&limit(), &from, &moved(step), NOW.time).unwrap();
            let twice = once.spent(&limit(), &from, &moved(step), later(5)).unwrap();
            assert_eq!(twice.current[index], ratio(0.5));
            // even back: the sum is of moves, not of where they lead
            for to in [moved(1), moved(-1)] {
                assert_eq!(
                    twice.spent(&limit(), &from, &to, later(10)),
                    Err(HurdleError::WeightMoveTooLarge)
                );
            }
            assert_eq!(
                twice.spent(&limit(), &from, &from, later(10)),
                Ok(twice),
                "no move costs nothing"
            );
        }
    }
}

#[test]
fn what_was_moved_counts_until_a_window_has_passed_and_no_longer_than_two() {
    let (from, to) = (weights([ONE; 7]), weights([ONE + 25_000_000; 7]));
    let window = limit().window;
    let mut budget = WeightBudget::default();
    for at in [0, window - 1] {
        budget = budget.spent(&limit(), &from, &to, later(at)).unwrap();
    }
    let spent = |at: i64| budget.spent(&limit(), &from, &to, later(at));
    let refused = Err(HurdleError::WeightMoveTooLarge);
    assert_eq!(spent(window), refused);
    assert_eq!(spent(2 * window - 2), refused);
    assert!(spent(2 * window).is_ok());
    assert_eq!(spent(9 * window).unwrap().since, later(9 * window));
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn no_sliding_window_sees_more_than_the_limit(
        steps in proptest::collection::vec((0i64..20 * DAY, -30_000_000i64..=30_000_000), 1..40),
    ) {
        let mut budget = WeightBudget::default();
        let mut weight = 5 * ONE;
        let mut at = 0;
        let mut moves: Vec<(i64, i64)> = Vec::new();
        for (wait, by) in steps {
            at += wait;
            let to = weights([weight + by; 7]);
            if let Ok(spent) = budget.spent(&limit(), &weights([weight; 7]), &to, later(at)) {
                (budget, weight) = (spent, weight + by);
                moves.push((at, by.abs()));
            }
        }
        for (end, _) in &moves {
            let within = moves.iter().filter(|(at, _)| at <= end && end - at < limit().window);
            let sum: i64 = within.map(|(_, by)| by).sum();
            prop_assert!(sum <= limit().per_window.raw(), "{sum} within the window that ends at {end}");
        }
    }

    #[test]
    fn no_bit_pattern_panics(seed in any::<u64>(), at in crate::fixture::bits()) {
        let (mut budget, mut limit) = (WeightBudget::default(), limit());
        let (mut from, mut to) = (weights([ONE; 7]), weights([ONE; 7]));
        fixture::scramble(&mut budget, seed, 3);
        fixture::scramble(&mut limit, seed ^ 1, 3);
        fixture::scramble(&mut from, seed ^ 2, 3);
        fixture::scramble(&mut to, seed ^ 3, 3);
        if let Ok(spent) = budget.spent(&limit, &from, &to, UnixTime(at)) {
            prop_assert!(spent.current.iter().all(|sum| *sum <= Ratio::MAX));
        }
    }
}
