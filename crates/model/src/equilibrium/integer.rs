//! The same fixed point on the interface's integer map, to the last unit.

/// The integer rate at which |Φ(h) − h| is smallest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntegerEquilibrium {
    /// The rate, in the map's units.
    pub h: i64,
    /// Φ(h) − h.
    pub residual: i128,
    /// Evaluations of Φ.
    pub evaluations: u32,
}

/// Integers on either side of the crossing that are tried: roundings inside Φ can make it uneven by a unit or two.
const NEIGHBOURHOOD: i64 = 2;

/// Bisects Φ(h) − h, which decreases where the equilibrium is unique, over [lo, hi] (in any order), and takes the
/// integer with the smallest residual around the crossing, the lower one of two equal. Where there is no crossing the
/// nearer end is the answer and its residual says by how much it misses. At most 64 + 5 evaluations.
///
/// # Errors
/// Whatever `phi` returns.
pub fn solve_integer<E>(
    mut phi: impl FnMut(i64) -> Result<i64, E>,
    lo: i64,
    hi: i64,
) -> Result<IntegerEquilibrium, E> {
    let (lo, hi) = (lo.min(hi), lo.max(hi));
    let mut evaluations = 0;
    let mut gap = |h: i64| {
        evaluations += 1;
        phi(h).map(|value| i128::from(value) - i128::from(h))
    };
    // Invariant: every rate below `a` has a positive gap, every rate from `b` on does not (or is out of range).
    let (mut a, mut b) = (lo, hi);
    while a < b {
        // Halving towards −∞: `i64::midpoint` rounds towards zero and would stall at −1, 0.
        let middle = (a & b) + ((a ^ b) >> 1);
        if gap(middle)? > 0 {
            a = middle.saturating_add(1);
        } else {
            b = middle;
        }
    }
    let first = a.saturating_sub(NEIGHBOURHOOD).max(lo);
    let last = a.saturating_add(NEIGHBOURHOOD).min(hi);
    let mut best = (first, gap(first)?);
    for h in (first..=last).skip(1) {
        let residual = gap(h)?;
        if residual.abs() < best.1.abs() {
            best = (h, residual);
        }
    }
    Ok(IntegerEquilibrium {
        h: best.0,
        residual: best.1,
        evaluations,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::convert::Infallible;
    use proptest::prelude::*;

    fn run(phi: impl Fn(i64) -> i64, lo: i64, hi: i64) -> IntegerEquilibrium {
        solve_integer(|h| Ok::<_, Infallible>(phi(h)), lo, hi).unwrap()
    }

    #[test]
    fn the_ends_of_the_range_answer_where_nothing_crosses() {
        assert_eq!(
            run(|_| 500, 0, 100),
            IntegerEquilibrium {
                h: 100,
                residual: 400,
                evaluations: 9
            }
        );
        assert_eq!(run(|_| -7, 0, 100).h, 0);
        assert_eq!(
            run(|_| 3, 3, 3),
            IntegerEquilibrium {
                h: 3,
                residual: 0,
                evaluations: 1
            }
        );
        assert_eq!(run(|_| 0, i64::MIN, i64::MAX).h, 0);
        assert_eq!(run(|_| i64::MIN, i64::MIN, i64::MAX).h, i64::MIN);
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn it_is_the_best_of_all_integers_even_with_uneven_rounding(
            root in -400i64..400, slope_percent in -300i64..90, wobble in any::<u64>(),
        ) {
            let phi = |h: i64| {
                let noise = (h.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ wobble) >> 63;
                root + (h - root) * slope_percent / 100 + i64::from(noise == 1)
            };
            let found = run(phi, -1000, 1000);
            let smallest = (-1000..=1000).map(|h| (phi(h) - h).abs()).min().unwrap();
            // A slope near 1 spreads a rounding of one unit over several integers.
            let tolerance = i128::from(slope_percent > 50);
            prop_assert!(found.residual.abs() <= i128::from(smallest) + tolerance);
            prop_assert!(found.evaluations < 20);
        }
    }
}
