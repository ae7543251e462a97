//! Fees of a recorded history.

use super::super::MiningHistory;
use crate::error::{Result, at_least, count, representable};

/// How fees have been distributed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FeeStatistics {
    /// Days.
    pub days: usize,
    /// Mean fees of a block, coins: all fees over all blocks.
    pub mean: f64,
    /// Standard deviation from day to day of a day's mean fees of a block ÷ their mean.
    pub variation: f64,
    /// Fees ÷ (issuance + fees), over all days.
    pub revenue_share: f64,
    /// Correlation of a day's mean fees with the day before's; none where there are fewer than three pairs of adjacent days
    /// or fees do not vary.
    pub autocorrelation: Option<f64>,
}

const DAY: i64 = 86_400;

/// Statistics of the fees of a history of at least two days.
///
/// From one block to the next fees vary more than days do: the day's mean has averaged its blocks, unless they all share the
/// day's state of the mempool, which is what a high autocorrelation says.
///
/// # Errors
/// [`crate::ModelError::TooFew`], [`crate::ModelError::Overflow`].
pub fn fee_statistics(history: &MiningHistory) -> Result<FeeStatistics> {
    let days = history.days();
    at_least("days of a mining history", 2, days.len())?;
    let total = |read: &dyn Fn(&crate::pow::MiningDay) -> f64| days.iter().map(read).sum::<f64>();
    let (fees, blocks, issuance) = (
        total(&|day| day.fees),
        total(&|day| day.blocks),
        total(&|day| day.issuance),
    );
    let means: Vec<f64> = days.iter().map(|day| day.fees / day.blocks).collect();
    let centre = means.iter().sum::<f64>() / count(means.len());
    let squares: f64 = means.iter().map(|mean| (mean - centre) * (mean - centre)).sum();
    let deviation = (squares / count(means.len() - 1)).sqrt();
    let pairs: Vec<(f64, f64)> = days
        .windows(2)
        .zip(means.windows(2))
        .filter(|(pair, _)| pair[1].time - pair[0].time == DAY)
        .map(|(_, means)| (means[0], means[1]))
        .collect();
    Ok(FeeStatistics {
        days: days.len(),
        mean: representable("fees of a block", fees / blocks)?,
        variation: if centre > 0.0 {
            representable("variation of fees", deviation / centre)?
        } else {
            0.0
        },
        revenue_share: representable("share of fees", fees / (issuance + fees))?,
        autocorrelation: correlation(&pairs),
    })
}

/// Pearson's correlation.
fn correlation(pairs: &[(f64, f64)]) -> Option<f64> {
    let n = count(pairs.len());
    let (x, y) = (
        pairs.iter().map(|pair| pair.0).sum::<f64>() / n,
        pairs.iter().map(|pair| pair.1).sum::<f64>() / n,
    );
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (a, b) in pairs {
        xx += (a - x) * (a - x);
        yy += (b - y) * (b - y);
        xy += (a - x) * (b - y);
    }
    (pairs.len() >= 3)
        .then(|| xy / xx.sqrt() / yy.sqrt())
        .filter(|correlation| correlation.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pow::MiningDay;
    use crate::testing::assert_close;

    fn history(fees: &[f64]) -> MiningHistory {
        let days = fees.iter().zip(0..).map(|(&fees, day)| MiningDay {
            time: day * DAY,
            price: 1.0,
            blocks: 100.0,
            issuance: 300.0,
            fees,
            hash_rate: 1.0,
        });
        MiningHistory::new(days.collect()).unwrap()
    }

    #[test]
    fn a_sawtooth_has_its_mean_its_variation_and_no_memory_of_yesterday() {
        let statistics = fee_statistics(&history(&[50.0, 150.0, 50.0, 150.0])).unwrap();
        assert_close(statistics.mean, 1.0, 1e-15);
        assert_close(statistics.variation, (1.0_f64 / 3.0).sqrt(), 1e-15);
        assert_close(statistics.revenue_share, 0.25, 1e-15);
        assert_close(statistics.autocorrelation.unwrap(), -1.0, 1e-12);
    }

    #[test]
    fn constant_fees_and_no_fees_have_no_correlation() {
        let constant = fee_statistics(&history(&[50.0; 5])).unwrap();
        assert_close(constant.variation, 0.0, 0.0);
        assert_eq!(constant.autocorrelation, None);
        assert_close(
            fee_statistics(&history(&[0.0; 3])).unwrap().revenue_share,
            0.0,
            0.0,
        );
        assert!(fee_statistics(&history(&[1.0])).is_err());
    }

    #[test]
    fn days_that_are_not_adjacent_make_no_pair() {
        let mut days = history(&[1.0, 2.0, 4.0, 8.0, 9.0, 7.0]).days().to_vec();
        for (index, day) in days.iter_mut().enumerate() {
            day.time += if index > 2 { 10 * DAY } else { 0 };
        }
        let broken = fee_statistics(&MiningHistory::new(days).unwrap()).unwrap();
        let pairs = [(0.01, 0.02), (0.02, 0.04), (0.08, 0.09), (0.09, 0.07)];
        assert_close(
            broken.autocorrelation.unwrap(),
            correlation(&pairs).unwrap(),
            1e-12,
        );
    }
}
