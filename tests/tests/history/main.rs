//! The history on the compiled program: written with every publication, read as a time-weighted rate, grown by anyone who
//! pays; and every refusal with its exact error and no change of state.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod average;
mod creation;
mod growth;
mod publications;

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

/// Sends what must fail with an error of the framework, and leave market and history as they were.
fn refused(world: &mut World, instructions: &[Instruction], others: &[&Keypair], error: InstructionError) {
    let before = accounts(world);
    let sent = world.send_with(instructions, others);
    assert_eq!(instruction_error(&sent), Some(error));
    assert_eq!(accounts(world), before);
}
