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
    /// Seconds between a proposal and its execution; zero begins set-up.
    pub timelock_seconds: i64,
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

/// The parameters of a market that is not active yet were set.
#[event(bytemuck)]
pub struct ParamsSet {
    /// The market.
    pub market: Address,
    /// Digest of the parameters before: sha256 of their bytes.
    pub replaced: [u8; 32],
    /// Digest of the parameters now.
    pub digest: [u8; 32],
    /// Hash of the text that gives the reason.
    pub reason_hash: [u8; 32],
    /// The market's parameter epoch from here on.
    pub param_epoch: u64,
}

/// A change was proposed.
#[event(bytemuck)]
pub struct ChangeProposed {
    /// The proposal.
    pub proposal: Address,
    /// The account that the change is for.
    pub target: Address,
    /// Digest of what it would replace.
    pub replaced: [u8; 32],
    /// Digest of what it would put in its place.
    pub digest: [u8; 32],
    /// Hash of the text that gives the reason.
    pub reason_hash: [u8; 32],
    /// Number of the proposal.
    pub id: u64,
    /// The first second in which it may be executed.
    pub executable_at: i64,
    /// The first second in which it may no longer be executed.
    pub expires_at: i64,
    /// Kind of the change: 1 parameters, 2 risk class, 3 model, 4 activation, 5 committee, 6 timelock, 7 guardian.
    pub kind: u64,
}

/// A proposal was executed and is closed.
#[event(bytemuck)]
pub struct ChangeExecuted {
    /// The proposal.
    pub proposal: Address,
    /// The account that was changed.
    pub target: Address,
    /// Digest of what stood before.
    pub replaced: [u8; 32],
    /// Digest of what stands now.
    pub digest: [u8; 32],
    /// Hash of the text that gives the reason.
    pub reason_hash: [u8; 32],
    /// Number of the proposal.
    pub id: u64,
    /// Kind of the change, as in `ChangeProposed`.
    pub kind: u64,
}

/// A proposal was vetoed and is closed.
#[event(bytemuck)]
pub struct ProposalVetoed {
    /// The proposal.
    pub proposal: Address,
    /// The account that it was for.
    pub target: Address,
    /// The authority or the guardian.
    pub by: Address,
    /// Hash of the text that gives the reason of the veto.
    pub reason_hash: [u8; 32],
    /// Number of the proposal.
    pub id: u64,
    /// Kind of the change, as in `ChangeProposed`.
    pub kind: u64,
}

/// A proposal that had expired is closed.
#[event(bytemuck)]
pub struct ProposalClosed {
    /// The proposal.
    pub proposal: Address,
    /// The account that it was for.
    pub target: Address,
    /// Number of the proposal.
    pub id: u64,
    /// Kind of the change, as in `ChangeProposed`.
    pub kind: u64,
}

/// Something was tightened at once.
#[event(bytemuck)]
pub struct ChangeTightened {
    /// The account that was changed.
    pub target: Address,
    /// The authority or the guardian.
    pub by: Address,
    /// Digest of what stood before.
    pub replaced: [u8; 32],
    /// Digest of what stands now.
    pub digest: [u8; 32],
    /// Hash of the text that gives the reason.
    pub reason_hash: [u8; 32],
    /// Kind of the change, as in `ChangeProposed`.
    pub kind: u64,
}

/// A market was paused.
#[event(bytemuck)]
pub struct MarketPaused {
    /// The market.
    pub market: Address,
    /// The authority or the guardian.
    pub by: Address,
    /// Hash of the text that gives the reason.
    pub reason_hash: [u8; 32],
    /// When the pause ends by itself.
    pub until: i64,
}

/// A pause was ended before its time.
#[event(bytemuck)]
pub struct MarketUnpaused {
    /// The market.
    pub market: Address,
    /// Hash of the text that gives the reason.
    pub reason_hash: [u8; 32],
}

/// The transfer of the authority was begun, or taken back where the nominee is zero.
#[event(bytemuck)]
pub struct AuthorityNominated {
    /// Who governs.
    pub authority: Address,
    /// Who will, once it accepts.
    pub nominee: Address,
    /// Hash of the text that gives the reason.
    pub reason_hash: [u8; 32],
}

/// The authority was transferred.
#[event(bytemuck)]
pub struct AuthorityAccepted {
    /// Who governed.
    pub before: Address,
    /// Who governs.
    pub authority: Address,
}
