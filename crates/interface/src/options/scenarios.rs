//! What an account's options of one risk class may lose over a grid of moves (in the manner of SPAN's risk arrays, CME
//! 1988).

use super::logarithm::ln;
use super::value::{Bound, Moneyness, half_volatility, moved};
use super::{OptionKind, OptionTerms};
use crate::error::{HurdleError, Result};
use crate::quantity::{Amount, ONE, Ratio, add_checked};
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

/// A price of the grid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Row {
    /// In 1e-8 of spot.
    price: i64,
    /// Its logarithm in Q30.
    log_price: i64,
    /// What the options are worth here with lower and with higher volatility.
    totals: [i64; 2],
}

/// What an account's options of one class are worth at each point of the grid, in atoms of the quote asset: what it holds
/// rounded down, what it has written rounded up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scenarios {
    rows: [Row; PRICES],
    volatilities: [Ratio; 2],
    /// What no total can exceed in magnitude, rounded up.
    reach: i64,
    /// Spot value of what the account has written.
    written: Amount,
}

impl Scenarios {
    /// No options, over a grid.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`] where the class has no options.
    #[inline]
    pub fn new(grid: &ScenarioGrid) -> Result<Self> {
        if !grid.is_defined() {
            return Err(HurdleError::InvalidParameter);
        }
        let [p0, p1, p2, p3, p4] = grid.prices();
        let [l0, l1, l3, l4] = grid.log_moves;
        let row = |price, log_price| Row {
            price,
            log_price,
            totals: [0; 2],
        };
        Ok(Self {
            rows: [row(p0, l0), row(p1, l1), row(p2, 0), row(p3, l3), row(p4, l4)],
            volatilities: grid.volatilities(),
            reach: 0,
            written: Amount::ZERO,
        })
    }

    /// Adds an option whose underlying is worth `notional` at spot. One held beyond its expiry is worth nothing at every
    /// point: its payoff is fixed and follows no move, so it hedges nothing, and its mark is required back whole. One
    /// written then is owed its intrinsic value at every price.
    ///
    /// # Errors
    /// [`HurdleError::InvalidPosition`] for terms outside their domains; [`HurdleError::Overflow`] for a notional
    /// from 9.2e17 atoms on, or options that could together be worth more than 2^63 atoms.
    pub fn add(&mut self, terms: &OptionTerms, notional: Amount, side: Side) -> Result<()> {
        terms.validate()?;
        if side == Side::Long && terms.seconds_to_expiry <= 0 {
            return Ok(());
        }
        // Nothing below can overflow: no total exceeds the sum of what each option can at most be worth.
        let (whole, rest) = (notional.0 / UNIT, notional.0 % UNIT);
        if whole >= LARGEST_NOTIONAL {
            return Err(HurdleError::Overflow);
        }
        let most = match terms.kind {
            OptionKind::Call => self.highest_price(),
            OptionKind::Put => terms.strike.raw(),
        };
        let most = most.wrapping_mul(whole.wrapping_add(1).cast_signed());
        let reach = add_checked(self.reach, most).ok_or(HurdleError::Overflow)?;
        if side == Side::Short {
            self.written = self.written.add(notional)?;
        }
        self.reach = reach;
        // apart, so that each is compiled for its bound
        match side {
            Side::Long => self.accumulate(terms, (whole, rest), Bound::Lower),
            Side::Short => self.accumulate(terms, (whole, rest), Bound::Upper),
        }
        Ok(())
    }

    /// Adds what is held at its lower bound, or takes off what is written at its upper one: a notional in 1e8 atoms and
    /// the rest of it in atoms.
    #[inline(always)]
    fn accumulate(&mut self, terms: &OptionTerms, (whole, rest): (u64, u64), bound: Bound) {
        let strike = (terms.strike.raw(), ln(terms.strike));
        let half_volatility = half_volatility(terms, bound);
        let half_volatilities = self
            .volatilities
            .map(|factor| moved(half_volatility, factor, bound));
        for row in &mut self.rows {
            let moneyness = Moneyness::new(terms.kind, (row.price, row.log_price), strike);
            for (half_volatility, total) in half_volatilities.into_iter().zip(&mut row.totals) {
                let value = moneyness.value(half_volatility, bound).cast_unsigned();
                // 1e8 · 1e9; the sum is within reach
                let part = bound.quotient(rest.wrapping_mul(value), UNIT);
                let atoms = whole.wrapping_mul(value).wrapping_add(part).cast_signed();
                *total = match bound {
                    Bound::Lower => total.wrapping_add(atoms),
                    Bound::Upper => total.wrapping_sub(atoms),
                };
            }
        }
    }

    /// The last price of the grid.
    #[inline(always)]
    fn highest_price(&self) -> i64 {
        let [.., highest] = self.rows;
        highest.price
    }

    /// The least total over the grid: what the options are worth at worst, negative where they are owed. Zero without
    /// options.
    #[inline(always)]
    pub fn worst(&self) -> i64 {
        self.rows.iter().fold(i64::MAX, |least, row| {
            let [low, high] = row.totals;
            least.min(low).min(high)
        })
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
        let loss = after.shortfall_to(before);
        Ok(loss.max(self.written.times_up(short_minimum)?))
    }
}
