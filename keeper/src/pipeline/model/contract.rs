//! p: the smart-contract premium.

use super::ModelFault;
use crate::config::ModelConfig;
use hurdle_model::ModelError;
use hurdle_model::hazard::{Covariate, Hazard, any_failure, contract_premium};

/// p: hazard × loss given failure × risk aversion, summed over the contracts that capital depends on, and its standard
/// error, which only fitted hazards know.
pub(super) fn contract(config: &ModelConfig) -> Result<(f64, f64), ModelFault> {
    let fault = |reason| ModelFault::new("p, smart contracts", reason);
    let mut losses = Vec::with_capacity(config.contract.len());
    for risk in &config.contract {
        let battle = Covariate::battle_time(risk.battle_years, risk.battle_coefficient).map_err(fault)?;
        let hazard = Hazard::proportional(risk.baseline_hazard, &[battle]).map_err(fault)?;
        losses.push(
            contract_premium(hazard.annual_probability(), risk.loss_given_failure, 1.0).map_err(fault)?,
        );
    }
    let mut variance = 0.0;
    if let Some(fitted) = &config.fitted_contract {
        let model = fitted.model.as_ref().ok_or_else(|| {
            fault(ModelError::TooFew {
                what: "fitted hazard models that were read",
                needed: 1,
                got: 0,
            })
        })?;
        for risk in &fitted.risk {
            let quote = model.quote(&risk.exposure(), 1.0, 1.0).map_err(fault)?;
            losses.push(quote.premium.value);
            variance += (quote.premium.value * quote.log_error).powi(2);
        }
    }
    // the expected loss of either failing first, as the probability of any loss of its size
    let expected_loss = any_failure(&losses).map_err(fault)?;
    let premium = contract_premium(expected_loss, 1.0, config.contract_risk_aversion).map_err(fault)?;
    Ok((premium, variance.sqrt() * config.contract_risk_aversion))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ConfigError, KeeperConfig};
    use crate::hazard::artefact::sha256;
    use std::path::Path;

    const KEEPER: &str = include_str!("../../../data/keeper.toml");
    const ARTEFACT: &str = include_str!("../../../data/hazard.json");

    /// The built-in configuration with fitted risks in place of the stated ones, as it lies in keeper/data.
    fn fitted(sha256: &str, least_loss: f64) -> Result<KeeperConfig, ConfigError> {
        let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/data/keeper.toml"));
        let (before, stated) = KEEPER.split_once("[[model.contract]]").unwrap();
        let after = stated.split_once("[[model.systematic]]").unwrap().1;
        let risk = format!(
            "[model.fitted_contract]\nartefact = \"hazard.json\"\nsha256 = \"{sha256}\"\n\
             [[model.fitted_contract.risk]]\nname = \"pool\"\ncategory = \"Lending\"\nchains = 1\naudited = true\n\
             established = true\nforked = false\noracle = true\ntoken = true\nbattle_years = 1.0\nvalue_at_risk = 1e7\n\
             least_loss_given_failure = {least_loss:?}\n"
        );
        KeeperConfig::parse(&format!("{before}{risk}[[model.systematic]]{after}"), path)?.complete(path)
    }

    #[test]
    fn p_comes_from_the_artefact_with_its_error_and_no_less_than_judgement_says() {
        let sha = sha256(ARTEFACT.as_bytes());
        let config = fitted(&sha, 0.0).unwrap().model;
        let (premium, error) = contract(&config).unwrap();
        assert!(
            premium > 0.0 && error > 0.0 && error < premium,
            "{premium} {error}"
        );
        let (judged, _) = contract(&fitted(&sha, 0.9).unwrap().model).unwrap();
        assert!(judged > 2.0 * premium, "{judged} {premium}");
        let stated = KeeperConfig::parse(KEEPER, Path::new("keeper.toml"))
            .unwrap()
            .model;
        assert_eq!(contract(&stated).unwrap().1, 0.0);
    }

    #[test]
    fn another_artefact_than_the_stated_one_is_refused() {
        let refusal = fitted(&"0".repeat(64), 0.0).unwrap_err().to_string();
        assert!(refusal.contains("hazard.json: its SHA-256 is"), "{refusal}");
    }

    #[test]
    fn without_its_artefact_the_model_has_no_answer() {
        let sha = sha256(ARTEFACT.as_bytes());
        let mut config = fitted(&sha, 0.0).unwrap();
        if let Some(fitted) = &mut config.model.fitted_contract {
            fitted.model = None;
        }
        assert!(contract(&config.model).is_err());
    }

    #[test]
    fn the_hash_of_the_artefact_is_part_of_the_model_hash() {
        let sha = sha256(ARTEFACT.as_bytes());
        let config = fitted(&sha, 0.0).unwrap();
        let mut other = config.clone();
        if let Some(fitted) = &mut other.model.fitted_contract {
            fitted.sha256 = "0".repeat(64);
        }
        assert_ne!(config.model_hash().unwrap(), other.model_hash().unwrap());
    }

    #[test]
    fn a_market_without_any_contract_risk_is_refused() {
        let (before, stated) = KEEPER.split_once("[[model.contract]]").unwrap();
        let after = stated.split_once("[[model.systematic]]").unwrap().1;
        let bare = format!("{before}[[model.systematic]]{after}");
        let refusal = KeeperConfig::parse(&bare, Path::new("k.toml"))
            .unwrap_err()
            .to_string();
        assert!(refusal.contains("at least one smart-contract risk"), "{refusal}");
    }
}
