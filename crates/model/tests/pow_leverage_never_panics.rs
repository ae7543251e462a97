//! No parameters make leverage, cascades or the treasury panic, and no answer is NaN or infinite.
#![allow(clippy::unwrap_used)]

mod common;

use common::reproducible;
use hurdle_model::liquidity::ImpactShape;
use hurdle_model::pow::difficulty::WindowRule;
use hurdle_model::pow::leverage::cascade::{Cascade, CascadeTerms, PopulationMix};
use hurdle_model::pow::leverage::feedback::{AtCall, Feedback};
use hurdle_model::pow::leverage::{
    CoinLoan, EquipmentLoan, LeveragedMiner, Resale, Surroundings, passage_probability, simulated_risk,
};
use hurdle_model::pow::treasury::{LoanTerms, Policy, Ramp, SaleRule, Strategy as Habit, Today, Treasury};
use hurdle_model::pow::{Fleet, Machine, MiningMarket, Site, Unit};
use hurdle_model::simulation::{Depth, PriceProcess, Run, Sampling};
use hurdle_model::tail::JumpDiffusion;
use proptest::prelude::*;

/// Any bit pattern, with the awkward ones and plausible magnitudes over-represented.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        1 => any::<f64>(),
        12 => 0.0f64..1.0,
        6 => 0.0f64..1e5,
        1 => prop::sample::select(vec![
            0.0, -0.0, 1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324,
        ]),
    ]
}

fn finite(values: &[f64]) {
    assert!(values.iter().all(|value| value.is_finite()), "{values:?}");
}

fn resale(n: &[f64; 32]) -> Resale {
    Resale {
        energy_price: n[0],
        decay: n[1],
        discount: n[2],
        life: n[3],
        scrap: n[4],
    }
}

fn loan(n: &[f64; 32]) -> CoinLoan {
    CoinLoan {
        debt: n[5],
        collateral: n[6],
        call_ltv: n[7],
        liquidation_ltv: n[7] + (1.0 - n[7]) * n[8],
        interest: n[9],
    }
}

fn depth(n: &[f64; 32], root: bool) -> Depth {
    Depth {
        quantity: 1e3 * n[10],
        distance: n[11],
        shape: if root {
            ImpactShape::SquareRoot
        } else {
            ImpactShape::Linear
        },
        resilience: 100.0 * n[12],
    }
}

fn miner(n: &[f64; 32]) -> Option<LeveragedMiner> {
    let site = Site {
        energy_price: n[13],
        overhead: 1.0 + n[14],
        uptime: n[15],
        pool_fee: n[16],
        operation: n[17],
    };
    let unit = Unit {
        machine: Machine {
            hash_rate: 100.0 * n[18],
            power: 3e3 * n[19],
        },
        count: n[20],
        price: n[21],
        life: 1.0,
        salvage: 0.0,
    };
    Some(LeveragedMiner {
        operation: Some((site, Fleet::new(vec![unit]).ok()?)),
        cash: n[22],
        coins: n[23],
        coin_loan: Some(loan(n)),
        equipment: Some(EquipmentLoan {
            principal: n[24],
            interest: n[25],
            instalments: 12,
            covenant_ltv: Some(n[26]),
            covenant_cover: Some(n[27]),
        }),
        resale: resale(n),
    })
}

fn mix(n: &[f64; 32]) -> PopulationMix {
    PopulationMix {
        miners: 5,
        hash_rate: 1e8 * n[0],
        size_dispersion: n[1],
        efficiency: 50.0 * n[2],
        efficiency_dispersion: n[3],
        energy_price: 0.1 * n[4],
        energy_dispersion: n[5],
        operation: n[6],
        cash_days: 30.0 * n[7],
        coin_days: 30.0 * n[8],
        pledged_days: 90.0 * n[9],
        coins_per_day: 900.0 * n[13],
        borrowers: n[14],
        least_ltv: 0.0,
        most_ltv: n[15],
        call_ltv: n[16],
        liquidation_ltv: n[16] + (1.0 - n[16]) * n[17],
        interest: n[18],
    }
}

proptest! {
    #![proptest_config(reproducible())]

    #[test]
    fn a_leveraged_miner(n in prop::array::uniform32(number())) {
        let market = MiningMarket { price: 1e4 * n[28], coins: n[29] };
        if let Ok(p) = passage_probability(&loan(&n), n[7], market.price, n[30], n[31], n[3]) {
            prop_assert!((0.0..=1.0).contains(&p));
        }
        let Some(miner) = miner(&n) else { return Ok(()) };
        if let Ok(standing) = miner.standing(&market, n[31], 30.0) {
            finite(&[standing.flow.burn(), standing.machines]);
            for distance in [standing.call, standing.liquidation, standing.covenant].into_iter().flatten() {
                finite(&[distance.price, distance.fall, distance.deviations, distance.days.unwrap_or(0.0)]);
            }
            finite(&[standing.cover, standing.runway, standing.machine_ltv].map(|ratio| ratio.unwrap_or(0.0)));
        }
        let surroundings = Surroundings {
            rule: WindowRule::BITCOIN,
            found: 1e3 * n[0],
            elasticity: n[1],
            installed: 1.0 + n[2],
            growth: n[3],
            sold: n[4],
        };
        if let Ok(process) = JumpDiffusion::new(n[30], n[31], n[12], -n[11], n[10]) {
            let run = Run::new(256, 1, 1, Sampling::Pseudo).unwrap();
            let risk =
                simulated_risk(&miner, &market, &surroundings, &PriceProcess::Merton(process), 20, &run, 0.99);
            if let Ok(risk) = risk {
                for p in [risk.call, risk.liquidation, risk.covenant] {
                    prop_assert!(0.0 <= p.low && p.low <= p.value && p.value <= p.high && p.high <= 1.0);
                }
            }
        }
    }

    #[test]
    fn a_loop_and_a_market(n in prop::array::uniform32(number()), root in any::<bool>()) {
        let population = Feedback {
            market: MiningMarket { price: 1e4 * n[28], coins: n[29] },
            reward: n[0],
            rule: WindowRule::BITCOIN,
            depth: depth(&n, root),
            median_cost: 100.0 * n[1],
            dispersion: n[2],
            fixed_cost: n[3],
            sold: n[4],
            at_call: AtCall { collateral: n[5], ltv: n[7], machine_debt: n[6], machine_elasticity: n[8] },
        };
        if let Ok(gain) = population.gain() {
            finite(&[gain.sales, gain.lagging.stock, gain.lagging.flow, gain.adjusted.flow]);
        }
        if let Ok(points) = population.respond(n[9], 5.0, 10) {
            points.iter().for_each(|point| finite(&[point.log_price, point.sales, point.forced]));
        }
        let terms = CascadeTerms {
            price: 1e4 * n[28],
            subsidy: n[19],
            fees: n[20],
            rule: WindowRule::BITCOIN,
            depth: depth(&n, root),
            resale: resale(&n),
            recovery: n[21],
            redeploy_days: n[22],
            grace_days: n[23],
            restart: n[24],
            sold: n[25],
            step_days: n[26],
        };
        if let Ok(miners) = mix(&n).population(terms.price)
            && let Ok(market) = Cascade::new(terms, miners)
            && let Ok(path) = market.shock(n[27], 2, 10)
        {
            finite(&[path.outcome.excess_fall, path.outcome.lost, path.outcome.sold, path.outcome.hash_rate_fall]);
            prop_assert!(path.outcome.residuals.largest() < 1e-9, "{:?}", path.outcome.residuals);
        }
    }

    #[test]
    fn a_treasury(n in prop::array::uniform32(number())) {
        let ramp = Ramp { from: n[0], to: n[0] + n[1], least: 0.0, most: n[2] };
        let policy = |rule| Habit::Policy(Policy {
            rule,
            horizon_days: n[3],
            confidence: n[4],
            lean: n[5],
            good: n[5] + n[6],
            deleverage: n[7],
        });
        let treasury = Treasury { cash: n[8], coins: n[9] + n[14], collateral: n[10], debt: n[11] };
        let terms = LoanTerms {
            advance_ltv: n[12] * n[15],
            call_ltv: n[12],
            liquidation_ltv: n[12] + (1.0 - n[12]) * n[13],
            interest: n[16],
            fee: 0.5 * n[17],
        };
        let today = Today { price: n[18], mined: n[14], bills: n[19], bills_per_day: n[20], volatility: n[21] };
        for habit in [
            policy(SaleRule::Steady(n[2])),
            policy(SaleRule::Margin(ramp)),
            policy(SaleRule::Distance(ramp)),
            Habit::SellEverything,
            Habit::HoldEverything,
            Habit::SellToCover,
        ] {
            if let Ok(decision) = habit.decide(&treasury, &terms, &today) {
                let after = decision.after;
                finite(&[after.cash, after.coins, after.collateral, after.debt, decision.unpaid]);
                prop_assert!(after.cash >= 0.0 && after.coins >= 0.0 && after.collateral >= 0.0);
            }
        }
    }
}
