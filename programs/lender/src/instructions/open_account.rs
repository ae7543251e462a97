//! Opens a vault at a desk.

use crate::accounts::{exactly, holds, signed};
use crate::create::NewAccount;
use lender_interface::args;
use lender_interface::pda::VAULT_SEED;
use lender_interface::{Desk, Result, Vault};
use solana_program::account_info::AccountInfo;
use solana_program::entrypoint::ProgramResult;

/// Accounts of `open_account`.
struct Accounts<'a, 'info> {
    vault: NewAccount<'a, 'info>,
    owner: &'a AccountInfo<'info>,
    desk: &'a AccountInfo<'info>,
}

impl<'a, 'info> Accounts<'a, 'info> {
    fn parse(accounts: &'a [AccountInfo<'info>]) -> Result<Self> {
        let [payer, owner, desk, account, system_program] = exactly(accounts)?;
        signed(owner)?;
        Ok(Self {
            vault: NewAccount {
                payer,
                account,
                system_program,
            },
            owner,
            desk,
        })
    }

    fn validate(&self) -> Result<()> {
        holds::<Desk>(self.desk)
    }
}

/// Writes the vault, empty.
pub fn process(accounts: &[AccountInfo], data: &[u8]) -> ProgramResult {
    let () = args::parse(data)?;
    let accounts = Accounts::parse(accounts)?;
    accounts.validate()?;
    let (desk, owner) = (accounts.desk.key, accounts.owner.key);
    let bump = accounts
        .vault
        .validate(&[VAULT_SEED, desk.as_ref(), owner.as_ref()])?;
    let vault = Vault::opened(*desk, *owner, bump)?;
    accounts
        .vault
        .create(&[VAULT_SEED, desk.as_ref(), owner.as_ref(), &[bump]], &vault)
}
