//! Governance: proposals of any kind, what ends them, what tightens at once, pauses, and the two-step transfer.

use hurdle_interface::governance::{Change, ConfigChange, IndexedClass, MAX_PAUSE, MarketChange};
use hurdle_interface::margin::RiskClass;
use hurdle_interface::state::MarketState;
use hurdle_interface::{Ratio, UnixTime, instruction, pda};
use rand::Rng;
use rand::rngs::SmallRng;
use solana_address::Address;
use solana_signer::Signer;

use super::attempt::Attempt;
use super::draw;
use super::snapshot::Snapshot;
use super::steps::{By, any, any_market, members};
use crate::governance::REASON;
use crate::world::{World, key};

const DAY: i64 = 86_400;

/// An act of governance.
///
/// # Errors
/// Where the state cannot be read.
pub fn attempt(world: &World, seen: &Snapshot, random: &mut SmallRng) -> anyhow::Result<Attempt> {
    if let Some(market) = paused_today(seen)
        && draw::once_in(random, 4)
    {
        return Ok(pause_market(By::guardian(seen, random), market, random));
    }
    if let Some(market) = tightened_today(seen)
        && draw::once_in(random, 3)
    {
        return Ok(tighten_by_a_hair(By::guardian(seen, random), market, seen));
    }
    if let Some((market, index)) = on_its_way(seen)
        && draw::once_in(random, 8)
        && let Some(class) = raised(&seen.markets[&market].classes[usize::from(index)])
    {
        let by = By::either(seen, random);
        return Ok(tighten_class(by, &market, IndexedClass { index, class }));
    }
    Ok(match random.random_range(0..36) {
        0..3 => set_risk_class(seen, random)?,
        3..5 => set_params(seen, random)?,
        5..11 => propose(world, seen, random)?,
        11..20 => end(world, seen, random)?,
        20..23 => tighten_params(seen, random)?,
        23..26 => {
            let (by, market) = (By::either(seen, random), any_market(seen, random)?);
            let class = tighter(seen, &market, random);
            tighten_class(by, &market, class)
        }
        26..28 => tighten_committee(seen, random)?,
        28 => {
            let by = By::either(seen, random);
            let seconds = random.random_range(DAY / 2..3 * DAY);
            let tighten = instruction::tighten_timelock(by.key.pubkey(), seconds, REASON);
            by.attempts("tighten_timelock", tighten)
                .noted(format!("{seconds} s"))
        }
        29..32 => {
            let (by, market) = (By::either(seen, random), any_market(seen, random)?);
            pause_market(by, market, random)
        }
        32 => {
            let (by, market) = (By::authority(seen, random), any_market(seen, random)?);
            let unpause = instruction::unpause_market(by.key.pubkey(), market, REASON);
            by.attempts("unpause_market", unpause).noted(format!("{market}"))
        }
        33 | 34 => {
            let (by, nominee) = (By::authority(seen, random), governor(random));
            let nominate = instruction::nominate_authority(by.key.pubkey(), nominee, REASON);
            by.attempts("nominate_authority", nominate)
                .noted(format!("{nominee}"))
        }
        _ => accept_authority(seen, random),
    })
}

fn pause_market(by: By, market: Address, random: &mut SmallRng) -> Attempt {
    let seconds = random.random_range(0..MAX_PAUSE + 100);
    let pause = instruction::pause_market(by.key.pubkey(), market, seconds, REASON);
    by.attempts("pause_market", pause)
        .noted(format!("{market} {seconds} s"))
}

/// A market that the guardian has paused within the last day: without insisting it would hardly come to a fourth pause.
fn paused_today(seen: &Snapshot) -> Option<Address> {
    done_today(seen, |market| market.pauses.began)
}

/// One that it has tightened, likewise.
fn tightened_today(seen: &Snapshot) -> Option<Address> {
    done_today(seen, |market| market.guardian_tightened)
}

/// The market to which the guardian did something last, where that is less than a day ago.
fn done_today(seen: &Snapshot, times: fn(&MarketState) -> [UnixTime; 3]) -> Option<Address> {
    let newest = |market: &MarketState| times(market).iter().max().map_or(0, |time| time.0);
    let (address, market) = seen.markets.iter().max_by_key(|(_, market)| newest(market))?;
    (seen.time - newest(market) < DAY).then_some(*address)
}

/// The least that tightens, whatever stands.
fn tighten_by_a_hair(by: By, market: Address, seen: &Snapshot) -> Attempt {
    let mut params = seen.markets[&market].params;
    let stressed = params.stressed_multiplier;
    params.stressed_multiplier = Ratio::new(stressed.raw() + 1).unwrap_or(stressed);
    let tighten = instruction::tighten_params(by.key.pubkey(), market, &params, REASON);
    by.attempts("tighten_params", tighten)
        .noted(format!("{market} by 1e-8"))
}

/// A key that may come to govern.
fn governor(random: &mut SmallRng) -> Address {
    key(draw::one_of(random, &[2, 80, 81]).unwrap_or(2)).pubkey()
}

fn accept_authority(seen: &Snapshot, random: &mut SmallRng) -> Attempt {
    let pending = seen
        .configs
        .values()
        .map(|config| config.pending_authority)
        .next();
    let nominee = [2, 80, 81]
        .map(key)
        .into_iter()
        .find(|key| Some(key.pubkey()) == pending && !draw::once_in(random, 4))
        .unwrap_or_else(|| key(9));
    let accept = instruction::accept_authority(nominee.pubkey());
    Attempt {
        signers: vec![nominee],
        ..Attempt::new("accept_authority", accept)
    }
}

fn class_of(seen: &Snapshot, market: &Address, random: &mut SmallRng) -> IndexedClass {
    let index = random.random_range(0..3);
    let mut class = draw::class(random);
    let standing = seen.markets[market].classes[usize::from(index)];
    if standing.is_defined() && random.random() {
        // near what stands, and tighter as often as not
        class = standing;
        let raw = class.haircut.raw() + random.random_range(-1_000_000..2_000_000);
        class.haircut = Ratio::new(raw).unwrap_or(class.haircut);
        let raw = class.maintenance.raw() + random.random_range(-1_000_000..2_000_000);
        class.maintenance = Ratio::new(raw).unwrap_or(class.maintenance);
    }
    IndexedClass { index, class }
}

/// A class with a little more of what tightens it; the share of maintenance margin stays or grows.
fn raised(class: &RiskClass) -> Option<RiskClass> {
    let more = |part: Ratio| Ratio::new(part.raw() + part.raw() / 50 + 1).ok();
    Some(RiskClass {
        initial: more(class.initial)?,
        maintenance: more(class.maintenance)?,
        haircut: more(class.haircut)?,
        ..*class
    })
}

/// A class for a market: a defined one raised, or any.
fn tighter(seen: &Snapshot, market: &Address, random: &mut SmallRng) -> IndexedClass {
    let defined: Vec<(u8, RiskClass)> = (0..)
        .zip(seen.markets[market].classes)
        .filter(|(_, class)| class.is_defined())
        .collect();
    let one = draw::one_of(random, &defined).filter(|_| random.random());
    let raised = one.and_then(|(index, class)| {
        let class = raised(&class)?;
        Some(IndexedClass { index, class })
    });
    raised.unwrap_or_else(|| class_of(seen, market, random))
}

/// A class that was changed within the last day, which is the time of a transition at first: by chance it would hardly be
/// tightened again so soon.
fn on_its_way(seen: &Snapshot) -> Option<(Address, u8)> {
    seen.markets.iter().find_map(|(address, market)| {
        let (index, _) = (0..)
            .zip(&market.transitions)
            .find(|(_, transition)| transition.from.is_defined() && seen.time - transition.since.0 < DAY)?;
        Some((*address, index))
    })
}

fn set_risk_class(seen: &Snapshot, random: &mut SmallRng) -> anyhow::Result<Attempt> {
    let (by, market) = (By::authority(seen, random), any_market(seen, random)?);
    let (index, class) = (random.random_range(0..9), draw::class(random));
    let set = instruction::set_risk_class(by.key.pubkey(), market, index, &class);
    Ok(by
        .attempts("set_risk_class", set)
        .noted(format!("{market} {index} {class:?}")))
}

fn set_params(seen: &Snapshot, random: &mut SmallRng) -> anyhow::Result<Attempt> {
    let (by, market) = (By::authority(seen, random), any_market(seen, random)?);
    let params = draw::params(random, &seen.markets[&market].params);
    let set = instruction::set_params(by.key.pubkey(), market, &params, REASON);
    Ok(by
        .attempts("set_params", set)
        .noted(format!("{market} {params:?}")))
}

fn tighten_params(seen: &Snapshot, random: &mut SmallRng) -> anyhow::Result<Attempt> {
    let (by, market) = (By::either(seen, random), any_market(seen, random)?);
    let mut params = seen.markets[&market].params;
    if draw::once_in(random, 4) {
        // what amplifies, so that a rate may come to be no longer the only solution
        let composition = &mut params.composition;
        let (tail, slope) = (composition.weights.tail, composition.multiplier.slope);
        let more = random.random_range(0..25_000_000);
        composition.weights.tail = Ratio::new(tail.raw() + more).unwrap_or(tail);
        composition.multiplier.slope = Ratio::new(slope.raw() + slope.raw() / 2).unwrap_or(slope);
    } else {
        params = draw::params(random, &params);
    }
    let tighten = instruction::tighten_params(by.key.pubkey(), market, &params, REASON);
    Ok(by
        .attempts("tighten_params", tighten)
        .noted(format!("{market} {params:?}")))
}

fn tighten_class(by: By, market: &Address, changed: IndexedClass) -> Attempt {
    let IndexedClass { index, class } = changed;
    let tighten = instruction::tighten_class(by.key.pubkey(), *market, index, &class, REASON);
    by.attempts("tighten_class", tighten)
        .noted(format!("{market} {index} {class:?}"))
}

fn tighten_committee(seen: &Snapshot, random: &mut SmallRng) -> anyhow::Result<Attempt> {
    let (by, address) = (By::either(seen, random), any(seen.committees.keys(), random)?);
    let committee = &seen.committees[&address];
    let mut keys = committee.members().to_vec();
    if random.random() {
        keys.pop();
    } else if draw::once_in(random, 4) {
        keys.push(key(19).pubkey());
    }
    let threshold = committee.threshold + random.random_range(0..2);
    let tighten = instruction::tighten_committee(by.key.pubkey(), address, threshold, &keys, REASON);
    Ok(by
        .attempts("tighten_committee", tighten)
        .noted(format!("{address}: {threshold} of {}", keys.len())))
}

fn propose(world: &World, seen: &Snapshot, random: &mut SmallRng) -> anyhow::Result<Attempt> {
    let by = By::authority(seen, random);
    let (payer, authority) = (world.payer.pubkey(), by.key.pubkey());
    let id = seen
        .configs
        .values()
        .map(|config| config.proposals)
        .next()
        .unwrap_or(0);
    Ok(match random.random_range(0..10) {
        0..6 => {
            let market = any_market(seen, random)?;
            let change = match random.random_range(0..8) {
                0..3 => MarketChange::Params(draw::params(random, &seen.markets[&market].params)),
                3..6 => MarketChange::Class(class_of(seen, &market, random)),
                6 => MarketChange::Model([random.random(); 32]),
                _ => MarketChange::Activation,
            };
            let propose = instruction::propose_market_change(payer, authority, market, id, &change, REASON);
            by.attempts("propose_market_change", propose)
                .noted(format!("{id}: {market} {change:?}"))
        }
        6 | 7 => {
            let committee = any(seen.committees.keys(), random)?;
            let (threshold, keys) = (random.random_range(1..3), members(random));
            let propose = instruction::propose_committee_change(
                payer, authority, committee, id, threshold, &keys, REASON,
            );
            by.attempts("propose_committee_change", propose)
                .noted(format!("{id}: {committee} {threshold} of {}", keys.len()))
        }
        _ => {
            let change = if random.random() {
                let edge = draw::one_of(random, &[-1, 0, 1, 3_599, 3_600]);
                let any = random.random_range(0..2 * DAY);
                let edge = edge.filter(|_| draw::once_in(random, 4));
                ConfigChange::Timelock(edge.unwrap_or(any))
            } else {
                let guardian = draw::one_of(random, &[3, 82]).unwrap_or(3);
                ConfigChange::Guardian(key(guardian).pubkey())
            };
            let propose = instruction::propose_config_change(payer, authority, id, &change, REASON);
            by.attempts("propose_config_change", propose)
                .noted(format!("{id}: {change:?}"))
        }
    })
}

/// Executes, vetoes or closes a proposal; an execution may be tried as another kind than the proposal's.
fn end(world: &World, seen: &Snapshot, random: &mut SmallRng) -> anyhow::Result<Attempt> {
    let proposals: Vec<_> = seen.proposals.values().copied().collect();
    let Some(proposal) = draw::one_of(random, &proposals) else {
        return propose(world, seen, random);
    };
    let (payer, id, target) = (proposal.payer, proposal.id, proposal.target);
    let other = draw::once_in(random, 12);
    let attempt = match (random.random_range(0..12), proposal.change()?) {
        (0, _) => {
            let by = By::either(seen, random);
            let veto = instruction::veto_proposal(by.key.pubkey(), payer, id, REASON);
            by.attempts("veto_proposal", veto)
        }
        (1 | 2, _) => Attempt::new("close_proposal", instruction::close_proposal(payer, id)),
        (_, Change::Market(_)) if !other => Attempt::new(
            "execute_market_change",
            instruction::execute_market_change(payer, target, id),
        ),
        (_, Change::Committee(_)) => Attempt::new(
            "execute_committee_change",
            instruction::execute_committee_change(payer, target, id),
        ),
        _ => Attempt::new(
            "execute_config_change",
            instruction::execute_config_change(payer, id),
        ),
    };
    Ok(attempt.noted(format!("{id} {}", pda::proposal(id).0)))
}
