//! What is rated tighter, against the requirements that it leads to: no account is asked for less, and no collateral counts
//! for more.

use super::direction::{CLASS, PARAMS, moved, options_class, positive};
use super::*;
use crate::margin::{MarginReply, OptionContract, Portfolio, Position, RiskClass, check_portfolio};
use crate::options::{OptionKind, Side};
use crate::quantity::{Amount, ONE, Ratio};
use crate::ramp::Track;
use crate::staleness::Action;
use crate::state::{MarketParams, MarketState};
use Direction::{Looser, Tighter};
use proptest::prelude::*;
use std::vec::Vec;

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_tighter_class_asks_no_account_for_less(
        [from, to] in classes(), positions in positions(), multiplier in ONE..3 * ONE, volatility in 0..2 * ONE, age in 0i64..20_000,
    ) {
        let rule = positive().composition.multiplier;
        if from.direction(&to) != Tighter || from.invariant(&rule).is_err() || to.invariant(&rule).is_err() {
            return Ok(());
        }
        let [before, after] = [from, to].map(|class| {
            let mut market = market();
            market.classes[0] = class;
            market.grids[0] = class.scenario_grid().unwrap();
            market.published.ramps.multiplier = Track::resting(Ratio(multiplier));
            market.published.ramps.volatility = Track::resting(Ratio(volatility));
            let now = UnixTime(market.published.observed_at.0 + age);
            reply(&market, &positions, now)
        });
        asks_no_less(before, after)?;
    }

    #[test]
    fn tighter_parameters_ask_no_account_for_less(to in parameters(), positions in positions(), age in 0i64..20_000) {
        if positive().direction(&to) != Tighter || to.invariant().is_err() {
            return Ok(());
        }
        let mut market = market();
        market.params = positive();
        let now = UnixTime(market.published.observed_at.0 + age);
        let mut tightened = market;
        prop_assert_eq!(tightened.set_params(&to, now), Ok(()));
        let [before, after] = [market, tightened].map(|market| reply(&market, &positions, now));
        asks_no_less(before, after)?;
        let rates = |market: &MarketState| (market.published.hurdle, market.published.baseline);
        prop_assert_eq!(rates(&tightened), rates(&market), "another baseline would be another multiplier");
    }
}

/// What the market answers to who would add risk.
fn reply(market: &MarketState, positions: &[Position], now: UnixTime) -> Option<MarginReply> {
    let portfolio = Portfolio::new(Action::Open, positions).unwrap();
    check_portfolio(market, &portfolio, now).ok()
}

fn asks_no_less(
    before: Option<MarginReply>,
    after: Option<MarginReply>,
) -> std::result::Result<(), TestCaseError> {
    // an answer outside its domain is refused, by either
    let (Some(before), Some(after)) = (before, after) else {
        return Ok(());
    };
    prop_assert!(after.initial >= before.initial, "{before:?} {after:?}");
    prop_assert!(after.maintenance >= before.maintenance, "{before:?} {after:?}");
    prop_assert!(after.initial_collateral <= before.initial_collateral);
    prop_assert!(after.maintenance_collateral <= before.maintenance_collateral);
    Ok(())
}

/// A struct with some of its words moved the tighter way; those that have none stay.
fn tightened<T: bytemuck::Pod>(from: &T, directions: &[(&str, Direction)], moves: &[(usize, i64)]) -> T {
    moves
        .iter()
        .fold(*from, |value, (word, by)| match directions[*word].1 {
            Tighter => moved(&value, *word, *by),
            Looser => moved(&value, *word, -*by),
            _ => value,
        })
}

/// Two classes that margin options or do not, the second raised in some parts: every other time the maintenance margin
/// along with the initial one.
fn classes() -> impl Strategy<Value = [RiskClass; 2]> {
    let moves = || proptest::collection::vec((0..CLASS.len(), 0..10_000_000i64), 1..5);
    let ranges = (any::<bool>(), 1..ONE, 0..ONE);
    (moves(), moves(), ranges, any::<bool>()).prop_map(
        |(first, then, (options, price, volatility), along)| {
            let mut from = tightened(&options_class(), &CLASS, &first);
            from.price_range = Ratio(if options { price } else { 0 });
            from.volatility_range = Ratio(volatility);
            let mut to = tightened(&from, &CLASS, &then);
            if along {
                let share = from.maintenance.raw() * to.initial.raw() / from.initial.raw() + 1;
                to.maintenance = to.maintenance.max(Ratio(share));
            }
            [from, to]
        },
    )
}

fn parameters() -> impl Strategy<Value = MarketParams> {
    proptest::collection::vec((0..PARAMS.len(), 0u32..26, 0i64..256), 1..4).prop_map(|moves| {
        let moves: Vec<(usize, i64)> = moves
            .into_iter()
            .map(|(word, shift, part)| (word, (part << shift) >> 8))
            .collect();
        tightened(&positive(), &PARAMS, &moves)
    })
}

fn positions() -> impl Strategy<Value = Vec<Position>> {
    proptest::collection::vec(position(), 1..6)
}

fn position() -> impl Strategy<Value = Position> {
    let amount = || (0u32..44, 1u64..256).prop_map(|(shift, part)| Amount(part << shift));
    let contract =
        (any::<bool>(), 60i64..200, 1i64..80, 10i64..200).prop_map(|(call, strike, days, volatility)| {
            OptionContract {
                kind: if call { OptionKind::Call } else { OptionKind::Put },
                strike: Ratio(strike * 1_000_000),
                expiry: UnixTime(NOW.time.0 + days * 86_400),
                volatility: Ratio(volatility * 1_000_000),
            }
        });
    (0u8..4, amount(), amount(), any::<bool>(), contract).prop_map(
        |(kind, notional, mark, long, contract)| {
            let side = if long { Side::Long } else { Side::Short };
            match kind {
                0 => Position::spot(0, notional),
                1 => Position::debt(0, notional),
                2 => Position::perp(0, side, notional, mark, Amount::ZERO),
                _ => Position::option(0, side, contract, notional, mark),
            }
        },
    )
}
