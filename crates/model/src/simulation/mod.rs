//! Monte Carlo: the margin engine under stress, terminal prices, first passages and ruin.
//!
//! A run is decided by its parameters, its seed and its number of paths alone: paths come in blocks of 256 with a random
//! stream each, the blocks are shared out among the threads, and the results are put together in the order of the
//! blocks. One thread or twenty give the same bits, and so do machines with wider and narrower vectors.
//!
//! Which dimensions are quasi-random under [`Sampling::Quasi`]: the first 64 of the Gaussian increments' bridge
//! ([`Sampling::quasi_dimensions`]); the rest of the bridge, the number, times and (Kou) sizes of jumps are
//! pseudo-random in every mode.

mod adverse;
mod engine;
mod estimate;
mod floor;
mod passage;
mod paths;
mod process;
mod random;
mod run;
mod surplus;
mod terminal;
mod vector;

pub use adverse::adverse_log_moves;
pub(crate) use engine::Impact;
pub use engine::{
    Account, AccountBook, AccountMix, Depth, Ledger, MarginEngine, MarginResponse, PathOutcome, TailReport,
    Venue,
};
pub use estimate::{Estimate, Histogram, LossDistribution, Proportion, TailLevel};
pub use floor::{Floor, first_passage_below};
pub use passage::{Barrier, first_passage};
pub use paths::path_values;
pub use process::{Bates, Bootstrap, Grid, HestonVariance, Kou, PriceProcess, automatic_block_length};
pub use random::{MOST_DIMENSIONS, Sobol};
pub use run::{Run, Sampling};
pub use surplus::{ClaimSize, Surplus};
pub use terminal::{terminal_expectation, terminal_log_returns};
