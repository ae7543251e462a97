//! Input that no honest source would send.

use hurdle_model::Result;
use proptest::prelude::*;

/// Any bit pattern, with the awkward ones and plausible magnitudes over-represented.
pub fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => any::<f64>(),
        4 => -2.0f64..2.0,
        2 => 0.0f64..1.0,
        1 => prop::sample::select(vec![
            0.0, -0.0, 1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324,
        ]),
    ]
}

/// The value of a result is finite.
#[track_caller]
pub fn sound(result: Result<f64>) {
    if let Ok(value) = result {
        assert!(value.is_finite(), "{value}");
    }
}

/// Fewer than `max` of them.
pub fn numbers(max: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(number(), 0..max)
}
