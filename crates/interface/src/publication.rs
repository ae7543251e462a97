//! Publishing: from a report whose signatures stand to the next published state.

use crate::composition::Composition;
use crate::error::{HurdleError, Result};
use crate::limit::baseline_after;
use crate::quantity::{Rate, Slot, UnixTime};
use crate::ramp::{Targets, carry_up};
use crate::report::Report;
use crate::state::{AccountLayout, CommitteeState, MarketState, Published, STATUS_LIMITED, STATUS_STRESSED};
use crate::words;

/// More slots than any cluster makes in a second (Solana: 2.5): what bounds the age of a slot by an age in seconds.
const SLOTS_PER_SECOND: u64 = 10;

/// The cluster's time, as the program sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Time of the cluster's clock.
    pub time: UnixTime,
    /// Slot.
    pub slot: Slot,
}

/// Checks everything about a report but its signatures and computes the state that it leads to. Changes nothing.
///
/// `signers` has a bit for each member of the committee whose signature was verified.
///
/// # Errors
/// The first rule that the report breaks, in the order of the checks: layout, domain, epochs, model, sequence, times,
/// bounds, then the residual and the uniqueness of the fixed point.
#[inline(always)]
pub fn next_publication(
    market: &MarketState,
    committee: &CommitteeState,
    report: &Report,
    signers: u16,
    now: Now,
) -> Result<Published> {
    check_report(market, committee, report, now)?;
    let params = &market.params;
    let residual = check_solution(market, report)?;

    let last = &market.published;
    let elapsed = now.time.seconds_since(last.published_at);
    let (hurdle, limit) = params
        .limit
        .limited(&last.limit, last.hurdle, report.hurdle, elapsed, now.time);
    let (baseline, baseline_rest) = baseline_after(
        last.fine_baseline(),
        last.hurdle,
        last.published_at,
        now.time,
        params.baseline_half_life,
    )
    .split_down()?;
    let mut target = params.composition.multiplier.at_up(hurdle, baseline)?;
    let mut status = 0;
    if hurdle != report.hurdle {
        status |= STATUS_LIMITED;
    }
    if report.is_stressed() {
        status |= STATUS_STRESSED;
        target = target.max(params.stressed_multiplier);
    }
    Ok(Published {
        sequence: report.sequence,
        observed_at: report.observed_at,
        observed_slot: report.observed_slot,
        published_at: now.time,
        published_slot: now.slot,
        hurdle,
        raw_hurdle: report.hurdle,
        organic_hurdle: hurdle.sub(report.components.emissions)?,
        baseline,
        baseline_rest,
        residual,
        ramps: last.ramps.retargeted(
            &params.ramp,
            now.time,
            Targets {
                multiplier: target,
                volatility: report.components.volatility,
                carry: carry_up(hurdle, params.liquidation_horizon)?,
            },
        ),
        limit,
        components: report.components,
        responses: report.responses,
        signers,
        status,
        signer_count: u8::try_from(signers.count_ones()).unwrap_or(u8::MAX),
        committee_epoch: committee.epoch,
        observations_hash: report.observations_hash,
    })
}

/// Everything but the solution.
// Called, not inlined, as `check_solution`: alone each keeps its values in the VM's ten registers.
#[inline(never)]
fn check_report(market: &MarketState, committee: &CommitteeState, report: &Report, now: Now) -> Result<()> {
    report.check_layout()?;
    market.check_version()?;
    committee.check_version()?;
    check_identity(market, committee, report)?;
    check_times(market, report, now)?;
    // governance's bounds lie within the domains: from here on every quantity is in its own
    market.params.check_components(&report.components)?;
    market.params.check_responses(&report.responses)
}

/// The report is for this market, under its current parameters, model and committee, and the next one.
#[inline(always)]
fn check_identity(market: &MarketState, committee: &CommitteeState, report: &Report) -> Result<()> {
    if !words::equal(&report.domain, &market.domain) {
        return Err(HurdleError::WrongDomain);
    }
    if report.param_epoch != market.param_epoch {
        return Err(HurdleError::WrongParamEpoch);
    }
    if report.committee_epoch != committee.epoch {
        return Err(HurdleError::WrongCommitteeEpoch);
    }
    if !words::equal(&report.model_hash, &market.model_hash) {
        return Err(HurdleError::ModelMismatch);
    }
    if market.published.sequence.checked_add(1) != Some(report.sequence) {
        return Err(HurdleError::WrongSequence);
    }
    Ok(())
}

/// The observation is newer than the last one, not from the future and not too old, in time and in slots.
#[inline(always)]
fn check_times(market: &MarketState, report: &Report, now: Now) -> Result<()> {
    if report.observed_at > now.time || report.observed_slot > now.slot {
        return Err(HurdleError::ObservedInFuture);
    }
    if now.time >= report.expires_at {
        return Err(HurdleError::ReportExpired);
    }
    let max_age = market.params.max_observation_age;
    let slots = now.slot.0.saturating_sub(report.observed_slot.0);
    if now.time.seconds_since(report.observed_at) > max_age
        || slots.div_ceil(SLOTS_PER_SECOND) > max_age.unsigned_abs()
    {
        return Err(HurdleError::ObservedTooOld);
    }
    let last = &market.published;
    if report.observed_at <= last.observed_at || report.observed_slot <= last.observed_slot {
        return Err(HurdleError::ObservedNotNewer);
    }
    if words::equal(&report.observations_hash, &last.observations_hash) {
        return Err(HurdleError::ObservationsRepeated);
    }
    Ok(())
}

/// The reported rate is the unique fixed point of Φ within tolerance, or the ceiling of a report without equilibrium.
#[inline(never)]
fn check_solution(market: &MarketState, report: &Report) -> Result<Rate> {
    let rule = &market.params.composition;
    if report.is_stressed() {
        if report.hurdle != rule.ceiling {
            return Err(HurdleError::NotStressedRate);
        }
        return Ok(Rate::ZERO);
    }
    // Φ leads into the range: outside of it there is no fixed point, however near
    if report.hurdle < rule.floor || report.hurdle > rule.ceiling {
        return Err(HurdleError::ResidualTooLarge);
    }
    let composition = Composition::new(rule, &report.components, report.responses, market.anchor())?;
    let composed = composition.unclamped(report.hurdle)?;
    // The ceiling is a fixed point of Φ as it is held to the range, but not the market's equilibrium: that is a run.
    if composed > rule.ceiling {
        return Err(HurdleError::UnflaggedRun);
    }
    let residual = composed.max(rule.floor).distance(report.hurdle);
    if residual > market.params.residual_tolerance.raw() {
        return Err(HurdleError::ResidualTooLarge);
    }
    if !composition.is_unique()? {
        return Err(HurdleError::NotUnique);
    }
    Rate::new(residual)
}

#[cfg(test)]
mod tests;
