//! Price impact from a single figure of depth, and the premium per year.

use crate::error::{Result, fraction, non_negative, positive};

/// The shape of the price impact in a one-parameter depth model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImpactShape {
    /// Price moves in proportion to quantity (Kyle 1985): average slippage ½·d·q/D.
    Linear,
    /// Price moves with the square root of quantity (Tóth et al. 2011): average slippage ⅔·d·√(q/D).
    SquareRoot,
}

/// Slippage from a single figure, the depth `depth` within `distance` of mid. Beyond that distance the same law is
/// continued; the result is capped at a total loss.
///
/// # Errors
/// [`crate::ModelError::NotPositive`], [`crate::ModelError::OutOfRange`] for the distance, [`crate::ModelError::NotFinite`].
pub fn depth_slippage(order: f64, depth: f64, distance: f64, shape: ImpactShape) -> Result<f64> {
    let filled = positive("order", order)? / positive("depth", depth)?;
    positive("distance from mid", fraction("distance from mid", distance)?)?;
    let average = match shape {
        ImpactShape::Linear => distance * filled / 2.0,
        ImpactShape::SquareRoot => distance * filled.sqrt() * 2.0 / 3.0,
    };
    Ok(average.min(1.0))
}

/// The premium per year: slippage of one liquidation × liquidated value per year and unit of capital (the exogenous
/// cost of liquidity of Bangia, Diebold, Schuermann & Stroughair 1999, charged at its expected frequency).
///
/// # Errors
/// [`crate::ModelError::OutOfRange`] for a slippage outside [0, 1] or a negative turnover, [`crate::ModelError::NotFinite`].
pub fn liquidity_premium(slippage: f64, turnover_per_year: f64) -> Result<f64> {
    let slippage = fraction("slippage", slippage)?;
    Ok(slippage * non_negative("liquidation turnover", turnover_per_year)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, integrate};

    #[test]
    fn the_one_parameter_models_are_averages_of_their_marginal_impact() {
        let (order, depth, d) = (3.0, 8.0, 0.02);
        let linear = integrate(|q| d * q / depth, 0.0, order, 100) / order;
        assert_close(
            depth_slippage(order, depth, d, ImpactShape::Linear).unwrap(),
            linear,
            1e-15,
        );
        let root = integrate(|x| d * x / depth.sqrt() * 2.0 * x, 0.0, order.sqrt(), 100) / order;
        assert_close(
            depth_slippage(order, depth, d, ImpactShape::SquareRoot).unwrap(),
            root,
            1e-15,
        );
    }
}
