//! No input makes a model of mining efficiency panic, and no answer is NaN or infinite.
#![allow(clippy::unwrap_used)]

mod common;

use common::arbitrary::{number, numbers, sound};
use hurdle_model::pow::economics::{
    Account, Books, BreakEven, Conditions, Depreciation, Prospect, break_even_energy_price,
    break_even_hashprice, cost_per_terahash, decline_of_hashprice, operate, operate_held, prospects,
    sensitivities,
};
use hurdle_model::pow::expected::{Outlook, expected_hashprice};
use hurdle_model::pow::propagation::{Propagation, block_space_supply, fork_probability};
use hurdle_model::pow::rewards::{
    BlockIncome, PoolMember, PoolScheme, Rewards, Solvency, fee_statistics, pool_reserve,
};
use hurdle_model::pow::{
    BlockReward, Fleet, Machine, MiningDay, MiningHistory, MiningMarket, PowChain, Site, Unit,
};
use proptest::prelude::*;

fn whole(account: &Account) {
    for value in [
        account.revenue,
        account.expenditure(),
        account.ebitda(),
        account.operating_profit(),
        account.capital,
        account.hash_rate,
    ] {
        assert!(value.is_finite(), "{account:?}");
    }
    for value in [
        account.ebitda_margin(),
        account.operating_margin(),
        account.efficiency(),
        account.hash_cost(),
        account.joules_per_terahash(),
    ] {
        assert!(value.is_none_or(f64::is_finite), "{account:?}");
    }
    sound(account.return_on_capital());
}

fn even(price: &BreakEven) {
    for value in [price.cash, price.operation, price.depreciation, price.hurdle] {
        assert!(value.is_finite(), "{price:?}");
    }
}

/// Positive and of a size that machines may have, now and then anything.
fn size() -> impl Strategy<Value = f64> {
    prop_oneof![6 => 1e-3_f64..1e5, 1 => number()]
}

fn unit() -> impl Strategy<Value = Unit> {
    (prop::array::uniform5(size()), 0.0_f64..1.0).prop_map(
        |([hash_rate, power, count, price, life], share)| Unit {
            machine: Machine { hash_rate, power },
            count,
            price,
            life,
            salvage: price * share,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..common::reproducible() })]

    #[test]
    fn fleets(
        units in prop::collection::vec(unit(), 0..4),
        x in prop::array::uniform12(size()),
        shares in prop::array::uniform3(0.0_f64..1.2),
        states in prop::collection::vec(any::<bool>(), 0..4),
        ages in numbers(4),
    ) {
        let [a, b, c, d, e, f, g, h, i, j, k, l] = x;
        let Ok(fleet) = Fleet::new(units) else { return Ok(()) };
        let site = Site {
            energy_price: a, overhead: 1.0 + shares[0], uptime: shares[1], pool_fee: shares[2] / 4.0, operation: b,
        };
        let market = MiningMarket { price: c, coins: d };
        let method = if states.is_empty() {
            Depreciation::StraightLine
        } else {
            Depreciation::DecliningBalance { factor: e }
        };
        let books = Books::new(&fleet, method, ages).unwrap_or_else(|_| Books::at_purchase(&fleet));
        for statement in [
            operate(&fleet, &site, &market, &books),
            operate_held(&fleet, &site, &market, &books, &states),
        ].into_iter().flatten() {
            whole(&statement.total);
            statement.lines.iter().for_each(|line| whole(&line.account));
        }
        for prices in [
            break_even_hashprice(&fleet, &site, &books, f),
            break_even_energy_price(&fleet, &site, &market, &books, f),
        ].into_iter().flatten() {
            even(&prices.fleet);
            even(&prices.all_running);
            prices.units.iter().for_each(even);
        }
        let conditions = Conditions {
            chain: PowChain::BITCOIN, price: g, difficulty: h, reward: BlockReward { subsidy: i, fees: j },
        };
        if let Ok(all) = sensitivities(&fleet, &site, &conditions, &books) {
            for figure in [Some(all.operating_profit), all.ebitda_margin, all.break_even_distance].into_iter().flatten() {
                assert!(figure.value.is_finite() && figure.gradient.iter().all(|slope| slope.is_finite()));
                assert!(figure.hessian.iter().flatten().all(|second| second.is_finite()));
                assert!(figure.elasticities().is_none_or(|all| all.iter().all(|one| one.is_finite())));
            }
        }
        if let Ok(machines) = prospects(&fleet, &site, &market, k / 1e4) {
            for machine in machines {
                sound(machine.value(l / 1e4));
            }
        }
        sound(cost_per_terahash(&fleet));
        for unit in fleet.units() {
            sound(method.book_value(unit, k));
            sound(method.charge(unit, k, l));
        }
    }

    #[test]
    fn machines_and_horizons(x in prop::array::uniform12(number()), sizes in prop::array::uniform6(size()), n in any::<u64>()) {
        let [a, b, c, d, e, f, g, h, i, j, k, l] = x;
        let [p, q, r, s, t, u] = sizes;
        for machine in [
            Prospect { price: a, income: b, cost: c, decline: d, life: e, salvage: f },
            Prospect { price: p, income: q, cost: r, decline: s / 1e4, life: t / 1e4, salvage: u },
        ] {
            sound(machine.value(g));
            sound(machine.net_present_value(g));
            sound(machine.service());
            for found in [machine.internal_rate_of_return(), machine.payback(g), machine.economic_life()] {
                sound(found.map(|found| found.unwrap_or(0.0)));
            }
            sound(machine.impairment(h, g).map(|impairment| impairment.loss + impairment.recoverable));
            sound(machine.after(i).map(|machine| machine.income));
            sound(machine.aged(i).map(|machine| machine.life));
        }
        sound(decline_of_hashprice(a));
        let day = Outlook { price: p, difficulty: q, fees: r, blocks: s, variance: t / 1e4, covariance: u / 1e4 };
        let odd = Outlook { price: a, difficulty: b, fees: c, blocks: d, variance: e, covariance: f };
        for days in [&[day; 3][..], &[odd], &[day, odd]] {
            if let Ok(expected) = expected_hashprice(&PowChain::BITCOIN, n, days) {
                assert!(expected.hashprice.is_finite() && expected.coins.is_finite() && expected.blocks.is_finite());
            }
        }
        sound(fork_probability(a, b));
        sound(block_space_supply(a, b, c, d));
        let propagation = Propagation {
            block_seconds: p, share: g, sending: q, per_byte: h, receiving: r, followed: i,
        };
        if let Ok(risk) = propagation.orphan_risk(s, BlockReward { subsidy: t, fees: u }) {
            assert!((0.0..=1.0).contains(&risk.orphaned) && risk.loss.is_finite() && risk.fee_per_byte.is_finite());
        }
        let recorded = [j, k, l].into_iter().zip(0..).map(|(fees, day)| MiningDay {
            time: day * 86_400, price: p, blocks: q, issuance: r, fees, hash_rate: s,
        });
        if let Ok(statistics) = MiningHistory::new(recorded.collect()).and_then(|history| fee_statistics(&history)) {
            assert!(statistics.mean.is_finite() && statistics.variation.is_finite());
        }
    }

    #[test]
    fn rewards(x in prop::array::uniform8(number()), sizes in prop::array::uniform6(size()), n in any::<u32>()) {
        let [a, b, c, d, e, f, g, h] = x;
        let [p, q, r, s, t, u] = sizes;
        let likely = BlockIncome { subsidy: p, fees: q, fee_variation: r / 1e4 };
        for (income, blocks) in [(likely, s), (BlockIncome { subsidy: a, fees: b, fee_variation: c }, d)] {
            if let Ok(rewards) = Rewards::new(blocks, income) {
                for value in [rewards.mean(), rewards.variance(), rewards.variation(), rewards.skewness()] {
                    assert!(value.is_finite(), "{rewards:?} {value}");
                }
                sound(rewards.cdf(t));
                sound(rewards.cdf(e));
                sound(rewards.quantile(f));
                sound(rewards.quantile(t / 1e5));
                sound(rewards.at_most(n));
            }
            for (paid, ruin) in [(income.mean() * 0.98, 0.01), (e, f)] {
                sound(pool_reserve(income, paid, ruin).map(|reserve| reserve.exact + reserve.diffusion));
            }
            for scheme in [
                PoolScheme::Solo, PoolScheme::Proportional, PoolScheme::Pplns { window: u }, PoolScheme::Pps, PoolScheme::Fpps,
            ] {
                let member = PoolMember {
                    scheme, fee: g, blocks, pool_share: t / 1e5, network_share: t / 2e5, shares: u, income,
                };
                if let Ok(payout) = member.payout() {
                    assert!(payout.mean.is_finite() && payout.variance.is_finite());
                    assert!((0.0..=1.0).contains(&payout.probability_of_none), "{payout:?}");
                }
            }
            for miner in [
                Solvency { cash: t, expenses: u, blocks, income },
                Solvency { cash: g, expenses: h, blocks, income },
            ] {
                sound(miner.ever());
                sound(miner.ruin_probability(t));
                sound(miner.ruin_probability(h));
            }
        }
    }
}
