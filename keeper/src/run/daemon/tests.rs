use super::*;
use crate::chain::{ChainAccount, Outcome, RecentBlockhash, Refusal};
use crate::observation::Sample;
use crate::source::SourceError;
use hurdle_interface::UnixTime;
use hurdle_interface::publication::Now;
use solana_address::Address;
use solana_hash::Hash;
use solana_keypair::Keypair;
use solana_transaction::versioned::VersionedTransaction;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

/// An endpoint that is down, or one that takes requests and never answers.
struct Broken {
    silent: bool,
    asked: AtomicU32,
}

impl Chain for Broken {
    async fn genesis_hash(&self) -> Result<Hash, ChainError> {
        unreachable!("a cycle does not ask for it")
    }

    async fn account(&self, _: &Address) -> Result<Option<ChainAccount>, ChainError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if self.silent {
            std::future::pending::<()>().await;
        }
        Err(ChainError::Unreachable {
            endpoint: "http://there".into(),
            reason: "refused".into(),
        })
    }

    async fn now(&self) -> Result<Now, ChainError> {
        unreachable!("the market is read first")
    }

    async fn latest_blockhash(&self) -> Result<RecentBlockhash, ChainError> {
        unreachable!("nothing is sent")
    }

    async fn simulate(&self, _: &VersionedTransaction) -> Result<Outcome, ChainError> {
        unreachable!("nothing is sent")
    }

    async fn send_and_confirm(
        &self,
        _: &VersionedTransaction,
        _: RecentBlockhash,
    ) -> Result<Outcome, ChainError> {
        unreachable!("nothing is sent")
    }
}

struct NoSource;

impl Source for NoSource {
    fn name(&self) -> &str {
        "none"
    }

    async fn observe(&mut self, _: UnixTime) -> Result<Vec<Sample>, SourceError> {
        unreachable!("the market is read first")
    }
}

/// A timer that sleeping moves, which remembers the pauses.
#[derive(Default)]
struct Manual(Mutex<Vec<Duration>>);

impl Timer for Manual {
    fn elapsed(&self) -> Duration {
        self.0.lock().unwrap().iter().sum()
    }

    async fn sleep(&self, time: Duration) {
        self.0.lock().unwrap().push(time);
        tokio::task::yield_now().await;
    }
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Runs the loop until the order to stop, which comes after so many requests.
fn run_until(chain: &Broken, requests: u32) -> (Tally, Vec<Duration>) {
    let (timer, payer) = (Manual::default(), Keypair::new_from_array([1; 32]));
    let mut keepers: [Keeper<NoSource>; 0] = [];
    let daemon = Daemon {
        chain,
        keepers: &mut keepers,
        target: Target {
            market: Address::default(),
            payer: &payer,
        },
        timer: &timer,
        pace: Pace::new(seconds(2), seconds(5)),
        grace: seconds(3),
        sequence: 0,
    };
    let shutdown = async {
        while chain.asked.load(Ordering::Relaxed) < requests {
            tokio::task::yield_now().await;
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let tally = runtime.block_on(daemon.run(shutdown, |_| unreachable!("nothing is published")));
    let pauses = timer.0.lock().unwrap().clone();
    (tally, pauses)
}

#[test]
fn failed_cycles_are_counted_and_the_loop_goes_on_with_growing_pauses() {
    let chain = Broken {
        silent: false,
        asked: AtomicU32::new(0),
    };
    let (tally, pauses) = run_until(&chain, 5);
    assert_eq!(tally.failed, 5);
    assert_eq!(pauses[..4], [2, 2, 4, 5].map(seconds));
}

#[test]
fn a_cycle_that_hangs_is_abandoned_after_the_grace_period() {
    let chain = Broken {
        silent: true,
        asked: AtomicU32::new(0),
    };
    let (tally, pauses) = run_until(&chain, 1);
    assert_eq!(tally, Tally::default());
    assert_eq!(pauses, [seconds(3)]);
}

#[test]
fn only_a_taken_sequence_is_another_reports_success() {
    let refused = |error: HurdleError| {
        let refusal = Refusal {
            instruction: Some(1),
            code: Some(error.code()),
            reason: String::new(),
            outcome: Outcome::default(),
        };
        CycleError::Submit(SubmitError::Chain(ChainError::Refused(Box::new(refusal))))
    };
    assert!(is_taken(&refused(HurdleError::WrongSequence)));
    assert!(!is_taken(&refused(HurdleError::ObservedNotNewer)));
    let no_quorum = CycleError::NoQuorum {
        best: 1,
        threshold: 2,
        reasons: Vec::new(),
    };
    assert!(!is_taken(&no_quorum));
}
