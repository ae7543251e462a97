//! Every check by itself.

use super::*;

#[test]
fn each_violated_check_has_its_own_error() {
    type Break = fn(&mut Scene);
    let table: [(&str, Break, HurdleError); 35] = [
        (
            "another domain",
            |s| s.report.domain[31] ^= 1,
            HurdleError::WrongDomain,
        ),
        (
            "older parameters",
            |s| s.report.param_epoch -= 1,
            HurdleError::WrongParamEpoch,
        ),
        (
            "newer parameters",
            |s| s.report.param_epoch += 1,
            HurdleError::WrongParamEpoch,
        ),
        (
            "older committee",
            |s| s.report.committee_epoch -= 1,
            HurdleError::WrongCommitteeEpoch,
        ),
        (
            "newer committee",
            |s| s.committee.epoch -= 1,
            HurdleError::WrongCommitteeEpoch,
        ),
        (
            "another model",
            |s| s.report.model_hash[0] ^= 1,
            HurdleError::ModelMismatch,
        ),
        (
            "replayed sequence",
            |s| s.report.sequence -= 1,
            HurdleError::WrongSequence,
        ),
        (
            "skipped sequence",
            |s| s.report.sequence += 1,
            HurdleError::WrongSequence,
        ),
        (
            "last sequence",
            |s| {
                s.market.published.sequence = u64::MAX;
                s.report.sequence = 0
            },
            HurdleError::WrongSequence,
        ),
        (
            "future observation",
            |s| s.report.observed_at.0 = s.now.time.0 + 1,
            HurdleError::ObservedInFuture,
        ),
        (
            "future slot",
            |s| s.report.observed_slot.0 = s.now.slot.0 + 1,
            HurdleError::ObservedInFuture,
        ),
        (
            "expired",
            |s| s.report.expires_at = s.now.time,
            HurdleError::ReportExpired,
        ),
        (
            "too old",
            |s| s.report.observed_at.0 = s.now.time.0 - 301,
            HurdleError::ObservedTooOld,
        ),
        (
            "same observation",
            |s| s.market.published.observed_at = s.report.observed_at,
            HurdleError::ObservedNotNewer,
        ),
        (
            "same slot",
            |s| s.market.published.observed_slot = s.report.observed_slot,
            HurdleError::ObservedNotNewer,
        ),
        (
            "old slot",
            |s| s.report.observed_slot.0 = s.now.slot.0 - 300 * SLOTS_PER_SECOND - 1,
            HurdleError::ObservedTooOld,
        ),
        (
            "same observations",
            |s| s.market.published.observations_hash = s.report.observations_hash,
            HurdleError::ObservationsRepeated,
        ),
        (
            "volatility",
            |s| s.report.components.volatility = ratio(5.000_000_01),
            HurdleError::ComponentOutOfBounds,
        ),
        (
            "another version of the market",
            |s| s.market.version += 1,
            HurdleError::InvalidAccountData,
        ),
        (
            "another version of the committee",
            |s| s.committee.version += 1,
            HurdleError::InvalidAccountData,
        ),
        (
            "s",
            |s| s.report.components.staking = rate(5.000_000_01),
            HurdleError::ComponentOutOfBounds,
        ),
        (
            "p",
            |s| s.report.components.contract = rate(-0.500_000_01),
            HurdleError::ComponentOutOfBounds,
        ),
        (
            "b",
            |s| s.report.components.systematic = rate(6.0),
            HurdleError::ComponentOutOfBounds,
        ),
        (
            "d",
            |s| s.report.components.debt = rate(6.0),
            HurdleError::ComponentOutOfBounds,
        ),
        (
            "l",
            |s| s.report.components.liquidity = rate(6.0),
            HurdleError::ComponentOutOfBounds,
        ),
        (
            "o",
            |s| s.report.components.latency = rate(6.0),
            HurdleError::ComponentOutOfBounds,
        ),
        (
            "q",
            |s| s.report.components.tail = rate(6.0),
            HurdleError::ComponentOutOfBounds,
        ),
        (
            "e",
            |s| s.report.components.emissions = rate(6.0),
            HurdleError::ComponentOutOfBounds,
        ),
        (
            "ρ_u",
            |s| s.report.responses.utilisation = sensitivity(-1.01),
            HurdleError::ResponseOutOfBounds,
        ),
        (
            "ρ_q",
            |s| s.report.responses.tail = sensitivity(1.01),
            HurdleError::ResponseOutOfBounds,
        ),
        (
            "rate too high",
            |s| s.report.hurdle.0 += 200,
            HurdleError::ResidualTooLarge,
        ),
        (
            "rate too low",
            |s| s.report.hurdle.0 -= 200,
            HurdleError::ResidualTooLarge,
        ),
        (
            "changed component",
            |s| s.report.components.staking.0 += 1_000,
            HurdleError::ResidualTooLarge,
        ),
        (
            "no proof",
            |s| {
                s.report.responses.utilisation = sensitivity(1.0);
                s.resolve()
            },
            HurdleError::NotUnique,
        ),
        (
            "calm stress",
            |s| s.report.flags = FLAG_NO_EQUILIBRIUM,
            HurdleError::NotStressedRate,
        ),
    ];
    for (name, break_one, error) in table {
        let mut scene = Scene::sound();
        break_one(&mut scene);
        assert_eq!(scene.publish().map(|_| ()), Err(error), "{name}");
    }
}
