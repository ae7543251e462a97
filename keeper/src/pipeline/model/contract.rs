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
