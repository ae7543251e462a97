//! `hurdle init`: sets Hurdle up on a cluster. What exists stays as it is; what is missing is created, and the market
//! activated once its timelock is over.

pub mod config;

pub use config::InitConfig;

use crate::chain::{Chain, ChainError, ConfirmPolicy, RpcChain, find_state};
use crate::config::{ConfigError, KeeperConfig, MarketSpec, read};
use crate::convert::OutOfDomain;
use crate::keys::{KeyError, read_key};
use crate::submit::{SubmitError, submit};
use hurdle_interface::args::CreateConfigArgs;
use hurdle_interface::governance::kind;
use hurdle_interface::state::{ConfigState, ProposalState};
use hurdle_interface::{UnixTime, pda};
use hurdle_migrations::{Conflict, Deployment, Existing, Part, Step, Task, plan};
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signature::Signature;
use solana_signer::Signer;
use std::path::Path;
use std::time::Duration;
use thiserror::Error;

/// Why the set-up stopped. What was created before stands; the command can be repeated.
#[derive(Debug, Error)]
pub enum InitError {
    /// A configuration file.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A key file.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The model cannot be hashed.
    #[error("the model cannot be serialised: {0}")]
    Serialise(#[from] serde_json::Error),
    /// A number of the market has no place on-chain.
    #[error(transparent)]
    OutOfDomain(#[from] OutOfDomain),
    /// The endpoint gave no answer, or an account cannot be read.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The program is not there.
    #[error(
        "program {program} is not deployed on this cluster: build it with `cargo xtask build-sbf`, deploy it with \
         `solana program deploy programs/target/deploy/hurdle.so`, or check cluster.url"
    )]
    NoProgram {
        /// Its address.
        program: Address,
    },
    /// Something exists and differs.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// A step was not carried out.
    #[error("{part} was not created: {reason}")]
    Step {
        /// The part.
        part: Part,
        /// Why.
        reason: SubmitError,
    },
}

/// A part of the deployment after the set-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// The part.
    pub part: Part,
    /// The account that holds it.
    pub address: Address,
    /// How it came to be.
    pub came: Came,
}

/// How a part came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// It existed.
    Before,
    /// This transaction created it.
    Now(Signature),
    /// It will exist once the set-up is repeated at this time or later.
    From(UnixTime),
}

/// Sets Hurdle up as a file says.
///
/// # Errors
/// [`InitError`].
pub async fn init(path: &Path) -> Result<Vec<Done>, InitError> {
    let config = InitConfig::load(path)?;
    let spec = MarketSpec::parse(&read(&config.market)?, &config.market)?;
    let keeper = KeeperConfig::load(&config.keeper)?;
    let keys = &config.keys;
    let (payer, upgrade_authority, authority) = (
        read_key(&keys.payer)?,
        read_key(&keys.upgrade_authority)?,
        read_key(&keys.authority)?,
    );

    let cluster = &config.cluster;
    let timeout = Duration::from_secs(cluster.timeout_seconds.into());
    let chain = RpcChain::new(
        &cluster.url,
        cluster.commitment,
        timeout,
        ConfirmPolicy::default(),
    );
    let classes: Result<Vec<_>, _> = spec
        .classes
        .iter()
        .map(|class| class.class(spec.quote_decimals))
        .collect();
    let deployment = Deployment {
        payer: payer.pubkey(),
        upgrade_authority: upgrade_authority.pubkey(),
        config: CreateConfigArgs {
            authority: authority.pubkey(),
            guardian: config.governance.guardian,
            genesis_hash: chain.genesis_hash().await?.to_bytes(),
            timelock_seconds: config.governance.timelock_seconds,
        },
        committee_id: config.committee.id,
        threshold: config.committee.threshold,
        members: config.committee.members.iter().map(|member| member.0).collect(),
        market: spec.create_args(keeper.model_hash()?)?,
        classes: classes?,
    };
    carry_out(&chain, &deployment, &payer, &[&upgrade_authority, &authority]).await
}

/// Creates what a deployment lacks, one transaction for each step.
///
/// # Errors
/// [`InitError`].
pub async fn carry_out(
    chain: &impl Chain,
    deployment: &Deployment,
    payer: &Keypair,
    signers: &[&Keypair],
) -> Result<Vec<Done>, InitError> {
    let program = hurdle_interface::ID;
    chain
        .account(&program)
        .await?
        .ok_or(InitError::NoProgram { program })?;
    let market = pda::market(&deployment.market.name).0;
    let config: Option<ConfigState> = find_state(chain, "config", &pda::config().0).await?;
    let existing = Existing {
        config,
        committee: find_state(chain, "committee", &pda::committee(deployment.committee_id).0).await?,
        market: find_state(chain, "market", &market).await?,
        activation: find_activation(chain, config.map_or(0, |config| config.proposals), &market).await?,
        now: chain.now().await?.time,
    };
    let mut done = Vec::new();
    for Step { part, address, task } in plan(deployment, &existing)? {
        let (instructions, seconds) = match task {
            Task::None => (Vec::new(), None),
            Task::Create(instructions) => (instructions, None),
            Task::Propose(instruction, seconds) => (vec![instruction], Some(seconds)),
            Task::Wait(time) => {
                let came = Came::From(time);
                done.push(Done { part, address, came });
                continue;
            }
        };
        let came = if instructions.is_empty() {
            Came::Before
        } else {
            let needed = needed(&instructions, payer, signers);
            let outcome = submit(chain, payer, &needed, &instructions).await;
            let signature = outcome
                .map_err(|reason| InitError::Step { part, reason })?
                .signature;
            match seconds {
                None => Came::Now(signature),
                Some(seconds) => Came::From(UnixTime(chain.now().await?.time.0.saturating_add(seconds))),
            }
        };
        tracing::info!(%part, %address, ?came, "set up");
        done.push(Done { part, address, came });
    }
    Ok(done)
}

/// How many of the newest proposals are searched for one that activates the market.
const SEARCHED: u64 = 32;

/// The newest proposal to activate a market, among the last that were made.
async fn find_activation(
    chain: &impl Chain,
    proposals: u64,
    market: &Address,
) -> Result<Option<ProposalState>, ChainError> {
    for id in (proposals.saturating_sub(SEARCHED)..proposals).rev() {
        let found: Option<ProposalState> = find_state(chain, "proposal", &pda::proposal(id).0).await?;
        let activates =
            |proposal: &ProposalState| proposal.kind == kind::ACTIVATION && proposal.target == *market;
        if let Some(proposal) = found.filter(activates) {
            return Ok(Some(proposal));
        }
    }
    Ok(None)
}

/// The keys that must sign instructions besides the payer, each once.
fn needed<'a>(instructions: &[Instruction], payer: &Keypair, signers: &[&'a Keypair]) -> Vec<&'a Keypair> {
    let mut needed: Vec<&Keypair> = Vec::new();
    for meta in instructions
        .iter()
        .flat_map(|instruction| &instruction.accounts)
        .filter(|meta| meta.is_signer && meta.pubkey != payer.pubkey())
    {
        let here = needed.iter().any(|key| key.pubkey() == meta.pubkey);
        needed.extend(signers.iter().find(|key| !here && key.pubkey() == meta.pubkey));
    }
    needed
}
