//! Creating an account at a PDA.

use crate::accounts::{signed, writable};
use lender_interface::account::{AccountLayout, DISCRIMINATOR_LEN};
use lender_interface::{ID, LenderError};
use solana_program::account_info::AccountInfo;
use solana_program::entrypoint::ProgramResult;
use solana_program::program::{invoke, invoke_signed};
use solana_program::program_error::ProgramError;
use solana_program::pubkey::Pubkey;
use solana_program::rent::Rent;
use solana_program::sysvar::Sysvar;
use solana_system_interface::instruction::{allocate, assign, transfer};
use solana_system_interface::program as system_program;

/// An account to be created at a PDA, and what that takes.
pub struct NewAccount<'a, 'info> {
    /// Pays for it; signs and changes.
    pub payer: &'a AccountInfo<'info>,
    /// The account; changes.
    pub account: &'a AccountInfo<'info>,
    /// The system program.
    pub system_program: &'a AccountInfo<'info>,
}

impl NewAccount<'_, '_> {
    /// Checks payer, address and that nothing is there yet; gives the PDA's bump.
    pub fn validate(&self, seeds: &[&[u8]]) -> Result<u8, LenderError> {
        signed(self.payer)?;
        writable(self.payer)?;
        writable(self.account)?;
        if *self.system_program.key != system_program::ID {
            return Err(LenderError::WrongProgram);
        }
        let (address, bump) = Pubkey::find_program_address(seeds, &ID);
        if *self.account.key != address {
            return Err(LenderError::WrongAddress);
        }
        if *self.account.owner != system_program::ID {
            return Err(LenderError::AlreadyCreated);
        }
        Ok(bump)
    }

    /// Creates the account with a state. Takes the three steps that `create_account` joins, because that one refuses an
    /// address that somebody has sent lamports to.
    pub fn create<T: AccountLayout>(&self, seeds: &[&[u8]], state: &T) -> ProgramResult {
        let key = self.account.key;
        let space = u64::try_from(T::ACCOUNT_LEN).map_err(|_| ProgramError::InvalidRealloc)?;
        let missing = Rent::get()?
            .minimum_balance(T::ACCOUNT_LEN)
            .saturating_sub(self.account.lamports());
        if missing > 0 {
            invoke(
                &transfer(self.payer.key, key, missing),
                &[self.payer.clone(), self.account.clone()],
            )?;
        }
        invoke_signed(
            &allocate(key, space),
            core::slice::from_ref(self.account),
            &[seeds],
        )?;
        invoke_signed(&assign(key, &ID), core::slice::from_ref(self.account), &[seeds])?;

        let mut data = self.account.try_borrow_mut_data()?;
        let (discriminator, body) = data
            .split_at_mut_checked(DISCRIMINATOR_LEN)
            .ok_or(LenderError::InvalidAccountData)?;
        discriminator.copy_from_slice(&T::DISCRIMINATOR);
        body.copy_from_slice(bytemuck::bytes_of(state));
        Ok(())
    }
}
