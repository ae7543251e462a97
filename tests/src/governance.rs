//! What governance does in the world of the tests.

use crate::world::{Sent, World};
use hurdle_interface::governance::{ConfigChange, MarketChange};
use hurdle_interface::state::{AccountLayout, CommitteeState, ConfigState, ProposalState};
use hurdle_interface::{instruction, pda};
use solana_address::Address;
use solana_instruction::Instruction;
use solana_signer::Signer;

/// The timelock once the market is active, seconds.
pub const TIMELOCK: i64 = 86_400;
/// Hash of a reason.
pub const REASON: [u8; 32] = [0x52; 32];

impl World {
    /// The config as it stands.
    ///
    /// # Errors
    /// Where there is none.
    pub fn config(&self) -> anyhow::Result<ConfigState> {
        Ok(ConfigState::copied_from_account(
            &self.account(&pda::config().0)?.data,
        )?)
    }

    /// Overwrites the config's state.
    ///
    /// # Errors
    /// Where there is none.
    pub fn edit_config(&mut self, change: impl FnOnce(&mut ConfigState)) -> anyhow::Result<()> {
        let address = pda::config().0;
        let mut account = self.account(&address)?;
        let mut state = ConfigState::copied_from_account(&account.data)?;
        change(&mut state);
        account.data[8..].copy_from_slice(bytemuck::bytes_of(&state));
        Ok(self.svm.set_account(address, account)?)
    }

    /// The committee as it stands.
    ///
    /// # Errors
    /// Where there is none.
    pub fn committee_state(&self) -> anyhow::Result<CommitteeState> {
        Ok(CommitteeState::copied_from_account(
            &self.account(&self.committee)?.data,
        )?)
    }

    /// A proposal as it stands.
    ///
    /// # Errors
    /// Where there is none, as once it is executed, vetoed or closed.
    pub fn proposal(&self, id: u64) -> anyhow::Result<ProposalState> {
        Ok(ProposalState::copied_from_account(
            &self.account(&pda::proposal(id).0)?.data,
        )?)
    }

    /// The number of the next proposal and the instruction that proposes a change of the market.
    ///
    /// # Errors
    /// Where there is no config.
    pub fn propose_market(&self, change: &MarketChange) -> anyhow::Result<(u64, Instruction)> {
        let id = self.config()?.proposals;
        let (payer, authority) = (self.payer.pubkey(), self.authority.pubkey());
        let propose = instruction::propose_market_change(payer, authority, self.market, id, change, REASON);
        Ok((id, propose))
    }

    /// The number of the next proposal and the instruction that proposes a change of the committee.
    ///
    /// # Errors
    /// Where there is no config.
    pub fn propose_committee(&self, threshold: u8, keys: &[Address]) -> anyhow::Result<(u64, Instruction)> {
        let id = self.config()?.proposals;
        let (payer, authority, committee) = (self.payer.pubkey(), self.authority.pubkey(), self.committee);
        let propose =
            instruction::propose_committee_change(payer, authority, committee, id, threshold, keys, REASON);
        Ok((id, propose))
    }

    /// The number of the next proposal and the instruction that proposes a change of the config.
    ///
    /// # Errors
    /// Where there is no config.
    pub fn propose_config(&self, change: &ConfigChange) -> anyhow::Result<(u64, Instruction)> {
        let id = self.config()?.proposals;
        let (payer, authority) = (self.payer.pubkey(), self.authority.pubkey());
        let propose = instruction::propose_config_change(payer, authority, id, change, REASON);
        Ok((id, propose))
    }

    /// Proposes a change of the market and waits until it may be executed.
    ///
    /// # Errors
    /// Where the proposal is refused.
    pub fn wait_for_market(&mut self, change: &MarketChange) -> anyhow::Result<u64> {
        let (id, propose) = self.propose_market(change)?;
        self.accepted(&[propose])?;
        self.warp(TIMELOCK);
        Ok(id)
    }

    /// Executes a proposal for the market.
    pub fn execute_market(&mut self, id: u64) -> Sent {
        let execute = instruction::execute_market_change(self.payer.pubkey(), self.market, id);
        self.send(&[execute])
    }

    /// Executes a proposal for the committee.
    pub fn execute_committee(&mut self, id: u64) -> Sent {
        let execute = instruction::execute_committee_change(self.payer.pubkey(), self.committee, id);
        self.send(&[execute])
    }

    /// Executes a proposal for the config.
    pub fn execute_config(&mut self, id: u64) -> Sent {
        let execute = instruction::execute_config_change(self.payer.pubkey(), id);
        self.send(&[execute])
    }
}
