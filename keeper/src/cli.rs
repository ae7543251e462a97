//! The command line.

use clap::{Args, Parser, Subcommand};
use hurdle_keeper::demo::{self, Inputs, Output};
use hurdle_keeper::desk;
use std::io::IsTerminal;
use std::path::PathBuf;
#[cfg(feature = "rpc")]
use std::time::Duration;

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
    /// Computes a component of the hurdle rate, or an input of one, from your data.
    Model(ModelArgs),
    /// Fits a model on your data and writes it.
    Fit(FitArgs),
    /// Walks forward over a price history: hurdle rate, margin, breaches and the tests of their coverage.
    Backtest(BacktestArgs),
    /// Mining efficiency, its risks and decisions, and the cost of producing a proof-of-work coin.
    Pow(PowArgs),
    /// Publishes a market on a cluster, cycle after cycle, until SIGINT or SIGTERM.
    #[cfg(feature = "rpc")]
    Run(ConfigArgs),
    /// Creates what a cluster lacks of config, committee, market and risk classes; changes nothing that exists.
    #[cfg(feature = "rpc")]
    Init(ConfigArgs),
}

#[cfg(feature = "rpc")]
#[derive(Args)]
struct ConfigArgs {
    /// Configuration, TOML; keeper/data has an example.
    #[arg(long, value_name = "TOML")]
    config: PathBuf,
}

#[derive(Args)]
struct ModelArgs {
    /// Print one JSON object instead of text.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    model: desk::Model,
}

#[derive(Args)]
struct PowArgs {
    /// Print one JSON object instead of text.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    pow: desk::pow::Pow,
}

#[derive(Args)]
struct FitArgs {
    /// Print one JSON object instead of text.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    fit: desk::Fit,
}

#[derive(Args)]
struct BacktestArgs {
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    backtest: Box<desk::backtest::BacktestCommand>,
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
            Command::Demo(_)
            | Command::Model(_)
            | Command::Fit(_)
            | Command::Pow(_)
            | Command::Backtest(_) => "error",
            #[cfg(feature = "rpc")]
            Command::Run(_) => "info",
            #[cfg(feature = "rpc")]
            Command::Init(_) => "warn",
        }
    }

    /// Runs the command.
    ///
    /// # Errors
    /// Whatever went wrong, in the operator's words.
    pub fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Demo(args) => args.run(),
            Command::Fit(args) => Ok(args.fit.run(args.json, &mut std::io::stdout().lock())?),
            Command::Backtest(args) => {
                let answer = desk::Command::answer(args.backtest.as_ref())?;
                Ok(desk::print(&answer, args.json, &mut std::io::stdout().lock())?)
            }
            Command::Pow(args) => Ok(args.pow.run(args.json, &mut std::io::stdout().lock())?),
            Command::Model(args) => Ok(args.model.run(args.json, &mut std::io::stdout().lock())?),
            #[cfg(feature = "rpc")]
            Command::Run(args) => on_network(run(&args)),
            #[cfg(feature = "rpc")]
            Command::Init(args) => on_network(init(&args)),
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

#[cfg(feature = "rpc")]
async fn run(args: &ConfigArgs) -> anyhow::Result<()> {
    hurdle_keeper::run::run(&args.config).await?;
    Ok(())
}

#[cfg(feature = "rpc")]
async fn init(args: &ConfigArgs) -> anyhow::Result<()> {
    use hurdle_keeper::init::Came;
    for done in hurdle_keeper::init::init(&args.config).await? {
        let (part, address) = (done.part, done.address);
        match done.came {
            Came::Before => println!("{part} {address} exists"),
            Came::Now(signature) => println!("{part} {address} created by {signature}"),
            Came::From(time) => println!(
                "{part} {address} waits for the timelock: run this command again at Unix time {} or later",
                time.0
            ),
        }
    }
    Ok(())
}

/// Runs a command that asks a cluster. What it leaves behind, such as a look-up of a name, must not hold up the exit.
#[cfg(feature = "rpc")]
fn on_network(command: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let result = runtime.block_on(command);
    runtime.shutdown_timeout(Duration::from_millis(500));
    result
}
