use super::*;
use crate::fixture::{self, NOW, bits, cases, committee, market, rate, ratio, report, sensitivity};
use crate::quantity::{ONE, Ratio};
use crate::report::FLAG_NO_EQUILIBRIUM;
use proptest::prelude::*;

mod history;
mod refusals;

/// Two of the three keepers.
const SIGNERS: u16 = 0b101;

/// A market, its committee, the report that it expects and the moment of publication.
#[derive(Clone)]
struct Scene {
    market: MarketState,
    committee: CommitteeState,
    report: Report,
    now: Now,
}

impl Scene {
    fn sound() -> Self {
        let (market, committee) = (market(), committee());
        let report = report(&market, &committee);
        Self {
            market,
            committee,
            report,
            now: NOW,
        }
    }

    fn publish(&self) -> Result<Published> {
        next_publication(&self.market, &self.committee, &self.report, SIGNERS, self.now)
    }
}

#[test]
fn a_sound_report_is_published_with_all_that_it_says() {
    let scene = Scene::sound();
    let published = scene.publish().unwrap();
    let report = &scene.report;
    assert_eq!(
        (published.sequence, published.observed_at),
        (2, report.observed_at)
    );
    assert_eq!(
        (published.observed_slot, published.published_at),
        (report.observed_slot, NOW.time)
    );
    assert_eq!(published.published_slot, NOW.slot);
    assert_eq!(
        (published.hurdle, published.raw_hurdle),
        (report.hurdle, report.hurdle)
    );
    assert_eq!(
        published.organic_hurdle,
        report.hurdle.sub(report.components.emissions).unwrap()
    );
    assert_eq!(
        (published.components, published.responses),
        (report.components, report.responses)
    );
    assert_eq!((published.signers, published.signer_count), (SIGNERS, 2));
    assert_eq!(
        (published.status, published.committee_epoch),
        (0, scene.committee.epoch)
    );
    assert_eq!(published.observations_hash, report.observations_hash);
    assert!(published.residual <= scene.market.params.residual_tolerance);
    let mut market = scene.market;
    market.published = published;
    assert_eq!(market.invariant(), Ok(()));
}

impl Scene {
    /// Sets the report's rate to a fixed point of what it now says.
    fn resolve(&mut self) {
        self.report.hurdle = fixture::solved(&self.market, &self.report.components, self.report.responses);
    }

    /// The same market asked for far more: staking at 80 %.
    fn spike() -> Self {
        let mut scene = Self::sound();
        scene.report.components.staking = rate(0.8);
        scene.report.responses = crate::composition::Responses::default();
        scene.resolve();
        scene
    }
}

#[test]
fn times_are_accepted_up_to_their_bounds() {
    let mut scene = Scene::sound();
    scene.report.observed_at.0 = NOW.time.0 - 300;
    assert!(scene.publish().is_ok());
    scene.report.observed_at = NOW.time;
    scene.report.observed_slot = NOW.slot;
    scene.report.expires_at.0 = NOW.time.0 + 1;
    assert!(scene.publish().is_ok());
    scene.market.published.observed_at.0 = NOW.time.0 - 1;
    scene.market.published.observed_slot.0 = scene.report.observed_slot.0 - 1;
    assert!(scene.publish().is_ok());
    scene.report.observed_slot.0 = NOW.slot.0 - 300 * SLOTS_PER_SECOND;
    scene.market.published.observed_slot.0 = scene.report.observed_slot.0 - 1;
    assert!(scene.publish().is_ok());
}

/// Φ leads into the range, so a rate outside of it is no fixed point, however near to the range it lies.
#[test]
fn a_rate_outside_the_range_or_an_unflagged_run_is_refused_even_within_tolerance() {
    let mut scene = Scene::spike();
    for (ceiling, beyond) in [(true, 1), (false, -1)] {
        let mut scene = scene.clone();
        let range = &mut scene.market.params.composition;
        if ceiling {
            (range.ceiling, scene.report.hurdle) = (rate(0.3), rate(0.3));
        } else {
            (range.floor, scene.report.hurdle) = (rate(2.0), rate(2.0));
        }
        let at_the_end = if ceiling {
            Err(HurdleError::UnflaggedRun)
        } else {
            Ok(())
        };
        assert_eq!(
            scene.publish().map(|_| ()),
            at_the_end,
            "the floor binds; the ceiling means a run"
        );
        scene.report.hurdle.0 += beyond;
        assert_eq!(scene.publish().map(|_| ()), Err(HurdleError::ResidualTooLarge));
    }
    scene.report.flags = FLAG_NO_EQUILIBRIUM;
    scene.report.hurdle.0 = scene.market.params.composition.ceiling.raw() + 1;
    assert_eq!(scene.publish().map(|_| ()), Err(HurdleError::NotStressedRate));
}

#[test]
fn a_limited_rate_is_published_and_flagged() {
    let scene = Scene::spike();
    let published = scene.publish().unwrap();
    assert_eq!(published.status, STATUS_LIMITED);
    assert_eq!(published.raw_hurdle, scene.report.hurdle);
    // two a day for an hour
    let expected = scene.market.published.hurdle.raw() + 2 * ONE / 24;
    assert_eq!(published.hurdle.raw(), expected);
    assert_eq!(
        published.organic_hurdle.raw(),
        expected - scene.report.components.emissions.raw()
    );
}

#[test]
fn a_report_without_equilibrium_puts_the_market_under_stress_without_solving() {
    let mut scene = Scene::sound();
    scene.report.flags = FLAG_NO_EQUILIBRIUM;
    scene.report.hurdle = scene.market.params.composition.ceiling;
    // strong responses and components would refuse any other report
    scene.report.responses.utilisation = sensitivity(1.0);
    let published = scene.publish().unwrap();
    assert_eq!(published.status, STATUS_STRESSED | STATUS_LIMITED);
    assert_eq!(published.raw_hurdle, scene.market.params.composition.ceiling);
    assert_eq!(published.residual, Rate::ZERO);
    assert!(published.ramps.multiplier.target >= scene.market.params.stressed_multiplier);
    assert_eq!(
        published.ramps.multiplier.initial,
        published.ramps.multiplier.target
    );
    assert_eq!(published.ramps.multiplier.maintenance, Ratio::ONE);
}

#[test]
fn the_stressed_multiplier_is_a_floor_not_a_ceiling() {
    let mut scene = Scene::sound();
    scene.report.flags = FLAG_NO_EQUILIBRIUM;
    scene.report.hurdle = scene.market.params.composition.ceiling;
    scene.market.params.limit.rise_per_day = Rate::MAX;
    scene.market.params.stressed_multiplier = ratio(1.2);
    // the rate reaches 178 %, sixteen times its baseline: the multiplier is at its cap of 1 + 2
    assert_eq!(scene.publish().unwrap().ramps.multiplier.target, ratio(3.0));
    scene.market.params.stressed_multiplier = ratio(4.0);
    assert_eq!(scene.publish().unwrap().ramps.multiplier.target, ratio(4.0));
}

#[test]
fn an_outage_does_not_deadlock_the_band() {
    let mut scene = Scene::spike();
    let month = 30 * 86_400;
    scene.now.time.0 += month;
    scene.report.observed_at.0 += month;
    scene.report.expires_at.0 += month;
    let published = scene.publish().unwrap();
    assert_eq!((published.status, published.hurdle), (0, scene.report.hurdle));
}

#[test]
fn cached_data_is_not_published_again() {
    let mut scene = Scene::sound();
    scene.market.published = scene.publish().unwrap();
    assert_eq!(scene.publish().map(|_| ()), Err(HurdleError::WrongSequence));
    scene.report.sequence += 1;
    scene.report.observed_slot.0 += 1;
    assert_eq!(scene.publish().map(|_| ()), Err(HurdleError::ObservedNotNewer));
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn no_bytes_make_publishing_panic(seed in any::<u64>(), one_in in 1u64..300, time in bits(), slot in any::<u64>()) {
        let mut scene = Scene {
            market: market(),
            committee: committee(),
            report: report_unsolved(),
            now: NOW,
        };
        fixture::scramble(&mut scene.market, seed, one_in);
        fixture::scramble(&mut scene.committee, seed ^ 1, one_in);
        fixture::scramble(&mut scene.report, seed ^ 2, one_in);
        if seed % 4 == 0 {
            scene.now = Now { time: UnixTime(time), slot: Slot(slot) };
        }
        if seed % 3 != 0 {
            // past the checks of identity, into the arithmetic
            scene.report.domain = scene.market.domain;
            scene.report.param_epoch = scene.market.param_epoch;
            scene.report.committee_epoch = scene.committee.epoch;
            scene.report.model_hash = scene.market.model_hash;
            scene.report.sequence = scene.market.published.sequence.wrapping_add(1);
        }
        if let Ok(published) = scene.publish() {
            scene.market.published = published;
            let _ = scene.market.publication_invariant();
        }
    }
}

/// A report whose rate was not solved for.
fn report_unsolved() -> Report {
    let mut report = Report {
        schema: crate::report::SCHEMA,
        components: fixture::components(),
        responses: fixture::responses(),
        ..bytemuck::Zeroable::zeroed()
    };
    report.observed_slot = Slot(NOW.slot.0 - 25);
    report.observed_at = UnixTime(NOW.time.0 - 10);
    report.expires_at = UnixTime(NOW.time.0 + 120);
    report.hurdle = rate(0.12);
    report
}
