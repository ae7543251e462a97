//! Several yields blended into one: stake-weighted, capped and trimmed.

use crate::error::{Result, at_least, count, finite, positive, representable, within};

/// A yield and the stake (in one numeraire) behind it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeightedValue {
    /// The yield, annualised.
    pub value: f64,
    /// Its weight, > 0; only proportions matter.
    pub weight: f64,
}

/// How far any single source may pull the blend.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlendRule {
    /// Largest share of one source, (0, 1]; where 1/n is larger, every source gets 1/n.
    pub cap: f64,
    /// Share of the weight that is cut off at each end of the sorted values, [0, 0.49].
    pub trim: f64,
}

/// The blended yield.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Blend {
    /// Capped, trimmed mean.
    pub mean: f64,
    /// Weighted standard deviation of all values about `mean`, trimmed ones included: how far the sources disagree.
    pub disagreement: f64,
    /// 1/Σ share² after the cap: how many equal sources would carry the same information (Kish 1965).
    pub effective_sources: f64,
}

impl Blend {
    /// Confidence in (0, 1]: 1/(1 + (disagreement/tolerance)²), which is ½ where the sources disagree by `tolerance`.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`] for a tolerance that is not greater than zero.
    pub fn confidence(&self, tolerance: f64) -> Result<f64> {
        let ratio = self.disagreement / positive("tolerance", tolerance)?;
        Ok(1.0 / (1.0 + ratio * ratio))
    }
}

/// Blends the yields of several sources.
///
/// # Errors
/// [`crate::ModelError::TooFew`] if empty, [`crate::ModelError::NotFinite`], [`crate::ModelError::NotPositive`] for a
/// weight, [`crate::ModelError::OutOfRange`] for a rule outside its domain.
pub fn blend(values: &[WeightedValue], rule: BlendRule) -> Result<Blend> {
    at_least("yields to blend", 1, values.len())?;
    positive("weight cap", rule.cap)?;
    within("weight cap", rule.cap, 0.0, 1.0)?;
    within("trimmed share", rule.trim, 0.0, 0.49)?;
    let mut total = 0.0;
    for entry in values {
        finite("yield", entry.value)?;
        total += positive("weight", entry.weight)?;
    }
    representable("total weight", total)?;
    let mut sorted: Vec<WeightedValue> = values
        .iter()
        .map(|e| WeightedValue {
            value: e.value,
            weight: e.weight / total,
        })
        .collect();
    sorted.sort_unstable_by(|a, b| a.value.total_cmp(&b.value));
    cap_shares(&mut sorted, rule.cap.max(1.0 / count(values.len())));
    let mean = representable("blended yield", trimmed_mean(&sorted, rule.trim))?;
    let variance: f64 = sorted.iter().map(|e| e.weight * (e.value - mean).powi(2)).sum();
    let concentration: f64 = sorted.iter().map(|e| e.weight * e.weight).sum();
    Ok(Blend {
        mean,
        disagreement: representable("disagreement", variance.sqrt())?,
        effective_sources: 1.0 / concentration,
    })
}

/// Lowers every share above `cap` to it and spreads the excess over the others in proportion, until none is above.
fn cap_shares(entries: &mut [WeightedValue], cap: f64) {
    let mut capped = vec![false; entries.len()];
    // Each round caps at least one more entry, so it ends.
    for _ in 0..entries.len() {
        let mut newly_capped = false;
        for (entry, is_capped) in entries.iter_mut().zip(&mut capped) {
            if !*is_capped && entry.weight > cap {
                (entry.weight, *is_capped, newly_capped) = (cap, true, true);
            }
        }
        let held = cap * count(capped.iter().filter(|c| **c).count());
        let free: f64 = entries
            .iter()
            .zip(&capped)
            .filter(|(_, c)| !**c)
            .map(|(e, _)| e.weight)
            .sum();
        if !newly_capped || free <= 0.0 {
            break;
        }
        let scale = (1.0 - held).max(0.0) / free;
        entries
            .iter_mut()
            .zip(&capped)
            .filter(|(_, c)| !**c)
            .for_each(|(e, _)| e.weight *= scale);
    }
}

/// Mean of the values between the `trim` and the 1 − `trim` quantile of weight; `entries` are sorted by value.
fn trimmed_mean(entries: &[WeightedValue], trim: f64) -> f64 {
    let total: f64 = entries.iter().map(|e| e.weight).sum();
    let (low, high) = (trim * total, (1.0 - trim) * total);
    let (mut below, mut sum, mut kept) = (0.0, 0.0, 0.0);
    for entry in entries {
        let above = below + entry.weight;
        let overlap = (above.min(high) - f64::max(below, low)).max(0.0);
        sum += overlap * entry.value;
        kept += overlap;
        below = above;
    }
    sum / kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;
    use proptest::prelude::*;

    const OPEN: BlendRule = BlendRule { cap: 1.0, trim: 0.0 };

    fn entries(pairs: &[(f64, f64)]) -> Vec<WeightedValue> {
        pairs
            .iter()
            .map(|&(value, weight)| WeightedValue { value, weight })
            .collect()
    }

    #[test]
    fn without_cap_and_trim_it_is_the_weighted_mean_and_deviation() {
        let result = blend(&entries(&[(0.06, 1.0), (0.08, 3.0)]), OPEN).unwrap();
        assert_close(result.mean, 0.075, 1e-15);
        assert_close(
            result.disagreement,
            (0.25 * 0.015_f64.powi(2) + 0.75 * 0.005_f64.powi(2)).sqrt(),
            1e-15,
        );
        assert_close(result.effective_sources, 1.0 / (0.0625 + 0.5625), 1e-12);
    }

    #[test]
    fn a_dominant_source_is_cut_to_the_cap_and_the_rest_keeps_its_proportions() {
        let values = entries(&[(1.0, 90.0), (0.0, 8.0), (0.0, 2.0)]);
        assert_close(
            blend(&values, BlendRule { cap: 0.4, trim: 0.0 }).unwrap().mean,
            0.4,
            1e-15,
        );
        assert_close(
            blend(&values, BlendRule { cap: 0.01, trim: 0.0 }).unwrap().mean,
            1.0 / 3.0,
            1e-15,
        );
    }

    #[test]
    fn trimming_removes_an_outlier_of_small_weight_but_reports_it_as_disagreement() {
        let values = entries(&[(0.07, 45.0), (0.071, 45.0), (5.0, 10.0)]);
        let trimmed = blend(&values, BlendRule { cap: 1.0, trim: 0.1 }).unwrap();
        assert_close(trimmed.mean, (0.35 * 0.07 + 0.45 * 0.071) / 0.8, 1e-12);
        assert!(trimmed.disagreement > 1.0 && trimmed.confidence(0.01).unwrap() < 1e-3);
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn the_mean_stays_within_the_values_and_no_share_exceeds_the_cap(
            pairs in prop::collection::vec((-1.0f64..1.0, 1e-6f64..1e9), 1..20),
            cap in 0.01f64..=1.0, trim in 0.0f64..0.49,
        ) {
            let values = entries(&pairs);
            let result = blend(&values, BlendRule { cap, trim }).unwrap();
            let low = pairs.iter().map(|p| p.0).fold(f64::MAX, f64::min);
            let high = pairs.iter().map(|p| p.0).fold(f64::MIN, f64::max);
            prop_assert!(result.mean >= low - 1e-12 && result.mean <= high + 1e-12);
            let mut shares = values.clone();
            let total: f64 = shares.iter().map(|e| e.weight).sum();
            shares.iter_mut().for_each(|e| e.weight /= total);
            let cap = cap.max(1.0 / pairs.len() as f64);
            cap_shares(&mut shares, cap);
            prop_assert!(result.effective_sources >= 1.0 / cap * (1.0 - 1e-9) || pairs.len() == 1 || cap == 1.0);
            prop_assert!(shares.iter().all(|e| e.weight <= cap + 1e-9));
            prop_assert!((shares.iter().map(|e| e.weight).sum::<f64>() - 1.0).abs() < 1e-9);
        }
    }
}
