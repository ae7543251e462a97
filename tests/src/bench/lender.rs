//! The lender: whole transactions, so that a gate by CPI and one by direct read can be compared.

use lender_interface::args::Gate;

use crate::cu::Row;
use crate::lender::Lending;

const TOPIC: &str = "lender, whole transaction";
const TOKEN: u64 = 1_000_000_000;
const UNIT: u64 = 1_000_000;

/// One row for each movement and gate, of a vault that owes something already.
///
/// # Errors
/// When a program is not compiled or refuses what it should accept.
pub fn rows() -> anyhow::Result<Vec<Row>> {
    let mut lending = Lending::new()?;
    lending.accepted(lending.deposit(10 * TOKEN))?;
    lending.accepted(lending.borrow(500 * UNIT, Gate::Direct))?;
    let cases = [
        ("borrow, gated by CPI", lending.borrow(UNIT, Gate::Cpi)),
        ("borrow, gated by direct read", lending.borrow(UNIT, Gate::Direct)),
        ("withdraw, gated by CPI", lending.withdraw(TOKEN, Gate::Cpi)),
        (
            "withdraw, gated by direct read",
            lending.withdraw(TOKEN, Gate::Direct),
        ),
        ("repay", lending.repay(UNIT)),
        ("deposit", lending.deposit(TOKEN)),
    ];
    cases
        .into_iter()
        .map(|(case, instruction)| Ok(Row::compute_units(TOPIC, case, lending.accepted(instruction)?)))
        .collect()
}
