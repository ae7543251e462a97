use super::logarithm::ln;
use super::value::{Bound, Moneyness, half_volatility, moved};
use super::*;
use crate::fixture::reference::of_ratio;
use crate::fixture::{EDGES, bits, cases, ratio};
use crate::quantity::ONE;
use proptest::prelude::*;

mod grid;
mod portfolio;
pub mod reference;

/// Single values, which the program needs over a grid only.
impl OptionTerms {
    /// A lower bound of the value after price and implied volatility have moved by factors, per unit of today's spot:
    /// what the option's holder is credited with. Never below intrinsic value.
    ///
    /// # Errors
    /// [`HurdleError::InvalidPosition`] for terms or factors outside their domains, and a price of zero.
    pub(super) fn value_down(&self, price: Ratio, volatility: Ratio) -> Result<Ratio> {
        self.value(price, volatility, Bound::Lower)
    }

    /// An upper bound of the value after price and implied volatility have moved by factors, per unit of today's spot:
    /// what the option's writer owes. Never above the price (a call) or the strike (a put).
    ///
    /// # Errors
    /// [`HurdleError::InvalidPosition`] for terms or factors outside their domains, and a price of zero.
    pub(super) fn value_up(&self, price: Ratio, volatility: Ratio) -> Result<Ratio> {
        self.value(price, volatility, Bound::Upper)
    }

    fn value(&self, price: Ratio, volatility: Ratio, bound: Bound) -> Result<Ratio> {
        self.validate()?;
        if price.validate().is_err() || volatility.validate().is_err() || price == Ratio::ZERO {
            return Err(HurdleError::InvalidPosition);
        }
        let half_volatility = moved(half_volatility(self, bound), volatility, bound);
        let price = (price.raw(), ln(price));
        let strike = (self.strike.raw(), ln(self.strike));
        Ratio::new(Moneyness::new(self.kind, price, strike, bound).value(half_volatility, bound))
    }
}

const YEAR: i64 = 31_536_000;

/// What the bounds may be apart, in 1e-8: twice the error of the tails and of the logarithms on price and strike, the
/// roundings of half of the volatility (of the year, of a root in 2^-17, to 2^-28 and again after the factor) on the lesser of
/// the two, and the rounding of both bounds.
fn gap(terms: &OptionTerms, price: Ratio, volatility: Ratio) -> i64 {
    let (price, strike, factor) = (of_ratio(price), of_ratio(terms.strike), of_ratio(volatility));
    let half_volatility = 0.18 * of_ratio(terms.volatility) * factor + 0.6 * (factor + 1.0) + 0.1;
    (11.81 * (price + strike) + price.min(strike) * half_volatility + 2.0) as i64
}

pub fn kinds() -> impl Strategy<Value = OptionKind> {
    prop_oneof![Just(OptionKind::Call), Just(OptionKind::Put)]
}

fn strikes() -> impl Strategy<Value = Ratio> {
    prop_oneof![
        2 => 1..=Ratio::MAX.raw(),
        4 => ONE / 2..=2 * ONE,
        1 => ONE - 1_000..=ONE + 1_000,
        1 => proptest::sample::select(std::vec![1, 2, 100, ONE - 1, ONE, ONE + 1, 10 * ONE - 1, 10 * ONE]),
    ]
    .prop_map(Ratio)
}

fn expiries() -> impl Strategy<Value = i64> {
    prop_oneof![
        2 => -1..=2 * 86_400i64,
        4 => 0..=YEAR,
        1 => 0..=LONGEST_EXPIRY,
        1 => proptest::sample::select(std::vec![i64::MIN, -1, 0, 1, LONGEST_EXPIRY]),
    ]
}

fn volatilities() -> impl Strategy<Value = Ratio> {
    prop_oneof![
        4 => ONE / 10..=2 * ONE,
        2 => 0..=Ratio::MAX.raw(),
        1 => 0..=1_000i64,
        1 => proptest::sample::select(std::vec![0, 1, 10 * ONE]),
    ]
    .prop_map(Ratio)
}

pub fn terms() -> impl Strategy<Value = OptionTerms> {
    (strikes(), expiries(), volatilities(), kinds()).prop_map(
        |(strike, seconds_to_expiry, volatility, kind)| OptionTerms {
            strike,
            seconds_to_expiry,
            volatility,
            kind,
        },
    )
}

fn prices() -> impl Strategy<Value = Ratio> {
    prop_oneof![
        3 => ONE / 2..=2 * ONE,
        1 => 1..=Ratio::MAX.raw(),
        1 => proptest::sample::select(std::vec![1, ONE, Ratio::MAX.raw()]),
    ]
    .prop_map(Ratio)
}

fn factors() -> impl Strategy<Value = Ratio> {
    prop_oneof![0..=2 * ONE, Just(0), Just(ONE), Just(Ratio::MAX.raw())].prop_map(Ratio)
}

fn exact(terms: &OptionTerms, price: Ratio, volatility: Ratio) -> f64 {
    let years = terms.seconds_to_expiry.max(0) as f64 / YEAR as f64;
    let total = of_ratio(terms.volatility) * of_ratio(volatility) * years.sqrt();
    reference::black(terms.kind, of_ratio(price), of_ratio(terms.strike), total)
}

fn bounds(terms: &OptionTerms, price: Ratio, volatility: Ratio) -> (Ratio, Ratio) {
    (
        terms.value_down(price, volatility).unwrap(),
        terms.value_up(price, volatility).unwrap(),
    )
}

/// That the bounds hold the exact value between them, lie close together and within intrinsic value and price or strike.
fn bracket(terms: &OptionTerms, price: Ratio, volatility: Ratio) {
    let (down, up) = bounds(terms, price, volatility);
    let exact = exact(terms, price, volatility);
    // what the floating point of the reference may be off by
    let tolerance = 1e-14 * (of_ratio(price) + of_ratio(terms.strike));
    let context = (terms, price, volatility, down, up, exact);
    assert!(of_ratio(down) <= exact + tolerance, "{context:?}");
    assert!(of_ratio(up) >= exact - tolerance, "{context:?}");
    assert!(
        up.raw() - down.raw() <= gap(terms, price, volatility),
        "{context:?}"
    );
    let (intrinsic, most) = match terms.kind {
        OptionKind::Call => (price.excess_over(terms.strike), price),
        OptionKind::Put => (terms.strike.excess_over(price), terms.strike),
    };
    assert!(intrinsic <= down && up <= most, "{context:?}");
}

#[test]
fn bounds_hold_at_extreme_moneyness_and_volatility() {
    let strikes = [
        1,
        2,
        10,
        1_000,
        1_000_000,
        ONE - 1,
        ONE,
        ONE + 1,
        5 * ONE,
        10 * ONE,
    ];
    let expiries = [-1, 0, 1, 2, 60, 3_600, 86_400, YEAR, LONGEST_EXPIRY];
    let volatilities = [0, 1, 100, 10_000, ONE / 100, ONE, 10 * ONE];
    let prices = [
        1,
        10,
        1_000_000,
        ONE / 2,
        ONE - 1,
        ONE,
        ONE + 1,
        2 * ONE,
        10 * ONE,
    ];
    for strike in strikes {
        for seconds_to_expiry in expiries {
            for volatility in volatilities {
                for kind in [OptionKind::Call, OptionKind::Put] {
                    let terms = OptionTerms {
                        strike: Ratio(strike),
                        seconds_to_expiry,
                        volatility: Ratio(volatility),
                        kind,
                    };
                    for price in prices {
                        bracket(&terms, Ratio(price), Ratio::ONE);
                        bracket(&terms, Ratio(price), Ratio(1));
                    }
                }
            }
        }
    }
}

#[test]
fn the_bounds_at_the_money_are_within_3e_7_of_spot() {
    let terms = OptionTerms {
        strike: Ratio::ONE,
        seconds_to_expiry: 30 * 86_400,
        volatility: ratio(0.7),
        kind: OptionKind::Call,
    };
    let (down, up) = bounds(&terms, Ratio::ONE, Ratio::ONE);
    // 2Φ(v/2) − 1 at v = 0.7·√(30/365)
    let exact = exact(&terms, Ratio::ONE, Ratio::ONE);
    assert!((exact - 0.079_927_091_246_169).abs() < 1e-14, "{exact}");
    assert!(of_ratio(down) <= exact && exact <= of_ratio(up));
    assert!(up.raw() - down.raw() <= 29, "{}", up.raw() - down.raw());
}

#[test]
fn at_and_past_expiry_or_without_volatility_an_option_is_worth_its_intrinsic_value() {
    for (kind, strike, value) in [
        (OptionKind::Call, 0.75, 0.25),
        (OptionKind::Call, 1.25, 0.0),
        (OptionKind::Put, 0.75, 0.0),
        (OptionKind::Put, 1.25, 0.25),
    ] {
        for (seconds_to_expiry, volatility) in [(0, 10.0), (-1, 1.0), (i64::MIN, 1.0), (YEAR, 0.0)] {
            let terms = OptionTerms {
                strike: ratio(strike),
                seconds_to_expiry,
                volatility: ratio(volatility),
                kind,
            };
            assert_eq!(
                bounds(&terms, Ratio::ONE, Ratio::ONE),
                (ratio(value), ratio(value))
            );
        }
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn bounds_hold_the_exact_value_between_them(terms in terms(), price in prices(), volatility in factors()) {
        bracket(&terms, price, volatility);
        bracket(&terms, Ratio::ONE, Ratio::ONE);
    }

    #[test]
    fn a_call_is_worth_no_more_at_a_higher_strike_and_no_less_at_a_higher_price_volatility_or_time(
        terms in terms(), price in prices(), strike in strikes(), higher in prices(),
        volatility in volatilities(), seconds in expiries(),
    ) {
        let call = OptionTerms { kind: OptionKind::Call, ..terms };
        let down = |terms: OptionTerms, price| terms.value_down(price, Ratio::ONE).unwrap();
        let up = |terms: OptionTerms, price| terms.value_up(price, Ratio::ONE).unwrap();
        let (low, high) = (call.strike.min(strike), call.strike.max(strike));
        let (low, high) = (OptionTerms { strike: low, ..call }, OptionTerms { strike: high, ..call });
        prop_assert!(down(high, price) <= up(low, price));
        prop_assert!(down(call, price.min(higher)) <= up(call, price.max(higher)));
        for option in [call, OptionTerms { kind: OptionKind::Put, ..terms }] {
            let more = OptionTerms {
                volatility: option.volatility.max(volatility),
                seconds_to_expiry: option.seconds_to_expiry.max(seconds),
                ..option
            };
            prop_assert!(down(option, price) <= up(more, price));
            let longer = OptionTerms { seconds_to_expiry: more.seconds_to_expiry, ..option };
            prop_assert!(down(option, price) <= up(longer, price));
        }
    }

    #[test]
    fn calls_and_puts_are_at_parity(terms in terms(), price in prices(), volatility in factors()) {
        let call = OptionTerms { kind: OptionKind::Call, ..terms };
        let put = OptionTerms { kind: OptionKind::Put, ..terms };
        let forward = price.raw() - terms.strike.raw();
        let (call, put) = (bounds(&call, price, volatility), bounds(&put, price, volatility));
        prop_assert_eq!(call.0.raw() - put.0.raw(), forward);
        prop_assert_eq!(call.1.raw() - put.1.raw(), forward);
    }

    #[test]
    fn no_bits_panic_and_only_the_domain_has_a_value(
        strike in bits(), seconds_to_expiry in bits(), volatility in bits(), kind in kinds(), price in bits(),
        factor in bits(),
    ) {
        let terms = OptionTerms { strike: Ratio(strike), seconds_to_expiry, volatility: Ratio(volatility), kind };
        let ratios = 0..=Ratio::MAX.raw();
        let valid = strike != 0 && ratios.contains(&strike) && ratios.contains(&volatility)
            && seconds_to_expiry <= LONGEST_EXPIRY;
        prop_assert_eq!(terms.validate(), if valid { Ok(()) } else { Err(HurdleError::InvalidPosition) });
        let moved = price != 0 && ratios.contains(&price) && ratios.contains(&factor);
        for value in [
            terms.value_down(Ratio(price), Ratio(factor)),
            terms.value_up(Ratio(price), Ratio(factor)),
        ] {
            if valid && moved {
                prop_assert!(value.is_ok());
            } else {
                prop_assert_eq!(value, Err(HurdleError::InvalidPosition));
            }
        }
    }
}

#[test]
fn every_edge_of_every_field_is_met() {
    for raw in EDGES {
        let terms = OptionTerms {
            strike: Ratio(raw),
            seconds_to_expiry: raw,
            volatility: Ratio(raw),
            kind: OptionKind::Put,
        };
        assert_eq!(
            terms.validate().is_ok(),
            (1..=LONGEST_EXPIRY).contains(&raw),
            "{raw}"
        );
    }
}
