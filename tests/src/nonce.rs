//! Durable nonces, by which a transaction can be signed now and sent at any time.

use hurdle_interface::instruction::SYSTEM_PROGRAM;
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use solana_signer::Signer;

use crate::world::{World, key};

/// The rent sysvar.
pub const RENT: Address = Address::from_str_const("SysvarRent111111111111111111111111111111111");
const RECENT_BLOCKHASHES: Address = Address::from_str_const("SysvarRecentB1ockHashes11111111111111111111");
/// Bytes of a nonce account.
const NONCE_LEN: u64 = 80;

fn system(accounts: Vec<AccountMeta>, number: u32, fields: &[&[u8]]) -> Instruction {
    Instruction {
        program_id: SYSTEM_PROGRAM,
        accounts,
        data: [&number.to_le_bytes()[..], &fields.concat()].concat(),
    }
}

/// Creates a nonce account that the payer may advance, and returns the instruction that advances it. Standing first, it
/// makes a transaction one over a durable nonce.
///
/// # Errors
/// Where the system program refuses.
pub fn advancing(world: &mut World) -> anyhow::Result<Instruction> {
    let (account, payer) = (key(70), world.payer.pubkey());
    let create = system(
        vec![
            AccountMeta::new(payer, true),
            AccountMeta::new(account.pubkey(), true),
        ],
        0,
        &[
            &10_000_000u64.to_le_bytes(),
            &NONCE_LEN.to_le_bytes(),
            SYSTEM_PROGRAM.as_ref(),
        ],
    );
    let initialize = system(
        vec![
            AccountMeta::new(account.pubkey(), false),
            AccountMeta::new_readonly(RECENT_BLOCKHASHES, false),
            AccountMeta::new_readonly(RENT, false),
        ],
        6,
        &[payer.as_ref()],
    );
    world
        .send_with(&[create, initialize], &[&account])
        .map_err(|failed| anyhow::anyhow!("{:?}", failed.err))?;
    Ok(system(
        vec![
            AccountMeta::new(account.pubkey(), false),
            AccountMeta::new_readonly(RECENT_BLOCKHASHES, false),
            AccountMeta::new_readonly(payer, true),
        ],
        4,
        &[],
    ))
}
