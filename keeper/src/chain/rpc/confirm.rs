//! From a signed transaction to its landing: what to do next is decided from data; the loop around it only carries out.

use crate::chain::ChainError;
use crate::timer::Timer;
use hurdle_interface::Slot;
use solana_signature::Signature;
use solana_transaction_error::TransactionError;
use std::time::Duration;

/// How long to wait for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConfirmPolicy {
    /// Between two looks at the transaction.
    pub poll_every: Duration,
    /// Between two sends: leaders drop what does not fit their block.
    pub resend_every: Duration,
    /// After which a transaction that neither lands nor expires is given up: the cluster stands still.
    pub give_up_after: Duration,
    /// Looks in a row that the endpoint may fail to answer.
    pub failures: u32,
}

impl Default for ConfirmPolicy {
    /// A blockhash lives for 150 blocks, about a minute and a half.
    fn default() -> Self {
        Self {
            poll_every: Duration::from_millis(500),
            resend_every: Duration::from_secs(2),
            give_up_after: Duration::from_secs(240),
            failures: 10,
        }
    }
}

/// What the cluster says about a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Slot of the block that holds it.
    pub slot: Slot,
    /// Whether that block has reached the commitment that the keeper waits for.
    pub settled: bool,
    /// How it failed, if it did.
    pub error: Option<TransactionError>,
}

/// One look at a transaction. The height must have been read before the status: what is not there then, after its
/// blockhash had expired, can no longer land.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Block height of the cluster.
    pub block_height: u64,
    /// The transaction, where a block holds it.
    pub status: Option<Status>,
}

/// What to do with a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Send it again.
    Resend,
    /// Look again later.
    Wait,
    /// It has landed and done its work.
    Confirmed(Slot),
    /// It has landed and failed.
    Failed(Slot, TransactionError),
    /// It has not landed and never will.
    Expired,
    /// It may still land, but the cluster does not say.
    GiveUp,
}

/// Decides from what was seen; `in_flight` is the time since the first send, `unsent` since the last.
#[must_use]
pub fn decide(
    policy: &ConfirmPolicy,
    last_valid_block_height: u64,
    look: &Look,
    in_flight: Duration,
    unsent: Duration,
) -> Step {
    match &look.status {
        Some(Status {
            slot,
            settled: true,
            error: None,
        }) => Step::Confirmed(*slot),
        Some(Status {
            slot,
            settled: true,
            error: Some(error),
        }) => Step::Failed(*slot, error.clone()),
        None if look.block_height > last_valid_block_height => Step::Expired,
        _ if in_flight >= policy.give_up_after => Step::GiveUp,
        None if unsent >= policy.resend_every => Step::Resend,
        _ => Step::Wait,
    }
}

/// What confirming needs of an endpoint.
pub trait Wire: Sync {
    /// Sends the transaction, without waiting for anything.
    fn send(&self) -> impl Future<Output = Result<(), ChainError>> + Send;

    /// Looks at the transaction: first the block height, then the status.
    fn look(&self) -> impl Future<Output = Result<Look, ChainError>> + Send;
}

/// What became of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landing {
    /// Slot of its block.
    pub slot: Slot,
    /// How it failed, if it did.
    pub error: Option<TransactionError>,
}

/// Sends a transaction and follows it until it has landed or its blockhash has expired.
///
/// A send that fails is one that is repeated: the endpoint may have passed the transaction on before the answer was
/// lost, so only the cluster can tell.
///
/// # Errors
/// [`ChainError::Expired`], [`ChainError::Undecided`], or what the endpoint failed with for the last time.
pub async fn confirm(
    wire: &impl Wire,
    timer: &impl Timer,
    policy: &ConfirmPolicy,
    signature: Signature,
    last_valid_block_height: u64,
) -> Result<Landing, ChainError> {
    let first = timer.elapsed();
    let mut sent = first;
    let mut failures = 0;
    resend(wire, signature).await;
    loop {
        timer.sleep(policy.poll_every).await;
        let look = match wire.look().await {
            Ok(look) => look,
            Err(error) => {
                failures += 1;
                if failures >= policy.failures {
                    return Err(error);
                }
                tracing::warn!(%signature, %error, failures, "cannot see whether the transaction landed; asking again");
                continue;
            }
        };
        failures = 0;
        let now = timer.elapsed();
        let step = decide(
            policy,
            last_valid_block_height,
            &look,
            now.saturating_sub(first),
            now.saturating_sub(sent),
        );
        match step {
            Step::Wait => {}
            Step::Resend => {
                resend(wire, signature).await;
                sent = now;
            }
            Step::Confirmed(slot) => return Ok(Landing { slot, error: None }),
            Step::Failed(slot, error) => {
                return Ok(Landing {
                    slot,
                    error: Some(error),
                });
            }
            Step::Expired => return Err(ChainError::Expired { signature }),
            Step::GiveUp => {
                let seconds = now.saturating_sub(first).as_secs();
                return Err(ChainError::Undecided { signature, seconds });
            }
        }
    }
}

async fn resend(wire: &impl Wire, signature: Signature) {
    match wire.send().await {
        Ok(()) => tracing::debug!(%signature, "sent"),
        Err(error) => {
            tracing::warn!(%signature, %error, "the send was not acknowledged; it will be repeated")
        }
    }
}

#[cfg(test)]
mod tests;
