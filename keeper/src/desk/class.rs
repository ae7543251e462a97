//! A risk class in the program's units, as commands that calibrate one answer it.

use super::{DeskError, Sheet};
use crate::convert::{self, OutOfDomain, from_raw};
use clap::Args;
use hurdle_interface::margin::RiskClass;
use hurdle_interface::multiplier::MultiplierRule;
use hurdle_interface::{Amount, Ratio};
use hurdle_model::margin::ClassParameters;
use serde::Serialize;

/// What governance chooses of a class beside its calibration.
#[derive(Args, Clone, Copy, Debug)]
pub struct ClassArgs {
    /// What a liquidator earns, as a share of the value.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    bounty: f64,
    /// Reference size, in whole units of the quote asset.
    #[arg(long, value_name = "UNITS", default_value_t = 1_000_000.0)]
    size_reference: f64,
    /// Decimals of the quote asset.
    #[arg(long, value_name = "N", default_value_t = 6)]
    decimals: u8,
    /// Slippage of liquidating the reference size, as a share of its value.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    pub slippage: f64,
    /// Largest size that margins must cover, in reference sizes.
    #[arg(long, value_name = "TIMES", default_value_t = 0.0)]
    pub largest_size: f64,
    /// Largest margin multiplier m(h).
    #[arg(long, value_name = "TIMES", default_value_t = 2.0)]
    pub largest_multiplier: f64,
    /// Share of the multiplier's rise that reaches the class, where the past does not show it.
    #[arg(long, value_name = "SHARE", default_value_t = 1.0)]
    pub hurdle_sensitivity: f64,
}

/// A ratio of the class: in the program's units of 1e-8, and as a number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Parameter {
    /// Units of 1e-8, rounded against the position's holder.
    pub raw: i64,
    /// The same as a number.
    pub value: f64,
}

impl From<Ratio> for Parameter {
    fn from(ratio: Ratio) -> Self {
        Self {
            raw: ratio.raw(),
            value: from_raw(ratio.raw()),
        }
    }
}

/// A risk class.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ClassAnswer {
    /// Base initial margin.
    pub initial: Parameter,
    /// Base maintenance margin.
    pub maintenance: Parameter,
    /// Share of the margin multiplier's rise that reaches the class.
    pub hurdle_sensitivity: Parameter,
    /// Rise of the factor per unit of volatility above the reference.
    pub volatility_sensitivity: Parameter,
    /// Annual volatility that the base margins are meant for.
    pub volatility_reference: Parameter,
    /// Rise of the factor at the reference size.
    pub size_coefficient: Parameter,
    /// Largest rise for size.
    pub size_cap: Parameter,
    /// Largest product of the factors; ten where the extremes would need more.
    pub multiplier_cap: Parameter,
    /// Haircut of the same asset as collateral.
    pub haircut: Parameter,
    /// Liquidator's bounty.
    pub bounty: Parameter,
    /// Reference size, atoms of the quote asset.
    pub size_reference: u64,
}

impl From<RiskClass> for ClassAnswer {
    fn from(class: RiskClass) -> Self {
        Self {
            initial: class.initial.into(),
            maintenance: class.maintenance.into(),
            hurdle_sensitivity: class.hurdle_sensitivity.into(),
            volatility_sensitivity: class.volatility_sensitivity.into(),
            volatility_reference: class.volatility_reference.into(),
            size_coefficient: class.size_coefficient.into(),
            size_cap: class.size_cap.into(),
            multiplier_cap: class.multiplier_cap.into(),
            haircut: class.haircut.into(),
            bounty: class.bounty.into(),
            size_reference: class.size_reference.0,
        }
    }
}

impl ClassAnswer {
    /// Its lines, under a heading that the caller has set.
    #[must_use]
    pub fn lines(&self, sheet: Sheet) -> Sheet {
        let shown = |parameter: Parameter| format!("{:.8}", parameter.value);
        sheet
            .line("initial", shown(self.initial))
            .line("maintenance", shown(self.maintenance))
            .line("hurdle_sensitivity", shown(self.hurdle_sensitivity))
            .line("volatility_sensitivity", shown(self.volatility_sensitivity))
            .line("volatility_reference", shown(self.volatility_reference))
            .line("size_coefficient", shown(self.size_coefficient))
            .line("size_cap", shown(self.size_cap))
            .line("multiplier_cap", shown(self.multiplier_cap))
            .line("haircut", shown(self.haircut))
            .line("bounty", shown(self.bounty))
            .line("size_reference, atoms", self.size_reference)
    }
}

impl ClassArgs {
    /// The class in the program's units, every rounding against the position's holder; `source` is the argument that it
    /// was calibrated from.
    ///
    /// # Errors
    /// [`DeskError::Argument`] for what the program would refuse.
    pub fn class(&self, p: &ClassParameters, source: &'static str) -> Result<RiskClass, DeskError> {
        let outside = |reason: OutOfDomain| DeskError::Argument {
            argument: source,
            reason: reason.to_string(),
        };
        let up = |what, value| convert::ratio_up(what, value).map_err(outside);
        let class = RiskClass {
            initial: up("initial margin", p.initial)?,
            maintenance: up("maintenance margin", p.maintenance)?,
            hurdle_sensitivity: up("hurdle sensitivity", p.hurdle_sensitivity)?,
            volatility_sensitivity: up("volatility sensitivity", p.volatility_sensitivity)?,
            volatility_reference: convert::ratio_down("volatility reference", p.volatility_reference)
                .map_err(outside)?,
            size_coefficient: up("size coefficient", p.size_coefficient)?,
            size_cap: up("size cap", p.size_cap)?,
            multiplier_cap: up("multiplier cap", p.multiplier_cap.min(from_raw(Ratio::MAX.raw())))?,
            haircut: up("haircut", p.haircut)?,
            bounty: self.bounty()?,
            size_reference: self.size()?,
            ..RiskClass::default()
        };
        self.admissible(&class, source)?;
        Ok(class)
    }

    fn bounty(&self) -> Result<Ratio, DeskError> {
        if !(0.0..=1.0).contains(&self.bounty) {
            return Err(DeskError::Argument {
                argument: "--bounty",
                reason: format!("`{}` is no share between 0 and 1", self.bounty),
            });
        }
        convert::ratio_up("bounty", self.bounty).map_err(|reason| DeskError::Argument {
            argument: "--bounty",
            reason: reason.to_string(),
        })
    }

    /// Whether the program would take the class in a market whose multiplier rises as far as stated.
    fn admissible(&self, class: &RiskClass, source: &'static str) -> Result<(), DeskError> {
        let most = self.largest_multiplier;
        let cap = convert::ratio_up("rise of the multiplier", most - 1.0).map_err(|reason| {
            DeskError::Argument {
                argument: "--largest-multiplier",
                reason: reason.to_string(),
            }
        })?;
        let rule = MultiplierRule {
            cap,
            ..MultiplierRule::default()
        };
        class.invariant(&rule).map_err(|_| DeskError::Argument {
            argument: source,
            reason: format!(
                "the program takes no class with an initial margin of {:.4} and factors up to {:.4}: their product with \
                 bounty and carry must stay below 10 and maintenance margin below initial margin; shorten --horizon or \
                 --warning, or lower --confidence or --largest-multiplier",
                from_raw(class.initial.raw()),
                from_raw(class.multiplier_cap.raw())
            ),
        })
    }

    fn size(&self) -> Result<Amount, DeskError> {
        let wrong = |reason: String| DeskError::Argument {
            argument: "--size-reference",
            reason,
        };
        let size = convert::amount_nearest("reference size", self.size_reference, self.decimals)
            .map_err(|reason| wrong(reason.to_string()))?;
        if size == Amount::ZERO {
            return Err(wrong("must be above zero".to_owned()));
        }
        Ok(size)
    }
}
