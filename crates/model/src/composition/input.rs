//! Every number that Φ depends on, by name.

use super::Composition;
use crate::debt::KinkedCurve;
use crate::error::Result;

macro_rules! inputs {
    ($($variant:ident, $name:literal, $($field:ident).+;)*) => {
        /// A number that Φ depends on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(missing_docs)]
        pub enum Input {
            $($variant,)*
            Kink,
            SlopeBelowKink,
            SlopeAboveKink,
        }

        impl Input {
            /// All of them.
            pub const ALL: &'static [Self] =
                &[$(Self::$variant,)* Self::Kink, Self::SlopeBelowKink, Self::SlopeAboveKink];

            /// Its name: the path to it within [`Composition`].
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Kink => "curve.kink",
                    Self::SlopeBelowKink => "curve.slope1",
                    Self::SlopeAboveKink => "curve.slope2",
                }
            }
        }

        impl Composition {
            /// The value of one input.
            #[must_use]
            pub const fn input(&self, input: Input) -> f64 {
                match input {
                    $(Input::$variant => self.$($field).+,)*
                    Input::Kink => self.curve.kink(),
                    Input::SlopeBelowKink => self.curve.slope1(),
                    Input::SlopeAboveKink => self.curve.slope2(),
                }
            }

            /// The same with another value of one input.
            ///
            /// # Errors
            /// [`crate::ModelError`] for a value outside the input's domain.
            pub fn with(&self, input: Input, value: f64) -> Result<Self> {
                let mut changed = *self;
                let curve = &self.curve;
                match input {
                    $(Input::$variant => changed.$($field).+ = value,)*
                    Input::Kink => {
                        changed.curve =
                            KinkedCurve::new(curve.base(), value, curve.slope1(), curve.slope2())?;
                    }
                    Input::SlopeBelowKink => {
                        changed.curve = KinkedCurve::new(curve.base(), curve.kink(), value, curve.slope2())?;
                    }
                    Input::SlopeAboveKink => {
                        changed.curve = KinkedCurve::new(curve.base(), curve.kink(), curve.slope1(), value)?;
                    }
                }
                changed.validate()?;
                Ok(changed)
            }
        }
    };
}

inputs! {
    StakingWeight, "weights.staking", weights.staking;
    ContractWeight, "weights.contract", weights.contract;
    SystematicWeight, "weights.systematic", weights.systematic;
    DebtWeight, "weights.debt", weights.debt;
    LiquidityWeight, "weights.liquidity", weights.liquidity;
    OracleWeight, "weights.oracle", weights.oracle;
    TailWeight, "weights.tail", weights.tail;
    Staking, "components.staking", components.staking;
    Contract, "components.contract", components.contract;
    Systematic, "components.systematic", components.systematic;
    Liquidity, "components.liquidity", components.liquidity;
    Oracle, "components.oracle", components.oracle;
    Tail, "components.tail", components.tail;
    Debt, "components.debt", components.debt;
    EquityWeight, "components.equity_weight", components.equity_weight;
    Utilisation, "components.utilisation", components.utilisation;
    Coverage, "components.coverage", components.coverage;
    UtilisationKnee, "utilisation_knee", utilisation_knee;
    UtilisationSlope, "utilisation_line.slope", utilisation_line.slope;
    UtilisationCap, "utilisation_line.cap", utilisation_line.cap;
    CoverageSlope, "coverage_line.slope", coverage_line.slope;
    CoverageCap, "coverage_line.cap", coverage_line.cap;
    MarginSlope, "margin.line.slope", margin.line.slope;
    MarginCap, "margin.line.cap", margin.line.cap;
    Deadband, "margin.deadband", margin.deadband;
    Baseline, "margin.baseline", margin.baseline;
    BaselineFloor, "margin.baseline_floor", margin.baseline_floor;
    UtilisationResponse, "responses.utilisation", responses.utilisation;
    TailResponse, "responses.tail", responses.tail;
    PreviousHurdle, "responses.previous_hurdle", responses.previous_hurdle;
    PreviousMultiplier, "responses.previous_multiplier", responses.previous_multiplier;
}
