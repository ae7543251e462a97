//! The rules of governance on the host.

use super::*;
use crate::error::HurdleError;
use crate::fixture::{self, NOW, cases, market, params, ratio};
use crate::quantity::UnixTime;

mod changes;
mod direction;
mod guardian;
mod market_changes;
mod nonce;
mod pauses;
mod proposals;
mod requirements;
mod set_up;
mod tightening;
mod weights;

/// Some seconds after the time of the tests.
fn later(seconds: i64) -> UnixTime {
    UnixTime(NOW.time.0 + seconds)
}

/// A market whose rate was observed just now.
fn fresh_market() -> crate::state::MarketState {
    let mut market = market();
    market.published.observed_at = NOW.time;
    market.published.published_at = NOW.time;
    market
}
