//! What is refused, and that nothing panics.

use super::*;

#[test]
fn what_cannot_be_answered_is_refused_with_its_reason() {
    let market = market_at(Ratio::ONE);
    let check = |positions: &[Position]| checked(&market, Action::Open, positions, NOW.time).map(|_| ());
    for class in 1..=u8::MAX {
        let error = Err(HurdleError::UnknownRiskClass);
        assert_eq!(check(&[Position::spot(class, MILLION)]), error);
        assert_eq!(
            check(&[Position::spot(0, MILLION), Position::debt(class, MILLION)]),
            error
        );
    }
    let most = Amount(u64::MAX);
    assert_eq!(check(&[Position::debt(0, most)]), Err(HurdleError::Overflow));
    let halves = [Position::debt(0, Amount(1 << 63)); 2];
    assert_eq!(check(&halves), Err(HurdleError::Overflow));
    assert_eq!(check(&[Position::spot(0, MILLION); 16]), Ok(()));
    assert_eq!(
        check(&[Position::spot(0, MILLION); 17]),
        Err(HurdleError::TooManyPositions)
    );
    let mut silent = market;
    silent.published.sequence = 0;
    assert_eq!(
        checked(&silent, Action::Open, &[], NOW.time).map(|_| ()),
        Err(HurdleError::OracleNeverPublished)
    );
}

#[test]
fn a_request_names_its_action_and_has_no_other_bytes() {
    let request = |action, padding| MarginRequest {
        action,
        enforce: 1,
        padding,
    };
    for action in 6..=u8::MAX {
        let asked = Portfolio::asked(request(action, [0; 2]), &[]);
        assert_eq!(asked, Err(HurdleError::UnknownAction));
    }
    for padding in [[1, 0], [0, 1]] {
        let asked = Portfolio::asked(request(0, padding), &[]);
        assert_eq!(asked, Err(HurdleError::InvalidPosition));
    }
    assert!(Portfolio::asked(request(5, [0; 2]), &[]).is_ok());
}

/// A field that a kind does not use is zero, so that no asker believes it to count.
#[test]
fn fields_that_a_kind_does_not_use_are_refused() {
    type Change = fn(&mut Position);
    let changes: [(&str, Change); 9] = [
        ("credit", |p| p.credit = Amount(p.credit.0 + 1)),
        ("debit", |p| p.debit = Amount(p.debit.0 + 1)),
        ("strike", |p| p.strike = Ratio(p.strike.raw() + 1)),
        ("expiry", |p| p.expiry.0 += 1),
        ("volatility", |p| p.volatility = Ratio(p.volatility.raw() + 1)),
        ("side", |p| p.side += 1),
        ("side 2", |p| p.side = 2),
        ("option", |p| p.option += 1),
        ("padding", |p| p.padding[3] = 1),
    ];
    let kinds: [(Position, &[&str]); 5] = [
        (Position::spot(0, MILLION), &[]),
        (Position::debt(0, MILLION), &[]),
        (
            Position::perp(0, Side::Long, MILLION, Amount(3), Amount(4)),
            &["credit", "debit", "side"],
        ),
        (
            call(Side::Long, MILLION, Amount(9)),
            &["credit", "strike", "expiry", "volatility", "option"],
        ),
        (
            call(Side::Short, MILLION, Amount(9)),
            &["debit", "strike", "expiry", "volatility", "option"],
        ),
    ];
    let market = market_at(Ratio::ONE);
    let check = |position| checked(&market, Action::Open, &[position], NOW.time).map(|_| ());
    for (position, used) in kinds {
        assert_eq!(check(position), Ok(()));
        for (name, change) in changes {
            let mut changed = position;
            change(&mut changed);
            let expected = if used.contains(&name) {
                Ok(())
            } else {
                Err(HurdleError::InvalidPosition)
            };
            assert_eq!(check(changed), expected, "{name} of {position:?}");
        }
    }
    for kind in 4..=u8::MAX {
        let unknown = Position {
            kind,
            ..Position::spot(0, MILLION)
        };
        assert_eq!(check(unknown), Err(HurdleError::InvalidPosition), "kind {kind}");
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn no_bytes_of_market_or_portfolio_make_the_check_panic(
        seed in any::<u64>(), one_in in 1u64..200, now in bits(), at in bits(), count in 0usize..=16, request in any::<[u8; 4]>(),
    ) {
        let mut market = market();
        fixture::scramble(&mut market, seed, one_in);
        let mut positions = [Position::default(); 16];
        for (index, position) in positions.iter_mut().enumerate() {
            *position = match index % 5 {
                0 => Position::spot(0, MILLION),
                1 => Position::debt(0, MILLION),
                2 => Position::perp(0, Side::Long, MILLION, Amount(1), Amount(2)),
                3 => call(Side::Long, MILLION, Amount(9)),
                _ => call(Side::Short, MILLION, Amount(9)),
            };
        }
        fixture::scramble(&mut positions, seed ^ 1, one_in);
        if seed % 2 == 0 {
            for position in &mut positions {
                (position.class, position.side, position.option) = (position.class % 2, position.side % 2, position.option % 2);
                (position.kind, position.padding) = (position.kind % 4, [0; 4]);
            }
        }
        let request: MarginRequest = bytemuck::cast(request);
        if let Ok(portfolio) = Portfolio::asked(request, &positions[..count]) {
            let _ = check_portfolio(&market, &portfolio, UnixTime(now)).map(|reply| reply.enforce());
        }
        let portfolio = Portfolio::new(Action::Open, &positions[..count]).unwrap();
        let _ = check_portfolio(&market, &portfolio, UnixTime(now)).map(|reply| reply.enforce());
        let _ = preview_portfolio(&market, &portfolio, UnixTime(now), UnixTime(at));
        let _ = market.invariant();
    }
}
