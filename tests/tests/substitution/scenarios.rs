//! For each instruction a world in which it succeeds.

mod governance;
pub mod lender;
pub mod perps;

pub use governance::*;

use hurdle_interface::args::CreateMarketArgs;
use hurdle_interface::{UnixTime, instruction, pda};
use hurdle_tests::fixture;
use hurdle_tests::substitution::Scenario;
use hurdle_tests::world::{World, key, market_args};
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

const ANY_PAYER: (&str, &str, &str) = ("payer", "a stranger that signs", "whoever signs may pay");
const OWN_PAYER: (&str, &str, &str) = ("payer", "authority in its place", "whoever signs may pay");
const NAMED: &str = "governance names it";
const MARKET: &[(&str, &str, &str)] = &[("market", "a genuine sibling", NAMED)];
const ASKED: &[(&str, &str, &str)] = &[(
    "market",
    "another address",
    "the caller names the market; only the program makes one",
)];

/// Pays for accounts; another than pays for the transaction, whose flags the runtime does not let go.
fn funded(world: &mut World) -> Keypair {
    let payer = key(70);
    let governing = [&world.upgrade_authority, &world.authority].map(Signer::pubkey);
    for address in governing.into_iter().chain([payer.pubkey(), key(92).pubkey()]) {
        world.svm.airdrop(&address, 100_000_000_000).unwrap();
    }
    payer
}

/// Another genuine committee.
fn other_committee(world: &mut World) -> Address {
    let keys: Vec<Address> = world.keepers.iter().map(Keypair::pubkey).collect();
    let (payer, authority) = (world.payer.pubkey(), world.authority.pubkey());
    world
        .accepted(&[instruction::create_committee(payer, authority, 2, 2, &keys)])
        .unwrap();
    pda::committee(2).0
}

fn other_market_args() -> CreateMarketArgs {
    CreateMarketArgs {
        name: *b"OTHER\0\0\0\0\0\0\0\0\0\0\0",
        ..market_args()
    }
}

/// Another genuine market, of the same committee.
fn other_market(world: &mut World) -> Address {
    let args = other_market_args();
    let (payer, authority) = (world.payer.pubkey(), world.authority.pubkey());
    world
        .accepted(&[instruction::create_market(
            payer,
            authority,
            world.committee,
            &args,
        )])
        .unwrap();
    pda::market(&args.name).0
}

/// An instruction of governance on a market, with another market beside it.
fn of_market(mut world: World, instruction: Instruction) -> Scenario {
    let sibling = other_market(&mut world);
    Scenario {
        siblings: vec![("market", sibling)],
        free: MARKET,
        ..Scenario::new(world, instruction)
    }
}

pub fn create_config() -> Scenario {
    let mut world = World::empty().unwrap();
    let payer = funded(&mut world);
    let mut create = world.create_config();
    create.accounts[0].pubkey = payer.pubkey();
    Scenario {
        signers: vec![payer],
        free: &[
            ANY_PAYER,
            ("payer", "upgrade_authority in its place", "whoever signs may pay"),
        ],
        ..Scenario::new(world, create)
    }
}

pub fn create_committee() -> Scenario {
    let mut world = World::new().unwrap();
    let payer = funded(&mut world);
    let create = instruction::create_committee(
        payer.pubkey(),
        world.authority.pubkey(),
        2,
        1,
        &[key(20).pubkey()],
    );
    Scenario {
        signers: vec![payer],
        free: &[ANY_PAYER, OWN_PAYER],
        ..Scenario::new(world, create)
    }
}

pub fn create_market() -> Scenario {
    let mut world = World::new().unwrap();
    let payer = funded(&mut world);
    let sibling = other_committee(&mut world);
    let create = instruction::create_market(
        payer.pubkey(),
        world.authority.pubkey(),
        world.committee,
        &other_market_args(),
    );
    Scenario {
        signers: vec![payer],
        siblings: vec![("committee", sibling)],
        free: &[ANY_PAYER, OWN_PAYER, ("committee", "a genuine sibling", NAMED)],
        ..Scenario::new(world, create)
    }
}

pub fn set_risk_class() -> Scenario {
    let world = World::inactive(fixture::params()).unwrap();
    let set = instruction::set_risk_class(world.authority.pubkey(), world.market, 1, &fixture::class());
    of_market(world, set)
}

pub fn publish() -> Scenario {
    let mut world = World::new().unwrap();
    let market = other_market(&mut world);
    let siblings = vec![
        ("market", market),
        ("history", pda::history(&market).0),
        ("committee", other_committee(&mut world)),
    ];
    world.warp(60);
    let report = world.report().unwrap();
    let (instructions, _) = world.publication(&report, &[0, 1]);
    Scenario {
        instructions: instructions.to_vec(),
        at: 1,
        siblings,
        ..Scenario::new(world, instructions[1].clone())
    }
}

pub fn grow_history() -> Scenario {
    let mut world = World::published().unwrap();
    let payer = funded(&mut world);
    let other = other_market(&mut world);
    let grow = instruction::grow_history(payer.pubkey(), world.market, 40);
    Scenario {
        signers: vec![payer],
        siblings: vec![("history", pda::history(&other).0)],
        free: &[
            ANY_PAYER,
            ("history", "a genuine sibling", "whoever pays names the history"),
        ],
        ..Scenario::new(world, grow)
    }
}

pub fn check_margin() -> Scenario {
    let world = World::published().unwrap();
    let check = instruction::check_margin(world.market, &fixture::opening(&fixture::positions()), true);
    Scenario {
        free: ASKED,
        ..Scenario::new(world, check)
    }
}

pub fn preview_margin() -> Scenario {
    let world = World::published().unwrap();
    let at = UnixTime(world.time() + 60);
    let preview = instruction::preview_margin(world.market, &fixture::opening(&fixture::positions()), at);
    Scenario {
        free: ASKED,
        ..Scenario::new(world, preview)
    }
}
