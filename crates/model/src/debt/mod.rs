//! Component **d**, the cost of debt: a kinked borrow-rate curve of utilisation.

mod curve;
mod fit;

pub use curve::KinkedCurve;
pub use fit::{DebtFit, FittedCurve, Segment, fit_kinked_curve};
