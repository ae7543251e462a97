//! A check of the library against something independent of it.

/// How near is near enough.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Tolerance {
    /// |ours − expected| ≤ so much of |expected|.
    Relative(f64),
    /// |ours − expected| ≤ so much.
    Absolute(f64),
    /// ours lies in [low, high].
    Within {
        /// Least admissible value.
        low: f64,
        /// Greatest admissible value.
        high: f64,
    },
}

/// One line of the validation table.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// What is compared.
    pub what: String,
    /// What it is compared with.
    pub reference: String,
    /// The reference's value.
    pub expected: f64,
    /// The library's value.
    pub ours: f64,
    /// How near is near enough.
    pub tolerance: Tolerance,
}
