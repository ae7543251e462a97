//! Cost of production: what a coin costs to mine across the network, who stops at which price, and the floor that follows.

mod backtest;
mod catalogue;
mod dynamics;
mod energy;
mod episode;
mod floor;
mod merged;
mod network;
mod response;
mod stop;
mod supply;
mod walk;

pub use backtest::{FloorCoverage, floor_coverage};
pub use catalogue::{ETCHASH, KnownMachine, MachineType, SCRYPT, SHA256};
pub use dynamics::FleetDynamics;
pub use energy::{EnergyPrices, EnergyRegion};
pub use episode::Episode;
pub use floor::{FloorDistribution, FloorUncertainty};
pub use merged::merged;
pub use network::{CostModel, MARGINAL, Network, NetworkDay};
pub use response::{Response, ResponseDay, ShutOff, follow, stopped};
pub use stop::{Adjustment, FloorMiner, FloorSetting};
pub use supply::{Capacity, CostSplit, Running, SupplyCurve, Terms};
