//! The checked way from a market's account to a rate.

use crate::error::{HurdleError, Result};
use crate::margin::{MarginReply, Portfolio, check_portfolio, preview_portfolio};
use crate::quantity::{Rate, UnixTime};
use crate::ramp::{InForce, RampsInForce};
use crate::state::{AccountLayout, MarketState, STATUS_LIMITED, STATUS_STRESSED};
use crate::words::equal;
use solana_address::Address;

/// What a reader demands of the rate that it is about to rest money on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadPolicy {
    /// The oldest observation to accept, seconds.
    pub max_age: i64,
    /// The fewest signers to accept.
    pub min_signers: u8,
}

impl ReadPolicy {
    /// Checks age and signers of a publication.
    ///
    /// # Errors
    /// [`HurdleError::OracleStale`], [`HurdleError::TooFewReportSigners`].
    #[inline(always)]
    pub(crate) fn check(self, age: i64, signer_count: u8) -> Result<()> {
        if age > self.max_age {
            return Err(HurdleError::OracleStale);
        }
        if signer_count < self.min_signers {
            return Err(HurdleError::TooFewReportSigners);
        }
        Ok(())
    }
}

/// A market whose publication a reader's policy accepts. There is no other way to one than [`Self::read_checked`]:
///
/// ```compile_fail,E0423
/// # let state = unreachable!();
/// let market = hurdle_interface::Market(state);
/// ```
///
/// and no way out of it to the account's layout:
///
/// ```compile_fail,E0616
/// fn layout(market: &hurdle_interface::Market<'_>) {
///     let _ = market.0;
/// }
/// ```
#[cfg_attr(
    not(feature = "raw"),
    doc = "
Without the feature `raw`, which is for the program, its keepers and their tests, the layouts are out of reach:

```compile_fail,E0603
use hurdle_interface::state::MarketState;
```

and so is the margin rule on a layout that was never checked:

```compile_fail,E0603
use hurdle_interface::margin::check_portfolio;
```
"
)]
#[derive(Clone, Copy, Debug)]
pub struct Market<'a>(&'a MarketState);

impl<'a> Market<'a> {
    /// A consumer's way from account data to a rate: checks owner, kind, that the market is active and has published, the
    /// age of its observation and its signers.
    ///
    /// It cannot know *which* market this is: compare the account's address with the one you trust, or any market of the
    /// program will do. Ask before actions that add risk only; one that removes risk must not wait for an oracle. Whether
    /// the market is paused is for [`Self::check`] and [`Self::paused_until`] to tell: who is to be liquidated must be
    /// known even then.
    ///
    /// # Errors
    /// [`HurdleError::WrongAccountOwner`], [`HurdleError::InvalidAccountData`], [`HurdleError::OracleNeverPublished`],
    /// [`HurdleError::MarketInactive`], [`HurdleError::OracleStale`], [`HurdleError::TooFewReportSigners`].
    #[inline(always)]
    pub fn read_checked(data: &'a [u8], owner: &Address, policy: ReadPolicy, now: UnixTime) -> Result<Self> {
        let market = Self::state(data, owner)?;
        let published = &market.published;
        if published.sequence == 0 {
            return Err(HurdleError::OracleNeverPublished);
        }
        if market.active == 0 {
            return Err(HurdleError::MarketInactive);
        }
        policy.check(now.seconds_since(published.observed_at), published.signer_count)?;
        Ok(Self(market))
    }

    /// Checks that an account is a market of the program with a risk class, for a consumer's own set-up. Says nothing of
    /// its rate; it need not have published.
    ///
    /// # Errors
    /// [`HurdleError::WrongAccountOwner`], [`HurdleError::InvalidAccountData`], [`HurdleError::UnknownRiskClass`].
    pub fn defines_class(data: &[u8], owner: &Address, class: u8) -> Result<()> {
        Self::state(data, owner)?.class(class).map(|_| ())
    }

    #[inline(always)]
    fn state<'b>(data: &'b [u8], owner: &Address) -> Result<&'b MarketState> {
        if !equal(owner.as_array(), crate::ID.as_array()) {
            return Err(HurdleError::WrongAccountOwner);
        }
        MarketState::from_account(data)
    }

    /// h: the hurdle rate in force.
    #[inline(always)]
    pub const fn hurdle(&self) -> Rate {
        self.0.published.hurdle
    }

    /// h − e: what yield without emissions must cover.
    #[inline(always)]
    pub const fn organic_hurdle(&self) -> Rate {
        self.0.published.organic_hurdle
    }

    /// Time-weighted average of the hurdle rate.
    #[inline(always)]
    pub const fn baseline(&self) -> Rate {
        self.0.published.baseline
    }

    /// The margin multipliers in force.
    #[inline(always)]
    pub fn multipliers(&self, now: UnixTime) -> InForce {
        self.0.published.ramps.multiplier_at(&self.0.params.ramp, now)
    }

    /// All that margin moves with, in force.
    #[inline(always)]
    pub fn ramps(&self, now: UnixTime) -> RampsInForce {
        self.0.published.ramps.at(&self.0.params.ramp, now)
    }

    /// Requirement and health of an account.
    ///
    /// # Errors
    /// [`HurdleError::UnknownRiskClass`], [`HurdleError::InvalidPosition`], [`HurdleError::Overflow`].
    #[inline(always)]
    pub fn check(&self, portfolio: &Portfolio<'_>, now: UnixTime) -> Result<MarginReply> {
        check_portfolio(self.0, portfolio, now)
    }

    /// Requirement and health of an account at a time from `now` on, if nothing is published until then.
    ///
    /// # Errors
    /// [`HurdleError::PreviewInPast`]; others as [`Self::check`].
    #[inline(always)]
    pub fn preview(&self, portfolio: &Portfolio<'_>, now: UnixTime, at: UnixTime) -> Result<MarginReply> {
        preview_portfolio(self.0, portfolio, now, at)
    }

    /// Number of the publication.
    #[inline(always)]
    pub const fn sequence(&self) -> u64 {
        self.0.published.sequence
    }

    /// When its components were observed.
    #[inline(always)]
    pub const fn observed_at(&self) -> UnixTime {
        self.0.published.observed_at
    }

    /// When it was published.
    #[inline(always)]
    pub const fn published_at(&self) -> UnixTime {
        self.0.published.published_at
    }

    /// How many members of the committee signed it.
    #[inline(always)]
    pub const fn signer_count(&self) -> u8 {
        self.0.published.signer_count
    }

    /// Whether the rate limit held the rate back from the solved one.
    #[inline(always)]
    pub const fn is_limited(&self) -> bool {
        self.0.published.status & STATUS_LIMITED != 0
    }

    /// Whether the keepers found no equilibrium.
    #[inline(always)]
    pub const fn is_stressed(&self) -> bool {
        self.0.published.status & STATUS_STRESSED != 0
    }

    /// When the pause under way ends; no later than now where there is none.
    #[inline(always)]
    pub const fn paused_until(&self) -> UnixTime {
        self.0.pauses.until
    }
}

#[cfg(test)]
mod tests;
