//! Reads what a fit is made from: a cohort of protocols and loss events, CSV; events with known victims, JSON.

use super::read;
use crate::desk::DeskError;
use crate::desk::table::{Column, Table};
use crate::hazard::artefact::sha256;
use crate::hazard::fit::{Loss, Records};
use crate::hazard::parts::Input;
use clap::Args;
use hurdle_model::hazard::cohort::Protocol;
use hurdle_model::hazard::joining::Event;
use hurdle_model::hazard::matching::Listed;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The cause of events by insiders, in the taxonomy of operational risk (Basel II): internal fraud.
const INSIDERS: &str = "IF";
/// The sector of events outside decentralised finance: exchanges, thefts from persons, tokens.
const OUT_OF_SCOPE: &str = "Other";

/// The files and their columns.
#[derive(Args, Clone, Debug)]
pub struct RecordArgs {
    /// The cohort: protocols as listed on its day, CSV.
    #[arg(long, value_name = "CSV")]
    pub protocols: PathBuf,
    /// Loss events, CSV.
    #[arg(long, value_name = "CSV")]
    pub events: PathBuf,
    /// Events that name their victim by the cohort's own number, JSON as `DefiLlama` publishes it. They also audit the
    /// matching by names.
    #[arg(long, value_name = "JSON")]
    pub hacks: Option<PathBuf>,
    /// Cohort: the protocols' numbers.
    #[arg(long, value_name = "TITLE", default_value = "id")]
    pub id_column: String,
    /// Cohort and events: names.
    #[arg(long, value_name = "TITLE", default_value = "name")]
    pub name_column: String,
    /// Cohort: categories.
    #[arg(long, value_name = "TITLE", default_value = "category")]
    pub category_column: String,
    /// Cohort and events: chains (of an event: any number, between commas).
    #[arg(long, value_name = "TITLE", default_value = "chain")]
    pub chain_column: String,
    /// Cohort: numbers of chains.
    #[arg(long, value_name = "TITLE", default_value = "n_chains")]
    pub chains_column: String,
    /// Cohort: audits, 1 or 2 for audited code, 3 for the audit of the code it was forked from.
    #[arg(long, value_name = "TITLE", default_value = "audits")]
    pub audits_column: String,
    /// Cohort: numbers of links to audits; they count as audits where the flag says nothing.
    #[arg(long, value_name = "TITLE", default_value = "n_audit_links")]
    pub audit_links_column: String,
    /// Cohort: Unix times of listing, empty where unknown.
    #[arg(long, value_name = "TITLE", default_value = "listedAt")]
    pub listed_column: String,
    /// Cohort: what it was forked from, empty for none.
    #[arg(long, value_name = "TITLE", default_value = "forkedFrom")]
    pub forked_column: String,
    /// Cohort: price oracles, empty for none.
    #[arg(long, value_name = "TITLE", default_value = "oracles")]
    pub oracles_column: String,
    /// Cohort: the token's listing, empty for none.
    #[arg(long, value_name = "TITLE", default_value = "gecko_id")]
    pub token_column: String,
    /// Events: days.
    #[arg(long, value_name = "TITLE", default_value = "date")]
    pub date_column: String,
    /// Events: amounts lost.
    #[arg(long, value_name = "TITLE", default_value = "loss_usd")]
    pub loss_column: String,
    /// Events: sectors; `Other` is outside decentralised finance.
    #[arg(long, value_name = "TITLE", default_value = "sector")]
    pub sector_column: String,
    /// Events: causes by Basel II; `IF`, internal fraud, is no failure of contracts.
    #[arg(long, value_name = "TITLE", default_value = "basel2_category")]
    pub cause_column: String,
}

/// The cohort: its numbers with the rows they stand in, traits and names.
struct Cohort {
    ids: BTreeMap<String, usize>,
    protocols: Vec<Protocol>,
    listed: Vec<Listed>,
}

/// One event of the JSON.
#[derive(Deserialize)]
struct Hack {
    date: i64,
    name: String,
    classification: Option<String>,
    #[serde(rename = "defillamaId")]
    number: Option<serde_json::Value>,
}

impl RecordArgs {
    /// Reads all files.
    ///
    /// # Errors
    /// [`DeskError`], with file, line and column.
    pub fn read(&self) -> Result<Records, DeskError> {
        let mut inputs = vec![input(&self.protocols)?, input(&self.events)?];
        let cohort = self.cohort()?;
        let losses = self.losses()?;
        let identified = match &self.hacks {
            Some(path) => {
                inputs.push(input(path)?);
                identified(path, &cohort.ids)?
            }
            None => Vec::new(),
        };
        Ok(Records {
            inputs,
            protocols: cohort.protocols,
            listed: cohort.listed,
            losses,
            identified,
        })
    }

    fn cohort(&self) -> Result<Cohort, DeskError> {
        let table = Table::read(&self.protocols)?;
        let filled =
            |title: &str| Ok::<_, DeskError>(table.column(title)?.texts().map(|text| !text.is_empty()));
        let id_column = table.column(&self.id_column)?;
        let mut ids = BTreeMap::new();
        for (row, id) in id_column.texts().enumerate() {
            if ids.insert(id.to_owned(), row).is_some() {
                return Err(id_column
                    .fault(
                        row,
                        format!("`{id}` was there before; a number names one protocol"),
                    )
                    .into());
            }
        }
        let chains = table.column(&self.chains_column)?.map(whole)?;
        let links = table.column(&self.audit_links_column)?.map(whole)?;
        let listed = table.column(&self.listed_column)?.map(|text| match text {
            "" => Ok(None),
            text => text
                .parse()
                .map(Some)
                .map_err(|_| format!("`{text}` is no Unix time")),
        })?;
        let names = table.column(&self.name_column)?.texts();
        let categories = table.column(&self.category_column)?.texts();
        let first_chains = table.column(&self.chain_column)?.texts();
        let flags = table.column(&self.audits_column)?;
        flags.map(|text| if text.is_empty() { Ok(0) } else { whole(text) })?;
        let mut flags = flags.texts();
        let (mut forked, mut oracle, mut token) = (
            filled(&self.forked_column)?,
            filled(&self.oracles_column)?,
            filled(&self.token_column)?,
        );
        let mut protocols = Vec::with_capacity(table.len());
        let mut directory = Vec::with_capacity(table.len());
        for (row, ((name, category), chain)) in names.zip(categories).zip(first_chains).enumerate() {
            let flag = flags.next().unwrap_or_default();
            protocols.push(Protocol {
                category: category.to_owned(),
                chains: chains[row],
                audited: matches!(flag, "1" | "2") || (flag != "3" && links[row] > 0),
                listed: listed[row],
                forked: forked.next().unwrap_or_default(),
                oracle: oracle.next().unwrap_or_default(),
                token: token.next().unwrap_or_default(),
            });
            directory.push(Listed {
                name: name.to_owned(),
                chain: chain.to_owned(),
                chains: chains[row],
            });
        }
        Ok(Cohort {
            ids,
            protocols,
            listed: directory,
        })
    }

    fn losses(&self) -> Result<Vec<Loss>, DeskError> {
        let table = Table::read(&self.events)?;
        let texts = |title: &str| Ok::<_, DeskError>(table.column(title)?.texts());
        let times = table.column(&self.date_column)?.times()?;
        let amounts = amounts(table.column(&self.loss_column)?)?;
        let names = texts(&self.name_column)?;
        let chains = texts(&self.chain_column)?;
        let (sectors, causes) = (texts(&self.sector_column)?, texts(&self.cause_column)?);
        Ok(names
            .zip(chains)
            .zip(sectors.zip(causes))
            .zip(times.into_iter().zip(amounts))
            .map(|(((name, chains), (sector, cause)), (time, amount))| Loss {
                event: Event {
                    name: name.to_owned(),
                    identified: None,
                    chains: chains
                        .split(',')
                        .map(|chain| chain.trim().to_owned())
                        .filter(|chain| !chain.is_empty())
                        .collect(),
                    time,
                    counts: cause != INSIDERS,
                },
                amount,
                in_scope: sector != OUT_OF_SCOPE,
            })
            .collect())
    }
}

/// Amounts of zero or more; an unknown one is zero, which enters no severity.
fn amounts(column: Column<'_>) -> Result<Vec<f64>, DeskError> {
    let amounts = column.numbers_or_gaps()?;
    if let Some(row) = amounts.iter().position(|amount| amount.is_some_and(|a| a < 0.0)) {
        return Err(column.fault(row, "a loss is not negative").into());
    }
    Ok(amounts.into_iter().map(Option::unwrap_or_default).collect())
}

fn whole(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("`{text}` is no whole number"))
}

fn identified(path: &Path, ids: &BTreeMap<String, usize>) -> Result<Vec<Event>, DeskError> {
    let hacks: Vec<Hack> = serde_json::from_str(&read(path)?).map_err(|reason| DeskError::Argument {
        argument: "--hacks",
        reason: format!(
            "{}:{}:{}: {reason}",
            path.display(),
            reason.line(),
            reason.column()
        ),
    })?;
    Ok(hacks
        .into_iter()
        .filter_map(|hack| {
            let number = hack.number?;
            let id = number.as_str().map_or_else(|| number.to_string(), str::to_owned);
            Some(Event {
                identified: Some(*ids.get(&id)?),
                name: hack.name,
                chains: Vec::new(),
                time: hack.date,
                counts: hack.classification.as_deref() != Some("Rugpull"),
            })
        })
        .collect())
}

/// A file's name and hash.
fn input(path: &Path) -> Result<Input, DeskError> {
    let bytes = std::fs::read(path).map_err(|reason| DeskError::File {
        path: path.to_owned(),
        reason,
    })?;
    Ok(Input {
        file: path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default(),
        sha256: sha256(&bytes),
    })
}
