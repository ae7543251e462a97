//! How machines enter and leave a network.

use super::MachineType;
use crate::error::{Result, positive, within};
use crate::series::SECONDS_PER_YEAR;

/// Adoption and retirement of machines.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FleetDynamics {
    /// Bass's coefficient of innovation, per year: buyers who wait for nobody.
    pub innovation: f64,
    /// Bass's coefficient of imitation, per year: buyers who follow others.
    pub imitation: f64,
    /// Mean life of a machine that runs, years.
    pub life: f64,
    /// Mean life of a machine that stands still, years; added to the wear of those that run.
    pub idle_life: f64,
    /// Return that a buyer of machines asks for, per year.
    pub discount: f64,
    /// Days over which the growth is averaged that a buyer expects of the network's hash rate.
    pub growth_days: f64,
    /// Days over which the recorded hash rate is averaged.
    pub hash_rate_days: f64,
    /// Days over which hashprice is averaged before miners stop or buy.
    pub hashprice_days: f64,
}

impl FleetDynamics {
    /// Sales that peak half a year after release and end within two, machines that last five years, bought for a return of 20 %.
    pub const DEFAULT: Self = Self {
        innovation: 0.5,
        imitation: 2.5,
        life: 5.0,
        idle_life: 1.0,
        discount: 0.2,
        growth_days: 365.0,
        hash_rate_days: 14.0,
        hashprice_days: 30.0,
    };

    /// The dynamics, if every figure lies in its domain.
    ///
    /// # Errors
    /// [`crate::ModelError`] naming the first that does not.
    pub fn checked(self) -> Result<Self> {
        positive("coefficient of innovation", self.innovation)?;
        within("coefficient of innovation", self.innovation, 1e-6, 1e3)?;
        within("coefficient of imitation", self.imitation, 0.0, 1e3)?;
        within("life of a machine", self.life, 1e-3, 1e3)?;
        within("life of a machine that stands still", self.idle_life, 1e-3, 1e3)?;
        within("return asked of a machine", self.discount, 1e-3, 1e3)?;
        within("days over which growth is averaged", self.growth_days, 1.0, 1e5)?;
        within(
            "days over which the hash rate is averaged",
            self.hash_rate_days,
            1e-3,
            1e4,
        )?;
        within(
            "days over which hashprice is averaged",
            self.hashprice_days,
            1e-3,
            1e4,
        )?;
        Ok(self)
    }

    /// Sales of a type so long after its release, share per year: (p+q)²/p·e^(−(p+q)t) ÷ (1 + q/p·e^(−(p+q)t))² (Bass 1969, "A
    /// new product growth for model consumer durables", equation 6).
    pub(super) fn sales(&self, seconds: i64) -> f64 {
        if seconds < 0 {
            return 0.0;
        }
        let (p, q) = (self.innovation, self.imitation);
        // exact for any span of recorded time
        #[expect(clippy::cast_precision_loss, reason = "seconds of a machine's age")]
        let decay = (-(p + q) * (seconds as f64 / SECONDS_PER_YEAR)).exp();
        let base = 1.0 + q / p * decay;
        (p + q) * (p + q) / p * decay / (base * base)
    }

    /// What a buyer pays for a PH/s: the present value of its margins, revenue and energy (both quote per day) as they stand,
    /// while the network's growth (per year) dilutes the revenue, to the day on which the one falls to the other or the
    /// machine's life ends: ∫ (revenue·e^(−g·t) − energy)·e^(−r·t) dt.
    pub(super) fn purchase_price(&self, revenue: f64, energy: f64, growth: f64) -> f64 {
        if revenue <= energy {
            return 0.0;
        }
        let growth = growth.max(0.0);
        let end = ((revenue / energy).ln() / growth).min(self.life);
        let annuity = |rate: f64| -(-rate * end).exp_m1() / rate;
        (revenue * annuity(self.discount + growth) - energy * annuity(self.discount)).max(0.0) * 365.0
    }

    /// Shares of the types in a day's purchases, of which `runs` is the share that could run: by weight, by sales of their
    /// age, and by that share, for nobody buys what would stand still. Where all sales have ended, the latest release; `None`
    /// before the first.
    pub(super) fn purchases(&self, types: &[MachineType], time: i64, runs: &[f64]) -> Option<Vec<f64>> {
        let sold: Vec<f64> = types
            .iter()
            .map(|machine| machine.weight * self.sales(time.saturating_sub(machine.release)))
            .collect();
        let wanted: Vec<f64> = sold.iter().zip(runs).map(|(sold, runs)| sold * runs).collect();
        let normalised = |weights: &[f64]| {
            let total: f64 = weights.iter().sum();
            (total > f64::MIN_POSITIVE && total.is_finite())
                .then(|| weights.iter().map(|weight| weight / total).collect())
        };
        normalised(&wanted).or_else(|| normalised(&sold)).or_else(|| {
            let latest = types
                .iter()
                .map(|machine| machine.release)
                .filter(|release| *release <= time)
                .max()?;
            let newest = |machine: &MachineType| f64::from(u8::from(machine.release == latest));
            let weights: Vec<f64> = types.iter().map(newest).collect();
            normalised(&weights)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, integrate};

    const YEAR: i64 = 31_536_000;

    #[test]
    fn sales_add_up_to_one_and_peak_where_bass_says() {
        let dynamics = FleetDynamics::DEFAULT;
        #[expect(clippy::cast_possible_truncation, reason = "seconds within twenty years")]
        let at = |years: f64| dynamics.sales((years * SECONDS_PER_YEAR) as i64);
        assert_close(integrate(at, 0.0, 20.0, 20_000), 1.0, 1e-4);
        // ln(q/p)/(p+q)
        let peak = 5.0_f64.ln() / 3.0;
        assert!(at(peak) > at(peak - 0.02) && at(peak) > at(peak + 0.02));
        assert_close(dynamics.sales(-1), 0.0, 0.0);
    }

    #[test]
    fn a_machine_costs_the_integral_of_its_discounted_margins() {
        let dynamics = FleetDynamics::DEFAULT;
        for (revenue, energy, growth) in [
            (200.0, 45.0, 0.3),
            (1_800.0, 140.0, 2.0),
            (100.0, 90.0, 0.0),
            (500.0, 1.0, 0.1),
        ] {
            let margin = |t: f64| (revenue * (-growth * t).exp() - energy).max(0.0) * (-0.2 * t).exp();
            let expected = 365.0 * integrate(margin, 0.0, 5.0, 20_000);
            assert_close(
                dynamics.purchase_price(revenue, energy, growth) / expected,
                1.0,
                1e-6,
            );
        }
        assert_close(dynamics.purchase_price(1.0, 1.0, 0.5), 0.0, 0.0);
    }

    #[test]
    fn purchases_go_to_what_is_sold_and_runs() {
        let dynamics = FleetDynamics::DEFAULT;
        let machine = |release, efficiency| MachineType {
            release,
            efficiency,
            weight: 1.0,
        };
        let types = [machine(0, 100.0), machine(YEAR, 50.0), machine(9 * YEAR, 10.0)];
        let bought = |time, runs: [f64; 3]| dynamics.purchases(&types, time, &runs);
        assert!(bought(-1, [1.0; 3]).is_none());
        let shares = bought(2 * YEAR, [0.0, 1.0, 1.0]).unwrap();
        assert_eq!(shares, [0.0, 1.0, 0.0]);
        let shares = bought(2 * YEAR, [0.0; 3]).unwrap();
        assert_close(shares.iter().sum(), 1.0, 1e-15);
        assert!(shares[1] > shares[0] && shares[0] > 0.0 && shares[2] == 0.0);
        // long after, when all sales underflow
        assert_eq!(bought(1_000 * YEAR, [1.0; 3]).unwrap(), [0.0, 0.0, 1.0]);
    }
}
