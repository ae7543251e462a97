//! Whatever the keepers report and whenever, what a publication leaves behind keeps its invariant.

use super::*;
use crate::composition::{Components, Responses};
use crate::margin::{Portfolio, Position, check_portfolio};
use crate::staleness::Action;

use crate::quantity::{Amount, DAY, Sensitivity};
use std::vec::Vec;

/// One observation and how it is reported.
#[derive(Clone, Debug)]
struct Step {
    components: Components,
    responses: Responses,
    gap: i64,
    age: i64,
    /// Distance of the reported rate from the solved one.
    off: i64,
    stressed: bool,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let component = prop_oneof![3 => -ONE / 10..ONE / 4, 1 => -ONE / 2..5 * ONE];
    let shares = (0..=ONE, 0..=ONE, 0..=2 * ONE, 0..=3 * ONE);
    let responses = (-ONE / 4..=ONE / 10, -ONE / 20..=ONE / 100);
    let gap = prop_oneof![1i64..120, 3_600i64..7_200, 1i64..90 * DAY];
    let step = (
        proptest::array::uniform8(component),
        shares,
        responses,
        gap,
        0i64..400,
        -120i64..=120,
        0u8..8,
    )
        .prop_map(|(rates, shares, responses, gap, age, off, stressed)| {
            let mut words = [0; 12];
            words[..8].copy_from_slice(&rates);
            words[8..].copy_from_slice(&[shares.0, shares.1, shares.2, shares.3]);
            Step {
                components: bytemuck::cast(words),
                responses: Responses {
                    utilisation: Sensitivity(responses.0),
                    tail: Sensitivity(responses.1),
                },
                gap,
                age,
                off,
                stressed: stressed == 0,
            }
        });
    proptest::collection::vec(step, 1..5)
}

fn reported(market: &MarketState, committee: &CommitteeState, step: &Step, now: Now) -> Report {
    let range = &market.params.composition;
    let mut report = report_unsolved();
    report.domain = market.domain;
    report.param_epoch = market.param_epoch;
    report.committee_epoch = committee.epoch;
    report.model_hash = market.model_hash;
    report.observations_hash[..8].copy_from_slice(&market.published.sequence.to_le_bytes());
    report.sequence = market.published.sequence + 1;
    report.observed_at = UnixTime(now.time.0 - step.age);
    report.observed_slot = now.slot;
    report.expires_at = UnixTime(now.time.0 + 60);
    report.components = step.components;
    report.responses = step.responses;
    if step.stressed {
        report.flags = FLAG_NO_EQUILIBRIUM;
        report.hurdle = range.ceiling;
    } else {
        let solved = fixture::solved(market, &step.components, step.responses);
        report.hurdle = Rate(solved.raw() + step.off);
    }
    report
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_invariant_holds_after_every_accepted_report(steps in steps()) {
        let (mut market, committee, mut now) = (market(), committee(), NOW);
        for step in &steps {
            now = Now { time: UnixTime(now.time.0 + step.gap), slot: Slot(now.slot.0 + 1) };
            let report = reported(&market, &committee, step, now);
            let last = market.published;
            let Ok(published) = next_publication(&market, &committee, &report, SIGNERS, now) else { continue };
            market.published = published;
            prop_assert_eq!(market.invariant(), Ok(()));

            let elapsed = now.time.seconds_since(last.published_at);
            let (rise, fall) = (market.params.limit.rise_per_day, market.params.limit.fall_per_day);
            let moved = i128::from(published.hurdle.raw() - last.hurdle.raw());
            let most = |speed: Rate| i128::from(speed.raw()) * i128::from(elapsed) / i128::from(DAY);
            // one more than the floor: what the last division left is carried
            prop_assert!(-most(fall) - 1 <= moved && moved <= most(rise) + 1);
            prop_assert_eq!(published.status & STATUS_LIMITED != 0, published.hurdle != report.hurdle);
            prop_assert_eq!(published.status & STATUS_STRESSED != 0, step.stressed);
            prop_assert!(published.baseline >= last.baseline.min(last.hurdle));
            prop_assert!(published.baseline <= last.baseline.max(last.hurdle));
            prop_assert!(published.residual <= market.params.residual_tolerance);
            let rule = &market.params.ramp;
            let before = MarketState { published: last, ..market };
            let positions = [Position::debt(0, Amount(1_000_000_000_000)), Position::spot(0, Amount(2_000_000_000_000))];
            let portfolio = Portfolio::new(Action::Open, &positions).unwrap();
            let [after, before] = [&market, &before].map(|market| check_portfolio(market, &portfolio, now.time).unwrap());
            prop_assert!(after.maintenance <= before.maintenance, "a publication by itself liquidates nobody");
            prop_assert!(after.maintenance_collateral >= before.maintenance_collateral);
            prop_assert!(published.ramps.at(rule, now.time).multiplier.initial >= last.ramps.at(rule, now.time).multiplier.initial.min(published.ramps.multiplier.target));
        }
    }
}

/// How often the property above really publishes.
#[test]
fn the_random_histories_hold_enough_accepted_reports() {
    let mut runner = proptest::test_runner::TestRunner::new(cases());
    let accepted = (0..1_000)
        .filter(|_| {
            let steps = proptest::strategy::ValueTree::current(&steps().new_tree(&mut runner).unwrap());
            let (market, committee) = (market(), committee());
            let now = Now {
                time: UnixTime(NOW.time.0 + steps[0].gap),
                slot: NOW.slot,
            };
            let report = reported(&market, &committee, &steps[0], now);
            next_publication(&market, &committee, &report, SIGNERS, now).is_ok()
        })
        .count();
    assert!(accepted > 300, "{accepted} of 1000");
}
