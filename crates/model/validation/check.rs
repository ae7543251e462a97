//! One comparison of the library with something that is independent of it.

/// How far a figure may lie from its reference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Tolerance {
    /// |ours − expected| ≤ t·|expected|.
    Relative(f64),
    /// |ours − expected| ≤ t.
    Absolute(f64),
    /// low ≤ ours ≤ high: an interval of confidence, or a published band.
    Within {
        /// Smallest admissible figure.
        low: f64,
        /// Largest admissible figure.
        high: f64,
    },
}

/// A comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// What is compared.
    pub what: String,
    /// What it is compared with.
    pub reference: String,
    /// The reference's figure.
    pub expected: f64,
    /// The library's figure.
    pub ours: f64,
    /// How far they may lie apart.
    pub tolerance: Tolerance,
}

/// The checks of one subject.
pub struct Topic {
    /// The subject.
    pub title: &'static str,
    /// Its checks; fewer where recorded data is absent.
    pub checks: Vec<Check>,
}

impl Check {
    /// Whether the figures agree; NaN agrees with nothing.
    pub fn holds(&self) -> bool {
        let difference = (self.ours - self.expected).abs();
        match self.tolerance {
            Tolerance::Relative(t) => difference <= t * self.expected.abs(),
            Tolerance::Absolute(t) => difference <= t,
            Tolerance::Within { low, high } => (low..=high).contains(&self.ours),
        }
    }
}
