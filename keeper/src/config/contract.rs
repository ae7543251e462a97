//! p: the smart-contract risks that capital bears, stated or fitted.

use super::{ConfigError, read};
use crate::hazard::{Artefact, ArtefactError};
use hurdle_model::hazard::cohort::Protocol;
use hurdle_model::hazard::premium::{ContractModel, Exposure};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One contract that capital depends on, with a stated hazard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractRisk {
    /// Which.
    pub name: String,
    /// Failures per year of contracts of its category, before its own traits.
    pub baseline_hazard: f64,
    /// Years in battle.
    pub battle_years: f64,
    /// Log hazard ratio per unit of ln(1 + years in battle).
    pub battle_coefficient: f64,
    /// Share of the capital lost in a failure.
    pub loss_given_failure: f64,
}

/// Contracts whose hazard and loss come from an artefact of `hurdle fit hazard`.
///
/// The hash is a parameter of the model, so that the model hash which the market publishes names the fit too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FittedContracts {
    /// The artefact's file, from the folder of this configuration.
    pub artefact: PathBuf,
    /// Its SHA-256, hexadecimal.
    pub sha256: String,
    /// The contracts.
    pub risk: Vec<FittedRisk>,
    /// The model in the artefact, once [`FittedContracts::load`] has read it.
    #[serde(skip)]
    pub model: Option<Arc<ContractModel>>,
}

/// One contract that capital depends on, described to the fitted model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FittedRisk {
    /// Which.
    pub name: String,
    /// Its category, in the words of the cohort.
    pub category: String,
    /// Chains it runs on.
    pub chains: u32,
    /// Whether its own code has been audited.
    pub audited: bool,
    /// Whether it was listed before listing times were recorded, so that the years are a lower bound.
    pub established: bool,
    /// Whether it is a fork.
    pub forked: bool,
    /// Whether it depends on a price oracle.
    pub oracle: bool,
    /// Whether a token of it is listed.
    pub token: bool,
    /// Years in battle.
    pub battle_years: f64,
    /// Value that a failure could take, quote units.
    pub value_at_risk: f64,
    /// Least share of it that a failure is taken to cost: the fitted share falls short for protocols larger than those
    /// that fell (see docs/hazard-model.md). Zero leaves it to the fit.
    pub least_loss_given_failure: f64,
}

impl FittedRisk {
    /// What the model asks.
    #[must_use]
    pub fn exposure(&self) -> Exposure {
        Exposure {
            protocol: Protocol {
                category: self.category.clone(),
                chains: self.chains,
                audited: self.audited,
                // only whether it is known counts: the age is given
                listed: (!self.established).then_some(0),
                forked: self.forked,
                oracle: self.oracle,
                token: self.token,
            },
            years: self.battle_years,
            value_at_risk: self.value_at_risk,
            least_loss: self.least_loss_given_failure,
        }
    }
}

impl FittedContracts {
    /// Reads the artefact that lies beside the configuration `config`, if its hash is the stated one.
    pub(super) fn load(&mut self, config: &Path) -> Result<(), ConfigError> {
        let path = config.parent().unwrap_or(Path::new("")).join(&self.artefact);
        let text = read(&path)?;
        let refused = |reason: ArtefactError| ConfigError::Artefact {
            path: path.clone(),
            reason,
        };
        let artefact = Artefact::parse_expecting(&text, &self.sha256).map_err(refused)?;
        self.model = Some(Arc::new(artefact.model().map_err(refused)?));
        Ok(())
    }
}
