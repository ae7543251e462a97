//! First and second derivatives of a fleet's profit and margin, in closed form.
//!
//! The machines that run at the point are held: at a switch of a machine the profit has a kink, whose one-sided derivatives
//! differ, and its second derivative is none. [`Sensitivities::switch_below`] and [`Sensitivities::switch_above`] say how
//! far the hashprice may move before the next one.

use super::{Books, Statement, break_even_hashprice, operate};
use crate::error::{Result, representable};
use crate::pow::{BlockReward, Fleet, MiningMarket, PowChain, Site};

/// What a miner's result is derived by; the order of gradients and Hessians.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Driver {
    /// Price of a coin, quote.
    Price,
    /// Difficulty.
    Difficulty,
    /// Fees of a block, coins.
    Fees,
    /// Price of energy, quote per kWh.
    EnergyPrice,
}

/// The point at which derivatives are taken; the energy price is the site's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conditions {
    /// The chain.
    pub chain: PowChain,
    /// Price of a coin, quote.
    pub price: f64,
    /// Difficulty.
    pub difficulty: f64,
    /// What a block pays.
    pub reward: BlockReward,
}

/// A figure and its derivatives, in the order of [`Driver::ALL`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sensitivity {
    /// The figure.
    pub value: f64,
    /// The drivers where it was taken.
    pub at: [f64; 4],
    /// First derivatives.
    pub gradient: [f64; 4],
    /// Second derivatives, symmetric.
    pub hessian: [[f64; 4]; 4],
}

/// A fleet's sensitivities.
#[derive(Debug, Clone, PartialEq)]
pub struct Sensitivities {
    /// The account at the point.
    pub statement: Statement,
    /// Of the operating profit, quote per day. EBITDA and cash margin have the same derivatives.
    pub operating_profit: Sensitivity,
    /// Of EBITDA ÷ revenue; none where nothing runs.
    pub ebitda_margin: Option<Sensitivity>,
    /// Of 1 − break-even hashprice ÷ hashprice, the share by which hashprice can fall before EBITDA of the running machines
    /// is nothing; none where nothing runs.
    pub break_even_distance: Option<Sensitivity>,
    /// Relative fall of hashprice at which the next machine stops; none where none runs, or would at any hashprice.
    pub switch_below: Option<f64>,
    /// Relative rise at which the next machine starts; none where all run.
    pub switch_above: Option<f64>,
}

impl Driver {
    /// In the order of gradients.
    pub const ALL: [Self; 4] = [Self::Price, Self::Difficulty, Self::Fees, Self::EnergyPrice];
}

impl Conditions {
    /// The market under these conditions.
    ///
    /// # Errors
    /// As [`MiningMarket::at_difficulty`].
    pub fn market(&self) -> Result<MiningMarket> {
        MiningMarket::at_difficulty(&self.chain, self.difficulty, self.reward, self.price)
    }
}

impl Sensitivity {
    /// Elasticities: relative change of the figure per relative change of a driver; none where the figure is nothing.
    #[must_use]
    pub fn elasticities(&self) -> Option<[f64; 4]> {
        let mut elasticities = [0.0; 4];
        for ((out, slope), x) in elasticities.iter_mut().zip(self.gradient).zip(self.at) {
            *out = slope * x / self.value;
        }
        elasticities
            .iter()
            .all(|elasticity| elasticity.is_finite())
            .then_some(elasticities)
    }

    /// The figure after a change of the drivers, to second order.
    #[must_use]
    pub fn predict(&self, change: [f64; 4]) -> f64 {
        let mut sum = self.value;
        for ((x, slope), row) in change.iter().zip(self.gradient).zip(self.hessian) {
            let curvature: f64 = row.iter().zip(change).map(|(second, y)| second * y).sum();
            sum += x * (slope + 0.5 * curvature);
        }
        sum
    }

    /// `scale`·self + `shift`.
    fn mapped(mut self, scale: f64, shift: f64) -> Self {
        self.value = scale * self.value + shift;
        for slope in self.gradient.iter_mut().chain(self.hessian.iter_mut().flatten()) {
            *slope *= scale;
        }
        self
    }

    fn checked(self) -> Result<Self> {
        for value in [self.value]
            .iter()
            .chain(&self.gradient)
            .chain(self.hessian.iter().flatten())
        {
            representable("sensitivity", *value)?;
        }
        Ok(self)
    }
}

/// The fleet's account under these conditions, and its derivatives.
///
/// With revenue Y = G·P·(S + F)/D, energy E·e and fixed cost C, the profit is (1 − φ)·Y − E·e − C, and the cost share
/// q = (E·e + C)/Y gives the margin 1 − φ − q and the distance 1 − q/(1 − φ). Y and 1/Y are power functions of P, D and
/// S + F, from which all derivatives follow.
///
/// # Errors
/// As [`operate`] and [`Conditions::market`]; [`crate::ModelError::Overflow`].
pub fn sensitivities(
    fleet: &Fleet,
    site: &Site,
    conditions: &Conditions,
    books: &Books,
) -> Result<Sensitivities> {
    let market = conditions.market()?;
    let statement = operate(fleet, site, &market, books)?;
    let total = statement.total;
    let at = [
        conditions.price,
        conditions.difficulty,
        conditions.reward.fees,
        site.energy_price,
    ];
    let bases = [at[0], at[1], conditions.reward.total()?];
    let fixed = total.operation + total.depreciation;
    let kept = 1.0 - site.pool_fee;

    let mut profit = power(total.revenue, [1.0, -1.0, 1.0], bases, at).mapped(kept, 0.0);
    profit.value = total.operating_profit();
    profit.gradient[3] = -total.energy_used;
    let operating_profit = profit.checked()?;

    let (ebitda_margin, break_even_distance) = if total.revenue > 0.0 {
        let cost = total.energy + (fixed - total.depreciation);
        let mut share = power(cost / total.revenue, [-1.0, 1.0, -1.0], bases, at);
        let rate = total.energy_used / total.revenue;
        let cross = power(rate, [-1.0, 1.0, -1.0], bases, at).gradient;
        share.gradient[3] = rate;
        for (index, slope) in cross.into_iter().enumerate().take(3) {
            share.hessian[index][3] = slope;
            share.hessian[3][index] = slope;
        }
        (
            Some(share.mapped(-1.0, kept).checked()?),
            Some(share.mapped(-1.0 / kept, 1.0).checked()?),
        )
    } else {
        (None, None)
    };
    let thresholds = break_even_hashprice(fleet, site, books, 0.0)?;
    let moves = |running: bool| {
        statement
            .lines
            .iter()
            .zip(&thresholds.units)
            .filter(move |(line, _)| line.is_running == running)
            .map(|(_, even)| even.cash / market.hashprice() - 1.0)
    };
    let switch_below = moves(true).filter(|change| *change > -1.0).reduce(f64::max);
    let switch_above = moves(false).reduce(f64::min);
    Ok(Sensitivities {
        operating_profit,
        ebitda_margin,
        break_even_distance,
        switch_below,
        switch_above,
        statement,
    })
}

/// value·Π(x/x₀)^k over three drivers, of which `bases` are the x₀: the derivatives at x₀.
fn power(value: f64, exponents: [f64; 3], bases: [f64; 3], at: [f64; 4]) -> Sensitivity {
    let mut figure = Sensitivity {
        value,
        at,
        gradient: [0.0; 4],
        hessian: [[0.0; 4]; 4],
    };
    for i in 0..3 {
        figure.gradient[i] = value * exponents[i] / bases[i];
        for j in 0..3 {
            let lowered = if i == j { 1.0 } else { 0.0 };
            figure.hessian[i][j] = value * exponents[i] / bases[i] * ((exponents[j] - lowered) / bases[j]);
        }
    }
    figure
}

#[cfg(test)]
mod tests {
    use super::super::operate_held;
    use super::super::tests::{SITE, fleets, sites, unit};
    use super::*;
    use crate::testing::assert_close;
    use proptest::prelude::*;

    const NOW: Conditions = Conditions {
        chain: PowChain::BITCOIN,
        price: 40_000.0,
        difficulty: 2.5e13,
        reward: BlockReward {
            subsidy: 6.25,
            fees: 0.4,
        },
    };

    /// The three figures with drivers moved, the running machines held; straight from the account.
    fn figures(fleet: &Fleet, site: &Site, now: &Conditions, running: &[bool], x: [f64; 4]) -> [f64; 3] {
        let site = Site {
            energy_price: x[3],
            ..*site
        };
        let moved = Conditions {
            price: x[0],
            difficulty: x[1],
            reward: BlockReward {
                fees: x[2],
                ..now.reward
            },
            ..*now
        };
        let books = Books::at_purchase(fleet);
        let market = moved.market().unwrap();
        let total = operate_held(fleet, &site, &market, &books, running)
            .unwrap()
            .total;
        let even = (total.energy + total.operation) / (1.0 - site.pool_fee) * market.hashprice();
        [
            total.operating_profit(),
            total.ebitda() / total.revenue,
            1.0 - even / total.revenue / market.hashprice(),
        ]
    }

    /// Central differences, extrapolated to a step of nothing (Richardson 1911).
    fn extrapolated(difference: impl Fn(f64) -> [f64; 3], step: f64) -> [f64; 3] {
        let (wide, narrow) = (difference(step), difference(step / 2.0));
        core::array::from_fn(|k| (4.0 * narrow[k] - wide[k]) / 3.0)
    }

    #[test]
    fn without_costs_the_elasticities_of_profit_are_one_and_minus_one() {
        let fleet = Fleet::new(vec![unit(100.0, 3000.0, 10.0, 0.0)]).unwrap();
        let site = Site {
            energy_price: 0.0,
            operation: 0.0,
            ..SITE
        };
        let all = sensitivities(&fleet, &site, &NOW, &Books::at_purchase(&fleet)).unwrap();
        let elasticities = all.operating_profit.elasticities().unwrap();
        for (index, expected) in [1.0, -1.0, 0.4 / 6.65, 0.0].into_iter().enumerate() {
            assert_close(elasticities[index], expected, 1e-12);
        }
        assert_close(all.break_even_distance.unwrap().value, 1.0, 1e-12);
        assert_eq!(all.switch_above, None);
    }

    #[test]
    fn the_next_switch_lies_where_a_machine_breaks_even() {
        let fleet = Fleet::new(vec![
            unit(104.0, 3068.0, 1.0, 4000.0),
            unit(14.5, 1350.0, 1.0, 300.0),
        ])
        .unwrap();
        let books = Books::at_purchase(&fleet);
        let all = sensitivities(&fleet, &SITE, &NOW, &books).unwrap();
        let hashprice = NOW.market().unwrap().hashprice();
        let even = break_even_hashprice(&fleet, &SITE, &books, 0.0).unwrap();
        let runs = |index: usize| even.units[index].cash <= hashprice;
        assert!(runs(0) && runs(1));
        assert_close(
            all.switch_below.unwrap(),
            even.units[1].cash / hashprice - 1.0,
            1e-12,
        );
        let cheap = Conditions {
            price: 20_000.0,
            ..NOW
        };
        let all = sensitivities(&fleet, &SITE, &cheap, &books).unwrap();
        assert!(all.switch_above.unwrap() > 0.0 && all.switch_below.unwrap() < 0.0);
        let worthless = Conditions { price: 1.0, ..NOW };
        let all = sensitivities(&fleet, &SITE, &worthless, &books).unwrap();
        assert!(all.ebitda_margin.is_none() && all.switch_below.is_none());
    }

    #[test]
    fn a_prediction_is_exact_to_second_order() {
        let fleet = Fleet::new(vec![unit(100.0, 3000.0, 10.0, 0.0)]).unwrap();
        let profit = sensitivities(&fleet, &SITE, &NOW, &Books::at_purchase(&fleet))
            .unwrap()
            .operating_profit;
        // Price and fees enter bilinearly, energy linearly: nothing is left out.
        let change = [5_000.0, 0.0, 0.2, 0.01];
        let moved = core::array::from_fn(|index| profit.at[index] + change[index]);
        let exact = figures(&fleet, &SITE, &NOW, &[true], moved)[0];
        assert_close(profit.predict(change) / exact, 1.0, 1e-12);
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn derivatives_equal_finite_differences(
            fleet in fleets(),
            site in sites(),
            price in 1_000.0_f64..100_000.0,
            difficulty in 1e12_f64..1e14,
            fees in 0.01_f64..3.0,
        ) {
            let site = Site { energy_price: site.energy_price + 0.03, ..site };
            let now = Conditions { price, difficulty, reward: BlockReward { subsidy: 6.25, fees }, ..NOW };
            let all = sensitivities(&fleet, &site, &now, &Books::at_purchase(&fleet)).unwrap();
            let running: Vec<bool> = all.statement.lines.iter().map(|line| line.is_running).collect();
            prop_assume!(all.ebitda_margin.is_some());
            let analytic = [all.operating_profit, all.ebitda_margin.unwrap(), all.break_even_distance.unwrap()];
            let x = all.operating_profit.at;
            let at = |moves: &[(usize, f64)]| {
                let mut moved = x;
                for (index, share) in moves {
                    moved[*index] += share * x[*index];
                }
                figures(&fleet, &site, &now, &running, moved)
            };
            // Measured in shares of the drivers, everything is of the size of revenue and cost, or of their ratio.
            let total = all.statement.total;
            let ratio = 1.0 + total.expenditure() / total.revenue;
            let scales = [total.revenue + total.expenditure(), ratio, ratio / (1.0 - site.pool_fee)];
            for i in 0..4 {
                let first = extrapolated(|h| {
                    let (up, down) = (at(&[(i, h)]), at(&[(i, -h)]));
                    core::array::from_fn(|k| (up[k] - down[k]) / (2.0 * h))
                }, 2e-3);
                for k in 0..3 {
                    prop_assert!((analytic[k].gradient[i] * x[i] - first[k]).abs() <= 1e-9 * scales[k]);
                }
                for j in 0..4 {
                    let second = extrapolated(|h| {
                        let [pp, pm, mp, mm] = [(h, h), (h, -h), (-h, h), (-h, -h)].map(|(a, b)| at(&[(i, a), (j, b)]));
                        core::array::from_fn(|k| (pp[k] - pm[k] - mp[k] + mm[k]) / (4.0 * h * h))
                    }, 1e-2);
                    for k in 0..3 {
                        let exact = analytic[k].hessian[i][j] * x[i] * x[j];
                        prop_assert!((exact - second[k]).abs() <= 1e-6 * scales[k], "{i} {j} {k}: {exact} {}", second[k]);
                        prop_assert!(analytic[k].hessian[i][j].to_bits() == analytic[k].hessian[j][i].to_bits()
                            || (analytic[k].hessian[i][j] / analytic[k].hessian[j][i] - 1.0).abs() < 1e-14);
                    }
                }
            }
        }
    }
}
