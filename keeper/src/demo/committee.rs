//! The demo's three keepers, and what makes each see a little less than all.

use crate::config::KeeperConfig;
use crate::cycle::Keeper;
use crate::observation::Sample;
use crate::source::{Episode, ReplaySource, Source, SourceError};
use hurdle_interface::UnixTime;
use solana_keypair::Keypair;
use std::sync::Arc;

/// Signatures that a report needs.
pub const THRESHOLD: u8 = 2;

/// The hours in which a keeper's machine is off. All three read the same episode, so what makes their views differ is
/// what they missed: their volatilities and regressions rest on different samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attendance {
    /// Misses every hour of the epoch whose number leaves this remainder …
    pub missed_remainder: i64,
    /// … when divided by this; zero for a keeper that never misses one.
    pub missed_period: i64,
    /// Days after the episode's begin at which it starts to observe.
    pub joins_after_days: i64,
}

impl Attendance {
    fn is_on(self, hours: i64, days: i64) -> bool {
        let missed = hours.checked_rem_euclid(self.missed_period) == Some(self.missed_remainder);
        !missed && days >= self.joins_after_days
    }
}

/// Name and attendance of each.
pub const KEEPERS: [(&str, Attendance); 3] = [
    (
        "keeper-1",
        Attendance {
            missed_remainder: 0,
            missed_period: 0,
            joins_after_days: 0,
        },
    ),
    (
        "keeper-2",
        Attendance {
            missed_remainder: 17,
            missed_period: 41,
            joins_after_days: 0,
        },
    ),
    (
        "keeper-3",
        Attendance {
            missed_remainder: 11,
            missed_period: 29,
            joins_after_days: 7,
        },
    ),
];

/// A replay with hours missing.
pub struct Intermittent {
    replay: ReplaySource,
    attendance: Attendance,
    begins_at: i64,
}

impl Source for Intermittent {
    fn name(&self) -> &str {
        self.replay.name()
    }

    async fn observe(&mut self, now: UnixTime) -> Result<Vec<Sample>, SourceError> {
        let days = now.0.saturating_sub(self.begins_at).div_euclid(86_400);
        if !self.attendance.is_on(now.0.div_euclid(3600), days) {
            return Err(SourceError::Silent {
                source_name: self.name().to_owned(),
                at: now.0,
                reason: "this keeper's machine is off in this hour".into(),
            });
        }
        self.replay.observe(now).await
    }
}

/// A key that every run of the demo derives anew from its name. It guards nothing.
pub fn demo_key(name: &str) -> Keypair {
    Keypair::new_from_array(solana_sha256_hasher::hashv(&[b"hurdle/demo/", name.as_bytes()]).to_bytes())
}

/// The committee over an episode.
pub fn committee(episode: &Arc<Episode>, config: &KeeperConfig) -> Vec<Keeper<Intermittent>> {
    KEEPERS
        .iter()
        .map(|(name, attendance)| {
            let source = Intermittent {
                replay: ReplaySource::new(Arc::clone(episode)),
                attendance: *attendance,
                begins_at: episode.first_time(),
            };
            Keeper::new(*name, demo_key(name), source, config.clone())
        })
        .collect()
}
