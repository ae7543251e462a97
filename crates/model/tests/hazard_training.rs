//! Training on simulated cohorts whose truth is known: what is shipped, and why.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Rng, assert_close};
use hurdle_model::ModelError;
use hurdle_model::hazard::cohort::{Protocol, Study};
use hurdle_model::hazard::design::Trait;
use hurdle_model::hazard::goodness::choose_threshold;
use hurdle_model::hazard::premium::{ContractModel, Exposure};
use hurdle_model::hazard::severity::Severity;
use hurdle_model::hazard::training::{Plan, Training, train};

const DAY: i64 = 86_400;
const STUDY: Study = Study {
    start: 1000 * DAY,
    end: 1600 * DAY,
    recorded_since: 900 * DAY,
    period: 60 * DAY,
};

fn plan() -> Plan {
    Plan {
        training_periods: 5,
        first_origin: 3,
        stride: 3,
        folds: 3,
        smallest_category: 10,
        trait_penalties: vec![1.0, 30.0],
        category_penalties: vec![1.0, 30.0],
        significance: 0.05,
    }
}

/// 800 protocols in three categories; the yearly log hazard is `hazard(protocol, hidden size)`.
fn simulate(seed: u64, hazard: impl Fn(&Protocol, f64) -> f64) -> (Vec<Protocol>, Vec<Option<i64>>) {
    let mut rng = Rng::new(seed);
    let mut protocols = Vec::new();
    let mut events = Vec::new();
    for index in 0..800_i64 {
        let size = rng.normal();
        let protocol = Protocol {
            category: ["Dexes", "Lending", "Yield"][usize::try_from(index % 3).unwrap()].into(),
            chains: 1 + u32::from(rng.uniform() < 0.3) + u32::from(rng.uniform() < 0.2),
            // the larger are audited more often
            audited: size + 0.5 * rng.normal() > 0.0,
            listed: (index % 4 != 0).then(|| (901 + index % 99) * DAY),
            forked: rng.uniform() < 0.4,
            oracle: rng.uniform() < 0.2,
            token: rng.uniform() < 0.6,
        };
        let years = -(1.0 - rng.uniform()).ln() / hazard(&protocol, size).exp();
        let day = 1000.0 + 1.0 + years * 365.0;
        #[allow(clippy::cast_possible_truncation)]
        events.push((day < 1600.0).then_some(day as i64 * DAY));
        protocols.push(protocol);
    }
    (protocols, events)
}

fn category(protocol: &Protocol) -> f64 {
    match protocol.category.as_str() {
        "Lending" => 0.8,
        "Dexes" => -0.6,
        _ => 0.0,
    }
}

fn trained(seed: u64, hazard: impl Fn(&Protocol, f64) -> f64) -> Training {
    let (protocols, events) = simulate(seed, hazard);
    train(&protocols, &events, &STUDY, &plan()).unwrap()
}

fn ratio(training: &Training, covariate: Trait) -> f64 {
    let fitted = &training.all_traits;
    let terms = &fitted.encoder.terms;
    let at = terms.iter().position(|term| term.covariate == covariate).unwrap();
    fitted.fit.coefficients[at + 1] / terms[at].deviation
}

#[test]
fn traits_that_matter_are_found_and_ship() {
    let training = trained(1, |p, _| {
        -2.2 + category(p) + 1.3 * f64::from(u8::from(p.oracle)) - 0.9 * f64::from(u8::from(p.forked))
    });
    assert!(training.candidate_ships, "{:?}", training.walk_forward);
    assert!(training.after_split.mean > 0.0 && training.walk_forward.p < 0.01);
    assert!(training.candidate.after_split.auc > training.baseline.after_split.auc);
    assert!(training.baseline.after_split.auc > training.constant.after_split.auc);
    assert_close(ratio(&training, Trait::Oracle), 1.3, 0.4);
    assert_close(ratio(&training, Trait::Forked), -0.9, 0.4);
    let slope = training.candidate.walk_forward.calibration_slope.unwrap();
    assert!((0.6..1.6).contains(&slope.value), "{slope:?}");
}

#[test]
fn where_traits_are_noise_the_baseline_ships() {
    let training = trained(2, |p, _| -2.2 + category(p));
    assert!(!training.candidate_ships, "{:?}", training.walk_forward);
    assert!(training.shipped.encoder.terms.is_empty());
    assert_eq!(training.shipped.encoder.categories, ["Dexes", "Lending", "Yield"]);
    let [dexes, lending] = [1, 2].map(|column| training.shipped.fit.coefficients[column]);
    assert!(lending - dexes > 0.8);
}

#[test]
fn audits_that_only_mark_size_are_left_out_of_the_model() {
    // audits do nothing; size, which nobody records, draws both auditors and attackers
    let training = trained(3, |p, size| -2.2 + category(p) + 0.8 * size);
    assert!(training.audits.log_ratio > 0.3 && training.audits.p < 0.05 && !training.audits.kept);
    assert!(!training.candidate.specification.traits.contains(&Trait::Audited));
    // the table of all traits still shows it
    assert!(ratio(&training, Trait::Audited) > 0.3);
}

#[test]
fn audits_that_do_protect_are_kept() {
    let training = trained(4, |p, _| {
        -1.5 + category(p) - 1.2 * f64::from(u8::from(p.audited))
    });
    assert!(training.audits.kept && training.audits.log_ratio < -0.5);
    assert!(training.candidate.specification.traits.contains(&Trait::Audited));
}

#[test]
fn training_twice_gives_the_same_result() {
    let hazard = |p: &Protocol, _| -2.0 + category(p);
    assert_eq!(trained(5, hazard), trained(5, hazard));
}

#[test]
fn what_cannot_be_trained_on_is_refused() {
    let (mut protocols, mut events) = simulate(6, |_, _| -2.0);
    let refuse = |protocols: &[Protocol], events: &[Option<i64>], plan: &Plan| {
        train(protocols, events, &STUDY, plan).unwrap_err()
    };
    let none = vec![None; events.len()];
    assert!(matches!(
        refuse(&protocols, &none, &plan()),
        ModelError::OneClass { .. }
    ));
    let late = Plan {
        training_periods: 50,
        ..plan()
    };
    assert!(matches!(
        refuse(&protocols, &events, &late),
        ModelError::TooFew { .. }
    ));
    let free = Plan {
        trait_penalties: vec![0.0],
        ..plan()
    };
    assert!(matches!(
        refuse(&protocols, &events, &free),
        ModelError::NotPositive { .. }
    ));
    for protocol in &mut protocols {
        protocol.oracle = true;
    }
    assert_eq!(
        refuse(&protocols, &events, &plan()),
        ModelError::Unidentified { what: "oracle" }
    );
    events.pop();
    assert!(matches!(
        refuse(&protocols, &events, &plan()),
        ModelError::LengthMismatch { .. }
    ));
}

/// A model with the trained hazard and lognormal losses.
fn contract_model(training: &Training) -> ContractModel {
    let mut rng = Rng::new(77);
    let losses: Vec<f64> = (0..500).map(|_| (14.0 + 2.0 * rng.normal()).exp()).collect();
    let choice = choose_threshold(&losses, &[0.8], 0.0).unwrap();
    ContractModel {
        encoder: training.shipped.encoder.clone(),
        coefficients: training.shipped.fit.coefficients.clone(),
        covariance: training.shipped.fit.covariance.clone(),
        category_variance: 1.0 / training.shipped.penalty.categories,
        year_variance: 0.0,
        severity: Severity::new(&losses, &choice).unwrap(),
    }
}

fn lending(value_at_risk: f64) -> Exposure {
    Exposure {
        protocol: Protocol {
            category: "Lending".into(),
            chains: 1,
            audited: true,
            listed: Some(950 * DAY),
            forked: false,
            oracle: false,
            token: true,
        },
        years: 0.5,
        value_at_risk,
        least_loss: 0.0,
    }
}

#[test]
fn the_premium_is_hazard_times_loss_with_an_interval_around_it() {
    let model = contract_model(&trained(7, |p, _| -2.5 + category(p)));
    let quote = model.quote(&lending(1e7), 2.0, 1.96).unwrap();
    let product = quote.annual_probability.value * quote.loss_given_failure.value;
    assert_close(quote.premium.value, 2.0 * product, 1e-15);
    assert_close(
        quote.annual_probability.value,
        1.0 - (-(-1.7_f64).exp()).exp(),
        0.05,
    );
    for interval in [quote.annual_probability, quote.loss_given_failure, quote.premium] {
        assert!(0.0 <= interval.low && interval.low < interval.value && interval.value < interval.high);
    }
    // the larger the protocol, the smaller the share that one failure takes
    assert!(model.quote(&lending(1e9), 2.0, 1.96).unwrap().premium.value < quote.premium.value);
    // a common factor of the year widens the interval, not the premium
    let dispersed = ContractModel {
        year_variance: 0.2,
        ..model.clone()
    };
    let wider = dispersed.quote(&lending(1e7), 2.0, 1.96).unwrap();
    assert_close(wider.premium.value, quote.premium.value, 1e-15);
    assert!(wider.log_error > quote.log_error);
    // judgement puts a floor under the share lost
    let floored = Exposure {
        least_loss: 0.5,
        ..lending(1e9)
    };
    let judged = model.quote(&floored, 2.0, 1.96).unwrap();
    assert_close(judged.premium.value, judged.annual_probability.value, 1e-15);
    assert_eq!(judged.loss_given_failure.value, 0.5);
    // of an unknown category only the pooled hazard is known, and less well
    let mut strange = lending(1e7);
    strange.protocol.category = "Umbrellas".into();
    let pooled = model.quote(&strange, 2.0, 1.96).unwrap();
    assert!(!pooled.category_known && pooled.log_error > quote.log_error);
    assert!(pooled.premium.value < quote.premium.value);
}

#[test]
fn quotes_of_nonsense_are_refused() {
    let model = contract_model(&trained(7, |p, _| -2.5 + category(p)));
    let refuse = |exposure: Exposure, aversion| model.quote(&exposure, aversion, 1.96).unwrap_err();
    assert!(matches!(
        refuse(lending(0.0), 1.0),
        ModelError::NotPositive { .. }
    ));
    assert!(matches!(
        refuse(lending(f64::NAN), 1.0),
        ModelError::NotFinite { .. }
    ));
    assert!(matches!(
        refuse(lending(1e6), -1.0),
        ModelError::OutOfRange { .. }
    ));
    let unborn = Exposure {
        years: -1.0,
        ..lending(1e6)
    };
    assert!(matches!(refuse(unborn, 1.0), ModelError::OutOfRange { .. }));
    let beyond = Exposure {
        least_loss: 1.5,
        ..lending(1e6)
    };
    assert!(matches!(refuse(beyond, 1.0), ModelError::OutOfRange { .. }));
    let torn = ContractModel {
        coefficients: vec![1.0],
        ..model.clone()
    };
    assert!(matches!(
        torn.quote(&lending(1e6), 1.0, 1.96),
        Err(ModelError::LengthMismatch { .. })
    ));
}
