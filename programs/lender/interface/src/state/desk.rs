use crate::account::AccountLayout;
use crate::args::CreateDeskArgs;
use crate::error::{LenderError, Result};
use crate::quantity::{Collateral, Price};
use bytemuck::{Pod, Zeroable};
use hurdle_interface::{Amount, ReadPolicy, UnixTime};
use solana_address::Address;

/// A lending desk: one kind of collateral, one quote asset, one Hurdle market.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Desk {
    /// Layout version.
    pub version: u8,
    /// Bump of the account's PDA.
    pub bump: u8,
    /// Number of the desk among its authority's, part of the PDA.
    pub id: u16,
    /// Index of the market's risk class that the collateral belongs to.
    pub class: u8,
    /// The fewest signers behind a rate that the desk lends on.
    pub min_signers: u8,
    /// Zero.
    pub padding: [u8; 2],
    /// Funds the desk and runs the faucet; part of the PDA.
    pub authority: Address,
    /// Sets the price.
    pub price_authority: Address,
    /// The Hurdle market that the desk trusts.
    pub market: Address,
    /// The oldest observation behind a rate that the desk lends on, seconds.
    pub max_rate_age: i64,
    /// The oldest collateral price that the desk lends on, seconds.
    pub max_price_age: i64,
    /// Price of the collateral; zero before the first.
    pub price: Price,
    /// When the price was set.
    pub priced_at: UnixTime,
    /// Quote atoms that can be borrowed.
    pub liquidity: Amount,
    /// Quote atoms that the vaults owe together.
    pub debt: Amount,
    /// Quote atoms that the authority has funded: liquidity and debt together.
    pub funded: Amount,
    /// Collateral atoms that the vaults have pledged together.
    pub collateral: Collateral,
    /// Quote atoms that the faucet has made.
    pub quote_supply: Amount,
    /// Collateral atoms that the faucet has made.
    pub collateral_supply: Collateral,
    /// Zero, for later versions.
    pub reserved: [u8; 128],
}

impl AccountLayout for Desk {
    const DISCRIMINATOR: [u8; 8] = [33, 28, 147, 6, 226, 158, 166, 73];
    const VERSION: u8 = 1;

    fn version(&self) -> u8 {
        self.version
    }
}

impl Desk {
    /// The longest age that a desk may allow a rate or a price, 30 days.
    pub const LONGEST_AGE: i64 = 30 * 86_400;

    /// A desk without price, liquidity and debt.
    ///
    /// # Errors
    /// [`LenderError::InvalidParameter`].
    pub fn opened(authority: Address, market: Address, bump: u8, args: &CreateDeskArgs) -> Result<Self> {
        if args.padding != [0; 4] {
            return Err(LenderError::MalformedArguments);
        }
        let desk = Self {
            version: Self::VERSION,
            bump,
            id: args.id,
            class: args.class,
            min_signers: args.min_signers,
            authority,
            price_authority: args.price_authority,
            market,
            max_rate_age: args.max_rate_age,
            max_price_age: args.max_price_age,
            ..Self::zeroed()
        };
        desk.invariant()?;
        Ok(desk)
    }

    /// Sets the price as of `now`.
    ///
    /// # Errors
    /// [`LenderError::InvalidParameter`] for a price of zero.
    pub fn set_price(&mut self, price: Price, now: UnixTime) -> Result<()> {
        if price == Price(0) {
            return Err(LenderError::InvalidParameter);
        }
        self.price = price;
        self.priced_at = now;
        self.invariant()
    }

    /// The price, where it is young enough to lend on.
    ///
    /// # Errors
    /// [`LenderError::NotPriced`], [`LenderError::PriceStale`].
    #[inline(always)]
    pub fn fresh_price(&self, now: UnixTime) -> Result<Price> {
        if self.price == Price(0) {
            return Err(LenderError::NotPriced);
        }
        if now.seconds_since(self.priced_at) > self.max_price_age {
            return Err(LenderError::PriceStale);
        }
        Ok(self.price)
    }

    /// What the desk demands of a rate that it lends on.
    #[inline(always)]
    pub const fn read_policy(&self) -> ReadPolicy {
        ReadPolicy {
            max_age: self.max_rate_age,
            min_signers: self.min_signers,
        }
    }

    /// Checks the parameters, that liquidity and debt make up what was funded, and that no more atoms are held than the
    /// faucet made. (What was funded may exceed them: borrowed atoms can be funded again.)
    ///
    /// # Errors
    /// [`LenderError::InvalidParameter`].
    #[inline(always)]
    pub fn invariant(&self) -> Result<()> {
        let zero = Address::default();
        let keys = self.authority != zero && self.price_authority != zero && self.market != zero;
        let ages = (1..=Self::LONGEST_AGE).contains(&self.max_rate_age)
            && (1..=Self::LONGEST_AGE).contains(&self.max_price_age);
        let quote = self.liquidity.add(self.debt) == Ok(self.funded) && self.liquidity <= self.quote_supply;
        let collateral = self.collateral <= self.collateral_supply;
        if self.version != Self::VERSION || !(keys && ages && quote && collateral) {
            return Err(LenderError::InvalidParameter);
        }
        Ok(())
    }
}
