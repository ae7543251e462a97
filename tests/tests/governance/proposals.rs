//! Proposals: proposed, waited for, executed, vetoed, expired.

use super::*;
use hurdle_interface::governance::{Change, ConfigChange, IndexedClass};
use hurdle_interface::state::ProposalState;
use hurdle_interface::{Rate, instruction};
use hurdle_tests::governance::{REASON, TIMELOCK};
use hurdle_tests::world::{instruction_error, key};
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

#[test]
fn a_loosening_change_is_proposed_and_executed_by_anyone_after_the_timelock() {
    let mut world = World::published().unwrap();
    let (id, propose) = world.propose_market(&loosening()).unwrap();
    world.accepted(&[propose]).unwrap();
    let proposal = world.proposal(id).unwrap();
    assert_eq!(proposal.change(), Ok(Change::Market(loosening())));
    assert_eq!(
        (proposal.target, proposal.payer),
        (world.market, world.payer.pubkey())
    );
    assert_eq!(proposal.executable_at.0, world.time() + TIMELOCK);
    assert_eq!(proposal.reason_hash, REASON);
    assert_eq!(proposal.invariant(), Ok(()));
    assert_eq!(world.config().unwrap().proposals, id + 1);

    world.warp(TIMELOCK);
    let before = world.state().unwrap();
    let epoch = before.param_epoch;
    world.execute_market(id).unwrap();
    let after = world.state().unwrap();
    assert_eq!(after.params.stressed_multiplier, fixture::permille(1_500));
    assert_eq!(after.param_epoch, epoch + 1);
    let now = hurdle_interface::UnixTime(world.time());
    assert_eq!(
        after.published.ramps.at(&after.params.ramp, now),
        before.published.ramps.at(&before.params.ramp, now)
    );
    assert!(world.proposal(id).is_err(), "an executed proposal is closed");
}

#[test]
fn the_rent_of_a_proposal_goes_back_to_the_one_who_paid() {
    let mut world = World::new().unwrap();
    let rich = key(40);
    world.svm.airdrop(&rich.pubkey(), 1_000_000_000).unwrap();
    let (id, _) = world.propose_market(&loosening()).unwrap();
    let propose = instruction::propose_market_change(
        rich.pubkey(),
        world.authority.pubkey(),
        world.market,
        id,
        &loosening(),
        REASON,
    );
    world.send_with(&[propose], &[&rich]).unwrap();
    assert!(world.account(&rich.pubkey()).unwrap().lamports < 1_000_000_000);
    world.warp(TIMELOCK);
    let elsewhere = instruction::execute_market_change(world.payer.pubkey(), world.market, id);
    refused(&mut world, elsewhere, HurdleError::WrongProposalPayer);
    let execute = instruction::execute_market_change(rich.pubkey(), world.market, id);
    world.accepted(&[execute]).unwrap();
    assert_eq!(world.account(&rich.pubkey()).unwrap().lamports, 1_000_000_000);
}

#[test]
fn before_the_timelock_is_over_nobody_executes() {
    let mut world = World::new().unwrap();
    let (id, propose) = world.propose_market(&loosening()).unwrap();
    world.accepted(&[propose]).unwrap();
    let execute = instruction::execute_market_change(world.payer.pubkey(), world.market, id);
    for wait in [0, TIMELOCK - 1] {
        world.warp(wait);
        refused(&mut world, execute.clone(), HurdleError::TimelockNotOver);
    }
    world.warp(1);
    world.execute_market(id).unwrap();
}

#[test]
fn an_expired_proposal_is_not_executed_and_anyone_closes_it() {
    let mut world = World::new().unwrap();
    let id = world.wait_for_market(&loosening()).unwrap();
    let payer = world.payer.pubkey();
    let close = instruction::close_proposal(payer, id);
    world.warp(ProposalState::LIFETIME - 1);
    refused(&mut world, close.clone(), HurdleError::ProposalNotExpired);
    world.warp(1);
    let execute = instruction::execute_market_change(payer, world.market, id);
    refused(&mut world, execute, HurdleError::ProposalExpired);
    let mut elsewhere = close.clone();
    elsewhere.accounts[0].pubkey = key(41).pubkey();
    refused(&mut world, elsewhere, HurdleError::WrongProposalPayer);
    world.accepted(&[close]).unwrap();
    assert!(world.proposal(id).is_err());
}

#[test]
fn authority_and_guardian_veto_and_nobody_else() {
    let mut world = World::new().unwrap();
    let stranger = key(42);
    for guardian in [false, true] {
        let id = world.wait_for_market(&loosening()).unwrap();
        let payer = world.payer.pubkey();
        let veto = |signer| instruction::veto_proposal(signer, payer, id, REASON);
        refused_to(
            &mut world,
            &[veto(stranger.pubkey())],
            &[&stranger],
            HurdleError::Unauthorized,
        );
        let mut elsewhere = veto(world.authority.pubkey());
        elsewhere.accounts[2].pubkey = stranger.pubkey();
        refused(&mut world, elsewhere, HurdleError::WrongProposalPayer);
        let by = if guardian {
            world.guardian.pubkey()
        } else {
            world.authority.pubkey()
        };
        world.accepted(&[veto(by)]).unwrap();
        let gone = world.execute_market(id);
        assert!(
            gone.is_err() && hurdle_error(&gone).is_none(),
            "there is nothing to execute"
        );
    }
}

#[test]
fn the_guardian_does_not_veto_its_own_replacement() {
    let mut world = World::new().unwrap();
    let (id, propose) = world
        .propose_config(&ConfigChange::Guardian(key(43).pubkey()))
        .unwrap();
    world.accepted(&[propose]).unwrap();
    let (guardian, payer) = (world.guardian.pubkey(), world.payer.pubkey());
    let veto = instruction::veto_proposal(guardian, payer, id, REASON);
    refused(&mut world, veto, HurdleError::GuardianVeto);
    world.warp(TIMELOCK);
    world.execute_config(id).unwrap();
    assert_eq!(world.config().unwrap().guardian, key(43).pubkey());
}

#[test]
fn an_older_proposal_never_undoes_a_tightening() {
    let mut world = World::new().unwrap();
    let id = world.wait_for_market(&loosening()).unwrap();
    let tighten = instruction::tighten_params(world.guardian.pubkey(), world.market, &tightening(), REASON);
    world.accepted(&[tighten]).unwrap();
    let execute = instruction::execute_market_change(world.payer.pubkey(), world.market, id);
    refused(&mut world, execute, HurdleError::StaleProposal);
}

#[test]
fn only_the_authority_proposes() {
    let mut world = World::new().unwrap();
    let guardian = world.guardian.pubkey();
    let keys = [key(1).pubkey()];
    let proposals = [
        world.propose_market(&loosening()).unwrap().1,
        world.propose_committee(1, &keys).unwrap().1,
        world.propose_config(&ConfigChange::Timelock(3_600)).unwrap().1,
    ];
    for mut propose in proposals {
        propose.accounts[1].pubkey = guardian;
        refused(&mut world, propose, HurdleError::Unauthorized);
    }
}

#[test]
fn a_change_that_could_never_stand_is_not_even_proposed() {
    let mut world = World::new().unwrap();
    let broken = MarketChange::Params(params(|p| p.composition.ceiling = p.composition.floor));
    let nowhere = MarketChange::Class(IndexedClass {
        index: 8,
        class: fixture::class(),
    });
    let active = MarketChange::Activation;
    for (change, error) in [
        (broken, HurdleError::InvalidParameter),
        (nowhere, HurdleError::UnknownRiskClass),
        (active, HurdleError::MarketActive),
    ] {
        let (_, propose) = world.propose_market(&change).unwrap();
        refused(&mut world, propose, error);
    }
    let twice = [key(1).pubkey(), key(1).pubkey()];
    let (_, propose) = world.propose_committee(1, &twice).unwrap();
    refused(&mut world, propose, HurdleError::InvalidCommittee);
    let (_, propose) = world.propose_config(&ConfigChange::Timelock(-1)).unwrap();
    refused(&mut world, propose, HurdleError::InvalidTimelock);
}

#[test]
fn a_proposal_is_executed_on_its_own_target_and_by_its_own_instruction_only() {
    let mut world = World::new().unwrap();
    let id = world.wait_for_market(&loosening()).unwrap();
    let payer = world.payer.pubkey();
    for wrong in [
        instruction::execute_committee_change(payer, world.committee, id),
        instruction::execute_config_change(payer, id),
    ] {
        refused(&mut world, wrong, HurdleError::WrongProposal);
    }
    // an account of another kind in the market's place
    let committee = instruction::execute_market_change(payer, world.committee, id);
    let sent = world.send(&[committee]);
    assert_eq!(
        instruction_error(&sent),
        Some(InstructionError::AccountDataTooSmall)
    );
    // another market
    let mut args = hurdle_tests::world::market_args();
    args.name = *b"OTHER\0\0\0\0\0\0\0\0\0\0\0";
    let authority = world.authority.pubkey();
    let create = instruction::create_market(payer, authority, world.committee, &args);
    world.accepted(&[create]).unwrap();
    let other = instruction::execute_market_change(payer, pda::market(&args.name).0, id);
    refused(&mut world, other, HurdleError::WrongProposal);
}

#[test]
fn a_class_is_changed_by_proposal_and_the_old_one_stays_to_pass_over_from() {
    let mut world = World::published().unwrap();
    let mut class = fixture::class();
    class.maintenance = fixture::permille(90);
    let change = MarketChange::Class(IndexedClass { index: 0, class });
    let id = world.wait_for_market(&change).unwrap();
    world.execute_market(id).unwrap();
    let market = world.state().unwrap();
    assert_eq!(market.classes[0], class);
    assert_eq!(market.transitions[0].from, fixture::class());
    assert_eq!(market.transitions[0].since.0, world.time());
}

#[test]
fn another_model_is_declared_by_proposal() {
    let mut world = World::published().unwrap();
    let id = world.wait_for_market(&MarketChange::Model([9; 32])).unwrap();
    let report = world.report().unwrap();
    world.execute_market(id).unwrap();
    assert_eq!(world.state().unwrap().model_hash, [9; 32]);
    let (publish, _) = world.publication(&report, &[0, 1]);
    refused_to(&mut world, &publish, &[], HurdleError::ModelMismatch);
}

#[test]
fn the_rule_of_staleness_waits_for_a_fresh_rate() {
    let mut world = World::published().unwrap();
    let change = MarketChange::Params(params(|p| p.staleness.soft_after += 600));
    let id = world.wait_for_market(&change).unwrap();
    let execute = instruction::execute_market_change(world.payer.pubkey(), world.market, id);
    refused(&mut world, execute.clone(), HurdleError::MarketNotFresh);
    let report = world.report().unwrap();
    let (publish, _) = world.publication(&report, &[0, 1]);
    world.accepted(&publish).unwrap();
    world.accepted(&[execute]).unwrap();
}

#[test]
fn a_market_is_activated_as_it_was_proposed_and_only_once() {
    let mut world = World::inactive(fixture::params()).unwrap();
    assert_eq!(world.state().unwrap().active, 0);
    let (authority, market) = (world.authority.pubkey(), world.market);
    let set = |params: &MarketParams| instruction::set_params(authority, market, params, REASON);
    world.accepted(&[set(&tightening())]).unwrap();
    assert_eq!(world.state().unwrap().params, tightening());
    let broken = params(|p| p.composition.ceiling = Rate::MIN);
    refused(&mut world, set(&broken), HurdleError::InvalidParameter);
    let mut foreign = set(&tightening());
    foreign.accounts[0].pubkey = world.guardian.pubkey();
    refused(&mut world, foreign, HurdleError::Unauthorized);

    let (id, propose) = world.propose_market(&MarketChange::Activation).unwrap();
    world.accepted(&[propose]).unwrap();
    // what waits for everyone to read must not change under their eyes
    world.accepted(&[set(&fixture::params())]).unwrap();
    let execute = instruction::execute_market_change(world.payer.pubkey(), market, id);
    refused(&mut world, execute.clone(), HurdleError::StaleProposal);
    // nor change and change back, which would leave its mark in between
    world.accepted(&[set(&tightening())]).unwrap();
    refused(&mut world, execute, HurdleError::StaleProposal);
    let (id, propose) = world.propose_market(&MarketChange::Activation).unwrap();
    let execute = instruction::execute_market_change(world.payer.pubkey(), market, id);
    world.accepted(&[propose, execute]).unwrap();
    assert_eq!(world.state().unwrap().active, 1);

    refused(&mut world, set(&fixture::params()), HurdleError::MarketActive);
    let class = world.set_risk_class();
    refused(&mut world, class, HurdleError::MarketActive);
}
