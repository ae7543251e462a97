//! A recorded episode, played on a running cluster.
//!
//! The rows are observations of another time. They keep it: samples, histories and windows live on the episode's time
//! axis, so that volatilities and growth rates are those of the episode at any speed, and the digest of the observations
//! is that of the recorded rows. Only the report's header says the cluster's time, at which they are played. A market
//! that is published this way follows the episode, not the world; it is for rehearsals.

use super::{ClusterSource, MiningSource, ReplaySource, Source, SourceError, StakeSource};
use crate::observation::{Metric, Sample};
use hurdle_interface::UnixTime;

/// Seconds of an hour of the episode.
const HOUR: i64 = 3600;

/// Where on the episode's axis a time of the cluster lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Playhead {
    /// Time of the episode that the first cycle plays.
    pub begin: UnixTime,
    /// Time of the cluster at which it does.
    pub started: UnixTime,
    /// Seconds of the cluster's time that an hour of the episode takes; 3,600 is as it was.
    pub hour_seconds: u32,
}

impl Playhead {
    /// The time of the episode at a time of the cluster.
    #[must_use]
    pub fn at(&self, now: UnixTime) -> UnixTime {
        let elapsed = now.0.saturating_sub(self.started.0).saturating_mul(HOUR);
        let played = elapsed.div_euclid(i64::from(self.hour_seconds).max(1));
        UnixTime(self.begin.0.saturating_add(played))
    }

    /// Times of the cluster at which the hours before the first cycle would have been played, oldest first: one for
    /// each hour since `first`.
    pub fn warm_up(self, first: UnixTime) -> impl Iterator<Item = UnixTime> {
        let hours = self.begin.seconds_since(first).max(0).div_euclid(HOUR);
        (1..=hours).rev().map(move |hour| {
            UnixTime(
                self.started
                    .0
                    .saturating_sub(hour.saturating_mul(i64::from(self.hour_seconds))),
            )
        })
    }
}

/// An episode on a running cluster, whose staking may be the cluster's own instead of the episode's.
#[derive(Clone, Debug)]
pub struct LiveSource<C> {
    replay: ReplaySource,
    playhead: Playhead,
    staking: Option<ClusterSource<C>>,
    mining: Vec<MiningSource>,
}

impl<C: StakeSource> LiveSource<C> {
    /// Plays an episode; `staking` takes the place of the episode's staking token.
    #[must_use]
    pub fn new(replay: ReplaySource, playhead: Playhead, staking: Option<C>) -> Self {
        let staking = staking.map(|cluster| ClusterSource::new(cluster, playhead.begin));
        Self {
            replay,
            playhead,
            staking,
            mining: Vec::new(),
        }
    }

    /// The same with recorded days of proof-of-work chains beside it.
    #[must_use]
    pub fn with_mining(mut self, mining: Vec<MiningSource>) -> Self {
        self.mining = mining;
        self
    }
}

impl<C: StakeSource> Source for LiveSource<C> {
    fn name(&self) -> &str {
        "live-replay"
    }

    fn time(&self, now: UnixTime) -> UnixTime {
        self.playhead.at(now)
    }

    async fn observe(&mut self, now: UnixTime) -> Result<Vec<Sample>, SourceError> {
        let mut samples = self.replay.observe(now).await?;
        if let Some(staking) = &mut self.staking {
            samples.retain(|sample| sample.metric != Metric::LstRate);
            samples.extend(staking.observe(now).await?);
        }
        for chain in &mut self.mining {
            match chain.observe(now).await {
                Ok(of_chain) => samples.extend(of_chain),
                // the model counts a silent chain as missing; the market goes on
                Err(reason) => tracing::warn!(%reason, "a proof-of-work chain is silent"),
            }
        }
        Ok(samples)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::ChainError;
    use crate::source::{Episode, StakeReading};
    use proptest::prelude::*;
    use std::path::Path;
    use std::sync::Arc;

    const PLAYHEAD: Playhead = Playhead {
        begin: UnixTime(1_000_000),
        started: UnixTime(50_000),
        hour_seconds: 2,
    };

    struct Cluster;

    impl StakeSource for Cluster {
        async fn stake(&self) -> Result<StakeReading, ChainError> {
            Ok(StakeReading {
                epoch: 0,
                inflation: 0.05,
                staked_share: 0.5,
                commission: 0.0,
            })
        }
    }

    fn observed(staking: Option<Cluster>) -> Vec<Sample> {
        let text = "time,sol_price,aave_borrow_rate,aave_utilisation,aave_borrowed,compound_borrow_rate,\
                    compound_borrowed,lst_rate,depth\n\
                    1970-01-12T13:00:00Z,35.49,0.04,0.85,2.6e9,0.05,3.2e9,1.02,2000000\n";
        let episode = Episode::parse(text.as_bytes(), Path::new("x")).unwrap();
        let mut source = LiveSource::new(ReplaySource::new(Arc::new(episode)), PLAYHEAD, staking);
        let at = source.time(UnixTime(50_000));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(source.observe(at)).unwrap()
    }

    #[test]
    fn rows_keep_their_own_time() {
        let samples = observed(None);
        assert!(samples.iter().all(|sample| sample.observed_at == 997_200));
        let staking: Vec<&str> = samples
            .iter()
            .filter(|sample| sample.metric == Metric::LstRate)
            .map(|sample| sample.source.as_str())
            .collect();
        assert_eq!(staking, ["assumed"]);
    }

    #[test]
    fn the_clusters_staking_takes_the_place_of_the_episodes() {
        let samples = observed(Some(Cluster));
        let staking: Vec<(&str, i64)> = samples
            .iter()
            .filter(|sample| sample.metric == Metric::LstRate)
            .map(|sample| (sample.source.as_str(), sample.observed_at))
            .collect();
        assert_eq!(staking, [("cluster", 1_000_000)]);
        assert_eq!(samples.len(), 8);
    }

    #[test]
    fn an_hour_of_the_episode_takes_the_configured_seconds() {
        assert_eq!(PLAYHEAD.at(UnixTime(50_000)), UnixTime(1_000_000));
        assert_eq!(PLAYHEAD.at(UnixTime(50_004)), UnixTime(1_007_200));
        assert_eq!(PLAYHEAD.at(UnixTime(49_999)), UnixTime(998_200));
    }

    proptest! {
        #[test]
        fn warm_up_plays_every_hour_before_the_first_cycle_once_and_in_order(
            hours in 0i64..500, rest in 0i64..3600, hour_seconds in 1u32..=7200,
        ) {
            let playhead = Playhead { hour_seconds, ..PLAYHEAD };
            let first = UnixTime(playhead.begin.0 - hours * 3600 - rest);
            let played: Vec<i64> = playhead.warm_up(first).map(|now| playhead.at(now).0).collect();
            let expected: Vec<i64> = (1..=hours).rev().map(|hour| playhead.begin.0 - hour * 3600).collect();
            prop_assert_eq!(played, expected);
        }

        #[test]
        fn time_on_the_axis_never_runs_backwards(
            a in any::<i64>(), b in any::<i64>(), hour_seconds in any::<u32>(),
        ) {
            let playhead = Playhead { hour_seconds, ..PLAYHEAD };
            let (early, late) = (a.min(b), a.max(b));
            prop_assert!(playhead.at(UnixTime(early)) <= playhead.at(UnixTime(late)));
        }
    }
}
