//! Difficulty over the periods ahead: jointly lognormal.

use super::WindowRule;
use super::outlook::{HashRateOutlook, LevelPath, Weights};
use crate::error::{Result, count, non_negative, positive, within_count};
use crate::pow::{PowChain, SECONDS_PER_DAY};

/// Passes that settle a window's length, which depends on the hash rate within it.
const PASSES: usize = 12;
/// Longest period as a multiple of the one aimed at, beyond which the outlook ends.
const SLOWEST: f64 = 4.0;
/// Most retargets ahead.
pub const MOST_STEPS: usize = 120;

/// Where the current period stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EpochState {
    /// Difficulty.
    pub difficulty: f64,
    /// Blocks still to be found before it changes.
    pub remaining: f64,
    /// Seconds since its clock started.
    pub elapsed: f64,
    /// Standard error of that, seconds.
    pub elapsed_error: f64,
}

/// A time from which a difficulty holds.
#[derive(Debug, Clone, PartialEq)]
pub struct DifficultyStep {
    /// Expected days ahead.
    pub days: f64,
    /// Standard deviation of that, days.
    pub days_deviation: f64,
    /// Blocks found by then, from now.
    pub blocks: f64,
    /// Mean of the difficulty's logarithm.
    pub log_mean: f64,
    /// Its loadings on the daily levels of the hash rate.
    pub(in crate::pow) loadings: Weights,
    /// Variance of its logarithm beside that: the luck of blocks and the clock's error.
    pub(in crate::pow) noise: f64,
}

/// Difficulty ahead.
#[derive(Debug, Clone, PartialEq)]
pub struct DifficultyPath {
    /// Difficulty now.
    pub difficulty: f64,
    /// When it changes, in order.
    pub steps: Vec<DifficultyStep>,
    levels: LevelPath,
    outlook: HashRateOutlook,
}

impl EpochState {
    fn checked(self) -> Result<Self> {
        positive("difficulty", self.difficulty)?;
        positive("blocks until the retarget", self.remaining)?;
        non_negative("elapsed time", self.elapsed)?;
        non_negative("error of the elapsed time", self.elapsed_error)?;
        Ok(self)
    }
}

impl DifficultyPath {
    /// The next `steps` retargets of a rule by windows.
    ///
    /// To first order in the deviations, a period's duration is its blocks over the mean hash rate within it, so that the
    /// next difficulty is that mean in units of difficulty: ln d′ = ln(blocks/intervals) + mean of ln(hash rate) over the
    /// period + noise, the variance of which is 1/intervals, blocks being Poisson. The period under way counts by the share
    /// that is still to come. Windows lie where they are expected to; the first retarget has a sharper form of its own
    /// ([`super::NextRetarget`]).
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`], [`crate::ModelError::OutOfRange`] (for more than [`MOST_STEPS`]),
    /// [`crate::ModelError::NotFinite`], [`crate::ModelError::Overflow`].
    pub fn by_windows(
        chain: &PowChain,
        rule: &WindowRule,
        state: EpochState,
        outlook: HashRateOutlook,
        steps: usize,
    ) -> Result<Self> {
        let state = state.checked()?;
        let outlook = outlook.checked()?;
        within_count("retargets ahead", steps, 1, MOST_STEPS)?;
        let period = f64::from(rule.blocks) * f64::from(rule.spacing) / SECONDS_PER_DAY;
        positive("period of a retarget", period)?;
        // casts saturate, and an outlook of more days is refused
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let days = (period * (count(steps) * 1.5 + SLOWEST)).ceil() as usize;
        let levels = outlook.path(days.min(super::outlook::MOST_DAYS))?;
        let unit = chain.hash_rate_on_target(1.0)?.ln();
        let excess = (f64::from(rule.blocks) / f64::from(rule.intervals.max(1))).ln();
        let mut path = Self {
            difficulty: state.difficulty,
            steps: Vec::with_capacity(steps),
            levels,
            outlook,
        };
        let (mut from, mut blocks, mut log_difficulty) = (0.0, 0.0, state.difficulty.ln());
        for step in 0..steps {
            let count = if step == 0 {
                state.remaining
            } else {
                f64::from(rule.blocks)
            };
            let span = count * f64::from(rule.spacing) / SECONDS_PER_DAY;
            let mut length = span;
            let mut mean = 0.0;
            for _ in 0..PASSES {
                let window = path.levels.window(from, from + length, 1.0);
                mean = path.levels.mean_of(&window) - unit;
                length = span * (log_difficulty - mean).exp().min(SLOWEST);
            }
            let whole = path.levels.window(from, from + length, 1.0);
            let spread = path.levels.covariance_of(&whole, &whole) + 1.0 / count;
            let (mut share, mut clock, mut pace) = (1.0, 0.0, 1.0);
            let log_mean = if step == 0 {
                let duration = state.elapsed / SECONDS_PER_DAY + length;
                // blocks that are missing at the end are made up at the pace of the end
                pace = (mean + unit - path.levels.mean_at(length)).exp();
                share = pace * length / duration;
                clock = state.elapsed_error / SECONDS_PER_DAY / duration;
                log_difficulty + rule.log_change(SECONDS_PER_DAY * duration)?
            } else {
                let most = f64::from(rule.clamp.max(1)).ln();
                log_difficulty + (mean + excess - log_difficulty).clamp(-most, most)
            };
            blocks += count;
            path.steps.push(DifficultyStep {
                days: from + length,
                // luck before this period has been undone by its difficulty
                days_deviation: pace * length * spread.max(0.0).sqrt(),
                blocks,
                log_mean: crate::error::representable("logarithm of the difficulty", log_mean)?,
                loadings: path.levels.window(from, from + length, share),
                noise: share * share / count + clock * clock,
            });
            from += length;
            log_difficulty = log_mean;
        }
        Ok(path)
    }

    /// The next `days` days, on average, of a rule that follows the hash rate with every block: an exponential mean with a time
    /// constant, to which such rules are equal for small deviations ([`super::following`]).
    ///
    /// # Errors
    /// As [`Self::by_windows`].
    pub fn by_blocks(
        chain: &PowChain,
        difficulty: f64,
        time_constant: f64,
        outlook: HashRateOutlook,
        days: usize,
    ) -> Result<Self> {
        positive("difficulty", difficulty)?;
        positive("time constant of a difficulty", time_constant)?;
        let outlook = outlook.checked()?;
        let levels = outlook.path(days)?;
        let unit = chain.hash_rate_on_target(1.0)?.ln();
        let per_day = chain.blocks_per_day()?;
        let kept = (-1.0 / time_constant).exp();
        // variance of an exponential mean of blocks whose luck is 1 each, and over a day of its mean
        let noise = 1.0 / ((2.0 * time_constant).max(1.0) * per_day).max(1.0);
        // older days together weigh less than a thousandth
        let reach = (7.0 * time_constant).ceil().max(1.0);
        let mut weights: Vec<f64> = Vec::new();
        let mut log_mean = difficulty.ln();
        let mut steps = Vec::with_capacity(days);
        for day in 0..days {
            weights.iter_mut().for_each(|weight| *weight *= kept);
            weights.push(1.0 - kept);
            log_mean = kept * log_mean + (1.0 - kept) * (levels.mean(day) - unit);
            let ahead = count(day + 1);
            steps.push(DifficultyStep {
                days: ahead,
                days_deviation: 0.0,
                blocks: ahead * per_day,
                log_mean: crate::error::representable("logarithm of the difficulty", log_mean)?,
                loadings: Weights::last_of(&weights, reach),
                noise: noise * (1.0 - kept.powf(2.0 * ahead)),
            });
        }
        Ok(Self {
            difficulty,
            steps,
            levels,
            outlook,
        })
    }

    /// Covariance of the logarithms of two steps' difficulties.
    #[must_use]
    pub fn covariance(&self, a: usize, b: usize) -> f64 {
        let last = self.steps.len() - 1;
        let (left, right) = (&self.steps[a.min(last)], &self.steps[b.min(last)]);
        let own = if a == b { left.noise } else { 0.0 };
        self.levels.covariance_of(&left.loadings, &right.loadings) + own
    }

    /// Standard deviation of the logarithm of a step's difficulty.
    #[must_use]
    pub fn deviation(&self, step: usize) -> f64 {
        self.covariance(step, step).max(0.0).sqrt()
    }

    /// The outlook behind it.
    #[must_use]
    pub fn outlook(&self) -> &HashRateOutlook {
        &self.outlook
    }

    /// The last step before a time (days ahead), or none while the difficulty is the present one.
    #[must_use]
    pub fn in_force(&self, days: f64) -> Option<usize> {
        self.steps
            .partition_point(|step| step.days <= days)
            .checked_sub(1)
    }

    /// Blocks found by a time (days ahead), from now: as expected, and at the pace of the last step beyond it.
    #[must_use]
    pub fn blocks_by(&self, days: f64) -> f64 {
        let next = self
            .steps
            .partition_point(|step| step.days <= days)
            .min(self.steps.len() - 1);
        let (from, before) = match next.checked_sub(1) {
            Some(last) => (self.steps[last].days, self.steps[last].blocks),
            None => (0.0, 0.0),
        };
        let step = &self.steps[next];
        before + (step.blocks - before) * (days - from) / (step.days - from)
    }
}
