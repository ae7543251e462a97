//! What tests of the stages share: the built-in market and the built-in episode up to a time.

use super::{History, validate};
use crate::config::{KeeperConfig, MarketSpec};
use crate::observation::Observation;
use crate::pow::PowCoin;
use crate::source::{Episode, MiningRecord, MiningSource, ReplaySource, Source};
use hurdle_interface::report::domain_digest;
use hurdle_interface::state::{AccountLayout, CommitteeState, MarketState};
use hurdle_interface::{Slot, UnixTime};
use solana_address::Address;
use std::path::Path;
use std::sync::Arc;

/// 2021-05-19T00:00:00Z, the day of the crash.
pub const CRASH_DAY: i64 = 1_621_382_400;

pub fn config() -> KeeperConfig {
    KeeperConfig::parse(include_str!("../../data/keeper.toml"), Path::new("keeper.toml")).unwrap()
}

pub fn episode() -> Arc<Episode> {
    let text = include_str!("../../data/sol-2021-05.csv");
    Arc::new(Episode::parse(text.as_bytes(), Path::new("sol-2021-05.csv")).unwrap())
}

/// The built-in market as `create_market` leaves it.
pub fn market() -> MarketState {
    let spec = MarketSpec::parse(include_str!("../../data/market.toml"), Path::new("market.toml")).unwrap();
    let args = spec.create_args(config().model_hash().unwrap()).unwrap();
    // all zero is a valid bit pattern of every field, and of the discriminator's account
    let mut data = vec![0; MarketState::ACCOUNT_LEN];
    data[..8].copy_from_slice(&MarketState::DISCRIMINATOR);
    data[8] = MarketState::VERSION;
    let mut market = MarketState::copied_from_account(&data).unwrap();
    market.name = args.name;
    market.domain = domain_digest(&[7; 32], &hurdle_interface::ID, &Address::default());
    market.model_hash = args.model_hash;
    market.params = args.params;
    market.classes[0] = spec.classes[0].class(spec.quote_decimals).unwrap();
    market.published = MarketState::opened(
        &args.params,
        args.first_rate,
        UnixTime(CRASH_DAY - 86_400),
        Slot(1),
    )
    .unwrap();
    market.invariant().unwrap();
    market
}

/// A committee of these keys with threshold two.
pub fn committee(keys: &[Address]) -> CommitteeState {
    let mut data = vec![0; CommitteeState::ACCOUNT_LEN];
    data[..8].copy_from_slice(&CommitteeState::DISCRIMINATOR);
    data[8] = CommitteeState::VERSION;
    let mut committee = CommitteeState::copied_from_account(&data).unwrap();
    committee.set_members(keys, 2).unwrap();
    committee
}

pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

/// Bitcoin's days around the episode.
pub fn mining() -> MiningSource {
    let text = include_str!("../../data/btc-2021-05.csv");
    let days = MiningRecord::parse(text.as_bytes(), Path::new("btc-2021-05.csv")).unwrap();
    MiningSource::new(PowCoin::Btc, Arc::new(days))
}

/// The keeper's configuration with s across chains.
pub fn across() -> KeeperConfig {
    let text = format!(
        "{}\n{}",
        include_str!("../../data/keeper.toml"),
        include_str!("../../data/across.toml")
    );
    KeeperConfig::parse(&text, Path::new("keeper.toml")).unwrap()
}

/// What a keeper that missed nothing remembers at a time.
pub fn history_until(time: i64) -> History {
    let observations = observations_until(time, None);
    history_of(&observations)
}

/// What it observes, hour by hour, with a proof-of-work chain beside the episode or without.
pub fn observations_until(time: i64, mut mining: Option<MiningSource>) -> Vec<Observation> {
    let episode = episode();
    let mut source = ReplaySource::new(Arc::clone(&episode));
    let times = episode.times().take_while(|at| *at <= time);
    times
        .map(|observed_at| {
            let mut samples = block_on(source.observe(UnixTime(observed_at))).unwrap();
            if let Some(mining) = &mut mining {
                samples.extend(block_on(mining.observe(UnixTime(observed_at))).unwrap());
            }
            Observation {
                observed_at,
                observed_slot: 1,
                samples,
            }
        })
        .collect()
}

/// What is remembered of observations.
pub fn history_of(observations: &[Observation]) -> History {
    let (config, market) = (config(), market());
    let mut history = History::new(config.model.history_seconds);
    for observation in observations {
        let snapshot = validate(observation, market.published.hurdle, &config.validate).unwrap();
        let digest = observation.digest(history.digest()).unwrap();
        history.push(snapshot, digest).unwrap();
    }
    history
}
