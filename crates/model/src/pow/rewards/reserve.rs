//! What a pool that bears the luck must hold.

use super::BlockIncome;
use crate::error::{ModelError, Result, open_fraction, representable};
use crate::roots::itp;

/// The reserve that a pool that pays per share starts with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PoolReserve {
    /// With which it is ruined with the stated probability, exactly.
    pub exact: f64,
    /// The same for a Brownian surplus: Rosenfeld's B·ln(1/δ)/(2f) for equal blocks.
    pub diffusion: f64,
}

/// Reserve of a pool that receives `income` from every block and pays its members `paid` per expected block, so that it is
/// ever ruined with the probability `ruin`.
///
/// The surplus falls steadily and jumps up at a block (the dual risk model), so that ruin from a reserve u has exactly the
/// probability e^(−κu), with κ > 0 from E\[e^(−κY)\] = 1 − κ·paid (Avanzi, Gerber & Shiu 2007, "Optimal
/// dividends in the dual model").
/// For small margins κ is 2·(E\[Y\] − paid)/E\[Y²\], which gives R = B·ln(1/δ)/(2f) of Rosenfeld 2011; it is on the safe
/// side. PPS pays (1 − f) × subsidy, FPPS (1 − f) × (subsidy + mean fees).
///
/// # Errors
/// As [`BlockIncome::checked`]; [`ModelError::OutOfRange`] where the pool pays all it earns or more, or nothing, and for a
/// probability outside (0, 1); [`ModelError::NotFinite`], [`ModelError::Overflow`].
pub fn pool_reserve(income: BlockIncome, paid: f64, ruin: f64) -> Result<PoolReserve> {
    let income = income.checked()?;
    open_fraction("probability of ruin", ruin)?;
    let exponents = exponents(income, paid)?;
    let distance = -ruin.ln();
    Ok(PoolReserve {
        exact: representable("reserve of the pool", distance / exponents.exact)?,
        diffusion: representable("reserve of the pool", distance / exponents.diffusion)?,
    })
}

/// Lundberg's exponent, and that of the diffusion with the same mean and variance.
pub(super) struct Exponents {
    pub(super) exact: f64,
    pub(super) diffusion: f64,
}

/// κ with E\[e^(−κY)\] = 1 − κ·paid, for a checked income.
pub(super) fn exponents(income: BlockIncome, paid: f64) -> Result<Exponents> {
    let mean = income.mean();
    // in units of the mean; a margin of less than 10⁻⁹ is none
    let paid = crate::error::within(
        "what is paid out per block",
        paid,
        mean * 1e-9,
        mean * (1.0 - 1e-9),
    )? / mean;
    let unit = BlockIncome {
        subsidy: income.subsidy / mean,
        fees: income.fees / mean,
        ..income
    };
    // e^(−x) ≤ 1 − x + x²/2 puts the root above the diffusion's, and 1 − κ·paid > 0 below 1/paid
    let diffusion = 2.0 * (1.0 - paid) / unit.second_moment();
    let gap = |kappa: f64| Ok::<_, ModelError>(unit.log_laplace(kappa).exp_m1() + kappa * paid);
    let far = 1.0 / paid;
    let (start, end) = (gap(diffusion)?.min(0.0), gap(far)?);
    let exact = if diffusion < far {
        itp(gap, (diffusion, start), (far, end), 1e-15)?.x
    } else {
        far
    };
    Ok(Exponents {
        exact: exact / mean,
        diffusion: diffusion / mean,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close};
    use proptest::prelude::*;

    const BLOCK: BlockIncome = BlockIncome {
        subsidy: 50.0,
        fees: 0.0,
        fee_variation: 0.0,
    };

    #[test]
    fn a_fee_of_five_percent_needs_rosenfelds_reserve() {
        // Rosenfeld 2011: B = 50, f = 5 %, δ = 10⁻³: R = 50·ln(1000)/(2·0.05) = 3,454.
        let reserve = pool_reserve(BLOCK, 47.5, 1e-3).unwrap();
        assert_close(reserve.diffusion, 3_453.877_639_491_07, 1e-6);
        assert!(reserve.exact < reserve.diffusion && reserve.exact > 0.95 * reserve.diffusion);
    }

    #[test]
    fn a_pool_with_that_reserve_is_ruined_as_often_as_stated() {
        let income = BlockIncome {
            subsidy: 3.0,
            fees: 1.0,
            fee_variation: 1.0,
        };
        let paid = 3.2;
        let reserve = pool_reserve(income, paid, 0.1).unwrap();
        let mut rng = Rng::new(9);
        let trials = 20_000;
        let mut ruined = 0;
        for _ in 0..trials {
            let mut surplus = reserve.exact;
            // beyond eight times the reserve it is ruined with a probability of 10⁻⁸
            while surplus < 8.0 * reserve.exact {
                surplus += paid * (1.0 - rng.uniform()).ln();
                if surplus <= 0.0 {
                    ruined += 1;
                    break;
                }
                surplus += 3.0 - (1.0 - rng.uniform()).ln();
            }
        }
        // four standard errors
        assert_close(f64::from(ruined) / f64::from(trials), 0.1, 8.5e-3);
    }

    #[test]
    fn a_pool_without_a_margin_has_no_reserve_that_is_enough() {
        for paid in [50.0, 51.0, 0.0, -1.0, f64::NAN] {
            assert!(pool_reserve(BLOCK, paid, 0.01).is_err());
        }
        for ruin in [0.0, 1.0, f64::NAN] {
            assert!(pool_reserve(BLOCK, 47.5, ruin).is_err());
        }
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn the_exponent_makes_the_surplus_a_martingale(
            fees in 0.0_f64..50.0,
            fee_variation in 0.0_f64..5.0,
            fee in 1e-4_f64..0.9,
        ) {
            let income = BlockIncome { fees, fee_variation, ..BLOCK };
            let paid = (1.0 - fee) * income.mean();
            let found = exponents(income, paid).unwrap();
            let gap = income.log_laplace(found.exact).exp() - 1.0 + found.exact * paid;
            prop_assert!(gap.abs() < 1e-12, "{}", gap);
            prop_assert!(found.exact >= found.diffusion * (1.0 - 1e-12));
        }
    }
}
