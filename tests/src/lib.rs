//! Integration tests and measurements of the compiled programs on LiteSVM.

pub mod bench;
pub mod cu;
pub mod fixture;
pub mod fuzz;
pub mod governance;
pub mod lender;
pub mod nonce;
pub mod perps;
pub mod probe;
pub mod programs;
pub mod substitution;
pub mod world;
