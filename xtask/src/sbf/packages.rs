//! Which packages of the on-chain workspace are programs: those with a `cdylib`.

use anyhow::Context;
use serde::Deserialize;

use crate::process;
use crate::project::Project;

/// A package that compiles to a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Name of the package.
    pub package: String,
    /// Name of its library, which is the name of the compiled file.
    pub library: String,
    /// Its manifest.
    pub manifest: String,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: String,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

/// The programs of the on-chain workspace, by name.
///
/// # Errors
/// When cargo cannot read the workspace.
pub fn programs(project: &Project) -> anyhow::Result<Vec<Program>> {
    let mut command = project.programs_cargo();
    command.args(["metadata", "--no-deps", "--format-version", "1"]);
    let output = command
        .output()
        .with_context(|| format!("cannot start `{}`", process::shown(&command)))?;
    anyhow::ensure!(
        output.status.success(),
        "cargo cannot read {}:\n{}",
        project.programs().join("Cargo.toml").display(),
        String::from_utf8_lossy(&output.stderr)
    );
    parse(&output.stdout)
}

fn parse(metadata: &[u8]) -> anyhow::Result<Vec<Program>> {
    let metadata: Metadata = serde_json::from_slice(metadata).context("cargo metadata is not as expected")?;
    let mut programs: Vec<_> = metadata
        .packages
        .into_iter()
        .filter_map(|package| {
            let library = package
                .targets
                .iter()
                .find(|target| target.kind.iter().any(|kind| kind == "cdylib"))?;
            Some(Program {
                library: library.name.replace('-', "_"),
                package: package.name,
                manifest: package.manifest_path,
            })
        })
        .collect();
    programs.sort_by(|a, b| a.package.cmp(&b.package));
    Ok(programs)
}

/// The named programs, or all where none is named.
///
/// # Errors
/// When a name is not a program; the message lists those that are.
pub fn select(programs: Vec<Program>, names: &[String]) -> anyhow::Result<Vec<Program>> {
    if let Some(unknown) = names
        .iter()
        .find(|name| !programs.iter().any(|program| program.package == **name))
    {
        let known: Vec<_> = programs.iter().map(|program| program.package.as_str()).collect();
        anyhow::bail!(
            "no program named {unknown} in programs/; there are: {}",
            known.join(", ")
        );
    }
    Ok(programs
        .into_iter()
        .filter(|program| names.is_empty() || names.contains(&program.package))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const METADATA: &str = r#"{"packages":[
        {"name":"my-lender","manifest_path":"/p/Cargo.toml","targets":[{"name":"my_lender","kind":["cdylib","lib"]}]},
        {"name":"interface","manifest_path":"/i/Cargo.toml","targets":[{"name":"interface","kind":["lib"]}]}]}"#;

    #[test]
    fn programs_are_the_packages_with_a_cdylib() -> anyhow::Result<()> {
        let found = parse(METADATA.as_bytes())?;
        let expected = Program {
            package: "my-lender".into(),
            library: "my_lender".into(),
            manifest: "/p/Cargo.toml".into(),
        };
        assert_eq!(found, [expected]);
        Ok(())
    }

    #[test]
    fn an_unknown_package_is_refused_with_the_known_ones() -> anyhow::Result<()> {
        let refused = select(parse(METADATA.as_bytes())?, &["interface".to_owned()]);
        let message = refused.err().map(|error| error.to_string());
        assert_eq!(
            message.as_deref(),
            Some("no program named interface in programs/; there are: my-lender")
        );
        Ok(())
    }
}
