//! The kinked curve recovered from observed (utilisation, rate) pairs.

use super::curve::KinkedCurve;
use crate::error::{ModelError, Result, at_least, count, finite, fraction};

/// Rates are published with about nine significant digits; squared errors below this are rounding, not misfit.
const RATE_RESOLUTION: f64 = 1e-9;

/// What the observations say about the curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DebtFit {
    /// Both segments were observed.
    Kinked(FittedCurve),
    /// One straight line with a non-negative intercept explains the observations: they lie below the kink, of which
    /// they say nothing.
    BelowKink(Segment),
    /// One straight line with a negative intercept: the observations lie above the kink.
    AboveKink(Segment),
}

/// A fully identified curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FittedCurve {
    /// The least-squares curve.
    pub curve: KinkedCurve,
    /// Root-mean-square error, per year.
    pub rmse: f64,
    /// Share of the variance explained, ≤ 1.
    pub r_squared: f64,
    /// Observations used.
    pub samples: usize,
}

/// The one straight segment that was observed, R = intercept + gradient·u.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Segment {
    /// Rate at u = 0 on the line's extension, per year.
    pub intercept: f64,
    /// dR/du, ≥ 0.
    pub gradient: f64,
    /// Smallest observed utilisation.
    pub lowest: f64,
    /// Largest observed utilisation.
    pub highest: f64,
    /// Root-mean-square error, per year.
    pub rmse: f64,
    /// Observations used.
    pub samples: usize,
}

impl DebtFit {
    /// The curve, completed from `prior` where the observations left a segment unidentified: below the kink its kink
    /// and upper slope are taken over, above the kink its kink and base.
    ///
    /// # Errors
    /// [`ModelError::OutOfRange`] if the prior's kink contradicts the observed range, or the completed curve would
    /// fall.
    pub fn complete(&self, prior: &KinkedCurve) -> Result<KinkedCurve> {
        let kink = prior.kink();
        match self {
            Self::Kinked(fitted) => Ok(fitted.curve),
            Self::BelowKink(line) => {
                consistent(kink, line.highest, 1.0)?;
                KinkedCurve::new(line.intercept, kink, line.gradient * kink, prior.slope2())
            }
            Self::AboveKink(line) => {
                consistent(kink, 0.0, line.lowest)?;
                let at_kink = line.intercept + line.gradient * kink;
                KinkedCurve::new(
                    prior.base(),
                    kink,
                    at_kink - prior.base(),
                    line.gradient * (1.0 - kink),
                )
            }
        }
    }
}

fn consistent(kink: f64, min: f64, max: f64) -> Result<()> {
    if (min..=max).contains(&kink) {
        Ok(())
    } else {
        Err(ModelError::OutOfRange {
            what: "kink of the prior curve",
            value: kink,
            min,
            max,
        })
    }
}

/// Least-squares fit of a [`KinkedCurve`] with non-negative base and slopes.
///
/// For a given kink the problem is linear with non-negative coefficients. Between two neighbouring observations the
/// best kink is the intersection of the best lines on either side, if it falls between them, and else one of the two
/// observations (Hudson 1966, "Fitting segmented curves whose join points have to be estimated", JASA 61); so trying
/// those candidates is an exact search, made in O(n log n) by running sums. The kink is kept only where it lowers
/// Schwarz's (1978) criterion against a single line.
///
/// # Errors
/// [`ModelError::TooFew`] below four observations, [`ModelError::OutOfRange`] for a utilisation outside [0, 1],
/// [`ModelError::NotFinite`], [`ModelError::Unidentified`] if the utilisation never varies.
pub fn fit_kinked_curve(observations: &[(f64, f64)]) -> Result<DebtFit> {
    at_least("observations of the borrow rate", 4, observations.len())?;
    for (u, rate) in observations {
        fraction("utilisation", *u)?;
        // A simple annual rate beyond 10¹² would only overflow the sums.
        crate::error::within("borrow rate", *rate, -1e12, 1e12)?;
    }
    let mut points = observations.to_vec();
    points.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    if points[0].0 == points[points.len() - 1].0 {
        return Err(ModelError::Unidentified {
            what: "borrow-rate curve",
        });
    }
    let sums = prefix_sums(&points);
    let line = single_line(&points, &sums);
    match best_kink(&points, &sums) {
        Some(fitted) if schwarz(fitted.rmse, points.len(), 4) < schwarz(line.rmse, points.len(), 2) => {
            Ok(DebtFit::Kinked(fitted))
        }
        _ if line.intercept >= 0.0 => Ok(DebtFit::BelowKink(line)),
        _ => Ok(DebtFit::AboveKink(line)),
    }
}

/// Schwarz's criterion n·ln(SSE/n) + k·ln n, with the rates' resolution as the least error.
fn schwarz(rmse: f64, n: usize, parameters: usize) -> f64 {
    2.0 * count(n) * rmse.max(RATE_RESOLUTION).ln() + count(parameters) * count(n).ln()
}

/// Sums over a run of points.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    n: f64,
    u: f64,
    uu: f64,
    r: f64,
    ur: f64,
    rr: f64,
}

impl Sums {
    fn minus(self, other: Self) -> Self {
        Self {
            n: self.n - other.n,
            u: self.u - other.u,
            uu: self.uu - other.uu,
            r: self.r - other.r,
            ur: self.ur - other.ur,
            rr: self.rr - other.rr,
        }
    }

    /// (intercept, gradient) of the free least-squares line.
    fn line(self) -> Option<(f64, f64)> {
        let determinant = self.n * self.uu - self.u * self.u;
        (determinant > 1e-14 * self.n * self.uu).then(|| {
            let gradient = (self.n * self.ur - self.u * self.r) / determinant;
            ((self.r - gradient * self.u) / self.n, gradient)
        })
    }
}

/// `sums[i]` covers the first i points.
fn prefix_sums(points: &[(f64, f64)]) -> Vec<Sums> {
    let mut running = Sums::default();
    let mut sums = vec![running];
    for &(u, r) in points {
        running = Sums {
            n: running.n + 1.0,
            u: running.u + u,
            uu: running.uu + u * u,
            r: running.r + r,
            ur: running.ur + u * r,
            rr: running.rr + r * r,
        };
        sums.push(running);
    }
    sums
}

/// The best rising line; its intercept is pinned to zero where freeing it does not lower Schwarz's criterion and it
/// would be negative by noise alone.
fn single_line(points: &[(f64, f64)], sums: &[Sums]) -> Segment {
    let all = sums[points.len()];
    let flat = (all.r / all.n, 0.0);
    let free = all.line().filter(|line| line.1 >= 0.0).unwrap_or(flat);
    let through_origin = (0.0, (all.ur / all.uu).max(0.0));
    let n = points.len();
    let pin = free.0 < 0.0
        && schwarz(line_error(points, through_origin), n, 1) <= schwarz(line_error(points, free), n, 2);
    let (intercept, gradient) = if pin { through_origin } else { free };
    Segment {
        intercept,
        gradient,
        lowest: points[0].0,
        highest: points[n - 1].0,
        rmse: line_error(points, (intercept, gradient)),
        samples: n,
    }
}

fn line_error(points: &[(f64, f64)], (intercept, gradient): (f64, f64)) -> f64 {
    let sum: f64 = points
        .iter()
        .map(|(u, r)| (r - intercept - gradient * u).powi(2))
        .sum();
    (sum / count(points.len())).sqrt()
}

/// The best convex kinked curve with at least two distinct utilisations on either side, if there is one.
fn best_kink(points: &[(f64, f64)], sums: &[Sums]) -> Option<FittedCurve> {
    let n = points.len();
    let all = sums[n];
    let mut best: Option<(f64, f64, [f64; 3])> = None;
    for split in 2..=n - 2 {
        let (below, above) = (sums[split], all.minus(sums[split]));
        let (left, right) = (points[split - 1].0, points[split].0);
        for kink in candidates(below, above, left, right) {
            if kink <= points[0].0.max(1e-6) || kink >= points[n - 1].0.min(1.0 - 1e-6) {
                continue;
            }
            let Some((squared_error, coefficients)) = constrained(below, above, kink) else {
                continue;
            };
            if best.is_none_or(|b| squared_error < b.0) {
                best = Some((squared_error, kink, coefficients));
            }
        }
    }
    let (_, kink, [base, slope1, slope2]) = best?;
    if slope2 / (1.0 - kink) <= slope1 / kink {
        return None;
    }
    let curve = KinkedCurve::new(base, kink, slope1, slope2).ok()?;
    // The running sums rank the candidates; the published errors come from the residuals themselves.
    let squared: f64 = points
        .iter()
        .map(|(u, r)| (r - curve.rate(*u).unwrap_or(f64::MAX)).powi(2))
        .sum();
    let mean = all.r / all.n;
    let variance: f64 = points.iter().map(|(_, r)| (r - mean).powi(2)).sum();
    Some(FittedCurve {
        curve,
        rmse: finite("error of the fit", (squared / all.n).sqrt()).ok()?,
        r_squared: if variance > 0.0 {
            1.0 - squared / variance
        } else {
            1.0
        },
        samples: n,
    })
}

/// Both neighbouring observations, and every intersection of admissible lines that lies between them.
fn candidates(below: Sums, above: Sums, left: f64, right: f64) -> Vec<f64> {
    let through_origin = (below.uu > 0.0).then(|| (0.0, below.ur / below.uu));
    let lower = [below.line(), through_origin, Some((below.r / below.n, 0.0))];
    let upper = [above.line(), Some((above.r / above.n, 0.0))];
    let mut kinks = vec![left, right];
    for (a, b) in lower.into_iter().flatten() {
        for (c, d) in upper.into_iter().flatten() {
            let kink = (a - c) / (d - b);
            if kink > left && kink < right {
                kinks.push(kink);
            }
        }
    }
    kinks
}

/// Non-negative least squares over (base, slope1, slope2) for a fixed kink, exact by trying every set of positive
/// coefficients: (squared error, coefficients). Points at the kink itself may be on either side.
fn constrained(below: Sums, above: Sums, kink: f64) -> Option<(f64, [f64; 3])> {
    let span = 1.0 - kink;
    let (above_1, above_11) = (
        (above.u - kink * above.n) / span,
        (above.uu - 2.0 * kink * above.u + kink * kink * above.n) / (span * span),
    );
    let cross = below.u / kink + above.n;
    let gram = [
        [below.n + above.n, cross, above_1],
        [cross, below.uu / (kink * kink) + above.n, above_1],
        [above_1, above_1, above_11],
    ];
    let moments = [
        below.r + above.r,
        below.ur / kink + above.r,
        (above.ur - kink * above.r) / span,
    ];
    let total = below.rr + above.rr;
    (1u8..8)
        .filter_map(|active| {
            let x = solve_subset(&gram, &moments, active)?;
            let explained: f64 = x.iter().zip(&moments).map(|(a, b)| a * b).sum();
            x.iter().all(|v| *v >= 0.0).then_some((total - explained, x))
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))
}

/// Solves the normal equations restricted to the coefficients in the bit set `active`; the others are zero.
fn solve_subset(gram: &[[f64; 3]; 3], moments: &[f64; 3], active: u8) -> Option<[f64; 3]> {
    let is_active = |i: usize| active & (1 << i) != 0;
    let mut matrix = *gram;
    let mut x = *moments;
    for (i, row) in matrix.iter_mut().enumerate() {
        for (j, cell) in row.iter_mut().enumerate() {
            if !is_active(i) || !is_active(j) {
                *cell = f64::from(u8::from(i == j));
            }
        }
        if !is_active(i) {
            x[i] = 0.0;
        }
    }
    // Cholesky: the matrix is symmetric, and positive definite or refused.
    let mut lower = [[0.0_f64; 3]; 3];
    for i in 0..3 {
        for j in 0..=i {
            let sum: f64 = (0..j).map(|k| lower[i][k] * lower[j][k]).sum();
            let rest = matrix[i][j] - sum;
            lower[i][j] = if i == j {
                if rest <= 1e-13 * matrix[i][i] {
                    return None;
                }
                rest.sqrt()
            } else {
                rest / lower[j][j]
            };
        }
    }
    for i in 0..3 {
        x[i] = (x[i] - (0..i).map(|k| lower[i][k] * x[k]).sum::<f64>()) / lower[i][i];
    }
    for i in (0..3).rev() {
        x[i] = (x[i] - (i + 1..3).map(|k| lower[k][i] * x[k]).sum::<f64>()) / lower[i][i];
    }
    Some(x)
}
