//! Writing a machine off.

use crate::error::{Result, finite, within};
use crate::pow::Unit;
use crate::roots::itp;

/// How a machine's price is spread over its life, down to its salvage value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Depreciation {
    /// In equal parts.
    StraightLine,
    /// At `factor` ÷ life of the book value, continuously, and in equal parts from when these write off faster; never below
    /// the salvage value. 2 is the double-declining balance.
    DecliningBalance {
        /// Multiple of the straight line's rate, 1 to 10.
        factor: f64,
    },
}

impl Depreciation {
    /// Book value of one machine of a checked unit, `age` years after purchase: its price at 0 and before, its salvage value
    /// from the end of its life on.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for the factor, [`crate::ModelError::NotFinite`] for it and the age.
    pub fn book_value(&self, unit: &Unit, age: f64) -> Result<f64> {
        let spent = (finite("age of a machine", age)? / unit.life).clamp(0.0, 1.0);
        match *self {
            Self::StraightLine => Ok(unit.salvage + (unit.price - unit.salvage) * (1.0 - spent)),
            Self::DecliningBalance { factor } => {
                let factor = within("factor of the declining balance", factor, 1.0, 10.0)?;
                declining(unit, factor, spent)
            }
        }
    }

    /// What is written off one machine in the `years` that follow `age`.
    ///
    /// # Errors
    /// As [`Self::book_value`].
    pub fn charge(&self, unit: &Unit, age: f64, years: f64) -> Result<f64> {
        Ok(self.book_value(unit, age)? - self.book_value(unit, age + finite("years", years)?)?)
    }
}

/// Declining balance at a share `spent` of the life. It writes off `factor`·B a life and the straight line from there
/// (B − salvage)/(1 − t), so that they meet where B·(1 − factor·(1 − t)) = salvage; the left side increases in t.
fn declining(unit: &Unit, factor: f64, spent: f64) -> Result<f64> {
    let balance = |t: f64| unit.price * (-factor * t).exp();
    let lead = |t: f64| balance(t) * (1.0 - factor * (1.0 - t)) - unit.salvage;
    if unit.price == 0.0 {
        return Ok(0.0);
    }
    if lead(1.0) <= 0.0 {
        return Ok(balance(spent).max(unit.salvage));
    }
    let start = lead(0.0).min(0.0);
    let switch = itp(|t| Ok(lead(t)), (0.0, start), (1.0, lead(1.0)), 1e-14)?.x;
    if spent <= switch {
        return Ok(balance(spent));
    }
    let left = (1.0 - spent) / (1.0 - switch);
    Ok(unit.salvage + (balance(switch) - unit.salvage) * left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pow::Machine;
    use crate::testing::assert_close;
    use proptest::prelude::*;

    fn unit(price: f64, life: f64, salvage: f64) -> Unit {
        Unit {
            machine: Machine {
                hash_rate: 100.0,
                power: 3000.0,
            },
            count: 1.0,
            price,
            life,
            salvage,
        }
    }

    #[test]
    fn the_straight_line_writes_off_equal_parts() {
        let unit = unit(4000.0, 4.0, 200.0);
        for (age, book) in [
            (-1.0, 4000.0),
            (0.0, 4000.0),
            (1.0, 3050.0),
            (2.0, 2100.0),
            (4.0, 200.0),
            (9.0, 200.0),
        ] {
            assert_close(
                Depreciation::StraightLine.book_value(&unit, age).unwrap(),
                book,
                1e-12,
            );
        }
    }

    #[test]
    fn the_double_declining_balance_without_salvage_switches_at_half_its_life() {
        // B = C·e^(−2t/L) until t = L·(1 − 1/2), then a line to nothing.
        let unit = unit(1000.0, 4.0, 0.0);
        let method = Depreciation::DecliningBalance { factor: 2.0 };
        let book = |age| method.book_value(&unit, age).unwrap();
        assert_close(book(1.0), 1000.0 * (-0.5_f64).exp(), 1e-9);
        assert_close(book(2.0), 1000.0 * (-1.0_f64).exp(), 1e-9);
        assert_close(book(3.0), 500.0 * (-1.0_f64).exp(), 1e-8);
        assert_close(book(4.0), 0.0, 1e-9);
    }

    #[test]
    fn a_declining_balance_stops_at_the_salvage_value() {
        let unit = unit(1000.0, 4.0, 600.0);
        let method = Depreciation::DecliningBalance { factor: 2.0 };
        assert_close(method.book_value(&unit, 3.0).unwrap(), 600.0, 0.0);
        assert!(
            Depreciation::DecliningBalance { factor: 0.5 }
                .book_value(&unit, 1.0)
                .is_err()
        );
        assert!(method.book_value(&unit, f64::NAN).is_err());
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn books_fall_from_price_to_salvage_and_charges_add_up(
            price in 0.0_f64..1e5,
            share in 0.0_f64..1.0,
            life in 0.1_f64..20.0,
            factor in 1.0_f64..10.0,
        ) {
            let unit = unit(price, life, price * share);
            for method in [Depreciation::StraightLine, Depreciation::DecliningBalance { factor }] {
                let mut last = price;
                let mut charged = 0.0;
                for step in 0..=10 {
                    let age = life * f64::from(step) / 10.0;
                    let book = method.book_value(&unit, age).unwrap();
                    prop_assert!(book <= last * (1.0 + 1e-12) && book >= unit.salvage * (1.0 - 1e-12));
                    last = book;
                    charged += method.charge(&unit, age, life / 10.0).unwrap();
                }
                prop_assert!((last - unit.salvage).abs() <= 1e-9 * price);
                prop_assert!((charged - (price - unit.salvage)).abs() <= 1e-9 * price);
            }
        }
    }
}
