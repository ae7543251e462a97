//! The errors of every rule, with the codes that the program returns on-chain.

use core::fmt;

/// A result whose error is a [`HurdleError`].
pub type Result<T> = core::result::Result<T, HurdleError>;

/// The first custom error code of the program; the codes follow the order of [`HurdleError`].
pub const ERROR_BASE: u32 = 6000;

macro_rules! errors {
    ($($name:ident: $message:literal,)*) => {
        /// Why a rule refused. On-chain each is `ProgramError::Custom(6000 + position)`; codes are never reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u32)]
        pub enum HurdleError {
            $(#[doc = $message] $name,)*
        }

        impl HurdleError {
            /// Every error, in the order of the codes.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The sentence that explains the error to an operator.
            pub const fn message(self) -> &'static str {
                match self { $(Self::$name => $message,)* }
            }
        }
    };
}

errors! {
    RateOutOfDomain: "a rate lies outside ±40 per year",
    RatioOutOfDomain: "a ratio lies outside 0 … 10",
    SensitivityOutOfDomain: "a sensitivity lies outside ±10",
    Overflow: "an amount does not fit 64 bits",
    InvalidParameter: "a market parameter or risk class violates its invariant",
    InvalidCommittee: "committee keys must be distinct and non-zero, and the threshold between 1 and their number",
    InvalidAccountData: "the account is too short, misaligned or of another kind or version",
    WrongAccountOwner: "the account is not owned by the Hurdle program",
    WrongCommittee: "the committee is not the one of the market",
    Unauthorized: "the signer is not the authority, nor the guardian where the guardian would do",
    NotUpgradeAuthority: "only the upgrade authority of the program may create the config",
    NotEd25519Instruction: "the instruction referred to is not of the Ed25519 program",
    MalformedSignatures: "the Ed25519 instruction is malformed",
    ForeignSignatureOffset: "an Ed25519 offset points into another instruction",
    MessageMismatch: "the signatures do not all cover one report of the expected size",
    UnknownSigner: "a signer is not in the committee",
    DuplicateSigner: "one signer is counted twice",
    TooFewSigners: "fewer signers than the threshold",
    MalformedReport: "the report is truncated or has undefined bits set",
    WrongSchema: "the report is of another schema version",
    WrongDomain: "the report is for another cluster, program or market",
    WrongParamEpoch: "the report was computed under other parameters",
    WrongCommitteeEpoch: "the report was signed under another committee epoch",
    WrongSequence: "the report's sequence is not the next one",
    ObservedInFuture: "the observation lies in the future",
    ObservedTooOld: "the observation is too old",
    ObservedNotNewer: "the observation is not newer than the last published one",
    ObservationsRepeated: "the observations are the ones that were published last",
    ReportExpired: "the report has expired",
    ComponentOutOfBounds: "a component lies outside its absolute bounds",
    ResponseOutOfBounds: "a response lies outside its absolute bounds",
    ResidualTooLarge: "the reported hurdle is not a fixed point of the composition within tolerance",
    UnflaggedRun: "the composition lies above the ceiling: the report must say that there is no equilibrium",
    NotUnique: "the responses do not prove that the fixed point is unique",
    NotStressedRate: "a report without equilibrium must report the ceiling",
    OracleNeverPublished: "nothing has been published to this market yet",
    OracleStale: "the published rate is too old for an action that increases risk",
    TooFewReportSigners: "the published report has fewer signers than the reader demands",
    UnknownRiskClass: "the risk class is not defined, or has no options",
    UnknownAction: "the action is not defined",
    MarginInsufficient: "the account does not meet its initial margin",
    ModelMismatch: "the report was computed by another model than the market declares",
    InvalidPosition: "a position has a field that its kind does not allow or a value outside its domain",
    WrongHistory: "the history is not the one of the market",
    HistoryTooShort: "the history does not reach back to the window's start, or the window holds too few publications",
    InvalidHistoryLength: "a history has 2 to 65,536 places, and gets at most 300 at once",
    InvalidWindow: "the window of a time-weighted read is not between a second and 1,000,000,000",
    DurableNonce: "governance must not be signed over a durable nonce",
    NotNominated: "the signer is not the nominated authority",
    TimelockNotOver: "the proposal may not be executed yet",
    ProposalExpired: "the proposal has expired",
    ProposalNotExpired: "the proposal has not expired yet",
    StaleProposal: "what the proposal replaces has changed since it was made",
    WrongProposal: "the proposal is of another kind or for another account",
    WrongProposalPayer: "the account is not the one that paid for the proposal",
    GuardianVeto: "the guardian may not veto a change of the guardian",
    NotTightening: "the change is not equal or tighter in every field and tighter in one",
    MarketActive: "an active market changes by proposal or tightening only",
    MarketInactive: "the market is not active yet: actions that add risk are refused",
    MarketPaused: "the market is paused: actions that add risk are refused",
    MarketNotFresh: "the rule of staleness changes only while the published rate is fresh under the old and the new one",
    PauseTooLong: "a pause lasts at least a second and at most six hours",
    TooManyPauses: "the guardian has paused the market three times within the last day",
    WeightMoveTooLarge: "a risk weight moves further than one change or one window of changes allows",
    ClassInTransition: "the maintenance margin of a risk class is still following its last change",
    TooManyPositions: "a portfolio has at most 16 positions",
    PreviewInPast: "the time to preview lies in the past",
    InvalidTimelock: "a timelock lasts an hour to thirty days; only a new config may have none yet",
    TimelockTooShort: "governance gives less notice of a change than the reader demands",
    TooManyTightenings: "the guardian has tightened the market three times within the last day",
    TightenedTooFar: "a tightening by the guardian moves each field by at most a quarter of what stands",
}

impl HurdleError {
    /// The custom error code on-chain.
    #[expect(
        clippy::as_conversions,
        reason = "a fieldless enum of repr(u32) to its own repr"
    )]
    pub const fn code(self) -> u32 {
        ERROR_BASE.saturating_add(self as u32)
    }

    /// Whether a quantity left its domain, as the composition of a run may.
    pub const fn is_out_of_domain(self) -> bool {
        matches!(
            self,
            Self::RateOutOfDomain | Self::RatioOutOfDomain | Self::Overflow
        )
    }

    /// The error of a custom code, where it is one of ours.
    pub fn from_code(code: u32) -> Option<Self> {
        let index = usize::try_from(code.checked_sub(ERROR_BASE)?).ok()?;
        Self::ALL.get(index).copied()
    }
}

impl fmt::Display for HurdleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl core::error::Error for HurdleError {}

impl From<HurdleError> for solana_program_error::ProgramError {
    fn from(error: HurdleError) -> Self {
        Self::Custom(error.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_start_at_6000_and_lead_back_to_their_error() {
        assert_eq!(HurdleError::RateOutOfDomain.code(), 6000);
        for error in HurdleError::ALL {
            assert_eq!(HurdleError::from_code(error.code()), Some(*error));
        }
        assert_eq!(HurdleError::from_code(5999), None);
        assert_eq!(HurdleError::from_code(6000 + HurdleError::ALL.len() as u32), None);
    }
}
