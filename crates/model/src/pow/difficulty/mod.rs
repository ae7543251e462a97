//! Difficulty: the rules by which chains set it, and forecasts of where they will.

mod block;
mod target;
mod window;

pub use block::{Asert, DigiShield, EthereumRule};
pub use target::Target;
pub use window::WindowRule;
