//! The treasury policy over recorded days of Bitcoin, in windows of two years that begin every half year.
#![allow(clippy::unwrap_used)]

mod common;

use common::{csv, recorded};
use hurdle_model::pow::treasury::{LoanTerms, Opening, Outcome, Policy, Setting, Strategy, backtest};
use hurdle_model::pow::{Fleet, Machine, MiningDay, MiningHistory, MiningMarket, Site, Unit};

const DAY: i64 = 86_400;

/// Days since 2012, with Unix times from a running number: the record has a row for every day.
fn bitcoin() -> Option<MiningHistory> {
    let text = recorded("pow/btc_daily_to_2024.csv")?;
    let days = csv(&text)
        .enumerate()
        .filter_map(|(row, day)| {
            Some(MiningDay {
                // 2009-01-03
                time: 1_230_940_800 + DAY * i64::try_from(row).ok()?,
                price: day.number("PriceUSD")?,
                blocks: day.number("BlkCnt")?,
                issuance: day.number("IssTotNtv")?,
                fees: day.number("FeeTotNtv")?,
                hash_rate: day.number("HashRate")?,
            })
        })
        .filter(|day| day.time >= 1_325_376_000)
        .collect();
    Some(MiningHistory::new(days).unwrap())
}

/// A miner of 1 PH/s whose energy takes 45 % of the first day's revenue and whose other operation 15 %.
fn setting(first: &MiningDay) -> Setting {
    let hashprice = MiningMarket::of_day(first).unwrap().hashprice();
    let energy_price = 0.05;
    let watts = 0.45 * hashprice / energy_price / 24.0 * 1e3;
    Setting {
        site: Site {
            energy_price,
            overhead: 1.0,
            uptime: 1.0,
            pool_fee: 0.0,
            operation: 0.15 * hashprice,
        },
        fleet: Fleet::new(vec![Unit {
            machine: Machine::new(1_000.0, watts).unwrap(),
            count: 1.0,
            price: 0.0,
            life: 4.0,
            salvage: 0.0,
        }])
        .unwrap(),
        terms: LoanTerms {
            advance_ltv: 0.5,
            call_ltv: 0.7,
            liquidation_ltv: 0.8,
            interest: 0.1,
            fee: 0.002,
        },
        opening: Opening {
            cash_days: 30.0,
            coin_days: 30.0,
            pledged_days: 180.0,
            ltv: 0.4,
        },
        half_life_days: 30.0,
        prior_volatility: 0.04,
    }
}

fn windows(history: &MiningHistory, strategies: &[Strategy]) -> Vec<Vec<Outcome>> {
    let days = history.days();
    (0..)
        .map(|half_year| half_year * 182)
        .take_while(|from| from + 730 <= days.len())
        .map(|from| {
            let window = &days[from..from + 730];
            backtest(window, &setting(&window[0]), strategies).unwrap()
        })
        .collect()
}

/// Lower quartile and median of final ÷ first wealth, and liquidations.
fn summary(windows: &[Vec<Outcome>], strategy: usize) -> (f64, f64, usize) {
    let mut grown: Vec<f64> = windows
        .iter()
        .map(|window| window[strategy].final_wealth / window[strategy].days[0].wealth)
        .collect();
    grown.sort_by(f64::total_cmp);
    let liquidations = windows.iter().map(|window| window[strategy].liquidations).sum();
    (grown[grown.len() / 4], grown[grown.len() / 2], liquidations)
}

#[test]
fn the_policy_keeps_its_collateral_and_bad_years_bearable_and_pays_for_it_in_good_ones() {
    let Some(history) = bitcoin() else { return };
    let strategies = [
        Strategy::Policy(Policy::CAUTIOUS),
        Strategy::SellEverything,
        Strategy::HoldEverything,
        Strategy::SellToCover,
    ];
    let windows = windows(&history, &strategies);
    assert_eq!(windows.len(), 23);
    let of: Vec<_> = (0..4).map(|strategy| summary(&windows, strategy)).collect();
    for (strategy, figures) in strategies.iter().zip(&of) {
        println!("{:16} {figures:?}", strategy.name());
    }
    let (policy, others) = (of[0], &of[1..]);
    // fewer liquidations, and twice the wealth of the best other in the lower quartile
    assert!(
        others
            .iter()
            .all(|other| policy.2 < other.2 && policy.0 > 2.0 * other.0),
        "{of:?}"
    );
    // in the median window whoever held more coins is richer
    assert!(policy.1 < of[2].1 && policy.1 < of[3].1, "{of:?}");
    for window in &windows {
        for outcome in window {
            let shares = [
                outcome.sold_at_bottom.unwrap_or(0.0),
                outcome.worst_drawdown / 2.0,
            ];
            assert!(
                shares.iter().all(|share| (0.0..=1.0).contains(share)),
                "{}",
                outcome.name
            );
            let met = |day: &hurdle_model::pow::treasury::DayRecord| {
                day.wealth <= 0.01 * day.treasury.debt || day.treasury.ltv(day.price) < 0.7
            };
            assert!(outcome.days.iter().all(met), "{}", outcome.name);
        }
    }
}
