//! Every account of every instruction of Hurdle, the lender and perps, replaced in every way that applies: another address,
//! owner or kind, not a signer, not writable, another account of the list in its place, missing. The answers are exact, one table for each
//! instruction under `expected/`; `HURDLE_BLESS=1` writes them anew, to be read before they are committed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod scenarios;

use hurdle_tests::substitution::Scenario;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

macro_rules! substitutions {
    ($($name:ident,)*) => {
        const NAMES: &[&str] = &[$(stringify!($name),)*];

        $(
            #[test]
            fn $name() {
                let expected = include_str!(concat!("expected/", stringify!($name), ".txt"));
                check(stringify!($name), &scenarios::$name(), expected);
            }
        )*
    };
}

substitutions! {
    create_config,
    create_committee,
    create_market,
    set_risk_class,
    publish,
    grow_history,
    check_margin,
    preview_margin,
    nominate_authority,
    accept_authority,
    set_params,
    propose_market_change,
    propose_committee_change,
    propose_config_change,
    execute_market_change,
    execute_committee_change,
    execute_config_change,
    veto_proposal,
    close_proposal,
    tighten_params,
    tighten_class,
    tighten_committee,
    tighten_timelock,
    pause_market,
    unpause_market,
}

/// The instructions as the IDL declares them.
fn idl() -> Vec<Value> {
    let idl: Value = serde_json::from_str(include_str!("../../../idls/hurdle.json")).unwrap();
    idl["instructions"].as_array().unwrap().clone()
}

#[test]
fn every_instruction_has_a_scenario() {
    let idl = idl();
    let declared: BTreeSet<&str> = idl.iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(declared, NAMES.iter().copied().collect());
}

macro_rules! substitutions_of_the_lender {
    ($($name:ident,)*) => {
        /// The lender's instructions; those that ask Hurdle by each of their gates.
        mod lender {
            use super::scenarios::lender::{self, Named};

            const SCENARIOS: &[fn() -> Named] = &[$(lender::$name,)*];

            $(
                #[test]
                fn $name() {
                    let Named { scenario, names } = lender::$name();
                    let expected = include_str!(concat!("expected/lender/", stringify!($name), ".txt"));
                    super::compare(concat!("lender/", stringify!($name)), &scenario, names, expected);
                }
            )*

            #[test]
            fn every_instruction_has_a_scenario() {
                let mut tags: Vec<u8> =
                    SCENARIOS.iter().map(|of| of().scenario.instructions[0].data[0]).collect();
                tags.sort_unstable();
                tags.dedup();
                let defined = (0..=u8::MAX).filter(|byte| lender_interface::args::Tag::try_from(*byte).is_ok());
                assert_eq!(tags, defined.collect::<Vec<u8>>());
            }
        }
    };
}

substitutions_of_the_lender! {
    create_desk,
    set_price,
    open_account,
    faucet,
    fund,
    deposit,
    borrow_by_cpi,
    borrow_directly,
    repay,
    withdraw_by_cpi,
    withdraw_directly,
}

macro_rules! substitutions_of_perps {
    ($($name:ident,)*) => {
        /// The instructions of perps.
        mod perps {
            use super::scenarios::perps;
            use super::scenarios::lender::Named;
            use std::collections::BTreeSet;

            const NAMES: &[&str] = &[$(stringify!($name),)*];

            $(
                #[test]
                fn $name() {
                    let Named { scenario, names } = perps::$name();
                    let expected = include_str!(concat!("expected/perps/", stringify!($name), ".txt"));
                    super::compare(concat!("perps/", stringify!($name)), &scenario, names, expected);
                }
            )*

            /// Those that the program's entry module declares.
            #[test]
            fn every_instruction_has_a_scenario() {
                let source = include_str!("../../../programs/perps/src/lib.rs");
                let declared: BTreeSet<&str> = source
                    .lines()
                    .filter_map(|line| line.trim_start().strip_prefix("pub fn "))
                    .filter_map(|rest| rest.split('(').next())
                    .collect();
                assert_eq!(declared, NAMES.iter().copied().collect());
            }
        }
    };
}

substitutions_of_perps! {
    create_exchange,
    open_book,
    deposit,
    increase,
    withdraw,
    reduce,
}

/// Compares the program's answers with the committed ones, and the instruction with its declaration.
fn check(name: &str, scenario: &Scenario, expected: &str) {
    let idl = idl();
    let declared = idl
        .iter()
        .find(|one| one["name"] == name)
        .expect("the instruction is in the IDL");
    let instruction = &scenario.instructions[scenario.at];
    let discriminator: Vec<u8> = serde_json::from_value(declared["discriminator"].clone()).unwrap();
    assert_eq!(instruction.data[..8], discriminator);
    let accounts = declared["accounts"].as_array().unwrap();
    let names: Vec<String> = accounts
        .iter()
        .map(|account| account["name"].as_str().unwrap().to_owned())
        .collect();
    for (meta, account) in instruction.accounts.iter().zip(accounts) {
        let flag = |name: &str| account[name].as_bool().unwrap_or(false);
        assert_eq!(meta.is_signer, flag("signer"), "{}", account["name"]);
        assert_eq!(meta.is_writable, flag("writable"), "{}", account["name"]);
    }

    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    compare(name, scenario, &names, expected);
}

/// Compares a program's answers with the committed ones.
fn compare(name: &str, scenario: &Scenario, names: &[&str], expected: &str) {
    let answers = scenario.table(names).unwrap();
    if std::env::var_os("HURDLE_BLESS").is_some() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/substitution/expected");
        std::fs::write(folder.join(name).with_extension("txt"), &answers).unwrap();
        return;
    }
    for (answer, expected) in answers.lines().zip(expected.lines()) {
        assert_eq!(answer, expected);
    }
    assert_eq!(answers.lines().count(), expected.lines().count(), "substitutions");
}
