//! Idempotent steps that set Hurdle up on a cluster: config, committee, market, risk classes, activation.
//!
//! [`plan`] compares what should be with what is and answers with what remains to be done. It never changes what exists:
//! an account that differs is a [`Conflict`], for governance to resolve. Planning is pure; whoever carries a plan out
//! reads the accounts and sends the instructions, one transaction for each step, so that an interrupted run can be
//! repeated. Activation waits for the timelock: the plan proposes it, and the same plan after the wait executes it.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)
)]

use hurdle_interface::args::{CreateConfigArgs, CreateMarketArgs};
use hurdle_interface::governance::{Change, MarketChange};
use hurdle_interface::margin::RiskClass;
use hurdle_interface::state::{CommitteeState, ConfigState, MarketState, ProposalState};
use hurdle_interface::{UnixTime, instruction, pda};
use solana_address::Address;
use solana_instruction::Instruction;
use std::fmt;
use thiserror::Error;

/// sha256 of "set-up of the market": the reason that a set-up gives for the activation.
pub const REASON_HASH: [u8; 32] = [
    241, 48, 111, 236, 137, 5, 99, 55, 55, 211, 239, 158, 199, 32, 253, 40, 206, 47, 30, 214, 253, 58, 14,
    220, 11, 84, 90, 117, 163, 203, 66, 33,
];

/// What should be on the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// Pays for accounts and fees.
    pub payer: Address,
    /// The program's upgrade authority, who alone may create the config.
    pub upgrade_authority: Address,
    /// The config.
    pub config: CreateConfigArgs,
    /// Number of the committee.
    pub committee_id: u16,
    /// Signatures that a report needs.
    pub threshold: u8,
    /// Members of the committee.
    pub members: Vec<Address>,
    /// The market.
    pub market: CreateMarketArgs,
    /// Its risk classes, in the order of their index.
    pub classes: Vec<RiskClass>,
}

/// What is on the cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Existing {
    /// The config.
    pub config: Option<ConfigState>,
    /// The committee of the deployment's number.
    pub committee: Option<CommitteeState>,
    /// The market of the deployment's name.
    pub market: Option<MarketState>,
    /// The newest proposal to activate it.
    pub activation: Option<ProposalState>,
    /// The cluster's time.
    pub now: UnixTime,
}

/// A part of a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The config.
    Config,
    /// The committee.
    Committee,
    /// The market.
    Market,
    /// A risk class of the market, by its index.
    RiskClass(u8),
    /// The activation of the market.
    Activation,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config => f.write_str("config"),
            Self::Committee => f.write_str("committee"),
            Self::Market => f.write_str("market"),
            Self::RiskClass(index) => write!(f, "risk class {index}"),
            Self::Activation => f.write_str("activation"),
        }
    }
}

/// One part and what remains to be done for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The part.
    pub part: Part,
    /// The account that holds it.
    pub address: Address,
    /// What remains to be done.
    pub task: Task,
}

/// What remains to be done for a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Nothing: it exists as it should be.
    None,
    /// Send these instructions in one transaction; then it exists.
    Create(Vec<Instruction>),
    /// Send this instruction; plan again after so many seconds.
    Propose(Instruction, i64),
    /// Plan again at this time or later.
    Wait(UnixTime),
}

/// A part that exists and is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "{part} {address} exists with another {field}: set-up never changes what exists; correct the file, or have \
     governance change the account"
)]
pub struct Conflict {
    /// The part.
    pub part: Part,
    /// The account that holds it.
    pub address: Address,
    /// What differs.
    pub field: &'static str,
}

/// The steps of a deployment in their order, those done before included.
///
/// # Errors
/// The first [`Conflict`]; then nothing should be sent.
pub fn plan(deployment: &Deployment, existing: &Existing) -> Result<Vec<Step>, Conflict> {
    let mut steps = vec![
        config(deployment, existing)?,
        committee(deployment, existing)?,
        market(deployment, existing)?,
    ];
    for (index, class) in (0u8..).zip(&deployment.classes) {
        steps.push(risk_class(deployment, existing, index, class)?);
    }
    let set_up = steps.iter().all(|step| step.task == Task::None);
    steps.push(activation(deployment, existing, set_up));
    Ok(steps)
}

fn config(deployment: &Deployment, existing: &Existing) -> Result<Step, Conflict> {
    let (part, address, args) = (Part::Config, pda::config().0, &deployment.config);
    let Some(config) = &existing.config else {
        let create = instruction::create_config(deployment.payer, deployment.upgrade_authority, args);
        return Ok(Step {
            part,
            address,
            task: Task::Create(vec![create]),
        });
    };
    agree(
        part,
        address,
        &[
            ("genesis hash", config.genesis_hash == args.genesis_hash),
            ("authority", config.authority == args.authority),
            ("guardian", config.guardian == args.guardian),
            ("timelock", config.timelock_seconds == args.timelock_seconds),
        ],
    )
}

fn committee(deployment: &Deployment, existing: &Existing) -> Result<Step, Conflict> {
    let Deployment {
        payer,
        committee_id,
        threshold,
        members,
        ..
    } = deployment;
    let (part, address) = (Part::Committee, pda::committee(*committee_id).0);
    let Some(committee) = &existing.committee else {
        let authority = deployment.config.authority;
        let create = instruction::create_committee(*payer, authority, *committee_id, *threshold, members);
        return Ok(Step {
            part,
            address,
            task: Task::Create(vec![create]),
        });
    };
    agree(
        part,
        address,
        &[
            ("list of members", committee.members() == members),
            ("threshold", committee.threshold == *threshold),
        ],
    )
}

fn market(deployment: &Deployment, existing: &Existing) -> Result<Step, Conflict> {
    let args = &deployment.market;
    let (part, address) = (Part::Market, pda::market(&args.name).0);
    let committee = pda::committee(deployment.committee_id).0;
    let Some(market) = &existing.market else {
        let create =
            instruction::create_market(deployment.payer, deployment.config.authority, committee, args);
        return Ok(Step {
            part,
            address,
            task: Task::Create(vec![create]),
        });
    };
    agree(
        part,
        address,
        &[
            ("committee", market.committee == committee),
            ("model hash", market.model_hash == args.model_hash),
            ("set of parameters", market.params == args.params),
        ],
    )
}

fn risk_class(
    deployment: &Deployment,
    existing: &Existing,
    index: u8,
    class: &RiskClass,
) -> Result<Step, Conflict> {
    let (part, address) = (Part::RiskClass(index), pda::market(&deployment.market.name).0);
    let defined = existing
        .market
        .as_ref()
        .and_then(|market| market.class(index).ok());
    let active = existing.market.as_ref().is_some_and(MarketState::is_active);
    match defined {
        None if active => Err(Conflict {
            part: Part::Market,
            address,
            field: "number of risk classes",
        }),
        Some(found) => agree(part, address, &[("set of parameters", found == class)]),
        None => {
            let set = instruction::set_risk_class(deployment.config.authority, address, index, class);
            Ok(Step {
                part,
                address,
                task: Task::Create(vec![set]),
            })
        }
    }
}

/// Proposes the activation of what is set up, waits for the timelock, executes. A proposal made before the set-up was
/// whole, or not used in time, is replaced by another.
fn activation(deployment: &Deployment, existing: &Existing, set_up: bool) -> Step {
    let (part, address) = (Part::Activation, pda::market(&deployment.market.name).0);
    let step = |task| Step { part, address, task };
    if existing.market.as_ref().is_some_and(MarketState::is_active) {
        return step(Task::None);
    }
    let waiting = existing
        .activation
        .as_ref()
        .filter(|proposal| set_up && proposal.target == address && is_current(proposal, existing));
    if let Some(proposal) = waiting {
        if existing.now < proposal.executable_at {
            return step(Task::Wait(proposal.executable_at));
        }
        let execute = instruction::execute_market_change(proposal.payer, address, proposal.id);
        return step(Task::Create(vec![execute]));
    }
    let config = existing.config.as_ref();
    let id = config.map_or(0, |config| config.proposals);
    let timelock = config.map_or(deployment.config.timelock_seconds, |config| {
        config.timelock_seconds
    });
    let (payer, authority) = (deployment.payer, deployment.config.authority);
    let change = MarketChange::Activation;
    let propose = instruction::propose_market_change(payer, authority, address, id, &change, REASON_HASH);
    if timelock > 0 {
        return step(Task::Propose(propose, timelock));
    }
    let execute = instruction::execute_market_change(payer, address, id);
    step(Task::Create(vec![propose, execute]))
}

/// Whether a proposal is to activate the market as it stands, and still in time.
fn is_current(proposal: &ProposalState, existing: &Existing) -> bool {
    let change = MarketChange::Activation;
    let replaces = existing
        .market
        .as_ref()
        .and_then(|market| change.replaced(market).ok());
    proposal.change() == Ok(Change::Market(change))
        && replaces == Some(proposal.replaces)
        && existing.now < proposal.expires_at
}

/// A part that exists: done where everything agrees.
fn agree(part: Part, address: Address, fields: &[(&'static str, bool)]) -> Result<Step, Conflict> {
    match fields.iter().find(|(_, same)| !same) {
        Some((field, _)) => Err(Conflict { part, address, field }),
        None => Ok(Step {
            part,
            address,
            task: Task::None,
        }),
    }
}

#[cfg(test)]
mod tests;
