use anchor_lang::prelude::*;

/// Why the exchange refused, besides the errors of Hurdle's that come through.
#[error_code(offset = 7100)]
pub enum PerpsError {
    #[msg("the signer does not own the book")]
    WrongOwner,
    #[msg("the market is not the exchange's")]
    WrongMarket,
    #[msg("the position or the collateral does not reach that far")]
    Insufficient,
    #[msg("the amount does not fit 64 bits")]
    Overflow,
    #[msg("Hurdle did not answer, or another program did")]
    NoReply,
    #[msg("the exchange is not the book's")]
    WrongExchange,
    #[msg(
        "no rate or any rate would meet the policy: allow an age of 1 second to 30 days and ask for a signer at least"
    )]
    InvalidPolicy,
}
