//! Mutant schemata: sources in which every guard can be taken out at run time, so that they are compiled once (Untch,
//! Offutt and Harrold 1993).
//!
//! A guard asks `out(n)` whether it is mutant `n` that is chosen. The program reads the choice from its read-only data, where
//! it is patched into the compiled file; the host tests read it from the environment.

use std::ops::Range;

use anyhow::Context;

use super::find::{Guard, Switch};
use super::mutant::Part;

/// No guard is out.
pub const NONE: u32 = 0;
/// Every guard is out.
pub const ALL: u32 = u32::MAX;
/// Tells the host tests which guard is out.
pub const VARIABLE: &str = "HURDLE_MUTANT";
/// Stands before the choice in the compiled program.
const MARKER: &[u8; 32] = b"hurdle: the guard that is out ->";

/// A module that the copy of a crate has beside its sources.
pub struct Module {
    /// The file that declares it.
    pub declared_in: &'static str,
    /// Its file.
    pub file: &'static str,
    /// Its content.
    pub content: &'static str,
}

/// How a module is declared.
pub const DECLARATION: &str = "\n#[allow(missing_docs)]\npub mod mutant;\n";

/// What the copies of the crates have beside their sources.
pub const MODULES: [Module; 2] = [
    Module {
        declared_in: "crates/interface/src/lib.rs",
        file: "crates/interface/src/mutant.rs",
        content: CHOICE,
    },
    Module {
        declared_in: "programs/hurdle/src/lib.rs",
        file: "programs/hurdle/src/mutant.rs",
        content: ACCOUNTS,
    },
];

/// The choice of a mutant.
const CHOICE: &str = include_str!("copy/choice.rs");

/// Account types that load as another where a guard is out.
const ACCOUNTS: &str = include_str!("copy/accounts.rs");

/// Chooses a mutant in the compiled program.
///
/// # Errors
/// When the place of the choice is not found exactly once.
pub fn choose(program: &mut [u8], number: u32) -> anyhow::Result<()> {
    let mut places = program
        .windows(MARKER.len())
        .enumerate()
        .filter(|(_, window)| *window == MARKER)
        .map(|(place, _)| place + MARKER.len());
    let place = places.next().context("the compiled program has no switch")?;
    anyhow::ensure!(places.next().is_none(), "the compiled program has two switches");
    let choice = program
        .get_mut(place..place + 4)
        .context("the compiled program ends in its switch")?;
    choice.copy_from_slice(&number.to_le_bytes());
    Ok(())
}

/// A file's text with switches around guards, and with one guard taken out altogether. Lines stay where they are.
pub fn woven(part: Part, text: &str, switches: &[(u32, &Guard)], without: Option<&Guard>) -> String {
    let mut edits: Vec<Edit> = without.iter().map(|guard| Edit::removal(guard)).collect();
    for (number, guard) in switches {
        let inside =
            |outer: &&Guard| outer.range.start <= guard.range.start && guard.range.end <= outer.range.end;
        if let Some(switch) = guard
            .switch
            .as_ref()
            .filter(|_| !without.is_some_and(|outer| inside(&outer)))
        {
            edits.extend(Edit::around(part, *number, switch));
        }
    }
    edits.sort_by_key(|edit| edit.order);
    let mut woven = String::with_capacity(text.len() * 2);
    let mut at = 0;
    for edit in edits {
        woven.push_str(&text[at..edit.range.start]);
        woven.push_str(&edit.written);
        at = edit.range.end;
    }
    woven.push_str(&text[at..]);
    woven
}

/// Something written into a text.
struct Edit {
    range: Range<usize>,
    written: String,
    /// By place; what closes before what opens, the inner one first, and what opens with the outer one first.
    order: (usize, bool, usize, u32),
}

impl Edit {
    fn removal(guard: &Guard) -> Self {
        Self::of(guard.range.clone(), guard.replacement.to_owned())
    }

    fn of(range: Range<usize>, written: String) -> Self {
        Self {
            order: (range.start, true, usize::MAX, 0),
            range,
            written,
        }
    }

    /// Something before and after a range.
    fn pair(number: u32, range: &Range<usize>, before: String, after: String) -> Vec<Self> {
        let Range { start, end } = *range;
        vec![
            Self {
                range: start..start,
                written: before,
                order: (start, true, usize::MAX - end, number),
            },
            Self {
                range: end..end,
                written: after,
                order: (end, false, usize::MAX - start, u32::MAX - number),
            },
        ]
    }

    fn around(part: Part, number: u32, switch: &Switch) -> Vec<Self> {
        let path = match part {
            Part::Program => "hurdle_interface::mutant",
            Part::Interface => "crate::mutant",
        };
        let out = format!("{path}::out({number})");
        let (range, before, after) = match switch {
            Switch::Statement(range) => (range, format!("if !{out} {{ "), " }".to_owned()),
            Switch::Operand(range, true) => (range, format!("({out} || ("), "))".to_owned()),
            Switch::Operand(range, false) => (range, format!("(!{out} && ("), "))".to_owned()),
            Switch::Address(range, field) => (
                range,
                format!("if {out} {{ *{field}.account().address() }} else {{ core::convert::Into::into("),
                ") }".to_owned(),
            ),
            Switch::Mut(range) => (
                range,
                "crate::mutant::ReadWhereOut<".to_owned(),
                format!(", {number}>"),
            ),
            Switch::Type(range) => (
                range,
                "crate::mutant::UncheckedWhereOut<".to_owned(),
                format!(", {number}>"),
            ),
            Switch::Seeds {
                whole,
                seeds,
                bump,
                field,
            } => {
                let asked = format!("constraint = {out} || anchor_lang::verify_program_address(&[");
                let answered = format!(
                    "]], &crate::ID, {field}.account().address()).is_ok() @ ProgramError::InvalidSeeds"
                );
                return vec![
                    Self::of(whole.start..seeds.start + 1, asked),
                    Self::of(seeds.end - 1..bump.start, ", &[".to_owned()),
                    Self::of(bump.end..bump.end, answered),
                ];
            }
        };
        Self::pair(number, range, before, after)
    }
}

#[cfg(test)]
mod tests {
    use super::super::find::guards;
    use super::super::source::Source;
    use super::*;

    fn with_all_switches(part: Part, text: &str, without: Option<usize>) -> String {
        let guards = guards(&Source::new(text.to_owned()));
        let numbered: Vec<_> = (1..).zip(&guards).collect();
        woven(part, text, &numbered, without.map(|index| &guards[index]))
    }

    #[test]
    fn statements_and_operands_ask_whether_they_are_out() {
        assert_eq!(
            with_all_switches(Part::Interface, "{ if a || b { return Err(E); } c()?; }", None),
            "{ if !crate::mutant::out(1) { if (!crate::mutant::out(2) && (a)) || (!crate::mutant::out(3) && (b)) \
             { return Err(E); } } if !crate::mutant::out(4) { c()?; } }"
        );
        assert_eq!(
            with_all_switches(Part::Program, "require!(a && b, E);", None),
            "if !hurdle_interface::mutant::out(1) { require!((hurdle_interface::mutant::out(2) || (a)) && \
             (hurdle_interface::mutant::out(3) || (b)), E); }"
        );
    }

    #[test]
    fn an_address_is_the_account_s_own_where_its_constraint_is_out() {
        assert_eq!(
            with_all_switches(Part::Program, "#[account(address = a.b @ E)]\npub it: A,\n", None),
            "#[account(address = if hurdle_interface::mutant::out(1) { *it.account().address() } else \
             { core::convert::Into::into(a.b) } @ E)]\npub it: A,\n"
        );
    }

    #[test]
    fn accounts_load_as_others_and_their_seeds_are_a_constraint() {
        assert_eq!(
            with_all_switches(Part::Program, "#[account(mut)]\npub payer: Signer,\n", None),
            "#[account(mut)]\npub payer: crate::mutant::ReadWhereOut<crate::mutant::UncheckedWhereOut<Signer, 2>, 1>,\n"
        );
        assert_eq!(
            with_all_switches(
                Part::Program,
                "#[account(seeds = [S], bump = a.b)]\npub a: Account<A>,\n",
                None
            ),
            "#[account(constraint = hurdle_interface::mutant::out(1) || anchor_lang::verify_program_address(&[S, &[a.b]], \
             &crate::ID, a.account().address()).is_ok() @ ProgramError::InvalidSeeds)]\npub a: Account<A>,\n"
        );
    }

    #[test]
    fn an_account_that_is_handed_on_keeps_its_type() {
        let text = "pub signer: Signer,\n} f(&self.signer)?;";
        let woven = with_all_switches(Part::Program, text, None);
        assert!(woven.starts_with("pub signer: Signer,\n"), "{woven}");
    }

    #[test]
    fn what_is_taken_out_has_no_switches_and_the_others_keep_theirs() {
        assert_eq!(
            with_all_switches(Part::Interface, "if a || b { return Err(E); } c()?;", Some(0)),
            " if !crate::mutant::out(4) { c()?; }"
        );
        assert_eq!(
            with_all_switches(Part::Interface, "if a || b { return Err(E); }", Some(1)),
            "if !crate::mutant::out(1) { if false || (!crate::mutant::out(3) && (b)) { return Err(E); } }"
        );
    }

    #[test]
    fn a_mutant_is_chosen_behind_the_only_marker() -> anyhow::Result<()> {
        assert!(CHOICE.as_bytes().windows(32).any(|window| window == MARKER));
        let mut program = [b"ELF".as_slice(), MARKER, &[0; 5]].concat();
        choose(&mut program, 258)?;
        assert_eq!(program[35..], [2, 1, 0, 0, 0]);
        program.extend_from_slice(MARKER);
        assert!(choose(&mut program, 1).is_err());
        assert!(choose(&mut [0; 40], 1).is_err());
        Ok(())
    }
}
