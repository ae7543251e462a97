//! Volatility: realised over several horizons and from the ranges of bars, robust to jumps, exponentially weighted, and
//! as forecast by the models of its dynamics. All annualised, all for unevenly spaced samples with gaps.
//!
//! | question | function |
//! |---|---|
//! | how much did the price move | [`realised`], [`realised_over`], [`exponentially_weighted`] |
//! | the same from open, high, low and close | [`parkinson`], [`garman_klass`], [`rogers_satchell`], [`yang_zhang`] |
//! | how much of it were jumps, and is that significant | [`bipower`], [`jump_test`] |
//! | how much will it move | [`garch::fit`], [`har::fit`], [`exponentially_weighted`] |
//! | … until a position is liquidated | [`term_structure`] of any of them |

mod bars;
mod bipower;
mod combination;
mod even;
pub mod garch;
pub mod har;
mod range;
mod realised;
mod term;

pub use bars::{Bar, Bars};
pub use bipower::{Bipower, JumpTest, Quarticity, bipower, jump_test};
pub use combination::{Combination, combine, over_horizon};
pub use even::EvenSeries;
pub use range::{RangeVolatility, close_to_close, garman_klass, parkinson, rogers_satchell, yang_zhang};
pub use realised::{Realised, exponentially_weighted, realised, realised_over};
pub use term::{Flat, IntegratedVariance, TermPoint, term_structure};
