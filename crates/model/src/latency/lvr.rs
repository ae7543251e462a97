//! Loss versus rebalancing: what a pool loses to arbitrage, without fees, with fees and with blocks.

use crate::error::{ModelError, Result, finite, fraction, non_negative, positive, representable};

/// Loss-versus-rebalancing of a constant-product position, σ²/8 per year of its value (Milionis, Moallemi, Roughgarden
/// & Zhang 2022, "Automated Market Making and Loss-Versus-Rebalancing", constant-product market maker).
///
/// # Errors
/// [`ModelError::OutOfRange`] for a negative volatility, [`ModelError::NotFinite`], [`ModelError::Overflow`].
pub fn lvr_rate(volatility: f64) -> Result<f64> {
    non_negative("volatility", volatility)?;
    representable("loss versus rebalancing", volatility * volatility / 8.0)
}

/// Loss-versus-rebalancing of a concentrated position on [`lower`, `upper`] at `price`, per year of its value:
/// ℓ = σ²·L·√P/4 (Milionis, Moallemi, Roughgarden & Zhang 2022, example "Uniswap v3") over V = L·(2√P − P/√b − √a).
/// Zero outside the range, where the position holds one asset only and does not trade.
///
/// # Errors
/// [`ModelError::NotPositive`] for a price, [`ModelError::NotIncreasing`] for an empty range,
/// [`ModelError::OutOfRange`] for a negative volatility, [`ModelError::NotFinite`], [`ModelError::Overflow`] where
/// the range is so narrow that the value is not representable beside it.
pub fn concentrated_lvr_rate(volatility: f64, price: f64, lower: f64, upper: f64) -> Result<f64> {
    non_negative("volatility", volatility)?;
    positive("price", price)?;
    positive("lower price of a range", lower)?;
    finite("upper price of a range", upper)?;
    if upper <= lower {
        return Err(ModelError::NotIncreasing {
            what: "ends of a range",
            index: 1,
        });
    }
    if !(lower..=upper).contains(&price) {
        return Ok(0.0);
    }
    // V/(L√P) = (1 − √(P/b)) + (1 − √(a/P)).
    let value = (1.0 - (price / upper).sqrt()) + (1.0 - (lower / price).sqrt());
    representable("loss versus rebalancing", volatility * volatility / 4.0 / value)
}

/// A proportional fee f as the half-width of the no-arbitrage band in log-price, γ = −ln(1 − f): the trader who pays
/// f of what is put in moves the pool until its price, times e^{±γ}, is the market's. (Whether it is paid in the asset
/// put in or, as in Milionis, Moallemi & Roughgarden 2023, always in quote moves the profit by a factor below e^γ.)
///
/// # Errors
/// [`ModelError::OutOfRange`], [`ModelError::NotPositive`] for a fee of 1, [`ModelError::NotFinite`].
pub fn log_fee(fee: f64) -> Result<f64> {
    positive("one less the pool fee", 1.0 - fraction("pool fee", fee)?)?;
    Ok(-(-fee).ln_1p())
}

/// When arbitrageurs may trade.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum BlockTimes {
    /// Blocks at exponential intervals of this mean, years.
    Poisson(f64),
    /// Blocks at this fixed interval, years.
    Fixed(f64),
}

/// A constant-product pool that arbitrageurs trade against at every block that makes it worth their while.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PoolArbitrage {
    /// Volatility σ of the price, per √year.
    pub volatility: f64,
    /// Half-width γ of the band within which the fee makes arbitrage unprofitable, log-price ([`log_fee`]).
    pub fee: f64,
    /// Block times.
    pub blocks: BlockTimes,
}

/// Mean residual of a Gaussian random walk's overshoot, −ζ(½)/√(2π) in standard deviations of a step (Siegmund 1985,
/// "Sequential Analysis", § 10.4).
const GAUSSIAN_OVERSHOOT: f64 = 0.582_597_157_939_010_6;

impl PoolArbitrage {
    /// Block interval, standard deviation of the log-price over it, and the band in mean overshoots.
    fn scales(&self) -> Result<(f64, f64, f64)> {
        non_negative("volatility", self.volatility)?;
        non_negative("fee", self.fee)?;
        let (interval, overshoot) = match self.blocks {
            // Laplace steps: the overshoot is exponential with mean σ/√(2λ).
            BlockTimes::Poisson(interval) => (interval, core::f64::consts::FRAC_1_SQRT_2),
            BlockTimes::Fixed(interval) => (interval, GAUSSIAN_OVERSHOOT),
        };
        let deviation = self.volatility * positive("block interval", interval)?.sqrt();
        let band = if self.fee == 0.0 {
            0.0
        } else {
            self.fee / (overshoot * deviation)
        };
        Ok((interval, deviation, band))
    }

    /// Share of the frictionless loss that arbitrageurs still take, to first order in σ√Δt and γ: 1/(1 + γ/(c·σ√Δt)).
    /// For Poisson blocks c = 1/√2, and it is also the probability that a block finds a profitable trade (Milionis,
    /// Moallemi & Roughgarden 2023, "Automated Market Making and Arbitrage Profits in the Presence of Fees",
    /// theorem 1: 1/(1 + √(2λ)·γ/σ)); for fixed blocks c = −ζ(½)/√(2π), up to a term exponentially small in γ/(σ√Δt)
    /// (Nezlobin & Tassy 2025, "Loss-Versus-Rebalancing under Deterministic and Generalized block-times"): within 0.1 %
    /// of the truth above γ = ½·σ√Δt, at most 0.7 % below it for smaller fees, exact without one.
    ///
    /// # Errors
    /// [`ModelError::OutOfRange`], [`ModelError::NotPositive`] for the interval, [`ModelError::NotFinite`].
    pub fn retained_share(&self) -> Result<f64> {
        let (_, _, band) = self.scales()?;
        Ok(1.0 / (1.0 + band))
    }

    /// Arbitrageurs' profit, which is the pool's net loss to them, per year of the pool's value. For Poisson blocks
    /// σ²/8 · retained share · cosh(γ/2)/(1 − σ²Δt/8), exact (ibid., corollary 2; the driftless log-price of the
    /// paper's theorem); for fixed blocks (e^{σ²Δt/8} − 1)/Δt in place of the first and last factors, exact at γ = 0
    /// and as accurate as the retained share elsewhere.
    ///
    /// # Errors
    /// As [`PoolArbitrage::retained_share`]; [`ModelError::OutOfRange`] where σ²Δt ≥ 8 for Poisson blocks, whose
    /// expected profit is infinite; [`ModelError::Overflow`].
    pub fn profit_rate(&self) -> Result<f64> {
        let (interval, deviation, band) = self.scales()?;
        let variance = deviation * deviation;
        let frictionless = match self.blocks {
            BlockTimes::Poisson(_) => {
                let limit = 8.0 * (1.0 - f64::EPSILON);
                crate::error::within("variance over a block", variance, 0.0, limit)?;
                self.volatility * self.volatility / 8.0 / (1.0 - variance / 8.0)
            }
            BlockTimes::Fixed(_) => (variance / 8.0).exp_m1() / interval,
        };
        representable(
            "arbitrage profit",
            frictionless * (1.0 / (1.0 + band)) * (self.fee / 2.0).cosh(),
        )
    }

    /// Fees that the pool earns from arbitrageurs per year of its value, to first order: what is left of σ²/8 after
    /// their profit (ibid., § 5: loss versus rebalancing = arbitrage profit + arbitrageurs' fees).
    ///
    /// # Errors
    /// As [`PoolArbitrage::retained_share`], [`ModelError::Overflow`].
    pub fn fee_rate(&self) -> Result<f64> {
        let (_, _, band) = self.scales()?;
        let kept = if band.is_finite() {
            band / (1.0 + band)
        } else {
            1.0
        };
        Ok(lvr_rate(self.volatility)? * kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close};
    use proptest::prelude::*;

    const DAY: f64 = 1.0 / 365.0;

    /// Mean profit per block and year of a simulated pool of value 1 kept at the band's edge, with its standard
    /// error from batches; fee in logs; the market's log-price is driftless. Also the share of blocks with a trade.
    fn simulated(pool: &PoolArbitrage, seed: u64, blocks: u32) -> (f64, f64, f64) {
        let mut rng = Rng::new(seed);
        let (mut gap, mut trades) = (0.0_f64, 0u32);
        let mut batches = Vec::new();
        let mut sum = 0.0;
        let size = blocks / 100;
        for block in 0..blocks {
            let years = match pool.blocks {
                BlockTimes::Fixed(years) => years,
                BlockTimes::Poisson(mean) => -mean * (1.0 - rng.uniform()).ln(),
            };
            gap += pool.volatility * years.sqrt() * rng.normal();
            if gap.abs() > pool.fee {
                // Market price 1, pool price e^{−gap}; swap to the edge of the band by x·y = ¼, fee on what is put in.
                let (before, after) = ((-gap).exp(), (-gap.signum() * pool.fee).exp());
                let (base_out, quote_in) = (
                    0.5 * (1.0 / before.sqrt() - 1.0 / after.sqrt()),
                    0.5 * (after.sqrt() - before.sqrt()),
                );
                sum += if gap > 0.0 {
                    base_out - quote_in * pool.fee.exp()
                } else {
                    -quote_in * (-pool.fee).exp() + base_out
                };
                gap = gap.signum() * pool.fee;
                trades += 1;
            }
            if (block + 1) % size == 0 {
                batches.push(sum / f64::from(size));
                sum = 0.0;
            }
        }
        let mean = batches.iter().sum::<f64>() / 100.0;
        let variance = batches.iter().map(|b| (b - mean) * (b - mean)).sum::<f64>() / 99.0;
        let interval = match pool.blocks {
            BlockTimes::Fixed(years) | BlockTimes::Poisson(years) => years,
        };
        (
            mean / interval,
            (variance / 100.0).sqrt() / interval,
            f64::from(trades) / f64::from(blocks),
        )
    }

    #[test]
    fn the_fee_and_block_formulas_lie_in_the_simulations_99_percent_interval() {
        for (seed, volatility, fee, blocks) in [
            (1, 0.8, 0.003, BlockTimes::Poisson(DAY / 24.0)),
            (2, 0.8, 0.0, BlockTimes::Poisson(DAY)),
            (3, 1.2, 0.01, BlockTimes::Poisson(DAY / 4.0)),
            (4, 0.8, 0.01, BlockTimes::Fixed(DAY / 24.0)),
            (5, 0.8, 0.0, BlockTimes::Fixed(DAY)),
            (6, 1.2, 0.01, BlockTimes::Fixed(DAY / 24.0)),
        ] {
            let pool = PoolArbitrage {
                volatility,
                fee,
                blocks,
            };
            let (mean, error, traded) = simulated(&pool, seed, 400_000);
            assert_close(pool.profit_rate().unwrap(), mean, 2.576 * error);
            assert!(error < 0.02 * mean);
            if let BlockTimes::Poisson(_) = blocks {
                assert_close(pool.retained_share().unwrap(), traded, 0.005);
            }
        }
    }

    #[test]
    fn the_lvr_rate_is_what_a_simulated_pool_loses_to_rebalancing() {
        // A constant-product position (value 2√P) against the portfolio that rebalances to its holdings x = 1/√P.
        let (sigma, steps, paths) = (0.8, 400u32, 4000u32);
        let dt = 0.1 / f64::from(steps);
        let mut rng = Rng::new(4);
        let mut loss = 0.0;
        for _ in 0..paths {
            let (mut price, mut rebalancing) = (1.0_f64, 2.0_f64);
            for _ in 0..steps {
                let next = price * (sigma * dt.sqrt() * rng.normal() - 0.5 * sigma * sigma * dt).exp();
                rebalancing += (next - price) / price.sqrt();
                price = next;
            }
            loss += (rebalancing - 2.0 * price.sqrt()) / 2.0;
        }
        let simulated = loss / f64::from(paths) / 0.1;
        assert_close(simulated / lvr_rate(sigma).unwrap(), 1.0, 0.02);
    }

    #[test]
    fn the_share_kept_under_fixed_blocks_is_near_the_integral_equations() {
        // Second moment of the overshoot of the clipped Gaussian walk, by a Nyström solution with 200 nodes.
        for (fee, exact, tolerance) in [
            (0.01, 0.984_240_717, 2e-3),
            (0.1, 0.858_874_564, 7e-3),
            (0.5, 0.538_237_924, 1e-3),
            (2.0, 0.225_585_444, 1e-5),
        ] {
            let pool = PoolArbitrage {
                volatility: 1.0,
                fee,
                blocks: BlockTimes::Fixed(1.0),
            };
            assert_close(pool.retained_share().unwrap() / exact, 1.0, tolerance);
        }
    }

    #[test]
    fn a_concentrated_position_loses_more_the_narrower_it_is() {
        assert_close(
            concentrated_lvr_rate(0.8, 100.0, 1e-12, 1e16).unwrap(),
            lvr_rate(0.8).unwrap(),
            1e-7,
        );
        let narrow = concentrated_lvr_rate(0.8, 100.0, 99.0, 101.0).unwrap();
        assert!(narrow > 100.0 * lvr_rate(0.8).unwrap());
        assert_eq!(concentrated_lvr_rate(0.8, 90.0, 99.0, 101.0), Ok(0.0));
        assert!(concentrated_lvr_rate(0.8, 90.0, 101.0, 99.0).is_err());
    }

    #[test]
    fn the_concentrated_rate_is_the_convexity_of_the_positions_value() {
        // ℓ = −½σ²P²V″ (ibid., theorem 1), V by the position's own holdings.
        let (a, b, price, sigma) = (80.0_f64, 130.0_f64, 100.0, 0.7);
        let value = |p: f64| 2.0 * p.sqrt() - p / b.sqrt() - a.sqrt();
        let h = 0.01;
        let convexity = (value(price + h) - 2.0 * value(price) + value(price - h)) / (h * h);
        let expected = -0.5 * sigma * sigma * price * price * convexity / value(price);
        assert_close(
            concentrated_lvr_rate(sigma, price, a, b).unwrap() / expected,
            1.0,
            1e-6,
        );
    }

    #[test]
    fn the_band_of_a_fee_is_where_the_pool_itself_stops_trading() {
        use crate::liquidity::ConstantProduct;
        let pool = ConstantProduct::new(100.0, 100.0, 0.003).unwrap();
        let edge = log_fee(0.003).unwrap().exp();
        assert_eq!(pool.arbitrage(edge * 0.999_999).unwrap().profit, 0.0);
        assert!(pool.arbitrage(edge * 1.000_1).unwrap().profit > 0.0);
        assert!(log_fee(1.0).is_err());
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn profit_falls_with_the_fee_and_rises_with_volatility_and_block_time(
            volatility in 0.05f64..2.0, fee in 0.0f64..0.05, seconds in 0.1f64..3600.0, fixed in any::<bool>(),
        ) {
            let at = |volatility, fee, seconds: f64| {
                let years = seconds / crate::series::SECONDS_PER_YEAR;
                let blocks = if fixed { BlockTimes::Fixed(years) } else { BlockTimes::Poisson(years) };
                PoolArbitrage { volatility, fee, blocks }
            };
            let pool = at(volatility, fee, seconds);
            let rate = pool.profit_rate().unwrap();
            prop_assert!(at(volatility * 1.1, fee, seconds).profit_rate().unwrap() > rate);
            prop_assert!(at(volatility, fee + 0.001, seconds).profit_rate().unwrap() < rate);
            prop_assert!(at(volatility, fee, seconds * 1.1).profit_rate().unwrap() >= rate);
            let whole = pool.retained_share().unwrap() + pool.fee_rate().unwrap() / lvr_rate(volatility).unwrap();
            prop_assert!((whole - 1.0).abs() < 1e-12);
            // Fixed blocks protect best (Nezlobin & Tassy 2025).
            if let BlockTimes::Fixed(years) = pool.blocks {
                let poisson = PoolArbitrage { blocks: BlockTimes::Poisson(years), ..pool };
                prop_assert!(poisson.retained_share().unwrap() >= pool.retained_share().unwrap());
            }
        }
    }
}
