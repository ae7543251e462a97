//! No parameters make a simulation panic, and no answer is NaN or infinite.
#![allow(clippy::unwrap_used)]

mod common;

use hurdle_model::liquidity::ImpactShape;
use hurdle_model::simulation::{
    Account, AccountBook, AccountMix, Barrier, ClaimSize, Depth, Estimate, Grid, Ledger, MarginEngine,
    PriceProcess, Proportion, Run, Sampling, Surplus, TailReport, Venue, automatic_block_length,
    first_passage,
};
use hurdle_model::tail::{ExponentialClaims, JumpDiffusion, Side};
use proptest::prelude::*;

/// Any bit pattern, with the awkward ones and plausible magnitudes over-represented.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        2 => any::<f64>(),
        8 => 0.0f64..1.0,
        2 => -2.0f64..30.0,
        1 => prop::sample::select(vec![
            0.0, -0.0, 1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324,
        ]),
    ]
}

fn estimate(estimate: Estimate) {
    assert!(
        estimate.value.is_finite() && estimate.standard_error.is_finite(),
        "{estimate:?}"
    );
    assert!(estimate.standard_error >= 0.0);
}

fn proportion(p: Proportion) {
    assert!(
        0.0 <= p.low && p.low <= p.value && p.value <= p.high && p.high <= 1.0,
        "{p:?}"
    );
}

fn report(report: &TailReport) {
    for losses in [&report.bad_debt, &report.socialised] {
        estimate(losses.mean);
        proportion(losses.any);
        assert!(losses.largest.is_finite());
        for tail in &losses.levels {
            estimate(tail.value_at_risk);
            estimate(tail.expected_shortfall);
        }
    }
    proportion(report.ruin);
    estimate(report.liquidated);
    estimate(report.bounty);
}

fn ledger(ledger: &Ledger) {
    assert!(
        ledger.gain.is_finite() && ledger.returned.is_finite() && ledger.bad_debt.is_finite(),
        "{ledger:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..common::reproducible() })]

    #[test]
    fn margin_engines(
        process in prop::array::uniform5(number()), x in prop::array::uniform10(number()),
        accounts in prop::collection::vec((any::<bool>(), number(), number()), 0..6),
        steps in 0usize..6, late in prop::array::uniform2(0usize..4), flags in prop::array::uniform2(any::<bool>()),
        path in prop::collection::vec(number(), 0..6), sampling in 0u8..3,
    ) {
        let [a, b, c, d, e] = process;
        let accounts = accounts.into_iter().map(|(long, notional, margin)| Account {
            side: if long { Side::Long } else { Side::Short }, notional, margin,
        });
        let (Ok(model), Ok(grid), Ok(book)) = (
            JumpDiffusion::new(a, b, c, d, e), Grid::new(steps, x[0]), AccountBook::new(accounts.collect()),
        ) else { return Ok(()) };
        let shape = if flags[0] { ImpactShape::SquareRoot } else { ImpactShape::Linear };
        let venue = Venue {
            maintenance: x[1], oracle_delay: late[0], liquidator_latency: late[1], bounty: x[2], fund_fee: x[3], fund: x[4],
            depth: flags[1].then_some(Depth { quantity: x[5], distance: x[6], shape, resilience: x[7] }),
        };
        let Ok(engine) = MarginEngine::new(PriceProcess::Merton(model), grid, book, venue) else { return Ok(()) };
        let sampling = [Sampling::Pseudo, Sampling::Antithetic, Sampling::Quasi { replicates: 2 }][usize::from(sampling)];
        let run = Run::new(256, 1, 1, sampling).unwrap();
        if let Ok(found) = engine.simulate(&run, &[0.5, 0.99], 0.9) {
            report(&found);
            if let Ok(premium) = found.premium(x[8], x[0]) {
                estimate(premium);
            }
        }
        if let Ok(response) = engine.margin_response(&run, x[9], x[8]) {
            estimate(response.premium);
            estimate(response.by_multiplier);
        }
        if let Ok(outcome) = engine.replay(&path) {
            ledger(&outcome.ledger);
        }
    }

    #[test]
    fn account_mixes(x in prop::array::uniform6(number()), accounts in 0usize..40, seed in any::<u64>()) {
        let mix = AccountMix {
            accounts, notional: x[0], long_share: x[1], median_leverage: x[2], leverage_dispersion: x[3],
            most_leverage: x[4], size_dispersion: x[5],
        };
        if let Ok(book) = mix.draw(seed) {
            for account in book.accounts() {
                assert!(account.notional.is_finite() && account.margin.is_finite());
            }
        }
    }

    #[test]
    fn funds_and_passages(x in prop::array::uniform8(number()), claims in prop::collection::vec(number(), 0..4)) {
        let run = Run::new(256, 1, 1, Sampling::Pseudo).unwrap();
        for size in [
            ClaimSize::Exponential { mean: x[0] }, ClaimSize::Pareto { scale: x[0], shape: x[1] },
            ClaimSize::Observed(claims.clone()),
        ] {
            // Few enough claims for a quick test; any frequency is refused or simulated alike.
            let surplus = Surplus { fund: x[2], income: x[3], volatility: x[4], claims: x[5].min(50.0), size };
            if let Ok(ruin) = surplus.ruin(x[6].min(2.0), &run, x[7]) {
                proportion(ruin);
            }
        }
        let closed = ExponentialClaims { fund: x[2], income: x[3], claims: x[5], mean_claim: x[0] };
        for ruin in [closed.ruin_probability(), closed.ruin_probability_within(x[6])].into_iter().flatten() {
            assert!((0.0..=1.0).contains(&ruin), "{ruin}");
        }
        if let Ok(model) = JumpDiffusion::new(x[0], x[1], x[2].min(50.0), x[3], x[4]) {
            for barrier in [Barrier::Below(x[5]), Barrier::Above(x[5])] {
                if let Ok(touched) = first_passage(&PriceProcess::Merton(model), barrier, x[6].min(2.0), &run) {
                    estimate(touched);
                    assert!((0.0..=1.0).contains(&touched.value));
                }
            }
        }
    }

    #[test]
    fn block_lengths(values in prop::collection::vec(number(), 0..40)) {
        if let Ok(length) = automatic_block_length(&values) {
            assert!((1.0..=40.0).contains(&length));
        }
    }
}
