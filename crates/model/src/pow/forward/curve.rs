//! Hashprice of every day ahead.

use super::market::ForwardMarket;
use crate::error::{Result, count, representable, within_count};
use crate::normal;
use crate::pow::{HASHES_PER_TERAHASH, SECONDS_PER_DAY, TERAHASHES_PER_PETAHASH};

/// Longest curve, days.
const MOST_DAYS: usize = 1100;

/// One day of the curve: expectations, at its middle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvePoint {
    /// Days ahead.
    pub days: f64,
    /// Forward price, quote.
    pub price: f64,
    /// Median difficulty.
    pub difficulty: f64,
    /// Subsidy of a block, coins.
    pub subsidy: f64,
    /// Expected fees of a block, coins.
    pub fees: f64,
    /// Expected hashprice, quote per PH/s and day.
    pub hashprice: f64,
    /// Standard deviation of its logarithm, as if it were lognormal.
    pub deviation: f64,
    /// Expected coins per PH/s and day.
    pub coins: f64,
    /// Standard deviation of their logarithm.
    pub coins_deviation: f64,
}

/// The forward curve of hashprice, and the covariances between its days.
#[derive(Debug, Clone, PartialEq)]
pub struct HashpriceCurve {
    market: ForwardMarket,
    points: Vec<CurvePoint>,
    /// The step in force on each day; none while the difficulty is known.
    steps: Vec<Option<usize>>,
    /// Covariance of the logarithms of two steps' difficulties.
    difficulties: Vec<Vec<f64>>,
    /// Covariance of a step's with the price's Brownian motion up to each day, by step and day.
    with_price: Vec<Vec<f64>>,
}

impl CurvePoint {
    /// The hashprice's quantile at a probability, of the lognormal with its two moments.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for a probability outside (0, 1).
    pub fn quantile(&self, probability: f64) -> Result<f64> {
        quantile(self.hashprice, self.deviation, probability)
    }

    /// The coins' quantile at a probability.
    ///
    /// # Errors
    /// As [`Self::quantile`].
    pub fn coins_quantile(&self, probability: f64) -> Result<f64> {
        quantile(self.coins, self.coins_deviation, probability)
    }
}

/// Quantile of a lognormal with a mean and a standard deviation of its logarithm.
pub(super) fn quantile(mean: f64, deviation: f64, probability: f64) -> Result<f64> {
    let z = normal::quantile(probability)?;
    representable(
        "quantile of hashprice",
        mean * (deviation * (z - 0.5 * deviation)).exp(),
    )
}

/// ∫₀ᵐ (1 − e^((u − t)/τ)) du: what shocks to the price until m have done to the hash rate by t ≥ m.
fn response(until: f64, at: f64, tau: f64) -> f64 {
    let m = until.min(at);
    m - tau * (((m - at) / tau).exp() - (-at / tau).exp())
}

/// ∫₀ᵐ (1 − e^((u − s)/τ))(1 − e^((u − t)/τ)) du with m = min(s, t).
fn response_squared(s: f64, t: f64, tau: f64) -> f64 {
    let m = s.min(t);
    let both = ((2.0 * m - s - t) / tau).exp() - (-(s + t) / tau).exp();
    let alone = |t: f64| ((m - t) / tau).exp() - (-t / tau).exp();
    m - tau * (alone(s) + alone(t)) + 0.5 * tau * both
}

impl HashpriceCurve {
    /// The curve over so many days. Difficulty is that of the last retarget expected before the middle of the day; beyond the
    /// last one of the path it stays.
    ///
    /// Expectations are exact for the model: with Z = ln price − ln difficulty normal, E[hashprice] =
    /// k·(subsidy + E[fees])·exp(E[Z] + ½Var[Z]). The forward price is the expectation of the price (no premium for its
    /// risk beyond the carry), and difficulty carries none.
    ///
    /// # Errors
    /// [`crate::ModelError`] naming what lies outside its domain; [`crate::ModelError::Overflow`].
    pub fn new(market: ForwardMarket, days: usize) -> Result<Self> {
        let market = market.checked()?;
        within_count("days of a forward curve", days, 1, MOST_DAYS)?;
        let times: Vec<f64> = (0..days).map(|day| count(day) + 0.5).collect();
        let steps: Vec<Option<usize>> = times.iter().map(|t| market.difficulty.in_force(*t)).collect();
        let used = steps.iter().flatten().max().map_or(0, |last| last + 1);
        let mut curve = Self {
            points: Vec::with_capacity(days),
            difficulties: vec![vec![0.0; used]; used],
            with_price: vec![vec![0.0; days]; used],
            steps,
            market,
        };
        curve.covariances(&times, used);
        for (day, t) in times.into_iter().enumerate() {
            let point = curve.point(day, t)?;
            curve.points.push(point);
        }
        Ok(curve)
    }

    /// The days.
    #[must_use]
    pub fn points(&self) -> &[CurvePoint] {
        &self.points
    }

    /// The market behind it.
    #[must_use]
    pub fn market(&self) -> &ForwardMarket {
        &self.market
    }

    fn covariances(&mut self, times: &[f64], used: usize) {
        let path = &self.market.difficulty;
        let coupling = self.market.coupling;
        let sigma2 = self.market.price.daily_variance();
        let shared = coupling.correlation * sigma2.sqrt() * path.outlook().dynamics.level;
        let (beta, tau) = (coupling.elasticity, coupling.response);
        let end = |day: usize| count(day) + 1.0;
        for a in 0..used {
            for (day, time) in times.iter().enumerate() {
                self.with_price[a][day] = path.steps[a]
                    .loadings
                    .iter()
                    .map(|(h, weight)| {
                        weight * (shared * time.min(end(h)) + sigma2 * beta * response(*time, end(h), tau))
                    })
                    .sum();
            }
            for b in 0..=a {
                let mut fed = 0.0;
                if beta != 0.0 {
                    for (g, left) in path.steps[a].loadings.iter() {
                        for (h, right) in path.steps[b].loadings.iter() {
                            let (g, h) = (end(g), end(h));
                            let mixed = response(h, g, tau) + response(g, h, tau);
                            fed += left
                                * right
                                * beta
                                * (sigma2 * beta * response_squared(g, h, tau) + shared * mixed);
                        }
                    }
                }
                let covariance = path.covariance(a, b) + fed;
                self.difficulties[a][b] = covariance;
                self.difficulties[b][a] = covariance;
            }
        }
    }

    fn point(&self, day: usize, t: f64) -> Result<CurvePoint> {
        let market = &self.market;
        let log_difficulty = self.steps[day].map_or(market.difficulty.difficulty.ln(), |step| {
            market.difficulty.steps[step].log_mean
        });
        let (subsidy, fees) = (market.subsidy(t)?, market.fees.mean(t));
        let a_day = TERAHASHES_PER_PETAHASH * HASHES_PER_TERAHASH * SECONDS_PER_DAY / market.chain.work()?;
        let price = market.price.forward(t);
        let own = self.difficulty_covariance(day, day);
        let coins = a_day * (subsidy + fees) * (0.5 * own - log_difficulty).exp();
        let convexity = -self.covariance_with_price(day, day);
        // the spread of the rewards widens the logarithm's
        let rewards = self
            .reward_covariance(day, day, (subsidy, fees), (subsidy, fees))
            .ln_1p();
        let spread = self.log_covariance(day, day) + rewards;
        Ok(CurvePoint {
            days: t,
            price: representable("forward price", price)?,
            difficulty: representable("difficulty", log_difficulty.exp())?,
            subsidy,
            fees,
            hashprice: representable("hashprice", coins * price * convexity.exp())?,
            deviation: representable("deviation of hashprice", spread.max(0.0).sqrt())?,
            coins: representable("coins per PH/s and day", coins)?,
            coins_deviation: representable("deviation of coins", (own + rewards).max(0.0).sqrt())?,
        })
    }

    /// Covariance of the rewards of two days relative to the product of their means; (subsidy, fees) of each.
    fn reward_covariance(&self, a: usize, b: usize, (s, f): (f64, f64), (u, g): (f64, f64)) -> f64 {
        let all = (s + f) * (u + g);
        if all > 0.0 {
            let covariance = self.market.fees.covariance(count(a) + 0.5, count(b) + 0.5);
            f * g * covariance.exp_m1() / all
        } else {
            0.0
        }
    }

    /// Relative covariance of two days' rewards.
    pub(super) fn rewards(&self, a: usize, b: usize) -> f64 {
        let of = |day: usize| (self.points[day].subsidy, self.points[day].fees);
        self.reward_covariance(a, b, of(a), of(b))
    }

    /// Covariance of two days' ln difficulty.
    pub(super) fn difficulty_covariance(&self, a: usize, b: usize) -> f64 {
        match (self.steps[a], self.steps[b]) {
            (Some(a), Some(b)) => self.difficulties[a][b],
            _ => 0.0,
        }
    }

    /// Covariance of a day's ln difficulty with another's ln price.
    pub(super) fn covariance_with_price(&self, difficulty: usize, price: usize) -> f64 {
        self.steps[difficulty].map_or(0.0, |step| self.with_price[step][price])
    }

    /// Covariance of two days' ln price.
    pub(super) fn price_covariance(&self, a: usize, b: usize) -> f64 {
        self.market.price.daily_variance() * (count(a.min(b)) + 0.5)
    }

    /// Covariance of ln price − ln difficulty of two days.
    pub(super) fn log_covariance(&self, a: usize, b: usize) -> f64 {
        self.price_covariance(a, b) + self.difficulty_covariance(a, b)
            - self.covariance_with_price(a, b)
            - self.covariance_with_price(b, a)
    }
}
