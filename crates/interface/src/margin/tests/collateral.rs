//! What counts of what an account holds.

use super::strategies::*;
use super::*;
use crate::fixture::reference::of_ratio;

proptest! {
    #![proptest_config(cases())]

    /// More collateral never counts for less, although its haircut grows with its size. Only the resolution of the haircut,
    /// 1e-8 of the value, can show: a step of it at one atom more. Beyond [`FINE_SIZES`] reference sizes the square root is
    /// known to 1e-4.
    #[test]
    fn more_collateral_never_counts_for_less(
        (classes, standing) in markets(), value in amounts(), more in amounts(), class in 0u8..3,
    ) {
        let market = market_of(&classes, &standing);
        let counted = |value: Amount| {
            let reply = answer(&market, &[Position::spot(class, value)]);
            [reply.initial_collateral, reply.maintenance_collateral]
        };
        let larger = Amount(value.0 + more.0);
        let class = &classes[usize::from(class)];
        let size = larger.0 as f64 / class.size_reference.0 as f64;
        let resolution = if size < FINE_SIZES as f64 {
            // of the root of the ratio of sizes, which 1e-8 of a small ratio moves by more
            3e-8 + (size + 2e-8).sqrt() - size.sqrt()
        } else if size < 1e11 {
            2.1e-4
        } else {
            1.1
        };
        let step = 1e-7 + 10.0 * of_ratio(class.haircut) * of_ratio(class.size_coefficient) * resolution;
        for (less, more) in counted(value).into_iter().zip(counted(larger)) {
            prop_assert!(more.0 as f64 >= less.0 as f64 - larger.0 as f64 * step - 1.0, "{less:?} {more:?}");
        }
    }

    #[test]
    fn what_counts_lies_between_a_third_and_the_base_haircut(
        (classes, standing) in markets(), value in amounts(), class in 0u8..3,
    ) {
        let market = market_of(&classes, &standing);
        let reply = answer(&market, &[Position::spot(class, value)]);
        let haircut = classes[usize::from(class)].haircut;
        let most = value.times_down(haircut.complement()).unwrap();
        let least = value.times_down(haircut.max(MOST_CUT).complement()).unwrap();
        for counted in [reply.initial_collateral, reply.maintenance_collateral] {
            prop_assert!(least <= counted && counted <= most);
        }
    }

    #[test]
    fn a_perpetuals_profit_counts_as_collateral_of_its_class(
        (classes, standing) in markets(), value in amounts(), profit in amounts(),
    ) {
        let market = market_of(&classes, &standing);
        let perp = Position::perp(1, Side::Short, Amount::ZERO, profit, Amount::ZERO);
        let with_profit = answer(&market, &[Position::spot(1, value), perp]);
        let spot = answer(&market, &[Position::spot(1, Amount(value.0 + profit.0))]);
        prop_assert_eq!(with_profit, spot);
    }
}

#[test]
fn the_factors_raise_a_haircut_to_two_thirds_and_never_lower_a_larger_one() {
    let class = |haircut| RiskClass {
        haircut: ratio(haircut),
        ..class()
    };
    assert_eq!(class(0.1).haircut_under(Ratio::ONE), ratio(0.1));
    assert_eq!(class(0.1).haircut_under(ratio(2.5)), ratio(0.25));
    assert_eq!(class(0.1).haircut_under(ratio(8.0)), Ratio(66_666_666));
    assert_eq!(class(0.8).haircut_under(ratio(8.0)), ratio(0.8));
    assert_eq!(class(1.0).haircut_under(ratio(8.0)), Ratio::ONE);
    assert_eq!(class(0.0).haircut_under(ratio(8.0)), Ratio::ZERO);
}
