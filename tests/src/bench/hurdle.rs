//! The Hurdle program: what one instruction costs inside the program, by variant.

use hurdle_interface::instruction;
use hurdle_interface::margin::Position;
use hurdle_interface::report::FLAG_NO_EQUILIBRIUM;
use litesvm::types::TransactionMetadata;
use solana_instruction::Instruction;
use solana_signer::Signer;

use crate::cu::Row;
use crate::fixture;
use crate::world::World;

const TOPIC: &str = "hurdle, in program";

/// One row for each instruction and variant.
///
/// # Errors
/// When the program is not compiled or refuses what it should accept.
pub fn rows() -> anyhow::Result<Vec<Row>> {
    let mut rows = set_up()?;
    for signers in [2, 3, 5] {
        let mut world = World::published()?;
        world.warp(3_600);
        let report = world.report()?;
        let signers: Vec<usize> = (0..signers).collect();
        let (instructions, _) = world.publication(&report, &signers);
        rows.push(row(
            &mut world,
            format!("publish, {} signatures", signers.len()),
            &instructions,
        )?);
    }
    rows.push(stressed()?);
    let mut world = World::published()?;
    let enforced = fixture::position();
    let market = world.market;
    let variants = [
        ("check_margin, one position, enforced", enforced),
        (
            "check_margin, one position, answer only",
            Position {
                enforce: 0,
                ..enforced
            },
        ),
    ];
    for (case, position) in variants {
        let check = instruction::check_margin(market, &position);
        rows.push(row(&mut world, case.to_owned(), &[check])?);
    }
    world.warp(3 * 3_600);
    let check = instruction::check_margin(market, &enforced);
    rows.push(row(
        &mut world,
        "check_margin, one position, soft-stale".to_owned(),
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
    let sent = world.accepted(instructions)?;
    Ok(Row::compute_units(TOPIC, case, in_program(&sent)?))
}

/// Compute units of the program's own invocation, from its log line.
fn in_program(sent: &TransactionMetadata) -> anyhow::Result<u64> {
    let prefix = format!("Program {} consumed ", hurdle_interface::ID);
    sent.logs
        .iter()
        .find_map(|line| line.strip_prefix(&prefix)?.split(' ').next()?.parse().ok())
        .ok_or_else(|| anyhow::anyhow!("no line with compute units in {:?}", sent.logs))
}
