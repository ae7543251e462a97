//! The Anchor consumer: what adds risk asks Hurdle by CPI, what removes it asks nobody.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hurdle_interface::error::HurdleError;
use hurdle_tests::fixture;
use hurdle_tests::programs::compiled;
use hurdle_tests::world::{Sent, World, hurdle_error, instruction_error, key};
use solana_address::Address;
use solana_instruction::error::InstructionError;
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_signer::Signer;

const ID: Address = Address::from_str_const("Perps11111111111111111111111111111111111111");
const SYSTEM: Address = hurdle_interface::instruction::SYSTEM_PROGRAM;
/// Lamports pledged at first.
const PLEDGE: u64 = 1_000_000_000;

/// Anchor's error codes of `perps`.
const WRONG_OWNER: u32 = 7100;
const WRONG_MARKET: u32 = 7101;
const INSUFFICIENT: u32 = 7102;

struct Perps {
    world: World,
    owner: Keypair,
    book: Address,
}

impl Perps {
    /// An owner with an empty book and a pledge behind it, at a market that has published.
    fn new() -> Self {
        let mut world = World::published().unwrap();
        world
            .svm
            .add_program_from_file(ID, compiled("perps").unwrap())
            .unwrap();
        let owner = key(70);
        world.svm.airdrop(&owner.pubkey(), 100 * PLEDGE).unwrap();
        let seeds = [b"book", owner.pubkey().as_ref(), world.market.as_ref()].map(<[u8]>::to_vec);
        let seeds: Vec<&[u8]> = seeds.iter().map(Vec::as_slice).collect();
        let (book, _) = Address::find_program_address(&seeds, &ID);
        let mut perps = Self { world, owner, book };
        let open = perps.open();
        perps.send(open).unwrap();
        let deposit = perps.instruction(
            "deposit",
            &PLEDGE.to_le_bytes(),
            vec![AccountMeta::new_readonly(SYSTEM, false)],
        );
        perps.send(deposit).unwrap();
        perps
    }

    fn open(&self) -> Instruction {
        let accounts = vec![
            AccountMeta::new(self.owner.pubkey(), true),
            AccountMeta::new_readonly(self.world.market, false),
            AccountMeta::new(self.book, false),
            AccountMeta::new_readonly(SYSTEM, false),
        ];
        call("open_book", &[0], accounts)
    }

    /// An instruction over owner, book and others.
    fn instruction(&self, name: &str, arguments: &[u8], others: Vec<AccountMeta>) -> Instruction {
        let mut accounts = vec![
            AccountMeta::new(self.owner.pubkey(), true),
            AccountMeta::new(self.book, false),
        ];
        accounts.extend(others);
        call(name, arguments, accounts)
    }

    fn trade(&self, name: &str, amount: u64) -> Instruction {
        let oracle =
            [self.world.market, hurdle_interface::ID].map(|key| AccountMeta::new_readonly(key, false));
        self.instruction(name, &amount.to_le_bytes(), oracle.to_vec())
    }

    fn increase(&self, notional: u64) -> Instruction {
        self.trade("increase", notional)
    }

    fn withdraw(&self, lamports: u64) -> Instruction {
        self.trade("withdraw", lamports)
    }

    fn reduce(&self, notional: u64) -> Instruction {
        self.instruction("reduce", &notional.to_le_bytes(), Vec::new())
    }

    fn send(&mut self, instruction: Instruction) -> Sent {
        self.world.send_with(&[instruction], &[&self.owner])
    }

    /// Value of the position: after discriminator, owner and market.
    fn notional(&self) -> u64 {
        let data = self.world.account(&self.book).unwrap().data;
        u64::from_le_bytes(data[72..80].try_into().unwrap())
    }
}

fn call(name: &str, arguments: &[u8], accounts: Vec<AccountMeta>) -> Instruction {
    let hash = solana_sha256_hasher::hash(format!("global:{name}").as_bytes()).to_bytes();
    Instruction {
        program_id: ID,
        accounts,
        data: [&hash[..8], arguments].concat(),
    }
}

#[test]
fn a_position_within_its_margin_opens_and_one_beyond_is_refused_with_hurdles_error() {
    let mut perps = Perps::new();
    perps.send(perps.increase(PLEDGE)).unwrap();
    assert_eq!(perps.notional(), PLEDGE);
    let refused = perps.send(perps.increase(100 * PLEDGE));
    assert_eq!(hurdle_error(&refused), Some(HurdleError::MarginInsufficient));
    assert_eq!(perps.notional(), PLEDGE, "a refused trade leaves no trace");
}

#[test]
fn collateral_that_carries_a_position_stays() {
    let mut perps = Perps::new();
    perps.send(perps.increase(PLEDGE)).unwrap();
    let refused = perps.send(perps.withdraw(PLEDGE));
    assert_eq!(hurdle_error(&refused), Some(HurdleError::MarginInsufficient));
    let before = perps.world.account(&perps.owner.pubkey()).unwrap().lamports;
    perps.send(perps.withdraw(PLEDGE / 10)).unwrap();
    let after = perps.world.account(&perps.owner.pubkey()).unwrap().lamports;
    assert_eq!(after - before, PLEDGE / 10);
    let beyond = perps.send(perps.withdraw(PLEDGE));
    assert_eq!(
        instruction_error(&beyond),
        Some(InstructionError::Custom(INSUFFICIENT))
    );
}

#[test]
fn a_stale_rate_stops_increases_and_never_a_reduction() {
    let mut perps = Perps::new();
    perps.send(perps.increase(PLEDGE)).unwrap();
    perps.world.warp(fixture::params().staleness.hard_after + 1);
    let refused = perps.send(perps.increase(1));
    assert_eq!(hurdle_error(&refused), Some(HurdleError::OracleStale));
    perps.send(perps.reduce(PLEDGE)).unwrap();
    assert_eq!(perps.notional(), 0);
    let beyond = perps.send(perps.reduce(1));
    assert_eq!(
        instruction_error(&beyond),
        Some(InstructionError::Custom(INSUFFICIENT))
    );
}

#[test]
fn another_market_another_owner_and_another_program_are_refused() {
    let mut perps = Perps::new();
    let mut foreign = perps.increase(1);
    foreign.accounts[2].pubkey = perps.world.committee;
    let refused = perps.send(foreign);
    assert_eq!(
        instruction_error(&refused),
        Some(InstructionError::Custom(WRONG_MARKET))
    );

    let stranger = key(71);
    perps.world.svm.airdrop(&stranger.pubkey(), PLEDGE).unwrap();
    for mut instruction in [perps.increase(1), perps.withdraw(1), perps.reduce(1)] {
        instruction.accounts[0].pubkey = stranger.pubkey();
        let refused = perps.world.send_with(&[instruction], &[&stranger]);
        assert_eq!(
            instruction_error(&refused),
            Some(InstructionError::Custom(WRONG_OWNER))
        );
    }

    let mut elsewhere = perps.increase(1);
    elsewhere.accounts[3].pubkey = ID;
    let refused = perps.send(elsewhere);
    assert_eq!(
        instruction_error(&refused),
        Some(InstructionError::IncorrectProgramId)
    );
}
