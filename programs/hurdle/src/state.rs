//! Accounts: thin wrappers around the layouts of `hurdle-interface`.

use anchor_lang::prelude::*;
use hurdle_interface::state::{CommitteeState, ConfigState, HistoryState, MarketState, ProposalState};

/// The program's configuration.
#[account]
pub struct Config {
    /// Its state.
    pub inner: ConfigState,
}

/// A committee of keepers.
#[account]
pub struct Committee {
    /// Its state.
    pub inner: CommitteeState,
}

/// A market: parameters, risk classes and the published rate.
#[account]
pub struct Market {
    /// Its state.
    pub inner: MarketState,
}

/// The head of a market's history; the entries follow it.
#[account]
pub struct History {
    /// Its state.
    pub inner: HistoryState,
}

/// One change that waits for its timelock.
#[account]
pub struct Proposal {
    /// Its state.
    pub inner: ProposalState,
}
