use super::*;
use crate::normal;
use crate::pow::{MiningDay, MiningHistory};
use crate::testing::{Rng, assert_close, integrate};
use proptest::prelude::*;

const DAY: i64 = 86_400;

fn process(mean: f64, persistence: f64, deviation: f64) -> LogRatio {
    LogRatio {
        mean,
        persistence,
        deviation,
    }
}

#[test]
fn without_memory_the_band_solves_one_equation() {
    // x′ does not depend on x: D = g + β·m, m = E[clamp(g(x′) + β·m, −c₁, c₂)] by bisection and Simpson
    for (mean, deviation, first, second, discount) in [
        (0.0, 0.2, 0.05, 0.05, 0.99),
        (0.1, 0.3, 0.02, 0.4, 0.9),
        (-0.5, 1.0, 0.7, 0.1, 1.0),
    ] {
        let expected = |m: f64| {
            let f = |z: f64| {
                let x: f64 = mean + deviation * z;
                normal::density(z) * (2.0 * (x / 2.0).sinh() + discount * m).clamp(-first, second)
            };
            integrate(f, -8.5, 8.5, 20_000)
        };
        let (mut low, mut high) = (-first, second);
        for _ in 0..60 {
            let m = 0.5 * (low + high);
            if expected(m) > m { low = m } else { high = m }
        }
        let found = band(&process(mean, 0.0, deviation), first, second, discount).unwrap();
        let threshold = |level: f64| 2.0 * ((level - discount * low) / 2.0).asinh();
        assert_close(found.to_second, threshold(second), 2e-6);
        assert_close(found.to_first, threshold(-first), 2e-6);
    }
}

#[test]
fn a_slow_random_walk_has_the_cube_root_band() {
    // σ²/2·D″ + x = 0 with D(±b) = ±c and D′(±b) = 0: b³ = 3cσ²/2. Seen once a day instead of always, a boundary lies
    // 0.5826σ nearer (Chernoff 1965; Broadie, Glasserman & Kou 1997), and a move made now earns today's x as well.
    for (cost, deviation) in [(2.0, 0.002), (0.5, 0.002), (6.0, 0.001)] {
        let b = (1.5f64 * cost * deviation * deviation).cbrt();
        let found = band(&process(0.0, 1.0, deviation), cost, cost, 1.0).unwrap();
        assert_close(found.to_second, -found.to_first, 1e-9);
        let discrete = b - 0.5826 * deviation;
        assert_close(found.to_second / discrete, 1.0, 0.01);
    }
}

#[test]
fn without_cost_there_is_no_band_and_without_change_an_advantage_counts_for_ever() {
    let found = band(&process(0.3, 0.9, 0.1), 0.0, 0.0, 1.0).unwrap();
    assert_close(found.to_first, 0.0, 1e-12);
    assert_close(found.to_second, 0.0, 1e-12);
    // where nothing will change, today's advantage lasts for ever
    let still = band(&process(0.2, 1.0, 0.0), 0.1, 0.1, 0.9).unwrap();
    assert_close(still.to_second, 2.0 * (0.1f64 * 0.1 / 2.0).asinh(), 1e-4);
}

/// Mean advantage per day of a rule over a path.
fn earned(path: &[f64], to_first: f64, to_second: f64, cost: f64) -> f64 {
    let mut on_second = false;
    let mut total = 0.0;
    for x in path {
        let next = if on_second { *x > to_first } else { *x >= to_second };
        if next != on_second {
            total -= cost;
        }
        on_second = next;
        if on_second {
            total += 2.0 * (x / 2.0).sinh();
        }
    }
    total / path.len() as f64
}

#[test]
fn no_other_band_earns_more_on_a_long_path() {
    let (process, cost) = (process(0.02, 0.9, 0.05), 0.08);
    let mut rng = Rng::new(5);
    let mut x = 0.0;
    let path: Vec<f64> = (0..400_000)
        .map(|_| {
            x = process.next(x) + process.deviation * rng.normal();
            x
        })
        .collect();
    let found = band(&process, cost, cost, 1.0).unwrap();
    let best = earned(&path, found.to_first, found.to_second, cost);
    let mut others = f64::NEG_INFINITY;
    for low in 0..10 {
        for high in 0..10 {
            let (low, high) = (-0.15 + 0.02 * f64::from(low), -0.02 + 0.02 * f64::from(high));
            if low <= high {
                others = others.max(earned(&path, low, high, cost));
            }
        }
    }
    assert!(
        best >= others - 2e-5 && best > earned(&path, 0.0, 0.0, cost) + 1e-3,
        "{best} {others}"
    );
}

fn history(log_ratios: &[f64], sign: f64) -> MiningHistory {
    let day = |(index, ratio): (usize, &f64)| MiningDay {
        time: index as i64 * DAY,
        price: 100.0 * (0.5 * sign * ratio).exp(),
        blocks: 144.0,
        issuance: 900.0,
        fees: 100.0,
        hash_rate: 1e6,
    };
    MiningHistory::new(log_ratios.iter().enumerate().map(day).collect()).unwrap()
}

fn rule(cost: f64) -> MigrationRule {
    MigrationRule {
        window: 60,
        refit: 20,
        cost: SwitchingCost {
            downtime: cost,
            forfeited: cost,
        },
        discount: 1.0,
        hash_rate: 0.0,
    }
}

fn wandering(days: usize, seed: u64) -> Vec<f64> {
    let mut rng = Rng::new(seed);
    let mut x = 0.0;
    (0..days)
        .map(|_| {
            x = 0.9 * x + 0.05 * rng.normal();
            x
        })
        .collect()
}

#[test]
fn on_a_wandering_ratio_the_band_beats_staying_and_following() {
    let ratios = wandering(2_000, 3);
    let found = run(&history(&ratios, -1.0), &history(&ratios, 1.0), &rule(0.03)).unwrap();
    let best = found.band.revenue;
    assert!(
        best > found.first.revenue && best > found.second.revenue,
        "{found:?}"
    );
    assert!(best > found.follow.revenue && best < found.bound);
    assert!(found.band.moves < found.follow.moves);
    assert_eq!(found.days.len(), 1_940);
    let mined: usize = found.days.iter().filter(|day| day.on_second).count();
    assert_eq!(mined, found.band.days_on_second);
    assert!(found.first.moves == 0 && found.second.days_on_second == 1_940);
}

#[test]
fn no_day_depends_on_a_later_one() {
    let ratios = wandering(200, 9);
    let mut changed = ratios.clone();
    for ratio in &mut changed[150..] {
        *ratio = 0.3 - *ratio;
    }
    let [a, b] = [&ratios, &changed].map(|r| run(&history(r, -1.0), &history(r, 1.0), &rule(0.03)).unwrap());
    assert_eq!(a.days[..90], b.days[..90]);
    // the first changed day is mined where it would have been
    assert_eq!(a.days[90].on_second, b.days[90].on_second);
}

#[test]
fn what_is_outside_its_domain_is_refused() {
    let ratios = wandering(61, 1);
    let (first, second) = (history(&ratios, -1.0), history(&ratios, 1.0));
    assert!(run(&first, &second, &rule(0.1)).is_ok());
    for broken in [
        MigrationRule {
            window: 61,
            ..rule(0.1)
        },
        MigrationRule {
            window: 9,
            ..rule(0.1)
        },
        MigrationRule {
            refit: 0,
            ..rule(0.1)
        },
        MigrationRule {
            discount: 1.1,
            ..rule(0.1)
        },
        MigrationRule {
            hash_rate: f64::NAN,
            ..rule(0.1)
        },
        rule(-1.0),
    ] {
        assert!(run(&first, &second, &broken).is_err(), "{broken:?}");
    }
    assert!(band(&process(0.0, 1.1, 0.1), 0.1, 0.1, 1.0).is_err());
    assert!(band(&process(0.0, 0.9, 0.1), -0.1, 0.1, 1.0).is_err());
    assert!(LogRatio::fit(&[1.0, f64::NAN, 2.0]).is_err());
    assert_eq!(LogRatio::fit(&[0.5; 9]).unwrap(), process(0.5, 0.0, 0.0));
    assert!(split(&[], 1.0, 0.0).is_err());
}

#[test]
fn a_merge_mined_chain_adds_what_a_hash_earns_there() {
    use crate::pow::MiningMarket;
    let hashprice =
        |history: &MiningHistory, day: usize| MiningMarket::of_day(&history.days()[day]).unwrap().hashprice();
    let (first, mut second) = (
        history(&[0.1, 0.2, 0.3], -1.0),
        history(&[0.5, 0.6], 1.0).days().to_vec(),
    );
    second[0].hash_rate = 3e5;
    let second = MiningHistory::new(second).unwrap();
    let both = merge_mined(&first, &second).unwrap();
    assert_eq!(both.days().len(), 2);
    for day in 0..2 {
        assert_close(
            hashprice(&both, day),
            hashprice(&first, day) + hashprice(&second, day),
            1e-9,
        );
    }
}

fn chain(reward: f64, hash_rate: f64, impact: f64) -> ChainRevenue {
    ChainRevenue {
        reward,
        hash_rate,
        impact,
    }
}

#[test]
fn without_price_impact_the_split_fills_to_one_level() {
    // x = √(R·H/λ) − H on both chains: Σ(x + H) = Σ√(R·H)/√λ
    let chains = [chain(3e7, 2e8, 0.0), chain(1e6, 5e6, 0.0)];
    let own = 1e7;
    let root: f64 = chains.iter().map(|c| (c.reward * c.hash_rate).sqrt()).sum();
    let level = (root / (own + 2.05e8)).powi(2);
    let found = split(&chains, own, 0.0).unwrap();
    assert_close(found.marginal / level, 1.0, 1e-12);
    for (own, chain) in found.hash_rates.iter().zip(&chains) {
        let expected = (chain.reward * chain.hash_rate / level).sqrt() - chain.hash_rate;
        assert_close(own / expected, 1.0, 1e-9);
    }
    // dear energy leaves machines off, at the level of the cost
    let dear = split(&chains, 1e9, 0.1).unwrap();
    assert_close(dear.marginal, 0.1, 0.0);
    assert!(dear.hash_rates.iter().sum::<f64>() < 1e9);
}

proptest! {
    #![proptest_config(crate::testing::reproducible())]

    #[test]
    fn no_other_split_earns_more(
        rewards in prop::array::uniform3(1e3f64..1e6), rates in prop::array::uniform3(1e3f64..1e6),
        impacts in prop::array::uniform3(0.0f64..0.5), own in 1.0f64..1e6, cost in 0.0f64..2.0,
        weights in prop::array::uniform4(0.01f64..1.0),
    ) {
        let chains: Vec<ChainRevenue> = (0..3).map(|i| chain(rewards[i], rates[i], impacts[i])).collect();
        let found = split(&chains, own, cost).unwrap();
        let total: f64 = found.hash_rates.iter().sum();
        prop_assert!(total <= own * (1.0 + 1e-9));
        let sum: f64 = weights.iter().sum();
        let mut profit = 0.0;
        for (chain, weight) in chains.iter().zip(&weights) {
            let x = own * weight / sum;
            let share = x / (chain.hash_rate + x);
            profit += chain.reward * share * (1.0 - chain.impact * share) - cost * x;
        }
        prop_assert!(found.profit >= profit - 1e-6 * (1.0 + profit.abs()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..crate::testing::reproducible() })]

    #[test]
    fn dearer_moves_widen_the_band(
        mean in -0.2f64..0.2, persistence in 0.0f64..0.99, deviation in 0.01f64..0.3, cost in 0.01f64..0.5,
    ) {
        let process = process(mean, persistence, deviation);
        let narrow = band(&process, cost, cost, 0.999).unwrap();
        let wide = band(&process, 1.5 * cost, 1.5 * cost, 0.999).unwrap();
        prop_assert!(narrow.to_first < narrow.to_second);
        prop_assert!(wide.to_second - wide.to_first > narrow.to_second - narrow.to_first);
        // never wider than where one day alone pays for both moves
        prop_assert!(narrow.to_second <= 2.0 * cost.asinh() + 1e-9);
    }
}
