//! Whether a miner's cash lasts when luck alone is bad.

use super::gamma::poisson_mass;
use super::reserve::exponents;
use super::{BlockIncome, expected_blocks};
use crate::error::{Result, non_negative, positive, representable};
use crate::tail::InsuranceFund;

/// A miner who pays his costs steadily and is rewarded block by block. Money in any one unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Solvency {
    /// Cash at the start.
    pub cash: f64,
    /// What is paid per day: energy, operation, interest.
    pub expenses: f64,
    /// Rewarded blocks expected per day: the miner's own, or his pool's.
    pub blocks: f64,
    /// What a block brings the miner: all of it, or his share of the pool.
    pub income: BlockIncome,
}

/// Rewards over the horizon up to which the exact sum is taken; beyond, luck is Brownian.
const EXACT: f64 = 200_000.0;

impl Solvency {
    /// Probability that the cash runs out within `days`.
    ///
    /// For rewards of one size B, cash u and expenses c it runs out exactly at some t = (u + nB)/c with n rewards by then, and
    /// by the ballot theorem first then with probability u/(u + nB)·P(N(t) = n) (Takács 1967, "Combinatorial Methods in the
    /// Theory of Stochastic Processes"; Kendall's identity), so that the answer is a finite sum. Rewards of random size
    /// enter by the size E\[Y²\]/E\[Y\] at the rate λ·E\[Y\]²/E\[Y²\], which keep mean and variance, in the manner of De Vylder
    /// (1978). Beyond 200,000 rewards the sum gives way to the Brownian motion of the same mean and variance.
    ///
    /// # Errors
    /// [`crate::ModelError`] naming the first figure outside its domain; [`crate::ModelError::Overflow`].
    pub fn ruin_probability(&self, days: f64) -> Result<f64> {
        let (cash, expenses, income) = self.checked()?;
        let horizon = positive("horizon", days)?;
        if cash == 0.0 {
            return Ok(1.0);
        }
        let spent = representable("expenses over the horizon", expenses * horizon)?;
        if spent < cash {
            return Ok(0.0);
        }
        let size = income.second_moment() / income.mean();
        let rate = self.blocks * (income.mean() / size);
        let most = ((spent - cash) / size).floor();
        if most > EXACT || rate * horizon > EXACT {
            let surplus = InsuranceFund {
                size: cash,
                drift: representable("drift of the cash", rate * size - expenses)?,
                volatility: size * rate.sqrt(),
            };
            return surplus.ruin_probability(horizon);
        }
        let (mut sum, mut n) = (0.0, 0.0);
        while n <= most {
            let paid = cash + n * size;
            sum += cash / paid * poisson_mass(n, rate * (paid / expenses));
            n += 1.0;
        }
        Ok(sum.min(1.0))
    }

    /// Probability that it ever runs out: certain where expenses reach the mean income, otherwise e^(−κ·cash) with
    /// E\[e^(−κY)\] = 1 − κ·expenses/blocks, exactly.
    ///
    /// # Errors
    /// As [`Self::ruin_probability`].
    pub fn ever(&self) -> Result<f64> {
        let (cash, expenses, income) = self.checked()?;
        let a_block = representable("expenses per block", expenses / self.blocks)?;
        if a_block >= income.mean() * (1.0 - 1e-9) || cash == 0.0 {
            return Ok(1.0);
        }
        if a_block <= income.mean() * 1e-9 {
            // the exponent is 1/a_block but for e^(−10⁹)
            return Ok((-cash / a_block).exp());
        }
        Ok((-exponents(income, a_block)?.exact * cash).exp())
    }

    fn checked(&self) -> Result<(f64, f64, BlockIncome)> {
        expected_blocks(self.blocks)?;
        Ok((
            non_negative("cash", self.cash)?,
            positive("expenses per day", self.expenses)?,
            self.income.checked()?,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close};
    use proptest::prelude::*;

    const MINER: Solvency = Solvency {
        cash: 10.0,
        expenses: 0.8,
        blocks: 0.25,
        income: BlockIncome {
            subsidy: 4.0,
            fees: 0.0,
            fee_variation: 0.0,
        },
    };

    fn simulated(miner: &Solvency, days: f64, trials: u32) -> f64 {
        let mut rng = Rng::new(21);
        let mut ruined = 0;
        for _ in 0..trials {
            let (mut time, mut cash) = (0.0, miner.cash);
            loop {
                let wait = -(1.0 - rng.uniform()).ln() / miner.blocks;
                if cash / miner.expenses <= wait {
                    ruined += u32::from(time + cash / miner.expenses <= days);
                    break;
                }
                time += wait;
                if time > days {
                    break;
                }
                cash += miner.income.subsidy - miner.expenses * wait;
                // exponential fees
                cash -= miner.income.fees * (1.0 - rng.uniform()).ln();
            }
        }
        f64::from(ruined) / f64::from(trials)
    }

    #[test]
    fn it_is_the_share_of_simulated_miners_whose_cash_ran_out() {
        for days in [12.4, 20.0, 60.0, 365.0] {
            // five standard errors at most
            assert_close(
                MINER.ruin_probability(days).unwrap(),
                simulated(&MINER, days, 60_000),
                1e-2,
            );
        }
        let with_fees = Solvency {
            income: BlockIncome {
                subsidy: 3.0,
                fees: 1.0,
                fee_variation: 1.0,
            },
            ..MINER
        };
        for days in [60.0, 365.0] {
            assert_close(
                with_fees.ruin_probability(days).unwrap(),
                simulated(&with_fees, days, 60_000),
                1.5e-2,
            );
        }
    }

    #[test]
    fn the_bounds_of_the_horizon_are_exact() {
        // 10 / 0.8 = 12.5 days: before, nobody is ruined; at it, those without a block.
        assert_close(MINER.ruin_probability(12.4).unwrap(), 0.0, 0.0);
        assert_close(
            MINER.ruin_probability(12.5).unwrap(),
            (-12.5_f64 * 0.25).exp(),
            1e-14,
        );
        let ever = MINER.ever().unwrap();
        assert_close(MINER.ruin_probability(40_000.0).unwrap(), ever, 1e-9);
        assert_close(
            Solvency { cash: 0.0, ..MINER }.ruin_probability(1.0).unwrap(),
            1.0,
            0.0,
        );
        let losing = Solvency {
            expenses: 1.2,
            ..MINER
        };
        assert_close(losing.ever().unwrap(), 1.0, 0.0);
        assert_close(losing.ruin_probability(4_000.0).unwrap(), 1.0, 1e-9);
    }

    #[test]
    fn many_small_rewards_are_a_brownian_motion() {
        let pooled = |share: f64| Solvency {
            cash: 2.0,
            expenses: 1.0 * 0.999,
            blocks: 0.25 / share,
            income: BlockIncome {
                subsidy: 4.0 * share,
                ..MINER.income
            },
        };
        // 187,500 and 300,000 rewards over the horizon, to either side of the switch
        let (exact, brownian) = (pooled(4e-4), pooled(2.5e-4));
        let days = 300.0;
        let near = |miner: Solvency| miner.ruin_probability(days).unwrap();
        assert!(near(exact) > near(brownian) && near(brownian) > 0.0);
        let same = InsuranceFund {
            size: 2.0,
            drift: 1e-3,
            volatility: (0.25 / 4e-4_f64).sqrt() * 4.0 * 4e-4,
        };
        assert_close(near(exact) / same.ruin_probability(days).unwrap(), 1.0, 2e-2);
    }

    #[test]
    fn impossible_miners_are_refused() {
        for bad in [f64::NAN, f64::INFINITY, -1.0] {
            assert!(Solvency { cash: bad, ..MINER }.ruin_probability(1.0).is_err());
            assert!(
                Solvency {
                    expenses: bad,
                    ..MINER
                }
                .ever()
                .is_err()
            );
            assert!(Solvency { blocks: bad, ..MINER }.ever().is_err());
            assert!(MINER.ruin_probability(bad).is_err());
        }
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn it_grows_with_the_horizon_and_with_expenses_and_falls_with_cash(
            cash in 0.1_f64..50.0,
            expenses in 0.1_f64..3.0,
            blocks in 0.01_f64..10.0,
            days in 1.0_f64..1000.0,
            fee_variation in 0.0_f64..3.0,
        ) {
            let miner = Solvency { cash, expenses, blocks, income: BlockIncome { subsidy: 1.0, fees: 0.3, fee_variation } };
            let ruin = miner.ruin_probability(days).unwrap();
            prop_assert!((0.0..=1.0).contains(&ruin));
            prop_assert!(miner.ruin_probability(2.0 * days).unwrap() >= ruin - 1e-12);
            let dearer = Solvency { expenses: 1.5 * expenses, ..miner };
            prop_assert!(dearer.ruin_probability(days).unwrap() >= ruin - 1e-12);
            let richer = Solvency { cash: 1.5 * cash, ..miner };
            prop_assert!(richer.ruin_probability(days).unwrap() <= ruin + 1e-12);
            if fee_variation == 0.0 {
                prop_assert!(miner.ever().unwrap() >= ruin - 1e-9);
            }
        }
    }
}
