//! The risk-free leg across chains: stake-weighted, capped, trimmed, with a confidence that falls with disagreement,
//! age and missing sources.

use crate::error::{Result, at_least, count, finite, fraction, non_negative, positive, representable};
use crate::staking::{BlendRule, WeightedValue, blend};

/// A yield as it was observed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// The yield in the common numeraire, annualised.
    pub value: f64,
    /// Seconds since it was observed.
    pub age_seconds: f64,
    /// The source's own confidence, [0, 1].
    pub confidence: f64,
}

impl Reading {
    /// The reading with its value held to `highest`. What is cut off is not believed: the confidence falls in proportion to
    /// it, so that a source that reports a fortune moves an aggregate by its share of `highest` and no more.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`] for `highest`, [`crate::ModelError::NotFinite`].
    pub fn held_to(self, highest: f64) -> Result<Self> {
        positive("highest yield", highest)?;
        let value = finite("yield", self.value)?.min(highest);
        let believed = if self.value > highest {
            highest / self.value
        } else {
            1.0
        };
        Ok(Self {
            value,
            confidence: self.confidence * believed,
            ..self
        })
    }
}

/// A chain that is expected to report.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChainSource {
    /// The value staked there, in one numeraire; only proportions matter.
    pub stake: f64,
    /// What it reported; `None` while it is silent.
    pub reading: Option<Reading>,
}

/// How sources are put together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AggregateRule {
    /// Cap and trim.
    pub blend: BlendRule,
    /// Age at which a reading counts half.
    pub half_life_seconds: f64,
    /// Age beyond which a reading counts as missing.
    pub max_age_seconds: f64,
    /// Disagreement (standard deviation) at which the confidence is halved.
    pub tolerance: f64,
    /// Fewest usable readings.
    pub quorum: usize,
}

/// The cross-chain yield and how far to trust it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Aggregate {
    /// Capped, trimmed mean.
    pub mean: f64,
    /// Weighted standard deviation of the readings about it.
    pub disagreement: f64,
    /// Equal sources that would carry the same information.
    pub effective_sources: f64,
    /// Share of the expected stake that reported in time.
    pub coverage: f64,
    /// Stake-weighted mean of 2^(−age/half-life) × own confidence over the usable readings.
    pub freshness: f64,
    /// Agreement × freshness × coverage, [0, 1].
    pub confidence: f64,
    /// Readings used.
    pub used: usize,
}

/// Aggregates what the chains report. A reading's weight is stake × 2^(−age/half-life) × its own confidence, so that
/// a source fades out instead of dropping out, until it is too old to be used at all.
///
/// # Errors
/// [`crate::ModelError::TooFew`] below the quorum (which is at least one), [`crate::ModelError::NotPositive`] for a
/// stake, half-life, tolerance or largest age, [`crate::ModelError::OutOfRange`] for a confidence outside [0, 1], a
/// negative age or a rule outside its domain, [`crate::ModelError::NotFinite`], [`crate::ModelError::Overflow`].
pub fn aggregate(sources: &[ChainSource], rule: &AggregateRule) -> Result<Aggregate> {
    positive("half-life", rule.half_life_seconds)?;
    positive("largest age", rule.max_age_seconds)?;
    positive("tolerance", rule.tolerance)?;
    let mut usable = Vec::with_capacity(sources.len());
    let (mut expected, mut reported, mut vitality) = (0.0, 0.0, 0.0);
    for source in sources {
        expected += positive("stake", source.stake)?;
        let Some(reading) = source.reading else { continue };
        non_negative("age of a reading", reading.age_seconds)?;
        fraction("confidence of a reading", reading.confidence)?;
        let life = (-reading.age_seconds / rule.half_life_seconds).exp2() * reading.confidence;
        let weight = source.stake * life;
        if reading.age_seconds > rule.max_age_seconds || weight <= 0.0 {
            continue;
        }
        reported += source.stake;
        vitality += weight;
        usable.push(WeightedValue {
            value: reading.value,
            weight,
        });
    }
    representable("total stake", expected)?;
    at_least("usable yield readings", rule.quorum.max(1), usable.len())?;
    let blended = blend(&usable, rule.blend)?;
    let coverage = reported / expected;
    let freshness = vitality / reported;
    Ok(Aggregate {
        mean: blended.mean,
        disagreement: blended.disagreement,
        effective_sources: blended.effective_sources.min(count(usable.len())),
        coverage,
        freshness,
        confidence: (blended.confidence(rule.tolerance)? * freshness * coverage).clamp(0.0, 1.0),
        used: usable.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;
    use proptest::prelude::*;

    const RULE: AggregateRule = AggregateRule {
        blend: BlendRule { cap: 0.5, trim: 0.1 },
        half_life_seconds: 3600.0,
        max_age_seconds: 86_400.0,
        tolerance: 0.01,
        quorum: 2,
    };

    fn source(stake: f64, value: f64, age_seconds: f64) -> ChainSource {
        ChainSource {
            stake,
            reading: Some(Reading {
                value,
                age_seconds,
                confidence: 1.0,
            }),
        }
    }

    #[test]
    fn fresh_sources_that_agree_are_trusted_wholly() {
        let result = aggregate(&[source(3.0, 0.06, 0.0), source(1.0, 0.06, 0.0)], &RULE).unwrap();
        assert_close(result.mean, 0.06, 1e-16);
        assert_close(result.confidence, 1.0, 1e-15);
    }

    #[test]
    fn disagreement_age_and_silence_each_lower_the_confidence() {
        let base = aggregate(&[source(1.0, 0.06, 60.0), source(1.0, 0.061, 60.0)], &RULE).unwrap();
        let apart = aggregate(&[source(1.0, 0.06, 60.0), source(1.0, 0.08, 60.0)], &RULE).unwrap();
        let old = aggregate(&[source(1.0, 0.06, 7200.0), source(1.0, 0.061, 7200.0)], &RULE).unwrap();
        let silent = ChainSource {
            stake: 2.0,
            reading: None,
        };
        let short = aggregate(
            &[source(1.0, 0.06, 60.0), source(1.0, 0.061, 60.0), silent],
            &RULE,
        )
        .unwrap();
        for worse in [apart, old, short] {
            assert!(worse.confidence < base.confidence);
        }
        assert_close(short.coverage, 0.5, 1e-16);
        assert_close(short.mean, base.mean, 1e-16);
        assert_close(apart.confidence / apart.freshness, 0.5, 1e-12);
    }

    #[test]
    fn readings_beyond_the_largest_age_are_missing_and_the_quorum_is_kept() {
        let sources = [source(1.0, 0.06, 0.0), source(1.0, 0.5, 90_000.0)];
        assert_eq!(
            aggregate(&sources, &RULE),
            Err(crate::ModelError::TooFew {
                what: "usable yield readings",
                needed: 2,
                got: 1
            })
        );
        let result = aggregate(&sources, &AggregateRule { quorum: 1, ..RULE }).unwrap();
        assert_eq!((result.mean, result.used), (0.06, 1));
        assert!(aggregate(&[], &AggregateRule { quorum: 0, ..RULE }).is_err());
    }

    #[test]
    fn a_fortune_is_held_to_the_highest_yield_and_believed_in_proportion() {
        let reading = |value| Reading {
            value,
            age_seconds: 60.0,
            confidence: 0.8,
        };
        assert_eq!(reading(0.3).held_to(0.5).unwrap(), reading(0.3));
        assert_eq!(reading(-3.0).held_to(0.5).unwrap(), reading(-3.0));
        let held = reading(2.0).held_to(0.5).unwrap();
        assert_close(held.value, 0.5, 0.0);
        assert_close(held.confidence, 0.2, 1e-16);
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(reading(0.3).held_to(bad).is_err());
        }
        assert!(reading(f64::NAN).held_to(0.5).is_err());
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn the_mean_is_within_the_readings_and_one_liar_is_bounded(
            honest in prop::collection::vec((1.0f64..10.0, 0.04f64..0.06, 0.0f64..3600.0), 4..10), lie in -10.0f64..10.0,
        ) {
            let rule = AggregateRule { blend: BlendRule { cap: 0.2, trim: 0.25 }, ..RULE };
            let mut sources: Vec<_> = honest.iter().map(|&(w, v, a)| source(w, v, a)).collect();
            sources.push(source(1e6, lie, 0.0));
            let result = aggregate(&sources, &rule).unwrap();
            prop_assert!((0.0..=1.0).contains(&result.confidence));
            // A source capped at a fifth cannot reach past a trim of a quarter.
            prop_assert!((0.04 - 1e-9..=0.06 + 1e-9).contains(&result.mean), "{}", result.mean);
        }
    }
}
