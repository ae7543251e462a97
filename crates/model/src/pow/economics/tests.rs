use super::*;
use crate::pow::{Machine, MiningMarket};
use crate::testing::assert_close;
use proptest::prelude::*;

pub(super) fn unit(hash_rate: f64, power: f64, count: f64, price: f64) -> Unit {
    Unit {
        machine: Machine { hash_rate, power },
        count,
        price,
        life: 4.0,
        salvage: price / 20.0,
    }
}

pub(super) const SITE: Site = Site {
    energy_price: 0.05,
    overhead: 1.05,
    uptime: 0.97,
    pool_fee: 0.01,
    operation: 1500.0,
};

/// A market with this hashprice.
pub(super) fn market(hashprice: f64) -> MiningMarket {
    MiningMarket {
        price: hashprice,
        coins: 1.0,
    }
}

pub(super) fn fleets() -> impl Strategy<Value = Fleet> {
    let figures = (1.0_f64..300.0, 10.0_f64..100.0, 1.0_f64..5_000.0, 0.0_f64..100.0);
    prop::collection::vec(figures, 1..6).prop_map(|units| {
        let units = units
            .into_iter()
            .map(|(hash_rate, efficiency, count, cost)| {
                unit(hash_rate, hash_rate * efficiency, count, hash_rate * cost)
            })
            .collect();
        Fleet::new(units).unwrap()
    })
}

pub(super) fn sites() -> impl Strategy<Value = Site> {
    (
        -0.02_f64..0.2,
        1.0_f64..1.5,
        0.5_f64..1.0,
        0.0_f64..0.05,
        0.0_f64..1e4,
    )
        .prop_map(|(energy_price, overhead, uptime, pool_fee, operation)| Site {
            energy_price,
            overhead,
            uptime,
            pool_fee,
            operation,
        })
}

#[test]
fn the_account_of_one_type_is_its_arithmetic_by_hand() {
    let fleet = Fleet::new(vec![unit(104.0, 3068.0, 1000.0, 4000.0)]).unwrap();
    let day = operate(&fleet, &SITE, &market(80.0), &Books::at_purchase(&fleet)).unwrap();
    let total = day.total;
    // 104 PH/s at 97 % of the time; 73,632 kWh a day at the machines.
    assert_close(total.hash_rate, 100_880.0, 1e-9);
    assert_close(total.revenue, 8_070.4, 1e-9);
    assert_close(total.pool_fee, 80.704, 1e-9);
    assert_close(total.energy_used, 73_632.0 * 0.97 * 1.05, 1e-8);
    assert_close(total.energy, 3_749.709_6, 1e-8);
    assert_close(total.ebitda(), 8_070.4 - 80.704 - 3_749.709_6 - 1_500.0, 1e-8);
    assert_close(total.depreciation, 3_800_000.0 / 1_460.0, 1e-6);
    assert_close(total.capital, 4e6, 0.0);
    let profit = total.ebitda() - 3_800_000.0 / 1_460.0;
    assert_close(total.return_on_capital().unwrap(), profit * 365.0 / 4e6, 1e-12);
    assert_close(total.joules_per_terahash().unwrap(), 3068.0 / 104.0 * 1.05, 1e-12);
    assert_close(
        total.efficiency().unwrap(),
        100_880.0 / (3_749.709_6 + 1_500.0 + 3_800_000.0 / 1_460.0),
        1e-8,
    );
    assert_close(
        total.hash_cost().unwrap() * total.efficiency().unwrap(),
        1e3,
        1e-9,
    );
    assert_close(
        total.ebitda_margin().unwrap() * total.revenue,
        total.ebitda(),
        1e-9,
    );
}

#[test]
fn machines_that_do_not_earn_their_energy_stand_still_and_still_cost() {
    let fleet = Fleet::new(vec![
        unit(104.0, 3068.0, 1.0, 4000.0),
        unit(14.5, 1350.0, 1.0, 300.0),
    ])
    .unwrap();
    let day = operate(&fleet, &SITE, &market(60.0), &Books::at_purchase(&fleet)).unwrap();
    assert!(day.lines[0].is_running && !day.lines[1].is_running);
    assert_close(cost_per_terahash(&fleet).unwrap(), 4_300.0 / 118.5, 1e-12);
    let idle = day.lines[1].account;
    assert_close(idle.revenue + idle.energy + idle.hash_rate, 0.0, 0.0);
    assert!(idle.operation > 0.0 && idle.depreciation > 0.0);
    assert!(idle.ebitda_margin().is_none() && idle.hash_cost().is_none());
}

#[test]
fn machines_that_are_written_off_employ_no_capital() {
    let mut machines = unit(104.0, 3068.0, 1.0, 4000.0);
    machines.salvage = 0.0;
    let fleet = Fleet::new(vec![machines]).unwrap();
    let books = Books::new(&fleet, Depreciation::StraightLine, vec![4.0]).unwrap();
    let day = operate(&fleet, &SITE, &market(80.0), &books).unwrap();
    assert_close(day.total.depreciation, 0.0, 0.0);
    assert!(day.total.return_on_capital().is_err());
}

#[test]
fn the_cash_break_even_of_an_s19_is_its_energy_over_what_the_pool_pays() {
    // 95 TH/s, 3,250 W at 0.05: 821.05 kWh per PH/s and day, 41.05 quote.
    let fleet = Fleet::new(vec![unit(95.0, 3250.0, 1.0, 2000.0)]).unwrap();
    let site = Site {
        overhead: 1.0,
        uptime: 1.0,
        pool_fee: 0.0,
        operation: 0.0,
        ..SITE
    };
    let books = Books::at_purchase(&fleet);
    let even = break_even_hashprice(&fleet, &site, &books, 0.0).unwrap();
    assert_close(even.fleet.cash, 41.052_631_578_947_37, 1e-12);
    assert_close(even.fleet.operation, even.fleet.cash, 1e-12);
    assert_close(even.fleet.hurdle, even.fleet.depreciation, 1e-12);
    let energy = break_even_energy_price(&fleet, &site, &market(60.0), &books, 0.0).unwrap();
    assert_close(energy.fleet.cash, 60.0 * 0.095 / 78.0, 1e-12);
}

#[test]
fn broken_figures_are_refused_and_name_the_quantity() {
    let fleet = Fleet::new(vec![unit(95.0, 3250.0, 1.0, 2000.0)]).unwrap();
    let books = Books::at_purchase(&fleet);
    for bad in [f64::NAN, f64::INFINITY, -1.0, 0.0] {
        assert!(operate(&fleet, &SITE, &market(bad), &books).is_err());
    }
    for bad in [f64::NAN, f64::INFINITY, -2.0] {
        assert!(break_even_hashprice(&fleet, &SITE, &books, bad).is_err());
        assert!(Books::new(&fleet, Depreciation::StraightLine, vec![bad]).is_err());
    }
    let site = Site { uptime: 0.0, ..SITE };
    assert!(operate(&fleet, &site, &market(60.0), &books).is_err());
    assert!(Books::new(&fleet, Depreciation::StraightLine, vec![]).is_err());
    let two = Fleet::new(vec![unit(95.0, 3250.0, 1.0, 2000.0); 2]).unwrap();
    assert!(operate(&two, &SITE, &market(60.0), &books).is_err());
    assert!(operate_held(&fleet, &SITE, &market(60.0), &books, &[]).is_err());
}

proptest! {
    #![proptest_config(crate::testing::reproducible())]

    #[test]
    fn no_other_choice_of_machines_earns_more(
        fleet in fleets(),
        site in sites(),
        hashprice in 1.0_f64..300.0,
        states in prop::collection::vec(any::<bool>(), 6),
    ) {
        let books = Books::at_purchase(&fleet);
        let best = operate(&fleet, &site, &market(hashprice), &books).unwrap();
        let held = &states[..fleet.units().len()];
        let other = operate_held(&fleet, &site, &market(hashprice), &books, held).unwrap();
        let scale = 1e-9 * (best.total.revenue + best.total.energy.abs() + 1.0);
        prop_assert!(other.total.ebitda() <= best.total.ebitda() + scale);
        let sum: f64 = best.lines.iter().map(|line| line.account.operating_profit()).sum();
        prop_assert!((sum - best.total.operating_profit()).abs() <= scale);
        for line in &best.lines {
            prop_assert!(!line.is_running || line.account.cash_margin() >= -scale);
        }
    }

    #[test]
    fn at_its_break_even_hashprice_a_fleet_earns_what_it_has_to(
        fleet in fleets(),
        site in sites(),
        hurdle in 0.0_f64..1.0,
    ) {
        let site = Site { energy_price: site.energy_price.abs() + 0.001, ..site };
        let books = Books::new(&fleet, Depreciation::DecliningBalance { factor: 2.0 }, vec![1.0; fleet.units().len()]).unwrap();
        let even = break_even_hashprice(&fleet, &site, &books, hurdle).unwrap();
        let at = |hashprice: f64| operate(&fleet, &site, &market(hashprice), &books).unwrap().total;
        let within = |account: &Account, earned: f64| {
            earned.abs() <= 1e-9 * (account.revenue + account.expenditure() + account.capital)
        };
        let account = at(even.fleet.operation);
        prop_assert!(within(&account, account.ebitda()) || site.operation == 0.0);
        let account = at(even.fleet.depreciation);
        prop_assert!(within(&account, account.operating_profit()));
        let account = at(even.fleet.hurdle);
        prop_assert!(within(&account, account.operating_profit() - hurdle * account.capital / 365.0));
        // A fleet that switches its machines needs no more than one that does not, and its best machine runs first.
        prop_assert!(even.fleet.hurdle <= even.all_running.hurdle * (1.0 + 1e-12));
        let least = even.units.iter().map(|unit| unit.cash).fold(f64::INFINITY, f64::min);
        prop_assert!((even.fleet.cash / least - 1.0).abs() < 1e-12);
    }

    #[test]
    fn break_even_energy_price_and_hashprice_are_inverse(
        fleet in fleets(),
        site in sites(),
        hashprice in 10.0_f64..300.0,
        hurdle in 0.0_f64..1.0,
    ) {
        let books = Books::at_purchase(&fleet);
        let energy = break_even_energy_price(&fleet, &site, &market(hashprice), &books, hurdle).unwrap();
        for (price, level) in [
            (energy.fleet.cash, 0),
            (energy.fleet.operation, 1),
            (energy.fleet.depreciation, 2),
            (energy.fleet.hurdle, 3),
        ] {
            let there = Site { energy_price: price, ..site };
            let even = break_even_hashprice(&fleet, &there, &books, hurdle).unwrap().fleet;
            let back = [even.cash, even.operation, even.depreciation, even.hurdle][level];
            prop_assert!((back / hashprice - 1.0).abs() < 1e-7, "{} {} {}", level, back, hashprice);
        }
    }
}
