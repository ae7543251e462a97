//! Adds liquidity to the desk.

use crate::accounts::LedgerAccounts;
use lender_interface::args::{self, QuoteArgs};
use lender_interface::{Desk, Result, Vault};
use solana_program::account_info::AccountInfo;
use solana_program::entrypoint::ProgramResult;

/// The signer is the desk's authority and funds from a vault of its own.
fn validate(accounts: &LedgerAccounts, desk: &Desk, vault: &Vault) -> Result<()> {
    accounts.signed_by_authority(desk)?;
    accounts.signed_by_owner(vault)
}

/// Moves quote atoms from the authority's wallet into the desk's liquidity.
pub fn process(accounts: &[AccountInfo], data: &[u8]) -> ProgramResult {
    let args: QuoteArgs = args::parse(data)?;
    let accounts = LedgerAccounts::parse(accounts)?;
    let (mut desk, mut vault) = accounts.load()?;
    validate(&accounts, &desk, &vault)?;
    Ok(desk.fund(&mut vault, args.amount)?)
}
