//! The lender: for each instruction a world in which it succeeds, and the names of its accounts.

use super::*;
use hurdle_interface::Amount;
use hurdle_tests::lender::{Lending, PRICE, desk_args};
use lender_interface::args::{CreateDeskArgs, Gate};
use lender_interface::{Collateral, instruction, pda};

/// What a test compares.
pub struct Named {
    /// The world.
    pub scenario: Scenario,
    /// The instruction's accounts, in order.
    pub names: &'static [&'static str],
}

const LEDGER: &[&str] = &["owner", "desk", "vault"];
const AUTHORITYS_LEDGER: &[&str] = &["authority", "desk", "vault"];
const BY_CPI: &[&str] = &["owner", "desk", "vault", "market", "hurdle_program"];
const DIRECT: &[&str] = &["owner", "desk", "vault", "market"];

/// A desk with Alice's ten tokens pledged and one unit borrowed, beside another desk, market and vault of the same kinds.
fn lending() -> Lending {
    let mut lending = Lending::new().unwrap();
    other_market(&mut lending.world);
    let (payer, alice) = (lending.world.payer.pubkey(), lending.alice.pubkey());
    let (authority, market) = (lending.authority.pubkey(), lending.world.market);
    for step in [
        instruction::create_desk(payer, authority, market, &second_desk()),
        instruction::open_account(payer, alice, other_desk(&lending)),
        lending.deposit(10_000_000_000),
        lending.borrow(1_000_000, Gate::Direct),
    ] {
        lending.accepted(step).unwrap();
    }
    lending
}

fn second_desk() -> CreateDeskArgs {
    CreateDeskArgs { id: 2, ..desk_args() }
}

fn other_desk(lending: &Lending) -> Address {
    pda::desk(&lending.authority.pubkey(), second_desk().id).0
}

/// A scenario with a genuine account of the same kind for each that has one; a vault of the same owner at another desk.
fn scenario(lending: Lending, instruction: Instruction, names: &'static [&'static str]) -> Named {
    let owner = if names[0] == "authority" {
        &lending.authority
    } else {
        &lending.alice
    };
    let mut siblings = vec![
        ("desk", other_desk(&lending)),
        (
            "market",
            hurdle_interface::pda::market(&other_market_args().name).0,
        ),
    ];
    if owner.pubkey() == lending.alice.pubkey() {
        siblings.push(("vault", pda::vault(&other_desk(&lending), &owner.pubkey()).0));
    } else {
        siblings.push(("vault", pda::vault(&lending.desk, &lending.alice.pubkey()).0));
    }
    let signers = lending.signers().map(Keypair::insecure_clone).into();
    Named {
        scenario: Scenario {
            signers,
            siblings,
            ..Scenario::new(lending.world, instruction)
        },
        names,
    }
}

/// One that creates an account which another than the transaction's payer pays for.
fn creation(mut lending: Lending, mut create: Instruction, names: &'static [&'static str]) -> Named {
    let payer = funded(&mut lending.world);
    for known in [lending.authority.pubkey(), lending.alice.pubkey()] {
        lending.world.svm.airdrop(&known, 100_000_000_000).unwrap();
    }
    create.accounts[0].pubkey = payer.pubkey();
    let mut named = scenario(lending, create, names);
    named.scenario.siblings.retain(|(name, _)| *name == "market");
    named.scenario.signers.push(payer);
    named
}

pub fn create_desk() -> Named {
    let lending = lending();
    let args = CreateDeskArgs { id: 3, ..desk_args() };
    let (authority, market) = (lending.authority.pubkey(), lending.world.market);
    let create = instruction::create_desk(lending.world.payer.pubkey(), authority, market, &args);
    let mut named = creation(
        lending,
        create,
        &["payer", "authority", "desk", "market", "system_program"],
    );
    named.scenario.free = &[ANY_PAYER, OWN_PAYER];
    named
}

pub fn open_account() -> Named {
    let mut lending = lending();
    let owner = key(34);
    lending
        .world
        .svm
        .airdrop(&owner.pubkey(), 100_000_000_000)
        .unwrap();
    let open = instruction::open_account(lending.world.payer.pubkey(), owner.pubkey(), lending.desk);
    let sibling = other_desk(&lending);
    let mut named = creation(
        lending,
        open,
        &["payer", "owner", "desk", "vault", "system_program"],
    );
    named.scenario.signers.push(owner);
    named.scenario.siblings.push(("desk", sibling));
    named.scenario.free = &[
        ANY_PAYER,
        ("payer", "owner in its place", "whoever signs may pay"),
    ];
    named
}

pub fn set_price() -> Named {
    let lending = lending();
    let set = lending.priced(PRICE);
    let mut named = scenario(lending, set, &["price_authority", "desk"]);
    named.scenario.free = &[("desk", "a genuine sibling", "one key may price several desks")];
    named
}

pub fn faucet() -> Named {
    let lending = lending();
    let (authority, bob) = (lending.authority.pubkey(), lending.bob.pubkey());
    let credit = instruction::faucet(authority, lending.desk, bob, Amount(1), Collateral(1));
    let mut named = scenario(lending, credit, AUTHORITYS_LEDGER);
    named.scenario.free = &[(
        "vault",
        "a genuine sibling",
        "the authority names whom it credits",
    )];
    named
}

pub fn fund() -> Named {
    let mut lending = lending();
    let authority = lending.authority.pubkey();
    let credit = instruction::faucet(authority, lending.desk, authority, Amount(1), Collateral::ZERO);
    lending.accepted(credit).unwrap();
    let fund = instruction::fund(authority, lending.desk, Amount(1));
    scenario(lending, fund, AUTHORITYS_LEDGER)
}

pub fn deposit() -> Named {
    let lending = lending();
    let deposit = lending.deposit(1);
    scenario(lending, deposit, LEDGER)
}

pub fn repay() -> Named {
    let lending = lending();
    let repay = lending.repay(1);
    scenario(lending, repay, LEDGER)
}

pub fn borrow_by_cpi() -> Named {
    let lending = lending();
    let borrow = lending.borrow(1, Gate::Cpi);
    scenario(lending, borrow, BY_CPI)
}

pub fn borrow_directly() -> Named {
    let lending = lending();
    let borrow = lending.borrow(1, Gate::Direct);
    scenario(lending, borrow, DIRECT)
}

pub fn withdraw_by_cpi() -> Named {
    let lending = lending();
    let withdraw = lending.withdraw(1, Gate::Cpi);
    scenario(lending, withdraw, BY_CPI)
}

pub fn withdraw_directly() -> Named {
    let lending = lending();
    let withdraw = lending.withdraw(1, Gate::Direct);
    scenario(lending, withdraw, DIRECT)
}
