//! Speed and memory of the simulations, as one JSON object on stdout; `xtask/rivals/simulation.py` does the same
//! work on the accounts that the argument `accounts` prints.
//!
//! Rates are paths per CPU second of one thread. Where two threads work, wall seconds are given for both counts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hurdle_model::liquidity::ImpactShape;
use hurdle_model::simulation::{
    AccountBook, AccountMix, Bates, Depth, Grid, HestonVariance, Kou, MarginEngine, PriceProcess, Run,
    Sampling, Venue, terminal_expectation,
};
use hurdle_model::tail::{JumpDiffusion, Side};
use std::time::Instant;

const STEPS: usize = 64;
const ACCOUNTS: usize = 100;
const SEED: u64 = 20_240_805;
/// Each figure is the best of so many runs: the machine's noise only ever adds.
const REPEATS: usize = 5;

fn merton() -> PriceProcess {
    PriceProcess::Merton(JumpDiffusion::new(0.0, 0.8, 20.0, -0.03, 0.06).unwrap())
}

fn kou() -> PriceProcess {
    PriceProcess::Kou(Kou::new(0.0, 0.8, 20.0, 0.4, 25.0, 16.0).unwrap())
}

fn bates() -> PriceProcess {
    let variance = HestonVariance {
        start: 0.64,
        reversion: 4.0,
        long_run: 0.64,
        volatility_of_variance: 1.5,
        correlation: -0.3,
    };
    PriceProcess::Bates(Bates::new(0.0, variance, 20.0, -0.03, 0.06).unwrap())
}

fn accounts() -> AccountBook {
    let mix = AccountMix {
        accounts: ACCOUNTS,
        notional: 1.0,
        long_share: 0.6,
        median_leverage: 4.0,
        leverage_dispersion: 0.6,
        most_leverage: 20.0,
        size_dispersion: 1.0,
    };
    mix.draw(7).unwrap()
}

fn engine(process: PriceProcess) -> MarginEngine {
    let venue = Venue {
        maintenance: 0.03,
        oracle_delay: 1,
        liquidator_latency: 1,
        bounty: 0.01,
        fund_fee: 0.005,
        fund: 0.005,
        depth: Some(Depth {
            quantity: 0.5,
            distance: 0.05,
            shape: ImpactShape::Linear,
            resilience: 3_000.0,
        }),
    };
    let grid = Grid::new(STEPS, 1.0 / 365.0).unwrap();
    MarginEngine::new(process, grid, accounts(), venue).unwrap()
}

/// CPU seconds that this thread has used, where the system tells.
fn cpu_seconds() -> Option<f64> {
    // The count is brought up to date every few milliseconds, and whenever the thread offers its processor to others.
    std::thread::yield_now();
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = statistics.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds * 1e-9)
}

/// Best wall seconds and, for work on this thread alone, best CPU seconds of several runs.
fn seconds(mut work: impl FnMut()) -> (f64, f64) {
    let (mut wall, mut cpu) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..REPEATS {
        let (start, used) = (Instant::now(), cpu_seconds());
        work();
        let elapsed = start.elapsed().as_secs_f64();
        wall = wall.min(elapsed);
        cpu = cpu.min(
            cpu_seconds()
                .zip(used)
                .map_or(elapsed, |(after, before)| after - before),
        );
    }
    (wall, cpu)
}

/// Peak resident set of this process so far, MiB, where the system tells.
fn peak_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}

fn terminal(process: &PriceProcess, steps: usize, paths: usize) -> f64 {
    let grid = Grid::new(steps, 1.0 / 12.0).unwrap();
    let run = Run::new(paths, SEED, 1, Sampling::Pseudo).unwrap();
    let strike = 1.0;
    let (_, taken) = seconds(|| {
        let call = terminal_expectation(process, &grid, &run, |x| (x.exp() - strike).max(0.0)).unwrap();
        std::hint::black_box(call);
    });
    run.paths() as f64 / taken
}

/// The accounts as JSON for the rivals: [side, notional, margin], 1 for a long and −1 for a short.
fn print_accounts() {
    let rows: Vec<String> = accounts()
        .accounts()
        .iter()
        .map(|a| {
            let side = if a.side == Side::Long { 1 } else { -1 };
            format!("[{side}, {:e}, {:e}]", a.notional, a.margin)
        })
        .collect();
    println!("[{}]", rows.join(", "));
}

fn main() {
    if std::env::args().nth(1).as_deref() == Some("accounts") {
        print_accounts();
        return;
    }
    let terminal_figures: Vec<(String, f64)> = [("merton", merton()), ("kou", kou()), ("bates", bates())]
        .iter()
        .flat_map(|(name, process)| {
            [(1, 4_000_000), (STEPS, 400_000)].map(|(steps, paths)| {
                (
                    format!("terminal_{name}_{steps}_paths_per_second"),
                    terminal(process, steps, paths),
                )
            })
        })
        .collect();
    let simulate = |engine: &MarginEngine, paths, threads| {
        let run = Run::new(paths, SEED, threads, Sampling::Pseudo).unwrap();
        let mut report = None;
        let taken = seconds(|| report = Some(engine.simulate(&run, &[0.99, 0.999], 0.99).unwrap()));
        (taken, report.unwrap())
    };
    let mut figures = terminal_figures;
    for (name, process) in [("merton", merton()), ("bates", bates())] {
        let engine = engine(process);
        let ((one_wall, one), report) = simulate(&engine, 1_000_000, 1);
        let ((two, _), again) = simulate(&engine, 1_000_000, 2);
        assert_eq!(report, again, "threads change the result");
        let paths = report.paths as f64;
        figures.extend([
            (format!("engine_{name}_one_thread_cpu_seconds"), one),
            (format!("engine_{name}_one_thread_wall_seconds"), one_wall),
            (format!("engine_{name}_two_threads_wall_seconds"), two),
            (format!("engine_{name}_paths_per_second"), paths / one),
            (format!("engine_{name}_bad_debt"), report.bad_debt.mean.value),
            (
                format!("engine_{name}_bad_debt_error"),
                report.bad_debt.mean.standard_error,
            ),
            (format!("engine_{name}_socialised"), report.socialised.mean.value),
            (
                format!("engine_{name}_socialised_error"),
                report.socialised.mean.standard_error,
            ),
            (format!("engine_{name}_ruin"), report.ruin.value),
            (format!("engine_{name}_ruin_error"), report.ruin.standard_error),
            (format!("engine_{name}_liquidated"), report.liquidated.value),
            (
                format!("engine_{name}_liquidated_error"),
                report.liquidated.standard_error,
            ),
        ]);
    }
    figures.extend(peak_mib().map(|mib| ("peak_mib".to_owned(), mib)));
    let body: Vec<String> = figures
        .iter()
        .map(|(key, value)| format!("  \"{key}\": {value:e}"))
        .collect();
    println!("{{\n{}\n}}", body.join(",\n"));
}
