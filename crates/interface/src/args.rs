//! Arguments of the instructions that create accounts.

use crate::quantity::Rate;
use crate::state::MarketParams;
use solana_address::Address;

/// What the config starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
pub struct CreateConfigArgs {
    /// May create committees and markets and change them.
    pub authority: Address,
    /// May only tighten and pause.
    pub guardian: Address,
    /// Genesis hash of the cluster.
    pub genesis_hash: [u8; 32],
    /// Seconds between a proposal and its execution.
    pub timelock_seconds: i64,
}

/// What a market starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
pub struct CreateMarketArgs {
    /// Name, part of the PDA: UTF-8, padded with zeros.
    pub name: [u8; 16],
    /// Hash of the model artefacts that reports must declare.
    pub model_hash: [u8; 32],
    /// Hurdle rate and baseline until the first publication.
    pub first_rate: Rate,
    /// Places of its history, 2 … 300; anyone may grow it later.
    pub history_length: u32,
    /// Parameters.
    pub params: MarketParams,
}
