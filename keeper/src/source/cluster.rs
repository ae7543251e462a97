//! The cluster as a source: what staking pays by its protocol.
//!
//! | quantity | from |
//! |---|---|
//! | inflation paid to validators | measured, `getInflationRate` |
//! | staked share of the supply | measured, `getVoteAccounts` ÷ `getSupply` |
//! | commission, weighted by stake | measured, `getVoteAccounts` |
//! | uptime | assumed: 1 |
//! | tips and fees of blocks | assumed: 0 |
//! | the yield before the keeper started | assumed: as it was when it started |
//!
//! The yield becomes the exchange rate of an ideal stake pool, which compounds it; the model then treats it as it
//! treats that of any liquid staking token.

use super::{Source, SourceError};
use crate::chain::ChainError;
use crate::observation::{Metric, Sample};
use hurdle_interface::UnixTime;
use hurdle_model::ModelError;
use hurdle_model::series::SECONDS_PER_YEAR;
use hurdle_model::staking::{StakingYield, staking_yield};

/// The inputs are measured, two assumptions are not.
const CONFIDENCE: f64 = 0.8;

/// What the cluster says about staking.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StakeReading {
    /// Epoch of the reading.
    pub epoch: u64,
    /// Supply inflation paid to validators and their delegators, per year.
    pub inflation: f64,
    /// Staked share of the supply, 0 … 1.
    pub staked_share: f64,
    /// Commission, weighted by stake, 0 … 1.
    pub commission: f64,
}

impl StakeReading {
    /// Sums up vote accounts, each with its activated stake and commission; stakes and supply in lamports.
    pub fn new(epoch: u64, inflation: f64, supply: u64, voting: impl Iterator<Item = (u64, f64)>) -> Self {
        // shares need no more than the 53 bits that a float keeps of a lamport count
        let (stake, paid) = voting.fold((0.0, 0.0), |(stake, paid), (lamports, commission)| {
            let lamports = lamports as f64;
            (stake + lamports, paid + lamports * commission)
        });
        let share = |part: f64, whole: f64| if whole > 0.0 { (part / whole).min(1.0) } else { 0.0 };
        Self {
            epoch,
            inflation,
            staked_share: share(stake, supply as f64),
            commission: share(paid, stake),
        }
    }

    /// The nominal yield of delegated stake, per year.
    ///
    /// # Errors
    /// [`ModelError`] where nothing is staked or the cluster's numbers are outside their domains.
    pub fn nominal_yield(&self) -> Result<f64, ModelError> {
        staking_yield(&StakingYield {
            inflation: self.inflation,
            staked_share: self.staked_share,
            commission: self.commission,
            uptime: 1.0,
        })
    }
}

/// A cluster that can be asked about staking.
pub trait StakeSource: Send + Sync {
    /// The current reading.
    fn stake(&self) -> impl Future<Output = Result<StakeReading, ChainError>> + Send;
}

impl<T: StakeSource> StakeSource for std::sync::Arc<T> {
    async fn stake(&self) -> Result<StakeReading, ChainError> {
        T::stake(self).await
    }
}

/// The exchange rate of an ideal stake pool on the cluster.
#[derive(Clone, Debug)]
pub struct ClusterSource<C> {
    cluster: C,
    live_from: UnixTime,
    pool: Option<Pool>,
}

#[derive(Clone, Copy, Debug)]
struct Pool {
    time: UnixTime,
    log_rate: f64,
    reading: StakeReading,
}

impl<C: StakeSource> ClusterSource<C> {
    /// A source over a cluster. Observations before `live_from` are those of the warm-up: the cluster is asked once for
    /// all of them, as it does not tell its past.
    pub const fn new(cluster: C, live_from: UnixTime) -> Self {
        Self {
            cluster,
            live_from,
            pool: None,
        }
    }

    async fn reading(&self, at: UnixTime) -> Result<StakeReading, SourceError> {
        match self.pool {
            Some(pool) if at < self.live_from => Ok(pool.reading),
            _ => self
                .cluster
                .stake()
                .await
                .map_err(|error| self.silent(at, &error)),
        }
    }

    fn silent(&self, at: UnixTime, reason: &impl ToString) -> SourceError {
        SourceError::Silent {
            source_name: self.name().to_owned(),
            at: at.0,
            reason: reason.to_string(),
        }
    }
}

impl<C: StakeSource> Source for ClusterSource<C> {
    fn name(&self) -> &str {
        "cluster"
    }

    async fn observe(&mut self, now: UnixTime) -> Result<Vec<Sample>, SourceError> {
        let reading = self.reading(now).await?;
        let nominal = reading
            .nominal_yield()
            .map_err(|error| self.silent(now, &error))?;
        let before = self.pool.unwrap_or(Pool {
            time: now,
            log_rate: 0.0,
            reading,
        });
        let years = now.seconds_since(before.time) as f64 / SECONDS_PER_YEAR;
        let log_rate = before.log_rate + nominal.ln_1p() * years;
        self.pool = Some(Pool {
            time: now,
            log_rate,
            reading,
        });
        tracing::debug!(
            epoch = reading.epoch,
            staked_share = reading.staked_share,
            nominal,
            "staking of the cluster"
        );
        Ok(vec![Sample {
            metric: Metric::LstRate,
            value: log_rate.exp(),
            observed_at: now.0,
            source: self.name().to_owned(),
            confidence: CONFIDENCE,
        }])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    const YEAR: i64 = 31_536_000;
    const READING: StakeReading = StakeReading {
        epoch: 3,
        inflation: 0.06,
        staked_share: 0.6,
        commission: 0.1,
    };

    /// A cluster that counts how often it is asked, and is down where it has no reading.
    struct Cluster(AtomicU32, Option<StakeReading>);

    impl StakeSource for Cluster {
        async fn stake(&self) -> Result<StakeReading, ChainError> {
            self.0.fetch_add(1, Ordering::Relaxed);
            let down = || ChainError::Unreachable {
                endpoint: "there".into(),
                reason: "gone".into(),
            };
            self.1.ok_or_else(down)
        }
    }

    fn observed(source: &mut ClusterSource<Cluster>, time: i64) -> Result<f64, SourceError> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        Ok(runtime.block_on(source.observe(UnixTime(time)))?[0].value)
    }

    #[test]
    fn stake_and_commission_are_summed_over_the_vote_accounts() {
        let reading = StakeReading::new(1, 0.05, 1_000, [(300, 0.0), (100, 1.0)].into_iter());
        assert_eq!((reading.staked_share, reading.commission), (0.4, 0.25));
        assert_eq!(StakeReading::new(1, 0.05, 0, [].into_iter()).staked_share, 0.0);
    }

    #[test]
    fn the_pools_rate_grows_by_the_protocols_yield_in_a_year() {
        let mut source = ClusterSource::new(Cluster(AtomicU32::new(0), Some(READING)), UnixTime(0));
        assert_eq!(observed(&mut source, 0).unwrap(), 1.0);
        let half = observed(&mut source, YEAR / 2).unwrap();
        let year = observed(&mut source, YEAR).unwrap();
        assert!((year - 1.09).abs() < 1e-12 && (half * half - year).abs() < 1e-12);
    }

    #[test]
    fn the_warm_up_asks_the_cluster_once_and_live_cycles_ask_each_time() {
        let mut source = ClusterSource::new(Cluster(AtomicU32::new(0), Some(READING)), UnixTime(1_000));
        for time in [0, 300, 600, 900] {
            observed(&mut source, time).unwrap();
        }
        assert_eq!(source.cluster.0.load(Ordering::Relaxed), 1);
        observed(&mut source, 1_000).unwrap();
        observed(&mut source, 1_300).unwrap();
        assert_eq!(source.cluster.0.load(Ordering::Relaxed), 3);
    }

    #[test]
    fn a_cluster_that_is_down_or_stakes_nothing_is_an_alarm_and_no_old_value() {
        let mut source = ClusterSource::new(Cluster(AtomicU32::new(0), None), UnixTime(0));
        let error = observed(&mut source, 5).unwrap_err().to_string();
        assert!(
            error.starts_with("cluster has no observation at 5: there does not answer"),
            "{error}"
        );
        let empty = StakeReading {
            staked_share: 0.0,
            ..READING
        };
        let mut source = ClusterSource::new(Cluster(AtomicU32::new(0), Some(empty)), UnixTime(0));
        assert!(matches!(
            observed(&mut source, 5),
            Err(SourceError::Silent { .. })
        ));
    }
}
