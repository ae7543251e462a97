//! `idl`: the interface description of the on-chain program, as Anchor's own tools assemble it from what the program's
//! `idl-build` feature prints.

mod reference;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;

use anyhow::Context;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::process;
use crate::project::Project;

/// The program whose IDL is committed.
const PROGRAM: &str = "hurdle";

/// An IDL after Anchor's specification 0.1.0, in the order in which a reader wants it.
#[derive(Debug, Serialize, PartialEq)]
struct Idl {
    address: String,
    metadata: Value,
    instructions: Vec<Value>,
    accounts: Vec<Value>,
    events: Vec<Value>,
    errors: Vec<Value>,
    types: Vec<Value>,
}

#[derive(Deserialize)]
struct ProgramPart {
    metadata: Value,
    instructions: Vec<Value>,
    accounts: Vec<Value>,
    types: Vec<Value>,
}

#[derive(Deserialize)]
struct EventPart {
    event: Value,
    types: Vec<Value>,
}

/// Writes `idls/hurdle.json` and `docs/program.md`, or compares them with what the program says.
///
/// # Errors
/// When the program does not build, prints no whole IDL or, with `check`, another one than the committed one.
pub fn run(project: &Project, check: bool) -> anyhow::Result<()> {
    let idl = assemble(&printed(project)?)?;
    let description = serde_json::to_string_pretty(&idl).context("the IDL is no JSON")? + "\n";
    let files = [
        (project.root().join("idls/hurdle.json"), description),
        (project.root().join("docs/program.md"), reference::page(&idl)),
    ];
    for (path, text) in &files {
        if check {
            compare(path, text)?;
        } else {
            let folder = path.parent().context("a file without a folder")?;
            fs::create_dir_all(folder)
                .and_then(|()| fs::write(path, text))
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
    }
    Ok(())
}

fn compare(path: &Path, text: &str) -> anyhow::Result<()> {
    let committed = fs::read_to_string(path)
        .with_context(|| format!("cannot read {}: run `cargo xtask idl`", path.display()))?;
    anyhow::ensure!(
        committed == text,
        "{} is not what the program says: run `cargo xtask idl`, read the difference as your users will, and commit it",
        path.display()
    );
    Ok(())
}

/// What the program's IDL tests print.
fn printed(project: &Project) -> anyhow::Result<String> {
    let mut cargo = project.programs_cargo();
    cargo
        .args(["test", "--quiet", "--locked", "--package", PROGRAM, "--lib"])
        .args(["--features", "idl-build", "__anchor_private_print_idl"])
        .args(["--", "--nocapture", "--test-threads=1"])
        .stderr(Stdio::inherit());
    let shown = process::shown(&cargo);
    let output = cargo
        .output()
        .with_context(|| format!("cannot start `{shown}`"))?;
    anyhow::ensure!(output.status.success(), "`{shown}` failed ({})", output.status);
    String::from_utf8(output.stdout).context("the IDL is not UTF-8")
}

fn assemble(printed: &str) -> anyhow::Result<Idl> {
    let one = |name: &str| -> anyhow::Result<&str> {
        match sections(printed, name).as_slice() {
            [only] => Ok(only),
            found => anyhow::bail!(
                "{} sections `{name}` in the printed IDL instead of one",
                found.len()
            ),
        }
    };
    let program: ProgramPart = serde_json::from_str(one("program")?).context("section `program`")?;
    let mut accounts = BTreeMap::new();
    let mut events = BTreeMap::new();
    let mut types = BTreeMap::new();
    add(&mut accounts, program.accounts)?;
    add(&mut types, program.types)?;
    for event in sections(printed, "event") {
        let part: EventPart = serde_json::from_str(event).context("section `event`")?;
        add(&mut events, vec![part.event])?;
        add(&mut types, part.types)?;
    }
    types.values_mut().for_each(unmark_plain_bytes);
    Ok(Idl {
        address: one("address")?.to_owned(),
        metadata: program.metadata,
        instructions: program.instructions,
        accounts: accounts.into_values().collect(),
        events: events.into_values().collect(),
        errors: serde_json::from_str(one("errors")?).context("section `errors`")?,
        types: types.into_values().collect(),
    })
}

/// Adds named entries; two of one name must be the same, since a client generates one type for each name.
fn add(to: &mut BTreeMap<String, Value>, entries: Vec<Value>) -> anyhow::Result<()> {
    for entry in entries {
        let name = entry["name"]
            .as_str()
            .context("an entry without a name")?
            .to_owned();
        let before = to.insert(name.clone(), entry);
        anyhow::ensure!(
            before.is_none_or(|before| before == to[&name]),
            "two different types are called `{name}`: rename one"
        );
    }
    Ok(())
}

/// Takes `serialization` and `repr` from a type. Anchor 2.0.0-rc.2 marks accounts and events as plain bytes but not what
/// is inside of them, and then `declare_program!` makes a client that does not compile. Without padding, which every
/// layout of Hurdle's states by fields of its own, plain bytes and Borsh are the same bytes.
fn unmark_plain_bytes(definition: &mut Value) {
    if let Some(fields) = definition.as_object_mut() {
        fields.remove("serialization");
        fields.remove("repr");
    }
}

/// The trimmed texts between `--- IDL begin name ---` and `--- IDL end name ---`.
fn sections<'a>(printed: &'a str, name: &str) -> Vec<&'a str> {
    let (begin, end) = (
        format!("--- IDL begin {name} ---"),
        format!("--- IDL end {name} ---"),
    );
    printed
        .split(&begin)
        .skip(1)
        .filter_map(|rest| rest.split_once(&end))
        .map(|(section, _)| section.trim())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = r#"
running 4 tests
--- IDL begin address ---
Some1
--- IDL end address ---
test a ... ok
--- IDL begin event ---
{"event":{"name":"B"},"types":[{"name":"B","serialization":"bytemuck","repr":{"kind":"c"},"type":1}]}
--- IDL end event ---
--- IDL begin event ---
{"event":{"name":"A"},"types":[{"name":"A","type":1},
{"name":"B","serialization":"bytemuck","repr":{"kind":"c"},"type":1}]}
--- IDL end event ---
--- IDL begin errors ---
[{"code":6000}]
--- IDL end errors ---
--- IDL begin program ---
{"metadata":{},"instructions":[{"name":"z"},{"name":"y"}],"accounts":[],"types":[]}
--- IDL end program ---
"#;

    #[test]
    fn sections_become_one_description_sorted_by_name_with_instructions_in_their_order() {
        let idl = assemble(PRINTED).unwrap();
        let names = |values: &[Value]| -> Vec<String> {
            values
                .iter()
                .map(|value| value["name"].as_str().unwrap().to_owned())
                .collect()
        };
        assert_eq!(idl.address, "Some1");
        assert_eq!(names(&idl.events), ["A", "B"]);
        assert_eq!(names(&idl.types), ["A", "B"]);
        assert_eq!(names(&idl.instructions), ["z", "y"]);
        assert!(
            idl.types[1]["serialization"].is_null(),
            "as Borsh, so that one client type serves everywhere"
        );
        assert_eq!(idl.errors.len(), 1);
    }

    #[test]
    fn two_types_of_one_name_are_refused() {
        let clash = PRINTED.replacen(r#"{"kind":"c"},"type":1}"#, r#"{"kind":"c"},"type":2}"#, 1);
        let error = assemble(&clash).unwrap_err().to_string();
        assert!(error.contains("`B`"), "{error}");
    }

    #[test]
    fn a_missing_section_is_an_error() {
        let error = assemble(&PRINTED.replace("errors ---", "mistakes ---")).unwrap_err();
        assert!(error.to_string().contains("`errors`"), "{error}");
    }
}
