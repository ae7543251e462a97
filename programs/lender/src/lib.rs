//! The lender program: how a protocol rests on Hurdle, without a framework.
//!
//! Layouts, the ledger's rules and builders are in `lender-interface`; here are accounts, guards and one file per
//! instruction. All that an integration takes is in [`gate`].

#[cfg(target_os = "solana")]
use sbf_builtins as _;

mod accounts;
mod create;
pub mod gate;
mod instructions;

pub use lender_interface::ID;

use lender_interface::LenderError;
use lender_interface::args::Tag;
use solana_program::account_info::AccountInfo;
use solana_program::entrypoint::ProgramResult;
use solana_program::pubkey::Pubkey;

#[cfg(not(feature = "no-entrypoint"))]
solana_program::entrypoint!(process);

/// Runs one instruction.
///
/// # Errors
/// [`LenderError`] for what the lender refuses, `HurdleError` for what Hurdle refuses, each as a custom code; what a
/// called program fails with otherwise.
pub fn process(_program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> ProgramResult {
    let (tag, data) = data.split_first().ok_or(LenderError::UnknownInstruction)?;
    match Tag::try_from(*tag)? {
        Tag::CreateDesk => instructions::create_desk::process(accounts, data),
        Tag::SetPrice => instructions::set_price::process(accounts, data),
        Tag::OpenAccount => instructions::open_account::process(accounts, data),
        Tag::Faucet => instructions::faucet::process(accounts, data),
        Tag::Fund => instructions::fund::process(accounts, data),
        Tag::Deposit => instructions::deposit::process(accounts, data),
        Tag::Borrow => instructions::borrow::process(accounts, data),
        Tag::Repay => instructions::repay::process(accounts, data),
        Tag::Withdraw => instructions::withdraw::process(accounts, data),
    }
}
