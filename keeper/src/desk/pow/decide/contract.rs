//! A site's contracts in a file, TOML.

use crate::config;
use crate::desk::DeskError;
use crate::desk::pow::FleetFile;
use hurdle_model::ModelError;
use hurdle_model::pow::Machine;
use hurdle_model::pow::decision::{
    Block, Commitment, Contracts, DemandResponse, PolicyRule, PowerPurchase, SeasonalForecast, Spot,
};
use serde::Deserialize;
use std::path::{Path, PathBuf};

const EXAMPLE: &str = include_str!("../../../../data/pow-contract.toml");

/// The contracts, the machines' commitments and the policy.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractFile {
    max_load: f64,
    spot: Option<SpotSpec>,
    purchase: Option<PurchaseSpec>,
    response: Option<ResponseSpec>,
    #[serde(default)]
    policy: PolicySpec,
    #[serde(default)]
    block: Vec<BlockSpec>,
    #[serde(skip)]
    path: PathBuf,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SpotSpec {
    #[serde(default)]
    fee: f64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PurchaseSpec {
    power: f64,
    price: f64,
    take_or_pay: f64,
    resale_discount: Option<f64>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ResponseSpec {
    power: f64,
    #[serde(default)]
    availability: f64,
    payment: f64,
    hours: usize,
    calls: usize,
    period: usize,
    #[serde(default)]
    notice: usize,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PolicySpec {
    horizon: usize,
    memory: usize,
    days: usize,
    persistence: f64,
}

impl Default for PolicySpec {
    fn default() -> Self {
        Self {
            horizon: 24,
            memory: 336,
            days: 7,
            persistence: 0.8,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BlockSpec {
    machine: String,
    #[serde(default = "one")]
    min_run: usize,
    #[serde(default = "one")]
    min_down: usize,
    #[serde(default)]
    start_cost: f64,
    #[serde(default = "one")]
    stages: usize,
    #[serde(default)]
    points: Vec<(f64, f64)>,
}

const fn one() -> usize {
    1
}

impl ContractFile {
    /// Reads a file, or the built-in example.
    ///
    /// # Errors
    /// [`DeskError::Config`] with file, line and column.
    pub fn read(path: Option<&Path>) -> Result<Self, DeskError> {
        let built_in = Path::new("the built-in contracts");
        let parsed = match path {
            Some(path) => config::read(path).and_then(|text| config::parse::<Self>(&text, path)),
            None => config::parse(EXAMPLE, built_in),
        };
        let mut file = parsed.map_err(DeskError::Config)?;
        file.path = path.unwrap_or(built_in).to_owned();
        Ok(file)
    }

    /// The contracts.
    pub fn contracts(&self) -> Contracts {
        Contracts {
            max_load: self.max_load,
            spot: self.spot.map(|spot| Spot { fee: spot.fee }),
            purchase: self.purchase.map(|purchase| PowerPurchase {
                power: purchase.power,
                price: purchase.price,
                take_or_pay: purchase.take_or_pay,
                resale: purchase.resale_discount,
            }),
            response: self.response.map(|response| DemandResponse {
                power: response.power,
                availability: response.availability,
                payment: response.payment,
                hours: response.hours,
                calls: response.calls,
                period: response.period,
                notice: response.notice,
            }),
        }
    }

    /// How the policy looks ahead.
    pub fn policy(&self) -> (PolicyRule, SeasonalForecast) {
        let rule = PolicyRule {
            horizon: self.policy.horizon,
            memory: self.policy.memory,
        };
        let forecast = SeasonalForecast {
            days: self.policy.days,
            persistence: self.policy.persistence,
        };
        (rule, forecast)
    }

    /// The fleet's machines, with what this file says of them.
    ///
    /// # Errors
    /// [`DeskError::Config`] for a machine that the fleet has not, or that is named twice; [`DeskError::Model`] for
    /// numbers outside their domains.
    pub fn blocks(&self, fleet: &FleetFile) -> Result<Vec<Block>, DeskError> {
        let demand = |holds: bool, reason: String| {
            config::ConfigError::unless(holds, &self.path, "block", &reason).map_err(DeskError::Config)
        };
        for (index, spec) in self.block.iter().enumerate() {
            let name = &spec.machine;
            demand(
                fleet.names().any(|known| known == name),
                format!(
                    "`{name}` is no machine of the fleet; it has {}",
                    fleet.names().collect::<Vec<_>>().join(", ")
                ),
            )?;
            let first = self.block.iter().position(|other| other.machine == *name);
            demand(first == Some(index), format!("`{name}` stands twice"))?;
        }
        let units = fleet.fleet().map_err(DeskError::model("fleet"))?;
        units
            .units()
            .iter()
            .zip(fleet.names())
            .map(
                |(unit, name)| match self.block.iter().find(|spec| spec.machine == name) {
                    Some(spec) => spec.block(unit.machine, unit.count),
                    None => Block::of_unit(unit, Commitment::default()),
                },
            )
            .collect::<Result<_, _>>()
            .map_err(DeskError::model("blocks of machines"))
    }
}

impl BlockSpec {
    fn block(&self, rated: Machine, count: f64) -> Result<Block, ModelError> {
        let points = if self.points.is_empty() {
            vec![rated]
        } else {
            let point = |&(hash_rate, power): &(f64, f64)| Machine { hash_rate, power };
            self.points.iter().map(point).collect()
        };
        let commitment = Commitment {
            min_run: self.min_run,
            min_down: self.min_down,
            start_cost: self.start_cost,
            stages: self.stages,
        };
        Block::new(points, count, commitment)
    }
}
