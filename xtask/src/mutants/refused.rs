//! What the compiler says about switches that it does not accept.

use std::fmt;

use super::mutant::Mutant;

/// What the compiler did not accept.
#[derive(Default)]
pub struct Refused {
    in_error: bool,
    /// File and line of each error.
    places: Vec<(String, usize)>,
    output: Vec<String>,
}

impl Refused {
    /// Reads a line of its output.
    pub fn read(&mut self, line: &str) {
        if line.starts_with("error") {
            self.in_error = true;
        } else if line.starts_with("warning") {
            self.in_error = false;
        }
        if !self.in_error {
            return;
        }
        self.output.push(line.to_owned());
        let place = line.trim().strip_prefix("--> ").and_then(|place| {
            let mut parts = place.rsplitn(3, ':');
            let line = parts.nth(1)?.parse().ok()?;
            Some((parts.next()?.to_owned(), line))
        });
        self.places.extend(place);
    }

    /// The switches that the errors stand at; where there is none, those of accounts in the files of the errors, which are
    /// used in a way that only their own type allows.
    pub fn unfit<'a>(
        &self,
        switches: impl Iterator<Item = (u32, &'a Mutant)> + Clone,
    ) -> Vec<(u32, &'a Mutant)> {
        let named: Vec<_> = switches
            .clone()
            .filter(|(_, mutant)| self.names(mutant))
            .collect();
        if !named.is_empty() {
            return named;
        }
        switches
            .filter(|(_, mutant)| mutant.guard.changes_type() && self.lines_in(mutant).next().is_some())
            .collect()
    }

    /// Whether an error stands on a line of a mutant's guard.
    fn names(&self, mutant: &Mutant) -> bool {
        let lines = mutant.text[mutant.guard.range.clone()].matches('\n').count();
        self.lines_in(mutant)
            .any(|line| (mutant.line..=mutant.line + lines).contains(&line))
    }

    /// The lines of the errors in a mutant's file. Paths are the compiler's: from the on-chain workspace, or whole.
    fn lines_in(&self, mutant: &Mutant) -> impl Iterator<Item = usize> {
        let file = mutant.file.trim_start_matches("programs/");
        self.places
            .iter()
            .filter(move |(path, _)| path.ends_with(file))
            .map(|(_, line)| *line)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.output.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::mutant::{Part, of_file};
    use super::*;

    #[test]
    fn a_refused_switch_is_found_by_the_line_of_the_error() {
        let mut refused = Refused::default();
        for line in [
            "warning: unused",
            "  --> hurdle/src/a.rs:1:1",
            "error[E0015]: cannot call in constants",
            "   --> /t/programs/../crates/interface/src/b.rs:3:9",
        ] {
            refused.read(line);
        }
        let text = "{\n    a()?;\n    b(\n        c,\n    )?;\n}";
        let named = |part, file: &str| -> Vec<String> {
            let mutants = of_file(part, file, text.to_owned());
            refused
                .unfit((1..).zip(&mutants))
                .into_iter()
                .map(|(_, mutant)| mutant.shown.clone())
                .collect()
        };
        assert_eq!(named(Part::Interface, "crates/interface/src/b.rs"), ["b( c, )?;"]);
        assert!(named(Part::Program, "programs/hurdle/src/a.rs").is_empty());
    }

    #[test]
    fn an_error_elsewhere_in_a_file_takes_the_types_of_its_accounts_their_switches() {
        let mut refused = Refused::default();
        for line in ["error[E0599]: no method", "  --> hurdle/src/a.rs:4:9"] {
            refused.read(line);
        }
        let text = "#[account(mut)]\npub payer: Signer,\n}\nself.payer.only_of_a_signer();\na()?;\n";
        let mutants = of_file(Part::Program, "programs/hurdle/src/a.rs", text.to_owned());
        let unfit = refused.unfit((1..).zip(&mutants));
        let kinds: Vec<_> = unfit.iter().map(|(_, mutant)| mutant.guard.kind).collect();
        assert_eq!(kinds, ["mut", "type"]);
    }
}
