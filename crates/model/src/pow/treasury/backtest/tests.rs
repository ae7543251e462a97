use super::*;
use crate::pow::treasury::{Policy, Ramp, SaleRule};
use crate::pow::{Machine, Unit};
use crate::testing::{Rng, assert_close};

const POLICY: Policy = Policy {
    rule: SaleRule::Margin(Ramp {
        from: 1.0,
        to: 3.0,
        least: 0.1,
        most: 0.6,
    }),
    horizon_days: 30.0,
    confidence: 0.95,
    lean: 1.0,
    good: 1.5,
    deleverage: 0.05,
};

const ALL: [Strategy; 4] = [
    Strategy::Policy(POLICY),
    Strategy::SellEverything,
    Strategy::HoldEverything,
    Strategy::SellToCover,
];

fn setting() -> Setting {
    let unit = Unit {
        machine: Machine::new(100.0, 3_000.0).unwrap(),
        count: 100.0,
        price: 4_000.0,
        life: 4.0,
        salvage: 0.0,
    };
    Setting {
        site: Site {
            energy_price: 0.05,
            overhead: 1.0,
            uptime: 1.0,
            pool_fee: 0.0,
            operation: 100.0,
        },
        fleet: Fleet::new(vec![unit]).unwrap(),
        terms: LoanTerms {
            advance_ltv: 0.5,
            call_ltv: 0.7,
            liquidation_ltv: 0.8,
            interest: 0.1,
            fee: 0.001,
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

/// Days with the prices given, at a hash rate that leaves a margin of about two at 30,000.
fn days(prices: &[f64]) -> Vec<MiningDay> {
    prices
        .iter()
        .enumerate()
        .map(|(day, &price)| MiningDay {
            time: 86_400 * day as i64,
            price,
            blocks: 144.0,
            issuance: 900.0,
            fees: 20.0,
            hash_rate: 3e8,
        })
        .collect()
}

fn wave(seed: u64, n: usize) -> Vec<f64> {
    let mut rng = Rng::new(seed);
    let mut log = 30_000f64.ln();
    (0..n)
        .map(|_| {
            log += 0.04 * rng.normal();
            log.exp()
        })
        .collect()
}

#[test]
fn at_a_constant_price_only_fees_and_interest_tell_strategies_apart() {
    let days = days(&[30_000.0; 100]);
    let outcomes = backtest(&days, &setting(), &ALL).unwrap();
    let debt = 0.4 * 180.0 * 10.0 * 920.0 / 3e5 * 30_000.0;
    for outcome in &outcomes {
        let costs = 0.12 * debt * 100.0 / 365.0 + 0.001 * outcome.sold * 30_000.0;
        let spread = (outcome.final_wealth - outcomes[1].final_wealth).abs();
        assert!(spread <= costs, "{} {spread} {costs}", outcome.name);
        assert_eq!((outcome.calls, outcome.liquidations, outcome.unpaid), (0, 0, 0.0));
        if let Some(captured) = outcome.price_captured {
            assert_close(captured, 1.0, 1e-12);
        }
    }
    let everything = &outcomes[1];
    assert_close(everything.sold, 100.0 * 10.0 * 920.0 / 3e5, 1e-9);
}

#[test]
fn nothing_depends_on_a_later_day() {
    let (prices, setting) = (wave(1, 300), setting());
    let whole = backtest(&days(&prices), &setting, &ALL).unwrap();
    let begun = backtest(&days(&prices[..200]), &setting, &ALL).unwrap();
    for (whole, begun) in whole.iter().zip(&begun) {
        assert_eq!(whole.days[..200], begun.days[..]);
    }
}

#[test]
fn a_slow_fall_is_answered_and_a_sudden_one_liquidates() {
    let slow: Vec<f64> = (0..200)
        .map(|day| 30_000.0 * (-0.006 * f64::from(day)).exp())
        .collect();
    let outcomes = backtest(&days(&slow), &setting(), &ALL).unwrap();
    assert!(outcomes.iter().all(|outcome| outcome.liquidations == 0));
    assert!(
        outcomes[2].calls > outcomes[0].calls,
        "who holds is called, the policy has pledged before"
    );
    let mut sudden = vec![30_000.0; 50];
    sudden.extend([12_000.0; 50]);
    let outcomes = backtest(&days(&sudden), &setting(), &ALL).unwrap();
    let holder = &outcomes[2];
    assert_eq!(holder.liquidations, 1);
    assert!(holder.forced > 50.0 * 10.0 * 920.0 / 3e5 && holder.worst_drawdown > 0.6);
}

#[test]
fn cash_is_never_negative_and_the_call_is_met_while_wealth_is_left() {
    for seed in 0..40 {
        let prices = wave(seed, 400);
        for outcome in backtest(&days(&prices), &setting(), &ALL).unwrap() {
            for day in &outcome.days {
                let treasury = day.treasury;
                assert!(treasury.cash >= 0.0 && treasury.coins >= 0.0 && treasury.collateral >= 0.0);
                if day.wealth > 0.01 * treasury.debt {
                    assert!(treasury.ltv(day.price) < 0.7, "{} {day:?}", outcome.name);
                }
            }
            assert!((0.0..=1.0).contains(&outcome.sold_at_bottom.unwrap_or(0.0)));
        }
    }
}

#[test]
fn settings_outside_their_domain_are_refused() {
    let two = days(&[30_000.0, 31_000.0]);
    let refused = |change: fn(&mut Setting)| {
        let mut broken = setting();
        change(&mut broken);
        assert!(backtest(&two, &broken, &ALL).is_err());
    };
    refused(|setting| setting.half_life_days = 0.0);
    refused(|setting| setting.prior_volatility = -1.0);
    refused(|setting| setting.opening.ltv = 0.6);
    refused(|setting| setting.opening.cash_days = f64::NAN);
    refused(|setting| setting.site.energy_price = 1.0);
    refused(|setting| setting.terms.call_ltv = 0.0);
    assert!(backtest(&two[..1], &setting(), &ALL).is_err());
    assert!(backtest(&two, &setting(), &ALL).is_ok());
}
