//! Takes collateral out, if Hurdle allows it or nothing is owed.

use crate::accounts::{GatedAccounts, now};
use hurdle_interface::Amount;
use hurdle_interface::staleness::Action;
use lender_interface::args::{self, WithdrawArgs};
use lender_interface::{Desk, Result, Vault};
use solana_program::account_info::AccountInfo;
use solana_program::entrypoint::ProgramResult;

fn validate(accounts: &GatedAccounts, desk: &Desk, vault: &Vault) -> Result<()> {
    accounts.ledger.signed_by_owner(vault)?;
    accounts.oracle.validate(desk)
}

/// Moves collateral from the vault's pledge into the owner's wallet, and asks Hurdle about the vault that this leaves
/// behind. Who owes nothing closes a position rather than adding risk, and is not kept waiting for an oracle.
pub fn process(accounts: &[AccountInfo], data: &[u8]) -> ProgramResult {
    let args: WithdrawArgs = args::parse(data)?;
    let accounts = GatedAccounts::parse(accounts, args.gate()?)?;
    let (mut desk, mut vault) = accounts.ledger.load()?;
    validate(&accounts, &desk, &vault)?;
    desk.withdraw(&mut vault, args.amount)?;
    if vault.debt == Amount::ZERO {
        return Ok(());
    }
    let now = now()?;
    let positions = vault.positions(desk.fresh_price(now)?, desk.class)?;
    accounts.oracle.require(&desk, Action::Withdraw, &positions, now)
}
