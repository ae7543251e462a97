//! The loop: a cycle, a line in the log, a pause, until it is told to stop.

use super::pace::Pace;
use crate::chain::{Chain, ChainError, read_state};
use crate::convert::from_raw;
use crate::cycle::{CycleError, Keeper, Publication, Target, run_cycle};
use crate::source::Source;
use crate::submit::SubmitError;
use crate::timer::Timer;
use hurdle_interface::HurdleError;
use hurdle_interface::state::MarketState;
use std::pin::{Pin, pin};
use std::time::Duration;

/// What the loop works with.
pub struct Daemon<'a, C, S, T> {
    /// The cluster.
    pub chain: &'a C,
    /// The keepers, warmed up.
    pub keepers: &'a mut [Keeper<S>],
    /// Where they publish.
    pub target: Target<'a>,
    /// Waits.
    pub timer: &'a T,
    /// When to publish.
    pub pace: Pace,
    /// How long a cycle may go on after the order to stop.
    pub grace: Duration,
    /// The market's sequence when the loop begins.
    pub sequence: u64,
}

/// What the loop did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Reports published.
    pub published: u64,
    /// Cycles in which another keeper's report came first.
    pub superseded: u64,
    /// Cycles in which nothing was published.
    pub failed: u64,
}

impl<C: Chain, S: Source, T: Timer> Daemon<'_, C, S, T> {
    /// Publishes until `shutdown` is done. A cycle that is under way then may end within the grace period; after it,
    /// the cycle is abandoned, which leaves at most a transaction that lands or expires by itself.
    pub async fn run(
        mut self,
        shutdown: impl Future<Output = ()>,
        mut on_published: impl FnMut(&Publication),
    ) -> Tally {
        let mut shutdown = pin!(shutdown);
        let mut tally = Tally::default();
        loop {
            let started = self.timer.elapsed();
            let (ended, stopping) = self.cycle(shutdown.as_mut()).await;
            let taken = self.timer.elapsed().saturating_sub(started);
            match ended {
                Some(Ok(publication)) => {
                    tally.published += 1;
                    self.pace.count(true);
                    self.sequence = publication.market.published.sequence;
                    log_publication(&publication, taken);
                    on_published(&publication);
                }
                Some(Err(error)) => self.count_failure(&error, &mut tally).await,
                None => tracing::warn!("the cycle was abandoned; its transaction may still land"),
            }
            if stopping {
                return tally;
            }
            tokio::select! {
                biased;
                () = shutdown.as_mut() => return tally,
                () = self.timer.sleep(self.pace.pause(taken)) => {}
            }
        }
    }

    /// One cycle, and whether the order to stop came meanwhile; no result where the cycle was abandoned.
    async fn cycle(
        &mut self,
        mut shutdown: Pin<&mut impl Future<Output = ()>>,
    ) -> (Option<Result<Publication, CycleError>>, bool) {
        let mut cycle = pin!(run_cycle(self.chain, self.keepers, self.target));
        tokio::select! {
            biased;
            result = cycle.as_mut() => return (Some(result), false),
            () = shutdown.as_mut() => {}
        }
        tracing::info!(
            "told to stop; the current cycle has {} s to end",
            self.grace.as_secs()
        );
        tokio::select! {
            biased;
            result = cycle.as_mut() => (Some(result), true),
            () = self.timer.sleep(self.grace) => (None, true),
        }
    }

    /// A sequence that another report has taken is none of our failures: the market is as fresh as we wanted it.
    async fn count_failure(&mut self, error: &CycleError, tally: &mut Tally) {
        if is_taken(error)
            && let Ok(market) = read_state::<MarketState>(self.chain, "market", &self.target.market).await
            && market.published.sequence > self.sequence
        {
            tally.superseded += 1;
            self.pace.count(true);
            self.sequence = market.published.sequence;
            tracing::info!(
                sequence = self.sequence,
                hurdle = from_raw(market.published.hurdle.raw()),
                "another report with this sequence came first"
            );
            return;
        }
        tally.failed += 1;
        self.pace.count(false);
        tracing::error!(%error, failures = self.pace.failures(), "nothing was published in this cycle");
    }
}

/// Whether a report was refused because its sequence has been published.
fn is_taken(error: &CycleError) -> bool {
    match error {
        CycleError::Submit(SubmitError::Chain(ChainError::Refused(refusal))) => {
            refusal.hurdle() == Some(HurdleError::WrongSequence)
        }
        _ => false,
    }
}

fn log_publication(publication: &Publication, taken: Duration) {
    let published = &publication.market.published;
    let outcome = &publication.outcome;
    tracing::info!(
        sequence = published.sequence,
        hurdle = from_raw(published.hurdle.raw()),
        raw_hurdle = from_raw(published.raw_hurdle.raw()),
        baseline = from_raw(published.baseline.raw()),
        im_multiplier = from_raw(published.ramps.multiplier.initial.raw()),
        mm_multiplier = from_raw(published.ramps.multiplier.maintenance.raw()),
        status = published.status,
        observed_at = published.observed_at.0,
        slot = outcome.slot.0,
        signature = %outcome.signature,
        units = outcome.compute_units,
        proposer = publication.proposer,
        signers = publication.signers.join(","),
        absent = publication.absent.join("; "),
        taken_ms = u64::try_from(taken.as_millis()).unwrap_or(u64::MAX),
        "published"
    );
}

#[cfg(test)]
mod tests;
