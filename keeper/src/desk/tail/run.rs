//! Arguments of a simulation.

use crate::desk::DeskError;
use clap::{Args, ValueEnum};
use hurdle_model::simulation::{Run, Sampling};

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SamplingArg {
    /// Independent pseudo-random paths.
    Pseudo,
    /// Pairs of opposite paths.
    Antithetic,
    /// Scrambled Sobol points through a Brownian bridge.
    Quasi,
}

/// Paths, where the user asks for no number and the command has none of its own.
const PATHS: usize = 65_536;

/// Number of paths and where they come from. The answer depends on neither the threads nor the machine's load.
#[derive(Args, Clone, Debug)]
pub struct PathArgs {
    /// Paths; rounded up to whole blocks of 256 [default: 65536; of a cascade 4096].
    #[arg(long, value_name = "N")]
    paths: Option<usize>,
    /// Seed: the same seed gives the same answer.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Threads [default: one per processor].
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Where the Gaussian numbers come from.
    #[arg(long, value_enum, default_value_t = SamplingArg::Pseudo)]
    sampling: SamplingArg,
    /// Independent scrambles of `--sampling quasi`.
    #[arg(long, value_name = "N", default_value_t = 32)]
    replicates: u32,
}

/// A simulation with the confidence of its intervals.
#[derive(Args, Clone, Debug)]
pub struct RunArgs {
    /// The paths.
    #[command(flatten)]
    pub paths: PathArgs,
    /// Confidence of the intervals of probabilities.
    #[arg(long, value_name = "SHARE", default_value_t = 0.99)]
    pub confidence: f64,
}

impl PathArgs {
    /// The run.
    ///
    /// # Errors
    /// [`DeskError::Model`].
    pub fn run(&self) -> Result<Run, DeskError> {
        self.run_of(PATHS)
    }

    /// The run, of so many paths where the user asks for no number.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn run_of(&self, paths: usize) -> Result<Run, DeskError> {
        let threads = self
            .threads
            .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
        let sampling = match self.sampling {
            SamplingArg::Pseudo => Sampling::Pseudo,
            SamplingArg::Antithetic => Sampling::Antithetic,
            SamplingArg::Quasi => Sampling::Quasi {
                replicates: self.replicates,
            },
        };
        Run::new(self.paths.unwrap_or(paths), self.seed, threads, sampling)
            .map_err(DeskError::model("simulation"))
    }
}
