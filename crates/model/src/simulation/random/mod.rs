//! Random numbers: streams by seed and block, Gaussian draws, and low-discrepancy points.

mod bridge;
mod directions;
mod gaussian;
mod normals;
mod sobol;
mod stream;

pub use sobol::{MOST_DIMENSIONS, Sobol};

pub(super) use gaussian::{ln, two_sided_quantile};
pub(super) use normals::{Normals, quasi_dimensions};
pub(super) use stream::{Stream, fill_once};
