//! `hurdle pow leverage --cascade`: a market of many miners and lenders.

use super::page;
use super::population::{CascadeFile, PathsSpec, ShockSpec};
use crate::desk::tail::RunArgs;
use crate::desk::{DeskError, Figures, write_page};
use hurdle_model::pow::leverage::cascade::{Cascade, CascadeReport, Distribution, PathOutcome};
use hurdle_model::simulation::PriceProcess;
use hurdle_model::tail::JumpDiffusion;
use std::path::Path;

/// Quantiles that are shown.
const LEVELS: [f64; 3] = [0.5, 0.95, 0.99];
/// Paths, where the user asks for no number: each has many miners.
const PATHS: usize = 4_096;
/// Paths × steps × miners beyond which a run is refused: a minute of one core.
const MOST_WORK: f64 = 1e9;

/// Runs the market through its shock and over random paths.
pub fn answer(path: Option<&Path>, run: &RunArgs, html: Option<&Path>) -> Result<Figures, DeskError> {
    let fault = DeskError::model("cascade");
    let file = CascadeFile::read(path)?;
    let cascade = file.cascade().map_err(&fault)?;
    let ShockSpec {
        fall,
        over_days,
        days,
    } = file.shock;
    let trajectory = cascade
        .shock(fall, file.steps(over_days), file.steps(days))
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
        figures.heading(format!("a fall by {:.1} %", 100.0 * fall)),
        &trajectory.outcome,
    );
    if let Some(paths) = &file.paths {
        let report = simulate(&file, &cascade, paths, run)?;
        figures = distributions(figures, &report);
    }
    if let Some(path) = html {
        let page = page::render(&trajectory, &figures);
        write_page(path, &page)?;
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
