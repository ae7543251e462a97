//! Proposals in time.

use super::changes::{all, config};
use super::*;
use crate::fixture::{bits, key};
use crate::quantity::DAY;
use crate::state::{ProposalState, Proposing};
use bytemuck::Zeroable;
use proptest::prelude::*;

fn proposing(timelock_seconds: i64) -> Proposing {
    Proposing {
        id: 5,
        bump: 254,
        payer: key(1),
        target: key(2),
        replaces: [3; 32],
        reason_hash: [4; 32],
        timelock_seconds,
    }
}

fn proposal(change: &Change, timelock_seconds: i64) -> ProposalState {
    let mut proposal = ProposalState::zeroed();
    proposal
        .propose(change, &proposing(timelock_seconds), NOW.time)
        .unwrap();
    proposal
}

#[test]
fn a_proposal_holds_its_change_and_what_it_replaces() {
    for change in all() {
        let proposal = proposal(&change, config().timelock_seconds);
        assert_eq!(proposal.change(), Ok(change));
        assert_eq!(proposal.invariant(), Ok(()));
        assert_eq!((proposal.id, proposal.bump), (5, 254));
        assert_eq!((proposal.payer, proposal.target), (key(1), key(2)));
        assert_eq!((proposal.replaces, proposal.reason_hash), ([3; 32], [4; 32]));
    }
}

#[test]
fn it_may_be_executed_from_the_end_of_the_timelock_until_it_expires() {
    for (timelock, lifetime) in [(0, 3_600), (3_600, 14 * DAY), (30 * DAY, 14 * DAY)] {
        let proposal = proposal(&all()[3], timelock);
        let end = timelock + lifetime;
        for (at, expected) in [
            (timelock - 1, Err(HurdleError::TimelockNotOver)),
            (timelock, Ok(())),
            (end - 1, Ok(())),
            (end, Err(HurdleError::ProposalExpired)),
        ] {
            assert_eq!(proposal.check_executable(&[3; 32], later(at)), expected, "{at} s");
        }
        assert_eq!(
            proposal.check_executable(&[9; 32], later(timelock)),
            Err(HurdleError::StaleProposal)
        );
        assert_eq!(
            proposal.check_expired(later(end - 1)),
            Err(HurdleError::ProposalNotExpired)
        );
        assert_eq!(proposal.check_expired(later(end)), Ok(()));
    }
}

#[test]
fn a_proposal_that_breaks_its_invariant_is_refused() {
    let breaks: [fn(&mut ProposalState); 4] = [
        |p| p.version = 2,
        |p| p.executable_at = UnixTime(p.proposed_at.0 - 1),
        |p| p.expires_at = p.executable_at,
        |p| p.kind = 99,
    ];
    for break_one in breaks {
        let mut proposal = proposal(&all()[3], 60);
        break_one(&mut proposal);
        assert!(proposal.invariant().is_err());
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn no_times_panic(now in bits(), timelock in bits(), at in bits()) {
        let mut proposal = ProposalState::zeroed();
        let _ = proposal.propose(&all()[3], &proposing(timelock), UnixTime(now));
        let _ = (proposal.check_executable(&[3; 32], UnixTime(at)), proposal.check_expired(UnixTime(at)));
    }
}
