//! Perps: for each instruction a world in which it succeeds, and the names of its accounts.

use super::lender::Named;
use super::*;
use hurdle_tests::perps::{self, PLEDGE, Perps, Terms};

const CREATION: &[&str] = &["admin", "market", "exchange", "system_program"];
const OPENING: &[&str] = &["owner", "exchange", "book", "system_program"];
const PAYING: &[&str] = &["owner", "book", "system_program"];
const TRADE: &[&str] = &["owner", "book", "exchange", "market", "hurdle_program"];
const ALONE: &[&str] = &["owner", "book"];

/// An exchange with a position in the trader's book, beside another exchange and book of the trader's own on another market.
fn trading() -> Perps {
    let mut perps = Perps::new().unwrap();
    perps
        .world
        .svm
        .airdrop(&key(92).pubkey(), 100_000_000_000)
        .unwrap();
    perps.accepted(perps.increase(PLEDGE)).unwrap();
    let market = other_market(&mut perps.world);
    perps
        .world
        .accepted(&[instruction::set_risk_class(
            perps.world.authority.pubkey(),
            market,
            0,
            &fixture::class(),
        )])
        .unwrap();
    let owner = perps.owner.pubkey();
    for step in [
        perps::create_exchange(owner, market, Terms::default()),
        perps::open_book(owner, other_exchange(&perps)),
    ] {
        perps.accepted(step).unwrap();
    }
    perps
}

fn sibling_market() -> Address {
    pda::market(&other_market_args().name).0
}

fn other_exchange(perps: &Perps) -> Address {
    perps::exchange(&perps.owner.pubkey(), &sibling_market())
}

/// A book of somebody else at the same exchange.
fn other_book(perps: &mut Perps) -> Address {
    let other = key(73);
    perps.world.svm.airdrop(&other.pubkey(), 100_000_000_000).unwrap();
    let open = perps::open_book(other.pubkey(), perps.exchange);
    perps.world.send_with(&[open], &[&other]).unwrap();
    perps::book(&perps.exchange, &other.pubkey())
}

fn scenario(mut perps: Perps, instruction: Instruction, names: &'static [&'static str]) -> Named {
    let mut siblings = vec![("exchange", other_exchange(&perps)), ("market", sibling_market())];
    siblings.push(("book", other_book(&mut perps)));
    siblings.retain(|(name, _)| {
        // what is to be created has no sibling
        let at = names.iter().position(|other| other == name);
        at.is_some_and(|at| {
            perps
                .world
                .svm
                .get_account(&instruction.accounts[at].pubkey)
                .is_some()
        })
    });
    let signers = vec![perps.owner.insecure_clone(), perps.admin.insecure_clone()];
    Named {
        scenario: Scenario {
            signers,
            siblings,
            ..Scenario::new(perps.world, instruction)
        },
        names,
    }
}

pub fn create_exchange() -> Named {
    let perps = trading();
    // the admin's second one, on the other market
    let create = perps::create_exchange(perps.admin.pubkey(), sibling_market(), Terms::default());
    let market = perps.world.market;
    let mut named = scenario(perps, create, CREATION);
    named.scenario.siblings = vec![("market", market)];
    named
}

pub fn open_book() -> Named {
    let mut perps = trading();
    let newcomer = key(74);
    perps
        .world
        .svm
        .airdrop(&newcomer.pubkey(), 100_000_000_000)
        .unwrap();
    let open = perps::open_book(newcomer.pubkey(), perps.exchange);
    let mut named = scenario(perps, open, OPENING);
    named.scenario.signers.push(newcomer);
    named
}

pub fn deposit() -> Named {
    let perps = trading();
    let deposit = perps.deposit(1);
    scenario(perps, deposit, PAYING)
}

pub fn increase() -> Named {
    let perps = trading();
    let increase = perps.increase(1);
    scenario(perps, increase, TRADE)
}

pub fn withdraw() -> Named {
    let perps = trading();
    let withdraw = perps.withdraw(1);
    scenario(perps, withdraw, TRADE)
}

pub fn reduce() -> Named {
    let perps = trading();
    let reduce = perps.reduce(1);
    scenario(perps, reduce, ALONE)
}
