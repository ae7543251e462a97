//! What the program says of each change: `sha256("event:" ‖ name)[..8]`, then the fields in their order.

use super::*;
use base64::Engine;
use hurdle_interface::args::CreateConfigArgs;
use hurdle_interface::governance::kind;
use hurdle_interface::instruction;
use hurdle_tests::governance::{REASON, TIMELOCK};
use hurdle_tests::world::{GENESIS, Sent, key};
use solana_sha256_hasher::hash;
use solana_signer::Signer;

/// Asserts the one event of a transaction, byte for byte.
fn said(sent: Sent, name: &str, fields: &[&[u8]]) {
    let logs = sent.unwrap().logs;
    let lines: Vec<&str> = logs
        .iter()
        .filter_map(|line| line.strip_prefix("Program data: "))
        .collect();
    let [line] = lines[..] else {
        panic!("{} events instead of one", lines.len())
    };
    let event = base64::engine::general_purpose::STANDARD.decode(line).unwrap();
    let discriminator = &hash(format!("event:{name}").as_bytes()).to_bytes()[..8];
    assert_eq!(event, [discriminator, &fields.concat()].concat(), "{name}");
}

fn digest(params: &MarketParams) -> [u8; 32] {
    hash(bytemuck::bytes_of(params)).to_bytes()
}

#[test]
fn a_change_tells_what_it_replaces_by_what_and_why() {
    let mut world = World::new().unwrap();
    let (market, guardian, payer) = (world.market, world.guardian.pubkey(), world.payer.pubkey());
    let MarketChange::Params(looser) = loosening() else {
        panic!("the loosening is one of parameters")
    };
    let (old, new) = (digest(&fixture::params()), digest(&looser));
    let params_kind = u64::from(kind::PARAMS).to_le_bytes();

    let (id, propose) = world.propose_market(&loosening()).unwrap();
    let proposal = pda::proposal(id).0;
    let number = id.to_le_bytes();
    let executable_at = world.time() + TIMELOCK;
    let times = [executable_at, executable_at + 14 * 86_400].map(i64::to_le_bytes);
    let head = [proposal.as_ref(), market.as_ref(), &old, &new, &REASON, &number].concat();
    said(
        world.send(&[propose]),
        "ChangeProposed",
        &[&head, &times.concat(), &params_kind],
    );
    world.warp(TIMELOCK);
    said(world.execute_market(id), "ChangeExecuted", &[&head, &params_kind]);

    let to = params(|p| p.stressed_multiplier = fixture::permille(1_800));
    let tighten = instruction::tighten_params(guardian, market, &to, REASON);
    let tighter = digest(&to);
    said(
        world.send(&[tighten]),
        "ChangeTightened",
        &[
            market.as_ref(),
            guardian.as_ref(),
            &new,
            &tighter,
            &REASON,
            &params_kind,
        ],
    );

    let (id, propose) = world.propose_market(&loosening()).unwrap();
    world.accepted(&[propose]).unwrap();
    let (proposal, number) = (pda::proposal(id).0, id.to_le_bytes());
    let why = [1; 32];
    said(
        world.send(&[instruction::veto_proposal(guardian, payer, id, why)]),
        "ProposalVetoed",
        &[
            proposal.as_ref(),
            market.as_ref(),
            guardian.as_ref(),
            &why,
            &number,
            &params_kind,
        ],
    );
    let (id, propose) = world.propose_market(&loosening()).unwrap();
    world.accepted(&[propose]).unwrap();
    world.warp(TIMELOCK + 14 * 86_400);
    let (proposal, number) = (pda::proposal(id).0, id.to_le_bytes());
    said(
        world.send(&[instruction::close_proposal(payer, id)]),
        "ProposalClosed",
        &[proposal.as_ref(), market.as_ref(), &number, &params_kind],
    );
}

#[test]
fn a_new_config_tells_whether_it_begins_in_set_up() {
    for timelock_seconds in [0, TIMELOCK] {
        let mut world = World::empty().unwrap();
        let (authority, guardian) = (world.authority.pubkey(), world.guardian.pubkey());
        let args = CreateConfigArgs {
            authority,
            guardian,
            genesis_hash: GENESIS,
            timelock_seconds,
        };
        let (payer, upgrade) = (world.payer.pubkey(), world.upgrade_authority.pubkey());
        said(
            world.send(&[instruction::create_config(payer, upgrade, &args)]),
            "ConfigCreated",
            &[
                authority.as_ref(),
                guardian.as_ref(),
                &GENESIS,
                &timelock_seconds.to_le_bytes(),
            ],
        );
    }
}

#[test]
fn parameters_before_activation_pauses_and_the_authority_have_events_too() {
    let mut world = World::inactive(fixture::params()).unwrap();
    let (market, authority, guardian) = (world.market, world.authority.pubkey(), world.guardian.pubkey());
    let epoch = u64::from(world.state().unwrap().param_epoch) + 1;
    said(
        world.send(&[instruction::set_params(authority, market, &tightening(), REASON)]),
        "ParamsSet",
        &[
            market.as_ref(),
            &digest(&fixture::params()),
            &digest(&tightening()),
            &REASON,
            &epoch.to_le_bytes(),
        ],
    );
    let until = (world.time() + 60).to_le_bytes();
    said(
        world.send(&[instruction::pause_market(guardian, market, 60, REASON)]),
        "MarketPaused",
        &[market.as_ref(), guardian.as_ref(), &REASON, &until],
    );
    said(
        world.send(&[instruction::unpause_market(authority, market, REASON)]),
        "MarketUnpaused",
        &[market.as_ref(), &REASON],
    );
    let nominee = key(55);
    said(
        world.send(&[instruction::nominate_authority(
            authority,
            nominee.pubkey(),
            REASON,
        )]),
        "AuthorityNominated",
        &[authority.as_ref(), nominee.pubkey().as_ref(), &REASON],
    );
    let accept = instruction::accept_authority(nominee.pubkey());
    said(
        world.send_with(&[accept], &[&nominee]),
        "AuthorityAccepted",
        &[authority.as_ref(), nominee.pubkey().as_ref()],
    );
}
