//! Haircuts over a chain's recorded days, each from what was known at its time, and the losses that they met.

use super::{FloorRisk, HaircutRule, PowHaircut, Reversion, fit_reversion};
use crate::error::{ModelError, Result, at_least, count, positive, within_count};
use crate::pow::cost::{CostModel, FloorSetting, Network};
use crate::pow::{MiningDay, MiningHistory};
use crate::series::{LogReturn, Series, years_between};
use crate::volatility::realised;

/// How haircuts are made day by day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HaircutWalk {
    /// The rule; its reversion and usual distance are estimated anew each time from the days before.
    pub rule: HaircutRule,
    /// The floor that is feared.
    pub floor: FloorSetting,
    /// Returns from which volatility is measured; its standard error is added.
    pub returns: usize,
    /// Deviation of the floor's logarithm that halves the trust in it; what the logarithm of the recorded hash rate lies from
    /// what the model's machines could give counts like one.
    pub tolerance: f64,
}

/// A haircut as of the end of a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HaircutDay {
    /// Start of the day, Unix seconds.
    pub time: i64,
    /// Price of a coin, quote.
    pub price: f64,
    /// Cost of a coin to the marginal miner, quote.
    pub cost: f64,
    /// Volatility per √year, its standard error added.
    pub volatility: f64,
    /// Where the price stood against the floor.
    pub floor: FloorRisk,
    /// The pull that was found by then; none where a random walk could not be refused, or days were too few.
    pub reversion: Option<Reversion>,
    /// The haircut.
    pub made: PowHaircut,
    /// Largest loss on a close within the rule's horizon after it; `None` where the record ends before.
    pub loss: Option<f64>,
}

impl HaircutDay {
    /// Whether more was lost than the haircut held back.
    #[must_use]
    pub fn is_breached(&self) -> Option<bool> {
        self.loss.map(|loss| loss > self.made.haircut)
    }
}

impl HaircutWalk {
    /// Walks through the history in steps of the rule's horizon (in whole days, at least one), so that no two losses overlap;
    /// the last day is always among them.
    ///
    /// # Errors
    /// [`ModelError::TooFew`] where the record holds no day with enough returns before it; as [`CostModel::networks`],
    /// [`Network::floor`] and [`HaircutRule::haircut`].
    pub fn days(&self, model: &CostModel, history: &MiningHistory) -> Result<Vec<HaircutDay>> {
        within_count("returns of a volatility", self.returns, 2, 10_000)?;
        positive("tolerance of the floor's deviation", self.tolerance)?;
        let recorded = history.days();
        let horizon = whole_days(positive("liquidation horizon", self.rule.horizon)?)?;
        let skipped = model.days_before(history);
        let (mut made, mut distances, mut due) = (Vec::new(), Vec::new(), 0);
        for (index, network) in model.networks(history).enumerate() {
            let (network, at) = (network?, skipped + index);
            let distance = (network.day.price / network.day.marginal).ln();
            distances.push((network.day.time, distance));
            let is_last = at + 1 == recorded.len();
            if at < self.returns || (at < due && !is_last) {
                continue;
            }
            due = at + horizon;
            let before = &recorded[at - self.returns..=at];
            let loss = recorded
                .get(at + 1..=at + horizon)
                .map(|next| worst(network.day.price, next));
            made.push(self.day(&network, before, &distances, distance, loss)?);
        }
        at_least("days with enough returns before them", 1, made.len())?;
        Ok(made)
    }

    fn day(
        &self,
        network: &Network,
        before: &[MiningDay],
        distances: &[(i64, f64)],
        distance: f64,
        loss: Option<f64>,
    ) -> Result<HaircutDay> {
        let measured = realised(&returns(before))?;
        let volatility = measured.volatility + measured.standard_error;
        let floor = network.floor(self.floor)?;
        let (_, deviation) = floor.log_moments();
        // where the model's machines and the recorded hash rate contradict each other, nobody can trust its costs
        let doubt = deviation.hypot(network.day.utilisation.ln()) / self.tolerance;
        let risk = FloorRisk {
            log_distance: distance,
            capitulation: (1.0 - floor.probability_below(network.day.price)?).clamp(0.0, 1.0),
            confidence: 1.0 / (1.0 + doubt * doubt),
        };
        let reversion = pull(distances)?;
        let rule = HaircutRule {
            reversion: reversion.map_or(0.0, |found| found.speed),
            usual_distance: reversion.map_or(0.0, |found| found.mean),
            ..self.rule
        };
        Ok(HaircutDay {
            time: network.day.time,
            price: network.day.price,
            cost: network.day.marginal,
            volatility,
            floor: risk,
            reversion,
            made: rule.haircut(volatility, &risk)?,
            loss,
        })
    }
}

/// The pull toward the cost, where one is found.
fn pull(distances: &[(i64, f64)]) -> Result<Option<Reversion>> {
    match fit_reversion(&Series::new(distances.iter().copied())?) {
        Ok(found) => Ok(found.significant.then_some(found)),
        // too few days, or a price that has not moved, say nothing of a pull
        Err(ModelError::TooFew { .. } | ModelError::Unidentified { .. } | ModelError::NotPositive { .. }) => {
            Ok(None)
        }
        Err(reason) => Err(reason),
    }
}

fn returns(days: &[MiningDay]) -> Vec<LogReturn> {
    days.windows(2)
        .map(|pair| LogReturn {
            time: pair[1].time,
            years: years_between(pair[0].time, pair[1].time),
            value: (pair[1].price / pair[0].price).ln(),
        })
        .collect()
}

fn worst(price: f64, next: &[MiningDay]) -> f64 {
    let least = next.iter().map(|day| day.price).fold(price, f64::min);
    1.0 - least / price
}

/// A horizon in days, rounded up.
fn whole_days(years: f64) -> Result<usize> {
    const MOST: usize = 3_650;
    (1..=MOST)
        .find(|days| count(*days) >= years * 365.0 - 1e-9)
        .ok_or(ModelError::OutOfRange {
            what: "liquidation horizon",
            value: years,
            min: 0.0,
            max: count(MOST) / 365.0,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pow::cost::{
        Adjustment, EnergyPrices, FleetDynamics, FloorMiner, FloorUncertainty, MachineType, SHA256, Terms,
    };
    use crate::testing::{Rng, assert_close};

    const DAY: i64 = 86_400;

    fn model() -> CostModel {
        CostModel::new(
            SHA256.iter().map(MachineType::from).collect(),
            EnergyPrices::lognormal(0.02, 0.047, 0.5).unwrap(),
            Terms::DEFAULT,
            FleetDynamics::DEFAULT,
        )
        .unwrap()
    }

    fn walk(horizon_days: f64) -> HaircutWalk {
        HaircutWalk {
            rule: HaircutRule {
                base: 0.0,
                cap: 0.9,
                level: 0.99,
                horizon: horizon_days / 365.0,
                reversion: 0.0,
                usual_distance: 0.0,
                capitulation_loss: 0.1,
            },
            floor: FloorSetting {
                miner: FloorMiner::Marginal,
                adjustment: Adjustment::Uncertain,
                uncertainty: FloorUncertainty {
                    energy: 0.25,
                    efficiency: 0.15,
                    coins: 0.05,
                },
            },
            returns: 60,
            tolerance: 0.5,
        }
    }

    /// A price that walks at 60 % a year around 9,000 in 2018.
    fn history(days: i64) -> MiningHistory {
        let mut rng = Rng::new(3);
        let mut price = 9_000.0;
        let day = |i: i64| {
            price *= (0.6 / 365.0_f64.sqrt() * rng.normal()).exp();
            MiningDay {
                time: 1_514_764_800 + i * DAY,
                price,
                blocks: 144.0,
                issuance: 1800.0,
                fees: 20.0,
                hash_rate: 1.5e7,
            }
        };
        MiningHistory::new((0..days).map(day).collect()).unwrap()
    }

    #[test]
    fn losses_are_the_worst_close_of_windows_that_do_not_overlap() {
        let history = history(400);
        let made = walk(5.0).days(&model(), &history).unwrap();
        let recorded = history.days();
        for (place, day) in made.iter().enumerate() {
            let at = recorded.iter().position(|other| other.time == day.time).unwrap();
            assert!(at >= 60 && (at == 399 || at == 60 + 5 * place));
            let expected = recorded.get(at + 1..at + 6).map(|next| {
                let least = next.iter().map(|d| d.price).fold(f64::INFINITY, f64::min);
                (1.0 - least / day.price).max(0.0)
            });
            assert_eq!(day.loss.is_some(), expected.is_some());
            if let (Some(loss), Some(expected)) = (day.loss, expected) {
                assert_close(loss, expected, 1e-15);
            }
        }
        assert_eq!(made.last().unwrap().loss, None);
    }

    #[test]
    fn a_floor_whose_machines_contradict_the_record_is_trusted_less_and_cuts_no_less() {
        let calm = history(200);
        let mut days = calm.days().to_vec();
        for day in &mut days[120..] {
            // nothing but the hash rate changes: blocks pay as much more per hash as there is less of it
            day.hash_rate *= 0.3;
        }
        let last = |history: &MiningHistory| *walk(5.0).days(&model(), history).unwrap().last().unwrap();
        let (calm, left) = (last(&calm), last(&MiningHistory::new(days).unwrap()));
        assert!(
            left.floor.confidence < 0.5 * calm.floor.confidence,
            "{left:?} {calm:?}"
        );
        assert!(left.made.capitulation > calm.made.capitulation && left.made.haircut > calm.made.haircut);
    }

    #[test]
    fn what_comes_later_changes_nothing_before() {
        let (all, early) = (
            history(400),
            MiningHistory::new(history(400).days()[..300].to_vec()).unwrap(),
        );
        let (all, early) = (
            walk(5.0).days(&model(), &all).unwrap(),
            walk(5.0).days(&model(), &early).unwrap(),
        );
        for (a, b) in all.iter().zip(&early).take(early.len() - 1) {
            assert_eq!((a.time, a.made, a.floor), (b.time, b.made, b.floor));
        }
    }

    #[test]
    fn a_record_without_enough_returns_and_a_horizon_of_decades_are_refused() {
        assert!(walk(1.0).days(&model(), &history(60)).is_err());
        assert!(walk(1.0).days(&model(), &history(61)).is_ok());
        assert!(walk(4000.0).days(&model(), &history(100)).is_err());
        assert!(
            HaircutWalk {
                returns: 1,
                ..walk(1.0)
            }
            .days(&model(), &history(100))
            .is_err()
        );
        assert!(
            HaircutWalk {
                tolerance: 0.0,
                ..walk(1.0)
            }
            .days(&model(), &history(100))
            .is_err()
        );
    }
}
