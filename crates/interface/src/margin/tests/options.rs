//! Options within a portfolio; what a set of them may lose is tested beside the grid.

use super::strategies::*;
use super::*;

#[test]
fn an_option_held_needs_what_it_may_lose_and_counts_whole() {
    let mut market = market_at(Ratio::ONE);
    market.classes[0] = plain();
    market.grids[0] = plain().scenario_grid().unwrap();
    let mark = Amount(100_000_000_000);
    let reply = opening(&market, &[call(Side::Long, MILLION, mark)]);
    assert_eq!(
        (reply.initial_collateral, reply.liabilities),
        (mark, Amount::ZERO)
    );
    // at worst the price falls by 0.3 and volatility to 0.56: Black's value is 0.000_9 of spot
    assert!(
        reply.initial > Amount(98_000_000_000) && reply.initial < mark,
        "{reply:?}"
    );
    assert_eq!(reply.maintenance.0, reply.initial.0.div_ceil(2));
    assert_eq!(
        reply.health,
        Health::Healthy.byte(),
        "what is held pays for its own loss"
    );
}

#[test]
fn an_option_written_owes_its_mark_and_needs_what_it_may_cost_more() {
    let mut market = market_at(Ratio::ONE);
    market.classes[0] = plain();
    market.grids[0] = plain().scenario_grid().unwrap();
    let mark = Amount(100_000_000_000);
    let reply = opening(&market, &[call(Side::Short, MILLION, mark)]);
    assert_eq!(
        (reply.initial_collateral, reply.liabilities),
        (Amount::ZERO, mark)
    );
    // at worst the price rises by 0.3, where the call is worth more than 0.3 of spot
    assert!(
        reply.initial > Amount(200_000_000_000) && reply.initial < Amount(250_000_000_000),
        "{reply:?}"
    );
    // far out of the money, what remains is the minimum: 0.02 of spot
    let far = Position {
        strike: ratio(9.0),
        debit: Amount::ZERO,
        ..call(Side::Short, MILLION, mark)
    };
    assert_eq!(opening(&market, &[far]).initial, Amount(20_000_000_000));
}

#[test]
fn a_class_without_options_refuses_them() {
    let mut market = market_at(Ratio::ONE);
    market.classes[0].price_range = Ratio::ZERO;
    market.grids[0] = market.classes[0].scenario_grid().unwrap();
    let held = [call(Side::Long, MILLION, Amount(1))];
    let refused = checked(&market, Action::Open, &held, NOW.time);
    assert_eq!(refused, Err(HurdleError::UnknownRiskClass));
    assert!(checked(&market, Action::Open, &[Position::debt(0, MILLION)], NOW.time).is_ok());
}

#[test]
fn terms_outside_their_domains_are_refused() {
    let market = market_at(Ratio::ONE);
    let held = call(Side::Long, MILLION, Amount(1));
    for terms in [
        Position {
            strike: Ratio::ZERO,
            ..held
        },
        Position {
            strike: Ratio(-1),
            ..held
        },
        Position {
            volatility: Ratio(-1),
            ..held
        },
        Position { option: 2, ..held },
        Position {
            expiry: UnixTime(i64::MAX),
            ..held
        },
    ] {
        let refused = checked(&market, Action::Open, &[terms], NOW.time);
        assert_eq!(refused, Err(HurdleError::InvalidPosition), "{terms:?}");
    }
}

/// A mark without a size would be required back by initial and maintenance margin alike.
#[test]
fn an_option_of_no_size_is_refused() {
    let market = market_at(Ratio::ONE);
    for side in [Side::Long, Side::Short] {
        for mark in [Amount::ZERO, Amount(1), MILLION] {
            let empty = [call(side, Amount::ZERO, mark)];
            let refused = checked(&market, Action::Open, &empty, NOW.time);
            assert_eq!(refused, Err(HurdleError::InvalidPosition));
        }
        assert!(checked(&market, Action::Open, &[call(side, Amount(1), MILLION)], NOW.time).is_ok());
    }
}

/// Why an option must be settled at its expiry: a held one hedges nothing from then on, and a written one is still valued at
/// every moved price.
#[test]
fn the_requirement_of_a_spread_that_is_not_settled_jumps_at_expiry() {
    let class = RiskClass {
        price_range: ratio(0.2),
        short_minimum: ratio(0.05),
        ..plain()
    };
    let mut market = market_at(Ratio::ONE);
    market.classes[0] = class;
    market.grids[0] = class.scenario_grid().unwrap();
    let units = |quote: u64| Amount(quote * 1_000_000);
    let now = aged(&market, 0);
    let expiry = UnixTime(now.0 + 1);
    // a thousand 90/100 call spreads at a spot of 120
    let leg = |side, strike, mark| {
        let contract = OptionContract {
            kind: OptionKind::Call,
            strike,
            expiry,
            volatility: ratio(0.8),
        };
        Position::option(0, side, contract, units(120_000), units(mark))
    };
    let spread = [
        leg(Side::Long, ratio(0.75), 30_000),
        leg(Side::Short, Ratio(83_333_333), 20_000),
    ];
    let asked = |at| checked(&market, Action::Open, &spread, at).unwrap();
    let near = |amount: Amount, quote: u64| amount.0.abs_diff(units(quote).0) < units(1).0;
    let (before, after) = (asked(now), asked(expiry));
    // before: the minimum of what is written, a twentieth of 120,000
    assert!(
        near(before.initial, 6_000) && near(before.maintenance, 3_000),
        "{before:?}"
    );
    // at expiry: both marks, 30,000 − 20,000, and 44,000 that the written calls owe at 144; nothing for those held
    assert!(
        near(after.initial, 54_000) && near(after.maintenance, 27_000),
        "{after:?}"
    );
    // of a held option alone the initial margin requires the mark back whole, the maintenance margin its half
    let held = checked(&market, Action::Open, &spread[..1], expiry).unwrap();
    assert!(
        near(held.initial, 30_000) && near(held.maintenance, 15_000),
        "{held:?}"
    );
}

proptest! {
    #![proptest_config(cases())]

    /// Conservative: a hedge in the underlying saves nothing.
    #[test]
    fn options_and_linear_positions_of_a_class_do_not_offset_each_other(
        (mut classes, standing) in markets(), option in options(), line in linear(),
    ) {
        for class in &mut classes {
            class.size_coefficient = Ratio::ZERO;
        }
        let market = market_of(&classes, &standing);
        let both = answer(&market, &[option, line]);
        let (one, other) = (answer(&market, &[option]), answer(&market, &[line]));
        // each alone may carry an atom that keeps initial margin above maintenance
        let apart = one.initial.add(other.initial).unwrap();
        prop_assert!(both.initial.0 + 2 >= apart.0 && both.initial.0 <= apart.0 + 1);
        prop_assert_eq!(both.maintenance, one.maintenance.add(other.maintenance).unwrap());
    }

    /// What is held can be lost, no more: the account is worth at least nothing at the worst point of the grid.
    #[test]
    fn marks_above_the_worst_value_are_required_back(
        (classes, standing) in markets(), mut option in options(), extra in amounts(),
    ) {
        option.side = 0;
        (option.credit, option.debit) = (option.credit.max(option.debit), Amount::ZERO);
        let market = market_of(&classes, &standing);
        let more = Position { credit: option.credit.add(extra).unwrap(), ..option };
        let (fair, flattered) = (answer(&market, &[option]), answer(&market, &[more]));
        // whatever the mark says beyond the worst value, initial margin takes back
        let net = |reply: MarginReply| i128::from(reply.initial_collateral.0) - i128::from(reply.initial.0);
        prop_assert!(net(flattered) <= net(fair).max(0) + i128::from(option.notional.0) * 11, "{fair:?} {flattered:?}");
        let worst = i128::from(option.notional.0) * 5;
        prop_assert!(net(flattered) <= worst, "{flattered:?}");
    }
}
