//! `hurdle pow hedge`: a fleet's hedge and the risk that remains.

use super::FleetFile;
use super::market::MarketArgs;
use crate::desk::{Command, DeskError, Figures};
use clap::Args;
use hurdle_model::ModelError;
use hurdle_model::pow::TERAHASHES_PER_PETAHASH;
use hurdle_model::pow::forward::{EnergyPrice, JointAverages, Period};
use hurdle_model::pow::hedge::{HedgeProblem, Instrument, MinerExposure};
use std::path::PathBuf;

/// Arguments. Forwards settle on averages over the days of the hedge; hedged is what machines earn that pay for their energy
/// at the hashprice expected of these days.
#[derive(Args, Clone, Debug)]
pub struct Hedge {
    #[command(flatten)]
    market: MarketArgs,
    /// The site and its machines, TOML [default: the built-in example, keeper/data/pow-fleet.toml].
    #[arg(long, value_name = "TOML")]
    fleet: Option<PathBuf>,
    /// Days hedged.
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    horizon: usize,
    /// Volatility of the price of energy per √year; its forward is the site's price.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    energy_volatility: f64,
    /// Correlation of the prices of energy and coin.
    #[arg(
        long,
        value_name = "SHARE",
        default_value_t = 0.0,
        allow_negative_numbers = true
    )]
    energy_correlation: f64,
    /// Most hashprice sold ahead, as a share of what the fleet produces; 0 for none.
    #[arg(long, value_name = "SHARE", default_value_t = 1.0)]
    hashprice_limit: f64,
    /// What selling it costs, as a share of its fair value.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    hashprice_premium: f64,
    /// Standard deviation of its settlement around the hashprice earned, as a share.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    hashprice_basis: f64,
    /// Most coins sold ahead, as a share of those the fleet is expected to produce; 0 for none.
    #[arg(long, value_name = "SHARE", default_value_t = 1.0)]
    coin_limit: f64,
    /// What selling them costs, as a share of their fair value.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    coin_premium: f64,
    /// Standard deviation of their settlement around the average price, as a share.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    coin_basis: f64,
    /// Most energy bought ahead, as a share of what the fleet uses; 0 for none.
    #[arg(long, value_name = "SHARE", default_value_t = 1.0)]
    energy_limit: f64,
    /// What buying it costs, as a share of its fair value.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    energy_premium: f64,
    /// Standard deviation of its settlement around the price paid, as a share.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    energy_basis: f64,
    /// Risk aversion, per quote: what a hedge costs is then weighed against the variance [default: least variance].
    #[arg(long, value_name = "RATE")]
    aversion: Option<f64>,
    /// Confidence of the expected shortfall.
    #[arg(long, value_name = "SHARE", default_value_t = 0.95)]
    confidence: f64,
    /// Seed of the scenarios.
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    seed: u64,
}

impl Command for Hedge {
    type Answer = Figures;

    fn answer(&self) -> Result<Figures, DeskError> {
        let file = FleetFile::read(self.fleet.as_deref())?;
        let (site, fleet) = (
            file.site().map_err(DeskError::model("site"))?,
            file.fleet().map_err(DeskError::model("fleet"))?,
        );
        let (_, curve) = self.market.curve(self.horizon)?;
        let energy = EnergyPrice {
            forward: site.energy_price,
            volatility: self.energy_volatility,
            correlation: self.energy_correlation,
        };
        let period = Period {
            first: 0,
            days: self.horizon,
        };
        let solve = || {
            let averages = curve.joint(period, energy)?;
            let exposure = MinerExposure::of_fleet(&fleet, &site, averages.means[0], averages.days)?;
            let all = fleet.hash_rate() / TERAHASHES_PER_PETAHASH * site.uptime * averages.days;
            let problem = HedgeProblem {
                exposure,
                averages,
                instruments: self.instruments(&exposure, &averages),
                aversion: self.aversion,
            };
            self.figures(&problem, exposure.hashes / (1.0 - site.pool_fee) / all)
        };
        solve().map_err(DeskError::model("hedge"))
    }
}

impl Hedge {
    fn instruments(&self, exposure: &MinerExposure, averages: &JointAverages) -> [Instrument; 3] {
        let [hashprice, price, energy] = averages.means;
        let coins = exposure.hashes * hashprice / price;
        let instrument = |limit: f64, amount: f64, premium: f64, basis: f64, value: f64| Instrument {
            limit: limit * amount,
            premium: premium * value.abs(),
            basis: basis * value.abs(),
        };
        [
            instrument(
                self.hashprice_limit,
                exposure.hashes,
                self.hashprice_premium,
                self.hashprice_basis,
                hashprice,
            ),
            instrument(self.coin_limit, coins, self.coin_premium, self.coin_basis, price),
            instrument(
                self.energy_limit,
                exposure.energy,
                self.energy_premium,
                self.energy_basis,
                energy,
            ),
        ]
    }

    fn figures(&self, problem: &HedgeProblem, running: f64) -> Result<Figures, ModelError> {
        let hedge = problem.solve()?;
        let before = problem.risk(&[0.0; 3], self.confidence, self.seed)?;
        let after = problem.risk(&hedge.positions, self.confidence, self.seed)?;
        let [hashes, coins, energy] = hedge.positions;
        Ok(Figures::new(format!("hedge over {} days", self.horizon))
            .percent(
                "running",
                "hash rate that pays for its energy at the expected hashprice, which is hedged",
                running,
            )
            .number("hashprice_sold", "hashprice sold, PH/s·days", hashes)
            .percent("hashprice_ratio", "of what is produced", hedge.ratios[0])
            .number("coins_sold", "coins sold", coins)
            .percent("coin_ratio", "of those expected", hedge.ratios[1])
            .number("energy_bought", "energy bought, kWh", energy)
            .percent("energy_ratio", "of what is used", hedge.ratios[2])
            .number("cost", "cost of the hedge, quote", hedge.cost)
            .percent(
                "effectiveness",
                "share of the variance removed",
                hedge.effectiveness,
            )
            .heading("profit without it, quote")
            .number("expected_unhedged", "expected", hedge.expected_unhedged)
            .number(
                "deviation_unhedged",
                "standard deviation",
                hedge.deviation_unhedged,
            )
            .number(
                "shortfall_unhedged",
                "expected shortfall",
                before.expected_shortfall,
            )
            .percent(
                "loss_probability_unhedged",
                "probability of a loss",
                before.probability_of_loss,
            )
            .heading("profit with it, quote")
            .number("expected", "expected", hedge.expected)
            .number(
                "deviation",
                "standard deviation: the residual risk",
                hedge.deviation,
            )
            .number("shortfall", "expected shortfall", after.expected_shortfall)
            .percent(
                "loss_probability",
                "probability of a loss",
                after.probability_of_loss,
            )
            .heading("averages over the period")
            .number(
                "hashprice",
                "hashprice, quote per PH/s and day",
                problem.averages.means[0],
            )
            .number("price", "price of a coin, quote", problem.averages.means[1])
            .number(
                "energy_price",
                "price of energy, quote per kWh",
                problem.averages.means[2],
            ))
    }
}
