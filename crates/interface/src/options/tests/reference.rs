//! The normal distribution and Black's formula in floating point, sharing no code and no approximation with the integers.

use crate::options::OptionKind;
use core::f64::consts::PI;

/// φ(x).
pub fn density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / (2.0 * PI).sqrt()
}

/// Q(x) = 1 − Φ(x): below 3 by the series of Marsaglia (2004), `Φ(x) = ½ + φ(x)·(x + x³/3 + x⁵/15 + …)`, beyond by
/// Laplace's continued fraction (Abramowitz & Stegun 1964, 26.2.14).
pub fn tail(x: f64) -> f64 {
    if x < 0.0 {
        return 1.0 - tail(-x);
    }
    if x > 40.0 {
        return 0.0;
    }
    if x < 3.0 {
        let (mut term, mut sum) = (x, x);
        let mut odd = 1.0;
        while term > 1e-18 {
            odd += 2.0;
            term *= x * x / odd;
            sum += term;
        }
        return 0.5 - density(x) * sum;
    }
    let fraction = (1..=120).rev().fold(x, |rest, n| x + f64::from(n) / rest);
    density(x) / fraction
}

/// The value per unit of spot at a price, strike and total volatility σ√T, at a zero rate (Black 1976).
pub fn black(kind: OptionKind, price: f64, strike: f64, total_volatility: f64) -> f64 {
    let intrinsic = match kind {
        OptionKind::Call => (price - strike).max(0.0),
        OptionKind::Put => (strike - price).max(0.0),
    };
    if total_volatility == 0.0 {
        return intrinsic;
    }
    let d1 = (price / strike).ln() / total_volatility + total_volatility / 2.0;
    let d2 = d1 - total_volatility;
    match kind {
        OptionKind::Call => price * tail(-d1) - strike * tail(-d2),
        OptionKind::Put => strike * tail(d2) - price * tail(d1),
    }
}

#[test]
fn the_reference_matches_published_values() {
    // Abramowitz & Stegun (1964), table 26.1; the last two by its relation to table 26.2.
    for (x, p) in [
        (0.0, 0.5),
        (0.5, 0.691_462_461_274_013),
        (1.0, 0.841_344_746_068_543),
        (1.96, 0.975_002_104_851_780),
        (2.0, 0.977_249_868_051_821),
        (3.0, 0.998_650_101_968_370),
    ] {
        assert!((1.0 - tail(x) - p).abs() < 2e-15);
    }
    assert!((-tail(5.0).log10() - 6.542_65).abs() < 1e-5);
    // Hull (2018), table of the at-the-money approximation: 2Φ(v/2) − 1 at v = 0.2
    assert!((black(OptionKind::Call, 1.0, 1.0, 0.2) - 0.079_655_674_554_058).abs() < 1e-14);
}
