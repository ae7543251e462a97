//! What must hold over many steps: the rate limit by every pair of publications, the window's cap, and how often the guardian pauses and tightens.

use std::collections::BTreeMap;

use hurdle_interface::error::HurdleError;
use hurdle_interface::limit::RateLimit;
use hurdle_interface::quantity::DAY;
use hurdle_interface::state::MarketState;
use solana_address::Address;

use super::attempt::Attempt;
use super::invariants::{Held, ensure};
use super::snapshot::Snapshot;
use crate::world::{Sent, hurdle_error};

/// Pauses of a market that the guardian may begin within any 24 hours, and tightenings of it that it may make.
const ACTS: usize = 3;

/// Every rate that stood on each market since its limit was last changed, and every pause and
/// tightening of a guardian.
pub struct Track {
    lines: BTreeMap<Address, Line>,
    /// When, by market and kind: counted here, since a market remembers the last few only.
    acts: BTreeMap<(Address, &'static str), Vec<i64>>,
}

struct Line {
    limit: RateLimit,
    /// When a rate began to stand, and the rate.
    stood: Vec<(i64, i64)>,
}

impl Line {
    fn new(market: &MarketState) -> Self {
        Self {
            limit: market.params.limit,
            stood: vec![(market.published.published_at.0, market.published.hurdle.raw())],
        }
    }
}

impl Track {
    /// Begins with what stands.
    pub fn new(snapshot: &Snapshot) -> Self {
        let lines = snapshot
            .markets
            .iter()
            .map(|(address, market)| (*address, Line::new(market)))
            .collect();
        Self {
            lines,
            acts: BTreeMap::new(),
        }
    }

    /// Follows one step.
    ///
    /// # Errors
    /// What does not hold.
    pub fn follow(&mut self, attempt: &Attempt, sent: &Sent, before: &Snapshot, after: &Snapshot) -> Held {
        self.counted(attempt, sent, before, after.time)?;
        for (address, new) in &after.markets {
            let old = before.markets.get(address);
            let Some(line) = self.lines.get_mut(address) else {
                self.lines.insert(*address, Line::new(new));
                continue;
            };
            let published = old.is_some_and(|old| new.published.sequence > old.published.sequence);
            if published {
                line.publish(after.time, new.published.hurdle.raw())
                    .map_err(|what| format!("market {address}: {what}"))?;
            } else if line.limit != new.params.limit
                || old.is_some_and(|old| old.published.hurdle != new.published.hurdle)
            {
                *line = Line::new(new);
            }
        }
        Ok(())
    }

    /// Within 24 hours the guardian pauses a market three times, and tightens it three times, and is refused a fourth,
    /// whatever the authority does.
    fn counted(&mut self, attempt: &Attempt, sent: &Sent, before: &Snapshot, now: i64) -> Held {
        let (Some(asked), Some(config)) = (attempt.instructions.last(), before.configs.values().next())
        else {
            return Ok(());
        };
        let [signer, _, market, ..] = asked.accounts.as_slice() else {
            return Ok(());
        };
        let by_guardian = signer.pubkey == config.guardian && signer.pubkey != config.authority;
        let (act, too_many) = match attempt.instruction {
            "pause_market" => ("pause", HurdleError::TooManyPauses),
            "tighten_params" | "tighten_class" => ("tightening", HurdleError::TooManyTightenings),
            _ => return Ok(()),
        };
        if !by_guardian {
            return Ok(());
        }
        let times = self.acts.entry((market.pubkey, act)).or_default();
        let today = times.iter().filter(|time| now - **time < DAY).count();
        let which = format!("market {}: {act}", market.pubkey);
        match (sent, hurdle_error(sent)) {
            (Ok(_), _) => {
                times.push(now);
                ensure(today < ACTS, || {
                    format!("{which} {} of the guardian within a day", today + 1)
                })
            }
            (Err(_), Some(error)) if error == too_many => ensure(today == ACTS, || {
                format!("{which} refused after {today} within a day")
            }),
            _ => Ok(()),
        }
    }
}

impl Line {
    /// Any two rates are no further apart than the time between them allows, and no rate further from one that stood
    /// within the window than the window allows.
    fn publish(&mut self, now: i64, rate: i64) -> Held {
        let limit = &self.limit;
        let allowed = |per_day: i64, seconds: i64| {
            // what the division left before the first of them may add one
            i128::from(per_day) * i128::from(seconds) / i128::from(DAY) + 1
        };
        for (index, (since, stood)) in self.stood.iter().enumerate() {
            let (moved, seconds) = (i128::from(rate - stood), now - since);
            let most = allowed(limit.rise_per_day.raw(), seconds);
            let least = -allowed(limit.fall_per_day.raw(), seconds);
            if moved > most || moved < least {
                return Err(format!(
                    "moved by {moved} within {seconds} s, of {least} … {most}"
                ));
            }
            let until = self.stood.get(index + 1).map_or(now, |next| next.0);
            let in_window = until > now - limit.window;
            if in_window
                && (moved > i128::from(limit.window_rise.raw())
                    || -moved > i128::from(limit.window_fall.raw()))
            {
                return Err(format!(
                    "moved by {moved} from a rate that stood within the window"
                ));
            }
        }
        self.stood.push((now, rate));
        Ok(())
    }
}
