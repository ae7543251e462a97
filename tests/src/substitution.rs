//! What a program says to an account that is not the one it should be.
//!
//! A [`Scenario`] is a world in which one instruction succeeds. [`Scenario::table`] replaces each of its accounts in every
//! way that applies, one at a time and each in a world of its own, and writes down how the program answers.

use std::fmt::Write as _;

use hurdle_interface::error::HurdleError;
use hurdle_interface::state::DISCRIMINATOR_LEN;
use lender_interface::LenderError;
use litesvm::types::FailedTransactionMetadata;
use solana_account::Account;
use solana_address::Address;
use solana_instruction::error::InstructionError;
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_transaction_error::TransactionError;

use crate::perps::PerpsError;
use crate::world::{World, key};

/// A world in which an instruction succeeds, and what is known about its accounts.
pub struct Scenario {
    /// The cluster, ready for the instruction.
    pub world: World,
    /// The whole transaction.
    pub instructions: Vec<Instruction>,
    /// Place of the instruction under test.
    pub at: usize,
    /// Who signs beside those whom the world knows.
    pub signers: Vec<Keypair>,
    /// Genuine accounts of the same kind at another address, by the account's name. An account without one is replaced by
    /// a copy of itself, as no attacker could make it.
    pub siblings: Vec<(&'static str, Address)>,
    /// Substitutions that are meant to be accepted, by the account's name and the substitution's beginning, and why.
    pub free: &'static [(&'static str, &'static str, &'static str)],
}

/// Someone has sent lamports to an address that is to be created. That must bar nobody.
const PAID: &str = "sent lamports before";

/// What is done to the world and to the list of accounts.
type Change = Box<dyn Fn(&mut World, &mut Vec<AccountMeta>)>;

/// The account in a layout version that the program does not write. There is one answer to it everywhere.
const VERSION: &str = "another version";

/// The programs here, whose accounts begin with a discriminator.
const PROGRAMS: [Address; 3] = [hurdle_interface::ID, lender_interface::ID, crate::perps::ID];

/// Those whose accounts go on with a version.
const VERSIONED: [Address; 2] = [hurdle_interface::ID, lender_interface::ID];

/// One account that is not what it should be.
struct Substitution {
    label: String,
    apply: Change,
}

impl Substitution {
    fn new(label: impl Into<String>, apply: impl Fn(&mut World, &mut Vec<AccountMeta>) + 'static) -> Self {
        Self {
            label: label.into(),
            apply: Box::new(apply),
        }
    }
}

impl Scenario {
    /// A scenario of one instruction whose signers the world knows.
    pub fn new(world: World, instruction: Instruction) -> Self {
        Self {
            world,
            instructions: vec![instruction],
            at: 0,
            signers: Vec::new(),
            siblings: Vec::new(),
            free: &[],
        }
    }

    /// One line for each substitution of each account: account, substitution, answer.
    ///
    /// # Errors
    /// Where the untouched instruction fails, a substitution is accepted that is not meant to be, one that is meant to be
    /// is not, the program panics, or a refusal changes an account.
    pub fn table(&self, names: &[&str]) -> anyhow::Result<String> {
        let metas = &self.instructions[self.at].accounts;
        anyhow::ensure!(
            names.len() == metas.len(),
            "{} accounts are named, {} given",
            names.len(),
            metas.len()
        );
        let untouched = self.answer(&Substitution::new("nothing", |_, _| {}))?;
        anyhow::ensure!(
            untouched == "accepted",
            "the untouched instruction fails: {untouched}"
        );
        let mut used = vec![false; self.free.len()];
        let mut table = String::new();
        for (index, name) in names.iter().enumerate() {
            for substitution in self.substitutions(index, names) {
                let label = &substitution.label;
                let mut answer = self.answer(&substitution)?;
                let free = self
                    .free
                    .iter()
                    .position(|(account, kind, _)| account == name && label.starts_with(kind));
                match (answer.as_str(), free) {
                    ("accepted", _) if label == PAID => {}
                    _ if label == PAID => anyhow::bail!("{name}: lamports bar its creation: {answer}"),
                    ("accepted", Some(place)) => {
                        used[place] = true;
                        answer = format!("accepted: {}", self.free[place].2);
                    }
                    ("accepted", None) => anyhow::bail!("{name}, {label}: accepted"),
                    (refusal, _) if label == VERSION => anyhow::ensure!(
                        refusal.ends_with(": InvalidAccountData"),
                        "{name}, {label}: {refusal}"
                    ),
                    _ => {}
                }
                writeln!(table, "{name:<18} {label:<32} {answer}")?;
            }
        }
        let unused = self.free.iter().zip(used).find(|(_, used)| !used);
        anyhow::ensure!(
            unused.is_none(),
            "nothing accepted is listed as {:?}",
            unused.map(|(free, _)| free)
        );
        Ok(table)
    }

    /// How the program answers; an error where it neither accepts nor refuses cleanly.
    fn answer(&self, substitution: &Substitution) -> anyhow::Result<String> {
        let mut world = self.world.fork();
        let stranger = stranger();
        let mut instructions = self.instructions.clone();
        (substitution.apply)(&mut world, &mut instructions[self.at].accounts);
        let before = standing(&world);
        let signers: Vec<&Keypair> = self.signers.iter().chain([&stranger]).collect();
        let sent = world.send_with(&instructions, &signers);
        let Err(failed) = sent else {
            return Ok("accepted".to_owned());
        };
        anyhow::ensure!(
            standing(&world) == before,
            "{}: a refusal changed an account",
            substitution.label
        );
        self.refusal(&failed)
            .map_err(|error| error.context(substitution.label.clone()))
    }

    fn refusal(&self, failed: &FailedTransactionMetadata) -> anyhow::Result<String> {
        let log = failed.meta.logs.join("\n");
        match &failed.err {
            TransactionError::InstructionError(at, error) if usize::from(*at) == self.at => {
                let clean = !matches!(
                    error,
                    InstructionError::ProgramFailedToComplete
                        | InstructionError::ProgramEnvironmentSetupFailure
                        | InstructionError::ComputationalBudgetExceeded
                );
                anyhow::ensure!(clean, "the program failed instead of refusing: {error:?}\n{log}");
                Ok(named(error))
            }
            other => anyhow::bail!("not the instruction under test refused: {other:?}\n{log}"),
        }
    }

    /// Every substitution that applies to one account.
    fn substitutions(&self, index: usize, names: &[&str]) -> Vec<Substitution> {
        let metas = &self.instructions[self.at].accounts;
        let meta = metas[index].clone();
        let account = self.world.svm.get_account(&meta.pubkey);
        let mut all = Vec::new();
        all.extend(self.elsewhere(index, names[index], account.as_ref()));
        match account {
            None if meta.is_writable => {
                all.extend(occupations(meta.pubkey, self.instructions[self.at].program_id));
            }
            Some(account) if holds_state(&account) => all.extend(disguises(meta.pubkey, account)),
            _ => {}
        }
        if meta.is_signer {
            all.push(Substitution::new("not a signer", move |_, metas| {
                metas[index].is_signer = false;
            }));
        }
        if meta.is_writable {
            all.push(Substitution::new("not writable", move |_, metas| {
                metas[index].is_writable = false;
            }));
        }
        for (other, name) in names.iter().enumerate() {
            let pubkey = metas[other].pubkey;
            if pubkey != meta.pubkey {
                all.push(Substitution::new(
                    format!("{name} in its place"),
                    move |_, metas| {
                        metas[index].pubkey = pubkey;
                        // who may not sign for the other could not send this
                        metas[index].is_signer &= metas[other].is_signer;
                    },
                ));
            }
        }
        all.push(Substitution::new("missing", move |_, metas| {
            metas.truncate(index)
        }));
        all
    }

    /// The account at another address: a stranger that signs, another program, a genuine sibling or a copy.
    fn elsewhere(&self, index: usize, name: &str, account: Option<&Account>) -> Option<Substitution> {
        const LABEL: &str = "another address";
        let meta = &self.instructions[self.at].accounts[index];
        let sibling = self
            .siblings
            .iter()
            .find(|(sibling, _)| *sibling == name)
            .map(|(_, address)| *address);
        if let Some(address) = sibling {
            return Some(Substitution::new("a genuine sibling", move |_, metas| {
                metas[index].pubkey = address;
            }));
        }
        if meta.is_signer {
            return Some(Substitution::new("a stranger that signs", move |_, metas| {
                metas[index].pubkey = stranger().pubkey();
            }));
        }
        if account.is_some_and(|account| account.executable) {
            return Some(Substitution::new("another program", move |_, metas| {
                metas[index].pubkey = hurdle_interface::introspect::ED25519_PROGRAM;
            }));
        }
        let copy = account.cloned();
        Some(Substitution::new(LABEL, move |world, metas| {
            let address = key(91).pubkey();
            if let Some(copy) = &copy {
                put(world, address, copy.clone());
            }
            metas[index].pubkey = address;
        }))
    }
}

/// The account under another owner, and as another kind.
fn disguises(address: Address, account: Account) -> Vec<Substitution> {
    let mut foreign = account.clone();
    foreign.owner = stranger().pubkey();
    let mut all = vec![Substitution::new("another owner", move |world, _| {
        put(world, address, foreign.clone());
    })];
    if PROGRAMS.contains(&account.owner) {
        let mut other = account.clone();
        other.data[0] ^= 1;
        let mut empty = account.clone();
        empty.data.fill(0);
        let mut kinds = vec![("another discriminator", other), ("all zero", empty)];
        if VERSIONED.contains(&account.owner) {
            let mut later = account;
            later.data[DISCRIMINATOR_LEN] += 1;
            kinds.insert(1, (VERSION, later));
        }
        for (label, account) in kinds {
            all.push(Substitution::new(label, move |world, _| {
                put(world, address, account.clone());
            }));
        }
    }
    all
}

/// An address that a program is to create and that is taken already.
fn occupations(address: Address, program: Address) -> Vec<Substitution> {
    let account = |owner, data: Vec<u8>| Account {
        lamports: 1_000_000_000,
        data,
        owner,
        ..Account::default()
    };
    let paid = account(Address::default(), Vec::new());
    [
        (PAID, paid),
        ("taken by another owner", account(stranger().pubkey(), vec![0; 8])),
        ("taken by the program", account(program, vec![0; 4_096])),
    ]
    .into_iter()
    .map(|(label, account)| {
        Substitution::new(label, move |world: &mut World, _: &mut Vec<AccountMeta>| {
            put(world, address, account.clone());
        })
    })
    .collect()
}

/// Every account of the programs, by address.
fn standing(world: &World) -> Vec<(Address, Account)> {
    PROGRAMS
        .iter()
        .flat_map(|program| world.accounts_of(program))
        .collect()
}

/// Whether an account is of the kind whose owner and content a program must check.
fn holds_state(account: &Account) -> bool {
    !account.executable && !account.data.is_empty() && account.owner != SYSVARS
}

/// Owner of the sysvars: only the runtime writes them.
const SYSVARS: Address = Address::from_str_const("Sysvar1111111111111111111111111111111111111");

fn stranger() -> Keypair {
    key(92)
}

fn put(world: &mut World, address: Address, account: Account) {
    // refused only for what loads as a program or sysvar, which no substitute is
    let _ = world.svm.set_account(address, account);
}

/// The name of what a transaction failed with.
pub fn transaction_error(error: &TransactionError) -> String {
    match error {
        TransactionError::InstructionError(_, error) => named(error),
        other => format!("{other:?}"),
    }
}

/// The name of an error: Hurdle's, the lender's, that of perps, Anchor's or the runtime's.
fn named(error: &InstructionError) -> String {
    let InstructionError::Custom(code) = error else {
        return format!("{error:?}");
    };
    if let Some(error) = LenderError::from_code(*code) {
        return format!("Lender: {error:?}");
    }
    if let Some(error) = PerpsError::from_code(*code) {
        return format!("Perps: {error:?}");
    }
    match (HurdleError::from_code(*code), code) {
        (Some(error), _) => format!("Hurdle: {error:?}"),
        (None, 0) => "system program: AccountAlreadyInUse".to_owned(),
        (None, 2000) => "Anchor: ConstraintMut".to_owned(),
        (None, 2007) => "Anchor: ConstraintExecutable".to_owned(),
        (None, 2012) => "Anchor: ConstraintAddress".to_owned(),
        (None, 2040) => "Anchor: ConstraintDuplicateMutableAccount".to_owned(),
        (None, code) => format!("Custom({code})"),
    }
}
