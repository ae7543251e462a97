//! The one error type of the library, and the checks that produce it.

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
    #[error("{what} must be greater than zero, got {value}")]
    NotPositive {
        /// The quantity.
        what: &'static str,
        /// What was given.
        value: f64,
    },
    /// A number outside its closed domain was given.
    #[error("{what} must {}, got {value}", domain(*.min, *.max))]
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

/// A closed domain in words; one that reaches the end of f64 has no end.
fn domain(min: f64, max: f64) -> String {
    match (min == f64::MIN, max == f64::MAX) {
        (false, true) => format!("be at least {min}"),
        (true, false) => format!("be at most {max}"),
        _ => format!("lie between {min} and {max}"),
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

    #[test]
    fn a_domain_without_an_end_is_told_without_one() {
        let refusal = |min, max| within("margin", -2.0, min, max).unwrap_err().to_string();
        assert_eq!(refusal(0.0, 1.0), "margin must lie between 0 and 1, got -2");
        assert_eq!(refusal(0.0, f64::MAX), "margin must be at least 0, got -2");
        assert_eq!(refusal(f64::MIN, -3.0), "margin must be at most -3, got -2");
    }
}
