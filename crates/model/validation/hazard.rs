//! The smart-contract premium against statsmodels 0.15.0 and scipy 1.17.1 (`reference/hazard.py`).

use super::{Check, Tolerance};
use hurdle_model::hazard::binary::{BinaryFit, Link, Sample, fit};
use hurdle_model::hazard::frequency::{Counts, dispersion};
use hurdle_model::hazard::goodness::anderson_darling;
use hurdle_model::hazard::pareto::{self, Pareto};
use hurdle_model::{ModelError, Result};

/// Vigna's SplitMix64, as in the script.
struct SplitMix(u64);

impl SplitMix {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// All checks; one that our side refuses shows as NaN, which no tolerance admits.
pub fn checks() -> Vec<Check> {
    let mut checks = binary();
    checks.extend(tail());
    checks.extend(counts());
    checks
}

fn check(what: &str, reference: &str, expected: f64, ours: Result<f64>, tolerance: Tolerance) -> Check {
    Check {
        what: what.into(),
        reference: reference.into(),
        expected,
        ours: ours.unwrap_or(f64::NAN),
        tolerance,
    }
}

fn binary_sample() -> Result<Sample> {
    let mut rng = SplitMix(41);
    let mut sample = Sample::new(3);
    for i in 0..300 {
        let (u, d) = (2.0 * rng.uniform() - 1.0, f64::from(u8::from(i % 3 == 0)));
        let rate = (-1.2 + 0.9 * u + 0.6 * d).exp();
        sample.push(&[1.0, u, d], rng.uniform() < 1.0 - (-rate).exp(), 0.0)?;
    }
    Ok(sample)
}

fn binary() -> Vec<Check> {
    let fitted = |link, penalty: f64| fit(&binary_sample()?, link, &[0.0, penalty, penalty], None);
    let links = [
        (
            "logit",
            Link::Logit,
            [
                -6.988_398_838_265_454e-1,
                8.379_476_510_245_422e-1,
                2.256_412_471_827_703e-1,
                2.161_436_862_525_093e-1,
                -1.873_404_571_519_669e2,
                7.052_382_192_379_681e-1,
                1.673_101_451_692_425e-1,
            ],
        ),
        (
            "complementary log–log",
            Link::ComplementaryLogLog,
            [
                -9.293_068_916_446_612e-1,
                7.020_739_243_248_013e-1,
                1.997_763_100_917_485e-1,
                1.764_242_041_457_114e-1,
                -1.869_939_007_311_262e2,
                6.228_808_617_932_211e-1,
                1.628_669_915_509_769e-1,
            ],
        ),
    ];
    let mut checks = Vec::new();
    for (name, link, expected) in links {
        let (plain, ridge) = (fitted(link, 0.0), fitted(link, 4.0));
        let of = |fit: &Result<BinaryFit>, f: fn(&BinaryFit) -> f64| fit.as_ref().map(f).map_err(|e| *e);
        let ours = [
            ("intercept", of(&plain, |f| f.coefficients[0])),
            ("slope", of(&plain, |f| f.coefficients[1])),
            ("dummy", of(&plain, |f| f.coefficients[2])),
            (
                "standard error of the slope",
                of(&plain, |f| f.standard_errors()[1]),
            ),
            ("log-likelihood", of(&plain, |f| f.log_likelihood)),
            (
                "slope with a ridge penalty of 4",
                of(&ridge, |f| f.coefficients[1]),
            ),
            (
                "dummy with a ridge penalty of 4",
                of(&ridge, |f| f.coefficients[2]),
            ),
        ];
        for ((what, ours), expected) in ours.into_iter().zip(expected) {
            let what = format!("{name} regression, {what}");
            checks.push(check(
                &what,
                "statsmodels GLM",
                expected,
                ours,
                Tolerance::Relative(1e-9),
            ));
        }
    }
    checks
}

fn tail() -> Vec<Check> {
    let mut rng = SplitMix(43);
    let y: Vec<f64> = (0..150)
        .map(|_| 2.5 * (-0.6 * (1.0 - rng.uniform()).ln()).exp_m1() / 0.6)
        .collect();
    let fitted = pareto::fit(&y);
    let of = |f: fn(&pareto::ParetoFit) -> f64| fitted.as_ref().map(f).map_err(|e| *e);
    let known = Pareto::new(0.6, 2.5);
    let scipy = "scipy.stats.genpareto";
    let statistic = fitted
        .and_then(|f| anderson_darling(&y, f.distribution))
        .map(|(a, _)| a);
    let relative = Tolerance::Relative;
    // the sample comes from the known distribution
    let limited: Vec<f64> = y.iter().map(|y| y.min(7.0)).collect();
    let mean = limited.iter().sum::<f64>() / 150.0;
    let variance = limited.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / 149.0;
    let half = 2.576 * (variance / 150.0).sqrt();
    let simulated = Tolerance::Within {
        low: mean - half,
        high: mean + half,
    };
    vec![
        check(
            "tail, limited mean in closed form",
            "its 99 % interval from 150 draws",
            mean,
            known.and_then(|p| p.limited_mean(7.0)),
            simulated,
        ),
        check(
            "tail, shape by maximum likelihood",
            scipy,
            6.195_988_881_833_416e-1,
            of(|f| f.distribution.shape),
            relative(1e-7),
        ),
        check(
            "tail, scale by maximum likelihood",
            scipy,
            2.321_747_532_068_322,
            of(|f| f.distribution.scale),
            relative(1e-7),
        ),
        check(
            "tail, log-likelihood",
            scipy,
            -3.692_878_542_731_882e2,
            of(|f| f.log_likelihood),
            relative(1e-12),
        ),
        check(
            "tail, lower end of the profile interval",
            scipy,
            3.781_494_480_605_344e-1,
            of(|f| f.shape_interval.0),
            relative(1e-7),
        ),
        check(
            "tail, upper end of the profile interval",
            scipy,
            9.415_025_385_438_859e-1,
            of(|f| f.shape_interval.1),
            relative(1e-7),
        ),
        check(
            "tail, Anderson–Darling statistic",
            scipy,
            5.748_560_667_611_287e-1,
            statistic,
            relative(1e-7),
        ),
        check(
            "tail, survival function",
            scipy,
            1.933_935_608_719_242e-1,
            known.map(|p| p.log_survival(7.0).exp()),
            relative(1e-12),
        ),
        check(
            "tail, limited mean",
            scipy,
            3.010_657_855_395_269,
            known.and_then(|p| p.limited_mean(7.0)),
            relative(1e-9),
        ),
    ]
}

fn count_sample() -> Result<Counts> {
    let mut rng = SplitMix(47);
    let (mut counts, mut time) = (Vec::new(), Vec::new());
    for i in 0..60 {
        let t = f64::from(i) / 60.0;
        let factor = -((1.0 - rng.uniform()).ln() + (1.0 - rng.uniform()).ln()) / 2.0;
        let limit = (-(2.3 - 0.8 * t).exp() * factor).exp();
        let (mut product, mut n) = (rng.uniform(), 0);
        while product > limit {
            product *= rng.uniform();
            n += 1;
        }
        counts.push(n);
        time.push(t);
    }
    Counts::new(counts, &[vec![1.0; 60], time], vec![0.0; 60])
}

fn counts() -> Vec<Check> {
    let result = count_sample().and_then(|counts| dispersion(&counts));
    let of = |f: fn(&hurdle_model::hazard::frequency::Dispersion) -> Option<f64>| {
        let missing = ModelError::Unidentified { what: "dispersion" };
        result.as_ref().map_err(|e| *e).and_then(|d| f(d).ok_or(missing))
    };
    let (discrete, ols, chi) = ("statsmodels discrete", "statsmodels OLS", "scipy.stats.chi2");
    let relative = Tolerance::Relative;
    vec![
        check(
            "counts, Poisson slope",
            discrete,
            -7.139_324_243_807_242e-1,
            of(|d| d.poisson.coefficients.get(1).copied()),
            relative(1e-9),
        ),
        check(
            "counts, Poisson standard error",
            discrete,
            1.627_117_573_205_8e-1,
            of(|d| d.poisson.standard_errors.get(1).copied()),
            relative(1e-9),
        ),
        check(
            "counts, Poisson log-likelihood",
            discrete,
            -2.286_981_098_992_85e2,
            of(|d| Some(d.poisson.log_likelihood)),
            relative(1e-12),
        ),
        check(
            "counts, negative binomial slope",
            discrete,
            -7.635_735_850_020_477e-1,
            of(|d| d.negative_binomial.coefficients.get(1).copied()),
            relative(1e-6),
        ),
        check(
            "counts, negative binomial standard error",
            discrete,
            3.581_194_258_967_731e-1,
            of(|d| d.negative_binomial.standard_errors.get(1).copied()),
            relative(1e-6),
        ),
        check(
            "counts, α",
            discrete,
            4.620_001_888_451_177e-1,
            of(|d| Some(d.alpha)),
            relative(1e-6),
        ),
        check(
            "counts, standard error of α",
            discrete,
            1.166_024_315_183_47e-1,
            of(|d| d.alpha_error),
            relative(1e-6),
        ),
        check(
            "counts, negative binomial log-likelihood",
            discrete,
            -1.805_583_086_095_186e2,
            of(|d| Some(d.negative_binomial.log_likelihood)),
            relative(1e-10),
        ),
        check(
            "counts, Cameron–Trivedi t",
            ols,
            3.745_579_571_367_186,
            of(|d| Some(d.regression_t)),
            Tolerance::Absolute(1e-9),
        ),
        check(
            "counts, boundary likelihood-ratio p",
            chi,
            4.987_623_136_631_755e-23,
            of(|d| Some(d.likelihood_ratio_p)),
            relative(1e-6),
        ),
        check(
            "counts, index of dispersion",
            "numpy",
            4.451_066_156_369_601,
            of(|d| Some(d.index)),
            relative(1e-12),
        ),
    ]
}
