//! Anyone grows a history who pays.

use super::*;

#[test]
fn a_stranger_grows_the_history_and_pays_for_it() {
    let mut world = World::published().unwrap();
    let stranger = stranger(&mut world);
    let payer = stranger.pubkey();
    let (address, _) = pda::history(&world.market);
    let before = (world.account(&address).unwrap(), entries(&world));
    let funds = world.account(&payer).unwrap().lamports;

    let step = grow(&world, &stranger, PLACES + 300);
    let sent = world.send_with(&[step], &[&stranger]).unwrap();

    let after = world.account(&address).unwrap();
    assert_eq!(after.data.len(), HistoryState::account_len(PLACES + 300));
    assert_eq!(after.data[..before.0.data.len()], before.0.data);
    assert!(after.data[before.0.data.len()..].iter().all(|byte| *byte == 0));
    let rent = world.svm.minimum_balance_for_rent_exemption(after.data.len());
    assert_eq!(after.lamports, rent);
    assert_eq!(
        world.account(&payer).unwrap().lamports,
        funds - (rent - before.0.lamports)
    );
    assert_eq!(entries(&world), before.1);

    let line = sent
        .logs
        .iter()
        .find_map(|line| line.strip_prefix("Program data: "))
        .unwrap();
    let event = base64::engine::general_purpose::STANDARD.decode(line).unwrap();
    let name = solana_sha256_hasher::hash(b"event:HistoryGrown").to_bytes();
    let expected = [
        &name[..8],
        world.market.as_ref(),
        payer.as_ref(),
        &PLACES.to_le_bytes(),
        &(PLACES + 300).to_le_bytes(),
    ];
    assert_eq!(event, expected.concat());
}

#[test]
fn a_history_only_grows_and_by_no_more_than_the_runtime_gives() {
    let mut world = World::published().unwrap();
    let stranger = stranger(&mut world);
    for places in [0, 1, PLACES - 1, PLACES, PLACES + 301, 65_537, u32::MAX] {
        let before = accounts(&world);
        let step = grow(&world, &stranger, places);
        let sent = world.send_with(&[step], &[&stranger]);
        assert_eq!(
            hurdle_error(&sent),
            Some(HurdleError::InvalidHistoryLength),
            "{places}"
        );
        assert_eq!(accounts(&world), before);
    }
}

#[test]
fn a_history_grows_up_to_its_greatest_length_and_publishes_there() {
    let mut world = World::published().unwrap();
    let (address, _) = pda::history(&world.market);
    let mut account = world.account(&address).unwrap();
    account.data.resize(HistoryState::account_len(65_400), 0);
    account.lamports = world.svm.minimum_balance_for_rent_exemption(account.data.len());
    world.svm.set_account(address, account).unwrap();
    let stranger = stranger(&mut world);

    let beyond = grow(&world, &stranger, 65_537);
    let sent = world.send_with(&[beyond], &[&stranger]);
    assert_eq!(hurdle_error(&sent), Some(HurdleError::InvalidHistoryLength));
    let longest = grow(&world, &stranger, 65_536);
    world.send_with(&[longest], &[&stranger]).unwrap();
    publish(&mut world, 60, 700);
    assert_eq!(entries(&world).len(), 2);
}

#[test]
fn growing_needs_a_payer_who_signs_and_a_genuine_history() {
    let mut world = World::published().unwrap();
    let stranger = stranger(&mut world);
    let step = grow(&world, &stranger, PLACES + 1);

    let mut unsigned = step.clone();
    unsigned.accounts[0].is_signer = false;
    refused(
        &mut world,
        &[unsigned],
        &[],
        InstructionError::MissingRequiredSignature,
    );

    let mut market = step.clone();
    market.accounts[1].pubkey = world.market;
    refused(
        &mut world,
        &[market],
        &[&stranger],
        InstructionError::InvalidAccountData,
    );

    let forged = key(9).pubkey();
    let mut account = world.account(&pda::history(&world.market).0).unwrap();
    account.owner = key(8).pubkey();
    world.svm.set_account(forged, account).unwrap();
    let mut foreign = step.clone();
    foreign.accounts[1].pubkey = forged;
    refused(
        &mut world,
        &[foreign],
        &[&stranger],
        InstructionError::IllegalOwner,
    );

    let mut read_only = step.clone();
    read_only.accounts[1].is_writable = false;
    refused(
        &mut world,
        &[read_only],
        &[&stranger],
        InstructionError::Custom(2000),
    );

    let mut other_program = step;
    other_program.accounts[2].pubkey = hurdle_interface::ID;
    refused(
        &mut world,
        &[other_program],
        &[&stranger],
        InstructionError::IncorrectProgramId,
    );
}

#[test]
fn a_payer_without_funds_grows_nothing() {
    let mut world = World::published().unwrap();
    let poor = key(78);
    world.svm.airdrop(&poor.pubkey(), 1_000_000).unwrap();
    let step = grow(&world, &poor, PLACES + 300);
    // the system program's ResultWithNegativeLamports
    refused(&mut world, &[step], &[&poor], InstructionError::Custom(1));
}
