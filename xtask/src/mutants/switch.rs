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

/// The file that holds the choice, and its content.
pub const FILE: (&str, &str) = ("crates/interface/src/mutant.rs", MODULE);
/// The file that declares it, and how.
pub const DECLARED_IN: (&str, &str) = (
    "crates/interface/src/lib.rs",
    "\n#[allow(missing_docs)]\npub mod mutant;\n",
);

const MODULE: &str = r#"
#[cfg(not(test))]
mod choice {
    #[repr(C)]
    pub struct Choice {
        marker: [u8; 32],
        number: u32,
    }

    #[used]
    #[unsafe(no_mangle)]
    pub static HURDLE_MUTANT: Choice = Choice {
        marker: *b"hurdle: the guard that is out ->",
        number: 0,
    };

    #[inline(always)]
    pub fn number() -> u32 {
        unsafe { core::ptr::read_volatile(&raw const HURDLE_MUTANT.number) }
    }
}

#[cfg(test)]
mod choice {
    use std::sync::LazyLock;

    static NUMBER: LazyLock<u32> = LazyLock::new(|| {
        std::env::var("HURDLE_MUTANT").map_or(0, |number| number.parse().expect("HURDLE_MUTANT is a number"))
    });

    pub fn number() -> u32 {
        *NUMBER
    }
}

#[inline(always)]
pub fn out(mutant: u32) -> bool {
    let number = choice::number();
    number == mutant || number == u32::MAX
}
"#;

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
    order: (usize, bool, usize),
}

impl Edit {
    fn removal(guard: &Guard) -> Self {
        // the lines of what is taken out stay, for the messages of the compiler
        Self {
            range: guard.range.clone(),
            written: guard.replacement.to_owned(),
            order: (guard.range.start, true, usize::MAX),
        }
    }

    fn around(part: Part, number: u32, switch: &Switch) -> [Self; 2] {
        let path = match part {
            Part::Program => "hurdle_interface::mutant",
            Part::Interface => "crate::mutant",
        };
        let out = format!("{path}::out({number})");
        let (before, after) = match switch {
            Switch::Statement(_) => (format!("if !{out} {{ "), " }"),
            Switch::Operand(_, true) => (format!("({out} || ("), "))"),
            Switch::Operand(_, false) => (format!("(!{out} && ("), "))"),
            Switch::Address(_, field) => (
                format!("if {out} {{ *{field}.account().address() }} else {{ core::convert::Into::into("),
                ") }",
            ),
        };
        let Range { start, end } = switch.around().clone();
        [
            Self {
                range: start..start,
                written: before,
                order: (start, true, usize::MAX - end),
            },
            Self {
                range: end..end,
                written: after.to_owned(),
                order: (end, false, usize::MAX - start),
            },
        ]
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
            with_all_switches(
                Part::Program,
                "#[account(address = a.b @ E)]\npub it: Signer,",
                None
            ),
            "#[account(address = if hurdle_interface::mutant::out(1) { *it.account().address() } else \
             { core::convert::Into::into(a.b) } @ E)]\npub it: Signer,"
        );
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
        assert!(MODULE.as_bytes().windows(32).any(|window| window == MARKER));
        let mut program = [b"ELF".as_slice(), MARKER, &[0; 5]].concat();
        choose(&mut program, 258)?;
        assert_eq!(program[35..], [2, 1, 0, 0, 0]);
        program.extend_from_slice(MARKER);
        assert!(choose(&mut program, 1).is_err());
        assert!(choose(&mut [0; 40], 1).is_err());
        Ok(())
    }
}
