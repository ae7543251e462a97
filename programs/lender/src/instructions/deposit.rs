//! Pledges collateral. Never depends on an oracle.

use crate::accounts::LedgerAccounts;
use lender_interface::args::{self, CollateralArgs};
use lender_interface::{Result, Vault};
use solana_program::account_info::AccountInfo;
use solana_program::entrypoint::ProgramResult;

fn validate(accounts: &LedgerAccounts, vault: &Vault) -> Result<()> {
    accounts.signed_by_owner(vault)
}

/// Moves collateral from the owner's wallet into the vault's pledge.
pub fn process(accounts: &[AccountInfo], data: &[u8]) -> ProgramResult {
    let args: CollateralArgs = args::parse(data)?;
    let accounts = LedgerAccounts::parse(accounts)?;
    let (mut desk, mut vault) = accounts.load()?;
    validate(&accounts, &vault)?;
    Ok(desk.deposit(&mut vault, args.amount)?)
}
