use super::*;
use crate::error::HurdleError;
use crate::fixture::{self, cases};
use crate::quantity::{Ratio, Sensitivity};
use core::mem::offset_of;
use proptest::prelude::*;

const GOLDEN_DIGEST: [u8; 32] = [
    222, 7, 246, 66, 174, 53, 162, 82, 218, 134, 5, 180, 225, 183, 138, 207, 24, 21, 140, 116, 118, 215, 115,
    177, 70, 23, 3, 218, 15, 95, 202, 119,
];

fn report() -> Report {
    fixture::report(&fixture::market(), &fixture::committee())
}

#[test]
fn every_field_stands_at_its_pinned_offset() {
    assert_eq!(REPORT_LEN, 264);
    let offsets = [
        (offset_of!(Report, domain), 0),
        (offset_of!(Report, schema), 32),
        (offset_of!(Report, flags), 34),
        (offset_of!(Report, param_epoch), 36),
        (offset_of!(Report, committee_epoch), 40),
        (offset_of!(Report, reserved), 44),
        (offset_of!(Report, sequence), 48),
        (offset_of!(Report, observed_slot), 56),
        (offset_of!(Report, observed_at), 64),
        (offset_of!(Report, expires_at), 72),
        (offset_of!(Report, components), 80),
        (offset_of!(Report, components.staking), 80),
        (offset_of!(Report, components.contract), 88),
        (offset_of!(Report, components.systematic), 96),
        (offset_of!(Report, components.debt), 104),
        (offset_of!(Report, components.liquidity), 112),
        (offset_of!(Report, components.latency), 120),
        (offset_of!(Report, components.tail), 128),
        (offset_of!(Report, components.emissions), 136),
        (offset_of!(Report, components.equity_weight), 144),
        (offset_of!(Report, components.utilisation), 152),
        (offset_of!(Report, components.coverage), 160),
        (offset_of!(Report, components.volatility), 168),
        (offset_of!(Report, responses.utilisation), 176),
        (offset_of!(Report, responses.tail), 184),
        (offset_of!(Report, hurdle), 192),
        (offset_of!(Report, model_hash), 200),
        (offset_of!(Report, observations_hash), 232),
    ];
    for (index, (actual, pinned)) in offsets.into_iter().enumerate() {
        assert_eq!(actual, pinned, "field {index}");
    }
}

/// The wire bytes, put together by hand from the layout's description.
#[test]
fn the_wire_bytes_are_the_fields_in_order_and_little_endian() {
    let mut golden = std::vec![3u8; 32];
    golden.extend([1, 0]); // schema
    golden.extend([1, 0]); // flags
    golden.extend([4, 3, 2, 1]); // parameter epoch
    golden.extend([8, 7, 6, 5]); // committee epoch
    golden.extend([0; 4]);
    golden.extend([0x11, 0, 0, 0, 0, 0, 0, 0x22]); // sequence
    golden.extend([0x33, 0, 0, 0, 0, 0, 0, 0]); // slot
    golden.extend([0x00, 0x4b, 0xe7, 0x68, 0x00, 0x00, 0x00, 0x00]); // observed at 1_759_988_480
    golden.extend([0xff; 8]); // expires at −1
    for component in 1u8..=12 {
        golden.extend([component, 0, 0, 0, 0, 0, 0, 0]);
    }
    golden.extend([0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]); // ρ_u = −2
    golden.extend([3, 0, 0, 0, 0, 0, 0, 0]); // ρ_q
    golden.extend([0x00, 0xe1, 0xf5, 0x05, 0, 0, 0, 0]); // h = 1
    golden.extend([5; 32]);
    golden.extend([6; 32]);

    let components: Components = bytemuck::cast([1i64, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    let report = Report {
        domain: [3; 32],
        schema: 1,
        flags: FLAG_NO_EQUILIBRIUM,
        param_epoch: 0x0102_0304,
        committee_epoch: 0x0506_0708,
        reserved: 0,
        sequence: 0x2200_0000_0000_0011,
        observed_slot: Slot(0x33),
        observed_at: UnixTime(1_759_988_480),
        expires_at: UnixTime(-1),
        components,
        responses: Responses {
            utilisation: Sensitivity(-2),
            tail: Sensitivity(3),
        },
        hurdle: Rate(100_000_000),
        model_hash: [5; 32],
        observations_hash: [6; 32],
    };
    assert_eq!(report.as_bytes(), golden);
    assert_eq!(Report::parse(&golden), Ok(report));
    assert!(report.is_stressed());
}

#[test]
fn a_report_is_read_at_any_alignment() {
    let report = report();
    let mut buffer = [0u8; REPORT_LEN + 8];
    for shift in 0..8 {
        buffer[shift..shift + REPORT_LEN].copy_from_slice(report.as_bytes());
        assert_eq!(Report::parse(&buffer[shift..shift + REPORT_LEN]), Ok(report));
    }
}

#[test]
fn every_other_length_is_malformed() {
    let mut bytes = report().as_bytes().to_vec();
    bytes.extend([0; 64]);
    for length in (0..bytes.len()).filter(|length| *length != REPORT_LEN) {
        assert_eq!(
            Report::parse(&bytes[..length]),
            Err(HurdleError::MalformedReport),
            "{length} bytes"
        );
    }
}

#[test]
fn every_other_schema_is_refused() {
    for schema in (0..=u16::MAX).filter(|schema| *schema != SCHEMA) {
        let other = Report { schema, ..report() };
        assert_eq!(Report::parse(other.as_bytes()), Err(HurdleError::WrongSchema));
    }
}

#[test]
fn every_undefined_bit_is_malformed() {
    for bit in 1..16 {
        let flagged = Report {
            flags: 1 << bit,
            ..report()
        };
        assert_eq!(
            Report::parse(flagged.as_bytes()),
            Err(HurdleError::MalformedReport),
            "flag {bit}"
        );
    }
    for bit in 0..32 {
        let reserved = Report {
            reserved: 1 << bit,
            ..report()
        };
        assert_eq!(
            Report::parse(reserved.as_bytes()),
            Err(HurdleError::MalformedReport),
            "bit {bit}"
        );
    }
}

#[test]
fn every_quantity_outside_its_domain_is_refused() {
    type Break = fn(&mut Report);
    let breaks: [(Break, HurdleError); 9] = [
        (
            |r| r.components.staking = Rate(Rate::MAX.raw() + 1),
            HurdleError::ComponentOutOfBounds,
        ),
        (
            |r| r.components.emissions = Rate(i64::MIN),
            HurdleError::ComponentOutOfBounds,
        ),
        (
            |r| r.components.utilisation = Ratio(Ratio::ONE.raw() + 1),
            HurdleError::ComponentOutOfBounds,
        ),
        (
            |r| r.components.equity_weight = Ratio(-1),
            HurdleError::ComponentOutOfBounds,
        ),
        (
            |r| r.components.volatility = Ratio(Ratio::MAX.raw() + 1),
            HurdleError::ComponentOutOfBounds,
        ),
        (
            |r| r.responses.utilisation = Sensitivity(i64::MIN),
            HurdleError::SensitivityOutOfDomain,
        ),
        (
            |r| r.responses.tail = Sensitivity(Sensitivity::MAX.raw() + 1),
            HurdleError::SensitivityOutOfDomain,
        ),
        (
            |r| r.hurdle = Rate(Rate::MAX.raw() + 1),
            HurdleError::RateOutOfDomain,
        ),
        (|r| r.hurdle = Rate(i64::MIN), HurdleError::RateOutOfDomain),
    ];
    for (index, (break_one, error)) in breaks.into_iter().enumerate() {
        let mut broken = report();
        break_one(&mut broken);
        assert_eq!(Report::parse(broken.as_bytes()), Err(error), "break {index}");
    }
}

/// `hashlib.sha256(b"hurdle/report/v1" + bytes([7]*32) + bytes([8]*32) + bytes([9]*32))`.
#[test]
fn the_domain_digest_is_the_one_that_python_computes() {
    let digest = domain_digest(&[7; 32], &fixture::key(8), &fixture::key(9));
    assert_eq!(digest, GOLDEN_DIGEST);
}

#[test]
fn every_changed_input_changes_the_domain() {
    let digests = [
        domain_digest(&[7; 32], &fixture::key(8), &fixture::key(9)),
        domain_digest(&[1; 32], &fixture::key(8), &fixture::key(9)),
        domain_digest(&[7; 32], &fixture::key(1), &fixture::key(9)),
        domain_digest(&[7; 32], &fixture::key(8), &fixture::key(1)),
        domain_digest(&[7; 32], &fixture::key(9), &fixture::key(8)),
        domain_digest(&[8; 32], &fixture::key(7), &fixture::key(9)),
    ];
    for (index, digest) in digests.iter().enumerate() {
        assert!(
            digests[index + 1..].iter().all(|other| other != digest),
            "digest {index}"
        );
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn what_parses_is_what_was_signed(seed in any::<u64>(), one_in in 1u64..60) {
        let mut report = report_fast();
        fixture::scramble(&mut report, seed, one_in);
        let bytes = report.as_bytes();
        match Report::parse(bytes) {
            Ok(parsed) => {
                prop_assert_eq!(parsed.as_bytes(), bytes);
                prop_assert_eq!(parsed.components.validate(), Ok(()));
                prop_assert_eq!((parsed.schema, parsed.flags & !1, parsed.reserved), (SCHEMA, 0, 0));
                prop_assert!(parsed.hurdle.validate().is_ok());
            }
            Err(error) => prop_assert!(
                matches!(
                    error,
                    HurdleError::WrongSchema
                        | HurdleError::MalformedReport
                        | HurdleError::ComponentOutOfBounds
                        | HurdleError::SensitivityOutOfDomain
                        | HurdleError::RateOutOfDomain
                ),
                "{error:?}"
            ),
        }
    }
}

/// A report that parses, without solving for its rate.
fn report_fast() -> Report {
    Report {
        schema: SCHEMA,
        components: fixture::components(),
        responses: fixture::responses(),
        ..Report::zeroed()
    }
}
