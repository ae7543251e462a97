//! Proof-of-work targets: 256-bit integers, and their compact form.

use crate::error::{ModelError, Result};

/// A proof-of-work target: a block is valid if its hash, read as a number, does not exceed it. Limbs of 64 bits, the most
/// significant first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target([u64; 4]);

/// Mantissa of difficulty 1: the target 0xffff·2²⁰⁸.
const UNIT_MANTISSA: f64 = 65_535.0;
/// Its exponent.
const UNIT_EXPONENT: i32 = 208;
const TWO_TO_64: f64 = 18_446_744_073_709_551_616.0;

impl Target {
    /// The smallest target, which the rules give instead of nothing.
    pub const ONE: Self = Self([0, 0, 0, 1]);

    /// The target with these limbs, the most significant first.
    #[must_use]
    pub const fn from_limbs(limbs: [u64; 4]) -> Self {
        Self(limbs)
    }

    /// The limbs, the most significant first.
    #[must_use]
    pub const fn limbs(self) -> [u64; 4] {
        self.0
    }

    /// The target that a header's `nBits` stands for: mantissa·256^(exponent − 3) (Bitcoin Core, `arith_uint256::SetCompact`).
    ///
    /// # Errors
    /// [`ModelError::NotPositive`] for nothing or a set sign bit, [`ModelError::Overflow`] beyond 256 bits.
    pub fn from_compact(bits: u32) -> Result<Self> {
        let (size, mantissa) = (bits >> 24, u64::from(bits & 0x007f_ffff));
        let mantissa = if size < 3 {
            mantissa >> (8 * (3 - size))
        } else {
            mantissa
        };
        if mantissa == 0 || bits & 0x0080_0000 != 0 {
            return Err(ModelError::NotPositive {
                what: "compact target",
                value: if mantissa == 0 {
                    0.0
                } else {
                    -f64::from(bits & 0x007f_ffff)
                },
            });
        }
        Self([0, 0, 0, mantissa])
            .shifted_up(8 * size.saturating_sub(3))
            .ok_or(ModelError::Overflow {
                what: "compact target",
            })
    }

    /// The compact form, which keeps the upper 15 to 23 bits and drops the rest (`arith_uint256::GetCompact`).
    #[must_use]
    pub fn to_compact(self) -> u32 {
        let mut size = self.bits().div_ceil(8);
        let mut mantissa = if size <= 3 {
            self.0[3] << (8 * (3 - size))
        } else {
            self.shifted_down(8 * (size - 3)).0[3]
        };
        // the bit of the sign stays clear
        if mantissa & 0x0080_0000 != 0 {
            mantissa >>= 8;
            size += 1;
        }
        (size << 24) | u32::try_from(mantissa & 0x007f_ffff).unwrap_or(0)
    }

    /// Difficulty: the target of difficulty 1, 0xffff·2²⁰⁸, over this one.
    ///
    /// # Errors
    /// [`ModelError::NotPositive`] for the target 0.
    pub fn difficulty(self) -> Result<f64> {
        let value = self
            .0
            .iter()
            .fold(0.0, |sum, &limb| sum * TWO_TO_64 + float(limb));
        crate::error::positive("target", value)?;
        Ok(UNIT_MANTISSA * libm::ldexp(1.0, UNIT_EXPONENT) / value)
    }

    /// ⌊self·numerator/denominator⌋.
    ///
    /// # Errors
    /// [`ModelError::NotPositive`] for a denominator of 0, [`ModelError::Overflow`] beyond 256 bits.
    pub fn scaled_down(self, numerator: u64, denominator: u64) -> Result<Self> {
        if denominator == 0 {
            return Err(ModelError::NotPositive {
                what: "denominator of a target's change",
                value: 0.0,
            });
        }
        let mut product = [0u64; 5];
        let mut carry = 0u128;
        for (place, limb) in self.0.iter().enumerate().rev() {
            let part = u128::from(*limb) * u128::from(numerator) + carry;
            product[place + 1] = low(part);
            carry = part >> 64;
        }
        product[0] = low(carry);
        let mut quotient = [0u64; 5];
        let mut rest = 0u128;
        for (digit, limb) in quotient.iter_mut().zip(product) {
            let part = (rest << 64) | u128::from(limb);
            *digit = low(part / u128::from(denominator));
            rest = part % u128::from(denominator);
        }
        let [over, limbs @ ..] = quotient;
        if over == 0 {
            Ok(Self(limbs))
        } else {
            Err(ModelError::Overflow { what: "target" })
        }
    }

    /// Number of significant bits.
    pub(super) fn bits(self) -> u32 {
        self.0
            .iter()
            .zip([192, 128, 64, 0])
            .find(|(limb, _)| **limb != 0)
            .map_or(0, |(limb, below)| below + 64 - limb.leading_zeros())
    }

    /// self·2ⁿ, or `None` beyond 256 bits.
    pub(super) fn shifted_up(self, n: u32) -> Option<Self> {
        if self.bits() + n.min(256) > 256 {
            return (self.bits() == 0).then_some(self);
        }
        let mut target = self;
        for _ in 0..n / 64 {
            let [_, a, b, c] = target.0;
            target.0 = [a, b, c, 0];
        }
        let small = n % 64;
        if small > 0 {
            let [a, b, c, d] = target.0;
            let join = |high: u64, low: u64| (high << small) | (low >> (64 - small));
            target.0 = [join(a, b), join(b, c), join(c, d), d << small];
        }
        Some(target)
    }

    /// ⌊self/2ⁿ⌋.
    pub(super) fn shifted_down(self, n: u32) -> Self {
        let mut target = self;
        for _ in 0..(n / 64).min(4) {
            let [a, b, c, _] = target.0;
            target.0 = [0, a, b, c];
        }
        let small = n % 64;
        if small > 0 {
            let [a, b, c, d] = target.0;
            let join = |high: u64, low: u64| (low >> small) | (high << (64 - small));
            target.0 = [a >> small, join(a, b), join(b, c), join(c, d)];
        }
        target
    }
}

/// The lower 64 bits.
fn low(wide: u128) -> u64 {
    u64::try_from(wide & u128::from(u64::MAX)).unwrap_or(0)
}

#[allow(clippy::cast_precision_loss)]
const fn float(limb: u64) -> f64 {
    limb as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;
    use proptest::prelude::*;

    #[test]
    fn compact_targets_have_their_known_difficulties() {
        // block explorers' figures for blocks 0, 32256 and 125552
        for (bits, difficulty) in [
            (0x1d00_ffff, 1.0),
            (0x1d00_d86a, 1.182_899_534_312_841),
            (0x1a44_b9f2, 244_112.487_774_33),
        ] {
            let target = Target::from_compact(bits).unwrap();
            assert_close(target.difficulty().unwrap() / difficulty, 1.0, 1e-12);
            assert_eq!(target.to_compact(), bits);
        }
    }

    #[test]
    fn what_is_no_target_is_refused() {
        for bits in [0, 0x0100_0000, 0x0400_0000, 0x0492_3456, 0xff12_3456] {
            assert!(Target::from_compact(bits).is_err(), "{bits:x}");
        }
        assert!(Target::ONE.scaled_down(1, 0).is_err());
        assert!(Target([u64::MAX; 4]).scaled_down(2, 1).is_err());
        assert!(Target([0; 4]).difficulty().is_err());
    }

    #[test]
    fn small_and_wide_compact_forms_are_bitcoin_core_s() {
        // arith_uint256_tests, bignum_SetCompact
        for (bits, value, back) in [
            (0x0112_3456, 0x12, 0x0112_0000),
            (0x0212_3456, 0x1234, 0x0212_3400),
            (0x0312_3456, 0x12_3456, 0x0312_3456),
            (0x0412_3456, 0x1234_5600, 0x0412_3456),
            (0x0500_9234, 0x9234_0000, 0x0500_9234),
        ] {
            let target = Target::from_compact(bits).unwrap();
            assert_eq!(target, Target([0, 0, 0, value]));
            assert_eq!(target.to_compact(), back);
        }
        let wide = Target::from_compact(0x2012_3456).unwrap();
        assert_eq!(wide, Target([0x1234_5600_0000_0000, 0, 0, 0]));
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn scaling_up_and_down_again_gives_the_target_back(limbs in prop::array::uniform3(any::<u64>()), by in 1u64..) {
            let target = Target([0, limbs[0], limbs[1], limbs[2]]);
            let up = target.scaled_down(by, 1).unwrap();
            prop_assert_eq!(up.scaled_down(1, by).unwrap(), target);
            prop_assert!(target.scaled_down(by, u64::MAX).unwrap() <= target);
        }

        #[test]
        fn shifts_are_products_with_powers_of_two(limbs in prop::array::uniform4(any::<u64>()), n in 0u32..63) {
            let target = Target(limbs);
            prop_assert_eq!(target.shifted_down(n), target.scaled_down(1, 1 << n).unwrap());
            prop_assert_eq!(target.shifted_up(n), target.scaled_down(1 << n, 1).ok());
            prop_assert_eq!(target.shifted_down(64 * 3 + n), target.shifted_down(64).shifted_down(128).shifted_down(n));
        }

        #[test]
        fn the_compact_form_never_exceeds_the_target(limbs in prop::array::uniform4(any::<u64>())) {
            let target = Target(limbs);
            let back = Target::from_compact(target.to_compact()).unwrap();
            prop_assert!(back <= target);
            prop_assert!(back.difficulty().unwrap() / target.difficulty().unwrap() < 1.0 + 1.0 / 32_768.0);
        }
    }
}
