//! Opening desks and vaults.

use crate::{UNIT, assert_refused, copied, indebted, refused};
use hurdle_interface::HurdleError;
use hurdle_tests::lender::{Lending, desk_args, outcome};
use hurdle_tests::world::key;
use lender_interface::args::CreateDeskArgs;
use lender_interface::{LenderError, instruction, pda};
use solana_account::Account;
use solana_instruction::Instruction;
use solana_signer::Signer;

#[test]
fn a_desk_opens_only_on_a_hurdle_market_with_its_risk_class() {
    let mut lending = Lending::without_desk().unwrap();
    let (payer, authority, market) = (
        lending.world.payer.pubkey(),
        lending.authority.pubkey(),
        lending.world.market,
    );
    let create = |market, args: CreateDeskArgs| instruction::create_desk(payer, authority, market, &args);
    let fake = copied(&mut lending.world, &market, |account| {
        account.owner = key(91).pubkey()
    });
    assert_refused(
        &mut lending,
        create(fake, desk_args()),
        HurdleError::WrongAccountOwner,
    );
    let committee = lending.world.committee;
    assert_refused(
        &mut lending,
        create(committee, desk_args()),
        HurdleError::InvalidAccountData,
    );
    let unknown = CreateDeskArgs {
        class: 1,
        ..desk_args()
    };
    assert_refused(
        &mut lending,
        create(market, unknown),
        HurdleError::UnknownRiskClass,
    );
    let ageless = CreateDeskArgs {
        max_rate_age: 0,
        ..desk_args()
    };
    assert_refused(
        &mut lending,
        create(market, ageless),
        LenderError::InvalidParameter,
    );
    lending.accepted(create(market, desk_args())).unwrap();
    assert_refused(
        &mut lending,
        create(market, desk_args()),
        LenderError::AlreadyCreated,
    );
}

#[test]
fn vaults_and_desks_are_created_at_their_addresses_once_and_by_the_system_program() {
    let mut lending = indebted(UNIT);
    let (payer, newcomer) = (lending.world.payer.pubkey(), key(34));
    let mut attempt = |change: fn(&mut Instruction), error| {
        let mut open = instruction::open_account(payer, newcomer.pubkey(), lending.desk);
        change(&mut open);
        let sent = lending.world.send_with(&[open], &[&newcomer]);
        assert_eq!(outcome(&sent), refused(error));
        assert!(
            lending.vault(&newcomer.pubkey()).is_err(),
            "a refusal opened a vault"
        );
    };
    attempt(
        |open| open.accounts[3].pubkey = key(92).pubkey(),
        LenderError::WrongAddress,
    );
    attempt(
        |open| open.accounts[3].is_writable = false,
        LenderError::NotWritable,
    );
    attempt(
        |open| open.accounts[4].pubkey = hurdle_interface::ID,
        LenderError::WrongProgram,
    );
    let again = instruction::open_account(payer, lending.alice.pubkey(), lending.desk);
    assert_refused(&mut lending, again, LenderError::AlreadyCreated);
    let other = CreateDeskArgs { id: 2, ..desk_args() };
    let mut create =
        instruction::create_desk(payer, lending.authority.pubkey(), lending.world.market, &other);
    create.accounts[2].pubkey = key(92).pubkey();
    assert_refused(&mut lending, create, LenderError::WrongAddress);
}

#[test]
fn a_vault_opens_at_an_address_that_somebody_sent_lamports_to() {
    for lamports in [1, 10_000_000_000] {
        let mut lending = Lending::new().unwrap();
        let newcomer = key(34);
        let address = pda::vault(&lending.desk, &newcomer.pubkey()).0;
        let gift = Account {
            lamports,
            ..Account::default()
        };
        lending.world.svm.set_account(address, gift).unwrap();
        let payer = lending.world.payer.pubkey();
        let open = instruction::open_account(payer, newcomer.pubkey(), lending.desk);
        let sent = lending.world.send_with(&[open], &[&newcomer]);
        assert!(outcome(&sent).is_ok(), "{sent:?}");
        assert_eq!(lending.vault(&newcomer.pubkey()).unwrap().invariant(), Ok(()));
        let account = lending.world.account(&address).unwrap();
        let needed = lending
            .world
            .svm
            .minimum_balance_for_rent_exemption(account.data.len());
        assert_eq!(account.lamports, lamports.max(needed));
    }
}
