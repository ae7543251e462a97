//! Instructions of governance.

use super::{SYSTEM_PROGRAM, discriminator, instruction};
use crate::governance::{ConfigChange, IndexedClass, MarketChange};
use crate::introspect::INSTRUCTIONS_SYSVAR;
use crate::margin::RiskClass;
use crate::pda;
use crate::state::MarketParams;
use alloc::vec;
use alloc::vec::Vec;
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};

/// Names who may become the authority; the zero address takes the nomination back.
pub fn nominate_authority(authority: Address, nominee: Address, reason_hash: [u8; 32]) -> Instruction {
    instruction(
        vec![
            signer(authority),
            writable(pda::config().0),
            readonly(INSTRUCTIONS_SYSVAR),
        ],
        data(
            discriminator::NOMINATE_AUTHORITY,
            &[nominee.as_ref(), &reason_hash],
        ),
    )
}

/// Makes the nominee the authority.
pub fn accept_authority(nominee: Address) -> Instruction {
    instruction(
        vec![
            signer(nominee),
            writable(pda::config().0),
            readonly(INSTRUCTIONS_SYSVAR),
        ],
        data(discriminator::ACCEPT_AUTHORITY, &[]),
    )
}

/// Sets a risk class of a market that is not active yet.
pub fn set_risk_class(authority: Address, market: Address, index: u8, class: &RiskClass) -> Instruction {
    instruction(
        on_account(authority, market),
        data(
            discriminator::SET_RISK_CLASS,
            &[&[index], bytemuck::bytes_of(class)],
        ),
    )
}

/// Sets the parameters of a market that is not active yet.
pub fn set_params(
    authority: Address,
    market: Address,
    params: &MarketParams,
    reason_hash: [u8; 32],
) -> Instruction {
    instruction(
        on_account(authority, market),
        data(
            discriminator::SET_PARAMS,
            &[bytemuck::bytes_of(params), &reason_hash],
        ),
    )
}

/// Proposes a change of a market under the config's next number ([`crate::state::ConfigState::proposals`]).
pub fn propose_market_change(
    payer: Address,
    authority: Address,
    market: Address,
    id: u64,
    change: &MarketChange,
    reason_hash: [u8; 32],
) -> Instruction {
    let (tag, fields): (u8, Vec<u8>) = match change {
        MarketChange::Params(params) => (0, bytemuck::bytes_of(params).to_vec()),
        MarketChange::Class(IndexedClass { index, class }) => {
            (1, [&[*index], bytemuck::bytes_of(class)].concat())
        }
        MarketChange::Model(hash) => (2, hash.to_vec()),
        MarketChange::Activation => (3, Vec::new()),
    };
    instruction(
        proposing(payer, authority, Some(market), id),
        data(
            discriminator::PROPOSE_MARKET_CHANGE,
            &[&[tag], &fields, &reason_hash],
        ),
    )
}

/// Proposes members and threshold of a committee under the config's next number.
pub fn propose_committee_change(
    payer: Address,
    authority: Address,
    committee: Address,
    id: u64,
    threshold: u8,
    keys: &[Address],
    reason_hash: [u8; 32],
) -> Instruction {
    instruction(
        proposing(payer, authority, Some(committee), id),
        data(
            discriminator::PROPOSE_COMMITTEE_CHANGE,
            &[&members(threshold, keys), &reason_hash],
        ),
    )
}

/// Proposes another timelock or guardian under the config's next number.
pub fn propose_config_change(
    payer: Address,
    authority: Address,
    id: u64,
    change: &ConfigChange,
    reason_hash: [u8; 32],
) -> Instruction {
    let (tag, fields): (u8, Vec<u8>) = match change {
        ConfigChange::Timelock(seconds) => (0, seconds.to_le_bytes().to_vec()),
        ConfigChange::Guardian(key) => (1, key.to_bytes().to_vec()),
    };
    instruction(
        proposing(payer, authority, None, id),
        data(
            discriminator::PROPOSE_CONFIG_CHANGE,
            &[&[tag], &fields, &reason_hash],
        ),
    )
}

/// Puts a proposed change of a market into force. `payer` is the one that paid for the proposal.
pub fn execute_market_change(payer: Address, market: Address, id: u64) -> Instruction {
    execute(discriminator::EXECUTE_MARKET_CHANGE, payer, market, id)
}

/// Puts a proposed committee into office. `payer` is the one that paid for the proposal.
pub fn execute_committee_change(payer: Address, committee: Address, id: u64) -> Instruction {
    execute(discriminator::EXECUTE_COMMITTEE_CHANGE, payer, committee, id)
}

/// Puts a proposed timelock or guardian into force. `payer` is the one that paid for the proposal.
pub fn execute_config_change(payer: Address, id: u64) -> Instruction {
    execute(discriminator::EXECUTE_CONFIG_CHANGE, payer, pda::config().0, id)
}

/// Ends a proposal. `signer` is the authority or the guardian, `payer` the one that paid for the proposal.
pub fn veto_proposal(signer_key: Address, payer: Address, id: u64, reason_hash: [u8; 32]) -> Instruction {
    instruction(
        vec![
            signer(signer_key),
            readonly(pda::config().0),
            writable(payer),
            writable(pda::proposal(id).0),
            readonly(INSTRUCTIONS_SYSVAR),
        ],
        data(discriminator::VETO_PROPOSAL, &[&reason_hash]),
    )
}

/// Closes a proposal that has expired. `payer` is the one that paid for it.
pub fn close_proposal(payer: Address, id: u64) -> Instruction {
    instruction(
        vec![
            writable(payer),
            writable(pda::proposal(id).0),
            readonly(INSTRUCTIONS_SYSVAR),
        ],
        data(discriminator::CLOSE_PROPOSAL, &[]),
    )
}

/// Puts parameters into force that are equal or tighter in every field. Signed by the authority or the guardian.
pub fn tighten_params(
    signer: Address,
    market: Address,
    params: &MarketParams,
    reason_hash: [u8; 32],
) -> Instruction {
    instruction(
        on_account(signer, market),
        data(
            discriminator::TIGHTEN_PARAMS,
            &[bytemuck::bytes_of(params), &reason_hash],
        ),
    )
}

/// Puts a risk class into force that is equal or tighter in every field. Signed by the authority or the guardian.
pub fn tighten_class(
    signer: Address,
    market: Address,
    index: u8,
    class: &RiskClass,
    reason_hash: [u8; 32],
) -> Instruction {
    instruction(
        on_account(signer, market),
        data(
            discriminator::TIGHTEN_CLASS,
            &[&[index], bytemuck::bytes_of(class), &reason_hash],
        ),
    )
}

/// Removes keys of a committee, raises its threshold, or both. Signed by the authority or the guardian.
pub fn tighten_committee(
    signer: Address,
    committee: Address,
    threshold: u8,
    keys: &[Address],
    reason_hash: [u8; 32],
) -> Instruction {
    instruction(
        on_account(signer, committee),
        data(
            discriminator::TIGHTEN_COMMITTEE,
            &[&members(threshold, keys), &reason_hash],
        ),
    )
}

/// Makes the timelock longer. Signed by the authority or the guardian.
pub fn tighten_timelock(signer_key: Address, seconds: i64, reason_hash: [u8; 32]) -> Instruction {
    instruction(
        vec![
            signer(signer_key),
            writable(pda::config().0),
            readonly(INSTRUCTIONS_SYSVAR),
        ],
        data(
            discriminator::TIGHTEN_TIMELOCK,
            &[&seconds.to_le_bytes(), &reason_hash],
        ),
    )
}

/// Pauses a market for some seconds. Signed by the authority or the guardian.
pub fn pause_market(signer: Address, market: Address, seconds: i64, reason_hash: [u8; 32]) -> Instruction {
    instruction(
        on_account(signer, market),
        data(
            discriminator::PAUSE_MARKET,
            &[&seconds.to_le_bytes(), &reason_hash],
        ),
    )
}

/// Ends a pause before its time. Signed by the authority.
pub fn unpause_market(authority: Address, market: Address, reason_hash: [u8; 32]) -> Instruction {
    instruction(
        on_account(authority, market),
        data(discriminator::UNPAUSE_MARKET, &[&reason_hash]),
    )
}

fn signer(address: Address) -> AccountMeta {
    AccountMeta::new_readonly(address, true)
}

fn readonly(address: Address) -> AccountMeta {
    AccountMeta::new_readonly(address, false)
}

fn writable(address: Address) -> AccountMeta {
    AccountMeta::new(address, false)
}

/// A signer, the config, and the account that it acts on.
fn on_account(signer_key: Address, account: Address) -> Vec<AccountMeta> {
    vec![
        signer(signer_key),
        readonly(pda::config().0),
        writable(account),
        readonly(INSTRUCTIONS_SYSVAR),
    ]
}

fn proposing(payer: Address, authority: Address, target: Option<Address>, id: u64) -> Vec<AccountMeta> {
    let mut accounts = vec![
        AccountMeta::new(payer, true),
        signer(authority),
        writable(pda::config().0),
    ];
    accounts.extend(target.map(readonly));
    accounts.extend([
        writable(pda::proposal(id).0),
        readonly(INSTRUCTIONS_SYSVAR),
        readonly(SYSTEM_PROGRAM),
    ]);
    accounts
}

fn execute(discriminator: [u8; 8], payer: Address, target: Address, id: u64) -> Instruction {
    instruction(
        vec![
            writable(payer),
            writable(pda::proposal(id).0),
            writable(target),
            readonly(INSTRUCTIONS_SYSVAR),
        ],
        data(discriminator, &[]),
    )
}

/// Threshold and keys as instructions carry them.
fn members(threshold: u8, keys: &[Address]) -> Vec<u8> {
    let mut bytes = vec![threshold];
    bytes.extend_from_slice(&u32::try_from(keys.len()).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend(keys.iter().flat_map(|key| key.to_bytes()));
    bytes
}

fn data(discriminator: [u8; 8], fields: &[&[u8]]) -> Vec<u8> {
    [&discriminator[..], &fields.concat()].concat()
}
