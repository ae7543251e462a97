//! Seeds and addresses of the lender's accounts.

#[cfg(feature = "instructions")]
use solana_address::Address;

/// First seed of a desk; then its authority and its number, two bytes little-endian.
pub const DESK_SEED: &[u8] = b"desk";
/// First seed of a vault; then its desk and its owner.
pub const VAULT_SEED: &[u8] = b"vault";

/// A desk's address and bump.
#[cfg(feature = "instructions")]
pub fn desk(authority: &Address, id: u16) -> (Address, u8) {
    Address::find_program_address(&[DESK_SEED, authority.as_ref(), &id.to_le_bytes()], &crate::ID)
}

/// A vault's address and bump.
#[cfg(feature = "instructions")]
pub fn vault(desk: &Address, owner: &Address) -> (Address, u8) {
    Address::find_program_address(&[VAULT_SEED, desk.as_ref(), owner.as_ref()], &crate::ID)
}
