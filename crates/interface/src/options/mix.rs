//! Which points of a grid can be the worst of a set of options.

use super::OptionKind;
use super::scenarios::Side;

/// What a set of options consists of, from which it follows where over a grid it can be worth the least.
///
/// A call rises with the price and a put falls; both rise with volatility and are convex in the price. So at worst
///
/// | of a set | the worst point |
/// |---|---|
/// | that only rises with the price: held calls, written puts | the lowest price |
/// | that only falls: held puts, written calls | the highest price |
/// | all written, which is concave | the lowest or the highest price |
/// | all held | lower volatility |
/// | all written | higher volatility |
///
/// and the other points need not be valued: of a single option, one point is enough.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mix(u8);

impl Mix {
    const HELD_CALLS: u8 = 1;
    const HELD_PUTS: u8 = 2;
    const WRITTEN_CALLS: u8 = 4;
    const WRITTEN_PUTS: u8 = 8;

    const HELD: u8 = Self::HELD_CALLS | Self::HELD_PUTS;
    const WRITTEN: u8 = Self::WRITTEN_CALLS | Self::WRITTEN_PUTS;
    const RISING: u8 = Self::HELD_CALLS | Self::WRITTEN_PUTS;
    const FALLING: u8 = Self::HELD_PUTS | Self::WRITTEN_CALLS;

    /// Any options.
    #[cfg(test)]
    pub(super) const ANY: Self = Self(Self::HELD | Self::WRITTEN);

    /// One option.
    #[inline(always)]
    pub const fn of(side: Side, kind: OptionKind) -> Self {
        Self(match (side, kind) {
            (Side::Long, OptionKind::Call) => Self::HELD_CALLS,
            (Side::Long, OptionKind::Put) => Self::HELD_PUTS,
            (Side::Short, OptionKind::Call) => Self::WRITTEN_CALLS,
            (Side::Short, OptionKind::Put) => Self::WRITTEN_PUTS,
        })
    }

    /// Both sets.
    #[inline(always)]
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    #[inline(always)]
    const fn lacks(self, kinds: u8) -> bool {
        self.0 & kinds == 0
    }

    /// Whether anything is held.
    #[inline(always)]
    pub(super) const fn holds(self) -> bool {
        !self.lacks(Self::HELD)
    }

    /// Whether anything is written.
    #[inline(always)]
    pub(super) const fn has_written(self) -> bool {
        !self.lacks(Self::WRITTEN)
    }

    /// Whether the options all have their worst point in common, as those of one kind have.
    #[inline(always)]
    pub(super) const fn has_one_worst_point(self) -> bool {
        self.0 & self.0.wrapping_sub(1) == 0
    }

    /// Side and right of the options where they are of one kind.
    #[inline(always)]
    pub(crate) const fn only(self) -> Option<(Side, OptionKind)> {
        Some(match self.0 {
            Self::HELD_CALLS => (Side::Long, OptionKind::Call),
            Self::HELD_PUTS => (Side::Long, OptionKind::Put),
            Self::WRITTEN_CALLS => (Side::Short, OptionKind::Call),
            Self::WRITTEN_PUTS => (Side::Short, OptionKind::Put),
            _ => return None,
        })
    }

    /// The prices that can be the worst.
    #[inline(always)]
    pub(super) const fn prices(self) -> Prices {
        if self.lacks(Self::FALLING) {
            Prices::Lowest
        } else if self.lacks(Self::RISING) {
            Prices::Highest
        } else if self.holds() {
            Prices::All
        } else {
            Prices::Ends
        }
    }
}

/// Prices of a grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prices {
    /// The first.
    Lowest,
    /// The last.
    Highest,
    /// The first and the last.
    Ends,
    /// Each.
    All,
}
