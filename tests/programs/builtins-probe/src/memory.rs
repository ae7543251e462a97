//! Copies, fills and comparisons of a region.

use core::cmp::Ordering;

use crate::{MALFORMED, REGION};

const RECORD: usize = 16;

struct Arguments {
    target: usize,
    source: usize,
    length: usize,
    value: u8,
}

/// Applies an operation as every record says. Comparisons leave their answer in the record's `value`: 0 less,
/// 1 equal, 2 greater; for equality 1 equal, 0 not.
///
/// # Errors
/// [`MALFORMED`] for an unknown operation or a range outside the region.
pub fn run(operation: u8, data: &mut [u8]) -> Result<(), u64> {
    let (region, records) = data.split_first_chunk_mut::<REGION>().ok_or(MALFORMED)?;
    match operation {
        64 => each(region, records, |_, arguments| arguments.value),
        65 => each(region, records, copy_apart),
        66 => each(
            region,
            records,
            |region,
             Arguments {
                 target,
                 source,
                 length,
                 value,
             }| {
                region.copy_within(source..source.wrapping_add(length), target);
                value
            },
        ),
        67 => each(
            region,
            records,
            |region,
             Arguments {
                 target,
                 length,
                 value,
                 ..
             }| {
                if let Some(range) = region.get_mut(target..target.wrapping_add(length)) {
                    range.fill(value);
                }
                value
            },
        ),
        68 => each(region, records, |region, arguments| {
            let (left, right) = both(region, &arguments);
            match left.cmp(right) {
                Ordering::Less => 0,
                Ordering::Equal => 1,
                Ordering::Greater => 2,
            }
        }),
        69 => each(region, records, |region, arguments| {
            let (left, right) = both(region, &arguments);
            u8::from(left == right)
        }),
        _ => Err(MALFORMED),
    }
}

/// Ranges that do not overlap: the target's is cut off from the source's half of the region.
fn copy_apart(
    region: &mut [u8],
    Arguments {
        target,
        source,
        length,
        value,
    }: Arguments,
) -> u8 {
    let (first, second) = region.split_at_mut(REGION / 2);
    let target = second.get_mut(target..target.wrapping_add(length));
    let source = first.get(source..source.wrapping_add(length));
    if let (Some(target), Some(source)) = (target, source) {
        target.copy_from_slice(source);
    }
    value
}

#[inline(always)]
fn both<'a>(region: &'a [u8], arguments: &Arguments) -> (&'a [u8], &'a [u8]) {
    let range = |start: usize| {
        region
            .get(start..start.wrapping_add(arguments.length))
            .unwrap_or_default()
    };
    (range(arguments.target), range(arguments.source))
}

#[inline(always)]
fn each(
    region: &mut [u8; REGION],
    records: &mut [u8],
    apply: impl Fn(&mut [u8], Arguments) -> u8,
) -> Result<(), u64> {
    for record in records.as_chunks_mut::<RECORD>().0 {
        let [target, source, length, value] = record.as_chunks_mut::<4>().0 else {
            return Err(MALFORMED);
        };
        let number = |bytes: &[u8; 4]| usize::try_from(u32::from_le_bytes(*bytes)).map_err(|_| MALFORMED);
        let arguments = Arguments {
            target: number(target)?,
            source: number(source)?,
            length: number(length)?,
            value: value[0],
        };
        let last = arguments
            .target
            .max(arguments.source)
            .saturating_add(arguments.length);
        if last > REGION {
            return Err(MALFORMED);
        }
        value[0] = apply(region, arguments);
    }
    Ok(())
}
