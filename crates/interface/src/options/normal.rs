//! The upper tail of the standard normal distribution, Q(x) = 1 − Φ(x), in integers.

/// Knots to a unit of x: 2^9.
const PER_UNIT: i64 = 512;
/// Binary digits of x, in Q28, below a knot.
const DIGITS: u32 = 19;
/// Steps from 0 to 5.5; beyond, the tail is below [`TAIL_ERROR`].
const STEPS: usize = 2_816;
/// The end of the table in Q28.
const END: u64 = 11 << 27;

/// One in Q48, the unit in which the table is computed.
const FINE: i64 = 1 << 48;
/// φ(0) = 1/√(2π) in Q48.
const DENSITY_AT_ZERO: i64 = 112_292_269_084_889;

/// Q at each knot in Q32, less half of what a chord lies above a convex function, x·φ/16/512².
static TAILS: [u32; STEPS + 1] = tails();

/// From knot to knot by Taylor series of φ and of its integral: with φ' = −x·φ, the coefficients of φ about x are
/// (n + 1)·cₙ₊₁ = −x·cₙ − cₙ₋₁. Six terms are exact to 1e-19; 2,816 steps round by less than 2^-34 together.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "evaluated by the compiler, which refuses an overflow; a tail in Q32 is at most 2^31"
)]
const fn tails() -> [u32; STEPS + 1] {
    let mut tails = [0; STEPS + 1];
    let (mut tail, mut density) = (FINE / 2, DENSITY_AT_ZERO);
    let mut knot = 0;
    let mut x = 0;
    while knot <= STEPS {
        let sagitta = x * density / (16 * PER_UNIT * PER_UNIT * PER_UNIT);
        tails[knot] = ((tail - sagitta + (1 << 15)) >> 16) as u32;
        // c and before: coefficients times a power of the step; their sum is φ at the next knot
        let (mut c, mut before) = (density, 0);
        let (mut next, mut area) = (density, density);
        let mut n = 1;
        while n < 6 {
            let coefficient = -(x * c + before) / (n * PER_UNIT * PER_UNIT);
            (before, c) = (c, coefficient);
            next += c;
            area += c / (n + 1);
            n += 1;
        }
        tail -= area / PER_UNIT;
        density = next;
        knot += 1;
        x += 1;
    }
    tails
}

/// What [`tail`] may be off by, in Q32. A chord lies at most max|φ'|/8/512² = 0.24197/8/512² above the function, of which
/// half is taken off the table: 248; the roundings of table and interpolation add less than 3. Beyond the table the tail
/// is at most 82.
pub(super) const TAIL_ERROR: i64 = 251;

/// Q(x) in Q32 for an `x` in Q28, within [`TAIL_ERROR`] (5.9e-8). Falls with `x`.
#[inline(always)]
pub(super) fn tail(x: u64) -> i64 {
    if x >= END {
        return 0;
    }
    let knot = usize::try_from(x >> DIGITS).unwrap_or(STEPS);
    let left = u64::from(TAILS.get(knot).copied().unwrap_or(0));
    let right = u64::from(TAILS.get(knot.wrapping_add(1)).copied().unwrap_or(0));
    let part = x & ((1 << DIGITS) - 1);
    let fall = left.wrapping_sub(right).wrapping_mul(part) >> DIGITS;
    left.wrapping_sub(fall).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::tests::reference;

    #[test]
    fn the_table_holds_the_distribution() {
        let one = 2f64.powi(32);
        assert_eq!(u64::try_from(STEPS).unwrap() << DIGITS, END);
        assert_eq!(
            DENSITY_AT_ZERO,
            (reference::density(0.0) * FINE as f64).round() as i64
        );
        for (knot, held) in TAILS.into_iter().enumerate() {
            let x = knot as f64 / PER_UNIT as f64;
            let sagitta = x * reference::density(x) / 16.0 / (PER_UNIT as f64).powi(2);
            let exact = (reference::tail(x) - sagitta) * one;
            assert!((f64::from(held) - exact).abs() < 0.75, "{knot}: {held} {exact}");
        }
    }

    #[test]
    fn the_tail_is_within_its_error_everywhere_and_falls() {
        let mut before = tail(0);
        assert_eq!(before, 1 << 31);
        // a prime step, so that every distance to a knot occurs
        for x in (0..7u64 << 28).step_by(1_009) {
            let exact = reference::tail(x as f64 / 2f64.powi(28)) * 2f64.powi(32);
            let held = tail(x);
            assert!(
                (held as f64 - exact).abs() <= TAIL_ERROR as f64,
                "x = {x}: {held}"
            );
            assert!(held <= before, "x = {x}");
            before = held;
        }
        for x in [END, 7 << 28, 1 << 60, u64::MAX] {
            assert_eq!(tail(x), 0);
        }
    }
}
