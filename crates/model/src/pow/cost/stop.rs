//! The floor of a network on a day: the price at which a miner of a given rank stops.

use super::{FloorDistribution, FloorUncertainty, MARGINAL, Network};
use crate::error::{Result, positive};

/// Whose stop is the floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FloorMiner {
    /// The miner whom [`MARGINAL`] of the running hash rate undercuts.
    Marginal,
    /// The miner who pays, without hardware, what the running hash rate pays on average.
    Average,
    /// The last to leave but for the best quarter of the running hash rate.
    BestQuartile,
}

/// How far difficulty has followed by the time the price is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adjustment {
    /// Not at all: the floor at today's difficulty.
    Static,
    /// Wholly: those who left have made the coins cheaper for those who stay.
    Dynamic,
    /// Unknown: every degree between the two is equally likely.
    Uncertain,
}

/// A floor that is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FloorSetting {
    /// Whose.
    pub miner: FloorMiner,
    /// At which difficulty.
    pub adjustment: Adjustment,
    /// What is not known of costs and coins.
    pub uncertainty: FloorUncertainty,
}

/// Degrees of adjustment that stand for all between none and whole.
const DEGREES: u8 = 8;

impl FloorMiner {
    /// Every rank, the first to stop first.
    pub const ALL: [Self; 3] = [Self::Marginal, Self::Average, Self::BestQuartile];
}

impl Network {
    /// The share of the running hash rate that still runs where this miner stops, and the hashprice of that.
    ///
    /// # Errors
    /// As [`super::SupplyCurve::hashprice`].
    pub fn stop(&self, miner: FloorMiner) -> Result<(f64, f64)> {
        let running = self.curve.running(self.running_hashprice)?;
        let left = match miner {
            FloorMiner::Marginal => MARGINAL,
            FloorMiner::BestQuartile => 0.25,
            FloorMiner::Average => {
                // the fee is part of the cost, and falls with hashprice
                let terms = self.curve.terms();
                let fee = self.running_hashprice * terms.pool_fee;
                let cash =
                    running.cost.cash() * crate::pow::TERAHASHES_PER_PETAHASH / running.hash_rate - fee;
                let hashprice = cash / (1.0 - terms.pool_fee);
                return Ok((self.curve.supplied(hashprice)? / running.hash_rate, hashprice));
            }
        };
        Ok((left, self.curve.hashprice(left * running.hash_rate)?))
    }

    /// The price of a coin at which a miner stops, as a distribution.
    ///
    /// At today's difficulty the price is hashprice ÷ coins per PH/s and day. Once difficulty has followed, the share that
    /// is left earns the coins of all, so that the price may fall by that share further: price·left^degree.
    ///
    /// # Errors
    /// As [`Self::stop`], [`FloorDistribution::new`] and [`FloorUncertainty::deviation`].
    pub fn floor(&self, setting: FloorSetting) -> Result<FloorDistribution> {
        let (left, hashprice) = self.stop(setting.miner)?;
        let left = positive("hash rate left at the floor", left)?.min(1.0);
        let price = hashprice / self.day.coins;
        let at = |degree: f64| price * left.powf(degree);
        let medians: Vec<f64> = match setting.adjustment {
            Adjustment::Static => vec![at(0.0)],
            Adjustment::Dynamic => vec![at(1.0)],
            Adjustment::Uncertain => (0..DEGREES)
                .map(|i| at((f64::from(i) + 0.5) / f64::from(DEGREES)))
                .collect(),
        };
        FloorDistribution::new(&medians, setting.uncertainty.deviation()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pow::cost::{CostModel, EnergyPrices, FleetDynamics, MachineType, SHA256, Terms};
    use crate::pow::{MiningDay, MiningHistory};
    use crate::testing::assert_close;
    use proptest::prelude::*;

    const UNCERTAINTY: FloorUncertainty = FloorUncertainty {
        energy: 0.2,
        efficiency: 0.1,
        coins: 0.05,
    };

    fn network(hashprice: f64) -> Network {
        let model = CostModel::new(
            SHA256.iter().map(MachineType::from).collect(),
            EnergyPrices::lognormal(0.02, 0.047, 0.5).unwrap(),
            Terms::DEFAULT,
            FleetDynamics::DEFAULT,
        )
        .unwrap();
        let day = |i: i64| {
            let hash_rate = 1e6 * (0.004 * i as f64).exp();
            MiningDay {
                time: 1_451_606_400 + i * 86_400,
                price: hashprice * hash_rate / 1e3 / 1800.0,
                blocks: 144.0,
                issuance: 1800.0,
                fees: 0.0,
                hash_rate,
            }
        };
        let history = MiningHistory::new((0..800).map(day).collect()).unwrap();
        model.network(&history, i64::MAX).unwrap()
    }

    fn median(network: &Network, miner: FloorMiner, adjustment: Adjustment) -> f64 {
        let setting = FloorSetting {
            miner,
            adjustment,
            uncertainty: UNCERTAINTY,
        };
        network.floor(setting).unwrap().quantile(0.5).unwrap()
    }

    #[test]
    fn at_the_static_floor_the_stated_share_runs_and_at_the_dynamic_one_it_lives_on_the_revenue() {
        let network = network(300.0);
        let running = network.curve.supplied(300.0).unwrap();
        let fixed = median(&network, FloorMiner::BestQuartile, Adjustment::Static);
        let left = network.curve.supplied(fixed * network.day.coins).unwrap();
        assert_close(left / running, 0.25, 1e-9);
        // price × coins of a day, shared at rest
        let moved = median(&network, FloorMiner::BestQuartile, Adjustment::Dynamic);
        let coins = network.day.coins * running / 1e3;
        let rest = network.curve.equilibrium(moved * coins).unwrap();
        assert_close(network.curve.supplied(rest).unwrap() / running, 0.25, 1e-9);
    }

    #[test]
    fn the_average_miner_stops_at_the_average_cost() {
        let network = network(300.0);
        let price = median(&network, FloorMiner::Average, Adjustment::Static);
        let fee = network.day.hashprice / network.day.coins * 0.01;
        assert_close(price / ((network.day.cost.cash() - fee) / 0.99), 1.0, 1e-9);
    }

    proptest! {
        #![proptest_config(proptest::test_runner::Config { cases: 24, ..crate::testing::reproducible() })]

        #[test]
        fn the_best_stop_last_and_difficulty_gives_room(hashprice in 60.0_f64..2e3) {
            let network = network(hashprice);
            let at = |miner, adjustment| median(&network, miner, adjustment);
            prop_assert!(at(FloorMiner::BestQuartile, Adjustment::Static) < at(FloorMiner::Marginal, Adjustment::Static));
            for miner in FloorMiner::ALL {
                let (fixed, moved) = (at(miner, Adjustment::Static), at(miner, Adjustment::Dynamic));
                let between = at(miner, Adjustment::Uncertain);
                prop_assert!(moved <= between && between <= fixed);
            }
        }
    }
}
