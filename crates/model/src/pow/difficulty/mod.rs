//! Difficulty: the rules by which chains set it, and forecasts of where they will.
//!
//! The rules ([`WindowRule`], [`Asert`], [`DigiShield`], [`EthereumRule`]) are the chains' own integers. Forecasts go
//! through the hash rate: a filter over the blocks of each day ([`HashRateFilter`]) gives its level, its growth and how
//! uncertain both are ([`HashRateOutlook`]), and the rule turns that into the distribution of the next retarget
//! ([`NextRetarget`]) and of those that follow ([`DifficultyPath`]). [`backtest()`] and [`backtest_daily`] test them on a chain's record.

mod backtest;
mod block;
mod daily;
mod filter;
mod next;
mod outlook;
mod path;
mod record;
mod retarget;
mod target;
mod window;

pub use backtest::{Accuracy, BacktestSetting, EqualAccuracy, Outcome, backtest};
pub use block::{Asert, DigiShield, EthereumRule};
pub use daily::backtest_daily;
pub use filter::HashRateFilter;
pub use next::NextRetarget;
pub use outlook::{Dynamics, HashRateOutlook, LevelPath, MOST_DAYS, Weights};
pub use path::{DifficultyPath, DifficultyStep, EpochState, MOST_STEPS};
pub use record::{DifficultyDay, DifficultyRecord, Epoch, Epochs};
pub use retarget::Retarget;
pub use target::Target;
pub use window::WindowRule;
