//! Every publication is appended, to the history of its market only.

use super::*;

#[test]
fn every_publication_is_appended_with_the_rate_in_force() {
    let mut world = World::new().unwrap();
    let mut expected: Vec<HistoryEntry> = Vec::new();
    for (sequence, (seconds, staking)) in (1..).zip([(60, 700), (1, 900), (86_400, 100), (3_600, 700)]) {
        let published = publish(&mut world, seconds, staking);
        let cumulative = expected
            .last()
            .map_or(0, |last| last.cumulative + last.hurdle.raw() * seconds);
        expected.push(HistoryEntry {
            published_at: UnixTime(world.time()),
            hurdle: published.hurdle,
            cumulative,
            sequence,
        });
        assert_eq!(published.sequence, sequence);
        assert_eq!(entries(&world), expected);
    }
}

#[test]
fn the_history_of_another_market_and_anything_else_is_refused() {
    let mut world = World::published().unwrap();
    world
        .accepted(&[create(&world, &of_market(OTHER, PLACES))])
        .unwrap();
    let (foreign, _) = pda::history(&pda::market(&OTHER).0);
    // a forgery: the genuine bytes, of the program even, elsewhere
    let forged = key(9).pubkey();
    let genuine = world.account(&pda::history(&world.market).0).unwrap();
    world.svm.set_account(forged, genuine).unwrap();

    world.warp(60);
    let report = world.report().unwrap();
    let (instructions, _) = world.publication(&report, &[0, 1]);
    for substitute in [foreign, forged, pda::config().0, key(8).pubkey()] {
        let [verify, mut publish] = instructions.clone();
        publish.accounts[3].pubkey = substitute;
        let before = (accounts(&world), world.account(&foreign).unwrap());
        let sent = world.send(&[verify, publish]);
        assert_eq!(
            hurdle_error(&sent),
            Some(HurdleError::WrongHistory),
            "{substitute}"
        );
        assert_eq!((accounts(&world), world.account(&foreign).unwrap()), before);
    }
    world.accepted(&instructions).unwrap();
}

#[test]
#[expect(deprecated, reason = "it is what the framework returns")]
fn a_history_that_is_read_only_left_out_or_the_market_itself_is_refused() {
    let mut world = World::published().unwrap();
    world.warp(60);
    let report = world.report().unwrap();
    let ([verify, publish], _) = world.publication(&report, &[0, 1]);

    let mut read_only = publish.clone();
    read_only.accounts[3].is_writable = false;
    let mut left_out = publish.clone();
    left_out.accounts.truncate(3);
    let mut twice = publish.clone();
    twice.accounts[3].pubkey = world.market;
    for (broken, error) in [
        (read_only, InstructionError::Custom(2000)),
        (left_out, InstructionError::NotEnoughAccountKeys),
        (twice, InstructionError::Custom(2040)),
    ] {
        refused(&mut world, &[verify.clone(), broken], &[], error);
    }
}

#[test]
fn a_history_of_another_layout_version_is_refused() {
    let mut world = World::published().unwrap();
    let (address, _) = pda::history(&world.market);
    for (byte, value) in [(8, 2), (0, 0)] {
        let genuine = world.account(&address).unwrap();
        let mut broken = genuine.clone();
        broken.data[byte] = value;
        world.svm.set_account(address, broken).unwrap();
        world.warp(60);
        let report = world.report().unwrap();
        let (instructions, _) = world.publication(&report, &[0, 1]);
        let before = accounts(&world);
        let sent = world.send(&instructions);
        assert_eq!(hurdle_error(&sent), Some(HurdleError::InvalidAccountData));
        assert_eq!(accounts(&world), before);
        world.svm.set_account(address, genuine).unwrap();
    }
}

#[test]
fn a_refused_report_leaves_no_trace() {
    let mut world = World::published().unwrap();
    world.warp(60);
    let mut report = world.report().unwrap();
    report.sequence += 1;
    let (instructions, _) = world.publication(&report, &[0, 1]);
    let before = accounts(&world);
    let sent: Sent = world.send(&instructions);
    assert_eq!(hurdle_error(&sent), Some(HurdleError::WrongSequence));
    assert_eq!(accounts(&world), before);
}
