//! The chain, as the keeper needs it: accounts, the clock, and transactions to their confirmation.

mod litesvm;
#[cfg(feature = "rpc")]
mod rpc;

pub use self::litesvm::{LiteSvmChain, SetupError};
#[cfg(feature = "rpc")]
pub use self::rpc::{Commitment, ConfirmPolicy, RpcChain};

use hurdle_interface::publication::Now;
use hurdle_interface::state::AccountLayout;
use hurdle_interface::{HurdleError, Slot};
use solana_address::Address;
use solana_hash::Hash;
use solana_instruction::error::InstructionError;
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_error::TransactionError;
use std::fmt;
use thiserror::Error;

/// An account's owner and data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainAccount {
    /// The program that owns it.
    pub owner: Address,
    /// Its data.
    pub data: Vec<u8>,
    /// Its balance.
    pub lamports: u64,
}

/// A blockhash that a transaction may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecentBlockhash {
    /// The hash.
    pub hash: Hash,
    /// The block height after which no transaction with it lands.
    pub last_valid_block_height: u64,
}

/// What a transaction did: executed by the cluster, or by a simulation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Its signature.
    pub signature: Signature,
    /// The slot in which it ran.
    pub slot: Slot,
    /// Compute units of the whole transaction.
    pub compute_units: u64,
    /// Its log lines.
    pub logs: Vec<String>,
    /// The program that set return data last, and the data.
    pub return_data: Option<(Address, Vec<u8>)>,
}

impl Outcome {
    /// Compute units of the first invocation of a program, its own calls included, from the log lines.
    ///
    /// `None` where the program was not invoked or the log was cut.
    pub fn units_of(&self, program: &Address) -> Option<u64> {
        let prefix = format!("Program {program} consumed ");
        self.logs
            .iter()
            .find_map(|line| line.strip_prefix(&prefix)?.split(' ').next()?.parse().ok())
    }
}

/// Why the cluster refused a transaction; nothing was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Index of the instruction that failed, where one did.
    pub instruction: Option<u8>,
    /// The custom code that its program returned, if any.
    pub code: Option<u32>,
    /// The cluster's words.
    pub reason: String,
    /// What it did up to there.
    pub outcome: Outcome,
}

impl Refusal {
    /// The error of Hurdle that the code stands for, where it is one.
    pub fn hurdle(&self) -> Option<HurdleError> {
        HurdleError::from_code(self.code?)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.hurdle() {
            Some(error) => write!(f, "{error} ({error:?})"),
            None => f.write_str(&self.reason),
        }
    }
}

/// Why the chain gave no answer or refused.
#[derive(Debug, Error)]
pub enum ChainError {
    /// A program or the runtime refused the transaction. Sending it again changes nothing.
    #[error("the transaction was refused: {0}")]
    Refused(Box<Refusal>),
    /// The blockhash expired before the transaction landed: it never will. Sign anew.
    #[error(
        "transaction {signature} did not land before its blockhash expired: sign it again with a new one"
    )]
    Expired {
        /// The transaction that is lost.
        signature: Signature,
    },
    /// The transaction neither landed nor expired: the cluster stands still.
    #[error(
        "transaction {signature} neither landed nor expired in {seconds} s: the cluster makes no blocks, or the endpoint \
         does not follow it; check its health"
    )]
    Undecided {
        /// The transaction that may still land.
        signature: Signature,
        /// How long it was followed.
        seconds: u64,
    },
    /// The endpoint cannot be reached or answers nonsense.
    #[error("{endpoint} does not answer: {reason}; check that it is up and reachable")]
    Unreachable {
        /// Who was asked.
        endpoint: String,
        /// What came back instead of an answer.
        reason: String,
    },
    /// An account that must exist does not.
    #[error("{what} {address} does not exist: create it first, or check the configured name")]
    MissingAccount {
        /// What it was to be.
        what: &'static str,
        /// Where it was looked for.
        address: Address,
    },
    /// An account is not what it should be.
    #[error("{what} {address} cannot be read: {reason}")]
    UnreadableAccount {
        /// What it was to be.
        what: &'static str,
        /// Where it is.
        address: Address,
        /// What is wrong.
        reason: HurdleError,
    },
}

impl ChainError {
    /// The refusal of a transaction that failed with an error.
    fn refused(error: &TransactionError, outcome: Outcome) -> Self {
        let (instruction, code) = match error {
            TransactionError::InstructionError(index, InstructionError::Custom(code)) => {
                (Some(*index), Some(*code))
            }
            TransactionError::InstructionError(index, _) => (Some(*index), None),
            _ => (None, None),
        };
        let reason = error.to_string();
        Self::Refused(Box::new(Refusal {
            instruction,
            code,
            reason,
            outcome,
        }))
    }
}

/// A cluster: the embedded one or one behind JSON-RPC.
pub trait Chain: Send + Sync {
    /// The hash that identifies the cluster.
    fn genesis_hash(&self) -> impl Future<Output = Result<Hash, ChainError>> + Send;

    /// An account, or `None` where there is none.
    fn account(
        &self,
        address: &Address,
    ) -> impl Future<Output = Result<Option<ChainAccount>, ChainError>> + Send;

    /// Slot and time of the cluster's clock, as programs see them.
    fn now(&self) -> impl Future<Output = Result<Now, ChainError>> + Send;

    /// A blockhash for the next transaction.
    fn latest_blockhash(&self) -> impl Future<Output = Result<RecentBlockhash, ChainError>> + Send;

    /// Runs a transaction without effect. A failing one is [`ChainError::Refused`].
    fn simulate(
        &self,
        transaction: &VersionedTransaction,
    ) -> impl Future<Output = Result<Outcome, ChainError>> + Send;

    /// Sends a transaction, again and again until it is confirmed or its blockhash has expired.
    fn send_and_confirm(
        &self,
        transaction: &VersionedTransaction,
        blockhash: RecentBlockhash,
    ) -> impl Future<Output = Result<Outcome, ChainError>> + Send;
}

/// Reads an account of the Hurdle program.
///
/// # Errors
/// [`ChainError::MissingAccount`], [`ChainError::UnreadableAccount`], or that of the chain.
pub async fn read_state<T: AccountLayout>(
    chain: &impl Chain,
    what: &'static str,
    address: &Address,
) -> Result<T, ChainError> {
    let account = chain.account(address).await?.ok_or(ChainError::MissingAccount {
        what,
        address: *address,
    })?;
    let unreadable = |reason| ChainError::UnreadableAccount {
        what,
        address: *address,
        reason,
    };
    if account.owner != hurdle_interface::ID {
        return Err(unreadable(HurdleError::WrongAccountOwner));
    }
    T::copied_from_account(&account.data).map_err(unreadable)
}

/// An account of the Hurdle program, or `None` where there is none.
///
/// # Errors
/// As [`read_state`], a missing account aside.
pub async fn find_state<T: AccountLayout>(
    chain: &impl Chain,
    what: &'static str,
    address: &Address,
) -> Result<Option<T>, ChainError> {
    match read_state(chain, what, address).await {
        Ok(state) => Ok(Some(state)),
        Err(ChainError::MissingAccount { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
