//! What must hold after every step, whatever was tried.

use hurdle_interface::instruction::discriminator;
use hurdle_interface::margin::{
    MarginReply, MarginRequest, Portfolio, Position, check_portfolio, preview_portfolio,
};
use hurdle_interface::quantity::UnixTime;
use hurdle_interface::state::{HistoryEntry, HistoryState, MarketState};
use solana_address::Address;

use super::attempt::Attempt;
use super::snapshot::Snapshot;
use super::{authority, safety};
use crate::world::Sent;

/// The outcome of a check: what does not hold.
pub type Held = Result<(), String>;

/// Checks one step.
///
/// # Errors
/// What does not hold.
pub fn check(attempt: &Attempt, sent: &Sent, before: &Snapshot, after: &Snapshot) -> Held {
    if sent.is_err() {
        return ensure(before.accounts == after.accounts, || {
            "a refusal changed an account".into()
        });
    }
    if let Some(wrong) = attempt.wrong {
        return Err(format!("accepted: {wrong}"));
    }
    whole(after)?;
    authority::check(attempt, before, after)?;
    answered(attempt, sent, before)?;
    for (address, old) in &before.markets {
        let new = after
            .markets
            .get(address)
            .ok_or_else(|| format!("market {address} is gone"))?;
        market(attempt, address, old, new)
            .and_then(|()| safety::check(attempt, old, new, UnixTime(after.time)))
            .map_err(|what| format!("market {address}: {what}"))?;
    }
    histories(before, after)
}

/// Turns what does not hold into a failure.
///
/// # Errors
/// What does not hold.
pub fn ensure(holds: bool, what: impl FnOnce() -> String) -> Held {
    if holds { Ok(()) } else { Err(what()) }
}

/// Every account is of one kind and keeps its invariant.
fn whole(after: &Snapshot) -> Held {
    let known = after.configs.len()
        + after.committees.len()
        + after.markets.len()
        + after.proposals.len()
        + after.histories.len();
    ensure(known == after.accounts.len(), || {
        "an account is of no known kind".into()
    })?;
    ensure(after.configs.len() == 1, || {
        format!("{} configs", after.configs.len())
    })?;
    let broken = |address: &Address, error| format!("{address} breaks its invariant: {error:?}");
    for (address, config) in &after.configs {
        config.invariant().map_err(|error| broken(address, error))?;
    }
    for (address, committee) in &after.committees {
        committee.invariant().map_err(|error| broken(address, error))?;
    }
    for (address, market) in &after.markets {
        market.invariant().map_err(|error| broken(address, error))?;
    }
    for (address, proposal) in &after.proposals {
        proposal.invariant().map_err(|error| broken(address, error))?;
    }
    for (address, (head, places)) in &after.histories {
        head.invariant(places.len())
            .map_err(|error| broken(address, error))?;
    }
    Ok(())
}

/// A margin check answers what the interface computes, and an enforced one lets through only what is allowed.
fn answered(attempt: &Attempt, sent: &Sent, before: &Snapshot) -> Held {
    let (Ok(sent), Some(asked)) = (sent, attempt.instructions.last()) else {
        return Ok(());
    };
    let (at, body) = if let Some(body) = asked.data.strip_prefix(&discriminator::CHECK_MARGIN[..]) {
        (None, body)
    } else if let Some(body) = asked.data.strip_prefix(&discriminator::PREVIEW_MARGIN[..]) {
        let (at, body) = body.split_at(8);
        (Some(UnixTime(bytemuck::pod_read_unaligned(at))), body)
    } else {
        return Ok(());
    };
    let (request, positions) = body.split_at(size_of::<MarginRequest>());
    let request: MarginRequest = bytemuck::pod_read_unaligned(request);
    let positions: Vec<Position> = positions[4..]
        .chunks_exact(size_of::<Position>())
        .map(bytemuck::pod_read_unaligned)
        .collect();
    let answer: MarginReply = bytemuck::pod_read_unaligned(&sent.return_data.data);
    let market = asked
        .accounts
        .first()
        .and_then(|meta| before.markets.get(&meta.pubkey))
        .ok_or("a margin check was answered without a market")?;
    let now = UnixTime(before.time);
    let expected = Portfolio::asked(request, &positions).and_then(|portfolio| match at {
        Some(at) => preview_portfolio(market, &portfolio, now, at),
        None => check_portfolio(market, &portfolio, now),
    });
    ensure(expected == Ok(answer), || {
        format!("answered {answer:?}, not {expected:?}")
    })?;
    ensure(request.enforce == 0 || answer.allowed == 1, || {
        "an enforced check passed what is not allowed".into()
    })
}

/// Whether an attempt publishes to a market.
pub fn publishes(attempt: &Attempt, market: &Address) -> bool {
    let named = attempt
        .instructions
        .last()
        .and_then(|asked| asked.accounts.first())
        .is_some_and(|meta| meta.pubkey == *market);
    attempt.instruction == "publish" && named
}

/// What one step may do to a market.
fn market(attempt: &Attempt, address: &Address, old: &MarketState, new: &MarketState) -> Held {
    let published = publishes(attempt, address);
    let next = old.published.sequence + u64::from(published);
    ensure(new.published.sequence == next, || {
        format!(
            "sequence {} after {}",
            new.published.sequence, old.published.sequence
        )
    })?;
    let identity = |market: &MarketState| {
        (
            market.name,
            market.config,
            market.committee,
            market.history,
            market.domain,
            market.bump,
        )
    };
    ensure(identity(new) == identity(old), || "its identity changed".into())?;
    ensure(
        (0..=1).contains(&(i64::from(new.param_epoch) - i64::from(old.param_epoch))),
        || format!("parameter epoch {} after {}", new.param_epoch, old.param_epoch),
    )?;
    let rules = |market: &MarketState| (market.params, market.classes);
    ensure(
        new.param_epoch > old.param_epoch || rules(new) == rules(old),
        || "its rules changed without a new epoch".into(),
    )?;
    if published {
        let untouched = (new.pauses, new.model_hash) == (old.pauses, old.model_hash);
        ensure(rules(new) == rules(old) && untouched, || {
            "a publication changed its rules".into()
        })?;
        let held = old.published.hurdle;
        let (from, to) = (old.published.baseline, new.published.baseline);
        ensure(from.min(held) <= to && to <= from.max(held), || {
            format!("baseline {to:?} does not lie between {from:?} and the rate that stood, {held:?}")
        })?;
    }
    Ok(())
}

/// A history belongs to its market, ends with what the market published last, and is in order.
fn histories(before: &Snapshot, after: &Snapshot) -> Held {
    for (address, market) in &after.markets {
        let (head, places) = after
            .histories
            .get(&market.history)
            .ok_or_else(|| format!("market {address} has no history"))?;
        let earlier = before.histories.get(&market.history);
        ensure(head.market == *address, || {
            format!("the history of {address} is another's")
        })?;
        ensure(
            earlier.is_none_or(|(_, before)| places.len() >= before.len()),
            || format!("the history of {address} shrank"),
        )?;
        let written = in_order(head, places);
        ensure(
            written.windows(2).all(|pair| {
                pair[0].published_at <= pair[1].published_at && pair[0].sequence + 1 == pair[1].sequence
            }),
            || format!("the history of {address} is out of order"),
        )?;
        if let Some(newest) = written.last() {
            let published = &market.published;
            ensure(
                newest.sequence == published.sequence && newest.published_at == published.published_at,
                || format!("the history of {address} does not end with the last publication"),
            )?;
        }
    }
    ensure(after.histories.len() == after.markets.len(), || {
        "a history without a market".into()
    })
}

/// The entries from the oldest to the newest.
fn in_order(head: &HistoryState, places: &[HistoryEntry]) -> Vec<HistoryEntry> {
    let used = usize::try_from(head.used).unwrap_or(usize::MAX).min(places.len());
    let newest = usize::try_from(head.newest).unwrap_or(usize::MAX);
    (1..=used).map(|step| places[(newest + step) % used]).collect()
}
