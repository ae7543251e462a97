//! Cosmos: inflation that moves with the bonded ratio (`x/mint` of the Cosmos SDK), less community tax and commission.

use crate::error::{ModelError, Result, finite, fraction, non_negative, positive, representable};
use crate::staking::ChainYield;

/// The parameters of `x/mint`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MintRule {
    /// Bonded ratio at which inflation rests, (0, 1].
    pub goal: f64,
    /// Fastest annual change of inflation, reached where nothing is bonded.
    pub rate_change: f64,
    /// Smallest inflation.
    pub min: f64,
    /// Largest inflation, ≥ `min`.
    pub max: f64,
}

impl MintRule {
    /// Defaults of the Cosmos SDK (`x/mint`, `DefaultParams`), with which the Cosmos Hub started in 2019; the Hub's
    /// largest inflation is 10 % since its proposal 848 (November 2023).
    pub const DEFAULT: Self = Self {
        goal: 0.67,
        rate_change: 0.13,
        min: 0.07,
        max: 0.20,
    };

    fn validate(&self) -> Result<()> {
        positive("bonded ratio goal", fraction("bonded ratio goal", self.goal)?)?;
        non_negative("inflation rate change", self.rate_change)?;
        non_negative("smallest inflation", self.min)?;
        finite("largest inflation", self.max)?;
        if self.max < self.min {
            return Err(ModelError::OutOfRange {
                what: "largest inflation",
                value: self.max,
                min: self.min,
                max: f64::MAX,
            });
        }
        Ok(())
    }

    /// Inflation `years` from now if the bonded ratio stays: it moves by (1 − bonded/goal)·rate change a year and is
    /// clamped (`NextInflationRate`; the block-wise clamp of a monotone path is the clamp of its end).
    ///
    /// # Errors
    /// [`ModelError::OutOfRange`], [`ModelError::NotPositive`] for the goal, [`ModelError::NotFinite`],
    /// [`ModelError::Overflow`].
    pub fn inflation_after(&self, years: f64, inflation: f64, bonded_ratio: f64) -> Result<f64> {
        self.validate()?;
        non_negative("years", years)?;
        non_negative("inflation", inflation)?;
        fraction("bonded ratio", bonded_ratio)?;
        let change = (1.0 - bonded_ratio / self.goal) * self.rate_change;
        let moved = representable("inflation", inflation + change * years)?;
        Ok(moved.clamp(self.min, self.max))
    }
}

/// What a Cosmos chain pays a delegator.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CosmosStaking {
    /// Inflation now, as the chain's minter reports it.
    pub inflation: f64,
    /// Bonded share of the supply, (0, 1].
    pub bonded_ratio: f64,
    /// Share of rewards that goes to the community pool, [0, 1].
    pub community_tax: f64,
    /// Commission of the validator, [0, 1].
    pub commission: f64,
    /// Blocks produced per year ÷ the `blocks_per_year` parameter: each block mints annual provisions ÷ parameter, so
    /// slow blocks mint less.
    pub block_pace: f64,
    /// Transaction fees per year as a share of the supply; taxed like the provisions.
    pub fees: f64,
    /// Burnt per year as a share of the supply.
    pub burn: f64,
}

impl CosmosStaking {
    /// Simple annual yield: (inflation·pace + fees)·(1 − tax)·(1 − commission) ÷ bonded ratio (`x/mint`,
    /// `x/distribution`).
    ///
    /// # Errors
    /// [`ModelError::NotPositive`] for bonded ratio or pace, [`ModelError::OutOfRange`], [`ModelError::NotFinite`],
    /// [`ModelError::Overflow`].
    pub fn simple(&self) -> Result<ChainYield> {
        non_negative("inflation", self.inflation)?;
        positive("bonded ratio", fraction("bonded ratio", self.bonded_ratio)?)?;
        fraction("community tax", self.community_tax)?;
        fraction("commission", self.commission)?;
        positive("block pace", self.block_pace)?;
        non_negative("fees", self.fees)?;
        fraction("burn", self.burn)?;
        let issued = representable("issuance", self.inflation * self.block_pace)?;
        let kept = (1.0 - self.community_tax) * (1.0 - self.commission);
        let nominal = representable("yield", (issued + self.fees) * kept / self.bonded_ratio)?;
        ChainYield::new(nominal, issued - self.burn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;
    use proptest::prelude::*;

    #[test]
    fn the_path_of_inflation_is_that_of_the_block_by_block_rule() {
        let rule = MintRule::DEFAULT;
        let blocks_per_year = 6_311_520_u32;
        for (start, bonded) in [(0.13, 0.40), (0.13, 0.67), (0.075, 0.80)] {
            let mut inflation = start;
            for _ in 0..blocks_per_year / 4 {
                let change = (1.0 - bonded / rule.goal) * rule.rate_change / f64::from(blocks_per_year);
                inflation = f64::clamp(inflation + change, rule.min, rule.max);
            }
            assert_close(
                rule.inflation_after(0.25, start, bonded).unwrap(),
                inflation,
                1e-9,
            );
        }
    }

    #[test]
    fn inflation_stays_within_its_bounds_and_rests_at_the_goal() {
        let rule = MintRule::DEFAULT;
        assert_eq!(rule.inflation_after(50.0, 0.1, 0.2), Ok(0.20));
        assert_eq!(rule.inflation_after(50.0, 0.1, 0.9), Ok(0.07));
        assert_close(rule.inflation_after(50.0, 0.1, 0.67).unwrap(), 0.1, 1e-15);
        assert!(
            MintRule { max: 0.01, ..rule }
                .inflation_after(1.0, 0.1, 0.5)
                .is_err()
        );
    }

    #[test]
    fn tax_and_commission_come_off_in_turn() {
        let chain = CosmosStaking {
            inflation: 0.10,
            bonded_ratio: 0.625,
            community_tax: 0.02,
            commission: 0.05,
            block_pace: 1.0,
            fees: 0.0,
            burn: 0.0,
        };
        let result = chain.simple().unwrap();
        assert_close(result.nominal, 0.16 * 0.98 * 0.95, 1e-15);
        assert_close(result.real, (1.0 + 0.16 * 0.98 * 0.95) / 1.10 - 1.0, 1e-15);
        let slow = CosmosStaking {
            block_pace: 0.8,
            ..chain
        };
        assert_close(slow.simple().unwrap().nominal / result.nominal, 0.8, 1e-14);
        assert_close(slow.simple().unwrap().supply_growth, 0.08, 1e-16);
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn inflation_falls_as_more_is_bonded(years in 0.0f64..3.0, start in 0.07f64..0.2, bonded in 0.0f64..0.9) {
            let rule = MintRule::DEFAULT;
            let less = rule.inflation_after(years, start, bonded).unwrap();
            let more = rule.inflation_after(years, start, bonded + 0.1).unwrap();
            prop_assert!((rule.min..=rule.max).contains(&less) && more <= less);
        }
    }
}
