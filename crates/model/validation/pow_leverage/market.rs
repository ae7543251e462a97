//! The cascade's books.

use super::{Check, Tolerance, check};
use hurdle_model::Result;
use hurdle_model::liquidity::ImpactShape;
use hurdle_model::pow::difficulty::WindowRule;
use hurdle_model::pow::leverage::cascade::{Cascade, CascadeMiner, CascadeTerms, PopulationMix};
use hurdle_model::pow::leverage::{CoinLoan, Resale};
use hurdle_model::simulation::{Depth, PriceProcess, Run, Sampling};
use hurdle_model::tail::JumpDiffusion;

fn terms() -> CascadeTerms {
    CascadeTerms {
        price: 30_000.0,
        subsidy: 6.25,
        fees: 0.2,
        rule: WindowRule::BITCOIN,
        depth: Depth {
            quantity: 3_000.0,
            distance: 0.02,
            shape: ImpactShape::SquareRoot,
            resilience: 50.0,
        },
        resale: Resale {
            energy_price: 0.05,
            decay: 0.4,
            discount: 0.2,
            life: 3.0,
            scrap: 1.0,
        },
        recovery: 0.6,
        redeploy_days: 60.0,
        grace_days: 3.0,
        restart: 0.05,
        sold: 0.4,
        step_days: 1.0,
    }
}

/// Coins, cash and debts after every step of random paths.
pub fn balance() -> Result<Vec<Check>> {
    let mix = PopulationMix {
        miners: 60,
        hash_rate: 2.2e8,
        size_dispersion: 1.0,
        efficiency: 38.0,
        efficiency_dispersion: 0.3,
        energy_price: 0.05,
        energy_dispersion: 0.25,
        operation: 0.4,
        cash_days: 20.0,
        coin_days: 8.0,
        pledged_days: 90.0,
        coins_per_day: 929.0,
        borrowers: 0.5,
        least_ltv: 0.3,
        most_ltv: 0.65,
        call_ltv: 0.7,
        liquidation_ltv: 0.8,
        interest: 0.1,
    };
    let market = Cascade::new(terms(), mix.population(30_000.0)?)?;
    let process = PriceProcess::Merton(JumpDiffusion::new(0.0, 0.7, 6.0, -0.1, 0.15)?);
    let run = Run::new(512, 1, 2, Sampling::Pseudo)?;
    let report = market.simulate(&process, 120, &run, &[0.5])?;
    let residuals = report.residuals;
    Ok([
        ("coins", residuals.coins),
        ("cash", residuals.cash),
        ("debts", residuals.debt),
    ]
    .into_iter()
    .map(|(what, residual)| {
        check(
            format!("cascade: largest imbalance of {what}, 512 paths of 120 days"),
            "double entry",
            0.0,
            residual,
            Tolerance::Absolute(1e-9),
        )
    })
    .collect())
}

/// One loan whose liquidation is reckoned by hand.
pub fn on_paper() -> Result<Vec<Check>> {
    let miner = CascadeMiner {
        hash_rate: 1e6,
        efficiency: 30.0,
        energy_price: 0.0,
        operation: 0.0,
        cash: 50_000.0,
        coins: 0.0,
        loan: CoinLoan {
            debt: 2.8e6,
            collateral: 100.0,
            call_ltv: 0.93,
            liquidation_ltv: 0.94,
            interest: 0.0,
        },
    };
    let terms = CascadeTerms {
        depth: Depth {
            quantity: 1e15,
            ..terms().depth
        },
        subsidy: 1e-9,
        fees: 0.0,
        sold: 0.0,
        ..terms()
    };
    let outcome = Cascade::new(terms, vec![miner])?.shock(1.0 / 3.0, 1, 3)?.outcome;
    // 100 coins at 20,000, 50,000 of cash, and the machines' scrap: 1 per TH/s in three years at 20 %, of which 60 %
    let recovered = 2e6 + 50_000.0 + 0.6 * 1e6 * (-0.6f64).exp();
    Ok(vec![check(
        "cascade: loss of one lender, quote",
        "reckoned by hand",
        2.8e6 - recovered,
        outcome.lost,
        Tolerance::Relative(1e-5),
    )])
}
