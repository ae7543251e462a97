use super::*;
use crate::pow::{Machine, Unit};
use crate::testing::assert_close;
use proptest::prelude::*;

const RESALE: Resale = Resale {
    energy_price: 0.05,
    decay: 0.3,
    discount: 0.15,
    life: 4.0,
    scrap: 1.0,
};

fn miner(energy_price: f64) -> LeveragedMiner {
    let site = Site {
        energy_price,
        overhead: 1.05,
        uptime: 0.97,
        pool_fee: 0.01,
        operation: 1_500.0,
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
        cash: 100_000.0,
        coins: 5.0,
        coin_loan: Some(CoinLoan {
            debt: 2e6,
            collateral: 100.0,
            call_ltv: 0.7,
            liquidation_ltv: 0.8,
            interest: 0.1,
        }),
        equipment: Some(EquipmentLoan {
            principal: 1.5e6,
            interest: 0.12,
            instalments: 24,
            covenant_ltv: Some(0.8),
            covenant_cover: Some(1.1),
        }),
        resale: RESALE,
    }
}

const MARKET: MiningMarket = MiningMarket {
    price: 40_000.0,
    coins: 0.002,
};

#[test]
fn at_each_distance_what_it_warns_of_happens() {
    let miner = miner(0.05);
    let standing = miner.standing(&MARKET, 0.7, 30.0).unwrap();
    let loan = miner.coin_loan.unwrap();
    assert_close(loan.ltv(standing.call.unwrap().price), 0.7, 1e-12);
    assert_close(loan.ltv(standing.liquidation.unwrap().price), 0.8, 1e-12);
    assert_close(standing.call.unwrap().fall, 1.0 - 2e6 / 70.0 / 40_000.0, 1e-12);
    let covenant = standing.covenant.unwrap().price;
    let slack = |price: f64| {
        miner
            .covenant_slack(&miner.equipment.unwrap(), price, MARKET.coins, 1.5e6)
            .unwrap()
    };
    assert_close(slack(covenant), 0.0, 1e-8);
    assert!(slack(covenant * 0.99) < 0.0 && slack(covenant * 1.01) > 0.0);
}

#[test]
fn machines_that_do_not_pay_for_their_energy_stand_still() {
    let dear = miner(0.5);
    let flow = dear.flow(&MARKET).unwrap();
    assert_eq!((flow.revenue, flow.energy, flow.running), (0.0, 0.0, 0.0));
    assert!(flow.burn() > 1_500.0);
    let standing = dear.standing(&MARKET, 0.7, 30.0).unwrap();
    assert_close(standing.runway.unwrap(), 300_000.0 / flow.burn(), 1e-9);
    assert!(standing.cover.unwrap() < 0.0);
    // the call comes once means are gone and the debt has grown
    assert!(standing.call.unwrap().days.unwrap() > standing.runway.unwrap());
}

#[test]
fn a_holder_without_machines_and_debts_has_no_distance_to_anything() {
    let idle = LeveragedMiner {
        operation: None,
        coin_loan: None,
        equipment: None,
        ..miner(0.05)
    };
    let standing = idle.standing(&MARKET, 0.7, 30.0).unwrap();
    assert_eq!(standing.call, None);
    assert_eq!(
        (standing.cover, standing.runway, standing.covenant),
        (None, None, None)
    );
    let broken = LeveragedMiner {
        operation: None,
        ..miner(0.05)
    };
    assert!(matches!(
        broken.flow(&MARKET),
        Err(ModelError::Incompatible { .. })
    ));
}

proptest! {
    #![proptest_config(crate::testing::reproducible())]

    #[test]
    fn days_until_a_threshold_agree_with_the_debt_day_by_day(
        interest in 0.0f64..0.5, burn in -100.0f64..3_000.0, liquid in 0.0f64..100_000.0, room in 0.001f64..0.4,
    ) {
        let loan = CoinLoan { debt: 1e6, collateral: 1.0, call_ltv: 0.7, liquidation_ltv: 0.8, interest };
        let threshold = 1e6 * (1.0 + room);
        let (step, rate) = (0.01, interest / 365.0);
        let (mut debt, mut left, mut day) = (1e6, liquid, 0.0);
        while debt < threshold && day < 1_500.0 {
            let unpaid = (burn.max(0.0) * step - left).max(0.0);
            left = (left - burn.max(0.0) * step).max(0.0);
            debt += debt * rate * step + unpaid;
            day += step;
        }
        match days_until(&loan, threshold, burn, liquid) {
            Some(days) if days < 1_490.0 => prop_assert!((days - day).abs() < 0.05 + 1e-3 * day, "{days} {day}"),
            _ => prop_assert!(day > 1_480.0),
        }
    }
}
