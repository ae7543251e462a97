//! The guards of accounts: constraints, and types that check.

use std::ops::Range;

use super::{Guard, Switch};
use crate::mutants::source::Source;

/// `mut`, `address`, `owner`, `constraint` and `seeds` with `bump` in `#[account(…)]`.
pub fn constraints(source: &Source) -> Vec<Guard> {
    let mut found = Vec::new();
    for start in source.occurrences("#[account(") {
        let open = start + "#[account".len();
        let Some(close) = source.closing(open) else {
            continue;
        };
        let parts = source.parts(open + 1..close, ",");
        let key = |part: &Range<usize>| -> String {
            let is_key = |c: &char| c.is_alphanumeric() || *c == '_' || *c == ':';
            source.text[part.clone()].chars().take_while(is_key).collect()
        };
        let created = parts.iter().any(|part| key(part).starts_with("init"));
        for part in &parts {
            match key(part).as_str() {
                "mut" => found.push(Guard {
                    switch: field_after(source, close).and_then(|field| field.typed(source).map(Switch::Mut)),
                    ..without(source, "mut", part.clone())
                }),
                "address" => found.push(Guard {
                    switch: address(source, part, close),
                    ..without(source, "constraint", part.clone())
                }),
                "owner" | "constraint" | "has_one" => {
                    found.push(without(source, "constraint", part.clone()));
                }
                _ => {}
            }
        }
        let of_pda = |part: &&Range<usize>| matches!(key(part).as_str(), "seeds" | "bump" | "seeds::program");
        let pda: Vec<_> = parts.iter().filter(of_pda).collect();
        if let (Some(first), Some(last), false) = (pda.first(), pda.last(), created) {
            let switch = match pda[..] {
                [seeds, bump] => of_seeds(source, seeds, bump, close),
                _ => None,
            };
            found.push(Guard {
                switch,
                ..without(source, "seeds", first.start..last.end)
            });
        }
    }
    found
}

/// An account's field.
struct Field {
    name: String,
    kind: Range<usize>,
}

impl Field {
    /// Where its type stands, unless the account is handed on to something that wants this type.
    fn typed(self, source: &Source) -> Option<Range<usize>> {
        let used = format!("self.{}", self.name);
        let handed_on = source
            .words(&used)
            .any(|at| matches!(source.code.get(at + used.len()), Some(b',' | b')')));
        (!handed_on).then_some(self.kind)
    }
}

/// The field whose attributes close at `close`.
fn field_after(source: &Source, close: usize) -> Option<Field> {
    let start = source.words("pub").find(|at| *at > close)? + "pub ".len();
    let name = source.text[start..].split(':').next()?;
    let kind = start + name.len() + ": ".len();
    let end = kind + source.text[kind..].find(",\n")?;
    Some(Field {
        name: name.to_owned(),
        kind: kind..end,
    })
}

/// The right side of an assignment.
fn assigned(source: &Source, part: &Range<usize>) -> Option<Range<usize>> {
    source.parts(part.clone(), "=").into_iter().nth(1)
}

/// The switch of `address = …`, in attributes that close at `close`.
fn address(source: &Source, part: &Range<usize>, close: usize) -> Option<Switch> {
    let expression = source.parts(assigned(source, part)?, "@").into_iter().next()?;
    Some(Switch::Address(expression, field_after(source, close)?.name))
}

/// The switch of `seeds = [ … ], bump = …`, in attributes that close at `close`.
fn of_seeds(source: &Source, seeds: &Range<usize>, bump: &Range<usize>, close: usize) -> Option<Switch> {
    Some(Switch::Seeds {
        whole: seeds.start..bump.end,
        seeds: assigned(source, seeds)?,
        bump: assigned(source, bump)?,
        field: field_after(source, close)?.name,
    })
}

/// A part of a list and the comma after it.
fn without(source: &Source, kind: &'static str, range: Range<usize>) -> Guard {
    let rest = &source.code[range.end..];
    let blank = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let comma = rest.get(blank) == Some(&b',');
    Guard::removed(kind, range.start..range.end + if comma { blank + 1 } else { 0 })
}

/// Account types that check something by themselves and can be replaced by one that does not.
pub fn types(source: &Source) -> Vec<Guard> {
    let mut found = Vec::new();
    for name in ["Signer", "Program<System>"] {
        for start in source.occurrences(&format!(": {name},")) {
            let at = start + 2;
            let kind = at..at + name.len();
            let field = Field {
                name: source.text[..start]
                    .rsplit(' ')
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
                kind: kind.clone(),
            };
            found.push(Guard {
                kind: "type",
                switch: field.typed(source).map(Switch::Type),
                range: kind,
                replacement: "UncheckedAccount",
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;

    #[test]
    fn constraints_of_accounts_are_removed_and_what_creates_stays() {
        assert_eq!(
            found("#[account(mut, address = a.b @ E::X)] #[account(seeds = [A, &b], bump = c)] #[account(init, seeds = [A], bump)]"),
            [
                (
                    "mut",
                    "#[account( address = a.b @ E::X)] #[account(seeds = [A, &b], bump = c)] #[account(init, seeds = [A], bump)]"
                        .to_owned()
                ),
                (
                    "constraint",
                    "#[account(mut, )] #[account(seeds = [A, &b], bump = c)] #[account(init, seeds = [A], bump)]".to_owned()
                ),
                (
                    "seeds",
                    "#[account(mut, address = a.b @ E::X)] #[account()] #[account(init, seeds = [A], bump)]".to_owned()
                ),
            ]
        );
    }

    #[test]
    fn signers_and_programs_become_unchecked() {
        assert_eq!(
            found("pub payer: Signer,\npub system_program: Program<System>,"),
            [
                (
                    "type",
                    "pub payer: UncheckedAccount,\npub system_program: Program<System>,".to_owned()
                ),
                (
                    "type",
                    "pub payer: Signer,\npub system_program: UncheckedAccount,".to_owned()
                ),
            ]
        );
    }
}
