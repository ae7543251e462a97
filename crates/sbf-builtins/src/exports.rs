//! The symbols.
//!
//! rustc passes an `i128` of `extern "C"` by pointer on BPF, while LLVM calls these with the values in r1–r4 and takes
//! the result in r0 and r2; `extern "unadjusted"` is the convention that matches.

use crate::{arith, division, memory};

#[unsafe(no_mangle)]
extern "unadjusted" fn __multi3(a: u128, b: u128) -> u128 {
    arith::wrapping_mul(a, b)
}

#[unsafe(no_mangle)]
extern "unadjusted" fn __udivti3(n: u128, d: u128) -> u128 {
    division::div_rem(n, d).0
}

#[unsafe(no_mangle)]
extern "unadjusted" fn __umodti3(n: u128, d: u128) -> u128 {
    division::div_rem(n, d).1
}

#[unsafe(no_mangle)]
extern "unadjusted" fn __divti3(n: i128, d: i128) -> i128 {
    division::signed_div(n, d)
}

#[unsafe(no_mangle)]
extern "unadjusted" fn __modti3(n: i128, d: i128) -> i128 {
    division::signed_rem(n, d)
}

unsafe extern "C" {
    fn sol_memcpy_(target: *mut u8, source: *const u8, length: u64);
    fn sol_memmove_(target: *mut u8, source: *const u8, length: u64);
    fn sol_memset_(target: *mut u8, byte: u8, length: u64);
    fn sol_memcmp_(left: *const u8, right: *const u8, length: u64, result: *mut i32);
}

/// usize has 64 bits in the VM.
#[expect(clippy::as_conversions, reason = "the same width")]
const fn wide(length: usize) -> u64 {
    length as u64
}

#[unsafe(no_mangle)]
unsafe extern "C" fn memcpy(target: *mut u8, source: *const u8, length: usize) -> *mut u8 {
    // SAFETY: the caller's, as for C's memcpy.
    unsafe {
        if length <= memory::COPY_LIMIT {
            memory::copy_short(target, source, length);
        } else {
            sol_memcpy_(target, source, wide(length));
        }
    }
    target
}

#[unsafe(no_mangle)]
unsafe extern "C" fn memmove(target: *mut u8, source: *const u8, length: usize) -> *mut u8 {
    // SAFETY: the caller's, as for C's memmove.
    unsafe {
        if length <= memory::COPY_LIMIT {
            memory::copy_short(target, source, length);
        } else {
            sol_memmove_(target, source, wide(length));
        }
    }
    target
}

#[unsafe(no_mangle)]
#[expect(
    clippy::as_conversions,
    reason = "C's memset takes the byte as an int and uses its low byte"
)]
unsafe extern "C" fn memset(target: *mut u8, byte: i32, length: usize) -> *mut u8 {
    // SAFETY: the caller's, as for C's memset.
    unsafe {
        if length <= memory::FILL_LIMIT {
            memory::fill_short(target, byte as u8, length);
        } else {
            sol_memset_(target, byte as u8, wide(length));
        }
    }
    target
}

#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(left: *const u8, right: *const u8, length: usize) -> i32 {
    // SAFETY: the caller's, as for C's memcmp.
    unsafe {
        if length <= memory::COMPARE_LIMIT {
            return memory::compare_short(left, right, length);
        }
        let mut result = 0;
        sol_memcmp_(left, right, wide(length), &raw mut result);
        result
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn bcmp(left: *const u8, right: *const u8, length: usize) -> i32 {
    // SAFETY: the caller's, as for C's bcmp; equal or not is a part of memcmp's answer.
    unsafe { memcmp(left, right, length) }
}
