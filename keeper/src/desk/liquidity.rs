//! `hurdle model liquidity`: an order over books and pools, and the liquidity premium (LACC).

use super::table::Table;
use super::{Command, DeskError, Figures};
use clap::Args;
use hurdle_model::liquidity::{
    Bid, Bids, ConcentratedPool, ConstantProduct, Execution, StableSwap, TickRange, Venue, liquidity_premium,
    optimal_split,
};
use hurdle_model::series::SECONDS_PER_YEAR;
use std::path::{Path, PathBuf};

/// Arguments. Base is what is sold, quote what is received.
#[derive(Args, Clone, Debug)]
pub struct Liquidity {
    /// Size of the liquidation, base.
    #[arg(long, value_name = "BASE")]
    order: f64,
    /// Price against which slippage is told [default: the best venue's].
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
    #[command(flatten)]
    waiting: Waiting,
    /// Liquidated value per year and unit of capital.
    #[arg(long, value_name = "RATE", default_value_t = 1.0)]
    turnover: f64,
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
    fn bids(&self, path: &Path) -> Result<Bids, DeskError> {
        let table = Table::read(path)?;
        let prices = table.column("price")?.positive_numbers()?;
        let sizes = table.column("size")?.positive_numbers()?;
        let levels = prices
            .into_iter()
            .zip(sizes)
            .map(|(price, size)| Bid { price, size })
            .collect();
        Bids::new(levels, self.taker_fee).map_err(DeskError::model("bids"))
    }

    fn constant_products(path: &Path) -> Result<Vec<ConstantProduct>, DeskError> {
        let table = Table::read(path)?;
        let base = table.column("base")?.positive_numbers()?;
        let quote = table.column("quote")?.positive_numbers()?;
        let fee = table.column("fee")?.numbers()?;
        let pools = base.into_iter().zip(quote).zip(fee);
        pools
            .map(|((base, quote), fee)| ConstantProduct::new(base, quote, fee))
            .collect::<Result<_, _>>()
            .map_err(DeskError::model("constant-product pool"))
    }

    fn concentrated(&self, path: &Path) -> Result<ConcentratedPool, DeskError> {
        let table = Table::read(path)?;
        let lower = table.column("lower")?.positive_numbers()?;
        let upper = table.column("upper")?.positive_numbers()?;
        let liquidity = table.column("liquidity")?.numbers()?;
        let ranges = lower.into_iter().zip(upper).zip(liquidity);
        let ranges = ranges
            .map(|((lower, upper), liquidity)| TickRange {
                lower,
                upper,
                liquidity,
            })
            .collect();
        let price = self.pool_price.unwrap_or(f64::NAN);
        ConcentratedPool::new(price, ranges, self.pool_fee).map_err(DeskError::model("concentrated pool"))
    }

    /// Slippage and price risk of the cheapest execution, where waiting is allowed.
    fn wait(&self, immediate: f64) -> Result<Option<hurdle_model::liquidity::ExecutionCost>, DeskError> {
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
}

impl Command for Liquidity {
    type Answer = Figures;

    fn answer(&self) -> Result<Figures, DeskError> {
        let fault = DeskError::model("liquidity");
        let books = self
            .bids
            .iter()
            .map(|path| self.bids(path))
            .collect::<Result<Vec<_>, _>>()?;
        let pools = self
            .pools
            .as_ref()
            .map_or(Ok(vec![]), |path| Self::constant_products(path))?;
        let concentrated = self
            .ranges
            .as_ref()
            .map(|path| self.concentrated(path))
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
                argument: "--bids, --pools, --ranges, --stable",
                reason: "no venue; name at least one book or pool".to_owned(),
            });
        }
        let places: Vec<&dyn Venue> = venues.iter().map(|(_, venue)| *venue).collect();
        let split = optimal_split(&places, self.order).map_err(&fault)?;
        let best = places.iter().map(|venue| venue.best_price()).fold(0.0, f64::max);
        let slippage = split
            .slippage(self.reference_price.unwrap_or(best))
            .map_err(&fault)?;
        // What fetches more than the reference costs nothing.
        let loss = slippage.max(0.0);
        let amounts: Vec<(String, f64)> = venues
            .into_iter()
            .map(|(name, _)| name)
            .zip(split.amounts.iter().copied())
            .collect();
        let mut figures = Figures::new("order, split where it fetches the most")
            .list("amounts", &amounts)
            .number("proceeds", "proceeds, quote", split.proceeds)
            .number("marginal_price", "price of the last unit", split.marginal_price)
            .percent("slippage", "slippage at once", slippage);
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
        let premium = liquidity_premium(cost, self.turnover).map_err(&fault)?;
        Ok(figures
            .heading("liquidity premium (LACC)")
            .percent("premium", "per year of capital", premium))
    }
}
