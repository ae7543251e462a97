//! Regressions against statsmodels and arch, and the curves of Aave against what it published. The references are printed
//! by `reference/regression.py`.

use super::{Check, Tolerance};
use hurdle_model::debt::{DebtFit, fit_kinked_curve, fit_regimes};
use hurdle_model::hac::Bandwidth;
use hurdle_model::linear::LeastSquares;
use hurdle_model::systematic::fit_factors_with;

const STATSMODELS: &str = "statsmodels 0.15.0, OLS with cov_type HAC";

/// Twelve uniform draws of Knuth's MMIX generator, less six.
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> f64 {
        (0..12).fold(-6.0, |total, _| {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            total + (self.0 >> 11) as f64 / (1u64 << 53) as f64
        })
    }
}

/// Returns, market and spikes as the script generates them.
fn series(n: usize) -> [Vec<f64>; 3] {
    let mut draws = Draws(2026);
    let (mut market, mut error) = (0.0, 0.0);
    let mut columns = [vec![], vec![], vec![]];
    for _ in 0..n {
        market = 0.5 * market + draws.next();
        error = 0.6 * error + draws.next();
        let spike = f64::max(0.0, draws.next() - 1.0);
        let noise = 0.5 * error * (1.0 + 0.3 * f64::abs(market));
        columns[0].push(0.1 + 0.7 * market - 0.4 * spike + noise);
        columns[1].push(market);
        columns[2].push(spike);
    }
    columns
}

fn check(what: impl Into<String>, reference: &str, expected: f64, ours: f64, tolerance: Tolerance) -> Check {
    Check {
        what: what.into(),
        reference: reference.to_owned(),
        expected,
        ours,
        tolerance,
    }
}

/// What the library refused to compute: a row that does not hold.
fn refused(what: &str) -> Check {
    check(what, "an answer", 0.0, f64::NAN, Tolerance::Absolute(0.0))
}

/// Every check of this topic.
pub fn checks() -> Vec<Check> {
    let mut checks = regression();
    checks.extend(bandwidths());
    checks.extend(aave());
    checks
}

fn regression() -> Vec<Check> {
    const ERRORS: [(usize, [f64; 3], f64); 3] = [
        (
            0,
            [
                0.039_391_407_242_465_336,
                0.039_561_068_023_371_865,
                0.133_474_779_673_095_7,
            ],
            0.000_234_405_868_162_081_3,
        ),
        (
            5,
            [
                0.068_189_566_435_422_29,
                0.049_776_520_097_363_865,
                0.129_358_231_257_908_06,
            ],
            -0.000_227_376_923_083_396,
        ),
        (
            20,
            [
                0.073_839_938_995_699_86,
                0.054_481_281_774_753_82,
                0.110_007_872_237_017_33,
            ],
            -0.000_327_335_801_197_922_13,
        ),
    ];
    let [returns, market, spike] = series(500);
    let mut checks = Vec::new();
    for (lags, errors, covariance) in ERRORS {
        let Ok(model) = fit_factors_with(&returns, &[&market, &spike], Bandwidth::Lags(lags)) else {
            checks.push(refused("factor regression"));
            continue;
        };
        let loadings = [model.alpha, model.loadings[0], model.loadings[1]];
        for (name, (loading, expected)) in ["alpha", "market", "gas spike"]
            .iter()
            .zip(loadings.iter().zip(errors))
        {
            let what = format!("HAC standard error of {name}, {lags} lags");
            checks.push(check(
                what,
                STATSMODELS,
                expected,
                loading.standard_error,
                Tolerance::Relative(1e-10),
            ));
        }
        let what = format!("HAC covariance of the loadings, {lags} lags");
        let ours = model.covariance[0][1];
        checks.push(check(
            what,
            STATSMODELS,
            covariance,
            ours,
            Tolerance::Relative(1e-9),
        ));
        if lags == 0 {
            let expected = [
                0.093_189_570_317_588_08,
                0.744_296_506_673_760_1,
                -0.333_971_030_870_447_4,
            ];
            for (loading, expected) in loadings.iter().zip(expected) {
                let ours = loading.beta;
                checks.push(check(
                    "coefficient",
                    STATSMODELS,
                    expected,
                    ours,
                    Tolerance::Relative(1e-11),
                ));
            }
            let expected = 0.498_095_838_983_468_2;
            checks.push(check(
                "R²",
                STATSMODELS,
                expected,
                model.r_squared,
                Tolerance::Relative(1e-12),
            ));
        }
    }
    checks
}

fn bandwidths() -> Vec<Check> {
    let [returns, market, spike] = series(100);
    let Ok(fit) = LeastSquares::fit(vec![vec![1.0; 100], market, spike], &returns) else {
        return vec![refused("regression")];
    };
    vec![
        check(
            "automatic bandwidth of Newey & West (1994)",
            // arch carries the constant (3/2)^(1/3) to four decimals.
            "arch 8.0.0, covariance.kernel.Bartlett",
            2.873_625_761_851_8,
            Bandwidth::NeweyWest.value(&fit),
            Tolerance::Relative(2e-5),
        ),
        check(
            "automatic bandwidth of Andrews (1991), AR(1)",
            "eq. 6.4 in numpy",
            3.741_859_627_268_200_8,
            Bandwidth::Andrews.value(&fit),
            Tolerance::Relative(1e-10),
        ),
    ]
}

/// Recovered curves of Aave's USDC markets; nothing where the recorded data is absent.
fn aave() -> Vec<Check> {
    const SOURCE: &str = "Aave's interest-rate strategy for USDC";
    let Some(rows) = recorded("rates/usdc_borrow_rates_2020-05_2021-08.csv") else {
        eprintln!("skipped: the recorded borrow rates are not beside the repository");
        return Vec::new();
    };
    let mut checks = Vec::new();
    if let Ok(DebtFit::Kinked(fitted)) = fit_kinked_curve(&observations(&rows, "v2")) {
        let curve = fitted.curve;
        checks.extend(parameters("Aave v2", SOURCE, &curve, [0.0, 0.9, 0.04, 0.6]));
    } else {
        checks.push(refused("Aave v2: a kinked curve"));
    }
    // Governance sets whole hundredths; these are the ones that the rates obey.
    const HUNDREDTHS: &str = "the whole hundredths that governance sets";
    let published = [[0.01, 0.8, 0.04, 0.5], [0.01, 0.9, 0.07, 0.6]];
    if let Ok(regimes) = fit_regimes(&observations(&rows, "v1"), None) {
        let found = regimes.len() as f64;
        checks.push(check(
            "Aave v1: regimes found",
            HUNDREDTHS,
            2.0,
            found,
            Tolerance::Absolute(0.0),
        ));
        for (regime, expected) in regimes.iter().zip(published) {
            if let Ok(DebtFit::Kinked(fitted)) = regime.fit {
                let name = format!("Aave v1 from observation {}", regime.first);
                checks.extend(parameters(&name, HUNDREDTHS, &fitted.curve, expected));
            } else {
                checks.push(refused("Aave v1: a kinked curve"));
            }
        }
    } else {
        checks.push(refused("Aave v1: regimes"));
    }
    checks
}

fn parameters(
    name: &str,
    source: &str,
    curve: &hurdle_model::debt::KinkedCurve,
    expected: [f64; 4],
) -> impl Iterator<Item = Check> {
    let ours = [curve.base(), curve.kink(), curve.slope1(), curve.slope2()];
    let names = ["base", "kink", "slope 1", "slope 2"];
    names
        .into_iter()
        .zip(expected.into_iter().zip(ours))
        .map(move |(parameter, (expected, ours))| {
            check(
                format!("{name}: {parameter}"),
                source,
                expected,
                ours,
                Tolerance::Absolute(1e-4),
            )
        })
}

/// Rows of a recorded file as header and fields.
fn recorded(path: &str) -> Option<Vec<Vec<String>>> {
    let root = std::env::var_os("HURDLE_DATA").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        std::path::PathBuf::from,
    );
    let text = std::fs::read_to_string(root.join(path)).ok()?;
    Some(
        text.lines()
            .map(|line| line.split(',').map(str::to_owned).collect())
            .collect(),
    )
}

/// (utilisation, variable borrow rate) of one version's market.
fn observations(rows: &[Vec<String>], version: &str) -> Vec<(f64, f64)> {
    let Some((header, rows)) = rows.split_first() else {
        return Vec::new();
    };
    let column = |name: &str| {
        let name = format!("{name}_aave_{version}");
        header.iter().position(|column| *column == name)
    };
    let (Some(variable), Some(stable), Some(supply), Some(rate)) = (
        column("total_variable_borrows"),
        column("total_stable_borrows"),
        column("total_supply"),
        column("variable_borrow_rate"),
    ) else {
        return Vec::new();
    };
    rows.iter()
        .filter_map(|row| {
            let number = |at: usize| row.get(at)?.parse::<f64>().ok();
            let (borrowed, supplied) = (number(variable)? + number(stable)?, number(supply)?);
            (borrowed > 0.0 && supplied > 0.0).then_some((borrowed / supplied, number(rate)?))
        })
        .collect()
}
