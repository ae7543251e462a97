//! Credits a wallet: the stand-in for token accounts that owners fill from elsewhere.

use crate::accounts::LedgerAccounts;
use lender_interface::args::{self, FaucetArgs};
use lender_interface::{Desk, Result};
use solana_program::account_info::AccountInfo;
use solana_program::entrypoint::ProgramResult;

/// The signer is the desk's authority; the vault may be anybody's at the desk.
fn validate(accounts: &LedgerAccounts, desk: &Desk) -> Result<()> {
    accounts.signed_by_authority(desk)
}

/// Credits the vault's wallet with new atoms.
pub fn process(accounts: &[AccountInfo], data: &[u8]) -> ProgramResult {
    let args: FaucetArgs = args::parse(data)?;
    let accounts = LedgerAccounts::parse(accounts)?;
    let (mut desk, mut vault) = accounts.load()?;
    validate(&accounts, &desk)?;
    Ok(desk.issue(&mut vault, args.quote, args.collateral)?)
}
