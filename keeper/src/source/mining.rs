//! Recorded days of a proof-of-work chain, from a CSV file.

use super::{Source, SourceError};
use crate::desk::table::{Table, TableError};
use crate::observation::{Metric, Sample};
use crate::pow::PowCoin;
use hurdle_interface::UnixTime;
use std::path::Path;
use std::sync::Arc;

/// Seconds of a day: what a row says is known when its day is over.
const DAY: i64 = 86_400;

/// One day.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Day {
    begin: i64,
    price: f64,
    difficulty: f64,
    height: f64,
    block_fees: f64,
}

/// The days of a chain, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct MiningRecord {
    days: Vec<Day>,
}

impl MiningRecord {
    /// Reads a file with the columns `time` (the day's begin), `price`, `difficulty`, `height` (of the next block at the
    /// end of the day) and `block_fees` (coins per block).
    ///
    /// # Errors
    /// [`SourceError::Table`].
    pub fn read(path: &Path) -> Result<Self, SourceError> {
        Ok(Self::of(&Table::read(path)?)?)
    }

    /// The same from memory; `path` is for messages.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn parse(bytes: &[u8], path: &Path) -> Result<Self, SourceError> {
        Ok(Self::of(&Table::parse(bytes, path)?)?)
    }

    fn of(table: &Table) -> Result<Self, TableError> {
        let within = |title: &str, metric: Metric| {
            let (low, high) = metric.domain();
            table.column(title)?.map(|text| {
                text.parse()
                    .ok()
                    .filter(|value| (low..=high).contains(value))
                    .ok_or_else(|| format!("`{text}` is no {title} between {low} and {high}"))
            })
        };
        // the domain of a metric is that of every coin
        let coin = PowCoin::default();
        let times = table.column("time")?.increasing_times()?;
        let prices = within("price", Metric::CoinPrice(coin))?;
        let difficulties = within("difficulty", Metric::Difficulty(coin))?;
        let heights = within("height", Metric::Height(coin))?;
        let fees = within("block_fees", Metric::BlockFees(coin))?;
        let days = times
            .into_iter()
            .zip(prices)
            .zip(difficulties)
            .zip(heights.into_iter().zip(fees))
            .map(|(((begin, price), difficulty), (height, block_fees))| Day {
                begin,
                price,
                difficulty,
                height,
                block_fees,
            })
            .collect();
        Ok(Self { days })
    }

    /// The newest day that is over.
    fn known_at(&self, time: i64) -> Option<&Day> {
        let over = self
            .days
            .partition_point(|day| day.begin.saturating_add(DAY) <= time);
        self.days.get(over.checked_sub(1)?)
    }
}

/// A source that plays a chain's days back. It never looks ahead.
#[derive(Clone, Debug)]
pub struct MiningSource {
    coin: PowCoin,
    days: Arc<MiningRecord>,
}

impl MiningSource {
    /// A source over the days of a coin's chain, which several keepers may share.
    #[must_use]
    pub const fn new(coin: PowCoin, days: Arc<MiningRecord>) -> Self {
        Self { coin, days }
    }
}

impl Source for MiningSource {
    fn name(&self) -> &str {
        self.coin.name()
    }

    async fn observe(&mut self, now: UnixTime) -> Result<Vec<Sample>, SourceError> {
        let day = self.days.known_at(now.0).ok_or_else(|| SourceError::Silent {
            source_name: self.coin.name().to_owned(),
            at: now.0,
            reason: "its record begins later".to_owned(),
        })?;
        let coin = self.coin;
        let values = [
            (Metric::CoinPrice(coin), day.price),
            (Metric::Difficulty(coin), day.difficulty),
            (Metric::Height(coin), day.height),
            (Metric::BlockFees(coin), day.block_fees),
        ];
        let sample = |(metric, value)| Sample {
            metric,
            value,
            observed_at: day.begin.saturating_add(DAY),
            source: "record".to_owned(),
            confidence: 1.0,
        };
        Ok(values.map(sample).to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::testing::block_on;

    const TEXT: &str = "time,price,difficulty,height,block_fees\n2021-05-01,57800,2.0e13,681500,0.7\n\
                        2021-05-02,56600,2.0e13,681644,0.5\n";

    fn record(text: &str) -> Result<MiningRecord, SourceError> {
        MiningRecord::parse(text.as_bytes(), Path::new("btc.csv"))
    }

    #[test]
    fn a_day_is_known_when_it_is_over_and_not_before() {
        let days = Arc::new(record(TEXT).unwrap());
        let mut source = MiningSource::new(PowCoin::Btc, days);
        let second_ends = 1_619_913_600 + DAY;
        let price =
            |source: &mut MiningSource, at| block_on(source.observe(UnixTime(at))).map(|s| s[0].value);
        assert_eq!(price(&mut source, second_ends - 1).unwrap(), 57_800.0);
        assert_eq!(price(&mut source, second_ends).unwrap(), 56_600.0);
        let error = price(&mut source, second_ends - DAY - 1).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "btc has no observation at {}: its record begins later",
                second_ends - DAY - 1
            )
        );
    }

    #[test]
    fn a_value_outside_its_domain_is_named_by_line_and_column() {
        let error = record(&TEXT.replace("56600", "-1")).unwrap_err().to_string();
        assert_eq!(
            error,
            "btc.csv:3:2 (price): `-1` is no price between 0.000000001 and 1000000000"
        );
        let error = record(&TEXT.replace("height", "block")).unwrap_err().to_string();
        assert!(error.contains("no column `height`"), "{error}");
    }
}
