//! Estimation of the hash rate and its growth from the blocks of each day, without look-ahead.

use super::outlook::{Dynamics, HashRateOutlook};
use crate::error::{Result, positive};

/// What remains of the evidence for a set of parameters after a day: a memory of 200 days.
const MEMORY: f64 = 0.995;
/// Days over which the long-run growth is measured.
const YEAR: usize = 365;
/// Fewest days for it.
const SHORTEST: usize = 180;
/// Days averaged at either end, so that the luck of single days does not matter.
const WEEK: usize = 7;
/// How much of the measured long-run growth is believed: half, the other half being shrunk to nothing.
const BELIEVED: f64 = 0.5;
/// Variance of the first slope, per day²: nothing is known of it.
const FIRST_SLOPE: f64 = 0.02 * 0.02;

const LEVELS: [f64; 6] = [0.0025, 0.005, 0.01, 0.015, 0.02, 0.03];
const SLOPES: [f64; 6] = [0.0001, 0.0003, 0.0007, 0.0015, 0.003, 0.006];
const PERSISTENCES: [f64; 4] = [0.9, 0.95, 0.98, 0.99];

/// One candidate's Kalman filter.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    dynamics: Dynamics,
    level: f64,
    slope: f64,
    variance: [f64; 3],
    evidence: f64,
}

/// A Kalman filter for each of a grid of [`Dynamics`]; the one whose forecasts of the days so far were likeliest, with
/// evidence forgotten over some 200 days, gives the outlook (dynamic model selection after Raftery, Kárný & Ettler 2010).
///
/// A day's hash rate is measured through its blocks, n of them, which are Poisson given the true one: its logarithm is
/// observed with variance 1/n and a mean that is lower by 1/(2n).
#[derive(Debug, Clone)]
pub struct HashRateFilter {
    candidates: Vec<Candidate>,
    observed: Vec<f64>,
}

impl Default for HashRateFilter {
    fn default() -> Self {
        Self::new()
    }
}

impl HashRateFilter {
    /// A filter that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        let mut candidates = Vec::with_capacity(LEVELS.len() * SLOPES.len() * PERSISTENCES.len());
        for level in LEVELS {
            for slope in SLOPES {
                for persistence in PERSISTENCES {
                    candidates.push(Candidate {
                        dynamics: Dynamics {
                            level,
                            slope,
                            persistence,
                        },
                        level: 0.0,
                        slope: 0.0,
                        variance: [0.0; 3],
                        evidence: 0.0,
                    });
                }
            }
        }
        Self {
            candidates,
            observed: Vec::new(),
        }
    }

    /// Takes in a day: its hash rate (TH/s, as difficulty and blocks imply it) and its blocks.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`], [`crate::ModelError::NotFinite`].
    pub fn observe(&mut self, hash_rate: f64, blocks: f64) -> Result<()> {
        positive("blocks of a day", blocks)?;
        // a fraction of a block tells no less than one
        let noise = 1.0 / blocks.max(1.0);
        let value = positive("hash rate", hash_rate)?.ln() + 0.5 * noise;
        let drift = self.drift();
        let is_first = self.observed.is_empty();
        for candidate in &mut self.candidates {
            if is_first {
                candidate.level = value;
                candidate.variance = [noise, 0.0, FIRST_SLOPE];
            } else {
                candidate.advance(value, noise, drift);
            }
        }
        self.observed.push(value);
        Ok(())
    }

    /// The outlook after the days taken in.
    ///
    /// # Errors
    /// [`crate::ModelError::TooFew`] before the first day.
    pub fn outlook(&self) -> Result<HashRateOutlook> {
        crate::error::at_least("days of hash rate", 1, self.observed.len())?;
        let best = self
            .candidates
            .iter()
            .fold(&self.candidates[0], |best, candidate| {
                if candidate.evidence > best.evidence {
                    candidate
                } else {
                    best
                }
            });
        HashRateOutlook {
            level: best.level,
            slope: best.slope.clamp(-1.0, 1.0),
            variance: best.variance,
            drift: self.drift(),
            dynamics: best.dynamics,
        }
        .checked()
    }

    /// Growth per day over the last year, shrunk; nothing before there is half a year.
    fn drift(&self) -> f64 {
        let n = self.observed.len();
        let span = n.saturating_sub(WEEK).min(YEAR);
        if span < SHORTEST {
            return 0.0;
        }
        let mean =
            |end: usize| self.observed[end - WEEK..end].iter().sum::<f64>() / crate::error::count(WEEK);
        (BELIEVED * (mean(n) - mean(n - span)) / crate::error::count(span)).clamp(-1.0, 1.0)
    }
}

impl Candidate {
    fn advance(&mut self, value: f64, noise: f64, drift: f64) {
        let Dynamics {
            level: e,
            slope: z,
            persistence: phi,
        } = self.dynamics;
        let [p, q, r] = self.variance;
        let (p, q, r) = (p + 2.0 * q + r + e * e, phi * (q + r), phi * phi * r + z * z);
        let level = self.level + self.slope;
        let slope = phi * self.slope + (1.0 - phi) * drift;
        let (error, spread) = (value - level, p + noise);
        self.evidence = MEMORY * self.evidence - 0.5 * (spread.ln() + error * error / spread);
        let (for_level, for_slope) = (p / spread, q / spread);
        self.level = level + for_level * error;
        self.slope = slope + for_slope * error;
        self.variance = [
            p * noise / spread,
            q * noise / spread,
            (r - for_slope * q).max(0.0),
        ];
    }
}
