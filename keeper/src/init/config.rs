//! The configuration of `hurdle init`.

use crate::config::{ConfigError, parse, read};
use crate::run::config::ClusterConfig;
use hurdle_interface::state::ConfigState;
use serde::{Deserialize, Deserializer};
use solana_address::Address;
use std::path::{Path, PathBuf};

/// Everything that `hurdle init` is told. Relative paths start at the file's own folder.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InitConfig {
    /// The market: a file as the demo's `market.toml`.
    pub market: PathBuf,
    /// What the keepers compute with: a file as the demo's `keeper.toml`. Its model becomes the market's.
    pub keeper: PathBuf,
    /// The cluster.
    pub cluster: ClusterConfig,
    /// The keys.
    pub keys: InitKeys,
    /// Who governs.
    pub governance: Governance,
    /// Who signs for the market.
    pub committee: CommitteeSpec,
}

/// Files with keys, as `solana-keygen` writes them. One file may stand in several places.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InitKeys {
    /// Pays for accounts and fees.
    pub payer: PathBuf,
    /// The program's upgrade authority, who alone may create the config.
    pub upgrade_authority: PathBuf,
    /// Governance: may create committees and markets.
    pub authority: PathBuf,
}

/// Who governs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Governance {
    /// May only tighten and pause.
    #[serde(deserialize_with = "address")]
    pub guardian: Address,
    /// Seconds between a proposal and its execution: an hour at least, or zero while the program is being set up.
    pub timelock_seconds: i64,
}

/// A committee of keepers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommitteeSpec {
    /// Its number.
    pub id: u16,
    /// Signatures that a report needs.
    pub threshold: u8,
    /// Public keys of its members.
    pub members: Vec<Member>,
}

/// The public key of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Member(#[serde(deserialize_with = "address")] pub Address);

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Address, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| {
        serde::de::Error::custom(format!(
            "`{text}` is no public key; write it in base 58, as `solana address` shows it"
        ))
    })
}

impl InitConfig {
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
        config.cluster.check(path)?;
        let committee = &config.committee;
        if !(1..=committee.members.len()).contains(&usize::from(committee.threshold)) {
            return Err(ConfigError::Invalid {
                path: path.to_owned(),
                section: "committee",
                reason: "threshold must lie between 1 and the number of members".to_owned(),
            });
        }
        if ConfigState::check_first_timelock(config.governance.timelock_seconds).is_err() {
            return Err(ConfigError::Invalid {
                path: path.to_owned(),
                section: "governance",
                reason: format!(
                    "timelock_seconds must lie between {} and {}, or be 0 while the program is being set up",
                    ConfigState::MIN_TIMELOCK_SECONDS,
                    ConfigState::MAX_TIMELOCK_SECONDS
                ),
            });
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        let keys = &mut config.keys;
        let files = [&mut config.market, &mut config.keeper];
        for file in
            files
                .into_iter()
                .chain([&mut keys.payer, &mut keys.upgrade_authority, &mut keys.authority])
        {
            *file = folder.join(&*file);
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"market = "market.toml"
keeper = "keeper.toml"

[cluster]
url = "http://127.0.0.1:8899"

[keys]
payer = "payer.json"
upgrade_authority = "authority.json"
authority = "authority.json"

[governance]
guardian = "Stake11111111111111111111111111111111111111"
timelock_seconds = 86_400

[committee]
id = 1
threshold = 1
members = ["Vote111111111111111111111111111111111111111"]
"#;

    fn refused(from: &str, to: &str) -> String {
        assert!(TEXT.contains(from), "{from}");
        InitConfig::parse(&TEXT.replace(from, to), Path::new("conf/init.toml"))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn paths_start_at_the_files_own_folder() {
        let config = InitConfig::parse(TEXT, Path::new("conf/init.toml")).unwrap();
        assert_eq!(config.keys.authority, Path::new("conf/authority.json"));
        assert_eq!(config.market, Path::new("conf/market.toml"));
        assert_eq!(config.committee.members.len(), 1);
    }

    #[test]
    fn the_example_is_valid() {
        let text = include_str!("../../data/init.toml");
        let config = InitConfig::parse(text, Path::new("init.toml")).unwrap();
        assert_eq!(config.committee.members.len(), 3);
    }

    #[test]
    fn a_key_that_is_none_and_a_threshold_that_nobody_reaches_are_named() {
        let error = refused("Vote1", "Vote0");
        assert!(
            error.starts_with("conf/init.toml:19:") && error.contains("is no public key"),
            "{error}"
        );
        let error = refused("threshold = 1", "threshold = 2");
        assert!(
            error.starts_with("conf/init.toml: [committee] threshold"),
            "{error}"
        );
        let error = refused("timelock_seconds = 86_400", "timelock_seconds = 3_599");
        assert!(
            error.starts_with(
                "conf/init.toml: [governance] timelock_seconds must lie between 3600 and 2592000"
            ),
            "{error}"
        );
        assert!(InitConfig::parse(&TEXT.replace("86_400", "0"), Path::new("init.toml")).is_ok());
        assert!(
            refused("threshold = 1", "threshold = 0").starts_with("conf/init.toml: [committee] threshold")
        );
    }
}
