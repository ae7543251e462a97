//! The hurdle rate taken apart.

use crate::desk::Sheet;
use hurdle_model::ModelError;
use hurdle_model::composition::Composition;
use serde::Serialize;

/// What the hurdle rate is made of, at the rate to publish. The rates add up: adjusted, liquidity, oracle and tail to the
/// sum, weights included.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PartsAnswer {
    /// Cost of equity, W_s·s + W_p·p + W_b·b.
    pub cost_of_equity: f64,
    /// Weight of equity.
    pub equity_weight: f64,
    /// Utilisation at the hurdle rate.
    pub utilisation: f64,
    /// Cost of debt at that utilisation.
    pub cost_of_debt: f64,
    /// Weighted average cost of capital.
    pub weighted_cost: f64,
    /// M_u, by which utilisation raises it.
    pub utilisation_multiplier: f64,
    /// M_c, by which missing insurance raises it.
    pub coverage_multiplier: f64,
    /// The cost of capital with both.
    pub adjusted_cost: f64,
    /// Liquidity spread.
    pub liquidity: f64,
    /// Oracle-latency premium.
    pub oracle: f64,
    /// Liquidation tail premium at the multiplier that the hurdle rate implies.
    pub tail: f64,
    /// What capital asks for at this rate: the rate itself in an equilibrium, more where there is none.
    pub asked: f64,
}

impl PartsAnswer {
    pub(super) fn new(composition: &Composition, hurdle: f64) -> Result<Self, ModelError> {
        let (w, c) = (&composition.weights, &composition.components);
        let utilisation = composition.utilisation(hurdle);
        let weighted_cost = composition.weighted_cost(utilisation)?;
        let utilisation_multiplier = composition.utilisation_multiplier(utilisation);
        let coverage_multiplier = composition.coverage_multiplier();
        Ok(Self {
            cost_of_equity: composition.cost_of_equity(),
            equity_weight: c.equity_weight,
            utilisation,
            cost_of_debt: w.debt * composition.cost_of_debt(utilisation)?,
            weighted_cost,
            utilisation_multiplier,
            coverage_multiplier,
            adjusted_cost: utilisation_multiplier * coverage_multiplier * weighted_cost,
            liquidity: w.liquidity * c.liquidity,
            oracle: w.oracle * c.oracle,
            tail: w.tail * composition.tail_premium(hurdle),
            asked: composition.phi_unclamped(hurdle)?,
        })
    }

    pub(super) fn lines(&self, sheet: Sheet) -> Sheet {
        let times = |multiplier: f64| format!("× {multiplier:.4}");
        sheet
            .heading("what it is made of, per year, weights included")
            .percent("cost of equity", self.cost_of_equity)
            .percent("cost of debt", self.cost_of_debt)
            .percent("  at a utilisation of", self.utilisation)
            .percent("weight of equity", self.equity_weight)
            .percent("weighted average cost of capital", self.weighted_cost)
            .line("for utilisation (M_u)", times(self.utilisation_multiplier))
            .line("for missing insurance (M_c)", times(self.coverage_multiplier))
            .percent("adjusted cost of capital", self.adjusted_cost)
            .percent("+ liquidity spread (l)", self.liquidity)
            .percent("+ oracle latency (o)", self.oracle)
            .percent("+ liquidation tail (q)", self.tail)
            .percent("= what capital asks for at this rate", self.asked)
    }
}
