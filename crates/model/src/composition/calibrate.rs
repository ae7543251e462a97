//! The multipliers M_u and M_c from data: what capital asks for beyond its cost when it may not get out, and when the
//! insurance fund is short.

use super::CappedLine;
use crate::error::{
    ModelError, Result, at_least, count, finite, fraction, non_negative, positive, representable,
};

/// A multiplier with the point that its excess is measured from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FittedMultiplier {
    /// Where it begins to rise.
    pub knee: f64,
    /// 1 + min(cap, slope·max(0, x − knee)).
    pub line: CappedLine,
    /// Root-mean-square error.
    pub rmse: f64,
    /// Samples used.
    pub samples: usize,
}

impl FittedMultiplier {
    /// The multiplier at `x`.
    #[must_use]
    pub fn at(&self, x: f64) -> f64 {
        self.line.at(x - self.knee)
    }
}

/// Whether the knee is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Knee {
    /// It is this.
    At(f64),
    /// It is one of the samples' abscissae.
    Free,
}

/// Abscissae tried as knee and as cap's beginning, evenly among the sorted distinct ones.
const GRID: usize = 128;

/// Least squares of 1 + min(cap, slope·max(0, x − knee)) to samples (x, multiplier): for a knee and a point from which
/// the cap binds, the slope is a linear least-squares problem; both are searched over the samples' abscissae (up to 128
/// of them, evenly). The rise is never negative, so a multiplier below 1 is never the answer.
///
/// For M_u take x = utilisation ([`lockup_samples`]), for M_c x = 1 − coverage with the knee at 0
/// ([`uncovered_samples`]).
///
/// # Errors
/// [`ModelError::TooFew`] below four samples, [`ModelError::NotFinite`], [`ModelError::Unidentified`] where x never
/// exceeds the knee, [`ModelError::Overflow`].
pub fn fit_multiplier(samples: &[(f64, f64)], knee: Knee) -> Result<FittedMultiplier> {
    at_least("samples of a multiplier", 4, samples.len())?;
    for (x, multiplier) in samples {
        finite("abscissa of a multiplier", *x)?;
        crate::error::within("multiplier", *multiplier, -1e12, 1e12)?;
    }
    let mut abscissae: Vec<f64> = samples.iter().map(|sample| sample.0).collect();
    abscissae.sort_unstable_by(f64::total_cmp);
    abscissae.dedup();
    let grid: Vec<f64> = (0..abscissae.len().min(GRID))
        .map(|i| abscissae[i * (abscissae.len() - 1) / (abscissae.len().min(GRID) - 1).max(1)])
        .collect();
    let knees = match knee {
        Knee::At(knee) => vec![finite("knee", knee)?],
        Knee::Free => grid.clone(),
    };
    let mut best: Option<(f64, f64, f64, f64)> = None;
    for knee in knees {
        for full in grid.iter().copied().filter(|full| *full > knee) {
            let rise = rise(samples, knee, full);
            let error = squared_error(samples, knee, full, rise);
            if best.is_none_or(|b| error < b.0) {
                best = Some((error, knee, full, rise));
            }
        }
    }
    let (error, knee, full, rise) = best.ok_or(ModelError::Unidentified { what: "multiplier" })?;
    Ok(FittedMultiplier {
        knee,
        line: CappedLine {
            slope: representable("slope of a multiplier", rise / (full - knee))?,
            cap: rise,
        },
        rmse: representable("error of a multiplier", (error / count(samples.len())).sqrt())?,
        samples: samples.len(),
    })
}

/// Share of the full rise that x has reached.
fn reached(x: f64, knee: f64, full: f64) -> f64 {
    ((x - knee) / (full - knee)).clamp(0.0, 1.0)
}

/// The best rise ≥ 0 for given ends of the slope.
fn rise(samples: &[(f64, f64)], knee: f64, full: f64) -> f64 {
    let (mut cross, mut square) = (0.0, 0.0);
    for (x, multiplier) in samples {
        let share = reached(*x, knee, full);
        cross += share * (multiplier - 1.0);
        square += share * share;
    }
    if square > 0.0 {
        (cross / square).max(0.0)
    } else {
        0.0
    }
}

fn squared_error(samples: &[(f64, f64)], knee: f64, full: f64, rise: f64) -> f64 {
    samples
        .iter()
        .map(|(x, multiplier)| (multiplier - 1.0 - rise * reached(*x, knee, full)).powi(2))
        .sum()
}

/// What being locked in costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lockup {
    /// Utilisation from which withdrawals fail for want of idle liquidity, (0, 1].
    pub limit: f64,
    /// Observations that a lender needs to get out within, ≥ 1.
    pub horizon: usize,
    /// What a year without access to the capital costs, as a rate: the price of bridging it elsewhere.
    pub cost: f64,
    /// The cost of capital that the multiplier multiplies, > 0.
    pub base: f64,
}

/// Samples (utilisation, multiplier) of M_u out of a history of utilisation in order of time: for a lender at time t the
/// multiplier 1 + cost·(share of the next `horizon` observations at or above the limit)/base. Their regression on the
/// utilisation at t is the expected cost of illiquidity given that utilisation.
///
/// # Errors
/// [`ModelError::OutOfRange`] for a utilisation or limit outside [0, 1] or a negative cost; [`ModelError::NotPositive`]
/// for the base; [`ModelError::TooFew`] for a horizon of zero or as long as the history.
pub fn lockup_samples(utilisations: &[f64], lockup: Lockup) -> Result<Vec<(f64, f64)>> {
    let limit = fraction("limit of utilisation", lockup.limit)?;
    let dearness = non_negative("cost of being locked in", lockup.cost)?
        / positive("base cost of capital", lockup.base)?;
    representable("cost of being locked in", dearness)?;
    at_least("observations of the horizon", 1, lockup.horizon)?;
    at_least(
        "observations of the utilisation",
        lockup.horizon.saturating_add(1),
        utilisations.len(),
    )?;
    for u in utilisations {
        fraction("utilisation", *u)?;
    }
    Ok(utilisations
        .windows(lockup.horizon + 1)
        .map(|window| {
            let locked = window[1..].iter().filter(|u| **u >= limit).count();
            (window[0], 1.0 + dearness * count(locked) / count(lockup.horizon))
        })
        .collect())
}

/// Samples (1 − coverage, multiplier) of M_c out of a distribution of losses to the insurance fund over one period
/// (simulated or recorded): the multiplier 1 + (E[(L − c·F)₊] − E[(L − F)₊])/base at coverages c = 0, 0.05 … 1 of the
/// required fund F, `base` being the cost of the insured capital over the same period, in the same units.
///
/// # Errors
/// [`ModelError::TooFew`] without losses, [`ModelError::OutOfRange`] for a negative loss or fund,
/// [`ModelError::NotPositive`] for the base, [`ModelError::Overflow`].
pub fn uncovered_samples(losses: &[f64], required: f64, base: f64) -> Result<Vec<(f64, f64)>> {
    const STEPS: u32 = 20;
    at_least("losses of the insurance fund", 1, losses.len())?;
    let fund = non_negative("required insurance fund", required)?;
    let base = positive("base cost of capital", base)?;
    for loss in losses {
        non_negative("loss of the insurance fund", *loss)?;
    }
    let beyond = |held: f64| {
        let sum: f64 = losses.iter().map(|loss| (loss - held).max(0.0)).sum();
        sum / count(losses.len())
    };
    let full = representable("loss beyond the fund", beyond(fund))?;
    (0..=STEPS)
        .map(|step| {
            let missing = f64::from(step) / f64::from(STEPS);
            let uncovered = beyond((1.0 - missing) * fund) - full;
            let multiplier = representable("multiplier of coverage", 1.0 + uncovered.max(0.0) / base)?;
            Ok((missing, multiplier))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close};
    use proptest::prelude::*;

    #[test]
    fn a_capped_line_is_given_back_by_exact_samples_and_by_noisy_ones() {
        let truth = CappedLine { slope: 2.0, cap: 0.4 };
        let mut rng = Rng::new(17);
        for noise in [0.0, 0.05] {
            let samples: Vec<(f64, f64)> = (0..2000)
                .map(|i| {
                    let x = f64::from(i % 101) / 100.0;
                    (x, truth.at(x - 0.7) + noise * rng.normal())
                })
                .collect();
            let fitted = fit_multiplier(&samples, Knee::Free).unwrap();
            assert_close(fitted.knee, 0.7, 1e-9 + noise / 2.0);
            assert_close(fitted.line.cap, 0.4, 1e-9 + noise / 5.0);
            assert_close(fitted.line.slope, 2.0, 1e-9 + 5.0 * noise);
            assert_close(fitted.rmse, noise, 1e-9 + noise / 20.0);
        }
    }

    #[test]
    fn an_illiquid_pool_asks_for_more_where_it_is_nearly_empty() {
        // A pool that is locked whenever it has passed 0.9, for about ten observations.
        let mut rng = Rng::new(19);
        let mut u: f64 = 0.6;
        let history: Vec<f64> = (0..20_000)
            .map(|_| {
                u = (u + 0.03 * rng.normal() + 0.02 * (0.7 - u)).clamp(0.0, 1.0);
                u
            })
            .collect();
        let lockup = Lockup {
            limit: 0.95,
            horizon: 24,
            cost: 0.3,
            base: 0.1,
        };
        let fitted = fit_multiplier(&lockup_samples(&history, lockup).unwrap(), Knee::Free).unwrap();
        assert!((0.6..0.95).contains(&fitted.knee), "{fitted:?}");
        assert!(fitted.at(1.0) > 1.3 && fitted.at(0.5) == 1.0, "{fitted:?}");
        assert!(fitted.line.cap <= 3.0);
    }

    #[test]
    fn the_coverage_multiplier_is_the_uncovered_loss_of_an_exponential_distribution() {
        // E[(L − F)₊] = μ·e^(−F/μ) for exponential losses.
        let losses: Vec<f64> = (0..200_000)
            .map(|i| -f64::ln((f64::from(i) + 0.5) / 200_000.0))
            .collect();
        let samples = uncovered_samples(&losses, 3.0, 2.0).unwrap();
        for (missing, multiplier) in samples {
            let uncovered = f64::exp(-3.0 * (1.0 - missing)) - f64::exp(-3.0);
            assert_close(multiplier, 1.0 + uncovered / 2.0, 1e-4);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..crate::testing::reproducible() })]

        #[test]
        fn any_samples_give_a_sound_multiplier_or_an_error(
            samples in prop::collection::vec((any::<f64>(), any::<f64>()), 0..12), knee in any::<f64>(),
        ) {
            for knee in [Knee::Free, Knee::At(knee)] {
                if let Ok(fitted) = fit_multiplier(&samples, knee) {
                    prop_assert!(fitted.line.slope >= 0.0 && fitted.line.cap >= 0.0 && fitted.rmse.is_finite());
                }
            }
            let plain: Vec<f64> = samples.iter().map(|s| s.0).collect();
            let lockup = Lockup { limit: 0.9, horizon: 2, cost: knee, base: 0.1 };
            let _ = lockup_samples(&plain, lockup);
            let _ = uncovered_samples(&plain, knee, 0.1);
        }
    }
}
