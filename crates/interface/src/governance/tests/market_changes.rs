//! Changes of a market: what stands in their way, and what they leave behind.

use super::*;
use crate::fixture::{class, rate};
use crate::margin::RiskClass;
use crate::quantity::{ONE, Ratio};
use crate::state::{ClassTransition, MarketParams};

fn with(change: impl FnOnce(&mut MarketParams)) -> MarketChange {
    let mut params = params();
    change(&mut params);
    MarketChange::Params(params)
}

fn class_change(index: u8, change: impl FnOnce(&mut RiskClass)) -> MarketChange {
    let mut class = class();
    change(&mut class);
    MarketChange::Class(IndexedClass { index, class })
}

fn inactive() -> crate::state::MarketState {
    let mut market = fresh_market();
    market.active = 0;
    market
}

#[test]
fn parameters_come_into_force_under_a_new_epoch() {
    let mut market = fresh_market();
    let change = with(|p| p.stressed_multiplier = ratio(2.0));
    let (replaced, digest) = (change.replaced(&market).unwrap(), change.digest(&market));
    assert_eq!(change.validate(&market), Ok(()));
    let epoch = market.param_epoch;
    assert_eq!(change.apply(&mut market, NOW.time), Ok(()));
    assert_eq!(market.params.stressed_multiplier, ratio(2.0));
    assert_eq!(market.param_epoch, epoch + 1);
    assert_ne!(replaced, digest);
    assert_eq!(
        change.replaced(&market),
        Ok(digest),
        "the digest of what stands is that of what was put there"
    );
}

#[test]
fn broken_parameters_are_refused_when_proposed_and_when_executed() {
    for broken in [
        with(|p| p.composition.ceiling = p.composition.floor),
        // the class's factor for m would leave its domain
        with(|p| p.composition.multiplier.cap = ratio(9.0)),
    ] {
        let mut market = fresh_market();
        market.classes[1] = RiskClass {
            hurdle_sensitivity: ratio(1.5),
            ..class()
        };
        assert_eq!(broken.validate(&market), Err(HurdleError::InvalidParameter));
        assert_eq!(
            broken.apply(&mut market, NOW.time),
            Err(HurdleError::InvalidParameter)
        );
    }
}

#[test]
fn weights_move_within_their_limits_on_an_active_market_and_freely_before() {
    let limit = params().weight_limit;
    let beyond = Ratio(ONE + limit.per_change.raw() + 1);
    let change = with(|p| p.composition.weights.tail = beyond);
    let mut active = fresh_market();
    assert_eq!(change.validate(&active), Err(HurdleError::WeightMoveTooLarge));
    assert_eq!(
        change.apply(&mut active, NOW.time),
        Err(HurdleError::WeightMoveTooLarge)
    );
    let mut inactive = inactive();
    assert_eq!(change.apply(&mut inactive, NOW.time), Ok(()));
    assert_eq!(
        inactive.weight_budget,
        Default::default(),
        "nothing counts before activation"
    );
    let change = with(|p| p.composition.weights.tail = Ratio(ONE + limit.per_change.raw()));
    assert_eq!(change.apply(&mut active, NOW.time), Ok(()));
    assert_eq!(active.weight_budget.current[6], limit.per_change);
}

#[test]
fn the_limit_in_force_binds_a_change_that_widens_it() {
    let change = with(|p| {
        (p.weight_limit.per_change, p.weight_limit.per_window) = (ratio(5.0), ratio(5.0));
        p.composition.weights.tail = ratio(4.0);
    });
    let mut market = fresh_market();
    assert_eq!(
        change.apply(&mut market, NOW.time),
        Err(HurdleError::WeightMoveTooLarge)
    );
}

#[test]
fn the_rule_of_staleness_changes_only_while_it_does_not_act() {
    let soft = params().staleness.soft_after;
    let earlier = with(|p| p.staleness.soft_after = soft - 600);
    let later_soft = with(|p| p.staleness.soft_after = soft + 600);
    for (change, age, expected) in [
        (&earlier, 0, Ok(())),
        (&earlier, soft - 600, Ok(())),
        (&earlier, soft - 599, Err(HurdleError::MarketNotFresh)),
        (&later_soft, soft, Ok(())),
        (&later_soft, soft + 1, Err(HurdleError::MarketNotFresh)),
    ] {
        let mut market = fresh_market();
        assert_eq!(change.apply(&mut market, later(age)), expected, "age {age}");
        // other parameters change at any age
        let other = with(|p| p.stressed_multiplier = ratio(2.0));
        assert_eq!(other.apply(&mut fresh_market(), later(age)), Ok(()));
        // nobody rests on an inactive market, and nothing can be margined by one that has published nothing
        assert_eq!(change.apply(&mut inactive(), later(age)), Ok(()));
        let mut unread = fresh_market();
        unread.published.sequence = 0;
        assert_eq!(change.apply(&mut unread, later(age)), Ok(()));
    }
}

#[test]
fn maintenance_margin_stands_where_it_stood_through_a_change_of_parameters() {
    let mut market = fresh_market();
    market.published.ramps.multiplier.target = ratio(2.5);
    market.published.ramps.multiplier.initial = ratio(2.5);
    let at = later(3_600);
    let before = market.published.ramps.at(&market.params.ramp, at);
    let change = with(|p| p.ramp.multiplier_rise_per_day = ratio(10.0));
    assert_eq!(change.apply(&mut market, at), Ok(()));
    assert_eq!(market.published.ramps.at(&market.params.ramp, at), before);
}

#[test]
fn a_changed_class_leaves_the_old_one_to_pass_over_from() {
    let mut market = fresh_market();
    let change = class_change(0, |c| c.maintenance = ratio(0.06));
    let epoch = market.param_epoch;
    assert_eq!(change.validate(&market), Ok(()));
    assert_eq!(change.apply(&mut market, NOW.time), Ok(()));
    assert_eq!(market.classes[0].maintenance, ratio(0.06));
    assert_eq!(
        (market.transitions[0].from, market.transitions[0].since),
        (class(), NOW.time)
    );
    assert_eq!(market.param_epoch, epoch + 1);
    assert_eq!(change.replaced(&market), Ok(change.digest(&market)));

    // not again before it is over, nor another time to pass over in
    let seconds = market.params.class_transition;
    let again = class_change(0, |c| c.maintenance = ratio(0.055));
    let slower = with(|p| p.class_transition = seconds + 3_600);
    for (change, over) in [(&again, seconds), (&slower, seconds + 3_600)] {
        let mut early = market;
        assert_eq!(
            change.apply(&mut early, later(over - 1)),
            Err(HurdleError::ClassInTransition)
        );
        assert_eq!(change.apply(&mut early, later(over)), Ok(()));
    }
    // other classes do not wait
    assert_eq!(class_change(1, |_| ()).apply(&mut market, later(1)), Ok(()));
    assert!(
        !market.transitions[1].from.is_defined(),
        "a class that is new passes over from nothing"
    );
    assert_eq!(
        again.apply(&mut market, later(1)),
        Err(HurdleError::ClassInTransition)
    );
}

#[test]
fn before_activation_a_class_changes_at_once_and_as_often_as_needed() {
    let mut market = inactive();
    for maintenance in [0.06, 0.04] {
        let change = class_change(0, |c| c.maintenance = ratio(maintenance));
        assert_eq!(change.apply(&mut market, NOW.time), Ok(()));
        assert_eq!(market.transitions, [ClassTransition::default(); 8]);
    }
}

#[test]
fn a_class_is_never_undefined_again_nor_set_outside_the_market() {
    for (change, error) in [
        (
            MarketChange::Class(IndexedClass {
                index: 0,
                class: RiskClass::default(),
            }),
            HurdleError::InvalidParameter,
        ),
        (
            class_change(1, |c| c.maintenance = c.initial),
            HurdleError::InvalidParameter,
        ),
        (class_change(8, |_| ()), HurdleError::UnknownRiskClass),
    ] {
        let mut market = fresh_market();
        assert_eq!(change.validate(&market), Err(error));
        assert_eq!(change.apply(&mut market, NOW.time), Err(error));
    }
    let outside = class_change(8, |_| ());
    assert_eq!(outside.replaced(&market()), Err(HurdleError::UnknownRiskClass));
    assert_eq!(outside.direction(&market()), Err(HurdleError::UnknownRiskClass));
}

#[test]
fn an_active_markets_class_goes_on_margining_options_once_it_does() {
    let without = class_change(0, |c| c.price_range = Ratio::ZERO);
    let mut active = fresh_market();
    assert!(active.classes[0].price_range > Ratio::ZERO);
    let refused = Err(HurdleError::InvalidParameter);
    assert_eq!(
        (without.validate(&active), without.apply(&mut active, NOW.time)),
        (refused, refused)
    );
    assert_eq!(
        class_change(0, |c| c.price_range = ratio(0.2)).apply(&mut active, NOW.time),
        Ok(())
    );
    // options may be let in later, and before activation nobody has any
    let lets_none_in = class_change(1, |c| c.price_range = Ratio::ZERO);
    assert_eq!(lets_none_in.apply(&mut active, NOW.time), Ok(()));
    assert_eq!(class_change(1, |_| ()).validate(&active), Ok(()));
    assert_eq!(without.apply(&mut inactive(), NOW.time), Ok(()));
}

#[test]
fn a_change_and_its_reversal_before_activation_leave_a_trace() {
    let mut market = inactive();
    let replaced = MarketChange::Activation.replaced(&market).unwrap();
    let (there, back) = (with(|p| p.stressed_multiplier = ratio(2.0)), with(|_| ()));
    let standing = market.params;
    for change in [there, back] {
        change.set_up(&mut market, NOW.time).unwrap();
    }
    assert_eq!(market.params, standing);
    assert_ne!(MarketChange::Activation.replaced(&market), Ok(replaced));
}

#[test]
fn activation_rests_on_everything_that_the_authority_may_still_set() {
    let change = MarketChange::Activation;
    let base = inactive();
    let replaced = change.replaced(&base).unwrap();
    let changes: [fn(&mut crate::state::MarketState); 4] = [
        |m| m.params.composition.ceiling = rate(2.0),
        |m| m.classes[7] = class(),
        |m| m.model_hash = [9; 32],
        |m| m.committee = fixture::key(9),
    ];
    for change_one in changes {
        let mut market = base;
        change_one(&mut market);
        assert_ne!(change.replaced(&market), Ok(replaced));
    }
    // a publication meanwhile does not matter
    let mut market = base;
    market.published.sequence += 1;
    assert_eq!(change.replaced(&market), Ok(replaced));
    assert_eq!(change.apply(&mut market, NOW.time), Ok(()));
    assert!(market.is_active());
    for refused in [change.validate(&market), change.apply(&mut market, NOW.time)] {
        assert_eq!(refused, Err(HurdleError::MarketActive));
    }
    assert_eq!(market.check_inactive(), Err(HurdleError::MarketActive));
    assert_eq!(base.check_inactive(), Ok(()));
}

#[test]
fn another_model_and_activation_are_looser() {
    let market = market();
    for change in [MarketChange::Model([9; 32]), MarketChange::Activation] {
        assert_eq!(change.direction(&market), Ok(Direction::Looser));
    }
    let mut changed = market;
    assert_eq!(MarketChange::Model([9; 32]).apply(&mut changed, NOW.time), Ok(()));
    assert_eq!(changed.model_hash, [9; 32]);
}
