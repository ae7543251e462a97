//! Seeds and addresses of the program's accounts.

#[cfg(feature = "instructions")]
use solana_address::Address;

/// Seed of the config.
pub const CONFIG_SEED: &[u8] = b"config";
/// First seed of a committee; the second is its number, two bytes little-endian.
pub const COMMITTEE_SEED: &[u8] = b"committee";
/// First seed of a market; the second is its name.
pub const MARKET_SEED: &[u8] = b"market";
/// First seed of a history; the second is its market's address.
pub const HISTORY_SEED: &[u8] = b"history";
/// First seed of a proposal; the second is its number, eight bytes little-endian.
pub const PROPOSAL_SEED: &[u8] = b"proposal";

/// The config's address and bump.
#[cfg(feature = "instructions")]
pub fn config() -> (Address, u8) {
    Address::find_program_address(&[CONFIG_SEED], &crate::ID)
}

/// A committee's address and bump.
#[cfg(feature = "instructions")]
pub fn committee(id: u16) -> (Address, u8) {
    Address::find_program_address(&[COMMITTEE_SEED, &id.to_le_bytes()], &crate::ID)
}

/// A market's address and bump.
#[cfg(feature = "instructions")]
pub fn market(name: &[u8; 16]) -> (Address, u8) {
    Address::find_program_address(&[MARKET_SEED, name], &crate::ID)
}

/// The address and bump of a market's history.
#[cfg(feature = "instructions")]
pub fn history(market: &Address) -> (Address, u8) {
    Address::find_program_address(&[HISTORY_SEED, market.as_ref()], &crate::ID)
}

/// A proposal's address and bump.
#[cfg(feature = "instructions")]
pub fn proposal(id: u64) -> (Address, u8) {
    Address::find_program_address(&[PROPOSAL_SEED, &id.to_le_bytes()], &crate::ID)
}
