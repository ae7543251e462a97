//! Migration over the recorded days of two chains, without look-ahead.

use super::band::{Band, SwitchingCost, band};
use super::ratio::LogRatio;
use crate::error::{Result, at_least, fraction, non_negative, representable, within_count};
use crate::pow::{MiningDay, MiningHistory, TERAHASHES_PER_PETAHASH};

/// How the miner decides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MigrationRule {
    /// Past days from which the ratio's process is estimated.
    pub window: usize,
    /// Days between estimates.
    pub refit: usize,
    /// What a move costs.
    pub cost: SwitchingCost,
    /// Value of a day later, [0, 1].
    pub discount: f64,
    /// The miner's own hash rate, TH/s, which joins that of the chain it mines.
    pub hash_rate: f64,
}

/// A day on which both chains were recorded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MigrationDay {
    /// Start of the day, Unix seconds.
    pub time: i64,
    /// Revenue of the first chain, quote per PH/s and day, with the own hash rate on it.
    pub first: f64,
    /// Of the second.
    pub second: f64,
    /// The band that was in force.
    pub band: Band,
    /// Whether the second chain was mined.
    pub on_second: bool,
    /// Revenue of the day after the cost of a move, quote per PH/s.
    pub earned: f64,
}

/// What a policy brought.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PolicyRecord {
    /// Revenue after the cost of moves, quote per PH/s over all days.
    pub revenue: f64,
    /// Cost of the moves, quote per PH/s.
    pub cost: f64,
    /// Moves.
    pub moves: usize,
    /// Days on the second chain.
    pub days_on_second: usize,
}

/// A backtest.
#[derive(Debug, Clone, PartialEq)]
pub struct Migration {
    /// The days, the first of which follows the first window.
    pub days: Vec<MigrationDay>,
    /// The band's rule, starting on the first chain.
    pub band: PolicyRecord,
    /// Always on the chain that earned more yesterday.
    pub follow: PolicyRecord,
    /// Always on the first chain.
    pub first: PolicyRecord,
    /// Always on the second chain.
    pub second: PolicyRecord,
    /// Always on the chain that earns more today, at no cost: what no policy can exceed.
    pub bound: f64,
}

/// Runs the policies over the days that both chains recorded. Each day's chain is chosen from what was known at its
/// beginning: the bands are estimated on the days before, and compared with the log ratio that the estimate expects after
/// yesterday's.
///
/// # Errors
/// [`crate::ModelError::TooFew`] where the common days do not exceed the window, [`crate::ModelError::OutOfRange`] for
/// a window below 10 days and figures outside their domains; as [`band`].
pub fn run(first: &MiningHistory, second: &MiningHistory, rule: &MigrationRule) -> Result<Migration> {
    rule.cost.checked()?;
    fraction("discount factor", rule.discount)?;
    non_negative("own hash rate", rule.hash_rate)?;
    within_count("days of the window", rule.window, 10, 100_000)?;
    within_count("days between estimates", rule.refit, 1, 100_000)?;
    let common = common(first, second);
    at_least("days that both chains recorded", rule.window + 1, common.len())?;
    let mut revenues = Vec::with_capacity(common.len());
    let mut ratios = Vec::with_capacity(common.len());
    for (a, b) in &common {
        let pair = [revenue(a, rule.hash_rate)?, revenue(b, rule.hash_rate)?];
        ratios.push(representable("log ratio", (pair[1] / pair[0]).ln())?);
        revenues.push(pair);
    }
    let mut band_policy = Walk::new(rule.cost, false);
    let mut follow = Walk::new(rule.cost, false);
    let mut stays = [Walk::new(rule.cost, false), Walk::new(rule.cost, true)];
    let mut bound = 0.0;
    let mut days = Vec::with_capacity(common.len() - rule.window);
    let mut estimate = None;
    for day in rule.window..common.len() {
        let (process, known) = match estimate {
            Some(estimate) if !(day - rule.window).is_multiple_of(rule.refit) => estimate,
            _ => {
                let process = LogRatio::fit(&ratios[day - rule.window..day])?;
                let cost = rule.cost.days();
                (process, band(&process, cost, cost, rule.discount)?)
            }
        };
        estimate = Some((process, known));
        let yesterday = ratios[day - 1];
        let expected = process.next(yesterday);
        let today = revenues[day];
        let earned = band_policy.day(
            today,
            match band_policy.on_second {
                false => expected >= known.to_second,
                true => expected > known.to_first,
            },
        );
        follow.day(today, yesterday > 0.0);
        for walk in &mut stays {
            walk.day(today, walk.on_second);
        }
        bound += f64::max(today[0], today[1]);
        days.push(MigrationDay {
            time: common[day].0.time,
            first: today[0],
            second: today[1],
            band: known,
            on_second: band_policy.on_second,
            earned,
        });
    }
    representable("revenue of the bound", bound)?;
    Ok(Migration {
        days,
        band: band_policy.record,
        follow: follow.record,
        first: stays[0].record,
        second: stays[1].record,
        bound,
    })
}

/// Days with equal times.
pub(super) fn common(first: &MiningHistory, second: &MiningHistory) -> Vec<(MiningDay, MiningDay)> {
    let mut others = second.days().iter().peekable();
    let mut common = Vec::new();
    for day in first.days() {
        while others.next_if(|other| other.time < day.time).is_some() {}
        if let Some(other) = others.next_if(|other| other.time == day.time) {
            common.push((*day, *other));
        }
    }
    common
}

/// Revenue of a PH/s on a chain that the miner's whole hash rate has joined.
fn revenue(day: &MiningDay, own: f64) -> Result<f64> {
    let reward = day.price * (day.issuance + day.fees);
    crate::error::positive(
        "revenue of a chain",
        representable(
            "revenue of a chain",
            reward * (TERAHASHES_PER_PETAHASH / (day.hash_rate + own)),
        )?,
    )
}

/// A policy on its way.
struct Walk {
    cost: SwitchingCost,
    on_second: bool,
    record: PolicyRecord,
}

impl Walk {
    fn new(cost: SwitchingCost, on_second: bool) -> Self {
        Self {
            cost,
            on_second,
            record: PolicyRecord::default(),
        }
    }

    fn day(&mut self, revenues: [f64; 2], on_second: bool) -> f64 {
        let (old, new) = (
            revenues[usize::from(self.on_second)],
            revenues[usize::from(on_second)],
        );
        let cost = if on_second == self.on_second {
            0.0
        } else {
            self.record.moves += 1;
            self.cost.downtime * new + self.cost.forfeited * old
        };
        self.record.revenue += new - cost;
        self.record.cost += cost;
        self.record.days_on_second += usize::from(on_second);
        self.on_second = on_second;
        new - cost
    }
}
