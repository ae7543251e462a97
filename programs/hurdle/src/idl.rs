//! The errors of the IDL: they are those of `hurdle-interface`, of which Anchor's derives know nothing.

use hurdle_interface::HurdleError;
use std::println;

/// Printed as Anchor's `error_code` prints its own, for `cargo xtask idl` and Anchor's tools.
#[test]
fn __anchor_private_print_idl_errors_hurdle_error() {
    println!("--- IDL begin errors ---\n[");
    for (index, error) in HurdleError::ALL.iter().enumerate() {
        let separator = if index == 0 { "" } else { "," };
        println!(
            r#"{separator}{{"code":{},"name":"{error:?}","msg":"{}"}}"#,
            error.code(),
            error.message()
        );
    }
    println!("]\n--- IDL end errors ---");
}
