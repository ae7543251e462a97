//! Leverage of miners: closed forms against simulations, the loop's gain against its response, books that balance, and
//! the treasury policy over recorded days.

mod market;
mod recorded;

use super::{Check, Tolerance};
use hurdle_model::liquidity::ImpactShape;
use hurdle_model::pow::MiningMarket;
use hurdle_model::pow::difficulty::WindowRule;
use hurdle_model::pow::leverage::feedback::{AtCall, Feedback};
use hurdle_model::pow::leverage::{
    CoinLoan, LeveragedMiner, Resale, Surroundings, passage_probability, simulated_risk,
};
use hurdle_model::simulation::{Depth, PriceProcess, Run, Sampling};
use hurdle_model::tail::JumpDiffusion;
use hurdle_model::{ModelError, Result};

/// A group of checks.
type Checks = fn() -> Result<Vec<Check>>;

/// Every check of the leverage of miners.
pub fn checks() -> Vec<Check> {
    const GROUPS: [Checks; 5] = [
        at_rest,
        response,
        market::balance,
        market::on_paper,
        recorded::checks,
    ];
    GROUPS
        .iter()
        .flat_map(|checks| checks().unwrap_or_else(refused))
        .collect()
}

/// A refusal is a check that does not hold.
fn refused(error: ModelError) -> Vec<Check> {
    vec![check(
        error.to_string(),
        "no refusal",
        0.0,
        f64::NAN,
        Tolerance::Absolute(0.0),
    )]
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

const LOAN: CoinLoan = CoinLoan {
    debt: 2e6,
    collateral: 100.0,
    call_ltv: 0.7,
    liquidation_ltv: 0.8,
    interest: 0.1,
};

/// Days, and the probability that a price of 40,000 with drift 0.05 and volatility 0.7 falls to the call within them
/// (`reference/pow_leverage.py`).
const PASSAGES: [(f64, f64); 3] = [
    (30.0, 0.114_057_395_156_311_91),
    (90.0, 0.403_263_226_962_994_5),
    (365.0, 0.751_540_142_643_499_4),
];

/// A loan at rest: the closed form against quadrature, the simulation of a miner without machines against both.
fn at_rest() -> Result<Vec<Check>> {
    let holder = LeveragedMiner {
        operation: None,
        cash: 0.0,
        coins: 0.0,
        coin_loan: Some(LOAN),
        equipment: None,
        resale: Resale {
            energy_price: 0.05,
            decay: 0.3,
            discount: 0.1,
            life: 4.0,
            scrap: 0.0,
        },
    };
    let market = MiningMarket {
        price: 40_000.0,
        coins: 0.002,
    };
    let surroundings = Surroundings {
        rule: WindowRule::BITCOIN,
        found: 0.0,
        elasticity: 0.3,
        installed: 1.1,
        growth: 0.3,
        sold: 0.5,
    };
    let process = PriceProcess::Merton(JumpDiffusion::new(0.05, 0.7, 0.0, 0.0, 0.0)?);
    let run = Run::new(32_768, 1, 2, Sampling::Pseudo)?;
    let mut checks = Vec::new();
    for (days, reference) in PASSAGES {
        let closed = passage_probability(&LOAN, 0.7, 40_000.0, 0.05, 0.7, days / 365.0)?;
        checks.push(check(
            format!("margin call within {days} days, loan at rest"),
            "first-passage density by Simpson's rule",
            reference,
            closed,
            Tolerance::Absolute(1e-9),
        ));
    }
    for (days, (length, reference)) in [30, 90].into_iter().zip(PASSAGES) {
        let risk = simulated_risk(&holder, &market, &surroundings, &process, days, &run, 0.99)?;
        checks.push(check(
            format!("the same within {length} days, simulated day by day"),
            "first-passage density, 99 % interval",
            reference,
            risk.call.value,
            Tolerance::Within {
                low: reference - (risk.call.high - risk.call.value),
                high: reference + (risk.call.value - risk.call.low),
            },
        ));
    }
    Ok(checks)
}

/// The loop's response to a small fall against its gain.
fn response() -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for (name, shape, quantity) in [
        ("linear book", ImpactShape::Linear, 5_000.0),
        ("square-root book", ImpactShape::SquareRoot, 500.0),
    ] {
        let model = Feedback {
            market: MiningMarket {
                price: 30_000.0,
                coins: 0.0042,
            },
            reward: 6.3,
            rule: WindowRule::BITCOIN,
            depth: Depth {
                quantity,
                distance: 0.02,
                shape,
                resilience: 20.0,
            },
            median_cost: 70.0,
            dispersion: 0.5,
            fixed_cost: 25.0,
            sold: 0.4,
            at_call: AtCall {
                collateral: 20_000.0,
                ltv: 0.7,
                machine_debt: 4e8,
                machine_elasticity: 2.0,
            },
        };
        let gain = model.gain()?.lagging;
        let points = model.respond(1e-6, 13.0, 1_300)?;
        for (index, when) in [(0, "at once"), (400, "after 4 days"), (1_300, "after 13 days")] {
            let days = points[index].days;
            checks.push(check(
                format!("amplification of a small fall {when}, {name}"),
                "the response simulated without linearising",
                -points[index].log_price / 1e-6,
                gain.amplification(days).unwrap_or(f64::NAN),
                Tolerance::Relative(2e-4),
            ));
        }
    }
    Ok(checks)
}
