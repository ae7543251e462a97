//! What the forward hashprice follows from.

use crate::error::{ModelError, Result, finite, non_negative, positive, within};
use crate::pow::PowChain;
use crate::pow::difficulty::DifficultyPath;

/// Days in a year, as everywhere in this library.
const YEAR: f64 = 365.0;

/// A lognormal price around its forward curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PriceModel {
    /// Price now, quote.
    pub spot: f64,
    /// Carry per year, continuously compounded: the forward price is spot·exp(carry·t).
    pub carry: f64,
    /// Volatility per √year.
    pub volatility: f64,
}

/// Fees of a block: mean-reverting.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FeeModel {
    /// Now, coins.
    pub now: f64,
    /// In the long run, coins.
    pub level: f64,
    /// Days in which the distance to that falls to 1/e.
    pub reversion: f64,
    /// Standard deviation of the logarithm around its mean, in the long run; an Ornstein–Uhlenbeck process with the same
    /// time constant.
    pub deviation: f64,
}

/// How difficulty and price go together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coupling {
    /// Correlation of the day's shock to the price with that to the hash rate's level, [−1, 1].
    pub correlation: f64,
    /// Per cent by which the hash rate comes to rise for a price one per cent above its forward; 0 without feedback.
    pub elasticity: f64,
    /// Days in which 1 − 1/e of that response has come.
    pub response: f64,
}

impl Coupling {
    /// Price and difficulty have nothing to do with each other.
    pub const NONE: Self = Self {
        correlation: 0.0,
        elasticity: 0.0,
        response: 90.0,
    };
}

/// A chain, its price and its difficulty ahead.
#[derive(Debug, Clone, PartialEq)]
pub struct ForwardMarket {
    /// The chain.
    pub chain: PowChain,
    /// Height of the next block.
    pub height: u64,
    /// Difficulty ahead.
    pub difficulty: DifficultyPath,
    /// Price.
    pub price: PriceModel,
    /// Fees.
    pub fees: FeeModel,
    /// How price and difficulty go together.
    pub coupling: Coupling,
}

impl PriceModel {
    /// Forward price in so many days.
    pub(super) fn forward(&self, days: f64) -> f64 {
        self.spot * (self.carry * days / YEAR).exp()
    }

    /// Variance per day.
    pub(super) fn daily_variance(&self) -> f64 {
        self.volatility * self.volatility / YEAR
    }
}

impl FeeModel {
    /// Expected fees of a block in so many days.
    pub(super) fn mean(&self, days: f64) -> f64 {
        self.level + (self.now - self.level) * (-days / self.reversion).exp()
    }

    /// Covariance of the logarithms at two times.
    pub(super) fn covariance(&self, a: f64, b: f64) -> f64 {
        let kept = |days: f64| (-days / self.reversion).exp();
        self.deviation * self.deviation * (kept((a - b).abs()) - kept(a + b))
    }
}

impl ForwardMarket {
    /// The market, if every figure lies in its domain.
    ///
    /// # Errors
    /// [`ModelError`] naming the first that does not.
    pub fn checked(self) -> Result<Self> {
        positive("price of a coin", self.price.spot)?;
        within("carry per year", self.price.carry, -5.0, 5.0)?;
        within("volatility of the price", self.price.volatility, 0.0, 10.0)?;
        non_negative("fees of a block", self.fees.now)?;
        non_negative("long-run fees of a block", self.fees.level)?;
        positive("reversion of the fees in days", self.fees.reversion)?;
        within("deviation of the fees", self.fees.deviation, 0.0, 5.0)?;
        within(
            "correlation of price and hash rate",
            self.coupling.correlation,
            -1.0,
            1.0,
        )?;
        within(
            "elasticity of the hash rate",
            self.coupling.elasticity,
            -10.0,
            10.0,
        )?;
        positive("response time in days", self.coupling.response)?;
        finite("fees of a block", self.fees.now)?;
        if self.difficulty.steps.is_empty() {
            return Err(ModelError::TooFew {
                what: "retargets ahead",
                needed: 1,
                got: 0,
            });
        }
        Ok(self)
    }

    /// Subsidy of a block in so many days, at the height that is expected then.
    pub(super) fn subsidy(&self, days: f64) -> Result<f64> {
        let blocks = within("blocks ahead", self.difficulty.blocks_by(days), 0.0, 1e15)?;
        // within 2⁵³, checked above
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let ahead = blocks as u64;
        self.chain.subsidy.at(self.height.saturating_add(ahead))
    }
}
