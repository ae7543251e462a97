//! A program that forwards an instruction and signs it with its own address, as a multisig does once enough of its
//! members agree. It asks nobody and holds nothing: what is under test is the program that is called.
#![cfg_attr(not(target_os = "solana"), allow(dead_code))]

#[cfg(target_os = "solana")]
use sbf_builtins as _;

use solana_program::account_info::AccountInfo;
use solana_program::entrypoint::ProgramResult;
use solana_program::instruction::{AccountMeta, Instruction};
use solana_program::program::invoke_signed;
use solana_program::program_error::ProgramError;
use solana_program::pubkey::Pubkey;

/// Seed of the address that signs.
pub const VAULT_SEED: &[u8] = b"vault";

solana_program::entrypoint!(process);

/// Calls the program that the first account is with all other accounts and the instruction's data; the vault signs
/// wherever it stands among them.
///
/// # Errors
/// Where no account is given, and what the called program fails with.
pub fn process(program_id: &Pubkey, accounts: &[AccountInfo<'_>], data: &[u8]) -> ProgramResult {
    let (program, forwarded) = accounts.split_first().ok_or(ProgramError::NotEnoughAccountKeys)?;
    let (vault, bump) = Pubkey::find_program_address(&[VAULT_SEED], program_id);
    let accounts_of_call = forwarded.iter().map(|account| AccountMeta {
        pubkey: *account.key,
        is_signer: account.is_signer || *account.key == vault,
        is_writable: account.is_writable,
    });
    let call = Instruction {
        program_id: *program.key,
        accounts: accounts_of_call.collect(),
        data: data.to_vec(),
    };
    invoke_signed(&call, accounts, &[&[VAULT_SEED, &[bump]]])
}
