//! Old rates and prices: they stand in the way of what adds risk, and of nothing else.

use crate::{GATES, TOKEN, UNIT, assert_refused, indebted};
use hurdle_interface::HurdleError;
use hurdle_tests::fixture;
use hurdle_tests::lender::{Lending, PRICE, desk_args};
use lender_interface::LenderError;
use lender_interface::args::CreateDeskArgs;

#[test]
fn a_hard_stale_rate_refuses_loans_and_withdrawals_and_lets_repayments_and_deposits_through() {
    for gate in GATES {
        let mut lending = indebted(500 * UNIT);
        lending.world.warp(fixture::params().staleness.hard_after + 1);
        lending.accepted(lending.priced(PRICE)).unwrap();
        let (borrow, withdraw) = (lending.borrow(UNIT, gate), lending.withdraw(1, gate));
        assert_refused(&mut lending, borrow, HurdleError::OracleStale);
        assert_refused(&mut lending, withdraw, HurdleError::OracleStale);
        for step in [lending.deposit(TOKEN), lending.repay(500 * UNIT)] {
            lending.accepted(step).unwrap();
        }
    }
}

#[test]
fn who_owes_nothing_takes_collateral_out_whatever_the_age_of_rate_and_price() {
    for gate in GATES {
        let mut lending = indebted(500 * UNIT);
        lending.accepted(lending.repay(500 * UNIT)).unwrap();
        lending.world.warp(365 * 86_400);
        lending.accepted(lending.withdraw(10 * TOKEN, gate)).unwrap();
    }
}

#[test]
fn a_stale_or_missing_price_refuses_what_adds_risk_only() {
    for gate in GATES {
        let mut lending = indebted(500 * UNIT);
        lending.world.warp(desk_args().max_price_age);
        lending.accepted(lending.borrow(1, gate)).unwrap();
        lending.world.warp(1);
        let (borrow, withdraw) = (lending.borrow(1, gate), lending.withdraw(1, gate));
        assert_refused(&mut lending, borrow, LenderError::PriceStale);
        assert_refused(&mut lending, withdraw, LenderError::PriceStale);
        for step in [lending.deposit(TOKEN), lending.repay(500 * UNIT)] {
            lending.accepted(step).unwrap();
        }

        let mut unpriced = Lending::without_desk().unwrap();
        for (index, step) in unpriced.set_up(&desk_args()).into_iter().enumerate() {
            if index != 1 {
                unpriced.accepted(step).unwrap();
            }
        }
        unpriced.accepted(unpriced.deposit(TOKEN)).unwrap();
        let borrow = unpriced.borrow(1, gate);
        assert_refused(&mut unpriced, borrow, LenderError::NotPriced);
    }
}

#[test]
fn the_desks_own_age_limit_holds_by_either_gate() {
    let args = CreateDeskArgs {
        max_rate_age: 300,
        ..desk_args()
    };
    for gate in GATES {
        let mut lending = Lending::with_desk(&args).unwrap();
        lending.accepted(lending.deposit(TOKEN)).unwrap();
        lending.world.warp(300);
        lending.accepted(lending.borrow(1, gate)).unwrap();
        lending.world.warp(1);
        let borrow = lending.borrow(1, gate);
        assert_refused(&mut lending, borrow, HurdleError::OracleStale);
    }
}

#[test]
fn a_desk_that_demands_signers_counts_them_by_either_gate() {
    let desk = |min_signers| {
        let args = CreateDeskArgs {
            min_signers,
            ..desk_args()
        };
        let mut lending = Lending::with_desk(&args).unwrap();
        lending.accepted(lending.deposit(TOKEN)).unwrap();
        lending
    };
    for gate in GATES {
        let mut two = desk(2);
        two.accepted(two.borrow(1, gate)).unwrap();
        let mut three = desk(3);
        let borrow = three.borrow(1, gate);
        assert_refused(&mut three, borrow, HurdleError::TooFewReportSigners);
    }
}

#[test]
fn a_market_that_never_published_lends_nothing_by_either_gate() {
    for gate in GATES {
        let mut lending = indebted(UNIT);
        lending
            .edit_market(|market| market.published.sequence = 0)
            .unwrap();
        let borrow = lending.borrow(1, gate);
        assert_refused(&mut lending, borrow, HurdleError::OracleNeverPublished);
    }
}
