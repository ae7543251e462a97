//! The compiler's 128-bit and memory functions inside the VM against the host's, over edges and seeded random
//! operands.

use hurdle_tests::probe::{Arithmetic, Memory, MemoryRecord, Probe, REGION};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

const SEED: u64 = 0x4855_5244_4c45;
/// Pairs in one transaction; 500 CU and less each.
const BATCH: usize = 512;

fn edges() -> Vec<u128> {
    let mut edges = vec![
        0,
        u128::MAX,
        1 << 127,
        (1 << 127) - 1,
        10_u128.pow(8),
        10_u128.pow(18),
        10_u128.pow(38),
    ];
    for bit in [1, 7, 8, 31, 32, 33, 62, 63, 64, 65, 95, 96, 97, 126, 127] {
        let power = 1_u128 << bit;
        // Powers of two and their neighbours, and the same as negative numbers.
        edges.extend([power - 1, power, power + 1, power.wrapping_neg(), !power]);
    }
    edges.sort_unstable();
    edges.dedup();
    edges
}

/// Every pair of edges, and random pairs of all lengths.
fn pairs() -> Vec<(u128, u128)> {
    let edges = edges();
    let mut pairs: Vec<_> = edges
        .iter()
        .flat_map(|&a| edges.iter().map(move |&b| (a, b)))
        .collect();
    let mut random = SmallRng::seed_from_u64(SEED);
    let mut any_length = || {
        let value = random.random::<u128>() >> random.random_range(0..128);
        if random.random() {
            value
        } else {
            value.wrapping_neg()
        }
    };
    pairs.extend(std::iter::repeat_with(|| (any_length(), any_length())).take(4_000));
    pairs
}

fn assert_as_on_the_host(
    operation: Arithmetic,
    host: impl Fn(u128, u128) -> Option<u128>,
) -> anyhow::Result<()> {
    let mut probe = Probe::load()?;
    let pairs = pairs();
    assert!(pairs.len() > 8_000, "{} pairs", pairs.len());
    for batch in pairs.chunks(BATCH) {
        let in_vm = probe.arithmetic(operation, batch)?.results;
        assert_eq!(in_vm.len(), batch.len());
        for (&(a, b), result) in batch.iter().zip(in_vm) {
            assert_eq!(result, host(a, b), "{operation:?} of {a:#x} and {b:#x}");
        }
    }
    Ok(())
}

fn signed(host: impl Fn(i128, i128) -> Option<i128>) -> impl Fn(u128, u128) -> Option<u128> {
    move |a, b| host(a.cast_signed(), b.cast_signed()).map(i128::cast_unsigned)
}

#[test]
fn multiplication_in_the_vm_equals_the_hosts() -> anyhow::Result<()> {
    assert_as_on_the_host(Arithmetic::Mul, |a, b| Some(a.wrapping_mul(b)))?;
    assert_as_on_the_host(Arithmetic::CheckedMul, u128::checked_mul)?;
    assert_as_on_the_host(Arithmetic::SignedCheckedMul, signed(i128::checked_mul))
}

#[test]
fn unsigned_division_in_the_vm_equals_the_hosts() -> anyhow::Result<()> {
    assert_as_on_the_host(Arithmetic::Div, u128::checked_div)?;
    assert_as_on_the_host(Arithmetic::Rem, u128::checked_rem)
}

#[test]
fn signed_division_in_the_vm_equals_the_hosts_and_its_one_overflow_wraps() -> anyhow::Result<()> {
    assert_as_on_the_host(
        Arithmetic::SignedDiv,
        signed(|a, b| (b != 0).then(|| a.wrapping_div(b))),
    )?;
    assert_as_on_the_host(
        Arithmetic::SignedRem,
        signed(|a, b| (b != 0).then(|| a.wrapping_rem(b))),
    )?;
    assert_as_on_the_host(Arithmetic::SignedCheckedDiv, signed(i128::checked_div))?;
    let overflow = [(i128::MIN.cast_unsigned(), u128::MAX)];
    let mut probe = Probe::load()?;
    assert_eq!(
        probe.arithmetic(Arithmetic::SignedDiv, &overflow)?.results,
        [Some(i128::MIN.cast_unsigned())]
    );
    assert_eq!(
        probe.arithmetic(Arithmetic::SignedRem, &overflow)?.results,
        [Some(0)]
    );
    assert_eq!(
        probe.arithmetic(Arithmetic::SignedCheckedDiv, &overflow)?.results,
        [None]
    );
    Ok(())
}

#[test]
fn shifts_in_the_vm_equal_the_hosts() -> anyhow::Result<()> {
    let low = |b: u128| (b & 0xffff_ffff) as u32;
    assert_as_on_the_host(Arithmetic::Shl, |a, b| Some(a.wrapping_shl(low(b))))?;
    assert_as_on_the_host(Arithmetic::Shr, |a, b| Some(a.wrapping_shr(low(b))))?;
    assert_as_on_the_host(
        Arithmetic::SignedShr,
        signed(|a, b| Some(a.wrapping_shr(low(b.cast_unsigned())))),
    )?;
    let mut probe = Probe::load()?;
    let every_distance: Vec<_> = (0..128)
        .map(|distance| (((u128::MAX / 3) << 1) | 1, distance))
        .collect();
    let expected: Vec<_> = every_distance.iter().map(|&(a, b)| Some(a << b)).collect();
    assert_eq!(
        probe.arithmetic(Arithmetic::Shl, &every_distance)?.results,
        expected
    );
    Ok(())
}

#[test]
fn a_division_by_zero_aborts_the_program() -> anyhow::Result<()> {
    let mut probe = Probe::load()?;
    assert_eq!(
        probe.arithmetic(Arithmetic::UncheckedDiv, &[(7, 2)])?.results,
        [Some(3)]
    );
    let aborted = probe
        .arithmetic(Arithmetic::UncheckedDiv, &[(7, 0)])
        .err()
        .map(|error| error.to_string());
    assert!(
        aborted
            .as_ref()
            .is_some_and(|error| error.contains("ProgramFailedToComplete")),
        "{aborted:?}"
    );
    Ok(())
}

fn region(random: &mut SmallRng) -> [u8; REGION] {
    let mut region = [0; REGION];
    random.fill(&mut region);
    region
}

/// Runs every length from 0 to 300 at random offsets, in short sequences, and compares the whole region after each.
fn assert_region_as_on_the_host(
    operation: Memory,
    offsets: impl Fn(&mut SmallRng, u32) -> (u32, u32),
    host: impl Fn(&mut [u8], MemoryRecord),
) -> anyhow::Result<()> {
    let mut probe = Probe::load()?;
    let mut random = SmallRng::seed_from_u64(SEED);
    for length in 0..=300 {
        for _ in 0..4 {
            let region = region(&mut random);
            let records: Vec<_> = std::iter::repeat_with(|| {
                let (target, source) = offsets(&mut random, length);
                MemoryRecord {
                    target,
                    source,
                    length,
                    value: random.random(),
                }
            })
            .take(4)
            .collect();
            let mut expected = region.to_vec();
            records.iter().for_each(|record| host(&mut expected, *record));
            let (in_vm, _) = probe.memory(operation, &region, &records)?.results;
            assert_eq!(in_vm, expected, "{operation:?} {records:?}");
        }
    }
    Ok(())
}

#[test]
fn copies_in_the_vm_equal_the_hosts_at_every_length_and_alignment() -> anyhow::Result<()> {
    let half = REGION / 2;
    let offsets = |random: &mut SmallRng, _| (random.random_range(0..200), random.random_range(0..200));
    assert_region_as_on_the_host(
        Memory::Copy,
        offsets,
        |region,
         MemoryRecord {
             target,
             source,
             length,
             ..
         }| {
            let (target, source, length) = (target as usize, source as usize, length as usize);
            region.copy_within(source..source + length, half + target);
        },
    )
}

#[test]
fn overlapping_moves_in_the_vm_equal_the_hosts() -> anyhow::Result<()> {
    // Mostly less than a length apart, to either side.
    let offsets = |random: &mut SmallRng, length: u32| {
        let source = random.random_range(320..360);
        let reach = length.clamp(4, 40);
        (source - reach + random.random_range(0..=2 * reach), source)
    };
    assert_region_as_on_the_host(
        Memory::Move,
        offsets,
        |region,
         MemoryRecord {
             target,
             source,
             length,
             ..
         }| {
            let (target, source, length) = (target as usize, source as usize, length as usize);
            region.copy_within(source..source + length, target);
        },
    )
}

#[test]
fn fills_in_the_vm_equal_the_hosts() -> anyhow::Result<()> {
    let offsets = |random: &mut SmallRng, _| (random.random_range(0..200), 0);
    assert_region_as_on_the_host(
        Memory::Fill,
        offsets,
        |region,
         MemoryRecord {
             target,
             length,
             value,
             ..
         }| {
            let target = target as usize;
            region[target..target + length as usize].fill(value);
        },
    )
}

#[test]
fn comparisons_in_the_vm_equal_the_hosts_wherever_the_first_difference_is() -> anyhow::Result<()> {
    let mut probe = Probe::load()?;
    let mut random = SmallRng::seed_from_u64(SEED);
    for length in 0..=300_u32 {
        for round in 0..6 {
            let target = random.random_range(0..200);
            let source = 512 + random.random_range(0..200);
            let (left, right, size) = (target as usize, source as usize, length as usize);
            let mut region = region(&mut random);
            region.copy_within(left..left + size, right);
            // Equal in one round; else one byte differs, by one, by its sign or at random, and maybe more after it.
            if round > 0 && length > 0 {
                let at = random.random_range(0..size);
                region[right + at] ^= [0x01, 0x80, 0xff][round % 3];
                if round > 3 {
                    random.fill(&mut region[right + at + 1..right + size]);
                }
            }
            let (a, b) = (&region[left..left + size], &region[right..right + size]);
            let expected = [(a.cmp(b) as i8 + 1).cast_unsigned(), u8::from(a == b)];
            let record = MemoryRecord {
                target,
                source,
                length,
                value: 9,
            };
            let compared = probe.memory(Memory::Compare, &region, &[record])?.results;
            let equal = probe.memory(Memory::Equal, &region, &[record])?.results;
            assert_eq!([compared.1[0], equal.1[0]], expected, "round {round}: {record:?}");
            assert_eq!(
                (&compared.0[..], &equal.0[..]),
                (&region[..], &region[..]),
                "operands changed"
            );
        }
    }
    Ok(())
}
