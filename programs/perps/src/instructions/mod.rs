//! One file per instruction: accounts, handler.

mod create_exchange;
mod deposit;
mod open_book;
mod reduce;
mod trade;

pub use create_exchange::*;
pub use deposit::*;
pub use open_book::*;
pub use reduce::*;
pub use trade::*;
