//! A miner who borrows, and many of them.
//!
//! - [`LeveragedMiner::standing`]: distance to a margin call, to liquidation and to the covenants on machines, debt-service
//!   cover, runway. [`Resale`]: machines are worth what their margin is, and so follow hashprice.
//! - [`passage_probability`], [`simulated_risk`]: probability of a call within a horizon.
//! - [`feedback`]: price falls, difficulty lags, margins shrink, coins are sold, price falls: the gain of that loop.
//! - [`cascade`]: many miners and their lenders in one market, in books that balance.

mod call;
pub mod cascade;
mod epoch;
pub mod feedback;
mod loan;
mod miner;
mod resale;

pub use call::{CallRisk, Surroundings, passage_probability, simulated_risk};
pub use epoch::Epoch;
pub use loan::{CoinLoan, DAYS_PER_INSTALMENT, EquipmentLoan};
pub use miner::{DailyFlow, Distance, LeveragedMiner, Standing};
pub use resale::{MachineValue, Resale};
