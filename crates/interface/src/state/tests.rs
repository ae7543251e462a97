use super::*;
use crate::fixture::{self, NOW, account, cases, committee, market};
use crate::quantity::UnixTime;
use bytemuck::Zeroable;
use proptest::prelude::*;
use std::format;
use std::vec::Vec;

mod layout;
mod members;
mod parameters;

fn config() -> ConfigState {
    let mut config = ConfigState::zeroed();
    config.version = ConfigState::VERSION;
    config.authority = fixture::key(1);
    config.guardian = fixture::key(2);
    config.genesis_hash = [3; 32];
    config.timelock_seconds = 86_400;
    config
}

/// The account's data, as the cluster hands it out.
fn bytes<T: AccountLayout>(data: &[u64]) -> &[u8] {
    &bytemuck::cast_slice(data)[..T::ACCOUNT_LEN]
}

/// What every layout owes to its readers.
fn keeps_the_contract_of_an_account<T: AccountLayout + PartialEq + core::fmt::Debug>(state: &T) {
    let words = account(state);
    let data = bytes::<T>(&words);
    assert_eq!(T::from_account(data), Ok(state));
    assert_eq!(T::copied_from_account(data), Ok(*state));
    let both = |data: &[u8]| (T::from_account(data).copied(), T::copied_from_account(data));
    let refused = (
        Err(HurdleError::InvalidAccountData),
        Err(HurdleError::InvalidAccountData),
    );

    for length in 0..data.len() {
        assert_eq!(both(&data[..length]), refused, "{length} bytes");
    }
    let longer: Vec<u8> = [data, &[0; 8]].concat();
    for length in data.len() + 1..longer.len() {
        assert_eq!(both(&longer[..length]), refused, "{length} bytes");
    }
    for index in 0..DISCRIMINATOR_LEN {
        let mut other = data.to_vec();
        other[index] ^= 1;
        assert_eq!(
            T::copied_from_account(&other),
            Err(HurdleError::InvalidAccountData),
            "byte {index}"
        );
    }
    for version in (0..=u8::MAX).filter(|version| *version != T::VERSION) {
        let mut other = words.clone();
        // every layout starts with its version
        bytemuck::cast_slice_mut::<u64, u8>(&mut other)[DISCRIMINATOR_LEN] = version;
        assert_eq!(both(bytes::<T>(&other)), refused, "version {version}");
    }

    let mut shifted = std::vec![0u64; words.len() + 1];
    let buffer: &mut [u8] = bytemuck::cast_slice_mut(&mut shifted);
    for shift in 1..8 {
        buffer[shift..shift + data.len()].copy_from_slice(data);
        let data = &buffer[shift..shift + data.len()];
        assert_eq!(
            T::copied_from_account(data),
            Ok(*state),
            "any alignment is read by copying"
        );
        if shift % align_of::<T>() != 0 {
            assert_eq!(
                T::from_account(data),
                Err(HurdleError::InvalidAccountData),
                "shifted by {shift}"
            );
        }
    }
}

#[test]
fn accounts_of_another_kind_version_length_or_alignment_are_refused() {
    keeps_the_contract_of_an_account(&config());
    keeps_the_contract_of_an_account(&committee());
    keeps_the_contract_of_an_account(&market());
}

#[test]
fn one_kind_of_account_is_not_read_as_another() {
    let market = account(&market());
    assert_eq!(
        ConfigState::from_account(bytes::<MarketState>(&market)),
        Err(HurdleError::InvalidAccountData)
    );
    assert_ne!(ConfigState::DISCRIMINATOR, CommitteeState::DISCRIMINATOR);
    assert_ne!(CommitteeState::DISCRIMINATOR, MarketState::DISCRIMINATOR);
}

#[test]
fn a_config_without_authority_genesis_or_a_sound_timelock_is_invalid() {
    assert_eq!(config().invariant(), Ok(()));
    let breaks: [fn(&mut ConfigState); 4] = [
        |config| config.version = 0,
        |config| config.authority = Default::default(),
        |config| config.genesis_hash = [0; 32],
        |config| config.timelock_seconds = 3_599,
    ];
    let [invalid, timelock] = [HurdleError::InvalidParameter, HurdleError::InvalidTimelock];
    for (break_one, error) in breaks.iter().zip([invalid, invalid, invalid, timelock]) {
        let mut broken = config();
        break_one(&mut broken);
        assert_eq!(broken.invariant(), Err(error));
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn no_bytes_make_a_reader_or_an_invariant_panic(seed in any::<u64>(), one_in in 1u64..100) {
        let (mut config, mut committee, mut market) = (config(), committee(), market());
        fixture::scramble(&mut config, seed, one_in);
        fixture::scramble(&mut committee, seed, one_in);
        fixture::scramble(&mut market, seed, one_in);
        let _ = (config.invariant(), committee.invariant(), committee.members(), market.invariant());
        let _ = (market.params.check_components(&market.published.components), market.anchor());
        let _ = market.params.check_responses(&market.published.responses);
        for index in 0..=u8::MAX {
            let _ = market.class(index);
        }
    }
}
