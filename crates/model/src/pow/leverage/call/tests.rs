use super::*;
use crate::pow::difficulty::WindowRule;
use crate::pow::leverage::Resale;
use crate::pow::{Fleet, Machine, Site, Unit};
use crate::simulation::{Bootstrap, Sampling};
use crate::tail::JumpDiffusion;
use crate::testing::assert_close;

const RESALE: Resale = Resale {
    energy_price: 0.05,
    decay: 0.3,
    discount: 0.15,
    life: 4.0,
    scrap: 1.0,
};

const MARKET: MiningMarket = MiningMarket {
    price: 40_000.0,
    coins: 0.002,
};

const CALM: Surroundings = Surroundings {
    rule: WindowRule::BITCOIN,
    found: 500.0,
    elasticity: 0.5,
    installed: 1.2,
    growth: 0.3,
    sold: 0.5,
};

const LOAN: CoinLoan = CoinLoan {
    debt: 2e6,
    collateral: 100.0,
    call_ltv: 0.7,
    liquidation_ltv: 0.8,
    interest: 0.1,
};

fn holder() -> LeveragedMiner {
    LeveragedMiner {
        operation: None,
        cash: 0.0,
        coins: 0.0,
        coin_loan: Some(LOAN),
        equipment: None,
        resale: RESALE,
    }
}

fn miner(energy_price: f64) -> LeveragedMiner {
    let site = Site {
        energy_price,
        overhead: 1.05,
        uptime: 0.97,
        pool_fee: 0.01,
        operation: 500.0,
    };
    let unit = Unit {
        machine: Machine::new(104.0, 3068.0).unwrap(),
        count: 1000.0,
        price: 4000.0,
        life: 4.0,
        salvage: 0.0,
    };
    LeveragedMiner {
        operation: Some((site, Fleet::new(vec![unit]).unwrap())),
        ..holder()
    }
}

fn run(paths: usize) -> Run {
    Run::new(paths, 7, 2, Sampling::Pseudo).unwrap()
}

fn diffusion(jumps: f64) -> PriceProcess {
    PriceProcess::Merton(JumpDiffusion::new(0.05, 0.7, jumps, -0.05, 0.1).unwrap())
}

fn risk(miner: &LeveragedMiner, surroundings: &Surroundings, process: &PriceProcess) -> CallRisk {
    simulated_risk(miner, &MARKET, surroundings, process, 90, &run(8_192), 0.99).unwrap()
}

#[test]
fn a_loan_at_rest_is_called_as_often_as_the_closed_form_says() {
    let risk = risk(&holder(), &CALM, &diffusion(0.0));
    for (ltv, simulated) in [(0.7, risk.call), (0.8, risk.liquidation)] {
        let exact = passage_probability(&LOAN, ltv, 40_000.0, 0.05, 0.7, 90.0 / 365.0).unwrap();
        assert!(
            simulated.low <= exact && exact <= simulated.high,
            "{simulated:?} {exact}"
        );
    }
    assert_eq!(risk.covenant.value, 0.0);
}

#[test]
fn the_closed_form_knows_its_limits() {
    let probability = |ltv, price| passage_probability(&LOAN, ltv, price, 0.0, 0.7, 1.0).unwrap();
    assert_eq!(probability(0.7, 20_000.0), 1.0);
    assert_close(probability(0.7, 1e9), 0.0, 1e-12);
    assert!(probability(0.7, 40_000.0) > probability(0.8, 40_000.0));
    let free = CoinLoan { debt: 0.0, ..LOAN };
    assert_eq!(passage_probability(&free, 0.7, 1.0, 0.0, 0.7, 1.0).unwrap(), 0.0);
    // without volatility interest alone decides: ln(0.7/0.5)/0.1 years
    let calm = |years| passage_probability(&LOAN, 0.7, 40_000.0, 0.0, 0.0, years).unwrap();
    assert_eq!((calm(3.36), calm(3.37)), (0.0, 1.0));
    assert!(passage_probability(&LOAN, 0.0, 1.0, 0.0, 0.7, 1.0).is_err());
    assert!(passage_probability(&LOAN, 0.7, 1.0, f64::NAN, 0.7, 1.0).is_err());
    assert!(passage_probability(&LOAN, 0.7, 1.0, 0.0, 0.7, -1.0).is_err());
}

#[test]
fn a_more_volatile_coin_is_called_more_often() {
    let at_rest = |volatility| passage_probability(&LOAN, 0.7, 40_000.0, 0.0, volatility, 0.5).unwrap();
    let probabilities = [0.2, 0.4, 0.7, 1.0, 1.4].map(at_rest);
    assert!(
        probabilities.windows(2).all(|pair| pair[0] < pair[1]),
        "{probabilities:?}"
    );
}

#[test]
fn coins_that_are_mined_protect_and_costs_that_are_not_paid_endanger() {
    let at_rest = risk(&holder(), &CALM, &diffusion(0.0)).call.value;
    let cheap = risk(&miner(0.02), &CALM, &diffusion(0.0)).call.value;
    let all_sold = Surroundings { sold: 1.0, ..CALM };
    // machines that do not pay, and a wage bill
    let mut dear = miner(0.5);
    dear.operation.as_mut().unwrap().0.operation = 4_000.0;
    let dear = risk(&dear, &all_sold, &diffusion(0.0)).call.value;
    assert!(
        cheap < at_rest - 0.02 && at_rest + 0.02 < dear,
        "{cheap} {at_rest} {dear}"
    );
}

#[test]
fn jumps_leave_less_time_and_a_bootstrap_is_watched_day_by_day() {
    let smooth = risk(&miner(0.05), &CALM, &diffusion(0.0));
    let jumpy = risk(&miner(0.05), &CALM, &diffusion(12.0));
    assert!(jumpy.liquidation.value > smooth.liquidation.value);
    assert!(smooth.liquidation.value <= smooth.call.value);
    let daily: Vec<f64> = (0..100)
        .map(|i| if i % 2 == 0 { 0.036 } else { -0.037 })
        .collect();
    let resampled = PriceProcess::Bootstrap(Bootstrap::new(&daily, 1.0).unwrap());
    let watched = risk(&miner(0.05), &CALM, &resampled).call;
    assert!(
        (watched.value - smooth.call.value).abs() < 0.1,
        "{watched:?} {smooth:?}"
    );
}

#[test]
fn hash_rate_that_yields_eases_a_covenant_on_machines_until_it_overshoots() {
    let equipment = EquipmentLoan {
        principal: 1e6,
        interest: 0.12,
        instalments: 24,
        covenant_ltv: Some(0.9),
        covenant_cover: None,
    };
    let miner = LeveragedMiner {
        equipment: Some(equipment),
        coins: 20.0,
        ..miner(0.05)
    };
    let breach = |elasticity| {
        let surroundings = Surroundings {
            elasticity,
            growth: 0.0,
            installed: 10.0,
            ..CALM
        };
        risk(&miner, &surroundings, &diffusion(0.0)).covenant.value
    };
    let (stiff, supple, cobweb) = (breach(0.0), breach(0.5), breach(1.0));
    assert!(
        0.1 < supple && supple < stiff && stiff < cobweb && cobweb < 0.9,
        "{stiff} {supple} {cobweb}"
    );
}

#[test]
fn the_answer_depends_on_the_seed_and_not_on_the_threads() {
    let with = |seed, threads| {
        let run = Run::new(1_024, seed, threads, Sampling::Pseudo).unwrap();
        simulated_risk(&miner(0.05), &MARKET, &CALM, &diffusion(5.0), 30, &run, 0.99).unwrap()
    };
    assert_eq!(with(1, 1), with(1, 3));
    assert_ne!(with(1, 1), with(2, 1));
}

#[test]
fn surroundings_outside_their_domain_are_refused() {
    for broken in [
        Surroundings {
            elasticity: -1.0,
            ..CALM
        },
        Surroundings {
            installed: 0.5,
            ..CALM
        },
        Surroundings {
            growth: f64::NAN,
            ..CALM
        },
        Surroundings { sold: 1.5, ..CALM },
        Surroundings {
            found: 3_000.0,
            ..CALM
        },
    ] {
        let risk = simulated_risk(&holder(), &MARKET, &broken, &diffusion(0.0), 30, &run(256), 0.99);
        assert!(risk.is_err(), "{broken:?}");
    }
    for days in [0, 100_000] {
        assert!(simulated_risk(&holder(), &MARKET, &CALM, &diffusion(0.0), days, &run(256), 0.99).is_err());
    }
}
