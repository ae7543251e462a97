//! A miner's debts and surroundings described in a file, TOML.

use crate::config;
use crate::desk::DeskError;
use hurdle_model::ModelError;
use hurdle_model::liquidity::ImpactShape;
use hurdle_model::pow::MiningMarket;
use hurdle_model::pow::difficulty::WindowRule;
use hurdle_model::pow::leverage::feedback::{AtCall, Feedback};
use hurdle_model::pow::leverage::{CoinLoan, EquipmentLoan, Resale, Surroundings};
use hurdle_model::simulation::Depth;
use serde::Deserialize;
use std::path::Path;

/// The built-in example.
pub const EXAMPLE: &str = include_str!("../../../../data/pow-loan.toml");

/// What [`super::Leverage`] needs beside machines and prices.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoanFile {
    pub market: Option<MarketSpec>,
    pub miner: MinerSpec,
    coin_loan: Option<CoinLoanSpec>,
    equipment: Option<EquipmentSpec>,
    resale: ResaleSpec,
    network: NetworkSpec,
    feedback: Option<FeedbackSpec>,
}

/// Prices and how they move.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarketSpec {
    pub price: f64,
    pub coins: f64,
    pub volatility: f64,
    #[serde(default)]
    pub drift: f64,
    #[serde(default)]
    pub jumps_per_year: f64,
    #[serde(default)]
    pub jump_mean: f64,
    #[serde(default)]
    pub jump_deviation: f64,
}

/// What the miner holds.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MinerSpec {
    pub cash: f64,
    pub coins: f64,
    pub sold: f64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CoinLoanSpec {
    debt: f64,
    collateral: f64,
    call_ltv: f64,
    liquidation_ltv: f64,
    interest: f64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EquipmentSpec {
    principal: f64,
    interest: f64,
    instalments: u32,
    covenant_ltv: Option<f64>,
    covenant_cover: Option<f64>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ResaleSpec {
    energy_price: f64,
    decay: f64,
    discount: f64,
    life_years: f64,
    scrap: f64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NetworkSpec {
    growth: f64,
    elasticity: f64,
    installed: f64,
    found: f64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FeedbackSpec {
    reward: f64,
    depth: f64,
    distance: f64,
    square_root: bool,
    half_life_days: f64,
    median_cost: f64,
    cost_dispersion: f64,
    fixed_cost: f64,
    sold: f64,
    collateral_at_call: f64,
    ltv_at_call: f64,
    machine_debt_at_call: f64,
    machine_elasticity: f64,
}

/// A book by the days in which half of what is sold is absorbed.
pub fn depth(quantity: f64, distance: f64, square_root: bool, half_life_days: f64) -> Depth {
    Depth {
        quantity,
        distance,
        shape: if square_root {
            ImpactShape::SquareRoot
        } else {
            ImpactShape::Linear
        },
        // a book without half-life is refused by the model as one that never refills
        resilience: core::f64::consts::LN_2 * 365.0 / half_life_days,
    }
}

impl LoanFile {
    /// Reads a file, or the built-in example.
    ///
    /// # Errors
    /// [`DeskError::Config`] with file, line and column.
    pub fn read(path: Option<&Path>) -> Result<Self, DeskError> {
        let parsed = match path {
            Some(path) => config::read(path).and_then(|text| config::parse(&text, path)),
            None => config::parse(EXAMPLE, Path::new("the built-in loan")),
        };
        parsed.map_err(DeskError::Config)
    }

    /// The loan against coins.
    ///
    /// # Errors
    /// [`ModelError`] naming the first number outside its domain.
    pub fn coin_loan(&self) -> Result<Option<CoinLoan>, ModelError> {
        let loan = |spec: CoinLoanSpec| CoinLoan {
            debt: spec.debt,
            collateral: spec.collateral,
            call_ltv: spec.call_ltv,
            liquidation_ltv: spec.liquidation_ltv,
            interest: spec.interest,
        };
        self.coin_loan.map(|spec| loan(spec).checked()).transpose()
    }

    /// The loan against machines.
    ///
    /// # Errors
    /// [`ModelError`] naming the first number outside its domain.
    pub fn equipment(&self) -> Result<Option<EquipmentLoan>, ModelError> {
        let loan = |spec: EquipmentSpec| EquipmentLoan {
            principal: spec.principal,
            interest: spec.interest,
            instalments: spec.instalments,
            covenant_ltv: spec.covenant_ltv,
            covenant_cover: spec.covenant_cover,
        };
        self.equipment.map(|spec| loan(spec).checked()).transpose()
    }

    /// How a buyer values machines.
    pub const fn resale(&self) -> Resale {
        Resale {
            energy_price: self.resale.energy_price,
            decay: self.resale.decay,
            discount: self.resale.discount,
            life: self.resale.life_years,
            scrap: self.resale.scrap,
        }
    }

    /// How the network answers.
    pub const fn surroundings(&self, rule: WindowRule) -> Surroundings {
        Surroundings {
            rule,
            found: self.network.found,
            elasticity: self.network.elasticity,
            installed: self.network.installed,
            growth: self.network.growth,
            sold: self.miner.sold,
        }
    }

    /// The population before the book, if described.
    pub fn feedback(&self, market: MiningMarket, rule: WindowRule) -> Option<Feedback> {
        self.feedback.map(|spec| Feedback {
            market,
            reward: spec.reward,
            rule,
            depth: depth(spec.depth, spec.distance, spec.square_root, spec.half_life_days),
            median_cost: spec.median_cost,
            dispersion: spec.cost_dispersion,
            fixed_cost: spec.fixed_cost,
            sold: spec.sold,
            at_call: AtCall {
                collateral: spec.collateral_at_call,
                ltv: spec.ltv_at_call,
                machine_debt: spec.machine_debt_at_call,
                machine_elasticity: spec.machine_elasticity,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_loan_is_one() {
        let file = LoanFile::read(None).unwrap();
        assert!(file.coin_loan().unwrap().is_some() && file.equipment().unwrap().is_some());
        let market = file.market.unwrap();
        let market = MiningMarket {
            price: market.price,
            coins: market.coins,
        };
        let gain = file
            .feedback(market, WindowRule::BITCOIN)
            .unwrap()
            .gain()
            .unwrap();
        assert!(!gain.lagging.is_self_sustaining(), "{gain:?}");
    }
}
