//! Difficulties that change with every block: Bitcoin Cash, Dogecoin, Ethereum Classic.

use super::{Target, WindowRule};
use crate::error::{ModelError, Result};

/// Absolutely scheduled exponentially rising targets, aserti3-2d (Lundeberg, Toomim, Culianu & freetrader 2020, Bitcoin Cash
/// specification 2020-11-15): target = anchor·2^((Δt − spacing·(Δh + 1))/half-life), by integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asert {
    /// Compact target of the anchor block.
    pub anchor_bits: u32,
    /// Time of the block before the anchor block, Unix seconds.
    pub anchor_parent_time: i64,
    /// Height of the anchor block.
    pub anchor_height: i64,
    /// Seconds between blocks that are aimed at.
    pub spacing: i64,
    /// Seconds behind schedule after which the target has doubled.
    pub half_life: i64,
    /// Largest target.
    pub limit: Target,
}

/// Dogecoin since block 145,000 (2014-03; Dogecoin Core, `CalculateDogecoinNextWorkRequired`): every block a retarget by an
/// eighth of the deviation, which is held between three quarters and one and a half of the spacing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DigiShield {
    /// Seconds between blocks that are aimed at.
    pub spacing: i64,
    /// Largest target.
    pub limit: Target,
}

/// Ethereum's rule by the parent block, without the difficulty bomb, which Ethereum Classic removed (ECIP-1041):
/// d′ = d + ⌊d/2048⌋·max(c − ⌊Δt/s⌋, −99), not below the minimum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EthereumRule {
    /// Homestead (EIP-2): c = 1, s = 10 seconds.
    Homestead,
    /// Byzantium (EIP-100; Ethereum Classic since Atlantis, ECIP-1054, block 8,772,000, 2019-09): c = 1, or 2 where the
    /// parent has uncles; s = 9 seconds.
    Byzantium {
        /// Whether the parent has uncles.
        parent_has_uncles: bool,
    },
}

impl Asert {
    /// Bitcoin Cash since its upgrade of 2020-11-15; the anchor is the last block before it.
    pub const BITCOIN_CASH: Self = Self {
        anchor_bits: 0x1804_dafe,
        anchor_parent_time: 1_605_447_844,
        anchor_height: 661_647,
        spacing: 600,
        half_life: 172_800,
        limit: WindowRule::BITCOIN.limit,
    };

    /// The compact target of the block after the one at `height`, whose time is `time`.
    ///
    /// # Errors
    /// [`ModelError::OutOfRange`] for a height below the anchor's, [`ModelError::NotPositive`] for a half-life of
    /// nothing or an anchor without a target, [`ModelError::Overflow`].
    pub fn next_compact(&self, height: i64, time: i64) -> Result<u32> {
        let wide = i128::from;
        if self.half_life <= 0 {
            return Err(ModelError::NotPositive {
                what: "half-life of a target",
                value: 0.0,
            });
        }
        let blocks = wide(height) - wide(self.anchor_height);
        if blocks < 0 {
            return Err(ModelError::OutOfRange {
                what: "blocks since the anchor",
                value: -1.0,
                min: 0.0,
                max: f64::MAX,
            });
        }
        let late = wide(time) - wide(self.anchor_parent_time) - wide(self.spacing) * (blocks + 1);
        // truncated towards zero, as the specification asks
        let exponent = late * 65_536 / wide(self.half_life);
        let anchor = Target::from_compact(self.anchor_bits)?;
        let shifts = exponent.div_euclid(65_536);
        let Ok(fraction) = u64::try_from(exponent.rem_euclid(65_536)) else {
            return Err(ModelError::Overflow { what: "target" });
        };
        // cubic approximation of 2^x on [0, 1), within 0.013 %
        let factor = 65_536
            + ((195_766_423_245_049 * fraction
                + 971_821_376 * fraction * fraction
                + 5127 * fraction * fraction * fraction
                + (1 << 47))
                >> 48);
        let unshifted = anchor.scaled_down(factor, 1)?;
        let shifts = shifts - 16;
        let next = match u32::try_from(shifts.unsigned_abs()) {
            Ok(n) if shifts > 0 => unshifted.shifted_up(n).unwrap_or(self.limit),
            Ok(n) => unshifted.shifted_down(n),
            Err(_) if shifts > 0 => self.limit,
            Err(_) => Target::ONE,
        };
        Ok(next.clamp(Target::ONE, self.limit).to_compact())
    }
}

impl DigiShield {
    /// Dogecoin.
    pub const DOGECOIN: Self = Self {
        spacing: 60,
        limit: WindowRule::LITECOIN.limit,
    };

    /// The compact target of the next block, `elapsed` seconds having passed between the last two.
    ///
    /// # Errors
    /// [`ModelError::NotPositive`] for a compact target that stands for none or a spacing of nothing.
    pub fn next_compact(&self, bits: u32, elapsed: i64) -> Result<u32> {
        let span = self.spacing;
        // division towards zero, as in C
        let modulated = span.saturating_add(elapsed.saturating_sub(span) / 8);
        let held = modulated.max(span - span / 4).min(span + span / 2);
        let unsigned = |seconds: i64| u64::try_from(seconds).unwrap_or(0);
        let next = Target::from_compact(bits)?.scaled_down(unsigned(held), unsigned(span))?;
        Ok(next.clamp(Target::ONE, self.limit).to_compact())
    }
}

impl EthereumRule {
    /// Smallest difficulty.
    pub const MINIMUM: u128 = 131_072;

    /// Difficulty of a block `elapsed` seconds after its parent.
    ///
    /// # Errors
    /// [`ModelError::Overflow`].
    pub fn next(self, parent: u128, elapsed: u64) -> Result<u128> {
        let (level, divisor) = match self {
            Self::Homestead => (1, 10),
            Self::Byzantium { parent_has_uncles } => (1 + i128::from(parent_has_uncles), 9),
        };
        let steps = (level - i128::from(elapsed / divisor)).max(-99);
        let overflow = ModelError::Overflow { what: "difficulty" };
        let change = i128::try_from(parent / 2048).map_err(|_| overflow)?;
        let change = change.checked_mul(steps).ok_or(overflow)?;
        let next = parent.checked_add_signed(change).ok_or(overflow)?;
        Ok(next.max(Self::MINIMUM))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;
    use proptest::prelude::*;

    #[test]
    fn digishield_s_retargets_are_those_of_the_chain() {
        // Dogecoin Core, pow_tests: blocks 145000, 145001, 145107 (held above) and 149423 (held below)
        for (before, time, bits, next) in [
            (1_395_094_427, 1_395_094_679, 0x1b49_9dfd, 0x1b67_1062),
            (1_395_094_679, 1_395_094_727, 0x1b67_1062, 0x1b65_58a4),
            (1_395_100_835, 1_395_101_360, 0x1b34_39cd, 0x1b4e_56b3),
            (1_395_380_517, 1_395_380_447, 0x1b44_6f21, 0x1b33_5358),
        ] {
            assert_eq!(
                DigiShield::DOGECOIN.next_compact(bits, time - before).unwrap(),
                next
            );
        }
    }

    #[test]
    fn asert_is_the_specification_s_python() {
        // the formula in Python's integers
        let rule = Asert::BITCOIN_CASH;
        for (height, time, bits) in ASERT_BY_PYTHON {
            assert_eq!(rule.next_compact(height, time).unwrap(), bits, "{height} {time}");
        }
        assert!(rule.next_compact(661_646, 1_605_447_844).is_err());
    }

    const ASERT_BY_PYTHON: [(i64, i64, u32); 10] = [
        (661647, 1605448444, 0x1804_dafe),
        (661648, 1605449044, 0x1804_dafe),
        (661700, 1605500000, 0x1805_41a3),
        (662000, 1605447845, 0x1802_1243),
        (680000, 1616447844, 0x1804_9eca),
        (700000, 1628450000, 0x1804_a90b),
        (661647, 1606311844, 0x1900_9b00),
        (661647, 1603720444, 0x1701_36bf),
        (661647, 1615815844, 0x1d00_ffff),
        (750000, 1605447844, 0x0101_0000),
    ];

    #[test]
    fn homestead_moves_by_a_2048th_and_no_further_than_99_of_them() {
        // EIP-2's formula by hand
        for (elapsed, next) in [
            (9, 20_490_000),
            (10, 20_480_000),
            (25, 20_470_000),
            (2000, 19_490_000),
        ] {
            assert_eq!(EthereumRule::Homestead.next(20_480_000, elapsed).unwrap(), next);
        }
        let uncles = |parent_has_uncles| EthereumRule::Byzantium { parent_has_uncles };
        assert_eq!(uncles(true).next(20_480_000, 8).unwrap(), 20_500_000);
        assert_eq!(uncles(false).next(20_480_000, 17).unwrap(), 20_480_000);
        assert_eq!(EthereumRule::Homestead.next(131_072, 10_000).unwrap(), 131_072);
        assert!(EthereumRule::Homestead.next(u128::MAX, 1).is_err());
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn asert_is_the_exponential_within_its_approximation(blocks in 0i64..100_000, late in -1_500_000i64..1_500_000) {
            let rule = Asert { anchor_bits: 0x1804_dafe, ..Asert::BITCOIN_CASH };
            let time = rule.anchor_parent_time + 600 * (blocks + 1) + late;
            let next = Target::from_compact(rule.next_compact(rule.anchor_height + blocks, time).unwrap()).unwrap();
            let change = Target::from_compact(0x1804_dafe).unwrap().difficulty().unwrap() / next.difficulty().unwrap();
            let exact = 2f64.powf(f64::from(i32::try_from(late).unwrap()) / 172_800.0);
            // 0.013 % of the cubic and 2⁻¹⁵ of the compact form
            assert_close(change / exact, 1.0, 2e-4);
        }

        #[test]
        fn every_time_gives_every_rule_a_target(height in 661_647i64.., time in any::<i64>(), elapsed in any::<i64>()) {
            let bits = Asert::BITCOIN_CASH.next_compact(height, time).unwrap();
            prop_assert!(Target::from_compact(bits).unwrap() <= Asert::BITCOIN_CASH.limit);
            prop_assert!(DigiShield::DOGECOIN.next_compact(0x1b67_1062, elapsed).is_ok());
            prop_assert!(EthereumRule::Homestead.next(1 << 50, elapsed.unsigned_abs()).is_ok());
        }
    }
}
