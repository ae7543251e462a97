//! Finding the guards of a source file: each gives a mutant without it.

mod accounts;

use std::ops::Range;

use super::source::{Source, is_word};

/// A guard and what stands in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// What kind of guard it is.
    pub kind: &'static str,
    /// Where it stands.
    pub range: Range<usize>,
    /// What is written in its place.
    pub replacement: &'static str,
    /// How it is taken out at run time, where that can be said in the source.
    pub switch: Option<Switch>,
}

/// Where something is written so that a guard can be taken out at run time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Switch {
    /// A statement, which runs where the guard is in force.
    Statement(Range<usize>),
    /// An operand, which has this value where the guard is out.
    Operand(Range<usize>, bool),
    /// The address that an account must have, where the guard is out its own: the expression and the account's field.
    Address(Range<usize>, String),
    /// The seeds and the bump of an account's address, asked for in a constraint.
    Seeds {
        /// From the seeds to the bump.
        whole: Range<usize>,
        /// The list of seeds.
        seeds: Range<usize>,
        /// The bump.
        bump: Range<usize>,
        /// The account's field.
        field: String,
    },
    /// The type of an account that is loaded for writing, where the guard is out as one to read.
    Mut(Range<usize>),
    /// The type of an account, which checks nothing where the guard is out.
    Type(Range<usize>),
}

impl Guard {
    fn removed(kind: &'static str, range: Range<usize>) -> Self {
        Self {
            kind,
            range,
            replacement: "",
            switch: None,
        }
    }

    /// Whether its switch changes the type of an account.
    pub fn changes_type(&self) -> bool {
        matches!(self.switch, Some(Switch::Mut(_) | Switch::Type(_)))
    }

    fn statement(kind: &'static str, range: Range<usize>) -> Self {
        Self {
            switch: Some(Switch::Statement(range.clone())),
            ..Self::removed(kind, range)
        }
    }
}

/// Every guard of a file, in the order of the text.
pub fn guards(source: &Source) -> Vec<Guard> {
    let mut found = Vec::new();
    found.extend(requirements(source));
    found.extend(refusals(source));
    found.extend(calls(source));
    found.extend(accounts::constraints(source));
    found.extend(accounts::types(source));
    found.sort_by_key(|guard| (guard.range.start, guard.range.end));
    found
}

/// `require!(…);` and its kin, and each operand of one that joins several by `&&`.
fn requirements(source: &Source) -> Vec<Guard> {
    let mut found = Vec::new();
    for start in source.occurrences("require") {
        if start > 0 && is_word(source.code[start - 1]) {
            continue;
        }
        let name = source.code[start..]
            .iter()
            .take_while(|byte| is_word(**byte))
            .count();
        let open = start + name + 1;
        if !source.code[start + name..].starts_with(b"!(") {
            continue;
        }
        let Some(close) = source.closing(open) else {
            continue;
        };
        let end = close + 1 + usize::from(source.code.get(close + 1) == Some(&b';'));
        found.push(Guard::statement("require!", start..end));
        if let Some(condition) = source.parts(open + 1..close, ",").first() {
            found.extend(operands(source, condition.clone(), true));
        }
    }
    found
}

/// `if … { return Err(…); }`, and each operand of one that joins several by `||`.
fn refusals(source: &Source) -> Vec<Guard> {
    let mut found = Vec::new();
    for start in source.words("if") {
        let after = start + 2;
        // a condition has no block of its own outside of brackets
        let Some(open) = block_after(source, after) else {
            continue;
        };
        let Some(close) = source.closing(open) else {
            continue;
        };
        let body = source
            .parts(open + 1..close, ";")
            .into_iter()
            .next()
            .map(|part| &source.text[part]);
        let alone = source.parts(open + 1..close, ";").len() == 1;
        let refuses =
            body.is_some_and(|body| body.starts_with("return Err(") || body.starts_with("return None"));
        let followed = source.text[close + 1..].trim_start().starts_with("else");
        let chained = source.text[..start].trim_end().ends_with("else");
        let pattern = source.text[after..].trim_start().starts_with("let ");
        if !alone || !refuses || followed || chained {
            continue;
        }
        found.push(Guard::statement("if … refuse", start..close + 1));
        if !pattern {
            found.extend(operands(source, after..open, false));
        }
    }
    found
}

/// The `{` that opens the block of a condition which begins at `at`.
fn block_after(source: &Source, mut at: usize) -> Option<usize> {
    loop {
        match source.code.get(at)? {
            b'{' => return Some(at),
            b'(' | b'[' => at = source.closing(at)? + 1,
            b';' | b'}' => return None,
            _ => at += 1,
        }
    }
}

/// The operands of a condition: what `neutral` joins, which has no say where it stands.
fn operands(source: &Source, condition: Range<usize>, neutral: bool) -> Vec<Guard> {
    let parts = source.parts(condition, if neutral { "&&" } else { "||" });
    if parts.len() < 2 {
        return Vec::new();
    }
    parts
        .into_iter()
        .map(|range| Guard {
            kind: "operand",
            switch: Some(Switch::Operand(range.clone(), neutral)),
            range,
            replacement: if neutral { "true" } else { "false" },
        })
        .collect()
}

/// Statements that are called for their refusal alone: `….check(…)?;`.
fn calls(source: &Source) -> Vec<Guard> {
    source
        .occurrences(")?;")
        .filter_map(|at| {
            let start = source.statement_start(at + 1);
            let text = &source.text[start..at];
            let statement = !text.starts_with("let ")
                && !text.starts_with("return")
                && source.parts(start..at, " = ").len() == 1
                && source.parts(start..at, "=>").len() == 1;
            statement.then(|| Guard::statement("call", start..at + 3))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Kind and text of each mutant.
    pub fn found(text: &str) -> Vec<(&'static str, String)> {
        let source = Source::new(text.to_owned());
        guards(&source)
            .into_iter()
            .map(|guard| {
                let mut mutant = source.text.clone();
                mutant.replace_range(guard.range, guard.replacement);
                (guard.kind, mutant)
            })
            .collect()
    }

    #[test]
    fn requirements_are_removed_whole_and_by_operand() {
        assert_eq!(
            found("a(); require!(x && y(1, 2), E::X); b();"),
            [
                ("require!", "a();  b();".to_owned()),
                ("operand", "a(); require!(true && y(1, 2), E::X); b();".to_owned()),
                ("operand", "a(); require!(x && true, E::X); b();".to_owned()),
            ]
        );
    }

    #[test]
    fn refusals_are_removed_whole_and_by_operand_and_choices_stay() {
        assert_eq!(
            found("if a || f(|x| x) { return Err(E); } if b { c(); } if d { return Err(E); } else { e }"),
            [
                (
                    "if … refuse",
                    " if b { c(); } if d { return Err(E); } else { e }".to_owned()
                ),
                (
                    "operand",
                    "if false || f(|x| x) { return Err(E); } if b { c(); } if d { return Err(E); } else { e }"
                        .to_owned()
                ),
                (
                    "operand",
                    "if a || false { return Err(E); } if b { c(); } if d { return Err(E); } else { e }".to_owned()
                ),
            ]
        );
    }

    #[test]
    fn calls_are_removed_where_their_value_is_not_used() {
        assert_eq!(
            found("{ let a = f()?; self.check(x)?; b = g()?; }"),
            [("call", "{ let a = f()?;  b = g()?; }".to_owned())]
        );
    }
}
