//! The optimum by enumeration, with costs and constraints written down a second time.

use super::*;

/// Cheapest way to cover a load: every corner of the flows is tried.
pub(super) fn energy_cost(contracts: &Contracts, price: f64, load: f64) -> f64 {
    let spot = contracts.spot.map(|spot| price + spot.fee);
    let block = contracts.purchase.unwrap_or(PowerPurchase {
        power: 0.0,
        price: 0.0,
        take_or_pay: 0.0,
        resale: None,
    });
    let sunk = block.power * block.take_or_pay;
    let mut best = f64::INFINITY;
    for used in [0.0, load.min(sunk), load.min(block.power)] {
        let bought = load - used;
        let Some(purchase) = (if bought > 1e-9 { spot } else { Some(0.0) }) else {
            continue;
        };
        for sold in [0.0, (sunk - used).max(0.0), block.power - used] {
            if sold > 0.0 && block.resale.is_none() {
                continue;
            }
            let proceeds = sold * (price - block.resale.unwrap_or_default());
            best = best.min(block.price * sunk.max(used + sold) + purchase * bought - proceeds);
        }
    }
    best
}

/// One possible hour: stages of the two committed blocks, and whether the site responds.
type Option3 = (usize, usize, bool);

/// The best value of an hour for an option: the third block's share is tried at every corner of its profit.
fn hour_value(contracts: &Contracts, rules: &[Commitment; 2], hour: &GridHour, option: Option3) -> f64 {
    let site = site();
    let kilowatt = |count: f64, watts: f64| count * watts / 1e3 * site.uptime * site.overhead;
    let (a, b, c) = (
        kilowatt(30.0, 3_000.0),
        kilowatt(40.0, 1_350.0),
        kilowatt(20.0, 3_300.0),
    );
    let share = |stage: usize, rule: &Commitment| stage as f64 / rule.stages as f64;
    let (x, y) = (share(option.0, &rules[0]), share(option.1, &rules[1]));
    let base = x * a + y * b;
    let supply = match (contracts.spot, contracts.purchase) {
        (None, Some(block)) => block.power,
        _ => f64::INFINITY,
    };
    let ceiling = contracts.max_load.min(supply);
    let full = (a + b + c).min(ceiling);
    let limit = match contracts.response {
        Some(response) if option.2 => full - response.power,
        _ => ceiling,
    };
    let mut corners = vec![0.0, c, limit - base];
    if let Some(block) = contracts.purchase {
        corners.extend([block.power - base, block.power * block.take_or_pay - base]);
    }
    corners.extend(contracts.response.map(|response| response.power - base));
    let per_terahash = hour.hashprice / 24e3 * hour.derating * (1.0 - site.pool_fee);
    let mut best = f64::NEG_INFINITY;
    for own in corners {
        let load = base + own;
        if !(0.0..=c).contains(&own) || load > limit * (1.0 + 1e-12) {
            continue;
        }
        let hashes = site.uptime * (x * 3_000.0 + y * 560.0 + own / c * 1_200.0);
        let mut value = per_terahash * hashes - energy_cost(contracts, hour.price, load);
        if let Some(response) = contracts.response {
            if option.2 {
                value += response.power * (response.payment + response.availability);
            } else if load >= response.power * (1.0 - 1e-9) {
                value += response.power * response.availability;
            }
        }
        best = best.max(value);
    }
    best
}

/// Whether a block's stages, after a long run, keep to its commitment.
pub(super) fn keeps(rule: &Commitment, stages: &[usize]) -> bool {
    let mut before = rule.stages;
    for stage in stages {
        if stage.abs_diff(before) > 1 {
            return false;
        }
        before = *stage;
    }
    // spans of on and off, of which neither the first nor the last is bounded by what lies outside
    let mut spans: Vec<(bool, usize)> = vec![(true, usize::MAX / 2)];
    for stage in stages {
        let on = *stage > 0;
        match spans.last_mut() {
            Some((was, length)) if *was == on => *length += 1,
            _ => spans.push((on, 1)),
        }
    }
    spans.pop();
    spans
        .iter()
        .all(|(on, length)| *length >= if *on { rule.min_run } else { rule.min_down })
}

/// Whether the hours of response keep to the contract.
pub(super) fn keeps_to(contract: &DemandResponse, responds: &[bool]) -> bool {
    responds.chunks(contract.period).all(|period| {
        let hours = period.iter().filter(|on| **on).count();
        let calls = (0..period.len())
            .filter(|hour| period[*hour] && (*hour == 0 || !period[hour - 1]))
            .count();
        hours <= contract.hours && calls <= contract.calls
    })
}

pub(super) fn starts(rule: &Commitment, stages: &[usize]) -> f64 {
    let before = std::iter::once(&rule.stages).chain(stages);
    let starts = before
        .zip(stages)
        .filter(|(was, is)| **was == 0 && **is > 0)
        .count();
    rule.start_cost * starts as f64
}

/// The best total of any schedule.
pub(super) fn optimum(contracts: &Contracts, rules: &[Commitment; 2], hours: &[GridHour]) -> f64 {
    let mut options = Vec::new();
    for a in 0..=rules[0].stages {
        for b in 0..=rules[1].stages {
            options.push((a, b, false));
            if contracts.response.is_some() {
                options.push((a, b, true));
            }
        }
    }
    let values: Vec<Vec<f64>> = hours
        .iter()
        .map(|hour| {
            options
                .iter()
                .map(|option| hour_value(contracts, rules, hour, *option))
                .collect()
        })
        .collect();
    let mut best = f64::NEG_INFINITY;
    let all = options.len().pow(u32::try_from(hours.len()).unwrap());
    for mut code in 0..all {
        let mut total = 0.0;
        let (mut a, mut b, mut responds) = (Vec::new(), Vec::new(), Vec::new());
        for value in &values {
            let choice = code % options.len();
            code /= options.len();
            total += value[choice];
            a.push(options[choice].0);
            b.push(options[choice].1);
            responds.push(options[choice].2);
        }
        total -= starts(&rules[0], &a) + starts(&rules[1], &b);
        if total > best
            && keeps(&rules[0], &a)
            && keeps(&rules[1], &b)
            && contracts
                .response
                .is_none_or(|contract| keeps_to(&contract, &responds))
        {
            best = total;
        }
    }
    best - site().operation / 24.0 * hours.len() as f64
}
