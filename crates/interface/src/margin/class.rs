use crate::error::{HurdleError, Result};
use crate::multiplier::MultiplierRule;
use crate::options::ScenarioGrid;
use crate::quantity::{Amount, ONE, Ratio, div_up_unsigned, mul_checked, root_down};
use crate::ramp::LARGEST_CARRY;
use bytemuck::{Pod, Zeroable};

/// How exposure to one underlying is margined.
///
/// One class is one underlying: its options net against each other under the moves of one price, and its positions share
/// one size. Nothing in a [`super::Position`] tells underlyings apart, so two of them in one class would be margined as one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct RiskClass {
    /// Base initial margin as a fraction of the exposure.
    pub initial: Ratio,
    /// Base maintenance margin as a fraction of the exposure; below `initial`.
    pub maintenance: Ratio,
    /// How much of the market's margin multiplier reaches this class: the factor is `1 + s·(m − 1)`.
    pub hurdle_sensitivity: Ratio,
    /// Rise of the factor per unit of volatility above the reference.
    pub volatility_sensitivity: Ratio,
    /// Annualised volatility that the base margins are meant for.
    pub volatility_reference: Ratio,
    /// Rise of the factor at the reference size; it grows with the square root of size (the square-root
    /// law of market impact; Torre 1997).
    pub size_coefficient: Ratio,
    /// The largest rise for size.
    pub size_cap: Ratio,
    /// The largest product of all factors.
    pub multiplier_cap: Ratio,
    /// Part of the collateral's value that does not count; the factors raise it, to two thirds at most.
    pub haircut: Ratio,
    /// What a liquidator earns, as a fraction of the value; part of both requirements.
    pub bounty: Ratio,
    /// Options: the largest relative move of the price in the scenario grid, below one; zero where the class margins no
    /// options.
    pub price_range: Ratio,
    /// Options: the relative move of implied volatility in the scenario grid, below one.
    pub volatility_range: Ratio,
    /// Options: the least requirement of a short one, as a fraction of its underlying's value; above zero where the class
    /// margins options, since the grid does not see every move.
    pub short_minimum: Ratio,
    /// The reference size.
    pub size_reference: Amount,
}

const ONE_UNSIGNED: u64 = ONE.unsigned_abs();

/// Beyond this multiple of the reference size its square root to 1e-8 would need more than 64 bits.
pub(super) const FINE_SIZES: u64 = 1_800;
/// Beyond this one its square root to 1e-4 would.
const COARSE_SIZES: u64 = 180_000_000_000;
/// The most of a collateral's value that a haircut takes when factors raise it, two thirds rounded down. The factor grows
/// at most with the square root of the value v, so that `v·(1 − haircut·factor)` does not fall with v up to here.
pub(super) const MOST_CUT: Ratio = Ratio(66_666_666);

impl RiskClass {
    /// Whether governance has defined the class.
    #[inline(always)]
    pub fn is_defined(&self) -> bool {
        self.initial > Ratio::ZERO
    }

    /// Checks the class: undefined classes are all zero; defined ones keep `0 < maintenance < initial`, every factor in
    /// its domain, and the capped requirement with bounty and carry too.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`].
    pub fn invariant(&self, rule: &MultiplierRule) -> Result<()> {
        if *self == Self::zeroed() {
            return Ok(());
        }
        let ratios = [
            self.initial,
            self.maintenance,
            self.hurdle_sensitivity,
            self.volatility_sensitivity,
            self.volatility_reference,
            self.size_coefficient,
            self.size_cap,
            self.multiplier_cap,
            self.haircut,
            self.bounty,
            self.price_range,
            self.volatility_range,
            self.short_minimum,
        ];
        let domain = ratios.iter().all(|ratio| ratio.validate().is_ok());
        let order = Ratio::ZERO < self.maintenance && self.maintenance < self.initial;
        let factors = self.multiplier_cap >= Ratio::ONE
            && self.dearest().is_ok()
            && self.size_cap.add(Ratio::ONE).is_ok()
            && self
                .hurdle_sensitivity
                .times_up(rule.cap)
                .and_then(|rise| rise.add(Ratio::ONE))
                .is_ok();
        let options = self.price_range < Ratio::ONE
            && self.volatility_range < Ratio::ONE
            && self.short_minimum <= Ratio::ONE
            && (self.price_range == Ratio::ZERO || self.short_minimum > Ratio::ZERO);
        let shares = self.haircut <= Ratio::ONE && self.bounty <= Ratio::ONE;
        if !domain || !order || !factors || !options || !shares || self.size_reference == Amount::ZERO {
            return Err(HurdleError::InvalidParameter);
        }
        Ok(())
    }

    /// The largest requirement per unit of notional value, whatever may be published.
    fn dearest(&self) -> Result<Ratio> {
        let capped = self.initial.times_up(self.multiplier_cap)?;
        capped.add(self.bounty)?.add(LARGEST_CARRY)
    }

    /// The moves of price and volatility over which the class's options are valued; all zero where it has none.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`] for ranges outside their domains.
    pub fn scenario_grid(&self) -> Result<ScenarioGrid> {
        if self.price_range == Ratio::ZERO {
            return Ok(ScenarioGrid::zeroed());
        }
        ScenarioGrid::new(self.price_range, self.volatility_range)
    }

    /// The factor for size, `1 + min(cap, coefficient·√(exposure/reference))`, rounded up.
    #[inline(always)]
    pub(super) fn size_factor(&self, exposure: Amount) -> Result<Ratio> {
        if self.size_coefficient == Ratio::ZERO {
            return Ok(Ratio::ONE);
        }
        let reference = self.size_reference.0;
        let (Some(whole), Some(rest)) = (
            exposure.0.checked_div(reference),
            exposure.0.checked_rem(reference),
        ) else {
            return Err(HurdleError::InvalidParameter);
        };
        let coefficient = self.size_coefficient.raw().cast_unsigned();
        let rise = if whole < FINE_SIZES {
            let part = Self::part_of_size(rest, reference);
            // 1,801 · 1e8 · 1e8; √(x·1e-8) = √(x·1e8)·1e-8
            let size = whole.wrapping_mul(ONE_UNSIGNED).wrapping_add(part);
            let root = root_down(size.wrapping_mul(ONE_UNSIGNED)).wrapping_add(1);
            // a root of 64 bits has 32, a ratio 30
            let product = root.wrapping_mul(coefficient).wrapping_add(ONE_UNSIGNED - 1);
            (product / ONE_UNSIGNED).cast_signed()
        } else {
            self.rise_of_many(whole, rest)
        };
        Ratio::ONE.add(Ratio(rise.min(self.size_cap.raw())))
    }

    /// The coefficient times the root of a size of [`FINE_SIZES`] and more, rounded up; the largest number where it does
    /// not fit.
    #[inline(never)]
    fn rise_of_many(&self, whole: u64, rest: u64) -> i64 {
        let root = if whole < COARSE_SIZES {
            let part = Self::part_of_size(rest, self.size_reference.0);
            // at most 1.8e11 · 1e8; √(x·1e-8) = √x·1e-4
            let size = whole.wrapping_mul(ONE_UNSIGNED).wrapping_add(part);
            Some(root_down(size).wrapping_add(1).wrapping_mul(10_000))
        } else {
            mul_checked(root_down(whole).saturating_add(1), ONE_UNSIGNED)
        };
        root.and_then(|root| mul_checked(root, self.size_coefficient.raw().cast_unsigned()))
            .and_then(|rise| div_up_unsigned(rise, ONE_UNSIGNED))
            .and_then(|rise| i64::try_from(rise).ok())
            .unwrap_or(i64::MAX)
    }

    /// rest/reference in 1e-8, rounded up, for a rest below the reference.
    #[inline(always)]
    fn part_of_size(rest: u64, reference: u64) -> u64 {
        // Scaled down to 35 to 37 bits together where the product would not fit. Every step rounds up, since the root of a
        // small ratio magnifies what was lost.
        let (mut divisor, mut rest) = (reference, rest);
        // a few times for the references of practice; the VM counts no leading zeros
        while divisor >> 37 != 0 {
            divisor >>= 3;
            rest = (rest >> 3).wrapping_add(u64::from(rest & 7 != 0));
        }
        let scaled = rest.wrapping_mul(ONE_UNSIGNED);
        let part = div_up_unsigned(scaled, divisor).unwrap_or(u64::MAX);
        part.min(ONE_UNSIGNED)
    }

    /// The factor for volatility, `1 + sensitivity·max(0, σ − reference)`, held to ten, rounded up. The class's cap holds
    /// the product further.
    #[inline(always)]
    fn volatility_factor(&self, volatility: Ratio) -> Ratio {
        if volatility <= self.volatility_reference {
            return Ratio::ONE;
        }
        let rise = volatility
            .excess_over(self.volatility_reference)
            .times_up(self.volatility_sensitivity);
        rise.and_then(|rise| Ratio::ONE.add(rise)).unwrap_or(Ratio::MAX)
    }

    /// The factor for the market's margin multiplier, `1 + sensitivity·(m − 1)`, rounded up.
    #[inline(always)]
    fn hurdle_factor(&self, multiplier: Ratio) -> Ratio {
        if multiplier <= Ratio::ONE {
            return Ratio::ONE;
        }
        let rise = multiplier
            .excess_over(Ratio::ONE)
            .times_up(self.hurdle_sensitivity);
        rise.and_then(|rise| Ratio::ONE.add(rise)).unwrap_or(Ratio::MAX)
    }

    /// The factor that does not move with a publication: of size and of the growth with age.
    #[inline(always)]
    pub(super) fn standing_factor(&self, size: Amount, growth: Ratio) -> Result<Ratio> {
        Ok(self.capped(self.size_factor(size)?, growth))
    }

    /// The factor of the market's margin multiplier and volatility.
    #[inline(always)]
    pub(super) fn moving_factor(&self, multiplier: Ratio, volatility: Ratio) -> Ratio {
        self.capped(self.hurdle_factor(multiplier), self.volatility_factor(volatility))
    }

    /// The product of two factors, held to the class's cap.
    #[inline(always)]
    pub(super) fn capped(&self, a: Ratio, b: Ratio) -> Ratio {
        let product = match (a, b) {
            (Ratio::ONE, other) | (other, Ratio::ONE) => other,
            _ => a.times_up(b).unwrap_or(Ratio::MAX),
        };
        product.min(self.multiplier_cap)
    }

    /// The haircut under a factor, rounded up: at least its base, and raised to [`MOST_CUT`] at most.
    #[inline(always)]
    pub(super) fn haircut_under(&self, factor: Ratio) -> Ratio {
        let raised = self.haircut.times_up(factor).unwrap_or(Ratio::MAX);
        raised.min(MOST_CUT.max(self.haircut))
    }

    /// Maintenance as a share of initial margin, rounded up.
    ///
    /// # Errors
    /// [`HurdleError::InvalidParameter`] for an undefined class.
    #[inline(always)]
    pub(super) fn maintenance_share(&self) -> Result<Ratio> {
        // a ratio times one: 1e9 · 1e8
        let scaled = self.maintenance.raw().wrapping_mul(ONE).cast_unsigned();
        let initial = self.initial.raw().cast_unsigned();
        let share = scaled.wrapping_add(initial.wrapping_sub(1)).checked_div(initial);
        Ratio::new(share.ok_or(HurdleError::InvalidParameter)?.cast_signed())
    }
}
