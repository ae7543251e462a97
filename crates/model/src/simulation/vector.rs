//! Paths side by side.

pub(super) use crate::vector::vectorised;
use core::ops::{Deref, DerefMut};

/// Paths that are advanced together: their arrays stay in the first-level cache.
pub(super) const BLOCK: usize = 256;

/// One number per path of a block, laid out so that no vector straddles two lines of the cache.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(align(64))]
pub(super) struct Row([f64; BLOCK]);

impl Row {
    pub(super) const ZERO: Self = Self([0.0; BLOCK]);

    /// The same number for every path.
    #[inline(always)]
    pub(super) const fn of(number: f64) -> Self {
        Self([number; BLOCK])
    }
}

impl Deref for Row {
    type Target = [f64; BLOCK];

    #[inline(always)]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Row {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}
