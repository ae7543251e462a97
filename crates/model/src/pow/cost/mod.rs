//! Cost of production: what a coin costs to mine across the network, who stops at which price, and the floor that follows.

mod energy;
mod floor;

pub use energy::{EnergyPrices, EnergyRegion};
pub use floor::{FloorDistribution, FloorUncertainty};
