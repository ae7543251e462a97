//! No input makes a miner's decisions panic, and no answer is NaN or infinite.
#![allow(clippy::unwrap_used)]

mod common;

use common::arbitrary::number;
use hurdle_model::pow::backtest::{Restart, days, records};
use hurdle_model::pow::decision::migration::{
    ChainRevenue, LogRatio, MigrationRule, SwitchingCost, band, merge_mined, run, split,
};
use hurdle_model::pow::decision::{
    Block, Commitment, Contracts, DemandResponse, GridHour, Operation, PolicyRule, PowerPurchase, Schedule,
    SeasonalForecast, Spot, under_limit,
};
use hurdle_model::pow::{Fleet, Machine, MiningDay, MiningHistory, Site, Unit};
use proptest::prelude::*;

/// A number of any kind in one case of five, else one of a plausible size.
fn figure(low: f64, high: f64) -> impl Strategy<Value = f64> {
    prop_oneof![1 => number(), 12 => low..high]
}

fn site() -> impl Strategy<Value = Site> {
    (
        figure(-0.1, 0.3),
        figure(1.0, 2.0),
        figure(0.1, 1.0),
        figure(0.0, 0.5),
        figure(0.0, 1e4),
    )
        .prop_map(|(energy_price, overhead, uptime, pool_fee, operation)| Site {
            energy_price,
            overhead,
            uptime,
            pool_fee,
            operation,
        })
}

fn machine() -> impl Strategy<Value = Machine> {
    (figure(0.1, 300.0), figure(10.0, 6e3)).prop_map(|(hash_rate, power)| Machine { hash_rate, power })
}

fn block() -> impl Strategy<Value = (Vec<Machine>, f64, Commitment)> {
    (
        prop::collection::vec(machine(), 0..4),
        figure(1.0, 1e4),
        0usize..4,
        0usize..4,
        figure(0.0, 100.0),
        0usize..3,
    )
        .prop_map(|(points, count, min_run, min_down, start_cost, stages)| {
            let commitment = Commitment {
                min_run,
                min_down,
                start_cost,
                stages,
            };
            (points, count, commitment)
        })
}

fn contracts() -> impl Strategy<Value = Contracts> {
    let purchase = (
        figure(0.0, 1e4),
        figure(0.0, 0.1),
        figure(0.0, 1.0),
        prop::option::of(figure(0.0, 0.02)),
    )
        .prop_map(|(power, price, take_or_pay, resale)| PowerPurchase {
            power,
            price,
            take_or_pay,
            resale,
        });
    let response = (
        figure(0.0, 20.0),
        figure(0.0, 0.1),
        figure(0.0, 1.0),
        0usize..6,
        0usize..4,
        0usize..10,
        0usize..4,
    )
        .prop_map(
            |(power, availability, payment, hours, calls, period, notice)| DemandResponse {
                power,
                availability,
                payment,
                hours,
                calls,
                period,
                notice,
            },
        );
    (
        figure(1.0, 1e5),
        prop::option::of(figure(0.0, 0.02)),
        prop::option::of(purchase),
        prop::option::of(response),
    )
        .prop_map(|(max_load, fee, purchase, response)| Contracts {
            max_load,
            spot: fee.map(|fee| Spot { fee }),
            purchase,
            response,
        })
}

fn hours() -> impl Strategy<Value = Vec<GridHour>> {
    let hour = (
        prop_oneof![1 => number(), 60 => -0.1f64..0.5],
        prop_oneof![1 => number(), 60 => 0.0f64..300.0],
        prop_oneof![1 => number(), 60 => 0.1f64..1.0],
    )
        .prop_map(|(price, hashprice, derating)| GridHour {
            price,
            hashprice,
            derating,
        });
    prop::collection::vec(hour, 0..12)
}

fn sound(schedule: &Schedule) {
    let totals = schedule.totals;
    for value in [
        totals.profit,
        totals.revenue,
        totals.energy_cost,
        totals.energy,
        totals.payments,
    ] {
        assert!(value.is_finite(), "{totals:?}");
    }
    for hour in &schedule.hours {
        assert!(hour.load.is_finite() && hour.hash_rate.is_finite() && hour.profit.is_finite());
        for reason in &hour.reasons {
            let (revenue, energy) = reason.figures();
            assert!(revenue.is_finite() && energy.is_finite(), "{reason:?}");
        }
    }
}

fn history() -> impl Strategy<Value = Option<MiningHistory>> {
    let day = (
        figure(1.0, 1e5),
        figure(1.0, 1e3),
        figure(0.0, 1e3),
        figure(0.0, 10.0),
        figure(1.0, 1e8),
    );
    prop::collection::vec(day, 1..40).prop_map(|days| {
        let day =
            |(index, (price, blocks, issuance, fees, hash_rate)): (usize, (f64, f64, f64, f64, f64))| {
                MiningDay {
                    time: index as i64 * 86_400,
                    price,
                    blocks,
                    issuance,
                    fees,
                    hash_rate,
                }
            };
        // an inadmissible day makes the whole inadmissible: keep the others
        let days = days.into_iter().enumerate().map(day);
        let admissible = days.filter(|day| MiningHistory::new(vec![*day]).is_ok());
        MiningHistory::new(admissible.collect()).ok()
    })
}

proptest! {
    #![proptest_config(common::reproducible())]

    #[test]
    fn dispatch_and_selection(
        site in site(), blocks in prop::collection::vec(block(), 0..4), contracts in contracts(), hours in hours(),
        horizon in 0usize..10, memory in 0usize..20, days in 0usize..4, persistence in figure(0.0, 1.0),
        hashprice in figure(0.0, 300.0), derating in figure(0.1, 1.0), limit in figure(0.1, 1e4),
    ) {
        let blocks: Vec<Block> = blocks
            .into_iter()
            .filter_map(|(points, count, commitment)| Block::new(points, count, commitment).ok())
            .collect();
        if let Ok(found) = under_limit(&site, &blocks, hashprice, derating, limit) {
            prop_assert!(found.margin.is_finite() && found.load.is_finite() && found.per_kilowatt.is_finite());
            prop_assert!(found.machines.iter().flatten().all(|machines| machines.is_finite()));
        }
        if let Ok(operation) = Operation::new(site, blocks, contracts) {
            let rule = PolicyRule { horizon, memory };
            let forecast = SeasonalForecast { days, persistence };
            for schedule in [
                operation.optimum(&hours),
                operation.policy(&hours, &rule, &forecast),
                operation.always_run(&hours),
            ]
            .into_iter()
            .flatten()
            {
                sound(&schedule);
            }
        }
    }

    #[test]
    fn fleets_over_days(
        history in history(), site in site(), machines in prop::collection::vec((machine(), figure(1.0, 1e4)), 0..4),
        delay in 0u16..5, margin in figure(0.0, 1.0), prices in prop::collection::vec(figure(-0.1, 0.3), 0..5),
    ) {
        let units = machines
            .into_iter()
            .map(|(machine, count)| Unit { machine, count, price: 1.0, life: 1.0, salvage: 0.0 })
            .collect();
        if let (Some(history), Ok(fleet)) = (history, Fleet::new(units)) {
            let restart = Restart { delay, margin };
            for record in records(&history, &fleet, &site, restart, &prices).into_iter().flatten() {
                for value in [record.profit, record.revenue, record.energy, record.drawdown, record.running_share] {
                    prop_assert!(value.is_finite(), "{record:?}");
                }
            }
            for day in days(&history, &fleet, &site, restart).into_iter().flatten() {
                prop_assert!(day.profit.is_finite() && day.running_share.is_finite(), "{day:?}");
            }
        }
    }

    #[test]
    fn migration_over_days(
        first in history(), second in history(), window in 0usize..25, refit in 0usize..5,
        downtime in figure(0.0, 1.0), forfeited in figure(0.0, 1.0), discount in figure(0.0, 1.0),
        hash_rate in figure(0.0, 1e6),
    ) {
        if let (Some(first), Some(second)) = (first, second) {
            let rule = MigrationRule {
                window, refit, cost: SwitchingCost { downtime, forfeited }, discount, hash_rate,
            };
            if let Ok(found) = run(&first, &second, &rule) {
                for value in [found.band.revenue, found.follow.revenue, found.bound] {
                    prop_assert!(value.is_finite(), "{found:?}");
                }
                prop_assert!(found.band.revenue <= found.bound * (1.0 + 1e-12));
            }
            if let Ok(merged) = merge_mined(&first, &second) {
                prop_assert!(merged.days().iter().all(|day| day.fees.is_finite()));
            }
        }
    }

    #[test]
    fn splits(
        chains in prop::collection::vec((figure(1.0, 1e9), figure(1.0, 1e9), figure(0.0, 0.5)), 0..4),
        own in figure(1.0, 1e9), cost in figure(0.0, 1.0),
    ) {
        let chains: Vec<ChainRevenue> = chains
            .into_iter()
            .map(|(reward, hash_rate, impact)| ChainRevenue { reward, hash_rate, impact })
            .collect();
        if let Ok(found) = split(&chains, own, cost) {
            prop_assert!(found.profit.is_finite() && found.marginal.is_finite());
            prop_assert!(found.hash_rates.iter().all(|rate| rate.is_finite() && *rate >= 0.0), "{found:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..common::reproducible() })]

    #[test]
    fn bands_of_ratios(
        mean in figure(-1.0, 1.0), persistence in figure(0.0, 1.0), deviation in figure(0.001, 1.0),
        to_first in figure(0.0, 1.0), to_second in figure(0.0, 1.0), discount in figure(0.0, 1.0),
    ) {
        let process = LogRatio { mean, persistence, deviation };
        if let Ok(found) = band(&process, to_first, to_second, discount) {
            prop_assert!(found.to_first.is_finite() && found.to_first <= found.to_second, "{found:?}");
        }
    }
}
