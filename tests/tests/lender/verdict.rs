//! What margin allows and refuses: the same by either gate, and the same as the interface says.

use crate::{GATES, TOKEN, UNIT, assert_refused, indebted};
use hurdle_interface::margin::{Portfolio, check_portfolio};
use hurdle_interface::ramp::Track;
use hurdle_interface::staleness::Action;
use hurdle_interface::{Amount, HurdleError, UnixTime};
use hurdle_tests::fixture;
use hurdle_tests::lender::{Lending, PRICE, Refusal};
use lender_interface::{Collateral, Price, Vault, pda};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use solana_account::Account;
use solana_signer::Signer;

/// An order of magnitude drawn first, then a value of it.
fn any_length(random: &mut SmallRng, bits: u32) -> u64 {
    random.random::<u64>() >> random.random_range(64 - bits..64)
}

#[test]
fn a_loan_beyond_initial_margin_is_refused_by_either_gate() {
    for gate in GATES {
        let mut lending = indebted(500 * UNIT);
        let too_much = lending.borrow(900 * UNIT, gate);
        assert_refused(&mut lending, too_much, HurdleError::MarginInsufficient);
        let too_bare = lending.withdraw(9 * TOKEN, gate);
        assert_refused(&mut lending, too_bare, HurdleError::MarginInsufficient);
    }
}

#[test]
fn the_last_atom_that_margin_allows_is_lent_and_the_next_is_not() {
    for gate in GATES {
        let mut lending = indebted(1);
        let (market, now) = (lending.world.state().unwrap(), UnixTime(lending.world.time()));
        let vault = lending.vault(&lending.alice.pubkey()).unwrap();
        let margin = |debt: u64| {
            let vault = Vault {
                debt: Amount(debt),
                ..vault
            };
            let positions = vault.positions(PRICE, 0).unwrap();
            let portfolio = Portfolio::new(Action::Increase, &positions).unwrap();
            check_portfolio(&market, &portfolio, now).unwrap().enforce()
        };
        let (mut lent, mut refused) = (vault.debt.0, 10_000 * UNIT);
        while refused - lent > 1 {
            let middle = lent + (refused - lent) / 2;
            match margin(middle) {
                Ok(()) => lent = middle,
                Err(_) => refused = middle,
            }
        }
        let room = lent - vault.debt.0;
        let beyond = lending.borrow(room + 1, gate);
        assert_refused(&mut lending, beyond, HurdleError::MarginInsufficient);
        lending.accepted(lending.borrow(room, gate)).unwrap();
    }
}

#[test]
fn both_gates_and_the_interface_give_one_verdict_on_random_states() {
    let mut random = SmallRng::seed_from_u64(0x4c45_4e44);
    let mut lending = Lending::new().unwrap();
    lending.accepted(lending.deposit(10 * TOKEN)).unwrap();
    let vault_address = pda::vault(&lending.desk, &lending.alice.pubkey()).0;
    let genuine = (
        lending.world.account(&lending.desk).unwrap(),
        lending.world.account(&vault_address).unwrap(),
    );
    let start = lending.world.time();
    let (mut allowed, mut verdicts) = (0, std::collections::BTreeSet::new());
    for round in 0..500 {
        let max_age = random.random_range(5_000..40_000);
        let price = any_length(&mut random, 40).max(1);
        let collateral = any_length(&mut random, 45).max(2);
        let value = price_of(price, collateral);
        // around the limit as often as anywhere
        let mut part = |of: u64, percent: u64| {
            let part = of / 100 * random.random_range(0..percent);
            if random.random_ratio(2, 3) {
                part.max(1)
            } else {
                any_length(&mut random, 40).max(1)
            }
        };
        let (debt, amount) = (part(value, 45), part(value, 20));
        let take = part(collateral, 30).min(collateral - 1);
        edit_ledger(&mut lending, &genuine, debt, collateral, price, max_age);
        lending
            .edit_market(|market| {
                let multiplier = |random: &mut SmallRng| fixture::permille(random.random_range(1_000..2_000));
                let (initial, target) = (multiplier(&mut random), multiplier(&mut random));
                market.published.ramps.multiplier = Track {
                    target,
                    initial: initial.max(target),
                    maintenance: initial.min(target),
                };
                market.published.ramps.since = UnixTime(start - random.random_range(0..100_000));
                market.published.components.volatility = fixture::permille(random.random_range(0..2_000));
                market.published.observed_at = UnixTime(start - random.random_range(0..18_000));
                market.classes[0].haircut = fixture::permille(random.random_range(0..300));
                market.classes[0].size_reference = Amount(any_length(&mut random, 40).max(1));
            })
            .unwrap();
        let expected = |lending: &Lending, action: Action| verdict(lending, action, amount, take, max_age);
        for (action, name) in [(Action::Increase, "borrow"), (Action::Withdraw, "withdraw")] {
            let expected = expected(&lending, action);
            for gate in GATES {
                let act = match action {
                    Action::Withdraw => lending.withdraw(take, gate),
                    _ => lending.borrow(amount, gate),
                };
                let before = lending.snapshot();
                let seen = lending.run(act);
                assert_eq!(
                    seen.is_ok(),
                    expected.is_ok(),
                    "round {round}, {name} by {gate:?}: {seen:?} {expected:?}"
                );
                // where a rate is too old for the desk and margin is missing too, each gate meets another first
                if let (Err(seen), Err(Some(expected))) = (&seen, &expected) {
                    assert_eq!(
                        *seen,
                        Refusal::Hurdle(*expected),
                        "round {round}, {name} by {gate:?}"
                    );
                }
                allowed += usize::from(seen.is_ok());
                verdicts.insert(format!("{:?}", seen.err()));
                restore(&mut lending, &before);
            }
        }
    }
    assert!(
        (400..1_600).contains(&allowed),
        "{allowed} of 2,000 allowed: the states prove little"
    );
    assert!(verdicts.len() >= 3, "{verdicts:?}");
}

/// The verdict of the interface on the vault after an action: the error, or `None` where two errors hold at once.
fn verdict(
    lending: &Lending,
    action: Action,
    amount: u64,
    take: u64,
    max_age: i64,
) -> Result<(), Option<HurdleError>> {
    let (market, now) = (lending.world.state().unwrap(), UnixTime(lending.world.time()));
    let (mut vault, desk) = (
        lending.vault(&lending.alice.pubkey()).unwrap(),
        lending.desk_state().unwrap(),
    );
    match action {
        Action::Withdraw => vault.collateral = Collateral(vault.collateral.0 - take),
        _ => vault.debt = Amount(vault.debt.0 + amount),
    }
    let positions = vault.positions(desk.price, desk.class).unwrap();
    let portfolio = Portfolio::new(action, &positions).unwrap();
    let margin = check_portfolio(&market, &portfolio, now).unwrap().enforce();
    let old = now.seconds_since(market.published.observed_at) > max_age;
    match (margin, old) {
        (Ok(()), false) => Ok(()),
        (Err(error), false) | (Err(error @ HurdleError::OracleStale), true) => Err(Some(error)),
        (Ok(()), true) => Err(Some(HurdleError::OracleStale)),
        (Err(_), true) => Err(None),
    }
}

fn price_of(price: u64, collateral: u64) -> u64 {
    u64::try_from(u128::from(price) * u128::from(collateral) / 1_000_000_000).unwrap_or(u64::MAX)
}

/// Puts a debt, a pledge, a price and an age limit into desk and vault, consistently.
fn edit_ledger(
    lending: &mut Lending,
    genuine: &(Account, Account),
    debt: u64,
    collateral: u64,
    price: u64,
    max_age: i64,
) {
    let (mut desk_account, mut vault_account) = genuine.clone();
    let (mut desk, mut vault) = (
        lending.desk_state().unwrap(),
        lending.vault(&lending.alice.pubkey()).unwrap(),
    );
    let liquidity = 1 << 60;
    vault.debt = Amount(debt);
    vault.collateral = Collateral(collateral);
    desk.debt = Amount(debt);
    desk.liquidity = Amount(liquidity);
    desk.funded = Amount(liquidity + debt);
    desk.quote_supply = Amount(u64::MAX);
    desk.collateral = Collateral(collateral);
    desk.collateral_supply = Collateral(u64::MAX);
    desk.price = Price(price);
    desk.max_rate_age = max_age;
    assert_eq!((desk.invariant(), vault.invariant()), (Ok(()), Ok(())));
    desk_account.data[8..].copy_from_slice(bytemuck::bytes_of(&desk));
    vault_account.data[8..].copy_from_slice(bytemuck::bytes_of(&vault));
    let vault_address = pda::vault(&lending.desk, &lending.alice.pubkey()).0;
    lending.world.svm.set_account(lending.desk, desk_account).unwrap();
    lending
        .world
        .svm
        .set_account(vault_address, vault_account)
        .unwrap();
}

/// Puts desk and Alice's vault back.
fn restore(lending: &mut Lending, snapshot: &[Option<Account>]) {
    let vault_address = pda::vault(&lending.desk, &lending.alice.pubkey()).0;
    let (desk, vault) = (snapshot[0].clone().unwrap(), snapshot[3].clone().unwrap());
    lending.world.svm.set_account(lending.desk, desk).unwrap();
    lending.world.svm.set_account(vault_address, vault).unwrap();
}

/// A class that asks for more changes the verdict by either gate at once: the parameters are the market's.
#[test]
fn the_markets_parameters_decide_by_either_gate() {
    for gate in GATES {
        let mut lending = indebted(500 * UNIT);
        lending.accepted(lending.borrow(UNIT, gate)).unwrap();
        lending
            .edit_class(|class| class.initial = fixture::permille(2_100))
            .unwrap();
        let borrow = lending.borrow(UNIT, gate);
        assert_refused(&mut lending, borrow, HurdleError::MarginInsufficient);
    }
}
