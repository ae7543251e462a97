//! Averages over a period: what hashprice forwards and swaps settle on, and what a miner earns and pays.

use super::curve::{HashpriceCurve, quantile};
use crate::error::{Result, count, finite, non_negative, representable, within, within_count};

/// Days of the curve, the first from now being 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub first: usize,
    /// Days.
    pub days: usize,
}

/// An average: mean and standard deviation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Average {
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub deviation: f64,
}

/// A floating price of energy, lognormal around a flat forward.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EnergyPrice {
    /// Forward, quote per kWh; 0 only without volatility.
    pub forward: f64,
    /// Volatility per √year.
    pub volatility: f64,
    /// Correlation with the price of the coin, [−1, 1].
    pub correlation: f64,
}

/// Averages over one period: of hashprice, of the coin's price and of the price of energy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JointAverages {
    /// Days of the period.
    pub days: f64,
    /// Means: hashprice (quote per PH/s and day), price (quote per coin), energy (quote per kWh).
    pub means: [f64; 3],
    /// Covariances, in the same order.
    pub covariance: [[f64; 3]; 3],
}

impl Average {
    /// Quantile at a probability, of the lognormal with these moments (Lévy 1992 for averages of lognormals).
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for a probability outside (0, 1).
    pub fn quantile(&self, probability: f64) -> Result<f64> {
        let relative = self.deviation / self.mean;
        quantile(self.mean, (relative * relative).ln_1p().sqrt(), probability)
    }
}

impl HashpriceCurve {
    fn period(&self, period: Period) -> Result<core::ops::Range<usize>> {
        let days = self.points().len();
        within_count("first day of a period", period.first, 0, days - 1)?;
        within_count("days of a period", period.days, 1, days - period.first)?;
        Ok(period.first..period.first + period.days)
    }

    /// The average hashprice of a period, quote per PH/s and day: its mean is the fair fixed side of a forward or swap
    /// that pays it at the end.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for a period beyond the curve, [`crate::ModelError::Overflow`].
    pub fn hashprice(&self, period: Period) -> Result<Average> {
        self.average(
            period,
            |day| self.points()[day].hashprice,
            |a, b| self.rewards(a, b).ln_1p() + self.log_covariance(a, b),
        )
    }

    /// The average of coins per PH/s and day over a period: the fair fixed side of a forward settled in coins.
    ///
    /// # Errors
    /// As [`Self::hashprice`].
    pub fn coins(&self, period: Period) -> Result<Average> {
        self.average(
            period,
            |day| self.points()[day].coins,
            |a, b| self.rewards(a, b).ln_1p() + self.difficulty_covariance(a, b),
        )
    }

    fn average(
        &self,
        period: Period,
        mean: impl Fn(usize) -> f64,
        log_covariance: impl Fn(usize, usize) -> f64,
    ) -> Result<Average> {
        let days = self.period(period)?;
        let n = count(period.days);
        let (mut sum, mut variance) = (0.0, 0.0);
        for a in days.clone() {
            sum += mean(a);
            for b in days.start..=a {
                let both = if a == b { 1.0 } else { 2.0 };
                variance += both * mean(a) * mean(b) * log_covariance(a, b).exp_m1();
            }
        }
        Ok(Average {
            mean: representable("average hashprice", sum / n)?,
            deviation: representable("deviation of an average hashprice", variance.max(0.0).sqrt() / n)?,
        })
    }

    /// The rate at which a swap of a fixed for the floating hashprice, settled daily, is worth nothing: the average
    /// weighted by discount factors exp(−rate·t).
    ///
    /// # Errors
    /// As [`Self::hashprice`], and [`crate::ModelError::OutOfRange`] for a rate beyond ±5 a year.
    pub fn swap_rate(&self, period: Period, rate: f64) -> Result<f64> {
        self.discounted(period, rate)
            .map(|(floating, annuity)| floating / annuity)
    }

    /// What a swap is worth to the side that receives `fixed` and pays the floating hashprice on `petahashes` PH/s.
    ///
    /// # Errors
    /// As [`Self::swap_rate`].
    pub fn swap_value(&self, period: Period, rate: f64, fixed: f64, petahashes: f64) -> Result<f64> {
        finite("fixed hashprice", fixed)?;
        non_negative("hash rate", petahashes)?;
        let (floating, annuity) = self.discounted(period, rate)?;
        representable("value of a swap", petahashes * (fixed * annuity - floating))
    }

    /// What hash rate sold ahead and paid at once is worth per PH/s: the discounted hashprice of the period.
    ///
    /// # Errors
    /// As [`Self::swap_rate`].
    pub fn prepaid(&self, period: Period, rate: f64) -> Result<f64> {
        self.discounted(period, rate).map(|(floating, _)| floating)
    }

    /// Discounted hashprices and discount factors.
    fn discounted(&self, period: Period, rate: f64) -> Result<(f64, f64)> {
        within("discount rate", rate, -5.0, 5.0)?;
        let (mut floating, mut annuity) = (0.0, 0.0);
        for day in self.period(period)? {
            let point = &self.points()[day];
            let factor = (-rate * point.days / 365.0).exp();
            floating += factor * point.hashprice;
            annuity += factor;
        }
        Ok((representable("discounted hashprice", floating)?, annuity))
    }

    /// The joint moments of the averages over a period.
    ///
    /// # Errors
    /// As [`Self::hashprice`]; [`crate::ModelError::OutOfRange`] for energy of a negative price, or of no price but a
    /// volatility.
    pub fn joint(&self, period: Period, energy: EnergyPrice) -> Result<JointAverages> {
        let days = self.period(period)?;
        within(
            "forward price of energy",
            energy.forward,
            if energy.volatility > 0.0 {
                f64::MIN_POSITIVE
            } else {
                -1e6
            },
            1e6,
        )?;
        within("volatility of energy", energy.volatility, 0.0, 10.0)?;
        within("correlation of energy and coin", energy.correlation, -1.0, 1.0)?;
        let n = count(period.days);
        let hash = self.hashprice(period)?;
        let mut means = [hash.mean, 0.0, energy.forward];
        let mut sums = [[0.0; 3]; 3];
        let per_day = energy.volatility / 365.0_f64.sqrt();
        let sigma = self.market().price.daily_variance().sqrt();
        for a in days.clone() {
            let (left, right_days) = (&self.points()[a], days.clone());
            means[1] += left.price / n;
            for b in right_days {
                let right = &self.points()[b];
                let price = self.price_covariance(a, b);
                // ln hashprice of a day with ln price of another
                let cross = price - self.covariance_with_price(a, b);
                // the energy's share in the price's Brownian motion
                let share = |covariance: f64| {
                    if sigma > 0.0 {
                        energy.correlation * per_day / sigma * covariance
                    } else {
                        0.0
                    }
                };
                let time = left.days.min(right.days);
                sums[0][1] += left.hashprice * right.price * cross.exp_m1();
                sums[0][2] += left.hashprice * energy.forward * share(cross).exp_m1();
                sums[1][1] += left.price * right.price * price.exp_m1();
                sums[1][2] += left.price * energy.forward * share(price).exp_m1();
                sums[2][2] += energy.forward * energy.forward * (per_day * per_day * time).exp_m1();
            }
        }
        let mut covariance = [[0.0; 3]; 3];
        for i in 0..3 {
            for j in i..3 {
                let value = if (i, j) == (0, 0) {
                    hash.deviation.powi(2)
                } else {
                    sums[i][j] / (n * n)
                };
                covariance[i][j] = representable("covariance of averages", value)?;
                covariance[j][i] = covariance[i][j];
            }
        }
        representable("average price", means[1])?;
        Ok(JointAverages {
            days: n,
            means,
            covariance,
        })
    }
}
