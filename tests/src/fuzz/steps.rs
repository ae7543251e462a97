//! What a step may try.

use hurdle_interface::args::CreateMarketArgs;
use hurdle_interface::margin::Portfolio;
use hurdle_interface::{Rate, UnixTime, instruction, pda};
use rand::Rng;
use rand::rngs::SmallRng;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::attempt::Attempt;
use super::snapshot::Snapshot;
use super::{draw, govern, publish};
use crate::fixture;
use crate::world::{World, key, market_args};

/// Seeds of the keys that committees are drawn from.
pub const KEEPERS: std::ops::Range<u8> = 10..18;
/// Seeds of the keys that govern or may come to.
const GOVERNORS: [u8; 5] = [2, 3, 80, 81, 82];

/// A cluster with an active market and one that is not active yet, under two committees; nothing published.
///
/// # Errors
/// Where the program is not built or refuses its own set-up.
pub fn start() -> anyhow::Result<World> {
    let mut world = World::new()?;
    let (payer, authority) = (world.payer.pubkey(), world.authority.pubkey());
    let keys: Vec<Address> = (15..18).map(|seed| key(seed).pubkey()).collect();
    let other = pda::committee(2).0;
    let args = named(b'B');
    let market = pda::market(&args.name).0;
    for step in [
        instruction::create_committee(payer, authority, 2, 2, &keys),
        instruction::create_market(payer, authority, other, &args),
        instruction::set_risk_class(authority, market, 0, &fixture::class()),
    ] {
        world.accepted(&[step])?;
    }
    Ok(world)
}

/// Arguments of a market of the fuzzer.
fn named(letter: u8) -> CreateMarketArgs {
    let mut args = market_args();
    args.name = *b"FUZZ-?\0\0\0\0\0\0\0\0\0\0";
    args.name[5] = letter;
    args
}

/// Draws a step: moves the clock and makes a transaction.
///
/// # Errors
/// Where the state cannot be read.
pub fn draw(world: &mut World, seen: &Snapshot, random: &mut SmallRng) -> anyhow::Result<Attempt> {
    world.warp(draw::seconds(random));
    let mut attempt = match random.random_range(0..100) {
        0..38 => publish::attempt(world, seen, random)?,
        38..52 => check_margin(seen, random)?,
        52..55 => preview_margin(seen, random, world.time())?,
        55..58 => grow_history(world, seen, random)?,
        58..60 => create_committee(world, seen, random)?,
        60..63 => create_market(world, seen, random)?,
        63 => Attempt::new("create_config", world.create_config()),
        _ => govern::attempt(world, seen, random)?,
    };
    if draw::once_in(random, 10) {
        swap_account(&mut attempt, world, seen, random);
    } else if draw::once_in(random, 25) {
        clear_flag(&mut attempt, world, random);
    }
    Ok(attempt)
}

/// Any market.
///
/// # Errors
/// Where there is none.
pub fn any_market(seen: &Snapshot, random: &mut SmallRng) -> anyhow::Result<Address> {
    any(seen.markets.keys(), random)
}

/// Any of some addresses.
///
/// # Errors
/// Where there is none.
pub fn any<'a>(
    addresses: impl Iterator<Item = &'a Address>,
    random: &mut SmallRng,
) -> anyhow::Result<Address> {
    let all: Vec<Address> = addresses.copied().collect();
    draw::one_of(random, &all).ok_or_else(|| anyhow::anyhow!("there is none"))
}

/// Who may sign, or a stranger in its place.
pub struct By {
    /// The key.
    pub key: Keypair,
    /// What is wrong about it.
    pub wrong: Option<&'static str>,
}

impl By {
    /// The authority, mostly.
    pub fn authority(seen: &Snapshot, random: &mut SmallRng) -> Self {
        Self::one_of(seen, random, false)
    }

    /// The authority or the guardian, mostly.
    pub fn either(seen: &Snapshot, random: &mut SmallRng) -> Self {
        let guardian = random.random();
        Self::one_of(seen, random, guardian)
    }

    /// The guardian, mostly.
    pub fn guardian(seen: &Snapshot, random: &mut SmallRng) -> Self {
        Self::one_of(seen, random, true)
    }

    fn one_of(seen: &Snapshot, random: &mut SmallRng, guardian: bool) -> Self {
        let known = seen.configs.values().next().and_then(|config| {
            let who = if guardian {
                config.guardian
            } else {
                config.authority
            };
            GOVERNORS.map(key).into_iter().find(|key| key.pubkey() == who)
        });
        match known {
            Some(key) if !draw::once_in(random, 8) => Self { key, wrong: None },
            _ => Self {
                key: key(9),
                wrong: Some("a stranger governs"),
            },
        }
    }

    /// The attempt of an instruction that it signs.
    pub fn attempts(self, name: &'static str, instruction: Instruction) -> Attempt {
        Attempt {
            signers: vec![self.key],
            wrong: self.wrong,
            ..Attempt::new(name, instruction)
        }
    }
}

fn check_margin(seen: &Snapshot, random: &mut SmallRng) -> anyhow::Result<Attempt> {
    let market = any_market(seen, random)?;
    let positions = draw::positions(random, seen.time);
    let portfolio = Portfolio::new(draw::action(random), &positions)?;
    let check = instruction::check_margin(market, &portfolio, random.random());
    Ok(Attempt::new("check_margin", check).noted(format!("{market} {portfolio:?}")))
}

fn preview_margin(seen: &Snapshot, random: &mut SmallRng, now: i64) -> anyhow::Result<Attempt> {
    let market = any_market(seen, random)?;
    let positions = draw::positions(random, now);
    let portfolio = Portfolio::new(draw::action(random), &positions)?;
    let at = UnixTime(now + random.random_range(-100..100_000));
    let preview = instruction::preview_margin(market, &portfolio, at);
    Ok(Attempt::new("preview_margin", preview).noted(format!("{market} at {at:?} {portfolio:?}")))
}

fn grow_history(world: &World, seen: &Snapshot, random: &mut SmallRng) -> anyhow::Result<Attempt> {
    let market = any_market(seen, random)?;
    let places = seen
        .histories
        .get(&pda::history(&market).0)
        .map_or(0, |one| one.1.len());
    let to = u32::try_from(places)? + random.random_range(0..6);
    let grow = instruction::grow_history(world.payer.pubkey(), market, to);
    Ok(Attempt::new("grow_history", grow).noted(format!("{market} to {to}")))
}

fn create_committee(world: &World, seen: &Snapshot, random: &mut SmallRng) -> anyhow::Result<Attempt> {
    let by = By::authority(seen, random);
    let (id, keys) = (random.random_range(1..10), members(random));
    let threshold = random.random_range(0..4);
    let payer = world.payer.pubkey();
    let create = instruction::create_committee(payer, by.key.pubkey(), id, threshold, &keys);
    Ok(by
        .attempts("create_committee", create)
        .noted(format!("{id}: {threshold} of {}", keys.len())))
}

/// Keys of a committee; a key may stand twice, which is refused.
pub fn members(random: &mut SmallRng) -> Vec<Address> {
    let number = random.random_range(1..5);
    (0..number)
        .map(|_| key(random.random_range(KEEPERS)).pubkey())
        .collect()
}

fn create_market(world: &World, seen: &Snapshot, random: &mut SmallRng) -> anyhow::Result<Attempt> {
    let by = By::authority(seen, random);
    let committee = any(seen.committees.keys(), random)?;
    let letter = random.random_range(b'A'..=b'E');
    let mut args = named(letter);
    args.first_rate = Rate::new(random.random_range(-6_000_000..210_000_000))?;
    args.history_length = random.random_range(1..8);
    args.params.limit.window = random.random_range(3_000..1_000_000);
    args.params.limit.window_rise = Rate::new(random.random_range(5_000_000..400_000_000))?;
    args.params.limit.window_fall = Rate::new(random.random_range(5_000_000..400_000_000))?;
    args.params.baseline_half_life = random.random_range(600..1_000_000);
    let create = instruction::create_market(world.payer.pubkey(), by.key.pubkey(), committee, &args);
    Ok(by
        .attempts("create_market", create)
        .noted(format!("{} {args:?}", char::from(letter))))
}

/// Puts any account that there is in the place of one.
fn swap_account(attempt: &mut Attempt, world: &World, seen: &Snapshot, random: &mut SmallRng) {
    let mut pool: Vec<Address> = seen.accounts.keys().copied().collect();
    pool.extend(GOVERNORS.map(|seed| key(seed).pubkey()));
    pool.extend([
        world.payer.pubkey(),
        key(9).pubkey(),
        hurdle_interface::ID,
        instruction::SYSTEM_PROGRAM,
    ]);
    let note = attempt.note.clone();
    let Some(tested) = attempt.tested() else { return };
    let index = random.random_range(0..tested.accounts.len());
    if let Some(address) = draw::one_of(random, &pool) {
        tested.accounts[index].pubkey = address;
        attempt.note = format!("{note}, account {index} is {address}");
        attempt.signers.extend(GOVERNORS.map(key));
        attempt.signers.push(key(9));
        // what was wrong may have been put right by chance
        attempt.wrong = attempt.wrong.filter(|wrong| wrong.starts_with("report"));
    }
}

/// Clears what an account's flag grants.
fn clear_flag(attempt: &mut Attempt, world: &World, random: &mut SmallRng) {
    // the runtime lets go of no flag of who pays for the transaction
    let payer = world.payer.pubkey();
    let Some(tested) = attempt.tested() else { return };
    let flagged: Vec<usize> = (0..tested.accounts.len())
        .filter(|index| {
            let meta = &tested.accounts[*index];
            meta.pubkey != payer && (meta.is_signer || meta.is_writable)
        })
        .collect();
    let Some(index) = draw::one_of(random, &flagged) else {
        return;
    };
    let meta = &mut tested.accounts[index];
    (meta.is_signer, meta.is_writable) = (false, false);
    attempt.wrong = attempt.wrong.or(Some("a signer or writable account is none"));
}
