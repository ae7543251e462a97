//! The engine's rules, one account and one step at a time: no sorting, no prefix sums, no vectors.

use hurdle_model::liquidity::ImpactShape;
use hurdle_model::simulation::{Account, Grid, Ledger, Venue};
use hurdle_model::tail::Side;

/// The ledger of all accounts over a path.
pub fn ledger(accounts: &[Account], venue: &Venue, grid: &Grid, path: &[f64]) -> Ledger {
    let mut open: Vec<bool> = vec![true; accounts.len()];
    let (mut consumed, mut fund, mut ledger) = (0.0, venue.fund, Ledger::default());
    let mut published = vec![0.0; venue.oracle_delay];
    let mut waiting: Vec<(usize, Vec<usize>)> = Vec::new();
    let displacement = |consumed: f64| {
        venue.depth.map_or(0.0, |depth| match depth.shape {
            ImpactShape::Linear => depth.distance * consumed / depth.quantity,
            ImpactShape::SquareRoot => {
                depth.distance * (f64::abs(consumed) / depth.quantity).sqrt() * consumed.signum()
            }
        })
    };
    let side_of = |i: usize| if accounts[i].side == Side::Long { 1.0 } else { -1.0 };
    let mut close = |batch: &[usize], x: f64, consumed: &mut f64| {
        let quantity: f64 = batch.iter().map(|&i| accounts[i].notional).sum();
        let before = *consumed;
        *consumed += side_of(batch[0]) * quantity;
        // The average over the volume by the midpoint rule, fine enough for the comparison.
        let n = 4000;
        let price = (0..n)
            .map(|k| {
                let e = before + (*consumed - before) * (f64::from(k) + 0.5) / f64::from(n);
                (x - displacement(e)).exp()
            })
            .sum::<f64>()
            / f64::from(n);
        let mut missing = 0.0;
        for &i in batch {
            let Account { notional, margin, .. } = accounts[i];
            let gain = side_of(i) * notional * (price - 1.0);
            let bounty = venue.bounty * notional * price;
            let equity = notional * margin + gain - bounty;
            let fee = equity.clamp(0.0, venue.fund_fee * notional * price);
            ledger.liquidated += notional * price;
            ledger.posted += notional * margin;
            ledger.gain += gain;
            ledger.bounty += bounty;
            ledger.fees += fee;
            ledger.returned += equity.max(0.0) - fee;
            ledger.bad_debt += (-equity).max(0.0);
            fund += fee;
            missing += (-equity).max(0.0);
        }
        let paid = f64::min(fund, missing);
        fund -= paid;
        ledger.fund_paid += paid;
        ledger.socialised += missing - paid;
    };
    let fallen = |open: &mut Vec<bool>, oracle: f64| {
        let mut batches = Vec::new();
        for side in [Side::Long, Side::Short] {
            let batch: Vec<usize> = (0..accounts.len())
                .filter(|&i| open[i] && accounts[i].side == side)
                .filter(|&i| {
                    let price = f64::exp(oracle);
                    let equity = accounts[i].margin + side_of(i) * (price - 1.0);
                    equity <= venue.maintenance * price
                })
                .collect();
            batch.iter().for_each(|&i| open[i] = false);
            if !batch.is_empty() {
                batches.push(batch);
            }
        }
        batches
    };
    let decay = venue.depth.map_or(1.0, |depth| {
        f64::exp(-depth.resilience * grid.years() / grid.steps() as f64)
    });
    for (step, &x) in path.iter().enumerate() {
        consumed *= decay;
        let (due, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(when, _)| *when == step);
        waiting = later;
        due.iter().for_each(|(_, batch)| close(batch, x, &mut consumed));
        loop {
            let market = x - displacement(consumed);
            let oracle = if venue.oracle_delay == 0 {
                market
            } else {
                published[0]
            };
            let batches = fallen(&mut open, oracle);
            let any = !batches.is_empty();
            for batch in batches {
                if venue.liquidator_latency == 0 {
                    close(&batch, x, &mut consumed);
                } else {
                    waiting.push((step + venue.liquidator_latency, batch));
                }
            }
            if !any || venue.oracle_delay > 0 || venue.liquidator_latency > 0 {
                break;
            }
        }
        if venue.oracle_delay > 0 {
            published.remove(0);
            published.push(x - displacement(consumed));
        }
    }
    let x = path[path.len() - 1];
    waiting.sort_by_key(|(when, _)| *when);
    waiting
        .iter()
        .for_each(|(_, batch)| close(batch, x, &mut consumed));
    loop {
        let batches = fallen(&mut open, x - displacement(consumed));
        if batches.is_empty() {
            return ledger;
        }
        batches.iter().for_each(|batch| close(batch, x, &mut consumed));
    }
}
