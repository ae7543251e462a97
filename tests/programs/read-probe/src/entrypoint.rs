//! The program's input, read without a framework: one account, then the instruction's data.

use core::alloc::{GlobalAlloc, Layout};
use core::hint::black_box;
use core::slice;
use solana_address::Address;

/// Nothing here allocates; std wants an allocator to be named.
struct NoAllocator;

// SAFETY: handing out nothing is always right.
unsafe impl GlobalAlloc for NoAllocator {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        core::ptr::null_mut()
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static ALLOCATOR: NoAllocator = NoAllocator;

/// Where the VM's serialised input has what: the number of accounts, then the first account's flags, key, owner,
/// lamports, data length and data, then room to grow, padding, the rent epoch and the instruction's data.
const OWNER: usize = 8 + 8 + 32;
const DATA_LENGTH: usize = OWNER + 32 + 8;
const DATA: usize = DATA_LENGTH + 8;
const ROOM_TO_GROW: usize = 10 * 1024;
const RENT_EPOCH: usize = 8;

/// Called by the VM.
///
/// # Safety
/// `input` is the VM's serialised input with exactly one account, which is not a duplicate, and three words of data.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn entrypoint(input: *mut u8) -> u64 {
    // SAFETY: the layout above is the VM's; lengths are its own.
    let (owner, market, [which, now, owed]) = unsafe {
        let length = input.add(DATA_LENGTH).cast::<usize>().read();
        let instruction = (DATA + length + ROOM_TO_GROW).next_multiple_of(8) + RENT_EPOCH;
        (
            &*input.add(OWNER).cast::<Address>(),
            slice::from_raw_parts(input.add(DATA), length),
            input.add(instruction + 8).cast::<[u64; 3]>().read(),
        )
    };
    let (which, market, owner) = (black_box(which), black_box(market), black_box(owner));
    match black_box(crate::read(which, market, owner, now.cast_signed(), owed)) {
        Ok(_) => 0,
        Err(error) => u64::from(error.code()),
    }
}
