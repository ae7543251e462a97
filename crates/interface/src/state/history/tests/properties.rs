//! Whatever is published and however the account grows.

use super::*;
use crate::fixture::{bits, cases, scramble};
use crate::quantity::ONE;
use proptest::prelude::*;

/// What happens to a history.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// Seconds pass, then a rate is published.
    Published(i64, i64),
    /// The account grows.
    Grown(usize),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let gap = prop_oneof![2 => 0i64..3, 3 => 1i64..1_000, 1 => 0i64..100_000_000];
    let event = prop_oneof![
        8 => (gap, -40 * ONE..=40 * ONE).prop_map(|(gap, rate)| Event::Published(gap, rate)),
        1 => (1usize..5).prop_map(Event::Grown),
    ];
    proptest::collection::vec(event, 1..50)
}

/// Σ rate · seconds over a window by adding up every stretch, and the publications in it; `None` where the publications
/// start later than the window.
fn naive(publications: &[(i64, i64)], start: i64, end: i64) -> Option<(i128, usize)> {
    publications.first().filter(|(time, _)| *time <= start)?;
    let ends = publications
        .iter()
        .skip(1)
        .map(|(time, _)| *time)
        .chain([i64::MAX]);
    let sum = publications
        .iter()
        .zip(ends)
        .map(|((from, rate), to)| {
            let seconds = to.min(end) - start.max(*from).min(to.min(end));
            i128::from(*rate) * i128::from(seconds)
        })
        .sum();
    let inside = publications
        .iter()
        .filter(|(time, _)| *time > start && *time <= end);
    Some((sum, inside.count()))
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn whatever_is_published_and_grown_the_ring_is_the_end_of_what_happened(
        places in 2usize..8, events in events(),
    ) {
        let mut ledger = Ledger::new(places);
        let (mut now, mut all, mut capacity) = (1_700_000_000, Vec::new(), places);
        for event in events {
            let before = ledger.read().len();
            match event {
                Event::Grown(places) => {
                    ledger.grow(places);
                    capacity += places;
                    prop_assert_eq!(ledger.read().len(), before);
                }
                Event::Published(gap, hurdle) => {
                    now += gap;
                    all.push((now, hurdle));
                    ledger.append(all.len() as u64, Rate(hurdle), now).unwrap();
                }
            }
            let history = ledger.read();
            prop_assert!(history.len() >= before && history.len() <= capacity, "no entry is lost by growing");
            prop_assert_eq!(history.capacity(), capacity);
            let kept: Vec<_> = history.iter().map(|e| (e.sequence, e.published_at.0, e.hurdle.0)).collect();
            let first = all.len() - kept.len();
            let expected: Vec<_> = (1u64..).zip(&all).skip(first).map(|(n, (at, rate))| (n, *at, *rate)).collect();
            prop_assert_eq!(&kept, &expected);
            for (index, entry) in history.iter().enumerate() {
                prop_assert_eq!(history.get(index), Some(entry));
            }
        }
        // one turn at most until every place is in use
        for turn in 0..2 * capacity {
            ledger.append((all.len() + turn + 1) as u64, Rate(0), now).unwrap();
        }
        prop_assert_eq!(ledger.read().len(), capacity);
    }

    #[test]
    fn the_average_is_the_sum_of_every_stretch_rounded_as_its_name_says(
        places in 2usize..8, events in events(), after in 0i64..10_000, window in prop_oneof![1i64..2_000, 1..=MAX_WINDOW],
        min in 0usize..4,
    ) {
        let mut ledger = Ledger::new(places);
        let (mut now, mut all) = (1_700_000_000, Vec::new());
        for event in events {
            match event {
                Event::Grown(places) => ledger.grow(places),
                Event::Published(gap, hurdle) => {
                    now += gap;
                    all.push((now, hurdle));
                    ledger.append(all.len() as u64, Rate(hurdle), now).unwrap();
                }
            }
        }
        let kept = &all[all.len() - ledger.read().len()..];
        let now = now + after;
        let expected = naive(kept, now - window, now).filter(|(_, inside)| *inside >= min);
        let (up, down) = (up(&ledger, now, window, min), down(&ledger, now, window, min));
        match expected {
            None => {
                prop_assert_eq!(up, Err(HurdleError::HistoryTooShort));
                prop_assert_eq!(down, Err(HurdleError::HistoryTooShort));
            }
            Some((sum, _)) => {
                let floor = sum.div_euclid(i128::from(window));
                prop_assert_eq!(i128::from(down.unwrap().raw()), floor);
                let exact = floor * i128::from(window) == sum;
                prop_assert_eq!(i128::from(up.unwrap().raw()), floor + i128::from(!exact));
            }
        }
    }

    #[test]
    fn no_bytes_make_reader_or_writer_panic(
        seed in any::<u64>(), one_in in 1u64..40, words in 0usize..60, now in bits(), window in bits(), min in any::<usize>(),
        hurdle in bits(), sequence in any::<u64>(), used in 0u32..10, newest in 0u32..10,
    ) {
        let mut data = [0u64; 64];
        scramble(&mut data, seed, one_in);
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut data[..words]);
        if bytes.len() >= HistoryState::ACCOUNT_LEN {
            // past the first checks, where the rest can be met
            bytes[..8].copy_from_slice(&HistoryState::DISCRIMINATOR);
            bytes[8] = HistoryState::VERSION;
            bytes[12..16].copy_from_slice(&used.to_le_bytes());
            bytes[16..20].copy_from_slice(&newest.to_le_bytes());
        }
        if let Ok(history) = History::from_account(bytes) {
            let _ = (history.iter().count(), history.get(min), history.get(usize::from(seed as u8)));
            let _ = history.time_weighted_up(UnixTime(now), window, min);
            let _ = history.time_weighted_down(UnixTime(now), window.wrapping_abs(), 0);
        }
        if let Ok(mut history) = HistoryMut::from_account(bytes) {
            let _ = history.append(sequence, Rate(hurdle), UnixTime(now));
        }
        let _ = (HistoryState::created_len(used), HistoryState::grown_len(words, newest));
    }
}
