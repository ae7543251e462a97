use super::*;
use crate::pow::{Machine, MiningDay, Unit};
use crate::testing::{Rng, assert_close};
use proptest::prelude::*;

const DAY: i64 = 86_400;

fn site(energy_price: f64) -> Site {
    Site {
        energy_price,
        overhead: 1.1,
        uptime: 0.95,
        pool_fee: 0.02,
        operation: 3.0,
    }
}

fn unit(terahash: f64, watts: f64, count: f64) -> Unit {
    Unit {
        machine: Machine::new(terahash, watts).unwrap(),
        count,
        price: 1_000.0,
        life: 3.0,
        salvage: 0.0,
    }
}

fn fleet() -> Fleet {
    Fleet::new(vec![
        unit(100.0, 3_000.0, 2.0),
        unit(14.0, 1_350.0, 5.0),
        unit(60.0, 3_300.0, 1.0),
    ])
    .unwrap()
}

/// Days of these hashprices.
fn history(hashprices: &[f64]) -> MiningHistory {
    let day = |(index, hashprice): (usize, &f64)| MiningDay {
        time: index as i64 * DAY,
        price: 10.0,
        blocks: 144.0,
        issuance: 0.9,
        fees: 0.1,
        hash_rate: 10.0 * 1.0 * 1e3 / hashprice,
    };
    MiningHistory::new(hashprices.iter().enumerate().map(day).collect()).unwrap()
}

fn wandering(days: usize, seed: u64) -> MiningHistory {
    let mut rng = Rng::new(seed);
    let mut level = 80.0_f64.ln();
    let prices: Vec<f64> = (0..days)
        .map(|_| {
            level += 0.05 * rng.normal();
            level.exp()
        })
        .collect();
    history(&prices)
}

/// One energy price, one machine after the other, day by day, as one would write it first.
fn by_hand(history: &MiningHistory, fleet: &Fleet, site: &Site, restart: Restart, price: f64) -> FleetRecord {
    let mut running = vec![true; fleet.units().len()];
    let mut good = vec![0u32; fleet.units().len()];
    let mut days_run = vec![0.0; fleet.units().len()];
    let (mut revenue, mut energy, mut profit, mut peak, mut drawdown) = (0.0, 0.0, 0.0, 0.0f64, 0.0f64);
    for day in history.days() {
        let hashprice = MiningMarket::of_day(day).unwrap().hashprice();
        let mut today = -site.operation;
        for (index, unit) in fleet.units().iter().enumerate() {
            let earned =
                hashprice * unit.machine.hash_rate / 1e3 * unit.count * site.uptime * (1.0 - site.pool_fee);
            let paid = price * unit.machine.power * 24.0 / 1e3 * unit.count * site.uptime * site.overhead;
            if running[index] {
                running[index] = earned >= paid;
                good[index] = 0;
            } else {
                good[index] = if earned >= paid + (restart.margin * paid).max(0.0) {
                    good[index] + 1
                } else {
                    0
                };
                running[index] = good[index] > u32::from(restart.delay);
            }
            if running[index] {
                days_run[index] += 1.0;
                revenue += earned / (1.0 - site.pool_fee);
                energy += paid;
                today += earned - paid;
            }
        }
        profit += today;
        peak = peak.max(profit);
        drawdown = drawdown.max(peak - profit);
    }
    let days = history.days().len() as f64;
    let capital = 8_000.0;
    FleetRecord {
        energy_price: price,
        revenue,
        pool_fee: revenue * site.pool_fee,
        energy,
        operation: site.operation * days,
        profit,
        drawdown,
        running_share: (200.0 * days_run[0] + 70.0 * days_run[1] + 60.0 * days_run[2]) / 330.0 / days,
        running_days: days_run,
        annual_return: Some(profit / capital / days * 365.0),
    }
}

#[test]
fn every_energy_price_agrees_with_a_plain_loop() {
    let (history, fleet, site) = (wandering(900, 4), fleet(), site(0.0));
    let prices: Vec<f64> = (0..23).map(|k| -0.01 + 0.006 * f64::from(k)).collect();
    for restart in [
        Restart::default(),
        Restart {
            delay: 3,
            margin: 0.0,
        },
        Restart {
            delay: 0,
            margin: 0.1,
        },
        Restart {
            delay: 5,
            margin: 0.2,
        },
    ] {
        for (record, price) in records(&history, &fleet, &site, restart, &prices)
            .unwrap()
            .iter()
            .zip(&prices)
        {
            let expected = by_hand(&history, &fleet, &site, restart, *price);
            assert_eq!(record.running_days, expected.running_days);
            for (ours, theirs) in [
                (record.revenue, expected.revenue),
                (record.energy, expected.energy),
                (record.pool_fee, expected.pool_fee),
                (record.profit, expected.profit),
                (record.drawdown, expected.drawdown),
                (record.running_share, expected.running_share),
                (record.annual_return.unwrap(), expected.annual_return.unwrap()),
            ] {
                assert_close(ours, theirs, 1e-9 * (1.0 + theirs.abs()));
            }
        }
    }
}

#[test]
fn a_machine_stands_still_below_its_break_even_and_waits_before_it_restarts() {
    // an S19 of 30 J/TH at 0.05 breaks even at 36 per PH/s and day
    let fleet = Fleet::new(vec![unit(100.0, 3_000.0, 1.0)]).unwrap();
    let site = Site {
        energy_price: 0.05,
        overhead: 1.0,
        uptime: 1.0,
        pool_fee: 0.0,
        operation: 0.0,
    };
    let history = history(&[40.0, 35.0, 37.0, 37.0, 37.0, 35.0, 37.0]);
    let ran = |delay| -> Vec<f64> {
        let restart = Restart { delay, margin: 0.0 };
        days(&history, &fleet, &site, restart)
            .unwrap()
            .iter()
            .map(|day| day.running_share)
            .collect()
    };
    assert_eq!(ran(0), [1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0]);
    assert_eq!(ran(1), [1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
    assert_eq!(ran(9), [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
}

#[test]
fn what_is_outside_its_domain_is_refused() {
    let (history, fleet, site) = (wandering(3, 1), fleet(), site(0.05));
    let none = Restart::default();
    assert!(records(&history, &fleet, &site, none, &[]).is_err());
    assert!(records(&history, &fleet, &site, none, &[f64::NAN]).is_err());
    assert!(records(&history, &fleet, &site, none, &vec![0.1; ENERGY_PRICES + 1]).is_err());
    for margin in [-0.1, f64::NAN, f64::INFINITY, f64::MAX] {
        assert!(records(&history, &fleet, &site, Restart { delay: 0, margin }, &[1.0]).is_err());
    }
    assert!(records(&history, &fleet, &Site { uptime: 0.0, ..site }, none, &[0.1]).is_err());
}

proptest! {
    #![proptest_config(crate::testing::reproducible())]

    #[test]
    fn dearer_energy_never_pays_and_waiting_never_pays(
        seed in 0u64..1_000, low in -0.02f64..0.1, more in 0.0f64..0.1, delay in 0u16..6, margin in 0.0f64..0.3,
    ) {
        let (history, fleet, site) = (wandering(120, seed), fleet(), site(0.0));
        let prices = [low, low + more];
        let free = records(&history, &fleet, &site, Restart::default(), &prices).unwrap();
        prop_assert!(free[1].profit <= free[0].profit + 1e-9);
        prop_assert!(free[1].running_share <= free[0].running_share);
        let waiting = records(&history, &fleet, &site, Restart { delay, margin }, &prices).unwrap();
        for (kept, free) in waiting.iter().zip(&free) {
            prop_assert!(kept.profit <= free.profit + 1e-9);
            let balance = kept.revenue - kept.pool_fee - kept.energy - kept.operation;
            prop_assert!((balance - kept.profit).abs() < 1e-6 * (1.0 + kept.revenue));
            prop_assert!(kept.drawdown >= 0.0 && kept.drawdown >= -kept.profit);
        }
    }
}
