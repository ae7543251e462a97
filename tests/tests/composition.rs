//! Φ inside the VM against Φ on the host, bit for bit, over random inputs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hurdle_interface::composition::{Components, Composition, Responses};
use hurdle_interface::error::HurdleError;
use hurdle_interface::{Rate, Ratio, Sensitivity};
use hurdle_tests::fixture;
use hurdle_tests::world::{World, hurdle_error};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

const INPUTS: usize = 300;

fn rate(random: &mut SmallRng, low: i64, high: i64) -> Rate {
    Rate::new(random.random_range(low * 10_000..=high * 10_000)).unwrap()
}

fn ratio(random: &mut SmallRng, high: i64) -> Ratio {
    Ratio::new(random.random_range(0..=high * 100_000)).unwrap()
}

fn components(random: &mut SmallRng) -> Components {
    Components {
        staking: rate(random, -500, 3_000),
        contract: rate(random, 0, 4_000),
        systematic: rate(random, -1_000, 3_000),
        debt: rate(random, -200, 8_000),
        liquidity: rate(random, 0, 1_000),
        latency: rate(random, 0, 1_000),
        tail: rate(random, 0, 3_000),
        emissions: rate(random, 0, 5_000),
        equity_weight: ratio(random, 1_000),
        utilisation: ratio(random, 1_000),
        coverage: ratio(random, 1_500),
        volatility: ratio(random, 4_000),
    }
}

/// The market tolerates any residual, so a report may carry any rate, and the stored residual is |Φ(h) − h| as the VM
/// computed it.
#[test]
fn the_vm_and_the_host_compute_the_same_composition_bit_for_bit() {
    let mut params = fixture::params();
    params.residual_tolerance = Rate::MAX;
    let mut world = World::with_params(params).unwrap();
    let mut random = SmallRng::seed_from_u64(0x48_55_52_44);
    let (mut published, mut not_unique) = (0, 0);
    for _ in 0..INPUTS {
        world.warp(random.random_range(60..7_200));
        let components = components(&mut random);
        let responses = Responses {
            utilisation: Sensitivity::new(random.random_range(-200_000_000..=60_000_000)).unwrap(),
            tail: Sensitivity::new(random.random_range(-100_000_000..=5_000_000)).unwrap(),
        };
        let mut report = world.report_over(components, responses).unwrap();
        report.hurdle = rate(&mut random, -500, 20_000);
        let market = world.state().unwrap();
        let rule = &market.params.composition;
        let composition = Composition::new(rule, &components, responses, market.anchor()).unwrap();

        let (instructions, _) = world.publication(&report, &[0, 1]);
        let sent = world.send(&instructions);
        if composition.unclamped(report.hurdle).unwrap() > rule.ceiling {
            assert_eq!(hurdle_error(&sent), Some(HurdleError::UnflaggedRun));
        } else if composition.is_unique().unwrap() {
            sent.unwrap();
            let stored = world.state().unwrap().published.residual.raw();
            assert_eq!(stored, composition.residual(report.hurdle).unwrap());
            published += 1;
        } else {
            assert_eq!(hurdle_error(&sent), Some(HurdleError::NotUnique));
            not_unique += 1;
        }
    }
    assert!(
        published >= 200 && not_unique > 0,
        "{published} published, {not_unique} not unique"
    );
}
