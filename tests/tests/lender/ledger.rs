//! Balances.

use crate::{GATES, TOKEN, UNIT, assert_refused, indebted};
use hurdle_interface::Amount;
use hurdle_tests::lender::{FUNDED, Lending, Outcome, TOKENS};
use lender_interface::args::Gate;
use lender_interface::{Collateral, LenderError, Price, instruction};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use solana_instruction::Instruction;
use solana_signer::Signer;

#[test]
fn balances_that_do_not_suffice_are_refused() {
    let mut lending = indebted(UNIT);
    let cases: [(Instruction, LenderError); 9] = [
        (lending.deposit(0), LenderError::ZeroAmount),
        (lending.repay(0), LenderError::ZeroAmount),
        (lending.borrow(0, Gate::Cpi), LenderError::ZeroAmount),
        (lending.withdraw(0, Gate::Direct), LenderError::ZeroAmount),
        (lending.deposit(TOKENS.0), LenderError::InsufficientWallet),
        (lending.repay(UNIT + 1), LenderError::RepayExceedsDebt),
        (
            lending.borrow(FUNDED.0, Gate::Cpi),
            LenderError::InsufficientLiquidity,
        ),
        (
            lending.withdraw(10 * TOKEN + 1, Gate::Cpi),
            LenderError::InsufficientCollateral,
        ),
        (lending.priced(Price(0)), LenderError::InvalidParameter),
    ];
    for (act, error) in cases {
        assert_refused(&mut lending, act, error);
    }
}

#[test]
fn random_movements_keep_every_atom() {
    let mut random = SmallRng::seed_from_u64(77);
    let mut lending = Lending::new().unwrap();
    let owners = [
        lending.authority.pubkey(),
        lending.alice.pubkey(),
        lending.bob.pubkey(),
    ];
    let mut accepted = 0;
    for _ in 0..400 {
        let (desk, market) = (lending.desk, lending.world.market);
        let owner = owners[random.random_range(1..3)];
        let gate = GATES[random.random_range(0..2)];
        let (tokens, quote) = (
            Collateral(random.random_range(0..30 * TOKEN)),
            Amount(random.random_range(0..2_000 * UNIT)),
        );
        let act = match random.random_range(0..4) {
            0 => instruction::deposit(owner, desk, tokens),
            1 => instruction::borrow(owner, desk, market, quote, gate),
            2 => instruction::repay(owner, desk, quote),
            _ => instruction::withdraw(owner, desk, market, tokens, gate),
        };
        let done: Outcome = lending.run(act);
        accepted += usize::from(done.is_ok());
        let desk = lending.desk_state().unwrap();
        let vaults = owners.map(|owner| lending.vault(&owner).unwrap());
        let quote: u64 = vaults.iter().map(|vault| vault.wallet_quote.0).sum();
        let tokens: u64 = vaults
            .iter()
            .map(|vault| vault.wallet_collateral.0 + vault.collateral.0)
            .sum();
        assert_eq!(
            (quote + desk.liquidity.0, tokens),
            (FUNDED.0, 2 * TOKENS.0),
            "{done:?}"
        );
        assert_eq!(desk.debt.0, vaults.iter().map(|vault| vault.debt.0).sum::<u64>());
        assert!(vaults.iter().all(|vault| vault.invariant().is_ok()) && desk.invariant().is_ok());
    }
    assert!((100..390).contains(&accepted), "{accepted} of 400 accepted");
}
