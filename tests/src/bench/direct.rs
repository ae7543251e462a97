//! What asking a market costs inside a consumer (`tests/programs/read-probe`), by direct read and by CPI.

use hurdle_interface::margin::Position;
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};

use crate::cu::Row;
use crate::fixture;
use crate::programs::compiled;
use crate::world::World;

const DIRECT: &str = "Direct read, in a consumer";
const BY_CPI: &str = "By CPI, in a consumer";
const PROGRAM: Address = Address::new_from_array([7; 32]);

/// One row for each question: what it costs beyond a run of the consumer that asks nothing.
///
/// # Errors
/// When a program is not compiled or refuses what it should accept.
pub fn rows() -> anyhow::Result<Vec<Row>> {
    let mut world = World::published()?;
    world
        .svm
        .add_program_from_file(PROGRAM, compiled("read_probe")?)?;
    let mut rows = vec![
        row(&mut world, DIRECT, "checked read and hurdle", 1, &[])?,
        row(
            &mut world,
            DIRECT,
            "checked read, hurdle and margin multipliers in force",
            2,
            &[],
        )?,
    ];
    let one_class: Vec<Position> = fixture::mixed_positions(world.time())
        .into_iter()
        .map(|position| Position { class: 0, ..position })
        .collect();
    let portfolios = [
        ("1 position: spot", &fixture::positions()[..1]),
        ("2 positions: spot and debt", &fixture::positions()),
        ("4 positions: one of each kind", &one_class[..4]),
        ("16 positions: four of each kind, one class", &one_class),
    ];
    for (topic, what, which) in [
        (DIRECT, "checked read and check", 3),
        (BY_CPI, "check_margin and its reply", 4),
    ] {
        for (case, positions) in portfolios {
            rows.push(row(
                &mut world,
                topic,
                &format!("{what}, {case}"),
                which,
                positions,
            )?);
        }
    }
    Ok(rows)
}

fn row(
    world: &mut World,
    topic: &'static str,
    case: &str,
    which: u64,
    positions: &[Position],
) -> anyhow::Result<Row> {
    let nothing = units(world, 0, positions)?;
    let units = units(world, which, positions)?.saturating_sub(nothing);
    Ok(Row::compute_units(topic, case, units))
}

/// Compute units of a run with one question.
fn units(world: &mut World, which: u64, positions: &[Position]) -> anyhow::Result<u64> {
    let words = [which, world.time().cast_unsigned()]
        .map(u64::to_le_bytes)
        .concat();
    let ask = Instruction {
        program_id: PROGRAM,
        accounts: [world.market, hurdle_interface::ID]
            .map(|key| AccountMeta::new_readonly(key, false))
            .to_vec(),
        data: [&words, bytemuck::cast_slice(positions)].concat(),
    };
    Ok(world.accepted(&[ask])?.compute_units_consumed)
}
