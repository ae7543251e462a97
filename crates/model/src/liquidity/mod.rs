//! Component **l**, the liquidity spread (liquidity-adjusted cost of capital, LACC): what a liquidation gives up to
//! the depth of the market and to the speed at which it discovers the price, times how often it is expected.
//!
//! Depth comes as a book ([`BookDepth`], [`Bids`]), as a pool ([`ConstantProduct`], [`ConcentratedPool`],
//! [`StablePair`]) or as a single figure ([`depth_slippage`]). Anything that buys is a [`Venue`]; [`optimal_split`]
//! spreads an order over several. [`Execution`] lets an order wait for a book that refills.

mod book;
mod concentrated;
mod execution;
mod impact;
mod pool;
mod stable;
mod venue;

pub use book::{Bid, Bids, BookDepth, DepthLevel, Placement, Slippage};
pub use concentrated::{ConcentratedPool, TickRange, tick_price};
pub use execution::{Execution, ExecutionCost};
pub use impact::{ImpactShape, depth_slippage, liquidity_premium};
pub use pool::{Arbitrage, ConstantProduct, constant_product_slippage};
pub use stable::{StablePair, StableSwap};
pub use venue::{Split, Venue, optimal_split};
