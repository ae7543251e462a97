//! Bars: what a price did within an interval.

use crate::error::{ModelError, Result, at_least, positive};
use crate::series::{PositiveSeries, SECONDS_PER_YEAR};

/// Open, high, low and close of one interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// Start of the interval, unix seconds.
    pub time: i64,
    /// First price.
    pub open: f64,
    /// Highest price.
    pub high: f64,
    /// Lowest price.
    pub low: f64,
    /// Last price.
    pub close: f64,
}

/// Bars of one length at increasing times that do not overlap; there may be gaps between them. Every price is positive,
/// no high is below open or close and no low above.
#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    bars: Vec<Bar>,
    length: u32,
}

impl Bars {
    /// Takes bars of `length` seconds, oldest first.
    ///
    /// # Errors
    /// [`ModelError::TooFew`] if empty, [`ModelError::NotPositive`] or [`ModelError::NotFinite`] for a price or the
    /// length, [`ModelError::NotIncreasing`] where a bar starts before the one before it has ended,
    /// [`ModelError::OutOfRange`] for a high below, or a low above, open or close.
    pub fn new(bars: Vec<Bar>, length: u32) -> Result<Self> {
        at_least("bars", 1, bars.len())?;
        positive("length of a bar, seconds", f64::from(length))?;
        for bar in &bars {
            positive("open", bar.open)?;
            positive("close", bar.close)?;
            positive("high", bar.high)?;
            positive("low", bar.low)?;
            let (body_low, body_high) = (bar.open.min(bar.close), bar.open.max(bar.close));
            if bar.high < body_high {
                return Err(ModelError::OutOfRange {
                    what: "high of a bar, which open and close must not exceed,",
                    value: bar.high,
                    min: body_high,
                    max: f64::MAX,
                });
            }
            if bar.low > body_low {
                return Err(ModelError::OutOfRange {
                    what: "low of a bar, which open and close must not fall below,",
                    value: bar.low,
                    min: 0.0,
                    max: body_low,
                });
            }
        }
        match bars
            .windows(2)
            .position(|pair| seconds_between(&pair[0], &pair[1], length) < 0)
        {
            Some(index) => Err(ModelError::NotIncreasing {
                what: "time of the bars (by a bar's length)",
                index: index + 1,
            }),
            None => Ok(Self { bars, length }),
        }
    }

    /// The bars, oldest first.
    #[must_use]
    pub fn bars(&self) -> &[Bar] {
        &self.bars
    }

    /// Length of a bar, years.
    #[must_use]
    pub fn length_years(&self) -> f64 {
        f64::from(self.length) / SECONDS_PER_YEAR
    }

    /// The closing prices at the ends of the bars.
    ///
    /// # Errors
    /// [`ModelError::NotIncreasing`] for times at the end of the range of i64.
    pub fn closes(&self) -> Result<PositiveSeries> {
        let end = |bar: &Bar| bar.time.saturating_add(i64::from(self.length));
        PositiveSeries::new(self.bars.iter().map(|bar| (end(bar), bar.close)))
    }

    /// Each bar with the close before it and the years since, where no more than `max_gap` seconds lie between them.
    pub(super) fn with_previous(&self, max_gap: u32) -> impl Iterator<Item = (&Bar, f64, f64)> {
        self.bars.windows(2).filter_map(move |pair| {
            let gap = seconds_between(&pair[0], &pair[1], self.length);
            let gap = u32::try_from(gap).ok().filter(|gap| *gap <= max_gap)?;
            Some((&pair[1], pair[0].close, f64::from(gap) / SECONDS_PER_YEAR))
        })
    }
}

/// From the end of one bar to the start of the next.
fn seconds_between(before: &Bar, after: &Bar, length: u32) -> i128 {
    i128::from(after.time) - i128::from(before.time) - i128::from(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(time: i64, open: f64, high: f64, low: f64, close: f64) -> Bar {
        Bar {
            time,
            open,
            high,
            low,
            close,
        }
    }

    #[test]
    fn impossible_bars_are_refused_with_their_reason() {
        let refuse = |bars: Vec<Bar>| Bars::new(bars, 60).unwrap_err();
        assert!(matches!(refuse(vec![]), ModelError::TooFew { .. }));
        let high = refuse(vec![bar(0, 2.0, 1.9, 1.0, 1.5)]);
        assert!(matches!(high, ModelError::OutOfRange { min: 2.0, .. }), "{high}");
        let low = refuse(vec![bar(0, 2.0, 2.5, 1.6, 1.5)]);
        assert!(matches!(low, ModelError::OutOfRange { max: 1.5, .. }), "{low}");
        assert!(matches!(
            refuse(vec![bar(0, 0.0, 1.0, 0.0, 1.0)]),
            ModelError::NotPositive { .. }
        ));
        assert!(matches!(
            refuse(vec![bar(0, 1.0, f64::NAN, 1.0, 1.0)]),
            ModelError::NotFinite { .. }
        ));
        let flat = |time| bar(time, 1.0, 1.0, 1.0, 1.0);
        assert_eq!(
            refuse(vec![flat(0), flat(60), flat(119)]),
            ModelError::NotIncreasing {
                what: "time of the bars (by a bar's length)",
                index: 2
            }
        );
        assert!(Bars::new(vec![flat(0)], 0).is_err());
    }

    #[test]
    fn a_bar_after_a_gap_has_no_previous_close() {
        let bars = Bars::new(
            [0, 60, 130, 1000]
                .map(|time| bar(time, 1.0, 2.0, 0.5, 1.5))
                .to_vec(),
            60,
        )
        .unwrap();
        let gaps: Vec<f64> = bars
            .with_previous(10)
            .map(|(_, _, gap)| gap * SECONDS_PER_YEAR)
            .collect();
        assert_eq!(gaps, [0.0, 10.0]);
        assert_eq!(bars.closes().unwrap().series().first().time, 60);
    }
}
