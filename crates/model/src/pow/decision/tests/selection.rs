//! Which machines run under a limit.

use super::*;
use crate::testing::assert_close;
use proptest::prelude::*;

fn point_blocks(counts: [f64; 2]) -> Vec<Block> {
    vec![
        Block::new(
            vec![
                machine(95.0, 3_250.0),
                machine(70.0, 1_950.0),
                machine(104.0, 4_000.0),
            ],
            counts[0],
            Commitment::default(),
        )
        .unwrap(),
        Block::new(
            vec![machine(14.0, 1_350.0), machine(10.0, 800.0)],
            counts[1],
            Commitment::default(),
        )
        .unwrap(),
    ]
}

fn plain() -> Site {
    Site {
        energy_price: 0.06,
        overhead: 1.0,
        uptime: 1.0,
        pool_fee: 0.0,
        operation: 0.0,
    }
}

/// The best whole-number choice of points, by trying all.
fn whole(counts: [usize; 2], hashprice: f64, limit: f64) -> f64 {
    let margin = |rate: f64, watts: f64| rate * hashprice / 1e3 - watts * 24.0 / 1e3 * 0.06;
    let mut best = 0.0f64;
    for under in 0..=counts[0] {
        for rated in 0..=counts[0] - under {
            for over in 0..=counts[0] - under - rated {
                for old in 0..=counts[1] {
                    for slow in 0..=counts[1] - old {
                        let n = [under, rated, over, old, slow].map(|n| n as f64);
                        let watts =
                            n[0] * 1_950.0 + n[1] * 3_250.0 + n[2] * 4_000.0 + n[3] * 1_350.0 + n[4] * 800.0;
                        if watts <= limit * 1e3 {
                            let rate = n[0] * 70.0 + n[1] * 95.0 + n[2] * 104.0 + n[3] * 14.0 + n[4] * 10.0;
                            best = best.max(margin(rate, watts));
                        }
                    }
                }
            }
        }
    }
    best
}

proptest! {
    #![proptest_config(crate::testing::reproducible())]

    #[test]
    fn whole_machines_reach_the_divisible_optimum_up_to_one(
        n in 1usize..5, m in 1usize..5, hashprice in 20.0f64..150.0, limit in 0.5f64..30.0, overhead in 1.0f64..1.0001,
    ) {
        let site = Site { overhead, ..plain() };
        let found = under_limit(&site, &point_blocks([n as f64, m as f64]), hashprice, 1.0, limit).unwrap();
        let best = whole([n, m], hashprice, limit / overhead);
        prop_assert!(found.load <= limit * (1.0 + 1e-12));
        prop_assert!(found.margin >= best - 0.01 * (1.0 + best));
        // one machine may be cut on an edge, and its place may be left empty
        prop_assert!(found.margin <= best + found.indivisibility.max(0.0) + 0.01 * (1.0 + best), "{found:?} {best}");
        for (block, at) in [n, m].iter().zip(&found.machines) {
            prop_assert!(at.iter().sum::<f64>() <= *block as f64 + 1e-9);
        }
    }
}

#[test]
fn a_tight_limit_underclocks_and_a_wide_one_overclocks() {
    let blocks = point_blocks([10.0, 10.0]);
    let at = |limit, hashprice| {
        under_limit(&plain(), &blocks, hashprice, 1.0, limit)
            .unwrap()
            .machines
    };
    assert_eq!(at(19.5, 100.0)[0], [0.0, 10.0, 0.0]);
    assert_eq!(at(1_000.0, 300.0)[0], [0.0, 0.0, 10.0]);
    // at 80 the last watts of overclocking cost more than they compute
    assert_eq!(at(1_000.0, 80.0)[0], [10.0, 0.0, 0.0]);
    let cut = under_limit(&plain(), &blocks, 100.0, 1.0, 9.75).unwrap();
    assert_close(cut.machines[0][1], 5.0, 1e-12);
    assert_close(cut.per_kilowatt, (70.0 / 1.95 * 100.0 / 1e3) - 24.0 * 0.06, 1e-12);
}

#[test]
fn heat_takes_revenue_but_no_power() {
    let blocks = point_blocks([10.0, 10.0]);
    let cool = under_limit(&plain(), &blocks, 60.0, 1.0, 1_000.0).unwrap();
    let hot = under_limit(&plain(), &blocks, 60.0, 0.6, 1_000.0).unwrap();
    assert!(hot.load < cool.load && hot.margin < cool.margin);
    assert!(under_limit(&plain(), &blocks, 60.0, 0.0, 1.0).is_err());
    assert!(under_limit(&plain(), &blocks, 60.0, 1.0, f64::NAN).is_err());
    assert!(under_limit(&plain(), &[], 60.0, 1.0, 1.0).is_err());
}
