//! Prices the collateral.

use crate::accounts::{exactly, now, signed, state_mut};
use lender_interface::args::{self, SetPriceArgs};
use lender_interface::{Desk, LenderError, Result};
use solana_program::account_info::AccountInfo;
use solana_program::entrypoint::ProgramResult;

/// Accounts of `set_price`.
struct Accounts<'a, 'info> {
    price_authority: &'a AccountInfo<'info>,
    desk: &'a AccountInfo<'info>,
}

impl<'a, 'info> Accounts<'a, 'info> {
    fn parse(accounts: &'a [AccountInfo<'info>]) -> Result<Self> {
        let [price_authority, desk] = exactly(accounts)?;
        signed(price_authority)?;
        Ok(Self {
            price_authority,
            desk,
        })
    }

    fn validate(&self, desk: &Desk) -> Result<()> {
        if desk.price_authority == *self.price_authority.key {
            Ok(())
        } else {
            Err(LenderError::Unauthorized)
        }
    }
}

/// Sets the price as of the cluster's time.
pub fn process(accounts: &[AccountInfo], data: &[u8]) -> ProgramResult {
    let args: SetPriceArgs = args::parse(data)?;
    let accounts = Accounts::parse(accounts)?;
    let mut desk = state_mut::<Desk>(accounts.desk)?;
    accounts.validate(&desk)?;
    Ok(desk.set_price(args.price, now()?)?)
}
