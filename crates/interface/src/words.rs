//! Keys and digests as words.

/// Whether two keys or digests are equal: by words from the first on, where unequal ones nearly always differ. The
/// compiler's own comparison of 32 bytes is a system call, three times as dear.
#[inline(always)]
pub(crate) fn equal(a: &[u8; 32], b: &[u8; 32]) -> bool {
    let [a0, a1, a2, a3] = words(a);
    let [b0, b1, b2, b3] = words(b);
    a0 == b0 && a1 == b1 && a2 == b2 && a3 == b3
}

#[inline(always)]
fn words(bytes: &[u8; 32]) -> [u64; 4] {
    bytemuck::pod_read_unaligned(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_in_any_byte_is_seen() {
        let a = [7; 32];
        assert!(equal(&a, &a.clone()));
        for at in 0..32 {
            let mut b = a;
            b[at] ^= 0x80;
            assert!(!equal(&a, &b), "byte {at}");
        }
    }
}
