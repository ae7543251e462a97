use super::*;
use crate::fixture::{class, key, params, rate, ratio};
use crate::governance::{ConfigChange, MarketChange};
use crate::margin::{OptionContract, Position, RiskClass};
use crate::options::{OptionKind, Side};
use crate::quantity::Amount;
use crate::staleness::Action;
use std::format;

fn sha256_head(text: &str) -> [u8; 8] {
    solana_sha256_hasher::hash(text.as_bytes()).to_bytes()[..8]
        .try_into()
        .unwrap()
}

#[test]
fn discriminators_are_the_hashes_of_the_names() {
    let names = [
        ("create_config", discriminator::CREATE_CONFIG),
        ("create_committee", discriminator::CREATE_COMMITTEE),
        ("create_market", discriminator::CREATE_MARKET),
        ("set_risk_class", discriminator::SET_RISK_CLASS),
        ("publish", discriminator::PUBLISH),
        ("grow_history", discriminator::GROW_HISTORY),
        ("check_margin", discriminator::CHECK_MARGIN),
        ("nominate_authority", discriminator::NOMINATE_AUTHORITY),
        ("accept_authority", discriminator::ACCEPT_AUTHORITY),
        ("set_params", discriminator::SET_PARAMS),
        ("propose_market_change", discriminator::PROPOSE_MARKET_CHANGE),
        (
            "propose_committee_change",
            discriminator::PROPOSE_COMMITTEE_CHANGE,
        ),
        ("propose_config_change", discriminator::PROPOSE_CONFIG_CHANGE),
        ("execute_market_change", discriminator::EXECUTE_MARKET_CHANGE),
        (
            "execute_committee_change",
            discriminator::EXECUTE_COMMITTEE_CHANGE,
        ),
        ("execute_config_change", discriminator::EXECUTE_CONFIG_CHANGE),
        ("veto_proposal", discriminator::VETO_PROPOSAL),
        ("close_proposal", discriminator::CLOSE_PROPOSAL),
        ("tighten_params", discriminator::TIGHTEN_PARAMS),
        ("tighten_class", discriminator::TIGHTEN_CLASS),
        ("tighten_committee", discriminator::TIGHTEN_COMMITTEE),
        ("tighten_timelock", discriminator::TIGHTEN_TIMELOCK),
        ("pause_market", discriminator::PAUSE_MARKET),
        ("unpause_market", discriminator::UNPAUSE_MARKET),
        ("preview_margin", discriminator::PREVIEW_MARGIN),
    ];
    for (name, discriminator) in names {
        assert_eq!(sha256_head(&format!("global:{name}")), discriminator, "{name}");
    }
}

/// Writable and signer flags of an instruction's accounts.
fn flags(instruction: &Instruction) -> Vec<(bool, bool)> {
    instruction
        .accounts
        .iter()
        .map(|meta| (meta.is_writable, meta.is_signer))
        .collect()
}

fn config_args() -> CreateConfigArgs {
    CreateConfigArgs {
        authority: key(1),
        guardian: key(2),
        genesis_hash: [3; 32],
        timelock_seconds: 86_400,
    }
}

fn market_args() -> CreateMarketArgs {
    CreateMarketArgs {
        name: *b"SOL-USDC\0\0\0\0\0\0\0\0",
        model_hash: [4; 32],
        first_rate: rate(0.1),
        history_length: 0x0102,
        params: params(),
    }
}

#[test]
fn publishing_writes_market_and_history_and_asks_nobody_to_sign() {
    let publish = publish(key(1), key(2), 7);
    assert_eq!(publish.program_id, ID);
    assert_eq!(publish.data, [&discriminator::PUBLISH[..], &[7]].concat());
    assert_eq!(
        flags(&publish),
        [(true, false), (false, false), (false, false), (true, false)]
    );
    assert_eq!(publish.accounts[2].pubkey, INSTRUCTIONS_SYSVAR);
    assert_eq!(publish.accounts[3].pubkey, pda::history(&key(1)).0);
}

#[test]
fn growing_a_history_asks_the_payer_only() {
    let grow = grow_history(key(1), key(2), 0x0102_0304);
    assert_eq!(flags(&grow), [(true, true), (true, false), (false, false)]);
    assert_eq!(grow.accounts[1].pubkey, pda::history(&key(2)).0);
    assert_eq!(
        grow.data,
        [&discriminator::GROW_HISTORY[..], &[4, 3, 2, 1]].concat()
    );
}

/// One of each kind.
fn positions() -> [Position; 4] {
    let contract = OptionContract {
        kind: OptionKind::Put,
        strike: ratio(1.1),
        expiry: UnixTime(77),
        volatility: ratio(0.9),
    };
    [
        Position::spot(1, Amount(u64::MAX)),
        Position::debt(2, Amount(2)),
        Position::perp(3, Side::Short, Amount(3), Amount(4), Amount(5)),
        Position::option(4, Side::Short, contract, Amount(6), Amount(7)),
    ]
}

#[test]
fn checking_and_previewing_margin_write_nothing() {
    let positions = positions();
    let portfolio = Portfolio::new(Action::Close, &positions).unwrap();
    let check = check_margin(key(1), &portfolio, true);
    assert_eq!(flags(&check), [(false, false)]);
    let mut expected = discriminator::CHECK_MARGIN.to_vec();
    expected.extend([5, 1, 0, 0, 4, 0, 0, 0]);
    for position in &positions {
        for word in [position.notional.0, position.credit.0, position.debit.0] {
            expected.extend(word.to_le_bytes());
        }
        for word in [
            position.strike.raw(),
            position.expiry.0,
            position.volatility.raw(),
        ] {
            expected.extend(word.to_le_bytes());
        }
        expected.extend([
            position.kind,
            position.class,
            position.side,
            position.option,
            0,
            0,
            0,
            0,
        ]);
    }
    assert_eq!(check.data, expected);

    let preview = preview_margin(key(1), &portfolio, UnixTime(-9));
    assert_eq!(flags(&preview), [(false, false)]);
    expected.splice(
        ..8,
        [discriminator::PREVIEW_MARGIN, (-9i64).to_le_bytes()].concat(),
    );
    expected[17] = 0;
    assert_eq!(preview.data, expected);
}

#[test]
fn creating_needs_the_payer_and_the_authority() {
    let config = create_config(key(1), key(2), &config_args());
    assert_eq!(
        flags(&config),
        [
            (true, true),
            (false, true),
            (false, false),
            (true, false),
            (false, false),
            (false, false)
        ]
    );
    assert_eq!(config.accounts[3].pubkey, pda::config().0);
    let committee = create_committee(key(1), key(2), 9, 2, &[key(3), key(4)]);
    assert_eq!(
        flags(&committee),
        [
            (true, true),
            (false, true),
            (false, false),
            (true, false),
            (false, false),
            (false, false)
        ]
    );
    assert_eq!(committee.accounts[3].pubkey, pda::committee(9).0);
    let market = create_market(key(1), key(2), key(3), &market_args());
    assert_eq!(
        flags(&market),
        [
            (true, true),
            (false, true),
            (false, false),
            (false, false),
            (true, false),
            (true, false),
            (false, false),
            (false, false)
        ]
    );
    let (address, _) = pda::market(&market_args().name);
    assert_eq!(market.accounts[4].pubkey, address);
    assert_eq!(market.accounts[5].pubkey, pda::history(&address).0);
    let class = set_risk_class(key(1), key(2), 3, &class());
    assert_eq!(
        flags(&class),
        [(false, true), (false, false), (true, false), (false, false)]
    );
}

#[test]
fn a_committee_is_written_as_number_threshold_and_counted_keys() {
    let committee = create_committee(key(1), key(2), 0x0102, 2, &[key(3), key(4)]);
    let mut expected = discriminator::CREATE_COMMITTEE.to_vec();
    expected.extend([2, 1, 2, 2, 0, 0, 0]);
    expected.extend([3; 32]);
    expected.extend([4; 32]);
    assert_eq!(committee.data, expected);
}

/// The builders write the bytes of the structs in memory; the program reads them with wincode.
#[cfg(feature = "wincode")]
#[test]
fn what_the_builders_write_is_what_the_program_reads() {
    let config = create_config(key(1), key(2), &config_args());
    assert_eq!(
        wincode::deserialize::<CreateConfigArgs>(&config.data[8..]).unwrap(),
        config_args()
    );
    let market = create_market(key(1), key(2), key(3), &market_args());
    assert_eq!(
        wincode::deserialize::<CreateMarketArgs>(&market.data[8..]).unwrap(),
        market_args()
    );
    let set = set_risk_class(key(1), key(2), 3, &class());
    assert_eq!(
        wincode::deserialize::<RiskClass>(&set.data[9..]).unwrap(),
        class()
    );
    let positions = positions();
    let portfolio = Portfolio::new(Action::Open, &positions).unwrap();
    let check = check_margin(key(1), &portfolio, true);
    let (request, read) = check.data[8..].split_at(4);
    let request = wincode::deserialize(request).unwrap();
    let (count, read) = read.split_at(4);
    assert_eq!(wincode::deserialize::<u32>(count).unwrap(), 4);
    let read: Vec<Position> = read
        .chunks(56)
        .map(|position| wincode::deserialize(position).unwrap())
        .collect();
    assert_eq!(Portfolio::asked(request, &read), Ok(portfolio));
    assert_eq!(request.enforce, 1);
}

const REASON: [u8; 32] = [9; 32];

#[test]
fn a_proposal_is_under_the_number_of_the_config_and_names_its_target() {
    let change = MarketChange::Activation;
    let market = propose_market_change(key(1), key(2), key(3), 7, &change, REASON);
    let flags_of_market = [
        (true, true),
        (false, true),
        (true, false),
        (false, false),
        (true, false),
        (false, false),
        (false, false),
    ];
    assert_eq!(flags(&market), flags_of_market);
    assert_eq!(market.accounts[3].pubkey, key(3));
    assert_eq!(market.accounts[4].pubkey, pda::proposal(7).0);
    let committee = propose_committee_change(key(1), key(2), key(3), 7, 2, &[key(4), key(5)], REASON);
    assert_eq!(flags(&committee), flags_of_market);
    let config = propose_config_change(key(1), key(2), 7, &ConfigChange::Timelock(5), REASON);
    let without_target = [&flags_of_market[..3], &flags_of_market[4..]].concat();
    assert_eq!(flags(&config), without_target);
    assert_eq!(config.accounts[3].pubkey, pda::proposal(7).0);
}

#[test]
fn what_anyone_may_do_asks_nobody_to_sign() {
    let three = [(true, false), (true, false), (true, false), (false, false)];
    let market = execute_market_change(key(1), key(2), 7);
    assert_eq!(flags(&market), three);
    assert_eq!(
        (market.accounts[1].pubkey, market.accounts[2].pubkey),
        (pda::proposal(7).0, key(2))
    );
    assert_eq!(flags(&execute_committee_change(key(1), key(2), 7)), three);
    let config = execute_config_change(key(1), 7);
    assert_eq!(flags(&config), three);
    assert_eq!(config.accounts[2].pubkey, pda::config().0);
    assert_eq!(
        flags(&close_proposal(key(1), 7)),
        [(true, false), (true, false), (false, false)]
    );
}

#[test]
fn what_acts_on_an_account_is_signed_and_writes_that_account_only() {
    let flags_of_all = [(false, true), (false, false), (true, false), (false, false)];
    for instruction in [
        set_params(key(1), key(2), &params(), REASON),
        tighten_params(key(1), key(2), &params(), REASON),
        tighten_class(key(1), key(2), 3, &class(), REASON),
        tighten_committee(key(1), key(2), 2, &[key(4), key(5)], REASON),
        pause_market(key(1), key(2), 60, REASON),
        unpause_market(key(1), key(2), REASON),
    ] {
        assert_eq!(flags(&instruction), flags_of_all);
        assert_eq!(instruction.accounts[1].pubkey, pda::config().0);
        assert_eq!(instruction.accounts[2].pubkey, key(2));
        assert_eq!(instruction.accounts[3].pubkey, INSTRUCTIONS_SYSVAR);
    }
    for instruction in [
        nominate_authority(key(1), key(2), REASON),
        accept_authority(key(1)),
        tighten_timelock(key(1), 5, REASON),
    ] {
        assert_eq!(
            flags(&instruction),
            [(false, true), (true, false), (false, false)]
        );
        assert_eq!(instruction.accounts[1].pubkey, pda::config().0);
    }
    assert_eq!(
        flags(&veto_proposal(key(1), key(2), 7, REASON)),
        [
            (false, true),
            (false, false),
            (true, false),
            (true, false),
            (false, false)
        ]
    );
}
