use super::*;
use crate::error::HurdleError;
use crate::fixture::{EDGES, bits, cases};
use proptest::prelude::*;

const RATES: core::ops::RangeInclusive<i64> = Rate::MIN.0..=Rate::MAX.0;
const RATIOS: core::ops::RangeInclusive<i64> = 0..=Ratio::MAX.0;
const SENSITIVITIES: core::ops::RangeInclusive<i64> = -Sensitivity::MAX.0..=Sensitivity::MAX.0;

/// Values of a domain, its ends and zero more often than chance would have them.
fn values(domain: core::ops::RangeInclusive<i64>) -> impl Strategy<Value = i64> {
    let edges: std::vec::Vec<i64> = EDGES.into_iter().filter(|edge| domain.contains(edge)).collect();
    prop_oneof![1 => proptest::sample::select(edges), 3 => domain]
}

fn ceil(n: i128, d: i128) -> i128 {
    n.div_euclid(d) + i128::from(n.rem_euclid(d) != 0)
}

fn floor(n: i128, d: i128) -> i128 {
    n.div_euclid(d)
}

/// A value where it lies in a domain, else the error.
fn held(value: i128, domain: core::ops::RangeInclusive<i64>, error: HurdleError) -> Result<i64, HurdleError> {
    i64::try_from(value)
        .ok()
        .filter(|value| domain.contains(value))
        .ok_or(error)
}

fn amounts() -> impl Strategy<Value = u64> {
    prop_oneof![
        proptest::sample::select(std::vec![
            0,
            1,
            99_999_999,
            100_000_000,
            100_000_001,
            u64::MAX - 1,
            u64::MAX
        ]),
        any::<u64>(),
        0u64..1_000_000_000_000,
    ]
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn quantities_admit_their_domain_and_nothing_else(raw in bits()) {
        let rate = held(raw.into(), RATES, HurdleError::RateOutOfDomain);
        let ratio = held(raw.into(), RATIOS, HurdleError::RatioOutOfDomain);
        let sensitivity = held(raw.into(), SENSITIVITIES, HurdleError::SensitivityOutOfDomain);
        prop_assert_eq!(Rate::new(raw).map(Rate::raw), rate);
        prop_assert_eq!(Rate(raw).validate().map(Rate::raw), rate);
        prop_assert_eq!(Ratio::new(raw).map(Ratio::raw), ratio);
        prop_assert_eq!(Ratio(raw).validate().map(Ratio::raw), ratio);
        prop_assert_eq!(Sensitivity::new(raw).map(Sensitivity::raw), sensitivity);
        let fine = held(raw.into(), 0..=Ratio::MAX.0 * FINE, HurdleError::RatioOutOfDomain);
        prop_assert_eq!(FineRatio::new(raw).map(|ratio| ratio.0), fine);
    }

    #[test]
    fn quotients_round_in_the_direction_of_their_name(n in bits(), d in bits()) {
        let (up, down) = (div_up(n, d), div_down(n, d));
        if d <= 0 {
            prop_assert_eq!((up, down), (None, None));
        } else {
            prop_assert_eq!(up.map(i128::from), Some(ceil(n.into(), d.into())));
            prop_assert_eq!(down.map(i128::from), Some(floor(n.into(), d.into())));
        }
    }

    #[test]
    fn a_checked_product_is_exact_or_nothing(a in bits(), b in bits(), small in 0u64..100_000_000_000) {
        let (a, b) = (a.cast_unsigned(), b.cast_unsigned());
        for (a, b) in [(a, b), (a, small), (small, b), (a >> 32, b >> 32)] {
            prop_assert_eq!(mul_checked(a, b), a.checked_mul(b));
        }
    }

    #[test]
    fn rates_are_the_exact_ones_rounded_once(a in values(RATES), b in values(RATES), r in values(RATIOS)) {
        let (a128, b128, r128) = (i128::from(a), i128::from(b), i128::from(r));
        let rate = |value| held(value, RATES, HurdleError::RateOutOfDomain);
        let one = i128::from(ONE);
        prop_assert_eq!(Rate(a).add(Rate(b)).map(Rate::raw), rate(a128 + b128));
        prop_assert_eq!(Rate(a).sub(Rate(b)).map(Rate::raw), rate(a128 - b128));
        prop_assert_eq!(i128::from(Rate(a).times(Ratio(r)).0), a128 * r128);
        prop_assert_eq!(Rate(a).times_up(Ratio(r)).map(Rate::raw), rate(ceil(a128 * r128, one)));
        prop_assert_eq!(Rate(a).times_down(Ratio(r)).map(Rate::raw), rate(floor(a128 * r128, one)));
        prop_assert_eq!(i128::from(Rate(a).distance(Rate(b))), (a128 - b128).abs());
        prop_assert_eq!(Rate(a).clamp_between(Rate(b), Rate::MAX).raw(), a.max(b));
        prop_assert_eq!(Rate(a).clamp_between(Rate::MIN, Rate(b)).raw(), a.min(b));
    }

    #[test]
    fn ratios_are_the_exact_ones_rounded_once(a in values(RATIOS), b in values(RATIOS)) {
        let (a128, b128) = (i128::from(a), i128::from(b));
        let ratio = |value| held(value, RATIOS, HurdleError::RatioOutOfDomain);
        prop_assert_eq!(Ratio(a).add(Ratio(b)).map(Ratio::raw), ratio(a128 + b128));
        prop_assert_eq!(Ratio(a).times_up(Ratio(b)).map(Ratio::raw), ratio(ceil(a128 * b128, ONE.into())));
        prop_assert_eq!(Ratio(a).excess_over(Ratio(b)).raw(), (a - b).max(0));
        prop_assert_eq!(Ratio(a).complement().raw(), (ONE - a).max(0));
    }

    #[test]
    fn fine_products_are_the_exact_ones_rounded_up(
        a in values(RATES), a_rest in 0i64..FINE, b in values(RATIOS), b_rest in 0i64..FINE, c in values(RATIOS),
    ) {
        let (rate, ratio) = (a * FINE + a_rest, b * FINE + b_rest);
        let (rate128, ratio128, c128) = (i128::from(rate), i128::from(ratio), i128::from(c));
        let scale = 10_000i128;
        prop_assert_eq!(
            i128::from(FineRate(rate).times_up(FineRatio(ratio)).0),
            ceil(rate128 * ratio128, scale)
        );
        prop_assert_eq!(i128::from(FineRate(rate).times_ratio_up(Ratio(c)).0), ceil(rate128 * c128, 100));
        let of_ratios = held(
            ceil(i128::from(b) * c128, 1_000_000),
            0..=Ratio::MAX.0 * FINE,
            HurdleError::RatioOutOfDomain,
        );
        prop_assert_eq!(FineRatio::product_up(Ratio(b), Ratio(c)).map(|fine| fine.0), of_ratios);
        let product = ceil(ratio128 * c128 * 100, 10_000_000_000);
        let fine = held(product, 0..=Ratio::MAX.0 * FINE, HurdleError::RatioOutOfDomain);
        prop_assert_eq!(FineRatio(ratio).times_up(Ratio(c).into()).map(|fine| fine.0), fine);
        prop_assert_eq!(i128::from(FineRate(rate).to_rate_up().raw()), ceil(rate128, 100));
        prop_assert_eq!(i128::from(FineRatio(ratio).to_ratio_up().raw()), ceil(ratio128, 100));
        prop_assert_eq!(FineRate::from(Rate(a)).to_rate_up(), Rate(a));
        prop_assert_eq!(FineRatio::from(Ratio(b)).to_ratio_up(), Ratio(b));
    }

    #[test]
    fn sums_of_products_round_once_or_overflow(a in bits(), b in bits()) {
        let sum = i128::from(a) + i128::from(b);
        prop_assert_eq!(
            Wide(a).add(Wide(b)).map(|wide| wide.0),
            i64::try_from(sum).map_err(|_| HurdleError::Overflow)
        );
        let (wide, one) = (Wide(a), i128::from(ONE));
        let rate = |value| held(value, RATES, HurdleError::RateOutOfDomain);
        prop_assert_eq!(wide.to_rate_up().map(Rate::raw), rate(ceil(a.into(), one)));
        prop_assert_eq!(wide.to_rate_down().map(Rate::raw), rate(floor(a.into(), one)));
        let fine = held(
            ceil(a.into(), 1_000_000),
            Rate::MIN.0 * FINE..=Rate::MAX.0 * FINE,
            HurdleError::RateOutOfDomain,
        );
        prop_assert_eq!(wide.to_fine_up().map(|fine| fine.0), fine);
    }

    #[test]
    fn responses_are_exact_for_rates_and_rounded_up_for_ratios(
        rho in values(SENSITIVITIES), from in values(RATES), to in values(RATES),
        low in 0..=Ratio::MAX.0 * FINE, high in 0..=Ratio::MAX.0 * FINE,
    ) {
        let rho128 = i128::from(rho);
        let wide = Sensitivity(rho).to_rate_move(Rate(from), Rate(to)).0;
        prop_assert_eq!(i128::from(wide), rho128 * (i128::from(to) - i128::from(from)));
        let wide = Sensitivity(rho).to_ratio_move_up(FineRatio(low), FineRatio(high)).0;
        prop_assert_eq!(i128::from(wide), ceil(rho128 * (i128::from(high) - i128::from(low)), 100));
        prop_assert_eq!(Sensitivity(rho).magnitude().raw(), rho.abs());
    }

    #[test]
    fn amounts_are_the_exact_ones_rounded_in_the_named_direction(
        a in amounts(), b in amounts(), r in values(RATIOS),
    ) {
        let product = u128::from(a) * u128::from(r.unsigned_abs());
        let one = u128::from(ONE.unsigned_abs());
        let amount = |value: u128| u64::try_from(value).map(Amount).map_err(|_| HurdleError::Overflow);
        prop_assert_eq!(Amount(a).times_up(Ratio(r)), amount(product.div_ceil(one)));
        prop_assert_eq!(Amount(a).times_down(Ratio(r)), amount(product / one));
        prop_assert_eq!(Amount(a).add(Amount(b)), amount(u128::from(a) + u128::from(b)));
        prop_assert_eq!(Amount(a).sub(Amount(b)), a.checked_sub(b).map(Amount).ok_or(HurdleError::Overflow));
    }

    #[test]
    fn elapsed_time_is_never_negative(a in bits(), b in bits()) {
        let exact = (i128::from(a) - i128::from(b)).clamp(0, i64::MAX.into());
        prop_assert_eq!(i128::from(UnixTime(a).seconds_since(UnixTime(b))), exact);
    }

    /// Raw bytes may hold anything; what comes of it is unspecified, but it comes.
    #[test]
    fn no_bit_pattern_makes_an_operation_panic(a in bits(), b in bits(), atoms in any::<u64>()) {
        let (rate, ratio, sensitivity) = (Rate(a), Ratio(b), Sensitivity(b));
        let _ = (rate.add(Rate(b)), rate.sub(Rate(b)), rate.times_up(ratio), rate.times_down(ratio));
        let _ = (rate.distance(Rate(b)), rate.clamp_between(Rate(b), Rate(a)));
        let _ = (Ratio(a).add(ratio), Ratio(a).times_up(ratio), Ratio(a).excess_over(ratio), ratio.complement());
        let _ = (sensitivity.magnitude(), sensitivity.to_rate_move(rate, Rate(b)));
        let _ = sensitivity.to_ratio_move_up(FineRatio(a), FineRatio::from(ratio));
        let _ = (Wide::from_rate(rate), Wide::from_ratio(ratio), Wide(a).to_fine_up());
        let _ = (FineRate(a).times_ratio_up(ratio), FineRatio::product_up(Ratio(a), ratio));
        let _ = (FineRate(a).times_up(FineRatio(b)), FineRatio(a).times_up(FineRatio(b)));
        let _ = (FineRate(a).add(FineRate(b)), FineRate(a).sub(FineRate(b)), FineRate(a).to_rate_up());
        let _ = (Amount(atoms).times_up(ratio), Amount(atoms).times_down(ratio));
    }
}

#[test]
fn domains_are_those_of_the_design() {
    assert_eq!(ONE, 100_000_000);
    assert_eq!((Rate::MIN.raw(), Rate::MAX.raw()), (-40 * ONE, 40 * ONE));
    assert_eq!((Ratio::ZERO.raw(), Ratio::MAX.raw()), (0, 10 * ONE));
    assert_eq!(Sensitivity::MAX.raw(), 10 * ONE);
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_root_is_that_of_core(value in any::<u64>(), shift in 0u32..64, near in -2i64..=2) {
        let value = value >> shift;
        let square = u64::from(u32::try_from(value & 0xffff_ffff).unwrap()).pow(2);
        for value in [value, square.saturating_add_signed(near)] {
            prop_assert_eq!(root_down(value), value.isqrt());
        }
    }
}

#[test]
fn the_root_is_that_of_core_at_both_ends() {
    for value in (0..70_000).chain(u64::MAX - 100..=u64::MAX) {
        assert_eq!(root_down(value), value.isqrt(), "{value}");
    }
}

#[test]
fn a_sum_does_not_bring_a_ratio_from_outside_back_into_its_domain() {
    for outside in [-1, Ratio::MAX.raw() + 1, i64::MIN, i64::MAX] {
        assert_eq!(
            Ratio(outside).add(Ratio(2)),
            Err(HurdleError::RatioOutOfDomain),
            "{outside}"
        );
    }
}
