//! The parameters of a risk class, from the tail of standardised moves.

use super::path::loss_fraction;
use super::quantile::{fewest_values, level_of, upper_quantile};
use crate::error::{
    ModelError, Result, count, finite, fraction, non_negative, positive, representable, within,
};
use crate::tail::Side;

/// How sure each requirement is to last.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Confidence {
    /// Of maintenance margin over the liquidation horizon, (0, 1).
    pub maintenance: f64,
    /// Of initial margin over its longer horizon, at least as high.
    pub initial: f64,
}

/// What a class is calibrated from. Moves are adverse log-moves divided by their forecast standard deviation, quantiles of
/// them at the two confidences: by [`upper_quantile`], [`super::quantile_limit`], [`super::fit_tail`] or a simulation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassBasis {
    /// Quantile of standardised moves at the confidence of maintenance margin, > 0.
    pub maintenance_quantile: f64,
    /// Quantile at the confidence of initial margin, at least as large.
    pub initial_quantile: f64,
    /// Which side loses: a short position's loss is convex in the move.
    pub side: Side,
    /// Time until a liquidation is through, years, > 0: maintenance margin.
    pub liquidation_years: f64,
    /// Time until then from the last moment at which the holder may still act, years, at least as long: initial margin.
    pub warning_years: f64,
    /// Annual volatility that the base margins are meant for, > 0.
    pub volatility_reference: f64,
    /// Largest annual volatility that the sensitivity must cover, at least the reference.
    pub volatility_highest: f64,
    /// Slippage of liquidating the reference size, as a fraction of its value
    /// ([`crate::liquidity::depth_slippage`]), [0, 1].
    pub slippage: f64,
    /// Largest size to be covered, in reference sizes, ≥ 0.
    pub largest_size: f64,
    /// [`hurdle_sensitivity`], or governance's choice, ≥ 0.
    pub hurdle_sensitivity: f64,
    /// Largest margin multiplier m(h), ≥ 1.
    pub largest_multiplier: f64,
}

/// A risk class's parameters, named as in `hurdle_interface::margin::RiskClass` and to be rounded up into it
/// (`volatility_reference` down). Bounty, options and the reference size in atoms are governance's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassParameters {
    /// Base initial margin.
    pub initial: f64,
    /// Base maintenance margin, below the initial one.
    pub maintenance: f64,
    /// How much of the market's margin multiplier reaches the class.
    pub hurdle_sensitivity: f64,
    /// Rise of the factor per unit of volatility above the reference.
    pub volatility_sensitivity: f64,
    /// Volatility that the base margins are meant for.
    pub volatility_reference: f64,
    /// Rise of the factor at the reference size.
    pub size_coefficient: f64,
    /// Largest rise for size.
    pub size_cap: f64,
    /// Largest product of all factors: what is needed at the stated extremes.
    pub multiplier_cap: f64,
    /// Part of the collateral's value that does not count: what it may lose until it is sold.
    pub haircut: f64,
}

impl ClassParameters {
    /// The factor on both base margins, min(cap, (1 + size)·(1 + s·(m − 1))·(1 + v·max(0, σ − reference))), `size` in
    /// reference sizes: the margin rule of `hurdle_interface` in f64.
    #[must_use]
    pub fn factor(&self, multiplier: f64, volatility: f64, size: f64) -> f64 {
        let hurdle = 1.0 + self.hurdle_sensitivity * (multiplier - 1.0).max(0.0);
        let by_volatility =
            1.0 + self.volatility_sensitivity * (volatility - self.volatility_reference).max(0.0);
        let by_size = 1.0 + (self.size_coefficient * size.max(0.0).sqrt()).min(self.size_cap);
        (hurdle * by_volatility * by_size).min(self.multiplier_cap)
    }
}

/// Calibrates a class.
///
/// - Base margins: the loss at the quantile and the reference volatility, moves growing with the square root of time.
/// - Volatility sensitivity: the least v with base·(1 + v·(σ − σ₀)) ≥ loss(q·σ·√T) for all σ up to the highest, for both
///   margins. The loss is concave in σ for a long position and convex for a short one, so the chord's slope is greatest at
///   one of the ends.
/// - Size: slippage follows the square root of size (Torre 1997), so coefficient·maintenance·√(x/reference) covers it with
///   coefficient = slippage(reference)/maintenance.
/// - Cap: what the largest size at the highest volatility needs, times the largest factor of the hurdle rate. The factors'
///   product may exceed it, since a long position cannot lose more than its value.
///
/// # Errors
/// [`ModelError`] for an input outside its domain; [`ModelError::OutOfRange`] where initial margin would not exceed
/// maintenance margin; [`ModelError::Overflow`].
pub fn calibrate(basis: &ClassBasis) -> Result<ClassParameters> {
    let b = basis;
    let maintenance_quantile = positive("quantile of the maintenance margin", b.maintenance_quantile)?;
    let initial_quantile = within(
        "quantile of the initial margin",
        b.initial_quantile,
        maintenance_quantile,
        f64::MAX,
    )?;
    let liquidation = positive("liquidation horizon", b.liquidation_years)?;
    let warning = within(
        "horizon of the initial margin",
        b.warning_years,
        liquidation,
        f64::MAX,
    )?;
    let reference = positive("reference volatility", b.volatility_reference)?;
    let highest = within("highest volatility", b.volatility_highest, reference, f64::MAX)?;
    let slippage = fraction("slippage of the reference size", b.slippage)?;
    let largest = non_negative("largest size", b.largest_size)?;
    let hurdle_sensitivity = non_negative("hurdle sensitivity", b.hurdle_sensitivity)?;
    let multiplier = within("largest margin multiplier", b.largest_multiplier, 1.0, f64::MAX)?;

    let scales = [
        maintenance_quantile * liquidation.sqrt(),
        initial_quantile * warning.sqrt(),
    ];
    let loss = |scale: f64, volatility: f64| loss_fraction(scale * volatility, b.side);
    let [maintenance, initial] = scales.map(|scale| loss(scale, reference));
    if !(initial > maintenance && initial.is_finite()) {
        return Err(ModelError::OutOfRange {
            what: "initial margin",
            value: initial,
            min: maintenance,
            max: f64::MAX,
        });
    }
    let mut volatility_sensitivity = 0.0_f64;
    for scale in scales {
        let base = loss(scale, reference);
        // By the reference: the slope there, scale·e^(∓scale·σ₀), relative to the base.
        let at_reference = match b.side {
            Side::Long => scale * (1.0 - base) / base,
            Side::Short => scale * (1.0 + base) / base,
        };
        volatility_sensitivity = volatility_sensitivity.max(at_reference);
        if highest > reference {
            let chord = (loss(scale, highest) / base - 1.0) / (highest - reference);
            volatility_sensitivity = volatility_sensitivity.max(chord);
        }
    }
    let size_coefficient = slippage / maintenance;
    let size_cap = size_coefficient * largest.sqrt();
    let worst = scales
        .iter()
        .map(|scale| (loss(*scale, highest) + slippage * largest.sqrt()) / loss(*scale, reference))
        .fold(1.0, f64::max);
    let extremes = worst * (1.0 + hurdle_sensitivity * (multiplier - 1.0));
    Ok(ClassParameters {
        initial,
        maintenance,
        hurdle_sensitivity,
        volatility_sensitivity: representable("volatility sensitivity", volatility_sensitivity)?,
        volatility_reference: reference,
        size_coefficient: representable("size coefficient", size_coefficient)?,
        size_cap: representable("size cap", size_cap)?,
        multiplier_cap: representable("multiplier cap", extremes)?,
        haircut: loss_fraction(scales[0] * reference, Side::Long).min(1.0),
    })
}

/// A standardised move and the margin multiplier that was published when it began.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stressed {
    /// m(h), ≥ 1.
    pub multiplier: f64,
    /// Adverse log-move ÷ forecast standard deviation.
    pub standardised: f64,
}

/// How much wider the standardised moves' quantile was under a raised multiplier than without, per unit of the multiplier's
/// mean rise: max(0, (q_raised/q_calm − 1)/(mean(m) − 1)). `None` where either state holds too few moves to show the
/// quantile: governance's choice then stands.
///
/// # Errors
/// [`ModelError::OutOfRange`] for a multiplier below 1 or a level outside (0, 1); [`ModelError::NotFinite`];
/// [`ModelError::NotPositive`] where calm moves have a quantile of zero or below.
pub fn hurdle_sensitivity(moves: &[Stressed], level: f64) -> Result<Option<f64>> {
    let level = level_of(level)?;
    let (mut calm, mut raised, mut rise) = (Vec::new(), Vec::new(), 0.0);
    for at in moves {
        let multiplier = within("margin multiplier", at.multiplier, 1.0, f64::MAX)?;
        let standardised = finite("standardised move", at.standardised)?;
        if multiplier > 1.0 {
            raised.push(standardised);
            rise += multiplier - 1.0;
        } else {
            calm.push(standardised);
        }
    }
    let needed = fewest_values(level)?;
    if calm.len() < needed || raised.len() < needed {
        return Ok(None);
    }
    let base = positive("quantile of calm moves", upper_quantile(&calm, level)?)?;
    let wider = (upper_quantile(&raised, level)? / base - 1.0).max(0.0);
    representable("hurdle sensitivity", wider / (rise / count(raised.len()))).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rng, assert_close};
    use proptest::prelude::*;

    const BASIS: ClassBasis = ClassBasis {
        maintenance_quantile: 2.5,
        initial_quantile: 3.0,
        side: Side::Long,
        liquidation_years: 1.0 / 365.0,
        warning_years: 3.0 / 365.0,
        volatility_reference: 0.8,
        volatility_highest: 2.5,
        slippage: 0.01,
        largest_size: 25.0,
        hurdle_sensitivity: 0.5,
        largest_multiplier: 2.0,
    };

    #[test]
    fn a_hand_worked_class() {
        let class = calibrate(&BASIS).unwrap();
        let maintenance = 1.0 - f64::exp(-2.5 * 0.8 / 365f64.sqrt());
        assert_close(class.maintenance, maintenance, 1e-15);
        assert_close(
            class.initial,
            1.0 - f64::exp(-3.0 * 0.8 * (3f64 / 365.0).sqrt()),
            1e-15,
        );
        assert_close(class.size_coefficient, 0.01 / maintenance, 1e-15);
        assert_close(class.size_cap, 5.0 * 0.01 / maintenance, 1e-15);
        // Nearly proportional to volatility: 1/σ₀ less the concavity of the loss.
        assert!(class.volatility_sensitivity < 1.25 && class.volatility_sensitivity > 1.1);
        assert_close(class.haircut, maintenance, 1e-15);
    }

    #[test]
    fn equal_horizons_and_quantiles_leave_no_room_between_the_margins() {
        let flat = ClassBasis {
            initial_quantile: 2.5,
            warning_years: 1.0 / 365.0,
            ..BASIS
        };
        assert!(matches!(calibrate(&flat), Err(ModelError::OutOfRange { .. })));
    }

    #[test]
    fn moves_that_widen_with_the_multiplier_show_its_sensitivity() {
        let mut rng = Rng::new(81);
        let moves: Vec<Stressed> = (0..40_000)
            .map(|i| {
                let multiplier = if i % 3 == 0 { 1.5 } else { 1.0 };
                Stressed {
                    multiplier,
                    standardised: (1.0 + 0.8 * (multiplier - 1.0)) * rng.normal(),
                }
            })
            .collect();
        assert_close(hurdle_sensitivity(&moves, 0.99).unwrap().unwrap(), 0.8, 0.1);
        assert_eq!(hurdle_sensitivity(&moves[..50], 0.99), Ok(None));
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn the_requirement_covers_the_loss_at_every_volatility_and_size_up_to_the_extremes(
            q in 1.0f64..6.0, more in 0.01f64..2.0, short in any::<bool>(), reference in 0.1f64..1.5, times in 1.0f64..4.0,
            share in 0.0f64..=1.0, size in 0.0f64..=25.0, multiplier in 1.0f64..2.0,
        ) {
            let basis = ClassBasis {
                maintenance_quantile: q,
                initial_quantile: q + more,
                side: if short { Side::Short } else { Side::Long },
                volatility_reference: reference,
                volatility_highest: times * reference,
                ..BASIS
            };
            let class = calibrate(&basis).unwrap();
            let volatility = reference * (1.0 + share * (times - 1.0));
            let factor = class.factor(multiplier, volatility, size);
            let loss = |q: f64, years: f64| loss_fraction(q * volatility * years.sqrt(), basis.side);
            let slippage = basis.slippage * size.sqrt();
            let maintenance = loss(q, basis.liquidation_years) + slippage;
            prop_assert!(class.maintenance * factor >= maintenance * (1.0 - 1e-12));
            prop_assert!(class.initial * factor >= loss(q + more, basis.warning_years) * (1.0 - 1e-12));
            prop_assert!(class.initial > class.maintenance);
        }
    }
}
