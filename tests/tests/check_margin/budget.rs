//! Compute units of a check, of a whole transaction's one instruction.

use super::*;
use hurdle_tests::fixture::{mixed_positions, option};

const VALUE: Amount = Amount(1_000_000_000);

/// Four classes like the first.
fn four_classes() -> World {
    let mut world = World::published().unwrap();
    world
        .edit_market(|market| {
            for index in 1..4 {
                market.classes[index] = market.classes[0];
                market.grids[index] = market.grids[0];
            }
        })
        .unwrap();
    world
}

/// That a check of each portfolio costs less than its budget.
fn assert_within(world: &mut World, budgets: &[(&str, Vec<Position>, u64)]) {
    let costs: Vec<(&str, u64, u64)> = budgets
        .iter()
        .map(|(case, positions, below)| {
            let sent = check(world, &opening(positions), false).unwrap();
            (*case, sent.compute_units_consumed, *below)
        })
        .collect();
    assert!(costs.iter().all(|(_, cost, below)| cost < below), "{costs:?}");
}

#[test]
fn a_position_of_each_kind_stays_within_its_compute_budget() {
    let mut world = World::published().unwrap();
    let now = world.time();
    let perp = |profit, loss| vec![Position::perp(0, Side::Long, VALUE, Amount(profit), Amount(loss))];
    let budgets = [
        ("none", vec![], 600),
        ("spot", vec![Position::spot(0, VALUE)], 1_500),
        ("debt", vec![Position::debt(0, VALUE)], 1_500),
        ("perpetual at a loss", perp(0, 7_000_000), 1_500),
        ("perpetual in profit", perp(7_000_000, 0), 1_500),
        (
            "perpetual in profit that owes funding",
            perp(7_000_000, 3_000_000),
            1_500,
        ),
        ("perpetual that doubled", perp(VALUE.0, 0), 1_500),
        ("option held", vec![option(0, Side::Long, now, VALUE)], 1_500),
        ("option written", vec![option(0, Side::Short, now, VALUE)], 1_500),
    ];
    assert_within(&mut world, &budgets);
}

#[test]
fn sixteen_positions_stay_within_their_compute_budget() {
    let mut world = four_classes();
    let mixed = mixed_positions(world.time());
    let one_class = mixed.iter().map(|position| Position {
        class: 0,
        ..*position
    });
    let budgets = [
        ("one class", one_class.collect(), 8_000),
        ("four classes", mixed.clone(), 8_000),
    ];
    assert_within(&mut world, &budgets);
}
