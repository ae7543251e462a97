//! Margin over time: an observation that ages, publications and changes of a class.

use super::*;

/// A stale oracle tightens, then refuses what adds risk; it never stands in the way of repayment.
#[test]
fn a_stale_oracle_does_not_block_repayment() {
    let mut world = World::published().unwrap();
    let positions = fixture::positions();
    let fresh = asked(&mut world, &positions);
    let staleness = fixture::params().staleness;

    world.warp(staleness.soft_after + 3_600);
    let soft = reply(&check(&mut world, &opening(&positions), true));
    assert_eq!(soft.freshness, Freshness::SoftStale.byte());
    assert!(soft.initial > fresh.initial && soft.maintenance > fresh.maintenance);
    assert!(soft.initial_collateral < fresh.initial_collateral);

    world.warp(staleness.hard_after);
    for action in RISKY {
        let portfolio = Portfolio::new(action, &positions).unwrap();
        let refused = check(&mut world, &portfolio, true);
        assert_eq!(hurdle_error(&refused), Some(HurdleError::OracleStale));
    }
    for action in SAFE {
        let portfolio = Portfolio::new(action, &positions).unwrap();
        let answer = reply(&check(&mut world, &portfolio, true));
        assert_eq!(
            (answer.allowed, answer.freshness),
            (1, Freshness::HardStale.byte())
        );
    }
}

#[test]
fn a_spike_raises_initial_margin_at_once_and_maintenance_margin_over_time() {
    let mut world = World::published().unwrap();
    let positions = fixture::positions();
    world.warp(6 * 3_600);
    let calm = asked(&mut world, &positions);
    let mut components = fixture::components();
    components.tail = bp(3_000);
    let report = world.report_over(components, fixture::responses()).unwrap();
    let (instructions, _) = world.publication(&report, &[0, 1]);
    world.accepted(&instructions).unwrap();

    let at_once = asked(&mut world, &positions);
    assert!(at_once.initial_multiplier > calm.initial_multiplier);
    assert!(at_once.initial > calm.initial || calm.freshness > 0);
    assert!(at_once.maintenance <= calm.maintenance);
    assert!(at_once.maintenance_collateral >= calm.maintenance_collateral);
    world.warp(1_800);
    let later = asked(&mut world, &positions);
    assert!(later.maintenance > at_once.maintenance);
    assert!(later.maintenance_collateral < at_once.maintenance_collateral);
    let rise = later.maintenance_multiplier.raw() - at_once.maintenance_multiplier.raw();
    assert!(rise <= fixture::params().ramp.multiplier_rise_per_day.raw() / 48);
}

/// One report of an extreme volatility, within its bounds, makes nobody liquidatable in its slot.
#[test]
fn a_volatility_spike_raises_maintenance_margin_over_time_only() {
    let mut world = World::published().unwrap();
    let positions = fixture::positions();
    world.warp(3_600);
    let calm = asked(&mut world, &positions);
    let mut components = fixture::components();
    components.volatility = permille(8_000);
    let report = world.report_over(components, fixture::responses()).unwrap();
    let (instructions, _) = world.publication(&report, &[0, 1]);
    world.accepted(&instructions).unwrap();
    let at_once = asked(&mut world, &positions);
    assert!(at_once.initial > calm.initial && at_once.initial_collateral < calm.initial_collateral);
    assert!(at_once.maintenance <= calm.maintenance);
    assert!(at_once.maintenance_collateral >= calm.maintenance_collateral);
    world.warp(86_400);
    assert!(asked(&mut world, &positions).maintenance > at_once.maintenance);
}

#[test]
fn a_preview_of_the_past_is_refused() {
    let mut world = World::published().unwrap();
    let positions = fixture::positions();
    let past = UnixTime(world.time() - 1);
    let sent = world.send(&[instruction::preview_margin(
        world.market,
        &opening(&positions),
        past,
    )]);
    assert_eq!(hurdle_error(&sent), Some(HurdleError::PreviewInPast));
}

/// A changed class: at once for who adds risk, and nobody is liquidated in its slot.
#[test]
fn a_tightened_class_reaches_maintenance_margin_over_its_transition() {
    let mut world = World::published().unwrap();
    let positions = fixture::positions();
    let before = asked(&mut world, &positions);
    let now = world.time();
    world
        .edit_market(|market| {
            market.transitions[0] = ClassTransition {
                from: market.classes[0],
                since: UnixTime(now),
            };
            market.classes[0].initial = permille(400);
            market.classes[0].maintenance = permille(300);
            market.classes[0].haircut = permille(100);
        })
        .unwrap();
    let changed = asked(&mut world, &positions);
    assert!(changed.initial > before.initial && changed.initial_collateral < before.initial_collateral);
    assert_eq!(
        (changed.maintenance, changed.maintenance_collateral),
        (before.maintenance, before.maintenance_collateral)
    );
    world.warp(fixture::params().class_transition / 2);
    let half = asked(&mut world, &positions);
    assert!(half.maintenance > changed.maintenance && half.maintenance < half.initial);
    assert!(half.maintenance_collateral < changed.maintenance_collateral);
    assert_eq!(half.initial_multiplier, Ratio::ONE.max(half.initial_multiplier));
}
