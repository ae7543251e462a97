//! What the guardian tightens: three times a day, each field by at most a quarter of what stands.

use super::*;
use hurdle_interface::margin::RiskClass;
use hurdle_interface::quantity::DAY;
use hurdle_interface::{Ratio, instruction};
use hurdle_tests::fixture::permille;
use hurdle_tests::governance::REASON;
use solana_address::Address;
use solana_signer::Signer;

/// A ratio moved by so many 1e-8.
fn more(from: Ratio, raw: i64) -> Ratio {
    Ratio::new(from.raw() + raw).unwrap()
}

/// Parameters whose stressed multiplier is so many 1e-8 higher.
fn raised(by: Address, market: Address, raw: i64) -> Instruction {
    let to = params(|p| p.stressed_multiplier = more(p.stressed_multiplier, raw));
    instruction::tighten_params(by, market, &to, REASON)
}

/// Whoever stole its key raises no margin at once by more.
#[test]
fn a_step_of_more_than_a_quarter_is_the_authoritys() {
    let mut world = World::published().unwrap();
    let (guardian, authority, market) = (world.guardian.pubkey(), world.authority.pubkey(), world.market);
    let steps: [fn(&mut MarketParams, i64); 3] = [
        |p, raw| p.stressed_multiplier = more(p.stressed_multiplier, p.stressed_multiplier.raw() / 4 + raw),
        |p, raw| {
            let slope = &mut p.composition.multiplier.slope;
            *slope = more(*slope, slope.raw() / 4 + raw);
        },
        |p, raw| {
            let deadband = &mut p.composition.multiplier.deadband;
            *deadband = more(*deadband, -(deadband.raw() / 5 + raw));
        },
    ];
    for step in steps {
        let tighten = |by, raw| instruction::tighten_params(by, market, &params(|p| step(p, raw)), REASON);
        refused(&mut world, tighten(guardian, 1), HurdleError::TightenedTooFar);
        world.fork().accepted(&[tighten(guardian, 0)]).unwrap();
        world.fork().accepted(&[tighten(authority, 1)]).unwrap();
    }
    let tighten = |by, haircut| {
        let class = RiskClass {
            haircut: permille(haircut),
            ..fixture::class()
        };
        instruction::tighten_class(by, market, 0, &class, REASON)
    };
    refused(&mut world, tighten(guardian, 26), HurdleError::TightenedTooFar);
    world.fork().accepted(&[tighten(guardian, 25)]).unwrap();
    world.fork().accepted(&[tighten(authority, 26)]).unwrap();
    let bounty = RiskClass {
        bounty: permille(1),
        ..fixture::class()
    };
    let from_zero = |by| instruction::tighten_class(by, market, 0, &bounty, REASON);
    refused(&mut world, from_zero(guardian), HurdleError::TightenedTooFar);
    world.accepted(&[from_zero(authority)]).unwrap();
}

/// Each tightening refuses the reports that were signed under the parameters before it.
#[test]
fn a_guardian_that_tightens_again_and_again_does_not_stop_publishing() {
    let mut world = World::published().unwrap();
    let (guardian, market) = (world.guardian.pubkey(), world.market);
    let began = world.time();
    let mut class = fixture::class();
    class.haircut = permille(21);
    world.accepted(&[raised(guardian, market, 1)]).unwrap();
    let of_class = instruction::tighten_class(guardian, market, 0, &class, REASON);
    world.accepted(&[of_class]).unwrap();
    world.warp(60);
    world.accepted(&[raised(guardian, market, 2)]).unwrap();
    let report = world.report().unwrap();
    let (publish, _) = world.publication(&report, &[0, 1]);
    refused(
        &mut world,
        raised(guardian, market, 3),
        HurdleError::TooManyTightenings,
    );
    class.haircut = permille(22);
    let of_class = instruction::tighten_class(guardian, market, 0, &class, REASON);
    refused(&mut world, of_class.clone(), HurdleError::TooManyTightenings);
    world.accepted(&publish).unwrap();

    // the authority's are its own
    let authority = world.authority.pubkey();
    for raw in 3..7 {
        world.accepted(&[raised(authority, market, raw)]).unwrap();
    }
    world.warp(DAY - 1 - (world.time() - began));
    refused(
        &mut world,
        raised(guardian, market, 7),
        HurdleError::TooManyTightenings,
    );
    refused(&mut world, of_class.clone(), HurdleError::TooManyTightenings);
    world.warp(1);
    world.accepted(&[raised(guardian, market, 7)]).unwrap();
}
