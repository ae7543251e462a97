//! Payouts by a pool's reward system.

use super::{BlockIncome, expected_blocks};
use crate::error::{Result, fraction, positive, representable, within};

/// How a pool divides what it earns (Rosenfeld 2011).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PoolScheme {
    /// Whoever finds a block keeps it.
    Solo,
    /// A block is divided by the shares submitted since the last one. The member is taken to mine without a break, so that
    /// he holds the same part of every round.
    Proportional,
    /// A block is divided by the last shares submitted, of a window in which the pool expects this many blocks.
    Pplns {
        /// Length of the window in expected blocks of the pool.
        window: f64,
    },
    /// Every share is paid its expected subsidy at once; the pool keeps the fees and bears the luck.
    Pps,
    /// Every share is paid its expected subsidy and the mean fees of the network's blocks of the horizon; the pool bears
    /// the luck.
    Fpps,
}

/// A member of a pool over a horizon.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PoolMember {
    /// The reward system.
    pub scheme: PoolScheme,
    /// What the pool keeps of every payment, [0, 1).
    pub fee: f64,
    /// Blocks that the member's hash rate is expected to find.
    pub blocks: f64,
    /// The member's share of the pool's hash rate, (0, 1].
    pub pool_share: f64,
    /// The member's share of the network's hash rate, (0, pool share].
    pub network_share: f64,
    /// Shares (proofs of work below the pool's own target) that the member is expected to submit.
    pub shares: f64,
    /// What a block pays.
    pub income: BlockIncome,
}

/// What a member is paid for the hash rate of the horizon.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Payout {
    /// Mean.
    pub mean: f64,
    /// Variance.
    pub variance: f64,
    /// Probability that there is none.
    pub probability_of_none: f64,
}

impl Payout {
    /// Standard deviation ÷ mean; none where nothing is paid on the mean (a pool that keeps the fees of a chain without a
    /// subsidy).
    #[must_use]
    pub fn variation(&self) -> Option<f64> {
        (self.mean > 0.0).then(|| self.variance.sqrt() / self.mean)
    }
}

impl PoolMember {
    /// The member's payout.
    ///
    /// A member of constant share s takes s·Y from each of the Poisson number of the pool's blocks. Under PPLNS a block is
    /// divided over a window of X expected blocks, which reaches beyond the horizon of Λ at either end, so that the variance
    /// is s²·E\[Y²\]·(Λ − X/3), and s²·E\[Y²\]·(Λ²/X − Λ³/(3X²)) where X exceeds Λ: for a single share Rosenfeld's (pB)²/X
    /// (2011), and the proportional s²·E\[Y²\]·Λ for a short window. The number of shares submitted is Poisson too, and adds
    /// its relative variance 1/shares to every pooled scheme.
    ///
    /// # Errors
    /// [`crate::ModelError`] naming the first figure outside its domain; [`crate::ModelError::Overflow`].
    pub fn payout(&self) -> Result<Payout> {
        let blocks = expected_blocks(self.blocks)?;
        let kept = 1.0 - within("pool fee", self.fee, 0.0, 0.999_999)?;
        let of_pool = fraction(
            "share of the pool's hash rate",
            positive("share of the pool's hash rate", self.pool_share)?,
        )?;
        let of_network = within(
            "share of the network's hash rate",
            positive("share of the network's hash rate", self.network_share)?,
            0.0,
            of_pool,
        )?;
        let shares = positive("shares submitted", self.shares)?;
        let income = self.income.checked()?;
        let pool_blocks = blocks / of_pool;
        let block = if self.scheme == PoolScheme::Pps {
            income.subsidy
        } else {
            income.mean()
        };
        let mean = blocks * block;
        let square = income.second_moment();
        let (luck, quiet) = match self.scheme {
            PoolScheme::Solo => (blocks * square, blocks),
            PoolScheme::Proportional => (of_pool * blocks * square, pool_blocks),
            PoolScheme::Pplns { window } => {
                let window = positive("window of shares", window)?;
                let effective = if window <= pool_blocks {
                    pool_blocks - window / 3.0
                } else {
                    pool_blocks * (pool_blocks / window) * (1.0 - pool_blocks / window / 3.0)
                };
                (of_pool * of_pool * square * effective, pool_blocks + window)
            }
            PoolScheme::Pps => (0.0, f64::INFINITY),
            // the mean over the network's blocks / of_network of the horizon
            PoolScheme::Fpps => (blocks * of_network * income.variance(), f64::INFINITY),
        };
        let (noise, silent) = match self.scheme {
            PoolScheme::Solo => (0.0, 0.0),
            _ => (mean * mean / shares, (-shares).exp()),
        };
        let luckless = (-quiet).exp();
        Ok(Payout {
            mean: representable("mean payout", kept * mean)?,
            variance: representable("variance of the payout", kept * kept * (luck + noise))?,
            probability_of_none: if block == 0.0 {
                1.0
            } else {
                luckless + silent - luckless * silent
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close};
    use proptest::prelude::*;

    const MEMBER: PoolMember = PoolMember {
        scheme: PoolScheme::Solo,
        fee: 0.0,
        blocks: 2.0,
        pool_share: 0.1,
        network_share: 0.01,
        shares: 1e9,
        income: BlockIncome {
            subsidy: 3.125,
            fees: 0.5,
            fee_variation: 1.0,
        },
    };

    fn payout(scheme: PoolScheme) -> Payout {
        PoolMember { scheme, ..MEMBER }.payout().unwrap()
    }

    #[test]
    fn a_pool_divides_the_variance_by_its_size_and_pay_per_share_takes_it_away() {
        let solo = payout(PoolScheme::Solo);
        assert_close(solo.variance, 2.0 * (3.625 * 3.625 + 0.25), 1e-12);
        assert_close(solo.probability_of_none, (-2.0_f64).exp(), 1e-15);
        let shared = payout(PoolScheme::Proportional);
        assert_close(shared.variance / solo.variance, 0.1, 1e-7);
        assert_close(shared.mean, solo.mean, 1e-12);
        let pps = payout(PoolScheme::Pps);
        assert_close(pps.mean, 6.25, 1e-12);
        assert!(pps.variance < 1e-6 * solo.variance && pps.probability_of_none == 0.0);
        let fpps = payout(PoolScheme::Fpps);
        assert_close(fpps.mean, solo.mean, 1e-12);
        // 200 blocks of the network average the fees
        assert_close(fpps.variance, 4.0 * 0.25 / 200.0, 1e-6);
    }

    #[test]
    fn a_share_under_pplns_has_rosenfelds_variance() {
        // A horizon far shorter than the window: p²B²/X per share squared, here for Λ·s blocks at once.
        let member = PoolMember {
            scheme: PoolScheme::Pplns { window: 5.0 },
            blocks: 1e-6,
            income: BlockIncome {
                subsidy: 3.125,
                fees: 0.0,
                fee_variation: 0.0,
            },
            ..MEMBER
        };
        let payout = member.payout().unwrap();
        assert_close(payout.variance / (payout.mean * payout.mean), 1.0 / 5.0, 1e-5);
        let short = payout_of_window(1e-9);
        assert_close(short / payout_of_proportional(), 1.0, 1e-9);
        // both forms meet where the window is the horizon
        assert_close(payout_of_window(20.0) / payout_of_window(20.0 + 1e-9), 1.0, 1e-8);
    }

    fn payout_of_window(window: f64) -> f64 {
        payout(PoolScheme::Pplns { window }).variance
    }

    fn payout_of_proportional() -> f64 {
        payout(PoolScheme::Proportional).variance
    }

    #[test]
    fn the_window_smooths_as_in_a_simulation() {
        // A pool that finds 20 blocks over the horizon, a window of 6: each block pays the part of its window in the horizon.
        let (horizon, window) = (20.0, 6.0);
        let mut rng = Rng::new(3);
        let trials = 40_000;
        let mut values = Vec::with_capacity(trials);
        for _ in 0..trials {
            let mut at = 0.0;
            let mut paid = 0.0;
            loop {
                at -= (1.0 - rng.uniform()).ln();
                if at > horizon + window {
                    break;
                }
                let overlap = (at.min(horizon) - (at - window).max(0.0)).max(0.0) / window;
                paid += 0.1 * 3.125 * overlap;
            }
            values.push(paid);
        }
        let mean = values.iter().sum::<f64>() / trials as f64;
        let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / trials as f64;
        let member = PoolMember {
            scheme: PoolScheme::Pplns { window },
            income: BlockIncome {
                subsidy: 3.125,
                fees: 0.0,
                fee_variation: 0.0,
            },
            ..MEMBER
        };
        let payout = member.payout().unwrap();
        assert_close(mean / payout.mean, 1.0, 5e-3);
        assert_close(variance / payout.variance, 1.0, 4e-2);
    }

    #[test]
    fn impossible_members_are_refused() {
        for bad in [f64::NAN, f64::INFINITY, -1.0, 0.0] {
            for broken in [
                PoolMember {
                    blocks: bad,
                    ..MEMBER
                },
                PoolMember {
                    pool_share: bad,
                    ..MEMBER
                },
                PoolMember {
                    network_share: bad,
                    ..MEMBER
                },
                PoolMember {
                    shares: bad,
                    ..MEMBER
                },
                PoolMember {
                    scheme: PoolScheme::Pplns { window: bad },
                    ..MEMBER
                },
            ] {
                assert!(broken.payout().is_err());
            }
        }
        assert!(
            PoolMember {
                network_share: 0.2,
                ..MEMBER
            }
            .payout()
            .is_err()
        );
        assert!(PoolMember { fee: 1.0, ..MEMBER }.payout().is_err());
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn no_pool_scatters_more_than_mining_alone(
            blocks in 1e-3_f64..1e3,
            pool_share in 0.001_f64..1.0,
            window in 0.01_f64..100.0,
            fee in 0.0_f64..0.1,
            fees in 0.0_f64..3.0,
            fee_variation in 0.0_f64..3.0,
        ) {
            let income = BlockIncome { subsidy: 3.125, fees, fee_variation };
            let member = PoolMember { blocks, pool_share, network_share: pool_share / 4.0, fee, income, ..MEMBER };
            let solo = member.payout().unwrap();
            for scheme in [PoolScheme::Proportional, PoolScheme::Pplns { window }, PoolScheme::Fpps] {
                let pooled = PoolMember { scheme, ..member }.payout().unwrap();
                prop_assert!((pooled.mean / solo.mean - 1.0).abs() < 1e-12);
                prop_assert!(pooled.variance <= solo.variance * (1.0 + 1e-6));
                prop_assert!((0.0..=1.0).contains(&pooled.probability_of_none));
            }
        }
    }
}
