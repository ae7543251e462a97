//! Quantities: integers with a unit, a domain and only the operations that mean something.
//!
//! | type | unit | domain |
//! |---|---|---|
//! | [`Rate`] | 1e-8 per year, simple annualised | ±40 |
//! | [`Ratio`] | 1e-8 | 0 … 10 |
//! | [`Sensitivity`] | 1e-8 of one quantity per unit of another | ±10 |
//! | [`Amount`] | atoms of the quote asset | `u64` |
//! | [`FineRate`], [`FineRatio`] | 1e-10, between two roundings | as [`Rate`], [`Ratio`] |
//! | [`Slot`], [`UnixTime`] | slot; second | `u64`, `i64` |
//!
//! The unit and the domains are chosen together: a product of two of them, in 1e-16, fits 64 bits, so the hot path
//! needs no 128-bit arithmetic. Those products are [`Wide`] and are rounded once, in a direction that the name of
//! the operation states.

mod amount;
mod fine;
mod magnitude;
mod rate;
mod ratio;
mod sensitivity;
mod time;
mod wide;

pub use amount::Amount;
pub(crate) use fine::{FINE, FINE_ONE};
pub use fine::{FineRate, FineRatio};
pub(crate) use magnitude::{normalised, normalised_square, root_down, root_of_normalised};
pub use rate::Rate;
pub use ratio::Ratio;
pub use sensitivity::Sensitivity;
pub use time::{Slot, UnixTime};
pub use wide::Wide;

/// One, in the unit of [`Rate`], [`Ratio`] and [`Sensitivity`].
pub const ONE: i64 = 100_000_000;

/// Seconds of a day.
pub const DAY: i64 = 86_400;

/// [`DAY`] for division: the VM divides words without a sign.
pub(crate) const DAY_UNSIGNED: u64 = DAY.unsigned_abs();

/// Seconds of a year of 365 days.
pub const YEAR: i64 = 365 * DAY;

/// Quotient of two integers rounded up, toward +∞. `None` where `d` is not positive.
#[inline(always)]
pub(crate) fn div_up(n: i64, d: i64) -> Option<i64> {
    if d <= 0 {
        return None;
    }
    // The VM divides words without a sign; a signed division costs it three times as much.
    let (n_abs, d) = (n.unsigned_abs(), d.cast_unsigned());
    if n > 0 {
        // at most n
        Some(
            n_abs
                .wrapping_sub(1)
                .checked_div(d)?
                .wrapping_add(1)
                .cast_signed(),
        )
    } else {
        Some(n_abs.checked_div(d)?.cast_signed().wrapping_neg())
    }
}

/// Quotient of two integers rounded down, toward −∞. `None` where `d` is not positive.
#[inline(always)]
pub(crate) fn div_down(n: i64, d: i64) -> Option<i64> {
    if d <= 0 {
        return None;
    }
    // ⌊n/d⌋ = !⌊!n/d⌋ for a negative n, and !n is not negative
    let sign = n >> 63;
    let quotient = (n ^ sign).cast_unsigned().checked_div(d.cast_unsigned())?;
    Some(quotient.cast_signed() ^ sign)
}

/// Quotient of two unsigned integers rounded up. `None` for a division by zero.
#[inline(always)]
pub(crate) fn div_up_unsigned(n: u64, d: u64) -> Option<u64> {
    match n {
        0 if d != 0 => Some(0),
        _ => Some(n.wrapping_sub(1).checked_div(d)?.wrapping_add(1)),
    }
}

/// Sum of two integers, `None` on overflow: where its sign is that of neither part. `checked_add` costs the VM twice as
/// much.
#[inline(always)]
pub(crate) const fn add_checked(a: i64, b: i64) -> Option<i64> {
    let sum = a.wrapping_add(b);
    if (a ^ sum) & (b ^ sum) < 0 {
        None
    } else {
        Some(sum)
    }
}

/// Difference of two integers, `None` on overflow.
#[inline(always)]
pub(crate) const fn sub_checked(a: i64, b: i64) -> Option<i64> {
    let difference = a.wrapping_sub(b);
    if (a ^ b) & (a ^ difference) < 0 {
        None
    } else {
        Some(difference)
    }
}

/// Product of two unsigned integers, `None` on overflow.
///
/// The VM has no high half of a product, so `checked_mul` calls a 128-bit routine, and so does every division that asks
/// the same (LLVM recognises it). What fits 32 bits cannot overflow and goes without.
#[inline(always)]
pub(crate) fn mul_checked(a: u64, b: u64) -> Option<u64> {
    if (a | b) >> 32 == 0 {
        return Some(a.wrapping_mul(b));
    }
    a.checked_mul(b)
}

#[cfg(test)]
mod tests;
