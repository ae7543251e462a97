//! The play: warm-up, hourly publications, two borrowers, a spike, an outage, recovery.

use super::borrowers::{Attempt, Borrower, Deed, PLEDGE, Prospect, Verdict};
use super::committee::{Intermittent, committee};
use super::stage::Stage;
use super::{DemoError, Inputs};
use crate::chain::{Chain, read_state};
use crate::clock::Clock;
use crate::convert::from_raw;
use crate::cycle::{CycleError, Keeper, Publication, Target, run_cycle};
use crate::record::PublicationRecord;
use hurdle_interface::state::{MarketState, STATUS_LIMITED, STATUS_STRESSED};
use hurdle_interface::{HurdleError, UnixTime};
use lender_interface::args::Gate;

/// The loan that is granted before the spike and refused at it, quote units.
pub const LOAN: f64 = 2_200.0;
/// What a borrower takes instead at the spike, and pays back while the oracle is stale.
pub const SMALLER_LOAN: f64 = 800.0;
/// A loan that every margin would allow, to show that what refuses it is the age of the rate.
pub const SMALL_LOAN: f64 = 50.0;
/// Hours of publishing before the first loan.
const FIRST_LOAN_AFTER: usize = 24;
/// Hours from the spike to the outage.
const OUTAGE_AFTER: i64 = 8;
/// Hours that the outage lasts beyond the age at which the oracle is hard-stale.
const OUTAGE_BEYOND_STALE: i64 = 2;

/// One hour of the play.
#[derive(Clone, Debug, PartialEq)]
pub struct Hour {
    /// Unix seconds.
    pub time: i64,
    /// Price of SOL.
    pub price: f64,
    /// What was published.
    pub record: Option<PublicationRecord>,
    /// Why nothing was.
    pub skipped: Option<Skipped>,
    /// Keepers that did not sign what was published.
    pub absent: usize,
    /// The rate limit held the published rate back.
    pub limited: bool,
    /// The keepers found no equilibrium.
    pub stressed: bool,
    /// q(h): the tail premium at the solved rate, where margin has answered to it.
    pub tail: Option<f64>,
    /// Hurdle rate in force.
    pub hurdle: f64,
    /// Initial margin multiplier in force.
    pub im_multiplier: f64,
    /// Maintenance margin multiplier in force.
    pub mm_multiplier: f64,
}

/// Why nothing was published in an hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Skipped {
    /// The simulated outage: no keeper reaches the cluster.
    Outage,
    /// Too few keepers had a view or agreed.
    NoQuorum(String),
}

/// The refusal at the spike, with the two answers of the margin rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spike {
    /// Unix seconds.
    pub time: i64,
    /// Price of SOL.
    pub price: f64,
    /// With and without the multiplier.
    pub prospect: Prospect,
}

/// Everything that happened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Story {
    /// Hour by hour.
    pub hours: Vec<Hour>,
    /// What the borrowers tried.
    pub attempts: Vec<Attempt>,
    /// The spike, once it came.
    pub spike: Option<Spike>,
    /// First and last hour of the outage.
    pub outage: Option<(i64, i64)>,
}

/// Is told after every hour: hours done, hours in all, and the publication if there was one.
pub type Watch<'a> = dyn FnMut(usize, usize, Option<&Publication>) -> Result<(), DemoError> + 'a;

/// How much of the episode to play, and who watches.
pub struct Play<'a> {
    /// At most this many hours of publishing.
    pub hours: Option<usize>,
    /// Is told after every hour.
    pub watch: &'a mut Watch<'a>,
}

/// Plays the episode.
///
/// # Errors
/// [`DemoError`]; a cycle without quorum is part of the play, not an error.
pub async fn play(inputs: &Inputs, play: Play<'_>) -> Result<Story, DemoError> {
    let episode = &inputs.episode;
    let mut keepers = committee(episode, &inputs.keeper);
    let begins_at = episode.first_time();
    let members: Vec<_> = keepers.iter().map(Keeper::address).collect();
    let stage = Stage::set(
        &inputs.programs,
        &inputs.market,
        &inputs.keeper,
        &members,
        UnixTime(begins_at - 3600),
    )
    .await?;
    let hard_after = inputs.market.staleness.hard_after;
    let borrowers = Borrower::pair(&stage, inputs.market.quote_decimals, hard_after).await?;

    let publish_from = begins_at.saturating_add(i64::from(inputs.keeper.model.history_seconds));
    let (warm_up, published): (Vec<i64>, Vec<i64>) = episode.times().partition(|time| *time < publish_from);
    if published.is_empty() {
        return Err(DemoError::TooShort { hours: warm_up.len() });
    }
    for time in warm_up {
        stage.chain.wait_until(UnixTime(time)).await;
        observe_only(&mut keepers, &stage).await?;
    }
    let total = play.hours.unwrap_or(published.len()).min(published.len());
    let mut scene = Scene {
        stage: &stage,
        borrowers: &borrowers,
        hard_after,
        recovered: false,
        story: Story::default(),
    };
    for (index, time) in published.into_iter().take(total).enumerate() {
        let publication = scene.hour(index, time, inputs, &mut keepers).await?;
        (play.watch)(index + 1, total, publication.as_ref())?;
    }
    Ok(scene.story)
}

/// What keepers do while they do not publish: they go on observing, each as far as it can.
async fn observe_only(keepers: &mut [Keeper<Intermittent>], stage: &Stage) -> Result<(), DemoError> {
    let now = Chain::now(&stage.chain).await?;
    let market: MarketState = read_state(&stage.chain, "market", &stage.market).await?;
    for keeper in keepers {
        if let Err(reason) = keeper.observe(market.published.hurdle, now).await {
            tracing::debug!(keeper = keeper.name(), %reason, "no observation in this hour");
        }
    }
    Ok(())
}

struct Scene<'a> {
    stage: &'a Stage,
    borrowers: &'a [Borrower; 2],
    hard_after: i64,
    /// The first publication after the outage has been seen.
    recovered: bool,
    story: Story,
}

impl Scene<'_> {
    async fn hour(
        &mut self,
        index: usize,
        time: i64,
        inputs: &Inputs,
        keepers: &mut [Keeper<Intermittent>],
    ) -> Result<Option<Publication>, DemoError> {
        let now = UnixTime(time);
        let price = inputs
            .episode
            .price_at(time)
            .ok_or(DemoError::TooShort { hours: 0 })?;
        self.stage.chain.wait_until(now).await;
        for borrower in self.borrowers {
            borrower.quote(self.stage, price).await?;
        }
        let is_outage = self
            .story
            .outage
            .is_some_and(|(from, to)| (from..=to).contains(&time));
        let (publication, skipped) = if is_outage {
            observe_only(keepers, self.stage).await?;
            (None, Some(Skipped::Outage))
        } else {
            self.publish(keepers).await?
        };
        self.act(index, time, price, publication.is_some()).await?;
        self.note(now, price, publication.as_ref(), skipped).await?;
        Ok(publication)
    }

    async fn publish(
        &self,
        keepers: &mut [Keeper<Intermittent>],
    ) -> Result<(Option<Publication>, Option<Skipped>), DemoError> {
        let target = Target {
            market: self.stage.market,
            payer: &self.stage.payer,
        };
        match run_cycle(&self.stage.chain, keepers, target).await {
            Ok(publication) => Ok((Some(publication), None)),
            Err(error @ CycleError::NoQuorum { .. }) => {
                tracing::info!(%error, "nothing published in this hour");
                Ok((None, Some(Skipped::NoQuorum(error.to_string()))))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The borrowers' part of the hour.
    async fn act(&mut self, index: usize, time: i64, price: f64, published: bool) -> Result<(), DemoError> {
        match (self.story.spike, self.story.outage) {
            _ if index == FIRST_LOAN_AFTER => self.all(Deed::Borrow, LOAN, time).await,
            _ if index == FIRST_LOAN_AFTER + 1 => self.all(Deed::Repay, LOAN, time).await,
            (None, _) if index > FIRST_LOAN_AFTER => self.watch_for_spike(time, price).await,
            (Some(_), Some((_, last))) if time == last => {
                self.all(Deed::Borrow, SMALL_LOAN, time).await?;
                self.all(Deed::Repay, SMALLER_LOAN, time).await
            }
            (Some(_), Some((_, last))) if time > last && published && !self.recovered => {
                self.recovered = true;
                self.all(Deed::Borrow, SMALL_LOAN, time).await
            }
            _ => Ok(()),
        }
    }

    /// At the first hour in which the margin multiplier alone refuses the loan to both, they ask for it, and take a
    /// smaller one instead.
    async fn watch_for_spike(&mut self, time: i64, price: f64) -> Result<(), DemoError> {
        let mut prospects = Vec::with_capacity(self.borrowers.len());
        for borrower in self.borrowers {
            prospects.push(borrower.prospect(self.stage, price, LOAN, UnixTime(time)).await?);
        }
        let (Some(prospect), true) = (
            prospects.first(),
            prospects.iter().all(Prospect::is_refused_by_multiplier_alone),
        ) else {
            return Ok(());
        };
        let from = time.saturating_add(OUTAGE_AFTER * 3600);
        let last = from
            .saturating_add(self.hard_after)
            .saturating_add(OUTAGE_BEYOND_STALE * 3600);
        self.story.spike = Some(Spike {
            time,
            price,
            prospect: *prospect,
        });
        self.story.outage = Some((from, last));
        self.all(Deed::Borrow, LOAN, time).await?;
        self.all(Deed::Borrow, SMALLER_LOAN, time).await
    }

    async fn all(&mut self, deed: Deed, amount: f64, time: i64) -> Result<(), DemoError> {
        for borrower in self.borrowers {
            let attempt = borrower.attempt(self.stage, deed, amount, time).await?;
            self.story.attempts.push(attempt);
        }
        Ok(())
    }

    async fn note(
        &mut self,
        now: UnixTime,
        price: f64,
        publication: Option<&Publication>,
        skipped: Option<Skipped>,
    ) -> Result<(), DemoError> {
        let market: MarketState = read_state(&self.stage.chain, "market", &self.stage.market).await?;
        let published = &market.published;
        let multiplier = published.ramps.at(&market.params.ramp, now).multiplier;
        let status = publication.map_or(0, |_| published.status);
        self.story.hours.push(Hour {
            time: now.0,
            price,
            record: publication.map(PublicationRecord::from),
            skipped,
            absent: publication.map_or(0, |publication| publication.absent.len()),
            limited: status & STATUS_LIMITED != 0,
            stressed: status & STATUS_STRESSED != 0,
            tail: publication
                .map(tail_at_solution)
                .transpose()
                .map_err(DemoError::Rule)?,
            hurdle: from_raw(published.hurdle.raw()),
            im_multiplier: from_raw(multiplier.initial.raw()),
            mm_multiplier: from_raw(multiplier.maintenance.raw()),
        });
        Ok(())
    }
}

/// q(h) = max(0, q₀ + ρ_q·(m(h) − m₋)) of a publication, per year, for the plots.
fn tail_at_solution(publication: &Publication) -> Result<f64, HurdleError> {
    let (published, anchor) = (&publication.market.published, publication.anchor);
    let rule = &publication.market.params.composition.multiplier;
    let multiplier = |hurdle| Ok(from_raw(rule.at_up(hurdle, anchor.baseline)?.raw()));
    let moved = multiplier(published.raw_hurdle)? - multiplier(anchor.hurdle)?;
    let response = from_raw(published.responses.tail.raw());
    Ok((from_raw(published.components.tail.raw()) + response * moved).max(0.0))
}

impl Story {
    /// Checks that the play showed what it promises.
    ///
    /// # Errors
    /// [`DemoError::Promise`] with the first that it did not.
    pub fn check_promises(&self) -> Result<(), DemoError> {
        let spike = self.spike.map_or(i64::MAX, |spike| spike.time);
        let outage_end = self.outage.map_or(i64::MAX, |(_, last)| last);
        let stale = Verdict::Refused(HurdleError::OracleStale);
        let thin = Verdict::Refused(HurdleError::MarginInsufficient);
        let (before, at_spike) = (i64::MIN..spike, spike..spike.saturating_add(1));
        let stale_hour = outage_end..outage_end.saturating_add(1);
        let after = outage_end.saturating_add(1)..i64::MAX;
        let granted = || Verdict::Granted;
        let promises = [
            (
                "the loan is granted before the spike",
                Deed::Borrow,
                LOAN,
                granted(),
                before,
            ),
            (
                "the same loan is refused at the spike for its margin",
                Deed::Borrow,
                LOAN,
                thin,
                at_spike.clone(),
            ),
            (
                "a smaller loan is granted at the spike",
                Deed::Borrow,
                SMALLER_LOAN,
                granted(),
                at_spike,
            ),
            (
                "a loan is refused while the oracle is stale",
                Deed::Borrow,
                SMALL_LOAN,
                stale,
                stale_hour.clone(),
            ),
            (
                "a repayment passes while the oracle is stale",
                Deed::Repay,
                SMALLER_LOAN,
                granted(),
                stale_hour,
            ),
            (
                "a loan is granted after the outage",
                Deed::Borrow,
                SMALL_LOAN,
                granted(),
                after,
            ),
        ];
        for (what, deed, amount, verdict, when) in promises {
            let kept = |gate| {
                self.attempts.iter().any(|attempt| {
                    attempt.gate == gate
                        && (attempt.deed, attempt.amount) == (deed, amount)
                        && attempt.verdict == verdict
                        && when.contains(&attempt.time)
                })
            };
            for gate in [Gate::Cpi, Gate::Direct] {
                if !kept(gate) {
                    return Err(DemoError::Promise {
                        what,
                        gate: gate_name(gate),
                    });
                }
            }
        }
        Ok(())
    }

    /// The collateral's value at the spike, quote units.
    pub fn pledge_at_spike(&self) -> Option<f64> {
        Some(self.spike?.price * PLEDGE)
    }
}

/// A gate, in words.
pub const fn gate_name(gate: Gate) -> &'static str {
    match gate {
        Gate::Cpi => "CPI",
        Gate::Direct => "direct read",
    }
}
