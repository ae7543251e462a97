//! Quantiles of losses by order statistics, with care for overlapping windows.

use crate::error::{Result, at_least, count, finite, open_fraction, positive};

/// Checks a confidence level in (0, 1).
pub(crate) fn level_of(level: f64) -> Result<f64> {
    open_fraction("confidence level", level)
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
/// [`crate::ModelError::OutOfRange`] for a level outside (0, 1).
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
/// [`crate::ModelError::TooFew`] where so few values cannot show the quantile, [`crate::ModelError::NotFinite`],
/// [`crate::ModelError::OutOfRange`] for a level outside (0, 1).
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

/// Upper limit of a one-sided confidence interval for the quantile, by an order statistic whatever the distribution
/// (Thompson 1936; Wilks 1941): of n independent losses, N ~ Bin(n, 1 − level) lie above the quantile, so that the
/// (J + 1)-th largest is no lower than it with probability P(N > J) ≥ `sureness` for the largest such J. Of windows that
/// overlap only n/overlap are independent: they show the same moves several times, which sharpens the estimate a little
/// and its uncertainty not at all (Hansen & Hodrick 1980 on overlapping data). Never below [`upper_quantile`].
///
/// # Errors
/// As [`upper_quantile`]; [`crate::ModelError::NotPositive`] for an overlap; [`crate::ModelError::TooFew`] where the limit lies beyond
/// the greatest value.
pub fn quantile_limit(values: &[f64], level: f64, sureness: f64, overlap: f64) -> Result<f64> {
    let sorted = sorted(values)?;
    let fewest = fewest_values_for_limit(level, sureness, overlap)?;
    at_least("losses for this confidence", fewest, sorted.len())?;
    let above = values_above(independent(sorted.len(), overlap), level, sureness);
    let rank = sorted.len().saturating_sub(whole(above * overlap.max(1.0)));
    Ok(at_share(&sorted, level).max(sorted[rank.clamp(1, sorted.len()) - 1]))
}

/// Fewest values from which [`quantile_limit`] can be read: as many that the greatest of the independent ones exceeds the
/// quantile with probability 1 − levelⁿ ≥ `sureness`.
///
/// # Errors
/// [`crate::ModelError::OutOfRange`] for a level or sureness outside (0, 1); [`crate::ModelError::NotPositive`] for an overlap;
/// [`crate::ModelError::NotFinite`].
pub fn fewest_values_for_limit(level: f64, sureness: f64, overlap: f64) -> Result<usize> {
    let needed = (-level_of(sureness)?).ln_1p() / level_of(level)?.ln();
    let overlap = positive("overlap of the windows", overlap)?.max(1.0);
    let apart = (needed * (1.0 - 1e-12)).ceil().max(1.0);
    Ok(fewest_values(level)?.max(whole((apart * overlap).ceil())))
}

/// Windows among `n` that do not overlap.
fn independent(n: usize, overlap: f64) -> f64 {
    // A whole number but for the rounding of the quotient.
    (count(n) / overlap.max(1.0) * (1.0 + 1e-12)).floor()
}

/// The largest J with P(Bin(n, 1 − level) ≤ J) ≤ 1 − sureness, by the ratio of neighbouring terms, in logarithms until they
/// matter; 0 where there is none.
fn values_above(n: f64, level: f64, sureness: f64) -> f64 {
    let odds = (-level).ln_1p() - level.ln();
    let (mut above, mut log, mut below) = (0.0, n * level.ln(), 0.0);
    loop {
        below += log.exp();
        if below > 1.0 - sureness || above >= n {
            return (above - 1.0).max(0.0);
        }
        above += 1.0;
        log += odds + ((n - above + 1.0) / above).ln();
    }
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
    use crate::ModelError;
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
        // Wilks's (1941) numbers: 59 values show a limit of the 95 % quantile at 95 %, 299 of the 99 % quantile; 93 and 473
        // where it is to be the second largest (Nutt & Wallis 2004).
        assert_eq!(fewest_values_for_limit(0.95, 0.95, 1.0), Ok(59));
        assert_eq!(fewest_values_for_limit(0.99, 0.95, 1.0), Ok(299));
        for (level, second) in [(0.95, 93u32), (0.99, 473)] {
            let limit = |n: u32| {
                let values: Vec<f64> = (1..=n).map(f64::from).collect();
                quantile_limit(&values, level, 0.95, 1.0)
            };
            assert_eq!(limit(second - 1), Ok(f64::from(second - 1)));
            assert_eq!(limit(second), Ok(f64::from(second - 1)));
        }
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
