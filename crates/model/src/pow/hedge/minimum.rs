//! The hedge with the least variance, or the best trade of variance against cost, within limits.

use super::miner::MinerExposure;
use crate::error::{ModelError, Result, finite, non_negative, positive, representable};
use crate::pow::forward::JointAverages;
use crate::quadratic::{HalfSpace, dot, minimise};

/// Hashprice sold ahead (PH/s·days), coins sold ahead (coins), energy bought ahead (kWh): the instruments in their order.
pub const INSTRUMENTS: usize = 3;

/// What a position of one unit gains with the average that it settles on: those sold lose where it rises.
const SIGNS: [f64; INSTRUMENTS] = [-1.0, -1.0, 1.0];

/// Share of an instrument's limit below which a position is rounding.
const DUST: f64 = 1e-9;

/// A forward on one of the averages.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Instrument {
    /// Most units; 0 where it is not used.
    pub limit: f64,
    /// What a unit costs beyond its fair value: the forward sold below it, or bought above it, quote.
    pub premium: f64,
    /// Standard deviation of its settlement around the average that the miner earns or pays, quote per unit.
    pub basis: f64,
}

impl Instrument {
    /// Not used.
    pub const NONE: Self = Self {
        limit: 0.0,
        premium: 0.0,
        basis: 0.0,
    };

    /// Without limit, cost and basis risk.
    pub const FREE: Self = Self {
        limit: f64::MAX,
        premium: 0.0,
        basis: 0.0,
    };
}

/// What is to be hedged, and with what.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HedgeProblem {
    /// The miner.
    pub exposure: MinerExposure,
    /// The averages.
    pub averages: JointAverages,
    /// Hashprice, coin and energy forwards.
    pub instruments: [Instrument; INSTRUMENTS],
    /// Risk aversion a (per quote): the hedge maximises E − ½a·variance; without it, it has the least variance whatever it
    /// costs.
    pub aversion: Option<f64>,
}

/// A hedge and what remains.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hedge {
    /// Units sold (hashprice, coins) and bought (energy).
    pub positions: [f64; INSTRUMENTS],
    /// Those over what the miner earns or pays: PH/s·days sold over those produced, coins sold over their expected number,
    /// kWh bought over those used; 0 where there are none.
    pub ratios: [f64; INSTRUMENTS],
    /// Expected profit without the hedge, quote.
    pub expected_unhedged: f64,
    /// With it: less by what it costs.
    pub expected: f64,
    /// What it costs, quote.
    pub cost: f64,
    /// Standard deviation of profit without it.
    pub deviation_unhedged: f64,
    /// With it: the residual risk.
    pub deviation: f64,
    /// Share of the variance that is gone (hedge effectiveness, Ederington 1979).
    pub effectiveness: f64,
}

impl HedgeProblem {
    /// The problem, if every figure lies in its domain.
    ///
    /// # Errors
    /// [`ModelError`] naming the first that does not.
    pub fn checked(self) -> Result<Self> {
        self.exposure.checked()?;
        for instrument in &self.instruments {
            non_negative("limit of an instrument", instrument.limit)?;
            finite("premium of an instrument", instrument.premium)?;
            non_negative("basis risk of an instrument", instrument.basis)?;
        }
        if let Some(aversion) = self.aversion {
            positive("risk aversion", aversion)?;
        }
        for (i, row) in self.averages.covariance.iter().enumerate() {
            finite("average", self.averages.means[i])?;
            for (j, value) in row.iter().enumerate() {
                let most = (self.averages.covariance[i][i] * self.averages.covariance[j][j]).sqrt();
                let most = most * (1.0 + 1e-9);
                crate::error::within("covariance of averages", *value, -most, most)?;
            }
        }
        Ok(self)
    }

    /// Solves it: positions h with 0 ≤ h ≤ limit that minimise ½·hᵀΣh + hᵀc (+ premium·h/a), where Σ is the covariance of
    /// what the instruments pay and c that with the profit. Inside the limits, without aversion, h = −Σ⁻¹c (Johnson 1960;
    /// Ederington 1979). Instruments that pay nothing uncertain, or nothing that the others do not, are left out.
    ///
    /// # Errors
    /// As [`Self::checked`]; [`ModelError::Overflow`].
    pub fn solve(&self) -> Result<Hedge> {
        let problem = self.checked()?;
        let covariance = problem.payoffs();
        let with_profit = problem.with_profit();
        let mut best: Option<([f64; INSTRUMENTS], f64)> = None;
        // all of them first; where they repeat one another, the best of fewer
        for left_out in 0..1_u32 << INSTRUMENTS {
            let used = core::array::from_fn(|i| {
                left_out & (1 << i) == 0 && covariance[i][i] > 0.0 && problem.instruments[i].limit > 0.0
            });
            let Some(positions) = problem.minimum(&covariance, &with_profit, used) else {
                continue;
            };
            let value = problem.objective(&covariance, &with_profit, &positions);
            if best.is_none_or(|(_, least)| value < least) {
                best = Some((positions, value));
            }
            if left_out == 0 {
                break;
            }
        }
        let (positions, _) = best.ok_or(ModelError::Unidentified {
            what: "positions of a hedge",
        })?;
        problem.evaluate(&positions)
    }

    /// What given positions leave.
    ///
    /// # Errors
    /// As [`Self::checked`]; [`ModelError::Overflow`].
    pub fn evaluate(&self, positions: &[f64; INSTRUMENTS]) -> Result<Hedge> {
        let problem = self.checked()?;
        let expected_unhedged = problem.exposure.expected(&problem.averages)?;
        let cost = representable("cost of a hedge", problem.cost(positions))?;
        let loadings = problem.exposure.loadings();
        let unhedged = quadratic_form(&problem.averages.covariance, &loadings).max(0.0);
        let net = problem.net_loadings(positions);
        let basis: f64 = problem
            .instruments
            .iter()
            .zip(positions)
            .map(|(instrument, units)| (instrument.basis * units).powi(2))
            .sum();
        let hedged = quadratic_form(&problem.averages.covariance, &net).max(0.0) + basis;
        let coins = if problem.averages.means[1] > 0.0 {
            problem.exposure.hashes * problem.averages.means[0] / problem.averages.means[1]
        } else {
            0.0
        };
        let amounts = [problem.exposure.hashes, coins, problem.exposure.energy];
        let ratio = |i: usize| {
            if amounts[i] > 0.0 {
                positions[i] / amounts[i]
            } else {
                0.0
            }
        };
        Ok(Hedge {
            positions: *positions,
            ratios: core::array::from_fn(ratio),
            expected_unhedged,
            expected: expected_unhedged - cost,
            cost,
            deviation_unhedged: representable("deviation of profit", unhedged.sqrt())?,
            deviation: representable("deviation of profit", hedged.sqrt())?,
            effectiveness: if unhedged > 0.0 {
                1.0 - hedged / unhedged
            } else {
                0.0
            },
        })
    }

    /// Loadings of profit with positions on the averages.
    pub(super) fn net_loadings(&self, positions: &[f64; INSTRUMENTS]) -> [f64; INSTRUMENTS] {
        let loadings = self.exposure.loadings();
        core::array::from_fn(|i| loadings[i] + SIGNS[i] * positions[i])
    }

    /// Premiums of positions.
    pub(super) fn cost(&self, positions: &[f64; INSTRUMENTS]) -> f64 {
        self.instruments
            .iter()
            .zip(positions)
            .map(|(instrument, units)| {
                if *units == 0.0 {
                    0.0
                } else {
                    instrument.premium * units
                }
            })
            .sum()
    }

    /// Covariance of what the instruments pay.
    fn payoffs(&self) -> [[f64; INSTRUMENTS]; INSTRUMENTS] {
        let covariance = &self.averages.covariance;
        core::array::from_fn(|i| {
            core::array::from_fn(|j| {
                let own = if i == j {
                    self.instruments[i].basis.powi(2)
                } else {
                    0.0
                };
                SIGNS[i] * SIGNS[j] * covariance[i][j] + own
            })
        })
    }

    /// Covariance of what the instruments pay with the profit.
    fn with_profit(&self) -> [f64; INSTRUMENTS] {
        let loadings = self.exposure.loadings();
        core::array::from_fn(|i| SIGNS[i] * dot(&self.averages.covariance[i], &loadings))
    }

    fn objective(
        &self,
        covariance: &[[f64; INSTRUMENTS]; INSTRUMENTS],
        with_profit: &[f64; INSTRUMENTS],
        positions: &[f64; INSTRUMENTS],
    ) -> f64 {
        let cost = self
            .aversion
            .map_or(0.0, |aversion| self.cost(positions) / aversion);
        0.5 * quadratic_form(covariance, positions) + dot(with_profit, positions) + cost
    }

    fn minimum(
        &self,
        covariance: &[[f64; INSTRUMENTS]; INSTRUMENTS],
        with_profit: &[f64; INSTRUMENTS],
        used: [bool; INSTRUMENTS],
    ) -> Option<[f64; INSTRUMENTS]> {
        let mut hessian = *covariance;
        let mut gradient: [f64; INSTRUMENTS] = core::array::from_fn(|i| {
            with_profit[i]
                + self
                    .aversion
                    .map_or(0.0, |aversion| self.instruments[i].premium / aversion)
        });
        let mut constraints = Vec::with_capacity(2 * INSTRUMENTS);
        for i in 0..INSTRUMENTS {
            if !used[i] {
                hessian[i] = [0.0; INSTRUMENTS];
                hessian.iter_mut().for_each(|row| row[i] = 0.0);
                hessian[i][i] = 1.0;
                gradient[i] = 0.0;
                continue;
            }
            let mut normal = [0.0; INSTRUMENTS];
            normal[i] = 1.0;
            constraints.push(HalfSpace { normal, bound: 0.0 });
            if self.instruments[i].limit < f64::MAX {
                normal[i] = -1.0;
                constraints.push(HalfSpace {
                    normal,
                    bound: -self.instruments[i].limit,
                });
            }
        }
        let found = minimise(&hessian, &gradient, &constraints, 0)?.x;
        let held = |i: usize| {
            if used[i] {
                let limit = self.instruments[i].limit;
                let least = if limit < f64::MAX { DUST * limit } else { 0.0 };
                // a zero has no sign
                if found[i] > least {
                    found[i].min(limit)
                } else {
                    0.0
                }
            } else {
                0.0
            }
        };
        let positions = core::array::from_fn(held);
        positions.iter().all(|x: &f64| x.is_finite()).then_some(positions)
    }
}

/// xᵀMx.
fn quadratic_form<const N: usize>(matrix: &[[f64; N]; N], x: &[f64; N]) -> f64 {
    let image: [f64; N] = core::array::from_fn(|i| dot(&matrix[i], x));
    dot(&image, x)
}
