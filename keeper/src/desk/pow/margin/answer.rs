//! What `hurdle pow margin` answers.

use super::{MachineAnswer, OrphanAnswer, RewardAnswer, SolvencyAnswer};
use hurdle_model::pow::economics::{Account, Sensitivity};
use serde::Serialize;

/// A day of some machines, quote unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct AccountAnswer {
    /// Mean hash rate, TH/s.
    pub hash_rate: f64,
    /// Energy at the meter, kWh.
    pub energy_used: f64,
    /// Value of what was mined.
    pub revenue: f64,
    /// The pool's share.
    pub pool_fee: f64,
    /// Cost of energy.
    pub energy: f64,
    /// Cost of operation.
    pub operation: f64,
    /// Earnings before interest, taxes, depreciation and amortisation.
    pub ebitda: f64,
    /// Depreciation.
    pub depreciation: f64,
    /// Operating profit.
    pub operating_profit: f64,
    /// Book value.
    pub capital: f64,
    /// EBITDA ÷ revenue.
    pub ebitda_margin: Option<f64>,
    /// Operating profit ÷ revenue.
    pub operating_margin: Option<f64>,
    /// Operating return on capital per year; none where everything is written off.
    pub return_on_capital: Option<f64>,
    /// J/TH at the meter.
    pub joules_per_terahash: Option<f64>,
    /// Operational efficiency: TH/s per quote and day of energy, operation and depreciation.
    pub efficiency: Option<f64>,
    /// Expenditure per PH/s and day.
    pub hash_cost: Option<f64>,
    /// Hashprice less that.
    pub spread: Option<f64>,
}

impl AccountAnswer {
    /// Of an account at a hashprice.
    pub(super) fn new(account: &Account, hashprice: f64) -> Self {
        Self {
            hash_rate: account.hash_rate,
            energy_used: account.energy_used,
            revenue: account.revenue,
            pool_fee: account.pool_fee,
            energy: account.energy,
            operation: account.operation,
            ebitda: account.ebitda(),
            depreciation: account.depreciation,
            operating_profit: account.operating_profit(),
            capital: account.capital,
            ebitda_margin: account.ebitda_margin(),
            operating_margin: account.operating_margin(),
            return_on_capital: account.return_on_capital().ok(),
            joules_per_terahash: account.joules_per_terahash(),
            efficiency: account.efficiency(),
            hash_cost: account.hash_cost(),
            spread: account.hash_cost().map(|cost| hashprice - cost),
        }
    }
}

/// A figure with its derivatives by price, difficulty, fees and energy price, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DerivativesAnswer {
    /// The figure.
    pub value: f64,
    /// First derivatives.
    pub gradient: [f64; 4],
    /// Relative change per relative change; none where the figure is nothing.
    pub elasticities: Option<[f64; 4]>,
    /// Second derivatives.
    pub hessian: [[f64; 4]; 4],
}

impl From<&Sensitivity> for DerivativesAnswer {
    fn from(sensitivity: &Sensitivity) -> Self {
        Self {
            value: sensitivity.value,
            gradient: sensitivity.gradient,
            elasticities: sensitivity.elasticities(),
            hessian: sensitivity.hessian,
        }
    }
}

/// A fleet's margin.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// Hashprice, quote per PH/s and day.
    pub hashprice: f64,
    /// Purchase price of the fleet per TH/s.
    pub cost_per_terahash: f64,
    /// The day's account.
    pub total: AccountAnswer,
    /// By type of machine.
    pub machines: Vec<MachineAnswer>,
    /// Derivatives of the operating profit.
    pub operating_profit: DerivativesAnswer,
    /// Of EBITDA ÷ revenue; none where nothing runs.
    pub ebitda_margin: Option<DerivativesAnswer>,
    /// Of the share by which hashprice can fall before EBITDA of the running machines is nothing.
    pub break_even_distance: Option<DerivativesAnswer>,
    /// Relative fall of hashprice at which the next machine stops.
    pub switch_below: Option<f64>,
    /// Relative rise at which the next machine starts.
    pub switch_above: Option<f64>,
    /// Orphan risk.
    pub orphans: OrphanAnswer,
    /// Scatter of the rewards; none where nothing runs.
    pub rewards: Option<RewardAnswer>,
    /// Whether cash lasts; none without --cash.
    pub solvency: Option<SolvencyAnswer>,
}
