//! Estimates with their errors: means, proportions, and the tail of a loss distribution.

use super::random;
use super::run::Units;
use super::vector::BLOCK;
use crate::error::{Result, count};

/// A mean and its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
}

impl Estimate {
    /// Of independent observations.
    pub(super) fn of(observations: &[f64]) -> Self {
        let n = count(observations.len());
        let mean = observations.iter().sum::<f64>() / n;
        let scatter: f64 = observations.iter().map(|x| (x - mean) * (x - mean)).sum();
        Self {
            value: mean,
            standard_error: (scatter / (n - 1.0).max(1.0) / n).sqrt(),
        }
    }

    /// Of a run by what [`block_sums`] makes of its blocks.
    pub(super) fn of_blocks(sums: &[(f64, f64)], units: Units) -> Self {
        let paths = sums.len() * BLOCK;
        match units {
            Units::Single => Self::of_sums(sums, count(paths)),
            Units::Pairs => Self::of_sums(sums, count(paths / 2)),
            Units::Groups(size) => {
                let means: Vec<f64> = sums
                    .chunks(size / BLOCK)
                    .map(|group| group.iter().map(|(sum, _)| sum).sum::<f64>() / count(size))
                    .collect();
                Self::of(&means)
            }
        }
    }

    /// Of `n` independent observations by partial sums of them and of their squares.
    pub(super) fn of_sums(sums: &[(f64, f64)], n: f64) -> Self {
        let (sum, squares) = sums.iter().fold((0.0, 0.0), |(s, q), (a, b)| (s + a, q + b));
        let mean = sum / n;
        let variance = ((squares - n * mean * mean) / (n - 1.0).max(1.0)).max(0.0);
        Self {
            value: mean,
            standard_error: (variance / n).sqrt(),
        }
    }

    /// Times a constant.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self {
            value: self.value * factor,
            standard_error: self.standard_error * factor.abs(),
        }
    }

    /// Whether `value` lies within `z` standard errors.
    #[must_use]
    pub fn covers(&self, value: f64, z: f64) -> bool {
        (value - self.value).abs() <= z * self.standard_error
    }

    /// Of `f` over all paths, whose independent units are `units`.
    pub(super) fn over_paths(paths: usize, units: Units, f: impl Fn(usize) -> f64) -> Self {
        let moments = |n: usize, unit: &dyn Fn(usize) -> f64| {
            // Two passes, in partial sums, so that neither rounding nor cancellation shows.
            let partial = |g: &dyn Fn(f64) -> f64| -> f64 {
                (0..n)
                    .step_by(BLOCK)
                    .map(|from| (from..n.min(from + BLOCK)).map(|i| g(unit(i))).sum::<f64>())
                    .sum()
            };
            let mean = partial(&|x| x) / count(n);
            let scatter = partial(&|x| (x - mean) * (x - mean));
            Self {
                value: mean,
                standard_error: (scatter / count(n.max(2) - 1) / count(n)).sqrt(),
            }
        };
        let half = BLOCK / 2;
        match units {
            Units::Single => moments(paths, &f),
            Units::Pairs => moments(paths / 2, &|i| {
                let first = i / half * BLOCK + i % half;
                0.5 * (f(first) + f(first + half))
            }),
            Units::Groups(size) => {
                let means: Vec<f64> = (0..paths / size)
                    .map(|g| (g * size..(g + 1) * size).map(&f).sum::<f64>() / count(size))
                    .collect();
                Self::of(&means)
            }
        }
    }
}

/// Sums of a block's observations and of their squares. An observation is a path's value or, for [`Units::Pairs`], a
/// pair's mean.
pub(super) fn block_sums(mut values: [f64; BLOCK], units: Units) -> (f64, f64) {
    let observations = if units == Units::Pairs {
        let (first, second) = values.split_at_mut(BLOCK / 2);
        first
            .iter_mut()
            .zip(second)
            .for_each(|(a, b)| *a = 0.5 * (*a + *b));
        first
    } else {
        &mut values[..]
    };
    // Sums side by side, so that no addition waits for the one before.
    let (mut sums, mut squares) = ([0.0; SUMS], [0.0; SUMS]);
    for values in observations.as_chunks::<SUMS>().0 {
        for ((sum, square), value) in sums.iter_mut().zip(&mut squares).zip(values) {
            *sum += value;
            *square += value * value;
        }
    }
    (sums.iter().sum(), squares.iter().sum())
}

/// Sums that [`block_sums`] takes side by side.
const SUMS: usize = 8;

/// Losses of the paths that had any, in the order of the paths.
#[derive(Debug, Clone)]
pub(super) struct Losses {
    /// Paths of the run.
    pub(super) paths: usize,
    /// Path and loss, where there is one.
    pub(super) positive: Vec<(usize, f64)>,
}

impl Losses {
    /// The loss of every path.
    pub(super) fn of_every_path(&self) -> Vec<f64> {
        let mut losses = vec![0.0; self.paths];
        for &(path, loss) in &self.positive {
            if let Some(place) = losses.get_mut(path) {
                *place = loss;
            }
        }
        losses
    }
}

/// A probability with its confidence interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proportion {
    /// Share of the paths.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// Confidence of the interval.
    pub confidence: f64,
}

impl Proportion {
    /// Wilson's (1927) score interval, which stays inside [0, 1] and is not empty where nothing was seen. Where the
    /// paths are not independent, the number of paths is replaced by the number that would have the observed standard
    /// error (the effective sample size of Korn & Graubard 1998).
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for a confidence outside (0, 1) or a share outside [0, 1];
    /// [`crate::ModelError::NotPositive`] for no observation; [`crate::ModelError::NotFinite`].
    pub fn wilson(share: f64, standard_error: f64, observations: f64, confidence: f64) -> Result<Self> {
        open_fraction("confidence", confidence)?;
        crate::error::fraction("share", share)?;
        crate::error::non_negative("standard error", standard_error)?;
        crate::error::positive("observations", observations)?;
        let binomial = share * (1.0 - share);
        let n = if standard_error > 0.0 && binomial > 0.0 {
            binomial / (standard_error * standard_error)
        } else {
            observations
        };
        let z = random::two_sided_quantile(confidence);
        let z2 = z * z / n;
        let centre = (share + 0.5 * z2) / (1.0 + z2);
        let half = z / (1.0 + z2) * (binomial / n + 0.25 * z2 / n).sqrt();
        Ok(Self {
            value: share,
            standard_error,
            low: (centre - half).clamp(0.0, share),
            high: (centre + half).clamp(share, 1.0),
            confidence,
        })
    }
}

/// `value`, if it lies in (0, 1).
pub(super) fn open_fraction(what: &'static str, value: f64) -> Result<f64> {
    crate::error::open_fraction(what, crate::error::finite(what, value)?)
}

/// Tail risk at one level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TailLevel {
    /// The level α.
    pub level: f64,
    /// The loss that is exceeded with probability 1 − α, its error by Woodruff's (1952) interval of order statistics.
    pub value_at_risk: Estimate,
    /// The mean of the worst 1 − α of losses, VaR + E[(L − VaR)₊]/(1 − α) (Rockafellar & Uryasev 2000), its error by
    /// the influence function (Manistre & Hancock 2005).
    pub expected_shortfall: Estimate,
}

/// Counts of positive losses in classes of equal ratio.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// Paths without a loss.
    pub zero: usize,
    /// Upper ends of the classes, ascending; empty without losses. The first class starts at zero.
    pub edges: Vec<f64>,
    /// Paths in each class.
    pub counts: Vec<usize>,
}

/// Distribution of a loss that is never negative and mostly zero.
#[derive(Debug, Clone, PartialEq)]
pub struct LossDistribution {
    /// Mean.
    pub mean: Estimate,
    /// Probability of any loss.
    pub any: Proportion,
    /// Largest loss seen.
    pub largest: f64,
    /// Tail at each asked level, in the order asked.
    pub levels: Vec<TailLevel>,
    /// All paths by size of loss.
    pub histogram: Histogram,
}

/// Classes of the histogram: four to a factor of ten, six powers of ten below the largest loss.
const CLASSES: usize = 24;
const CLASSES_PER_DECADE: f64 = 4.0;

impl LossDistribution {
    pub(super) fn new(losses: &Losses, units: Units, levels: &[f64], confidence: f64) -> Result<Self> {
        let mut positive: Vec<f64> = losses.positive.iter().map(|(_, loss)| *loss).collect();
        let paths = losses.paths;
        // Independent paths need only be visited where there is a loss.
        let losses = if units == Units::Single {
            Vec::new()
        } else {
            losses.of_every_path()
        };
        let losses = Sample { paths, units, losses };
        let mean = losses.mean(&positive, |loss| loss);
        let any = losses.mean(&positive, |loss| f64::from(u8::from(loss > 0.0)));
        let largest = positive.iter().copied().fold(0.0, f64::max);
        let histogram = histogram(&positive, paths - positive.len(), largest);
        let mut tails = Vec::with_capacity(levels.len());
        for &level in levels {
            tails.push(tail(&losses, &mut positive, open_fraction("level", level)?));
        }
        Ok(Self {
            mean,
            any: Proportion::wilson(
                any.value.clamp(0.0, 1.0),
                any.standard_error,
                count(paths),
                confidence,
            )?,
            largest,
            levels: tails,
            histogram,
        })
    }
}

/// The losses of a run: of every path, or none where the paths are independent.
struct Sample {
    paths: usize,
    units: Units,
    losses: Vec<f64>,
}

impl Sample {
    /// The mean of a function of the losses, of which `positive` are those that there are.
    fn mean(&self, positive: &[f64], f: impl Fn(f64) -> f64) -> Estimate {
        if self.units != Units::Single {
            return Estimate::over_paths(self.paths, self.units, |i| f(self.losses[i]));
        }
        let (n, at_zero) = (count(self.paths), f(0.0));
        let zeros = n - count(positive.len());
        let mean = (positive.iter().map(|x| f(*x)).sum::<f64>() + zeros * at_zero) / n;
        let square = |x: f64| (x - mean) * (x - mean);
        let scatter = positive.iter().map(|x| square(f(*x))).sum::<f64>() + zeros * square(at_zero);
        Estimate {
            value: mean,
            standard_error: (scatter / (n - 1.0).max(1.0) / n).sqrt(),
        }
    }
}

/// The loss at `rank` (0-based, ascending) of all losses, of which `zeros` are zero.
fn ranked(positive: &mut [f64], zeros: usize, rank: usize) -> f64 {
    match rank.checked_sub(zeros) {
        Some(index) if index < positive.len() => *positive.select_nth_unstable_by(index, f64::total_cmp).1,
        _ => 0.0,
    }
}

fn tail(losses: &Sample, positive: &mut [f64], level: f64) -> TailLevel {
    let n = losses.paths;
    let zeros = n - positive.len();
    // The smallest loss whose distribution function reaches the level, as an index.
    let index = |share: f64| {
        let rank = (share * count(n)).ceil() - 1.0;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Clamped to the indices.
        let rank = rank.clamp(0.0, count(n - 1)) as usize;
        rank
    };
    let value_at_risk = ranked(positive, zeros, index(level));
    let below = losses.mean(positive, |loss| f64::from(u8::from(loss <= value_at_risk)));
    let low = ranked(positive, zeros, index(level - below.standard_error));
    let high = ranked(positive, zeros, index(level + below.standard_error));
    let excess = losses
        .mean(positive, |loss| (loss - value_at_risk).max(0.0))
        .scaled(1.0 / (1.0 - level));
    TailLevel {
        level,
        value_at_risk: Estimate {
            value: value_at_risk,
            standard_error: 0.5 * (high - low),
        },
        expected_shortfall: Estimate {
            value: value_at_risk + excess.value,
            ..excess
        },
    }
}

fn histogram(positive: &[f64], zero: usize, largest: f64) -> Histogram {
    if positive.is_empty() {
        return Histogram {
            zero,
            edges: Vec::new(),
            counts: Vec::new(),
        };
    }
    let edges: Vec<f64> = (0..CLASSES)
        .map(|i| largest * 10f64.powf((count(i + 1) - count(CLASSES)) / CLASSES_PER_DECADE))
        .collect();
    let mut counts = vec![0; CLASSES];
    for loss in positive {
        let class = edges.partition_point(|edge| edge < loss).min(CLASSES - 1);
        counts[class] += 1;
    }
    Histogram { zero, edges, counts }
}
