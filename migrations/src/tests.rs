use super::*;
use hurdle_interface::state::{AccountLayout, MarketParams, Proposing};
use hurdle_interface::{Rate, Ratio};
use proptest::prelude::*;

fn key(byte: u8) -> Address {
    Address::new_from_array([byte; 32])
}

fn class(initial: i64) -> RiskClass {
    RiskClass {
        initial: Ratio::new(initial).unwrap(),
        ..bytemuck::Zeroable::zeroed()
    }
}

fn deployment() -> Deployment {
    Deployment {
        payer: key(1),
        upgrade_authority: key(2),
        config: CreateConfigArgs {
            authority: key(3),
            guardian: key(4),
            genesis_hash: [5; 32],
            timelock_seconds: 3_600,
        },
        committee_id: 1,
        threshold: 2,
        members: vec![key(6), key(7)],
        market: CreateMarketArgs {
            name: *b"SOL-USDC\0\0\0\0\0\0\0\0",
            model_hash: [8; 32],
            first_rate: Rate::ZERO,
            history_length: 2,
            params: MarketParams::default(),
        },
        classes: vec![class(20_000_000), class(30_000_000)],
    }
}

/// What is on the cluster once the deployment was carried out.
fn deployed() -> Existing {
    let deployment = deployment();
    let mut config: ConfigState = bytemuck::Zeroable::zeroed();
    (config.version, config.authority) = (ConfigState::VERSION, deployment.config.authority);
    (config.guardian, config.genesis_hash) = (deployment.config.guardian, deployment.config.genesis_hash);
    config.timelock_seconds = deployment.config.timelock_seconds;
    let mut committee: CommitteeState = bytemuck::Zeroable::zeroed();
    committee
        .set_members(&deployment.members, deployment.threshold)
        .unwrap();
    let mut market: MarketState = bytemuck::Zeroable::zeroed();
    (market.committee, market.model_hash) = (pda::committee(1).0, deployment.market.model_hash);
    for (index, class) in (0u8..).zip(&deployment.classes) {
        market.classes[usize::from(index)] = *class;
    }
    market.active = 1;
    Existing {
        config: Some(config),
        committee: Some(committee),
        market: Some(market),
        ..Existing::default()
    }
}

/// All but the activation.
fn set_up() -> Existing {
    let mut existing = deployed();
    existing.market.as_mut().unwrap().active = 0;
    existing.config.as_mut().unwrap().proposals = 3;
    existing
}

/// The proposal to activate a market as it stands, executable an hour after the time zero.
fn proposal(existing: &Existing) -> ProposalState {
    let change = MarketChange::Activation;
    let mut proposal: ProposalState = bytemuck::Zeroable::zeroed();
    let proposing = Proposing {
        id: 2,
        bump: 255,
        payer: key(9),
        target: pda::market(&deployment().market.name).0,
        replaces: change.replaced(&existing.market.unwrap()).unwrap(),
        reason_hash: REASON_HASH,
        timelock_seconds: 3_600,
    };
    proposal
        .propose(&Change::Market(change), &proposing, UnixTime(0))
        .unwrap();
    proposal
}

fn activation_of(existing: &Existing) -> Task {
    plan(&deployment(), existing).unwrap().pop().unwrap().task
}

fn remaining(existing: &Existing) -> Vec<Part> {
    let steps = plan(&deployment(), existing).unwrap();
    steps
        .into_iter()
        .filter(|step| step.task != Task::None)
        .map(|step| step.part)
        .collect()
}

const ALL: [Part; 6] = [
    Part::Config,
    Part::Committee,
    Part::Market,
    Part::RiskClass(0),
    Part::RiskClass(1),
    Part::Activation,
];

#[test]
fn an_empty_cluster_needs_every_step_in_order() {
    assert_eq!(remaining(&Existing::default()), ALL);
}

#[test]
fn a_deployment_that_was_carried_out_needs_nothing() {
    assert_eq!(remaining(&deployed()), []);
    assert_eq!(plan(&deployment(), &deployed()).unwrap().len(), ALL.len());
}

#[test]
fn an_interrupted_deployment_goes_on_where_it_stopped() {
    let done = deployed();
    assert_eq!(
        remaining(&Existing {
            config: done.config,
            ..Existing::default()
        }),
        ALL[1..]
    );
    let mut half = done;
    let market = half.market.as_mut().unwrap();
    (market.active, market.classes[1]) = (0, bytemuck::Zeroable::zeroed());
    assert_eq!(remaining(&half), [Part::RiskClass(1), Part::Activation]);
}

#[test]
fn what_differs_is_named_and_never_changed() {
    let conflict = |change: fn(&mut Existing)| {
        let mut existing = deployed();
        change(&mut existing);
        let Conflict { part, field, .. } = plan(&deployment(), &existing).unwrap_err();
        (part, field)
    };
    assert_eq!(
        conflict(|e| e.config.as_mut().unwrap().genesis_hash = [0; 32]),
        (Part::Config, "genesis hash")
    );
    assert_eq!(
        conflict(|e| e.config.as_mut().unwrap().authority = key(9)),
        (Part::Config, "authority")
    );
    assert_eq!(
        conflict(|e| e.config.as_mut().unwrap().guardian = key(9)),
        (Part::Config, "guardian")
    );
    assert_eq!(
        conflict(|e| e.config.as_mut().unwrap().timelock_seconds = 0),
        (Part::Config, "timelock")
    );
    assert_eq!(
        conflict(|e| e.committee.as_mut().unwrap().keys[1] = key(9)),
        (Part::Committee, "list of members")
    );
    assert_eq!(
        conflict(|e| e.committee.as_mut().unwrap().threshold = 1),
        (Part::Committee, "threshold")
    );
    assert_eq!(
        conflict(|e| e.market.as_mut().unwrap().committee = key(9)),
        (Part::Market, "committee")
    );
    assert_eq!(
        conflict(|e| e.market.as_mut().unwrap().model_hash = [0; 32]),
        (Part::Market, "model hash")
    );
    assert_eq!(
        conflict(|e| e.market.as_mut().unwrap().params.max_observation_age = 1),
        (Part::Market, "set of parameters")
    );
    assert_eq!(
        conflict(|e| e.market.as_mut().unwrap().classes[1] = class(31_000_000)),
        (Part::RiskClass(1), "set of parameters")
    );
    assert_eq!(
        conflict(|e| e.market.as_mut().unwrap().classes[1] = bytemuck::Zeroable::zeroed()),
        (Part::Market, "number of risk classes"),
        "an active market takes a new class by proposal only"
    );
}

#[test]
fn activation_is_proposed_waited_for_and_executed() {
    let market = pda::market(&deployment().market.name).0;
    let (payer, authority, change) = (key(1), key(3), MarketChange::Activation);
    let propose = |id| instruction::propose_market_change(payer, authority, market, id, &change, REASON_HASH);
    let mut existing = set_up();
    assert_eq!(activation_of(&existing), Task::Propose(propose(3), 3_600));
    existing.activation = Some(proposal(&existing));
    assert_eq!(activation_of(&existing), Task::Wait(UnixTime(3_600)));
    existing.now = UnixTime(3_600);
    let execute = instruction::execute_market_change(key(9), market, 2);
    assert_eq!(activation_of(&existing), Task::Create(vec![execute]));
    // too late
    existing.now = existing.activation.unwrap().expires_at;
    assert_eq!(activation_of(&existing), Task::Propose(propose(3), 3_600));
}

#[test]
fn a_proposal_for_another_market_or_state_is_not_waited_for() {
    let breaks: [fn(&mut Existing); 4] = [
        |e| e.market.as_mut().unwrap().model_hash = [9; 32],
        |e| e.activation.as_mut().unwrap().target = key(8),
        |e| e.activation.as_mut().unwrap().kind = 1,
        |e| e.market.as_mut().unwrap().classes[1] = bytemuck::Zeroable::zeroed(),
    ];
    for change in breaks {
        let mut existing = set_up();
        existing.activation = Some(proposal(&existing));
        change(&mut existing);
        let mut deployment = deployment();
        deployment.market.model_hash = existing.market.unwrap().model_hash;
        let last = plan(&deployment, &existing).unwrap().pop().unwrap();
        assert!(matches!(last.task, Task::Propose(_, 3_600)), "{last:?}");
    }
}

#[test]
fn without_a_timelock_activation_is_proposed_and_executed_at_once() {
    let mut deployment = deployment();
    deployment.config.timelock_seconds = 0;
    let last = plan(&deployment, &Existing::default()).unwrap().pop().unwrap();
    assert!(
        matches!(last.task, Task::Create(instructions) if instructions.len() == 2),
        "propose and execute"
    );
}

proptest! {
    #[test]
    fn only_what_is_missing_is_created(config in any::<bool>(), committee in any::<bool>(), market in any::<bool>()) {
        let done = deployed();
        let existing = Existing {
            config: done.config.filter(|_| config),
            committee: done.committee.filter(|_| committee),
            market: done.market.filter(|_| market),
            ..Existing::default()
        };
        let there = [config, committee, market, market, market, market];
        let expected: Vec<Part> = ALL.into_iter().zip(there).filter(|(_, there)| !there).map(|(part, _)| part).collect();
        prop_assert_eq!(remaining(&existing), expected);
    }
}
