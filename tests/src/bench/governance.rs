//! Governance: what one instruction costs inside the program.

use crate::cu::Row;
use crate::fixture;
use crate::governance::{REASON, TIMELOCK};
use crate::world::World;
use hurdle_interface::governance::{ConfigChange, MarketChange};
use hurdle_interface::{Ratio, instruction};
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::hurdle::measured;

const TOPIC: &str = "hurdle, governance";

/// One row for each instruction.
///
/// # Errors
/// When the program is not compiled or refuses what it should accept.
pub fn rows() -> anyhow::Result<Vec<Row>> {
    let mut rows = proposals()?;
    rows.extend(at_once()?);
    Ok(rows)
}

/// Proposals of each kind and what can become of them.
fn proposals() -> anyhow::Result<Vec<Row>> {
    let mut world = World::published()?;
    let mut rows = Vec::new();
    let mut add = |world: &mut World, case: &str, instruction: Instruction| -> anyhow::Result<()> {
        rows.push(measured(world, TOPIC, case.to_owned(), &[instruction])?);
        Ok(())
    };
    let mut params = fixture::params();
    params.stressed_multiplier = Ratio::ONE;
    let keys: Vec<Address> = world.keepers.iter().map(Keypair::pubkey).collect();
    let (payer, authority) = (world.payer.pubkey(), world.authority.pubkey());

    let (of_market, propose) = world.propose_market(&MarketChange::Params(params))?;
    add(&mut world, "propose_market_change, parameters", propose)?;
    let (of_committee, propose) = world.propose_committee(1, &keys)?;
    add(&mut world, "propose_committee_change, 5 keys", propose)?;
    let (of_config, propose) = world.propose_config(&ConfigChange::Timelock(3_600))?;
    add(&mut world, "propose_config_change, timelock", propose)?;
    let (vetoed, propose) = world.propose_market(&MarketChange::Model([9; 32]))?;
    world.accepted(&[propose])?;
    let (expired, propose) = world.propose_market(&MarketChange::Model([8; 32]))?;
    world.accepted(&[propose])?;

    let veto = instruction::veto_proposal(world.guardian.pubkey(), payer, vetoed, REASON);
    add(&mut world, "veto_proposal", veto)?;
    world.warp(TIMELOCK);
    let execute = instruction::execute_market_change(payer, world.market, of_market);
    add(&mut world, "execute_market_change, parameters", execute)?;
    let execute = instruction::execute_committee_change(payer, world.committee, of_committee);
    add(&mut world, "execute_committee_change, 5 keys", execute)?;
    let execute = instruction::execute_config_change(payer, of_config);
    add(&mut world, "execute_config_change, timelock", execute)?;
    world.warp(30 * 86_400);
    add(
        &mut world,
        "close_proposal",
        instruction::close_proposal(payer, expired),
    )?;

    let nominee = world.guardian.pubkey();
    let nominate = instruction::nominate_authority(authority, nominee, REASON);
    add(&mut world, "nominate_authority", nominate)?;
    add(
        &mut world,
        "accept_authority",
        instruction::accept_authority(nominee),
    )?;
    Ok(rows)
}

/// What needs no proposal.
fn at_once() -> anyhow::Result<Vec<Row>> {
    let mut world = World::published()?;
    let (authority, market, committee) = (world.authority.pubkey(), world.market, world.committee);
    let mut params = fixture::params();
    params.stressed_multiplier = Ratio::MAX;
    let mut class = fixture::class();
    class.haircut = Ratio::ONE;
    let keys: Vec<Address> = world.keepers.iter().skip(1).map(Keypair::pubkey).collect();
    let steps = [
        (
            "tighten_params",
            instruction::tighten_params(authority, market, &params, REASON),
        ),
        (
            "tighten_class",
            instruction::tighten_class(authority, market, 0, &class, REASON),
        ),
        (
            "tighten_committee, 4 keys",
            instruction::tighten_committee(authority, committee, 3, &keys, REASON),
        ),
        (
            "tighten_timelock",
            instruction::tighten_timelock(authority, 2 * TIMELOCK, REASON),
        ),
        (
            "pause_market",
            instruction::pause_market(authority, market, 3_600, REASON),
        ),
        (
            "unpause_market",
            instruction::unpause_market(authority, market, REASON),
        ),
    ];
    let mut rows = Vec::new();
    for (case, step) in steps {
        rows.push(measured(&mut world, TOPIC, case.to_owned(), &[step])?);
    }
    let mut inactive = World::inactive(fixture::params())?;
    let set = instruction::set_params(authority, market, &params, REASON);
    rows.push(measured(&mut inactive, TOPIC, "set_params".to_owned(), &[set])?);
    Ok(rows)
}
