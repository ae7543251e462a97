//! What each type of machine earns and is worth.

use super::AccountAnswer;
use crate::desk::DeskError;
use crate::desk::pow::{BooksArgs, FleetFile};
use hurdle_model::ModelError;
use hurdle_model::pow::economics::{Impairment, Prospect, Statement, decline_of_hashprice, prospects};
use hurdle_model::pow::{Fleet, MiningMarket, Site};
use serde::Serialize;

/// Machines of one type.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MachineAnswer {
    /// Name of the type.
    pub name: String,
    /// Whether they earn their energy and run.
    pub runs: bool,
    /// J/TH of the machine itself.
    pub joules_per_terahash: f64,
    /// Price per TH/s.
    pub cost_per_terahash: f64,
    /// The type's part of the account.
    pub account: AccountAnswer,
    /// Years until its margin is gone; none where it never will be.
    pub economic_life: Option<f64>,
    /// Net present value of buying one, at the hurdle rate.
    pub net_present_value: f64,
    /// Internal rate of return per year of buying one.
    pub internal_rate_of_return: Option<f64>,
    /// Years until one has paid for itself.
    pub payback: Option<f64>,
    /// Book value of one.
    pub book_value: f64,
    /// What one will still bring, at the hurdle rate.
    pub value_in_use: f64,
    /// Book value that is lost.
    pub impairment: f64,
}

/// The types of a fleet.
///
/// # Errors
/// [`DeskError::Model`].
pub(super) fn answers(
    file: &FleetFile,
    fleet: &Fleet,
    site: &Site,
    market: &MiningMarket,
    statement: &Statement,
    books: &BooksArgs,
    improvement: f64,
) -> Result<Vec<MachineAnswer>, DeskError> {
    let fault = DeskError::model("machines");
    let decline = decline_of_hashprice(improvement).map_err(&fault)?;
    let machines = prospects(fleet, site, market, decline).map_err(&fault)?;
    file.names()
        .zip(fleet.units())
        .zip(&statement.lines)
        .zip(machines)
        .map(|(((name, unit), line), machine)| {
            let book = books.method().book_value(unit, books.age).map_err(&fault)?;
            let impairment = impairment(machine, book, books.age, books.hurdle).map_err(&fault)?;
            Ok(MachineAnswer {
                name: name.to_owned(),
                runs: line.is_running,
                joules_per_terahash: unit.machine.efficiency(),
                cost_per_terahash: unit.machine.cost_per_terahash(unit.price).map_err(&fault)?,
                account: AccountAnswer::new(&line.account, market.hashprice()),
                economic_life: machine.economic_life().map_err(&fault)?,
                net_present_value: machine.net_present_value(books.hurdle).map_err(&fault)?,
                internal_rate_of_return: machine.internal_rate_of_return().map_err(&fault)?,
                payback: machine.payback(0.0).map_err(&fault)?,
                book_value: book,
                value_in_use: impairment.value_in_use,
                impairment: impairment.loss,
            })
        })
        .collect()
}

/// Of a machine of this age; one that has outlived its life brings its salvage value, which is its book value.
fn impairment(machine: Prospect, book: f64, age: f64, hurdle: f64) -> Result<Impairment, ModelError> {
    if age >= machine.life {
        return Ok(Impairment {
            value_in_use: machine.salvage,
            recoverable: machine.salvage,
            loss: (book - machine.salvage).max(0.0),
        });
    }
    machine.aged(age)?.impairment(book, hurdle)
}
