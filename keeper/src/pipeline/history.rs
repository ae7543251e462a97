//! What a keeper remembers: one snapshot per cycle, as far back as its models look.

use super::ModelFault;
use crate::pow::PowCoin;
use hurdle_model::ModelError;
use hurdle_model::series::PositiveSeries;

/// One value per metric, consolidated from the samples of a cycle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Snapshot {
    /// Time of the observation, unix seconds.
    pub observed_at: i64,
    /// Slot of the cluster at that time.
    pub observed_slot: u64,
    /// Price of the base asset, quote units.
    pub price: f64,
    /// Borrow rate across venues, weighted by what is borrowed there, per year.
    pub borrow_rate: f64,
    /// Spread of the venues' borrow rates around it, per year.
    pub borrow_rate_spread: f64,
    /// Utilisation, 0 … 1.
    pub utilisation: f64,
    /// Borrowed across venues, quote units.
    pub borrowed: f64,
    /// Exchange rate of the liquid staking token.
    pub lst_rate: f64,
    /// Depth, quote units.
    pub depth: f64,
    /// Hurdle rate in force at that time, per year: what borrowers and lenders answered to.
    pub hurdle: f64,
    /// The least confidence of the samples in it, those of mining left out.
    pub confidence: f64,
    /// What was observed of proof-of-work chains, in the order of [`PowCoin::ALL`].
    pub mining: [Option<MiningReading>; PowCoin::ALL.len()],
}

/// A proof-of-work chain as it was observed. It may be older than the snapshot: chains publish by the day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MiningReading {
    /// Time of the metric that is behind the others, each at its sources' median, unix seconds.
    pub observed_at: i64,
    /// Price of a coin, quote units.
    pub price: f64,
    /// Difficulty.
    pub difficulty: f64,
    /// Height of the next block.
    pub height: u64,
    /// Fees, coins per block.
    pub block_fees: f64,
    /// The least confidence of its samples.
    pub confidence: f64,
}

impl Snapshot {
    /// What was observed of a chain; nothing where one of its metrics is silent.
    #[must_use]
    pub fn mining_of(&self, coin: PowCoin) -> Option<MiningReading> {
        let at = PowCoin::ALL.iter().position(|other| *other == coin)?;
        self.mining.get(at).copied().flatten()
    }
}

/// The snapshots of one keeper, oldest first, and the digest of every observation behind them.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    retention_seconds: u32,
    snapshots: Vec<Snapshot>,
    digest: [u8; 32],
}

impl History {
    /// An empty history that keeps the last `retention_seconds`.
    #[must_use]
    pub const fn new(retention_seconds: u32) -> Self {
        Self {
            retention_seconds,
            snapshots: Vec::new(),
            digest: [0; 32],
        }
    }

    /// Appends a snapshot and the digest of its observation, and forgets what lies beyond the retention.
    ///
    /// # Errors
    /// [`ModelError::NotIncreasing`] where it is not newer than the last one.
    pub fn push(&mut self, snapshot: Snapshot, digest: [u8; 32]) -> Result<(), ModelError> {
        if self
            .last()
            .is_some_and(|last| last.observed_at >= snapshot.observed_at)
        {
            return Err(ModelError::NotIncreasing {
                what: "time of the observations",
                index: self.snapshots.len(),
            });
        }
        let oldest = snapshot
            .observed_at
            .saturating_sub(i64::from(self.retention_seconds));
        let forgotten = self.snapshots.partition_point(|old| old.observed_at < oldest);
        self.snapshots.drain(..forgotten);
        self.snapshots.push(snapshot);
        self.digest = digest;
        Ok(())
    }

    /// The newest snapshot.
    #[must_use]
    pub fn last(&self) -> Option<&Snapshot> {
        self.snapshots.last()
    }

    /// All of them, oldest first.
    #[must_use]
    pub fn snapshots(&self) -> &[Snapshot] {
        &self.snapshots
    }

    /// Digest of the newest observation and every one before it.
    #[must_use]
    pub const fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// The snapshots of the last `seconds` before the newest one.
    #[must_use]
    pub fn trailing(&self, seconds: u32) -> &[Snapshot] {
        let newest = self.last().map_or(0, |last| last.observed_at);
        let from = newest.saturating_sub(i64::from(seconds));
        let start = self.snapshots.partition_point(|old| old.observed_at < from);
        self.snapshots.get(start..).unwrap_or_default()
    }

    /// Prices of the last `seconds`.
    ///
    /// # Errors
    /// [`ModelFault`] where there is none.
    pub fn prices(&self, seconds: u32) -> Result<PositiveSeries, ModelFault> {
        PositiveSeries::new(self.trailing(seconds).iter().map(|s| (s.observed_at, s.price)))
            .map_err(|reason| ModelFault::new("price history", reason))
    }

    /// Exchange rates of the last `seconds`, no closer than `spacing` seconds, the newest one included.
    ///
    /// # Errors
    /// [`ModelFault`] where there is none.
    pub fn lst_rates(&self, seconds: u32, spacing: i64) -> Result<PositiveSeries, ModelFault> {
        let mut kept: Vec<(i64, f64)> = Vec::new();
        for snapshot in self.trailing(seconds).iter().rev() {
            let apart = kept
                .last()
                .is_none_or(|(time, _)| time.saturating_sub(snapshot.observed_at) >= spacing);
            if apart {
                kept.push((snapshot.observed_at, snapshot.lst_rate));
            }
        }
        PositiveSeries::new(kept.into_iter().rev()).map_err(|reason| ModelFault::new("s, staking", reason))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn snapshot(observed_at: i64, price: f64) -> Snapshot {
        Snapshot {
            observed_at,
            observed_slot: u64::try_from(observed_at).unwrap() * 5 / 2,
            price,
            borrow_rate: 0.05,
            borrow_rate_spread: 0.01,
            utilisation: 0.8,
            borrowed: 1e9,
            lst_rate: 1.0 + 0.07 * observed_at as f64 / 31_536_000.0,
            depth: 2e6,
            hurdle: 0.15,
            confidence: 1.0,
            mining: [None; PowCoin::ALL.len()],
        }
    }

    #[test]
    fn only_the_retention_is_remembered_and_time_only_runs_forward() {
        let mut history = History::new(7200);
        for hour in 0..5 {
            history
                .push(snapshot(hour * 3600, 30.0), [hour as u8; 32])
                .unwrap();
        }
        assert_eq!(history.snapshots().len(), 3);
        assert_eq!(history.digest(), &[4; 32]);
        assert!(matches!(
            history.push(snapshot(4 * 3600, 30.0), [9; 32]),
            Err(ModelError::NotIncreasing { .. })
        ));
        assert_eq!(history.digest(), &[4; 32]);
        assert_eq!(history.trailing(3600).len(), 2);
    }

    #[test]
    fn spaced_rates_end_with_the_newest() {
        let mut history = History::new(u32::MAX);
        for hour in 0..10 {
            history.push(snapshot(hour * 3600, 30.0), [0; 32]).unwrap();
        }
        let times: Vec<i64> = history
            .lst_rates(u32::MAX, 4 * 3600)
            .unwrap()
            .series()
            .samples()
            .iter()
            .map(|s| s.time / 3600)
            .collect();
        assert_eq!(times, [1, 5, 9]);
    }
}
