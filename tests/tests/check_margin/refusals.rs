//! Requests and accounts that are refused.

use super::*;

#[test]
fn undefined_classes_and_actions_and_truncated_portfolios_are_refused() {
    let mut world = World::published().unwrap();
    for class in [1, 7, 8, 255] {
        let sent = check(&mut world, &opening(&[Position::spot(class, Amount(1))]), true);
        assert_eq!(hurdle_error(&sent), Some(HurdleError::UnknownRiskClass));
    }
    let whole = instruction::check_margin(world.market, &opening(&fixture::positions()), true);
    let with = |at: usize, byte: u8| {
        let mut changed = whole.clone();
        changed.data[at] = byte;
        changed
    };
    // after the discriminator: action, enforce, two of padding, four of count
    let refused = [
        (with(8, 6), HurdleError::UnknownAction),
        (with(10, 1), HurdleError::InvalidPosition),
        (with(11, 1), HurdleError::InvalidPosition),
        (with(16 + 48, 4), HurdleError::InvalidPosition),
        (with(16 + 55, 1), HurdleError::InvalidPosition),
        (with(16 + 8, 1), HurdleError::InvalidPosition),
    ];
    for (instruction, error) in refused {
        assert_eq!(hurdle_error(&world.send(&[instruction])), Some(error));
    }
    for length in (0..whole.data.len()).step_by(7).chain([whole.data.len() - 1]) {
        let mut truncated = whole.clone();
        truncated.data.truncate(length);
        let sent = world.send(&[truncated]);
        assert_eq!(
            instruction_error(&sent),
            Some(InstructionError::InvalidInstructionData),
            "{length} bytes"
        );
    }
    for count in [3, 255] {
        let sent = world.send(&[with(12, count)]);
        assert_eq!(
            instruction_error(&sent),
            Some(InstructionError::InvalidInstructionData),
            "{count} positions announced"
        );
    }
}

#[test]
fn seventeen_positions_are_refused() {
    let mut world = World::published().unwrap();
    let sixteen = [Position::spot(0, Amount(1)); 16];
    let mut instruction = instruction::check_margin(world.market, &opening(&sixteen), true);
    world.accepted(std::slice::from_ref(&instruction)).unwrap();
    instruction.data[12] = 17;
    instruction
        .data
        .extend_from_slice(bytemuck::bytes_of(&sixteen[0]));
    let sent = world.send(&[instruction]);
    assert_eq!(hurdle_error(&sent), Some(HurdleError::TooManyPositions));
}

#[test]
fn amounts_that_overflow_are_refused_and_never_wrap() {
    let mut world = World::published().unwrap();
    let most = Amount(u64::MAX);
    for positions in [
        [Position::debt(0, most), Position::debt(0, Amount(1))],
        [Position::spot(0, most), Position::spot(0, Amount(1))],
        [
            Position::perp(0, Side::Long, most, most, most),
            Position::spot(0, most),
        ],
    ] {
        let sent = check(&mut world, &opening(&positions), true);
        assert_eq!(hurdle_error(&sent), Some(HurdleError::Overflow));
    }
}

#[test]
fn a_market_of_another_owner_or_kind_is_refused() {
    let mut world = World::published().unwrap();
    let positions = fixture::positions();
    let genuine = world.account(&world.market).unwrap();
    let look_alike = key(60).pubkey();
    let mut foreign = genuine.clone();
    foreign.owner = key(61).pubkey();
    world.svm.set_account(look_alike, foreign).unwrap();
    let asks = |market| {
        let portfolio = opening(&positions);
        [
            instruction::check_margin(market, &portfolio, true),
            instruction::preview_margin(market, &portfolio, UnixTime(i64::MAX)),
        ]
    };
    for ask in asks(look_alike) {
        let sent = world.send(&[ask]);
        assert_eq!(instruction_error(&sent), Some(InstructionError::IllegalOwner));
    }
    for ask in asks(world.committee) {
        let sent = world.send(&[ask]);
        assert!(matches!(
            instruction_error(&sent),
            Some(InstructionError::InvalidAccountData | InstructionError::AccountDataTooSmall)
        ));
    }
}
