//! Which guard is out. Stands in the copy of the interface crate only; see `switch`.

#[cfg(not(test))]
mod choice {
    #[repr(C)]
    pub struct Choice {
        marker: [u8; 32],
        number: u32,
    }

    #[used]
    #[unsafe(no_mangle)]
    pub static HURDLE_MUTANT: Choice = Choice {
        marker: *b"hurdle: the guard that is out ->",
        number: 0,
    };

    #[inline(always)]
    pub fn number() -> u32 {
        unsafe { core::ptr::read_volatile(&raw const HURDLE_MUTANT.number) }
    }
}

#[cfg(test)]
mod choice {
    use std::sync::LazyLock;

    static NUMBER: LazyLock<u32> = LazyLock::new(|| {
        std::env::var("HURDLE_MUTANT").map_or(0, |number| number.parse().expect("HURDLE_MUTANT is a number"))
    });

    pub fn number() -> u32 {
        *NUMBER
    }
}

#[inline(always)]
pub fn out(mutant: u32) -> bool {
    let number = choice::number();
    number == mutant || number == u32::MAX
}
