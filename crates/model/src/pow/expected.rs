//! Hashprice expected over a horizon, from expectations of price, difficulty and fees and the subsidy's steps.

use super::{BlockReward, MiningMarket, PowChain, Subsidy};
use crate::error::{ModelError, Result, at_least, count, non_negative, representable, within};

/// What is expected of a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlook {
    /// Expected price of a coin, quote.
    pub price: f64,
    /// Expected difficulty.
    pub difficulty: f64,
    /// Expected fees of a block, coins.
    pub fees: f64,
    /// Blocks, which bring the subsidy's next step nearer.
    pub blocks: f64,
    /// Variance of the logarithm of difficulty, as of today.
    pub variance: f64,
    /// Covariance of the logarithms of price and difficulty, as of today.
    pub covariance: f64,
}

/// Hashprice over a horizon.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    /// Each day's market: expected price, and the coins that make its hashprice the expected one.
    pub days: Vec<MiningMarket>,
    /// Mean of the days' hashprices, quote per PH/s and day.
    pub hashprice: f64,
    /// Coins that one PH/s earns over the horizon, if it runs all days.
    pub coins: f64,
    /// Blocks from the start to the end.
    pub blocks: f64,
}

impl Outlook {
    /// A day of which price and difficulty are known: a path, or a scenario.
    #[must_use]
    pub const fn certain(price: f64, difficulty: f64, fees: f64, blocks: f64) -> Self {
        Self {
            price,
            difficulty,
            fees,
            blocks,
            variance: 0.0,
            covariance: 0.0,
        }
    }
}

/// Expected hashprice of the days that begin with the block at `height`.
///
/// Hashprice is price ÷ difficulty times coins, and the mean of a quotient is not the quotient of means. For jointly
/// lognormal price P and difficulty D, E\[P/D\] = E\[P\]/E\[D\]·exp(Var ln D − Cov(ln P, ln D)) (the moments of the lognormal,
/// Aitchison & Brown 1957): uncertain difficulty raises it, difficulty that follows the price lowers it. Fees in coins
/// are taken as independent of both.
///
/// # Errors
/// [`ModelError::TooFew`] without days; as [`MiningMarket::at_difficulty`] and [`Subsidy::at`];
/// [`ModelError::OutOfRange`] for blocks above a million a day, a variance above 25 and covariances beyond it.
pub fn expected_hashprice(chain: &PowChain, height: u64, days: &[Outlook]) -> Result<Expected> {
    at_least("days of a horizon", 1, days.len())?;
    let mut passed = 0.0;
    let mut markets = Vec::with_capacity(days.len());
    for day in days {
        within("blocks of a day", day.blocks, 0.0, 1e6)?;
        within("variance of difficulty", day.variance, 0.0, 25.0)?;
        within("covariance of price and difficulty", day.covariance, -25.0, 25.0)?;
        let reward = BlockReward {
            subsidy: mean_subsidy(&chain.subsidy, height, passed, day.blocks)?,
            fees: non_negative("fees of a block", day.fees)?,
        };
        let spot = MiningMarket::at_difficulty(chain, day.difficulty, reward, day.price)?;
        markets.push(MiningMarket {
            coins: representable(
                "expected coins per PH/s and day",
                spot.coins * (day.variance - day.covariance).exp(),
            )?,
            ..spot
        });
        passed += day.blocks;
    }
    let hashprice = markets.iter().map(MiningMarket::hashprice).sum::<f64>() / count(days.len());
    Ok(Expected {
        hashprice: representable("expected hashprice", hashprice)?,
        coins: representable(
            "coins over the horizon",
            markets.iter().map(|day| day.coins).sum(),
        )?,
        blocks: passed,
        days: markets,
    })
}

/// Mean subsidy of the `blocks` that follow `passed` blocks after `height`; both may be fractions of a block. The subsidy
/// at the place itself where there are none.
fn mean_subsidy(subsidy: &Subsidy, height: u64, passed: f64, blocks: f64) -> Result<f64> {
    let Subsidy::Geometric { interval, .. } = *subsidy else {
        return subsidy.at(height);
    };
    let (mut at, mut into) = advance(height, passed)?;
    let mut left = blocks;
    let mut coins = 0.0;
    loop {
        let here = subsidy.at(at)?;
        // at() has refused an interval of nothing
        let step = interval.max(1);
        let until = step - at % step;
        #[expect(
            clippy::cast_precision_loss,
            reason = "a number of blocks below 2⁵³ where it matters"
        )]
        let room = until as f64 - into;
        if left <= room {
            coins += left * here;
            return Ok(if blocks > 0.0 { coins / blocks } else { here });
        }
        coins += room * here;
        left -= room;
        into = 0.0;
        at = at.checked_add(until).ok_or(TOO_HIGH)?;
    }
}

const TOO_HIGH: ModelError = ModelError::Overflow { what: "block height" };

/// A height and a part of a block, so many blocks on.
fn advance(height: u64, blocks: f64) -> Result<(u64, f64)> {
    let whole = within("blocks of a horizon", blocks, 0.0, 1e15)?.floor();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 10¹⁵"
    )]
    let steps = whole as u64;
    Ok((height.checked_add(steps).ok_or(TOO_HIGH)?, blocks - whole))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close};
    use proptest::prelude::*;

    #[test]
    fn a_halving_within_a_day_pays_each_block_its_own_subsidy() {
        // 44 blocks at 6.25 and 100 at 3.125.
        let day = Outlook::certain(60_000.0, 8e13, 0.0, 144.0);
        let expected = expected_hashprice(&PowChain::BITCOIN, 840_000 - 44, &[day, day]).unwrap();
        let ratio = expected.days[0].coins / expected.days[1].coins;
        assert_close(ratio, (44.0 * 6.25 + 100.0 * 3.125) / (144.0 * 3.125), 1e-12);
        assert_close(expected.blocks, 288.0, 0.0);
        assert_close(expected.hashprice, 60_000.0 * expected.coins / 2.0, 1e-9);
    }

    #[test]
    fn a_certain_outlook_is_the_spot_of_every_day() {
        let day = Outlook::certain(60_000.0, 8e13, 0.3, 150.5);
        let expected = expected_hashprice(&PowChain::BITCOIN, 850_000, &[day; 30]).unwrap();
        let reward = BlockReward {
            subsidy: 3.125,
            fees: 0.3,
        };
        let spot = MiningMarket::at_difficulty(&PowChain::BITCOIN, 8e13, reward, 60_000.0).unwrap();
        assert_close(expected.hashprice / spot.hashprice(), 1.0, 1e-12);
        let coin = PowChain {
            subsidy: Subsidy::Constant(3.125),
            ..PowChain::BITCOIN
        };
        let same = expected_hashprice(&coin, u64::MAX, &[day; 30]).unwrap();
        assert_close(same.hashprice / spot.hashprice(), 1.0, 1e-12);
    }

    #[test]
    fn the_mean_of_the_quotient_is_what_simulation_finds() {
        let mut rng = Rng::new(7);
        let (sd_price, sd_difficulty, correlation) = (0.5, 0.2, 0.4);
        let day = Outlook {
            variance: sd_difficulty * sd_difficulty,
            covariance: correlation * sd_price * sd_difficulty,
            ..Outlook::certain(60_000.0, 8e13, 0.3, 144.0)
        };
        let exact = expected_hashprice(&PowChain::BITCOIN, 850_000, &[day])
            .unwrap()
            .hashprice;
        let reward = BlockReward {
            subsidy: 3.125,
            fees: 0.3,
        };
        let draws = 200_000;
        let mut sum = 0.0;
        for _ in 0..draws {
            let (a, b) = (rng.normal(), rng.normal());
            let price = 60_000.0 * (sd_price * a - sd_price * sd_price / 2.0).exp();
            let log = sd_difficulty * (correlation * a + (1.0 - correlation * correlation).sqrt() * b);
            let difficulty = 8e13 * (log - sd_difficulty * sd_difficulty / 2.0).exp();
            sum += MiningMarket::at_difficulty(&PowChain::BITCOIN, difficulty, reward, price)
                .unwrap()
                .hashprice();
        }
        // standard error of the mean about 0.0011 of it
        assert_close(sum / f64::from(draws) / exact, 1.0, 4e-3);
    }

    #[test]
    fn impossible_outlooks_are_refused() {
        let day = Outlook::certain(60_000.0, 8e13, 0.3, 144.0);
        let refused = |day: Outlook| expected_hashprice(&PowChain::BITCOIN, 0, &[day]).is_err();
        assert!(expected_hashprice(&PowChain::BITCOIN, 0, &[]).is_err());
        assert!(expected_hashprice(&PowChain::BITCOIN, u64::MAX, &[day; 2]).is_err());
        for bad in [f64::NAN, f64::INFINITY, -1.0, 1e300] {
            assert!(refused(Outlook { blocks: bad, ..day }));
            assert!(refused(Outlook { variance: bad, ..day }));
            assert!(
                bad == -1.0
                    || refused(Outlook {
                        covariance: bad,
                        ..day
                    })
            );
            assert!(bad == 1e300 || refused(Outlook { fees: bad, ..day }));
        }
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn the_horizon_pays_what_its_blocks_create(height in 0_u64..1_000_000, blocks in 1_u32..400, days in 1_usize..40) {
            let rules = PowChain { subsidy: Subsidy::Geometric { initial: 50.0, interval: 2_000, factor: 0.5 }, ..PowChain::BITCOIN };
            let day = Outlook::certain(1.0, 1.0, 0.0, f64::from(blocks));
            let expected = expected_hashprice(&rules, height % 20_000, &[day; 40][..days]).unwrap();
            let direct: f64 = (0..u64::from(blocks) * days as u64)
                .map(|block| rules.subsidy.at(height % 20_000 + block).unwrap())
                .sum();
            let per_coin = MiningMarket::at_difficulty(&rules, 1.0, BlockReward { subsidy: 1.0, fees: 0.0 }, 1.0).unwrap().coins;
            prop_assert!((expected.coins / per_coin * f64::from(blocks) / direct - 1.0).abs() < 1e-11);
        }
    }
}
