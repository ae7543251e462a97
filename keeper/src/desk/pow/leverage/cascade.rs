//! `hurdle pow leverage --cascade`: a market of many miners and lenders.

use super::page;
use super::spec::depth;
use crate::config;
use crate::desk::tail::RunArgs;
use crate::desk::{DeskError, Figures};
use hurdle_model::pow::difficulty::WindowRule;
use hurdle_model::pow::leverage::Resale;
use hurdle_model::pow::leverage::cascade::{
    Cascade, CascadeReport, CascadeTerms, Distribution, PathOutcome, PopulationMix,
};
use hurdle_model::simulation::PriceProcess;
use hurdle_model::tail::JumpDiffusion;
use serde::Deserialize;
use std::path::Path;

/// The built-in example.
const EXAMPLE: &str = include_str!("../../../../data/pow-cascade.toml");
/// Quantiles that are shown.
const LEVELS: [f64; 3] = [0.5, 0.95, 0.99];
/// Paths of a cascade where the user says nothing.
const PATHS: usize = 1_024;

/// Paths × steps × miners beyond which a run is refused: a minute of one core.
const MOST_WORK: f64 = 1e9;

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CascadeFile {
    market: MarketSpec,
    resale: BuyerSpec,
    miners: MinersSpec,
    loans: LoansSpec,
    shock: ShockSpec,
    paths: Option<PathsSpec>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MarketSpec {
    price: f64,
    subsidy: f64,
    fees: f64,
    depth: f64,
    distance: f64,
    square_root: bool,
    half_life_days: f64,
    step_days: f64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BuyerSpec {
    energy_price: f64,
    decay: f64,
    discount: f64,
    life_years: f64,
    scrap: f64,
    recovery: f64,
    redeploy_days: f64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MinersSpec {
    count: usize,
    terahash: f64,
    size_dispersion: f64,
    efficiency: f64,
    efficiency_dispersion: f64,
    energy_price: f64,
    energy_dispersion: f64,
    operation: f64,
    cash_days: f64,
    coin_days: f64,
    sold: f64,
    grace_days: f64,
    restart: f64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LoansSpec {
    borrowers: f64,
    pledged_days: f64,
    least_ltv: f64,
    most_ltv: f64,
    call_ltv: f64,
    liquidation_ltv: f64,
    interest: f64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ShockSpec {
    fall: f64,
    over_days: f64,
    days: f64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PathsSpec {
    days: f64,
    volatility: f64,
    drift: f64,
    jumps_per_year: f64,
    jump_mean: f64,
    jump_deviation: f64,
}

impl CascadeFile {
    fn read(path: Option<&Path>) -> Result<Self, DeskError> {
        let parsed = match path {
            Some(path) => config::read(path).and_then(|text| config::parse(&text, path)),
            None => config::parse(EXAMPLE, Path::new("the built-in cascade")),
        };
        parsed.map_err(DeskError::Config)
    }

    fn terms(&self) -> CascadeTerms {
        let market = &self.market;
        CascadeTerms {
            price: market.price,
            subsidy: market.subsidy,
            fees: market.fees,
            rule: WindowRule::BITCOIN,
            depth: depth(
                market.depth,
                market.distance,
                market.square_root,
                market.half_life_days,
            ),
            resale: Resale {
                energy_price: self.resale.energy_price,
                decay: self.resale.decay,
                discount: self.resale.discount,
                life: self.resale.life_years,
                scrap: self.resale.scrap,
            },
            recovery: self.resale.recovery,
            redeploy_days: self.resale.redeploy_days,
            grace_days: self.miners.grace_days,
            restart: self.miners.restart,
            sold: self.miners.sold,
            step_days: market.step_days,
        }
    }

    fn mix(&self) -> PopulationMix {
        let (miners, loans) = (&self.miners, &self.loans);
        PopulationMix {
            miners: miners.count,
            hash_rate: miners.terahash,
            size_dispersion: miners.size_dispersion,
            efficiency: miners.efficiency,
            efficiency_dispersion: miners.efficiency_dispersion,
            energy_price: miners.energy_price,
            energy_dispersion: miners.energy_dispersion,
            operation: miners.operation,
            cash_days: miners.cash_days,
            coin_days: miners.coin_days,
            pledged_days: loans.pledged_days,
            coins_per_day: 144.0 * (self.market.subsidy + self.market.fees),
            borrowers: loans.borrowers,
            least_ltv: loans.least_ltv,
            most_ltv: loans.most_ltv,
            call_ltv: loans.call_ltv,
            liquidation_ltv: loans.liquidation_ltv,
            interest: loans.interest,
        }
    }

    fn steps(&self, days: f64) -> usize {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        // saturates; the model refuses what is too long
        let steps = (days / self.market.step_days).round() as usize;
        steps
    }
}

/// Runs the market through its shock and over random paths.
pub fn answer(path: Option<&Path>, run: &RunArgs, html: Option<&Path>) -> Result<Figures, DeskError> {
    let fault = DeskError::model("cascade");
    let file = CascadeFile::read(path)?;
    let miners = file.mix().population(file.market.price).map_err(&fault)?;
    let cascade = Cascade::new(file.terms(), miners).map_err(&fault)?;
    let shock = file.shock;
    let trajectory = cascade
        .shock(shock.fall, file.steps(shock.over_days), file.steps(shock.days))
        .map_err(DeskError::model("shock"))?;
    let mut figures = Figures::new("market at the start")
        .count("miners", "miners", cascade.miners().len())
        .number("hash_rate", "hash rate that runs, TH/s", cascade.hash_rate())
        .number(
            "hashprice",
            "hashprice, quote per PH/s and day",
            cascade.hashprice(),
        )
        .percent(
            "displacement",
            "held down by the usual sales, log",
            cascade.displacement(),
        );
    figures = outcome(
        figures.heading(format!("a fall by {:.1} %", 100.0 * shock.fall)),
        &trajectory.outcome,
    );
    if let Some(paths) = &file.paths {
        let report = simulate(&file, &cascade, paths, run)?;
        figures = distributions(figures, &report);
    }
    if let Some(path) = html {
        let page = page::render(&trajectory, &figures);
        crate::page::write(path, &page).map_err(|reason| DeskError::File {
            path: path.to_owned(),
            reason,
        })?;
    }
    Ok(figures)
}

fn simulate(
    file: &CascadeFile,
    cascade: &Cascade,
    paths: &PathsSpec,
    run: &RunArgs,
) -> Result<CascadeReport, DeskError> {
    let fault = DeskError::model("random paths of the cascade");
    let run = run.paths.run_of(PATHS)?;
    let steps = file.steps(paths.days);
    let work = [run.paths(), steps, cascade.miners().len()]
        .into_iter()
        .map(|n| u32::try_from(n).map_or(f64::INFINITY, f64::from))
        .product::<f64>();
    if work > MOST_WORK {
        return Err(DeskError::Argument {
            argument: "--paths",
            reason: format!(
                "{} paths of {steps} steps and {} miners would take too long; ask for fewer, or longer steps",
                run.paths(),
                cascade.miners().len()
            ),
        });
    }
    let process = JumpDiffusion::new(
        paths.drift,
        paths.volatility,
        paths.jumps_per_year,
        paths.jump_mean,
        paths.jump_deviation,
    )
    .map_err(&fault)?;
    cascade
        .simulate(&PriceProcess::Merton(process), steps, &run, &LEVELS)
        .map_err(&fault)
}

fn outcome(figures: Figures, outcome: &PathOutcome) -> Figures {
    figures
        .percent("shock_fall", "largest fall of the price", outcome.fall)
        .percent("shock_excess_fall", "beyond the exogenous", outcome.excess_fall)
        .number("shock_sold", "coins sold by miners", outcome.sold)
        .number("shock_seized", "coins sold by lenders", outcome.seized)
        .number("shock_liquidations", "loans liquidated", outcome.liquidations)
        .number("shock_defaults", "defaults", outcome.defaults)
        .number("shock_lost", "lost by lenders, quote", outcome.lost)
        .percent(
            "shock_hash_rate_fall",
            "largest fall of the hash rate",
            outcome.hash_rate_fall,
        )
        .number(
            "shock_days_to_recovery",
            "days with less than 95 % of it, first to last",
            outcome.days_to_recovery,
        )
        .number(
            "shock_residual",
            "largest failure of the books to balance",
            outcome.residuals.largest(),
        )
}

/// Keys of a figure over the paths, and its label: mean, then [`LEVELS`].
type Keys = ([&'static str; 4], &'static str, bool);

fn distributions(figures: Figures, report: &CascadeReport) -> Figures {
    let rows: [(&Distribution, Keys); 7] = [
        (
            &report.fall,
            (
                ["fall_mean", "fall_50", "fall_95", "fall_99"],
                "largest fall of the price",
                true,
            ),
        ),
        (
            &report.excess_fall,
            (
                [
                    "excess_fall_mean",
                    "excess_fall_50",
                    "excess_fall_95",
                    "excess_fall_99",
                ],
                "beyond the exogenous",
                true,
            ),
        ),
        (
            &report.seized,
            (
                ["seized_mean", "seized_50", "seized_95", "seized_99"],
                "coins sold by lenders",
                false,
            ),
        ),
        (
            &report.defaults,
            (
                ["defaults_mean", "defaults_50", "defaults_95", "defaults_99"],
                "defaults",
                false,
            ),
        ),
        (
            &report.lost,
            (
                ["lost_mean", "lost_50", "lost_95", "lost_99"],
                "lost by lenders, quote",
                false,
            ),
        ),
        (
            &report.hash_rate_fall,
            (
                [
                    "hash_rate_fall_mean",
                    "hash_rate_fall_50",
                    "hash_rate_fall_95",
                    "hash_rate_fall_99",
                ],
                "largest fall of the hash rate",
                true,
            ),
        ),
        (
            &report.days_to_recovery,
            (
                [
                    "recovery_days_mean",
                    "recovery_days_50",
                    "recovery_days_95",
                    "recovery_days_99",
                ],
                "days to its recovery",
                false,
            ),
        ),
    ];
    let mut figures = figures
        .heading(format!("{} random paths", report.paths))
        .count("paths", "paths", report.paths)
        .percent(
            "recovered",
            "paths whose hash rate had recovered",
            report.recovered,
        )
        .number(
            "residual",
            "largest failure of the books to balance",
            report.residuals.largest(),
        );
    for (distribution, (keys, label, is_share)) in rows {
        let values = core::iter::once(distribution.mean.value).chain(distribution.quantiles.iter().copied());
        let names = ["mean", "median", "95 %", "99 %"];
        for ((key, name), value) in keys.into_iter().zip(names).zip(values) {
            let label = format!("{label}, {name}");
            figures = if is_share {
                figures.percent(key, label, value)
            } else {
                figures.number(key, label, value)
            };
        }
    }
    figures
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_cascade_is_one() {
        let file = CascadeFile::read(None).unwrap();
        let miners = file.mix().population(file.market.price).unwrap();
        Cascade::new(file.terms(), miners).unwrap();
    }
}
