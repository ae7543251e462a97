//! Stage *co-sign*: each keeper computes on its own observations and signs another's report only where it agrees.
//!
//! A report is the proposer's: its components, its observation digest. A reviewer does not average anything; it either
//! stands by the numbers within its own tolerance or refuses and says which number it disputes.

use crate::config::Agreement;
use crate::convert::from_raw;
use hurdle_interface::Ratio;
use hurdle_interface::report::Report;
use solana_keypair::Keypair;
use solana_signer::Signer;
use thiserror::Error;

/// A key and its signature over a report.
pub type KeySignature = ([u8; 32], [u8; 64]);

/// Why a keeper does not sign what another proposes.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum Dissent {
    /// The report is not for the same market, parameters, committee, model or sequence.
    #[error("{field} is another than mine: one of us reads another state of the chain or runs another model")]
    Header {
        /// Which field.
        field: &'static str,
    },
    /// The observations are too far apart in time.
    #[error("observed {apart} s from my own observation, at most {allowed} s are allowed")]
    Time {
        /// Seconds between the two.
        apart: i64,
        /// The tolerance.
        allowed: i64,
    },
    /// A number differs by more than the tolerance.
    #[error("{quantity} is proposed as {proposed} where I find {own}, more than {allowed} apart")]
    Value {
        /// Which.
        quantity: &'static str,
        /// The proposer's.
        proposed: f64,
        /// This keeper's.
        own: f64,
        /// The tolerance.
        allowed: f64,
    },
}

/// Compares a proposed report with what this keeper would have proposed itself.
///
/// # Errors
/// The first [`Dissent`].
pub fn review(own: &Report, proposed: &Report, tolerance: &Agreement) -> Result<(), Dissent> {
    let headers = [
        ("domain", own.domain == proposed.domain),
        (
            "schema",
            own.schema == proposed.schema && own.reserved == proposed.reserved,
        ),
        ("flags", own.flags == proposed.flags),
        ("parameter epoch", own.param_epoch == proposed.param_epoch),
        ("committee epoch", own.committee_epoch == proposed.committee_epoch),
        ("sequence", own.sequence == proposed.sequence),
        ("model hash", own.model_hash == proposed.model_hash),
    ];
    if let Some((field, _)) = headers.iter().find(|(_, same)| !same) {
        return Err(Dissent::Header { field });
    }
    for (mine, theirs) in [
        (own.observed_at, proposed.observed_at),
        (own.expires_at, proposed.expires_at),
    ] {
        let apart = mine.seconds_since(theirs).max(theirs.seconds_since(mine));
        if apart > tolerance.max_time_apart_seconds {
            return Err(Dissent::Time {
                apart,
                allowed: tolerance.max_time_apart_seconds,
            });
        }
    }
    for ((quantity, mine), (_, theirs)) in quantities(own).into_iter().zip(quantities(proposed)) {
        let (own, proposed) = (from_raw(mine), from_raw(theirs));
        let allowed = tolerance.absolute + tolerance.relative * own.abs();
        if (own - proposed).abs() > allowed {
            return Err(Dissent::Value {
                quantity,
                proposed,
                own,
                allowed,
            });
        }
    }
    Ok(())
}

/// Every number of a report that a keeper vouches for, raw.
fn quantities(report: &Report) -> [(&'static str, i64); 15] {
    let c = &report.components;
    [
        ("s", c.staking.raw()),
        ("p", c.contract.raw()),
        ("b", c.systematic.raw()),
        ("d", c.debt.raw()),
        ("l", c.liquidity.raw()),
        ("o", c.latency.raw()),
        ("q", c.tail.raw()),
        ("e", c.emissions.raw()),
        ("w", c.equity_weight.raw()),
        ("u", c.utilisation.raw()),
        // from one on the fund is whole: how far beyond is nobody's concern
        ("c", c.coverage.raw().min(Ratio::ONE.raw())),
        ("σ", c.volatility.raw()),
        ("ρ_u", report.responses.utilisation.raw()),
        ("ρ_q", report.responses.tail.raw()),
        ("h", report.hurdle.raw()),
    ]
}

/// Signs a report.
#[must_use]
pub fn sign(report: &Report, key: &Keypair) -> KeySignature {
    (
        key.pubkey().to_bytes(),
        key.sign_message(report.as_bytes()).into(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use hurdle_interface::{Rate, UnixTime};
    use proptest::prelude::*;

    const TOLERANCE: Agreement = Agreement {
        relative: 0.1,
        absolute: 0.001,
        max_time_apart_seconds: 60,
    };

    fn report() -> Report {
        let mut report: Report = bytemuck_zeroed();
        report.components.debt = Rate::new(5_000_000).unwrap();
        report.hurdle = Rate::new(12_000_000).unwrap();
        report
    }

    fn bytemuck_zeroed() -> Report {
        Report {
            domain: [1; 32],
            schema: 1,
            flags: 0,
            param_epoch: 2,
            committee_epoch: 1,
            reserved: 0,
            sequence: 5,
            observed_slot: hurdle_interface::Slot(7),
            observed_at: UnixTime(1000),
            expires_at: UnixTime(2000),
            components: Default::default(),
            responses: Default::default(),
            hurdle: Rate::ZERO,
            model_hash: [2; 32],
            observations_hash: [3; 32],
        }
    }

    #[test]
    fn keepers_that_disagree_do_not_sign() {
        let mut other = report();
        other.components.debt = Rate::new(5_700_000).unwrap();
        let Err(Dissent::Value {
            quantity: "d",
            own,
            proposed,
            ..
        }) = review(&report(), &other, &TOLERANCE)
        else {
            panic!("0.057 is more than 0.001 + 10 % from 0.05");
        };
        assert_eq!((own, proposed), (0.05, 0.057));
        other.components.debt = Rate::new(5_600_000).unwrap();
        assert_eq!(review(&report(), &other, &TOLERANCE), Ok(()));
    }

    #[test]
    fn another_market_model_sequence_or_time_is_refused() {
        let refused = |change: fn(&mut Report)| {
            let mut other = report();
            change(&mut other);
            review(&report(), &other, &TOLERANCE).unwrap_err()
        };
        assert_eq!(
            refused(|r| r.domain = [9; 32]),
            Dissent::Header { field: "domain" }
        );
        assert_eq!(
            refused(|r| r.model_hash = [9; 32]),
            Dissent::Header { field: "model hash" }
        );
        assert_eq!(refused(|r| r.sequence = 6), Dissent::Header { field: "sequence" });
        assert_eq!(refused(|r| r.flags = 1), Dissent::Header { field: "flags" });
        assert_eq!(
            refused(|r| r.observed_at = UnixTime(1061)),
            Dissent::Time {
                apart: 61,
                allowed: 60
            }
        );
        assert_eq!(
            refused(|r| r.expires_at = UnixTime(1900)),
            Dissent::Time {
                apart: 100,
                allowed: 60
            }
        );
    }

    #[test]
    fn own_observations_need_not_be_the_proposers() {
        let mut other = report();
        other.observations_hash = [9; 32];
        assert_eq!(review(&report(), &other, &TOLERANCE), Ok(()));
    }

    #[test]
    fn a_signature_verifies_over_the_reports_bytes() {
        let key = Keypair::new_from_array([7; 32]);
        let (public, signature) = sign(&report(), &key);
        assert_eq!(public, key.pubkey().to_bytes());
        let signature = solana_signature::Signature::from(signature);
        assert!(signature.verify(&public, report().as_bytes()));
    }

    proptest! {
        #[test]
        fn a_keeper_always_agrees_with_itself(rates in prop::array::uniform8(-4_000_000_000i64..=4_000_000_000)) {
            let mut own = report();
            own.components.staking = Rate::new(rates[0]).unwrap();
            own.components.tail = Rate::new(rates[1]).unwrap();
            own.hurdle = Rate::new(rates[2]).unwrap();
            let strict = Agreement { relative: 0.0, absolute: 0.0, max_time_apart_seconds: 0 };
            prop_assert_eq!(review(&own, &own, &strict), Ok(()));
        }
    }
}
