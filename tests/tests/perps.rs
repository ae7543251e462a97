//! The Anchor consumer: the exchange decides on market, class and policy; what adds risk asks Hurdle by CPI, what removes it
//! asks nobody.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hurdle_interface::error::HurdleError;
use hurdle_interface::margin::RiskClass;
use hurdle_interface::{args::CreateMarketArgs, instruction, pda};
use hurdle_tests::fixture;
use hurdle_tests::perps::{self, MAX_RATE_AGE, PLEDGE, Perps, PerpsError, Terms};
use hurdle_tests::world::{Sent, hurdle_error, instruction_error, key, market_args};
use solana_address::Address;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

/// The program's own refusal.
fn refusal(sent: &Sent) -> Option<PerpsError> {
    match instruction_error(sent) {
        Some(InstructionError::Custom(code)) => PerpsError::from_code(code),
        _ => None,
    }
}

/// Value of the position: after discriminator, exchange and owner.
fn notional(perps: &Perps) -> u64 {
    let data = perps.world.account(&perps.book).unwrap().data;
    u64::from_le_bytes(data[72..80].try_into().unwrap())
}

/// Another genuine market, which has published the same and asks for next to no margin.
fn cheap_market(perps: &mut Perps) -> Address {
    let args = CreateMarketArgs {
        name: *b"CHEAP\0\0\0\0\0\0\0\0\0\0\0",
        ..market_args()
    };
    let world = &mut perps.world;
    let create = instruction::create_market(
        world.payer.pubkey(),
        world.authority.pubkey(),
        world.committee,
        &args,
    );
    world.accepted(&[create]).unwrap();
    let cheap = pda::market(&args.name).0;
    let mut account = world.account(&world.market).unwrap();
    let class = cheap_class(fixture::class());
    let mut state = world.state().unwrap();
    state.classes[0] = class;
    account.data[hurdle_interface::state::DISCRIMINATOR_LEN..].copy_from_slice(bytemuck::bytes_of(&state));
    world.svm.set_account(cheap, account).unwrap();
    cheap
}

fn cheap_class(class: RiskClass) -> RiskClass {
    RiskClass {
        initial: fixture::permille(2),
        maintenance: fixture::permille(1),
        ..class
    }
}

#[test]
fn a_position_within_its_margin_opens_and_one_beyond_is_refused_with_hurdles_error() {
    let mut perps = Perps::new().unwrap();
    perps.accepted(perps.increase(PLEDGE)).unwrap();
    assert_eq!(notional(&perps), PLEDGE);
    let refused = perps.send(perps.increase(100 * PLEDGE));
    assert_eq!(hurdle_error(&refused), Some(HurdleError::MarginInsufficient));
    assert_eq!(notional(&perps), PLEDGE, "a refused trade leaves no trace");
}

#[test]
fn collateral_that_carries_a_position_stays() {
    let mut perps = Perps::new().unwrap();
    perps.accepted(perps.increase(PLEDGE)).unwrap();
    let refused = perps.send(perps.withdraw(PLEDGE));
    assert_eq!(hurdle_error(&refused), Some(HurdleError::MarginInsufficient));
    let before = perps.world.account(&perps.owner.pubkey()).unwrap().lamports;
    perps.accepted(perps.withdraw(PLEDGE / 10)).unwrap();
    let after = perps.world.account(&perps.owner.pubkey()).unwrap().lamports;
    assert_eq!(after - before, PLEDGE / 10);
    let beyond = perps.send(perps.withdraw(PLEDGE));
    assert_eq!(refusal(&beyond), Some(PerpsError::Insufficient));
}

#[test]
fn a_hard_stale_rate_stops_increases_and_neither_a_reduction_nor_leaving_with_ones_collateral() {
    let mut perps = Perps::new().unwrap();
    perps.accepted(perps.increase(PLEDGE)).unwrap();
    perps.world.warp(fixture::params().staleness.hard_after + 1);
    for risky in [perps.increase(1), perps.withdraw(1)] {
        let refused = perps.send(risky);
        assert_eq!(hurdle_error(&refused), Some(HurdleError::OracleStale));
    }
    perps.accepted(perps.reduce(PLEDGE)).unwrap();
    assert_eq!(notional(&perps), 0);
    let beyond = perps.send(perps.reduce(1));
    assert_eq!(refusal(&beyond), Some(PerpsError::Insufficient));
    perps.accepted(perps.withdraw(PLEDGE)).unwrap();
}

#[test]
fn a_rate_that_hurdle_still_allows_and_the_exchange_finds_too_old_opens_no_risk() {
    let mut perps = Perps::new().unwrap();
    perps.accepted(perps.increase(PLEDGE)).unwrap();
    let age = perps.world.time() - perps.world.state().unwrap().published.observed_at.0;
    perps.world.warp(MAX_RATE_AGE - age);
    perps.accepted(perps.increase(1)).unwrap();
    perps.world.warp(1);
    let asked = instruction::check_margin(perps.world.market, &fixture::opening(&fixture::positions()), true);
    perps.world.accepted(&[asked]).unwrap();
    for risky in [perps.increase(1), perps.withdraw(1)] {
        let refused = perps.send(risky);
        assert_eq!(hurdle_error(&refused), Some(HurdleError::OracleStale));
    }
    perps.accepted(perps.reduce(1)).unwrap();
}

#[test]
fn a_rate_of_fewer_signers_than_the_exchange_demands_opens_no_risk() {
    // as the world publishes
    let published = Perps::without_exchange().unwrap().world.state().unwrap();
    let signers = published.published.signer_count;
    let terms = Terms {
        min_signers: signers,
        ..Terms::default()
    };
    let mut enough = Perps::with_terms(terms).unwrap();
    enough.accepted(enough.increase(PLEDGE)).unwrap();
    let mut short = Perps::with_terms(Terms {
        min_signers: signers + 1,
        ..terms
    })
    .unwrap();
    let refused = short.send(short.increase(PLEDGE));
    assert_eq!(hurdle_error(&refused), Some(HurdleError::TooFewReportSigners));
    assert_eq!(notional(&short), 0);
}

#[test]
fn a_trader_chooses_neither_market_nor_class() {
    let mut perps = Perps::new().unwrap();
    let cheap = cheap_market(&mut perps);
    let beyond = 50 * PLEDGE;
    let mut elsewhere = perps.increase(beyond);
    elsewhere.accounts[3].pubkey = cheap;
    let refused = perps.send(elsewhere);
    assert_eq!(refusal(&refused), Some(PerpsError::WrongMarket));

    // the trader makes an exchange of their own on it, where the position stands; it does not serve this book
    let book = perps.book;
    let own = perps::create_exchange(perps.owner.pubkey(), cheap, Terms::default());
    perps.accepted(own).unwrap();
    let theirs = perps::exchange(&perps.owner.pubkey(), &cheap);
    let mut cheaper = perps.increase(beyond);
    cheaper.accounts[2].pubkey = theirs;
    cheaper.accounts[3].pubkey = cheap;
    let refused = perps.send(cheaper);
    assert_eq!(refusal(&refused), Some(PerpsError::WrongExchange));

    at_exchange(&mut perps, theirs, beyond, cheap);
    perps.book = book;

    // nor an exchange on the same market, in a cheaper class
    perps
        .world
        .edit_market(|market| market.classes[1] = cheap_class(market.classes[0]))
        .unwrap();
    let cheaper_class = Terms {
        class: 1,
        ..Terms::default()
    };
    let own = perps::create_exchange(perps.owner.pubkey(), perps.world.market, cheaper_class);
    perps.accepted(own).unwrap();
    let mut cheaper = perps.increase(beyond);
    cheaper.accounts[2].pubkey = perps::exchange(&perps.owner.pubkey(), &perps.world.market);
    let refused = perps.send(cheaper);
    assert_eq!(refusal(&refused), Some(PerpsError::WrongExchange));
    let refused = perps.send(perps.increase(beyond));
    assert_eq!(hurdle_error(&refused), Some(HurdleError::MarginInsufficient));

    let theirs = perps::exchange(&perps.owner.pubkey(), &perps.world.market);
    let market = perps.world.market;
    at_exchange(&mut perps, theirs, beyond, market);
}

/// The same pledge carries a position at another exchange: what decides is the exchange.
fn at_exchange(perps: &mut Perps, exchange: Address, notional: u64, market: Address) {
    let owner = perps.owner.pubkey();
    perps.accepted(perps::open_book(owner, exchange)).unwrap();
    perps.book = perps::book(&exchange, &owner);
    perps.accepted(perps.deposit(PLEDGE)).unwrap();
    let mut increase = perps.increase(notional);
    increase.accounts[2].pubkey = exchange;
    increase.accounts[3].pubkey = market;
    perps.accepted(increase).unwrap();
}

#[test]
fn an_exchange_demands_something_of_a_rate_and_names_a_class_that_exists() {
    let mut perps = Perps::without_exchange().unwrap();
    let month = 30 * 86_400;
    for (max_rate_age, min_signers) in [(0, 1), (-1, 1), (month + 1, 1), (i64::MAX, 1), (60, 0)] {
        let refused = perps.send(perps.create_exchange(Terms {
            class: 0,
            max_rate_age,
            min_signers,
        }));
        assert_eq!(refusal(&refused), Some(PerpsError::InvalidPolicy));
    }
    for class in [1, 200] {
        let refused = perps.send(perps.create_exchange(Terms {
            class,
            ..Terms::default()
        }));
        assert_eq!(hurdle_error(&refused), Some(HurdleError::UnknownRiskClass));
    }
    perps
        .accepted(perps.create_exchange(Terms {
            class: 0,
            max_rate_age: month,
            min_signers: 1,
        }))
        .unwrap();
}

#[test]
fn another_owner_and_another_program_are_refused() {
    let mut perps = Perps::new().unwrap();
    let stranger = key(72);
    perps.world.svm.airdrop(&stranger.pubkey(), PLEDGE).unwrap();
    for mut instruction in [perps.increase(1), perps.withdraw(1), perps.reduce(1)] {
        instruction.accounts[0].pubkey = stranger.pubkey();
        let refused = perps.world.send_with(&[instruction], &[&stranger]);
        assert_eq!(refusal(&refused), Some(PerpsError::WrongOwner));
    }
    let mut elsewhere = perps.increase(1);
    elsewhere.accounts[4].pubkey = perps::ID;
    let refused = perps.send(elsewhere);
    assert_eq!(
        instruction_error(&refused),
        Some(InstructionError::IncorrectProgramId)
    );
}
