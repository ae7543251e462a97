//! The card's sections on losses, their number and what a premium comes to.

use super::row;
use crate::hazard::artefact::{Artefact, ArtefactError};
use hurdle_model::hazard::cohort::Protocol;
use hurdle_model::hazard::premium::{ContractModel, Exposure, Interval};
use hurdle_model::normal;

pub(super) fn severity(a: &Artefact) -> String {
    let s = &a.severity;
    let mut text = format!(
        "## Loss given failure\n\n\
         {} losses since {}. Tail above {:.3e}: {} losses, ξ = {:.3} (95 % profile interval {:.3} … {:.3}), σ = {:.3e}; by\n\
         probability-weighted moments ξ = {:.3}, σ = {:.3e}. The threshold is the lowest that ForwardStop does not reject at a\n\
         false discovery rate of {} (Anderson–Darling tests, Bader, Yan & Zhang 2018).\n\n\
         | threshold | excesses | mean excess | ξ | 95 % interval | A² | p | ForwardStop |\n|---|---|---|---|---|---|---|---|\n",
        s.losses,
        a.settings.losses_since,
        s.limited_moments.last().map_or(0.0, |m| m[0]),
        s.excesses,
        s.shape,
        s.shape_interval[0],
        s.shape_interval[1],
        s.scale,
        s.weighted_moments[0],
        s.weighted_moments[1],
        a.settings.false_discovery_rate,
    );
    for t in &s.thresholds {
        row(
            &mut text,
            &[
                &format!("{:.3e}", t.value),
                &t.excesses.to_string(),
                &format!("{:.3e}", t.mean_excess),
                &format!("{:.3}", t.shape[0]),
                &format!("{:.3} … {:.3}", t.shape[1], t.shape[2]),
                &format!("{:.3}", t.anderson_darling[0]),
                &format!("{:.3}", t.anderson_darling[1]),
                &format!("{:.3}", t.forward_stop),
            ],
        );
    }
    text
}

pub(super) fn frequency(a: &Artefact) -> String {
    let f = &a.frequency;
    let verdict = if f.likelihood_ratio[1] < a.settings.significance {
        "The Poisson is rejected"
    } else {
        "The Poisson is not rejected"
    };
    let error = f
        .alpha_error
        .map_or_else(|| "at the boundary".into(), |e| format!("± {e:.4}"));
    format!(
        "## Number of events\n\n\
         {} events in {} months since {}. Variance ÷ mean = {:.3} (p = {:.4}). With a trend ({:+.3} ± {:.3} a year): negative\n\
         binomial against Poisson, likelihood ratio {:.2} (p = {:.4}, boundary-corrected); regression-based test t = {:.2}\n\
         (p = {:.4}). {verdict} by the likelihood ratio at {:.0} %. α = {:.4} {error}. It is used whatever the tests say: the\n\
         interval of a premium contains a common factor of the year with variance α.\n",
        f.events,
        f.months,
        a.settings.counts_since,
        f.index_of_dispersion[0],
        f.index_of_dispersion[1],
        f.trend[0],
        f.trend[1],
        f.likelihood_ratio[0],
        f.likelihood_ratio[1],
        f.regression_test[0],
        f.regression_test[1],
        100.0 * a.settings.significance,
        f.alpha,
    )
}

pub(super) fn quotes(a: &Artefact) -> Result<String, ArtefactError> {
    let model = a.model()?;
    let mut text = String::from(
        "## What it says\n\nRisk aversion 1; a protocol on one chain, two years in battle, with a token, neither forked nor\n\
         dependent on an oracle; 95 % intervals.\n\n\
         | category | value at risk | failure within a year | share lost | premium p |\n|---|---|---|---|---|\n",
    );
    for category in [
        "Lending",
        "Dexes",
        "Yield",
        "Liquid Staking",
        "Bridge",
        "CDP",
        "(any other)",
    ] {
        for value_at_risk in [1e7, 1e8, 1e9] {
            text.push_str(&quote_row(&model, category, value_at_risk)?);
        }
    }
    Ok(text)
}

fn quote_row(model: &ContractModel, category: &str, value_at_risk: f64) -> Result<String, ArtefactError> {
    let exposure = Exposure {
        protocol: Protocol {
            category: category.to_owned(),
            chains: 1,
            audited: true,
            listed: Some(0),
            forked: false,
            oracle: false,
            token: true,
        },
        years: 2.0,
        value_at_risk,
        least_loss: 0.0,
    };
    let q = model.quote(&exposure, 1.0, normal::TWO_SIDED_95)?;
    let interval = |i: Interval| {
        format!(
            "{:.2} % ({:.2} … {:.2})",
            100.0 * i.value,
            100.0 * i.low,
            100.0 * i.high
        )
    };
    Ok(format!(
        "| {category} | {:.0} m | {} | {} | {} |\n",
        value_at_risk / 1e6,
        interval(q.annual_probability),
        interval(q.loss_given_failure),
        interval(q.premium)
    ))
}
