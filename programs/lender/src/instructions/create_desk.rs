//! Creates a desk on a Hurdle market.

use crate::accounts::{exactly, signed};
use crate::create::NewAccount;
use hurdle_interface::Market;
use lender_interface::args::{self, CreateDeskArgs};
use lender_interface::pda::DESK_SEED;
use lender_interface::{Desk, Result};
use solana_program::account_info::AccountInfo;
use solana_program::entrypoint::ProgramResult;
use solana_program::program_error::ProgramError;

/// Accounts of `create_desk`.
struct Accounts<'a, 'info> {
    desk: NewAccount<'a, 'info>,
    authority: &'a AccountInfo<'info>,
    market: &'a AccountInfo<'info>,
}

impl<'a, 'info> Accounts<'a, 'info> {
    fn parse(accounts: &'a [AccountInfo<'info>]) -> Result<Self> {
        let [payer, authority, account, market, system_program] = exactly(accounts)?;
        signed(authority)?;
        Ok(Self {
            desk: NewAccount {
                payer,
                account,
                system_program,
            },
            authority,
            market,
        })
    }

    /// The market is Hurdle's and defines the risk class. It need not have published yet.
    fn validate(&self, args: &CreateDeskArgs) -> core::result::Result<(), ProgramError> {
        let data = self.market.try_borrow_data()?;
        Ok(Market::defines_class(&data, self.market.owner, args.class)?)
    }
}

/// Writes the desk, unpriced and empty.
pub fn process(accounts: &[AccountInfo], data: &[u8]) -> ProgramResult {
    let args: CreateDeskArgs = args::parse(data)?;
    let accounts = Accounts::parse(accounts)?;
    let (authority, id) = (accounts.authority.key, args.id.to_le_bytes());
    let bump = accounts.desk.validate(&[DESK_SEED, authority.as_ref(), &id])?;
    accounts.validate(&args)?;
    let desk = Desk::opened(*authority, *accounts.market.key, bump, &args)?;
    accounts
        .desk
        .create(&[DESK_SEED, authority.as_ref(), &id, &[bump]], &desk)
}
