//! Validated time series: the one door through which observations reach the models.
//!
//! Times are unix seconds, years have 365 days (the convention of on-chain lending markets, e.g. Aave's
//! `SECONDS_PER_YEAR`).

use crate::error::{ModelError, Result, at_least, finite, positive};

/// Seconds in the year of 365 days in which every annualised figure of this library is expressed.
pub const SECONDS_PER_YEAR: f64 = 31_536_000.0;

/// One observation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Unix time, seconds.
    pub time: i64,
    /// Observed value.
    pub value: f64,
}

/// A return over one observation interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogReturn {
    /// End of the interval, unix seconds.
    pub time: i64,
    /// Length of the interval in years, > 0.
    pub years: f64,
    /// ln(value at the end / value at the start).
    pub value: f64,
}

/// Non-empty observations at strictly increasing times with finite values.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    samples: Vec<Sample>,
}

/// A [`Series`] whose values are all greater than zero: prices, exchange rates, depths.
#[derive(Debug, Clone, PartialEq)]
pub struct PositiveSeries(Series);

/// Years from `from` to `to`; negative if `to` is earlier.
#[must_use]
pub fn years_between(from: i64, to: i64) -> f64 {
    #[allow(clippy::cast_precision_loss)] // A span of 2⁵³ seconds is 285 million years.
    let seconds = (i128::from(to) - i128::from(from)) as f64;
    seconds / SECONDS_PER_YEAR
}

impl Series {
    /// Takes (unix seconds, value) pairs.
    ///
    /// # Errors
    /// [`ModelError::TooFew`] if empty, [`ModelError::NotFinite`] on NaN and infinities,
    /// [`ModelError::NotIncreasing`] on repeated or descending times.
    pub fn new(observations: impl IntoIterator<Item = (i64, f64)>) -> Result<Self> {
        let samples: Vec<Sample> = observations
            .into_iter()
            .map(|(time, value)| Sample { time, value })
            .collect();
        at_least("samples in a series", 1, samples.len())?;
        for sample in &samples {
            finite("series value", sample.value)?;
        }
        match samples.windows(2).position(|pair| pair[1].time <= pair[0].time) {
            Some(index) => Err(ModelError::NotIncreasing {
                what: "series time",
                index: index + 1,
            }),
            None => Ok(Self { samples }),
        }
    }

    /// The samples, oldest first.
    #[must_use]
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// The oldest sample.
    #[must_use]
    pub fn first(&self) -> Sample {
        self.samples[0]
    }

    /// The newest sample.
    #[must_use]
    pub fn last(&self) -> Sample {
        self.samples[self.samples.len() - 1]
    }

    /// Years between the first and the last sample; zero for a single sample.
    #[must_use]
    pub fn span_years(&self) -> f64 {
        years_between(self.first().time, self.last().time)
    }

    /// The newest sample not later than `time`: what an observer knew then.
    #[must_use]
    pub fn as_of(&self, time: i64) -> Option<Sample> {
        let after = self.samples.partition_point(|sample| sample.time <= time);
        after.checked_sub(1).map(|index| self.samples[index])
    }

    /// The samples with `from ≤ time ≤ to`, or `None` where there are none.
    #[must_use]
    pub fn between(&self, from: i64, to: i64) -> Option<Self> {
        let start = self.samples.partition_point(|sample| sample.time < from);
        let end = self.samples.partition_point(|sample| sample.time <= to);
        (start < end).then(|| Self {
            samples: self.samples[start..end].to_vec(),
        })
    }

    /// The samples of the last `seconds` before the newest one, which is always kept.
    #[must_use]
    pub fn trailing(&self, seconds: u32) -> Self {
        let from = self.last().time.saturating_sub(i64::from(seconds));
        let start = self.samples.partition_point(|sample| sample.time < from);
        Self {
            samples: self.samples[start..].to_vec(),
        }
    }

    /// The contiguous pieces that remain when the series is cut at every interval longer than `max_gap` seconds.
    #[must_use]
    pub fn segments(&self, max_gap: u32) -> Vec<Self> {
        self.samples
            .chunk_by(|a, b| i128::from(b.time) - i128::from(a.time) <= i128::from(max_gap))
            .map(|piece| Self {
                samples: piece.to_vec(),
            })
            .collect()
    }
}

impl PositiveSeries {
    /// Takes (unix seconds, value) pairs.
    ///
    /// # Errors
    /// As [`Series::new`], and [`ModelError::NotPositive`] on a value that is not greater than zero.
    pub fn new(observations: impl IntoIterator<Item = (i64, f64)>) -> Result<Self> {
        Self::try_from(Series::new(observations)?)
    }

    /// The underlying series.
    #[must_use]
    pub fn series(&self) -> &Series {
        &self.0
    }

    /// As [`Series::trailing`].
    #[must_use]
    pub fn trailing(&self, seconds: u32) -> Self {
        Self(self.0.trailing(seconds))
    }

    /// As [`Series::between`].
    #[must_use]
    pub fn between(&self, from: i64, to: i64) -> Option<Self> {
        self.0.between(from, to).map(Self)
    }

    /// As [`Series::segments`].
    #[must_use]
    pub fn segments(&self, max_gap: u32) -> Vec<Self> {
        self.0.segments(max_gap).into_iter().map(Self).collect()
    }

    /// Log-returns over consecutive samples; empty for a single sample. Every value is finite.
    #[must_use]
    pub fn log_returns(&self) -> Vec<LogReturn> {
        self.0
            .samples
            .windows(2)
            .map(|pair| LogReturn {
                time: pair[1].time,
                years: years_between(pair[0].time, pair[1].time),
                // The difference of logarithms cannot overflow, unlike the logarithm of the ratio.
                value: pair[1].value.ln() - pair[0].value.ln(),
            })
            .collect()
    }

    /// Log-returns without those that span more than `max_gap` seconds: an outage is not a return.
    #[must_use]
    pub fn log_returns_within(&self, max_gap: u32) -> Vec<LogReturn> {
        let longest = f64::from(max_gap) / SECONDS_PER_YEAR;
        self.log_returns()
            .into_iter()
            .filter(|r| r.years <= longest)
            .collect()
    }
}

impl TryFrom<Series> for PositiveSeries {
    type Error = ModelError;

    fn try_from(series: Series) -> Result<Self> {
        for sample in &series.samples {
            positive("series value", sample.value)?;
        }
        Ok(Self(series))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hourly(n: i64) -> Series {
        Series::new((0..n).map(|i| (i * 3600, 1.0 + i as f64))).unwrap()
    }

    #[test]
    fn malformed_observations_are_refused_with_their_reason() {
        assert_eq!(
            Series::new([]),
            Err(ModelError::TooFew {
                what: "samples in a series",
                needed: 1,
                got: 0
            })
        );
        assert_eq!(
            Series::new([(1, 1.0), (3, 1.0), (3, 2.0)]),
            Err(ModelError::NotIncreasing {
                what: "series time",
                index: 2
            })
        );
        assert!(matches!(
            Series::new([(1, f64::NAN)]),
            Err(ModelError::NotFinite { .. })
        ));
        assert!(matches!(
            PositiveSeries::new([(1, 0.0)]),
            Err(ModelError::NotPositive { .. })
        ));
    }

    #[test]
    fn as_of_never_looks_ahead() {
        let series = hourly(5);
        assert_eq!(series.as_of(-1), None);
        assert_eq!(series.as_of(3599).unwrap().value, 1.0);
        assert_eq!(series.as_of(3600).unwrap().value, 2.0);
        assert_eq!(series.as_of(i64::MAX).unwrap().value, 5.0);
    }

    #[test]
    fn windows_include_their_ends() {
        let series = hourly(10);
        assert_eq!(series.trailing(7200).samples().len(), 3);
        assert_eq!(series.trailing(0).samples(), &[series.last()]);
        assert_eq!(series.between(3600, 7200).unwrap().samples().len(), 2);
        assert_eq!(series.between(1, 2), None);
    }

    #[test]
    fn a_gap_splits_the_series_and_its_return_is_dropped() {
        let prices = PositiveSeries::new([(0, 1.0), (60, 2.0), (10_000, 4.0), (10_060, 8.0)]).unwrap();
        assert_eq!(prices.segments(60).len(), 2);
        assert_eq!(prices.log_returns().len(), 3);
        assert_eq!(prices.log_returns_within(60).len(), 2);
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn returns_add_up_to_the_whole_move(
            values in prop::collection::vec(1e-300f64..1e300, 2..50), start in any::<i32>(),
        ) {
            let prices = PositiveSeries::new(
                values.iter().enumerate().map(|(i, v)| (i64::from(start) + i as i64, *v))).unwrap();
            let total: f64 = prices.log_returns().iter().map(|r| r.value).sum();
            let whole = values[values.len() - 1].ln() - values[0].ln();
            prop_assert!((total - whole).abs() < 1e-9);
        }

        #[test]
        fn any_observations_give_a_series_or_an_error(
            observations in prop::collection::vec((any::<i64>(), any::<f64>()), 0..20), gap in any::<u32>(),
        ) {
            if let Ok(series) = Series::new(observations) {
                prop_assert_eq!(series.segments(gap).iter().map(|s| s.samples().len()).sum::<usize>(),
                    series.samples().len());
                prop_assert!(series.span_years() >= 0.0);
                prop_assert!(!series.trailing(gap).samples().is_empty());
            }
        }
    }
}
