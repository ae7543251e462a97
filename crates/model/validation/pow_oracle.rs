//! What proof of work says to the oracle: the miner's return and the haircut of a coin. References: `reference/pow_oracle.py`.

use super::{Check, Tolerance};
use hurdle_model::pow::{Entrant, FloorRisk, HaircutRule, Machine, MiningMarket, Site, Unit, fit_reversion};
use hurdle_model::series::Series;

fn check(what: impl Into<String>, reference: &str, expected: f64, ours: f64, tolerance: f64) -> Check {
    Check {
        what: what.into(),
        reference: reference.to_owned(),
        expected,
        ours,
        tolerance: Tolerance::Relative(tolerance),
    }
}

/// Every check of this topic.
pub fn checks() -> Vec<Check> {
    let mut checks: Vec<Check> = [
        (100.0, 0.05, 0.3, 4.0, -0.013_708_969_080_024_037),
        (80.0, 0.08, 0.9, 4.0, -0.249_763_656_091_864_68),
        (60.0, 0.1, -0.5, 2.0, 0.078_654_776_502_233_03),
        (250.0, 0.04, 1.7, 3.0, 0.097_975_656_481_692_79),
    ]
    .into_iter()
    .map(|(hashprice, energy_price, decline, horizon, expected)| {
        let entrant = Entrant {
            unit: Unit {
                machine: Machine {
                    hash_rate: 100.0,
                    power: 3000.0,
                },
                count: 1.0,
                price: 3000.0,
                life: 4.0,
                salvage: 200.0,
            },
            site: Site {
                energy_price,
                overhead: 1.05,
                uptime: 0.97,
                pool_fee: 0.01,
                operation: 0.2,
            },
            decline,
            decline_error: 0.0,
            horizon,
        };
        let market = MiningMarket {
            price: hashprice,
            coins: 1.0,
        };
        let ours = entrant
            .operating_return(&market)
            .map_or(f64::NAN, |found| found.rate);
        check(
            format!("miner's operating return, hashprice {hashprice}, decline {decline} a year"),
            "SciPy's quadrature",
            expected,
            ours,
            1e-10,
        )
    })
    .collect();
    checks.push(haircut());
    checks.extend(reversion());
    checks
}

fn haircut() -> Check {
    let rule = HaircutRule {
        base: 0.0,
        cap: 0.9,
        level: 0.99,
        horizon: 1.0 / 365.0,
        reversion: 1.5,
        usual_distance: 0.2,
        capitulation_loss: 0.2,
    };
    let floor = FloorRisk {
        log_distance: 0.8,
        capitulation: 0.3,
        confidence: 0.8,
    };
    let ours = rule.haircut(0.8, &floor).map_or(f64::NAN, |made| made.haircut);
    check(
        "haircut of a coin, its three parts",
        "SciPy's normal quantile",
        0.174_688_454_229_859_68,
        ours,
        1e-12,
    )
}

fn reversion() -> Vec<Check> {
    let mut x = 1.0;
    let values = (0..1000_i32).map(|day| {
        let now = x;
        x += 0.02 * (0.3 - x) + 0.05 * (12.9898 * f64::from(day)).sin();
        (i64::from(day) * 86_400, now)
    });
    let found = Series::new(values).and_then(|series| fit_reversion(&series));
    [
        ("speed", 14.278_734_116_367_99, found.map(|found| found.speed)),
        ("mean", 0.323_223_966_233_212_26, found.map(|found| found.mean)),
    ]
    .into_iter()
    .map(|(what, expected, ours)| {
        check(
            format!("pull of a price toward its cost: {what}"),
            "NumPy's least squares",
            expected,
            ours.unwrap_or(f64::NAN),
            1e-9,
        )
    })
    .collect()
}
