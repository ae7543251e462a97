use crate::PerpsError;
use anchor_lang::prelude::*;
use hurdle_interface::ReadPolicy;

/// Seed of an exchange; the others are its admin and its market.
pub const EXCHANGE_SEED: &[u8] = b"exchange";
/// Seed of a book; the others are its exchange and its owner.
pub const BOOK_SEED: &[u8] = b"book";

/// What the venue has decided for all its traders: whom it trusts, how its positions are margined and what it demands of a
/// rate. No trader chooses any of it.
#[account]
pub struct Exchange {
    /// Created it; part of the PDA.
    pub admin: Address,
    /// The market of Hurdle's that gates every book; part of the PDA.
    pub market: Address,
    /// The oldest observation behind a rate that the exchange opens risk on, seconds.
    pub max_rate_age: i64,
    /// The fewest signers behind such a rate.
    pub min_signers: u8,
    /// Risk class of the coin: one class is one underlying.
    pub class: u8,
    /// Bump of the account's PDA.
    pub bump: u8,
    /// Zero.
    pub padding: [u8; 5],
}

impl Exchange {
    /// The longest age that an exchange may allow a rate, 30 days.
    pub const LONGEST_AGE: i64 = 30 * 86_400;

    /// What the exchange demands of a rate that it opens risk on.
    pub fn read_policy(&self) -> ReadPolicy {
        ReadPolicy {
            max_age: self.max_rate_age,
            min_signers: self.min_signers,
        }
    }

    /// Refuses a policy that no rate meets, and one that any rate does.
    pub fn validate(policy: &ReadPolicy) -> Result<()> {
        if !(1..=Self::LONGEST_AGE).contains(&policy.max_age) || policy.min_signers == 0 {
            return Err(PerpsError::InvalidPolicy.into());
        }
        Ok(())
    }
}

/// One owner's long position at one exchange, and the collateral behind it: the account's lamports above its rent.
#[account]
pub struct Book {
    /// The exchange; part of the PDA.
    pub exchange: Address,
    /// The owner; part of the PDA.
    pub owner: Address,
    /// Value of the position, lamports.
    pub notional: u64,
    /// Bump of the account's PDA.
    pub bump: u8,
    /// Zero.
    pub padding: [u8; 7],
}

impl Book {
    /// Makes the position larger.
    pub fn increase(&mut self, notional: u64) -> Result<()> {
        self.notional = self.notional.checked_add(notional).ok_or(PerpsError::Overflow)?;
        Ok(())
    }

    /// Makes the position smaller, at most to nothing.
    pub fn reduce(&mut self, notional: u64) -> Result<()> {
        self.notional = self
            .notional
            .checked_sub(notional)
            .ok_or(PerpsError::Insufficient)?;
        Ok(())
    }
}
