//! A cluster behind JSON-RPC.
//!
//! | the keeper needs | it asks |
//! |---|---|
//! | slot and time as programs see them | the clock sysvar's account |
//! | an account | `getAccountInfo` |
//! | a blockhash and its end | `getLatestBlockhash` |
//! | whether a transaction would succeed | `simulateTransaction`, signatures verified |
//! | a transaction on the chain | `sendTransaction` without preflight, then `getBlockHeight` and `getSignatureStatuses` |
//! | what it did | `getTransaction` |
//! | staking | `getInflationRate`, `getVoteAccounts`, `getSupply`, `getEpochInfo` |
//!
//! Every answer is at the configured commitment and within the configured time.

mod confirm;
mod endpoint;

pub use confirm::ConfirmPolicy;

use super::{Chain, ChainAccount, ChainError, Outcome, RecentBlockhash};
use crate::source::{StakeReading, StakeSource};
use crate::timer::{MonotonicTimer, Timer};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use confirm::{Landing, Look, Status, Wire, confirm};
use hurdle_interface::publication::Now;
use hurdle_interface::{Slot, UnixTime};
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_hash::Hash;
use solana_rpc_client::api::client_error::Error as ClientError;
use solana_rpc_client::api::config::{
    RpcSendTransactionConfig, RpcSimulateTransactionConfig, RpcSupplyConfig, RpcTransactionConfig,
};
use solana_rpc_client::api::request::RpcRequest;
use solana_rpc_client::api::response::{Response, RpcSupply};
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;
use std::time::Duration;

/// The clock sysvar.
const CLOCK_SYSVAR: Address = Address::from_str_const("SysvarC1ock11111111111111111111111111111111");
/// How often to ask for the record of a transaction that is confirmed but not yet in the node's history.
const RECORD_ATTEMPTS: u32 = 5;

/// From which block on an answer counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Commitment {
    /// Voted for by two thirds of the stake: final but for an attack that costs a third of the stake.
    #[default]
    Confirmed,
    /// Rooted: final.
    Finalized,
}

impl From<Commitment> for CommitmentConfig {
    fn from(commitment: Commitment) -> Self {
        match commitment {
            Commitment::Confirmed => Self::confirmed(),
            Commitment::Finalized => Self::finalized(),
        }
    }
}

/// A cluster behind one JSON-RPC endpoint.
pub struct RpcChain {
    client: RpcClient,
    endpoint: String,
    commitment: CommitmentConfig,
    timeout: Duration,
    policy: ConfirmPolicy,
    timer: MonotonicTimer,
}

impl RpcChain {
    /// A cluster at a URL; nothing is asked yet. `timeout` is for each single request.
    #[must_use]
    pub fn new(url: &str, commitment: Commitment, timeout: Duration, policy: ConfirmPolicy) -> Self {
        let commitment = CommitmentConfig::from(commitment);
        Self {
            client: RpcClient::new_with_timeout_and_commitment(url.to_owned(), timeout, commitment),
            endpoint: endpoint::label(url),
            commitment,
            timeout,
            policy,
            timer: MonotonicTimer::start(),
        }
    }

    /// The endpoint's name in messages: its URL without path and query.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// An answer in time, or the reason why there is none.
    async fn answer<T>(
        &self,
        request: impl Future<Output = Result<T, ClientError>> + Send,
    ) -> Result<T, ChainError> {
        // the client's own timeout does not count the pauses that it makes where it is throttled
        match tokio::time::timeout(self.timeout, request).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(self.unreachable(endpoint::reason(error))),
            Err(_) => Err(self.unreachable(format!("no answer within {} s", self.timeout.as_secs()))),
        }
    }

    fn unreachable(&self, reason: String) -> ChainError {
        ChainError::Unreachable {
            endpoint: self.endpoint.clone(),
            reason,
        }
    }

    /// The node's record of a confirmed transaction; a bare outcome where it keeps none.
    async fn outcome(&self, signature: Signature, slot: Slot) -> Outcome {
        let config = RpcTransactionConfig {
            commitment: Some(self.commitment),
            max_supported_transaction_version: Some(0),
            ..RpcTransactionConfig::default()
        };
        for _ in 0..RECORD_ATTEMPTS {
            let record = self
                .answer(self.client.get_transaction_with_config(&signature, config))
                .await;
            if let Some(meta) = record.ok().and_then(|record| record.transaction.meta) {
                let logs: Option<Vec<String>> = meta.log_messages.into();
                let units: Option<u64> = meta.compute_units_consumed.into();
                return Outcome {
                    signature,
                    slot,
                    compute_units: units.unwrap_or_default(),
                    logs: logs.unwrap_or_default(),
                    return_data: None,
                };
            }
            self.timer.sleep(self.policy.poll_every).await;
        }
        tracing::debug!(%signature, "the node keeps no record of the transaction: no log, no compute units");
        Outcome {
            signature,
            slot,
            ..Outcome::default()
        }
    }
}

impl Chain for RpcChain {
    async fn genesis_hash(&self) -> Result<Hash, ChainError> {
        self.answer(self.client.get_genesis_hash()).await
    }

    async fn account(&self, address: &Address) -> Result<Option<ChainAccount>, ChainError> {
        let request = self.client.get_account_with_commitment(address, self.commitment);
        let account = self.answer(request).await?.value;
        Ok(account.map(|account| ChainAccount {
            owner: account.owner,
            data: account.data,
            lamports: account.lamports,
        }))
    }

    async fn now(&self) -> Result<Now, ChainError> {
        let clock = self
            .account(&CLOCK_SYSVAR)
            .await?
            .ok_or(ChainError::MissingAccount {
                what: "clock sysvar",
                address: CLOCK_SYSVAR,
            })?;
        read_clock(&clock.data)
            .ok_or_else(|| self.unreachable("the clock sysvar has another layout than Agave's".into()))
    }

    async fn latest_blockhash(&self) -> Result<RecentBlockhash, ChainError> {
        let request = self.client.get_latest_blockhash_with_commitment(self.commitment);
        let (hash, last_valid_block_height) = self.answer(request).await?;
        Ok(RecentBlockhash {
            hash,
            last_valid_block_height,
        })
    }

    async fn simulate(&self, transaction: &VersionedTransaction) -> Result<Outcome, ChainError> {
        let config = RpcSimulateTransactionConfig {
            sig_verify: true,
            commitment: Some(self.commitment),
            ..RpcSimulateTransactionConfig::default()
        };
        let response = self
            .answer(self.client.simulate_transaction_with_config(transaction, config))
            .await?;
        let result = response.value;
        let return_data = result.return_data.and_then(|returned| {
            let program = returned.program_id.parse().ok()?;
            Some((program, STANDARD.decode(returned.data.0).ok()?))
        });
        let outcome = Outcome {
            signature: signature(transaction),
            slot: Slot(response.context.slot),
            compute_units: result.units_consumed.unwrap_or_default(),
            logs: result.logs.unwrap_or_default(),
            return_data,
        };
        match result.err {
            None => Ok(outcome),
            Some(error) => Err(ChainError::refused(&error.into(), outcome)),
        }
    }

    async fn send_and_confirm(
        &self,
        transaction: &VersionedTransaction,
        blockhash: RecentBlockhash,
    ) -> Result<Outcome, ChainError> {
        let signature = signature(transaction);
        let flight = Flight {
            chain: self,
            transaction,
            signature,
        };
        let valid = blockhash.last_valid_block_height;
        let Landing { slot, error } = confirm(&flight, &self.timer, &self.policy, signature, valid).await?;
        let outcome = self.outcome(signature, slot).await;
        match error {
            None => Ok(outcome),
            Some(error) => Err(ChainError::refused(&error, outcome)),
        }
    }
}

impl StakeSource for RpcChain {
    async fn stake(&self) -> Result<StakeReading, ChainError> {
        let inflation = self.answer(self.client.get_inflation_rate()).await?;
        let votes = self.answer(self.client.get_vote_accounts()).await?;
        let config = RpcSupplyConfig {
            commitment: Some(self.commitment),
            exclude_non_circulating_accounts_list: true,
        };
        let request = self
            .client
            .send(RpcRequest::GetSupply, serde_json::json!([config]));
        let supply: Response<RpcSupply> = self.answer(request).await?;
        let epoch = self.answer(self.client.get_epoch_info()).await?;
        let voting = votes
            .current
            .iter()
            .chain(&votes.delinquent)
            .map(|account| (account.activated_stake, f64::from(account.commission) / 100.0));
        Ok(StakeReading::new(
            epoch.epoch,
            inflation.validator,
            supply.value.total,
            voting,
        ))
    }
}

/// A transaction on its way.
struct Flight<'a> {
    chain: &'a RpcChain,
    transaction: &'a VersionedTransaction,
    signature: Signature,
}

impl Wire for Flight<'_> {
    async fn send(&self) -> Result<(), ChainError> {
        // it was simulated before, and the node must not repeat it on its own: the keeper does
        let config = RpcSendTransactionConfig {
            skip_preflight: true,
            max_retries: Some(0),
            ..RpcSendTransactionConfig::default()
        };
        let request = self
            .chain
            .client
            .send_transaction_with_config(self.transaction, config);
        self.chain.answer(request).await.map(drop)
    }

    async fn look(&self) -> Result<Look, ChainError> {
        let chain = self.chain;
        let commitment = chain.commitment;
        let block_height = chain
            .answer(chain.client.get_block_height_with_commitment(commitment))
            .await?;
        let signatures = [self.signature];
        let statuses = chain
            .answer(chain.client.get_signature_statuses(&signatures))
            .await?
            .value;
        let status = statuses.into_iter().next().flatten().map(|status| Status {
            slot: Slot(status.slot),
            settled: status.satisfies_commitment(commitment),
            error: status.err,
        });
        Ok(Look { block_height, status })
    }
}

fn signature(transaction: &VersionedTransaction) -> Signature {
    transaction.signatures.first().copied().unwrap_or_default()
}

/// Slot and time out of the clock sysvar: slot, start of the epoch, epoch, epoch of the leader schedule, time; each
/// eight bytes, little-endian (Agave `solana-clock`).
fn read_clock(data: &[u8]) -> Option<Now> {
    let slot = u64::from_le_bytes(*data.first_chunk()?);
    let time = i64::from_le_bytes(*data.get(32..)?.first_chunk()?);
    Some(Now {
        time: UnixTime(time),
        slot: Slot(slot),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::net::TcpListener;

    fn chain(url: &str, timeout: Duration) -> RpcChain {
        RpcChain::new(url, Commitment::Confirmed, timeout, ConfirmPolicy::default())
    }

    fn ask(chain: &RpcChain) -> String {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(chain.genesis_hash()).unwrap_err().to_string()
    }

    #[test]
    fn the_clock_is_read_as_the_runtime_writes_it() {
        let mut data = [0u8; 40];
        data[..8].copy_from_slice(&77u64.to_le_bytes());
        data[32..].copy_from_slice(&1_700_000_000i64.to_le_bytes());
        assert_eq!(
            read_clock(&data),
            Some(Now {
                time: UnixTime(1_700_000_000),
                slot: Slot(77)
            })
        );
        assert_eq!(read_clock(&data[..39]), None);
    }

    #[test]
    fn an_endpoint_that_is_down_is_named_without_its_key() {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let error = ask(&chain(
            &format!("http://127.0.0.1:{port}/secret"),
            Duration::from_secs(5),
        ));
        assert!(
            error.starts_with(&format!("http://127.0.0.1:{port} does not answer")),
            "{error}"
        );
        assert!(!error.contains("secret"), "{error}");
    }

    #[test]
    fn an_endpoint_that_keeps_silent_is_given_up_after_the_timeout() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let error = ask(&chain(&url, Duration::from_millis(50)));
        assert!(error.starts_with(&url), "{error}");
    }

    proptest! {
        #[test]
        fn any_clock_data_is_read_or_refused(data in prop::collection::vec(any::<u8>(), 0..64)) {
            prop_assert_eq!(read_clock(&data).is_some(), data.len() >= 40);
        }
    }
}
