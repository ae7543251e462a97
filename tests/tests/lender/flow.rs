//! What goes through, and what it costs.

use crate::{GATES, TOKEN, UNIT, indebted};
use hurdle_interface::Amount;
use hurdle_tests::lender::{FUNDED, Lending, TOKENS};
use lender_interface::Collateral;
use lender_interface::args::Gate;
use solana_signer::Signer;

#[test]
fn a_loan_goes_its_whole_way_by_either_gate() {
    for gate in GATES {
        let mut lending = Lending::new().unwrap();
        for step in [
            lending.deposit(10 * TOKEN),
            lending.borrow(500 * UNIT, gate),
            lending.borrow(100 * UNIT, gate),
            lending.withdraw(TOKEN, gate),
        ] {
            lending.accepted(step).unwrap();
        }
        let (vault, desk) = (
            lending.vault(&lending.alice.pubkey()).unwrap(),
            lending.desk_state().unwrap(),
        );
        assert_eq!(
            (vault.debt, vault.wallet_quote),
            (Amount(600 * UNIT), Amount(600 * UNIT))
        );
        assert_eq!(vault.collateral, Collateral(9 * TOKEN));
        assert_eq!(
            (desk.debt, desk.liquidity),
            (Amount(600 * UNIT), Amount(FUNDED.0 - 600 * UNIT))
        );
        for step in [lending.repay(600 * UNIT), lending.withdraw(9 * TOKEN, gate)] {
            lending.accepted(step).unwrap();
        }
        let (vault, desk) = (
            lending.vault(&lending.alice.pubkey()).unwrap(),
            lending.desk_state().unwrap(),
        );
        assert_eq!((vault.debt, vault.wallet_quote), (Amount::ZERO, Amount::ZERO));
        assert_eq!(
            (vault.collateral, vault.wallet_collateral),
            (Collateral::ZERO, TOKENS)
        );
        assert_eq!((desk.debt, desk.liquidity), (Amount::ZERO, FUNDED));
        assert_eq!((desk.invariant(), vault.invariant()), (Ok(()), Ok(())));
    }
}

#[test]
fn both_gates_stay_within_their_compute_budgets_and_the_direct_read_costs_less() {
    let cost = |gate| {
        let mut lending = indebted(500 * UNIT);
        let borrow = lending.accepted(lending.borrow(UNIT, gate)).unwrap();
        let withdraw = lending.accepted(lending.withdraw(TOKEN, gate)).unwrap();
        println!("{gate:?}: borrow {borrow} CU, withdraw {withdraw} CU");
        (borrow, withdraw)
    };
    let (cpi, direct) = (cost(Gate::Cpi), cost(Gate::Direct));
    let mut lending = indebted(500 * UNIT);
    let repay = lending.accepted(lending.repay(UNIT)).unwrap();
    let deposit = lending.accepted(lending.deposit(TOKEN)).unwrap();
    println!("repay {repay} CU, deposit {deposit} CU");
    assert!(cpi.0 < 7_000 && cpi.1 < 7_000, "{cpi:?}");
    assert!(direct.0 < 3_000 && direct.1 < 3_000, "{direct:?}");
    assert!(direct.0 < cpi.0 && direct.1 < cpi.1, "{direct:?} against {cpi:?}");
    assert!(repay < 1_500 && deposit < 1_500, "{repay} and {deposit}");
}
