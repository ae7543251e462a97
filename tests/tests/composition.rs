//! Φ, and everything else that publishing computes, inside the VM against the host, bit for bit, over random inputs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hurdle_interface::composition::{Components, Responses};
use hurdle_interface::publication::{Now, next_publication};
use hurdle_interface::state::{AccountLayout, CommitteeState};
use hurdle_interface::{Rate, Ratio, Sensitivity, UnixTime};
use hurdle_tests::fixture::{self, bp};
use hurdle_tests::world::{World, hurdle_error};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

const INPUTS: usize = 400;

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

/// Reports lie a little off their fixed point, so that the stored residual is |Φ(h) − h| as the VM computed it; some lie
/// too far off, and some responses prove nothing: then the errors are the same.
#[test]
fn the_vm_and_the_host_publish_the_same_state_bit_for_bit() {
    let mut params = fixture::params();
    params.residual_tolerance = bp(10);
    let mut world = World::with_params(params).unwrap();
    let committee = world.account(&world.committee).unwrap();
    let committee = CommitteeState::copied_from_account(&committee.data).unwrap();
    let mut random = SmallRng::seed_from_u64(0x48_55_52_44);
    let (mut published, mut refused, mut residuals) = (0, 0, 0);
    for _ in 0..INPUTS {
        world.warp(random.random_range(60..7_200));
        let components = components(&mut random);
        let responses = Responses {
            utilisation: Sensitivity::new(random.random_range(-200_000_000..=60_000_000)).unwrap(),
            tail: Sensitivity::new(random.random_range(-100_000_000..=5_000_000)).unwrap(),
        };
        let mut report = world.report_over(components, responses).unwrap();
        let off = random.random_range(-60_000..=60_000);
        report.hurdle = Rate::new(report.hurdle.raw() + off).unwrap();
        let now = Now {
            time: UnixTime(world.time()),
            slot: report.observed_slot,
        };
        let expected = next_publication(&world.state().unwrap(), &committee, &report, 0b11, now);

        let (instructions, _) = world.publication(&report, &[0, 1]);
        let sent = world.send(&instructions);
        match expected {
            Ok(expected) => {
                sent.unwrap();
                assert_eq!(world.state().unwrap().published, expected);
                residuals += i32::from(expected.residual > Rate::ZERO);
                published += 1;
            }
            Err(error) => {
                assert_eq!(hurdle_error(&sent), Some(error));
                refused += 1;
            }
        }
    }
    assert!(
        published >= 200 && residuals >= 200 && refused > 0,
        "{published} {residuals} {refused}"
    );
}
