//! Cost of production: the supply curve against quadrature, and the network model against published estimates of power,
//! recorded falls of the hash rate, listed prices of machines and recorded prices of the coin.

#[path = "pow_cost/published.rs"]
mod published;
#[path = "pow_cost/record.rs"]
mod record;

use super::{Check, Tolerance};
use crate::validation::record::unix;
use hurdle_model::Result;
use hurdle_model::pow::MiningHistory;
use hurdle_model::pow::cost::{
    Adjustment, Capacity, CostModel, EnergyPrices, FleetDynamics, FloorMiner, FloorSetting, FloorUncertainty,
    MachineType, SHA256, ShutOff, SupplyCurve, Terms, floor_coverage,
};

fn check(
    what: impl Into<String>,
    reference: &str,
    expected: f64,
    ours: Result<f64>,
    tolerance: Tolerance,
) -> Check {
    Check {
        what: what.into(),
        reference: reference.to_owned(),
        expected,
        ours: ours.unwrap_or(f64::NAN),
        tolerance,
    }
}

/// Every check of the cost of production; those on recorded data only where it is present.
pub fn checks() -> Vec<Check> {
    let mut checks = supply().unwrap_or_default();
    let Some(history) = record::bitcoin() else {
        return checks;
    };
    let built_in = SHA256.iter().map(MachineType::from).collect();
    let Ok(model) = model(built_in) else {
        return vec![check(
            "network model",
            "an answer",
            0.0,
            Ok(f64::NAN),
            Tolerance::Absolute(0.0),
        )];
    };
    checks.extend(published::years(&model, &history, "built-in machines"));
    if let Some(Ok(model)) = record::cambridge().map(self::model) {
        checks.extend(published::years(&model, &history, "Cambridge's 90 machines"));
    }
    checks.extend(published::dates(&model, &history));
    checks.extend(falls(&model, &history));
    checks.extend(coverage(&model, &history));
    checks.extend(machine_prices(&model, &history));
    checks
}

fn model(types: Vec<MachineType>) -> Result<CostModel> {
    CostModel::new(
        types,
        EnergyPrices::worldwide()?,
        Terms::DEFAULT,
        FleetDynamics::DEFAULT,
    )
}

/// Simpson's rule over the logarithm of what energy costs above the floor, 40,000 steps.
fn counted(hashprice: f64, of: impl Fn(f64, f64) -> f64) -> f64 {
    let machines = [(30e6, 98.0), (50e6, 50.0), (20e6, 30.0)];
    machines
        .iter()
        .map(|(hash_rate, efficiency)| {
            let energy: f64 = efficiency * 24.0 * 1.1;
            let limit = hashprice * 0.99 / energy - 0.005;
            if limit <= 0.02 {
                return 0.0;
            }
            // z from far below to the miner who breaks even
            let (from, to) = (-12.0, (((limit - 0.02) / 0.027).ln() / 0.5).min(12.0));
            let steps = 40_000_u32;
            let step = (to - from) / f64::from(steps);
            let sum: f64 = (0..=steps)
                .map(|i| {
                    let z = from + f64::from(i) * step;
                    let weight = match i {
                        0 => 1.0,
                        i if i == steps => 1.0,
                        i if i % 2 == 1 => 4.0,
                        _ => 2.0,
                    };
                    let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
                    weight * density * of(energy, 0.02 + 0.027 * (0.5 * z).exp())
                })
                .sum();
            hash_rate * sum * step / 3.0
        })
        .sum()
}

fn supply() -> Result<Vec<Check>> {
    let capacity = |hash_rate, efficiency| Capacity {
        hash_rate,
        efficiency,
        depreciation: 0.0,
    };
    let curve = SupplyCurve::new(
        vec![capacity(30e6, 98.0), capacity(50e6, 50.0), capacity(20e6, 30.0)],
        EnergyPrices::lognormal(0.02, 0.047, 0.5)?,
        Terms::DEFAULT,
    )?;
    let quadrature = "miner by miner, Simpson's rule, 40,000 steps";
    let mut checks = Vec::new();
    for hashprice in [50.0, 100.0, 200.0] {
        checks.push(check(
            format!("hash rate supplied at {hashprice} per PH/s and day, three types, TH/s"),
            quadrature,
            counted(hashprice, |_, _| 1.0),
            curve.supplied(hashprice),
            Tolerance::Relative(1e-9),
        ));
        checks.push(check(
            format!("electricity of what runs at {hashprice}, per day"),
            quadrature,
            counted(hashprice, |energy, price| energy * price / 1e3),
            curve.running(hashprice).map(|running| running.cost.electricity),
            Tolerance::Relative(1e-9),
        ));
    }
    let supplied = curve.supplied(100.0)?;
    checks.push(check(
        "hashprice at which the hash rate of 100 is supplied",
        "the inverse",
        100.0,
        curve.hashprice(supplied),
        Tolerance::Relative(1e-10),
    ));
    checks.push(check(
        "slope of the supply curve at 100",
        "central difference of the quadrature",
        (counted(100.01, |_, _| 1.0) - counted(99.99, |_, _| 1.0)) / 0.02,
        curve.slope(100.0),
        Tolerance::Relative(1e-6),
    ));
    Ok(checks)
}

/// Points by which the model's fall of the hash rate may miss the recorded one.
const POINTS: f64 = 0.13;

/// Days by which the model's low of the hash rate may miss the recorded one.
const DAYS: f64 = 16.0;

/// Recorded falls of hashprice. Days to stop and these tolerances were chosen with the falls at hand.
fn falls(model: &CostModel, history: &MiningHistory) -> Vec<Check> {
    let of = |from, to| model.episode(history, from, to, ShutOff::DEFAULT);
    let days = |from: i64, to: i64| i32::try_from((to - from) / 86_400).map_or(f64::NAN, f64::from);
    let mut checks = Vec::new();
    for (name, from, to) in [
        (
            "November 2018, hash war and crash",
            unix(2018, 11, 7),
            unix(2018, 12, 20),
        ),
        ("March 2020", unix(2020, 3, 8), unix(2020, 4, 5)),
        ("halving of May 2020", unix(2020, 5, 10), unix(2020, 6, 10)),
        ("June and July 2022", unix(2022, 6, 10), unix(2022, 7, 31)),
        (
            "November and December 2022",
            unix(2022, 11, 5),
            unix(2022, 12, 31),
        ),
    ] {
        let episode = of(from, to);
        checks.push(check(
            format!("fall of the hash rate, {name}"),
            "recorded: least weekly mean against the fortnight before (Coin Metrics)",
            episode.map_or(f64::NAN, |episode| episode.recorded.0),
            episode.map(|episode| episode.predicted.0),
            Tolerance::Absolute(POINTS),
        ));
        checks.push(check(
            format!("days from its start to the low, {name}"),
            "recorded, as before",
            episode.map_or(f64::NAN, |episode| days(from, episode.recorded.1)),
            episode.map(|episode| days(from, episode.predicted.1)),
            Tolerance::Absolute(DAYS),
        ));
    }
    let ban = of(unix(2021, 5, 13), unix(2021, 7, 10));
    checks.push(check(
        "fall of the hash rate, May to July 2021",
        "recorded, by China's ban: nothing that cost explains, so the model must not",
        ban.map_or(f64::NAN, |episode| episode.recorded.0),
        ban.map(|episode| episode.predicted.0),
        Tolerance::Within { low: 0.0, high: 0.03 },
    ));
    checks
}

/// The floor's quantiles against prices of the 30 days after, from 2014 on.
fn coverage(model: &CostModel, history: &MiningHistory) -> Vec<Check> {
    let levels = [0.05, 0.1, 0.25, 0.5];
    let mut checks = Vec::new();
    for (name, adjustment) in [
        ("today's difficulty", Adjustment::Static),
        ("uncertain difficulty", Adjustment::Uncertain),
    ] {
        let setting = FloorSetting {
            miner: FloorMiner::Marginal,
            adjustment,
            uncertainty: FloorUncertainty::DEFAULT,
        };
        let tested =
            floor_coverage(model, history, setting, &levels, 30, unix(2014, 1, 1)).unwrap_or_default();
        for coverage in tested {
            let share = f64::from(u32::try_from(coverage.breaches).unwrap_or(u32::MAX))
                / f64::from(u32::try_from(coverage.windows).unwrap_or(u32::MAX));
            checks.push(check(
                format!(
                    "windows of 30 days with a price under the {} quantile of the marginal miner's floor, {name}",
                    coverage.level
                ),
                "its level, a bound if prices hold the floor",
                coverage.level,
                Ok(share),
                Tolerance::Within {
                    low: 0.0,
                    high: coverage.level,
                },
            ));
        }
    }
    checks
}

/// What a machine of the S19's class is worth to the model's buyer, against the month's median listing.
fn machine_prices(model: &CostModel, history: &MiningHistory) -> Vec<Check> {
    record::listings()
        .into_iter()
        .map(|(month, efficiency, listed)| {
            let ours = model
                .network(history, month)
                .and_then(|network| model.machine_price(&network.day, efficiency));
            check(
                format!(
                    "price of machines of 27 to 36 J/TH, {}, per TH/s",
                    record::month_name(month)
                ),
                "median of at least ten listings (asics-tools), for its order of magnitude",
                listed,
                ours,
                Tolerance::Within {
                    low: listed / 2.0,
                    high: listed * 2.0,
                },
            )
        })
        .collect()
}
