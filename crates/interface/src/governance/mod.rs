//! Governance: what may be changed, in which direction, by whom and when.
//!
//! | change | before activation | after |
//! |---|---|---|
//! | loosens, or may ([`Direction::Looser`], [`Direction::Neither`]) | parameters and classes: at once, by the authority | proposed by the authority, executed by anyone once the timelock is over; the authority and the guardian may veto it until then |
//! | tightens ([`Direction::Tighter`]) | the same | at once, by the authority; by the guardian too where it is about margin ([`MarketParams::keeps_reports`]), [three times a day](TIGHTENINGS_PER_DAY), each field by at most a quarter of what stands ([`MarketParams::moves_little`]) |
//!
//! What refuses reports or signatures, and how long a timelock lasts, is not the guardian's to tighten: nobody but the
//! authority could take it back, and it could not soon.
//!
//! Activation is itself such a proposal: once the program is set up, nothing that loosens ever reaches a market that someone
//! rests money on without having been readable for the length of the timelock. Committee, timelock and guardian know no
//! "before".
//!
//! A config begins with a timelock of at least [`ConfigState::MIN_TIMELOCK_SECONDS`] or with none, which is *set-up*
//! ([`ConfigState::is_in_set_up`]): proposals are executable at once and markets may be activated, so that a deployment, a
//! demonstration or a test takes a few transactions. A timelock that was ever set never returns below the shortest, and a
//! proposal of set-up expires within an hour ([`ProposalState::SET_UP_LIFETIME`]). A market says nothing of it, since it
//! is the program that is set up: consumers read [`crate::Config`], which vouches for nothing until that hour is over.
//!
//! [`ConfigState::MIN_TIMELOCK_SECONDS`]: crate::state::ConfigState::MIN_TIMELOCK_SECONDS
//! [`ConfigState::is_in_set_up`]: crate::state::ConfigState::is_in_set_up
//! [`ProposalState::SET_UP_LIFETIME`]: crate::state::ProposalState::SET_UP_LIFETIME
//!
//! On an active market a change moves no maintenance margin at once: ramps go on from where they stand
//! ([`MarketState::set_params`]), a risk class passes over ([`crate::state::ClassTransition`]), and a rule of staleness
//! changes only while it does not act. A class that passes over may be tightened once more: it goes on from where it stands, and asks at no time for less than
//! it would have without.
//!
//! Tightening at once takes from what is published no proof that its fixed point is unique
//! ([`crate::composition::Composition::is_unique`]): keepers could only report that there is no equilibrium, and a guardian
//! could put a market into its stressed state, whose margin has a floor of its own
//! ([`MarketParams::stressed_multiplier`]), until a proposal takes the change back. That the next report's responses amplify
//! more, or that a rate rises to the ceiling, it does not exclude.
//!
//! [`MarketParams::stressed_multiplier`]: crate::state::MarketParams::stressed_multiplier
//!
//! [`MarketParams::moves_little`]: crate::state::MarketParams::moves_little
//! [`MarketParams::keeps_reports`]: crate::state::MarketParams::keeps_reports
//! [`MarketState::set_params`]: crate::state::MarketState::set_params

mod change;
mod direction;
mod market;
mod members;
mod nonce;
mod pause;
mod weights;

pub use change::{Applied, Change, ConfigChange, IndexedClass, MarketChange, PAYLOAD_LEN, kind};
pub use direction::Direction;
pub use market::TIGHTENINGS_PER_DAY;
pub use members::Members;
pub use nonce::refuse_durable_nonce;
pub use pause::{MAX_PAUSE, PAUSES_PER_DAY};

use solana_sha256_hasher::hashv;

/// The digest by which proposals and events name a state: sha256 over its parts.
fn digest(parts: &[&[u8]]) -> [u8; 32] {
    hashv(parts).to_bytes()
}

#[cfg(test)]
mod tests;
