use super::{AccountLayout, MarketParams};
use crate::composition::{Anchor, Components, Responses};
use crate::error::{HurdleError, Result};
use crate::limit::LimitState;
use crate::margin::RiskClass;
use crate::options::ScenarioGrid;
use crate::quantity::{Rate, Ratio, Slot, UnixTime, Wide};
use crate::ramp::{MarginRamps, Targets, carry_up};
use bytemuck::{Pod, Zeroable};
use solana_address::Address;

/// Risk classes that a market can define.
pub const MARKET_CLASSES: usize = 8;

/// Bit of [`Published::status`]: the rate limit held the published rate back from the solved one.
pub const STATUS_LIMITED: u8 = 1;
/// Bit of [`Published::status`]: the keepers found no equilibrium.
pub const STATUS_STRESSED: u8 = 2;

/// The last publication.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Published {
    /// Number of the publication; zero before the first.
    pub sequence: u64,
    /// When the components were observed.
    pub observed_at: UnixTime,
    /// Slot of the newest on-chain observation.
    pub observed_slot: Slot,
    /// When the report was published.
    pub published_at: UnixTime,
    /// Slot in which the report was published.
    pub published_slot: Slot,
    /// h: the hurdle rate in force, after the rate limit.
    pub hurdle: Rate,
    /// The solved rate, before the rate limit.
    pub raw_hurdle: Rate,
    /// h − e: what yield without emissions must cover.
    pub organic_hurdle: Rate,
    /// Time-weighted average of the hurdle rate, rounded down.
    pub baseline: Rate,
    /// What the rounding of the baseline left, 1e-16.
    pub baseline_rest: i64,
    /// |Φ(h) − h| of the report.
    pub residual: Rate,
    /// What margin uses, and where it goes.
    pub ramps: MarginRamps,
    /// What the rate limit remembers.
    pub limit: LimitState,
    /// Components of the report.
    pub components: Components,
    /// Responses of the report.
    pub responses: Responses,
    /// A bit for each member of the committee that signed.
    pub signers: u16,
    /// [`STATUS_LIMITED`], [`STATUS_STRESSED`].
    pub status: u8,
    /// How many members signed.
    pub signer_count: u8,
    /// Epoch of the committee that signed.
    pub committee_epoch: u32,
    /// Hash of the recorded observations.
    pub observations_hash: [u8; 32],
}

/// The risk class that stood before a change, from which maintenance margin moves to the new one.
///
/// Where that one was still moving when it was tightened, its own transition is kept beside this one
/// ([`MarketState::earlier`]): maintenance margin goes on along it, and from there to the newest class, where that asks for more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct ClassTransition {
    /// The class before the change; undefined where there was none.
    pub from: RiskClass,
    /// When the class was changed.
    pub since: UnixTime,
}

/// How far governance has moved each risk weight within this window and the one before: together at least all that was
/// moved within the last [`super::WeightLimit::window`] seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct WeightBudget {
    /// When the current window began.
    pub since: UnixTime,
    /// Sum of moves in the current window, in the order of [`crate::composition::Weights`].
    pub current: [Ratio; 7],
    /// Sum of moves in the window before.
    pub previous: [Ratio; 7],
}

/// The pauses of a market.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Pauses {
    /// When the pause under way ends; no later than now where there is none.
    pub until: UnixTime,
    /// When the guardian's last pauses began, the oldest first.
    pub began: [UnixTime; 3],
}

/// One market: parameters, risk classes and the published state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct MarketState {
    /// Layout version.
    pub version: u8,
    /// Bump of the account's PDA.
    pub bump: u8,
    /// One from its activation on: before, nobody may rest an action that adds risk on it.
    pub active: u8,
    /// Zero.
    pub padding: u8,
    /// Grows by one with every change of parameters or risk classes.
    pub param_epoch: u32,
    /// Name, part of the PDA: UTF-8, padded with zeros.
    pub name: [u8; 16],
    /// The config that governs it.
    pub config: Address,
    /// The committee that signs for it.
    pub committee: Address,
    /// Its ring of past publications.
    pub history: Address,
    /// Digest that binds a report to this market on this cluster.
    pub domain: [u8; 32],
    /// Hash of the model artefacts that reports must declare.
    pub model_hash: [u8; 32],
    /// Parameters.
    pub params: MarketParams,
    /// Risk classes; an undefined one is all zero.
    pub classes: [RiskClass; MARKET_CLASSES],
    /// The last publication.
    pub published: Published,
    /// Risk classes before their last change.
    pub transitions: [ClassTransition; MARKET_CLASSES],
    /// The moves over which each risk class values options; derived from the class.
    pub grids: [ScenarioGrid; MARKET_CLASSES],
    /// How far risk weights have been moved.
    pub weight_budget: WeightBudget,
    /// Pauses.
    pub pauses: Pauses,
    /// Transitions that were under way when their class was tightened once more: where the one in `transitions` comes from.
    pub earlier: [ClassTransition; MARKET_CLASSES],
    /// When the guardian last tightened parameters or risk classes, the oldest first.
    pub guardian_tightened: [UnixTime; 3],
    /// Zero, for later versions.
    pub reserved: [u8; 488],
}

impl AccountLayout for MarketState {
    const DISCRIMINATOR: [u8; 8] = [219, 190, 213, 55, 0, 227, 198, 154];
    const VERSION: u8 = 1;

    fn version(&self) -> u8 {
        self.version
    }
}

impl Published {
    /// The baseline in 1e-16.
    #[inline(always)]
    pub fn fine_baseline(&self) -> Wide {
        Wide(Wide::from_rate(self.baseline).0.wrapping_add(self.baseline_rest))
    }
}

impl MarketState {
    /// What the responses of the next report are linear around.
    #[inline(always)]
    pub fn anchor(&self) -> Anchor {
        Anchor {
            hurdle: self.published.hurdle,
            baseline: self.published.baseline,
        }
    }

    /// The risk class of an index.
    ///
    /// # Errors
    /// [`HurdleError::UnknownRiskClass`] for an index out of range or an undefined class.
    #[inline(always)]
    pub fn class(&self, index: u8) -> Result<&RiskClass> {
        self.classes
            .get(usize::from(index))
            .filter(|class| class.is_defined())
            .ok_or(HurdleError::UnknownRiskClass)
    }

    /// Puts new parameters into force and opens a new parameter epoch. Nothing that is published moves: the ramps go on
    /// from where they stand, and rate and baseline stay as they are. A rate that the new range excludes moves there with
    /// the next publications, as fast as the rate limit lets it. Rate limit and half-life of the baseline act when a report
    /// is published: the new ones hold for all the time since the last.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`] where the epochs are used up, or a rate on its way into the new range could leave
    /// no organic hurdle in its domain; the rest is for [`Self::invariant`].
    pub fn set_params(&mut self, params: &MarketParams, now: UnixTime) -> Result<()> {
        let published = &mut self.published;
        let [.., emissions] = &params.bounds;
        if published.hurdle.sub(emissions.low).is_err() || published.hurdle.sub(emissions.high).is_err() {
            return Err(HurdleError::InvalidParameter);
        }
        published.ramps = published.ramps.rebased(&self.params.ramp, now);
        self.params = *params;
        self.open_epoch()
    }

    /// Opens a new parameter epoch.
    pub(crate) fn open_epoch(&mut self) -> Result<()> {
        self.param_epoch = self
            .param_epoch
            .checked_add(1)
            .ok_or(HurdleError::InvalidParameter)?;
        Ok(())
    }

    /// The state of a market that has not published yet: governance's first rate stands as hurdle and baseline.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`] where the first rate lies outside `[floor, ceiling]`.
    pub fn opened(params: &MarketParams, first_rate: Rate, now: UnixTime, slot: Slot) -> Result<Published> {
        if first_rate < params.composition.floor || first_rate > params.composition.ceiling {
            return Err(HurdleError::InvalidParameter);
        }
        Ok(Published {
            published_at: now,
            published_slot: slot,
            hurdle: first_rate,
            raw_hurdle: first_rate,
            organic_hurdle: first_rate,
            baseline: first_rate,
            ramps: MarginRamps::resting(
                Targets {
                    multiplier: Ratio::ONE,
                    volatility: Ratio::ZERO,
                    carry: carry_up(first_rate, params.liquidation_horizon)?,
                },
                now,
            ),
            limit: LimitState::opened(first_rate, now),
            ..Published::default()
        })
    }

    /// Checks parameters, classes and what every publication must leave behind.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`].
    pub fn invariant(&self) -> Result<()> {
        self.params.invariant()?;
        for (class, grid) in self.classes.iter().zip(&self.grids) {
            class.invariant(&self.params.composition.multiplier)?;
            if *grid != class.scenario_grid()? {
                return Err(HurdleError::InvalidParameter);
            }
        }
        self.publication_invariant()
    }

    /// Checks what a publication may have changed. Rate and baseline are held to their domain and not to the range of the
    /// parameters, which governance may have moved since.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`].
    #[inline(always)]
    pub fn publication_invariant(&self) -> Result<()> {
        let published = &self.published;
        let rates = published.hurdle.validate().is_ok() && published.baseline.validate().is_ok();
        let ramps = published.ramps.multiplier.is_sound(Ratio::ONE)
            && published.ramps.volatility.is_sound(Ratio::ZERO)
            && published.ramps.carry.is_sound(Ratio::ZERO);
        let times = published.observed_at <= published.published_at;
        if self.version != Self::VERSION || !rates || !ramps || !times {
            return Err(HurdleError::InvalidParameter);
        }
        Ok(())
    }
}
