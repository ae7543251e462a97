//! The registry-only SBF toolchain: a compiler with its library source and LLVM from Debian, and the linker from
//! crates.io, installed without root into a cache of the user's.
//!
//! The Solana platform tools come from a release page; where only package registries are reachable this takes
//! their place. An installation lives in a folder named after the hash of its recipe, so that a changed recipe
//! never meets a stale one; every step leaves its mark only when it is whole, so that an interrupted installation
//! continues where it stopped.

mod apt;
mod error;
mod install;
mod linker;
mod recipe;
mod sources;
mod std_patch;

use std::env;
use std::path::PathBuf;

pub use error::ToolchainError;
pub use install::install_crate;

/// An installed toolchain.
pub struct Toolchain {
    prefix: PathBuf,
}

impl Toolchain {
    /// The toolchain in the user's cache, installed first where it is missing.
    ///
    /// # Errors
    /// [`ToolchainError`] names the step that failed, its command and what to do.
    pub fn ensure() -> Result<Self, ToolchainError> {
        let prefix = cache_home()?.join(recipe::fingerprint());
        install::ensure(&prefix)?;
        Ok(Self { prefix })
    }

    /// The compiler.
    pub fn rustc(&self) -> PathBuf {
        self.prefix.join(recipe::RUSTC)
    }

    /// The folder with the linker that the target description names.
    pub fn bin(&self) -> PathBuf {
        self.prefix.join(recipe::BIN)
    }

    /// The target description for rustc.
    pub fn target(&self) -> PathBuf {
        self.prefix.join(recipe::TARGET_FILE)
    }
}

/// Where toolchains are kept: `HURDLE_SBF_HOME`, else the XDG cache folder, else `~/.cache`.
fn cache_home() -> Result<PathBuf, ToolchainError> {
    cache_home_from(|name| env::var_os(name).map(PathBuf::from))
}

fn cache_home_from(var: impl Fn(&str) -> Option<PathBuf>) -> Result<PathBuf, ToolchainError> {
    let set = |name| var(name).filter(|path: &PathBuf| !path.as_os_str().is_empty());
    if let Some(own) = set("HURDLE_SBF_HOME") {
        return std::path::absolute(&own).map_err(|source| ToolchainError::io("resolve", &own, source));
    }
    // The XDG specification: a relative path is to be ignored.
    let cache = set("XDG_CACHE_HOME").filter(|path| path.is_absolute());
    let cache = cache.or_else(|| set("HOME").map(|home| home.join(".cache")));
    cache
        .map(|cache| cache.join("hurdle/sbf-toolchain"))
        .ok_or(ToolchainError::NoCacheFolder)
}

/// The folder of a tool that the project needs beside cargo, kept next to the toolchain.
///
/// # Errors
/// When no folder for a cache is known.
pub fn tool_folder(name: &str, version: &str) -> Result<PathBuf, ToolchainError> {
    Ok(cache_home()?.join("tools").join(format!("{name}-{version}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home(vars: &[(&str, &str)]) -> Option<PathBuf> {
        cache_home_from(|name| {
            vars.iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| PathBuf::from(value))
        })
        .ok()
    }

    #[test]
    fn the_cache_is_the_own_variable_then_xdg_then_home() {
        let all = [
            ("HURDLE_SBF_HOME", "/own"),
            ("XDG_CACHE_HOME", "/xdg"),
            ("HOME", "/home/u"),
        ];
        assert_eq!(home(&all), Some("/own".into()));
        assert_eq!(home(&all[1..]), Some("/xdg/hurdle/sbf-toolchain".into()));
        assert_eq!(
            home(&all[2..]),
            Some("/home/u/.cache/hurdle/sbf-toolchain".into())
        );
        assert_eq!(home(&[]), None);
    }

    #[test]
    fn an_empty_or_relative_setting_does_not_put_the_cache_into_the_current_folder() {
        let vars = [
            ("HURDLE_SBF_HOME", ""),
            ("XDG_CACHE_HOME", "cache"),
            ("HOME", "/home/u"),
        ];
        assert_eq!(home(&vars), Some("/home/u/.cache/hurdle/sbf-toolchain".into()));
    }
}
