use super::*;
use crate::fixture::{key, rate};
use std::vec::Vec;

mod properties;

/// What the runtime lets an account gain in one instruction, bytes.
const MAX_DATA_INCREASE: usize = 10_240;

/// A history account as it stands on the chain, eight-byte aligned.
#[derive(Clone)]
struct Ledger {
    words: Vec<u64>,
}

impl Ledger {
    fn new(places: usize) -> Self {
        let mut words = std::vec![0u64; HistoryState::ACCOUNT_LEN / 8];
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut words);
        bytes[..8].copy_from_slice(&HistoryState::DISCRIMINATOR);
        bytes[8..].copy_from_slice(bytemuck::bytes_of(&HistoryState::opened(key(7), 254)));
        let mut ledger = Self { words };
        ledger.grow(places);
        ledger
    }

    /// Adds places; what they hold must never be read, so it is not zero.
    fn grow(&mut self, places: usize) {
        self.words
            .resize(self.words.len() + 4 * places, 0xdead_beef_dead_beef);
    }

    fn data(&self) -> &[u8] {
        bytemuck::cast_slice(&self.words)
    }

    fn read(&self) -> History<'_> {
        History::from_account(self.data()).unwrap()
    }

    fn append(&mut self, sequence: u64, hurdle: Rate, now: i64) -> Result<()> {
        HistoryMut::from_account(bytemuck::cast_slice_mut(&mut self.words))?.append(
            sequence,
            hurdle,
            UnixTime(now),
        )
    }
}

/// A history of publications at times and rates.
fn published(places: usize, publications: &[(i64, f64)]) -> Ledger {
    let mut ledger = Ledger::new(places);
    for (sequence, (time, hurdle)) in (1..).zip(publications) {
        ledger.append(sequence, rate(*hurdle), *time).unwrap();
    }
    ledger
}

fn sequences(history: History<'_>) -> Vec<u64> {
    history.iter().map(|entry| entry.sequence).collect()
}

fn up(ledger: &Ledger, now: i64, window: i64, min_publications: usize) -> Result<Rate> {
    ledger
        .read()
        .time_weighted_up(UnixTime(now), window, min_publications)
}

fn down(ledger: &Ledger, now: i64, window: i64, min_publications: usize) -> Result<Rate> {
    ledger
        .read()
        .time_weighted_down(UnixTime(now), window, min_publications)
}

#[test]
fn a_new_history_is_empty_and_tells_nothing() {
    let ledger = Ledger::new(4);
    let history = ledger.read();
    assert_eq!(
        (history.len(), history.is_empty(), history.capacity()),
        (0, true, 4)
    );
    assert_eq!((history.iter().count(), history.get(0)), (0, None));
    assert_eq!((history.state().market, history.state().bump), (key(7), 254));
    assert_eq!(up(&ledger, 1_000, 10, 0), Err(HurdleError::HistoryTooShort));
}

#[test]
fn the_oldest_gives_way_once_every_place_is_taken() {
    let ledger = published(3, &[(10, 0.1), (20, 0.2), (30, 0.3), (40, 0.4)]);
    let history = ledger.read();
    assert_eq!(sequences(history), [2, 3, 4]);
    assert_eq!(history.get(0).unwrap().published_at, UnixTime(20));
    assert_eq!(history.get(2).unwrap().hurdle, rate(0.4));
    assert_eq!(history.get(3), None);
    assert_eq!(
        history.iter().next_back().unwrap().cumulative,
        rate(0.6).raw() * 10
    );
}

#[test]
fn every_rate_stands_until_the_next_publication_and_the_last_until_now() {
    let ledger = published(8, &[(100, 0.1), (200, 0.2), (250, 0.4)]);
    // 50 s at 0.1, 50 s at 0.2, 100 s at 0.4
    assert_eq!(up(&ledger, 350, 200, 2), Ok(rate(0.275)));
    assert_eq!(up(&ledger, 250, 150, 2), Ok(Rate(13_333_334)));
    assert_eq!(down(&ledger, 250, 150, 2), Ok(Rate(13_333_333)));
    assert_eq!(up(&ledger, 1_000_000, 1, 0), Ok(rate(0.4)));
    assert_eq!(
        up(&ledger, 240, 30, 0),
        Ok(rate(0.2)),
        "a time before the newest publication"
    );
}

#[test]
fn a_negative_average_is_rounded_as_the_name_says() {
    let ledger = published(4, &[(0, -0.1), (2, -0.2), (3, 0.0)]);
    assert_eq!(up(&ledger, 3, 3, 2), Ok(Rate(-13_333_333)));
    assert_eq!(down(&ledger, 3, 3, 2), Ok(Rate(-13_333_334)));
}

#[test]
fn a_window_that_the_ring_does_not_cover_is_refused() {
    let ledger = published(2, &[(100, 0.1), (200, 0.2), (300, 0.3)]);
    assert_eq!(up(&ledger, 400, 200, 1), Ok(rate(0.25)), "from the oldest on");
    assert_eq!(up(&ledger, 400, 201, 0), Err(HurdleError::HistoryTooShort));
    assert_eq!(up(&ledger, 199, 10, 0), Err(HurdleError::HistoryTooShort));
}

#[test]
fn a_window_with_too_few_publications_is_refused() {
    let ledger = published(8, &[(100, 0.1), (200, 0.2), (300, 0.3)]);
    // the one at 200 was in force before the window; only that at 300 lies in it
    assert_eq!(up(&ledger, 300, 100, 1), Ok(rate(0.2)));
    assert_eq!(up(&ledger, 300, 100, 2), Err(HurdleError::HistoryTooShort));
    assert_eq!(up(&ledger, 300, 101, 2), Ok(Rate(19_900_991)));
    assert_eq!(up(&ledger, 1_000, 600, 1), Err(HurdleError::HistoryTooShort));
    assert_eq!(up(&ledger, 1_000, 600, 0), Ok(rate(0.3)));
    assert_eq!(
        up(&ledger, 1_000, 600, usize::MAX),
        Err(HurdleError::HistoryTooShort)
    );
}

#[test]
fn a_window_is_between_a_second_and_the_longest() {
    let ledger = published(8, &[(0, 40.0)]);
    for window in [0, -1, i64::MIN, MAX_WINDOW + 1, i64::MAX] {
        assert_eq!(
            up(&ledger, 5_000_000_000, window, 0),
            Err(HurdleError::InvalidWindow)
        );
        assert_eq!(
            down(&ledger, 5_000_000_000, window, 0),
            Err(HurdleError::InvalidWindow)
        );
    }
    assert_eq!(up(&ledger, 5_000_000_000, MAX_WINDOW, 0), Ok(Rate::MAX));
}

#[test]
fn two_publications_in_one_second_are_both_kept_and_the_first_weighs_nothing() {
    let ledger = published(8, &[(100, 0.1), (200, 5.0), (200, 0.2)]);
    assert_eq!(sequences(ledger.read()), [1, 2, 3]);
    assert_eq!(up(&ledger, 300, 200, 2), Ok(rate(0.15)));
    assert_eq!(up(&ledger, 300, 100, 1), Err(HurdleError::HistoryTooShort));
}

#[test]
fn a_clock_that_steps_back_stands_still() {
    let ledger = published(8, &[(100, 0.1), (90, 0.2), (200, 0.4)]);
    assert_eq!(ledger.read().get(1).unwrap().published_at, UnixTime(100));
    assert_eq!(up(&ledger, 200, 100, 1), Ok(rate(0.2)));
}

#[test]
fn a_sum_that_has_wrapped_still_gives_the_average() {
    let century = 4_000_000_000;
    let ledger = published(8, &[(0, 40.0), (century, 40.0), (century + 100, 20.0)]);
    assert!(ledger.read().get(1).unwrap().cumulative < 0, "beyond 2^63");
    assert_eq!(up(&ledger, century + 200, 200, 1), Ok(rate(30.0)));
}

#[test]
fn a_publication_that_does_not_follow_is_refused_and_nothing_is_written() {
    let mut ledger = published(2, &[(100, 0.1), (200, 0.2), (300, 0.3)]);
    let before = ledger.words.clone();
    for sequence in [0, 2, 3] {
        assert_eq!(
            ledger.append(sequence, rate(0.4), 400),
            Err(HurdleError::WrongSequence)
        );
        assert_eq!(ledger.words, before);
    }
}

#[test]
fn new_places_are_used_once_the_ring_reaches_its_end() {
    let mut ledger = published(3, &[(1, 0.1), (2, 0.1), (3, 0.1), (4, 0.1)]);
    ledger.grow(2);
    assert_eq!((ledger.read().len(), ledger.read().capacity()), (3, 5));
    for (sequence, kept) in [(5, 3), (6, 3), (7, 4), (8, 5), (9, 5)] {
        ledger.append(sequence, rate(0.1), 10).unwrap();
        let expected: Vec<u64> = (sequence + 1 - kept..=sequence).collect();
        assert_eq!(sequences(ledger.read()), expected);
    }
}

#[test]
fn lengths_at_creation_and_growth_fit_what_the_runtime_gives_at_once() {
    assert_eq!(HistoryState::account_len(0), HistoryState::ACCOUNT_LEN);
    assert_eq!(HistoryState::account_len(u32::MAX), 120 + 32 * 4_294_967_295);
    for (places, length) in [(2, Ok(184)), (256, Ok(8_312)), (300, Ok(9_720))] {
        assert_eq!(HistoryState::created_len(places), length);
        assert!(length.unwrap() <= MAX_DATA_INCREASE);
    }
    for places in [0, 1, 301, u32::MAX] {
        assert_eq!(
            HistoryState::created_len(places),
            Err(HurdleError::InvalidHistoryLength)
        );
    }
    let grown = |from, to| HistoryState::grown_len(HistoryState::account_len(from), to);
    for (from, to) in [(2, 3), (2, 302), (65_236, 65_536)] {
        let length = grown(from, to).unwrap();
        assert_eq!(HistoryState::places(length), to);
        assert!(length - HistoryState::account_len(from) <= MAX_DATA_INCREASE);
    }
    for (from, to) in [
        (2, 0),
        (2, 1),
        (2, 2),
        (2, 303),
        (65_535, 65_537),
        (65_536, u32::MAX),
    ] {
        assert_eq!(
            grown(from, to),
            Err(HurdleError::InvalidHistoryLength),
            "{from} to {to}"
        );
    }
    assert_eq!(
        HistoryState::grown_len(usize::MAX, 5),
        Err(HurdleError::InvalidHistoryLength)
    );
    assert_eq!(HistoryState::places(0), 0);
}

#[test]
fn a_checked_read_refuses_with_the_exact_reason() {
    let ledger = published(3, &[(10, 0.1), (20, 0.2)]);
    let read =
        |data: &[u8], owner: &Address, market: &Address| History::read_checked(data, owner, market).err();
    assert_eq!(read(ledger.data(), &crate::ID, &key(7)), None);
    assert_eq!(
        read(ledger.data(), &key(1), &key(7)),
        Some(HurdleError::WrongAccountOwner)
    );
    assert_eq!(
        read(ledger.data(), &crate::ID, &key(8)),
        Some(HurdleError::WrongHistory)
    );
    let invalid = Some(HurdleError::InvalidAccountData);
    for length in (0..ledger.data().len()).filter(|length| *length != 184) {
        let cut = &ledger.data()[..length];
        assert_eq!(read(cut, &crate::ID, &key(7)), invalid, "{length} bytes");
    }
    let shifted = [&[0; 4], ledger.data()].concat();
    let mut words = std::vec![0u64; shifted.len() / 8 + 1];
    let room: &mut [u8] = bytemuck::cast_slice_mut(&mut words);
    room[..shifted.len()].copy_from_slice(&shifted);
    let unaligned = &mut room[4..shifted.len()];
    assert_eq!(read(unaligned, &crate::ID, &key(7)), invalid, "unaligned");
    assert_eq!(HistoryMut::from_account(unaligned).err(), invalid);
}

#[test]
fn another_kind_or_version_and_a_ring_outside_its_places_are_refused_by_reader_and_writer() {
    let breaks: [fn(&mut [u8]); 6] = [
        |data| data[0] ^= 1,
        |data| data[7] ^= 128,
        |data| data[8] = 0,
        |data| data[8] = 2,
        |data| data[12] = 4, // used: more than the places
        |data| data[16] = 2, // newest: outside those used
    ];
    for (index, break_one) in breaks.iter().enumerate() {
        let mut ledger = published(3, &[(10, 0.1), (20, 0.2)]);
        let data: &mut [u8] = bytemuck::cast_slice_mut(&mut ledger.words);
        break_one(data);
        let refused = Some(HurdleError::InvalidAccountData);
        assert_eq!(HistoryMut::from_account(data).err(), refused, "break {index}");
        assert_eq!(History::from_account(data).err(), refused, "break {index}");
    }
    for length in [0, 7, 8, 119, 121] {
        let data: &mut [u8] = &mut bytemuck::cast_slice_mut(&mut Ledger::new(2).words)[..length].to_vec();
        assert_eq!(
            HistoryMut::from_account(data).err(),
            Some(HurdleError::InvalidAccountData)
        );
    }
}
