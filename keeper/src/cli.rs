//! The command line.

use clap::{Args, Parser, Subcommand};
use hurdle_keeper::demo::{self, Inputs, Output};
use std::io::IsTerminal;
use std::path::PathBuf;

/// Keeper of the Hurdle oracle.
#[derive(Parser)]
#[command(name = "hurdle", version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Replays a real stress episode through the whole loop, on an embedded chain, without network.
    Demo(DemoArgs),
}

#[derive(Args)]
struct DemoArgs {
    /// Folder with hurdle.so and lender.so [default: programs/target/deploy of the workspace].
    #[arg(long, value_name = "DIR")]
    programs_dir: Option<PathBuf>,
    /// Episode to replay, CSV [default: the built-in one, keeper/data/sol-2021-05.csv].
    #[arg(long, value_name = "CSV")]
    episode: Option<PathBuf>,
    /// Market parameters, TOML [default: the built-in ones, keeper/data/market.toml].
    #[arg(long, value_name = "TOML")]
    market: Option<PathBuf>,
    /// Keeper configuration, TOML [default: the built-in one, keeper/data/keeper.toml].
    #[arg(long, value_name = "TOML")]
    keeper: Option<PathBuf>,
    /// Where to write the page with the plots.
    #[arg(long, value_name = "HTML", default_value = "out/demo.html")]
    html: PathBuf,
    /// Print one JSON object per publication and a summary, instead of the table.
    #[arg(long)]
    json: bool,
    /// Also record every observation that went into a report, as JSON lines.
    #[arg(long, value_name = "JSONL")]
    record: Option<PathBuf>,
}

impl Cli {
    /// What is logged where `HURDLE_LOG` does not say.
    pub fn log_level(&self) -> &'static str {
        match self.command {
            Command::Demo(_) => "error",
        }
    }

    /// Runs the command.
    ///
    /// # Errors
    /// Whatever went wrong, in the operator's words.
    pub fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Demo(args) => args.run(),
        }
    }
}

impl DemoArgs {
    fn run(self) -> anyhow::Result<()> {
        let inputs = Inputs::load(
            self.programs_dir,
            self.episode.as_deref(),
            self.market.as_deref(),
            self.keeper.as_deref(),
        )?;
        let output = Output {
            html: self.html,
            record: self.record,
            json: self.json,
            progress: !self.json && std::io::stderr().is_terminal(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        runtime.block_on(demo::run(&inputs, &output))?;
        Ok(())
    }
}
