use super::*;
use crate::fixture::{bits, cases, ratio, reference};
use proptest::prelude::*;

const FULL: u64 = 10_000_000_000_000_000;

fn curve() -> impl Strategy<Value = DebtCurve> {
    (1..ONE, 0..=10 * ONE, 0..=10 * ONE).prop_map(|(kink, slope1, slope2)| DebtCurve {
        kink: Ratio(kink),
        slope1: Ratio(slope1),
        slope2: Ratio(slope2),
    })
}

fn utilisation() -> impl Strategy<Value = FineUtilisation> {
    prop_oneof![1 => Just(0), 1 => Just(FULL), 8 => 0..=FULL].prop_map(FineUtilisation)
}

fn spread() -> impl Strategy<Value = SpreadMultiplier> {
    (0..=10 * ONE, 0..=10 * ONE, 0..=9 * ONE).prop_map(|(knee, slope, cap)| SpreadMultiplier {
        knee: Ratio(knee),
        slope: Ratio(slope),
        cap: Ratio(cap),
    })
}

fn share(u: FineUtilisation) -> f64 {
    u.0 as f64 / 1e16
}

fn fine(raw: i64) -> f64 {
    raw as f64 / 1e10
}

/// `leg·(K − base)` and `slope·(u − from)`, exact, in 1e-24: what the rounded rise is compared with.
fn exact_rise(curve: &DebtCurve, u: FineUtilisation, rise: FineRate) -> (i128, i128) {
    let kink = i128::from(curve.kink.raw());
    let u = i128::from(u.0);
    let rise = i128::from(rise.0);
    let (base, slope, from, leg) = if u <= kink * 100_000_000 {
        (0, curve.slope1, 0, kink)
    } else {
        let base = i128::from(curve.slope1.raw()) * 100;
        (base, curve.slope2, kink * 100_000_000, 100_000_000 - kink)
    };
    (
        (rise - base) * leg * 1_000_000,
        i128::from(slope.raw()) * (u - from),
    )
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_rise_is_the_kinked_curve_rounded_in_the_named_direction(curve in curve(), u in utilisation()) {
        let (up, down) = (curve.rise_up(u).unwrap(), curve.rise_down(u).unwrap());
        let (rounded, exact) = exact_rise(&curve, u, up);
        prop_assert!(rounded >= exact);
        let (rounded, exact) = exact_rise(&curve, u, down);
        prop_assert!(rounded <= exact);
        let exact = reference::kinked(&curve, share(u));
        prop_assert!((fine(up.0) - exact).abs() <= 2e-9, "{up:?} against {exact}");
        prop_assert!((fine(down.0) - exact).abs() <= 2e-9, "{down:?} against {exact}");
    }

    #[test]
    fn the_rise_never_falls_with_utilisation(curve in curve(), a in utilisation(), b in utilisation()) {
        let (low, high) = (a.min(b), a.max(b));
        prop_assert!(curve.rise_up(low).unwrap() <= curve.rise_up(high).unwrap());
        prop_assert!(curve.rise_down(low).unwrap() <= curve.rise_down(high).unwrap());
    }

    #[test]
    fn the_legs_meet_at_the_kink(curve in curve()) {
        let kink = FineUtilisation::from(curve.kink);
        let beyond = FineUtilisation(kink.0 + 1);
        prop_assert_eq!(curve.rise_up(kink).unwrap(), curve.slope1_fine());
        prop_assert_eq!(curve.rise_down(kink).unwrap(), curve.slope1_fine());
        // one step in 1e-16 beyond; a position on the leg is rounded in 1e-10
        let step = curve.rise_up(beyond).unwrap().0 - curve.slope1_fine().0;
        prop_assert!((0..=11).contains(&step), "{step}");
        prop_assert_eq!(curve.rise_up(FineUtilisation(FULL)).unwrap().0, curve.slope1_fine().0 + curve.slope2.raw() * FINE);
        prop_assert_eq!(curve.rise_down(FineUtilisation(0)).unwrap(), FineRate::ZERO);
    }

    #[test]
    fn no_secant_is_steeper_than_the_bound(curve in curve(), a in utilisation(), b in utilisation()) {
        let (low, high) = (a.min(b), a.max(b));
        let rise = reference::kinked(&curve, share(high)) - reference::kinked(&curve, share(low));
        let bound = curve.steepest_up(low, high) as f64 / 1e8 * (share(high) - share(low));
        prop_assert!(rise <= bound * (1.0 + 1e-12) + 1e-12, "{rise} above {bound}");
    }

    #[test]
    fn a_spread_multiplier_is_the_line_rounded_up_between_one_and_its_cap(spread in spread(), u in utilisation()) {
        let multiplier = spread.at_up(u).unwrap();
        prop_assert!(FineRatio::ONE <= multiplier);
        prop_assert!(multiplier <= FineRatio(FINE_ONE + spread.cap.raw() * FINE));
        let exact = reference::spread(&spread, share(u));
        // the argument is rounded in 1e-10 and multiplied by at most ten
        let error = fine(multiplier.0) - exact;
        prop_assert!((-1e-12..=1.2e-9).contains(&error), "{multiplier:?} against {exact}");
    }

    #[test]
    fn a_spread_multiplier_never_falls(spread in spread(), a in utilisation(), b in utilisation()) {
        prop_assert!(spread.at_up(a.min(b)).unwrap() <= spread.at_up(a.max(b)).unwrap());
    }

    #[test]
    fn bounds_of_products_are_never_too_small(a in any::<u64>(), b in any::<u64>(), shift in 0u32..64) {
        let (a, b) = (a >> shift, b >> (63 - shift));
        let exact = (u128::from(a) * u128::from(b)).div_ceil(100_000_000);
        let bound = bound_product_up(a, b);
        prop_assert!(u128::from(bound) >= exact || bound == u64::MAX, "{bound} below {exact}");
        if a.checked_mul(b).is_some() {
            prop_assert_eq!(u128::from(bound), exact);
        }
    }

    #[test]
    fn utilisation_is_held_to_zero_and_one(raw in bits(), part in 0u64..=FULL) {
        let u = FineUtilisation::clamped(Wide(raw));
        prop_assert_eq!(i128::from(u.0), i128::from(raw).clamp(0, i128::from(FULL)));
        let up = FineUtilisation(part).to_ratio_up().raw().unsigned_abs();
        prop_assert!(up * 100_000_000 >= part && up * 100_000_000 < part + 100_000_000);
    }

    #[test]
    fn no_bit_pattern_makes_a_curve_panic(words in proptest::array::uniform3(bits()), low in 0..=FULL, high in 0..=FULL) {
        let [a, b, c] = words.map(Ratio);
        let (low, high) = (FineUtilisation(low), FineUtilisation(high));
        let curve = DebtCurve { kink: a, slope1: b, slope2: c };
        let _ = (curve.invariant(), curve.rise_up(low), curve.rise_down(high), curve.steepest_up(low, high));
        let spread = SpreadMultiplier { knee: a, slope: b, cap: c };
        let _ = (spread.invariant(), spread.at_up(low));
    }
}

impl DebtCurve {
    /// K(kink).
    fn slope1_fine(&self) -> FineRate {
        FineRate(self.slope1.raw() * FINE)
    }
}

#[test]
fn a_kink_at_an_end_is_no_valid_curve() {
    for kink in [Ratio(-1), Ratio::ZERO, Ratio::ONE, ratio(1.5)] {
        let curve = DebtCurve {
            kink,
            slope1: ratio(0.04),
            slope2: ratio(0.6),
        };
        assert_eq!(curve.invariant(), Err(HurdleError::InvalidParameter));
    }
}

#[test]
fn a_cap_that_leaves_no_room_for_one_is_no_valid_multiplier() {
    let spread = |cap| SpreadMultiplier {
        knee: ratio(0.5),
        slope: Ratio::ONE,
        cap,
    };
    assert_eq!(spread(ratio(9.0)).invariant(), Ok(()));
    assert_eq!(
        spread(Ratio(9 * ONE + 1)).invariant(),
        Err(HurdleError::InvalidParameter)
    );
}
