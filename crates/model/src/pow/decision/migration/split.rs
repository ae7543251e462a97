//! How a large miner spreads over chains of one algorithm.
//!
//! Once difficulty has followed, a chain pays its blocks' reward R a day however many hashes compete, and a miner with x
//! beside the others' H earns the share s = x/(H + x) of it; selling that share lowers the coin's price by the share γ·s.
//! R·s·(1 − γ·s) is concave in x for γ ≤ ½, so the split is optimal where the marginal revenues
//! R·(1 − 2γ·s)·(1 − s)²/H are equal on all chains that are mined, and lower on the others.

use crate::error::{Result, at_least, non_negative, positive, representable, within};

/// A chain as a large miner sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChainRevenue {
    /// Reward of all blocks, quote per day.
    pub reward: f64,
    /// Hash rate of the others, TH/s.
    pub hash_rate: f64,
    /// By which share the coin's price falls if all of a day's new coins are sold by this miner, [0, ½].
    pub impact: f64,
}

/// A split.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// Own hash rate on each chain, TH/s; the rest is off.
    pub hash_rates: Vec<f64>,
    /// Revenue less running cost, quote per day.
    pub profit: f64,
    /// What one more TH/s would bring, quote per day, before its running cost.
    pub marginal: f64,
}

/// Bisections of the marginal revenue and of each share.
const BISECTIONS: usize = 200;

impl ChainRevenue {
    fn marginal(&self, share: f64) -> f64 {
        self.reward / self.hash_rate * (1.0 - 2.0 * self.impact * share) * (1.0 - share) * (1.0 - share)
    }

    /// Own hash rate at which the marginal revenue has fallen to `level`.
    fn at(&self, level: f64) -> f64 {
        if self.marginal(0.0) <= level {
            return 0.0;
        }
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..BISECTIONS {
            let share = 0.5 * (low + high);
            if self.marginal(share) > level {
                low = share;
            } else {
                high = share;
            }
        }
        self.hash_rate * low / (1.0 - low).max(f64::EPSILON)
    }

    fn revenue(&self, own: f64) -> f64 {
        let share = own / (self.hash_rate + own);
        self.reward * share * (1.0 - self.impact * share)
    }
}

/// The split of `hash_rate` (TH/s) that earns most where running one TH/s costs `cost` quote per day.
///
/// # Errors
/// [`crate::ModelError::TooFew`] without chains, [`crate::ModelError::NotPositive`],
/// [`crate::ModelError::OutOfRange`], [`crate::ModelError::NotFinite`], [`crate::ModelError::Overflow`].
pub fn split(chains: &[ChainRevenue], hash_rate: f64, cost: f64) -> Result<Split> {
    at_least("chains to split over", 1, chains.len())?;
    positive("hash rate to split", hash_rate)?;
    non_negative("running cost per TH/s", cost)?;
    let mut best = 0.0f64;
    for chain in chains {
        positive("reward of a chain", chain.reward)?;
        positive("hash rate of the others", chain.hash_rate)?;
        within("price impact", chain.impact, 0.0, 0.5)?;
        best = best.max(representable("marginal revenue", chain.marginal(0.0))?);
        representable("hash rate of a chain", chain.hash_rate + hash_rate)?;
    }
    let on = |level: f64| chains.iter().map(move |chain| chain.at(level));
    let marginal = if cost > 0.0 && on(cost).sum::<f64>() <= hash_rate {
        cost
    } else {
        let (mut low, mut high) = (cost, best);
        for _ in 0..BISECTIONS {
            let level = 0.5 * (low + high);
            if on(level).sum::<f64>() > hash_rate {
                low = level;
            } else {
                high = level;
            }
        }
        high
    };
    let hash_rates: Vec<f64> = on(marginal).collect();
    let revenue: f64 = chains
        .iter()
        .zip(&hash_rates)
        .map(|(chain, own)| chain.revenue(*own))
        .sum();
    let running: f64 = hash_rates.iter().sum();
    Ok(Split {
        profit: representable("profit of a split", revenue - cost * running)?,
        hash_rates,
        marginal,
    })
}
