//! The square root of a time, in integers.

use super::LONGEST_EXPIRY;
use crate::quantity::{normalised_square, root_of_normalised};

/// A square root between two bounds, in a unit of its own.
#[derive(Clone, Copy)]
pub(super) struct Root {
    /// Rounded down.
    pub down: u64,
    /// Rounded up: at most 2^32 + 1, and three units above.
    pub up: u64,
    /// The unit: a root is one of seconds times 2^(17 + unit).
    pub unit: u64,
}

/// √seconds, for 1 … [`LONGEST_EXPIRY`] seconds, with 32 significant bits.
#[inline(always)]
pub(super) fn root(seconds: u64) -> Root {
    const _: () = assert!(LONGEST_EXPIRY < 1 << 29);
    // by 34 bits at least, which the first two of 64 begin
    let (square, shift) = normalised_square(seconds << 34);
    let up = root_of_normalised(square).wrapping_add(1);
    Root {
        down: square.checked_div(up).unwrap_or(0),
        up,
        unit: shift >> 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::cases;
    use proptest::prelude::*;

    fn check(seconds: u64) {
        let Root { down, up, unit } = root(seconds);
        let square = u128::from(seconds) << 34 << (2 * unit);
        assert!(
            u128::from(down).pow(2) <= square && square <= u128::from(up).pow(2),
            "{seconds}"
        );
        assert!(
            up - down <= 3 && up <= (1 << 32) + 1 && down + 2 >= 1 << 31,
            "{seconds}: {down} {up}"
        );
    }

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn the_root_lies_between_its_bounds(seconds in 1..=LONGEST_EXPIRY.unsigned_abs(), bits in 0u32..29) {
            check(seconds);
            check((seconds >> bits).max(1));
            check(1 << bits);
            check((2u64 << bits) - 1);
        }
    }
}
