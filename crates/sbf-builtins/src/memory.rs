//! Short copies, fills and comparisons without the VM's syscall, which costs 10 CU and the call around it.
//!
//! There are no loops: a length in [k, 2k] is covered by k bytes from its start and k bytes up to its end, which may
//! overlap. All loads precede all stores, so a copy is right for overlapping ranges too. The VM allows unaligned
//! access.

/// Longest copy done here; beyond it the syscall is cheaper (measured: `benches/COMPUTE_UNITS.md`).
pub const COPY_LIMIT: usize = 16;
/// Longest fill done here.
pub const FILL_LIMIT: usize = 32;
/// Longest comparison done here.
pub const COMPARE_LIMIT: usize = 16;

/// Copies at most [`COPY_LIMIT`] bytes; the ranges may overlap.
///
/// # Safety
/// `source` must be readable and `target` writable for `length` bytes, `length` ≤ [`COPY_LIMIT`].
#[inline(always)]
pub unsafe fn copy_short(target: *mut u8, source: *const u8, length: usize) {
    // SAFETY: every access lies within `length` bytes of its pointer, by the branch that it is in.
    unsafe {
        if length >= 8 {
            copy_ends::<u64>(target, source, length.wrapping_sub(8));
        } else if length >= 4 {
            copy_ends::<u32>(target, source, length.wrapping_sub(4));
        } else if length >= 2 {
            copy_ends::<u16>(target, source, length.wrapping_sub(2));
        } else if length == 1 {
            store(target, 0, load::<u8>(source, 0));
        }
    }
}

/// Fills at most [`FILL_LIMIT`] bytes.
///
/// # Safety
/// `target` must be writable for `length` bytes, `length` ≤ [`FILL_LIMIT`].
#[inline(always)]
#[expect(clippy::as_conversions, reason = "every part of the word is the same byte")]
pub unsafe fn fill_short(target: *mut u8, byte: u8, length: usize) {
    let word = u64::from(byte).wrapping_mul(0x0101_0101_0101_0101);
    // SAFETY: every access lies within `length` bytes of the pointer, by the branch that it is in.
    unsafe {
        if length > 16 {
            store(target, 0, [word; 2]);
            store(target, length.wrapping_sub(16), [word; 2]);
        } else if length >= 8 {
            store(target, 0, word);
            store(target, length.wrapping_sub(8), word);
        } else if length >= 4 {
            store(target, 0, word as u32);
            store(target, length.wrapping_sub(4), word as u32);
        } else if length >= 2 {
            store(target, 0, word as u16);
            store(target, length.wrapping_sub(2), word as u16);
        } else if length == 1 {
            store(target, 0, byte);
        }
    }
}

/// Compares at most [`COMPARE_LIMIT`] bytes: negative, zero or positive, as the first difference decides.
///
/// # Safety
/// Both pointers must be readable for `length` bytes, `length` ≤ [`COMPARE_LIMIT`].
#[inline(always)]
pub unsafe fn compare_short(left: *const u8, right: *const u8, length: usize) -> i32 {
    // SAFETY: every access lies within `length` bytes of its pointer, by the branch that it is in.
    unsafe {
        if length >= 8 {
            compare_ends(left, right, length.wrapping_sub(8), |at, offset| {
                u64::from_be(load(at, offset))
            })
        } else if length >= 4 {
            compare_ends(left, right, length.wrapping_sub(4), |at, offset| {
                u32::from_be(load(at, offset))
            })
        } else if length >= 2 {
            compare_ends(left, right, length.wrapping_sub(2), |at, offset| {
                u16::from_be(load(at, offset))
            })
        } else if length == 1 {
            order(load::<u8>(left, 0), load::<u8>(right, 0))
        } else {
            0
        }
    }
}

/// Compares the start, then the end: where they overlap, the bytes are known to be equal.
#[inline(always)]
fn compare_ends<T: Ord>(
    left: *const u8,
    right: *const u8,
    last: usize,
    load: impl Fn(*const u8, usize) -> T,
) -> i32 {
    match order(load(left, 0), load(right, 0)) {
        0 => order(load(left, last), load(right, last)),
        decided => decided,
    }
}

#[inline(always)]
fn order<T: Ord>(left: T, right: T) -> i32 {
    if left == right {
        0
    } else if left < right {
        -1
    } else {
        1
    }
}

#[inline(always)]
unsafe fn copy_ends<T: Copy>(target: *mut u8, source: *const u8, last: usize) {
    // SAFETY: the caller's.
    unsafe {
        let (start, end) = (load::<T>(source, 0), load::<T>(source, last));
        store(target, 0, start);
        store(target, last, end);
    }
}

#[inline(always)]
unsafe fn load<T: Copy>(from: *const u8, offset: usize) -> T {
    // SAFETY: the caller's; T is an integer or an array of them, for which every bit pattern is valid.
    unsafe { from.add(offset).cast::<T>().read_unaligned() }
}

#[inline(always)]
unsafe fn store<T: Copy>(to: *mut u8, offset: usize, value: T) {
    // SAFETY: the caller's.
    unsafe { to.add(offset).cast::<T>().write_unaligned(value) }
}

#[cfg(test)]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "the host's operators are the reference"
)]
mod tests {
    extern crate std;

    use super::*;
    use std::vec::Vec;

    fn pattern() -> Vec<u8> {
        (0..96_u8).map(|index| index.wrapping_mul(37) ^ 0xa5).collect()
    }

    #[test]
    fn copies_of_every_length_offset_and_overlap_equal_copy_within() {
        for length in 0..=COPY_LIMIT {
            for (source, target) in (0..48).flat_map(|source| (0..48).map(move |target| (source, target))) {
                let (mut copied, mut expected) = (pattern(), pattern());
                expected.copy_within(source..source + length, target);
                // SAFETY: 47 + 32 < 96.
                unsafe {
                    let base = copied.as_mut_ptr();
                    copy_short(base.add(target), base.add(source), length);
                }
                assert_eq!(copied, expected, "{length} bytes from {source} to {target}");
            }
        }
    }

    #[test]
    fn fills_of_every_length_and_offset_equal_fill() {
        for length in 0..=FILL_LIMIT {
            for offset in 0..16 {
                let (mut filled, mut expected) = (pattern(), pattern());
                expected[offset..offset + length].fill(0xc3);
                // SAFETY: 15 + 32 < 96.
                unsafe { fill_short(filled.as_mut_ptr().add(offset), 0xc3, length) };
                assert_eq!(filled, expected, "{length} bytes at {offset}");
            }
        }
    }

    #[test]
    fn comparisons_are_decided_by_the_first_difference() {
        let left = pattern();
        for length in 0..=COMPARE_LIMIT {
            for first in 0..=length {
                for change in [1, 0x80, 0xff] {
                    let mut right = left.clone();
                    // Beyond the first difference everything differs the other way.
                    right[first..].iter_mut().for_each(|byte| *byte = !*byte);
                    right[first] = left[first].wrapping_add(change);
                    // SAFETY: 32 < 96.
                    let order = unsafe { compare_short(left.as_ptr(), right.as_ptr(), length) };
                    assert_eq!(
                        order.signum(),
                        left[..length].cmp(&right[..length]) as i32,
                        "{length} at {first}"
                    );
                }
            }
        }
    }
}
