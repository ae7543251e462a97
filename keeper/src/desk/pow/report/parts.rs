//! What the report is made of, each part by the command that answers it alone.

use super::Report;
use crate::desk::DeskError;
use crate::desk::pow::floor::FloorPoint;
use crate::desk::pow::forecast::{self, forecast};
use crate::desk::pow::outlook::{OutlookArgs, level};
use crate::desk::pow::{ChainName, FleetFile, cost, haircut, opportunity};
use hurdle_model::ModelError;
use hurdle_model::pow::backtest::{FleetDay, FleetRecord, Restart, days, records};
use hurdle_model::pow::difficulty::{DifficultyDay, Retarget};
use hurdle_model::pow::economics::{FleetBreakEven, break_even_hashprice};
use hurdle_model::pow::{MiningDay, MiningHistory, MiningMarket, OperatingReturn};

/// Days shown where no first one is stated: four years.
const SHOWN: i64 = 1461;
const DAY: i64 = 86_400;
/// Points of a curve beyond which days are left out, about as many as a plot has pixels across.
const POINTS: usize = 1000;
/// Retargets ahead.
const RETARGETS: usize = 6;
/// Days ahead for a chain that retargets with every block.
const DAYS_AHEAD: usize = 30;

/// The parts. Curves hold the first day and every `stride`-th up to the last.
pub struct Parts {
    /// The chain.
    pub chain: ChainName,
    /// First day shown, Unix seconds.
    pub from: i64,
    /// Last day.
    pub to: i64,
    /// Days between two points of a curve.
    pub stride: usize,
    /// The fleet's energy price, quote per kWh.
    pub energy_price: f64,
    /// Unix seconds and hashprice.
    pub hashprices: Vec<(i64, f64)>,
    /// Break-even hashprices of the fleet.
    pub break_even: FleetBreakEven,
    /// Cost of production.
    pub cost: Vec<cost::DayAnswer>,
    /// The last day's.
    pub cost_now: cost::DayAnswer,
    /// Floor of the price.
    pub floor: Vec<FloorPoint>,
    /// The last day's.
    pub floor_now: FloorPoint,
    /// Recorded difficulty.
    pub difficulty: Vec<DifficultyDay>,
    /// Where it goes.
    pub forecast: forecast::Answer,
    /// The fleet day by day.
    pub fleet: Vec<FleetDay>,
    /// The fleet over all days shown.
    pub fleet_record: Option<FleetRecord>,
    /// Unix seconds and what one who enters earns; none without an entrant of the chain.
    pub returns: Vec<(i64, OperatingReturn)>,
    /// Haircuts.
    pub haircuts: Vec<haircut::DayAnswer>,
    /// The last day's.
    pub haircut_now: haircut::DayAnswer,
}

impl Parts {
    /// Reads and computes them.
    pub fn read(report: &Report) -> Result<Self, DeskError> {
        let chain = report.network.history.chain;
        let history = record(report)?;
        let (from, shown) = shown(report, &history)?;
        let days_shown = shown.days();
        let to = days_shown.last().map_or(from, |day| day.time);
        let stride = days_shown.len().div_ceil(POINTS);
        let (network_parts, haircut_parts) = (
            network(report, &history, from)?,
            haircuts(report, &history, from)?,
        );
        let (file, level) = (FleetFile::read(report.fleet.as_deref())?, level(report.level)?);
        let fault = DeskError::model("fleet");
        let (site, fleet) = (file.site().map_err(&fault)?, file.fleet().map_err(&fault)?);
        let books = report.books.books(&fleet)?;
        let break_even = break_even_hashprice(&fleet, &site, &books, report.books.hurdle)
            .map_err(DeskError::model("break-even"))?;
        let fault = DeskError::model("fleet backtest");
        let restart = Restart::default();
        let record = records(&shown, &fleet, &site, restart, &[site.energy_price]).map_err(&fault)?;
        let fleet = days(&shown, &fleet, &site, restart).map_err(&fault)?;
        let present = OutlookArgs::of(&report.network.history).present_at(to)?;
        let steps = match present.retarget {
            Retarget::Windows(_) => RETARGETS,
            Retarget::EveryBlock { .. } => DAYS_AHEAD,
        };
        let recorded = present.record.as_ref().map_or(&[][..], |record| record.days());
        let recorded: Vec<DifficultyDay> = recorded.iter().filter(|day| day.time >= from).copied().collect();
        let (cost, floor, cost_now, floor_now) = network_parts;
        let (haircuts, haircut_now) = haircut_parts;
        Ok(Self {
            chain,
            from: days_shown.first().map_or(from, |day| day.time),
            to,
            stride,
            energy_price: site.energy_price,
            hashprices: thinned(&hashprices(&shown)?, stride),
            break_even,
            cost: thinned(&cost, stride),
            cost_now,
            floor: thinned(&floor, stride),
            floor_now,
            difficulty: thinned(&recorded, stride),
            forecast: forecast(&present, steps, level)?,
            fleet: thinned(&fleet, stride),
            fleet_record: record.into_iter().next(),
            returns: returns(report, &thinned(days_shown, stride))?,
            haircuts: thinned(&haircuts, stride),
            haircut_now,
        })
    }
}

/// The record up to the last day.
fn record(report: &Report) -> Result<MiningHistory, DeskError> {
    let all = report.network.days()?;
    let last = report.to.unwrap_or(i64::MAX);
    let days: Vec<MiningDay> = all
        .days()
        .iter()
        .filter(|day| day.time <= last)
        .copied()
        .collect();
    if days.is_empty() {
        return Err(DeskError::Argument {
            argument: "--to",
            reason: "the record begins later".to_owned(),
        });
    }
    MiningHistory::new(days).map_err(DeskError::model("mining history"))
}

/// The first day shown and the record from there.
fn shown(report: &Report, history: &MiningHistory) -> Result<(i64, MiningHistory), DeskError> {
    let last = history.days().last().map_or(0, |day| day.time);
    let from = report.from.unwrap_or_else(|| last.saturating_sub(SHOWN * DAY));
    let days: Vec<MiningDay> = history
        .days()
        .iter()
        .filter(|day| day.time >= from)
        .copied()
        .collect();
    if days.is_empty() {
        return Err(DeskError::Argument {
            argument: "--from",
            reason: "the record, up to --to, ends before".to_owned(),
        });
    }
    let shown = MiningHistory::new(days).map_err(DeskError::model("mining history"))?;
    Ok((from, shown))
}

fn hashprices(history: &MiningHistory) -> Result<Vec<(i64, f64)>, DeskError> {
    let of = |day: &MiningDay| Ok((day.time, MiningMarket::of_day(day)?.hashprice()));
    let all: Result<_, ModelError> = history.days().iter().map(of).collect();
    all.map_err(DeskError::model("hashprice"))
}

type NetworkParts = (Vec<cost::DayAnswer>, Vec<FloorPoint>, cost::DayAnswer, FloorPoint);

/// Cost and floor of the days shown, and of the last.
fn network(report: &Report, history: &MiningHistory, from: i64) -> Result<NetworkParts, DeskError> {
    let input = report.network.read()?;
    let setting = report.rule.walk(&input).floor;
    let (mut costs, mut floors) = (Vec::new(), Vec::new());
    for network in input.model.networks(history) {
        let network = network.map_err(DeskError::model("cost of production"))?;
        if network.day.time >= from {
            costs.push(cost::DayAnswer::from(&network.day));
            floors.push(FloorPoint::new(&network, setting).map_err(DeskError::model("floor of the price"))?);
        }
    }
    match (costs.last().copied(), floors.last().copied()) {
        (Some(cost), Some(floor)) => Ok((costs, floors, cost, floor)),
        _ => Err(DeskError::Argument {
            argument: "--from",
            reason: "the cost of production is not known of any day from there: no machines had been sold, or the record \
                     is too short"
                .to_owned(),
        }),
    }
}

/// Haircuts of the days shown, and of the last.
fn haircuts(
    report: &Report,
    history: &MiningHistory,
    from: i64,
) -> Result<(Vec<haircut::DayAnswer>, haircut::DayAnswer), DeskError> {
    let input = report.network.read()?;
    let all = report
        .rule
        .walk(&input)
        .days(&input.model, history)
        .map_err(DeskError::model("haircut of a proof-of-work coin"))?;
    let days: Vec<haircut::DayAnswer> = all
        .iter()
        .filter(|day| day.time >= from)
        .map(haircut::DayAnswer::from)
        .collect();
    match days.last().copied() {
        Some(last) => Ok((days, last)),
        None => Err(DeskError::Argument {
            argument: "--from",
            reason: "no haircut is known of any day from there".to_owned(),
        }),
    }
}

/// What one who enters on each day earns.
fn returns(report: &Report, days: &[MiningDay]) -> Result<Vec<(i64, OperatingReturn)>, DeskError> {
    let chain = report.network.history.chain;
    let model = match opportunity::entrant(report.entrant.as_deref(), chain) {
        // the built-in entrant mines another coin
        Err(DeskError::Argument { .. }) if report.entrant.is_none() => return Ok(Vec::new()),
        model => model?,
    };
    let entrant = model.entrant();
    let of = |day: &MiningDay| Ok((day.time, entrant.operating_return(&MiningMarket::of_day(day)?)?));
    let all: Result<_, ModelError> = days.iter().map(of).collect();
    all.map_err(DeskError::model("miner's operating return"))
}

/// Every so many-th, counted back from the last, and the first.
fn thinned<T: Copy>(all: &[T], stride: usize) -> Vec<T> {
    let stride = stride.max(1);
    let last = all.len().saturating_sub(1);
    let is_kept = |index: usize| index == 0 || (last - index).is_multiple_of(stride);
    all.iter()
        .enumerate()
        .filter(|(index, _)| is_kept(*index))
        .map(|(_, point)| *point)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::thinned;

    #[test]
    fn a_thinned_curve_keeps_both_ends() {
        assert_eq!(thinned(&[1, 2, 3, 4, 5, 6], 2), [1, 2, 4, 6]);
        assert_eq!(thinned(&[1, 2, 3], 1), [1, 2, 3]);
        assert_eq!(thinned(&[1, 2, 3], 0), [1, 2, 3]);
        assert!(thinned::<i32>(&[], 3).is_empty());
    }
}
