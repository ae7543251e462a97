use super::*;
use crate::chain::{ChainAccount, Outcome, RecentBlockhash};
use hurdle_interface::margin::RiskClass;
use hurdle_interface::publication::Now;
use hurdle_interface::state::AccountLayout;
use hurdle_interface::{Slot, UnixTime};
use solana_transaction::versioned::VersionedTransaction;
use std::collections::HashMap;

const GENESIS: [u8; 32] = [9; 32];
const NAME: [u8; 16] = *b"SOL-USDC\0\0\0\0\0\0\0\0";

/// A chain that holds accounts and does nothing else.
struct Ledger {
    genesis: Hash,
    accounts: HashMap<Address, ChainAccount>,
}

impl Chain for Ledger {
    async fn genesis_hash(&self) -> Result<Hash, ChainError> {
        Ok(self.genesis)
    }

    async fn account(&self, address: &Address) -> Result<Option<ChainAccount>, ChainError> {
        Ok(self.accounts.get(address).cloned())
    }

    async fn now(&self) -> Result<Now, ChainError> {
        Ok(Now {
            time: UnixTime(0),
            slot: Slot(0),
        })
    }

    async fn latest_blockhash(&self) -> Result<RecentBlockhash, ChainError> {
        unreachable!("the checks send nothing")
    }

    async fn simulate(&self, _: &VersionedTransaction) -> Result<Outcome, ChainError> {
        unreachable!("the checks send nothing")
    }

    async fn send_and_confirm(
        &self,
        _: &VersionedTransaction,
        _: RecentBlockhash,
    ) -> Result<Outcome, ChainError> {
        unreachable!("the checks send nothing")
    }
}

impl Ledger {
    fn put<T: AccountLayout>(&mut self, address: Address, state: &T) {
        let data = [&T::DISCRIMINATOR[..], bytemuck::bytes_of(state)].concat();
        let account = ChainAccount {
            owner: hurdle_interface::ID,
            data,
            lamports: 1,
        };
        self.accounts.insert(address, account);
    }
}

fn key(byte: u8) -> Address {
    Address::new_from_array([byte; 32])
}

fn expectation() -> Expectation {
    Expectation {
        market: NAME,
        keys: vec![key(1), key(2)],
        payer: key(7),
        model_hash: [4; 32],
        class: 0,
    }
}

/// A ledger on which everything is as expected.
fn ledger() -> Ledger {
    let mut ledger = Ledger {
        genesis: Hash::new_from_array(GENESIS),
        accounts: HashMap::new(),
    };
    let mut config: ConfigState = bytemuck::Zeroable::zeroed();
    (config.version, config.genesis_hash) = (ConfigState::VERSION, GENESIS);
    ledger.put(pda::config().0, &config);
    let mut committee: CommitteeState = bytemuck::Zeroable::zeroed();
    committee.version = CommitteeState::VERSION;
    committee.set_members(&[key(1), key(2), key(3)], 2).unwrap();
    ledger.put(pda::committee(1).0, &committee);
    let mut market: MarketState = bytemuck::Zeroable::zeroed();
    market.version = MarketState::VERSION;
    (market.committee, market.model_hash) = (pda::committee(1).0, [4; 32]);
    market.classes[0] = RiskClass {
        initial: hurdle_interface::Ratio::ONE,
        ..market.classes[0]
    };
    ledger.put(pda::market(&NAME).0, &market);
    ledger.accounts.insert(
        key(7),
        ChainAccount {
            owner: key(0),
            data: vec![],
            lamports: 5,
        },
    );
    ledger
}

fn checked(ledger: &Ledger, expected: &Expectation) -> Result<Found, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime
        .block_on(preflight(ledger, expected))
        .map_err(|error| error.to_string())
}

#[test]
fn a_chain_that_is_as_expected_passes() {
    let found = checked(&ledger(), &expectation()).unwrap();
    assert_eq!(found.address, pda::market(&NAME).0);
    assert_eq!(found.committee.threshold, 2);
}

#[test]
fn another_cluster_is_refused_with_both_hashes() {
    let mut other = ledger();
    other.genesis = Hash::new_from_array([8; 32]);
    let error = checked(&other, &expectation()).unwrap_err();
    assert!(
        error.contains(&Hash::new_from_array([8; 32]).to_string()),
        "{error}"
    );
    assert!(
        error.contains(&Hash::new_from_array(GENESIS).to_string()),
        "{error}"
    );
    assert!(error.contains("cluster.url"), "{error}");
}

#[test]
fn a_program_without_config_and_a_market_that_is_not_there_lead_to_init() {
    let mut empty = ledger();
    empty.accounts.remove(&pda::config().0);
    assert!(
        checked(&empty, &expectation())
            .unwrap_err()
            .contains("run `hurdle init` first")
    );
    let other = Expectation {
        market: *b"ETH-USDC\0\0\0\0\0\0\0\0",
        ..expectation()
    };
    let error = checked(&ledger(), &other).unwrap_err();
    assert!(error.starts_with("market ETH-USDC does not exist"), "{error}");
}

#[test]
fn a_key_outside_the_committee_too_few_keys_and_a_key_twice_are_named() {
    let outside = Expectation {
        keys: vec![key(1), key(9)],
        ..expectation()
    };
    let error = checked(&ledger(), &outside).unwrap_err();
    assert!(
        error.starts_with(&format!("key {} is not in the committee", key(9))),
        "{error}"
    );
    let few = Expectation {
        keys: vec![key(1)],
        ..expectation()
    };
    assert!(
        checked(&ledger(), &few)
            .unwrap_err()
            .contains("needs 2 signatures, but keys.committee has 1")
    );
    let twice = Expectation {
        keys: vec![key(1), key(1)],
        ..expectation()
    };
    assert!(
        checked(&ledger(), &twice)
            .unwrap_err()
            .starts_with(&format!("key {} stands twice", key(1)))
    );
    let paying = Expectation {
        payer: key(2),
        ..expectation()
    };
    assert!(
        checked(&ledger(), &paying)
            .unwrap_err()
            .starts_with(&format!("key {} stands twice", key(2)))
    );
}

#[test]
fn another_model_a_missing_class_and_an_empty_payer_are_named() {
    let model = Expectation {
        model_hash: [5; 32],
        ..expectation()
    };
    assert!(
        checked(&ledger(), &model)
            .unwrap_err()
            .starts_with("the market declares model")
    );
    let class = Expectation {
        class: 3,
        ..expectation()
    };
    assert!(
        checked(&ledger(), &class)
            .unwrap_err()
            .starts_with("model.tail.class is 3")
    );
    let poor = Expectation {
        payer: key(6),
        ..expectation()
    };
    assert!(checked(&ledger(), &poor).unwrap_err().contains("has no balance"));
}
