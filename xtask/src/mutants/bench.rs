//! Where mutants are compiled: once for all that a switch takes out, and anew for each of the others.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use anyhow::Context;
use console::style;

use super::find::Guard;
use super::mutant::{Mutant, Part};
use super::refused::Refused;
use super::scratch::{PROGRAM, Scratch};
use super::switch;
use super::trial::Binary;
use crate::project::Project;

/// Name of the host tests in verdicts.
const HOST: &str = "interface";

/// The compiled switches, and the sources from which other mutants are compiled.
pub struct Bench<'a> {
    mutants: &'a [Mutant],
    folder: PathBuf,
    deploy: PathBuf,
    /// One compiles at a time.
    scratch: Mutex<Scratch>,
    switched: BTreeSet<u32>,
    program: Vec<u8>,
    host: Binary,
}

/// The interface's own tests and the choice of a mutant.
pub enum Host {
    /// All mutants and the number of one.
    Switched(u32),
    /// One mutant.
    Compiled(Binary),
}

impl<'a> Bench<'a> {
    /// Compiles what the switches take out; a guard that the compiler wants without one is compiled anew when it is tried.
    ///
    /// # Errors
    /// When the unmutated sources do not compile.
    pub fn set_up(project: &Project, mutants: &'a [Mutant]) -> anyhow::Result<Self> {
        let files: BTreeSet<&str> = mutants.iter().map(|mutant| mutant.file.as_str()).collect();
        let scratch = Scratch::prepare(project, &files)?;
        let mut switched: BTreeSet<u32> = numbered(mutants)
            .filter(|(_, mutant)| mutant.guard.switch.is_some())
            .map(|(number, _)| number)
            .collect();
        let folder = project.root().join("target/mutants");
        let (host, program) = loop {
            for file in &files {
                scratch.write(file, &woven(mutants, &switched, file, None)?)?;
            }
            let mut refused = Refused::default();
            if let Some(built) = with_switches(&scratch, &mut refused)? {
                break built;
            }
            let switches = numbered(mutants).filter(|(number, _)| switched.contains(number));
            let unfit = refused.unfit(switches);
            anyhow::ensure!(
                !unfit.is_empty(),
                "the sources do not compile with their switches:\n{refused}"
            );
            for (number, mutant) in unfit {
                eprintln!("{} {}", style("no switch:").yellow(), mutant.label());
                switched.remove(&number);
            }
        };
        let executable = folder.join("interface-tests");
        fs::copy(&host, &executable).with_context(|| format!("cannot copy {}", host.display()))?;
        eprintln!(
            "{} {} of {} guards have a switch",
            style("compiled:").green(),
            switched.len(),
            mutants.len()
        );
        Ok(Self {
            mutants,
            folder,
            deploy: project.deploy(),
            host: host_tests(executable, scratch.interface()),
            scratch: Mutex::new(scratch),
            switched,
            program,
        })
    }

    /// Whether a mutant is tried without compiling.
    pub fn has_switch(&self, number: u32) -> bool {
        self.switched.contains(&number)
    }

    /// Looks whether the switches do what they are for: nothing fails where no guard is out, and the host tests notice where
    /// all are.
    ///
    /// # Errors
    /// When they do not.
    pub fn check(&mut self) -> anyhow::Result<()> {
        let failed = self.host.learn(&self.deploy)?;
        anyhow::ensure!(
            failed.is_empty(),
            "host tests fail without a mutant: {}",
            failed.join(", ")
        );
        let noticed = self.killer_on_host(&Host::Switched(switch::ALL), "")?;
        anyhow::ensure!(noticed.is_some(), "no host test notices that every guard is out");
        Ok(())
    }

    /// The program without one of its guards, or with all.
    ///
    /// # Errors
    /// When its switch is not found.
    pub fn chosen(&self, number: u32) -> anyhow::Result<Vec<u8>> {
        let mut program = self.program.clone();
        switch::choose(&mut program, number)?;
        Ok(program)
    }

    /// The interface's own tests without a guard, or nothing where the compiler refuses.
    ///
    /// # Errors
    /// When the compiler cannot be run or a file not be written.
    pub fn host(&self, number: u32, mutant: &Mutant) -> anyhow::Result<Option<Host>> {
        if self.has_switch(number) {
            return Ok(Some(Host::Switched(number)));
        }
        self.without(mutant, |scratch| {
            let Some(executable) = scratch.host_tests(|_| {})? else {
                return Ok(None);
            };
            let place = self.folder.join(format!("interface-tests-{number}"));
            fs::copy(&executable, &place).with_context(|| format!("cannot copy {}", executable.display()))?;
            Ok(Some(Host::Compiled(host_tests(place, scratch.interface()))))
        })
    }

    /// The program without a guard, or nothing where the compiler refuses.
    ///
    /// # Errors
    /// When the compiler cannot be run or a file not be written.
    pub fn program(&self, number: u32, mutant: &Mutant) -> anyhow::Result<Option<Vec<u8>>> {
        if self.has_switch(number) {
            return self.chosen(number).map(Some);
        }
        self.without(mutant, |scratch| scratch.program(|_| {}))
    }

    /// Compiles something while a guard is not in the sources.
    fn without<T>(
        &self,
        mutant: &Mutant,
        compile: impl FnOnce(&Scratch) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let scratch = self
            .scratch
            .lock()
            .map_err(|_| anyhow::anyhow!("the other lane stopped while it compiled"))?;
        let text = |without| woven(self.mutants, &self.switched, &mutant.file, without);
        scratch.write(&mutant.file, &text(Some(&mutant.guard))?)?;
        let compiled = compile(&scratch);
        scratch.write(&mutant.file, &text(None)?)?;
        compiled
    }

    /// The first of the interface's own tests that fails; those of the mutant's own module run first.
    ///
    /// # Errors
    /// When they cannot be run.
    pub fn killer_on_host(&self, host: &Host, source: &str) -> anyhow::Result<Option<String>> {
        let (binary, number) = match host {
            Host::Switched(number) => (&self.host, *number),
            Host::Compiled(binary) => (binary, switch::NONE),
        };
        let near = format!("{}::", module(source));
        let run = |selection: &[&str]| {
            binary.first_failure(|command| {
                command.args(selection).env(switch::VARIABLE, number.to_string());
            })
        };
        let failed = match run(&[&near])? {
            Some(test) => Some(test),
            None => run(&["--skip", &near])?,
        };
        Ok(failed.map(|test| format!("{HOST}::{test}")))
    }

    /// A folder of compiled programs, of which a mutant changes but one.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn lane(&self, number: usize) -> anyhow::Result<Lane> {
        let folder = self.folder.join(format!("lane-{number}"));
        fs::create_dir_all(&folder)?;
        for entry in
            fs::read_dir(&self.deploy).context("no compiled programs: run `cargo xtask build-sbf`")?
        {
            let file = entry?.path();
            let name = file.file_name().unwrap_or_default();
            if file.extension().is_some_and(|extension| extension == "so") {
                fs::copy(&file, folder.join(name))
                    .with_context(|| format!("cannot copy {}", file.display()))?;
            }
        }
        Ok(Lane { folder })
    }
}

/// The folder of compiled programs of one trial.
pub struct Lane {
    folder: PathBuf,
}

impl Lane {
    /// Puts a program into it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn place(&self, program: &[u8]) -> anyhow::Result<&Path> {
        let file = self.folder.join(PROGRAM);
        fs::write(&file, program).with_context(|| format!("cannot write {}", file.display()))?;
        Ok(&self.folder)
    }
}

/// Compiles the host tests and the program, or says what the compiler refuses.
fn with_switches(scratch: &Scratch, refused: &mut Refused) -> anyhow::Result<Option<(PathBuf, Vec<u8>)>> {
    let Some(host) = scratch.host_tests(|line| refused.read(line))? else {
        return Ok(None);
    };
    let program = scratch.program(|line| refused.read(line))?;
    Ok(program.map(|program| (host, program)))
}

/// Mutants and their numbers; zero stands for none.
pub fn numbered(mutants: &[Mutant]) -> impl Iterator<Item = (u32, &Mutant)> + Clone {
    (1..).zip(mutants)
}

fn woven(
    mutants: &[Mutant],
    switched: &BTreeSet<u32>,
    file: &str,
    without: Option<&Guard>,
) -> anyhow::Result<String> {
    let of_file = || numbered(mutants).filter(|(_, mutant)| mutant.file == file);
    let (_, first) = of_file().next().context("a woven file has guards")?;
    let guards: Vec<(u32, &Guard)> = of_file()
        .filter(|(number, _)| switched.contains(number))
        .map(|(number, mutant)| (number, &mutant.guard))
        .collect();
    Ok(switch::woven(first.part, &first.text, &guards, without))
}

fn host_tests(executable: PathBuf, folder: PathBuf) -> Binary {
    Binary::new(HOST.to_owned(), move || {
        let mut command = Command::new(&executable);
        command.current_dir(&folder);
        command
    })
}

/// The outermost module of a source file.
fn module(source: &str) -> &str {
    let inner = source
        .strip_prefix(Part::Interface.folder())
        .unwrap_or(source)
        .trim_start_matches('/');
    let end = inner.find(['/', '.']).unwrap_or(inner.len());
    &inner[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_of_a_file_is_the_outermost() {
        assert_eq!(module("crates/interface/src/ramp.rs"), "ramp");
        assert_eq!(module("crates/interface/src/margin/check.rs"), "margin");
    }
}
