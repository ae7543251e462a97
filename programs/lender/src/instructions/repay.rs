//! Pays debt back. Never depends on an oracle.

use crate::accounts::LedgerAccounts;
use lender_interface::args::{self, QuoteArgs};
use lender_interface::{Result, Vault};
use solana_program::account_info::AccountInfo;
use solana_program::entrypoint::ProgramResult;

fn validate(accounts: &LedgerAccounts, vault: &Vault) -> Result<()> {
    accounts.signed_by_owner(vault)
}

/// Moves quote atoms from the owner's wallet into the desk's liquidity.
pub fn process(accounts: &[AccountInfo], data: &[u8]) -> ProgramResult {
    let args: QuoteArgs = args::parse(data)?;
    let accounts = LedgerAccounts::parse(accounts)?;
    let (mut desk, mut vault) = accounts.load()?;
    validate(&accounts, &vault)?;
    Ok(desk.repay(&mut vault, args.amount)?)
}
