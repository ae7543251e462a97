//! Cost of production: what a coin costs to mine across the network, who stops at which price, and the floor that follows.

mod catalogue;
mod dynamics;
mod energy;
mod floor;
mod network;
mod supply;

pub use catalogue::{ETCHASH, KnownMachine, MachineType, SCRYPT, SHA256};
pub use dynamics::FleetDynamics;
pub use energy::{EnergyPrices, EnergyRegion};
pub use floor::{FloorDistribution, FloorUncertainty};
pub use network::{CostModel, MARGINAL, Network, NetworkDay};
pub use supply::{Capacity, CostSplit, Running, SupplyCurve, Terms};
