//! The lag of difficulty: it follows hash rate only every so many blocks.

use crate::error::{Result, positive, within};
use crate::pow::SECONDS_PER_DAY;
use crate::pow::difficulty::WindowRule;

/// Blocks a day that a rule aims at.
pub(super) fn blocks_per_day(rule: &WindowRule) -> f64 {
    SECONDS_PER_DAY / f64::from(rule.spacing)
}

/// Refuses a rule without blocks or time.
pub(super) fn checked(rule: &WindowRule) -> Result<()> {
    positive("blocks between two retargets", f64::from(rule.blocks))?;
    positive("seconds between blocks", f64::from(rule.spacing))?;
    Ok(())
}

/// Changes of difficulty within one step, which no hash rate that difficulty can follow exceeds.
const MOST_CHANGES: usize = 4_096;

/// Where an epoch stands. Blocks come at their expected pace; the time of an epoch is that of all its blocks (that Bitcoin
/// leaves one interval out is not followed).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Epoch {
    rule: WindowRule,
    difficulty: f64,
    found: f64,
    days: f64,
}

impl Epoch {
    /// An epoch of which `found` blocks are there, at the pace aimed at, and whose difficulty fits a hash rate of
    /// `difficulty` in any unit.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`] for a rule without blocks or time, or no difficulty;
    /// [`crate::ModelError::OutOfRange`] for more blocks than an epoch has.
    pub fn new(rule: WindowRule, difficulty: f64, found: f64) -> Result<Self> {
        checked(&rule)?;
        positive("difficulty", difficulty)?;
        within("blocks found in the epoch", found, 0.0, f64::from(rule.blocks))?;
        Ok(Self {
            rule,
            difficulty,
            found,
            days: found / blocks_per_day(&rule),
        })
    }

    /// The hash rate at which blocks come at the pace aimed at.
    #[must_use]
    pub const fn difficulty(&self) -> f64 {
        self.difficulty
    }

    /// Days until difficulty changes, at this hash rate; infinite without any.
    #[must_use]
    pub fn days_left(&self, hash_rate: f64) -> f64 {
        if hash_rate.is_nan() || hash_rate <= 0.0 {
            return f64::INFINITY;
        }
        (f64::from(self.rule.blocks) - self.found).max(0.0) * self.difficulty
            / (blocks_per_day(&self.rule) * hash_rate)
    }

    /// Goes on by so many days at a hash rate; the blocks that are found. A change of difficulty falls where the epoch
    /// ends, within the days: it is set to the mean hash rate of the epoch, within the bounds of the rule.
    pub fn advance(&mut self, hash_rate: f64, days: f64) -> f64 {
        let (mut left, mut blocks) = (days, 0.0);
        for _ in 0..MOST_CHANGES {
            let until = self.days_left(hash_rate);
            if until.is_nan() || until > left {
                let found = blocks_per_day(&self.rule) * hash_rate.max(0.0) / self.difficulty * left;
                self.found += found;
                self.days += left;
                return blocks + found;
            }
            blocks += f64::from(self.rule.blocks) - self.found;
            left -= until;
            self.days += until;
            // the days are finite, so that there is a change
            let change = self.rule.log_change(self.days * SECONDS_PER_DAY).unwrap_or(0.0);
            self.difficulty *= change.exp();
            (self.found, self.days) = (0.0, 0.0);
        }
        blocks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;

    #[test]
    fn a_steady_hash_rate_changes_nothing() {
        let mut epoch = Epoch::new(WindowRule::BITCOIN, 5.0, 1000.0).unwrap();
        let blocks: f64 = (0..100).map(|_| epoch.advance(5.0, 1.0)).sum();
        assert_close(blocks, 14_400.0, 1e-8);
        assert_close(epoch.difficulty(), 5.0, 1e-12);
    }

    #[test]
    fn half_the_hash_rate_slows_blocks_until_the_epoch_ends() {
        let mut epoch = Epoch::new(WindowRule::BITCOIN, 1.0, 0.0).unwrap();
        assert_close(epoch.days_left(0.5), 28.0, 1e-12);
        assert_close(epoch.advance(0.5, 27.9), 27.9 * 72.0, 1e-9);
        assert_eq!(epoch.difficulty(), 1.0);
        assert_close(epoch.advance(0.5, 1.1), 0.1 * 72.0 + 144.0, 1e-9);
        assert_close(epoch.difficulty(), 0.5, 1e-12);
    }

    #[test]
    fn a_change_is_bounded_and_the_length_of_a_step_does_not_matter() {
        let mut epoch = Epoch::new(WindowRule::BITCOIN, 1.0, 2_000.0).unwrap();
        epoch.advance(1e6, 1e-6);
        assert!(epoch.difficulty() <= 4.0);
        let mut whole = Epoch::new(WindowRule::BITCOIN, 1.0, 300.0).unwrap();
        let mut parts = whole;
        let at_once = whole.advance(1.7, 60.0);
        let bit_by_bit: f64 = (0..600).map(|_| parts.advance(1.7, 0.1)).sum();
        assert_close(at_once, bit_by_bit, 1e-6);
        assert_close(whole.difficulty(), parts.difficulty(), 1e-9);
    }

    #[test]
    fn without_hash_rate_no_block_comes() {
        // a sum over nobody is −0
        let mut idle = Epoch::new(WindowRule::BITCOIN, 1.0, 2_016.0).unwrap();
        assert_eq!((idle.advance(-0.0, 10.0), idle.difficulty()), (0.0, 1.0));
        let mut epoch = Epoch::new(WindowRule::BITCOIN, 1.0, 0.0).unwrap();
        assert_eq!(epoch.advance(0.0, 10.0), 0.0);
        assert!(Epoch::new(WindowRule::BITCOIN, 1.0, 3_000.0).is_err());
        assert!(
            Epoch::new(
                WindowRule {
                    blocks: 0,
                    ..WindowRule::BITCOIN
                },
                1.0,
                0.0
            )
            .is_err()
        );
    }
}
