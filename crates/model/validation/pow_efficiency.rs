//! Mining efficiency against recorded days, published figures, and scipy and 120-digit decimals;
//! `reference/pow_efficiency.py` made the constants.

mod recorded;

use super::{Check, Tolerance};
use hurdle_model::Result;
use hurdle_model::pow::economics::{Books, Conditions, Prospect, Sensitivity, sensitivities};
use hurdle_model::pow::propagation::{block_space_supply, fork_probability};
use hurdle_model::pow::rewards::{BlockIncome, Rewards, Solvency, pool_reserve};
use hurdle_model::pow::{BlockReward, Fleet, Machine, PowChain, Site, Unit};

fn check(what: &str, reference: &str, expected: f64, ours: Result<f64>, tolerance: Tolerance) -> Check {
    Check {
        what: what.to_owned(),
        reference: reference.to_owned(),
        expected,
        ours: ours.unwrap_or(f64::NAN),
        tolerance,
    }
}

/// Every check of mining efficiency; those on recorded data only where it is present.
pub fn checks() -> Vec<Check> {
    let mut checks = propagation();
    checks.extend(rewards());
    checks.extend(reserves());
    checks.extend(investment());
    checks.extend(derivatives());
    checks.extend(recorded::checks());
    checks
}

fn propagation() -> Vec<Check> {
    vec![
        check(
            "Fork rate at 11.37 s of ignorance, a block every 633.68 s",
            "1.78 %, Decker & Wattenhofer 2013 (they observed 1.69 %)",
            0.0178,
            fork_probability(11.37, 633.68),
            Tolerance::Absolute(5e-5),
        ),
        check(
            "Fees that pay for a megabyte at 10 s per megabyte, subsidy 25",
            "Rizun 2015, 25·(e^(10/600) − 1) by hand",
            0.420_158_3,
            block_space_supply(25.0, 1e6, 1e-5, 600.0),
            Tolerance::Relative(1e-6),
        ),
    ]
}

const SKEWED: BlockIncome = BlockIncome {
    subsidy: 3.125,
    fees: 0.8,
    fee_variation: 1.5,
};

fn rewards() -> Vec<Check> {
    let scipy = "scipy 1.17.1, Poisson mixture of gamma distributions";
    let poisson = |blocks: f64| Rewards::new(blocks, SKEWED);
    let mut checks = vec![
        check(
            "P(at most 3 blocks) of 2.5 expected",
            "scipy 1.17.1 stats.poisson.cdf",
            0.757_576_133_133_066_2,
            poisson(2.5).and_then(|rewards| rewards.at_most(3)),
            Tolerance::Relative(1e-13),
        ),
        check(
            "P(at most 100,040 blocks) of 100,000 expected",
            "scipy 1.17.1 stats.poisson.cdf",
            0.551_159_202_870_387,
            poisson(1e5).and_then(|rewards| rewards.at_most(100_040)),
            Tolerance::Relative(1e-9),
        ),
        check(
            "95 % quantile of 3 blocks of 3.125 and fees of 0.8 that vary by 1.5",
            scipy,
            24.724_182_898_233_497,
            poisson(3.0).and_then(|rewards| rewards.quantile(0.95)),
            Tolerance::Relative(1e-10),
        ),
        check(
            "their skewness",
            "scipy 1.17.1, moments by quadrature",
            0.689_804_369_093_017_3,
            poisson(3.0).map(|rewards| rewards.skewness()),
            Tolerance::Relative(1e-8),
        ),
    ];
    checks.extend(
        [
            (0.0, 0.049_787_068_367_863_944),
            (6.0, 0.189_782_941_161_251_72),
            (13.0, 0.603_900_540_537_275_9),
            (30.0, 0.984_985_411_023_100_4),
        ]
        .into_iter()
        .map(|(income, expected)| {
            check(
                &format!("P(income ≤ {income}) of them"),
                scipy,
                expected,
                poisson(3.0).and_then(|rewards| rewards.cdf(income)),
                Tolerance::Relative(1e-12),
            )
        }),
    );
    checks
}

fn reserves() -> Vec<Check> {
    let block = BlockIncome {
        subsidy: 50.0,
        fees: 0.0,
        fee_variation: 0.0,
    };
    let mut checks = vec![
        check(
            "PPS reserve for a ruin of 1/1000 at a fee of 5 %, B = 50",
            "3,454, Rosenfeld 2011",
            3_454.0,
            pool_reserve(block, 47.5, 1e-3).map(|reserve| reserve.diffusion),
            Tolerance::Absolute(0.5),
        ),
        check(
            "exact FPPS reserve with random fees, 3.8 paid of 3.925",
            "scipy 1.17.1, brentq on the Laplace transform by quadrature",
            1e3_f64.ln() / 0.015_210_551_087_316_015,
            pool_reserve(SKEWED, 3.8, 1e-3).map(|reserve| reserve.exact),
            Tolerance::Relative(1e-10),
        ),
    ];
    let miner = Solvency {
        cash: 10.0,
        expenses: 0.8,
        blocks: 0.25,
        income: BlockIncome {
            subsidy: 4.0,
            ..block
        },
    };
    checks.extend(
        [
            (20.0, 0.083_274_878_131_013_67),
            (60.0, 0.223_882_707_886_796_32),
            (365.0, 0.310_383_475_129_352_9),
        ]
        .into_iter()
        .map(|(days, expected)| {
            check(
                &format!("Ruin of a solo miner within {days} days"),
                "Bolshev's recursion for ordered uniforms in 120 digits",
                expected,
                miner.ruin_probability(days),
                Tolerance::Relative(1e-12),
            )
        }),
    );
    checks
}

fn investment() -> Vec<Check> {
    let machine = Prospect {
        price: 1800.0,
        income: 3000.0,
        cost: 1400.0,
        decline: 0.2,
        life: 5.0,
        salvage: 200.0,
    };
    let or_none = |value: Result<Option<f64>>| value.map(|value| value.unwrap_or(f64::NAN));
    [
        (
            "Net present value of a machine whose income falls by 20 % a year",
            591.824_258_983_478_1,
            machine.net_present_value(0.15),
        ),
        (
            "its internal rate of return",
            0.489_837_435_575_012_8,
            or_none(machine.internal_rate_of_return()),
        ),
        (
            "its discounted payback, years",
            1.778_637_204_643_761_5,
            or_none(machine.payback(0.15)),
        ),
    ]
    .into_iter()
    .map(|(what, expected, ours)| {
        let scipy = "scipy 1.17.1, quad and brentq";
        check(what, scipy, expected, ours, Tolerance::Relative(1e-9))
    })
    .collect()
}

fn derivatives() -> Vec<Check> {
    let unit = |hash_rate, power, count, price, salvage, life| Unit {
        machine: Machine { hash_rate, power },
        count,
        price,
        life,
        salvage,
    };
    let site = Site {
        energy_price: 0.05,
        overhead: 1.05,
        uptime: 0.97,
        pool_fee: 0.01,
        operation: 1500.0,
    };
    let conditions = Conditions {
        chain: PowChain::BITCOIN,
        price: 40_000.0,
        difficulty: 2.5e13,
        reward: BlockReward {
            subsidy: 6.25,
            fees: 0.4,
        },
    };
    let found = Fleet::new(vec![
        unit(104.0, 3068.0, 1000.0, 4000.0, 200.0, 4.0),
        unit(68.0, 3360.0, 500.0, 1500.0, 100.0, 3.0),
    ])
    .and_then(|fleet| sensitivities(&fleet, &site, &conditions, &Books::at_purchase(&fleet)));
    let profit = found.clone().map(|found| found.operating_profit);
    let margin = found.and_then(|found| {
        found
            .ebitda_margin
            .ok_or(hurdle_model::ModelError::Unidentified { what: "margin" })
    });
    let row = |figure: &str, entry: String, expected: f64, ours: Result<f64>| {
        let tolerance = if expected == 0.0 {
            Tolerance::Absolute(1e-15)
        } else {
            Tolerance::Relative(1e-12)
        };
        let reference = "central differences in 120 digits";
        check(
            &format!("{figure}: {entry}"),
            reference,
            expected,
            ours,
            tolerance,
        )
    };
    let mut checks = Vec::new();
    let names = ["price", "difficulty", "fees", "energy price"];
    type Figure = (
        &'static str,
        Result<Sensitivity>,
        [f64; 5],
        [(usize, usize, f64); 6],
    );
    let figures: [Figure; 2] = [
        (
            "Operating profit of a fleet",
            profit,
            [
                17_819.902_748_525_496,
                0.709_122_937_023_639_7,
                -1.134_596_699_237_823_6e-9,
                4_265.401_124_954_224,
                -116_060.112,
            ],
            [
                (0, 1, -2.836_491_748_094_559e-14),
                (0, 3, 0.0),
                (1, 1, 9.076_773_593_902_588e-23),
                (1, 2, -1.706_160_449_981_689_4e-10),
                (1, 3, 0.0),
                (2, 2, 0.0),
            ],
        ),
        (
            "EBITDA margin of a fleet",
            margin,
            [
                0.735_108_528_912_280_2,
                6.372_286_777_192_995e-6,
                -1.019_565_884_350_879_2e-14,
                0.038_329_544_524_469_14,
                -4.050_761_330_689_041,
            ],
            [
                (0, 1, 2.548_914_710_877_198e-19),
                (0, 3, 0.000_101_269_033_267_226_03),
                (1, 1, 0.0),
                (1, 2, 1.533_181_780_978_765_6e-15),
                (1, 3, -1.620_304_532_275_616_6e-13),
                (2, 2, -0.011_527_682_563_750_119),
            ],
        ),
    ];
    for (figure, ours, first, second) in figures {
        checks.push(row(
            figure,
            "value".to_owned(),
            first[0],
            ours.map(|ours| ours.value),
        ));
        for (i, name) in names.into_iter().enumerate() {
            let entry = format!("first derivative by {name}");
            checks.push(row(
                figure,
                entry,
                first[i + 1],
                ours.map(|ours| ours.gradient[i]),
            ));
        }
        for (i, j, expected) in second {
            let entry = format!("second derivative by {} and {}", names[i], names[j]);
            checks.push(row(figure, entry, expected, ours.map(|ours| ours.hessian[i][j])));
        }
    }
    checks
}
