//! Arguments that describe a network: its record, its machines, what its miners pay.

use crate::config;
use crate::desk::DeskError;
use crate::desk::pow::{ChainName, HistoryArgs};
use crate::desk::table::Table;
use clap::Args;
use hurdle_model::ModelError;
use hurdle_model::pow::MiningHistory;
use hurdle_model::pow::cost::{
    CostModel, ETCHASH, EnergyPrices, EnergyRegion, FleetDynamics, FloorUncertainty, KnownMachine,
    MachineType, SCRYPT, SHA256, ShutOff, Terms, merged,
};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The built-in assumptions.
pub const EXAMPLE: &str = include_str!("../../../../data/pow-network.toml");

/// A network.
#[derive(Args, Clone, Debug)]
pub struct NetworkArgs {
    #[command(flatten)]
    pub history: HistoryArgs,
    /// Daily record of a chain that the same work secures, such as Dogecoin beside Litecoin, CSV with the same titles; what a
    /// hash earns there is added.
    #[arg(long, value_name = "CSV")]
    merged: Option<PathBuf>,
    /// Types of machines, CSV with a header [default: a built-in table for the chain's algorithm].
    #[arg(long, value_name = "CSV")]
    machines: Option<PathBuf>,
    /// Title of the column with the types' names.
    #[arg(long, value_name = "TITLE", default_value = "name")]
    name_column: String,
    /// Title of the column with the dates of release.
    #[arg(long, value_name = "TITLE", default_value = "release")]
    release_column: String,
    /// Title of the column with the efficiencies.
    #[arg(long, value_name = "TITLE", default_value = "efficiency")]
    efficiency_column: String,
    /// Unit of that column, J/TH: 1000 where it is in J/GH.
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
    efficiency_unit: f64,
    /// Title of the column with the hash rate sold of each type, relative to the others' [default: all alike].
    #[arg(long, value_name = "TITLE")]
    weight_column: Option<String>,
    /// Energy prices, terms, dynamics, TOML [default: the built-in ones, keeper/data/pow-network.toml].
    #[arg(long, value_name = "TOML")]
    network: Option<PathBuf>,
    /// Factor on all energy prices.
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
    energy_factor: f64,
}

/// A network's assumptions in a file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct NetworkFile {
    energy: Vec<Energy>,
    terms: TermsSpec,
    dynamics: Dynamics,
    shut_off: ShutOffSpec,
    uncertainty: Uncertainty,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Energy {
    share: f64,
    floor: f64,
    median: f64,
    deviation: f64,
}

/// A section of which every figure may be left out.
macro_rules! section {
    ($name:ident, $model:ty, $default:expr, { $($field:ident),* }) => {
        #[derive(Clone, Copy, Debug, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        struct $name { $($field: f64),* }

        impl Default for $name {
            fn default() -> Self {
                let default: $model = $default;
                Self { $($field: default.$field),* }
            }
        }

        impl From<$name> for $model {
            fn from(spec: $name) -> Self {
                Self { $($field: spec.$field),* }
            }
        }
    };
}

section!(TermsSpec, Terms, Terms::DEFAULT, { overhead, operation, pool_fee });
section!(Dynamics, FleetDynamics, FleetDynamics::DEFAULT, {
    innovation, imitation, life, idle_life, discount, growth_days, hash_rate_days, hashprice_days
});
section!(ShutOffSpec, ShutOff, ShutOff::DEFAULT, { stop_days, restart_days, restart_margin });
section!(Uncertainty, FloorUncertainty, FloorUncertainty::DEFAULT, { energy, efficiency, coins });

/// A network, read.
pub struct NetworkInput {
    /// The model.
    pub model: CostModel,
    /// The types' names, in the model's order.
    pub names: Vec<String>,
    /// How miners stop.
    pub shut_off: ShutOff,
    /// What is not known.
    pub uncertainty: FloorUncertainty,
}

impl NetworkArgs {
    /// Reads the record, with the merged chain's beside it.
    ///
    /// # Errors
    /// As [`HistoryArgs::read`].
    pub fn days(&self) -> Result<MiningHistory, DeskError> {
        let history = self.history.read()?;
        let Some(path) = &self.merged else {
            return Ok(history);
        };
        let partner = HistoryArgs {
            days: path.clone(),
            ..self.history.clone()
        };
        merged(&history, &partner.read()?).map_err(DeskError::model("merged mining"))
    }

    /// Reads what describes the network, but for its record.
    ///
    /// # Errors
    /// [`DeskError::Table`], [`DeskError::Config`] at the first fault, [`DeskError::Model`] for a figure outside its domain.
    pub fn read(&self) -> Result<NetworkInput, DeskError> {
        let file = self.file()?;
        let (names, types) = match &self.machines {
            Some(path) => self.machines(path)?,
            None => table(self.history.chain)
                .iter()
                .map(|known| (known.name.to_owned(), MachineType::from(known)))
                .unzip(),
        };
        let fault = DeskError::model("network");
        let prices = file.prices(self.energy_factor).map_err(&fault)?;
        let model = CostModel::new(types, prices, file.terms.into(), file.dynamics.into()).map_err(&fault)?;
        Ok(NetworkInput {
            model,
            names,
            shut_off: ShutOff::from(file.shut_off).checked().map_err(&fault)?,
            uncertainty: file.uncertainty.into(),
        })
    }

    fn file(&self) -> Result<NetworkFile, DeskError> {
        let parsed = match &self.network {
            Some(path) => config::read(path).and_then(|text| config::parse(&text, path)),
            None => config::parse(EXAMPLE, Path::new("the built-in network")),
        };
        parsed.map_err(DeskError::Config)
    }

    fn machines(&self, path: &Path) -> Result<(Vec<String>, Vec<MachineType>), DeskError> {
        let table = Table::read(path)?;
        let names = table
            .column(&self.name_column)?
            .texts()
            .map(str::to_owned)
            .collect();
        let releases = table.column(&self.release_column)?.times()?;
        let efficiencies = table.column(&self.efficiency_column)?.positive_numbers()?;
        let weights = match &self.weight_column {
            Some(title) => table.column(title)?.positive_numbers()?,
            None => vec![1.0; table.len()],
        };
        let types = releases
            .into_iter()
            .zip(efficiencies)
            .zip(weights)
            .map(|((release, efficiency), weight)| MachineType {
                release,
                efficiency: efficiency * self.efficiency_unit,
                weight,
            })
            .collect();
        Ok((names, types))
    }
}

impl NetworkFile {
    fn prices(&self, factor: f64) -> Result<EnergyPrices, ModelError> {
        let regions = self.energy.iter().map(|energy| EnergyRegion {
            share: energy.share,
            floor: energy.floor,
            median: energy.median,
            deviation: energy.deviation,
        });
        let prices = if self.energy.is_empty() {
            EnergyPrices::worldwide()?
        } else {
            EnergyPrices::new(regions.collect())?
        };
        prices.scaled(factor)
    }
}

/// The built-in machines of a chain's algorithm.
fn table(chain: ChainName) -> &'static [KnownMachine] {
    match chain {
        ChainName::Btc | ChainName::Bch => SHA256,
        ChainName::Ltc | ChainName::Doge => SCRYPT,
        ChainName::Etc => ETCHASH,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_file_states_the_models_defaults() {
        let file: NetworkFile = config::parse(EXAMPLE, Path::new("the built-in network")).unwrap();
        let stated = file.prices(1.0).unwrap();
        assert_eq!(stated, NetworkFile::default().prices(1.0).unwrap());
        assert_eq!(Terms::from(file.terms), Terms::DEFAULT);
        assert_eq!(FleetDynamics::from(file.dynamics), FleetDynamics::DEFAULT);
        assert_eq!(ShutOff::from(file.shut_off), ShutOff::DEFAULT);
        assert_eq!(
            FloorUncertainty::from(file.uncertainty),
            FloorUncertainty::DEFAULT
        );
    }
}
