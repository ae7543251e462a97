//! The margin engine.

use super::{Check, Checks, interval, merton, run, simulated};
use hurdle_model::Result;
use hurdle_model::liquidity::ImpactShape;
use hurdle_model::simulation::{
    Account, AccountBook, AccountMix, Bates, Depth, Estimate, Grid, HestonVariance, MarginEngine,
    PriceProcess, Sampling, TailReport, Venue,
};
use hurdle_model::tail::{JumpDiffusion, Side, tail_risk};

pub const CHECKS: &[Checks] = &[liquidation, tails, engines];

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
