//! What a run of the engine found.

use super::MarginEngine;
use super::block::EngineBlock;
use super::lane::{Ledger, Losses};
use crate::error::{Result, positive, representable};
use crate::simulation::estimate::{self, Estimate, LossDistribution, Proportion, block_sums};
use crate::simulation::run::{Run, Units};
use crate::simulation::vector::BLOCK;

/// What happened on the paths of a block. Few lose anything, and only they are kept: memory for every path would take
/// longer to come by than the paths take to fill it.
#[derive(Debug, Clone, Default)]
pub(super) struct BlockOutcomes {
    losses: Vec<PathLosses>,
    /// As [`block_sums`] gives them.
    liquidated: (f64, f64),
}

#[derive(Debug, Clone, Copy)]
struct PathLosses {
    lane: usize,
    bad_debt: f64,
    socialised: f64,
}

impl BlockOutcomes {
    pub(super) fn of(engine: &EngineBlock<'_, Losses>, units: Units) -> Self {
        let (mut losses, mut liquidated) = (Vec::new(), [0.0; BLOCK]);
        for ((lane, record), liquidated) in engine.records().enumerate().zip(&mut liquidated) {
            *liquidated = record.liquidated;
            if record.bad_debt > 0.0 {
                losses.push(PathLosses {
                    lane,
                    bad_debt: record.bad_debt,
                    socialised: record.socialised,
                });
            }
        }
        Self {
            losses,
            liquidated: block_sums(liquidated, units),
        }
    }
}

/// What happened on every path of a run.
#[derive(Debug)]
pub(super) struct Outcomes(pub(super) Vec<BlockOutcomes>);

impl Outcomes {
    pub(super) fn bad_debt(&self) -> estimate::Losses {
        self.losses(|losses| losses.bad_debt)
    }

    pub(super) fn socialised(&self) -> estimate::Losses {
        self.losses(|losses| losses.socialised)
    }

    fn losses(&self, of: impl Fn(&PathLosses) -> f64) -> estimate::Losses {
        let mut positive = Vec::new();
        for (block, outcomes) in self.0.iter().enumerate() {
            let losses = outcomes.losses.iter().map(|losses| (losses.lane, of(losses)));
            let losses = losses.filter(|(_, loss)| *loss > 0.0);
            positive.extend(losses.map(|(lane, loss)| (block * BLOCK + lane, loss)));
        }
        estimate::Losses {
            paths: self.0.len() * BLOCK,
            positive,
        }
    }

    fn liquidated(&self, units: Units) -> Estimate {
        let sums: Vec<(f64, f64)> = self.0.iter().map(|block| block.liquidated).collect();
        Estimate::of_blocks(&sums, units)
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
        let of = |losses: &estimate::Losses| LossDistribution::new(losses, units, levels, confidence);
        let socialised = of(&outcomes.socialised())?;
        let liquidated = outcomes.liquidated(units);
        Ok(Self {
            paths: run.paths(),
            quasi_dimensions: run
                .sampling()
                .quasi_dimensions(&engine.process, engine.grid.steps()),
            bad_debt: of(&outcomes.bad_debt())?,
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
