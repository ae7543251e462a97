//! No input makes a model of staking, liquidity, latency, options or costs panic, and no answer is NaN or infinite.
#![allow(clippy::unwrap_used)]

mod common;

use common::arbitrary::{number, numbers, sound};
use hurdle_model::staking::BlendRule;
use hurdle_model::{Result, staking};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..common::reproducible() })]

    #[test]
    fn chains_feeds_and_pools(x in prop::array::uniform12(number()), n in any::<u32>(), ages in numbers(6)) {
        use hurdle_model::latency::{BlockTimes, OracleUpdates, PoolArbitrage, concentrated_lvr_rate, log_fee};
        use staking::{
            AggregateRule, ChainSource, CosmosStaking, EthereumStaking, InflationSchedule, MintRule, Reading, SolanaStaking,
        };
        let [a, b, c, d, e, f, g, h, i, j, k, l] = x;
        let whole = |chain: Result<staking::ChainYield>| {
            if let Ok(chain) = chain {
                assert!(chain.nominal.is_finite() && chain.supply_growth.is_finite() && chain.real.is_finite());
            }
        };
        let solana = SolanaStaking {
            schedule: InflationSchedule::SOLANA, slots: a, seconds_per_slot: b, staked_share: c, commission: d, uptime: e,
            tips: f, tip_commission: g, burn: h,
        };
        whole(solana.simple());
        whole(solana.effective());
        sound(solana.inflation());
        if let Ok(schedule) = InflationSchedule::new(a, b, c) {
            sound(schedule.mean(d, e));
        }
        let ethereum = EthereumStaking {
            staked: a, supply: b, participation: c, uptime: d, proposer_income: e, burnt: f, commission: g,
        };
        whole(ethereum.simple());
        sound(ethereum.issuance());
        sound(staking::base_reward_rate(a));
        sound(MintRule { goal: a, rate_change: b, min: c, max: d }.inflation_after(e, f, g));
        whole(CosmosStaking {
            inflation: a, bonded_ratio: b, community_tax: c, commission: d, block_pace: e, fees: f, burn: g,
        }.simple());
        sound(staking::compounded(a, b));
        sound(staking::supply_growth(a, b, c));
        let sources: Vec<_> = ages.iter().map(|&age_seconds| ChainSource {
            stake: a,
            reading: (age_seconds != 1.0).then_some(Reading { value: b + age_seconds, age_seconds, confidence: c }),
        }).collect();
        let rule = AggregateRule {
            blend: BlendRule { cap: d, trim: e }, half_life_seconds: f, max_age_seconds: g, tolerance: h,
            quorum: usize::from(i > 0.0),
        };
        if let Ok(result) = staking::aggregate(&sources, &rule) {
            assert!(result.mean.is_finite() && (0.0..=1.0).contains(&result.confidence));
            assert!(result.coverage.is_finite() && result.freshness.is_finite());
        }
        let feed = OracleUpdates {
            volatility: a, deviation: b, heartbeat_years: c, delay_years: d, fee: e, exposed: f, captured: g,
        };
        sound(feed.premium());
        sound(feed.cycle().map(|cycle| cycle.mean_years + cycle.heartbeat_probability));
        for blocks in [BlockTimes::Poisson(j), BlockTimes::Fixed(j)] {
            let pool = PoolArbitrage { volatility: k, fee: l, blocks };
            sound(pool.retained_share());
            sound(pool.profit_rate());
            sound(pool.fee_rate());
        }
        sound(concentrated_lvr_rate(a, b, c, d));
        sound(log_fee(a));
        if let Ok(payments) = hurdle_model::series::Series::new([(0, a), (i64::from(n) + 1, b)]) {
            sound(staking::realised_funding(&payments, n, c));
        }
    }

    #[test]
    fn venues_and_splits(x in prop::array::uniform12(number()), levels in prop::collection::vec((number(), number()), 0..5)) {
        use hurdle_model::liquidity::{
            Bid, Bids, ConcentratedPool, ConstantProduct, Execution, StableSwap, TickRange, Venue, optimal_split, tick_price,
        };
        let [a, b, c, d, e, f, g, h, i, j, k, l] = x;
        let constant = ConstantProduct::new(a, b, c);
        let mut levels = levels;
        levels.sort_by(|left, right| right.0.total_cmp(&left.0));
        let bids = Bids::new(levels.iter().map(|&(price, size)| Bid { price, size }).collect(), d);
        let mut ends = [f.abs(), g.abs(), i.abs()];
        ends.sort_by(f64::total_cmp);
        let range = |lower, upper, liquidity| TickRange { lower, upper, liquidity };
        let ranges = vec![range(ends[0], ends[1], h.abs()), range(ends[1], ends[2], j.abs())];
        let concentrated = ConcentratedPool::new(e.abs(), ranges, c.abs().fract());
        let stable = StableSwap::new(vec![a.abs(), b.abs(), k.abs()], l.abs() * 100.0, c.abs().fract());
        let pair = stable.as_ref().ok().and_then(|pool| pool.pair(0, 2).ok());
        let mut venues: Vec<&dyn Venue> = Vec::new();
        if let Ok(pool) = &constant {
            sound(pool.arbitrage(d).map(|trade| trade.profit));
            sound(pool.arbitrage(d).map(|trade| trade.base));
            venues.push(pool);
        }
        if let Ok(bids) = &bids {
            venues.push(bids);
        }
        if let Ok(pool) = &concentrated {
            let _ = pool.mirrored();
            venues.push(pool);
        }
        if let Some(pair) = &pair {
            sound(pair.marginal_price(d));
            venues.push(pair);
        }
        for venue in &venues {
            sound(venue.proceeds(k));
            sound(venue.amount_until(l));
            sound(venue.slippage(k, l));
        }
        if let Ok(split) = optimal_split(&venues, k) {
            assert!(split.proceeds.is_finite() && split.amounts.iter().all(|amount| amount.is_finite()));
            sound(split.slippage(l));
        }
        let order = Execution { immediate: a, permanent_share: b, recovery_rate: c, volatility: d, risk_loading: e };
        sound(order.cost(f).map(|cost| cost.total()));
        sound(order.best(f).map(|cost| cost.total()));
        #[allow(clippy::cast_possible_truncation)]
        sound(tick_price(a as i32));
    }

    #[test]
    fn options_costs_and_performance(x in prop::array::uniform12(number()), xs in numbers(12), n in any::<u32>()) {
        use hurdle_model::options::{OptionContract, OptionSide, Underlying};
        use hurdle_model::{carry, performance, trade_costs};
        let [a, b, c, d, e, f, g, h, i, j, k, l] = x;
        for side in [OptionSide::Call, OptionSide::Put] {
            for underlying in [Underlying::Spot { price: a, income: b }, Underlying::Future { price: a }] {
                let option = OptionContract { side, underlying, strike: c, years: d, rate: e };
                sound(option.value(f));
                sound(option.implied_volatility(g));
                if let Ok(value) = option.value(f) {
                    sound(option.implied_volatility(value));
                }
                if let Ok(all) = option.greeks(f) {
                    let each = [
                        all.value, all.delta, all.gamma, all.vega, all.theta, all.rho, all.carry_rho, all.vanna, all.volga,
                    ];
                    assert!(each.iter().all(|greek| greek.is_finite()));
                }
            }
        }
        let costs = trade_costs::TradeCosts {
            fixed: a, failed: b, success: c, fees: d, slippage: e, volatility: f, exposure_years: g, risk_loading: h,
            capital_share: i, capital_years: j, hurdle: k,
        };
        sound(costs.break_even(l));
        sound(costs.profit(l, a));
        sound(costs.smallest_size(l).map(|size| size.unwrap_or(0.0)));
        sound(costs.affordable(l));
        sound(trade_costs::pool_arbitrage_band(a, b, c));
        let cost = carry::CostOfCarry { financing: a, storage: b, income: c };
        sound(cost.rate());
        sound(cost.forward(d, e));
        sound(carry::implied_carry(a, b, c));
        let position = carry::PositionCarry { financing: a, income: b, margin_share: c, margin_yield: d, hurdle: e };
        sound(position.per_margin());
        sound(position.break_even_move(f));
        sound(performance::sharpe(&xs, a, n as usize % 14).map(|s| s.ratio + s.standard_error));
        sound(performance::sortino(&xs, a));
        sound(performance::annualisation_factor(n, &xs));
        sound(performance::annualisation_factor(n, &performance::tapered(&xs)));
        if let Ok(rho) = performance::autocorrelations(&xs, n as usize % 14) {
            assert!(rho.iter().all(|value| value.is_finite()));
        }
    }
}
