//! Publications: valid ones, and reports that are wrong in one way.

use hurdle_interface::report::{FLAG_NO_EQUILIBRIUM, Report};
use hurdle_interface::state::CommitteeState;
use hurdle_interface::{Rate, instruction};
use rand::Rng;
use rand::rngs::SmallRng;
use rand::seq::SliceRandom;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::attempt::Attempt;
use super::draw;
use super::snapshot::Snapshot;
use super::steps::{KEEPERS, any_market};
use crate::fixture;
use crate::world::{World, key, sign};

/// The publication of a report.
///
/// # Errors
/// Where the state cannot be read.
pub fn attempt(world: &mut World, seen: &Snapshot, random: &mut SmallRng) -> anyhow::Result<Attempt> {
    let address = any_market(seen, random)?;
    let market = &seen.markets[&address];
    let committee = &seen.committees[&market.committee];
    world.market = address;
    let (components, responses) = (draw::components(random), draw::responses(random));
    let calm = |world: &World| world.report_over(fixture::components(), fixture::responses());
    let mut report = world
        .report_over(components, responses)
        .or_else(|_| calm(world))?;
    report.committee_epoch = committee.epoch;
    report.model_hash = market.model_hash;
    if draw::once_in(random, 10) {
        report.flags = FLAG_NO_EQUILIBRIUM;
        report.hurdle = market.params.composition.ceiling;
    }
    let mut signers = quorum(committee, random);
    let wrong = if draw::once_in(random, 4) {
        Some(spoil(&mut report, &mut signers, committee, seen, random))
    } else {
        None
    };
    let signatures: Vec<_> = signers
        .iter()
        .map(|signer| sign(signer, report.as_bytes()))
        .collect();
    let verify = instruction::ed25519(report.as_bytes(), &signatures);
    let publish = instruction::publish(address, market.committee, 0);
    let note = format!(
        "{address} {} h {} {:?}",
        report.sequence,
        report.hurdle.raw(),
        report.components
    );
    Ok(Attempt {
        instructions: vec![verify, publish.clone()],
        wrong,
        note,
        ..Attempt::new("publish", publish)
    })
}

/// The threshold of a committee's members, in any order, or more.
fn quorum(committee: &CommitteeState, random: &mut SmallRng) -> Vec<Keypair> {
    let mut members: Vec<Keypair> = KEEPERS
        .map(key)
        .filter(|keypair| committee.members().contains(&keypair.pubkey()))
        .collect();
    members.shuffle(random);
    members.truncate(random.random_range(usize::from(committee.threshold)..=members.len()));
    members
}

/// Makes a report or its signatures wrong in one way, which must be refused.
fn spoil(
    report: &mut Report,
    signers: &mut Vec<Keypair>,
    committee: &CommitteeState,
    seen: &Snapshot,
    random: &mut SmallRng,
) -> &'static str {
    match random.random_range(0..14) {
        0 => {
            let domain = report.domain;
            let other = seen.markets.values().find(|market| market.domain != domain);
            report.domain = other.map_or([0; 32], |market| market.domain);
            "report for another market"
        }
        1 => {
            report.param_epoch -= 1;
            "report under an old parameter epoch"
        }
        2 => {
            report.committee_epoch += 1;
            "report under another committee epoch"
        }
        3 => {
            report.sequence -= 1;
            "report of a sequence that stands already"
        }
        4 => {
            report.sequence += 1;
            "report of a sequence that skips one"
        }
        5 => {
            report.schema += 1;
            "report of another schema"
        }
        6 => {
            report.model_hash[5] ^= 1;
            "report of another model"
        }
        7 => {
            report.observed_at.0 += 1;
            "report from the future"
        }
        8 => {
            report.observed_at.0 -= 10_000;
            "report that is too old"
        }
        9 => {
            report.expires_at = report.observed_at;
            "report that has expired"
        }
        10 => {
            let away = if report.hurdle > Rate::ZERO {
                -50_000_000
            } else {
                50_000_000
            };
            report.hurdle = Rate::new(report.hurdle.raw() + away).unwrap_or_default();
            "report of no fixed point"
        }
        11 => {
            let again = signers.first().map(Keypair::insecure_clone);
            signers.extend(again);
            "report with a signer twice"
        }
        12 => {
            signers.truncate(usize::from(committee.threshold) - 1);
            "report with too few signers"
        }
        _ => {
            signers.push(key(40));
            "report with a signer from outside"
        }
    }
}
