//! The grid of a class by itself.

use crate::error::HurdleError;
use crate::fixture::ratio;
use crate::options::{Mix, OptionKind, ScenarioGrid, Scenarios, Side};
use crate::quantity::{ONE, Ratio};
use bytemuck::Zeroable;
use std::boxed::Box;

#[test]
fn a_grid_has_ranges_inside_their_domains_and_the_logarithms_of_its_moves() {
    let grid = ScenarioGrid::new(ratio(0.2), ratio(0.3)).unwrap();
    let logs = [0.8f64, 0.9, 1.1, 1.2].map(|price| price.ln() * 2f64.powi(30));
    for (held, exact) in grid.log_moves.into_iter().zip(logs) {
        assert!((held as f64 - exact).abs() <= 1.0);
    }
    assert_eq!(grid.invariant(), Ok(()));
    assert_eq!(size_of::<ScenarioGrid>(), 48);
    for (price, volatility) in [(0, 0), (ONE, 0), (-1, 0), (ONE / 2, ONE), (ONE / 2, -1)] {
        let made = ScenarioGrid::new(Ratio(price), Ratio(volatility));
        assert_eq!(made, Err(HurdleError::InvalidParameter), "{price} {volatility}");
    }
}

#[test]
fn a_class_without_options_has_an_empty_grid_that_refuses_them() {
    let grid = ScenarioGrid::zeroed();
    assert_eq!(grid.invariant(), Ok(()));
    assert!(!grid.is_defined());
    let scenarios = Scenarios::new(&grid, Mix::ANY, Box::leak(Box::default()));
    assert_eq!(scenarios, Err(HurdleError::InvalidParameter));
    let of_kind = Scenarios::of_kind(&grid, Side::Long, OptionKind::Call);
    assert_eq!(of_kind, Err(HurdleError::InvalidParameter));
}

#[test]
fn a_grid_that_does_not_follow_from_its_ranges_is_refused() {
    let grid = ScenarioGrid::new(ratio(0.2), ratio(0.3)).unwrap();
    for index in 0..4 {
        let mut wrong = grid;
        wrong.log_moves[index] += 1;
        assert_eq!(wrong.invariant(), Err(HurdleError::InvalidParameter));
    }
    let wrong = ScenarioGrid {
        price_range: ratio(0.21),
        ..grid
    };
    assert_eq!(wrong.invariant(), Err(HurdleError::InvalidParameter));
}
