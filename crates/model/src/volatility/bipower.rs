//! Variation robust to jumps, and whether there were any.

use core::f64::consts::{FRAC_PI_2, PI};

use super::realised::{elapsed, realised};
use crate::error::{ModelError, Result, at_least, count, positive, representable};
use crate::normal;
use crate::series::LogReturn;

/// The variation split into its continuous part and its jumps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bipower {
    /// Volatility of the continuous part, per √year.
    pub continuous: f64,
    /// Volatility of the whole, per √year.
    pub total: f64,
    /// Share of the variance due to jumps, [0, 1].
    pub jump_share: f64,
}

/// The estimator of the integrated quarticity ∫σ⁴dt that scales a jump statistic. Both are robust to jumps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quarticity {
    /// From products of three neighbours to the power 4/3 (Andersen, Bollerslev & Diebold 2007).
    Tripower,
    /// From products of four neighbours (Barndorff-Nielsen & Shephard 2004).
    QuadPower,
}

/// A test of the hypothesis that the price moved without jumps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JumpTest {
    /// Relative jump variation 1 − bipower/realised; negative by chance only.
    pub relative_jump: f64,
    /// Standard normal without jumps, large with them.
    pub statistic: f64,
    /// Probability of a statistic this large without jumps.
    pub p_value: f64,
    /// Returns used.
    pub returns: usize,
}

/// Bipower variation (Barndorff-Nielsen & Shephard 2004) with each product scaled by √(Δtᵢ·Δtᵢ₋₁), for
/// which E|rᵢ||rᵢ₋₁| = (2/π)·σ²·√(Δtᵢ·Δtᵢ₋₁): jumps of finite number do not enter it. The jump share is
/// max(0, 1 − bipower/realised).
///
/// # Errors
/// [`ModelError::TooFew`] below two returns, [`ModelError::Overflow`].
pub fn bipower(returns: &[LogReturn]) -> Result<Bipower> {
    at_least("returns", 2, returns.len())?;
    let total = realised(returns)?.volatility;
    let (mut products, mut time) = (0.0, 0.0);
    for pair in returns.windows(2) {
        products += (pair[0].value * pair[1].value).abs();
        time += (pair[0].years * pair[1].years).sqrt();
    }
    positive("elapsed time", time)?;
    let continuous_variance = FRAC_PI_2 * products / time;
    let continuous = representable("bipower volatility", continuous_variance.sqrt())?;
    let jump_share = if total > 0.0 {
        (1.0 - (continuous / total).powi(2)).max(0.0)
    } else {
        0.0
    };
    Ok(Bipower {
        continuous,
        total,
        jump_share,
    })
}

/// The ratio test for jumps of Barndorff-Nielsen & Shephard (2006, "Econometrics of Testing for Jumps", eq. 14, with
/// the small-sample factors of Huang & Tauchen 2005):
///
/// z = (1 − BV/RV) / √(ϑ·max(1, Q/BV²)/n), ϑ = π²/4 + π − 5.
///
/// Returns over unequal times are first carried to the mean one, r·√(mean Δt/Δt), which assumes no more than the
/// products of neighbours do: that volatility changes little from one to the next.
///
/// # Errors
/// [`ModelError::TooFew`] below five returns, [`ModelError::Unidentified`] where so many returns are zero that no
/// product of neighbours is left.
pub fn jump_test(returns: &[LogReturn], quarticity: Quarticity) -> Result<JumpTest> {
    at_least("returns", 5, returns.len())?;
    elapsed(returns)?;
    // The statistic has no scale; neither have its terms once the largest is one.
    let unscaled: Vec<f64> = returns
        .iter()
        .map(|r| representable("return per √year", r.value.abs() / r.years.sqrt()))
        .collect::<Result<_>>()?;
    let largest = unscaled.iter().copied().fold(0.0, f64::max);
    let unidentified = ModelError::Unidentified {
        what: "jump statistic",
    };
    if largest == 0.0 {
        return Err(unidentified);
    }
    let x: Vec<f64> = unscaled.into_iter().map(|value| value / largest).collect();
    let n = count(x.len());
    let realised: f64 = x.iter().map(|x| x * x).sum();
    let bipower = FRAC_PI_2 * n / (n - 1.0) * neighbours(&x, 2, 1.0);
    let quarticity = n * match quarticity {
        Quarticity::Tripower => n / (n - 2.0) / moment_four_thirds().powi(3) * neighbours(&x, 3, 4.0 / 3.0),
        Quarticity::QuadPower => n / (n - 3.0) * FRAC_PI_2 * FRAC_PI_2 * neighbours(&x, 4, 1.0),
    };
    let relative_quarticity = quarticity / (bipower * bipower);
    if !(bipower > 0.0 && relative_quarticity.is_finite()) {
        return Err(unidentified);
    }
    let relative_jump = 1.0 - bipower / realised;
    let variance = (PI * PI / 4.0 + PI - 5.0) * relative_quarticity.max(1.0) / n;
    let statistic = representable("jump statistic", relative_jump / variance.sqrt())?;
    Ok(JumpTest {
        relative_jump,
        statistic,
        p_value: normal::survival(statistic),
        returns: x.len(),
    })
}

/// Σ of the products of `width` neighbours, each to the given power.
fn neighbours(x: &[f64], width: usize, power: f64) -> f64 {
    x.windows(width)
        .map(|window| window.iter().product::<f64>().powf(power))
        .sum()
}

/// E|Z|^(4/3) = 2^(2/3)·Γ(7/6)/Γ(1/2) of a standard normal Z.
fn moment_four_thirds() -> f64 {
    2.0_f64.powf(2.0 / 3.0) * libm::tgamma(7.0 / 6.0) / PI.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close};
    use proptest::prelude::*;

    fn returns(values: impl IntoIterator<Item = (f64, f64)>) -> Vec<LogReturn> {
        values
            .into_iter()
            .enumerate()
            .map(|(i, (years, value))| LogReturn {
                time: i as i64,
                years,
                value,
            })
            .collect()
    }

    /// n returns over uneven times whose volatility moves slowly between 0.4 and 0.8.
    fn diffusion(seed: u64, n: usize) -> Vec<LogReturn> {
        let mut rng = Rng::new(seed);
        returns((0..n).map(|i| {
            let years = 1e-5 * (0.5 + rng.uniform());
            let volatility = 0.6 + 0.2 * (i as f64 * 6.0 / n as f64).sin();
            (years, volatility * years.sqrt() * rng.normal())
        }))
    }

    #[test]
    fn without_jumps_the_statistic_is_standard_normal() {
        for quarticity in [Quarticity::Tripower, Quarticity::QuadPower] {
            let z: Vec<f64> = (0..2000)
                .map(|seed| jump_test(&diffusion(seed, 288), quarticity).unwrap().statistic)
                .collect();
            let mean = z.iter().sum::<f64>() / 2000.0;
            let variance = z.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / 2000.0;
            let rejected = z.iter().filter(|z| normal::survival(**z) < 0.05).count() as f64 / 2000.0;
            assert_close(mean, 0.0, 0.15);
            assert_close(variance, 1.0, 0.15);
            assert_close(rejected, 0.05, 0.025);
        }
    }

    #[test]
    fn a_jump_of_several_deviations_is_found() {
        let mut moves = diffusion(7, 288);
        moves[100].value += 12.0 * 0.6 * 1e-5_f64.sqrt();
        assert!(jump_test(&moves, Quarticity::Tripower).unwrap().p_value < 1e-4);
        assert!(jump_test(&moves, Quarticity::QuadPower).unwrap().p_value < 1e-4);
    }

    #[test]
    fn what_carries_no_variation_is_refused() {
        let still = returns([(1e-4, 0.0); 6]);
        let unidentified = Err(ModelError::Unidentified {
            what: "jump statistic",
        });
        assert_eq!(jump_test(&still, Quarticity::Tripower), unidentified);
        let mut one_move = still;
        one_move[3].value = 0.1;
        assert_eq!(jump_test(&one_move, Quarticity::QuadPower), unidentified);
        assert!(jump_test(&one_move[..4], Quarticity::QuadPower).is_err());
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn the_statistic_depends_neither_on_scale_nor_on_sign_nor_on_the_unit_of_time(
            values in prop::collection::vec((0.5f64..2.0, 0.01f64..1.0), 5..40), scale in -1e3f64..1e3,
        ) {
            prop_assume!(scale.abs() > 1e-3);
            let plain = jump_test(&returns(values.clone()), Quarticity::Tripower).unwrap();
            let scaled = jump_test(&returns(values.into_iter().map(|(t, r)| (7.0 * t, scale * r))),
                Quarticity::Tripower).unwrap();
            prop_assert!((plain.statistic - scaled.statistic).abs() < 1e-9 * (1.0 + plain.statistic.abs()));
            prop_assert!((0.0..=1.0).contains(&plain.p_value) && plain.relative_jump <= 1.0);
        }
    }
}
