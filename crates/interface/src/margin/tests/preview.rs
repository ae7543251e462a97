//! What margin will be.

use super::strategies::*;
use super::*;

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_preview_is_the_check_at_its_time(
        (classes, standing) in markets(), positions in positions(), ahead in 0..30 * DAY, byte in 0u8..6,
    ) {
        let mut market = market_of(&classes, &standing);
        market.pauses.until = UnixTime(NOW.time.0 + DAY);
        let portfolio = Portfolio::new(Action::try_from(byte).unwrap(), &positions).unwrap();
        let at = UnixTime(NOW.time.0 + ahead);
        let check = |now| check_portfolio(&market, &portfolio, now);
        let preview = |at| preview_portfolio(&market, &portfolio, NOW.time, at);
        prop_assert_eq!(preview(NOW.time), check(NOW.time));
        prop_assert_eq!(preview(at), check(at));
        prop_assert_eq!(preview(UnixTime(NOW.time.0 - 1)), Err(HurdleError::PreviewInPast));
    }

    /// Ramps that only tighten and an observation that only ages: the requirement to come is no smaller.
    #[test]
    fn while_nothing_loosens_a_linear_requirement_to_come_is_no_smaller(
        (classes, standing) in markets(), positions in proptest::collection::vec(linear(), 1..=8), ahead in 0..30 * DAY,
    ) {
        let market = market_of(&classes, &standing);
        let portfolio = Portfolio::new(Action::Open, &positions).unwrap();
        let now = answer(&market, &positions);
        let then = preview_portfolio(&market, &portfolio, NOW.time, UnixTime(NOW.time.0 + ahead)).unwrap();
        prop_assert!(then.initial >= now.initial && then.maintenance >= now.maintenance);
        prop_assert!(then.initial_collateral <= now.initial_collateral);
        prop_assert!(then.maintenance_collateral <= now.maintenance_collateral);
    }
}

#[test]
fn an_option_that_expires_before_the_time_is_worth_its_intrinsic_value_then() {
    let mut market = market_at(Ratio::ONE);
    market.classes[0] = plain();
    market.params.staleness.soft_after = 3_000 * DAY;
    market.params.staleness.hard_after = 3_001 * DAY;
    let written = [call(Side::Short, MILLION, Amount::ZERO)];
    let portfolio = Portfolio::new(Action::Open, &written).unwrap();
    let expiry = written[0].expiry;
    let after = preview_portfolio(&market, &portfolio, NOW.time, UnixTime(expiry.0 + 1)).unwrap();
    // at worst the price rises by 0.3 of spot
    assert!(
        (300_000_000_000..=300_002_000_000).contains(&after.initial.0),
        "{after:?}"
    );
    let before = preview_portfolio(&market, &portfolio, NOW.time, NOW.time).unwrap();
    assert!(before.initial > after.initial);
}
