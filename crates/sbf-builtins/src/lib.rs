//! What the compiler calls where the VM has no instruction: 128-bit multiplication and division, and the memory
//! functions.
//!
//! The Solana platform tools bring these in their compiler-builtins; the registry-only route of
//! `cargo xtask build-sbf` has none for SBF, sets `--cfg hurdle_registry_sbf`, and takes the symbols from here. Under
//! the platform tools this crate exports nothing. A program links it by
//!
//! ```ignore
//! #[cfg(target_os = "solana")]
//! use sbf_builtins as _;
//! ```
//!
//! The functions behind the symbols are plain Rust and are tested on the host; the symbols themselves are tested
//! inside the VM (`tests/tests/builtins.rs`). None of them may use a 128-bit `*`, `/`, `%` or a library memory
//! function: the compiler would turn that into a call to itself.
#![no_std]
#![cfg_attr(hurdle_registry_sbf, feature(abi_unadjusted))]
#![cfg_attr(hurdle_registry_sbf, allow(internal_features))]

pub mod arith;
pub mod division;
#[cfg(hurdle_registry_sbf)]
mod exports;
pub mod memory;
