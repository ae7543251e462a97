//! What the options of one class may lose.

use super::{Position, PositionKind};
use crate::error::{HurdleError, Result};
use crate::options::{Mix, OptionKind, ScenarioGrid, Scenarios, Side, Space};
use crate::quantity::{Amount, Ratio, UnixTime};

/// The options of one class among positions.
pub(super) struct Options<'a> {
    pub positions: &'a [Position],
    pub class: u8,
    /// Which options there are.
    pub mix: Mix,
    /// Marks of those held.
    pub credit: Amount,
    /// Marks of those written.
    pub debit: Amount,
}

impl Options<'_> {
    /// What the options may lose over a grid, and at least the minimum of those written.
    #[inline(never)]
    pub(super) fn loss(&self, grid: &ScenarioGrid, short_minimum: Ratio, now: UnixTime) -> Result<Amount> {
        if !grid.is_defined() {
            return Err(HurdleError::UnknownRiskClass);
        }
        // apart, so that each kind is compiled for what it is
        let of_kind = |side, kind| self.loss_of_kind(side, kind, grid, short_minimum, now);
        match self.mix.only() {
            Some((Side::Long, OptionKind::Call)) => of_kind(Side::Long, OptionKind::Call),
            Some((Side::Long, OptionKind::Put)) => of_kind(Side::Long, OptionKind::Put),
            Some((Side::Short, OptionKind::Call)) => of_kind(Side::Short, OptionKind::Call),
            Some((Side::Short, OptionKind::Put)) => of_kind(Side::Short, OptionKind::Put),
            None => self.loss_of_any(grid, short_minimum, now),
        }
    }

    /// Of options that are all of one kind.
    #[inline(always)]
    fn loss_of_kind(
        &self,
        side: Side,
        kind: OptionKind,
        grid: &ScenarioGrid,
        short_minimum: Ratio,
        now: UnixTime,
    ) -> Result<Amount> {
        let mut scenarios = Scenarios::of_kind(grid, side, kind)?;
        for option in self.options() {
            scenarios.add(&option.terms_at(kind, now), option.notional, side)?;
        }
        scenarios.requirement_up(self.credit, self.debit, short_minimum)
    }

    #[inline(never)]
    fn loss_of_any(&self, grid: &ScenarioGrid, short_minimum: Ratio, now: UnixTime) -> Result<Amount> {
        let mut space = Space::default();
        let mut scenarios = Scenarios::new(grid, self.mix, &mut space)?;
        for option in self.options() {
            let (side, terms) = option.option_at(now)?;
            scenarios.add(&terms, option.notional, side)?;
        }
        scenarios.requirement_up(self.credit, self.debit, short_minimum)
    }

    #[inline(always)]
    fn options(&self) -> impl Iterator<Item = &Position> {
        self.positions
            .iter()
            .filter(|position| position.class == self.class && position.kind == PositionKind::Option.byte())
    }
}
