//! Account layouts and the ledger's rules.
//!
//! An account is eight bytes of discriminator followed by the struct, as for Hurdle's own.

mod desk;
mod ledger;
mod vault;

pub use desk::Desk;
pub use vault::Vault;

#[cfg(test)]
mod tests;
