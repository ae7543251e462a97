//! Instruction builders, for keepers, consumers and tests.

mod governance;

pub use governance::*;

use crate::ID;
use crate::args::{CreateConfigArgs, CreateMarketArgs};
use crate::introspect::{ED25519_PROGRAM, INSTRUCTIONS_SYSVAR};
use crate::loader::UPGRADEABLE_LOADER;
use crate::margin::{MarginRequest, Portfolio};
use crate::pda;
use crate::quantity::UnixTime;
use alloc::vec;
use alloc::vec::Vec;
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};

/// The system program.
pub const SYSTEM_PROGRAM: Address = Address::from_str_const("11111111111111111111111111111111");

/// `sha256("global:" ‖ name)[..8]` of every instruction.
pub mod discriminator {
    /// Of `create_config`.
    pub const CREATE_CONFIG: [u8; 8] = [201, 207, 243, 114, 75, 111, 47, 189];
    /// Of `create_committee`.
    pub const CREATE_COMMITTEE: [u8; 8] = [216, 137, 130, 24, 113, 11, 204, 15];
    /// Of `create_market`.
    pub const CREATE_MARKET: [u8; 8] = [103, 226, 97, 235, 200, 188, 251, 254];
    /// Of `set_risk_class`.
    pub const SET_RISK_CLASS: [u8; 8] = [193, 112, 98, 45, 150, 173, 200, 190];
    /// Of `publish`.
    pub const PUBLISH: [u8; 8] = [129, 177, 182, 160, 184, 224, 219, 5];
    /// Of `grow_history`.
    pub const GROW_HISTORY: [u8; 8] = [59, 94, 24, 255, 115, 51, 118, 147];
    /// Of `check_margin`.
    pub const CHECK_MARGIN: [u8; 8] = [115, 219, 87, 60, 233, 46, 128, 184];
    /// Of `nominate_authority`.
    pub const NOMINATE_AUTHORITY: [u8; 8] = [148, 182, 144, 91, 186, 12, 118, 18];
    /// Of `accept_authority`.
    pub const ACCEPT_AUTHORITY: [u8; 8] = [107, 86, 198, 91, 33, 12, 107, 160];
    /// Of `set_params`.
    pub const SET_PARAMS: [u8; 8] = [27, 234, 178, 52, 147, 2, 187, 141];
    /// Of `propose_market_change`.
    pub const PROPOSE_MARKET_CHANGE: [u8; 8] = [122, 152, 176, 118, 147, 30, 155, 30];
    /// Of `propose_committee_change`.
    pub const PROPOSE_COMMITTEE_CHANGE: [u8; 8] = [191, 173, 222, 135, 29, 100, 195, 56];
    /// Of `propose_config_change`.
    pub const PROPOSE_CONFIG_CHANGE: [u8; 8] = [165, 15, 231, 227, 223, 229, 247, 119];
    /// Of `execute_market_change`.
    pub const EXECUTE_MARKET_CHANGE: [u8; 8] = [182, 96, 251, 1, 239, 196, 199, 194];
    /// Of `execute_committee_change`.
    pub const EXECUTE_COMMITTEE_CHANGE: [u8; 8] = [225, 80, 88, 214, 99, 16, 63, 121];
    /// Of `execute_config_change`.
    pub const EXECUTE_CONFIG_CHANGE: [u8; 8] = [100, 150, 198, 236, 103, 241, 118, 71];
    /// Of `veto_proposal`.
    pub const VETO_PROPOSAL: [u8; 8] = [177, 197, 208, 96, 169, 68, 23, 162];
    /// Of `close_proposal`.
    pub const CLOSE_PROPOSAL: [u8; 8] = [213, 178, 139, 19, 50, 191, 82, 245];
    /// Of `tighten_params`.
    pub const TIGHTEN_PARAMS: [u8; 8] = [60, 245, 105, 175, 174, 58, 176, 212];
    /// Of `tighten_class`.
    pub const TIGHTEN_CLASS: [u8; 8] = [143, 36, 246, 19, 13, 79, 87, 251];
    /// Of `tighten_committee`.
    pub const TIGHTEN_COMMITTEE: [u8; 8] = [180, 198, 47, 97, 140, 23, 51, 224];
    /// Of `tighten_timelock`.
    pub const TIGHTEN_TIMELOCK: [u8; 8] = [8, 198, 231, 31, 215, 233, 202, 226];
    /// Of `pause_market`.
    pub const PAUSE_MARKET: [u8; 8] = [216, 238, 4, 164, 65, 11, 162, 91];
    /// Of `unpause_market`.
    pub const UNPAUSE_MARKET: [u8; 8] = [219, 203, 199, 170, 212, 45, 170, 80];
    /// Of `preview_margin`.
    pub const PREVIEW_MARGIN: [u8; 8] = [236, 36, 18, 249, 135, 32, 228, 58];
}

/// Creates the config. `upgrade_authority` is the program's, so that nobody can come first with another.
pub fn create_config(payer: Address, upgrade_authority: Address, args: &CreateConfigArgs) -> Instruction {
    let (program_data, _) = Address::find_program_address(&[ID.as_ref()], &UPGRADEABLE_LOADER);
    let mut data = discriminator::CREATE_CONFIG.to_vec();
    data.extend_from_slice(args.authority.as_ref());
    data.extend_from_slice(args.guardian.as_ref());
    data.extend_from_slice(&args.genesis_hash);
    data.extend_from_slice(&args.timelock_seconds.to_le_bytes());
    instruction(
        vec![
            AccountMeta::new(payer, true),
            AccountMeta::new_readonly(upgrade_authority, true),
            AccountMeta::new_readonly(program_data, false),
            AccountMeta::new(pda::config().0, false),
            AccountMeta::new_readonly(SYSTEM_PROGRAM, false),
            AccountMeta::new_readonly(INSTRUCTIONS_SYSVAR, false),
        ],
        data,
    )
}

/// Creates a committee.
pub fn create_committee(
    payer: Address,
    authority: Address,
    id: u16,
    threshold: u8,
    keys: &[Address],
) -> Instruction {
    let mut data = discriminator::CREATE_COMMITTEE.to_vec();
    data.extend_from_slice(&id.to_le_bytes());
    data.push(threshold);
    data.extend_from_slice(&u32::try_from(keys.len()).unwrap_or(u32::MAX).to_le_bytes());
    for key in keys {
        data.extend_from_slice(key.as_ref());
    }
    instruction(
        vec![
            AccountMeta::new(payer, true),
            AccountMeta::new_readonly(authority, true),
            AccountMeta::new_readonly(pda::config().0, false),
            AccountMeta::new(pda::committee(id).0, false),
            AccountMeta::new_readonly(SYSTEM_PROGRAM, false),
            AccountMeta::new_readonly(INSTRUCTIONS_SYSVAR, false),
        ],
        data,
    )
}

/// Creates a market under a committee, and its history.
pub fn create_market(
    payer: Address,
    authority: Address,
    committee: Address,
    args: &CreateMarketArgs,
) -> Instruction {
    let (market, _) = pda::market(&args.name);
    let mut data = discriminator::CREATE_MARKET.to_vec();
    data.extend_from_slice(&args.name);
    data.extend_from_slice(&args.model_hash);
    data.extend_from_slice(bytemuck::bytes_of(&args.first_rate));
    data.extend_from_slice(&args.history_length.to_le_bytes());
    data.extend_from_slice(bytemuck::bytes_of(&args.params));
    instruction(
        vec![
            AccountMeta::new(payer, true),
            AccountMeta::new_readonly(authority, true),
            AccountMeta::new_readonly(pda::config().0, false),
            AccountMeta::new_readonly(committee, false),
            AccountMeta::new(market, false),
            AccountMeta::new(pda::history(&market).0, false),
            AccountMeta::new_readonly(SYSTEM_PROGRAM, false),
            AccountMeta::new_readonly(INSTRUCTIONS_SYSVAR, false),
        ],
        data,
    )
}

/// Publishes the report that the Ed25519 instruction at `signatures_index` of the same transaction verified.
pub fn publish(market: Address, committee: Address, signatures_index: u8) -> Instruction {
    let mut data = discriminator::PUBLISH.to_vec();
    data.push(signatures_index);
    instruction(
        vec![
            AccountMeta::new(market, false),
            AccountMeta::new_readonly(committee, false),
            AccountMeta::new_readonly(INSTRUCTIONS_SYSVAR, false),
            AccountMeta::new(pda::history(&market).0, false),
        ],
        data,
    )
}

/// Grows a market's history to some places, at the payer's expense: anyone may.
pub fn grow_history(payer: Address, market: Address, places: u32) -> Instruction {
    let mut data = discriminator::GROW_HISTORY.to_vec();
    data.extend_from_slice(&places.to_le_bytes());
    instruction(
        vec![
            AccountMeta::new(payer, true),
            AccountMeta::new(pda::history(&market).0, false),
            AccountMeta::new_readonly(SYSTEM_PROGRAM, false),
        ],
        data,
    )
}

/// Asks for the margin of an account that is about to do something, and fails unless it may where `enforce` is set; the
/// answer is a [`crate::margin::MarginReply`] in return data.
pub fn check_margin(market: Address, portfolio: &Portfolio<'_>, enforce: bool) -> Instruction {
    let mut data = Vec::with_capacity(16usize.saturating_add(size_of_val(portfolio.positions())));
    data.extend_from_slice(&discriminator::CHECK_MARGIN);
    push_portfolio(&mut data, portfolio, enforce);
    instruction(vec![AccountMeta::new_readonly(market, false)], data)
}

/// Asks for the margin of an account at a time from now on, if nothing is published until then; the answer is a
/// [`crate::margin::MarginReply`] in return data.
pub fn preview_margin(market: Address, portfolio: &Portfolio<'_>, at: UnixTime) -> Instruction {
    let mut data = discriminator::PREVIEW_MARGIN.to_vec();
    data.extend_from_slice(&at.0.to_le_bytes());
    push_portfolio(&mut data, portfolio, false);
    instruction(vec![AccountMeta::new_readonly(market, false)], data)
}

/// Four bytes of request, the number of positions, the positions.
fn push_portfolio(data: &mut Vec<u8>, portfolio: &Portfolio<'_>, enforce: bool) {
    let request = MarginRequest {
        action: portfolio.action().byte(),
        enforce: u8::from(enforce),
        padding: [0; 2],
    };
    let count = u32::try_from(portfolio.positions().len()).unwrap_or(u32::MAX);
    data.extend_from_slice(bytemuck::bytes_of(&request));
    data.extend_from_slice(&count.to_le_bytes());
    data.extend_from_slice(bytemuck::cast_slice(portfolio.positions()));
}

/// The Ed25519 instruction that verifies one message under several keys; goes before [`publish`].
///
/// More than fit a transaction give an instruction that the precompile refuses.
///
/// Layout: number of signatures, padding, 14 bytes of offsets for each, the keys and signatures, the message once.
pub fn ed25519(message: &[u8], signatures: &[([u8; 32], [u8; 64])]) -> Instruction {
    const PAIR: usize = 96;
    let offset = |n: usize| u16::try_from(n).unwrap_or(u16::MAX).to_le_bytes();
    let pairs_at = 2usize.saturating_add(signatures.len().saturating_mul(14));
    let message_at = pairs_at.saturating_add(signatures.len().saturating_mul(PAIR));
    let mut data = vec![u8::try_from(signatures.len()).unwrap_or(u8::MAX), 0];
    for index in 0..signatures.len() {
        let key_at = pairs_at.saturating_add(index.saturating_mul(PAIR));
        let fields = [
            offset(key_at.saturating_add(32)),
            [u8::MAX; 2],
            offset(key_at),
            [u8::MAX; 2],
            offset(message_at),
            offset(message.len()),
            [u8::MAX; 2],
        ];
        data.extend(fields.iter().flatten());
    }
    for (key, signature) in signatures {
        data.extend_from_slice(key);
        data.extend_from_slice(signature);
    }
    data.extend_from_slice(message);
    Instruction {
        program_id: ED25519_PROGRAM,
        accounts: Vec::new(),
        data,
    }
}

fn instruction(accounts: Vec<AccountMeta>, data: Vec<u8>) -> Instruction {
    Instruction {
        program_id: ID,
        accounts,
        data,
    }
}

#[cfg(test)]
mod tests;
