//! A machine as an investment: economic life, net present value, internal rate of return, payback and impairment, with a
//! hashprice that declines as newer machines make the network more efficient.

use super::account::hashprice_of;
use super::{Load, annuity, hurdle_rate};
use crate::error::{Result, finite, non_negative, positive, representable, within};
use crate::pow::{DAYS_PER_YEAR, Fleet, MiningMarket, Site};
use crate::roots::itp;

/// One machine from now on. Money flows continuously: an income that changes at an exponential rate, less a constant cost,
/// until the margin is gone or the life is over; then its salvage value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prospect {
    /// What it costs now, quote: its price, or what it could be sold for.
    pub price: f64,
    /// What it earns after the pool's share, quote per year, now.
    pub income: f64,
    /// Its energy and its share of the operation, quote per year; operation ends with the machine's service.
    pub cost: f64,
    /// Continuous rate per year at which the income declines; negative where it grows.
    pub decline: f64,
    /// Years it can serve.
    pub life: f64,
    /// What it is worth when it is retired, quote.
    pub salvage: f64,
}

/// Book value against what a machine will still bring (IAS 36: the higher of value in use and disposal value).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Impairment {
    /// Present value at the hurdle rate of what it will still bring.
    pub value_in_use: f64,
    /// The higher of that and the salvage value.
    pub recoverable: f64,
    /// Book value beyond what is recoverable, at least nothing.
    pub loss: f64,
}

/// Continuous decline of hashprice when the machines that enter need a share `improvement` less energy per hash every
/// year: free entry holds the margin of the newest machines, so that hashprice follows their J/TH at a constant energy price
/// (Prat & Walter 2021, "An Equilibrium Model of the Market for Bitcoin Mining", JPE 129(8)).
///
/// # Errors
/// [`crate::ModelError::OutOfRange`] outside [0, 0.99], [`crate::ModelError::NotFinite`].
pub fn decline_of_hashprice(improvement: f64) -> Result<f64> {
    Ok(-(-within("improvement of efficiency per year", improvement, 0.0, 0.99)?).ln_1p())
}

/// One new machine of each type on a site.
///
/// # Errors
/// As [`Site::checked`] and [`Prospect::checked`]; [`crate::ModelError::NotPositive`], [`crate::ModelError::NotFinite`] for
/// the market.
pub fn prospects(fleet: &Fleet, site: &Site, market: &MiningMarket, decline: f64) -> Result<Vec<Prospect>> {
    let site = site.checked()?;
    let hashprice = hashprice_of(market)?;
    fleet
        .units()
        .iter()
        .map(|unit| {
            let load = Load::new(unit, fleet, &site);
            let a_year = DAYS_PER_YEAR / unit.count;
            Prospect {
                price: unit.price,
                income: load.petahashes * hashprice * (1.0 - site.pool_fee) * a_year,
                cost: (load.energy * site.energy_price + load.operation) * a_year,
                decline,
                life: unit.life,
                salvage: unit.salvage,
            }
            .checked()
        })
        .collect()
}

impl Prospect {
    /// The prospect, if every figure lies in its domain.
    ///
    /// # Errors
    /// [`crate::ModelError`] naming the first that does not.
    pub fn checked(self) -> Result<Self> {
        non_negative("price of a machine", self.price)?;
        non_negative("income of a machine", self.income)?;
        finite("cost of a machine", self.cost)?;
        within("decline of hashprice", self.decline, -5.0, 5.0)?;
        within(
            "life of a machine",
            positive("life of a machine", self.life)?,
            0.0,
            100.0,
        )?;
        non_negative("salvage value of a machine", self.salvage)?;
        Ok(self)
    }

    /// The same machine after `years`, its income having declined.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`] where its life is over by then, [`crate::ModelError::OutOfRange`],
    /// [`crate::ModelError::NotFinite`].
    pub fn after(self, years: f64) -> Result<Self> {
        let years = non_negative("years", years)?;
        Self {
            income: self.income * (-self.decline * years).exp(),
            life: self.life - years,
            ..self
        }
        .checked()
    }

    /// The same machine with another life left, earning what it does now: one that was bought earlier.
    ///
    /// # Errors
    /// As [`Self::checked`].
    pub fn aged(self, age: f64) -> Result<Self> {
        Self {
            life: self.life - non_negative("age of a machine", age)?,
            ..self
        }
        .checked()
    }

    /// Years until the margin is gone, ln(income ÷ cost) ÷ decline: nothing where it is gone already, none where it never
    /// will be.
    ///
    /// # Errors
    /// As [`Self::checked`].
    pub fn economic_life(&self) -> Result<Option<f64>> {
        self.checked()?;
        Ok(if self.income < self.cost {
            Some(0.0)
        } else if self.decline > 0.0 && self.cost > 0.0 {
            Some((self.income / self.cost).ln() / self.decline).filter(|years| years.is_finite())
        } else {
            None
        })
    }

    /// Years it serves: to the end of its economic or of its physical life.
    ///
    /// # Errors
    /// As [`Self::checked`].
    pub fn service(&self) -> Result<f64> {
        Ok(self
            .economic_life()?
            .map_or(self.life, |years| years.min(self.life)))
    }

    /// Present value at the hurdle rate (per year, effective) of its margins and of its salvage value.
    ///
    /// # Errors
    /// As [`Self::checked`]; [`crate::ModelError::OutOfRange`] for the hurdle rate, [`crate::ModelError::Overflow`].
    pub fn value(&self, hurdle: f64) -> Result<f64> {
        let rate = hurdle_rate(hurdle)?.ln_1p();
        representable("present value of a machine", self.worth(rate, self.service()?))
    }

    /// Net present value: its value less its price.
    ///
    /// # Errors
    /// As [`Self::value`].
    pub fn net_present_value(&self, hurdle: f64) -> Result<f64> {
        Ok(self.value(hurdle)? - self.price)
    }

    /// Internal rate of return per year, effective, at which the net present value is nothing. None where a machine costs
    /// nothing or brings nothing later. No flow after the purchase is negative, so there is at most one.
    ///
    /// # Errors
    /// As [`Self::checked`]; [`crate::ModelError::NotConverged`].
    pub fn internal_rate_of_return(&self) -> Result<Option<f64>> {
        /// Beyond these continuous rates, no rate of return means anything.
        const FARTHEST: f64 = 500.0;
        let service = self.service()?;
        if self.price == 0.0 || service == 0.0 {
            return Ok(None);
        }
        let gap = |rate: f64| {
            representable(
                "present value of a machine",
                self.worth(rate, service) - self.price,
            )
        };
        let (mut near, mut at_near) = (0.0, gap(0.0)?);
        let step = if at_near > 0.0 { 0.1 } else { -0.1 };
        let mut far: f64 = step;
        while far.abs() <= FARTHEST {
            let at_far = gap(far)?;
            if (at_far > 0.0) != (at_near > 0.0) {
                let (low, high) = if far > near {
                    ((near, at_near), (far, at_far))
                } else {
                    ((far, at_far), (near, at_near))
                };
                return Ok(Some(itp(gap, low, high, 1e-13)?.x.exp_m1()));
            }
            (near, at_near) = (far, at_far);
            far *= 2.0;
        }
        Ok(None)
    }

    /// Years until margins have brought its price back, discounted at the hurdle rate (0 for the plain payback); none where
    /// they never do.
    ///
    /// # Errors
    /// As [`Self::value`].
    pub fn payback(&self, hurdle: f64) -> Result<Option<f64>> {
        let rate = hurdle_rate(hurdle)?.ln_1p();
        let service = self.service()?;
        let gap = |years: f64| representable("margins of a machine", self.margins(rate, years) - self.price);
        let (start, end) = (gap(0.0)?, gap(service)?);
        if end < 0.0 {
            return Ok(None);
        }
        Ok(Some(itp(gap, (0.0, start), (service, end), 1e-12)?.x))
    }

    /// What of a book value is lost at a hurdle rate.
    ///
    /// # Errors
    /// As [`Self::value`]; [`crate::ModelError::OutOfRange`] for a negative book value.
    pub fn impairment(&self, book: f64, hurdle: f64) -> Result<Impairment> {
        let book = non_negative("book value", book)?;
        let value_in_use = self.value(hurdle)?;
        let recoverable = value_in_use.max(self.salvage);
        Ok(Impairment {
            value_in_use,
            recoverable,
            loss: (book - recoverable).max(0.0),
        })
    }

    /// Present value of the margins of the first `years` at a continuous rate.
    fn margins(&self, rate: f64, years: f64) -> f64 {
        self.income * annuity(rate + self.decline, years) - self.cost * annuity(rate, years)
    }

    fn worth(&self, rate: f64, service: f64) -> f64 {
        self.margins(rate, service) + self.salvage * (-rate * service).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{SITE, market, unit};
    use super::*;
    use crate::testing::{assert_close, integrate};
    use proptest::prelude::*;

    const MACHINE: Prospect = Prospect {
        price: 4000.0,
        income: 3000.0,
        cost: 1400.0,
        decline: 0.2,
        life: 5.0,
        salvage: 200.0,
    };

    #[test]
    fn a_machine_is_obsolete_when_its_income_has_fallen_to_its_cost() {
        let years = MACHINE.economic_life().unwrap().unwrap();
        assert_close(years, (3000.0_f64 / 1400.0).ln() / 0.2, 1e-12);
        assert_close(MACHINE.service().unwrap(), years, 0.0);
        let steady = Prospect {
            decline: 0.0,
            ..MACHINE
        };
        assert_eq!(steady.economic_life().unwrap(), None);
        assert_close(steady.service().unwrap(), 5.0, 0.0);
        let dear = Prospect {
            cost: 3001.0,
            ..MACHINE
        };
        assert_eq!(dear.economic_life().unwrap(), Some(0.0));
        assert_close(decline_of_hashprice(0.2).unwrap(), -(0.8_f64.ln()), 1e-15);
    }

    #[test]
    fn a_machine_that_earns_nothing_is_worth_its_salvage_and_has_no_rate_of_return() {
        let dear = Prospect {
            cost: 4000.0,
            ..MACHINE
        };
        assert_close(dear.value(0.1).unwrap(), 200.0, 0.0);
        assert_eq!(dear.internal_rate_of_return().unwrap(), None);
        assert_eq!(dear.payback(0.0).unwrap(), None);
        let impairment = dear.impairment(3000.0, 0.1).unwrap();
        assert_close(impairment.loss, 2800.0, 0.0);
        let free = Prospect {
            price: 0.0,
            ..MACHINE
        };
        assert_eq!(free.internal_rate_of_return().unwrap(), None);
        assert_eq!(free.payback(0.0).unwrap(), Some(0.0));
    }

    #[test]
    fn a_steady_margin_pays_back_at_price_over_margin() {
        let steady = Prospect {
            decline: 0.0,
            cost: 1000.0,
            ..MACHINE
        };
        assert_close(steady.payback(0.0).unwrap().unwrap(), 2.0, 1e-11);
        assert!(steady.payback(0.15).unwrap().unwrap() > 2.0);
        assert!(steady.aged(5.0).is_err());
        assert!(steady.payback(f64::NAN).is_err());
    }

    #[test]
    fn a_machine_on_a_site_carries_its_share_of_energy_and_operation() {
        let fleet = Fleet::new(vec![unit(104.0, 3068.0, 1000.0, 4000.0)]).unwrap();
        let machine = prospects(&fleet, &SITE, &market(80.0), 0.2).unwrap()[0];
        assert_close(machine.income, (8_070.4 - 80.704) * 0.365, 1e-9);
        assert_close(machine.cost, (3_749.709_6 + 1_500.0) * 0.365, 1e-9);
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn value_is_the_integral_of_its_flows_and_the_rate_of_return_discounts_it_to_the_price(
            price in 100.0_f64..1e4,
            income in 100.0_f64..1e4,
            cost in -100.0_f64..5e3,
            decline in -0.5_f64..1.0,
            life in 0.5_f64..10.0,
            hurdle in -0.2_f64..1.0,
        ) {
            let machine = Prospect { price, income, cost, decline, life, salvage: price / 10.0 };
            let service = machine.service().unwrap();
            let flow = |t: f64| (income * (-decline * t).exp() - cost) * (1.0 + hurdle).powf(-t);
            let direct = integrate(flow, 0.0, service, 400) + machine.salvage * (1.0 + hurdle).powf(-service);
            let value = machine.value(hurdle).unwrap();
            prop_assert!((value - direct).abs() <= 1e-7 * (income + cost.abs() + price));
            prop_assert!(value >= machine.salvage.min(machine.salvage * (1.0 + hurdle).powf(-service)) * (1.0 - 1e-9));
            if let Some(rate) = machine.internal_rate_of_return().unwrap().filter(|rate| (-0.9..30.0).contains(rate)) {
                prop_assert!(machine.net_present_value(rate).unwrap().abs() <= 1e-7 * price.max(income));
            }
            if let Some(years) = machine.payback(0.0).unwrap() {
                let margin = |t: f64| income * (-decline * t).exp() - cost;
                prop_assert!((integrate(margin, 0.0, years, 400) - price).abs() <= 1e-6 * (price + income));
            }
            // What it is worth now is what it brings in the first year and what it is worth then.
            let half = service / 2.0;
            if half > 0.0 && half < life {
                let later = machine.after(half).unwrap().value(hurdle).unwrap();
                let sum = integrate(flow, 0.0, half, 400) + later * (1.0 + hurdle).powf(-half);
                prop_assert!((value - sum).abs() <= 1e-7 * (income + cost.abs() + price));
            }
        }
    }
}
