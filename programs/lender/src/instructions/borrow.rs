//! Borrows quote atoms, if Hurdle allows it.

use crate::accounts::{GatedAccounts, now};
use lender_interface::args::{self, BorrowArgs};
use lender_interface::{Desk, Result, Vault};
use solana_program::account_info::AccountInfo;
use solana_program::entrypoint::ProgramResult;

fn validate(accounts: &GatedAccounts, desk: &Desk, vault: &Vault) -> Result<()> {
    accounts.ledger.signed_by_owner(vault)?;
    accounts.oracle.validate(desk)
}

/// Moves quote atoms from the desk's liquidity into the owner's wallet, and asks Hurdle about the vault that this leaves
/// behind.
pub fn process(accounts: &[AccountInfo], data: &[u8]) -> ProgramResult {
    let args: BorrowArgs = args::parse(data)?;
    let accounts = GatedAccounts::parse(accounts, args.gate()?)?;
    let (mut desk, mut vault) = accounts.ledger.load()?;
    validate(&accounts, &desk, &vault)?;
    let action = desk.borrow(&mut vault, args.amount)?;
    let now = now()?;
    let positions = vault.positions(desk.fresh_price(now)?, desk.class)?;
    accounts.oracle.require(&desk, action, &positions, now)
}
