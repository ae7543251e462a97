//! Stage *report*: what is signed.

use super::{Modelled, Solution};
use hurdle_interface::report::{FLAG_NO_EQUILIBRIUM, Report, SCHEMA};
use hurdle_interface::state::{CommitteeState, MarketState};
use hurdle_interface::{Slot, UnixTime};

/// What a report is made of, besides market and committee.
#[derive(Clone, Copy, Debug)]
pub struct ReportInput<'a> {
    /// Components and responses.
    pub modelled: &'a Modelled,
    /// The hurdle rate.
    pub solution: &'a Solution,
    /// Time of the observation.
    pub observed_at: UnixTime,
    /// Slot of the observation.
    pub observed_slot: Slot,
    /// Time from which it may not be published.
    pub expires_at: UnixTime,
    /// Digest of the observations.
    pub observations_hash: [u8; 32],
    /// Hash of the model that this keeper runs; the program refuses another than the market's.
    pub model_hash: [u8; 32],
}

/// The next report of a market.
#[must_use]
pub fn report(market: &MarketState, committee: &CommitteeState, input: &ReportInput<'_>) -> Report {
    Report {
        domain: market.domain,
        schema: SCHEMA,
        flags: if input.solution.stressed {
            FLAG_NO_EQUILIBRIUM
        } else {
            0
        },
        param_epoch: market.param_epoch,
        committee_epoch: committee.epoch,
        reserved: 0,
        sequence: market.published.sequence.saturating_add(1),
        observed_slot: input.observed_slot,
        observed_at: input.observed_at,
        expires_at: input.expires_at,
        components: input.modelled.components,
        responses: input.modelled.responses,
        hurdle: input.solution.hurdle,
        model_hash: input.model_hash,
        observations_hash: input.observations_hash,
    }
}
