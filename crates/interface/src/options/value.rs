//! The time value of a European option, between two bounds.
//!
//! With price `s`, strike `k` and total volatility `v = σ√T`, at a zero rate (Black 1976, eq. 16 with r = 0):
//!
//! ```text
//! call = s·Φ(d₁) − k·Φ(d₂),   d₁ = ln(s/k)/v + v/2,   d₂ = d₁ − v
//! put  = call − s + k
//! ```
//!
//! Less its intrinsic value, either is the out-of-the-money option. With `a = min(s, k)`, `b = max(s, k)`,
//! `w = v/2` and `μ = |ln(s/k)|/v`:
//!
//! ```text
//! time value = a·Φ(w − μ) − b·Q(w + μ),   Q = 1 − Φ
//! ```
//!
//! Why the bounds hold. The value rises in `w`, which is rounded in the direction of the bound. For a fixed `w` the
//! expression is largest at the exact `μ`, the option's optimal exercise, so an error of `μ` only lowers it, by at most
//! `a·|error of the logarithm|`. The two tails are each off by at most [`TAIL_ERROR`]. Both bounds thus need only
//! `±(a + b)·slack`.

use super::OptionTerms;
use super::logarithm::LN_ERROR;
use super::normal::{TAIL_ERROR, tail};
use crate::quantity::{ONE, Ratio};

/// One in Q32, the unit of the tails.
const WHOLE: i64 = 1 << 32;

/// 1e8·√(31,536,000 s)/2^10, which takes volatility in 1e-8 times a root in Q17 seconds to half of a total volatility in
/// Q28: rounded down, and up by one.
const ROOT_OF_YEAR: u64 = 548_407_451;

/// The bound that a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    /// At most the exact value.
    Lower,
    /// At least the exact value.
    Upper,
}

impl Bound {
    /// One for the upper bound.
    #[inline(always)]
    const fn step(self) -> u64 {
        match self {
            Self::Lower => 0,
            Self::Upper => 1,
        }
    }

    /// What to add before a division that truncates.
    #[inline(always)]
    const fn lift(self, divisor: u64) -> u64 {
        match self {
            Self::Lower => 0,
            Self::Upper => divisor.saturating_sub(1),
        }
    }

    /// What the approximations may be off by, per unit of price and strike, in Q32.
    #[inline(always)]
    const fn slack(self) -> i64 {
        match self {
            Self::Lower => -TAIL_ERROR,
            // Two logarithms of Q30, on `a`, which is at most half of `a + b`; one for the truncation of μ, whose
            // effect is of second order.
            Self::Upper => TAIL_ERROR + 4 * LN_ERROR + 1,
        }
    }

    /// A quotient, rounded toward the bound.
    #[inline(always)]
    pub(super) fn quotient(self, n: u64, divisor: u64) -> u64 {
        n.wrapping_add(self.lift(divisor))
            .checked_div(divisor)
            .unwrap_or(0)
    }
}

/// Half of the total volatility `σ√T` in Q28. Zero at and past expiry.
#[inline(always)]
pub(super) fn half_volatility(terms: &OptionTerms, bound: Bound) -> u64 {
    let seconds = u64::try_from(terms.seconds_to_expiry).unwrap_or(0);
    if seconds == 0 {
        return 0;
    }
    // ten years have 29 bits, their root in Q17 has 32 and a volatility 30
    let root = (seconds << 34).isqrt().wrapping_add(bound.step());
    let product = terms.volatility.raw().unsigned_abs().wrapping_mul(root);
    // The divisor is rounded against the bound of the quotient.
    let divisor = ROOT_OF_YEAR.wrapping_add(1).wrapping_sub(bound.step());
    bound.quotient(product, divisor)
}

/// A half volatility moved by a factor.
#[inline(always)]
pub(super) fn moved(half_volatility: u64, factor: Ratio, bound: Bound) -> u64 {
    // 2^32 · 2^30
    let product = half_volatility.wrapping_mul(factor.raw().unsigned_abs());
    bound.quotient(product, ONE.unsigned_abs())
}

/// A bound of the time value in 1e-8, between zero and the lesser of price and strike. Both are in 1e-8, the log
/// moneyness ln(price/strike) in Q30, half of the total volatility in Q28.
#[inline(always)]
pub(super) fn time_value(
    price: i64,
    strike: i64,
    log_moneyness: i64,
    half_volatility: u64,
    bound: Bound,
) -> i64 {
    let (near, far) = (price.min(strike), price.max(strike));
    // μ in Q28: Q30 over twice Q28; a logarithm has at most 35 bits
    let scaled = log_moneyness.unsigned_abs() << 25;
    let Some(distance) = scaled.checked_div(half_volatility) else {
        return 0;
    };
    let beyond = tail(half_volatility.wrapping_add(distance));
    let inside = half_volatility.wrapping_sub(distance).cast_signed();
    let mut reached = tail(inside.unsigned_abs());
    if inside >= 0 {
        reached = WHOLE.wrapping_sub(reached);
    }
    // 1e-8 · Q32: a ratio times one is below 2^62, and neither is negative
    let value = near.wrapping_mul(reached).wrapping_sub(far.wrapping_mul(beyond));
    let slack = near.wrapping_add(far).wrapping_mul(bound.slack());
    let lift = bound.lift(WHOLE.unsigned_abs()).cast_signed();
    let value = value.wrapping_add(slack).wrapping_add(lift) >> 32;
    value.max(0).min(near)
}
