//! What the lender program and its clients share: account layouts, the ledger's rules, errors, addresses and instruction
//! builders.
//!
//! The lender is a small lending desk that shows how a protocol rests on Hurdle. A borrower pledges collateral and
//! borrows the quote asset; the desk asks Hurdle before it lets a debt grow or collateral go, and never otherwise.
//! There is one kind of collateral and no interest. Balances live in the desk's own accounts: a vault's *wallet* stands
//! in for the owner's token accounts and is credited by the desk authority's faucet, the one place where atoms appear.
//!
//! A client does, in this order (builders in [`instruction`], feature `instructions`; accounts are read with
//! [`AccountLayout::copied_from_account`](account::AccountLayout::copied_from_account)):
//!
//! | step | builder | signer |
//! |---|---|---|
//! | open a desk on a Hurdle market | `create_desk` | payer, authority |
//! | price the collateral | `set_price` | price authority |
//! | open a vault for the authority and one for each borrower | `open_account` | payer, owner |
//! | credit their wallets | `faucet` | authority |
//! | move quote atoms of the authority's wallet into the desk | `fund` | authority |
//! | pledge, borrow, repay, take out | `deposit`, `borrow`, `repay`, `withdraw` | owner |
//!
//! What Hurdle refuses comes back as Hurdle's own code (`HurdleError::MarginInsufficient`, `HurdleError::OracleStale` …),
//! by either gate; what the lender refuses as a [`LenderError`].
#![no_std]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::arithmetic_side_effects,
        reason = "a test may fail by panicking"
    )
)]

#[cfg(feature = "instructions")]
extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod account;
pub mod args;
pub mod error;
#[cfg(feature = "instructions")]
pub mod instruction;
pub mod pda;
pub mod quantity;
pub mod state;

pub use account::AccountLayout;
pub use error::{LenderError, Result};
pub use quantity::{Collateral, Price};
pub use state::{Desk, Vault};

use solana_address::Address;

/// The address of the lender program.
pub const ID: Address = Address::from_str_const("Lender1111111111111111111111111111111111111");
