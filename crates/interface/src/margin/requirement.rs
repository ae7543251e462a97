//! What one risk class asks of an account.

use super::options::Options;
use super::{Position, PositionKind, RiskClass};
use crate::error::{HurdleError, Result};
use crate::options::{Mix, ScenarioGrid, Side};
use crate::quantity::{Amount, Ratio, UnixTime, mul_checked};
use crate::ramp::RampsInForce;
use crate::state::{ClassTransition, MarketState};

/// What margin depends on besides the account.
#[derive(Clone, Copy)]
pub(super) struct Conditions {
    /// When.
    pub now: UnixTime,
    /// What the market's publications lead to.
    pub ramps: RampsInForce,
    /// Growth with the age of the observation.
    pub growth: Ratio,
}

/// What an account has in one class, in atoms.
#[derive(Clone, Copy, Default)]
pub(super) struct Holdings {
    /// Debts and perpetuals, at market.
    linear: Amount,
    /// Options, at the spot price of the underlying.
    options: Amount,
    /// Marks of the options held.
    option_credit: Amount,
    /// Marks of the options written.
    option_debit: Amount,
    /// Which options there are.
    mix: Mix,
    /// What counts after the haircut: spot and the profits of perpetuals.
    collateral: Amount,
    /// Debts, the losses of perpetuals and the options written.
    pub liabilities: Amount,
    /// Whether there are positions of other classes too.
    pub others: bool,
}

impl Holdings {
    /// Sums the positions of a class.
    ///
    /// # Errors
    /// [`HurdleError::InvalidPosition`]; [`HurdleError::Overflow`] where a sum does not fit 64 bits.
    #[inline(always)]
    pub(super) fn of(class: u8, positions: &[Position]) -> Result<Self> {
        let mut sum = Self::default();
        for position in positions {
            if position.class != class {
                sum.others = true;
                continue;
            }
            match position.validated_kind()? {
                PositionKind::Spot => sum.collateral = sum.collateral.add(position.notional)?,
                PositionKind::Debt => {
                    sum.linear = sum.linear.add(position.notional)?;
                    sum.liabilities = sum.liabilities.add(position.notional)?;
                }
                PositionKind::Perp => {
                    sum.linear = sum.linear.add(position.notional)?;
                    sum.collateral = sum.collateral.add(position.credit)?;
                    sum.liabilities = sum.liabilities.add(position.debit)?;
                }
                PositionKind::Option => {
                    let (side, kind) = position.side_and_right()?;
                    sum.mix = sum.mix.with(Mix::of(side, kind));
                    sum.options = sum.options.add(position.notional)?;
                    // one side of the mark is zero
                    match side {
                        Side::Long => sum.option_credit = sum.option_credit.add(position.credit)?,
                        Side::Short => {
                            sum.liabilities = sum.liabilities.add(position.debit)?;
                            // no larger than the liabilities that it is part of
                            sum.option_debit = Amount(sum.option_debit.0.wrapping_add(position.debit.0));
                        }
                    }
                }
            }
        }
        Ok(sum)
    }

    /// Whether anything in the class is margined.
    #[inline(always)]
    pub(super) fn is_exposed(&self) -> bool {
        self.linear > Amount::ZERO || self.options > Amount::ZERO
    }
}

/// Requirement and counted collateral of one of the two margins, of a class or of an account.
#[derive(Clone, Copy, Default)]
pub(super) struct Margin {
    pub requirement: Amount,
    pub collateral: Amount,
}

impl Margin {
    #[inline(always)]
    fn add(self, other: Self) -> Result<Self> {
        Ok(Self {
            requirement: self.requirement.add(other.requirement)?,
            collateral: self.collateral.add(other.collateral)?,
        })
    }

    /// The one that asks for more of the requirements, and counts the less of the collaterals.
    #[inline(always)]
    fn stricter(self, other: Self) -> Self {
        Self {
            requirement: self.requirement.max(other.requirement),
            collateral: self.collateral.min(other.collateral),
        }
    }

    /// The margin on its way from an old class to this one: rounded against the account, and exactly the old one at first.
    #[inline(always)]
    fn blended(self, old: Self, rest: Rest) -> Result<Self> {
        Ok(Self {
            requirement: rest.between_up(old.requirement, self.requirement)?,
            collateral: rest.between_down(old.collateral, self.collateral)?,
        })
    }
}

/// How much of a transition is still to go, seconds.
#[derive(Clone, Copy)]
struct Rest {
    left: u64,
    whole: u64,
}

impl Rest {
    /// What is left of the transition of a class; `None` where none is under way.
    #[inline(always)]
    fn of(transition: &ClassTransition, length: i64, now: UnixTime) -> Option<Self> {
        if !transition.from.is_defined() {
            return None;
        }
        let left = length.saturating_sub(now.seconds_since(transition.since));
        (left > 0).then(|| Self {
            left: left.unsigned_abs(),
            whole: length.unsigned_abs(),
        })
    }

    /// The share of a distance that is left: rounded down, and whether that was exact. By parts, since the product may
    /// need more than 64 bits.
    fn share(self, distance: u64) -> Result<(u64, bool)> {
        let (Some(times), Some(rest)) = (distance.checked_div(self.whole), distance.checked_rem(self.whole))
        else {
            return Err(HurdleError::InvalidParameter);
        };
        // times · left ≤ distance; rest and left are at most a transition's length
        let product = mul_checked(rest, self.left).ok_or(HurdleError::Overflow)?;
        let (Some(part), Some(lost)) = (product.checked_div(self.whole), product.checked_rem(self.whole))
        else {
            return Err(HurdleError::InvalidParameter);
        };
        let share = times.wrapping_mul(self.left).saturating_add(part);
        Ok((share, lost == 0))
    }

    fn between_up(self, from: Amount, to: Amount) -> Result<Amount> {
        let (share, exact) = self.share(from.0.abs_diff(to.0))?;
        Ok(Amount(if from > to {
            to.0.saturating_add(share).saturating_add(u64::from(!exact))
        } else {
            to.0.saturating_sub(share)
        }))
    }

    fn between_down(self, from: Amount, to: Amount) -> Result<Amount> {
        let (share, exact) = self.share(from.0.abs_diff(to.0))?;
        Ok(Amount(if from > to {
            to.0.saturating_add(share)
        } else {
            to.0.saturating_sub(share).saturating_sub(u64::from(!exact))
        }))
    }
}

/// Both margins, of a class or of an account.
#[derive(Clone, Copy, Default)]
pub(super) struct Margins {
    pub initial: Margin,
    pub maintenance: Margin,
}

impl Margins {
    /// Without collateral.
    #[inline(always)]
    fn requiring(initial: Amount, maintenance: Amount) -> Self {
        let margin = |requirement| Margin {
            requirement,
            collateral: Amount::ZERO,
        };
        Self {
            initial: margin(initial),
            maintenance: margin(maintenance),
        }
    }

    #[inline(always)]
    pub(super) fn add(self, other: Self) -> Result<Self> {
        Ok(Self {
            initial: self.initial.add(other.initial)?,
            maintenance: self.maintenance.add(other.maintenance)?,
        })
    }
}

/// The positions of one class, summed.
#[derive(Clone, Copy)]
struct Assessment<'a> {
    index: u8,
    positions: &'a [Position],
    holdings: Holdings,
    conditions: Conditions,
}

impl Assessment<'_> {
    /// Both margins under a class and its grid.
    #[inline(always)]
    fn under(&self, class: &RiskClass, grid: &ScenarioGrid) -> Result<Margins> {
        let Conditions { now, ramps, growth } = self.conditions;
        let holdings = self.holdings;
        let initial_factor = class.moving_factor(ramps.multiplier.initial, ramps.volatility.initial);
        // at rest, as between two publications that ask for the same, one for both
        let maintenance_factor = if ramps.multiplier.is_at_rest() && ramps.volatility.is_at_rest() {
            initial_factor
        } else {
            class.moving_factor(ramps.multiplier.maintenance, ramps.volatility.maintenance)
        };
        let mut margins = Margins::default();
        let notional = holdings.linear.add(holdings.options)?;
        // the factors of requirements, which collateral of the same size shares
        let mut sized = (Amount::ZERO, Ratio::ONE);
        if notional > Amount::ZERO {
            let standing = class.standing_factor(notional, growth)?;
            sized = (notional, standing);
            let initial = class.capped(standing, initial_factor);
            let maintenance = if initial_factor == maintenance_factor {
                initial
            } else {
                class.capped(standing, maintenance_factor)
            };
            let (initial_factor, maintenance_factor) = (initial, maintenance);
            let initial_costs = class.bounty.add(ramps.carry.initial)?;
            let maintenance_costs = class.bounty.add(ramps.carry.maintenance)?;
            if holdings.linear > Amount::ZERO {
                let linear = |base: Ratio, factor: Ratio, costs: Ratio| {
                    holdings.linear.times_up(base.times_up(factor)?.add(costs)?)
                };
                margins.initial.requirement = linear(class.initial, initial_factor, initial_costs)?;
                margins.maintenance.requirement =
                    linear(class.maintenance, maintenance_factor, maintenance_costs)?;
            }
            if holdings.options > Amount::ZERO {
                let minimum = class.short_minimum;
                let loss = Options {
                    positions: self.positions,
                    class: self.index,
                    mix: holdings.mix,
                    credit: holdings.option_credit,
                    debit: holdings.option_debit,
                }
                .loss(grid, minimum, now)?;
                let initial_costs = holdings.options.times_up(initial_costs)?;
                let maintenance_costs = if ramps.carry.is_at_rest() {
                    initial_costs
                } else {
                    holdings.options.times_up(maintenance_costs)?
                };
                let initial = loss.times_up(initial_factor)?.add(initial_costs)?;
                let share = class.maintenance_share()?.times_up(maintenance_factor)?;
                let maintenance = loss.times_up(share)?.add(maintenance_costs)?;
                let (linear, options) = (margins, Margins::requiring(initial, maintenance));
                margins = if holdings.linear > Amount::ZERO {
                    linear.add(options)?
                } else {
                    options
                };
            }
        }
        margins.initial.collateral = holdings.option_credit;
        margins.maintenance.collateral = holdings.option_credit;
        let collateral = holdings.collateral;
        if collateral > Amount::ZERO {
            let (initial, maintenance) = if class.haircut == Ratio::ZERO {
                (collateral, collateral)
            } else {
                let standing = match sized {
                    (size, standing) if size == collateral => standing,
                    _ => class.standing_factor(collateral, growth)?,
                };
                let counted = |factor: Ratio| {
                    let haircut = class.haircut_under(class.capped(standing, factor));
                    collateral.times_down(haircut.complement())
                };
                let initial = counted(initial_factor)?;
                if initial_factor == maintenance_factor {
                    (initial, initial)
                } else {
                    (initial, counted(maintenance_factor)?)
                }
            };
            margins.initial.collateral = margins.initial.collateral.add(initial)?;
            margins.maintenance.collateral = margins.maintenance.collateral.add(maintenance)?;
        }
        Ok(margins)
    }

    /// Maintenance margin under the class before its last change. Options of a class that had none are valued over the
    /// new grid.
    #[inline(never)]
    fn before(&self, old: &RiskClass, grid: &ScenarioGrid) -> Result<Margin> {
        let old_grid = if self.holdings.options > Amount::ZERO && old.price_range > Ratio::ZERO {
            old.scenario_grid()?
        } else {
            *grid
        };
        Ok(self.under(old, &old_grid)?.maintenance)
    }
}

/// Both margins of the positions of one class. While the class is changing, maintenance margin moves from the old to the
/// new class in a straight line; initial margin is that of the new one at once.
///
/// Where the old one was itself still moving when it was tightened, it goes on doing so, and maintenance margin never falls
/// below the way that it would have gone without the tightening: on its way to a looser class that lies above the tighter
/// one, which the straight line to the latter would cut short.
///
/// # Errors
/// [`HurdleError::UnknownRiskClass`] for an undefined class, and for options in one that has none; others as
/// [`super::check_portfolio`].
#[inline(always)]
pub(super) fn margins_of_class(
    market: &MarketState,
    index: u8,
    positions: &[Position],
    holdings: Holdings,
    conditions: Conditions,
) -> Result<Margins> {
    let class = market.class(index)?;
    let at = usize::from(index);
    let (Some(grid), Some(transition)) = (market.grids.get(at), market.transitions.get(at)) else {
        return Err(HurdleError::UnknownRiskClass);
    };
    let assessment = Assessment {
        index,
        positions,
        holdings,
        conditions,
    };
    let mut margins = assessment.under(class, grid)?;
    let length = market.params.class_transition;
    if let Some(rest) = Rest::of(transition, length, conditions.now) {
        // a copy, so that what is not in transition need not lie in memory
        let copy = assessment;
        let old = copy.before(&transition.from, grid)?;
        // one that began earlier ends earlier, so it is never under way alone
        if let Some(earlier) = market.earlier.get(at)
            && let Some(rest_of_earlier) = Rest::of(earlier, length, conditions.now)
        {
            let untouched = old.blended(copy.before(&earlier.from, grid)?, rest_of_earlier)?;
            let blend = margins.maintenance.blended(untouched, rest)?;
            margins.maintenance = blend.stricter(untouched);
        } else {
            margins.maintenance = margins.maintenance.blended(old, rest)?;
        }
    }
    Ok(margins)
}
