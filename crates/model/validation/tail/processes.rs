//! Prices.

use super::{Check, Checks, computed, merton, run, simulated};
use hurdle_model::Result;
use hurdle_model::simulation::{
    Bates, Grid, HestonVariance, Kou, PriceProcess, Sampling, terminal_expectation,
};
use hurdle_model::tail::{JumpDiffusion, Side};

pub const CHECKS: &[Checks] = &[haug, series, kou, bates];

/// The largest difference from the published table, in units of each price's tolerance; nothing without the data.
fn haug() -> Result<Vec<Check>> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let root = std::env::var_os("HURDLE_DATA").map_or(root, std::path::PathBuf::from);
    let Ok(text) = std::fs::read_to_string(root.join("model/merton_haug_table.csv")) else {
        eprintln!("skipped: Haug's table is not beside the repository");
        return Ok(Vec::new());
    };
    let mut lines = text.lines();
    let titles: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let (mut worst, mut prices) = (0.0f64, 0);
    for line in lines {
        let fields: Vec<&str> = line.split(',').collect();
        let number = |title: &str| {
            let at = titles.iter().position(|there| *there == title);
            at.and_then(|at| fields.get(at)?.parse::<f64>().ok())
                .unwrap_or(f64::NAN)
        };
        let (total, rate, intensity) = (number("v_total_vol"), number("r"), number("jump_intensity"));
        let jump_variance = number("gamma") * total * total / intensity;
        let model = JumpDiffusion::new(
            rate,
            (total * total - intensity * jump_variance).sqrt(),
            intensity,
            -0.5 * jump_variance,
            jump_variance.sqrt(),
        )?;
        let (spot, years) = (number("s"), number("t"));
        let payoff = model.expected_payoff(number("strike") / spot, years, Side::Short)?;
        let price = (-rate * years).exp() * spot * payoff;
        worst = worst.max((price - number("price")).abs() / number("tol"));
        prices += 1;
    }
    let what = format!("Merton's calls, {prices} prices: largest difference in tolerances");
    Ok(vec![computed(
        what,
        "Haug (1998), as in QuantLib's tests",
        0.0,
        worst,
        1.0,
    )])
}

fn series() -> Result<Vec<Check>> {
    let (model, years) = (merton()?, 0.2);
    let mut checks = Vec::new();
    for (name, sampling) in [
        ("pseudo-random", Sampling::Pseudo),
        ("antithetic", Sampling::Antithetic),
        ("Sobol", Sampling::Quasi { replicates: 256 }),
    ] {
        for strike in [0.7f64, 1.0, 1.4] {
            let grid = Grid::new(16, years)?;
            let call = terminal_expectation(
                &PriceProcess::Merton(model),
                &grid,
                &run(1 << 18, sampling)?,
                |x| (x.exp() - strike).max(0.0),
            )?;
            checks.push(simulated(
                format!("Merton call, strike {strike}, simulated in 16 steps, {name}"),
                "Merton's (1976) series",
                model.expected_payoff(strike, years, Side::Short)?,
                call,
                0.0,
            ));
        }
    }
    Ok(checks)
}

fn kou() -> Result<Vec<Check>> {
    let (mu, sigma, lambda, p, up, down, years) = (0.05, 0.6, 9.0, 0.35, 12.0, 8.0, 0.25);
    let process = PriceProcess::Kou(Kou::new(mu, sigma, lambda, p, up, down)?);
    let jump = |k: f64| p * up / (up - k) + (1.0 - p) * down / (down + k) - 1.0;
    let drift = mu - 0.5 * sigma * sigma - lambda * jump(1.0);
    let grid = Grid::new(8, years)?;
    [0.5, 1.0, 2.0, -1.0]
        .iter()
        .map(|k| {
            let exponent = k * drift + 0.5 * k * k * sigma * sigma + lambda * jump(*k);
            let moment = terminal_expectation(&process, &grid, &run(1 << 18, Sampling::Pseudo)?, |x| {
                (k * x).exp()
            })?;
            let what = format!("Kou, moment of order {k}, simulated in 8 steps");
            Ok(simulated(
                what,
                "Kou (2002), eq. 9",
                (years * exponent).exp(),
                moment,
                0.0,
            ))
        })
        .collect()
}

fn bates() -> Result<Vec<Check>> {
    let calm = HestonVariance {
        start: 0.64,
        reversion: 4.0,
        long_run: 0.5,
        volatility_of_variance: 1.5,
        correlation: -0.3,
    };
    let restless = HestonVariance {
        start: 0.3,
        reversion: 1.0,
        long_run: 0.4,
        volatility_of_variance: 2.0,
        correlation: -0.7,
    };
    let models = [
        ("2κθ > ξ²", Bates::new(0.0, calm, 20.0, -0.03, 0.06)?),
        ("2κθ < ξ²", Bates::new(0.0, restless, 5.0, -0.08, 0.1)?),
    ];
    let prices = [
        [
            0.329_679_616_002_048_65,
            0.143_423_188_638_439_95,
            0.052_469_504_294_560_18,
        ],
        [
            0.318_419_870_170_561_95,
            0.101_569_647_545_265_54,
            0.011_484_708_803_231_13,
        ],
    ];
    let mut checks = Vec::new();
    for ((name, model), prices) in models.into_iter().zip(prices) {
        for (strike, price) in [0.7f64, 1.0, 1.3].into_iter().zip(prices) {
            let grid = Grid::new(64, 0.2)?;
            let process = PriceProcess::Bates(model);
            let call = terminal_expectation(&process, &grid, &run(1 << 17, Sampling::Pseudo)?, |x| {
                (x.exp() - strike).max(0.0)
            })?;
            let what = format!("Bates call, {name}, strike {strike}, simulated in 64 steps");
            checks.push(simulated(what, "QuantLib 1.44 BatesEngine", price, call, 0.0));
        }
    }
    Ok(checks)
}
