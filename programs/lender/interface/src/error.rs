//! Why the lender refuses, with the codes that the program returns on-chain.

use core::fmt;

/// A result whose error is a [`LenderError`].
pub type Result<T> = core::result::Result<T, LenderError>;

/// The first custom error code of the lender; the codes follow the order of [`LenderError`]. Hurdle's start at 6000.
pub const ERROR_BASE: u32 = 7000;

macro_rules! errors {
    ($($name:ident: $message:literal,)*) => {
        /// Why the lender refused. On-chain each is `ProgramError::Custom(7000 + position)`; codes are never reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u32)]
        pub enum LenderError {
            $(#[doc = $message] $name,)*
        }

        impl LenderError {
            /// Every error, in the order of the codes.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The sentence that explains the error.
            pub const fn message(self) -> &'static str {
                match self { $(Self::$name => $message,)* }
            }
        }
    };
}

errors! {
    UnknownInstruction: "the instruction's first byte names no instruction",
    MalformedArguments: "the instruction's arguments have the wrong length or an undefined value",
    WrongAccountCount: "the instruction takes another number of accounts",
    DuplicateAccount: "one account stands in two places",
    MissingSignature: "an account that must sign did not",
    NotWritable: "an account that changes is not writable",
    WrongAccountOwner: "the account is not owned by the lender program",
    InvalidAccountData: "the account is of another kind, version or length",
    WrongAddress: "the account is not at the address that its seeds give",
    WrongProgram: "the program account is not the expected program",
    AlreadyCreated: "the account exists already",
    Unauthorized: "the signer is not the desk's authority for this",
    WrongDesk: "the vault belongs to another desk",
    WrongVaultOwner: "the vault belongs to somebody else",
    WrongMarket: "the account is not the market that the desk trusts",
    InvalidReply: "the margin check returned no answer of Hurdle's",
    NotPriced: "the collateral has no price yet",
    PriceStale: "the collateral's price is too old for an action that adds risk",
    ZeroAmount: "the amount is zero",
    InsufficientWallet: "the wallet holds less than the amount",
    InsufficientLiquidity: "the desk has less liquidity than the amount",
    InsufficientCollateral: "the vault holds less collateral than the amount",
    RepayExceedsDebt: "the repayment is larger than the debt",
    Overflow: "an amount does not fit 64 bits",
    InvalidParameter: "a parameter lies outside its range or the ledger's invariant is violated",
}

impl LenderError {
    /// The custom error code on-chain.
    #[expect(
        clippy::as_conversions,
        reason = "a fieldless enum of repr(u32) to its own repr"
    )]
    pub const fn code(self) -> u32 {
        ERROR_BASE.saturating_add(self as u32)
    }

    /// The error of a custom code, where it is one of ours.
    pub fn from_code(code: u32) -> Option<Self> {
        let index = usize::try_from(code.checked_sub(ERROR_BASE)?).ok()?;
        Self::ALL.get(index).copied()
    }
}

impl fmt::Display for LenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl core::error::Error for LenderError {}

impl From<LenderError> for solana_program_error::ProgramError {
    fn from(error: LenderError) -> Self {
        Self::Custom(error.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_start_at_7000_and_lead_back_to_their_error() {
        assert_eq!(LenderError::UnknownInstruction.code(), 7000);
        assert_eq!(LenderError::InvalidParameter.code(), 7024);
        for error in LenderError::ALL {
            assert_eq!(LenderError::from_code(error.code()), Some(*error));
        }
        assert_eq!(LenderError::from_code(6999), None);
        assert_eq!(LenderError::from_code(7025), None);
    }
}
