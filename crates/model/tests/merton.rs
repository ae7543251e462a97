//! The jump-diffusion series against published option prices.
#![allow(clippy::unwrap_used)]

mod common;

use common::{assert_close, csv, integrate, recorded};
use hurdle_model::ModelError;
use hurdle_model::tail::{JumpDiffusion, Side};

/// Haug's parametrisation: total volatility `v`, of whose variance the share `gamma` comes from jumps with mean zero.
fn haug_call(spot: f64, strike: f64, years: f64, intensity: f64, gamma: f64) -> f64 {
    let (rate, v) = (0.08, 0.25_f64);
    let jump_variance = gamma * v * v / intensity;
    let diffusion = (v * v - intensity * jump_variance).sqrt();
    let model = JumpDiffusion::new(
        rate,
        diffusion,
        intensity,
        -0.5 * jump_variance,
        jump_variance.sqrt(),
    )
    .unwrap();
    let payoff = model.expected_payoff(strike / spot, years, Side::Short).unwrap();
    (-rate * years).exp() * spot * payoff
}

#[test]
fn reproduces_prices_of_haugs_table() {
    // Haug (1998), "The Complete Guide to Option Pricing Formulas", p. 9, Merton's model: S = 100, r = 8 %, v = 25 %.
    // (strike, T, λ, γ, price)
    for (strike, years, intensity, gamma, price) in [
        (80.0, 0.10, 1.0, 0.25, 20.67),
        (100.0, 0.25, 5.0, 0.25, 5.96),
        (110.0, 0.50, 1.0, 0.50, 4.42),
        (120.0, 0.50, 10.0, 0.25, 2.25),
        (120.0, 0.10, 1.0, 0.50, 0.19),
    ] {
        assert_close(haug_call(100.0, strike, years, intensity, gamma), price, 0.0051);
    }
}

#[test]
fn reproduces_the_whole_recorded_table() {
    let Some(text) = recorded("model/merton_haug_table.csv") else {
        return;
    };
    let mut prices = 0;
    for row in csv(&text) {
        let number = |name: &str| row.number(name).unwrap();
        assert_eq!(
            (row.text("type"), number("r"), number("v_total_vol")),
            ("Call", 0.08, 0.25)
        );
        let computed = haug_call(
            number("s"),
            number("strike"),
            number("t"),
            number("jump_intensity"),
            number("gamma"),
        );
        assert_close(computed, number("price"), number("tol"));
        prices += 1;
    }
    assert_eq!(prices, 135);
}

#[test]
fn put_call_parity_and_the_martingale_property_hold() {
    let model = JumpDiffusion::new(0.07, 0.6, 9.0, -0.1, 0.2).unwrap();
    for strike in [0.2, 0.9, 1.0, 3.0] {
        let put = model.expected_payoff(strike, 0.7, Side::Long).unwrap();
        let call = model.expected_payoff(strike, 0.7, Side::Short).unwrap();
        assert_close(call - put, (0.07_f64 * 0.7).exp() - strike, 1e-12);
    }
}

#[test]
fn the_put_is_the_integral_of_the_distribution_function() {
    let model = JumpDiffusion::new(0.0, 0.8, 20.0, -0.04, 0.1).unwrap();
    let area = integrate(
        |s| {
            if s > 0.0 {
                model.cdf(f64::ln(s), 0.05).unwrap()
            } else {
                0.0
            }
        },
        0.0,
        0.9,
        20_000,
    );
    assert_close(model.expected_payoff(0.9, 0.05, Side::Long).unwrap(), area, 1e-10);
}

#[test]
fn more_jumps_than_the_series_can_carry_are_refused() {
    let model = JumpDiffusion::new(0.0, 0.8, 1e6, 0.0, 0.01).unwrap();
    assert!(matches!(model.cdf(0.0, 1.0), Err(ModelError::OutOfRange { .. })));
}
