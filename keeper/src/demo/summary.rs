//! The play in a few numbers.

use super::borrowers::{Attempt, Deed, Verdict};
use super::scenario::{Skipped, Story};
use lender_interface::args::Gate;
use serde::Serialize;
use std::time::Duration;

/// Least, middle and greatest of several counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Spread {
    /// Least.
    pub min: u64,
    /// Median (the lower one of two).
    pub median: u64,
    /// Greatest.
    pub max: u64,
}

impl Spread {
    /// Of several counts; `None` of none.
    pub fn of(counts: impl IntoIterator<Item = u64>) -> Option<Self> {
        let mut sorted: Vec<u64> = counts.into_iter().collect();
        sorted.sort_unstable();
        let median = *sorted.get(sorted.len().saturating_sub(1) / 2)?;
        Some(Self {
            min: *sorted.first()?,
            median,
            max: *sorted.last()?,
        })
    }
}

/// The play in a few numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Reports published.
    pub publications: usize,
    /// Hours without one for want of agreeing keepers.
    pub without_quorum: usize,
    /// Hours of the simulated outage.
    pub outage_hours: usize,
    /// Publications that the rate limit held back.
    pub rate_limited: usize,
    /// Publications without equilibrium.
    pub stressed: usize,
    /// Compute units of `publish` by number of signers: (signers, spread).
    pub publish_units: Vec<(usize, Spread)>,
    /// Compute units of a borrow that asks by CPI.
    pub borrow_units_cpi: Option<Spread>,
    /// Compute units of `check_margin` within it.
    pub check_margin_units: Option<Spread>,
    /// Compute units of a borrow that reads directly.
    pub borrow_units_direct: Option<Spread>,
    /// Compute units of a repayment, which asks nothing.
    pub repay_units: Option<Spread>,
    /// Loans refused.
    pub refusals: usize,
    /// Least hurdle rate published, per year.
    pub min_hurdle: f64,
    /// Greatest hurdle rate published, per year.
    pub max_hurdle: f64,
    /// Greatest initial margin multiplier.
    pub max_im_multiplier: f64,
    /// Greatest maintenance margin multiplier.
    pub max_mm_multiplier: f64,
    /// Greatest residual that the program found, per year.
    pub max_residual: f64,
    /// Wall time of the whole demo, seconds.
    pub wall_seconds: f64,
}

impl Summary {
    /// Of a story that took `wall`.
    pub fn of(story: &Story, wall: Duration) -> Self {
        let hours = &story.hours;
        let records: Vec<_> = hours.iter().filter_map(|hour| hour.record.as_ref()).collect();
        let most = |values: &mut dyn Iterator<Item = f64>| values.fold(f64::NEG_INFINITY, f64::max);
        let signers = 1..=records
            .iter()
            .map(|record| record.signers.len())
            .max()
            .unwrap_or(0);
        let publish_units = signers.filter_map(|count| {
            let of_count = records.iter().filter(|record| record.signers.len() == count);
            Some((count, Spread::of(of_count.map(|record| record.cu))?))
        });
        Self {
            publications: records.len(),
            without_quorum: hours
                .iter()
                .filter(|h| matches!(h.skipped, Some(Skipped::NoQuorum(_))))
                .count(),
            outage_hours: hours
                .iter()
                .filter(|hour| hour.skipped == Some(Skipped::Outage))
                .count(),
            rate_limited: hours.iter().filter(|hour| hour.limited).count(),
            stressed: hours.iter().filter(|hour| hour.stressed).count(),
            publish_units: publish_units.collect(),
            borrow_units_cpi: units(story, Deed::Borrow, Some(Gate::Cpi), |attempt| {
                attempt.lender_units
            }),
            check_margin_units: units(story, Deed::Borrow, Some(Gate::Cpi), |attempt| {
                attempt.check_units
            }),
            borrow_units_direct: units(story, Deed::Borrow, Some(Gate::Direct), |attempt| {
                attempt.lender_units
            }),
            repay_units: units(story, Deed::Repay, None, |attempt| attempt.lender_units),
            refusals: story
                .attempts
                .iter()
                .filter(|attempt| attempt.verdict != Verdict::Granted)
                .count(),
            min_hurdle: -most(&mut records.iter().map(|record| -record.hurdle)),
            max_hurdle: most(&mut records.iter().map(|record| record.hurdle)),
            max_im_multiplier: most(&mut hours.iter().map(|hour| hour.im_multiplier)),
            max_mm_multiplier: most(&mut hours.iter().map(|hour| hour.mm_multiplier)),
            max_residual: most(&mut records.iter().map(|record| record.residual)),
            wall_seconds: wall.as_secs_f64(),
        }
    }
}

/// Compute units of the granted transactions of a kind.
fn units(
    story: &Story,
    deed: Deed,
    gate: Option<Gate>,
    read: impl Fn(&Attempt) -> Option<u64>,
) -> Option<Spread> {
    let of_kind = |attempt: &&Attempt| {
        attempt.deed == deed
            && attempt.verdict == Verdict::Granted
            && gate.is_none_or(|gate| attempt.gate == gate)
    };
    Spread::of(story.attempts.iter().filter(of_kind).filter_map(read))
}
