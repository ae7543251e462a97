//! The one error type of the library, and the checks that produce it.

use core::fmt;
use thiserror::Error;

/// Why a model refused its input. Every variant names the quantity, so that an operator knows what to look at.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum ModelError {
    /// NaN or an infinity was given.
    #[error("{what} must be a finite number, got {value}")]
    NotFinite {
        /// The quantity.
        what: &'static str,
        /// What was given.
        value: f64,
    },
    /// Zero or a negative number was given where only positive ones have meaning.
    #[error("{what} must be greater than zero, got {}", Shown(*.value))]
    NotPositive {
        /// The quantity.
        what: &'static str,
        /// What was given.
        value: f64,
    },
    /// A number outside its domain was given.
    #[error("{what} must {}, got {}", domain(*.value, *.min, *.max), Shown(*.value))]
    OutOfRange {
        /// The quantity.
        what: &'static str,
        /// What was given.
        value: f64,
        /// Smallest admissible value.
        min: f64,
        /// Largest admissible value.
        max: f64,
    },
    /// Fewer observations than the method needs.
    #[error("{what}: at least {needed} needed, got {got}")]
    TooFew {
        /// The quantity.
        what: &'static str,
        /// Smallest admissible number.
        needed: usize,
        /// What was given.
        got: usize,
    },
    /// Keys that must strictly increase do not.
    #[error("{what} must strictly increase, but entry {index} does not exceed the one before it")]
    NotIncreasing {
        /// The quantity.
        what: &'static str,
        /// Index of the first offending entry.
        index: usize,
    },
    /// Two columns that belong together differ in length.
    #[error("{what}: {left} entries on one side and {right} on the other")]
    LengthMismatch {
        /// The quantity.
        what: &'static str,
        /// Length of the one side.
        left: usize,
        /// Length of the other side.
        right: usize,
    },
    /// The observations do not determine the estimate (no variation, collinear columns).
    #[error(
        "{what} cannot be determined from these observations: they carry no variation that would identify it"
    )]
    Unidentified {
        /// The quantity.
        what: &'static str,
    },
    /// Two choices that exclude each other.
    #[error("{what} cannot be combined with {with}")]
    Incompatible {
        /// The one choice.
        what: &'static str,
        /// The other choice.
        with: &'static str,
    },
    /// The input is admissible but the result is outside the range of f64.
    #[error("{what} is too large to represent")]
    Overflow {
        /// The quantity.
        what: &'static str,
    },
    /// An iteration did not reach its tolerance.
    #[error("{what} did not converge in {iterations} iterations")]
    NotConverged {
        /// The quantity.
        what: &'static str,
        /// Iterations made.
        iterations: usize,
    },
    /// A binary outcome of which only one value was observed.
    #[error("{what}: both outcomes must occur, but all observations show the same one")]
    OneClass {
        /// The quantity.
        what: &'static str,
    },
    /// A regressor tells the outcomes apart without error, so that its coefficient has no finite estimate.
    #[error(
        "{what} are separated by a regressor, whose coefficient would be infinite: drop it or give it a penalty"
    )]
    Separated {
        /// The quantity.
        what: &'static str,
    },
}

impl ModelError {
    /// The quantity that it is about.
    #[must_use]
    pub const fn what(&self) -> &'static str {
        match self {
            Self::NotFinite { what, .. }
            | Self::NotPositive { what, .. }
            | Self::OutOfRange { what, .. }
            | Self::TooFew { what, .. }
            | Self::NotIncreasing { what, .. }
            | Self::LengthMismatch { what, .. }
            | Self::Unidentified { what, .. }
            | Self::Incompatible { what, .. }
            | Self::Overflow { what, .. }
            | Self::NotConverged { what, .. }
            | Self::OneClass { what, .. }
            | Self::Separated { what, .. } => what,
        }
    }
}

/// The domain of a number, in words. Ends beyond every f64 are no ends; an end that was itself refused, or that lies a
/// rounding within a rounder number, does not belong to the domain.
fn domain(value: f64, min: f64, max: f64) -> String {
    let (low, above) = end(min);
    let (high, below) = end(max);
    let strict = above || below || value == min || value == max;
    let (least, most) = (Shown(low), Shown(high));
    match (min > f64::MIN, max < f64::MAX) {
        (true, true) if strict => format!("lie strictly between {least} and {most}"),
        (true, true) => format!("lie between {least} and {most}"),
        (true, false) if strict => format!("be greater than {least}"),
        (true, false) => format!("be at least {least}"),
        (false, true) if strict => format!("be less than {most}"),
        (false, true) => format!("be at most {most}"),
        (false, false) => "be a finite number".to_owned(),
    }
}

/// An end of a domain as a round number, and whether the end lies just within it.
fn end(x: f64) -> (f64, bool) {
    const DIGITS: f64 = 1e12;
    let round = (x * DIGITS).round() / DIGITS;
    if round != x && (round - x).abs() < 4.0 * f64::EPSILON * x.abs().max(1.0) {
        (round, true)
    } else {
        (x, false)
    }
}

/// A number without hundreds of zeros.
struct Shown(f64);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(x) = *self;
        if x != 0.0 && x.is_finite() && !(1e-9..1e16).contains(&x.abs()) {
            write!(f, "{x:e}")
        } else {
            write!(f, "{x}")
        }
    }
}

/// The library's result type.
pub type Result<T, E = ModelError> = core::result::Result<T, E>;

/// `value`, if it is finite.
pub(crate) fn finite(what: &'static str, value: f64) -> Result<f64> {
    if value.is_finite() {
        Ok(value)
    } else {
        Err(ModelError::NotFinite { what, value })
    }
}

/// `value`, if it is finite and greater than zero.
pub(crate) fn positive(what: &'static str, value: f64) -> Result<f64> {
    finite(what, value)?;
    if value > 0.0 {
        Ok(value)
    } else {
        Err(ModelError::NotPositive { what, value })
    }
}

/// `value`, if it is finite and at least zero.
pub(crate) fn non_negative(what: &'static str, value: f64) -> Result<f64> {
    within(what, value, 0.0, f64::MAX)
}

/// `value`, if it lies in [0, 1].
pub(crate) fn fraction(what: &'static str, value: f64) -> Result<f64> {
    within(what, value, 0.0, 1.0)
}

/// `value`, if it lies in (0, 1).
pub(crate) fn open_fraction(what: &'static str, value: f64) -> Result<f64> {
    if value > 0.0 && value < 1.0 {
        Ok(value)
    } else {
        Err(ModelError::OutOfRange {
            what,
            value,
            min: 0.0,
            max: 1.0,
        })
    }
}

/// `value`, if it lies in [min, max].
pub(crate) fn within(what: &'static str, value: f64, min: f64, max: f64) -> Result<f64> {
    finite(what, value)?;
    if (min..=max).contains(&value) {
        Ok(value)
    } else {
        Err(ModelError::OutOfRange {
            what,
            value,
            min,
            max,
        })
    }
}

/// `value` as a result of admissible input: an infinity or NaN here is an overflow on the way.
pub(crate) fn representable(what: &'static str, value: f64) -> Result<f64> {
    if value.is_finite() {
        Ok(value)
    } else {
        Err(ModelError::Overflow { what })
    }
}

/// Checks that there are at least `needed` observations.
pub(crate) fn at_least(what: &'static str, needed: usize, got: usize) -> Result<()> {
    if got >= needed {
        Ok(())
    } else {
        Err(ModelError::TooFew { what, needed, got })
    }
}

/// Checks that two columns have the same length.
pub(crate) fn same_length(what: &'static str, left: usize, right: usize) -> Result<()> {
    if left == right {
        Ok(())
    } else {
        Err(ModelError::LengthMismatch { what, left, right })
    }
}

/// A count as f64; exact below 2⁵³, which no slice in memory exceeds.
#[allow(clippy::cast_precision_loss)]
pub(crate) const fn count(n: usize) -> f64 {
    n as f64
}

/// `value`, if it lies in [min, max].
pub(crate) fn within_count(what: &'static str, value: usize, min: usize, max: usize) -> Result<usize> {
    within(what, count(value), count(min), count(max)).map(|_| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(value: f64, min: f64, max: f64) -> String {
        let what = "x";
        ModelError::OutOfRange {
            what,
            value,
            min,
            max,
        }
        .to_string()
    }

    #[test]
    fn a_domain_is_told_by_the_ends_that_it_has() {
        assert_eq!(refused(1.5, 0.0, 1.0), "x must lie between 0 and 1, got 1.5");
        assert_eq!(
            refused(1.0, 0.0, 1.0),
            "x must lie strictly between 0 and 1, got 1"
        );
        assert_eq!(refused(-0.2, 0.0, f64::MAX), "x must be at least 0, got -0.2");
        assert_eq!(refused(0.5, 1.0, f64::MAX), "x must be at least 1, got 0.5");
        assert_eq!(
            refused(0.8, 1.0 + f64::EPSILON, f64::MAX),
            "x must be greater than 1, got 0.8"
        );
        assert_eq!(refused(3.0, f64::MIN, 2.0), "x must be at most 2, got 3");
    }

    #[test]
    fn no_number_fills_the_line_with_zeros() {
        let open = refused(-1.0, f64::MIN_POSITIVE, 1.0 - f64::EPSILON);
        assert_eq!(open, "x must lie strictly between 0 and 1, got -1");
        assert_eq!(
            refused(1e300, 0.0, 1e100),
            "x must lie between 0 and 1e100, got 1e300"
        );
        let negative = ModelError::NotPositive {
            what: "x",
            value: -1e200,
        };
        assert_eq!(negative.to_string(), "x must be greater than zero, got -1e200");
    }
}
