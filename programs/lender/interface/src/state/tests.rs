use super::*;
use crate::account::AccountLayout;
use crate::args::CreateDeskArgs;
use crate::error::LenderError;
use crate::quantity::{Collateral, Price};
use bytemuck::Zeroable;
use core::mem::offset_of;
use hurdle_interface::margin::Position;
use hurdle_interface::staleness::Action;
use hurdle_interface::{Amount, UnixTime};
use proptest::prelude::*;
use solana_address::Address;
use std::vec::Vec;

fn key(byte: u8) -> Address {
    Address::new_from_array([byte; 32])
}

fn args() -> CreateDeskArgs {
    CreateDeskArgs {
        price_authority: key(2),
        max_rate_age: 3_600,
        max_price_age: 60,
        id: 7,
        class: 1,
        min_signers: 2,
        padding: [0; 4],
    }
}

fn desk() -> Desk {
    Desk::opened(key(1), key(3), 254, &args()).unwrap()
}

fn vault() -> Vault {
    Vault::opened(key(9), key(5), 253).unwrap()
}

#[test]
fn layouts_are_fixed() {
    assert_eq!((Desk::ACCOUNT_LEN, Vault::ACCOUNT_LEN), (8 + 312, 8 + 168));
    let desk = [
        offset_of!(Desk, id),
        offset_of!(Desk, class),
        offset_of!(Desk, authority),
        offset_of!(Desk, price_authority),
        offset_of!(Desk, market),
        offset_of!(Desk, max_rate_age),
        offset_of!(Desk, max_price_age),
        offset_of!(Desk, price),
        offset_of!(Desk, priced_at),
        offset_of!(Desk, liquidity),
        offset_of!(Desk, debt),
        offset_of!(Desk, funded),
        offset_of!(Desk, collateral),
        offset_of!(Desk, quote_supply),
        offset_of!(Desk, collateral_supply),
        offset_of!(Desk, reserved),
    ];
    assert_eq!(
        desk,
        [
            2, 4, 8, 40, 72, 104, 112, 120, 128, 136, 144, 152, 160, 168, 176, 184
        ]
    );
    let vault = [
        offset_of!(Vault, desk),
        offset_of!(Vault, owner),
        offset_of!(Vault, wallet_quote),
        offset_of!(Vault, wallet_collateral),
        offset_of!(Vault, collateral),
        offset_of!(Vault, debt),
        offset_of!(Vault, reserved),
    ];
    assert_eq!(vault, [8, 40, 72, 80, 88, 96, 104]);
}

#[test]
fn discriminators_are_the_hash_of_their_name() {
    let hash = |name: &str| solana_sha256_hasher::hashv(&[b"account:", name.as_bytes()]).to_bytes();
    assert_eq!(Desk::DISCRIMINATOR, hash("Desk")[..8]);
    assert_eq!(Vault::DISCRIMINATOR, hash("Vault")[..8]);
}

#[test]
fn a_desk_with_a_parameter_out_of_range_cannot_be_opened() {
    let changes: [fn(&mut CreateDeskArgs); 5] = [
        |args| args.price_authority = Address::default(),
        |args| args.max_rate_age = 0,
        |args| args.max_rate_age = Desk::LONGEST_AGE + 1,
        |args| args.max_price_age = -1,
        |args| args.max_price_age = i64::MAX,
    ];
    for change in changes {
        let mut args = args();
        change(&mut args);
        assert_eq!(
            Desk::opened(key(1), key(3), 255, &args),
            Err(LenderError::InvalidParameter),
            "{args:?}"
        );
    }
    let mut padded = args();
    padded.padding[3] = 1;
    assert_eq!(
        Desk::opened(key(1), key(3), 255, &padded),
        Err(LenderError::MalformedArguments)
    );
}

#[test]
fn a_price_is_fresh_up_to_the_desks_age_and_never_before_the_first() {
    let mut desk = desk();
    assert_eq!(desk.fresh_price(UnixTime(0)), Err(LenderError::NotPriced));
    assert_eq!(
        desk.set_price(Price(0), UnixTime(1)),
        Err(LenderError::InvalidParameter)
    );
    desk.set_price(Price(150), UnixTime(1_000)).unwrap();
    assert_eq!(desk.fresh_price(UnixTime(1_060)), Ok(Price(150)));
    assert_eq!(desk.fresh_price(UnixTime(1_061)), Err(LenderError::PriceStale));
}

#[test]
fn every_broken_invariant_is_seen() {
    let changes: [fn(&mut Desk); 6] = [
        |desk| desk.version = 2,
        |desk| desk.market = Address::default(),
        |desk| desk.liquidity = Amount(1),
        |desk| (desk.liquidity, desk.funded) = (Amount(1), Amount(1)),
        |desk| desk.collateral = Collateral(1),
        |desk| (desk.liquidity, desk.debt) = (Amount(u64::MAX), Amount(1)),
    ];
    for (case, change) in changes.iter().enumerate() {
        let mut desk = desk();
        change(&mut desk);
        assert_eq!(
            desk.invariant(),
            Err(LenderError::InvalidParameter),
            "case {case}"
        );
    }
    let changes: [fn(&mut Vault); 4] = [
        |vault| vault.version = 0,
        |vault| vault.owner = Address::default(),
        |vault| vault.desk = Address::default(),
        |vault| vault.debt = Amount(1),
    ];
    for (case, change) in changes.iter().enumerate() {
        let mut vault = vault();
        change(&mut vault);
        assert_eq!(
            vault.invariant(),
            Err(LenderError::InvalidParameter),
            "case {case}"
        );
    }
}

#[test]
fn a_vault_is_its_collateral_rounded_down_and_its_debt() {
    let mut vault = vault();
    vault.collateral = Collateral(1_500_000_001);
    vault.debt = Amount(40);
    assert_eq!(
        vault.positions(Price(101), 3),
        Ok([Position::spot(3, Amount(151)), Position::debt(3, Amount(40))])
    );
}

#[test]
fn the_first_loan_opens_and_the_next_increases() {
    let (mut desk, mut vault) = (desk(), vault());
    desk.issue(&mut vault, Amount(100), Collateral(10)).unwrap();
    desk.fund(&mut vault, Amount(100)).unwrap();
    assert_eq!(
        desk.borrow(&mut vault, Amount(1)),
        Err(LenderError::InsufficientCollateral)
    );
    desk.deposit(&mut vault, Collateral(10)).unwrap();
    assert_eq!(desk.borrow(&mut vault, Amount(40)), Ok(Action::Open));
    assert_eq!(desk.borrow(&mut vault, Amount(1)), Ok(Action::Increase));
    assert_eq!(
        desk.borrow(&mut vault, Amount(60)),
        Err(LenderError::InsufficientLiquidity)
    );
    assert_eq!(
        desk.withdraw(&mut vault, Collateral(10)),
        Err(LenderError::InsufficientCollateral)
    );
    assert_eq!(
        desk.repay(&mut vault, Amount(42)),
        Err(LenderError::RepayExceedsDebt)
    );
    desk.repay(&mut vault, Amount(41)).unwrap();
    assert_eq!(desk.withdraw(&mut vault, Collateral(10)), Ok(()));
}

#[test]
fn borrowed_atoms_can_be_funded_again_so_that_more_is_funded_than_was_made() {
    let (mut desk, mut vault) = (desk(), vault());
    desk.issue(&mut vault, Amount(100), Collateral(10)).unwrap();
    desk.fund(&mut vault, Amount(100)).unwrap();
    desk.deposit(&mut vault, Collateral(10)).unwrap();
    desk.borrow(&mut vault, Amount(60)).unwrap();
    assert_eq!(desk.fund(&mut vault, Amount(60)), Ok(()));
    assert_eq!(
        (desk.funded, desk.liquidity, desk.debt, desk.quote_supply),
        (Amount(160), Amount(100), Amount(60), Amount(100))
    );
}

/// One movement on one of two vaults.
#[derive(Clone, Copy, Debug)]
struct Step {
    kind: u8,
    vault: usize,
    amount: u64,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let amount = prop_oneof![4 => 0u64..200, 1 => any::<u64>()];
    let step = (0u8..6, 0usize..2, amount).prop_map(|(kind, vault, amount)| Step { kind, vault, amount });
    prop::collection::vec(step, 1..200)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn atoms_appear_only_from_the_faucet_and_failed_movements_change_nothing(steps in steps()) {
        let mut desk = desk();
        let mut vaults = [vault(), vault()];
        let (mut quote, mut collateral) = (0u128, 0u128);
        for Step { kind, vault, amount } in steps {
            let before = (desk, vaults);
            let v = &mut vaults[vault];
            let moved = match kind {
                0 => desk.issue(v, Amount(amount), Collateral(amount / 2)),
                1 => desk.fund(v, Amount(amount)),
                2 => desk.deposit(v, Collateral(amount)),
                3 => desk.borrow(v, Amount(amount)).map(|_| ()),
                4 => desk.repay(v, Amount(amount)),
                _ => desk.withdraw(v, Collateral(amount)),
            };
            match moved {
                Ok(()) if kind == 0 => {
                    quote += u128::from(amount);
                    collateral += u128::from(amount / 2);
                }
                Ok(()) => prop_assert!((desk, vaults) != before),
                Err(_) => prop_assert_eq!((desk, vaults), before),
            }
            prop_assert_eq!(desk.invariant(), Ok(()));
            let total = |of: fn(&Vault) -> u64| vaults.iter().map(|v| u128::from(of(v))).sum::<u128>();
            prop_assert_eq!(u128::from(desk.liquidity.0) + total(|v| v.wallet_quote.0), quote);
            prop_assert_eq!(u128::from(desk.collateral.0) + total(|v| v.wallet_collateral.0), collateral);
            prop_assert_eq!(u128::from(desk.collateral.0), total(|v| v.collateral.0));
            prop_assert_eq!(u128::from(desk.debt.0), total(|v| v.debt.0));
            prop_assert_eq!((u128::from(desk.quote_supply.0), u128::from(desk.collateral_supply.0)), (quote, collateral));
        }
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), kind in 0u8..3) {
        let mut bytes = bytes;
        let discriminator = if kind == 0 { Desk::DISCRIMINATOR } else { Vault::DISCRIMINATOR };
        if kind < 2 {
            bytes.resize(if kind == 0 { Desk::ACCOUNT_LEN } else { Vault::ACCOUNT_LEN }, 0);
            bytes[..8].copy_from_slice(&discriminator);
            bytes[8] = 1;
        }
        let desk = Desk::copied_from_account(&bytes);
        let vault = Vault::copied_from_account(&bytes);
        prop_assert_eq!((desk.is_ok(), vault.is_ok()), (kind == 0, kind == 1));
        let (mut desk, mut vault) = (desk.unwrap_or(Desk::zeroed()), vault.unwrap_or(Vault::zeroed()));
        let _ = desk.invariant();
        let _ = vault.invariant();
        let _ = vault.positions(desk.price, 0);
        let _ = desk.fresh_price(UnixTime(i64::MIN));
        let _ = desk.borrow(&mut vault, Amount(u64::MAX));
    }
}
