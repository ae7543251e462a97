//! `hurdle pow cost`: what a coin costs to mine across the network, day by day.

pub mod amount;
mod answer;
mod network;
mod page;

pub use answer::{Answer, DayAnswer};
pub use network::{NetworkArgs, NetworkInput};

use crate::desk::{Command, DeskError, date, write_page};
use answer::{AtAnswer, FallAnswer, MachineAnswer, StopAnswer, SupplyAnswer, years};
use clap::Args;
use hurdle_model::ModelError;
use hurdle_model::pow::cost::{Network, follow, stopped};
use hurdle_model::pow::{MiningHistory, TERAHASHES_PER_PETAHASH};
use std::path::PathBuf;

/// Arguments.
#[derive(Args, Clone, Debug)]
pub struct Cost {
    #[command(flatten)]
    network: NetworkArgs,
    /// Day whose network is shown [default: the last].
    #[arg(long, value_name = "DATE", value_parser = date::time)]
    at: Option<i64>,
    /// First day of a recorded fall of hashprice, replayed on the machines of that day.
    #[arg(long, value_name = "DATE", value_parser = date::time, requires = "fall_to")]
    fall_from: Option<i64>,
    /// Last day of that fall.
    #[arg(long, value_name = "DATE", value_parser = date::time, requires = "fall_from")]
    fall_to: Option<i64>,
    /// Where to write a page with the plots [default: nowhere].
    #[arg(long, value_name = "HTML")]
    html: Option<PathBuf>,
    /// Leave the single days out of the JSON.
    #[arg(long)]
    summary: bool,
}

/// Falls of the price that are shown.
const FALLS: [f64; 5] = [0.1, 0.2, 0.3, 0.4, 0.5];
/// Hashprices that are shown, relative to the day's.
const POINTS: [f64; 8] = [0.25, 0.5, 0.75, 0.9, 1.0, 1.25, 1.5, 2.0];
/// Days after which a fall has settled.
const SETTLED: usize = 90;

impl Command for Cost {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer, DeskError> {
        let input = self.network.read()?;
        let history = self.network.days()?;
        let fault = DeskError::model("cost of production");
        let days: Vec<DayAnswer> = input
            .model
            .days(&history)
            .map_err(&fault)?
            .iter()
            .map(DayAnswer::from)
            .collect();
        let time = self.at.unwrap_or(i64::MAX);
        let network = input.model.network(&history, time).map_err(&fault)?;
        let fall = match (self.fall_from, self.fall_to) {
            (Some(from), Some(to)) => Some(
                input
                    .model
                    .episode(&history, from, to, input.shut_off)
                    .map_err(DeskError::model("recorded fall"))?,
            ),
            _ => None,
        };
        let mut answer = Answer {
            machine_types: input.names.len(),
            years: years(&days),
            at: self.at_answer(&network, &input, &history).map_err(&fault)?,
            fall: fall.as_ref().map(FallAnswer::from),
            days,
        };
        if let Some(path) = &self.html {
            write_page(path, &page::render(&answer))?;
        }
        if self.summary {
            answer.days.clear();
        }
        Ok(answer)
    }
}

impl Cost {
    fn at_answer(
        &self,
        network: &Network,
        input: &NetworkInput,
        history: &MiningHistory,
    ) -> Result<AtAnswer, ModelError> {
        let curve = &network.curve;
        let hashprice = network.running_hashprice;
        let runs = curve.supplied(hashprice)?;
        let machines = curve
            .capacities()
            .iter()
            .zip(curve.shares(hashprice)?)
            .zip(&network.types)
            .map(|((capacity, running), index)| MachineAnswer {
                name: input.names.get(*index).cloned().unwrap_or_default(),
                share: capacity.hash_rate * running / runs,
                running,
                efficiency: capacity.efficiency,
            })
            .filter(|machine| machine.share >= 0.01)
            .collect();
        let supply = POINTS
            .iter()
            .map(|factor| {
                let hashprice = hashprice * factor;
                Ok(SupplyAnswer {
                    hashprice,
                    price: hashprice / network.day.coins,
                    hash_rate: curve.supplied(hashprice)?,
                    elasticity: curve.elasticity(hashprice)?,
                })
            })
            .collect::<Result<_, ModelError>>()?;
        Ok(AtAnswer {
            day: DayAnswer::from(&network.day),
            machines,
            supply,
            falls: self.falls(network, input, history)?,
        })
    }

    /// What falls of the price stop, at once and after difficulty has followed.
    fn falls(
        &self,
        network: &Network,
        input: &NetworkInput,
        history: &MiningHistory,
    ) -> Result<Vec<StopAnswer>, ModelError> {
        let chain = self.network.history.chain;
        let rules = chain.rules();
        let curve = &network.curve;
        let at_once = stopped(curve, network.running_hashprice, &FALLS)?;
        let day = history.days().iter().rfind(|day| day.time <= network.day.time);
        let reward = day.map_or(0.0, |day| (day.issuance + day.fees) / day.blocks);
        // the price at which what can run is at rest
        let revenue =
            network.running_hashprice * curve.supplied(network.running_hashprice)? / TERAHASHES_PER_PETAHASH;
        let price = revenue / (reward * rules.blocks_per_day()?);
        FALLS
            .iter()
            .zip(at_once)
            .map(|(fall, at_once)| {
                let mut prices = vec![price];
                prices.resize(SETTLED + 1, price * (1.0 - fall));
                let path = follow(curve, input.shut_off, &rules, chain.retarget(), reward, &prices)?;
                let (first, last) = (path.first(), path.last());
                let settled = match (first, last) {
                    (Some(first), Some(last)) => 1.0 - last.hash_rate / first.hash_rate,
                    _ => 0.0,
                };
                Ok(StopAnswer {
                    fall: *fall,
                    at_once,
                    settled,
                })
            })
            .collect()
    }
}
