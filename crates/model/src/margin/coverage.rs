//! Whether a margin is breached as often, and as irregularly, as its confidence says.

use super::quantile::level_of;
use crate::error::{Result, at_least, count};
use crate::normal::survival;
use crate::roots::itp;

/// A likelihood-ratio test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RatioTest {
    /// −2·ln(likelihood ratio), ≥ 0.
    pub statistic: f64,
    /// Probability of one as large if the hypothesis holds, from its χ² limit.
    pub p_value: f64,
}

impl RatioTest {
    fn new(statistic: f64, degrees: u8) -> Self {
        // A ratio of maximised likelihoods is at most one, but for rounding.
        let statistic = statistic.max(0.0);
        Self {
            statistic,
            p_value: chi_square_survival(statistic, degrees),
        }
    }
}

/// P(χ² > x) for one or two degrees of freedom.
fn chi_square_survival(x: f64, degrees: u8) -> f64 {
    match degrees {
        1 => 2.0 * survival(x.sqrt()),
        _ => (-x / 2.0).exp(),
    }
}

/// The tests of one sequence of breaches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coverage {
    /// Forecasts.
    pub forecasts: usize,
    /// Those that were breached.
    pub breaches: usize,
    /// Breaches to be expected.
    pub expected: f64,
    /// Whether there are as many as expected.
    pub unconditional: RatioTest,
    /// The same one-sided: probability of at least so many breaches. Small only where the margin is too low.
    pub too_many_p_value: f64,
    /// Whether a breach makes another one next more likely. `None` where the sequence has no second forecast.
    pub independence: Option<RatioTest>,
    /// Both at once.
    pub conditional: Option<RatioTest>,
    /// Whether the times between breaches are memoryless. `None` below two breaches, or where all follow one another.
    pub duration: Option<RatioTest>,
}

/// Runs every test on a sequence of breaches, oldest first, of forecasts at confidence `level` that do not overlap.
///
/// # Errors
/// [`crate::ModelError::TooFew`] without forecasts; [`crate::ModelError::OutOfRange`] for a level outside (0, 1).
pub fn coverage(breaches: &[bool], level: f64) -> Result<Coverage> {
    let rate = 1.0 - level_of(level)?;
    at_least("forecasts of a coverage test", 1, breaches.len())?;
    let number = breaches.iter().filter(|breach| **breach).count();
    let unconditional = kupiec(number, breaches.len(), level)?;
    let independence = independence(breaches);
    Ok(Coverage {
        forecasts: breaches.len(),
        breaches: number,
        expected: rate * count(breaches.len()),
        unconditional,
        too_many_p_value: at_least_so_many(number, breaches.len(), rate),
        independence,
        conditional: independence
            .map(|independence| RatioTest::new(unconditional.statistic + independence.statistic, 2)),
        duration: duration(breaches),
    })
}

/// Kupiec's (1995, "Techniques for verifying the accuracy of risk measurement models") test of unconditional coverage,
/// −2·ln[(1−p)^(n−x)·p^x / ((1−x/n)^(n−x)·(x/n)^x)] ~ χ²(1), p = 1 − level.
///
/// # Errors
/// [`crate::ModelError::TooFew`] without forecasts; [`crate::ModelError::OutOfRange`] for a level outside (0, 1) or more breaches than
/// forecasts.
pub fn kupiec(breaches: usize, forecasts: usize, level: f64) -> Result<RatioTest> {
    let rate = 1.0 - level_of(level)?;
    at_least("forecasts of a coverage test", 1, forecasts)?;
    let (x, n) = (count(breaches), count(forecasts));
    crate::error::within("breaches", x, 0.0, n)?;
    let observed = bernoulli(x, n - x, x / n);
    Ok(RatioTest::new(2.0 * (observed - bernoulli(x, n - x, rate)), 1))
}

/// Log-likelihood of so many hits and misses at a rate; a count of zero counts nothing.
fn bernoulli(hits: f64, misses: f64, rate: f64) -> f64 {
    let part = |times: f64, log: f64| if times == 0.0 { 0.0 } else { times * log };
    part(hits, rate.ln()) + part(misses, (-rate).ln_1p())
}

/// Christoffersen's (1998, "Evaluating interval forecasts") test of independence against a first-order Markov chain,
/// ~ χ²(1).
fn independence(breaches: &[bool]) -> Option<RatioTest> {
    if breaches.len() < 2 {
        return None;
    }
    // [before][after]
    let mut moves = [[0.0_f64; 2]; 2];
    for pair in breaches.windows(2) {
        moves[usize::from(pair[0])][usize::from(pair[1])] += 1.0;
    }
    let share = |hits: f64, misses: f64| {
        if hits + misses == 0.0 {
            0.0
        } else {
            hits / (hits + misses)
        }
    };
    let row = |[misses, hits]: [f64; 2]| bernoulli(hits, misses, share(hits, misses));
    let all = [moves[0][0] + moves[1][0], moves[0][1] + moves[1][1]];
    let statistic = 2.0 * (row(moves[0]) + row(moves[1]) - row(all));
    Some(RatioTest::new(statistic, 1))
}

/// The duration-based test of Christoffersen & Pelletier (2004, "Backtesting value-at-risk: a duration-based approach") with
/// the discrete Weibull distribution of Haas (2005, "Improved duration-based backtesting of value-at-risk"), P(D > d) =
/// e^(−θ·d^b): periods between breaches are memoryless (b = 1, geometric) or not; the first and the last are censored;
/// ~ χ²(1).
fn duration(breaches: &[bool]) -> Option<RatioTest> {
    let at: Vec<usize> = (0..breaches.len()).filter(|i| breaches[*i]).collect();
    let (first, last) = (*at.first()?, *at.last()?);
    let durations = Durations {
        whole: at.windows(2).map(|pair| count(pair[1] - pair[0])).collect(),
        // Quiet periods before the first breach and since the last one.
        censored: [count(first), count(breaches.len() - 1 - last)],
    };
    if durations.whole.is_empty() {
        return None;
    }
    // The profile has one peak in b; golden section over ln b.
    const INVERSE_GOLDEN: f64 = 0.618_033_988_749_894_8;
    const REACH: f64 = 3.0;
    let profile = |log_shape: f64| durations.profile(log_shape.exp());
    let (mut low, mut high) = (-REACH, REACH);
    let mut inner = [
        high - INVERSE_GOLDEN * (high - low),
        low + INVERSE_GOLDEN * (high - low),
    ];
    let mut values = [profile(inner[0])?, profile(inner[1])?];
    while high - low > 1e-7 {
        if values[0] >= values[1] {
            high = inner[1];
            inner = [high - INVERSE_GOLDEN * (high - low), inner[0]];
            values = [profile(inner[0])?, values[0]];
        } else {
            low = inner[0];
            inner = [inner[1], low + INVERSE_GOLDEN * (high - low)];
            values = [values[1], profile(inner[1])?];
        }
    }
    let best = values[0].max(values[1]);
    Some(RatioTest::new(2.0 * (best - durations.profile(1.0)?), 1))
}

/// Periods from one breach to the next, and the censored ones at either end.
struct Durations {
    whole: Vec<f64>,
    censored: [f64; 2],
}

impl Durations {
    /// Log-likelihood at a shape b and its best θ; `None` where every period is one, so that θ has no best value.
    ///
    /// With x = (d − 1)^b and y = d^b a whole duration has ln(e^(−θx) − e^(−θy)), which is concave in θ, so the best θ is the
    /// zero of the falling slope.
    fn profile(&self, shape: f64) -> Option<f64> {
        let whole: Vec<(f64, f64)> = self
            .whole
            .iter()
            .map(|d| ((d - 1.0).powf(shape), d.powf(shape)))
            .collect();
        let quiet: f64 = self.censored.iter().map(|d| d.powf(shape)).sum();
        let slope = |log_theta: f64| {
            let theta = log_theta.exp();
            let sum: f64 = whole
                .iter()
                .map(|(x, y)| (y - x) / (theta * (y - x)).exp_m1() - x)
                .sum();
            Ok::<_, core::convert::Infallible>(sum - quiet)
        };
        const RANGE: (f64, f64) = (-200.0, 20.0);
        let (Ok(low), Ok(high)) = (slope(RANGE.0), slope(RANGE.1));
        if !(low > 0.0 && high < 0.0) {
            return None;
        }
        let Ok(best) = itp(slope, (RANGE.0, low), (RANGE.1, high), 1e-13);
        let theta = best.x.exp();
        let sum: f64 = whole
            .iter()
            .map(|(x, y)| (-(-theta * (y - x)).exp_m1()).ln() - theta * x)
            .sum();
        let value = sum - theta * quiet;
        value.is_finite().then_some(value)
    }
}

/// P(binomial ≥ x), by the terms from x on downwards or upwards, whichever are fewer to matter.
fn at_least_so_many(x: usize, n: usize, rate: f64) -> f64 {
    if x == 0 {
        return 1.0;
    }
    // P(X = 0 … x − 1) by the ratio of neighbouring terms, in logarithms until they matter.
    let odds = (rate / (1.0 - rate)).ln();
    let mut log = count(n) * (-rate).ln_1p();
    let mut below = log.exp();
    for k in 1..x {
        log += odds + (count(n - k + 1) / count(k)).ln();
        below += log.exp();
    }
    (1.0 - below).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close};
    use proptest::prelude::*;

    /// Breaches of the linear congruential generator of Knuth's MMIX, which the reference script draws alike.
    fn draws(seed: u64, n: usize, rate: impl Fn(bool) -> f64) -> Vec<bool> {
        let (mut state, mut before) = (seed, false);
        (0..n)
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                before = ((state >> 11) as f64 / (1u64 << 53) as f64) < rate(before);
                before
            })
            .collect()
    }

    #[test]
    fn kupiecs_published_regions_of_acceptance_at_five_per_cent() {
        // Kupiec (1995), table 3: level 0.99 accepts N < 7 of 255, 1 < N < 11 of 510, 4 < N < 17 of 1000.
        for (forecasts, low, high) in [(255, 0, 7), (510, 1, 11), (1000, 4, 17)] {
            for breaches in 0..30 {
                let accepted = kupiec(breaches, forecasts, 0.99).unwrap().p_value > 0.05;
                let inside = (breaches > low || forecasts == 255) && breaches < high;
                // His table counts one-sided where no breach at all would be too few for 255 forecasts.
                if !(forecasts == 255 && breaches == 0) {
                    assert_eq!(accepted, inside, "{breaches} of {forecasts}");
                }
            }
        }
    }

    #[test]
    fn statistics_equal_those_of_scipy() {
        let seven = kupiec(7, 255, 0.99).unwrap();
        assert_close(seven.statistic, 5.316_341_340_978_198, 1e-11);
        assert_close(seven.p_value, 0.021_126_323_789_771_043, 1e-12);
        assert_close(
            kupiec(0, 250, 0.99).unwrap().statistic,
            5.025_167_926_750_721,
            1e-11,
        );
        assert_close(kupiec(5, 500, 0.99).unwrap().p_value, 1.0, 1e-6);

        let fair = coverage(&draws(7, 1000, |_| 0.05), 0.95).unwrap();
        assert_eq!(fair.breaches, 37);
        assert_close(fair.independence.unwrap().statistic, 0.118_400_209_230, 1e-10);
        assert_close(fair.duration.unwrap().statistic, 0.075_775_393_793_8, 1e-11);

        let clustered = draws(11, 800, |before| if before { 0.35 } else { 0.03 });
        let clustered = coverage(&clustered, 0.95).unwrap();
        assert_eq!(clustered.breaches, 34);
        assert_close(
            clustered.independence.unwrap().statistic,
            37.549_526_418_543,
            1e-11,
        );
        assert_close(
            clustered.independence.unwrap().p_value,
            8.912_105_633_5e-10,
            1e-18,
        );
        assert_close(clustered.duration.unwrap().statistic, 18.126_072_629_380, 1e-9);
        assert_close(clustered.duration.unwrap().p_value, 2.067_510_243_2e-5, 1e-13);
        let both = clustered.unconditional.statistic + clustered.independence.unwrap().statistic;
        assert_close(clustered.conditional.unwrap().p_value, (-both / 2.0).exp(), 1e-20);
    }

    #[test]
    fn the_one_sided_probability_is_the_binomial_tail() {
        for (x, n, rate, tail) in [
            (7, 255, 0.01, 0.015_114_964_314_960),
            (11, 250, 0.01, 5.389_862_904_7e-5),
            (20, 1000, 0.05, 0.999_999_712_030_8),
            (0, 250, 0.01, 1.0),
        ] {
            assert_close(at_least_so_many(x, n, rate), tail, 1e-12);
        }
    }

    #[test]
    fn true_hypotheses_are_rejected_at_the_nominal_rate() {
        let mut rng = Rng::new(61);
        let rounds = 800;
        let mut rejected = [0; 3];
        for _ in 0..rounds {
            let breaches: Vec<bool> = (0..1000).map(|_| rng.uniform() < 0.05).collect();
            let tests = coverage(&breaches, 0.95).unwrap();
            for (i, p) in [
                tests.unconditional.p_value,
                tests.conditional.unwrap().p_value,
                tests.duration.unwrap().p_value,
            ]
            .into_iter()
            .enumerate()
            {
                rejected[i] += i32::from(p < 0.05);
            }
        }
        // 40 of 800 expected; the χ² limit is rough with 50 breaches.
        assert!(rejected.iter().all(|n| (20..=65).contains(n)), "{rejected:?}");
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn every_sequence_has_sound_tests(breaches in prop::collection::vec(any::<bool>(), 1..60), level in 0.01f64..0.999) {
            let tests = coverage(&breaches, level).unwrap();
            let all = [Some(tests.unconditional), tests.independence, tests.conditional, tests.duration];
            for test in all.into_iter().flatten() {
                prop_assert!(test.statistic >= 0.0 && (0.0..=1.0).contains(&test.p_value), "{:?}", test);
            }
            prop_assert!((0.0..=1.0).contains(&tests.too_many_p_value));
        }
    }
}
