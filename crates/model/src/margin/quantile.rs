//! Quantiles of losses by order statistics, with care for overlapping windows.

use crate::error::{ModelError, Result, at_least, count, finite, positive};

/// Checks a confidence level in (0, 1).
pub(crate) fn level_of(level: f64) -> Result<f64> {
    if level > 0.0 && level < 1.0 {
        Ok(level)
    } else {
        Err(ModelError::OutOfRange {
            what: "confidence level",
            value: level,
            min: 0.0,
            max: 1.0,
        })
    }
}

/// Finite values, ascending.
pub(crate) fn sorted(values: &[f64]) -> Result<Vec<f64>> {
    for value in values {
        finite("loss", *value)?;
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    Ok(sorted)
}

/// Fewest values from which a quantile of `level` can be read: ⌈level/(1 − level)⌉.
///
/// # Errors
/// [`ModelError::OutOfRange`] for a level outside (0, 1).
pub fn fewest_values(level: f64) -> Result<usize> {
    let level = level_of(level)?;
    // Less the rounding of the quotient, so that 0.99 needs 99 and not 100.
    Ok(whole((level / (1.0 - level) * (1.0 - 1e-12)).ceil()))
}

/// The upper quantile as the ⌈level·(n + 1)⌉-th smallest value: for exchangeable losses the next one exceeds it with
/// probability at most 1 − level, whatever their distribution (the order-statistic argument of Wilks 1941; as conformal
/// prediction: Vovk, Gammerman & Shafer 2005). Never interpolated downwards.
///
/// # Errors
/// [`ModelError::TooFew`] where so few values cannot show the quantile, [`ModelError::NotFinite`],
/// [`ModelError::OutOfRange`] for a level outside (0, 1).
pub fn upper_quantile(values: &[f64], level: f64) -> Result<f64> {
    at_least("losses for this confidence", fewest_values(level)?, values.len())?;
    Ok(at_share(&sorted(values)?, level))
}

/// The mean of the losses at and beyond [`upper_quantile`]: expected shortfall by its worst outcomes.
///
/// # Errors
/// As [`upper_quantile`].
pub fn upper_shortfall(values: &[f64], level: f64) -> Result<f64> {
    let quantile = upper_quantile(values, level)?;
    let worst: Vec<f64> = values
        .iter()
        .copied()
        .filter(|value| *value >= quantile)
        .collect();
    crate::error::representable(
        "expected shortfall",
        worst.iter().map(|value| value / count(worst.len())).sum(),
    )
}

/// Upper limit of a one-sided confidence interval for the quantile: the order statistic whose share is Wilson's (1927)
/// upper limit for `level` at `sureness`, with as many independent observations as there are windows that do not overlap,
/// n/overlap. Overlapping windows show the same moves several times; they sharpen the estimate a little and its
/// uncertainty not at all (Hansen & Hodrick 1980 on overlapping data).
///
/// # Errors
/// As [`upper_quantile`]; [`ModelError::NotPositive`] for an overlap; [`ModelError::TooFew`] where the limit lies beyond
/// the greatest value.
pub fn quantile_limit(values: &[f64], level: f64, sureness: f64, overlap: f64) -> Result<f64> {
    let sorted = sorted(values)?;
    let share = limit_share(values.len(), level, sureness, overlap)?;
    at_least("losses for this confidence", fewest_values(share)?, sorted.len())?;
    Ok(at_share(&sorted, share))
}

/// Fewest values from which [`quantile_limit`] can be read.
///
/// # Errors
/// [`ModelError::OutOfRange`] for a level or sureness outside (0, 1); [`ModelError::NotPositive`] for an overlap;
/// [`ModelError::Overflow`] where a billion values would not do.
pub fn fewest_values_for_limit(level: f64, sureness: f64, overlap: f64) -> Result<usize> {
    const MOST: usize = 1_000_000_000;
    // The limit's share falls as values come in, so that one more never takes the answer away.
    let suffice = |n: usize| Ok(fewest_values(limit_share(n, level, sureness, overlap)?)? <= n);
    let mut enough = fewest_values(level)?.max(1);
    while !suffice(enough)? {
        enough = enough.saturating_mul(2);
        if enough > MOST {
            return Err(ModelError::Overflow {
                what: "number of losses for this confidence",
            });
        }
    }
    let mut few = 0;
    while enough - few > 1 {
        let middle = few + (enough - few) / 2;
        if suffice(middle)? {
            enough = middle;
        } else {
            few = middle;
        }
    }
    Ok(enough)
}

/// Wilson's upper limit for the share `level` of `n` overlapping values.
fn limit_share(n: usize, level: f64, sureness: f64, overlap: f64) -> Result<f64> {
    let (level, sureness) = (level_of(level)?, level_of(sureness)?);
    let independent = count(n) / positive("overlap of the windows", overlap)?.max(1.0);
    let z = crate::normal::quantile(sureness)?;
    let square = z * z / independent.max(1.0);
    let centre = level + square / 2.0;
    let spread = z.signum() * (square * (level * (1.0 - level) + square / 4.0)).sqrt();
    let share = (centre + spread) / (1.0 + square);
    Ok(share.max(level).min(1.0 - f64::EPSILON))
}

/// The ⌈share·(n + 1)⌉-th of sorted values, held to the last.
fn at_share(sorted: &[f64], share: f64) -> f64 {
    let rank = whole((share * (count(sorted.len()) + 1.0) * (1.0 - 1e-15)).ceil());
    sorted[rank.clamp(1, sorted.len()) - 1]
}

/// A non-negative whole number; saturating.
fn whole(value: f64) -> usize {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let whole = value as usize;
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close};
    use proptest::prelude::*;

    #[test]
    fn ranks_of_round_numbers() {
        let values: Vec<f64> = (1..=99).map(f64::from).collect();
        assert_eq!(upper_quantile(&values, 0.99), Ok(99.0));
        assert_eq!(upper_quantile(&values, 0.5), Ok(50.0));
        assert_eq!(upper_shortfall(&values, 0.95), Ok(97.0));
        assert_eq!(
            upper_quantile(&values[1..], 0.99),
            Err(ModelError::TooFew {
                what: "losses for this confidence",
                needed: 99,
                got: 98
            })
        );
    }

    #[test]
    fn the_next_loss_exceeds_the_quantile_no_more_often_than_stated() {
        // Heavy tails, 60 losses at 95 %: the rank is ⌈57.95⌉ = 58, so 3 of 61 exceed on average.
        let mut rng = Rng::new(41);
        let mut draw = || (1.0 / (1.0 - rng.uniform())).powf(1.2);
        let rounds = 20_000;
        let mut breaches = 0;
        for _ in 0..rounds {
            let past: Vec<f64> = (0..60).map(|_| draw()).collect();
            breaches += i32::from(draw() > upper_quantile(&past, 0.95).unwrap());
        }
        // Three standard deviations of a binomial share.
        assert_close(f64::from(breaches) / f64::from(rounds), 3.0 / 61.0, 0.0046);
    }

    #[test]
    fn the_limit_covers_the_true_quantile_and_widens_with_overlap() {
        let mut rng = Rng::new(43);
        let truth = 1.644_853_626_951_473;
        let mut covered = 0;
        for _ in 0..500 {
            let values: Vec<f64> = (0..400).map(|_| rng.normal()).collect();
            let limit = quantile_limit(&values, 0.95, 0.95, 1.0).unwrap();
            covered += i32::from(limit >= truth);
            assert!(limit >= upper_quantile(&values, 0.95).unwrap());
            assert!(quantile_limit(&values, 0.95, 0.95, 4.0).unwrap() >= limit);
        }
        // 475 expected; three standard deviations are 15.
        assert!((460..=496).contains(&covered), "{covered}");
    }

    #[test]
    fn as_many_values_as_the_limit_needs_suffice_and_one_fewer_does_not() {
        for (level, sureness, overlap) in [(0.99, 0.95, 1.0), (0.95, 0.99, 4.0), (0.5, 0.2, 1.0)] {
            let fewest = fewest_values_for_limit(level, sureness, overlap).unwrap();
            let values: Vec<f64> = (0u32..).take(fewest).map(f64::from).collect();
            assert!(quantile_limit(&values, level, sureness, overlap).is_ok());
            let fewer = quantile_limit(&values[1..], level, sureness, overlap);
            assert!(matches!(fewer, Err(ModelError::TooFew { .. })), "{fewer:?}");
        }
        // Wilks (1941): 299 values show a limit of the 99 % quantile at 95 %; Wilson's interval, an approximation, asks 367.
        assert!((299..400).contains(&fewest_values_for_limit(0.99, 0.95, 1.0).unwrap()));
        assert!(fewest_values_for_limit(0.99, 1.0, 1.0).is_err());
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn the_quantile_is_monotone_in_the_level_and_one_of_the_values(
            values in prop::collection::vec(-1e3f64..1e3, 50..200), a in 0.01f64..0.97, b in 0.01f64..0.97,
        ) {
            let (low, high) = (upper_quantile(&values, a.min(b)).unwrap(), upper_quantile(&values, a.max(b)).unwrap());
            prop_assert!(low <= high && values.contains(&low));
            prop_assert!(upper_shortfall(&values, a).unwrap() >= upper_quantile(&values, a).unwrap() - 1e-9);
        }
    }
}
