//! What must hold before the first cycle, checked against the chain: each failure would make every report fail.

use crate::chain::{Chain, ChainError, find_state, read_state};
use hurdle_interface::pda;
use hurdle_interface::state::{CommitteeState, ConfigState, MarketState};
use solana_address::Address;
use solana_hash::Hash;
use thiserror::Error;

/// What the daemon expects of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// The market's name, as it stands on-chain.
    pub market: [u8; 16],
    /// The keepers' public keys.
    pub keys: Vec<Address>,
    /// Who pays the fees.
    pub payer: Address,
    /// Hash of the model that the keepers run.
    pub model_hash: [u8; 32],
    /// The risk class that the model protects.
    pub class: u8,
}

/// Why the daemon does not start.
#[derive(Debug, Error)]
pub enum PreflightError {
    /// The endpoint gave no answer, or an account cannot be read.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The program has no config on this cluster.
    #[error(
        "the Hurdle program {} has no config on this cluster: run `hurdle init` first, or check cluster.url",
        hurdle_interface::ID
    )]
    NoConfig,
    /// The config was created for another cluster.
    #[error(
        "this cluster's genesis hash is {cluster}, but the Hurdle config was created for {config}: point cluster.url to \
         that cluster"
    )]
    WrongCluster {
        /// The cluster's.
        cluster: Hash,
        /// The config's.
        config: Hash,
    },
    /// There is no such market.
    #[error(
        "market {name} does not exist (its address would be {address}): run `hurdle init`, or check `market`"
    )]
    NoMarket {
        /// The configured name.
        name: String,
        /// Where it would be.
        address: Address,
    },
    /// A key is not in the market's committee.
    #[error(
        "key {key} is not in the committee {committee} of the market: remove it from keys.committee, or have governance \
         add it"
    )]
    NotAMember {
        /// The key.
        key: Address,
        /// The committee.
        committee: Address,
    },
    /// The keys are too few to publish alone.
    #[error(
        "the committee needs {threshold} signatures, but keys.committee has {keys} keys: add the missing key files"
    )]
    BelowThreshold {
        /// Signatures that a report needs.
        threshold: u8,
        /// Keys that the daemon has.
        keys: usize,
    },
    /// A key stands twice.
    #[error(
        "key {key} stands twice: every keeper needs a key of its own, and keys.payer is none of keys.committee"
    )]
    SameKey {
        /// The key.
        key: Address,
    },
    /// The market declares another model.
    #[error(
        "the market declares model {market}, the keeper file computes model {own}: use the keeper file and the version \
         of `hurdle` that the market was created with"
    )]
    WrongModel {
        /// The market's hash.
        market: Hash,
        /// The keepers'.
        own: Hash,
    },
    /// The model refers to a risk class that the market does not define.
    #[error("model.tail.class is {class}, which the market does not define: use one that it does")]
    NoClass {
        /// The configured index.
        class: u8,
    },
    /// Nobody can pay.
    #[error("the payer {payer} has no balance on this cluster: send it some SOL")]
    NoFunds {
        /// The account.
        payer: Address,
    },
}

/// The market that the daemon publishes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its address.
    pub address: Address,
    /// Its state.
    pub market: MarketState,
    /// Its committee.
    pub committee: CommitteeState,
}

/// Checks everything that must hold before the first cycle.
///
/// # Errors
/// [`PreflightError`], the first that is found.
pub async fn preflight(chain: &impl Chain, expected: &Expectation) -> Result<Found, PreflightError> {
    distinct(expected)?;
    let cluster = chain.genesis_hash().await?;
    let config: ConfigState = find_state(chain, "config", &pda::config().0)
        .await?
        .ok_or(PreflightError::NoConfig)?;
    if config.genesis_hash != cluster.to_bytes() {
        let config = Hash::new_from_array(config.genesis_hash);
        return Err(PreflightError::WrongCluster { cluster, config });
    }
    let (address, _) = pda::market(&expected.market);
    let name = String::from_utf8_lossy(&expected.market)
        .trim_end_matches('\0')
        .to_owned();
    let market: MarketState = find_state(chain, "market", &address)
        .await?
        .ok_or(PreflightError::NoMarket { name, address })?;
    let committee: CommitteeState = read_state(chain, "committee", &market.committee).await?;
    check(expected, &market, &committee)?;
    let funds = chain
        .account(&expected.payer)
        .await?
        .map_or(0, |account| account.lamports);
    if funds == 0 {
        return Err(PreflightError::NoFunds {
            payer: expected.payer,
        });
    }
    Ok(Found {
        address,
        market,
        committee,
    })
}

fn distinct(expected: &Expectation) -> Result<(), PreflightError> {
    let keys = || std::iter::once(&expected.payer).chain(&expected.keys);
    let repeated = keys()
        .enumerate()
        .find(|(index, key)| keys().skip(index + 1).any(|other| other == *key));
    repeated.map_or(Ok(()), |(_, key)| Err(PreflightError::SameKey { key: *key }))
}

/// What can be told from the accounts alone.
fn check(
    expected: &Expectation,
    market: &MarketState,
    committee: &CommitteeState,
) -> Result<(), PreflightError> {
    let members = committee.members();
    if let Some(key) = expected.keys.iter().find(|key| !members.contains(key)) {
        return Err(PreflightError::NotAMember {
            key: *key,
            committee: market.committee,
        });
    }
    if expected.keys.len() < usize::from(committee.threshold) {
        return Err(PreflightError::BelowThreshold {
            threshold: committee.threshold,
            keys: expected.keys.len(),
        });
    }
    if market.model_hash != expected.model_hash {
        return Err(PreflightError::WrongModel {
            market: Hash::new_from_array(market.model_hash),
            own: Hash::new_from_array(expected.model_hash),
        });
    }
    market
        .class(expected.class)
        .map_err(|_| PreflightError::NoClass {
            class: expected.class,
        })?;
    Ok(())
}

#[cfg(test)]
mod tests;
