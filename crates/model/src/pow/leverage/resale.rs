//! What a machine is worth: its value follows hashprice.

use crate::error::{Result, finite, non_negative, positive, representable, within};
use crate::pow::economics::annuity;
use crate::pow::{DAYS_PER_YEAR, Machine, TERAHASHES_PER_PETAHASH};

/// How a buyer of machines reckons: the income that remains, while hashprice decays as difficulty grows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resale {
    /// What the buyer pays for energy, overhead included, quote per kWh.
    pub energy_price: f64,
    /// Rate at which hashprice decays, per year, ≥ 0.
    pub decay: f64,
    /// Rate at which the buyer discounts, per year, ≥ 0.
    pub discount: f64,
    /// Years until the machine is written off.
    pub life: f64,
    /// What is left of it then, quote per TH/s.
    pub scrap: f64,
}

/// The value of a machine and how it moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MachineValue {
    /// Quote per machine.
    pub value: f64,
    /// Relative change per relative change of hashprice: above one, since costs stay; zero for scrap.
    pub elasticity: f64,
}

impl Resale {
    /// The terms, if every figure lies in its domain.
    ///
    /// # Errors
    /// [`crate::ModelError`] naming the first that does not.
    pub fn checked(self) -> Result<Self> {
        within("energy price of a machine's buyer", self.energy_price, -1e6, 1e6)?;
        within("decay of hashprice", self.decay, 0.0, 1e3)?;
        within("discount rate", self.discount, 0.0, 1e3)?;
        within(
            "life of a machine",
            positive("life of a machine", self.life)?,
            0.0,
            1e3,
        )?;
        non_negative("scrap value", self.scrap)?;
        Ok(self)
    }

    /// Present value of the margin hashprice·e^(−gt) − c until the machine is shut off or written off, and of its scrap:
    /// h·a(g + k, τ) − c·a(k, τ) per PH/s and day, with a(r, τ) = (1 − e^(−rτ))/r, g the decay, k the discount and
    /// τ = min(life, ln(h/c)/g) (the income approach; the option to run again is left out).
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`] for a negative hashprice, [`crate::ModelError::NotFinite`],
    /// [`crate::ModelError::Overflow`]; as [`Self::checked`].
    pub fn of(&self, machine: &Machine, hashprice: f64) -> Result<MachineValue> {
        self.checked()?;
        let machine = Machine::new(machine.hash_rate, machine.power)?;
        let hashprice = non_negative("hashprice", hashprice)?;
        let cost = finite(
            "energy cost per PH/s and day",
            machine.energy_per_petahash_day() * self.energy_price,
        )?;
        let until_shut_off = if cost <= 0.0 {
            self.life
        } else if hashprice <= cost {
            0.0
        } else if self.decay > 0.0 {
            (hashprice / cost).ln() / self.decay
        } else {
            self.life
        };
        let years = until_shut_off.min(self.life);
        let scale = DAYS_PER_YEAR * machine.hash_rate / TERAHASHES_PER_PETAHASH;
        let earned = hashprice * annuity(self.decay + self.discount, years);
        let margin = (earned - cost * annuity(self.discount, years)).max(0.0);
        let scrap = self.scrap * machine.hash_rate * (-self.discount * self.life).exp();
        let value = representable("value of a machine", scale.mul_add(margin, scrap))?;
        // At the shut-off the margin is nothing, so that its date does not matter to the derivative.
        let elasticity = if value > 0.0 { scale * earned / value } else { 0.0 };
        Ok(MachineValue {
            value,
            elasticity: representable("elasticity of a machine's value", elasticity)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, integrate};
    use proptest::prelude::*;

    const RESALE: Resale = Resale {
        energy_price: 0.06,
        decay: 0.4,
        discount: 0.15,
        life: 4.0,
        scrap: 2.0,
    };

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn the_value_is_the_discounted_margin_and_its_elasticity_the_derivative(
            hashprice in 5.0f64..400.0, decay in 0.0f64..1.5, discount in 0.0f64..0.5, energy in -0.02f64..0.12,
        ) {
            let resale = Resale { energy_price: energy, decay, discount, ..RESALE };
            let machine = Machine::new(100.0, 3000.0).unwrap();
            let cost = machine.energy_per_petahash_day() * energy;
            let of = resale.of(&machine, hashprice).unwrap();
            let margin = |t: f64| (hashprice * (-decay * t).exp() - cost).max(0.0) * (-discount * t).exp();
            let expected = 36.5 * integrate(margin, 0.0, 4.0, 4_000) + 200.0 * (-4.0 * discount).exp();
            prop_assert!((of.value / expected - 1.0).abs() < 1e-5, "{} {expected}", of.value);
            if (hashprice / cost - 1.0).abs() > 1e-3 {
                let near = |factor: f64| resale.of(&machine, hashprice * factor).unwrap().value.ln();
                let slope = (near(1.0 + 1e-6) - near(1.0 - 1e-6)) / 2e-6;
                prop_assert!((of.elasticity - slope).abs() < 1e-4 * (1.0 + slope.abs()));
            }
        }
    }

    #[test]
    fn a_machine_that_does_not_pay_is_worth_its_scrap() {
        let machine = Machine::new(100.0, 3000.0).unwrap();
        let of = RESALE.of(&machine, 10.0).unwrap();
        assert_close(of.value, 200.0 * (-0.6f64).exp(), 1e-12);
        assert_eq!(of.elasticity, 0.0);
        let nothing = Resale { scrap: 0.0, ..RESALE };
        assert_eq!(
            nothing.of(&machine, 0.0).unwrap(),
            MachineValue {
                value: 0.0,
                elasticity: 0.0
            }
        );
    }

    #[test]
    fn terms_outside_their_domain_are_refused() {
        let machine = Machine::new(100.0, 3000.0).unwrap();
        for broken in [
            Resale {
                decay: -0.1,
                ..RESALE
            },
            Resale {
                discount: f64::NAN,
                ..RESALE
            },
            Resale { life: 0.0, ..RESALE },
            Resale {
                scrap: -1.0,
                ..RESALE
            },
            Resale {
                energy_price: f64::INFINITY,
                ..RESALE
            },
        ] {
            assert!(broken.of(&machine, 100.0).is_err());
        }
        assert!(RESALE.of(&machine, -1.0).is_err());
    }
}
