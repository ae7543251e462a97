//! Direct reads of a market: what they cost inside a consumer (`tests/programs/read-probe`).

use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};

use crate::cu::Row;
use crate::programs::compiled;
use crate::world::World;

const TOPIC: &str = "Direct read, in a consumer";
const PROGRAM: Address = Address::new_from_array([7; 32]);

/// One row for each read: what it costs beyond a run of the consumer that reads nothing.
///
/// # Errors
/// When a program is not compiled or refuses what it should accept.
pub fn rows() -> anyhow::Result<Vec<Row>> {
    let mut world = World::published()?;
    world
        .svm
        .add_program_from_file(PROGRAM, compiled("read_probe")?)?;
    let nothing = units(&mut world, 0)?;
    let cases = [
        (1, "checked read and hurdle"),
        (2, "checked read, hurdle and margin multipliers in force"),
        (3, "checked read and check of 2 positions"),
    ];
    cases
        .into_iter()
        .map(|(which, case)| {
            let units = units(&mut world, which)?.saturating_sub(nothing);
            Ok(Row::compute_units(TOPIC, case, units))
        })
        .collect()
}

/// Compute units of a run with one read.
fn units(world: &mut World, which: u64) -> anyhow::Result<u64> {
    let words = [which, world.time().cast_unsigned(), 1_000_000];
    let read = Instruction {
        program_id: PROGRAM,
        accounts: vec![AccountMeta::new_readonly(world.market, false)],
        data: words.map(u64::to_le_bytes).concat(),
    };
    Ok(world.accepted(&[read])?.compute_units_consumed)
}
