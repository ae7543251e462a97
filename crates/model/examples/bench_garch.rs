//! Times the GARCH(1,1) and GJR-GARCH(1,1) fits on a file of returns, one per line: `bench_garch FILE [SECONDS]`.
//! Prints the median and the least time per fit as JSON (on a busy machine only the least means anything).
//! `xtask/rivals/garch.py` does the same with PyPI's arch.

use std::hint::black_box;
use std::time::{Duration, Instant};

use hurdle_model::volatility::{EvenSeries, garch};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("usage: bench_garch FILE [SECONDS]")?;
    let seconds: f64 = arguments.next().map_or(Ok(2.0), |text| text.parse())?;
    let returns = read(&path)?;
    let mut models = Vec::new();
    for (name, dynamics) in [
        ("garch", garch::Dynamics::Symmetric),
        ("gjr", garch::Dynamics::Asymmetric),
    ] {
        let specification = garch::Specification {
            mean: garch::Mean::Constant,
            dynamics,
        };
        let fit = garch::fit(&returns, specification)?;
        let (median, fastest, repetitions) =
            time(&returns, specification, Duration::try_from_secs_f64(seconds)?)?;
        models.push(format!(
            r#"{{"model":"{name}","median_seconds":{median:e},"fastest_seconds":{fastest:e},"repetitions":{repetitions},"log_likelihood":{:.6}}}"#,
            fit.log_likelihood
        ));
    }
    println!(
        r#"{{"returns":{},"fits":[{}]}}"#,
        returns.values().len(),
        models.join(",")
    );
    Ok(())
}

/// One number per line; lines that are none (a header) are refused but for the first.
fn read(path: &str) -> Result<EvenSeries, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let mut values = Vec::new();
    for (index, line) in text.lines().enumerate() {
        match line.trim().parse() {
            Ok(value) => values.push(Some(value)),
            Err(_) if index == 0 => {}
            Err(error) => return Err(format!("{path}, line {}: {error}: {line}", index + 1).into()),
        }
    }
    Ok(EvenSeries::new(0, 86_400, values)?)
}

/// The median and the least time of as many fits, standard errors and all, as `budget` allows; at least eleven.
fn time(
    returns: &EvenSeries,
    specification: garch::Specification,
    budget: Duration,
) -> Result<(f64, f64, usize), Failure> {
    let start = Instant::now();
    let mut times = Vec::new();
    while times.len() < 11 || start.elapsed() < budget {
        let before = Instant::now();
        black_box(garch::fit(black_box(returns), black_box(specification))?);
        times.push(before.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    Ok((times[times.len() / 2], times[0], times.len()))
}
