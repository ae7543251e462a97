//! Guards on accounts, and the three accounts that a movement takes.

use crate::gate::Oracle;
use core::cell::RefMut;
use hurdle_interface::UnixTime;
use lender_interface::account::{AccountLayout, DISCRIMINATOR_LEN};
use lender_interface::args::Gate;
use lender_interface::{Desk, ID, LenderError, Result, Vault};
use solana_program::account_info::AccountInfo;
use solana_program::clock::Clock;
use solana_program::program_error::ProgramError;
use solana_program::sysvar::Sysvar;

/// Exactly `N` accounts.
pub fn exactly<'a, 'info, const N: usize>(
    accounts: &'a [AccountInfo<'info>],
) -> Result<&'a [AccountInfo<'info>; N]> {
    accounts.try_into().map_err(|_| LenderError::WrongAccountCount)
}

/// The account signed.
pub fn signed(account: &AccountInfo) -> Result<()> {
    if account.is_signer {
        Ok(())
    } else {
        Err(LenderError::MissingSignature)
    }
}

/// The account may be changed.
pub fn writable(account: &AccountInfo) -> Result<()> {
    if account.is_writable {
        Ok(())
    } else {
        Err(LenderError::NotWritable)
    }
}

/// Checks that an account of the lender's holds a `T`.
pub fn holds<T: AccountLayout>(account: &AccountInfo) -> Result<()> {
    if *account.owner != ID {
        return Err(LenderError::WrongAccountOwner);
    }
    let data = account
        .try_borrow_data()
        .map_err(|_| LenderError::DuplicateAccount)?;
    T::from_account(&data).map(|_| ())
}

/// The `T` that an account of the lender's holds, to be changed in place.
pub fn state_mut<'a, T: AccountLayout>(account: &'a AccountInfo) -> Result<RefMut<'a, T>> {
    writable(account)?;
    holds::<T>(account)?;
    let data = account
        .try_borrow_mut_data()
        .map_err(|_| LenderError::DuplicateAccount)?;
    RefMut::filter_map(data, |data| {
        let (_, body) = data.split_at_mut_checked(DISCRIMINATOR_LEN)?;
        bytemuck::try_from_bytes_mut(body).ok()
    })
    .map_err(|_| LenderError::InvalidAccountData)
}

/// The cluster's time.
pub fn now() -> core::result::Result<UnixTime, ProgramError> {
    Ok(UnixTime(Clock::get()?.unix_timestamp))
}

/// The accounts of a movement between a desk and one of its vaults.
pub struct LedgerAccounts<'a, 'info> {
    /// Who acts; signs.
    pub signer: &'a AccountInfo<'info>,
    /// The desk; changes.
    pub desk: &'a AccountInfo<'info>,
    /// The vault; changes.
    pub vault: &'a AccountInfo<'info>,
}

impl<'a, 'info> LedgerAccounts<'a, 'info> {
    /// Three accounts, the first of which signed.
    pub fn parse(accounts: &'a [AccountInfo<'info>]) -> Result<Self> {
        let [signer, desk, vault] = exactly(accounts)?;
        signed(signer)?;
        Ok(Self { signer, desk, vault })
    }

    /// The desk and its vault, to be changed in place. A vault is created at its PDA only, under its desk and owner,
    /// so that the desk it names proves where it belongs.
    pub fn load(&self) -> Result<(RefMut<'a, Desk>, RefMut<'a, Vault>)> {
        let desk = state_mut::<Desk>(self.desk)?;
        let vault = state_mut::<Vault>(self.vault)?;
        if vault.desk != *self.desk.key {
            return Err(LenderError::WrongDesk);
        }
        Ok((desk, vault))
    }

    /// The signer owns the vault.
    pub fn signed_by_owner(&self, vault: &Vault) -> Result<()> {
        if vault.owner == *self.signer.key {
            Ok(())
        } else {
            Err(LenderError::WrongVaultOwner)
        }
    }

    /// The signer is the desk's authority.
    pub fn signed_by_authority(&self, desk: &Desk) -> Result<()> {
        if desk.authority == *self.signer.key {
            Ok(())
        } else {
            Err(LenderError::Unauthorized)
        }
    }
}

/// The accounts of a movement that Hurdle must allow.
pub struct GatedAccounts<'a, 'info> {
    /// Who, desk and vault.
    pub ledger: LedgerAccounts<'a, 'info>,
    /// What is asked.
    pub oracle: Oracle<'a, 'info>,
}

impl<'a, 'info> GatedAccounts<'a, 'info> {
    /// The three accounts of a movement, then those of the gate.
    pub fn parse(accounts: &'a [AccountInfo<'info>], gate: Gate) -> Result<Self> {
        let (ledger, oracle) = accounts
            .split_at_checked(3)
            .ok_or(LenderError::WrongAccountCount)?;
        Ok(Self {
            ledger: LedgerAccounts::parse(ledger)?,
            oracle: Oracle::parse(gate, oracle)?,
        })
    }
}
