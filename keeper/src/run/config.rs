//! The configuration of `hurdle run`.

use crate::chain::Commitment;
use crate::config::{ConfigError, parse, read};
use crate::pow::PowCoin;
use hurdle_interface::UnixTime;
use hurdle_interface::state::COMMITTEE_CAPACITY;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The most keys that one daemon signs with.
pub const MOST_KEYS: usize = 3;

/// Everything that `hurdle run` is told. Relative paths start at the file's own folder.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunConfig {
    /// What the keepers compute with: a file as the demo's `keeper.toml`.
    pub keeper: PathBuf,
    /// The market's name.
    pub market: String,
    /// Where to append publications and the observations behind them, as JSON lines.
    pub record: Option<PathBuf>,
    /// The cluster.
    pub cluster: ClusterConfig,
    /// The keys.
    pub keys: RunKeys,
    /// When to publish.
    pub cycle: CycleConfig,
    /// What to observe.
    pub sources: SourcesConfig,
}

/// A cluster behind JSON-RPC.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClusterConfig {
    /// URL of the endpoint.
    pub url: String,
    /// From which block on an answer counts.
    #[serde(default)]
    pub commitment: Commitment,
    /// How long a request may take, seconds.
    #[serde(default = "ClusterConfig::timeout")]
    pub timeout_seconds: u32,
}

/// Files with keys, as `solana-keygen` writes them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunKeys {
    /// Pays fees; no power over reports, so it is none of the others.
    pub payer: PathBuf,
    /// Members of the committee.
    pub committee: Vec<PathBuf>,
}

/// When to publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CycleConfig {
    /// From the begin of one cycle to that of the next, seconds.
    pub interval_seconds: u32,
    /// The longest pause after failures, seconds.
    #[serde(default = "CycleConfig::longest_pause")]
    pub longest_pause_seconds: u32,
    /// How long a cycle may go on after the order to stop, seconds.
    #[serde(default = "CycleConfig::grace")]
    pub grace_seconds: u32,
}

/// What to observe.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourcesConfig {
    /// Where the staking yield comes from.
    pub staking: StakingOrigin,
    /// A recorded episode: everything else.
    pub replay: ReplayConfig,
    /// Recorded days of proof-of-work chains, for a model that blends s across chains.
    #[serde(default)]
    pub mining: Vec<MiningSourceConfig>,
}

/// Recorded days of one chain.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MiningSourceConfig {
    /// The chain.
    pub coin: PowCoin,
    /// The file.
    pub file: PathBuf,
}

/// Where the staking yield comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StakingOrigin {
    /// From the cluster's inflation and stake.
    Cluster,
    /// From the episode's staking token.
    Replay,
}

/// A recorded episode.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplayConfig {
    /// The file.
    pub file: PathBuf,
    /// Time of the episode that the first cycle plays; what is earlier is warm-up.
    pub begin_at: toml::value::Datetime,
    /// Seconds that an hour of the episode takes; 3,600 is as it was.
    pub hour_seconds: u32,
}

impl ClusterConfig {
    const fn timeout() -> u32 {
        10
    }
}

impl CycleConfig {
    const fn longest_pause() -> u32 {
        60
    }

    const fn grace() -> u32 {
        3
    }
}

impl RunConfig {
    /// Reads and checks a configuration.
    ///
    /// # Errors
    /// [`ConfigError`] with file, line and column where the text is at fault, with file and table where the values are.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        Self::parse(&read(path)?, path)
    }

    /// Parses and checks a configuration; `path` is for messages and the start of relative paths.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let mut config: Self = parse(text, path)?;
        config.check(path)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let files = [
            &mut config.keeper,
            &mut config.keys.payer,
            &mut config.sources.replay.file,
        ];
        for file in files
            .into_iter()
            .chain(&mut config.record)
            .chain(&mut config.keys.committee)
            .chain(config.sources.mining.iter_mut().map(|mining| &mut mining.file))
        {
            *file = folder.join(&*file);
        }
        Ok(config)
    }

    fn check(&self, path: &Path) -> Result<(), ConfigError> {
        let require = |section, holds, reason| ConfigError::unless(holds, path, section, reason);
        require(
            "market",
            (1..=16).contains(&self.market.len()),
            "the name must have 1 to 16 bytes",
        )?;
        self.cluster.check(path)?;
        let keys = self.keys.committee.len();
        let enough = (1..=MOST_KEYS.min(COMMITTEE_CAPACITY)).contains(&keys);
        require("keys", enough, "committee needs 1 to 3 key files")?;
        require(
            "cycle",
            self.cycle.interval_seconds > 0,
            "interval_seconds must be at least 1",
        )?;
        require(
            "cycle",
            self.cycle.longest_pause_seconds > 0,
            "longest_pause_seconds must be at least 1",
        )?;
        let replay = &self.sources.replay;
        require(
            "sources.replay",
            replay.hour_seconds > 0,
            "hour_seconds must be at least 1",
        )?;
        let begin = replay.begin_at();
        require(
            "sources.replay",
            begin.is_some(),
            "begin_at needs date, time and offset, as 2021-05-17T00:00:00Z",
        )
    }

    /// The market's name, as it stands on-chain.
    pub fn padded_market(&self) -> [u8; 16] {
        let mut name = [0; 16];
        for (to, from) in name.iter_mut().zip(self.market.bytes()) {
            *to = from;
        }
        name
    }
}

impl ClusterConfig {
    /// Checks URL and timeout; `path` is for messages.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`].
    pub fn check(&self, path: &Path) -> Result<(), ConfigError> {
        let invalid = |reason: &str| ConfigError::Invalid {
            path: path.to_owned(),
            section: "cluster",
            reason: reason.to_owned(),
        };
        let host = self
            .url
            .strip_prefix("http://")
            .or_else(|| self.url.strip_prefix("https://"));
        if host.is_none_or(str::is_empty) {
            return Err(invalid(
                "url must begin with http:// or https://, as http://127.0.0.1:8899",
            ));
        }
        if self.timeout_seconds == 0 {
            return Err(invalid("timeout_seconds must be at least 1"));
        }
        Ok(())
    }
}

impl ReplayConfig {
    /// Time of the episode that the first cycle plays; `None` where the offset from UTC is missing.
    #[must_use]
    pub fn begin_at(&self) -> Option<UnixTime> {
        let time = OffsetDateTime::parse(&self.begin_at.to_string(), &Rfc3339).ok()?;
        Some(UnixTime(time.unix_timestamp()))
    }
}

#[cfg(test)]
mod tests;
