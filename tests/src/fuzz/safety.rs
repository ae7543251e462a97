//! What margin promises the holder of a position: no step makes an account liquidatable in its slot.

use hurdle_interface::composition::Composition;
use hurdle_interface::margin::{
    MarginReply, OptionContract, Portfolio, Position, RiskClass, check_portfolio,
};
use hurdle_interface::options::{OptionKind, Side};
use hurdle_interface::quantity::{Amount, DAY, Ratio, UnixTime};
use hurdle_interface::staleness::Action;
use hurdle_interface::state::MarketState;

use super::attempt::Attempt;
use super::invariants::{Held, ensure};
use crate::fixture::permille;

/// Sizes of the positions that are watched.
const SIZES: [u64; 4] = [1, 999_983, 1_000_000_007, 40_000_000_000_039];

/// Checks one accepted step on one market.
///
/// # Errors
/// What does not hold.
pub fn check(attempt: &Attempt, old: &MarketState, new: &MarketState, now: UnixTime) -> Held {
    if new == old || new.published.sequence == 0 {
        return Ok(());
    }
    ensure(
        attempt.instruction != "tighten_params" || !is_unique(old) || is_unique(new),
        || "what tightens took from what is published that its fixed point is unique".into(),
    )?;
    for (index, class) in (0..).zip(&new.classes).filter(|(_, class)| class.is_defined()) {
        for portfolio in watched(index, class, now) {
            let after = asked(new, &portfolio, now)?;
            if let Some(exposed) = exposure(&portfolio) {
                above_base(new, usize::from(index), exposed, now, &after)?;
            }
            // before its activation nobody rests anything on a market, and governance sets its rules at once
            let settable = old.active == 0 && new.param_epoch > old.param_epoch;
            if settable || old.published.sequence == 0 || !old.classes[usize::from(index)].is_defined() {
                continue;
            }
            let before = asked(old, &portfolio, now)?;
            no_worse(attempt, &before, &after)
                .map_err(|what| format!("{what}: {portfolio:?} {before:?} {after:?}"))?;
            if attempt.instruction.starts_with("tighten_") {
                no_less_later(old, new, &portfolio, now)?;
            }
        }
    }
    Ok(())
}

/// Whether what a market has published proves that the next fixed point is unique.
fn is_unique(market: &MarketState) -> bool {
    let (published, rule) = (&market.published, &market.params.composition);
    Composition::new(rule, &published.components, published.responses, market.anchor())
        .and_then(|composition| composition.is_unique())
        .unwrap_or(false)
}

/// Positions of each kind and size, alone.
fn watched(class: u8, rule: &RiskClass, now: UnixTime) -> Vec<Vec<Position>> {
    let contract = OptionContract {
        kind: OptionKind::Put,
        strike: permille(950),
        expiry: UnixTime(now.0 + 30 * DAY),
        volatility: permille(800),
    };
    SIZES
        .into_iter()
        .map(Amount)
        .flat_map(|size| {
            let none = Amount::ZERO;
            let mut all = vec![
                vec![Position::spot(class, size)],
                vec![Position::debt(class, size)],
                vec![Position::perp(class, Side::Long, size, none, none)],
                vec![
                    Position::spot(class, size),
                    Position::perp(class, Side::Short, size, none, none),
                ],
            ];
            if rule.price_range.raw() > 0 {
                all.push(vec![Position::option(class, Side::Short, contract, size, none)]);
            }
            all
        })
        .collect()
}

/// The size of a portfolio of one perpetual future.
fn exposure(portfolio: &[Position]) -> Option<u64> {
    match portfolio {
        [one] if one.kind == 2 => Some(one.notional.0),
        _ => None,
    }
}

fn asked(market: &MarketState, positions: &[Position], now: UnixTime) -> Result<MarginReply, String> {
    Portfolio::new(Action::Reduce, positions)
        .and_then(|portfolio| check_portfolio(market, &portfolio, now))
        .map_err(|error| format!("{positions:?}: {error:?}"))
}

/// Requirements lie above their base, and initial above maintenance. While a class passes over from another, or from two,
/// its maintenance base lies between them.
fn above_base(market: &MarketState, class: usize, exposed: u64, now: UnixTime, answer: &MarginReply) -> Held {
    let rule = &market.classes[class];
    let base = |ratio: Ratio| {
        let exact = i128::from(exposed) * i128::from(ratio.raw());
        u64::try_from((exact + 99_999_999) / 100_000_000).unwrap_or(u64::MAX)
    };
    ensure(answer.initial.0 >= base(rule.initial), || {
        format!("initial margin lies below its base: {answer:?}")
    })?;
    let left = [&market.transitions[class], &market.earlier[class]]
        .into_iter()
        .filter(|left| {
            left.from.is_defined() && now.seconds_since(left.since) < market.params.class_transition
        });
    let least = left
        .map(|left| left.from.maintenance)
        .fold(rule.maintenance, Ratio::min);
    ensure(answer.maintenance.0 >= base(least), || {
        format!("maintenance margin lies below its base: {answer:?}")
    })?;
    ensure(answer.initial > answer.maintenance, || {
        format!("initial margin does not lie above maintenance: {answer:?}")
    })
}

/// At no later time does what tightens ask for less maintenance margin, or count more of what is held, than would have been
/// without it at the same prices.
///
/// New parameters set the ramps anew from where they stand, and what maintenance margin rises by is rounded down each time:
/// a part of 1e-8 of a multiplier may be lost, which the sizes and factors watched here turn into less than 1e-7 of the value.
fn no_less_later(old: &MarketState, new: &MarketState, portfolio: &[Position], now: UnixTime) -> Held {
    let value: u64 = portfolio.iter().map(|position| position.notional.0).sum();
    let lost = if old.params == new.params {
        0
    } else {
        value / 10_000_000 + 1
    };
    for later in [3_600, DAY, new.params.class_transition / 2] {
        let at = UnixTime(now.0 + later);
        let (before, after) = (asked(old, portfolio, at)?, asked(new, portfolio, at)?);
        ensure(
            after.maintenance.0.saturating_add(lost) >= before.maintenance.0
                && after.maintenance_collateral.0 <= before.maintenance_collateral.0.saturating_add(lost),
            || format!("what tightens asks for less {later} s later: {portfolio:?} {before:?} {after:?}"),
        )?;
    }
    Ok(())
}

/// In one slot, maintenance margin does not rise and what is held does not count for less; what tightens lowers no initial
/// margin.
fn no_worse(attempt: &Attempt, before: &MarginReply, after: &MarginReply) -> Held {
    ensure(
        after.maintenance <= before.maintenance
            && after.maintenance_collateral >= before.maintenance_collateral,
        || "maintenance margin rose in one slot".into(),
    )?;
    ensure(
        !attempt.instruction.starts_with("tighten_") || after.initial >= before.initial,
        || "what tightens lowered initial margin".into(),
    )
}
