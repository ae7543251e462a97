//! Amounts as they are shown.

/// An amount of the quote, with the digits that its size calls for.
pub fn quote(amount: f64) -> String {
    match amount.abs() {
        size if size >= 10.0 => format!("{amount:.2}"),
        size if size >= 0.01 => format!("{amount:.4}"),
        _ => format!("{amount:.3e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn small_amounts_keep_their_digits() {
        assert_eq!(quote(9_669.254), "9669.25");
        assert_eq!(quote(0.655_049), "0.6550");
        assert_eq!(quote(0.001_234_5), "1.234e-3");
    }
}
