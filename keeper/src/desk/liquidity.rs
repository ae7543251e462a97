//! `hurdle model liquidity`: an order over books and pools, or into depth by distance, and the liquidity premium (LACC).

mod tables;

use super::{Command, DeskError, Figures};
use clap::{Args, ValueEnum};
use hurdle_model::liquidity::{
    Execution, ExecutionCost, Placement, Slippage, StableSwap, Venue, liquidity_premium, optimal_split,
};
use hurdle_model::series::SECONDS_PER_YEAR;
use std::path::{Path, PathBuf};
use tables::Titles;

/// Arguments. Base is what is sold, quote what is received.
#[derive(Args, Clone, Debug)]
pub struct Liquidity {
    /// Size of the liquidation, base.
    #[arg(long, value_name = "BASE")]
    order: f64,
    /// Price against which slippage is told, such as mid [default: what the first unit fetches at the best venue; its fee
    /// and half of the spread are then no slippage].
    #[arg(long, value_name = "PRICE")]
    reference_price: Option<f64>,
    /// Bids of an order book, best first: CSV with price and size.
    #[arg(long, value_name = "CSV")]
    bids: Vec<PathBuf>,
    /// Fee of the order books.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    taker_fee: f64,
    /// Constant-product pools: CSV with base, quote and fee.
    #[arg(long, value_name = "CSV")]
    pools: Option<PathBuf>,
    /// Liquidity of a concentrated pool: CSV with lower and upper price and liquidity, rising.
    #[arg(long, value_name = "CSV", requires = "pool_price")]
    ranges: Option<PathBuf>,
    /// Price of the concentrated pool.
    #[arg(long, value_name = "PRICE")]
    pool_price: Option<f64>,
    /// Fee of the concentrated and the stable-swap pool.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    pool_fee: f64,
    /// Balances of a stable-swap pool; the first is sold, the second received.
    #[arg(long, value_name = "X,Y,…", value_delimiter = ',')]
    stable: Vec<f64>,
    /// Amplification of the stable-swap pool.
    #[arg(long, value_name = "A", default_value_t = 100.0)]
    amplification: f64,
    /// Instead of venues, depth by distance from mid, which is the reference price: CSV with distance and depth, outwards.
    #[arg(
        long,
        value_name = "CSV",
        requires = "reference_price",
        conflicts_with_all = ["bids", "pools", "ranges", "stable"]
    )]
    bands: Option<PathBuf>,
    /// Where the depth between two distances rests.
    #[arg(long, value_name = "WHERE", value_enum, default_value = "far")]
    placement: Resting,
    #[command(flatten)]
    titles: Titles,
    #[command(flatten)]
    waiting: Waiting,
    /// Liquidated value per year and unit of capital.
    #[arg(long, value_name = "RATE", default_value_t = 1.0)]
    turnover: f64,
}

/// Where the depth of a band rests.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Resting {
    /// All at the farther distance: prudent.
    Far,
    /// Evenly over the band.
    Even,
}

/// The speed of price discovery, where the order may wait for it.
#[derive(Args, Clone, Debug)]
pub struct Waiting {
    /// Half-life of a dent in the book, seconds; without it the order is executed at once.
    #[arg(long, value_name = "SECONDS", requires = "volatility")]
    refill_half_life: Option<f64>,
    /// Longest execution, seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 600.0)]
    longest: f64,
    /// Share of the impact that never reverts.
    #[arg(long, value_name = "SHARE", default_value_t = 0.5)]
    permanent_share: f64,
    /// Volatility per √year while the order waits.
    #[arg(long, value_name = "SIGMA")]
    volatility: Option<f64>,
    /// Charge per standard deviation of the proceeds.
    #[arg(long, value_name = "LOADING", default_value_t = 1.0)]
    risk_loading: f64,
}

impl Liquidity {
    /// Slippage and price risk of the cheapest execution, where waiting is allowed.
    fn wait(&self, immediate: f64) -> Result<Option<ExecutionCost>, DeskError> {
        let Some(half_life) = self.waiting.refill_half_life else {
            return Ok(None);
        };
        let execution = Execution {
            immediate,
            permanent_share: self.waiting.permanent_share,
            recovery_rate: core::f64::consts::LN_2 * SECONDS_PER_YEAR / half_life,
            volatility: self.waiting.volatility.unwrap_or(f64::NAN),
            risk_loading: self.waiting.risk_loading,
        };
        let best = execution.best(self.waiting.longest / SECONDS_PER_YEAR);
        best.map(Some).map_err(DeskError::model("execution"))
    }

    /// The order walks the bands; its slippage.
    fn through_bands(&self, path: &Path) -> Result<(Figures, f64), DeskError> {
        let fault = DeskError::model("liquidity");
        let depth = self.titles.bands(path)?;
        let value = self.order * self.reference_price.unwrap_or(f64::NAN);
        let placement = match self.placement {
            Resting::Far => Placement::AtLevel,
            Resting::Even => Placement::Even,
        };
        let walked = depth.walk(value, placement).map_err(&fault)?;
        let figures = Figures::new("order into depth by distance from mid")
            .number("value", "value at mid, quote", value)
            .percent("slippage", "slippage at once", walked.value());
        let figures = match walked {
            Slippage::Within(_) => figures,
            Slippage::BeyondDepth { of_known, depth, .. } => figures
                .heading("beyond the known depth, from where on the steepest pace of the bands is taken")
                .number("known_depth", "known depth, quote", depth)
                .percent("slippage_of_known", "slippage of what it fills", of_known),
        };
        Ok((figures, walked.value()))
    }

    /// The order is split over the venues; its slippage.
    fn over_venues(&self) -> Result<(Figures, f64), DeskError> {
        let fault = DeskError::model("liquidity");
        let books = self
            .bids
            .iter()
            .map(|path| self.titles.bids(path, self.taker_fee))
            .collect::<Result<Vec<_>, _>>()?;
        let pools = self
            .pools
            .as_ref()
            .map_or(Ok(vec![]), |path| self.titles.constant_products(path))?;
        let concentrated = self
            .ranges
            .as_ref()
            .map(|path| {
                let price = self.pool_price.unwrap_or(f64::NAN);
                self.titles.concentrated(path, price, self.pool_fee)
            })
            .transpose()?;
        let stable = if self.stable.is_empty() {
            None
        } else {
            let pool = StableSwap::new(self.stable.clone(), self.amplification, self.pool_fee);
            Some(pool.map_err(DeskError::model("stable-swap pool"))?)
        };
        let pair = stable
            .as_ref()
            .map(|pool| pool.pair(0, 1))
            .transpose()
            .map_err(&fault)?;
        let mut venues: Vec<(String, &dyn Venue)> = Vec::new();
        for (path, book) in self.bids.iter().zip(&books) {
            venues.push((format!("book {}", path.display()), book));
        }
        for (index, pool) in pools.iter().enumerate() {
            venues.push((format!("pool {}", index + 1), pool));
        }
        if let Some(pool) = &concentrated {
            venues.push(("concentrated pool".to_owned(), pool));
        }
        if let Some(pair) = &pair {
            venues.push(("stable-swap pool".to_owned(), pair));
        }
        if venues.is_empty() {
            return Err(DeskError::Argument {
                argument: "--bids, --pools, --ranges, --stable, --bands",
                reason: "no venue; name at least one book or pool, or depth by distance".to_owned(),
            });
        }
        let places: Vec<&dyn Venue> = venues.iter().map(|(_, venue)| *venue).collect();
        let split = optimal_split(&places, self.order).map_err(&fault)?;
        let best = places.iter().map(|venue| venue.best_price()).fold(0.0, f64::max);
        let slippage = split
            .slippage(self.reference_price.unwrap_or(best))
            .map_err(&fault)?;
        let amounts: Vec<(String, f64)> = venues
            .into_iter()
            .map(|(name, _)| name)
            .zip(split.amounts.iter().copied())
            .collect();
        let figures = Figures::new("order, split where it fetches the most")
            .list("amounts", &amounts)
            .number("proceeds", "proceeds, quote", split.proceeds)
            .number("marginal_price", "price of the last unit", split.marginal_price)
            .percent("slippage", "slippage at once", slippage);
        Ok((figures, slippage))
    }
}

impl Command for Liquidity {
    type Answer = Figures;

    fn answer(&self) -> Result<Figures, DeskError> {
        let (mut figures, slippage) = match &self.bands {
            Some(path) => self.through_bands(path)?,
            None => self.over_venues()?,
        };
        // What fetches more than the reference costs nothing.
        let loss = slippage.max(0.0);
        let mut cost = loss;
        if let Some(best) = self.wait(loss)? {
            cost = best.total();
            figures = figures
                .heading("cheapest execution")
                .number(
                    "window_seconds",
                    "spread over, seconds",
                    best.window_years * SECONDS_PER_YEAR,
                )
                .percent("patient_slippage", "slippage", best.slippage)
                .percent("price_risk", "charge for the price risk", best.risk);
        }
        let premium = liquidity_premium(cost, self.turnover).map_err(DeskError::model("liquidity"))?;
        Ok(figures
            .heading("liquidity premium (LACC)")
            .percent("premium", "per year of capital", premium))
    }
}
