use super::*;
use crate::fixture::{self, NOW, account, bits, cases, market, ratio};
use crate::margin::Position;
use crate::quantity::{Amount, DAY};
use crate::ramp::{MarginRamps, Targets};
use crate::staleness::Action;
use proptest::prelude::*;

const POLICY: ReadPolicy = ReadPolicy {
    max_age: 3_600,
    min_signers: 2,
};

/// The account's data, as the cluster hands it out.
fn bytes(words: &[u64]) -> &[u8] {
    &bytemuck::cast_slice(words)[..MarketState::ACCOUNT_LEN]
}

fn refusal(market: &MarketState, policy: ReadPolicy, now: UnixTime) -> Result<()> {
    Market::read_checked(bytes(&account(market)), &crate::ID, policy, now).map(|_| ())
}

#[test]
fn a_checked_read_gives_the_market_up_to_the_greatest_age_and_with_the_fewest_signers() {
    let mut state = market();
    let targets = Targets {
        multiplier: ratio(1.5),
        volatility: ratio(0.9),
        carry: ratio(0.001),
    };
    state.published.ramps = MarginRamps::neutral(NOW.time).retargeted(&state.params.ramp, NOW.time, targets);
    state.published.status = STATUS_STRESSED;
    state.pauses.until = UnixTime(7);
    let words = account(&state);
    let market = Market::read_checked(bytes(&words), &crate::ID, POLICY, NOW.time).unwrap();
    let published = &state.published;
    assert_eq!(
        (market.hurdle(), market.organic_hurdle(), market.baseline()),
        (published.hurdle, published.organic_hurdle, published.baseline)
    );
    assert_eq!(
        (
            market.sequence(),
            market.observed_at(),
            market.published_at(),
            market.signer_count()
        ),
        (1, published.observed_at, published.published_at, 2)
    );
    assert_eq!((market.is_limited(), market.is_stressed()), (false, true));
    assert_eq!(market.paused_until(), UnixTime(7));
    let later = UnixTime(NOW.time.0 + DAY / 2);
    assert_eq!(market.multipliers(later), market.ramps(later).multiplier);
    assert_eq!(
        (
            market.multipliers(later).initial,
            market.multipliers(later).maintenance
        ),
        (ratio(1.5), ratio(1.25))
    );
    let positions = [Position::debt(0, Amount(1_000)), Position::spot(0, Amount(2_000))];
    let portfolio = Portfolio::new(Action::Open, &positions).unwrap();
    assert_eq!(
        market.check(&portfolio, later),
        check_portfolio(&state, &portfolio, later)
    );
    assert_eq!(
        market.preview(&portfolio, NOW.time, later),
        check_portfolio(&state, &portfolio, later)
    );
}

#[test]
fn a_checked_read_refuses_with_the_exact_reason() {
    let words = account(&market());
    fn read(data: &[u8], owner: &Address) -> Result<()> {
        Market::read_checked(data, owner, POLICY, NOW.time).map(|_| ())
    }
    let foreign = read(bytes(&words), &fixture::key(1));
    assert_eq!(foreign, Err(HurdleError::WrongAccountOwner));
    for length in [0, 7, 8, 100, MarketState::ACCOUNT_LEN - 1] {
        let cut = read(&bytes(&words)[..length], &crate::ID);
        assert_eq!(cut, Err(HurdleError::InvalidAccountData), "{length} bytes");
    }
    for at in 0..9 {
        let mut other = words.clone();
        bytemuck::cast_slice_mut::<u64, u8>(&mut other)[at] ^= 2;
        let other = read(bytes(&other), &crate::ID);
        assert_eq!(other, Err(HurdleError::InvalidAccountData), "byte {at}");
    }

    let with = |change: fn(&mut MarketState)| {
        let mut market = market();
        change(&mut market);
        refusal(&market, POLICY, NOW.time)
    };
    assert_eq!(with(|_| ()), Ok(()));
    assert_eq!(
        with(|market| market.published.sequence = 0),
        Err(HurdleError::OracleNeverPublished)
    );
    assert_eq!(with(|market| market.active = 0), Err(HurdleError::MarketInactive));
    assert_eq!(with(|market| market.pauses.until = UnixTime(i64::MAX)), Ok(()));
    assert_eq!(
        refusal(&market(), POLICY, UnixTime(NOW.time.0 + 1)),
        Err(HurdleError::OracleStale)
    );
    let more = ReadPolicy {
        min_signers: 3,
        ..POLICY
    };
    assert_eq!(
        refusal(&market(), more, NOW.time),
        Err(HurdleError::TooFewReportSigners)
    );
}

#[test]
fn a_class_is_found_in_a_market_of_the_program_only() {
    let mut silent = market();
    silent.published.sequence = 0;
    silent.active = 0;
    let words = account(&silent);
    assert_eq!(Market::defines_class(bytes(&words), &crate::ID, 0), Ok(()));
    for class in 1..=u8::MAX {
        assert_eq!(
            Market::defines_class(bytes(&words), &crate::ID, class),
            Err(HurdleError::UnknownRiskClass)
        );
    }
    assert_eq!(
        Market::defines_class(bytes(&words), &fixture::key(1), 0),
        Err(HurdleError::WrongAccountOwner)
    );
    assert_eq!(
        Market::defines_class(&bytes(&words)[..100], &crate::ID, 0),
        Err(HurdleError::InvalidAccountData)
    );
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn no_bytes_make_a_checked_reader_panic(seed in any::<u64>(), one_in in 1u64..100, now in bits(), max_age in bits()) {
        let mut state = market();
        fixture::scramble(&mut state, seed, one_in);
        if seed % 2 == 0 {
            (state.version, state.active) = (MarketState::VERSION, 1);
        }
        let words = account(&state);
        let policy = ReadPolicy { max_age, min_signers: 0 };
        if let Ok(market) = Market::read_checked(bytes(&words), &crate::ID, policy, UnixTime(now)) {
            let _ = (market.multipliers(UnixTime(now)), market.ramps(UnixTime(now)), market.hurdle());
        }
    }
}
