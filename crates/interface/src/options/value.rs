//! The value of a European option, between two bounds.
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

use super::logarithm::LN_ERROR;
use super::normal::{TAIL_ERROR, tail};
use super::root::{Root, root};
use super::{OptionKind, OptionTerms};
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
    let Root { down, up, unit } = root(seconds);
    // The divisor is rounded against the bound of the quotient.
    let (root, divisor) = match bound {
        Bound::Lower => (down, ROOT_OF_YEAR.wrapping_add(1) << unit),
        Bound::Upper => (up, ROOT_OF_YEAR << unit),
    };
    // a root has 32 bits, a volatility 30
    let product = terms.volatility.raw().cast_unsigned().wrapping_mul(root);
    bound.quotient(product, divisor)
}

/// A half volatility moved by a factor.
#[inline(always)]
pub(super) fn moved(half_volatility: u64, factor: Ratio, bound: Bound) -> u64 {
    // 2^32 · 2^30
    let product = half_volatility.wrapping_mul(factor.raw().cast_unsigned());
    bound.quotient(product, ONE.unsigned_abs())
}

/// Price and strike in 1e-8, ordered, since the time value treats them alike.
#[derive(Clone, Copy)]
pub(super) struct Moneyness {
    near: i64,
    far: i64,
    /// |ln(price/strike)| in Q55: a logarithm has at most 35 bits in Q30.
    distance: u64,
    /// What is added for the bound and for the rounding toward it, in 1e-8 · Q32.
    slack: i64,
    /// What exercise gains.
    intrinsic: i64,
}

impl Moneyness {
    /// Of two ratios in their domain and their logarithms in Q30.
    #[inline(always)]
    pub(super) fn new(kind: OptionKind, price: (i64, i64), strike: (i64, i64), bound: Bound) -> Self {
        let distance = price.1.wrapping_sub(strike.1);
        let (price, strike) = (price.0, strike.0);
        let gain = price.wrapping_sub(strike);
        let slack = price.wrapping_add(strike).wrapping_mul(bound.slack());
        let slack = slack.wrapping_add(bound.lift(WHOLE.unsigned_abs()).cast_signed());
        let is_call = kind == OptionKind::Call;
        // The logarithms' errors may turn the distance of near ones round, to which none is closer.
        if gain >= 0 {
            Self {
                near: strike,
                far: price,
                distance: distance.max(0).cast_unsigned() << 25,
                slack,
                intrinsic: if is_call { gain } else { 0 },
            }
        } else {
            Self {
                near: price,
                far: strike,
                distance: distance.wrapping_neg().max(0).cast_unsigned() << 25,
                slack,
                intrinsic: if is_call { 0 } else { gain.wrapping_neg() },
            }
        }
    }

    /// A bound of the option's value in 1e-8, from half of its total volatility in Q28: intrinsic value and a time value
    /// between zero and the lesser of price and strike.
    #[inline(always)]
    pub(super) fn value(&self, half_volatility: u64, bound: Bound) -> i64 {
        let Self { near, far, .. } = *self;
        // μ in Q28: Q55 over twice Q28
        let Some(distance) = self.distance.checked_div(half_volatility) else {
            return self.intrinsic;
        };
        let beyond = tail(half_volatility.wrapping_add(distance));
        let reached = if half_volatility >= distance {
            WHOLE.wrapping_sub(tail(half_volatility.wrapping_sub(distance)))
        } else {
            tail(distance.wrapping_sub(half_volatility))
        };
        // 1e-8 · Q32: a ratio times one is below 2^62, and neither is negative
        let time = near.wrapping_mul(reached).wrapping_sub(far.wrapping_mul(beyond));
        let time = time.wrapping_add(self.slack) >> 32;
        // The lower bound is below the exact value, which is below the nearer of the two; the upper one is above zero.
        let time = match bound {
            Bound::Lower => time.max(0),
            Bound::Upper => time.min(near),
        };
        self.intrinsic.wrapping_add(time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::cases;
    use crate::fixture::reference::of_ratio;
    use crate::options::LONGEST_EXPIRY;
    use proptest::prelude::*;

    /// That two bounds in Q28 hold a value between them, not more than some units apart.
    fn bracket(bounds: [u64; 2], exact: f64, apart: f64) {
        let [lower, upper] = bounds.map(|bound| bound as f64);
        let exact = exact * 2f64.powi(28);
        // what the floating point may be off by
        let tolerance = 1e-15 * exact;
        assert!(
            lower <= exact + tolerance && exact - tolerance <= upper,
            "{lower} {exact} {upper}"
        );
        assert!(upper - lower <= apart, "{lower} {upper}");
    }

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn half_of_the_volatility_lies_between_its_bounds(
            seconds_to_expiry in prop_oneof![1..=LONGEST_EXPIRY, 1..=86_400i64],
            volatility in 0..=Ratio::MAX.raw(), factor in 0..=Ratio::MAX.raw(),
        ) {
            let (volatility, factor) = (Ratio(volatility), Ratio(factor));
            let kind = OptionKind::Call;
            let terms = OptionTerms { strike: Ratio::ONE, seconds_to_expiry, volatility, kind };
            let exact = of_ratio(volatility) * (seconds_to_expiry as f64 / 31_536_000.0).sqrt() / 2.0;
            let bounds = [Bound::Lower, Bound::Upper];
            // rounding of the year's root, of the time's root and of the quotient
            let apart = exact * 2f64.powi(28) * 2e-9 + 0.6 * of_ratio(volatility) + 2.0;
            bracket(bounds.map(|bound| half_volatility(&terms, bound)), exact, apart);
            let moved = bounds.map(|bound| moved(half_volatility(&terms, bound), factor, bound));
            bracket(moved, exact * of_ratio(factor), apart * of_ratio(factor) + 2.0);
        }
    }
}
