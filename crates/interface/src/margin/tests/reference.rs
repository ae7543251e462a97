//! The rule in floating point, written from its definition, sharing no code with the integers.

use super::*;
use crate::fixture::reference::of_ratio;
use crate::options::tests::reference::black;
use crate::ramp::RampsInForce;

/// What a class asks and counts, or an account.
#[derive(Clone, Copy, Debug, Default)]
pub struct Exact {
    pub initial: f64,
    pub maintenance: f64,
    pub initial_collateral: f64,
    pub maintenance_collateral: f64,
    pub liabilities: f64,
    /// What rounding may add to the initial requirement.
    pub slack: f64,
    /// What rounding may take from the collateral.
    pub collateral_slack: f64,
}

/// What rounding the ratio of sizes up, and its root, may add to the size factor: the root of a small one magnifies it.
fn magnified(class: &RiskClass, size: f64) -> f64 {
    let size = size / class.size_reference.0 as f64;
    let root = if size < FINE_SIZES as f64 {
        (size + 1.1e-8).sqrt() - size.sqrt() + 2e-8
    } else {
        2.1e-4_f64.max(size * 1e-9)
    };
    of_ratio(class.size_coefficient) * if size < 1e11 { root } else { 1.1 }
}

/// The factor of a size, before the class's cap.
pub fn size_factor(class: &RiskClass, size: f64) -> f64 {
    let rise = of_ratio(class.size_coefficient) * (size / class.size_reference.0 as f64).sqrt();
    1.0 + rise.min(of_ratio(class.size_cap))
}

/// The capped product of factors.
fn factor(class: &RiskClass, size: f64, growth: f64, multiplier: Ratio, volatility: Ratio) -> f64 {
    let above = (of_ratio(volatility) - of_ratio(class.volatility_reference)).max(0.0);
    let volatility = 1.0 + of_ratio(class.volatility_sensitivity) * above;
    let hurdle = 1.0 + of_ratio(class.hurdle_sensitivity) * (of_ratio(multiplier) - 1.0);
    (size_factor(class, size) * volatility * growth * hurdle).min(of_ratio(class.multiplier_cap))
}

/// What the options of a class may lose, and what its approximation may add.
fn loss(class: &RiskClass, positions: &[&Position], now: UnixTime) -> (f64, f64) {
    let (range, spread) = (of_ratio(class.price_range), of_ratio(class.volatility_range));
    let mut worst = f64::INFINITY;
    for move_of_price in [-range, -range / 2.0, 0.0, range / 2.0, range] {
        for move_of_volatility in [-spread, spread] {
            let value: f64 = positions
                .iter()
                // what is held beyond its expiry has a fixed payoff and hedges nothing
                .filter(|option| option.side == 1 || option.expiry.0 > now.0)
                .map(|option| {
                    let kind = [OptionKind::Call, OptionKind::Put][usize::from(option.option)];
                    let years = (option.expiry.0 - now.0).max(0) as f64 / (365.0 * 86_400.0);
                    let volatility = of_ratio(option.volatility) * (1.0 + move_of_volatility);
                    let strike = of_ratio(option.strike);
                    let value = black(kind, 1.0 + move_of_price, strike, volatility * years.sqrt());
                    let sign = if option.side == 0 { 1.0 } else { -1.0 };
                    sign * value * option.notional.0 as f64
                })
                .sum();
            worst = worst.min(value);
        }
    }
    let credit: f64 = positions.iter().map(|option| option.credit.0 as f64).sum();
    let debit: f64 = positions.iter().map(|option| option.debit.0 as f64).sum();
    let written: f64 = positions
        .iter()
        .map(|option| f64::from(option.side) * option.notional.0 as f64)
        .sum();
    let reach: f64 = positions
        .iter()
        .map(|option| option.notional.0 as f64 * (2.0 + of_ratio(option.strike)))
        .sum();
    let loss = (credit - debit - worst).max(of_ratio(class.short_minimum) * written);
    (loss, 2e-6 * reach + positions.len() as f64)
}

/// One class.
pub fn of_class(
    class: &RiskClass,
    positions: &[&Position],
    ramps: &RampsInForce,
    growth: f64,
    now: UnixTime,
) -> Exact {
    let of_kind = |kinds: &[u8]| -> Vec<&Position> {
        let chosen = |position: &&&Position| kinds.contains(&position.kind);
        positions.iter().filter(chosen).copied().collect()
    };
    let sum = |positions: &[&Position], of: fn(&Position) -> Amount| -> f64 {
        positions.iter().map(|position| of(position).0 as f64).sum()
    };
    let (spot, debts) = (of_kind(&[0]), of_kind(&[1]));
    let (perps, options) = (of_kind(&[2]), of_kind(&[3]));
    let linear = sum(&debts, |p| p.notional) + sum(&perps, |p| p.notional);
    let optional = sum(&options, |p| p.notional);
    let collateral = sum(&spot, |p| p.notional) + sum(&perps, |p| p.credit);
    let credit = sum(&options, |p| p.credit);
    let (lost, lost_slack) = if options.is_empty() {
        (0.0, 0.0)
    } else {
        loss(class, &options, now)
    };
    let bounty = of_ratio(class.bounty);
    let initial_base = of_ratio(class.initial);
    let (m, v) = (ramps.multiplier, ramps.volatility);
    let requirement = |base: f64, f: f64, carry: Ratio| {
        linear * (base * f + bounty + of_ratio(carry))
            + lost * (base / initial_base) * f
            + optional * (bounty + of_ratio(carry))
    };
    let size = linear + optional;
    let f_initial = factor(class, size, growth, m.initial, v.initial);
    let f_maintenance = factor(class, size, growth, m.maintenance, v.maintenance);
    // each factor is rounded by some 1e-8 and multiplied by the others
    let uncertain = |size: f64| 10.0 * (magnified(class, size) + 1e-6);
    let haircut = of_ratio(class.haircut);
    let counted = |m: Ratio, v: Ratio| {
        let cut = haircut * factor(class, collateral, growth, m, v);
        credit + collateral * (1.0 - cut.min(haircut.max(of_ratio(MOST_CUT))))
    };
    Exact {
        initial: requirement(initial_base, f_initial, ramps.carry.initial),
        maintenance: requirement(
            of_ratio(class.maintenance),
            f_maintenance,
            ramps.carry.maintenance,
        ),
        initial_collateral: counted(m.initial, v.initial),
        maintenance_collateral: counted(m.maintenance, v.maintenance),
        liabilities: sum(&debts, |p| p.notional) + sum(&perps, |p| p.debit) + sum(&options, |p| p.debit),
        slack: linear * (initial_base * uncertain(size) + 4e-8)
            + lost.max(0.0) * (uncertain(size) + 1e-7)
            + lost_slack * 10.0
            + optional * 4e-8
            // maintenance as a share of initial is rounded by 1e-8
            + lost.max(0.0) * 1e-6
            + 4.0,
        collateral_slack: collateral * (haircut * uncertain(collateral) + 3e-8) + 2.0,
    }
}

/// The whole account, no class of which is changing.
pub fn exact(market: &MarketState, positions: &[Position], now: UnixTime) -> Exact {
    let rule = &market.params.staleness;
    let age = (now.0 - market.published.observed_at.0).max(0);
    let stale = (age.min(rule.hard_after) - rule.soft_after).max(0) as f64;
    let growth = 1.0 + of_ratio(rule.growth_per_day) * stale / 86_400.0;
    let ramps = market.published.ramps.at(&market.params.ramp, now);
    let mut sum = Exact::default();
    for (index, class) in (0u8..).zip(&market.classes) {
        let of_class_index: Vec<&Position> = positions
            .iter()
            .filter(|position| position.class == index)
            .collect();
        if of_class_index.is_empty() {
            continue;
        }
        let one = of_class(class, &of_class_index, &ramps, growth, now);
        sum.initial += one.initial;
        sum.maintenance += one.maintenance;
        sum.initial_collateral += one.initial_collateral;
        sum.maintenance_collateral += one.maintenance_collateral;
        sum.liabilities += one.liabilities;
        sum.slack += one.slack;
        sum.collateral_slack += one.collateral_slack;
    }
    sum
}
