//! What is known of a chain's difficulty: consecutive days, and the periods between retargets that follow from them.

use super::WindowRule;
use crate::error::{ModelError, Result, at_least, count, positive};
use crate::pow::{PowChain, SECONDS_PER_DAY};

/// Seconds in a day, as days are numbered.
pub(super) const DAY: i64 = 86_400;
/// Recorded difficulties of days without a retarget differ by less, relatively: rounding of the record.
const SAME: f64 = 1e-6;
/// Days over which the pace of blocks is measured.
const PACE_DAYS: usize = 28;
/// How far from a whole number of blocks a retarget within a day may lie.
const WHOLE: f64 = 0.1;

/// Blocks and mean difficulty of one day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DifficultyDay {
    /// Start of the day, Unix seconds.
    pub time: i64,
    /// Blocks found.
    pub blocks: f64,
    /// Their mean difficulty.
    pub difficulty: f64,
}

/// Consecutive days of a chain.
#[derive(Debug, Clone, PartialEq)]
pub struct DifficultyRecord {
    days: Vec<DifficultyDay>,
    /// Blocks recorded before each day, and at the end all.
    before: Vec<f64>,
}

/// The blocks between two retargets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Epoch {
    /// Blocks recorded before its first.
    pub first_block: f64,
    /// Its difficulty.
    pub difficulty: f64,
    /// Time from which its duration counts: of its first block (Bitcoin) or of the block before that (Litecoin), Unix seconds.
    pub start: f64,
    /// Standard error of that time, seconds.
    pub start_error: f64,
}

/// The periods between retargets of a record, recovered from its days.
#[derive(Debug, Clone, PartialEq)]
pub struct Epochs {
    /// Blocks of the period in which the record begins that came before it.
    pub phase: f64,
    /// The periods that begin within the record, oldest first; at least one.
    pub epochs: Vec<Epoch>,
}

impl DifficultyDay {
    /// The day's mean difficulty from its hash rate, TH/s.
    ///
    /// # Errors
    /// As [`PowChain::difficulty`].
    pub fn from_hash_rate(chain: &PowChain, time: i64, blocks: f64, hash_rate: f64) -> Result<Self> {
        Ok(Self {
            time,
            blocks,
            difficulty: chain.difficulty(hash_rate, blocks, SECONDS_PER_DAY)?,
        })
    }
}

impl DifficultyRecord {
    /// At least one day; days follow one another without a gap.
    ///
    /// # Errors
    /// [`ModelError::TooFew`] without days, [`ModelError::NotPositive`], [`ModelError::NotFinite`],
    /// [`ModelError::OutOfRange`] where a day does not begin 86,400 s after the one before.
    pub fn new(days: Vec<DifficultyDay>) -> Result<Self> {
        at_least("days of a record of difficulty", 1, days.len())?;
        let mut before = Vec::with_capacity(days.len() + 1);
        let mut sum = 0.0;
        for day in &days {
            positive("difficulty", day.difficulty)?;
            before.push(sum);
            sum += positive("blocks of a day", day.blocks)?;
        }
        before.push(crate::error::representable("blocks of a record", sum)?);
        for pair in days.windows(2) {
            if pair[1].time.checked_sub(pair[0].time) != Some(DAY) {
                return Err(ModelError::OutOfRange {
                    what: "seconds between two days of a record of difficulty",
                    value: float(pair[1].time.saturating_sub(pair[0].time)),
                    min: SECONDS_PER_DAY,
                    max: SECONDS_PER_DAY,
                });
            }
        }
        Ok(Self { days, before })
    }

    /// The days after the last gap.
    ///
    /// # Errors
    /// As [`Self::new`]; [`ModelError::NotIncreasing`] where a day is not later than the one before.
    pub fn after_gaps(mut days: Vec<DifficultyDay>) -> Result<Self> {
        if let Some(index) = days.windows(2).position(|pair| pair[1].time <= pair[0].time) {
            return Err(ModelError::NotIncreasing {
                what: "day of a record of difficulty",
                index: index + 1,
            });
        }
        let next = |pair: &[DifficultyDay]| pair[1].time.checked_sub(pair[0].time) == Some(DAY);
        let first = days
            .windows(2)
            .rposition(|pair| !next(pair))
            .map_or(0, |gap| gap + 1);
        Self::new(days.split_off(first.min(days.len())))
    }

    /// The days, oldest first; at least one.
    #[must_use]
    pub fn days(&self) -> &[DifficultyDay] {
        &self.days
    }

    /// Blocks recorded by the end of a day (counted from 0).
    #[must_use]
    pub fn blocks_by(&self, day: usize) -> f64 {
        self.before[(day + 1).min(self.days.len())]
    }

    /// End of a day, Unix seconds.
    #[must_use]
    pub fn end_of(&self, day: usize) -> f64 {
        float(self.days[day.min(self.days.len() - 1)].time) + SECONDS_PER_DAY
    }

    /// The chain at the pace that its blocks had over the four weeks up to a day. Rules by blocks settle beside the pace
    /// that they aim at: Ethereum Classic's by how its whole seconds are rounded and by uncles, DigiShield's by its bounds.
    ///
    /// # Errors
    /// [`ModelError::Overflow`].
    pub fn paced(&self, chain: &PowChain, day: usize) -> Result<PowChain> {
        let end = (day + 1).min(self.days.len());
        let first = end.saturating_sub(PACE_DAYS);
        let blocks = self.before[end] - self.before[first];
        let seconds = SECONDS_PER_DAY * count(end - first) / blocks;
        Ok(PowChain {
            block_seconds: crate::error::representable("time between blocks", seconds)?,
            ..*chain
        })
    }

    /// Recovers the periods between retargets.
    ///
    /// A retarget within a day makes its mean difficulty the mean of two, weighted by blocks. Between days of one
    /// difficulty each, that weight tells after how many blocks it came; since retargets lie a fixed number of blocks
    /// apart, all such days must tell the same phase, which is the check. With it, every period's difficulty is that of
    /// its days without a retarget, and its first block's time within the day is an order statistic of as many uniform
    /// ones. Those times are then sharpened: a retarget's ratio is the exact duration of the period before it
    /// ([`WindowRule::log_change`]), so that each start also follows from the one before (a Kalman filter whose only noise
    /// is the one interval that the rule does not count). Nothing before a date depends on what came after it.
    ///
    /// # Errors
    /// [`ModelError::Unidentified`] where no retarget lies between days of one difficulty, or their phases disagree.
    pub fn epochs(&self, rule: &WindowRule) -> Result<Epochs> {
        let unidentified = ModelError::Unidentified {
            what: "blocks at which the difficulty changes",
        };
        let length = positive("blocks between retargets", f64::from(rule.blocks))?;
        let phase = self.phase(length).ok_or(unidentified)?;
        let mut epochs: Vec<Epoch> = Vec::new();
        let mut first_block = if phase > 0.0 { length - phase } else { 0.0 };
        let mut day = 0;
        while first_block < self.before[self.days.len()] {
            while self.before[day + 1] <= first_block {
                day += 1;
            }
            match self.difficulty_from(day, first_block, length, epochs.last()) {
                Some(difficulty) => {
                    let epoch = self.begun(rule, day, first_block, difficulty, epochs.last());
                    epochs.push(epoch);
                }
                // several retargets within a day: what came before is of no use
                None => epochs.clear(),
            }
            first_block += length;
        }
        if epochs.is_empty() {
            return Err(unidentified);
        }
        Ok(Epochs { phase, epochs })
    }

    /// Blocks of the first day's period that came before the record, by the days whose retarget can be placed.
    fn phase(&self, length: f64) -> Option<f64> {
        let mut votes: Vec<f64> = Vec::new();
        let same =
            |a: usize, b: usize| (self.days[a].difficulty / self.days[b].difficulty - 1.0).abs() < SAME;
        for day in 2..self.days.len().saturating_sub(2) {
            if !same(day - 2, day - 1) || !same(day + 1, day + 2) || same(day - 1, day + 1) {
                continue;
            }
            let (old, new) = (self.days[day - 1].difficulty, self.days[day + 1].difficulty);
            let mixed = self.days[day];
            let blocks = mixed.blocks * (new - mixed.difficulty) / (new - old);
            if (blocks - blocks.round()).abs() < WHOLE {
                let boundary = self.before[day] + blocks.round();
                votes.push((-boundary).rem_euclid(length));
            }
        }
        votes.sort_by(f64::total_cmp);
        let median = *votes.get(votes.len() / 2)?;
        let agreeing = votes.iter().filter(|vote| **vote == median).count();
        (10 * agreeing >= 9 * votes.len()).then_some(median)
    }

    /// Difficulty of the period that begins with a block of `day`.
    fn difficulty_from(
        &self,
        day: usize,
        first_block: f64,
        length: f64,
        last: Option<&Epoch>,
    ) -> Option<f64> {
        let whole =
            |day: &usize| self.before[*day] >= first_block && self.before[*day + 1] <= first_block + length;
        if let Some(day) = (day..self.days.len().min(day + 3)).find(whole) {
            return Some(self.days[day].difficulty);
        }
        // the last day of the record, on which this period has begun
        let old = last?.difficulty;
        let (of_old, all) = (first_block - self.before[day], self.days[day].blocks);
        let ends_within = self.before[day + 1] > first_block + length;
        let difficulty = (all * self.days[day].difficulty - of_old * old) / (all - of_old);
        (!ends_within && difficulty > 0.0).then_some(difficulty)
    }

    /// The period that begins with a block of `day`, its start estimated from that day and the period before.
    fn begun(
        &self,
        rule: &WindowRule,
        day: usize,
        first_block: f64,
        difficulty: f64,
        last: Option<&Epoch>,
    ) -> Epoch {
        let n = self.days[day].blocks;
        // the clock starts at the first block of the period, or at the one before it
        let lead = f64::from(rule.blocks) - f64::from(rule.intervals);
        let place = first_block - self.before[day] + lead.min(1.0);
        let mean = place / (n + 1.0);
        let variance = (place * (n + 1.0 - place)).max(0.5 * n) / ((n + 1.0).powi(2) * (n + 2.0));
        let mut start = float(self.days[day].time) + SECONDS_PER_DAY * mean;
        let mut error2 = SECONDS_PER_DAY * SECONDS_PER_DAY * variance;
        if let Some(last) = last {
            let change = (difficulty / last.difficulty).ln();
            let clamped = change.abs() >= f64::from(rule.clamp.max(1)).ln() - SAME;
            // at the smallest difficulty, and with the clamp, the ratio does not tell the duration
            if !clamped && change.abs() > SAME {
                let span = f64::from(rule.blocks) * f64::from(rule.spacing) / change.exp();
                let interval = lead * span / f64::from(rule.intervals.max(1));
                let prior2 = last.start_error.powi(2) + interval.powi(2);
                let weight = prior2 / (prior2 + error2);
                let expected = last.start + span + interval;
                start = expected + weight * (start - expected);
                error2 *= weight;
            }
        }
        Epoch {
            first_block,
            difficulty,
            start,
            start_error: error2.sqrt(),
        }
    }
}

impl Epochs {
    /// The last period that had begun when so many blocks were recorded.
    #[must_use]
    pub fn at(&self, blocks: f64) -> Option<usize> {
        self.epochs
            .partition_point(|epoch| epoch.first_block < blocks)
            .checked_sub(1)
    }
}

/// A time in seconds as f64; exact below 2⁵³.
#[allow(clippy::cast_precision_loss)]
pub(super) const fn float(seconds: i64) -> f64 {
    seconds as f64
}
