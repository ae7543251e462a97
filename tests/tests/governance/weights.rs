//! The limits of weights, per change and per window, for every way of changing them.

use super::*;
use hurdle_interface::state::Bounds;
use hurdle_interface::{Ratio, instruction};
use hurdle_tests::fixture::bp;
use hurdle_tests::governance::{REASON, TIMELOCK};
use solana_signer::Signer;

/// Parameters whose components are never negative, so that weights have a direction, with one weight set.
fn weighted(raw: i64) -> MarketParams {
    params(|p| {
        for bounds in &mut p.bounds {
            *bounds = Bounds {
                low: bp(1),
                ..*bounds
            };
        }
        p.composition.weights.contract = Ratio::new(raw).unwrap();
    })
}

const ONE: i64 = 100_000_000;

#[test]
fn a_weight_moves_no_further_than_one_change_allows() {
    let mut world = World::with_params(weighted(ONE)).unwrap();
    let step = weighted(ONE).weight_limit.per_change.raw();
    let (guardian, authority, market) = (world.guardian.pubkey(), world.authority.pubkey(), world.market);
    for raw in [ONE + step + 1, ONE - step - 1] {
        let (_, propose) = world
            .propose_market(&MarketChange::Params(weighted(raw)))
            .unwrap();
        refused(&mut world, propose, HurdleError::WeightMoveTooLarge);
    }
    let tighten = |by, raw| instruction::tighten_params(by, market, &weighted(raw), REASON);
    for (by, error) in [
        (authority, HurdleError::WeightMoveTooLarge),
        (guardian, HurdleError::TightenedTooFar),
    ] {
        refused(&mut world, tighten(by, ONE + step + 1), error);
        world.fork().accepted(&[tighten(by, ONE + step)]).unwrap();
    }
}

#[test]
fn many_small_moves_of_a_weight_do_not_walk_around_the_window() {
    let limit = weighted(ONE).weight_limit;
    let steps = limit.per_window.raw() / limit.per_change.raw();
    let mut world = World::with_params(weighted(ONE)).unwrap();
    let (guardian, market) = (world.guardian.pubkey(), world.market);
    let tighten = |raw| instruction::tighten_params(guardian, market, &weighted(raw), REASON);
    let mut weight = ONE;
    for _ in 0..steps {
        weight += limit.per_change.raw();
        world.accepted(&[tighten(weight)]).unwrap();
        world.warp(60);
    }
    let rest = limit.per_window.raw() - (weight - ONE);
    refused(
        &mut world,
        tighten(weight + rest + 1),
        HurdleError::WeightMoveTooLarge,
    );
    // neither does the way back by proposal
    let back = MarketChange::Params(weighted(weight - rest - 1));
    let id = world.wait_for_market(&back).unwrap();
    let execute = instruction::execute_market_change(world.payer.pubkey(), market, id);
    refused(&mut world, execute.clone(), HurdleError::WeightMoveTooLarge);
    // until the windows have passed
    world.warp(2 * limit.window - TIMELOCK);
    let expired = world.send(&[execute]);
    assert_eq!(hurdle_error(&expired), Some(HurdleError::ProposalExpired));
    world.accepted(&[tighten(weight + rest + 1)]).unwrap();
}
