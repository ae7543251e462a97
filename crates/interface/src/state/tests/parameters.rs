//! What governance may set.

use super::*;
use crate::composition::Components;
use crate::fixture::{class, params, rate, ratio, sensitivity};
use crate::margin::RiskClass;

use crate::quantity::{Amount, DAY, ONE, Rate, Ratio, Sensitivity, Slot};
use crate::ramp::{Track, carry_up};

#[test]
fn each_single_violation_is_an_invalid_parameter() {
    assert_eq!(params().invariant(), Ok(()));
    let breaks: [fn(&mut MarketParams); 49] = [
        |p| p.composition.weights.staking = Ratio(-1),
        |p| p.composition.debt_curve.kink = Ratio::ONE,
        |p| p.composition.debt_curve.slope1 = Ratio(-1),
        |p| p.composition.utilisation.cap = Ratio(9 * ONE + 1),
        |p| p.composition.coverage.knee = Ratio(-1),
        |p| p.composition.multiplier.cap = Ratio(9 * ONE + 1),
        |p| p.composition.multiplier.slope = Ratio(-1),
        |p| p.composition.floor = p.composition.ceiling,
        |p| p.composition.max_slope = Ratio(95_000_001),
        |p| p.bounds[0].low = Rate(p.bounds[0].high.raw() + 1),
        |p| p.bounds[7].high = Rate(Rate::MAX.raw() + 1),
        |p| p.bounds[3].low = Rate(Rate::MIN.raw() - 1),
        |p| p.max_utilisation_response = Ratio(-1),
        |p| p.max_tail_response = Ratio(10 * ONE + 1),
        |p| p.residual_tolerance = Rate(-1),
        |p| p.residual_tolerance = Rate(Rate::MAX.raw() + 1),
        |p| p.limit.rise_per_day = Rate::ZERO,
        |p| p.limit.fall_per_day = Rate::ZERO,
        |p| p.baseline_half_life = 59,
        |p| p.baseline_half_life = 30 * DAY + 1,
        |p| p.ramp.multiplier_rise_per_day = Ratio::ZERO,
        |p| p.ramp.volatility_rise_per_day = Ratio::ZERO,
        |p| p.ramp.carry_rise_per_day = Ratio::ZERO,
        |p| p.ramp.loosening_half_life = 59,
        |p| p.stressed_multiplier = Ratio(ONE - 1),
        |p| p.stressed_multiplier = Ratio(10 * ONE + 1),
        |p| p.max_observation_age = 0,
        |p| p.max_observation_age = p.staleness.soft_after + 1,
        |p| p.staleness.soft_after = 0,
        |p| p.staleness.hard_after = p.staleness.soft_after,
        |p| p.staleness.hard_after = 30 * DAY + 1,
        |p| p.staleness.growth_per_day = Ratio(-1),
        |p| p.composition.multiplier.baseline_floor = Rate::ZERO,
        |p| p.residual_tolerance = Rate(100_001),
        |p| p.ramp.loosening_half_life = 7 * DAY + 1,
        |p| p.limit.window = 0,
        |p| p.liquidation_horizon = -1,
        |p| p.liquidation_horizon = 30 * DAY + 1,
        |p| p.class_transition = 3_599,
        |p| p.class_transition = 30 * DAY + 1,
        |p| p.weight_limit.per_change = Ratio::ZERO,
        |p| p.weight_limit.per_window = Ratio(p.weight_limit.per_change.raw() - 1),
        |p| p.weight_limit.per_window = Ratio(10 * ONE + 1),
        |p| p.weight_limit.window = DAY - 1,
        |p| p.weight_limit.window = 365 * DAY + 1,
        |p| p.max_volatility = Ratio(10 * ONE + 1),
        // each cap is in its domain, the product of the multipliers is not
        |p| (p.composition.utilisation.cap, p.composition.coverage.cap) = (Ratio(3 * ONE), Ratio(3 * ONE)),
        // organic hurdles that no rate can hold
        |p| p.bounds[7].high = Rate(Rate::MAX.raw() + p.composition.floor.raw() + 1),
        |p| p.bounds[7].low = Rate(Rate::MIN.raw() + p.composition.ceiling.raw() - 1),
    ];
    for (index, break_one) in breaks.iter().enumerate() {
        let mut broken = params();
        break_one(&mut broken);
        assert_eq!(
            broken.invariant(),
            Err(HurdleError::InvalidParameter),
            "break {index}"
        );
    }
}

#[test]
fn each_component_is_held_to_its_own_bounds() {
    for index in 0..8 {
        let mut params = params();
        params.bounds[index] = Bounds {
            low: rate(0.1),
            high: rate(0.2),
        };
        for (value, expected) in [
            (rate(0.1), Ok(())),
            (rate(0.2), Ok(())),
            (Rate(rate(0.1).raw() - 1), Err(HurdleError::ComponentOutOfBounds)),
            (Rate(rate(0.2).raw() + 1), Err(HurdleError::ComponentOutOfBounds)),
        ] {
            let mut words: [i64; 12] = bytemuck::cast(fixture::components());
            words[index] = value.raw();
            assert_eq!(
                params.check_components(&bytemuck::cast(words)),
                expected,
                "component {index}"
            );
        }
    }
}

#[test]
fn volatility_and_coverage_are_held_to_their_domains() {
    let params = params();
    let components = fixture::components();
    let highest = params.max_volatility;
    for (volatility, coverage, expected) in [
        (Ratio::ZERO, Ratio::ZERO, Ok(())),
        (highest, Ratio(10 * ONE), Ok(())),
        (Ratio(-1), Ratio::ZERO, Err(HurdleError::ComponentOutOfBounds)),
        (
            Ratio(highest.raw() + 1),
            Ratio::ZERO,
            Err(HurdleError::ComponentOutOfBounds),
        ),
        (Ratio::ZERO, Ratio(-1), Err(HurdleError::ComponentOutOfBounds)),
        (
            Ratio::ZERO,
            Ratio(10 * ONE + 1),
            Err(HurdleError::ComponentOutOfBounds),
        ),
    ] {
        let components = Components {
            volatility,
            coverage,
            ..components
        };
        assert_eq!(params.check_components(&components), expected);
    }
}

#[test]
fn a_market_is_held_to_its_parameters_its_classes_and_their_grids() {
    assert_eq!(market().invariant(), Ok(()));
    let breaks: [fn(&mut MarketState); 4] = [
        |m| m.params.max_observation_age = 0,
        // its grid does not depend on it
        |m| m.classes[0].initial = m.classes[0].maintenance,
        |m| m.grids[0] = Zeroable::zeroed(),
        |m| m.published.hurdle = Rate(Rate::MAX.raw() + 1),
    ];
    for (index, break_one) in breaks.iter().enumerate() {
        let mut broken = market();
        break_one(&mut broken);
        assert_eq!(
            broken.invariant(),
            Err(HurdleError::InvalidParameter),
            "break {index}"
        );
    }
}

#[test]
fn responses_are_held_to_their_bounds_in_both_directions() {
    let mut params = params();
    params.max_utilisation_response = ratio(0.5);
    params.max_tail_response = ratio(0.2);
    let mut responses = fixture::responses();
    for (utilisation, tail, expected) in [
        (0.5, 0.2, Ok(())),
        (-0.5, -0.2, Ok(())),
        (0.500_000_01, 0.0, Err(HurdleError::ResponseOutOfBounds)),
        (-0.500_000_01, 0.0, Err(HurdleError::ResponseOutOfBounds)),
        (0.0, 0.200_000_01, Err(HurdleError::ResponseOutOfBounds)),
        (0.0, -0.200_000_01, Err(HurdleError::ResponseOutOfBounds)),
    ] {
        responses.utilisation = sensitivity(utilisation);
        responses.tail = sensitivity(tail);
        assert_eq!(params.check_responses(&responses), expected);
    }
    // a magnitude that does not exist in 64 bits must not pass as a small one
    responses.utilisation = Sensitivity(i64::MIN);
    responses.tail = Sensitivity::ZERO;
    assert_eq!(
        params.check_responses(&responses),
        Err(HurdleError::ResponseOutOfBounds)
    );
}

#[test]
fn each_broken_class_is_an_invalid_parameter() {
    let rule = params().composition.multiplier;
    assert_eq!(class().invariant(&rule), Ok(()));
    assert_eq!(RiskClass::zeroed().invariant(&rule), Ok(()));
    let breaks: [fn(&mut RiskClass); 15] = [
        |c| c.initial = c.maintenance,
        |c| c.initial = Ratio::ZERO,
        |c| c.maintenance = Ratio::ZERO,
        |c| c.maintenance = Ratio(-1),
        |c| c.hurdle_sensitivity = ratio(9.0),
        |c| c.volatility_sensitivity = Ratio(10 * ONE + 1),
        |c| c.volatility_reference = Ratio(-1),
        |c| c.size_coefficient = Ratio(-1),
        |c| c.size_cap = Ratio(9 * ONE + 1),
        |c| c.multiplier_cap = Ratio(ONE - 1),
        |c| c.multiplier_cap = Ratio(10 * ONE + 1),
        |c| c.initial = ratio(1.3),
        |c| c.haircut = Ratio(ONE + 1),
        |c| c.size_reference = Amount::ZERO,
        // the grid does not see every move
        |c| c.short_minimum = Ratio::ZERO,
    ];
    for (index, break_one) in breaks.iter().enumerate() {
        let mut broken = class();
        break_one(&mut broken);
        assert_eq!(
            broken.invariant(&rule),
            Err(HurdleError::InvalidParameter),
            "break {index}"
        );
    }
}

#[test]
fn a_class_is_found_where_it_is_defined() {
    let mut market = market();
    assert_eq!(market.class(0), Ok(&class()));
    for index in 1..=u8::MAX {
        assert_eq!(market.class(index), Err(HurdleError::UnknownRiskClass));
    }
    market.classes[7] = class();
    assert_eq!(market.class(7), Ok(&class()));
}

#[test]
fn a_market_opens_at_a_rate_inside_its_range() {
    let params = params();
    let range = &params.composition;
    let open = |first| MarketState::opened(&params, first, UnixTime(5), Slot(6));
    let opened = open(rate(0.1)).unwrap();
    assert_eq!(
        (opened.sequence, opened.hurdle, opened.baseline),
        (0, rate(0.1), rate(0.1))
    );
    assert_eq!(opened.ramps.multiplier, Track::resting(Ratio::ONE));
    assert_eq!(
        opened.ramps.carry.initial,
        carry_up(rate(0.1), params.liquidation_horizon).unwrap()
    );
    assert_eq!(
        (opened.ramps.since, opened.limit.since),
        (UnixTime(5), UnixTime(5))
    );
    assert!(open(range.floor).is_ok() && open(range.ceiling).is_ok());
    assert_eq!(
        open(Rate(range.floor.raw() - 1)),
        Err(HurdleError::InvalidParameter)
    );
    assert_eq!(
        open(Rate(range.ceiling.raw() + 1)),
        Err(HurdleError::InvalidParameter)
    );
    let mut market = market();
    market.published = opened;
    assert_eq!(market.invariant(), Ok(()));
}

#[test]
fn a_published_state_that_breaks_what_readers_rely_on_is_invalid() {
    assert_eq!(market().publication_invariant(), Ok(()));
    let breaks: [fn(&mut MarketState); 12] = [
        |m| m.version = 2,
        |m| m.published.hurdle = Rate(Rate::MAX.raw() + 1),
        |m| m.published.hurdle = Rate(Rate::MIN.raw() - 1),
        |m| m.published.baseline = Rate(Rate::MAX.raw() + 1),
        |m| m.published.baseline = Rate(Rate::MIN.raw() - 1),
        |m| m.published.ramps.multiplier.target = Ratio(ONE - 1),
        |m| m.published.ramps.multiplier.maintenance = Ratio(ONE - 1),
        |m| m.published.ramps.multiplier.maintenance = Ratio(m.published.ramps.multiplier.initial.raw() + 1),
        |m| m.published.ramps.multiplier.initial = Ratio(10 * ONE + 1),
        |m| m.published.ramps.volatility.target = Ratio(-1),
        |m| m.published.ramps.carry.maintenance = Ratio(10 * ONE + 1),
        |m| m.published.observed_at = UnixTime(m.published.published_at.0 + 1),
    ];
    for (index, break_one) in breaks.iter().enumerate() {
        let mut broken = market();
        break_one(&mut broken);
        assert_eq!(
            broken.publication_invariant(),
            Err(HurdleError::InvalidParameter),
            "break {index}"
        );
    }
}

#[test]
fn new_parameters_leave_the_past_as_it_was_even_a_rate_that_they_exclude() {
    let mut market = market();
    let targets = crate::ramp::Targets {
        multiplier: ratio(3.0),
        volatility: ratio(2.0),
        carry: ratio(0.01),
    };
    let published = &mut market.published;
    published.ramps = published
        .ramps
        .retargeted(&market.params.ramp, published.published_at, targets);
    let before = market;
    let mut params = market.params;
    params.ramp.multiplier_rise_per_day = Ratio(10 * ONE);
    params.composition.floor = rate(0.115);
    market.set_params(&params, NOW.time).unwrap();
    assert_eq!(market.invariant(), Ok(()));
    assert_eq!(market.param_epoch, before.param_epoch + 1);
    assert_eq!(
        market.published.ramps.at(&params.ramp, NOW.time),
        before.published.ramps.at(&before.params.ramp, NOW.time)
    );
    assert_eq!(
        (market.published.hurdle, market.published.baseline),
        (rate(0.12), rate(0.11))
    );
}

#[test]
fn a_range_that_no_organic_hurdle_could_be_reached_from_is_refused() {
    let mut market = market();
    market.published.hurdle = rate(30.05);
    let mut params = market.params;
    params.bounds[7].low = rate(-10.0);
    params.composition.ceiling = rate(3.0);
    assert_eq!(params.invariant(), Ok(()));
    let before = market;
    assert_eq!(
        market.set_params(&params, NOW.time),
        Err(HurdleError::InvalidParameter)
    );
    params.bounds[7].low = rate(-9.9);
    assert_eq!(before.clone().set_params(&params, NOW.time), Ok(()));

    // and at the other end
    let mut market = before;
    market.published.hurdle = rate(-30.05);
    params.bounds[7].high = rate(10.0);
    assert_eq!(params.invariant(), Ok(()));
    assert_eq!(
        market.clone().set_params(&params, NOW.time),
        Err(HurdleError::InvalidParameter)
    );
    params.bounds[7].high = rate(9.9);
    assert_eq!(market.set_params(&params, NOW.time), Ok(()));
}
