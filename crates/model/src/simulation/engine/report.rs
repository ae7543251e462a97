//! What a run of the engine found.

use super::MarginEngine;
use super::block::EngineBlock;
use super::lane::{Ledger, Losses};
use crate::error::{Result, positive, representable};
use crate::simulation::estimate::{Estimate, LossDistribution, Proportion};
use crate::simulation::run::Run;
use crate::simulation::vector::BLOCK;

/// One number of each kind per path.
#[derive(Debug)]
pub(super) struct Outcomes {
    pub(super) bad_debt: Vec<f64>,
    pub(super) socialised: Vec<f64>,
    pub(super) liquidated: Vec<f64>,
}

/// The part of one block.
pub(super) struct BlockOutcomes<'a> {
    bad_debt: &'a mut [f64],
    socialised: &'a mut [f64],
    liquidated: &'a mut [f64],
}

impl Outcomes {
    pub(super) fn new(paths: usize) -> Self {
        Self {
            bad_debt: vec![0.0; paths],
            socialised: vec![0.0; paths],
            liquidated: vec![0.0; paths],
        }
    }

    pub(super) fn blocks(&mut self) -> impl Iterator<Item = BlockOutcomes<'_>> + Send {
        let losses = self
            .bad_debt
            .chunks_exact_mut(BLOCK)
            .zip(self.socialised.chunks_exact_mut(BLOCK));
        losses
            .zip(self.liquidated.chunks_exact_mut(BLOCK))
            .map(|((bad_debt, socialised), liquidated)| BlockOutcomes {
                bad_debt,
                socialised,
                liquidated,
            })
    }
}

impl BlockOutcomes<'_> {
    pub(super) fn take(&mut self, engine: &EngineBlock<'_, Losses>) {
        for (lane, losses) in engine.records().enumerate() {
            self.bad_debt[lane] = losses.bad_debt;
            self.socialised[lane] = losses.socialised;
            self.liquidated[lane] = losses.liquidated;
        }
    }
}

/// Distribution of the losses of a margin engine over a horizon, in units of notional.
#[derive(Debug, Clone, PartialEq)]
pub struct TailReport {
    /// Paths that were simulated.
    pub paths: usize,
    /// Gaussian numbers of a path that were quasi-random, and how many there were in all.
    pub quasi_dimensions: (usize, usize),
    /// What the accounts could not pay.
    pub bad_debt: LossDistribution,
    /// What of it the fund could not pay: the lenders' loss.
    pub socialised: LossDistribution,
    /// Probability that the fund is exhausted and debt is left.
    pub ruin: Proportion,
    /// Value of the accounts that were closed.
    pub liquidated: Estimate,
    /// Paid to the liquidators.
    pub bounty: Estimate,
}

impl TailReport {
    pub(super) fn new(
        outcomes: &Outcomes,
        engine: &MarginEngine,
        run: &Run,
        levels: &[f64],
        confidence: f64,
    ) -> Result<Self> {
        let units = run.units();
        let of = |losses: &[f64]| LossDistribution::new(losses, units, levels, confidence);
        let socialised = of(&outcomes.socialised)?;
        let liquidated = Estimate::over_paths(run.paths(), units, |i| outcomes.liquidated[i]);
        Ok(Self {
            paths: run.paths(),
            quasi_dimensions: run
                .sampling()
                .quasi_dimensions(&engine.process, engine.grid.steps()),
            bad_debt: of(&outcomes.bad_debt)?,
            ruin: socialised.any,
            socialised,
            bounty: liquidated.scaled(engine.venue.bounty),
            liquidated,
        })
    }

    /// The tail premium per year: the lenders' expected loss ÷ `capital` at risk ÷ the horizon.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`] for the capital or the horizon; [`crate::ModelError::NotFinite`];
    /// [`crate::ModelError::Overflow`].
    pub fn premium(&self, capital: f64, years: f64) -> Result<Estimate> {
        annual(self.socialised.mean, capital, years)
    }
}

/// An amount over a horizon as a rate per year of capital.
pub(super) fn annual(amount: Estimate, capital: f64, years: f64) -> Result<Estimate> {
    let scale = 1.0 / (positive("capital at risk", capital)? * positive("horizon", years)?);
    let rate = amount.scaled(scale);
    representable("tail premium", rate.value)?;
    representable("error of the tail premium", rate.standard_error)?;
    Ok(rate)
}

/// What happened on one path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PathOutcome {
    /// The money of the accounts that were closed.
    pub ledger: Ledger,
    /// Whether debt was left when the fund was empty.
    pub ruined: bool,
}

impl PathOutcome {
    pub(super) fn new(ledger: Ledger) -> Self {
        Self {
            ledger,
            ruined: ledger.socialised > 0.0,
        }
    }
}
