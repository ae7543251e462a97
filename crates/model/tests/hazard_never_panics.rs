//! No input makes the hazard's models panic, and no answer is NaN or infinite.
#![allow(clippy::unwrap_used)]

mod common;

use hurdle_model::hazard::cohort::{Protocol, Study, person_periods};
use hurdle_model::hazard::design::{Encoder, Specification, Term, Trait};
use hurdle_model::hazard::frequency::{Counts, dispersion};
use hurdle_model::hazard::goodness::{anderson_darling, choose_threshold};
use hurdle_model::hazard::pareto::{self, Pareto};
use hurdle_model::hazard::premium::{ContractModel, Exposure};
use hurdle_model::hazard::scoring::{area_under_curve, evaluate, paired_difference};
use hurdle_model::hazard::severity::Severity;
use proptest::prelude::*;

/// Any bit pattern, with plausible magnitudes and awkward ones over-represented.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        3 => any::<f64>(),
        4 => 1e-3f64..1e3,
        2 => 0.0f64..1.0,
        1 => prop::sample::select(vec![0.0, -1.0, f64::NAN, f64::INFINITY, f64::MAX, f64::MIN_POSITIVE, 5e-324]),
    ]
}

fn numbers(len: core::ops::Range<usize>) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(number(), len)
}

fn positives() -> impl Strategy<Value = Vec<f64>> {
    prop_oneof![
        numbers(0..40),
        prop::collection::vec(1e-3f64..1e9, 10..60),
        prop::collection::vec(any::<f64>().prop_map(|x| x.abs().clamp(5e-324, f64::MAX)), 10..30),
        prop::collection::vec(prop::sample::select(vec![1.0, 2.0, 1e300]), 10..30),
    ]
}

fn protocol(listed: Option<i64>, chains: u32) -> Protocol {
    Protocol {
        category: "Dexes".into(),
        chains,
        audited: true,
        listed,
        forked: false,
        oracle: true,
        token: false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..common::reproducible() })]

    #[test]
    fn tails(losses in positives(), level in 0.0f64..1.0, shape in number(), scale in number(), value in number()) {
        if let Ok(fitted) = pareto::fit(&losses) {
            prop_assert!(fitted.distribution.shape.is_finite() && fitted.distribution.scale.is_finite());
            prop_assert!(fitted.shape_interval.0 <= fitted.shape_interval.1);
        }
        let _ = pareto::probability_weighted_moments(&losses);
        if let Ok(p) = Pareto::new(shape, scale) {
            if let Ok(mean) = p.limited_mean(value) {
                prop_assert!(mean.is_finite() && mean >= 0.0);
            }
            if let Ok((statistic, p)) = anderson_darling(&losses, p) {
                prop_assert!(statistic.is_finite() && (0.0..=1.0).contains(&p));
            }
        }
        if let Ok(choice) = choose_threshold(&losses, &[level * 0.5, 0.5 + level * 0.3], 0.1) {
            let severity = Severity::new(&losses, &choice).unwrap();
            if let Ok(share) = severity.expected_share(value) {
                prop_assert!((0.0..=1.0).contains(&share.value) && share.standard_error.is_finite());
            }
        }
    }

    #[test]
    fn counts_and_scores(ys in prop::collection::vec(any::<u32>().prop_map(|y| y % 5000), 0..20), xs in numbers(0..20), bits in any::<u64>()) {
        let n = ys.len();
        if let Ok(counts) = Counts::new(ys, &[vec![1.0; n], xs.clone()], vec![0.0; n])
            && let Ok(result) = dispersion(&counts)
        {
            prop_assert!(result.alpha.is_finite() && result.index.is_finite() && result.regression_t.is_finite());
        }
        let outcomes: Vec<bool> = (0..xs.len()).map(|i| bits >> i & 1 == 1).collect();
        if let Ok(area) = area_under_curve(&xs, &outcomes) {
            prop_assert!((0.0..=1.0).contains(&area));
        }
        let doubled: Vec<f64> = xs.iter().chain(&xs).map(|x| x.fract()).collect();
        let twice: Vec<bool> = outcomes.iter().chain(&outcomes).copied().collect();
        if let Ok(evaluation) = evaluate(&doubled, &twice) {
            prop_assert!(evaluation.log_loss.is_finite() && evaluation.hosmer_lemeshow.is_finite());
        }
        if let Ok(difference) = paired_difference(&xs, &doubled[..xs.len()], &(0..xs.len()).collect::<Vec<_>>()) {
            prop_assert!((0.0..=1.0).contains(&difference.p));
        }
    }

    #[test]
    fn cohorts_and_quotes(
        times in prop::array::uniform4(any::<i64>()), listed in any::<Option<i64>>(), event in any::<Option<i64>>(),
        chains in any::<u32>(), x in prop::array::uniform8(number()),
    ) {
        let [start, end, recorded_since, period] = times;
        for study in [
            Study { start, end, recorded_since, period },
            Study { start: 1000, end: 5000, recorded_since: 0, period: 700 },
        ] {
            let cohort = [protocol(listed, chains)];
            if let Ok(rows) = person_periods(&cohort, &[event], &study) {
                let specification = Specification { traits: vec![], smallest_category: Some(1) };
                prop_assert!(Encoder::learn(&specification, &cohort, &rows).is_ok());
                prop_assert!(rows.iter().all(|row| row.age >= 0.0 && row.years > 0.0));
            }
        }
        let losses: Vec<f64> = (1..40).map(|i| (0.3 * f64::from(i)).exp()).collect();
        let severity = Severity::new(&losses, &choose_threshold(&losses, &[0.5], 0.0).unwrap()).unwrap();
        let model = ContractModel {
            encoder: Encoder {
                terms: vec![Term { covariate: Trait::BattleTime, mean: x[0], deviation: x[1] }],
                categories: vec![],
                greatest_age: x[2],
            },
            coefficients: vec![x[3], x[4]],
            covariance: vec![vec![x[5], 0.0], vec![0.0, x[5]]],
            category_variance: x[6],
            year_variance: x[7],
            severity,
        };
        let exposure = Exposure { protocol: protocol(listed, chains), years: x[0], value_at_risk: x[1], least_loss: x[2] };
        if let Ok(quote) = model.quote(&exposure, x[2], x[3]) {
            for interval in [quote.annual_probability, quote.loss_given_failure, quote.premium] {
                prop_assert!(interval.value.is_finite() && interval.low.is_finite() && interval.high.is_finite(), "{:?}", quote);
            }
        }
    }
}
