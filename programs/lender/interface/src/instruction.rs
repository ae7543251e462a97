//! Instruction builders, for clients and tests. The accounts of each stand in the order that the program takes.

use crate::ID;
use crate::args::{
    BorrowArgs, CollateralArgs, CreateDeskArgs, FaucetArgs, Gate, QuoteArgs, SetPriceArgs, Tag, WithdrawArgs,
};
use crate::pda;
use crate::quantity::{Collateral, Price};
use alloc::vec;
use alloc::vec::Vec;
use bytemuck::Pod;
use hurdle_interface::Amount;
use hurdle_interface::instruction::SYSTEM_PROGRAM;
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};

/// Creates the desk at [`pda::desk`]`(authority, args.id)` on a Hurdle market.
pub fn create_desk(
    payer: Address,
    authority: Address,
    market: Address,
    args: &CreateDeskArgs,
) -> Instruction {
    instruction(
        Tag::CreateDesk,
        args,
        vec![
            AccountMeta::new(payer, true),
            AccountMeta::new_readonly(authority, true),
            AccountMeta::new(pda::desk(&authority, args.id).0, false),
            AccountMeta::new_readonly(market, false),
            AccountMeta::new_readonly(SYSTEM_PROGRAM, false),
        ],
    )
}

/// Prices the collateral, as of now.
pub fn set_price(price_authority: Address, desk: Address, price: Price) -> Instruction {
    instruction(
        Tag::SetPrice,
        &SetPriceArgs { price },
        vec![
            AccountMeta::new_readonly(price_authority, true),
            AccountMeta::new(desk, false),
        ],
    )
}

/// Opens the owner's vault at [`pda::vault`]`(desk, owner)`.
pub fn open_account(payer: Address, owner: Address, desk: Address) -> Instruction {
    instruction(
        Tag::OpenAccount,
        &(),
        vec![
            AccountMeta::new(payer, true),
            AccountMeta::new_readonly(owner, true),
            AccountMeta::new_readonly(desk, false),
            AccountMeta::new(pda::vault(&desk, &owner).0, false),
            AccountMeta::new_readonly(SYSTEM_PROGRAM, false),
        ],
    )
}

/// Credits the wallet in `owner`'s vault: where atoms come from.
pub fn faucet(
    authority: Address,
    desk: Address,
    owner: Address,
    quote: Amount,
    collateral: Collateral,
) -> Instruction {
    on_ledger(
        Tag::Faucet,
        &FaucetArgs { quote, collateral },
        authority,
        desk,
        owner,
    )
}

/// Moves quote atoms from the authority's wallet into the desk's liquidity.
pub fn fund(authority: Address, desk: Address, amount: Amount) -> Instruction {
    on_ledger(Tag::Fund, &QuoteArgs { amount }, authority, desk, authority)
}

/// Pledges collateral from the owner's wallet. Needs no oracle.
pub fn deposit(owner: Address, desk: Address, amount: Collateral) -> Instruction {
    on_ledger(Tag::Deposit, &CollateralArgs { amount }, owner, desk, owner)
}

/// Borrows quote atoms into the owner's wallet, if Hurdle allows it.
pub fn borrow(owner: Address, desk: Address, market: Address, amount: Amount, gate: Gate) -> Instruction {
    let args = BorrowArgs {
        amount,
        gate: gate.byte(),
        padding: [0; 7],
    };
    gated(on_ledger(Tag::Borrow, &args, owner, desk, owner), market, gate)
}

/// Pays debt back from the owner's wallet. Needs no oracle.
pub fn repay(owner: Address, desk: Address, amount: Amount) -> Instruction {
    on_ledger(Tag::Repay, &QuoteArgs { amount }, owner, desk, owner)
}

/// Takes collateral out into the owner's wallet, if Hurdle allows it or nothing is owed.
pub fn withdraw(
    owner: Address,
    desk: Address,
    market: Address,
    amount: Collateral,
    gate: Gate,
) -> Instruction {
    let args = WithdrawArgs {
        amount,
        gate: gate.byte(),
        padding: [0; 7],
    };
    gated(on_ledger(Tag::Withdraw, &args, owner, desk, owner), market, gate)
}

/// An instruction on a desk and the vault of `owner`.
fn on_ledger<T: Pod>(tag: Tag, args: &T, signer: Address, desk: Address, owner: Address) -> Instruction {
    instruction(
        tag,
        args,
        vec![
            AccountMeta::new_readonly(signer, true),
            AccountMeta::new(desk, false),
            AccountMeta::new(pda::vault(&desk, &owner).0, false),
        ],
    )
}

/// Adds what the gate needs: the market, and the Hurdle program where it is called.
fn gated(mut instruction: Instruction, market: Address, gate: Gate) -> Instruction {
    instruction
        .accounts
        .push(AccountMeta::new_readonly(market, false));
    if gate == Gate::Cpi {
        instruction
            .accounts
            .push(AccountMeta::new_readonly(hurdle_interface::ID, false));
    }
    instruction
}

fn instruction<T: Pod>(tag: Tag, args: &T, accounts: Vec<AccountMeta>) -> Instruction {
    let mut data = vec![tag.byte()];
    data.extend_from_slice(bytemuck::bytes_of(args));
    Instruction {
        program_id: ID,
        accounts,
        data,
    }
}
