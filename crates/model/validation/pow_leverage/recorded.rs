//! The treasury policy over Bitcoin's recorded days: what was found, held fast.

use super::{Check, Tolerance, check};
use crate::validation::record::{ChainDay, ChainRecord};
use hurdle_model::Result;
use hurdle_model::pow::treasury::{LoanTerms, Opening, Policy, Setting, Strategy, backtest};
use hurdle_model::pow::{Fleet, Machine, MiningDay, MiningHistory, MiningMarket, Site, Unit};

/// 2012-01-01.
const SINCE: i64 = 1_325_376_000;
const WINDOW: usize = 730;

/// Skipped where the record is absent.
pub fn checks() -> Result<Vec<Check>> {
    let Some(record) = ChainRecord::read("btc_daily_to_2024.csv") else {
        return Ok(Vec::new());
    };
    let days = record.days().filter_map(ChainDay::mining);
    let history = MiningHistory::new(days.filter(|day| day.time >= SINCE).collect())?;
    let strategies = [
        Strategy::Policy(Policy::CAUTIOUS),
        Strategy::SellEverything,
        Strategy::HoldEverything,
        Strategy::SellToCover,
    ];
    // per strategy: final ÷ first wealth, and liquidations
    let mut grown: [Vec<f64>; 4] = Default::default();
    let mut liquidations = [0.0; 4];
    for from in (0..)
        .step_by(182)
        .take_while(|from| from + WINDOW <= history.days().len())
    {
        let window = &history.days()[from..from + WINDOW];
        let outcomes = backtest(window, &setting(&window[0])?, &strategies)?;
        for ((grown, liquidations), outcome) in grown.iter_mut().zip(&mut liquidations).zip(&outcomes) {
            grown.push(outcome.final_wealth / outcome.days[0].wealth);
            *liquidations += f64::from(u32::try_from(outcome.liquidations).unwrap_or(u32::MAX));
        }
    }
    let mut checks = Vec::new();
    for ((strategy, grown), liquidations) in strategies.iter().zip(&mut grown).zip(liquidations) {
        grown.sort_by(f64::total_cmp);
        let fewest = f64::from(u8::from(!matches!(strategy, Strategy::Policy(_)))) * 5.0;
        let quartile = grown[grown.len() / 4];
        checks.push(check(
            format!(
                "treasury, \"{}\": liquidations in 23 windows of two years, BTC 2012–2024",
                strategy.name()
            ),
            "the policy at most 4, others more",
            4.0,
            liquidations,
            Tolerance::Within {
                low: fewest,
                high: if fewest > 0.0 { 23.0 } else { 4.0 },
            },
        ));
        checks.push(check(
            format!(
                "treasury, \"{}\": lower quartile of last ÷ first wealth",
                strategy.name()
            ),
            "the policy above 2, others below 1",
            2.0,
            quartile,
            if fewest > 0.0 {
                Tolerance::Within {
                    low: -10.0,
                    high: 1.0,
                }
            } else {
                Tolerance::Within { low: 2.0, high: 10.0 }
            },
        ));
    }
    Ok(checks)
}

/// A miner of 1 PH/s whose energy takes 45 % of the first day's revenue and whose other operation 15 %.
fn setting(first: &MiningDay) -> Result<Setting> {
    let hashprice = MiningMarket::of_day(first)?.hashprice();
    let unit = Unit {
        machine: Machine::new(1_000.0, 0.45 * hashprice / 0.05 / 24.0 * 1e3)?,
        count: 1.0,
        price: 0.0,
        life: 4.0,
        salvage: 0.0,
    };
    Ok(Setting {
        site: Site {
            energy_price: 0.05,
            overhead: 1.0,
            uptime: 1.0,
            pool_fee: 0.0,
            operation: 0.15 * hashprice,
        },
        fleet: Fleet::new(vec![unit])?,
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
    })
}
