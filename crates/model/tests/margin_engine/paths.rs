//! What holds on every single path.

use crate::common::reproducible;
use crate::{merton, one_by_one};
use hurdle_model::liquidity::ImpactShape;
use hurdle_model::simulation::{
    Account, AccountBook, Depth, Grid, Ledger, MarginEngine, PriceProcess, Venue,
};
use hurdle_model::tail::Side;
use proptest::prelude::*;

fn parts(ledger: &Ledger) -> [f64; 9] {
    [
        ledger.liquidated,
        ledger.posted,
        ledger.gain,
        ledger.bounty,
        ledger.fees,
        ledger.returned,
        ledger.bad_debt,
        ledger.fund_paid,
        ledger.socialised,
    ]
}

fn venues() -> impl Strategy<Value = Venue> {
    let depth = (0.2f64..5.0, 0.01f64..0.3, any::<bool>(), 0.0f64..5000.0);
    let figures = (
        0.005f64..0.2,
        0usize..4,
        0usize..4,
        0.0f64..0.05,
        0.0f64..0.03,
        0.0f64..0.05,
    );
    (figures, prop::option::of(depth)).prop_map(|(figures, depth)| Venue {
        maintenance: figures.0,
        oracle_delay: figures.1,
        liquidator_latency: figures.2,
        bounty: figures.3,
        fund_fee: figures.4,
        fund: figures.5,
        depth: depth.map(|(quantity, distance, root, resilience)| Depth {
            quantity,
            distance,
            shape: if root {
                ImpactShape::SquareRoot
            } else {
                ImpactShape::Linear
            },
            resilience,
        }),
    })
}

fn books() -> impl Strategy<Value = Vec<Account>> {
    let account = (any::<bool>(), 0.01f64..0.5, 0.0f64..1.2).prop_map(|(long, notional, margin)| Account {
        side: if long { Side::Long } else { Side::Short },
        notional,
        margin,
    });
    prop::collection::vec(account, 1..14)
}

fn paths() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-0.15f64..0.15, 4..16).prop_map(|steps| {
        let mut x = 0.0;
        steps
            .into_iter()
            .map(|step| {
                x += step;
                x
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..reproducible() })]

    #[test]
    fn it_is_the_engine_that_looks_at_every_account(accounts in books(), venue in venues(), path in paths()) {
        let grid = Grid::new(path.len(), 0.01).unwrap();
        let book = AccountBook::new(accounts.clone()).unwrap();
        let process = PriceProcess::Merton(merton());
        let engine = MarginEngine::new(process, grid, book, venue).unwrap();
        let ours = engine.replay(&path).unwrap();
        let theirs = one_by_one::ledger(&accounts, &venue, &grid, &path);
        for (ours, theirs) in parts(&ours.ledger).into_iter().zip(parts(&theirs)) {
            prop_assert!((ours - theirs).abs() < 1e-5, "{ours} {theirs}");
        }
        prop_assert_eq!(ours.ruined, ours.ledger.socialised > 0.0);
    }

    #[test]
    fn cash_is_conserved_and_losses_are_bounded(accounts in books(), venue in venues(), path in paths()) {
        let grid = Grid::new(path.len(), 0.01).unwrap();
        let book = AccountBook::new(accounts).unwrap();
        let whole = book.quantity();
        let engine = MarginEngine::new(PriceProcess::Merton(merton()), grid, book, venue).unwrap();
        let ledger = engine.replay(&path).unwrap().ledger;
        let sources = ledger.posted + ledger.gain + ledger.fund_paid + ledger.socialised;
        let uses = ledger.bounty + ledger.fees + ledger.returned;
        prop_assert!((sources - uses).abs() < 1e-12 * (1.0 + uses), "{ledger:?}");
        prop_assert!((ledger.bad_debt - ledger.fund_paid - ledger.socialised).abs() < 1e-13);
        prop_assert!(ledger.fund_paid <= venue.fund + ledger.fees + 1e-15);
        prop_assert!(parts(&ledger).into_iter().enumerate().all(|(i, x)| i == 2 || x >= 0.0));
        let highest = path.iter().fold(0.0f64, |a, b| a.max(*b)) + 0.3 * 8.0f64.max(whole / 0.2);
        prop_assert!(ledger.bad_debt <= whole * (1.0 + highest.exp()));
    }

    #[test]
    fn a_larger_fund_never_costs_the_lenders_more_on_any_path(
        accounts in books(), venue in venues(), path in paths(), more in 0.0f64..0.1,
    ) {
        let grid = Grid::new(path.len(), 0.01).unwrap();
        let of = |venue| {
            let book = AccountBook::new(accounts.clone()).unwrap();
            let engine = MarginEngine::new(PriceProcess::Merton(merton()), grid, book, venue).unwrap();
            engine.replay(&path).unwrap().ledger
        };
        let (less, more) = (of(venue), of(Venue { fund: venue.fund + more, ..venue }));
        prop_assert!(more.socialised <= less.socialised + 1e-15);
        prop_assert_eq!(more.bad_debt, less.bad_debt);
    }

    #[test]
    fn when_accounts_are_judged_once_more_margin_never_loses_more_on_any_path(
        accounts in books(), venue in venues(), move_ in -0.6f64..0.6, multiplier in 1.0f64..3.0,
    ) {
        let venue = Venue { depth: None, oracle_delay: 0, liquidator_latency: 0, bounty: 0.0, ..venue };
        prop_assume!(venue.maintenance * multiplier < 1.0);
        let grid = Grid::new(1, 0.01).unwrap();
        let book = AccountBook::new(accounts).unwrap();
        let engine = MarginEngine::new(PriceProcess::Merton(merton()), grid, book, venue).unwrap();
        let more = engine.with_margin_multiplier(multiplier).unwrap();
        let bad_debt = |engine: &MarginEngine| engine.replay(&[move_]).unwrap().ledger.bad_debt;
        prop_assert!(bad_debt(&more) <= bad_debt(&engine) + 1e-15);
    }
}
