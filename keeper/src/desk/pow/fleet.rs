//! A miner described in a file, TOML: the site and its machines.

use crate::config;
use crate::desk::DeskError;
use hurdle_model::ModelError;
use hurdle_model::pow::{Fleet, Machine, Site, Unit};
use serde::Deserialize;
use std::path::Path;

/// The built-in example.
pub const EXAMPLE: &str = include_str!("../../../data/pow-fleet.toml");

/// A miner.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FleetFile {
    site: SiteSpec,
    machine: Vec<MachineSpec>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SiteSpec {
    energy_price: f64,
    #[serde(default = "one")]
    overhead: f64,
    #[serde(default = "one")]
    uptime: f64,
    #[serde(default)]
    pool_fee: f64,
    #[serde(default)]
    operation_per_day: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MachineSpec {
    name: String,
    count: f64,
    terahash: f64,
    watts: f64,
    price: f64,
    life_years: f64,
    #[serde(default)]
    salvage: f64,
}

const fn one() -> f64 {
    1.0
}

impl FleetFile {
    /// Reads a file, or the built-in example.
    ///
    /// # Errors
    /// [`DeskError::Config`] with file, line and column.
    pub fn read(path: Option<&Path>) -> Result<Self, DeskError> {
        let parsed = match path {
            Some(path) => config::read(path).and_then(|text| config::parse(&text, path)),
            None => config::parse(EXAMPLE, Path::new("the built-in fleet")),
        };
        parsed.map_err(DeskError::Config)
    }

    /// The site.
    ///
    /// # Errors
    /// [`ModelError`] naming the first number outside its domain.
    pub fn site(&self) -> Result<Site, ModelError> {
        Site {
            energy_price: self.site.energy_price,
            overhead: self.site.overhead,
            uptime: self.site.uptime,
            pool_fee: self.site.pool_fee,
            operation: self.site.operation_per_day,
        }
        .checked()
    }

    /// The machines.
    ///
    /// # Errors
    /// [`ModelError`] naming the first number outside its domain.
    pub fn fleet(&self) -> Result<Fleet, ModelError> {
        let unit = |spec: &MachineSpec| Unit {
            machine: Machine {
                hash_rate: spec.terahash,
                power: spec.watts,
            },
            count: spec.count,
            price: spec.price,
            life: spec.life_years,
            salvage: spec.salvage,
        };
        Fleet::new(self.machine.iter().map(unit).collect())
    }

    /// The machines' names, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.machine.iter().map(|spec| spec.name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_fleet_is_one() {
        let file = FleetFile::read(None).unwrap();
        assert_eq!(file.names().count(), file.fleet().unwrap().units().len());
        file.site().unwrap();
    }
}
