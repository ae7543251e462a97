//! The margin engine: accounts, the oracle that judges them, the market that their liquidations move, and the fund.

mod block;
mod book;
mod lane;
mod mix;
mod report;
mod response;
mod venue;

pub use book::{Account, AccountBook};
pub use lane::Ledger;
pub use mix::AccountMix;
pub use report::{PathOutcome, TailReport};
pub use response::MarginResponse;
pub(crate) use venue::Impact;
pub use venue::{Depth, Venue};

use super::process::{Grid, PriceBlock, PriceProcess};
use super::run::Run;
use super::vector::BLOCK;
use crate::error::{Result, at_least, finite, within_count};
use block::EngineBlock;
use book::Sides;
use report::{BlockOutcomes, Outcomes};

/// A market of accounts over a horizon.
///
/// At every step of the grid: the impact of earlier trades decays; the price moves; liquidations whose latency is over
/// are executed against the book, which moves the price further; the oracle publishes the price of
/// [`Venue::oracle_delay`] steps before; accounts below maintenance at the oracle's price are handed to the liquidators.
/// Without delay and latency the fall that a liquidation causes is judged at once, and so on until it stops. At the
/// horizon the oracle catches up: what is under way is executed, and every account then below maintenance is closed.
///
/// A liquidation closes the whole account. Its bounty is paid first, the fund's fee from what is left; what is missing
/// is bad debt, which the fund pays until it is empty, and the lenders after that.
///
/// The accounts of a side are sorted by margin, which is the order in which they fall. A step therefore looks at one
/// threshold per side, and a batch of liquidations is settled by prefix sums: the number of accounts hardly matters.
#[derive(Debug, Clone, PartialEq)]
pub struct MarginEngine {
    process: PriceProcess,
    grid: Grid,
    book: AccountBook,
    venue: Venue,
    sides: Sides,
}

impl MarginEngine {
    /// # Errors
    /// [`crate::ModelError::OutOfRange`], [`crate::ModelError::NotFinite`] and [`crate::ModelError::NotPositive`] for a
    /// process or venue outside its domain, a delay or latency longer than the horizon, or a depth so small that the
    /// whole book would move the price by more than a factor e⁵⁰.
    pub fn new(process: PriceProcess, grid: Grid, book: AccountBook, venue: Venue) -> Result<Self> {
        process.check(&grid)?;
        venue.check(&book)?;
        within_count("oracle delay in steps", venue.oracle_delay, 0, grid.steps())?;
        within_count(
            "liquidator latency in steps",
            venue.liquidator_latency,
            0,
            grid.steps(),
        )?;
        let sides = book.sides(venue.maintenance);
        Ok(Self {
            process,
            grid,
            book,
            venue,
            sides,
        })
    }

    /// The steps and horizon.
    #[must_use]
    pub const fn grid(&self) -> &Grid {
        &self.grid
    }

    /// The price process.
    #[must_use]
    pub const fn process(&self) -> &PriceProcess {
        &self.process
    }

    /// Runs the engine. `levels` are those at which value at risk and expected shortfall are asked, `confidence` that of
    /// the intervals of probabilities.
    ///
    /// # Errors
    /// [`crate::ModelError::Incompatible`] for a sampling that the process cannot use;
    /// [`crate::ModelError::OutOfRange`] for a level or confidence outside (0, 1).
    pub fn simulate(&self, run: &Run, levels: &[f64], confidence: f64) -> Result<TailReport> {
        TailReport::new(&self.outcomes(run)?, self, run, levels, confidence)
    }

    /// What happens on one given path of log-prices before impact, ln(S_t/S₀) at the end of each step, one per step of
    /// the grid: the replay of a historical or imagined stress.
    ///
    /// # Errors
    /// [`crate::ModelError::LengthMismatch`]; [`crate::ModelError::NotFinite`]; [`crate::ModelError::OutOfRange`] for a
    /// log-price beyond ±200.
    pub fn replay(&self, log_prices: &[f64]) -> Result<PathOutcome> {
        at_least("steps of a path", 1, log_prices.len())?;
        crate::error::same_length("path and grid", log_prices.len(), self.grid.steps())?;
        for price in log_prices {
            crate::error::within("log-price", finite("log-price", *price)?, -200.0, 200.0)?;
        }
        let mut prices = PriceBlock::given(log_prices)?;
        let mut block = EngineBlock::<Ledger>::new(self);
        block.run(&mut prices, 0);
        let ledger = block.records().next().copied().unwrap_or_default();
        Ok(PathOutcome::new(ledger))
    }

    /// The losses of every path.
    fn outcomes(&self, run: &Run) -> Result<Outcomes> {
        run.check(&self.process)?;
        let units = run.units();
        let mut outcomes = vec![BlockOutcomes::default(); run.paths() / BLOCK];
        run.share(
            outcomes.iter_mut().zip(0u64..),
            || {
                Ok((
                    PriceBlock::new(&self.process, &self.grid, run)?,
                    EngineBlock::new(self),
                ))
            },
            |(prices, engine), (outcome, index)| {
                engine.run(prices, index);
                *outcome = BlockOutcomes::of(engine, units);
            },
        )?;
        Ok(Outcomes(outcomes))
    }
}
