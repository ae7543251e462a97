use super::*;
use proptest::prelude::*;
use solana_instruction::error::InstructionError;
use std::sync::Mutex;

const POLICY: ConfirmPolicy = ConfirmPolicy {
    poll_every: Duration::from_millis(500),
    resend_every: Duration::from_secs(2),
    give_up_after: Duration::from_secs(240),
    failures: 3,
};
const LAST_VALID: u64 = 150;

/// A timer that sleeping moves.
#[derive(Default)]
struct Manual(Mutex<Duration>);

impl Timer for Manual {
    fn elapsed(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    async fn sleep(&self, time: Duration) {
        *self.0.lock().unwrap() += time;
    }
}

/// An endpoint that answers from a script, and whose last answer stands.
struct Scripted {
    answers: Vec<Result<Look, ()>>,
    asked: Mutex<usize>,
    sends: Mutex<Vec<usize>>,
    sends_fail: bool,
}

fn scripted(answers: Vec<Result<Look, ()>>) -> Scripted {
    Scripted {
        answers,
        asked: Mutex::new(0),
        sends: Mutex::new(Vec::new()),
        sends_fail: false,
    }
}

fn down() -> ChainError {
    ChainError::Unreachable {
        endpoint: "http://there:8899".into(),
        reason: "connection refused".into(),
    }
}

impl Wire for Scripted {
    async fn send(&self) -> Result<(), ChainError> {
        let asked = *self.asked.lock().unwrap();
        self.sends.lock().unwrap().push(asked);
        if self.sends_fail { Err(down()) } else { Ok(()) }
    }

    async fn look(&self) -> Result<Look, ChainError> {
        let mut asked = self.asked.lock().unwrap();
        let answer = self.answers[(*asked).min(self.answers.len() - 1)].clone();
        *asked += 1;
        answer.map_err(|()| down())
    }
}

fn nothing(block_height: u64) -> Look {
    Look {
        block_height,
        status: None,
    }
}

fn held(settled: bool, error: Option<TransactionError>) -> Look {
    Look {
        block_height: 100,
        status: Some(Status {
            slot: Slot(7),
            settled,
            error,
        }),
    }
}

fn failure() -> TransactionError {
    TransactionError::InstructionError(1, InstructionError::Custom(6023))
}

fn follow(wire: &Scripted) -> (Result<Landing, ChainError>, Duration) {
    let timer = Manual::default();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let result = runtime.block_on(confirm(wire, &timer, &POLICY, Signature::default(), LAST_VALID));
    (result, timer.elapsed())
}

#[test]
fn a_transaction_is_sent_again_every_two_seconds_until_it_is_confirmed() {
    let wire = scripted([vec![Ok(nothing(100)); 9], vec![Ok(held(true, None))]].concat());
    let (landing, elapsed) = follow(&wire);
    assert_eq!(
        landing.unwrap(),
        Landing {
            slot: Slot(7),
            error: None
        }
    );
    assert_eq!(elapsed, Duration::from_secs(5));
    // before the first look, and with the fourth and the eighth
    assert_eq!(*wire.sends.lock().unwrap(), [0, 4, 8]);
}

#[test]
fn a_transaction_in_a_block_is_not_sent_again_while_the_block_settles() {
    let wire = scripted([vec![Ok(held(false, None)); 20], vec![Ok(held(true, None))]].concat());
    assert_eq!(follow(&wire).0.unwrap().slot, Slot(7));
    assert_eq!(wire.sends.lock().unwrap().len(), 1);
}

#[test]
fn a_transaction_that_landed_and_failed_is_reported_with_its_error() {
    let wire = scripted(vec![
        Ok(held(false, Some(failure()))),
        Ok(held(true, Some(failure()))),
    ]);
    assert_eq!(follow(&wire).0.unwrap().error, Some(failure()));
}

#[test]
fn an_expired_blockhash_ends_it_and_only_where_no_block_holds_the_transaction() {
    let wire = scripted(vec![Ok(nothing(LAST_VALID)), Ok(nothing(LAST_VALID + 1))]);
    assert!(matches!(follow(&wire).0, Err(ChainError::Expired { .. })));
    assert_eq!(*wire.asked.lock().unwrap(), 2);

    let late = Look {
        block_height: LAST_VALID + 1,
        ..held(false, None)
    };
    let wire = scripted(vec![Ok(late), Ok(held(true, None))]);
    assert!(follow(&wire).0.is_ok());
}

#[test]
fn a_fork_that_drops_the_transaction_makes_it_unsent_again() {
    let wire = scripted(vec![Ok(held(false, None)), Ok(nothing(LAST_VALID + 1))]);
    assert!(matches!(follow(&wire).0, Err(ChainError::Expired { .. })));
}

#[test]
fn a_cluster_that_stands_still_is_given_up_and_never_called_expired() {
    let wire = scripted(vec![Ok(nothing(LAST_VALID))]);
    let (result, elapsed) = follow(&wire);
    assert!(
        matches!(result, Err(ChainError::Undecided { seconds: 240, .. })),
        "{result:?}"
    );
    assert_eq!(elapsed, POLICY.give_up_after);
}

#[test]
fn lost_answers_are_asked_for_again_and_a_dead_endpoint_is_named() {
    let wire = scripted(vec![
        Err(()),
        Err(()),
        Ok(nothing(100)),
        Err(()),
        Ok(held(true, None)),
    ]);
    assert!(follow(&wire).0.is_ok());

    let wire = scripted(vec![Err(())]);
    let error = follow(&wire).0.unwrap_err();
    assert!(
        error.to_string().starts_with("http://there:8899 does not answer"),
        "{error}"
    );
    assert_eq!(*wire.asked.lock().unwrap(), 3);
}

#[test]
fn a_send_whose_acknowledgement_is_lost_may_still_have_landed() {
    let mut wire = scripted(vec![Ok(nothing(100)), Ok(held(true, None))]);
    wire.sends_fail = true;
    assert!(follow(&wire).0.is_ok());
}

proptest! {
    #[test]
    fn nothing_is_signed_anew_while_it_may_still_land(
        height in 0u64..400, present in any::<bool>(), settled in any::<bool>(), failed in any::<bool>(),
        in_flight in 0u64..400, unsent in 0u64..10,
    ) {
        let status = present.then(|| Status { slot: Slot(1), settled, error: failed.then(failure) });
        let look = Look { block_height: height, status };
        let step = decide(
            &POLICY, LAST_VALID, &look, Duration::from_secs(in_flight), Duration::from_secs(unsent),
        );
        prop_assert_eq!(step == Step::Expired, !present && height > LAST_VALID);
        prop_assert_eq!(matches!(step, Step::Confirmed(_)), present && settled && !failed);
        prop_assert_eq!(matches!(step, Step::Failed(..)), present && settled && failed);
        if step == Step::Resend {
            prop_assert!(!present && height <= LAST_VALID && unsent >= 2);
        }
    }
}
