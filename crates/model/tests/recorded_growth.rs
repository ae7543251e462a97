//! The staking leg on the recorded history of rETH's exchange rate.
#![allow(clippy::unwrap_used)]

mod common;

use common::{assert_close, recorded};
use hurdle_model::series::PositiveSeries;
use hurdle_model::staking::{robust_growth, two_point_growth};

#[test]
fn reth_grows_at_its_known_pace_by_either_method() {
    let Some(text) = recorded("rates/reth_balances_2021-10_2024-09.jsonl") else {
        return;
    };
    // Each line: [block, balance block, total ETH, staked ETH, rETH supply, unix time], hexadecimal strings.
    let mut points: Vec<(i64, f64)> = text
        .lines()
        .filter_map(|line| {
            let fields: Vec<u128> = line
                .split('"')
                .filter_map(|field| field.strip_prefix("0x"))
                .map(|digits| u128::from_str_radix(digits, 16).unwrap())
                .collect();
            let (eth, supply, time) = (fields[2] as f64, fields[4] as f64, fields[5] as i64);
            (supply > 0.0).then_some((time, eth / supply))
        })
        .collect();
    // The file is ordered by block of reading, which is not always the order of the balances' times.
    points.sort_by_key(|point| point.0);
    points.dedup_by_key(|point| point.0);
    let rates = PositiveSeries::new(points).unwrap();
    let year = 365 * 86_400;
    let robust = robust_growth(&rates, year).unwrap();
    let plain = two_point_growth(&rates, year).unwrap();
    // The year to September 2024: protocol yield of about 2.9 % after commission.
    assert_close(robust.simple(1.0).unwrap(), plain.simple(1.0).unwrap(), 2e-3);
    assert_close(robust.simple(1.0).unwrap(), 0.029, 2e-3);
    assert!(robust.half_width < 1e-3);
}
