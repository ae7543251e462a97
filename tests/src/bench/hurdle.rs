//! The Hurdle program: what one instruction costs inside the program, by variant.

use hurdle_interface::instruction;
use hurdle_interface::margin::Position;
use hurdle_interface::options::Side;
use hurdle_interface::report::FLAG_NO_EQUILIBRIUM;
use hurdle_interface::state::{ClassTransition, DISCRIMINATOR_LEN};
use hurdle_interface::{Amount, UnixTime};
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
    let perp = Position::perp(0, Side::Long, amount, amount, Amount::ZERO);
    let held = fixture::option(0, Side::Long, now, amount);
    let options: Vec<Position> = (0..16)
        .map(|index| {
            let side = if index % 2 == 0 { Side::Long } else { Side::Short };
            fixture::option(0, side, now, amount)
        })
        .collect();
    let mixed = fixture::mixed_positions(now);
    let one_class: Vec<Position> = mixed
        .iter()
        .map(|position| Position {
            class: 0,
            ..*position
        })
        .collect();
    let variants: [(&str, &[Position]); 12] = [
        ("no position", &[]),
        ("1 position: spot", &[Position::spot(0, amount)]),
        ("1 position: debt", &[debt]),
        ("1 position: perpetual", &[perp]),
        ("1 position: option", &[held]),
        ("2 positions: spot and debt", &fixture::positions()),
        ("4 positions: one of each kind", &mixed[..4]),
        ("16 positions: debts of one class", &[debt; 16]),
        ("16 positions: four of each kind, one class", &one_class),
        ("16 positions: four of each kind, four classes", &mixed),
        ("16 positions: options", &options),
        (
            "16 positions: spot of one class",
            &[Position::spot(0, amount); 16],
        ),
    ];
    let market = world.market;
    let mut rows = Vec::new();
    for (case, positions) in variants {
        let check = instruction::check_margin(market, &opening(positions), false);
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
    world.warp(3 * 3_600);
    let check = instruction::check_margin(market, &opening(&[debt]), false);
    rows.push(row(
        &mut world,
        "check_margin, 1 position: debt, soft-stale".to_owned(),
        &[check],
    )?);
    let changed = UnixTime(world.time() - 60);
    world.edit_market(|market| {
        market.transitions[0] = ClassTransition {
            from: market.classes[0],
            since: changed,
        };
    })?;
    let check = instruction::check_margin(market, &opening(&[debt]), false);
    rows.push(row(
        &mut world,
        "check_margin, 1 position: debt, soft-stale, its class changing".to_owned(),
        &[check],
    )?);
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
