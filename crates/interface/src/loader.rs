//! What the upgradeable loader says about the program.

use solana_address::Address;

/// The upgradeable BPF loader.
pub const UPGRADEABLE_LOADER: Address =
    Address::from_str_const("BPFLoaderUpgradeab1e11111111111111111111111");

/// Variant of the loader's state that a program data account holds.
const PROGRAM_DATA: [u8; 4] = [3, 0, 0, 0];

/// The upgrade authority that a program data account names; `None` where the program is immutable or the bytes are not
/// such an account.
///
/// Layout (bincode of `UpgradeableLoaderState::ProgramData`): variant, slot of the last deployment, one byte that tells
/// whether an authority follows, its key.
pub fn upgrade_authority(data: &[u8]) -> Option<&[u8; 32]> {
    let variant = data.first_chunk::<4>()?;
    let (present, authority) = data.get(12..45)?.split_first()?;
    if *variant != PROGRAM_DATA || *present != 1 {
        return None;
    }
    authority.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(variant: u8, present: u8) -> [u8; 60] {
        let mut data = [7; 60];
        data[..4].copy_from_slice(&[variant, 0, 0, 0]);
        data[12] = present;
        data
    }

    #[test]
    fn the_authority_of_a_program_data_account_is_read() {
        assert_eq!(upgrade_authority(&account(3, 1)), Some(&[7; 32]));
    }

    #[test]
    fn immutable_programs_other_accounts_and_short_data_have_none() {
        assert_eq!(upgrade_authority(&account(3, 0)), None);
        assert_eq!(upgrade_authority(&account(3, 2)), None);
        assert_eq!(upgrade_authority(&account(2, 1)), None);
        for length in 0..45 {
            assert_eq!(upgrade_authority(&account(3, 1)[..length]), None);
        }
    }
}
