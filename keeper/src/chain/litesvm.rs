//! The embedded cluster: LiteSVM in process, with the compiled programs.

use super::{Chain, ChainAccount, ChainError, Outcome, RecentBlockhash};
use crate::clock::Clock;
use hurdle_interface::loader::UPGRADEABLE_LOADER;
use hurdle_interface::publication::Now;
use hurdle_interface::{Slot, UnixTime};
use litesvm::LiteSVM;
use litesvm::types::TransactionMetadata;
use solana_account::Account;
use solana_address::Address;
use solana_clock::Clock as ClockSysvar;
use solana_hash::Hash;
use solana_transaction::versioned::VersionedTransaction;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use thiserror::Error;

/// Milliseconds of a slot, by which slots follow the time that the clock is moved to.
const SLOT_MILLIS: i64 = 400;
/// Bytes before the code in a ProgramData account: variant, slot, option and authority.
const PROGRAM_DATA_HEADER: usize = 45;
/// Variant of `UpgradeableLoaderState::ProgramData`.
const PROGRAM_DATA: [u8; 4] = 3u32.to_le_bytes();

/// Why the embedded cluster cannot be set up.
#[derive(Debug, Error)]
pub enum SetupError {
    /// A program is not there.
    #[error(
        "{} cannot be read ({reason}): run `cargo xtask build-sbf` first, or name the folder with --programs-dir",
        path.display()
    )]
    MissingProgram {
        /// Where it was looked for.
        path: PathBuf,
        /// What the system says.
        reason: std::io::Error,
    },
    /// A program was not accepted.
    #[error("{} is not a program that this VM runs ({reason}): run `cargo xtask build-sbf` again", path.display())]
    BadProgram {
        /// The file.
        path: PathBuf,
        /// What the VM says.
        reason: String,
    },
    /// An account was not accepted.
    #[error("account {address} cannot be set up: {reason}")]
    Account {
        /// The account.
        address: Address,
        /// What the VM says.
        reason: String,
    },
}

/// An embedded cluster; clones share it. Its time stands still until it is moved.
#[derive(Clone)]
pub struct LiteSvmChain {
    svm: Arc<Mutex<LiteSVM>>,
    genesis: Hash,
}

impl LiteSvmChain {
    /// A cluster with the default programs, whose clock stands at `now`.
    #[must_use]
    pub fn new(genesis: Hash, now: Now) -> Self {
        let chain = Self {
            svm: Arc::new(Mutex::new(LiteSVM::new())),
            genesis,
        };
        chain.set_now(now);
        chain
    }

    /// Installs a program under the upgradeable loader with an upgrade authority.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn add_program(
        &self,
        id: Address,
        path: &Path,
        upgrade_authority: Address,
    ) -> Result<(), SetupError> {
        let code = std::fs::read(path).map_err(|reason| SetupError::MissingProgram {
            path: path.to_owned(),
            reason,
        })?;
        let bad = |reason: String| SetupError::BadProgram {
            path: path.to_owned(),
            reason,
        };
        let mut svm = self.svm();
        svm.add_program(id, &code)
            .map_err(|reason| bad(reason.to_string()))?;
        let (address, _) = Address::find_program_address(&[id.as_ref()], &UPGRADEABLE_LOADER);
        let mut account = svm
            .get_account(&address)
            .ok_or_else(|| bad("it has no data account".into()))?;
        let Some(header) = account.data.get_mut(..PROGRAM_DATA_HEADER) else {
            return Err(bad("its data account has no header".into()));
        };
        header.fill(0);
        for (to, from) in header
            .iter_mut()
            .zip(PROGRAM_DATA.into_iter().chain([0; 8]).chain([1]))
        {
            *to = from;
        }
        for (to, from) in header.iter_mut().skip(13).zip(upgrade_authority.as_ref()) {
            *to = *from;
        }
        svm.set_account(address, account)
            .map_err(|reason| bad(reason.to_string()))
    }

    /// Gives an address lamports.
    ///
    /// # Errors
    /// [`SetupError::Account`].
    pub fn fund(&self, address: Address, lamports: u64) -> Result<(), SetupError> {
        let account = Account {
            lamports,
            ..Account::default()
        };
        self.svm()
            .set_account(address, account)
            .map_err(|reason| SetupError::Account {
                address,
                reason: reason.to_string(),
            })
    }

    /// Moves the clock, and lets older blockhashes expire as they would have.
    pub fn set_now(&self, now: Now) {
        let mut svm = self.svm();
        let clock: ClockSysvar = svm.get_sysvar();
        svm.set_sysvar(&ClockSysvar {
            slot: now.slot.0,
            unix_timestamp: now.time.0,
            ..clock
        });
        svm.expire_blockhash();
    }

    fn svm(&self) -> MutexGuard<'_, LiteSVM> {
        // a panic while the lock was held left a state that is whole: LiteSVM writes only after execution
        self.svm.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read_now(&self) -> Now {
        let clock: ClockSysvar = self.svm().get_sysvar();
        Now {
            time: UnixTime(clock.unix_timestamp),
            slot: Slot(clock.slot),
        }
    }
}

impl Clock for LiteSvmChain {
    fn now(&self) -> UnixTime {
        self.read_now().time
    }

    async fn wait_until(&self, time: UnixTime) {
        let now = self.read_now();
        let millis = time.seconds_since(now.time).saturating_mul(1000);
        let slots = u64::try_from(millis / SLOT_MILLIS).unwrap_or(0);
        if slots > 0 {
            self.set_now(Now {
                time,
                slot: Slot(now.slot.0.saturating_add(slots)),
            });
        }
    }
}

impl Chain for LiteSvmChain {
    async fn genesis_hash(&self) -> Result<Hash, ChainError> {
        Ok(self.genesis)
    }

    async fn account(&self, address: &Address) -> Result<Option<ChainAccount>, ChainError> {
        Ok(self.svm().get_account(address).map(|account| ChainAccount {
            owner: account.owner,
            data: account.data,
            lamports: account.lamports,
        }))
    }

    async fn now(&self) -> Result<Now, ChainError> {
        Ok(self.read_now())
    }

    async fn latest_blockhash(&self) -> Result<RecentBlockhash, ChainError> {
        Ok(RecentBlockhash {
            hash: self.svm().latest_blockhash(),
            last_valid_block_height: u64::MAX,
        })
    }

    async fn simulate(&self, transaction: &VersionedTransaction) -> Result<Outcome, ChainError> {
        let slot = self.read_now().slot;
        match self.svm().simulate_transaction(transaction.clone()) {
            Ok(info) => Ok(outcome(info.meta, slot)),
            Err(failed) => Err(ChainError::refused(&failed.err, outcome(failed.meta, slot))),
        }
    }

    async fn send_and_confirm(
        &self,
        transaction: &VersionedTransaction,
        _blockhash: RecentBlockhash,
    ) -> Result<Outcome, ChainError> {
        let slot = self.read_now().slot;
        match self.svm().send_transaction(transaction.clone()) {
            Ok(meta) => Ok(outcome(meta, slot)),
            Err(failed) => Err(ChainError::refused(&failed.err, outcome(failed.meta, slot))),
        }
    }
}

fn outcome(meta: TransactionMetadata, slot: Slot) -> Outcome {
    let returned = meta.return_data;
    Outcome {
        signature: meta.signature,
        slot,
        compute_units: meta.compute_units_consumed,
        logs: meta.logs,
        return_data: (!returned.data.is_empty()).then_some((returned.program_id, returned.data)),
    }
}
