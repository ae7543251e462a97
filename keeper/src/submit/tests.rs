use super::*;
use crate::chain::{ChainAccount, RecentBlockhash, Refusal};
use crate::pipeline::testing::block_on;
use hurdle_interface::publication::Now;
use hurdle_interface::{HurdleError, Slot, UnixTime};
use solana_signature::Signature;
use std::sync::Mutex;

/// Lets blockhashes expire a number of times, and keeps what was sent.
struct Scripted {
    expiring: usize,
    simulation: fn() -> Result<Outcome, ChainError>,
    sent: Mutex<Vec<VersionedTransaction>>,
}

impl Scripted {
    fn new(expiring: usize) -> Self {
        let simulation = || {
            Ok(Outcome {
                compute_units: 5_000,
                ..Outcome::default()
            })
        };
        Self {
            expiring,
            simulation,
            sent: Mutex::new(Vec::new()),
        }
    }

    fn sent(&self) -> Vec<VersionedTransaction> {
        self.sent.lock().unwrap().clone()
    }
}

impl Chain for Scripted {
    async fn genesis_hash(&self) -> Result<Hash, ChainError> {
        Ok(Hash::default())
    }

    async fn account(&self, _: &Address) -> Result<Option<ChainAccount>, ChainError> {
        Ok(None)
    }

    async fn now(&self) -> Result<Now, ChainError> {
        Ok(Now {
            time: UnixTime(0),
            slot: Slot(0),
        })
    }

    async fn latest_blockhash(&self) -> Result<RecentBlockhash, ChainError> {
        let sent = u8::try_from(self.sent().len()).unwrap();
        Ok(RecentBlockhash {
            hash: Hash::new_from_array([sent; 32]),
            last_valid_block_height: 9,
        })
    }

    async fn simulate(&self, _: &VersionedTransaction) -> Result<Outcome, ChainError> {
        (self.simulation)()
    }

    async fn send_and_confirm(
        &self,
        transaction: &VersionedTransaction,
        _: RecentBlockhash,
    ) -> Result<Outcome, ChainError> {
        self.sent.lock().unwrap().push(transaction.clone());
        if self.sent().len() <= self.expiring {
            return Err(ChainError::Expired {
                signature: Signature::default(),
            });
        }
        Ok(Outcome::default())
    }
}

fn submitted(chain: &Scripted) -> Result<Outcome, SubmitError> {
    let payer = Keypair::new_from_array([1; 32]);
    let instruction = instruction::publish(Address::default(), Address::from([2; 32]), 0);
    block_on(submit(chain, &payer, &[], &[instruction]))
}

#[test]
fn an_expired_transaction_is_signed_anew_with_a_new_blockhash() {
    let chain = Scripted::new(2);
    submitted(&chain).unwrap();
    let sent = chain.sent();
    assert_eq!(sent.len(), 3);
    assert_ne!(
        sent[0].message.recent_blockhash(),
        sent[1].message.recent_blockhash()
    );
    assert_ne!(sent[0].signatures, sent[1].signatures);
}

#[test]
fn after_three_expired_blockhashes_the_operator_is_told() {
    let chain = Scripted::new(usize::MAX);
    assert!(matches!(
        submitted(&chain),
        Err(SubmitError::Chain(ChainError::Expired { .. }))
    ));
    assert_eq!(chain.sent().len(), 3);
}

#[test]
fn what_the_simulation_refuses_is_not_sent() {
    let simulation = || {
        let code = Some(HurdleError::WrongSequence.code());
        let refusal = Refusal {
            instruction: Some(1),
            code,
            reason: String::new(),
            outcome: Outcome::default(),
        };
        Err(ChainError::Refused(Box::new(refusal)))
    };
    let chain = Scripted {
        simulation,
        ..Scripted::new(0)
    };
    let Err(SubmitError::Chain(ChainError::Refused(refusal))) = submitted(&chain) else {
        panic!("the simulation refused");
    };
    assert_eq!(refusal.hurdle(), Some(HurdleError::WrongSequence));
    assert!(chain.sent().is_empty());
}

#[test]
fn the_compute_budget_follows_the_simulation_and_goes_last() {
    let chain = Scripted::new(0);
    submitted(&chain).unwrap();
    let sent = chain.sent();
    let VersionedMessage::Legacy(message) = &sent[0].message else {
        panic!("a legacy message");
    };
    let last = message.instructions.last().unwrap();
    assert_eq!(message.instructions.len(), 2);
    assert_eq!(last.data, [[2].as_slice(), &7_000u32.to_le_bytes()].concat());
}
