//! `hurdle model equilibrium`.

mod parts;

pub use parts::PartsAnswer;

use super::market::MarketFile;
use super::{Command, DeskError, Sheet};
use clap::Args;
use hurdle_model::ModelError;
use hurdle_model::composition::Composition;
use hurdle_model::equilibrium::dynamics::{FeedbackLoop, State};
use hurdle_model::equilibrium::{Equilibrium, Missing, Proof, Regime, SolveError, analyse, effects};
use serde::Serialize;
use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;

/// Arguments.
#[derive(Args, Clone, Debug)]
pub struct EquilibriumCommand {
    /// The market, TOML [default: the built-in one, keeper/data/desk-market.toml].
    #[arg(long, value_name = "TOML")]
    market: Option<PathBuf>,
    /// Publications to simulate of the feedback in time, from the last published state.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=100_000))]
    steps: u32,
}

/// The effect of one input on the equilibrium.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EffectAnswer {
    /// The input, by its path.
    pub input: &'static str,
    /// Its value.
    pub value: f64,
    /// With the hurdle rate held.
    pub direct: f64,
    /// Once the loop has closed, dh/dx.
    pub total: f64,
}

/// The feedback in time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FeedbackAnswer {
    /// Rate at rest under the market's true responses.
    pub rest_hurdle: f64,
    /// Utilisation at rest.
    pub rest_utilisation: f64,
    /// Margin multiplier at rest.
    pub rest_multiplier: f64,
    /// What small deviations shrink by at each publication in the end; below 1 they die out.
    pub spectral_radius: f64,
    /// Loop gain at rest; below 1 no speed, delay or ramp can make the feedback unstable. None where the keeper's own map is
    /// not proved to have one equilibrium.
    pub gain: Option<f64>,
    /// Distance from rest, in units of the rate, from which it is proved to come to rest.
    pub stable_radius: Option<f64>,
    /// Published rate, utilisation and multiplier in force at each publication, the first being the last published state.
    pub path: Vec<(f64, f64, f64)>,
}

/// The policy rate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PolicyAnswer {
    /// The rate.
    pub rate: f64,
    /// Where it tends.
    pub target: f64,
    /// The hurdle rate with it as a floor.
    pub hurdle: f64,
}

/// The equilibrium.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// `calm`, `stressed` or `floor`.
    pub regime: &'static str,
    /// Why.
    pub reason: String,
    /// Hurdle rate to publish, per year.
    pub hurdle: f64,
    /// Less emissions; it may be negative.
    pub organic_hurdle: f64,
    /// Margin multiplier there, at least 1.
    pub multiplier: f64,
    /// What the rate is made of.
    pub parts: PartsAnswer,
    /// Bounds on the slope of Φ over the range of rates.
    pub slope_range: (f64, f64),
    /// By how much the loop amplifies a direct effect, 1/(1 − Φ′), in a calm equilibrium.
    pub amplification: Option<f64>,
    /// Effects of the inputs, in a calm equilibrium.
    pub effects: Vec<EffectAnswer>,
    /// The feedback in time, where the file describes it and it has a state of rest.
    pub feedback: Option<FeedbackAnswer>,
    /// The policy rate, where the file has a rule.
    pub policy: Option<PolicyAnswer>,
}

impl Command for EquilibriumCommand {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer, DeskError> {
        let file = MarketFile::read(self.market.as_deref())?;
        let composition = file.composition()?;
        let analysis = analyse(&composition, file.stated.emissions).map_err(|error| solving(&file, error))?;
        let calm = analysis.regime == Regime::Calm;
        let fault = DeskError::model("comparative statics");
        let (amplification, effects) = if calm {
            let slope = composition.slope(analysis.hurdle).map_err(&fault)?;
            let effects = effects(&composition, analysis.hurdle).map_err(&fault)?;
            (Some(1.0 / (1.0 - slope)), effects)
        } else {
            (None, Vec::new())
        };
        let policy = match &file.stated.policy {
            None => None,
            Some(spec) => {
                let fault = file.fault("policy rule");
                let telemetry = spec.telemetry(composition.components.utilisation);
                let next = spec
                    .rule()
                    .next(spec.previous, telemetry, spec.elapsed_hours * 3_600.0);
                let rate = next.map_err(&fault)?;
                Some(PolicyAnswer {
                    rate: rate.rate,
                    target: rate.target,
                    hurdle: rate.under(analysis.hurdle).map_err(&fault)?,
                })
            }
        };
        Ok(Answer {
            regime: match analysis.regime {
                Regime::Calm => "calm",
                Regime::Stressed => "stressed",
                Regime::Floor => "floor",
            },
            reason: reason(&analysis.equilibrium),
            hurdle: analysis.hurdle,
            organic_hurdle: analysis.organic_hurdle,
            multiplier: analysis.multiplier,
            parts: PartsAnswer::new(&composition, analysis.hurdle)
                .map_err(DeskError::model("composition"))?,
            slope_range: (analysis.slope.min, analysis.slope.max),
            amplification,
            effects: effects
                .into_iter()
                .map(|effect| EffectAnswer {
                    input: effect.input.name(),
                    value: effect.value,
                    direct: effect.direct,
                    total: effect.total,
                })
                .collect(),
            feedback: self.feedback(&file, &composition)?,
            policy,
        })
    }
}

impl EquilibriumCommand {
    fn feedback(
        &self,
        file: &MarketFile,
        composition: &Composition,
    ) -> Result<Option<FeedbackAnswer>, DeskError> {
        let Some(spec) = &file.stated.feedback else {
            return Ok(None);
        };
        let feedback = FeedbackLoop {
            composition: *composition,
            market: spec.market(),
            damping: spec.damping(),
        };
        let Some(rest) = feedback.rest().map_err(|error| solving(file, error))? else {
            return Ok(None);
        };
        let fault = file.fault("feedback in time");
        let widest = (composition.ceiling - rest.hurdle).min(rest.hurdle - composition.floor);
        let ball = feedback.stable_ball(rest, widest).map_err(&fault)?;
        let published = State {
            hurdle: composition.responses.previous_hurdle,
            utilisation: composition.components.utilisation,
            multiplier: composition.responses.previous_multiplier,
        };
        let path = if self.steps == 0 {
            Vec::new()
        } else {
            let steps = usize::try_from(self.steps).unwrap_or(usize::MAX);
            feedback
                .simulate(published, steps)
                .map_err(|error| solving(file, error))?
        };
        Ok(Some(FeedbackAnswer {
            rest_hurdle: rest.hurdle,
            rest_utilisation: rest.utilisation,
            rest_multiplier: rest.multiplier,
            spectral_radius: feedback
                .spectral_radius(rest)
                .map_err(|error| solving(file, error))?,
            gain: Some(feedback.gain(rest, 0.0).map_err(&fault)?.total()).filter(|gain| gain.is_finite()),
            stable_radius: ball.map(|ball| ball.radius),
            path: path
                .into_iter()
                .map(|state| (state.hurdle, state.utilisation, state.multiplier))
                .collect(),
        }))
    }
}

fn solving(file: &MarketFile, error: SolveError<ModelError>) -> DeskError {
    match error {
        SolveError::Input(reason) | SolveError::Phi(reason) => file.fault("equilibrium")(reason),
        violated @ SolveError::SlopeBoundViolated { .. } => DeskError::Argument {
            argument: "--market",
            reason: violated.to_string(),
        },
    }
}

fn reason(equilibrium: &Equilibrium) -> String {
    match equilibrium {
        Equilibrium::Unique {
            proof: Proof::SlopeBound,
            ..
        } => "one equilibrium, proved by the bound on the slope".to_owned(),
        Equilibrium::Unique {
            proof: Proof::Scan, ..
        } => "one equilibrium, found by a scan".to_owned(),
        Equilibrium::NotUnique { roots } => {
            let roots: Vec<String> = roots
                .iter()
                .map(|root| format!("{:.4} %", 100.0 * root))
                .collect();
            format!(
                "no single attracting equilibrium; fixed points at {}",
                roots.join(", ")
            )
        }
        Equilibrium::None {
            missing: Missing::AboveCeiling,
            ..
        } => "no equilibrium: capital asks for more than any admissible rate".to_owned(),
        Equilibrium::None {
            missing: Missing::BelowFloor,
            ..
        } => "less than the floor is asked for everywhere".to_owned(),
    }
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut sheet = Sheet::new()
            .heading(format!("{}: {}", self.regime, self.reason))
            .percent("hurdle rate per year", self.hurdle)
            .percent("organic hurdle rate", self.organic_hurdle)
            .line("margin multiplier", format_args!("{:.6}", self.multiplier))
            .line(
                "slope of Φ",
                format_args!(
                    "{:.4} to {:.4}",
                    self.slope_range.0 + 0.0,
                    self.slope_range.1 + 0.0
                ),
            );
        if let Some(amplification) = self.amplification {
            sheet = sheet.line("amplification by the loop", format_args!("{amplification:.4}"));
        }
        sheet = self.parts.lines(sheet);
        if let Some(policy) = self.policy {
            sheet = sheet
                .heading("policy rule")
                .percent("policy rate", policy.rate)
                .percent("  where it tends", policy.target)
                .percent("hurdle rate with it as a floor", policy.hurdle);
        }
        if let Some(feedback) = &self.feedback {
            sheet = sheet
                .heading("feedback in time")
                .percent("hurdle rate at rest", feedback.rest_hurdle)
                .line("spectral radius", format_args!("{:.6}", feedback.spectral_radius))
                .line(
                    "loop gain at rest",
                    feedback.gain.map_or_else(
                        || "unbounded: the keeper's map is not proved to have one equilibrium".to_owned(),
                        |gain| format!("{gain:.4}"),
                    ),
                )
                .line(
                    "proved stable from within",
                    feedback.stable_radius.map_or_else(
                        || "nowhere".to_owned(),
                        |radius| format!("{:.4} % of rest", 100.0 * radius),
                    ),
                );
            for (step, (hurdle, utilisation, multiplier)) in feedback.path.iter().enumerate() {
                sheet = sheet.line(
                    format!("publication {step}"),
                    format_args!(
                        "h {:.4} %, u {:.2} %, m {multiplier:.4}",
                        100.0 * hurdle,
                        100.0 * utilisation
                    ),
                );
            }
        }
        if !self.effects.is_empty() {
            sheet = sheet.heading("effect on the hurdle rate per unit of the input: direct, with the loop");
        }
        for effect in self.effects.iter().filter(|effect| effect.total != 0.0) {
            sheet = sheet.line(
                effect.input,
                format_args!("{:+.6}, {:+.6}", effect.direct, effect.total),
            );
        }
        sheet.fmt(f)
    }
}
