//! `check_margin` and `preview_margin` on the compiled program: the answer in return data is the interface's, bit for bit,
//! and enforcement fails with exact errors.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hurdle_interface::error::HurdleError;
use hurdle_interface::margin::{
    FLAG_PAUSED, Health, MarginReply, OptionContract, Portfolio, Position, check_portfolio, preview_portfolio,
};
use hurdle_interface::options::{OptionKind, Side};
use hurdle_interface::staleness::{Action, Freshness};
use hurdle_interface::state::ClassTransition;
use hurdle_interface::{Amount, Ratio, UnixTime, instruction};
use hurdle_tests::fixture::{self, bp, opening, permille};
use hurdle_tests::world::{Sent, World, hurdle_error, instruction_error, key};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

mod budget;
mod moving;
mod parity;
mod refusals;

const RISKY: [Action; 3] = [Action::Open, Action::Increase, Action::Withdraw];
const SAFE: [Action; 3] = [Action::Reduce, Action::Repay, Action::Close];

fn check(world: &mut World, portfolio: &Portfolio<'_>, enforce: bool) -> Sent {
    let instruction = instruction::check_margin(world.market, portfolio, enforce);
    world.send(&[instruction])
}

/// Asks about an opening without enforcing.
fn asked(world: &mut World, positions: &[Position]) -> MarginReply {
    reply(&check(world, &opening(positions), false))
}

fn reply(sent: &Sent) -> MarginReply {
    let data = &sent.as_ref().unwrap().return_data;
    assert_eq!(data.program_id, hurdle_interface::ID);
    bytemuck::pod_read_unaligned(&data.data)
}

/// Debt without collateral.
fn thin() -> [Position; 1] {
    [Position::debt(0, Amount(1_000_000_000))]
}

#[test]
fn an_account_that_meets_its_initial_margin_may_open() {
    let mut world = World::published().unwrap();
    let answer = reply(&check(&mut world, &opening(&fixture::positions()), true));
    assert_eq!((answer.allowed, answer.health), (1, Health::Healthy.byte()));
    assert!(answer.initial > answer.maintenance);
    assert_eq!(answer.hurdle, world.state().unwrap().published.hurdle);
    assert_eq!(answer.sequence, 1);
}

#[test]
fn enforcement_fails_where_margin_is_missing_and_only_for_actions_that_add_risk() {
    let mut world = World::published().unwrap();
    let thin = thin();
    for action in RISKY {
        let portfolio = Portfolio::new(action, &thin).unwrap();
        let refused = check(&mut world, &portfolio, true);
        assert_eq!(hurdle_error(&refused), Some(HurdleError::MarginInsufficient));
        let answer = reply(&check(&mut world, &portfolio, false));
        assert_eq!((answer.allowed, answer.health), (0, Health::Liquidatable.byte()));
    }
    for action in SAFE {
        let portfolio = Portfolio::new(action, &thin).unwrap();
        assert_eq!(reply(&check(&mut world, &portfolio, true)).allowed, 1);
    }
}

#[test]
fn a_market_that_never_published_answers_nobody() {
    let mut world = World::new().unwrap();
    let sent = check(&mut world, &opening(&fixture::positions()), true);
    assert_eq!(hurdle_error(&sent), Some(HurdleError::OracleNeverPublished));
}

/// Nobody adds risk on a market that is paused or not active yet, and nobody is kept from removing it.
#[test]
fn a_pause_or_an_inactive_market_stops_what_adds_risk_only() {
    let mut world = World::published().unwrap();
    let positions = fixture::positions();
    let now = UnixTime(world.time());
    world
        .edit_market(|market| market.pauses.until = UnixTime(now.0 + 1))
        .unwrap();
    let verdict = |world: &mut World, action| {
        let portfolio = Portfolio::new(action, &positions).unwrap();
        hurdle_error(&check(world, &portfolio, true))
    };
    for action in RISKY {
        assert_eq!(verdict(&mut world, action), Some(HurdleError::MarketPaused));
    }
    for action in SAFE {
        assert_eq!(verdict(&mut world, action), None);
    }
    assert_eq!(asked(&mut world, &positions).flags, FLAG_PAUSED);
    world.warp(1);
    assert_eq!(
        verdict(&mut world, Action::Open),
        None,
        "a pause expires by itself"
    );
    world.edit_market(|market| market.active = 0).unwrap();
    for action in RISKY {
        assert_eq!(verdict(&mut world, action), Some(HurdleError::MarketInactive));
    }
    for action in SAFE {
        assert_eq!(verdict(&mut world, action), None);
    }
}
