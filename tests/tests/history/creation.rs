//! A market is created with its history.

use super::*;

#[test]
fn a_market_is_created_with_its_empty_history() {
    let world = World::new().unwrap();
    let (address, bump) = pda::history(&world.market);
    assert_eq!(world.state().unwrap().history, address);

    let account = world.account(&address).unwrap();
    assert_eq!(account.data.len(), HistoryState::account_len(PLACES));
    assert_eq!(
        account.lamports,
        world.svm.minimum_balance_for_rent_exemption(account.data.len())
    );
    let bytes = Bytes::of(&world, &world.market);
    let history = bytes.read(&world.market);
    assert_eq!(*history.state(), HistoryState::opened(world.market, bump));
    assert_eq!((history.len(), history.capacity()), (0, 16));
}

#[test]
fn a_history_is_created_at_any_length_that_the_runtime_gives_and_no_other() {
    let mut world = World::new().unwrap();
    for (name, length) in [(b'a', 2), (b'b', 300)] {
        let args = of_market([name; 16], length);
        world.accepted(&[create(&world, &args)]).unwrap();
        let (market, _) = pda::market(&args.name);
        let bytes = Bytes::of(&world, &market);
        assert_eq!(bytes.read(&market).capacity(), usize::try_from(length).unwrap());
    }
    for length in [0, 1, 301, u32::MAX] {
        let sent = world.send(&[create(&world, &of_market(OTHER, length))]);
        assert_eq!(hurdle_error(&sent), Some(HurdleError::InvalidHistoryLength));
        assert!(world.account(&pda::market(&OTHER).0).is_err());
    }
}

#[test]
fn a_market_is_not_created_with_a_history_elsewhere() {
    let mut world = World::new().unwrap();
    let mut create = create(&world, &of_market(OTHER, 2));
    create.accounts[5].pubkey = pda::history(&key(9).pubkey()).0;
    let sent = world.send(&[create]);
    assert_eq!(instruction_error(&sent), Some(InstructionError::InvalidSeeds));
    assert!(world.account(&pda::market(&OTHER).0).is_err());
}
