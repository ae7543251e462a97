//! `hurdle demo`: the whole loop in one process, on an embedded cluster, over a real stress episode.

mod borrowers;
mod committee;
mod page;
mod scenario;
mod stage;
mod summary;
mod table;

pub use borrowers::{Attempt, Deed, Prospect, Verdict};
pub use scenario::{Hour, Play, Skipped, Spike, Story, Watch, play};
pub use stage::Programs;
pub use summary::{Spread, Summary};

use crate::chain::{ChainError, SetupError};
use crate::config::{self, ConfigError, KeeperConfig, MarketSpec};
use crate::convert::OutOfDomain;
use crate::cycle::{CycleError, Publication};
use crate::record::{JsonLines, ObservationRecord, PublicationRecord, RecordError};
use crate::source::{Episode, SourceError};
use crate::submit::SubmitError;
use hurdle_interface::HurdleError;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use lender_interface::LenderError;
use std::fs::File;
use std::io::{BufWriter, Stdout, stdout};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;
use thiserror::Error;

const EPISODE: (&str, &str) = (
    "keeper/data/sol-2021-05.csv",
    include_str!("../../data/sol-2021-05.csv"),
);
const MARKET: (&str, &str) = ("keeper/data/market.toml", include_str!("../../data/market.toml"));
const KEEPER: (&str, &str) = ("keeper/data/keeper.toml", include_str!("../../data/keeper.toml"));
/// Where `cargo xtask build-sbf` leaves the programs.
const DEPLOY: &str = "programs/target/deploy";

/// Why the demo ended early.
#[derive(Debug, Error)]
pub enum DemoError {
    /// The episode cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A configuration cannot be read.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The embedded cluster cannot be set up.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// A number has no place on-chain.
    #[error(transparent)]
    Domain(#[from] OutOfDomain),
    /// The model's parameters cannot be hashed.
    #[error("the model's parameters cannot be serialised: {0}")]
    Serialise(#[from] serde_json::Error),
    /// A transaction failed that should not.
    #[error(transparent)]
    Submit(#[from] SubmitError),
    /// The chain failed.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A report was refused.
    #[error("a report was not published: {0}")]
    Cycle(#[from] CycleError),
    /// The lender refused for a reason of its own.
    #[error("the lender refused: {0}")]
    Lender(LenderError),
    /// The margin rule failed.
    #[error("the margin of a position cannot be computed: {0}")]
    Rule(HurdleError),
    /// Something cannot be written.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The episode has no hour to publish in.
    #[error(
        "the episode has {hours} hours of warm-up and none to publish in: it must be longer than \
         model.history_seconds"
    )]
    TooShort {
        /// Hours of warm-up.
        hours: usize,
    },
    /// The play did not show what it promises.
    #[error(
        "the demo did not show that {what} (by {gate}): with other inputs choose another loan or episode"
    )]
    Promise {
        /// What.
        what: &'static str,
        /// By which gate.
        gate: &'static str,
    },
}

/// What the demo plays with.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// The compiled programs.
    pub programs: Programs,
    /// The episode.
    pub episode: Arc<Episode>,
    /// The market.
    pub market: MarketSpec,
    /// The keepers' configuration.
    pub keeper: KeeperConfig,
}

impl Inputs {
    /// Reads the given files, the built-in ones where none is given.
    ///
    /// # Errors
    /// [`DemoError`], with the file, the line and the column at fault.
    pub fn load(
        programs_dir: Option<PathBuf>,
        episode: Option<&Path>,
        market: Option<&Path>,
        keeper: Option<&Path>,
    ) -> Result<Self, DemoError> {
        let folder = programs_dir.unwrap_or_else(deploy_folder);
        let episode = match episode {
            Some(path) => Episode::read(path)?,
            None => Episode::parse(EPISODE.1.as_bytes(), Path::new(EPISODE.0))?,
        };
        let market = match market {
            Some(path) => MarketSpec::parse(&config::read(path)?, path)?,
            None => MarketSpec::parse(MARKET.1, Path::new(MARKET.0))?,
        };
        let keeper = match keeper {
            Some(path) => KeeperConfig::load(path)?,
            None => KeeperConfig::parse(KEEPER.1, Path::new(KEEPER.0))?,
        };
        Ok(Self {
            programs: Programs {
                hurdle: folder.join("hurdle.so"),
                lender: folder.join("lender.so"),
            },
            episode: Arc::new(episode),
            market,
            keeper,
        })
    }
}

/// The deploy folder of the workspace that holds the working directory, or, outside of any, the relative path.
fn deploy_folder() -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    here.ancestors()
        .map(|folder| folder.join(DEPLOY))
        .find(|folder| folder.is_dir())
        .unwrap_or_else(|| PathBuf::from(DEPLOY))
}

/// Where the demo's results go.
#[derive(Clone, Debug)]
pub struct Output {
    /// The page with the plots.
    pub html: PathBuf,
    /// Observations as JSON lines.
    pub record: Option<PathBuf>,
    /// JSON lines on standard output instead of the table.
    pub json: bool,
    /// A progress bar on standard error.
    pub progress: bool,
}

/// Plays the episode, writes the page, prints table or JSON, and checks that the play showed what it promises.
///
/// # Errors
/// [`DemoError`].
pub async fn run(inputs: &Inputs, output: &Output) -> Result<(), DemoError> {
    let started = Instant::now();
    let mut sink = Sink::open(output)?;
    let mut watch = |done, total, publication: Option<&Publication>| sink.watch(done, total, publication);
    let story = play(
        inputs,
        Play {
            hours: None,
            watch: &mut watch,
        },
    )
    .await?;
    sink.progress.finish_and_clear();

    let summary = Summary::of(&story, started.elapsed());
    page::write(&output.html, &inputs.market.name, &story, &summary)?;
    if output.json {
        sink.stdout.write(&serde_json::json!({ "summary": summary }))?;
    } else {
        sink.stdout.text(&table::render(
            &inputs.market.name,
            &story,
            &summary,
            &output.html,
        ))?;
    }
    story.check_promises()
}

/// Everything that is written while the demo plays.
struct Sink {
    progress: ProgressBar,
    stdout: JsonLines<Stdout>,
    record: Option<JsonLines<BufWriter<File>>>,
    json: bool,
}

impl Sink {
    fn open(output: &Output) -> Result<Self, DemoError> {
        let record = match &output.record {
            Some(path) => {
                let file = File::create(path).map_err(|reason| RecordError {
                    path: path.clone(),
                    reason,
                })?;
                Some(JsonLines::new(BufWriter::new(file), path))
            }
            None => None,
        };
        let target = if output.progress {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let style = ProgressStyle::with_template("{bar:40} {pos}/{len} hours, {elapsed}, {msg}");
        let progress = ProgressBar::with_draw_target(None, target)
            .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
            .with_message("warming up");
        Ok(Self {
            progress,
            stdout: JsonLines::new(stdout(), "standard output"),
            record,
            json: output.json,
        })
    }

    fn watch(
        &mut self,
        done: usize,
        total: usize,
        publication: Option<&Publication>,
    ) -> Result<(), DemoError> {
        self.progress.set_length(u64::try_from(total).unwrap_or(u64::MAX));
        self.progress
            .set_position(u64::try_from(done).unwrap_or(u64::MAX));
        let Some(publication) = publication else {
            return Ok(());
        };
        let record = PublicationRecord::from(publication);
        self.progress
            .set_message(format!("hurdle {:.2} %", 100.0 * record.hurdle));
        if self.json {
            self.stdout.write(&record)?;
        }
        if let Some(file) = &mut self.record {
            let observation = &publication.view.observation;
            file.write(&ObservationRecord {
                keeper: &publication.proposer,
                observation,
            })?;
        }
        Ok(())
    }
}
