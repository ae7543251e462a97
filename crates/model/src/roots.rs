//! Bracketed root finding.

/// A root of a function with a sign change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Root {
    /// Where the function is zero, to the requested tolerance.
    pub x: f64,
    /// The function's value there.
    pub value: f64,
    /// Evaluations made.
    pub iterations: usize,
}

/// Root of `f` in [a, b] by the ITP method of Oliveira & Takahashi (2021, "An Enhancement of the Bisection Method
/// Average Performance Preserving Minmax Optimality", ACM TOMS 47(1)): superlinear on smooth functions, never more than
/// one evaluation above bisection, so it ends for any function. `fa` and `fb` are the values at the ends; they must
/// differ in sign, or one of them be zero.
///
/// # Errors
/// Whatever `f` returns.
pub(crate) fn itp<E>(
    mut f: impl FnMut(f64) -> Result<f64, E>,
    (mut a, mut fa): (f64, f64),
    (mut b, mut fb): (f64, f64),
    tolerance: f64,
) -> Result<Root, E> {
    if fa == 0.0 {
        return Ok(Root {
            x: a,
            value: fa,
            iterations: 0,
        });
    }
    if fb == 0.0 {
        return Ok(Root {
            x: b,
            value: fb,
            iterations: 0,
        });
    }
    // The tolerance cannot be finer than the numbers themselves.
    let epsilon = tolerance
        .max(4.0 * f64::EPSILON * a.abs().max(b.abs()))
        .max(f64::MIN_POSITIVE);
    let kappa1 = 0.2 / (b - a);
    let half_range = ((b - a) / (2.0 * epsilon)).log2().ceil().max(0.0);
    let budget = half_range + 1.0;
    let mut radius_exponent = budget;
    let mut iterations = 0;
    // Best point seen, so that the answer is an evaluated one with its true residual.
    let mut best = if fa.abs() < fb.abs() { (a, fa) } else { (b, fb) };
    while b - a > 2.0 * epsilon {
        let middle = a + (b - a) / 2.0;
        let radius = (epsilon * radius_exponent.exp2() - (b - a) / 2.0).max(0.0);
        let truncation = kappa1 * (b - a) * (b - a);
        let interpolated = (fb * a - fa * b) / (fb - fa);
        let sign = if middle >= interpolated { 1.0 } else { -1.0 };
        let towards_middle = if truncation <= (middle - interpolated).abs() {
            interpolated + sign * truncation
        } else {
            middle
        };
        let mut x = if (towards_middle - middle).abs() <= radius {
            towards_middle
        } else {
            middle - sign * radius
        };
        if !(x > a && x < b) {
            x = middle;
        }
        let fx = f(x)?;
        iterations += 1;
        if fx.abs() <= best.1.abs() {
            best = (x, fx);
        }
        if fx == 0.0 {
            break;
        } else if (fx > 0.0) == (fb > 0.0) {
            (b, fb) = (x, fx);
        } else {
            (a, fa) = (x, fx);
        }
        radius_exponent -= 1.0;
    }
    Ok(Root {
        x: best.0,
        value: best.1,
        iterations,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;
    use core::convert::Infallible;

    fn solve(f: impl Fn(f64) -> f64, a: f64, b: f64) -> Root {
        itp(|x| Ok::<_, Infallible>(f(x)), (a, f(a)), (b, f(b)), 1e-13).unwrap()
    }

    #[test]
    fn finds_known_roots() {
        assert_close(
            solve(|x| x * x - 2.0, 0.0, 2.0).x,
            core::f64::consts::SQRT_2,
            2e-13,
        );
        assert_close(solve(f64::cos, 1.0, 2.0).x, core::f64::consts::FRAC_PI_2, 2e-13);
        assert_close(solve(|x| x - x.cos(), 0.0, 1.0).x, 0.739_085_133_215_160_6, 2e-13);
    }

    #[test]
    fn is_superlinear_on_smooth_functions_and_never_slower_than_bisection() {
        let bisections = (1.0_f64 / 1e-13).log2().ceil() as usize;
        assert!(solve(|x| x.exp() - 1.5, 0.0, 1.0).iterations < 12);
        let step = solve(|x| if x < 0.3 { -1.0 } else { 1.0 }, 0.0, 1.0);
        assert!(step.iterations <= bisections + 1, "{}", step.iterations);
        assert_close(step.x, 0.3, 1e-12);
    }
}
