//! Every account of the program at one moment.

use std::collections::BTreeMap;

use hurdle_interface::state::{
    AccountLayout, CommitteeState, ConfigState, HistoryEntry, HistoryState, MarketState, ProposalState,
};
use solana_account::Account;
use solana_address::Address;
use solana_clock::Clock;

use crate::world::World;

/// The program's accounts, as bytes and as what they say.
#[derive(Clone, Default)]
pub struct Snapshot {
    /// The cluster's time.
    pub time: i64,
    /// Every account as it stands.
    pub accounts: BTreeMap<Address, Account>,
    /// The configs; never more than one.
    pub configs: BTreeMap<Address, ConfigState>,
    /// The committees.
    pub committees: BTreeMap<Address, CommitteeState>,
    /// The markets.
    pub markets: BTreeMap<Address, MarketState>,
    /// The proposals.
    pub proposals: BTreeMap<Address, ProposalState>,
    /// The histories: head, and entries in their places.
    pub histories: BTreeMap<Address, (HistoryState, Vec<HistoryEntry>)>,
}

impl Snapshot {
    /// Reads the cluster.
    pub fn of(world: &World) -> Self {
        let clock = world.svm.get_sysvar::<Clock>();
        let accounts: BTreeMap<Address, Account> = world.program_accounts().into_iter().collect();
        Self {
            time: clock.unix_timestamp,
            configs: read(&accounts),
            committees: read(&accounts),
            markets: read(&accounts),
            proposals: read(&accounts),
            histories: accounts
                .iter()
                .filter_map(|(address, account)| Some((*address, history(&account.data)?)))
                .collect(),
            accounts,
        }
    }

    /// Whether a class of some market, which was on its way to another, has begun another way.
    pub fn starts_a_second_passage(&self, before: &Self) -> bool {
        let earlier = |market: &MarketState| market.earlier.map(|passage| passage.since);
        self.markets.iter().any(|(address, market)| {
            let old = before.markets.get(address).map(earlier);
            let new = earlier(market);
            old.is_some_and(|old| old.iter().zip(new).any(|(old, new)| *old < new))
        })
    }
}

fn read<T: AccountLayout>(accounts: &BTreeMap<Address, Account>) -> BTreeMap<Address, T> {
    accounts
        .iter()
        .filter_map(|(address, account)| Some((*address, T::copied_from_account(&account.data).ok()?)))
        .collect()
}

fn history(data: &[u8]) -> Option<(HistoryState, Vec<HistoryEntry>)> {
    let (head, places) = data.split_at_checked(HistoryState::ACCOUNT_LEN)?;
    let head = HistoryState::copied_from_account(head).ok()?;
    let entries = places
        .chunks_exact(size_of::<HistoryEntry>())
        .map(bytemuck::pod_read_unaligned)
        .collect();
    Some((head, entries))
}
