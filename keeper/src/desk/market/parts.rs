//! The sections of a market's file.

use hurdle_model::equilibrium::dynamics::{Damping, MarketResponse};
use hurdle_model::policy::{PolicyRule, Telemetry};
use serde::Deserialize;

macro_rules! section {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: f64,)*
        }
    };
}

section! {
    /// Observed components.
    ComponentSpec {
        /// s.
        staking,
        /// p.
        contract,
        /// b.
        systematic,
        /// l.
        liquidity,
        /// o.
        oracle,
        /// q₀.
        tail,
        /// d₀.
        debt,
        /// w.
        equity_weight,
        /// u₀.
        utilisation,
        /// c.
        coverage,
    }
}

section! {
    /// A kinked curve; its level is the observed cost of debt.
    CurveSpec {
        /// Utilisation at the kink.
        kink,
        /// Rise up to it.
        slope1,
        /// Rise beyond it.
        slope2,
    }
}

section! {
    /// 1 + min(cap, slope·excess).
    LineSpec {
        /// Rise per unit.
        slope,
        /// Largest rise.
        cap,
    }
}

section! {
    /// M_u.
    UtilisationSpec {
        /// Utilisation that it rises from.
        knee,
        /// Rise per unit.
        slope,
        /// Largest rise.
        cap,
    }
}

section! {
    /// m(h).
    MarginSpec {
        /// Rise per unit of relative excess over the baseline.
        slope,
        /// Largest rise.
        cap,
        /// Relative excess that is ignored.
        deadband,
        /// The time-weighted baseline.
        baseline,
        /// Least baseline to divide by.
        baseline_floor,
    }
}

section! {
    /// Responses around the last published state.
    ResponseSpec {
        /// ρ_u.
        utilisation,
        /// ρ_q.
        tail,
        /// h₋.
        previous_hurdle,
        /// m₋.
        previous_multiplier,
    }
}

section! {
    /// Admissible hurdle rates.
    RangeSpec {
        /// Least.
        floor,
        /// Largest.
        ceiling,
    }
}

section! {
    /// The oracle.
    LatencySpec {
        /// Seconds between updates.
        delay_seconds,
        /// Deviation band.
        band,
        /// Share of the capital that can be traded against.
        exposed,
        /// Share of the excess that arbitrage takes.
        captured,
    }
}

section! {
    /// Liquidations.
    LiquidationSpec {
        /// Maintenance margin under a multiplier of one.
        margin,
        /// Seconds until a liquidation is through.
        horizon_seconds,
        /// Positions at their margin ÷ capital at risk.
        exposure,
        /// Slippage of a liquidation.
        slippage,
        /// Expected jumps of the price per year.
        jumps_per_year,
        /// Mean of a jump's logarithm.
        jump_mean,
        /// Its standard deviation.
        jump_deviation,
        /// Half-life of the margin multiplier's baseline, days.
        baseline_half_life_days,
    }
}

section! {
    /// The market's true responses, and the damping.
    LoopSpec {
        /// True change of utilisation per unit of rate.
        utilisation_response,
        /// True change of the tail premium per unit of multiplier.
        tail_response,
        /// Hours in which utilisation covers half of its way.
        response_half_life_hours,
        /// Hours between publications.
        interval_hours,
        /// Largest rise of the rate per day.
        rise_per_day,
        /// Largest fall of the rate per day.
        fall_per_day,
        /// Largest rise of the multiplier per day.
        multiplier_rise_per_day,
        /// Hours in which a falling multiplier covers half of its way.
        loosening_half_life_hours,
    }
}

section! {
    /// The policy rule and what it looks at.
    PolicySpec {
        /// Share of the rate before that stays over an hour.
        inertia_per_hour,
        /// Rate with everything on target.
        neutral,
        /// Per unit of utilisation above its target.
        by_utilisation,
        /// Target of utilisation.
        utilisation_target,
        /// Per unit of liquidity health below its target.
        by_liquidity,
        /// Target of liquidity health.
        liquidity_target,
        /// Per unit of systemic risk.
        by_risk,
        /// Least rate.
        floor,
        /// Largest rate.
        ceiling,
        /// The rate before.
        previous,
        /// Hours since then.
        elapsed_hours,
        /// Health of liquidity now.
        liquidity,
        /// Systemic risk now.
        risk,
    }
}

/// Risk weights.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WeightSpec {
    /// W_s.
    pub staking: f64,
    /// W_p.
    pub contract: f64,
    /// W_b.
    pub systematic: f64,
    /// W_d.
    pub debt: f64,
    /// W_l.
    pub liquidity: f64,
    /// W_o.
    pub oracle: f64,
    /// W_q.
    pub tail: f64,
}

impl Default for WeightSpec {
    fn default() -> Self {
        Self {
            staking: 1.0,
            contract: 1.0,
            systematic: 1.0,
            debt: 1.0,
            liquidity: 1.0,
            oracle: 1.0,
            tail: 1.0,
        }
    }
}

const HOUR: f64 = 3_600.0;

impl LoopSpec {
    /// The market's responses.
    pub fn market(&self) -> MarketResponse {
        MarketResponse {
            utilisation: self.utilisation_response,
            tail: self.tail_response,
            half_life_seconds: self.response_half_life_hours * HOUR,
        }
    }

    /// The damping.
    pub fn damping(&self) -> Damping {
        Damping {
            interval_seconds: self.interval_hours * HOUR,
            rise_per_day: self.rise_per_day,
            fall_per_day: self.fall_per_day,
            multiplier_rise_per_day: self.multiplier_rise_per_day,
            loosening_half_life_seconds: self.loosening_half_life_hours * HOUR,
        }
    }
}

impl PolicySpec {
    /// The rule.
    pub fn rule(&self) -> PolicyRule {
        PolicyRule {
            inertia: self.inertia_per_hour,
            interval_seconds: HOUR,
            neutral: self.neutral,
            by_utilisation: self.by_utilisation,
            utilisation_target: self.utilisation_target,
            by_liquidity: self.by_liquidity,
            liquidity_target: self.liquidity_target,
            by_risk: self.by_risk,
            floor: self.floor,
            ceiling: self.ceiling,
        }
    }

    /// What it looks at; utilisation is the market's.
    pub fn telemetry(&self, utilisation: f64) -> Telemetry {
        Telemetry {
            utilisation,
            liquidity: self.liquidity,
            risk: self.risk,
        }
    }
}
