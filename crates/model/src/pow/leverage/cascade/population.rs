//! Who is in the market.

use crate::error::{Result, fraction, positive, representable, within, within_count};
use crate::normal;
use crate::pow::leverage::CoinLoan;
use crate::pow::{Machine, TERAHASHES_PER_PETAHASH};

/// Most miners of a population.
const MOST_MINERS: usize = 100_000;
/// Largest amount of cash, coins or bills that is admitted.
const LARGEST: f64 = 1e18;

/// One miner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CascadeMiner {
    /// Hash rate, TH/s.
    pub hash_rate: f64,
    /// Efficiency, J/TH.
    pub efficiency: f64,
    /// Price of energy, overhead included, quote per kWh.
    pub energy_price: f64,
    /// Other cost of operation, quote per day, due whether machines run or not.
    pub operation: f64,
    /// Cash, quote.
    pub cash: f64,
    /// Coins that are not pledged.
    pub coins: f64,
    /// The loan against coins; of no debt where there is none.
    pub loan: CoinLoan,
}

/// A population by its distributions: logarithms of efficiency, energy price and size are normal, loan-to-values uniform.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PopulationMix {
    /// Miners.
    pub miners: usize,
    /// Their installed hash rate, TH/s.
    pub hash_rate: f64,
    /// Standard deviation of the logarithm of a miner's size.
    pub size_dispersion: f64,
    /// Median efficiency, J/TH.
    pub efficiency: f64,
    /// Standard deviation of its logarithm.
    pub efficiency_dispersion: f64,
    /// Median price of energy, quote per kWh.
    pub energy_price: f64,
    /// Standard deviation of its logarithm.
    pub energy_dispersion: f64,
    /// Other cost of operation as a share of the energy bill of a full day.
    pub operation: f64,
    /// Cash, in days of all bills.
    pub cash_days: f64,
    /// Free coins, in days of the miner's share of all blocks.
    pub coin_days: f64,
    /// Pledged coins of those who borrow, in the same days.
    pub pledged_days: f64,
    /// Coins that the whole network mines in a day.
    pub coins_per_day: f64,
    /// Share of the miners that borrow against coins.
    pub borrowers: f64,
    /// Lowest loan-to-value at the start.
    pub least_ltv: f64,
    /// Highest loan-to-value at the start.
    pub most_ltv: f64,
    /// Loan-to-value of a margin call.
    pub call_ltv: f64,
    /// Loan-to-value of liquidation.
    pub liquidation_ltv: f64,
    /// Interest per year.
    pub interest: f64,
}

impl CascadeMiner {
    pub(super) fn check(&self) -> Result<()> {
        within(
            "hash rate of a miner",
            positive("hash rate of a miner", self.hash_rate)?,
            0.0,
            LARGEST,
        )?;
        within(
            "efficiency",
            positive("efficiency", self.efficiency)?,
            0.0,
            LARGEST,
        )?;
        within("energy price", self.energy_price, 0.0, 1e6)?;
        within("cost of operation", self.operation, 0.0, LARGEST)?;
        within("cash", self.cash, 0.0, LARGEST)?;
        within("coins", self.coins, 0.0, LARGEST)?;
        within("debt", self.loan.debt, 0.0, LARGEST)?;
        within("collateral", self.loan.collateral, 0.0, LARGEST)?;
        self.loan.checked()?;
        representable("energy bill", self.energy_per_day())?;
        Ok(())
    }

    pub(super) fn petahashes(&self) -> f64 {
        self.hash_rate / TERAHASHES_PER_PETAHASH
    }

    /// All machines as one.
    pub(super) fn machine(&self) -> Machine {
        Machine {
            hash_rate: self.hash_rate,
            power: self.hash_rate * self.efficiency,
        }
    }

    /// Energy of a full day, quote.
    pub(super) fn energy_per_day(&self) -> f64 {
        self.machine().energy_per_day() * self.energy_price
    }

    /// Energy, quote per PH/s and day: the hashprice below which machines are switched off.
    pub(super) fn cash_cost(&self) -> f64 {
        self.machine().energy_per_petahash_day() * self.energy_price
    }
}

/// Coordinate `dimension` of the `index`-th point of the additive recurrence of irrational steps φ^−(d+1), φ the root of
/// x⁶ = x + 1 (Roberts 2018, "The unreasonable effectiveness of quasirandom sequences"), so that every mix of properties
/// occurs as often as it should.
fn spread(index: usize, dimension: i32) -> f64 {
    const PHI: f64 = 1.134_724_138_401_519_4;
    let step = libm::pow(PHI, -f64::from(dimension + 1));
    (crate::error::count(index + 1) * step + 0.5).fract()
}

impl PopulationMix {
    /// The miners at a price: the same for the same mix.
    ///
    /// # Errors
    /// [`crate::ModelError`] naming the first figure outside its domain.
    pub fn population(&self, price: f64) -> Result<Vec<CascadeMiner>> {
        self.check()?;
        positive("price of a coin", price)?;
        let normal = |index, dimension| -> Result<f64> {
            let share: f64 = spread(index, dimension);
            normal::quantile(share.clamp(1e-9, 1.0 - 1e-9))
        };
        let mut sizes = Vec::with_capacity(self.miners);
        for index in 0..self.miners {
            sizes.push((self.size_dispersion * normal(index, 0)?).exp());
        }
        let total: f64 = sizes.iter().sum();
        let mut miners = Vec::with_capacity(self.miners);
        for (index, size) in sizes.iter().enumerate() {
            let share = size / total;
            let mut miner = CascadeMiner {
                hash_rate: self.hash_rate * share,
                efficiency: self.efficiency * (self.efficiency_dispersion * normal(index, 1)?).exp(),
                energy_price: self.energy_price * (self.energy_dispersion * normal(index, 2)?).exp(),
                operation: 0.0,
                cash: 0.0,
                coins: self.coins_per_day * share * self.coin_days,
                loan: CoinLoan {
                    debt: 0.0,
                    collateral: 0.0,
                    call_ltv: self.call_ltv,
                    liquidation_ltv: self.liquidation_ltv,
                    interest: self.interest,
                },
            };
            miner.operation = miner.energy_per_day() * self.operation;
            miner.cash = (miner.energy_per_day() + miner.operation) * self.cash_days;
            if spread(index, 3) < self.borrowers {
                let ltv = (self.most_ltv - self.least_ltv).mul_add(spread(index, 4), self.least_ltv);
                miner.loan.collateral = self.coins_per_day * share * self.pledged_days;
                miner.loan.debt = miner.loan.collateral * price * ltv;
            }
            miner.check()?;
            miners.push(miner);
        }
        Ok(miners)
    }

    fn check(&self) -> Result<()> {
        within_count("miners", self.miners, 1, MOST_MINERS)?;
        positive("hash rate of all miners", self.hash_rate)?;
        within("dispersion of sizes", self.size_dispersion, 0.0, 5.0)?;
        positive("median efficiency", self.efficiency)?;
        within("dispersion of efficiency", self.efficiency_dispersion, 0.0, 5.0)?;
        within("median energy price", self.energy_price, 0.0, 1e3)?;
        within("dispersion of energy prices", self.energy_dispersion, 0.0, 5.0)?;
        within("operation as a share of energy", self.operation, 0.0, 1e3)?;
        within("days of cash", self.cash_days, 0.0, 1e5)?;
        within("days of coins", self.coin_days, 0.0, 1e5)?;
        within("days of pledged coins", self.pledged_days, 0.0, 1e5)?;
        positive("coins mined in a day", self.coins_per_day)?;
        fraction("share of borrowers", self.borrowers)?;
        fraction("highest loan-to-value", self.most_ltv)?;
        within("lowest loan-to-value", self.least_ltv, 0.0, self.most_ltv)?;
        Ok(())
    }
}
