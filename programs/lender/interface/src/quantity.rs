//! Units of the lender beside the quote atoms of [`hurdle_interface::Amount`].

use crate::error::{LenderError, Result};
use bytemuck::{Pod, Zeroable};
use hurdle_interface::Amount;

/// Atoms of collateral that a [`Price`] is for.
pub const PRICED_ATOMS: u64 = 1_000_000_000;

/// An amount in atoms of the collateral.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Pod, Zeroable)]
#[repr(transparent)]
pub struct Collateral(pub u64);

impl Collateral {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The sum.
    ///
    /// # Errors
    /// [`LenderError::Overflow`] above `u64::MAX`.
    #[inline(always)]
    pub const fn add(self, other: Self) -> Result<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Ok(Self(sum)),
            None => Err(LenderError::Overflow),
        }
    }

    /// The difference; `None` where `other` is the larger.
    #[inline(always)]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(difference) => Some(Self(difference)),
            None => None,
        }
    }
}

/// Quote atoms for [`PRICED_ATOMS`] atoms of collateral.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Pod, Zeroable)]
#[repr(transparent)]
pub struct Price(pub u64);

impl Price {
    /// The value of collateral, rounded down: what an account is credited with.
    ///
    /// By parts, since the whole product needs 128 bits. With `atoms = a·1e9 + b` and `price = p·1e9 + q`:
    /// `atoms·price/1e9 = a·price + b·p + b·q/1e9`.
    ///
    /// # Errors
    /// [`LenderError::Overflow`] above `u64::MAX`.
    #[inline(always)]
    pub fn value_down(self, Collateral(atoms): Collateral) -> Result<Amount> {
        let (a, b) = (atoms / PRICED_ATOMS, atoms % PRICED_ATOMS);
        let (p, q) = (self.0 / PRICED_ATOMS, self.0 % PRICED_ATOMS);
        // a division, since the VM has no high half of a product and `checked_mul` would call a 128-bit routine
        if a != 0 && u64::MAX.checked_div(a).is_some_and(|most| self.0 > most) {
            return Err(LenderError::Overflow);
        }
        // b < 1e9 and p < 2^64/1e9; b and q < 1e9: neither product can wrap
        let whole = sum(a.wrapping_mul(self.0), b.wrapping_mul(p))?;
        sum(whole.0, b.wrapping_mul(q) / PRICED_ATOMS)
    }
}

#[inline(always)]
fn sum(a: u64, b: u64) -> Result<Amount> {
    a.checked_add(b).map(Amount).ok_or(LenderError::Overflow)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Uniform over lengths, so that small and large values meet.
    fn any_length() -> impl Strategy<Value = u64> {
        (any::<u64>(), 0u32..64).prop_map(|(value, shift)| value >> shift)
    }

    fn amount(value: u128) -> Result<Amount> {
        u64::try_from(value)
            .map(Amount)
            .map_err(|_| LenderError::Overflow)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn values_are_the_exact_product_rounded_down(price in any_length(), atoms in any_length()) {
            let product = u128::from(price) * u128::from(atoms);
            let unit = u128::from(PRICED_ATOMS);
            prop_assert_eq!(Price(price).value_down(Collateral(atoms)), amount(product / unit));
        }
    }

    #[test]
    fn the_largest_operands_overflow_and_their_neighbours_of_one_unit_do_not() {
        let (most, unit) = (u64::MAX, PRICED_ATOMS);
        assert_eq!(
            Price(most).value_down(Collateral(most)),
            Err(LenderError::Overflow)
        );
        assert_eq!(
            Price(most).value_down(Collateral(2 * unit)),
            Err(LenderError::Overflow)
        );
        assert_eq!(Price(most).value_down(Collateral(unit)), Ok(Amount(most)));
        assert_eq!(
            Price(most).value_down(Collateral(unit - 1)),
            Ok(Amount(most - most.div_ceil(unit)))
        );
        assert_eq!(Price(unit).value_down(Collateral(most)), Ok(Amount(most)));
        assert_eq!(Price(1).value_down(Collateral(1)), Ok(Amount(0)));
    }
}
