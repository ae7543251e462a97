//! Tightening takes from what is published no proof that its fixed point is unique: that would be a stressed state at once.

use super::*;
use hurdle_interface::composition::Responses;
use hurdle_interface::instruction;
use hurdle_tests::fixture::{permille, response};
use hurdle_tests::governance::REASON;
use solana_signer::Signer;

/// A market whose published tail premium amplifies: Φ′ is at most 1.5 ÷ 0.1 · 0.05 = 0.75, of 0.9.
fn amplifying() -> World {
    let mut world = World::new().unwrap();
    world.warp(60);
    let responses = Responses {
        tail: response(50),
        ..fixture::responses()
    };
    let report = world.report_over(fixture::components(), responses).unwrap();
    let (publish, _) = world.publication(&report, &[0, 1]);
    world.accepted(&publish).unwrap();
    world
}

#[test]
fn neither_guardian_nor_authority_tightens_a_unique_rate_into_a_stressed_state() {
    let steeper: [fn(&mut MarketParams); 2] = [
        |p| p.composition.weights.tail = permille(1_250),
        |p| p.composition.multiplier.slope = permille(1_875),
    ];
    for change in steeper {
        let to = params(change);
        for guardian in [false, true] {
            let by = |world: &World| {
                let by = if guardian {
                    &world.guardian
                } else {
                    &world.authority
                };
                instruction::tighten_params(by.pubkey(), world.market, &to, REASON)
            };
            let mut world = amplifying();
            let tighten = by(&world);
            refused(&mut world, tighten, HurdleError::NotUnique);
            // where nothing amplifies, the same is welcome
            let mut calm = World::published().unwrap();
            let tighten = by(&calm);
            calm.accepted(&[tighten]).unwrap();
        }
        // by a proposal, which the guardian may veto, it may be done
        let mut world = amplifying();
        let id = world.wait_for_market(&MarketChange::Params(to)).unwrap();
        world.execute_market(id).unwrap();
        assert_eq!(world.state().unwrap().params, to);
    }
}

#[test]
fn what_leaves_the_proof_standing_tightens_at_once() {
    let mut world = amplifying();
    let to = params(|p| p.composition.weights.tail = permille(1_100));
    let tighten = instruction::tighten_params(world.guardian.pubkey(), world.market, &to, REASON);
    world.accepted(&[tighten]).unwrap();
}
