//! A market of many miners and lenders described in a file, TOML.

use super::spec::depth;
use crate::config;
use crate::desk::DeskError;
use hurdle_model::ModelError;
use hurdle_model::pow::SECONDS_PER_DAY;
use hurdle_model::pow::difficulty::WindowRule;
use hurdle_model::pow::leverage::Resale;
use hurdle_model::pow::leverage::cascade::{Cascade, CascadeTerms, PopulationMix};
use serde::Deserialize;
use std::path::Path;

/// The built-in example.
const EXAMPLE: &str = include_str!("../../../../data/pow-cascade.toml");
/// When difficulty changes: Bitcoin's.
const RULE: WindowRule = WindowRule::BITCOIN;

/// A market of miners and lenders, described.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CascadeFile {
    market: MarketSpec,
    resale: BuyerSpec,
    miners: MinersSpec,
    loans: LoansSpec,
    pub shock: ShockSpec,
    pub paths: Option<PathsSpec>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MarketSpec {
    price: f64,
    subsidy: f64,
    fees: f64,
    depth: f64,
    distance: f64,
    square_root: bool,
    half_life_days: f64,
    step_days: f64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BuyerSpec {
    energy_price: f64,
    decay: f64,
    discount: f64,
    life_years: f64,
    scrap: f64,
    recovery: f64,
    redeploy_days: f64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MinersSpec {
    count: usize,
    terahash: f64,
    size_dispersion: f64,
    efficiency: f64,
    efficiency_dispersion: f64,
    energy_price: f64,
    energy_dispersion: f64,
    operation: f64,
    cash_days: f64,
    coin_days: f64,
    sold: f64,
    grace_days: f64,
    restart: f64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LoansSpec {
    borrowers: f64,
    pledged_days: f64,
    least_ltv: f64,
    most_ltv: f64,
    call_ltv: f64,
    liquidation_ltv: f64,
    interest: f64,
}

/// A fall of the exogenous price.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShockSpec {
    pub fall: f64,
    pub over_days: f64,
    pub days: f64,
}

/// Random paths of the exogenous price.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathsSpec {
    pub days: f64,
    pub volatility: f64,
    pub drift: f64,
    pub jumps_per_year: f64,
    pub jump_mean: f64,
    pub jump_deviation: f64,
}

impl CascadeFile {
    /// Reads a file, or the built-in example.
    ///
    /// # Errors
    /// [`DeskError::Config`] with file, line and column.
    pub fn read(path: Option<&Path>) -> Result<Self, DeskError> {
        let parsed = match path {
            Some(path) => config::read(path).and_then(|text| config::parse(&text, path)),
            None => config::parse(EXAMPLE, Path::new("the built-in cascade")),
        };
        parsed.map_err(DeskError::Config)
    }

    /// The market that it describes.
    ///
    /// # Errors
    /// [`ModelError`] naming the first figure outside its domain.
    pub fn cascade(&self) -> Result<Cascade, ModelError> {
        Cascade::new(self.terms(), self.mix().population(self.market.price)?)
    }

    fn terms(&self) -> CascadeTerms {
        let market = &self.market;
        CascadeTerms {
            price: market.price,
            subsidy: market.subsidy,
            fees: market.fees,
            rule: RULE,
            depth: depth(
                market.depth,
                market.distance,
                market.square_root,
                market.half_life_days,
            ),
            resale: Resale {
                energy_price: self.resale.energy_price,
                decay: self.resale.decay,
                discount: self.resale.discount,
                life: self.resale.life_years,
                scrap: self.resale.scrap,
            },
            recovery: self.resale.recovery,
            redeploy_days: self.resale.redeploy_days,
            grace_days: self.miners.grace_days,
            restart: self.miners.restart,
            sold: self.miners.sold,
            step_days: market.step_days,
        }
    }

    fn mix(&self) -> PopulationMix {
        let (miners, loans) = (&self.miners, &self.loans);
        PopulationMix {
            miners: miners.count,
            hash_rate: miners.terahash,
            size_dispersion: miners.size_dispersion,
            efficiency: miners.efficiency,
            efficiency_dispersion: miners.efficiency_dispersion,
            energy_price: miners.energy_price,
            energy_dispersion: miners.energy_dispersion,
            operation: miners.operation,
            cash_days: miners.cash_days,
            coin_days: miners.coin_days,
            pledged_days: loans.pledged_days,
            coins_per_day: SECONDS_PER_DAY / f64::from(RULE.spacing)
                * (self.market.subsidy + self.market.fees),
            borrowers: loans.borrowers,
            least_ltv: loans.least_ltv,
            most_ltv: loans.most_ltv,
            call_ltv: loans.call_ltv,
            liquidation_ltv: loans.liquidation_ltv,
            interest: loans.interest,
        }
    }

    /// Steps of so many days.
    pub fn steps(&self, days: f64) -> usize {
        // saturates; the model refuses what is too long
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let steps = (days / self.market.step_days).round() as usize;
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_cascade_is_one() {
        CascadeFile::read(None).unwrap().cascade().unwrap();
    }
}
