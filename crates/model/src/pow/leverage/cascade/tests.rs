use super::state::State;
use super::*;
use crate::liquidity::ImpactShape;
use crate::pow::leverage::{CoinLoan, Resale};
use crate::simulation::{PriceProcess, Run, Sampling};
use crate::tail::JumpDiffusion;
use crate::testing::{Rng, assert_close};
use proptest::prelude::*;

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

fn mix() -> PopulationMix {
    PopulationMix {
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
    }
}

fn market() -> Cascade {
    Cascade::new(terms(), mix().population(30_000.0).unwrap()).unwrap()
}

fn random_market(seed: u64) -> Cascade {
    let mut rng = Rng::new(seed);
    let mut between = |low: f64, high: f64| (high - low).mul_add(rng.uniform(), low);
    let miners = (0..1 + between(0.0, 24.0) as usize)
        .map(|_| {
            let (collateral, ltv) = (between(0.0, 2_000.0), between(0.0, 0.79));
            let call_ltv = between(0.4, 0.8);
            CascadeMiner {
                hash_rate: between(1e5, 1e7),
                efficiency: between(20.0, 90.0),
                energy_price: between(0.0, 0.1),
                operation: between(0.0, 200_000.0),
                cash: between(0.0, 1e6),
                coins: between(0.0, 500.0),
                loan: CoinLoan {
                    debt: if between(0.0, 1.0) < 0.3 {
                        0.0
                    } else {
                        collateral * ltv * 30_000.0
                    },
                    collateral,
                    call_ltv,
                    liquidation_ltv: between(call_ltv, 1.0),
                    interest: between(0.0, 0.5),
                },
            }
        })
        .collect();
    let shape = if between(0.0, 1.0) < 0.5 {
        ImpactShape::Linear
    } else {
        ImpactShape::SquareRoot
    };
    let terms = CascadeTerms {
        depth: Depth {
            quantity: between(300.0, 20_000.0),
            distance: 0.02,
            shape,
            resilience: between(0.0, 100.0),
        },
        subsidy: between(0.0, 7.0),
        fees: between(0.1, 2.0),
        recovery: between(0.0, 1.0),
        redeploy_days: between(0.0, 40.0),
        grace_days: between(0.0, 10.0),
        restart: between(0.0, 0.3),
        sold: between(0.0, 1.0),
        step_days: between(0.1, 3.0),
        ..terms()
    };
    Cascade::new(terms, miners).unwrap()
}

proptest! {
    #![proptest_config(crate::testing::reproducible())]

    #[test]
    fn coins_cash_and_debts_balance_after_every_step_and_nobody_is_overdrawn(seed in any::<u64>()) {
        let market = random_market(seed);
        let mut rng = Rng::new(seed ^ 1);
        let mut state = State::new(&market, market.epoch().unwrap());
        let mut log = 0.0;
        for _ in 0..60 {
            log += 0.06 * rng.normal() - if rng.uniform() < 0.03 { 0.4 } else { 0.0 };
            state.step(log);
            let residuals = state.residuals();
            prop_assert!(residuals.largest() < 1e-9, "{residuals:?}");
            prop_assert!(!state.is_overdrawn());
            let record = state.record(log);
            prop_assert!(record.price > 0.0 && record.price.is_finite());
        }
    }

    #[test]
    fn the_order_of_the_miners_does_not_matter(seed in any::<u64>()) {
        let market = random_market(seed);
        let mut reversed = market.miners().to_vec();
        reversed.reverse();
        let other = Cascade::new(market.terms, reversed).unwrap();
        let (a, b) = (market.shock(0.5, 2, 40).unwrap(), other.shock(0.5, 2, 40).unwrap());
        for (a, b) in a.steps.iter().zip(&b.steps) {
            prop_assert!((a.price / b.price - 1.0).abs() < 1e-6, "{a:?} {b:?}");
            prop_assert_eq!((a.defaults, a.liquidations), (b.defaults, b.liquidations));
            prop_assert!((a.lost - b.lost).abs() <= 1e-6 * (1.0 + a.lost));
        }
    }
}

#[test]
fn without_a_shock_little_happens() {
    let quiet = market().shock(0.0, 1, 60).unwrap();
    assert!(quiet.outcome.excess_fall < 0.02, "{:?}", quiet.outcome);
    assert_eq!(quiet.outcome.liquidations, 0.0);
    let last = quiet.steps.last().unwrap();
    assert!((last.hash_rate - 1.0).abs() < 0.02, "{last:?}");
}

#[test]
fn a_larger_shock_liquidates_more_and_falls_further_beyond_itself() {
    let of = |fall| market().shock(fall, 1, 180).unwrap().outcome;
    let (small, large, huge) = (of(0.1), of(0.35), of(0.6));
    assert!(small.liquidations < large.liquidations && large.liquidations <= huge.liquidations);
    assert!(small.excess_fall < large.excess_fall && large.excess_fall < huge.excess_fall);
    assert!(huge.defaults > 0.0 && huge.hash_rate_fall > 0.2);
    assert!(huge.fall > 0.6);
}

#[test]
fn difficulty_follows_the_hash_rate_and_brings_idle_machines_back() {
    let path = market().shock(0.5, 1, 200).unwrap();
    let lowest = path.steps.iter().map(|step| step.difficulty).fold(1.0, f64::min);
    assert!(lowest < 0.95);
    let first_fall = path.steps.iter().find(|step| step.difficulty < 1.0).unwrap();
    assert!(
        first_fall.day > 7.0,
        "half an epoch passes first, slowly: {}",
        first_fall.day
    );
    assert!(path.steps.last().unwrap().hash_rate > path.steps[2].hash_rate);
}

#[test]
fn a_deep_market_adds_nothing_to_the_shock_and_a_thin_one_much() {
    let with = |quantity| {
        let depth = Depth {
            quantity,
            ..terms().depth
        };
        let miners = mix().population(30_000.0).unwrap();
        let market = Cascade::new(CascadeTerms { depth, ..terms() }, miners).unwrap();
        market.shock(0.4, 1, 60).unwrap().outcome
    };
    let (deep, thin) = (with(1e12), with(500.0));
    assert!(
        deep.excess_fall < 1e-3 && thin.excess_fall > 0.05,
        "{deep:?} {thin:?}"
    );
    assert!(thin.liquidations >= deep.liquidations);
}

#[test]
fn nobody_who_owes_nothing_is_liquidated_and_lenders_lose_nothing() {
    let miners = PopulationMix {
        borrowers: 0.0,
        ..mix()
    }
    .population(30_000.0)
    .unwrap();
    let outcome = Cascade::new(terms(), miners)
        .unwrap()
        .shock(0.7, 1, 120)
        .unwrap()
        .outcome;
    assert_eq!((outcome.liquidations, outcome.lost), (0.0, 0.0));
}

#[test]
fn one_loan_is_settled_as_on_paper() {
    // no bills, no impact: price to 20,000, 100 coins against 2.2 m, above 0.8
    let miner = CascadeMiner {
        hash_rate: 1e6,
        efficiency: 30.0,
        energy_price: 0.0,
        operation: 0.0,
        cash: 50_000.0,
        coins: 0.0,
        loan: CoinLoan {
            debt: 2.2e6,
            collateral: 100.0,
            call_ltv: 0.75,
            liquidation_ltv: 0.8,
            interest: 0.0,
        },
    };
    let depth = Depth {
        quantity: 1e15,
        ..terms().depth
    };
    let terms = CascadeTerms {
        depth,
        subsidy: 1e-9,
        fees: 0.0,
        sold: 0.0,
        ..terms()
    };
    let market = Cascade::new(terms, vec![miner]).unwrap();
    let path = market.shock(1.0 / 3.0, 1, 3).unwrap();
    assert_eq!((path.outcome.liquidations, path.outcome.defaults), (1.0, 1.0));
    // 2 m of proceeds, 50,000 of cash, and the machines' scrap and margin: a hashprice of nearly nothing
    let scrap = 0.6 * 1e6 * (-0.6f64).exp();
    assert_close(path.outcome.lost, (150_000.0 - scrap).max(0.0), 1.0);
    assert_close(path.outcome.seized, 100.0, 1e-3);
}

#[test]
fn many_paths_agree_on_any_number_of_threads_and_spread_around_the_calm_one() {
    let process = PriceProcess::Merton(JumpDiffusion::new(0.0, 0.7, 6.0, -0.08, 0.1).unwrap());
    let simulate = |threads| {
        let run = Run::new(256, 3, threads, Sampling::Pseudo).unwrap();
        market().simulate(&process, 60, &run, &[0.05, 0.5, 0.95]).unwrap()
    };
    let report = simulate(1);
    assert_eq!(report, simulate(2));
    assert_eq!(report.paths, 256);
    assert!(report.residuals.largest() < 1e-9);
    for figure in [
        &report.fall,
        &report.excess_fall,
        &report.seized,
        &report.hash_rate_fall,
    ] {
        assert!(figure.quantiles.is_sorted() && figure.mean.standard_error > 0.0);
    }
}

#[test]
fn markets_that_cannot_be_are_refused() {
    let miners = mix().population(30_000.0).unwrap();
    for broken in [
        CascadeTerms {
            price: 0.0,
            ..terms()
        },
        CascadeTerms {
            subsidy: 0.0,
            fees: 0.0,
            ..terms()
        },
        CascadeTerms {
            recovery: 1.5,
            ..terms()
        },
        CascadeTerms {
            step_days: 0.0,
            ..terms()
        },
        CascadeTerms {
            step_days: 100.0,
            ..terms()
        },
        CascadeTerms {
            grace_days: f64::NAN,
            ..terms()
        },
        CascadeTerms {
            depth: Depth {
                quantity: 1e-9,
                ..terms().depth
            },
            ..terms()
        },
        CascadeTerms {
            depth: Depth {
                resilience: -1.0,
                ..terms().depth
            },
            ..terms()
        },
    ] {
        assert!(Cascade::new(broken, miners.clone()).is_err(), "{broken:?}");
    }
    assert!(Cascade::new(terms(), Vec::new()).is_err());
    let dear = CascadeMiner {
        energy_price: 100.0,
        ..miners[0]
    };
    assert!(matches!(
        Cascade::new(terms(), vec![dear]),
        Err(ModelError::Unidentified { .. })
    ));
    assert!(market().shock(1.0, 1, 10).is_err());
    assert!(market().shock(0.5, 11, 10).is_err());
    assert!(market().follow(&[]).is_err());
    assert!(market().follow(&[f64::NAN]).is_err());
    assert!(PopulationMix { miners: 0, ..mix() }.population(1.0).is_err());
    assert!(
        PopulationMix {
            least_ltv: 0.9,
            ..mix()
        }
        .population(1.0)
        .is_err()
    );
}
