//! Who may do what: no step changes what its signers may not.

use hurdle_interface::governance::{Change, MAX_PAUSE};
use hurdle_interface::quantity::UnixTime;
use hurdle_interface::state::{CommitteeState, ConfigState, ProposalState};
use solana_address::Address;

use super::attempt::Attempt;
use super::invariants::{Held, ensure};
use super::snapshot::Snapshot;

/// Seconds of the shortest timelock.
const HOUR: i64 = 3_600;

/// What anyone may call.
const ANYONE: [&str; 8] = [
    "publish",
    "check_margin",
    "preview_margin",
    "grow_history",
    "execute_market_change",
    "execute_committee_change",
    "execute_config_change",
    "close_proposal",
];
/// What the guardian may call beside the authority.
const GUARDIAN: [&str; 6] = [
    "veto_proposal",
    "tighten_params",
    "tighten_class",
    "tighten_committee",
    "tighten_timelock",
    "pause_market",
];

/// Checks one accepted step.
///
/// # Errors
/// What does not hold.
pub fn check(attempt: &Attempt, before: &Snapshot, after: &Snapshot) -> Held {
    let (Some(old), Some(new)) = (before.configs.values().next(), after.configs.values().next()) else {
        return Ok(());
    };
    signed(attempt, before, after, old)?;
    config(attempt, before, old, new)?;
    for (address, old) in &before.committees {
        let new = after
            .committees
            .get(address)
            .ok_or_else(|| format!("committee {address} is gone"))?;
        committee(attempt, before, address, old, new)
            .map_err(|what| format!("committee {address}: {what}"))?;
    }
    for (address, old) in &before.markets {
        let Some(new) = after.markets.get(address) else {
            continue;
        };
        let what = attempt.instruction;
        let rules =
            old.params != new.params || old.classes != new.classes || old.model_hash != new.model_hash;
        let at_once = ["tighten_params", "tighten_class"].contains(&what)
            || (old.active == 0 && ["set_params", "set_risk_class"].contains(&what));
        ensure(!rules || at_once || matured(before, after, what, address), || {
            format!("market {address}: {what} changed its rules")
        })?;
        ensure(
            old.active == new.active || (new.active == 1 && matured(before, after, what, address)),
            || format!("market {address}: {what} changed whether it is active"),
        )?;
        ensure(old.pauses == new.pauses || what.ends_with("pause_market"), || {
            format!("market {address}: {what} changed its pauses")
        })?;
        let now = UnixTime(after.time);
        let lasts = new.pauses.until.seconds_since(now);
        ensure(lasts <= MAX_PAUSE, || {
            format!("market {address}: a pause of {lasts} s")
        })?;
    }
    Ok(())
}

/// What not everyone may do was signed for by who may.
fn signed(attempt: &Attempt, before: &Snapshot, after: &Snapshot, config: &ConfigState) -> Held {
    if before.accounts == after.accounts || ANYONE.contains(&attempt.instruction) {
        return Ok(());
    }
    let by = |who: &Address| {
        attempt
            .instructions
            .iter()
            .flat_map(|instruction| &instruction.accounts)
            .any(|meta| meta.is_signer && meta.pubkey == *who)
    };
    let may = match attempt.instruction {
        "accept_authority" => by(&config.pending_authority),
        what if GUARDIAN.contains(&what) => by(&config.authority) || by(&config.guardian),
        _ => by(&config.authority),
    };
    ensure(may, || "changed something without a signature of who may".into())
}

/// Whether a proposal for an account was executed that was past its timelock and had not expired.
fn matured(before: &Snapshot, after: &Snapshot, what: &str, target: &Address) -> bool {
    let executed = |(address, proposal): (&Address, &ProposalState)| {
        let now = UnixTime(after.time);
        !after.proposals.contains_key(address)
            && proposal.target == *target
            && proposal.executable_at <= now
            && now < proposal.expires_at
    };
    what.starts_with("execute_") && before.proposals.iter().any(executed)
}

/// The authority changes by the nominee's own step, guardian and timelock by a proposal; a timelock is lengthened at once.
fn config(attempt: &Attempt, before: &Snapshot, old: &ConfigState, new: &ConfigState) -> Held {
    let what = attempt.instruction;
    ensure(
        old.authority == new.authority
            || (what == "accept_authority" && new.authority == old.pending_authority),
        || format!("{what} changed the authority"),
    )?;
    ensure(
        old.guardian == new.guardian || what == "execute_config_change",
        || format!("{what} changed the guardian"),
    )?;
    let longer = new.timelock_seconds > old.timelock_seconds;
    let waited = before.proposals.values().any(|proposal| {
        matches!(proposal.change(), Ok(Change::Config(_))) && proposal.executable_at.0 <= before.time
    });
    ensure(
        old.timelock_seconds == new.timelock_seconds
            || (what == "tighten_timelock" && longer)
            || (what == "execute_config_change" && waited),
        || format!("{what} changed the timelock"),
    )?;
    // set-up, where there is none, was over before the first step
    ensure((HOUR..=30 * 24 * HOUR).contains(&new.timelock_seconds), || {
        format!("a timelock of {} s", new.timelock_seconds)
    })?;
    ensure(
        (old.genesis_hash, old.bump) == (new.genesis_hash, new.bump) && old.proposals <= new.proposals,
        || format!("{what} changed the config's identity"),
    )
}

/// A committee changes by a proposal, or at once by losing keys or raising its threshold; each change is a new epoch.
fn committee(
    attempt: &Attempt,
    before: &Snapshot,
    address: &Address,
    old: &CommitteeState,
    new: &CommitteeState,
) -> Held {
    if old == new {
        return Ok(());
    }
    ensure(new.epoch == old.epoch + 1, || {
        format!("epoch {} after {}", new.epoch, old.epoch)
    })?;
    let tighter =
        new.members().iter().all(|key| old.members().contains(key)) && new.threshold >= old.threshold;
    let waited = before
        .proposals
        .values()
        .any(|proposal| proposal.target == *address && proposal.executable_at.0 <= before.time);
    match attempt.instruction {
        "tighten_committee" => ensure(tighter, || "tightening loosened it".into()),
        "execute_committee_change" => ensure(waited, || "it changed before its timelock".into()),
        other => Err(format!("{other} changed it")),
    }
}
