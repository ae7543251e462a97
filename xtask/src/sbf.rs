//! `build-sbf`: the on-chain programs, compiled to SBPF v3 by whichever toolchain the machine has.

mod packages;
mod platform_tools;
mod registry;

use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use clap::ValueEnum;
use console::style;

use crate::project::Project;
use packages::Program;
use platform_tools::PlatformTools;

/// Options of `build-sbf`.
#[derive(clap::Args, Default)]
pub struct Options {
    /// Only this program, by package name (all by default)
    #[arg(long, short)]
    package: Vec<String>,
    /// Which toolchain compiles
    #[arg(long, value_enum, default_value_t)]
    route: Route,
}

/// Which toolchain compiles the programs.
#[derive(Clone, Copy, Default, ValueEnum)]
enum Route {
    /// The Solana platform tools where they are installed, else the registry-only toolchain
    #[default]
    Auto,
    /// The Solana platform tools
    PlatformTools,
    /// The toolchain from package registries
    Registry,
}

/// Compiles the programs and returns their files, `programs/target/deploy/<name>.so`.
///
/// # Errors
/// When a package is unknown, the toolchain cannot be installed or a program does not compile.
pub fn build(project: &Project, options: &Options) -> anyhow::Result<Vec<PathBuf>> {
    let programs = packages::select(packages::programs(project)?, &options.package)?;
    let deploy = project.deploy();
    fs::create_dir_all(&deploy).with_context(|| format!("cannot create {}", deploy.display()))?;

    let tools = match options.route {
        Route::Registry => None,
        Route::Auto => PlatformTools::find()
            .inspect_err(|why| eprintln!("{}", style(why).dim()))
            .ok(),
        Route::PlatformTools => Some(PlatformTools::find()?),
    };
    match tools {
        Some(tools) => tools.build(project, &programs)?,
        None => registry::build(project, &programs)?,
    }

    let mut files = Vec::new();
    for program in &programs {
        let file = deploy.join(program.file_name());
        let size = fs::metadata(&file)
            .with_context(|| format!("{} was not built", file.display()))?
            .len();
        eprintln!("{} {} ({size} bytes)", style("built").green(), file.display());
        files.push(file);
    }
    Ok(files)
}

/// Replaces a file in one step, so that nobody reads half a program, and leaves an equal one untouched.
fn place(built: &PathBuf, file: &PathBuf) -> anyhow::Result<()> {
    let content = fs::read(built).with_context(|| format!("cannot read {}", built.display()))?;
    if fs::read(file).is_ok_and(|present| present == content) {
        return Ok(());
    }
    let partial = file.with_extension("partial");
    fs::write(&partial, content).with_context(|| format!("cannot write {}", partial.display()))?;
    fs::rename(&partial, file).with_context(|| format!("cannot replace {}", file.display()))
}

impl Program {
    fn file_name(&self) -> String {
        format!("{}.so", self.library)
    }
}
