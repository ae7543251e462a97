//! `hurdle run`: the pipeline, forever, against a cluster behind JSON-RPC.
//!
//! | a component comes from | of |
//! |---|---|
//! | the cluster | s, staking, where `sources.staking` says so: see [`crate::source::ClusterSource`] |
//! | the episode | s otherwise; d and u (lending venues), σ, o and q (price), l (depth), each measured or assumed as the file says |
//! | the keeper file | p, b, e, w's equity value, the size of the insurance fund behind c: stated assumptions |
//!
//! Slot and time of a report are the cluster's, and so is the state of the market around which it is solved.

pub mod config;
pub mod daemon;
pub mod pace;
pub mod preflight;
mod shutdown;

use config::MiningSourceConfig;
pub use config::RunConfig;
pub use daemon::{Daemon, Tally};
pub use preflight::{Expectation, PreflightError, preflight};

use crate::chain::{Chain, ChainError, ConfirmPolicy, RpcChain};
use crate::config::{ConfigError, KeeperConfig};
use crate::cycle::{Keeper, Publication, Target, ViewError};
use crate::keys::{KeyError, read_key};
use crate::record::{JsonLines, ObservationRecord, PublicationRecord, RecordError};
use crate::source::{Episode, LiveSource, MiningRecord, MiningSource, Playhead, ReplaySource, SourceError};
use crate::timer::MonotonicTimer;
use config::StakingOrigin;
use hurdle_interface::publication::Now;
use hurdle_interface::{Rate, UnixTime};
use pace::Pace;
use shutdown::Signals;
use solana_keypair::Keypair;
use solana_signer::Signer;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;

/// Why the daemon does not start. Once it runs, it goes on whatever a cycle brings.
#[derive(Debug, Error)]
pub enum RunError {
    /// A configuration file.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A key file.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The episode.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The record file.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The chain is not as configured.
    #[error(transparent)]
    Preflight(#[from] PreflightError),
    /// The chain gave no answer.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The warm-up failed.
    #[error("{keeper} cannot observe the episode before its begin: {reason}")]
    WarmUp {
        /// Which keeper.
        keeper: String,
        /// Why.
        reason: ViewError,
    },
    /// The configuration cannot be hashed.
    #[error("the model cannot be serialised: {0}")]
    Serialise(#[from] serde_json::Error),
    /// Signals cannot be received.
    #[error("SIGINT and SIGTERM cannot be received: {0}")]
    Signals(std::io::Error),
}

/// A key and the name of the file that it came from.
struct NamedKey {
    name: String,
    key: Keypair,
}

/// Runs the daemon until SIGINT or SIGTERM.
///
/// # Errors
/// [`RunError`]: what is wrong with the configuration, the keys or the chain before the first cycle.
pub async fn run(path: &Path) -> Result<Tally, RunError> {
    let config = RunConfig::load(path)?;
    let keeper_config = KeeperConfig::load(&config.keeper)?;
    let payer = read_key(&config.keys.payer)?;
    let keys = named_keys(&config)?;
    let episode = Arc::new(Episode::read(&config.sources.replay.file)?);
    let mut recorder = config.record.as_deref().map(open_record).transpose()?;
    let mut signals = Signals::listen().map_err(RunError::Signals)?;

    let timeout = Duration::from_secs(config.cluster.timeout_seconds.into());
    let cluster = &config.cluster;
    let chain = Arc::new(RpcChain::new(
        &cluster.url,
        cluster.commitment,
        timeout,
        ConfirmPolicy::default(),
    ));
    let expected = Expectation {
        market: config.padded_market(),
        keys: keys.iter().map(|named| named.key.pubkey()).collect(),
        payer: payer.pubkey(),
        model_hash: keeper_config.model_hash()?,
        class: keeper_config.model.tail.class,
    };
    let start = async {
        let found = preflight(&*chain, &expected).await?;
        let hurdle = found.market.published.hurdle;
        let keepers = keepers(&chain, keys, hurdle, &config, &keeper_config, &episode).await?;
        Ok::<_, RunError>((found, keepers))
    };
    let (found, mut keepers) = tokio::select! {
        biased;
        () = signals.received() => return Ok(Tally::default()),
        started = start => started?,
    };
    let sequence = found.market.published.sequence;
    let interval = Duration::from_secs(config.cycle.interval_seconds.into());
    tracing::info!(
        endpoint = chain.endpoint(),
        market = %found.address,
        sequence,
        keys = keepers.len(),
        threshold = found.committee.threshold,
        interval_s = interval.as_secs(),
        "started"
    );
    let daemon = Daemon {
        chain: &*chain,
        keepers: &mut keepers,
        target: Target {
            market: found.address,
            payer: &payer,
        },
        timer: &MonotonicTimer::start(),
        pace: Pace::new(
            interval,
            Duration::from_secs(config.cycle.longest_pause_seconds.into()),
        ),
        grace: Duration::from_secs(config.cycle.grace_seconds.into()),
        sequence,
    };
    let tally = daemon
        .run(signals.received(), |publication| {
            if let Some(Err(error)) = recorder.as_mut().map(|lines| record(lines, publication)) {
                tracing::error!(%error, "the publication was not recorded");
            }
        })
        .await;
    tracing::info!(
        published = tally.published,
        superseded = tally.superseded,
        failed = tally.failed,
        "stopped"
    );
    Ok(tally)
}

fn named_keys(config: &RunConfig) -> Result<Vec<NamedKey>, KeyError> {
    let name = |path: &Path| {
        path.file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    let read = |path: &std::path::PathBuf| {
        Ok(NamedKey {
            name: name(path),
            key: read_key(path)?,
        })
    };
    config.keys.committee.iter().map(read).collect()
}

/// Makes the keepers and lets them observe the hours before the episode's begin.
async fn keepers(
    chain: &Arc<RpcChain>,
    keys: Vec<NamedKey>,
    hurdle: Rate,
    config: &RunConfig,
    keeper_config: &KeeperConfig,
    episode: &Arc<Episode>,
) -> Result<Vec<Keeper<LiveSource<Arc<RpcChain>>>>, RunError> {
    let now = chain.now().await?;
    let replay = &config.sources.replay;
    // checked when the file was read
    let begin = replay.begin_at().unwrap_or(UnixTime(episode.first_time()));
    let playhead = Playhead {
        begin,
        started: now.time,
        hour_seconds: replay.hour_seconds,
    };
    let mining = mining(&config.sources.mining)?;
    let mut keepers = Vec::with_capacity(keys.len());
    for NamedKey { name, key } in keys {
        let staking = (config.sources.staking == StakingOrigin::Cluster).then(|| Arc::clone(chain));
        let source = LiveSource::new(ReplaySource::new(Arc::clone(episode)), playhead, staking)
            .with_mining(mining.clone());
        let mut keeper = Keeper::new(name, key, source, keeper_config.clone());
        for time in playhead.warm_up(UnixTime(episode.first_time())) {
            let observed = keeper.observe(hurdle, Now { time, ..now }).await;
            observed.map_err(|reason| RunError::WarmUp {
                keeper: keeper.name().to_owned(),
                reason,
            })?;
        }
        keepers.push(keeper);
    }
    Ok(keepers)
}

fn mining(configured: &[MiningSourceConfig]) -> Result<Vec<MiningSource>, SourceError> {
    configured
        .iter()
        .map(|chain| {
            MiningRecord::read(&chain.file).map(|days| MiningSource::new(chain.coin, Arc::new(days)))
        })
        .collect()
}

fn open_record(path: &Path) -> Result<JsonLines<File>, RecordError> {
    let file = File::options().create(true).append(true).open(path);
    let file = file.map_err(|reason| RecordError {
        path: path.to_owned(),
        reason,
    })?;
    Ok(JsonLines::new(file, path))
}

fn record(lines: &mut JsonLines<File>, publication: &Publication) -> Result<(), RecordError> {
    let observation = &publication.view.observation;
    lines.write(&ObservationRecord {
        keeper: &publication.proposer,
        observation,
    })?;
    lines.write(&PublicationRecord::from(publication))
}
