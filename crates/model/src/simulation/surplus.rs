//! Ruin of a fund by simulation: claims of any size, with or without a diffusion.

use super::estimate::{Estimate, Proportion};
use super::passage::{Passage, mean_over_paths};
use super::random::Stream;
use super::run::Run;
use crate::error::{Result, at_least, count, finite, non_negative, positive, within};

/// Expected claims that a path may have.
const MOST_CLAIMS: f64 = 1e6;

/// The law of a claim.
#[derive(Debug, Clone, PartialEq)]
pub enum ClaimSize {
    /// Exponential, for which the classical closed forms hold.
    Exponential {
        /// Mean claim, > 0.
        mean: f64,
    },
    /// Lomax's (1954) Pareto law P(X > x) = (1 + x/scale)^(−shape): the heavy tail of losses from hacks.
    Pareto {
        /// Scale, > 0.
        scale: f64,
        /// Tail index, > 0; the mean is infinite at one and below.
        shape: f64,
    },
    /// One of the claims that were seen, each as likely as the other.
    Observed(Vec<f64>),
}

/// The surplus of a fund: u + ct + σW_t less compound Poisson claims (Lundberg 1903, Cramér 1930; with the diffusion
/// Dufresne & Gerber 1991).
#[derive(Debug, Clone, PartialEq)]
pub struct Surplus {
    /// The fund at the start u, ≥ 0.
    pub fund: f64,
    /// Income c per year.
    pub income: f64,
    /// Standard deviation σ of other income, per √year, ≥ 0.
    pub volatility: f64,
    /// Claims per year, ≥ 0.
    pub claims: f64,
    /// Law of a claim.
    pub size: ClaimSize,
}

impl ClaimSize {
    fn check(&self) -> Result<()> {
        match self {
            Self::Exponential { mean } => positive("mean claim", *mean).map(drop),
            Self::Pareto { scale, shape } => {
                positive("scale of the claims", *scale)?;
                positive("tail index of the claims", *shape).map(drop)
            }
            Self::Observed(claims) => {
                at_least("observed claims", 1, claims.len())?;
                claims
                    .iter()
                    .try_for_each(|claim| non_negative("claim", *claim).map(drop))
            }
        }
    }

    fn draw(&self, stream: &mut Stream) -> f64 {
        match self {
            Self::Exponential { mean } => mean * stream.exponential(),
            Self::Pareto { scale, shape } => scale * (stream.exponential() / shape).exp_m1(),
            Self::Observed(claims) => claims.get(stream.below(claims.len())).copied().unwrap_or(0.0),
        }
    }
}

impl Surplus {
    /// Probability that the fund is exhausted within `years`, with an interval of the given confidence. Between claims
    /// the diffusion is watched without a pause.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`], [`crate::ModelError::OutOfRange`], [`crate::ModelError::NotFinite`] and
    /// [`crate::ModelError::TooFew`] for a parameter outside its domain, or more than a million expected claims;
    /// [`crate::ModelError::Incompatible`] for any sampling but [`super::Sampling::Pseudo`].
    pub fn ruin(&self, years: f64, run: &Run, confidence: f64) -> Result<Proportion> {
        const LARGEST: f64 = 1e100;
        self.size.check()?;
        let fund = within("insurance fund", self.fund, 0.0, LARGEST)?;
        let income = within("income of the fund", self.income, -LARGEST, LARGEST)?;
        let volatility = within("volatility of the fund", self.volatility, 0.0, LARGEST)?;
        let years = within("horizon", positive("horizon", years)?, 0.0, LARGEST)?;
        let claims = non_negative("claims per year", self.claims)?;
        within(
            "expected claims over the horizon",
            finite("expected claims", claims * years)?,
            0.0,
            MOST_CLAIMS,
        )?;
        let path = Passage {
            drift: income,
            variance: volatility * volatility,
            distance: fund,
            years,
            intensity: claims,
        };
        // An empty fund is ruined by the first claim, or at once where it fluctuates or only pays.
        let certain = fund == 0.0 && (volatility > 0.0 || income < 0.0);
        let ruin = if certain {
            Estimate {
                value: 1.0,
                standard_error: 0.0,
            }
        } else {
            mean_over_paths(run, |stream| {
                path.simulate(stream, |stream| -self.size.draw(stream))
            })?
        };
        Proportion::wilson(
            ruin.value.clamp(0.0, 1.0),
            ruin.standard_error,
            count(run.paths()),
            confidence,
        )
    }
}
