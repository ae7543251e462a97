//! Retargets every so many blocks: Bitcoin and Litecoin.

use super::Target;
use crate::error::{Result, finite};

/// A difficulty that changes every `blocks` blocks by the time that the last ones took (Nakamoto 2009; Bitcoin Core,
/// `CalculateNextWorkRequired`): target′ = ⌊target·clamp(elapsed)/(blocks·spacing)⌋, held within `clamp` of its old value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WindowRule {
    /// Blocks between two retargets.
    pub blocks: u32,
    /// Seconds between blocks that are aimed at.
    pub spacing: u32,
    /// Intervals between blocks over which time is taken.
    ///
    /// Bitcoin measures from the first block of a period to its last, which are 2,015 intervals, and compares with the
    /// time of 2,016: on a steady hash rate blocks come every 600·2016/2015 seconds. Litecoin goes back to the last
    /// block of the period before (since the fix of the time-warp attack, 2011), which are 2,016.
    pub intervals: u32,
    /// Largest factor by which the target changes, in either direction.
    pub clamp: u32,
    /// Largest target.
    pub limit: Target,
}

impl WindowRule {
    /// Bitcoin.
    pub const BITCOIN: Self = Self {
        blocks: 2016,
        spacing: 600,
        intervals: 2015,
        clamp: 4,
        limit: Target::from_limbs([0xffff_ffff, u64::MAX, u64::MAX, u64::MAX]),
    };

    /// Litecoin (Litecoin Core, `pow.cpp`): 2,016 blocks of 150 seconds; its smallest difficulty is 2⁻¹² of Bitcoin's.
    pub const LITECOIN: Self = Self {
        blocks: 2016,
        spacing: 150,
        intervals: 2016,
        clamp: 4,
        limit: Target::from_limbs([0x0fff_ffff_ffff, u64::MAX, u64::MAX, u64::MAX]),
    };

    /// Seconds that a period is meant to take.
    #[must_use]
    pub fn timespan(&self) -> u64 {
        u64::from(self.blocks) * u64::from(self.spacing)
    }

    /// The compact target after a period of `elapsed` seconds, as the headers carry it; `elapsed` may be negative, for
    /// miners choose their timestamps.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`] for a compact target that stands for none, or a rule of no time.
    pub fn next_compact(&self, bits: u32, elapsed: i64) -> Result<u32> {
        let span = self.timespan();
        let clamp = u64::from(self.clamp.max(1));
        let elapsed = u64::try_from(elapsed)
            .unwrap_or(0)
            .clamp(span / clamp, span.saturating_mul(clamp));
        let next = Target::from_compact(bits)?.scaled_down(elapsed, span)?;
        Ok(next.min(self.limit).to_compact())
    }

    /// ln(difficulty′/difficulty) after a period of `elapsed` seconds, without the rounding to the compact form.
    ///
    /// # Errors
    /// [`crate::ModelError::NotFinite`].
    pub fn log_change(&self, elapsed: f64) -> Result<f64> {
        let span = f64::from(self.blocks) * f64::from(self.spacing);
        let most = f64::from(self.clamp.max(1)).ln();
        let ratio = span / finite("elapsed time", elapsed)?.max(f64::MIN_POSITIVE);
        Ok(ratio.ln().clamp(-most, most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;
    use proptest::prelude::*;

    #[test]
    fn bitcoin_s_retargets_are_those_of_the_chain() {
        // Bitcoin Core, pow_tests: blocks 30240–32255, 0–2015 (the limit), 66528–68543 and 44352–46367 (the clamps)
        for (first, last, bits, next) in [
            (1_261_130_161, 1_262_152_739, 0x1d00_ffff, 0x1d00_d86a),
            (1_231_006_505, 1_233_061_996, 0x1d00_ffff, 0x1d00_ffff),
            (1_279_008_237, 1_279_297_671, 0x1c05_a3f4, 0x1c01_68fd),
            (1_263_163_443, 1_269_211_443, 0x1c38_7f6f, 0x1d00_e1fd),
        ] {
            assert_eq!(
                WindowRule::BITCOIN.next_compact(bits, last - first).unwrap(),
                next
            );
        }
    }

    #[test]
    fn litecoin_s_retarget_is_that_of_the_chain() {
        // Litecoin Core, pow_tests: blocks 278207 to 280223
        let next = WindowRule::LITECOIN.next_compact(0x1c0a_c141, 1_358_378_777 - 1_358_118_740);
        assert_eq!(next.unwrap(), 0x1c09_3f8d);
    }

    #[test]
    fn a_steady_hash_rate_settles_one_interval_above_the_spacing() {
        // in equilibrium 2,015 intervals take the time of 2,016
        let rule = WindowRule::BITCOIN;
        let interval = 1_209_600.0 / 2015.0;
        assert_close(rule.log_change(2015.0 * interval).unwrap(), 0.0, 1e-15);
        assert_close(
            rule.log_change(2015.0 * 600.0).unwrap(),
            (2016.0_f64 / 2015.0).ln(),
            1e-15,
        );
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn the_logarithm_agrees_with_the_integers(elapsed in 1i64..6_000_000, mantissa in 0x8000u32..0x7f_ffff) {
            for rule in [WindowRule::BITCOIN, WindowRule::LITECOIN] {
                let bits = 0x1800_0000 | mantissa;
                let next = Target::from_compact(rule.next_compact(bits, elapsed).unwrap()).unwrap();
                let change = next.difficulty().unwrap() / Target::from_compact(bits).unwrap().difficulty().unwrap();
                let logarithm = rule.log_change(f64::from(i32::try_from(elapsed).unwrap())).unwrap();
                // the compact form drops up to 2⁻¹⁵
                prop_assert!((change.ln() - logarithm).abs() < 4e-5, "{} {}", change.ln(), logarithm);
            }
        }

        #[test]
        fn no_elapsed_time_moves_the_target_further_than_the_clamp(elapsed in any::<i64>()) {
            let next = Target::from_compact(WindowRule::BITCOIN.next_compact(0x1800_8000, elapsed).unwrap()).unwrap();
            let difficulty = next.difficulty().unwrap() / Target::from_compact(0x1800_8000).unwrap().difficulty().unwrap();
            prop_assert!((0.2499..=4.001).contains(&difficulty));
        }
    }
}
