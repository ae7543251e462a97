use crate::account::AccountLayout;
use crate::error::{LenderError, Result};
use crate::quantity::{Collateral, Price};
use bytemuck::{Pod, Zeroable};
use hurdle_interface::Amount;
use hurdle_interface::margin::Position;
use solana_address::Address;

/// One owner's account at a desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Vault {
    /// Layout version.
    pub version: u8,
    /// Bump of the account's PDA.
    pub bump: u8,
    /// Zero.
    pub padding: [u8; 6],
    /// The desk; part of the PDA.
    pub desk: Address,
    /// The owner; part of the PDA.
    pub owner: Address,
    /// Quote atoms of the owner's own: the stand-in for a token account.
    pub wallet_quote: Amount,
    /// Collateral atoms of the owner's own: the stand-in for a token account.
    pub wallet_collateral: Collateral,
    /// Collateral atoms pledged.
    pub collateral: Collateral,
    /// Quote atoms owed.
    pub debt: Amount,
    /// Zero, for later versions.
    pub reserved: [u8; 64],
}

impl AccountLayout for Vault {
    const DISCRIMINATOR: [u8; 8] = [211, 8, 232, 43, 2, 152, 117, 119];
    const VERSION: u8 = 1;

    fn version(&self) -> u8 {
        self.version
    }
}

impl Vault {
    /// An empty vault.
    ///
    /// # Errors
    /// [`LenderError::InvalidParameter`].
    pub fn opened(desk: Address, owner: Address, bump: u8) -> Result<Self> {
        let vault = Self {
            version: Self::VERSION,
            bump,
            desk,
            owner,
            ..Self::zeroed()
        };
        vault.invariant()?;
        Ok(vault)
    }

    /// The vault as Hurdle sees it: its collateral, whose value is rounded down, and its debt.
    ///
    /// # Errors
    /// [`LenderError::Overflow`] where the value does not fit 64 bits.
    #[inline(always)]
    pub fn positions(&self, price: Price, class: u8) -> Result<[Position; 2]> {
        Ok([
            Position::spot(class, price.value_down(self.collateral)?),
            Position::debt(class, self.debt),
        ])
    }

    /// Checks that the vault belongs to somebody and that nothing is owed without collateral.
    ///
    /// # Errors
    /// [`LenderError::InvalidParameter`].
    #[inline(always)]
    pub fn invariant(&self) -> Result<()> {
        let zero = Address::default();
        let backed = self.debt == Amount::ZERO || self.collateral > Collateral::ZERO;
        if self.version != Self::VERSION || self.desk == zero || self.owner == zero || !backed {
            return Err(LenderError::InvalidParameter);
        }
        Ok(())
    }
}
