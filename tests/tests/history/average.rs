//! The time-weighted rate, against an average in floating point.

use super::*;

/// The average over a window in floating point, from all that was ever published.
fn average(all: &[Published], now: i64, window: i64) -> f64 {
    let start = now - window;
    let ends = all
        .iter()
        .skip(1)
        .map(|next| next.published_at.0)
        .chain([i64::MAX]);
    let weighted = all.iter().zip(ends).map(|(published, end)| {
        let seconds = end.min(now) - published.published_at.0.max(start).min(end.min(now));
        published.hurdle.raw() as f64 * seconds as f64
    });
    weighted.sum::<f64>() / window as f64
}

/// Asserts that the account gives the average of what was published, over windows up to its whole reach, and nothing
/// beyond.
fn tells_the_average(world: &World, all: &[Published], rng: &mut SmallRng) {
    let bytes = Bytes::of(world, &world.market);
    let history = bytes.read(&world.market);
    let kept: Vec<u64> = history.iter().map(|entry| entry.sequence).collect();
    let last = all.last().unwrap().sequence;
    let first = last + 1 - u64::try_from(kept.len()).unwrap();
    assert_eq!(kept, (first..=last).collect::<Vec<_>>());

    let now = world.time();
    let reach = now - history.get(0).unwrap().published_at.0;
    for window in [1, rng.random_range(1..=reach), reach] {
        let expected = average(all, now, window);
        let up = history.time_weighted_up(UnixTime(now), window, 0).unwrap().raw();
        let down = history
            .time_weighted_down(UnixTime(now), window, 0)
            .unwrap()
            .raw();
        assert!(
            up - down <= 1 && (up as f64 - expected).abs() < 1.01 && (down as f64 - expected).abs() < 1.01
        );
    }
    let beyond = history.time_weighted_up(UnixTime(now), reach + 1, 0);
    assert_eq!(beyond, Err(HurdleError::HistoryTooShort));
    let more = history.time_weighted_up(UnixTime(now), reach, kept.len());
    assert_eq!(
        more,
        Err(HurdleError::HistoryTooShort),
        "all but the first lie in the window"
    );
}

/// 300 publications with growth in between, at every place of the ring.
#[test]
fn the_account_tells_the_time_weighted_rate_through_turns_and_growth() {
    let mut world = World::with_params(fixture::params()).unwrap();
    let mut rng = SmallRng::seed_from_u64(0x6869_7374);
    let (mut all, mut places, mut turns, mut grown) = (Vec::new(), PLACES, 0, 0);
    while all.len() < 300 {
        let seconds = [1, rng.random_range(1..600), rng.random_range(1..100_000)][rng.random_range(0..3)];
        all.push(publish(&mut world, seconds, rng.random_range(-500..3_000)));
        let bytes = Bytes::of(&world, &world.market);
        let state = *bytes.read(&world.market).state();
        turns += u32::from(state.newest + 1 < state.used);
        if rng.random_ratio(1, 40) {
            grown += u32::from(state.newest + 1 < state.used);
            places += rng.random_range(1..6);
            let payer = world.payer.insecure_clone();
            world.accepted(&[grow(&world, &payer, places)]).unwrap();
        }
        world.warp(rng.random_range(1..60));
        tells_the_average(&world, &all, &mut rng);
    }
    assert!(
        turns > 100 && grown > 3,
        "{turns} publications over an older one, {grown} growths within a turn"
    );
    for _ in 0..2 * places {
        publish(&mut world, 1, 700);
    }
    assert_eq!(
        u32::try_from(entries(&world).len()),
        Ok(places),
        "every place is in use at last"
    );
}
