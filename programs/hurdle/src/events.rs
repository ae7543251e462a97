//! Events, as `Program data:` log lines: eight bytes of discriminator, then the struct.

use anchor_lang::prelude::*;

/// The config was created.
#[event(bytemuck)]
pub struct ConfigCreated {
    /// Who governs.
    pub authority: Address,
    /// Who may tighten and pause.
    pub guardian: Address,
    /// Genesis hash of the cluster.
    pub genesis_hash: [u8; 32],
}

/// A committee was created.
#[event(bytemuck)]
pub struct CommitteeCreated {
    /// The committee.
    pub committee: Address,
    /// Its number.
    pub id: u16,
    /// Signatures that a report needs.
    pub threshold: u8,
    /// Number of keys.
    pub count: u8,
    /// Its epoch.
    pub epoch: u32,
}

/// A market was created.
#[event(bytemuck)]
pub struct MarketCreated {
    /// The market.
    pub market: Address,
    /// The committee that signs for it.
    pub committee: Address,
    /// Name, padded with zeros.
    pub name: [u8; 16],
    /// Hurdle rate until the first publication, 1e-8 per year.
    pub first_rate: i64,
}

/// A risk class was defined.
#[event(bytemuck)]
pub struct RiskClassSet {
    /// The market.
    pub market: Address,
    /// Base initial margin, 1e-8.
    pub initial: i64,
    /// Base maintenance margin, 1e-8.
    pub maintenance: i64,
    /// Index of the class.
    pub index: u32,
    /// The market's parameter epoch from here on.
    pub param_epoch: u32,
}

/// Someone paid for more places of a history.
#[event(bytemuck)]
pub struct HistoryGrown {
    /// The market whose history it is.
    pub market: Address,
    /// Who paid.
    pub payer: Address,
    /// Places before.
    pub before: u32,
    /// Places from here on.
    pub places: u32,
}

/// A report was published.
#[event(bytemuck)]
pub struct RatePublished {
    /// The market.
    pub market: Address,
    /// Number of the publication.
    pub sequence: u64,
    /// When the components were observed.
    pub observed_at: i64,
    /// The hurdle rate in force, 1e-8 per year.
    pub hurdle: i64,
    /// The solved rate before the rate limit, 1e-8 per year.
    pub raw_hurdle: i64,
    /// Time-weighted average of the hurdle rate, 1e-8 per year.
    pub baseline: i64,
    /// The margin multiplier asked for, 1e-8.
    pub multiplier_target: i64,
    /// |Φ(h) − h|, 1e-8 per year.
    pub residual: i64,
    /// Bit 0: held back by the rate limit; bit 1: no equilibrium.
    pub status: u32,
    /// A bit for each member of the committee that signed.
    pub signers: u32,
}
