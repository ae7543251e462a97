//! Changes of a market: what must hold before one, and what it leaves behind.

use super::change::{Applied, IndexedClass};
use super::pause::counted;
use super::{Direction, MarketChange, digest};
use crate::composition::Composition;
use crate::error::{HurdleError, Result};
use crate::margin::RiskClass;
use crate::quantity::{Ratio, UnixTime};
use crate::staleness::{self, Freshness};
use crate::state::{ClassTransition, MarketParams, MarketState, ProposalState, Published};

/// Tightenings of one market, of parameters and of risk classes together, that the guardian may make within any 24 hours.
/// Each opens a parameter epoch, which refuses the reports that keepers have just signed; so few leave publishing to go on.
/// The authority, which may change the guardian, needs no such limit.
pub const TIGHTENINGS_PER_DAY: usize = 3;

impl MarketState {
    /// Whether others may rest money on the market.
    #[inline(always)]
    pub fn is_active(&self) -> bool {
        self.active != 0
    }

    /// Checks that nobody rests money on the market yet, so that the authority may set it up.
    ///
    /// # Errors
    /// [`HurdleError::MarketActive`].
    pub fn check_inactive(&self) -> Result<()> {
        if self.is_active() {
            return Err(HurdleError::MarketActive);
        }
        Ok(())
    }

    /// What a reader of the market rests on besides the published rate.
    fn digest(&self) -> [u8; 32] {
        digest(&[
            // a change and its reversal leave a trace
            &self.param_epoch.to_le_bytes(),
            self.committee.as_ref(),
            &self.model_hash,
            bytemuck::bytes_of(&self.params),
            bytemuck::bytes_of(&self.classes),
        ])
    }

    /// The class at an index, defined or not.
    fn place(&self, index: u8) -> Result<&RiskClass> {
        self.classes
            .get(usize::from(index))
            .ok_or(HurdleError::UnknownRiskClass)
    }

    /// Whether maintenance margin follows the last change of some class under a rule that gives it `seconds`.
    fn is_in_transition(transition: &ClassTransition, seconds: i64, now: UnixTime) -> bool {
        transition.from.is_defined() && now.seconds_since(transition.since) < seconds
    }

    /// Checks parameters by themselves and with the classes that stand.
    #[inline(never)]
    fn check_params(&self, params: &MarketParams) -> Result<()> {
        params.invariant()?;
        for class in &self.classes {
            class.invariant(&params.composition.multiplier)?;
        }
        if self.is_active() {
            let weights = &self.params.composition.weights;
            self.params
                .weight_limit
                .check_change(weights, &params.composition.weights)?;
        }
        Ok(())
    }

    /// Whether what is published proves, under some parameters, that the next fixed point is unique.
    #[inline(never)]
    fn is_unique_under(&self, params: &MarketParams) -> bool {
        let Published {
            components,
            responses,
            ..
        } = &self.published;
        Composition::new(&params.composition, components, *responses, self.anchor())
            .and_then(|composition| composition.is_unique())
            .unwrap_or(false)
    }

    /// Checks that parameters leave what is published its proof of uniqueness, if it has one. Without it keepers who see the
    /// same again could only report that there is no equilibrium: tightening would put the market into its stressed state
    /// at once, with no timelock and until it is taken back under one.
    fn check_stays_unique(&self, params: &MarketParams) -> Result<()> {
        if self.is_unique_under(&self.params) && !self.is_unique_under(params) {
            return Err(HurdleError::NotUnique);
        }
        Ok(())
    }

    /// Checks a class by itself: once defined, it stays so.
    #[inline(never)]
    fn check_class(&self, index: u8, class: &RiskClass) -> Result<()> {
        let replaced = self.place(index)?;
        if !class.is_defined() {
            return Err(HurdleError::InvalidParameter);
        }
        // accounts that have options must be able to close them
        let drops_options = replaced.price_range > Ratio::ZERO && class.price_range == Ratio::ZERO;
        if self.is_active() && drops_options {
            return Err(HurdleError::InvalidParameter);
        }
        class.invariant(&self.params.composition.multiplier)
    }

    /// Puts parameters into force at `now`.
    ///
    /// On an active market weights move within their limits, a rule of staleness changes only while the rate is fresh
    /// under both, and the time of transitions only while none is under way under either: all else would move
    /// maintenance margin at once. What the parameters are by themselves is for [`Self::invariant`], with which every change
    /// ends.
    #[inline(never)]
    fn change_params(&mut self, params: &MarketParams, now: UnixTime) -> Result<()> {
        if self.is_active() {
            let old = &self.params;
            let age = staleness::age(self.published.observed_at, now);
            let fresh = |params: &MarketParams| params.staleness.freshness(age) == Freshness::Fresh;
            let unread = self.published.sequence == 0;
            if old.staleness != params.staleness && !unread && !(fresh(old) && fresh(params)) {
                return Err(HurdleError::MarketNotFresh);
            }
            let longest = old.class_transition.max(params.class_transition);
            let in_transition = |it: &ClassTransition| Self::is_in_transition(it, longest, now);
            if old.class_transition != params.class_transition && self.transitions.iter().any(in_transition) {
                return Err(HurdleError::ClassInTransition);
            }
            let (from, to) = (&old.composition.weights, &params.composition.weights);
            self.weight_budget = self.weight_budget.spent(&old.weight_limit, from, to, now)?;
        }
        self.set_params(params, now)
    }

    /// Puts a class into force at `now`. On an active market the one that it replaces stays as the start of a transition.
    ///
    /// A transition that is under way is not cut short. It bars other changes, but not the first that tightens, which is
    /// never to wait: maintenance margin goes on along it and from there to the new class. A second must wait until the
    /// first of the two transitions is over, since a market remembers no more.
    #[inline(never)]
    fn change_class(&mut self, index: u8, class: &RiskClass, now: UnixTime) -> Result<()> {
        self.check_class(index, class)?;
        let (active, seconds) = (self.is_active(), self.params.class_transition);
        let places = self.classes.iter_mut().zip(&mut self.grids);
        let mut places = places.zip(self.transitions.iter_mut().zip(&mut self.earlier));
        let ((place, grid), (transition, earlier)) = places
            .nth(usize::from(index))
            .ok_or(HurdleError::UnknownRiskClass)?;
        if active {
            if Self::is_in_transition(transition, seconds, now) {
                let tightens = place.direction(class) == Direction::Tighter;
                if !tightens || Self::is_in_transition(earlier, seconds, now) {
                    return Err(HurdleError::ClassInTransition);
                }
                *earlier = *transition;
            } else {
                *earlier = ClassTransition::default();
            }
            *transition = ClassTransition {
                from: *place,
                since: now,
            };
        }
        *place = *class;
        *grid = class.scenario_grid()?;
        self.open_epoch()
    }
}

impl MarketChange {
    /// Checks what does not depend on when the change is executed, so that a proposal that can never be executed is
    /// refused at once.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`], [`HurdleError::UnknownRiskClass`], [`HurdleError::WeightMoveTooLarge`],
    /// [`HurdleError::MarketActive`].
    #[inline(never)]
    pub fn validate(&self, market: &MarketState) -> Result<()> {
        match self {
            Self::Params(params) => market.check_params(params),
            Self::Class(IndexedClass { index, class }) => market.check_class(*index, class),
            Self::Model(_) => Ok(()),
            Self::Activation => market.check_inactive(),
        }
    }

    /// The digest of what the change replaces. Activation replaces nothing; it rests on all that the market is made of,
    /// which the authority may still set until then.
    ///
    /// # Errors
    /// [`HurdleError::UnknownRiskClass`] for an index out of range.
    #[inline(never)]
    pub fn replaced(&self, market: &MarketState) -> Result<[u8; 32]> {
        Ok(match self {
            Self::Params(_) => digest(&[bytemuck::bytes_of(&market.params)]),
            Self::Class(IndexedClass { index, .. }) => digest(&[bytemuck::bytes_of(market.place(*index)?)]),
            Self::Model(_) => digest(&[&market.model_hash]),
            Self::Activation => market.digest(),
        })
    }

    /// The digest of what it puts in its place.
    #[inline(never)]
    pub fn digest(&self, market: &MarketState) -> [u8; 32] {
        match self {
            Self::Params(params) => digest(&[bytemuck::bytes_of(params)]),
            Self::Class(IndexedClass { class, .. }) => digest(&[bytemuck::bytes_of(class)]),
            Self::Model(hash) => digest(&[hash]),
            Self::Activation => market.digest(),
        }
    }

    /// Which way the change goes. Another model and activation let in what was out: looser.
    ///
    /// # Errors
    /// [`HurdleError::UnknownRiskClass`] for an index out of range.
    #[inline(never)]
    pub fn direction(&self, market: &MarketState) -> Result<Direction> {
        Ok(match self {
            Self::Params(params) => market.params.direction(params),
            Self::Class(IndexedClass { index, class }) => market.place(*index)?.direction(class),
            Self::Model(_) | Self::Activation => Direction::Looser,
        })
    }

    /// Whether each field that it tightens moves by at most a quarter.
    fn moves_little(&self, market: &MarketState) -> Result<bool> {
        Ok(match self {
            Self::Params(params) => market.params.moves_little(params),
            Self::Class(IndexedClass { index, class }) => market.place(*index)?.moves_little(class),
            Self::Model(_) | Self::Activation => false,
        })
    }

    /// Puts the change into force.
    ///
    /// # Errors
    /// As [`Self::validate`]; [`HurdleError::MarketNotFresh`], [`HurdleError::ClassInTransition`],
    /// [`HurdleError::WeightMoveTooLarge`] where the time is not right.
    #[inline(never)]
    pub fn apply(&self, market: &mut MarketState, now: UnixTime) -> Result<()> {
        match self {
            Self::Params(params) => market.change_params(params, now)?,
            Self::Class(IndexedClass { index, class }) => market.change_class(*index, class, now)?,
            Self::Model(hash) => market.model_hash = *hash,
            Self::Activation => {
                market.check_inactive()?;
                market.active = 1;
            }
        }
        market.invariant()
    }

    /// Puts the change into force at once, where it only tightens.
    ///
    /// # Errors
    /// [`HurdleError::NotTightening`]; [`HurdleError::NotUnique`] where parameters would take from what is published the
    /// proof that its fixed point is unique; as [`Self::apply`].
    pub fn tighten(&self, market: &mut MarketState, now: UnixTime) -> Result<Applied> {
        let (replaced, digest) = (self.replaced(market)?, self.digest(market));
        self.direction(market)?.require_tighter()?;
        if let Self::Params(params) = self {
            market.check_stays_unique(params)?;
        }
        self.apply(market, now)?;
        Ok(Applied { replaced, digest })
    }

    /// The same by the guardian: one of [`TIGHTENINGS_PER_DAY`], which refuses no report that was welcome and moves each field
    /// by at most a quarter of what stands ([`MarketParams::moves_little`], [`RiskClass::moves_little`]). Within a day that is
    /// less than twofold, whoever has the guardian's key.
    ///
    /// # Errors
    /// [`HurdleError::Unauthorized`] for parameters that are not the guardian's ([`MarketParams::keeps_reports`]);
    /// [`HurdleError::TightenedTooFar`]; [`HurdleError::TooManyTightenings`]; as [`Self::tighten`].
    pub fn tighten_by_guardian(&self, market: &mut MarketState, now: UnixTime) -> Result<Applied> {
        if let Self::Params(params) = self
            && !market.params.keeps_reports(params)
        {
            return Err(HurdleError::Unauthorized);
        }
        self.direction(market)?.require_tighter()?;
        if !self.moves_little(market)? {
            return Err(HurdleError::TightenedTooFar);
        }
        let times: Option<[UnixTime; TIGHTENINGS_PER_DAY]> = counted(&market.guardian_tightened, now);
        let times = times.ok_or(HurdleError::TooManyTightenings)?;
        let applied = self.tighten(market, now)?;
        market.guardian_tightened = times;
        Ok(applied)
    }

    /// Puts the change into force as a proposal says.
    ///
    /// # Errors
    /// As [`ProposalState::check_executable`] and [`Self::apply`].
    pub fn execute(
        &self,
        proposal: &ProposalState,
        market: &mut MarketState,
        now: UnixTime,
    ) -> Result<Applied> {
        let (replaced, digest) = (self.replaced(market)?, self.digest(market));
        proposal.check_executable(&replaced, now)?;
        self.apply(market, now)?;
        Ok(Applied { replaced, digest })
    }

    /// Puts the change into force without a proposal on a market that nobody rests money on yet.
    ///
    /// # Errors
    /// [`HurdleError::MarketActive`]; as [`Self::apply`].
    pub fn set_up(&self, market: &mut MarketState, now: UnixTime) -> Result<Applied> {
        let (replaced, digest) = (self.replaced(market)?, self.digest(market));
        market.check_inactive()?;
        self.apply(market, now)?;
        Ok(Applied { replaced, digest })
    }
}
