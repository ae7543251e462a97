//! Instruction data: a byte that names the instruction, then its arguments as a plain struct, little-endian.

use crate::error::{LenderError, Result};
use crate::quantity::{Collateral, Price};
use bytemuck::{Pod, Zeroable};
use hurdle_interface::Amount;
use solana_address::Address;

/// Which instruction: the first byte of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// [`CreateDeskArgs`].
    CreateDesk,
    /// [`SetPriceArgs`].
    SetPrice,
    /// No arguments.
    OpenAccount,
    /// [`FaucetArgs`].
    Faucet,
    /// [`QuoteArgs`].
    Fund,
    /// [`CollateralArgs`].
    Deposit,
    /// [`BorrowArgs`].
    Borrow,
    /// [`QuoteArgs`].
    Repay,
    /// [`WithdrawArgs`].
    Withdraw,
}

impl Tag {
    /// As it stands in the data.
    pub const fn byte(self) -> u8 {
        match self {
            Self::CreateDesk => 0,
            Self::SetPrice => 1,
            Self::OpenAccount => 2,
            Self::Faucet => 3,
            Self::Fund => 4,
            Self::Deposit => 5,
            Self::Borrow => 6,
            Self::Repay => 7,
            Self::Withdraw => 8,
        }
    }
}

impl TryFrom<u8> for Tag {
    type Error = LenderError;

    #[inline(always)]
    fn try_from(byte: u8) -> Result<Self> {
        Ok(match byte {
            0 => Self::CreateDesk,
            1 => Self::SetPrice,
            2 => Self::OpenAccount,
            3 => Self::Faucet,
            4 => Self::Fund,
            5 => Self::Deposit,
            6 => Self::Borrow,
            7 => Self::Repay,
            8 => Self::Withdraw,
            _ => return Err(LenderError::UnknownInstruction),
        })
    }
}

/// How an action that adds risk asks Hurdle. Both give the same verdict; they differ in cost and coupling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Calls Hurdle's `check_margin` and reads its return data: always Hurdle's current rules.
    Cpi,
    /// Reads the market account through `hurdle-interface`: cheaper, and the rules are those compiled into the lender.
    Direct,
}

impl Gate {
    /// As it stands in the arguments.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Cpi => 0,
            Self::Direct => 1,
        }
    }
}

impl TryFrom<u8> for Gate {
    type Error = LenderError;

    #[inline(always)]
    fn try_from(byte: u8) -> Result<Self> {
        match byte {
            0 => Ok(Self::Cpi),
            1 => Ok(Self::Direct),
            _ => Err(LenderError::MalformedArguments),
        }
    }
}

/// What a desk starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct CreateDeskArgs {
    /// May set the price.
    pub price_authority: Address,
    /// The oldest observation behind a rate that the desk lends on, seconds.
    pub max_rate_age: i64,
    /// The oldest collateral price that the desk lends on, seconds.
    pub max_price_age: i64,
    /// Number of the desk among its authority's.
    pub id: u16,
    /// Index of the market's risk class that the collateral belongs to.
    pub class: u8,
    /// The fewest signers behind a rate that the desk lends on.
    pub min_signers: u8,
    /// Zero.
    pub padding: [u8; 4],
}

/// A new price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct SetPriceArgs {
    /// The price; not zero. Its time is the cluster's.
    pub price: Price,
}

/// What a wallet is credited with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct FaucetArgs {
    /// Quote atoms.
    pub quote: Amount,
    /// Collateral atoms.
    pub collateral: Collateral,
}

/// Quote atoms to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct QuoteArgs {
    /// The amount.
    pub amount: Amount,
}

/// Collateral atoms to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct CollateralArgs {
    /// The amount.
    pub amount: Collateral,
}

/// What to borrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct BorrowArgs {
    /// Quote atoms.
    pub amount: Amount,
    /// [`Gate`].
    pub gate: u8,
    /// Zero.
    pub padding: [u8; 7],
}

impl BorrowArgs {
    /// The gate.
    ///
    /// # Errors
    /// [`LenderError::MalformedArguments`] for an undefined one or non-zero padding.
    #[inline(always)]
    pub fn gate(&self) -> Result<Gate> {
        gate(self.gate, self.padding)
    }
}

/// What to take out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct WithdrawArgs {
    /// Collateral atoms.
    pub amount: Collateral,
    /// [`Gate`].
    pub gate: u8,
    /// Zero.
    pub padding: [u8; 7],
}

impl WithdrawArgs {
    /// The gate.
    ///
    /// # Errors
    /// [`LenderError::MalformedArguments`] for an undefined one or non-zero padding.
    #[inline(always)]
    pub fn gate(&self) -> Result<Gate> {
        gate(self.gate, self.padding)
    }
}

#[inline(always)]
fn gate(byte: u8, padding: [u8; 7]) -> Result<Gate> {
    if padding != [0; 7] {
        return Err(LenderError::MalformedArguments);
    }
    Gate::try_from(byte)
}

/// Reads the arguments that follow the tag, at any alignment.
///
/// # Errors
/// [`LenderError::MalformedArguments`] for another length.
#[inline(always)]
pub fn parse<T: Pod>(data: &[u8]) -> Result<T> {
    bytemuck::try_pod_read_unaligned(data).map_err(|_| LenderError::MalformedArguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tag_leads_back_to_itself_and_no_other_byte_is_one() {
        for byte in 0..=u8::MAX {
            match Tag::try_from(byte) {
                Ok(tag) => assert_eq!(tag.byte(), byte),
                Err(error) => assert_eq!((error, byte > 8), (LenderError::UnknownInstruction, true)),
            }
        }
    }

    #[test]
    fn every_gate_leads_back_to_itself_and_no_other_byte_is_one() {
        assert_eq!(Gate::try_from(Gate::Cpi.byte()), Ok(Gate::Cpi));
        assert_eq!(Gate::try_from(Gate::Direct.byte()), Ok(Gate::Direct));
        assert_eq!(Gate::try_from(2), Err(LenderError::MalformedArguments));
    }

    #[test]
    fn arguments_of_another_length_are_malformed() {
        for length in 0..=17 {
            let parsed = parse::<BorrowArgs>(&[1; 17][..length]);
            assert_eq!(parsed.is_ok(), length == 16, "{length} bytes");
        }
    }
}
