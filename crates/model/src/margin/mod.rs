//! Margin calibration: from losses over the liquidation horizon to the parameters of a risk class, and the tests of
//! whether they hold.
//!
//! | question | function |
//! |---|---|
//! | what did prices do to a position before it could be closed | [`PricePath::adverse_move`] |
//! | which loss is not exceeded at a confidence, by what was seen | [`upper_quantile`], [`quantile_limit`] |
//! | … by simulated prices | [`crate::simulation::adverse_log_moves`] |
//! | … by the shape of the tail | [`fit_tail`] |
//! | which parameters a class needs | [`calibrate`] |
//! | is the margin breached as often as stated, and without clustering | [`coverage`] |
//! | are the losses beyond it as large as forecast | [`acerbi_szekely`] |

mod class;
mod coverage;
mod path;
mod pot;
mod quantile;
mod shortfall;

pub use class::{ClassBasis, ClassParameters, Confidence, Stressed, calibrate, hurdle_sensitivity};
pub use coverage::{Coverage, RatioTest, coverage, kupiec};
pub use path::{Move, Past, PricePath, loss_fraction};
pub use pot::{PotTail, fit_tail};
pub(crate) use quantile::level_of;
pub use quantile::{fewest_values, fewest_values_for_limit, quantile_limit, upper_quantile, upper_shortfall};
pub use shortfall::{ShortfallTest, acerbi_szekely};
