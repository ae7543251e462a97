//! Paths side by side.

pub(super) use crate::vector::vectorised;

/// Paths that are advanced together: their arrays stay in the first-level cache.
pub(super) const BLOCK: usize = 256;

/// One number per path of a block.
pub(super) type Row = [f64; BLOCK];
