//! `hurdle model latency …`: what arbitrageurs take from a quote that is late.

use super::{Command, DeskError, Figures};
use clap::{Args, Subcommand};
use hurdle_model::latency::{
    BlockTimes, LatencyExposure, OracleUpdates, PoolArbitrage, concentrated_lvr_rate, log_fee, lvr_rate,
};
use hurdle_model::series::SECONDS_PER_YEAR;
use hurdle_model::trade_costs::pool_arbitrage_band;

/// The kinds of late quotes.
#[derive(Debug, Subcommand)]
pub enum Latency {
    /// A quote that is refreshed at fixed delays.
    Quote(Quote),
    /// A price feed with a deviation band and a heartbeat that lands late.
    Feed(Feed),
    /// A pool that arbitrageurs trade against block by block (loss versus rebalancing).
    Pool(Pool),
}

impl Command for Latency {
    type Answer = Figures;

    fn answer(&self) -> Result<Figures, DeskError> {
        match self {
            Self::Quote(command) => command.answer(),
            Self::Feed(command) => command.answer(),
            Self::Pool(command) => command.answer(),
        }
    }
}

/// What a late quote is exposed to.
#[derive(Args, Clone, Debug)]
pub struct Exposure {
    /// Volatility per √year, 0.8 for 80 %.
    #[arg(long, value_name = "SIGMA")]
    volatility: f64,
    /// Share of the capital that can be traded against.
    #[arg(long, value_name = "SHARE")]
    exposed: f64,
    /// Share of the excess that arbitrageurs capture.
    #[arg(long, value_name = "SHARE", default_value_t = 1.0)]
    captured: f64,
}

/// Arguments of `quote`.
#[derive(Args, Clone, Debug)]
pub struct Quote {
    #[command(flatten)]
    exposure: Exposure,
    /// Delay between updates, seconds.
    #[arg(long, value_name = "SECONDS")]
    delay: f64,
    /// Half-width of the band within which no arbitrage pays, log-price.
    #[arg(long, value_name = "BAND", default_value_t = 0.0)]
    band: f64,
}

impl Quote {
    fn answer(&self) -> Result<Figures, DeskError> {
        let fault = DeskError::model("latency premium");
        let exposure = LatencyExposure {
            volatility: self.exposure.volatility,
            delay_years: self.delay / SECONDS_PER_YEAR,
            band: self.band,
            exposed: self.exposure.exposed,
            captured: self.exposure.captured,
        };
        Ok(Figures::new("latency premium, per year of capital")
            .percent("premium", "premium", exposure.premium().map_err(&fault)?)
            .number(
                "by_volatility",
                "∂premium/∂σ",
                exposure.volatility_sensitivity().map_err(&fault)?,
            )
            .number(
                "by_band",
                "∂premium/∂band",
                exposure.band_sensitivity().map_err(&fault)?,
            ))
    }
}

/// Arguments of `feed`.
#[derive(Args, Clone, Debug)]
pub struct Feed {
    #[command(flatten)]
    exposure: Exposure,
    /// Deviation at which an update is sent, log-price.
    #[arg(long, value_name = "BAND")]
    deviation: f64,
    /// Longest time between updates, seconds.
    #[arg(long, value_name = "SECONDS")]
    heartbeat: f64,
    /// Seconds from the decision to update until the price is in force.
    #[arg(long, value_name = "SECONDS", default_value_t = 0.0)]
    delay: f64,
    /// Fee of those who trade at the feed's price, log-price.
    #[arg(long, value_name = "FEE", default_value_t = 0.0)]
    fee: f64,
}

impl Feed {
    fn answer(&self) -> Result<Figures, DeskError> {
        let fault = DeskError::model("oracle premium");
        let feed = OracleUpdates {
            volatility: self.exposure.volatility,
            deviation: self.deviation,
            heartbeat_years: self.heartbeat / SECONDS_PER_YEAR,
            delay_years: self.delay / SECONDS_PER_YEAR,
            fee: self.fee,
            exposed: self.exposure.exposed,
            captured: self.exposure.captured,
        };
        let cycle = feed.cycle().map_err(&fault)?;
        Ok(Figures::new("oracle premium, per year of capital")
            .percent("premium", "premium", feed.premium().map_err(&fault)?)
            .heading("a cycle from update to update")
            .number(
                "mean_seconds",
                "mean length, seconds",
                cycle.mean_years * SECONDS_PER_YEAR,
            )
            .percent(
                "heartbeat_share",
                "ended by the heartbeat",
                cycle.heartbeat_probability,
            )
            .percent("excess", "expected excess over the fee", cycle.excess))
    }
}

/// Arguments of `pool`.
#[derive(Args, Clone, Debug)]
pub struct Pool {
    /// Volatility per √year, 0.8 for 80 %.
    #[arg(long, value_name = "SIGMA")]
    volatility: f64,
    /// The pool's fee as a share.
    #[arg(long, value_name = "SHARE", default_value_t = 0.003)]
    fee: f64,
    /// Block interval, seconds.
    #[arg(long, value_name = "SECONDS")]
    block_time: f64,
    /// Blocks at exponential intervals of this mean, instead of fixed ones.
    #[arg(long)]
    poisson: bool,
    /// Concentrated position: its range and the price within it.
    #[arg(long, value_names = ["LOWER", "PRICE", "UPPER"], num_args = 3)]
    range: Option<Vec<f64>>,
    /// Value of the pool, quote; with the arbitrageur's cost, how far the market must move for arbitrage to pay.
    #[arg(long, value_name = "QUOTE", requires = "arbitrage_cost")]
    pool_value: Option<f64>,
    /// What a trade costs the arbitrageur whatever its size, quote.
    #[arg(long, value_name = "QUOTE", requires = "pool_value")]
    arbitrage_cost: Option<f64>,
}

impl Pool {
    fn answer(&self) -> Result<Figures, DeskError> {
        let fault = DeskError::model("loss versus rebalancing");
        let interval = self.block_time / SECONDS_PER_YEAR;
        let pool = PoolArbitrage {
            volatility: self.volatility,
            fee: log_fee(self.fee).map_err(&fault)?,
            blocks: if self.poisson {
                BlockTimes::Poisson(interval)
            } else {
                BlockTimes::Fixed(interval)
            },
        };
        let full = lvr_rate(self.volatility).map_err(&fault)?;
        let kept = pool.retained_share().map_err(&fault)?;
        let mut figures = Figures::new("constant-product pool, per year of its value")
            .percent("lvr", "loss versus rebalancing without fees", full)
            .percent("retained_share", "share that arbitrageurs take", kept)
            .percent(
                "arbitrage",
                "net loss to arbitrageurs",
                pool.profit_rate().map_err(&fault)?,
            )
            .percent("fees", "fees earned from them", pool.fee_rate().map_err(&fault)?);
        if let Some((value, cost)) = self.pool_value.zip(self.arbitrage_cost) {
            figures = figures.percent(
                "arbitrage_band",
                "move of the log-price from which arbitrage pays",
                pool_arbitrage_band(value, pool.fee, cost).map_err(&fault)?,
            );
        }
        if let Some([lower, price, upper]) = self.range.as_deref() {
            let rate = concentrated_lvr_rate(self.volatility, *price, *lower, *upper).map_err(&fault)?;
            figures = figures
                .heading("concentrated position, per year of its value")
                .percent("concentrated_lvr", "loss versus rebalancing without fees", rate)
                .percent(
                    "concentrated_arbitrage",
                    "net loss to arbitrageurs, first order",
                    rate * kept,
                );
        }
        Ok(figures)
    }
}
