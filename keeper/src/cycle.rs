//! One whole cycle of a market: every keeper forms its view, one proposes, the others review, the report is published.

use crate::chain::{Chain, ChainError, Outcome, read_state};
use crate::committee::{Dissent, KeySignature, review, sign};
use crate::config::KeeperConfig;
use crate::observation::Observation;
use crate::pipeline::{
    Estimates, History, MarketView, ModelFault, ReportInput, ValidateError, model, report, solve, validate,
};
use crate::source::{Source, SourceError};
use crate::submit::{SubmitError, publish_instructions, submit};
use hurdle_interface::composition::Anchor;
use hurdle_interface::publication::Now;
use hurdle_interface::report::Report;
use hurdle_interface::state::{CommitteeState, MarketState};
use hurdle_interface::{HurdleError, Rate, UnixTime};
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;
use thiserror::Error;

/// Why a keeper has no view in a cycle. It neither proposes nor signs.
#[derive(Debug, Error)]
pub enum ViewError {
    /// It observed nothing.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// What it observed does not count.
    #[error(transparent)]
    Validate(#[from] ValidateError),
    /// A component cannot be computed.
    #[error(transparent)]
    Model(#[from] ModelFault),
    /// The rate cannot be composed.
    #[error("the hurdle rate cannot be composed: {0}")]
    Solve(HurdleError),
    /// The configured risk class does not exist.
    #[error("model.tail.class is {class}, which the market does not define")]
    Class {
        /// The configured index.
        class: u8,
    },
    /// Observation or model cannot be hashed.
    #[error("observation or model cannot be serialised: {0}")]
    Serialise(#[from] serde_json::Error),
}

/// Why nothing was published. What the chain holds stays as it is and ages.
#[derive(Debug, Error)]
pub enum CycleError {
    /// No proposal gathered enough signatures.
    #[error("{best} of {threshold} signatures: {}", reasons.join("; "))]
    NoQuorum {
        /// The most that a proposal gathered.
        best: usize,
        /// How many are needed.
        threshold: usize,
        /// Why the others did not sign.
        reasons: Vec<String>,
    },
    /// The report was signed and not published.
    #[error(transparent)]
    Submit(#[from] SubmitError),
    /// The market's state cannot be read.
    #[error(transparent)]
    Chain(#[from] ChainError),
}

/// One member of the committee: a key, a source and what it remembers.
pub struct Keeper<S> {
    name: String,
    key: Keypair,
    source: S,
    config: KeeperConfig,
    history: History,
}

/// What a keeper would publish on its own.
#[derive(Clone, Debug)]
pub struct View {
    /// The report.
    pub report: Report,
    /// The quantities behind it, with their confidence.
    pub estimates: Estimates,
    /// |Φ(h) − h| of the report, 1e-8 per year.
    pub residual: i64,
    /// The raw samples of the cycle.
    pub observation: Observation,
}

impl<S: Source> Keeper<S> {
    /// A keeper that remembers nothing yet.
    pub fn new(name: impl Into<String>, key: Keypair, source: S, config: KeeperConfig) -> Self {
        let history = History::new(config.model.history_seconds);
        Self {
            name: name.into(),
            key,
            source,
            config,
            history,
        }
    }

    /// Its name in logs.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its public key.
    pub fn address(&self) -> Address {
        self.key.pubkey()
    }

    /// Observes, validates and remembers, without a report: what a keeper does before it first publishes. `hurdle` is
    /// the rate in force.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn observe(&mut self, hurdle: Rate, now: Now) -> Result<Observation, ViewError> {
        let at = self.source.time(now.time);
        let mut samples = self.source.observe(at).await?;
        // what is no number cannot be recorded; of the market's own metrics it is refused below
        samples.retain(|sample| {
            let is_number = sample.value.is_finite() && sample.confidence.is_finite();
            is_number || sample.metric.coin().is_none()
        });
        let observation = Observation {
            observed_at: at.0,
            observed_slot: now.slot.0,
            samples,
        }
        .canonical();
        let snapshot = validate(&observation, hurdle, &self.config.validate)?;
        let digest = observation.digest(self.history.digest())?;
        self.history.push(snapshot, digest).map_err(|reason| ModelFault {
            component: "history",
            reason: reason.into(),
        })?;
        Ok(observation)
    }

    /// What this keeper would publish: observe, validate, model, solve, report.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn view(
        &mut self,
        market: &MarketState,
        committee: &CommitteeState,
        now: Now,
    ) -> Result<View, ViewError> {
        let observation = self.observe(market.published.hurdle, now).await?;
        let class = self.config.model.tail.class;
        let view = MarketView::of(market, class).map_err(|_| ViewError::Class { class })?;
        let modelled = model(&self.history, &view, &self.config.model)?;
        let solution =
            solve(&market.params.composition, &modelled, market.anchor()).map_err(ViewError::Solve)?;
        let valid = self.config.report.valid_seconds;
        let input = ReportInput {
            modelled: &modelled,
            solution: &solution,
            observed_at: now.time,
            observed_slot: now.slot,
            expires_at: UnixTime(now.time.0.saturating_add(valid)),
            observations_hash: *self.history.digest(),
            model_hash: self.config.model_hash()?,
        };
        Ok(View {
            report: report(market, committee, &input),
            estimates: modelled.estimates,
            residual: solution.residual.raw(),
            observation,
        })
    }
}

/// A published report.
#[derive(Clone, Debug)]
pub struct Publication {
    /// The proposer's view.
    pub view: View,
    /// Who proposed it.
    pub proposer: String,
    /// Who signed it, the proposer first.
    pub signers: Vec<String>,
    /// Who did not, and why.
    pub absent: Vec<String>,
    /// The confirmed transaction.
    pub outcome: Outcome,
    /// What the responses of the report were linear around: the state before it.
    pub anchor: Anchor,
    /// The market as the program left it.
    pub market: MarketState,
}

/// Where a cycle publishes.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The market.
    pub market: Address,
    /// Who pays the fee; no power over the content.
    pub payer: &'a Keypair,
}

/// Runs one cycle. Leadership goes by sequence, in turn; where the leader has no view or finds no quorum, the next
/// keeper proposes in its place.
///
/// # Errors
/// [`CycleError`].
pub async fn run_cycle<C: Chain, S: Source>(
    chain: &C,
    keepers: &mut [Keeper<S>],
    target: Target<'_>,
) -> Result<Publication, CycleError> {
    let market: MarketState = read_state(chain, "market", &target.market).await?;
    let committee: CommitteeState = read_state(chain, "committee", &market.committee).await?;
    let now = chain.now().await?;

    let mut views = Vec::with_capacity(keepers.len());
    for keeper in keepers.iter_mut() {
        views.push(keeper.view(&market, &committee, now).await);
    }
    let proposal = propose(keepers, &views, &committee, market.published.sequence)?;
    let instructions = publish_instructions(
        target.market,
        market.committee,
        &proposal.view.report,
        &proposal.signatures,
    );
    let outcome = submit(chain, target.payer, &[], &instructions).await?;
    let anchor = market.anchor();
    let market = read_state(chain, "market", &target.market).await?;
    Ok(Publication {
        view: proposal.view.clone(),
        proposer: proposal.proposer.to_owned(),
        signers: proposal.signers.iter().map(|name| (*name).to_owned()).collect(),
        absent: proposal
            .dissent
            .iter()
            .map(|(who, why)| format!("{who}: {why}"))
            .collect(),
        outcome,
        anchor,
        market,
    })
}

/// A view that enough keepers signed.
struct Proposal<'a> {
    view: &'a View,
    proposer: &'a str,
    signers: Vec<&'a str>,
    signatures: Vec<KeySignature>,
    dissent: Vec<(&'a str, String)>,
}

/// Signatures of one report that fit a transaction of 1,232 bytes beside its accounts.
const MOST_SIGNATURES: usize = 6;

/// Finds a proposal with enough signatures, the leader's first.
fn propose<'a, S>(
    keepers: &'a [Keeper<S>],
    views: &'a [Result<View, ViewError>],
    committee: &CommitteeState,
    last_sequence: u64,
) -> Result<Proposal<'a>, CycleError> {
    let threshold = usize::from(committee.threshold);
    let members = committee.members();
    let seats: Vec<(&Keeper<S>, &Result<View, ViewError>)> = keepers
        .iter()
        .zip(views)
        .filter(|(keeper, _)| members.contains(&keeper.key.pubkey()))
        .collect();
    let turn = usize::try_from(last_sequence)
        .unwrap_or(0)
        .checked_rem(seats.len())
        .unwrap_or(0);
    let mut best = 0;
    let mut reasons = Vec::new();
    for place in 0..seats.len() {
        let order: Vec<&(&Keeper<S>, &Result<View, ViewError>)> = seats
            .iter()
            .cycle()
            .skip(turn.saturating_add(place))
            .take(seats.len())
            .collect();
        let Some((leader, Ok(view))) = order.first().copied() else {
            continue;
        };
        let (mut signers, mut signatures, mut dissent) = (Vec::new(), Vec::new(), Vec::new());
        for (keeper, own) in &order {
            match verdict(own, view, keeper) {
                Ok(()) if signatures.len() < MOST_SIGNATURES => {
                    signatures.push(sign(&view.report, &keeper.key));
                    signers.push(keeper.name.as_str());
                }
                Ok(()) => {}
                Err(reason) => dissent.push((keeper.name.as_str(), reason)),
            }
        }
        if signatures.len() >= threshold {
            return Ok(Proposal {
                view,
                proposer: &leader.name,
                signers,
                signatures,
                dissent,
            });
        }
        best = best.max(signatures.len());
        reasons.extend(
            dissent
                .into_iter()
                .map(|(who, why)| format!("{who} on {}: {why}", leader.name)),
        );
    }
    if reasons.is_empty() {
        reasons = seats
            .iter()
            .filter_map(|(keeper, view)| Some(format!("{}: {}", keeper.name, view.as_ref().err()?)))
            .collect();
    }
    Err(CycleError::NoQuorum {
        best,
        threshold,
        reasons,
    })
}

/// Whether a keeper stands by a proposed view.
fn verdict<S>(own: &Result<View, ViewError>, proposed: &View, keeper: &Keeper<S>) -> Result<(), String> {
    match own {
        Ok(own) => review(&own.report, &proposed.report, &keeper.config.agreement)
            .map_err(|dissent: Dissent| dissent.to_string()),
        Err(reason) => Err(reason.to_string()),
    }
}

#[cfg(test)]
mod tests;
