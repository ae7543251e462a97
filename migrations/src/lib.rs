//! Idempotent steps that set Hurdle up on a cluster: config, committee, market, risk classes.
//!
//! [`plan`] compares what should be with what is and answers with what remains to be done. It never changes what exists:
//! an account that differs is a [`Conflict`], for governance to resolve. Planning is pure; whoever carries a plan out
//! reads the accounts and sends the instructions, one transaction for each step, so that an interrupted run can be
//! repeated.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)
)]

use hurdle_interface::args::{CreateConfigArgs, CreateMarketArgs};
use hurdle_interface::margin::RiskClass;
use hurdle_interface::state::{CommitteeState, ConfigState, MarketState};
use hurdle_interface::{instruction, pda};
use solana_address::Address;
use solana_instruction::Instruction;
use std::fmt;
use thiserror::Error;

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
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config => f.write_str("config"),
            Self::Committee => f.write_str("committee"),
            Self::Market => f.write_str("market"),
            Self::RiskClass(index) => write!(f, "risk class {index}"),
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
    /// What creates it; `None` where it exists as it should be.
    pub instruction: Option<Instruction>,
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
    Ok(steps)
}

fn config(deployment: &Deployment, existing: &Existing) -> Result<Step, Conflict> {
    let (part, address, args) = (Part::Config, pda::config().0, &deployment.config);
    let Some(config) = &existing.config else {
        let create = instruction::create_config(deployment.payer, deployment.upgrade_authority, args);
        return Ok(Step {
            part,
            address,
            instruction: Some(create),
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
            instruction: Some(create),
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
            instruction: Some(create),
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
    match defined {
        Some(found) => agree(part, address, &[("set of parameters", found == class)]),
        None => {
            let set = instruction::set_risk_class(deployment.config.authority, address, index, class);
            Ok(Step {
                part,
                address,
                instruction: Some(set),
            })
        }
    }
}

/// A part that exists: done where everything agrees.
fn agree(part: Part, address: Address, fields: &[(&'static str, bool)]) -> Result<Step, Conflict> {
    match fields.iter().find(|(_, same)| !same) {
        Some((field, _)) => Err(Conflict { part, address, field }),
        None => Ok(Step {
            part,
            address,
            instruction: None,
        }),
    }
}

#[cfg(test)]
mod tests;
