//! Wrong accounts, signers and data in every place.

use crate::{GATES, UNIT, assert_refused, copied, indebted};
use hurdle_interface::instruction::SYSTEM_PROGRAM;
use hurdle_interface::{Amount, HurdleError};
use hurdle_tests::lender::{Lending, PRICE, Refusal, desk_args};
use hurdle_tests::world::key;
use lender_interface::args::{CreateDeskArgs, Gate};
use lender_interface::{Collateral, LenderError, instruction, pda};
use solana_instruction::error::InstructionError;
use solana_instruction::{AccountMeta, Instruction};
use solana_signer::Signer;

#[test]
fn another_market_is_refused_even_with_the_right_bytes_and_owner() {
    for gate in GATES {
        let mut lending = indebted(UNIT);
        let market = lending.world.market;
        let twin = copied(&mut lending.world, &market, |_| ());
        for mut act in [lending.borrow(1, gate), lending.withdraw(1, gate)] {
            act.accounts[3].pubkey = twin;
            assert_refused(&mut lending, act, LenderError::WrongMarket);
        }
    }
}

#[test]
fn the_desks_market_under_another_owner_is_refused() {
    let mut lending = indebted(UNIT);
    let market = lending.world.market;
    let mut account = lending.world.account(&market).unwrap();
    account.owner = key(91).pubkey();
    lending.world.svm.set_account(market, account).unwrap();
    let direct = lending.borrow(1, Gate::Direct);
    assert_refused(&mut lending, direct, HurdleError::WrongAccountOwner);
    let by_cpi = lending.borrow(1, Gate::Cpi);
    assert_refused(
        &mut lending,
        by_cpi,
        Refusal::Other(Some(InstructionError::IllegalOwner)),
    );
}

#[test]
fn a_program_in_hurdles_place_is_refused() {
    let mut lending = indebted(UNIT);
    for mut act in [lending.borrow(1, Gate::Cpi), lending.withdraw(1, Gate::Cpi)] {
        act.accounts[4].pubkey = lender_interface::ID;
        assert_refused(&mut lending, act, LenderError::WrongProgram);
    }
}

/// Everything that Alice does to a ledger.
fn movements(lending: &Lending) -> Vec<Instruction> {
    vec![
        lending.deposit(1),
        lending.repay(1),
        lending.borrow(1, Gate::Cpi),
        lending.borrow(1, Gate::Direct),
        lending.withdraw(1, Gate::Cpi),
        lending.withdraw(1, Gate::Direct),
    ]
}

#[test]
fn somebody_elses_vault_is_refused() {
    let mut lending = indebted(UNIT);
    let bobs = pda::vault(&lending.desk, &lending.bob.pubkey()).0;
    for mut act in movements(&lending) {
        act.accounts[2].pubkey = bobs;
        assert_refused(&mut lending, act, LenderError::WrongVaultOwner);
    }
    let bob = lending.bob.pubkey();
    for mut act in movements(&lending) {
        act.accounts[0].pubkey = bob;
        assert_refused(&mut lending, act, LenderError::WrongVaultOwner);
    }
}

#[test]
fn a_missing_signature_is_refused() {
    let mut lending = indebted(UNIT);
    let mut acts = movements(&lending);
    let (authority, alice) = (lending.authority.pubkey(), lending.alice.pubkey());
    acts.push(instruction::faucet(
        authority,
        lending.desk,
        alice,
        Amount(1),
        Collateral(1),
    ));
    acts.push(instruction::fund(authority, lending.desk, Amount(1)));
    acts.push(lending.priced(PRICE));
    for mut act in acts {
        act.accounts[0].is_signer = false;
        assert_refused(&mut lending, act, LenderError::MissingSignature);
    }
    let payer = lending.world.payer.pubkey();
    let mut open = instruction::open_account(payer, key(34).pubkey(), lending.desk);
    open.accounts[1].is_signer = false;
    assert_refused(&mut lending, open, LenderError::MissingSignature);
    let other = CreateDeskArgs { id: 2, ..desk_args() };
    let mut create = instruction::create_desk(payer, authority, lending.world.market, &other);
    create.accounts[1].is_signer = false;
    assert_refused(&mut lending, create, LenderError::MissingSignature);
}

#[test]
fn only_the_desks_authorities_price_credit_and_fund() {
    let mut lending = indebted(UNIT);
    let (authority, alice) = (lending.authority.pubkey(), lending.alice.pubkey());
    let price = instruction::set_price(authority, lending.desk, PRICE);
    assert_refused(&mut lending, price, LenderError::Unauthorized);
    let credit = instruction::faucet(alice, lending.desk, alice, Amount(1), Collateral(1));
    assert_refused(&mut lending, credit, LenderError::Unauthorized);
    let fund = instruction::fund(alice, lending.desk, Amount(1));
    assert_refused(&mut lending, fund, LenderError::Unauthorized);
    let mut of_another = instruction::fund(authority, lending.desk, Amount(1));
    of_another.accounts[2].pubkey = pda::vault(&lending.desk, &alice).0;
    assert_refused(&mut lending, of_another, LenderError::WrongVaultOwner);
}

#[test]
fn accounts_of_another_program_kind_or_desk_are_refused_in_every_place() {
    let mut lending = indebted(UNIT);
    let (desk, alice) = (lending.desk, lending.alice.pubkey());
    let vault = pda::vault(&desk, &alice).0;
    let (payer, authority, market) = (
        lending.world.payer.pubkey(),
        lending.authority.pubkey(),
        lending.world.market,
    );
    let other = CreateDeskArgs { id: 2, ..desk_args() };
    let other_desk = pda::desk(&authority, 2).0;
    for step in [
        instruction::create_desk(payer, authority, market, &other),
        instruction::open_account(payer, alice, other_desk),
    ] {
        lending.accepted(step).unwrap();
    }
    let other_vault = pda::vault(&other_desk, &alice).0;
    let foreign = copied(&mut lending.world, &vault, |account| {
        account.owner = key(91).pubkey()
    });
    let (place_of_desk, place_of_vault) = (1, 2);
    let cases = [
        (place_of_desk, vault, LenderError::InvalidAccountData),
        (place_of_desk, market, LenderError::WrongAccountOwner),
        (place_of_desk, other_desk, LenderError::WrongDesk),
        (place_of_vault, desk, LenderError::DuplicateAccount),
        (place_of_vault, other_desk, LenderError::InvalidAccountData),
        (place_of_vault, foreign, LenderError::WrongAccountOwner),
        (place_of_vault, other_vault, LenderError::WrongDesk),
    ];
    for (place, address, error) in cases {
        for mut act in movements(&lending) {
            act.accounts[place].pubkey = address;
            assert_refused(&mut lending, act, error);
        }
    }
    let mut price = lending.priced(PRICE);
    price.accounts[1].pubkey = vault;
    assert_refused(&mut lending, price, LenderError::InvalidAccountData);
    let open = instruction::open_account(payer, alice, market);
    assert_refused(&mut lending, open, LenderError::WrongAccountOwner);
}

#[test]
fn accounts_that_change_must_be_writable() {
    let mut lending = indebted(UNIT);
    for place in [1, 2] {
        for mut act in movements(&lending) {
            act.accounts[place].is_writable = false;
            assert_refused(&mut lending, act, LenderError::NotWritable);
        }
    }
    let mut price = lending.priced(PRICE);
    price.accounts[1].is_writable = false;
    assert_refused(&mut lending, price, LenderError::NotWritable);
}

#[test]
fn an_account_too_few_or_too_many_is_refused() {
    let mut lending = indebted(UNIT);
    for act in movements(&lending) {
        let mut fewer = act.clone();
        fewer.accounts.pop();
        assert_refused(&mut lending, fewer, LenderError::WrongAccountCount);
        let mut more = act;
        more.accounts
            .push(AccountMeta::new_readonly(SYSTEM_PROGRAM, false));
        if more.accounts.len() == 5 {
            // the direct gate's accounts and one more: as many as the other gate takes
            assert_eq!(more.data.get(9), Some(&Gate::Direct.byte()));
        }
        assert_refused(&mut lending, more, LenderError::WrongAccountCount);
    }
}

#[test]
fn malformed_data_is_refused() {
    let mut lending = indebted(UNIT);
    for act in movements(&lending) {
        for length in 0..act.data.len() {
            let mut truncated = act.clone();
            truncated.data.truncate(length);
            let error = if length == 0 {
                LenderError::UnknownInstruction
            } else {
                LenderError::MalformedArguments
            };
            assert_refused(&mut lending, truncated, error);
        }
        let mut longer = act.clone();
        longer.data.push(0);
        assert_refused(&mut lending, longer, LenderError::MalformedArguments);
        let mut unknown = act;
        unknown.data[0] = 9;
        assert_refused(&mut lending, unknown, LenderError::UnknownInstruction);
    }
    for (at, byte) in [(9, 2), (10, 1), (16, 1)] {
        let mut act = lending.borrow(1, Gate::Direct);
        act.data[at] = byte;
        assert_refused(&mut lending, act, LenderError::MalformedArguments);
    }
}
