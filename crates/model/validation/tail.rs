//! The tail: jump-diffusions, first passage, ruin and the margin engine. References: `reference/tail.py`.

use super::{Check, Tolerance};
use hurdle_model::liquidity::ImpactShape;
use hurdle_model::simulation::{
    Account, AccountBook, AccountMix, Barrier, Bates, ClaimSize, Depth, Estimate, Grid, HestonVariance, Kou,
    MarginEngine, PriceProcess, Proportion, Run, Sampling, Surplus, TailReport, Venue,
    automatic_block_length, first_passage, terminal_expectation,
};
use hurdle_model::tail::{ExponentialClaims, InsuranceFund, JumpDiffusion, Side, tail_risk};
use hurdle_model::{ModelError, Result};

/// Half-width of a 99 % interval in standard errors.
const Z99: f64 = 2.575_829_303_548_901;
const THREADS: usize = 2;

/// Every check of the tail.
pub fn checks() -> Vec<Check> {
    let all = [
        haug as fn() -> Result<Vec<Check>>,
        series,
        kou,
        bates,
        passages,
        ruin,
        intervals,
        blocks,
        liquidation,
        tails,
        engines,
    ];
    all.iter()
        .flat_map(|checks| checks().unwrap_or_else(refused))
        .collect()
}

/// A refusal is a check that does not hold.
fn refused(error: ModelError) -> Vec<Check> {
    vec![computed(error.to_string(), "no refusal", 0.0, f64::NAN, 0.0)]
}

fn run(paths: usize, sampling: Sampling) -> Result<Run> {
    Run::new(paths, 1, THREADS, sampling)
}

/// A closed form against a simulation.
fn simulated(
    what: impl Into<String>,
    reference: &str,
    expected: f64,
    ours: Estimate,
    other_error: f64,
) -> Check {
    let half = Z99 * ours.standard_error.hypot(other_error);
    Check {
        what: what.into(),
        reference: reference.to_owned(),
        expected,
        ours: ours.value,
        tolerance: Tolerance::Within {
            low: expected - half,
            high: expected + half,
        },
    }
}

fn computed(what: impl Into<String>, reference: &str, expected: f64, ours: f64, tolerance: f64) -> Check {
    Check {
        what: what.into(),
        reference: reference.to_owned(),
        expected,
        ours,
        tolerance: Tolerance::Absolute(tolerance),
    }
}

fn merton() -> Result<JumpDiffusion> {
    JumpDiffusion::new(0.1, 0.7, 12.0, -0.06, 0.1)
}

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

fn passages() -> Result<Vec<Check>> {
    let (mu, sigma, years, barrier) = (0.5, 0.6, 0.5, 0.7f64);
    let law = InsuranceFund {
        size: -barrier.ln(),
        drift: mu - 0.5 * sigma * sigma,
        volatility: sigma,
    };
    let diffusion = PriceProcess::Merton(JumpDiffusion::new(mu, sigma, 0.0, 0.0, 0.0)?);
    let run = run(1 << 18, Sampling::Pseudo)?;
    let jumps = Kou::new(1.0 - 8.0 / 11.0, 0.0, 8.0, 0.0, 2.0, 10.0)?;
    let claims = ExponentialClaims {
        fund: 0.3,
        income: 1.0,
        claims: 8.0,
        mean_claim: 0.1,
    };
    Ok(vec![
        simulated(
            "first passage of a diffusion below 0.7, simulated",
            "first-passage law (Harrison 1985)",
            law.ruin_probability(years)?,
            first_passage(&diffusion, Barrier::Below(barrier), years, &run)?,
            0.0,
        ),
        simulated(
            "first passage by exponential jumps alone, simulated",
            "Cramér–Lundberg in finite time",
            claims.ruin_probability_within(1.5)?,
            first_passage(
                &PriceProcess::Kou(jumps),
                Barrier::Below((-0.3f64).exp()),
                1.5,
                &run,
            )?,
            0.0,
        ),
    ])
}

fn ruin() -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for ((fund, income, claims, mean_claim, years), seal) in [
        ((2.0, 1.2, 2.0, 0.5, 10.0), 0.302_215_380_865_574_3),
        ((1.0, 0.5, 2.0, 0.4, 4.0), 0.621_503_239_255_448_7),
        ((0.05, 0.02, 0.5, 0.03, 5.0), 0.246_144_550_720_367_12),
    ] {
        let closed = ExponentialClaims {
            fund,
            income,
            claims,
            mean_claim,
        };
        let surplus = Surplus {
            fund,
            income,
            volatility: 0.0,
            claims,
            size: ClaimSize::Exponential { mean: mean_claim },
        };
        let case =
            format!("fund {fund}, income {income}, {claims} claims of {mean_claim} a year, {years} years");
        let exact = closed.ruin_probability_within(years)?;
        checks.push(computed(
            format!("ruin in finite time, closed form: {case}"),
            "Seal's (1974) formulas by SciPy quadrature",
            seal,
            exact,
            1e-7,
        ));
        checks.push(interval(
            format!("ruin in finite time, simulated: {case}"),
            "Asmussen & Albrecher (2010), V.1.3",
            exact,
            &surplus.ruin(years, &run(1 << 18, Sampling::Pseudo)?, 0.99)?,
        ));
    }
    let law = InsuranceFund {
        size: 0.1,
        drift: 0.05,
        volatility: 0.1,
    };
    let brownian = Surplus {
        fund: 0.1,
        income: 0.05,
        volatility: 0.1,
        claims: 0.0,
        size: ClaimSize::Exponential { mean: 1.0 },
    };
    checks.push(interval(
        "ruin of a Brownian fund, simulated".to_owned(),
        "Harrison (1985), § 1.8",
        law.ruin_probability(1.0)?,
        &brownian.ruin(1.0, &run(1 << 17, Sampling::Pseudo)?, 0.99)?,
    ));
    Ok(checks)
}

/// An exact probability against an interval of 99 %.
fn interval(what: String, reference: &str, expected: f64, ours: &Proportion) -> Check {
    Check {
        what,
        reference: reference.to_owned(),
        expected,
        ours: ours.value,
        tolerance: Tolerance::Within {
            low: expected - (ours.high - ours.value),
            high: expected + (ours.value - ours.low),
        },
    }
}

fn intervals() -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for (successes, trials, low, high) in [
        (8.0, 10.0, 0.400_818_696_521_671_6, 0.959_868_847_495_383_6),
        (0.0, 100.0, 0.0, 0.062_220_687_715_822_97),
        (37.0, 1000.0, 0.024_426_002_114_063_73, 0.055_677_416_586_490_99),
    ] {
        let ours = Proportion::wilson(successes / trials, 0.0, trials, 0.99)?;
        let what = |end| format!("{end} end of Wilson's interval, {successes} of {trials}, 99 %");
        let reference = "SciPy 1.17.1 proportion_ci";
        checks.push(computed(what("lower"), reference, low, ours.low, 1e-12));
        checks.push(computed(what("upper"), reference, high, ours.high, 1e-12));
    }
    Ok(checks)
}

fn blocks() -> Result<Vec<Check>> {
    let mut state = 12_345u64;
    let mut uniform = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let mut series = vec![0.0; 1000];
    let mut before = 0.0;
    for (i, value) in series.iter_mut().enumerate() {
        let noise: f64 = (0..12).map(|_| uniform()).sum::<f64>() - 6.0;
        *value = if i == 0 { 0.0 } else { 0.6 * before + noise };
        before = *value;
    }
    let squares: Vec<f64> = series.iter().map(|y| y * y).collect();
    let reference = "arch 8.0.0 optimal_block_length";
    Ok(vec![
        Check {
            what: "block length of an autoregression".to_owned(),
            reference: reference.to_owned(),
            expected: 13.143_671_492_996_937,
            ours: automatic_block_length(&series)?,
            tolerance: Tolerance::Relative(1e-9),
        },
        Check {
            what: "block length of its squares".to_owned(),
            reference: reference.to_owned(),
            expected: 14.666_095_447_713_472,
            ours: automatic_block_length(&squares)?,
            tolerance: Tolerance::Relative(1e-9),
        },
    ])
}

/// An engine of one long account, without delay, latency or impact.
fn single(
    process: JumpDiffusion,
    steps: usize,
    years: f64,
    margin: f64,
    maintenance: f64,
    bounty: f64,
) -> Result<MarginEngine> {
    let account = Account {
        side: Side::Long,
        notional: 1.0,
        margin,
    };
    let venue = Venue {
        maintenance,
        oracle_delay: 0,
        liquidator_latency: 0,
        bounty,
        fund_fee: 0.0,
        fund: 0.0,
        depth: None,
    };
    let book = AccountBook::new(vec![account])?;
    MarginEngine::new(
        PriceProcess::Merton(process),
        Grid::new(steps, years)?,
        book,
        venue,
    )
}

fn liquidation() -> Result<Vec<Check>> {
    let diffusion = JumpDiffusion::new(0.0, 0.8, 0.0, 0.0, 0.0)?;
    let mut checks = Vec::new();
    for (steps, exact) in [(8, 0.264_201_241_087_473_45), (64, 0.316_803_741_649_627_43)] {
        // The bounty exceeds the maintenance margin, so that every liquidation leaves debt.
        let report = single(diffusion, steps, 0.01, 0.12, 0.05, 0.2)?.simulate(
            &run(1 << 18, Sampling::Pseudo)?,
            &[],
            0.99,
        )?;
        checks.push(interval(
            format!("probability of liquidation, seen {steps} times, simulated"),
            "Gauss–Legendre quadrature of the walk",
            exact,
            &report.ruin,
        ));
    }
    Ok(checks)
}

fn tails() -> Result<Vec<Check>> {
    let (model, years) = (merton()?, 0.02);
    let levels = [0.95, 0.99, 0.999];
    let report =
        single(model, 1, years, 0.0, 0.0, 0.0)?.simulate(&run(1 << 19, Sampling::Pseudo)?, &levels, 0.99)?;
    let mut checks = Vec::new();
    for tail in &report.bad_debt.levels {
        let exact = tail_risk(&model, years, Side::Long, tail.level)?;
        let what = |name| format!("{name} of the engine's bad debt, level {}", tail.level);
        let reference = "root and option of Merton's series";
        checks.push(simulated(
            what("value at risk"),
            reference,
            exact.value_at_risk,
            tail.value_at_risk,
            0.0,
        ));
        let shortfall = what("expected shortfall");
        checks.push(simulated(
            shortfall,
            reference,
            exact.expected_shortfall,
            tail.expected_shortfall,
            0.0,
        ));
    }
    let engine = single(model, 1, years, 0.08, 0.05, 0.0)?;
    let response = engine.margin_response(&run(1 << 19, Sampling::Pseudo)?, 0.02, 1.0)?;
    checks.push(simulated(
        "premium of the engine, one judgement",
        "Merton's series: a put",
        model.shortfall(0.08, years, Side::Long)? / years,
        response.premium,
        0.0,
    ));
    checks.push(simulated(
        "response of the premium to margin, common random numbers",
        "derivative of the put by its strike",
        -0.08 * model.breach_probability(0.08, years, Side::Long)? / years,
        response.by_multiplier,
        0.0,
    ));
    Ok(checks)
}

/// The engine of `examples/bench_simulation.rs` and `xtask/rivals/simulation.py`.
fn whole(process: PriceProcess) -> Result<TailReport> {
    let mix = AccountMix {
        accounts: 100,
        notional: 1.0,
        long_share: 0.6,
        median_leverage: 4.0,
        leverage_dispersion: 0.6,
        most_leverage: 20.0,
        size_dispersion: 1.0,
    };
    let venue = Venue {
        maintenance: 0.03,
        oracle_delay: 1,
        liquidator_latency: 1,
        bounty: 0.01,
        fund_fee: 0.005,
        fund: 0.005,
        depth: Some(Depth {
            quantity: 0.5,
            distance: 0.05,
            shape: ImpactShape::Linear,
            resilience: 3_000.0,
        }),
    };
    let engine = MarginEngine::new(process, Grid::new(64, 1.0 / 365.0)?, mix.draw(7)?, venue)?;
    engine.simulate(&run(1 << 20, Sampling::Pseudo)?, &[], 0.99)
}

fn engines() -> Result<Vec<Check>> {
    let variance = HestonVariance {
        start: 0.64,
        reversion: 4.0,
        long_run: 0.64,
        volatility_of_variance: 1.5,
        correlation: -0.3,
    };
    let merton = PriceProcess::Merton(JumpDiffusion::new(0.0, 0.8, 20.0, -0.03, 0.06)?);
    let bates = PriceProcess::Bates(Bates::new(0.0, variance, 20.0, -0.03, 0.06)?);
    // NumPy's mean and its standard error over 16,384,000 paths: bad debt, socialised, liquidated, ruin.
    let numpy = [
        [
            (3.303_866_3e-5, 1.097_4e-7),
            (6.208_828_3e-6, 5.469_9e-8),
            (1.217_077_23e-2, 6.508_3e-6),
            (1.685_119_6e-3, 1.014_2e-5),
        ],
        [
            (3.318_824_2e-5, 1.102_9e-7),
            (6.285_601_6e-6, 5.519_5e-8),
            (1.212_265_13e-2, 6.462_4e-6),
            (1.697_204_6e-3, 1.017_8e-5),
        ],
    ];
    let mut checks = Vec::new();
    for ((name, process), reference) in [("Merton", merton), ("Bates", bates)].into_iter().zip(numpy) {
        let report = whole(process)?;
        let ruin = Estimate {
            value: report.ruin.value,
            standard_error: report.ruin.standard_error,
        };
        let figures = [
            ("bad debt", report.bad_debt.mean),
            ("socialised debt", report.socialised.mean),
            ("liquidated value", report.liquidated),
            ("ruin of the fund", ruin),
        ];
        for ((what, ours), (expected, error)) in figures.into_iter().zip(reference) {
            let what = format!("margin engine, {name}, 100 accounts, 64 steps: {what}");
            checks.push(simulated(what, "the same model in NumPy", expected, ours, error));
        }
    }
    Ok(checks)
}
