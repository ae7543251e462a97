//! What margin says of an account.

use super::requirement::{Conditions, Holdings, Margin, Margins, margins_of_class};
use super::{FLAG_INACTIVE, FLAG_PAUSED, Health, MarginReply, Portfolio};
use crate::error::{HurdleError, Result};
use crate::quantity::{Amount, UnixTime};
use crate::staleness::{self, Freshness};
use crate::state::MarketState;

/// Requirement, counted collateral and health of an account against the rate in force at `now`.
///
/// # Errors
/// [`HurdleError::OracleNeverPublished`]; [`HurdleError::UnknownRiskClass`] for an undefined class, and for options in one
/// that has none; [`HurdleError::InvalidPosition`]; [`HurdleError::Overflow`] where a sum does not fit 64 bits.
#[inline(always)]
pub fn check_portfolio(
    market: &MarketState,
    portfolio: &Portfolio<'_>,
    now: UnixTime,
) -> Result<MarginReply> {
    let published = &market.published;
    if published.sequence == 0 {
        return Err(HurdleError::OracleNeverPublished);
    }
    let age = staleness::age(published.observed_at, now);
    let conditions = Conditions {
        now,
        ramps: published.ramps.at(&market.params.ramp, now),
        growth: market.params.staleness.growth_at(age)?,
    };
    let (margins, liabilities) = total(market, portfolio, &conditions)?;
    let Margins { initial, maintenance } = margins;
    let initial_shortfall = initial
        .collateral
        .shortfall_to(liabilities.add(initial.requirement)?);
    let maintenance_shortfall = maintenance
        .collateral
        .shortfall_to(liabilities.add(maintenance.requirement)?);
    let health = match (initial_shortfall, maintenance_shortfall) {
        (Amount::ZERO, _) => Health::Healthy,
        (_, Amount::ZERO) => Health::Restricted,
        _ => Health::Liquidatable,
    };
    let freshness = market.params.staleness.freshness(age);
    let flags = flags(market, now);
    let may_add_risk = flags == 0 && freshness < Freshness::HardStale && health == Health::Healthy;
    Ok(MarginReply {
        initial: initial.requirement,
        maintenance: maintenance.requirement,
        initial_collateral: initial.collateral,
        maintenance_collateral: maintenance.collateral,
        liabilities,
        initial_shortfall,
        maintenance_shortfall,
        hurdle: published.hurdle,
        initial_multiplier: conditions.ramps.multiplier.initial,
        maintenance_multiplier: conditions.ramps.multiplier.maintenance,
        sequence: published.sequence,
        age,
        health: health.byte(),
        freshness: freshness.byte(),
        allowed: u8::from(!portfolio.action().adds_risk() || may_add_risk),
        signer_count: published.signer_count,
        status: published.status,
        flags,
        padding: [0; 2],
    })
}

/// What [`check_portfolio`] will say at a time from `now` on if nothing is published, no position changes its value and
/// governance changes nothing: the ramps go on, the observation ages, options come closer to their expiry.
///
/// # Errors
/// [`HurdleError::PreviewInPast`] for a time before `now`; others as [`check_portfolio`].
#[inline(always)]
pub fn preview_portfolio(
    market: &MarketState,
    portfolio: &Portfolio<'_>,
    now: UnixTime,
    at: UnixTime,
) -> Result<MarginReply> {
    if at < now {
        return Err(HurdleError::PreviewInPast);
    }
    check_portfolio(market, portfolio, at)
}

/// Both margins and liabilities over all classes.
#[inline(always)]
fn total(
    market: &MarketState,
    portfolio: &Portfolio<'_>,
    conditions: &Conditions,
) -> Result<(Margins, Amount)> {
    let mut sum = Margins::default();
    let mut liabilities = Amount::ZERO;
    let mut exposed = false;
    let mut seen = 0u64;
    let mut rest = portfolio.positions();
    while let Some(first) = rest.first() {
        let class = first.class;
        let bit = 1u64.checked_shl(u32::from(class)).unwrap_or(0);
        if seen & bit == 0 {
            seen |= bit;
            // positions before this one are of other classes
            let holdings = Holdings::of(class, rest)?;
            let margins = margins_of_class(market, class, rest, &holdings, conditions)?;
            sum.initial = sum.initial.add(margins.initial)?;
            sum.maintenance = sum.maintenance.add(margins.maintenance)?;
            liabilities = liabilities.add(holdings.liabilities)?;
            exposed |= holdings.is_exposed();
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    // Rounding may join them on a few atoms, and a class that loosens lets initial margin go first: initial stays above
    // maintenance.
    if exposed && sum.initial.requirement <= sum.maintenance.requirement {
        sum.initial.requirement = sum.maintenance.requirement.add(Amount(1))?;
    }
    sum.initial = Margin {
        collateral: sum.initial.collateral.min(sum.maintenance.collateral),
        ..sum.initial
    };
    Ok((sum, liabilities))
}

/// What keeps the market from letting anyone add risk, at a time.
#[inline(always)]
fn flags(market: &MarketState, now: UnixTime) -> u8 {
    let inactive = if market.is_active() { 0 } else { FLAG_INACTIVE };
    let paused = if market.pauses.is_paused(now) {
        FLAG_PAUSED
    } else {
        0
    };
    inactive | paused
}
