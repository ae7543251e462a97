//! How far a miner's rewards scatter: solo and in pools, what a pool must hold, and whether a miner's cash lasts.
//!
//! Blocks come as a Poisson process at the miner's share of the network (Rosenfeld 2011, "Analysis of Bitcoin Pooled Mining
//! Reward Systems", §1). A block pays its subsidy and fees that are independent from block to block, gamma-distributed with
//! a stated mean and coefficient of variation: skewed to the right as recorded fees are, and closed under addition, so that
//! the sum over a horizon is an exact mixture.

mod fees;
mod gamma;
mod pool;
mod reserve;
mod solvency;
mod sum;

pub use fees::{FeeStatistics, fee_statistics};
pub use pool::{Payout, PoolMember, PoolScheme};
pub use reserve::{PoolReserve, pool_reserve};
pub use solvency::Solvency;
pub use sum::Rewards;

use crate::error::{Result, positive, within};

/// What a block pays, in coins or quote.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlockIncome {
    /// New coins.
    pub subsidy: f64,
    /// Mean fees.
    pub fees: f64,
    /// Standard deviation of the fees ÷ their mean, from block to block, [0, 20].
    pub fee_variation: f64,
}

impl BlockIncome {
    /// The income, if every figure lies in its domain.
    ///
    /// # Errors
    /// [`crate::ModelError`] naming the first that does not, and where a block pays nothing.
    pub fn checked(self) -> Result<Self> {
        within("block subsidy", self.subsidy, 0.0, 1e30)?;
        within("fees of a block", self.fees, 0.0, 1e30)?;
        within("variation of fees", self.fee_variation, 0.0, 20.0)?;
        within("block reward", self.mean(), 1e-30, 2e30)?;
        Ok(self)
    }

    /// Mean.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.subsidy + self.fees
    }

    /// Variance.
    #[must_use]
    pub fn variance(&self) -> f64 {
        let deviation = self.fees * self.fee_variation;
        deviation * deviation
    }

    /// Mean of the square.
    #[must_use]
    pub fn second_moment(&self) -> f64 {
        self.mean() * self.mean() + self.variance()
    }

    /// Mean of the cube; the third central moment of a gamma distribution is twice its variance squared over its mean.
    #[must_use]
    pub fn third_moment(&self) -> f64 {
        let skew = 2.0 * self.variance() * self.fee_variation * self.fee_variation * self.fees;
        self.mean() * (self.mean() * self.mean() + 3.0 * self.variance()) + skew
    }

    /// ln E\[e^(−s·income)\].
    fn log_laplace(&self, s: f64) -> f64 {
        let square = self.fee_variation * self.fee_variation;
        let fees = if square * self.fees == 0.0 {
            s * self.fees
        } else {
            (s * self.fees * square).ln_1p() / square
        };
        -(s * self.subsidy + fees)
    }
}

/// An expected number of blocks.
fn expected_blocks(blocks: f64) -> Result<f64> {
    within(
        "expected blocks",
        positive("expected blocks", blocks)?,
        1e-12,
        1e8,
    )
}
