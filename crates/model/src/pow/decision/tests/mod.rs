//! The schedules against brute force, and their constraints against a check of its own.

mod brute;
mod dispatch;
mod selection;

use super::*;
use crate::pow::{Machine, Site};
use crate::testing::Rng;

pub(super) fn site() -> Site {
    Site {
        energy_price: 0.05,
        overhead: 1.1,
        uptime: 0.96,
        pool_fee: 0.02,
        operation: 24.0,
    }
}

pub(super) fn machine(hash_rate: f64, power: f64) -> Machine {
    Machine::new(hash_rate, power).unwrap()
}

/// Spot and a block with resale.
pub(super) fn contracts() -> Contracts {
    Contracts {
        max_load: 1_000.0,
        spot: Some(Spot { fee: 0.01 }),
        purchase: Some(PowerPurchase {
            power: 120.0,
            price: 0.05,
            take_or_pay: 0.7,
            resale: Some(0.005),
        }),
        response: None,
    }
}

pub(super) fn response() -> DemandResponse {
    DemandResponse {
        power: 90.0,
        availability: 0.002,
        payment: 0.15,
        hours: 3,
        calls: 2,
        period: 24,
        notice: 0,
    }
}

/// Three types: two switched as a whole or in stages, one machine by machine.
pub(super) fn blocks(rules: [Commitment; 2]) -> Vec<Block> {
    vec![
        Block::new(vec![machine(100.0, 3_000.0)], 30.0, rules[0]).unwrap(),
        Block::new(vec![machine(14.0, 1_350.0)], 40.0, rules[1]).unwrap(),
        Block::new(vec![machine(60.0, 3_300.0)], 20.0, Commitment::default()).unwrap(),
    ]
}

/// Grid prices from −0.08 to 0.35 around the machines' thresholds.
pub(super) fn hours(count: usize, rng: &mut Rng) -> Vec<GridHour> {
    (0..count)
        .map(|_| GridHour {
            price: if rng.uniform() < 0.15 {
                0.35 * rng.uniform()
            } else {
                0.08 * (2.0 * rng.uniform() - 0.7)
            },
            hashprice: 40.0 + 40.0 * rng.uniform(),
            derating: 0.9 + 0.1 * rng.uniform(),
        })
        .collect()
}
