//! Movements of atoms between a desk and one of its vaults. Each computes every new balance before it writes one.

use super::{Desk, Vault};
use crate::error::{LenderError, Result};
use crate::quantity::Collateral;
use hurdle_interface::Amount;
use hurdle_interface::staleness::Action;

impl Desk {
    /// Credits a wallet with new atoms: the only way in which atoms appear.
    ///
    /// # Errors
    /// [`LenderError::ZeroAmount`] where both are zero, [`LenderError::Overflow`].
    pub fn issue(&mut self, vault: &mut Vault, quote: Amount, collateral: Collateral) -> Result<()> {
        if quote == Amount::ZERO && collateral == Collateral::ZERO {
            return Err(LenderError::ZeroAmount);
        }
        let quote_supply = sum(self.quote_supply, quote)?;
        let collateral_supply = self.collateral_supply.add(collateral)?;
        let wallet_quote = sum(vault.wallet_quote, quote)?;
        let wallet_collateral = vault.wallet_collateral.add(collateral)?;
        self.quote_supply = quote_supply;
        self.collateral_supply = collateral_supply;
        vault.wallet_quote = wallet_quote;
        vault.wallet_collateral = wallet_collateral;
        self.invariants(vault)
    }

    /// Moves quote atoms from a wallet into the desk's liquidity.
    ///
    /// # Errors
    /// [`LenderError::ZeroAmount`], [`LenderError::InsufficientWallet`], [`LenderError::Overflow`].
    pub fn fund(&mut self, vault: &mut Vault, amount: Amount) -> Result<()> {
        let wallet = taken(vault.wallet_quote, amount, LenderError::InsufficientWallet)?;
        let liquidity = sum(self.liquidity, amount)?;
        let funded = sum(self.funded, amount)?;
        vault.wallet_quote = wallet;
        self.liquidity = liquidity;
        self.funded = funded;
        self.invariants(vault)
    }

    /// Moves collateral from a wallet into the vault's pledge.
    ///
    /// # Errors
    /// [`LenderError::ZeroAmount`], [`LenderError::InsufficientWallet`], [`LenderError::Overflow`].
    pub fn deposit(&mut self, vault: &mut Vault, amount: Collateral) -> Result<()> {
        let wallet = pledge_taken(vault.wallet_collateral, amount, LenderError::InsufficientWallet)?;
        let collateral = vault.collateral.add(amount)?;
        let total = self.collateral.add(amount)?;
        vault.wallet_collateral = wallet;
        vault.collateral = collateral;
        self.collateral = total;
        self.invariants(vault)
    }

    /// Lends liquidity to a vault, and says what the vault did by it: opened or increased its debt. Whether it may is the
    /// margin's business, asked of the state that this leaves behind.
    ///
    /// # Errors
    /// [`LenderError::ZeroAmount`], [`LenderError::InsufficientLiquidity`], [`LenderError::InsufficientCollateral`] for
    /// a vault without any, [`LenderError::Overflow`].
    pub fn borrow(&mut self, vault: &mut Vault, amount: Amount) -> Result<Action> {
        let liquidity = taken(self.liquidity, amount, LenderError::InsufficientLiquidity)?;
        if vault.collateral == Collateral::ZERO {
            return Err(LenderError::InsufficientCollateral);
        }
        let action = if vault.debt == Amount::ZERO {
            Action::Open
        } else {
            Action::Increase
        };
        let total = sum(self.debt, amount)?;
        let debt = sum(vault.debt, amount)?;
        let wallet = sum(vault.wallet_quote, amount)?;
        self.liquidity = liquidity;
        self.debt = total;
        vault.debt = debt;
        vault.wallet_quote = wallet;
        self.invariants(vault)?;
        Ok(action)
    }

    /// Takes back what a vault owes from its wallet.
    ///
    /// # Errors
    /// [`LenderError::ZeroAmount`], [`LenderError::RepayExceedsDebt`], [`LenderError::InsufficientWallet`],
    /// [`LenderError::Overflow`].
    pub fn repay(&mut self, vault: &mut Vault, amount: Amount) -> Result<()> {
        let debt = taken(vault.debt, amount, LenderError::RepayExceedsDebt)?;
        let wallet = taken(vault.wallet_quote, amount, LenderError::InsufficientWallet)?;
        let total = taken(self.debt, amount, LenderError::InvalidParameter)?;
        let liquidity = sum(self.liquidity, amount)?;
        vault.debt = debt;
        vault.wallet_quote = wallet;
        self.debt = total;
        self.liquidity = liquidity;
        self.invariants(vault)
    }

    /// Moves collateral from the vault's pledge into its wallet. Whether it may is the margin's business, asked of the
    /// state that this leaves behind.
    ///
    /// # Errors
    /// [`LenderError::ZeroAmount`], [`LenderError::InsufficientCollateral`] for more than is pledged or all of it while
    /// something is owed, [`LenderError::Overflow`].
    pub fn withdraw(&mut self, vault: &mut Vault, amount: Collateral) -> Result<()> {
        let collateral = pledge_taken(vault.collateral, amount, LenderError::InsufficientCollateral)?;
        if collateral == Collateral::ZERO && vault.debt > Amount::ZERO {
            return Err(LenderError::InsufficientCollateral);
        }
        let total = pledge_taken(self.collateral, amount, LenderError::InvalidParameter)?;
        let wallet = vault.wallet_collateral.add(amount)?;
        vault.collateral = collateral;
        self.collateral = total;
        vault.wallet_collateral = wallet;
        self.invariants(vault)
    }

    #[inline(always)]
    fn invariants(&self, vault: &Vault) -> Result<()> {
        self.invariant()?;
        vault.invariant()
    }
}

#[inline(always)]
fn sum(a: Amount, b: Amount) -> Result<Amount> {
    a.add(b).map_err(|_| LenderError::Overflow)
}

/// What is left of a balance, or `short` where it does not suffice.
#[inline(always)]
fn taken(balance: Amount, amount: Amount, short: LenderError) -> Result<Amount> {
    if amount == Amount::ZERO {
        return Err(LenderError::ZeroAmount);
    }
    balance.sub(amount).map_err(|_| short)
}

/// The same for collateral.
#[inline(always)]
fn pledge_taken(balance: Collateral, amount: Collateral, short: LenderError) -> Result<Collateral> {
    if amount == Collateral::ZERO {
        return Err(LenderError::ZeroAmount);
    }
    balance.checked_sub(amount).ok_or(short)
}
