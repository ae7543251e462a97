//! Component **s** of a proof-of-work chain: what capital earns in a new machine, net of what the machine loses.
//!
//! Staking pays for locked coins; mining pays for capital sunk into machines and for the energy that they take. What both
//! have in common is the return of one who enters now: the miner's operating return, (operating cash flow − depreciation)
//! ÷ outlay per year. It is earned in quote, since coins are sold as they are mined, so that it needs no carry.

use super::economics::Load;
use super::{DAYS_PER_YEAR, Fleet, MiningMarket, Site, Unit};
use crate::error::{Result, fraction, non_negative, positive, representable, within};
use crate::staking::Reading;

/// One who buys machines now and what he expects.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entrant {
    /// The machine that is sold now; its count does not matter.
    pub unit: Unit,
    /// Where it runs; the cost of operation is that of one machine.
    pub site: Site,
    /// Expected decline of the log hashprice per year: growth of the hash rate, less growth of the price of a coin, plus
    /// what halvings take. Negative where hashprice rises.
    pub decline: f64,
    /// Standard error of that expectation.
    pub decline_error: f64,
    /// Years over which the return is averaged; the machine's life where that is shorter.
    pub horizon: f64,
}

/// What the entrant earns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OperatingReturn {
    /// (Operating cash flow − depreciation) ÷ outlay, per year. Negative where mining does not pay.
    pub rate: f64,
    /// Its standard error, that of the expected decline carried through.
    pub standard_error: f64,
    /// Share of the horizon over which the machine runs.
    pub running: f64,
}

impl OperatingReturn {
    /// As an opportunity that competes for capital: at least zero, since nobody has to enter.
    #[must_use]
    pub fn opportunity(&self) -> f64 {
        self.rate.max(0.0)
    }

    /// As a reading for [`crate::staking::aggregate()`]. A standard error of `tolerance` halves the confidence in the
    /// observed figures, which is `confidence`.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`] for the tolerance, [`crate::ModelError::OutOfRange`] for a negative age or a
    /// confidence outside [0, 1], [`crate::ModelError::NotFinite`].
    pub fn reading(&self, age_seconds: f64, confidence: f64, tolerance: f64) -> Result<Reading> {
        let ratio = self.standard_error / positive("tolerance", tolerance)?;
        Ok(Reading {
            value: self.opportunity(),
            age_seconds: non_negative("age of a reading", age_seconds)?,
            confidence: fraction("confidence of a reading", confidence)? / (1.0 + ratio * ratio),
        })
    }
}

impl Entrant {
    /// The entrant, if every figure lies in its domain.
    ///
    /// # Errors
    /// [`crate::ModelError`] naming the first that does not.
    pub fn checked(self) -> Result<Self> {
        self.site.checked()?;
        Fleet::new(vec![self.unit])?;
        positive("price of a machine", self.unit.price)?;
        positive("horizon", self.horizon)?;
        within("decline of hashprice", self.decline, -20.0, 20.0)?;
        within("error of the decline", self.decline_error, 0.0, 20.0)?;
        Ok(self)
    }

    /// The operating return. The log hashprice falls in a straight line; the machine stops for good, or starts, where
    /// revenue after the pool's fee meets the cost of energy, so that cash flow is ∫ max(0, (1 − f)·H₀·e^(−δt) − e) dt in
    /// closed form.
    ///
    /// # Errors
    /// [`crate::ModelError`] naming the first figure outside its domain.
    pub fn operating_return(&self, market: &MiningMarket) -> Result<OperatingReturn> {
        self.checked()?;
        positive("hashprice", market.hashprice())?;
        let (rate, running) = self.rate(market, self.decline)?;
        let (low, _) = self.rate(market, self.decline - self.decline_error)?;
        let (high, _) = self.rate(market, self.decline + self.decline_error)?;
        Ok(OperatingReturn {
            rate,
            standard_error: representable("error of the operating return", (low - high).abs() / 2.0)?,
            running,
        })
    }

    /// The value of the machines behind a network's hash rate (TH/s), were they bought today: the weight of the chain
    /// among chains whose weight is the value staked.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`], [`crate::ModelError::NotFinite`], [`crate::ModelError::Overflow`].
    pub fn network_capital(&self, hash_rate: f64) -> Result<f64> {
        let machines = positive("hash rate", hash_rate)?
            / positive("hash rate of a machine", self.unit.machine.hash_rate)?;
        positive(
            "capital in machines",
            representable("capital in machines", machines * self.unit.price)?,
        )
    }

    fn rate(&self, market: &MiningMarket, decline: f64) -> Result<(f64, f64)> {
        let unit = Unit {
            count: 1.0,
            ..self.unit
        };
        let load = Load::new(&unit, &Fleet::new(vec![unit])?, &self.site);
        let years = self.horizon.min(unit.life);
        let income = load.income(&self.site, market.hashprice());
        let paid = Paid::over(income, load.energy * self.site.energy_price, decline, years);
        let cash = DAYS_PER_YEAR * (paid.mean - load.operation);
        let depreciation = (unit.price - unit.salvage) / unit.life;
        let rate = representable("operating return", (cash - depreciation) / unit.price)?;
        Ok((rate, paid.running))
    }
}

/// What a machine pays over its energy, on average per day of the horizon, and the share of the horizon over which it runs.
struct Paid {
    mean: f64,
    running: f64,
}

impl Paid {
    fn over(income: f64, energy: f64, decline: f64, years: f64) -> Self {
        let ends_with = income * (-decline * years).exp();
        let crossing = || ((income / energy).ln() / decline).clamp(0.0, years);
        let (from, to) = match (income >= energy, ends_with >= energy) {
            (true, true) => (0.0, years),
            (true, false) => (0.0, crossing()),
            (false, true) => (crossing(), years),
            (false, false) => (0.0, 0.0),
        };
        let span = to - from;
        let exponent = decline * span;
        // (1 − e^(−x))/x, which is 1 at x = 0
        let mean_decay = if exponent == 0.0 {
            1.0
        } else {
            -(-exponent).exp_m1() / exponent
        };
        let earned = income * (-decline * from).exp() * mean_decay * span;
        Self {
            mean: ((earned - energy * span) / years).max(0.0),
            running: span / years,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pow::economics::{Books, operate};
    use crate::pow::{BlockReward, Machine, PowChain};
    use crate::testing::assert_close;
    use proptest::prelude::*;

    fn entrant(energy_price: f64, decline: f64) -> Entrant {
        Entrant {
            unit: Unit {
                machine: Machine {
                    hash_rate: 100.0,
                    power: 3000.0,
                },
                count: 1.0,
                price: 3000.0,
                life: 4.0,
                salvage: 200.0,
            },
            site: Site {
                energy_price,
                overhead: 1.05,
                uptime: 0.97,
                pool_fee: 0.01,
                operation: 0.2,
            },
            decline,
            decline_error: 0.1,
            horizon: 4.0,
        }
    }

    fn market(hashprice: f64) -> MiningMarket {
        MiningMarket {
            price: hashprice,
            coins: 1.0,
        }
    }

    #[test]
    fn at_a_constant_hashprice_the_return_is_plain_arithmetic() {
        let result = entrant(0.05, 0.0).operating_return(&market(100.0)).unwrap();
        let per_day = 0.97 * (0.1 * 100.0 * 0.99 - 72.0 * 1.05 * 0.05) - 0.2;
        assert_close(result.rate, (365.0 * per_day - 700.0) / 3000.0, 1e-12);
        assert_close(result.running, 1.0, 0.0);
        assert!(result.standard_error > 0.0);
    }

    #[test]
    fn where_mining_does_not_pay_there_is_no_opportunity_but_the_loss_is_said() {
        let result = entrant(0.2, 0.3).operating_return(&market(20.0)).unwrap();
        assert_close(result.rate, (-0.2 * 365.0 - 700.0) / 3000.0, 1e-12);
        assert_close(result.opportunity(), 0.0, 0.0);
        assert_close(result.running, 0.0, 0.0);
    }

    #[test]
    fn an_uncertain_return_is_trusted_less() {
        let result = OperatingReturn {
            rate: 0.3,
            standard_error: 0.1,
            running: 1.0,
        };
        assert_close(result.reading(60.0, 0.8, 0.1).unwrap().confidence, 0.4, 1e-15);
        assert!(result.reading(-1.0, 0.8, 0.1).is_err());
        assert!(result.reading(1.0, 1.1, 0.1).is_err());
        assert!(result.reading(1.0, 1.0, 0.0).is_err());
    }

    #[test]
    fn the_capital_of_a_network_is_the_price_of_its_hash_rate() {
        let capital = entrant(0.05, 0.0).network_capital(2e8).unwrap();
        assert_close(capital, 6e9, 1e-3);
        assert!(entrant(0.05, 0.0).network_capital(f64::NAN).is_err());
    }

    #[test]
    fn figures_outside_their_domain_are_refused() {
        let good = entrant(0.05, 0.3);
        let reward = BlockReward {
            subsidy: 6.25,
            fees: 0.1,
        };
        let at = MiningMarket::at_difficulty(&PowChain::BITCOIN, 2e13, reward, 40_000.0).unwrap();
        assert!(good.operating_return(&at).is_ok());
        for bad in [f64::NAN, f64::INFINITY, -1e9, 1e9] {
            assert!(Entrant { decline: bad, ..good }.operating_return(&at).is_err());
            assert!(
                Entrant {
                    decline_error: bad,
                    ..good
                }
                .operating_return(&at)
                .is_err()
            );
        }
        for bad in [f64::NAN, 0.0, -1.0] {
            assert!(Entrant { horizon: bad, ..good }.operating_return(&at).is_err());
            let unit = Unit {
                price: bad,
                salvage: 0.0,
                ..good.unit
            };
            assert!(Entrant { unit, ..good }.operating_return(&at).is_err());
            assert!(good.operating_return(&market(bad)).is_err());
        }
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn the_closed_form_is_the_integral(
            hashprice in 20.0_f64..400.0, energy in -0.02_f64..0.2, decline in -1.0_f64..3.0, horizon in 0.1_f64..6.0,
        ) {
            let entrant = Entrant { horizon, ..entrant(energy, decline) };
            let result = entrant.operating_return(&market(hashprice)).unwrap();
            let (years, steps) = (horizon.min(4.0), 20_000_u32);
            let mean: f64 = (0..steps)
                .map(|k| {
                    let t = years * (f64::from(k) + 0.5) / f64::from(steps);
                    (0.99 * hashprice * (-decline * t).exp() - 72.0 * 10.0 * 1.05 * energy).max(0.0)
                })
                .sum::<f64>() / f64::from(steps);
            let rate = (365.0 * (0.97 * 0.1 * mean - 0.2) - 700.0) / 3000.0;
            prop_assert!((result.rate - rate).abs() < 1e-4 * (1.0 + rate.abs()), "{} {}", result.rate, rate);
            prop_assert!((0.0..=1.0).contains(&result.running));
        }

        #[test]
        fn at_a_constant_hashprice_it_is_the_return_of_the_days_account(
            hashprice in 20.0_f64..400.0, energy in -0.02_f64..0.2, count in 1.0_f64..500.0,
        ) {
            let mut entrant = entrant(energy, 0.0);
            entrant.unit.count = count;
            let alone = Fleet::new(vec![Unit { count: 1.0, ..entrant.unit }]).unwrap();
            let books = Books::at_purchase(&alone);
            let account = operate(&alone, &entrant.site, &market(hashprice), &books).unwrap().total;
            let rate = entrant.operating_return(&market(hashprice)).unwrap().rate;
            prop_assert!((rate - account.return_on_capital().unwrap()).abs() < 1e-10);
        }

        #[test]
        fn dearer_energy_and_a_faster_decline_never_raise_the_return(
            hashprice in 20.0_f64..400.0, energy in 0.0_f64..0.2, decline in -1.0_f64..3.0, more in 0.0_f64..1.0,
        ) {
            let rate = |energy, decline, hashprice| {
                entrant(energy, decline).operating_return(&market(hashprice)).unwrap().rate
            };
            let base = rate(energy, decline, hashprice);
            prop_assert!(rate(energy + more, decline, hashprice) <= base + 1e-12);
            prop_assert!(rate(energy, decline + more, hashprice) <= base + 1e-12);
            prop_assert!(rate(energy, decline, hashprice * (1.0 + more)) >= base - 1e-12);
        }
    }
}
