//! The sum of what a Poisson number of blocks pays.

use super::gamma::{gamma_cdf, poisson_cdf, poisson_mass};
use super::{BlockIncome, expected_blocks};
use crate::error::{Result, finite, open_fraction, representable};
use crate::roots::itp;

/// Income of a horizon in which blocks are found at random.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rewards {
    blocks: f64,
    income: BlockIncome,
}

/// Expected blocks up to which the distribution is the exact mixture; beyond, the translated gamma distribution of the
/// same mean, variance and skewness (Seal 1977), which differs by the kurtosis' order of 1/blocks.
const EXACT: f64 = 2_000.0;

impl Rewards {
    /// `blocks` expected over the horizon (a share of the network's), each of which pays `income`.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for blocks outside 10⁻¹² … 10⁸, [`crate::ModelError::NotPositive`], [`crate::ModelError::NotFinite`],
    /// and as [`BlockIncome::checked`].
    pub fn new(blocks: f64, income: BlockIncome) -> Result<Self> {
        Ok(Self {
            blocks: expected_blocks(blocks)?,
            income: income.checked()?,
        })
    }

    /// Mean.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.blocks * self.income.mean()
    }

    /// Variance, λ·E\[Y²\].
    #[must_use]
    pub fn variance(&self) -> f64 {
        self.blocks * self.income.second_moment()
    }

    /// Standard deviation ÷ mean.
    #[must_use]
    pub fn variation(&self) -> f64 {
        self.variance().sqrt() / self.mean()
    }

    /// Skewness, E\[Y³\]/(√λ·E\[Y²\]^1.5).
    #[must_use]
    pub fn skewness(&self) -> f64 {
        // of the income in units of its mean, whose powers stay within range
        let scale = self.income.mean();
        let (second, third) = (
            self.income.second_moment() / (scale * scale),
            self.income.third_moment() / (scale * scale) / scale,
        );
        third / (second.powf(1.5) * self.blocks.sqrt())
    }

    /// Probability of no block, e^(−λ).
    #[must_use]
    pub fn probability_of_none(&self) -> f64 {
        (-self.blocks).exp()
    }

    /// Probability of at most `blocks` blocks.
    ///
    /// # Errors
    /// [`crate::ModelError::NotConverged`].
    pub fn at_most(&self, blocks: u32) -> Result<f64> {
        poisson_cdf(f64::from(blocks), self.blocks)
    }

    /// Probability that the income does not exceed `x`.
    ///
    /// # Errors
    /// [`crate::ModelError::NotFinite`], [`crate::ModelError::NotConverged`].
    pub fn cdf(&self, x: f64) -> Result<f64> {
        let x = finite("income", x)?;
        if x < 0.0 {
            return Ok(0.0);
        }
        if self.is_lattice() {
            // a sum that equals a multiple of the reward but for rounding counts as reaching it
            return poisson_cdf((x / self.income.mean() * (1.0 + 1e-12)).floor(), self.blocks);
        }
        if self.blocks > EXACT {
            return self.translated_gamma(x);
        }
        let square = self.income.fee_variation * self.income.fee_variation;
        let scale = self.income.fees * square;
        let (first, last) = self.counts();
        let mut sum = if first > 0.0 {
            0.0
        } else {
            self.probability_of_none()
        };
        let mut n = first.max(1.0);
        while n <= last {
            let fees = x - n * self.income.subsidy;
            if fees < 0.0 {
                break;
            }
            sum += poisson_mass(n, self.blocks) * gamma_cdf(n / square, fees / scale)?;
            n += 1.0;
        }
        Ok(sum.min(1.0))
    }

    /// The least income that is not exceeded with probability `p`.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for a probability outside (0, 1), [`crate::ModelError::NotConverged`].
    pub fn quantile(&self, p: f64) -> Result<f64> {
        open_fraction("probability", p)?;
        if p <= self.probability_of_none() {
            return Ok(0.0);
        }
        if self.is_lattice() {
            return Ok(self.count_quantile(p)? * self.income.mean());
        }
        let gap = |x: f64| Ok(self.cdf(x)? - p);
        let deviation = self.variance().sqrt();
        let (mut low, mut high) = (0.0, self.mean() + deviation);
        let mut at_low = gap(0.0)?;
        let mut at_high = gap(high)?;
        while at_high < 0.0 {
            (low, at_low) = (high, at_high);
            high = representable("quantile of the income", high * 2.0)?;
            at_high = gap(high)?;
        }
        Ok(itp(gap, (low, at_low), (high, at_high), 1e-12 * high)?.x)
    }

    /// Whether every block pays the same.
    fn is_lattice(&self) -> bool {
        // a variance too small for the gamma's shape to be a useful number counts as none
        self.income.fees * self.income.fee_variation <= 1e-6 * self.income.mean()
    }

    /// Least and greatest number of blocks that have any probability to speak of.
    fn counts(&self) -> (f64, f64) {
        let width = 10.0 * self.blocks.sqrt() + 40.0;
        (
            (self.blocks - width).max(0.0).floor(),
            (self.blocks + width).ceil(),
        )
    }

    /// The least number of blocks whose distribution function reaches `p`.
    fn count_quantile(&self, p: f64) -> Result<f64> {
        let (mut low, mut high) = self.counts();
        while low < high {
            let middle = ((low + high) / 2.0).floor();
            if poisson_cdf(middle, self.blocks)? >= p {
                high = middle;
            } else {
                low = middle + 1.0;
            }
        }
        Ok(low)
    }

    fn translated_gamma(&self, x: f64) -> Result<f64> {
        let (skewness, deviation) = (self.skewness(), self.variance().sqrt());
        let shape = 4.0 / (skewness * skewness);
        let scale = deviation * skewness / 2.0;
        gamma_cdf(shape, (x - self.mean()) / scale + shape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close};
    use proptest::prelude::*;

    fn rewards(blocks: f64, fees: f64, fee_variation: f64) -> Rewards {
        let subsidy = 3.125;
        Rewards::new(
            blocks,
            BlockIncome {
                subsidy,
                fees,
                fee_variation,
            },
        )
        .unwrap()
    }

    #[test]
    fn with_equal_blocks_it_is_the_poisson_distribution() {
        let month = rewards(0.5, 0.0, 0.0);
        assert_close(month.probability_of_none(), (-0.5_f64).exp(), 1e-15);
        assert_close(month.at_most(1).unwrap(), 1.5 * (-0.5_f64).exp(), 1e-15);
        assert_close(month.cdf(3.125).unwrap(), 1.5 * (-0.5_f64).exp(), 1e-15);
        assert_close(month.cdf(3.0).unwrap(), (-0.5_f64).exp(), 1e-15);
        assert_close(month.quantile(0.5).unwrap(), 0.0, 0.0);
        assert_close(month.quantile(0.9).unwrap(), 3.125, 0.0);
        assert_close(month.quantile(0.95).unwrap(), 6.25, 0.0);
        assert_close(month.skewness(), 1.0 / 0.5_f64.sqrt(), 1e-12);
        assert_close(month.variation(), 1.0 / 0.5_f64.sqrt(), 1e-12);
    }

    #[test]
    fn moments_and_quantiles_are_those_of_a_simulation() {
        let rewards = rewards(4.0, 1.5, 1.0);
        let mut rng = Rng::new(5);
        let trials = 200_000;
        let mut sums: Vec<f64> = (0..trials)
            .map(|_| {
                let blocks = rng.poisson(4.0);
                // exponential fees: a gamma distribution with a variation of one
                (0..blocks)
                    .map(|_| 3.125 - 1.5 * (1.0 - rng.uniform()).ln())
                    .sum()
            })
            .collect();
        sums.sort_by(f64::total_cmp);
        let n = trials as f64;
        let mean = sums.iter().sum::<f64>() / n;
        let central = |k: i32| sums.iter().map(|x| (x - mean).powi(k)).sum::<f64>() / n;
        assert_close(mean / rewards.mean(), 1.0, 5e-3);
        assert_close(central(2) / rewards.variance(), 1.0, 1.5e-2);
        assert_close(central(3) / central(2).powf(1.5) / rewards.skewness(), 1.0, 5e-2);
        for (share, index) in [(0.1, 20_000), (0.5, 100_000), (0.95, 190_000), (0.99, 198_000)] {
            assert_close(rewards.cdf(sums[index]).unwrap(), share, 4e-3);
            assert_close(rewards.quantile(share).unwrap() / sums[index], 1.0, 2e-2);
        }
    }

    #[test]
    fn the_approximation_for_many_blocks_joins_the_exact_distribution() {
        let (exact, many) = (rewards(EXACT, 0.3, 2.0), rewards(EXACT, 0.3, 2.0));
        for z in [-3.0, -1.0, 0.0, 1.0, 3.0] {
            let x = exact.mean() + z * exact.variance().sqrt();
            assert_close(exact.cdf(x).unwrap(), many.translated_gamma(x).unwrap(), 2e-5);
        }
        let far = rewards(1e6, 0.3, 2.0);
        let median = far.quantile(0.5).unwrap();
        assert_close(median / far.mean(), 1.0, 1e-6);
    }

    #[test]
    fn impossible_arguments_are_refused() {
        let income = BlockIncome {
            subsidy: 3.125,
            fees: 0.3,
            fee_variation: 1.0,
        };
        for bad in [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e9] {
            assert!(Rewards::new(bad, income).is_err());
        }
        let none = BlockIncome {
            subsidy: 0.0,
            fees: 0.0,
            ..income
        };
        assert!(Rewards::new(1.0, none).is_err());
        assert!(
            Rewards::new(
                1.0,
                BlockIncome {
                    fee_variation: 21.0,
                    ..income
                }
            )
            .is_err()
        );
        let rewards = Rewards::new(1.0, income).unwrap();
        assert!(rewards.cdf(f64::NAN).is_err());
        for bad in [0.0, 1.0, f64::NAN] {
            assert!(rewards.quantile(bad).is_err());
        }
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn quantile_and_distribution_function_are_inverse(
            blocks in 0.01_f64..100.0,
            fees in 0.01_f64..5.0,
            variation in 0.1_f64..3.0,
            p in 0.001_f64..0.999,
        ) {
            let rewards = rewards(blocks, fees, variation);
            let x = rewards.quantile(p).unwrap();
            let cdf = rewards.cdf(x).unwrap();
            let is_met = if x == 0.0 { cdf >= p } else { (cdf - p).abs() < 1e-6 };
            prop_assert!(is_met, "{} {} {}", x, cdf, p);
            prop_assert!(rewards.cdf(x / 2.0).unwrap() <= cdf + 1e-14);
        }
    }
}
