//! The Hurdle program: what one instruction costs inside the program, by variant.

use hurdle_interface::instruction;
use hurdle_interface::margin::Position;
use hurdle_interface::options::{OptionKind, Side};
use hurdle_interface::ramp::Track;
use hurdle_interface::report::FLAG_NO_EQUILIBRIUM;
use hurdle_interface::state::{ClassTransition, DISCRIMINATOR_LEN};
use hurdle_interface::{Amount, Ratio, UnixTime};
use litesvm::types::TransactionMetadata;
use solana_instruction::Instruction;
use solana_signer::Signer;

use crate::cu::Row;
use crate::fixture::{self, opening};
use crate::world::World;

const TOPIC: &str = "hurdle, in program";

/// One row for each instruction and variant.
///
/// # Errors
/// When the program is not compiled or refuses what it should accept.
pub fn rows() -> anyhow::Result<Vec<Row>> {
    let mut rows = set_up()?;
    for signers in [1, 2, 3, 5] {
        let mut world = World::published()?;
        world.warp(3_600);
        if signers == 1 {
            lower_threshold(&mut world)?;
        }
        let report = world.report()?;
        let signers: Vec<usize> = (0..signers).collect();
        let (instructions, _) = world.publication(&report, &signers);
        let plural = if signers.len() == 1 { "" } else { "s" };
        rows.push(row(
            &mut world,
            format!("publish, {} signature{plural}", signers.len()),
            &instructions,
        )?);
    }
    rows.push(stressed()?);
    rows.extend(margin()?);
    Ok(rows)
}

/// What a margin check costs, by number and kind of positions.
fn margin() -> anyhow::Result<Vec<Row>> {
    let mut world = World::published()?;
    world.edit_market(|market| {
        for index in 1..4 {
            market.classes[index] = market.classes[0];
            market.grids[index] = market.grids[0];
        }
    })?;
    let now = world.time();
    let amount = Amount(1_000_000_000);
    let debt = Position::debt(0, amount);
    let perp = |side, profit, loss| Position::perp(0, side, amount, Amount(profit), Amount(loss));
    let (long, short) = (Side::Long, Side::Short);
    let (call, put) = (OptionKind::Call, OptionKind::Put);
    let mixed = fixture::mixed_positions(now);
    let one_class: Vec<Position> = mixed
        .iter()
        .map(|position| Position {
            class: 0,
            ..*position
        })
        .collect();
    let book = |sorts: &[(Side, OptionKind)]| fixture::option_book(now, sorts);
    let variants: [(&str, Vec<Position>); 22] = [
        ("no position", vec![]),
        ("1 position: spot", vec![Position::spot(0, amount)]),
        ("1 position: debt", vec![debt]),
        ("1 position: perpetual at a loss", vec![perp(short, 0, 7_000_000)]),
        ("1 position: perpetual in profit", vec![perp(long, 7_000_000, 0)]),
        (
            "1 position: perpetual in profit, funding owed",
            vec![perp(short, 7_000_000, 3_000_000)],
        ),
        (
            "1 position: perpetual that doubled",
            vec![perp(long, amount.0, 0)],
        ),
        (
            "1 position: perpetual of 1e18 atoms in profit",
            vec![Position::perp(
                0,
                long,
                Amount(1_000_000_000_000_000_000),
                Amount(700_000_000_000_000_000),
                Amount::ZERO,
            )],
        ),
        (
            "1 position: call held",
            vec![fixture::option(0, long, now, amount)],
        ),
        (
            "1 position: call written",
            vec![fixture::option(0, short, now, amount)],
        ),
        ("1 position: put held", book(&[(long, put)])[..1].to_vec()),
        ("1 position: put written", book(&[(short, put)])[..1].to_vec()),
        ("2 positions: spot and debt", fixture::positions().to_vec()),
        ("4 positions: one of each kind", mixed[..4].to_vec()),
        ("16 positions: debts of one class", vec![debt; 16]),
        (
            "16 positions: spot of one class",
            vec![Position::spot(0, amount); 16],
        ),
        ("16 positions: four of each kind, one class", one_class),
        ("16 positions: four of each kind, four classes", mixed),
        ("16 positions: options of one kind", book(&[(short, call)])),
        (
            "16 positions: calls and puts written",
            book(&[(short, call), (short, put)]),
        ),
        (
            "16 positions: calls and puts held",
            book(&[(long, call), (long, put)]),
        ),
        (
            "16 positions: calls and puts, held and written",
            book(&[(long, call), (short, put), (short, call), (long, put)]),
        ),
    ];
    let market = world.market;
    let mut rows = Vec::new();
    for (case, positions) in variants {
        let check = instruction::check_margin(market, &opening(&positions), false);
        rows.push(row(&mut world, format!("check_margin, {case}"), &[check])?);
    }
    let loan = fixture::positions();
    let enforced = instruction::check_margin(market, &opening(&loan), true);
    rows.push(row(
        &mut world,
        "check_margin, 2 positions, enforced".to_owned(),
        &[enforced],
    )?);
    let ahead = instruction::preview_margin(market, &opening(&loan), UnixTime(now + 86_400));
    rows.push(row(
        &mut world,
        "preview_margin, 2 positions, a day ahead".to_owned(),
        &[ahead],
    )?);
    let option = |side, kind| book(&[(side, kind)])[0];
    let kinds = [
        ("spot", Position::spot(0, amount)),
        ("debt", debt),
        (
            "perpetual in profit, funding owed",
            perp(long, 7_000_000, 3_000_000),
        ),
        ("call held", option(long, call)),
        ("call written", option(short, call)),
        ("put held", option(long, put)),
        ("put written", option(short, put)),
    ];
    rows.extend(moving(&mut world, &kinds)?);
    let singles = [("debt", debt), ("call written", option(short, call))];
    rows.extend(changing(&mut world, &singles)?);
    Ok(rows)
}

/// Checks of one position whose class passes over to another, once and once more on its way, with a fresh rate and with a
/// soft-stale one.
fn changing(world: &mut World, singles: &[(&str, Position)]) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    let mut check = |world: &mut World, how: &str| -> anyhow::Result<()> {
        for (case, position) in singles {
            let check = instruction::check_margin(world.market, &opening(&[*position]), false);
            rows.push(row(
                world,
                format!("check_margin, 1 position: {case}, {how}"),
                &[check],
            )?);
        }
        Ok(())
    };
    let standing = world.state()?;
    for fresh in [true, false] {
        let stale = if fresh { "" } else { "soft-stale, " };
        if !fresh {
            world.edit_market(|market| *market = standing)?;
            world.warp(3 * 3_600);
            check(world, "soft-stale")?;
        }
        let now = world.time();
        let since = |seconds| ClassTransition {
            from: standing.classes[0],
            since: UnixTime(now - seconds),
        };
        world.edit_market(|market| market.transitions[0] = since(60))?;
        check(world, &format!("{stale}its class changing"))?;
        world.edit_market(|market| market.earlier[0] = since(120))?;
        check(world, &format!("{stale}its class changing twice over"))?;
    }
    Ok(rows)
}

/// Checks of one position while all that margin moves with is on its way, up and then down.
fn moving(world: &mut World, kinds: &[(&str, Position)]) -> anyhow::Result<Vec<Row>> {
    let standing = world.state()?.published.ramps;
    let since = UnixTime(world.time() - 600);
    let mut rows = Vec::new();
    for (way, from) in [
        ("tightening", Ratio::ONE),
        ("loosening", fixture::permille(2_900)),
    ] {
        world.edit_market(|market| {
            let to = |track: &mut Track, from, target| {
                *track = Track::resting(from);
                track.initial = from.max(target);
                track.target = target;
            };
            let ramps = &mut market.published.ramps;
            to(&mut ramps.multiplier, from, fixture::permille(1_500));
            to(&mut ramps.volatility, from, fixture::permille(1_800));
            let carry = if from == Ratio::ONE {
                Ratio::ZERO
            } else {
                fixture::permille(20)
            };
            to(&mut ramps.carry, carry, fixture::permille(10));
            ramps.since = since;
        })?;
        for (case, position) in kinds {
            let check = instruction::check_margin(world.market, &opening(&[*position]), false);
            rows.push(row(
                world,
                format!("check_margin, 1 position: {case}, margin {way}"),
                &[check],
            )?);
        }
    }
    world.edit_market(|market| market.published.ramps = standing)?;
    Ok(rows)
}

fn set_up() -> anyhow::Result<Vec<Row>> {
    let mut world = World::empty()?;
    let steps = [
        ("create_config", world.create_config()),
        ("create_committee, 5 keys", world.create_committee()),
        ("create_market", world.create_market()),
        ("set_risk_class", world.set_risk_class()),
        (
            "grow_history, 100 places",
            instruction::grow_history(world.payer.pubkey(), world.market, 116),
        ),
    ];
    steps
        .into_iter()
        .map(|(case, step)| row(&mut world, case.to_owned(), &[step]))
        .collect()
}

/// Lets one keeper publish.
fn lower_threshold(world: &mut World) -> anyhow::Result<()> {
    let mut account = world.account(&world.committee)?;
    let mut committee = world.committee_state()?;
    committee.threshold = 1;
    account.data[DISCRIMINATOR_LEN..].copy_from_slice(bytemuck::bytes_of(&committee));
    Ok(world.svm.set_account(world.committee, account)?)
}

fn stressed() -> anyhow::Result<Row> {
    let mut world = World::published()?;
    world.warp(3_600);
    let mut report = world.report()?;
    report.flags = FLAG_NO_EQUILIBRIUM;
    report.hurdle = fixture::params().composition.ceiling;
    let (instructions, _) = world.publication(&report, &[0, 1]);
    row(
        &mut world,
        "publish, 2 signatures, no equilibrium".to_owned(),
        &instructions,
    )
}

fn row(world: &mut World, case: String, instructions: &[Instruction]) -> anyhow::Result<Row> {
    measured(world, TOPIC, case, instructions)
}

/// A row of what the program's invocation costs.
pub(super) fn measured(
    world: &mut World,
    topic: &'static str,
    case: String,
    instructions: &[Instruction],
) -> anyhow::Result<Row> {
    let sent = world.accepted(instructions)?;
    Ok(Row::compute_units(topic, case, in_program(&sent)?))
}

/// Compute units of the program's own invocation, from its log line.
fn in_program(sent: &TransactionMetadata) -> anyhow::Result<u64> {
    let prefix = format!("Program {} consumed ", hurdle_interface::ID);
    sent.logs
        .iter()
        .find_map(|line| line.strip_prefix(&prefix)?.split(' ').next()?.parse().ok())
        .ok_or_else(|| anyhow::anyhow!("no line with compute units in {:?}", sent.logs))
}
