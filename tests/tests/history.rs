//! The history on the compiled program: written with every publication, read as a time-weighted rate, grown by anyone who
//! pays; and every refusal with its exact error and no change of state.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use base64::Engine;
use hurdle_interface::args::CreateMarketArgs;
use hurdle_interface::error::HurdleError;
use hurdle_interface::state::{History, HistoryEntry, HistoryState, Published};
use hurdle_interface::{UnixTime, instruction, pda};
use hurdle_tests::fixture::{self, bp};
use hurdle_tests::world::{Sent, World, hurdle_error, instruction_error, key, market_args};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use solana_account::Account;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Places of the world's history at first.
const PLACES: u32 = 16;

/// A history's bytes, aligned as on the cluster.
struct Bytes(Vec<u64>);

impl Bytes {
    fn of(world: &World, market: &Address) -> Self {
        let account = world.account(&pda::history(market).0).unwrap();
        assert_eq!(account.owner, hurdle_interface::ID);
        let words = account.data.chunks_exact(8);
        assert!(words.remainder().is_empty());
        Self(
            words
                .map(|word| u64::from_le_bytes(word.try_into().unwrap()))
                .collect(),
        )
    }

    fn read(&self, market: &Address) -> History<'_> {
        History::read_checked(bytemuck::cast_slice(&self.0), &hurdle_interface::ID, market).unwrap()
    }
}

fn entries(world: &World) -> Vec<HistoryEntry> {
    let bytes = Bytes::of(world, &world.market);
    bytes.read(&world.market).iter().copied().collect()
}

/// Lets seconds pass and publishes a report over a staking rate; what stands on the market then.
fn publish(world: &mut World, seconds: i64, staking: i64) -> Published {
    world.warp(seconds);
    let mut components = fixture::components();
    components.staking = bp(staking);
    let report = world.report_over(components, fixture::responses()).unwrap();
    let (instructions, _) = world.publication(&report, &[0, 1]);
    world.accepted(&instructions).unwrap();
    world.state().unwrap().published
}

fn grow(world: &World, payer: &Keypair, places: u32) -> Instruction {
    instruction::grow_history(payer.pubkey(), world.market, places)
}

/// Someone without a part in the market, with some funds.
fn stranger(world: &mut World) -> Keypair {
    let stranger = key(77);
    world.svm.airdrop(&stranger.pubkey(), 10_000_000_000).unwrap();
    stranger
}

/// Market and history, byte for byte.
fn accounts(world: &World) -> [Account; 2] {
    [world.market, pda::history(&world.market).0].map(|address| world.account(&address).unwrap())
}

fn of_market(name: [u8; 16], history_length: u32) -> CreateMarketArgs {
    CreateMarketArgs {
        name,
        history_length,
        ..market_args()
    }
}

fn create(world: &World, args: &CreateMarketArgs) -> Instruction {
    instruction::create_market(
        world.payer.pubkey(),
        world.authority.pubkey(),
        world.committee,
        args,
    )
}

const OTHER: [u8; 16] = *b"OTHER\0\0\0\0\0\0\0\0\0\0\0";

#[test]
fn a_market_is_created_with_its_empty_history() {
    let world = World::new().unwrap();
    let (address, bump) = pda::history(&world.market);
    assert_eq!(world.state().unwrap().history, address);

    let account = world.account(&address).unwrap();
    assert_eq!(account.data.len(), HistoryState::account_len(PLACES));
    assert_eq!(
        account.lamports,
        world.svm.minimum_balance_for_rent_exemption(account.data.len())
    );
    let bytes = Bytes::of(&world, &world.market);
    let history = bytes.read(&world.market);
    assert_eq!(*history.state(), HistoryState::opened(world.market, bump));
    assert_eq!((history.len(), history.capacity()), (0, 16));
}

#[test]
fn a_history_is_created_at_any_length_that_the_runtime_gives_and_no_other() {
    let mut world = World::new().unwrap();
    for (name, length) in [(b'a', 2), (b'b', 300)] {
        let args = of_market([name; 16], length);
        world.accepted(&[create(&world, &args)]).unwrap();
        let (market, _) = pda::market(&args.name);
        let bytes = Bytes::of(&world, &market);
        assert_eq!(bytes.read(&market).capacity(), usize::try_from(length).unwrap());
    }
    for length in [0, 1, 301, u32::MAX] {
        let sent = world.send(&[create(&world, &of_market(OTHER, length))]);
        assert_eq!(hurdle_error(&sent), Some(HurdleError::InvalidHistoryLength));
        assert!(world.account(&pda::market(&OTHER).0).is_err());
    }
}

#[test]
fn a_market_is_not_created_with_a_history_elsewhere() {
    let mut world = World::new().unwrap();
    let mut create = create(&world, &of_market(OTHER, 2));
    create.accounts[5].pubkey = pda::history(&key(9).pubkey()).0;
    let sent = world.send(&[create]);
    assert_eq!(instruction_error(&sent), Some(InstructionError::InvalidSeeds));
    assert!(world.account(&pda::market(&OTHER).0).is_err());
}

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

/// Sends what must fail with an error of the framework, and leave market and history as they were.
fn refused(world: &mut World, instructions: &[Instruction], others: &[&Keypair], error: InstructionError) {
    let before = accounts(world);
    let sent = world.send_with(instructions, others);
    assert_eq!(instruction_error(&sent), Some(error));
    assert_eq!(accounts(world), before);
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
fn a_stranger_grows_the_history_and_pays_for_it() {
    let mut world = World::published().unwrap();
    let stranger = stranger(&mut world);
    let payer = stranger.pubkey();
    let (address, _) = pda::history(&world.market);
    let before = (world.account(&address).unwrap(), entries(&world));
    let funds = world.account(&payer).unwrap().lamports;

    let step = grow(&world, &stranger, PLACES + 300);
    let sent = world.send_with(&[step], &[&stranger]).unwrap();

    let after = world.account(&address).unwrap();
    assert_eq!(after.data.len(), HistoryState::account_len(PLACES + 300));
    assert_eq!(after.data[..before.0.data.len()], before.0.data);
    assert!(after.data[before.0.data.len()..].iter().all(|byte| *byte == 0));
    let rent = world.svm.minimum_balance_for_rent_exemption(after.data.len());
    assert_eq!(after.lamports, rent);
    assert_eq!(
        world.account(&payer).unwrap().lamports,
        funds - (rent - before.0.lamports)
    );
    assert_eq!(entries(&world), before.1);

    let line = sent
        .logs
        .iter()
        .find_map(|line| line.strip_prefix("Program data: "))
        .unwrap();
    let event = base64::engine::general_purpose::STANDARD.decode(line).unwrap();
    let name = solana_sha256_hasher::hash(b"event:HistoryGrown").to_bytes();
    let expected = [
        &name[..8],
        world.market.as_ref(),
        payer.as_ref(),
        &PLACES.to_le_bytes(),
        &(PLACES + 300).to_le_bytes(),
    ];
    assert_eq!(event, expected.concat());
}

#[test]
fn a_history_only_grows_and_by_no_more_than_the_runtime_gives() {
    let mut world = World::published().unwrap();
    let stranger = stranger(&mut world);
    for places in [0, 1, PLACES - 1, PLACES, PLACES + 301, 65_537, u32::MAX] {
        let before = accounts(&world);
        let step = grow(&world, &stranger, places);
        let sent = world.send_with(&[step], &[&stranger]);
        assert_eq!(
            hurdle_error(&sent),
            Some(HurdleError::InvalidHistoryLength),
            "{places}"
        );
        assert_eq!(accounts(&world), before);
    }
}

#[test]
fn a_history_grows_up_to_its_greatest_length_and_publishes_there() {
    let mut world = World::published().unwrap();
    let (address, _) = pda::history(&world.market);
    let mut account = world.account(&address).unwrap();
    account.data.resize(HistoryState::account_len(65_400), 0);
    account.lamports = world.svm.minimum_balance_for_rent_exemption(account.data.len());
    world.svm.set_account(address, account).unwrap();
    let stranger = stranger(&mut world);

    let beyond = grow(&world, &stranger, 65_537);
    let sent = world.send_with(&[beyond], &[&stranger]);
    assert_eq!(hurdle_error(&sent), Some(HurdleError::InvalidHistoryLength));
    let longest = grow(&world, &stranger, 65_536);
    world.send_with(&[longest], &[&stranger]).unwrap();
    publish(&mut world, 60, 700);
    assert_eq!(entries(&world).len(), 2);
}

#[test]
fn growing_needs_a_payer_who_signs_and_a_genuine_history() {
    let mut world = World::published().unwrap();
    let stranger = stranger(&mut world);
    let step = grow(&world, &stranger, PLACES + 1);

    let mut unsigned = step.clone();
    unsigned.accounts[0].is_signer = false;
    refused(
        &mut world,
        &[unsigned],
        &[],
        InstructionError::MissingRequiredSignature,
    );

    let mut market = step.clone();
    market.accounts[1].pubkey = world.market;
    refused(
        &mut world,
        &[market],
        &[&stranger],
        InstructionError::InvalidAccountData,
    );

    let forged = key(9).pubkey();
    let mut account = world.account(&pda::history(&world.market).0).unwrap();
    account.owner = key(8).pubkey();
    world.svm.set_account(forged, account).unwrap();
    let mut foreign = step.clone();
    foreign.accounts[1].pubkey = forged;
    refused(
        &mut world,
        &[foreign],
        &[&stranger],
        InstructionError::IllegalOwner,
    );

    let mut read_only = step.clone();
    read_only.accounts[1].is_writable = false;
    refused(
        &mut world,
        &[read_only],
        &[&stranger],
        InstructionError::Custom(2000),
    );

    let mut other_program = step;
    other_program.accounts[2].pubkey = hurdle_interface::ID;
    refused(
        &mut world,
        &[other_program],
        &[&stranger],
        InstructionError::IncorrectProgramId,
    );
}

#[test]
fn a_payer_without_funds_grows_nothing() {
    let mut world = World::published().unwrap();
    let poor = key(78);
    world.svm.airdrop(&poor.pubkey(), 1_000_000).unwrap();
    let step = grow(&world, &poor, PLACES + 300);
    // the system program's ResultWithNegativeLamports
    refused(&mut world, &[step], &[&poor], InstructionError::Custom(1));
}

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
