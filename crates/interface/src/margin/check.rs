//! What margin says of an account.

use core::hint::cold_path;

use super::requirement::{Conditions, Holdings, Margins, margins_of_class};
use super::{FLAG_INACTIVE, FLAG_PAUSED, Health, MarginReply, Portfolio, Position};
use crate::error::{HurdleError, Result};
use crate::quantity::{Amount, UnixTime};
use crate::staleness;
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
    let needed = liabilities.add(initial.requirement)?;
    let (health, initial_shortfall, maintenance_shortfall) = if needed <= initial.collateral {
        // less requirement, more collateral
        (Health::Healthy, Amount::ZERO, Amount::ZERO)
    } else {
        cold_path();
        let initial_shortfall = needed.sub(initial.collateral)?;
        let needed = liabilities.add(maintenance.requirement)?;
        if needed <= maintenance.collateral {
            (Health::Restricted, initial_shortfall, Amount::ZERO)
        } else {
            cold_path();
            let maintenance_shortfall = needed.sub(maintenance.collateral)?;
            (Health::Liquidatable, initial_shortfall, maintenance_shortfall)
        }
    };
    let freshness = market.params.staleness.freshness(age);
    let flags = flags(market, now);
    // a bit where the account is not healthy, the market inactive or paused, or the rate hard-stale
    let refused = health.byte() | flags | freshness.byte() >> 1;
    let allowed = refused == 0 || !portfolio.action().adds_risk();
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
        allowed: u8::from(allowed),
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

/// What an account's classes ask together.
#[derive(Clone, Copy, Default)]
struct Total {
    margins: Margins,
    liabilities: Amount,
    /// Whether anything is margined.
    exposed: bool,
}

impl Total {
    /// Of one class.
    ///
    /// # Errors
    /// As [`check_portfolio`].
    #[inline(always)]
    fn of_class(
        market: &MarketState,
        class: u8,
        positions: &[Position],
        conditions: Conditions,
    ) -> Result<(Self, bool)> {
        let holdings = Holdings::of(class, positions)?;
        let total = Self {
            margins: margins_of_class(market, class, positions, holdings, conditions)?,
            liabilities: holdings.liabilities,
            exposed: holdings.is_exposed(),
        };
        Ok((total, holdings.others))
    }

    #[inline(always)]
    fn add(self, other: Self) -> Result<Self> {
        Ok(Self {
            margins: self.margins.add(other.margins)?,
            liabilities: self.liabilities.add(other.liabilities)?,
            exposed: self.exposed || other.exposed,
        })
    }

    /// Of all classes but the first position's. Compiled apart: most accounts are in one class, and what one class needs
    /// fits the VM's registers better without the sums over several.
    #[inline(never)]
    fn of_others(market: &MarketState, portfolio: &Portfolio<'_>, conditions: &Conditions) -> Result<Self> {
        let mut sum = Self::default();
        let mut seen = 0u64;
        let mut rest = portfolio.positions();
        while let Some(first) = rest.first() {
            let bit = 1u64.checked_shl(u32::from(first.class)).unwrap_or(0);
            // the first one's class is summed already
            if seen != 0 && seen & bit == 0 {
                // positions before this one are of other classes
                let (class, _) = Self::of_class(market, first.class, rest, *conditions)?;
                sum = sum.add(class)?;
            }
            seen |= bit;
            rest = rest.get(1..).unwrap_or_default();
        }
        Ok(sum)
    }
}

/// Both margins and liabilities over all classes.
#[inline(always)]
fn total(
    market: &MarketState,
    portfolio: &Portfolio<'_>,
    conditions: &Conditions,
) -> Result<(Margins, Amount)> {
    let positions = portfolio.positions();
    let Some(first) = positions.first() else {
        return Ok((Margins::default(), Amount::ZERO));
    };
    let (mut total, others) = Total::of_class(market, first.class, positions, *conditions)?;
    if others {
        let conditions = *conditions;
        total = total.add(Total::of_others(market, portfolio, &conditions)?)?;
    }
    let Margins {
        mut initial,
        maintenance,
    } = total.margins;
    // Rounding may join them on a few atoms, and a class that loosens lets initial margin go first: initial stays above
    // maintenance.
    if initial.requirement <= maintenance.requirement && total.exposed {
        initial.requirement = maintenance.requirement.add(Amount(1))?;
    }
    initial.collateral = initial.collateral.min(maintenance.collateral);
    Ok((Margins { initial, maintenance }, total.liabilities))
}

/// What keeps the market from letting anyone add risk, at a time.
#[inline(always)]
fn flags(market: &MarketState, now: UnixTime) -> u8 {
    let mut flags = 0;
    if !market.is_active() {
        cold_path();
        flags |= FLAG_INACTIVE;
    }
    if market.pauses.is_paused(now) {
        cold_path();
        flags |= FLAG_PAUSED;
    }
    flags
}
