//! What an account's options of one risk class may lose over a grid of moves (in the manner of SPAN's risk arrays, CME
//! 1988).

use core::hint::cold_path;

use super::logarithm::ln;
use super::mix::{Mix, Prices};
use super::value::{Bound, Moneyness, half_volatility, moved};
use super::{OptionKind, OptionTerms};
use crate::error::{HurdleError, Result};
use crate::quantity::{Amount, ONE, Ratio};
use bytemuck::{Pod, Zeroable};

/// One, in the unit of values.
const UNIT: u64 = ONE.unsigned_abs();
/// Beyond this spot value, in 1e8 atoms, an option could be worth more than 2^63 atoms.
const LARGEST_NOTIONAL: u64 = i64::MAX.unsigned_abs() / Ratio::MAX.raw().unsigned_abs();
/// Moves of price in a grid.
const PRICES: usize = 5;

/// The moves of a risk class: the price by −r, −r/2, 0, r/2 and r, each with implied volatility lower and higher by its
/// range. With the logarithms of the price moves, which every margin check needs and only governance changes.
///
/// All zero where the class has no options.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct ScenarioGrid {
    /// r: the largest move of the price, as a fraction of it; between zero and one, both excluded.
    pub price_range: Ratio,
    /// The move of implied volatility, as a fraction of it, below one.
    pub volatility_range: Ratio,
    /// ln(1 − r), ln(1 − r/2), ln(1 + r/2), ln(1 + r) in Q30, where r/2 is rounded down to 1e-8.
    pub log_moves: [i64; 4],
}

impl ScenarioGrid {
    /// The grid of two ranges.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`] for a range outside its domain.
    pub fn new(price_range: Ratio, volatility_range: Ratio) -> Result<Self> {
        let grid = Self {
            price_range,
            volatility_range,
            log_moves: [0; 4],
        };
        if !grid.is_defined() || volatility_range < Ratio::ZERO {
            return Err(HurdleError::InvalidParameter);
        }
        let [fall, half_fall, _, half_rise, rise] = grid.prices().map(|price| ln(Ratio(price)));
        Ok(Self {
            log_moves: [fall, half_fall, half_rise, rise],
            ..grid
        })
    }

    /// Checks that the grid is all zero or what [`Self::new`] makes of its ranges.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`].
    pub fn invariant(&self) -> Result<()> {
        if *self == Self::zeroed() || *self == Self::new(self.price_range, self.volatility_range)? {
            return Ok(());
        }
        Err(HurdleError::InvalidParameter)
    }

    /// Whether the class has options.
    #[inline(always)]
    pub fn is_defined(&self) -> bool {
        Ratio::ZERO < self.price_range && self.price_range < Ratio::ONE && self.volatility_range < Ratio::ONE
    }

    /// The prices after each move, in 1e-8 of spot.
    #[inline(always)]
    fn prices(&self) -> [i64; PRICES] {
        let range = self.price_range.raw();
        let half = range >> 1;
        [
            ONE.wrapping_sub(range),
            ONE.wrapping_sub(half),
            ONE,
            ONE.wrapping_add(half),
            ONE.wrapping_add(range),
        ]
    }

    /// The prices with their logarithms.
    #[inline(always)]
    fn places(&self) -> [Place; PRICES] {
        let [p0, p1, p2, p3, p4] = self.prices();
        let [l0, l1, l3, l4] = self.log_moves;
        [(p0, l0), (p1, l1), (p2, 0), (p3, l3), (p4, l4)].map(|(price, log_price)| Place { price, log_price })
    }

    /// The factors of volatility.
    #[inline(always)]
    fn volatilities(&self) -> [Ratio; 2] {
        let range = self.volatility_range.raw();
        [Ratio(ONE.wrapping_sub(range)), Ratio(ONE.wrapping_add(range))]
    }
}

/// Which side of a position an account is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Holds it.
    Long,
    /// Has written it.
    Short,
}

/// A notional in 1e8 atoms and the rest of it in atoms.
#[derive(Clone, Copy)]
struct Size {
    whole: u64,
    rest: u64,
}

impl Size {
    #[inline(always)]
    fn of(Amount(notional): Amount) -> Self {
        Self {
            whole: notional / UNIT,
            rest: notional % UNIT,
        }
    }

    /// What so much of an option is worth to who holds it, or to who has written it, in atoms: from a bound of its value.
    #[inline(always)]
    fn atoms(self, value: i64, bound: Bound) -> i64 {
        let value = value.cast_unsigned();
        // 1e8 · 1e9; the sum is within reach
        let part = bound.quotient(self.rest.wrapping_mul(value), UNIT);
        let atoms = self.whole.wrapping_mul(value).wrapping_add(part).cast_signed();
        match bound {
            Bound::Lower => atoms,
            Bound::Upper => atoms.wrapping_neg(),
        }
    }
}

/// A price of the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    /// In 1e-8 of spot.
    price: i64,
    /// Its logarithm in Q30.
    log_price: i64,
}

/// What the options are worth at a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    place: Place,
    /// What the options are worth here with lower and with higher volatility, where that is valued.
    totals: [i64; 2],
}

impl Row {
    #[inline(always)]
    const fn new(place: Place) -> Self {
        Self {
            place,
            totals: [0; 2],
        }
    }
}

/// Room for what [`Scenarios`] sums up, which it fills where it needs it.
#[derive(Debug, Default)]
pub struct Space(Option<[Row; PRICES]>);

/// What an account's options of one class are worth at the points of the grid that can be the worst, in atoms of the quote
/// asset: what it holds rounded down, what it has written rounded up.
#[derive(Debug, PartialEq, Eq)]
pub struct Scenarios<'a> {
    lowest: Place,
    highest: Place,
    factors: [Ratio; 2],
    mix: Mix,
    /// Empty where one point is the worst of all options.
    rows: &'a mut [Row],
    /// Sum of what each option is worth at its own worst point.
    apart: i64,
    /// What no total can exceed in magnitude, rounded up.
    reach: i64,
    /// Spot value of what the account has written.
    written: Amount,
}

impl<'a> Scenarios<'a> {
    /// No options yet, over a grid, of the kinds that a mix allows.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`] where the class has no options.
    #[inline(always)]
    pub fn new(grid: &ScenarioGrid, mix: Mix, space: &'a mut Space) -> Result<Self> {
        if !grid.is_defined() {
            return Err(HurdleError::InvalidParameter);
        }
        if mix.has_one_worst_point() {
            return Ok(Self::at(grid, mix, &mut []));
        }
        let places = grid.places();
        let [.., highest] = places;
        let rows = space.0.insert(places.map(Row::new));
        let rows = match mix.prices() {
            Prices::Lowest => rows.split_at_mut(1).0,
            Prices::Highest => rows.split_at_mut(PRICES - 1).1,
            Prices::Ends => {
                let (ends, _) = rows.split_at_mut(2);
                if let [_, last] = ends {
                    *last = Row::new(highest);
                }
                ends
            }
            Prices::All => rows,
        };
        Ok(Self::at(grid, mix, rows))
    }

    /// [`Self::new`] for options of one kind, which need no room.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`] where the class has no options.
    #[inline(always)]
    pub(crate) fn of_kind(grid: &ScenarioGrid, side: Side, kind: OptionKind) -> Result<Self> {
        if !grid.is_defined() {
            return Err(HurdleError::InvalidParameter);
        }
        Ok(Self::at(grid, Mix::of(side, kind), &mut []))
    }

    #[inline(always)]
    fn at(grid: &ScenarioGrid, mix: Mix, rows: &'a mut [Row]) -> Self {
        let [lowest, .., highest] = grid.places();
        Self {
            lowest,
            highest,
            factors: grid.volatilities(),
            mix,
            rows,
            apart: 0,
            reach: 0,
            written: Amount::ZERO,
        }
    }

    /// Adds an option whose underlying is worth `notional` at spot; all options over one grid are of one underlying.
    ///
    /// From its expiry on a held one is worth nothing at every point: its payoff is fixed and follows no move, so it hedges
    /// nothing, and the initial margin requires its mark back whole. The maintenance margin is that in the proportion of
    /// the class's two bases, as for everything in the grid, so that it leaves the rest of the mark standing. A written one
    /// is owed its intrinsic value at every moved price. So a spread's requirement jumps at expiry, by up to what its held
    /// legs had covered: the settlement price is not known here, and who margins by it settles at expiry.
    ///
    /// # Errors
    /// [`HurdleError::InvalidPosition`] for terms outside their domains and for an option that is not in the mix;
    /// [`HurdleError::Overflow`] for a notional from 9.2e17 atoms on, or options that could together be worth more than
    /// 2^63 atoms.
    #[inline(always)]
    pub fn add(&mut self, terms: &OptionTerms, notional: Amount, side: Side) -> Result<()> {
        terms.validate()?;
        if self.mix.with(Mix::of(side, terms.kind)) != self.mix {
            return Err(HurdleError::InvalidPosition);
        }
        if side == Side::Long && terms.seconds_to_expiry <= 0 {
            return Ok(());
        }
        // Nothing below can overflow: no total exceeds the sum of what each option can at most be worth.
        let size = Size::of(notional);
        if size.whole >= LARGEST_NOTIONAL {
            return Err(HurdleError::Overflow);
        }
        let most = match terms.kind {
            OptionKind::Call => self.highest.price,
            OptionKind::Put => terms.strike.raw(),
        };
        let most = most.wrapping_mul(size.whole.wrapping_add(1).cast_signed());
        // both are positive
        let reach = self.reach.wrapping_add(most);
        if reach < 0 {
            return Err(HurdleError::Overflow);
        }
        if side == Side::Short {
            self.written = self.written.add(notional)?;
        }
        self.reach = reach;
        // apart, so that each is compiled for its bound
        match side {
            Side::Long => self.accumulate(terms, size, Bound::Lower),
            Side::Short => self.accumulate(terms, size, Bound::Upper),
        }
        Ok(())
    }

    /// Adds what is held at its lower bound, or takes off what is written at its upper one.
    #[inline(always)]
    fn accumulate(&mut self, terms: &OptionTerms, size: Size, bound: Bound) {
        let strike = (terms.strike.raw(), ln(terms.strike));
        let half_volatility = half_volatility(terms, bound);
        // its own worst point: lower volatility for what is held, and the lowest price for what rises with it
        let [lower, higher] = self.factors;
        let (own, other) = match bound {
            Bound::Lower => (lower, higher),
            Bound::Upper => (higher, lower),
        };
        let own = moved(half_volatility, own, bound);
        let rises = (terms.kind == OptionKind::Call) == (bound == Bound::Lower);
        let at = |place: Place| Moneyness::new(terms.kind, (place.price, place.log_price), strike, bound);
        if self.rows.is_empty() {
            let worst = if rises { self.lowest } else { self.highest };
            let atoms = size.atoms(at(worst).value(own, bound), bound);
            self.apart = self.apart.wrapping_add(atoms);
            return;
        }
        let before = self.own_total(rises, bound);
        let also = match bound {
            Bound::Lower => self.mix.has_written(),
            Bound::Upper => self.mix.holds(),
        };
        let other = moved(half_volatility, other, bound);
        for row in self.rows.iter_mut() {
            let moneyness = at(row.place);
            let [low, high] = &mut row.totals;
            let (at_own, at_other) = match bound {
                Bound::Lower => (low, high),
                Bound::Upper => (high, low),
            };
            *at_own = at_own.wrapping_add(size.atoms(moneyness.value(own, bound), bound));
            if also {
                *at_other = at_other.wrapping_add(size.atoms(moneyness.value(other, bound), bound));
            }
        }
        let added = self.own_total(rises, bound).wrapping_sub(before);
        self.apart = self.apart.wrapping_add(added);
    }

    /// The total at the worst point of an option that rises or falls with the price and is held or written.
    #[inline(always)]
    fn own_total(&self, rises: bool, bound: Bound) -> i64 {
        let row = if rises {
            self.rows.first()
        } else {
            self.rows.last()
        };
        row.map_or(0, |row| {
            let [low, high] = row.totals;
            match bound {
                Bound::Lower => low,
                Bound::Upper => high,
            }
        })
    }

    /// The least total over the grid: what the options are worth at worst, negative where they are owed. Zero without
    /// options.
    ///
    /// The totals at the points are bounds, and so is the sum of what each option is worth at its own worst point. The
    /// higher of the two is the better one, with which options together never need more than apart.
    #[inline(always)]
    pub fn worst(&self) -> i64 {
        if self.rows.is_empty() {
            return self.apart;
        }
        let (held, written) = (self.mix.holds(), self.mix.has_written());
        let least = self.rows.iter().fold(i64::MAX, |least, row| {
            let [low, high] = row.totals;
            let least = if held { least.min(low) } else { least };
            if written { least.min(high) } else { least }
        });
        least.max(self.apart)
    }

    /// The requirement of the class, rounded up: what the options may lose against their marks (`credit` for those held,
    /// `debit` for those written), and at least the short-option minimum, a fraction of the spot value of those written.
    ///
    /// # Errors
    /// [`HurdleError::Overflow`] where the marks or the minimum do not fit 64 bits.
    #[inline]
    pub fn requirement_up(&self, credit: Amount, debit: Amount, short_minimum: Ratio) -> Result<Amount> {
        let worst = self.worst();
        let magnitude = worst.unsigned_abs();
        let (before, after) = if worst < 0 {
            (credit.add(Amount(magnitude))?, debit)
        } else {
            (credit, debit.add(Amount(magnitude))?)
        };
        let minimum = self.written.times_up(short_minimum)?;
        if before <= after {
            cold_path();
            return Ok(minimum);
        }
        Ok(before.sub(after)?.max(minimum))
    }
}
