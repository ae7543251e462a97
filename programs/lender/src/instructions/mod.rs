//! One file per instruction: arguments, accounts, `validate`, handler.

pub mod borrow;
pub mod create_desk;
pub mod deposit;
pub mod faucet;
pub mod fund;
pub mod open_account;
pub mod repay;
pub mod set_price;
pub mod withdraw;
