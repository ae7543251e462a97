//! Component **d**, the cost of debt: a kinked borrow-rate curve of utilisation.

mod curve;
mod fit;
mod regimes;

pub use curve::KinkedCurve;
pub use fit::{DebtFit, FittedCurve, Segment, fit_kinked_curve};
pub use regimes::{Regime, fit_regimes};
