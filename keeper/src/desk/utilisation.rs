//! Arguments that name the utilisation of a market in a table.

use super::DeskError;
use super::table::Table;
use clap::Args;
use std::path::Path;

/// Where the utilisation stands.
#[derive(Args, Clone, Debug)]
pub struct UtilisationArgs {
    /// Title of the column with the utilisation, 0 to 1 [default: borrowed ÷ supplied where those columns are given].
    #[arg(
        long,
        value_name = "TITLE",
        default_value = "utilisation",
        conflicts_with = "borrowed_column"
    )]
    utilisation_column: String,
    /// Title of a column with what is borrowed; repeat to add several up.
    #[arg(long, value_name = "TITLE", requires = "supplied_column")]
    borrowed_column: Vec<String>,
    /// Title of the column with what is supplied.
    #[arg(long, value_name = "TITLE", requires = "borrowed_column")]
    supplied_column: Option<String>,
    /// Leave out rows in which a field is empty or nothing is supplied, instead of refusing them.
    #[arg(long)]
    skip_empty: bool,
}

impl UtilisationArgs {
    /// The table, without the rows that are to be left out; `others` are the columns that are read beside.
    ///
    /// # Errors
    /// [`DeskError::Table`].
    pub fn table(&self, path: &Path, others: &[&str]) -> Result<Table, DeskError> {
        let table = Table::read(path)?;
        if !self.skip_empty {
            return Ok(table);
        }
        let mut titles = others.to_vec();
        titles.extend(self.supplied_column.as_deref());
        titles.extend(self.borrowed_column.iter().map(String::as_str));
        if self.borrowed_column.is_empty() {
            titles.push(&self.utilisation_column);
        }
        let table = table.without_gaps(&titles)?;
        Ok(match &self.supplied_column {
            Some(supplied) => table.without_zeros(supplied)?,
            None => table,
        })
    }

    /// The utilisation of every row.
    ///
    /// # Errors
    /// [`DeskError::Table`].
    pub fn read(&self, table: &Table) -> Result<Vec<f64>, DeskError> {
        let Some(supplied) = &self.supplied_column else {
            return Ok(table.column(&self.utilisation_column)?.map(share)?);
        };
        let supplied = table.column(supplied)?;
        let mut borrowed = vec![0.0; table.len()];
        for title in &self.borrowed_column {
            for (sum, part) in borrowed.iter_mut().zip(table.column(title)?.numbers()?) {
                *sum += part;
            }
        }
        let mut utilisations = Vec::with_capacity(borrowed.len());
        for (row, (borrowed, whole)) in borrowed.iter().zip(supplied.positive_numbers()?).enumerate() {
            let share = borrowed / whole;
            if !(0.0..=1.0).contains(&share) {
                let reason = format!("borrowed ÷ supplied is {share}, not between 0 and 1");
                return Err(supplied.fault(row, reason).into());
            }
            utilisations.push(share);
        }
        Ok(utilisations)
    }
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| format!("`{text}` is no share between 0 and 1"))
}
