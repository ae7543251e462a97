//! Which Debian mirror the machine is set up with, read from apt's own configuration.

use std::fs;
use std::path::{Path, PathBuf};

use super::ToolchainError;

/// One `deb` entry.
#[derive(Debug, PartialEq, Eq)]
struct Source {
    uri: String,
    suite: String,
}

/// The mirrors of a machine: where Debian itself and where its security suite come from.
#[derive(Debug, PartialEq, Eq)]
pub struct Mirrors {
    /// URI with the suites of Debian.
    pub debian: String,
    /// URI with the security suites.
    pub security: String,
}

impl Mirrors {
    /// Reads `/etc/apt`.
    ///
    /// # Errors
    /// When an entry for Debian or for its security suite is missing.
    pub fn of_this_machine() -> Result<Self, ToolchainError> {
        let mut sources = Vec::new();
        for file in source_files()? {
            let text = fs::read_to_string(&file).map_err(|error| ToolchainError::io("read", &file, error))?;
            if file.extension().is_some_and(|extension| extension == "sources") {
                sources.extend(deb822(&text));
            } else {
                sources.extend(one_line(&text));
            }
        }
        Self::choose(&sources)
    }

    fn choose(sources: &[Source]) -> Result<Self, ToolchainError> {
        const SECURITY: &str = "bookworm-security";
        const DEBIAN: &str = "bookworm";
        let uri_of = |suite: &'static str| {
            let source = sources.iter().find(|source| source.suite == suite);
            source
                .map(|source| source.uri.clone())
                .ok_or(ToolchainError::NoMirror { suite })
        };
        Ok(Self {
            debian: uri_of(DEBIAN)?,
            security: uri_of(SECURITY)?,
        })
    }
}

fn source_files() -> Result<Vec<PathBuf>, ToolchainError> {
    let parts = Path::new("/etc/apt/sources.list.d");
    let mut files = Vec::new();
    if parts.is_dir() {
        let entries = fs::read_dir(parts).map_err(|error| ToolchainError::io("list", parts, error))?;
        files.extend(entries.flatten().map(|entry| entry.path()).filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "list" || extension == "sources")
        }));
    }
    files.sort();
    let main = Path::new("/etc/apt/sources.list");
    if main.is_file() {
        files.insert(0, main.to_path_buf());
    }
    Ok(files)
}

/// `deb [options] uri suite component…`, one per line.
fn one_line(text: &str) -> Vec<Source> {
    let entry = |line: &str| {
        let rest = line
            .trim()
            .strip_prefix("deb")?
            .strip_prefix([' ', '\t'])?
            .trim_start();
        let rest = match rest.strip_prefix('[') {
            Some(options) => options.split_once(']')?.1,
            None => rest,
        };
        let mut words = rest.split_whitespace();
        Some(Source {
            uri: words.next()?.to_owned(),
            suite: words.next()?.to_owned(),
        })
    };
    text.lines().filter_map(entry).collect()
}

/// Stanzas of `Key: value`, several URIs and suites in each (deb822).
fn deb822(text: &str) -> Vec<Source> {
    let mut sources = Vec::new();
    let lines: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
    for stanza in lines.split(|line| line.trim().is_empty()) {
        let field = |name: &str| {
            let value = stanza.iter().find_map(|line| {
                let (key, value) = line.split_once(':')?;
                key.eq_ignore_ascii_case(name).then_some(value)
            });
            value.unwrap_or_default().split_whitespace()
        };
        let disabled = field("Enabled").any(|value| value.eq_ignore_ascii_case("no"));
        if disabled || !field("Types").any(|kind| kind == "deb") {
            continue;
        }
        for uri in field("URIs") {
            sources.extend(field("Suites").map(|suite| Source {
                uri: uri.to_owned(),
                suite: suite.to_owned(),
            }));
        }
    }
    sources
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "# comment\n\
        deb-src http://mirror.example/debian bookworm main\n\
        deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian bookworm main contrib\n\
        deb http://mirror.example/debian-security bookworm-security main\n";

    const STANZAS: &str = "Types: deb deb-src\n# mirror.example\nURIs: http://mirror.example/debian\n\
        Suites: bookworm bookworm-updates\nComponents: main\n\n\
        Enabled: no\nTypes: deb\nURIs: http://off.example/debian\nSuites: bookworm-security\n\n\
        Types: deb\nURIs: mirror+file:///etc/apt/mirrors/security.list\nSuites: bookworm-security\n";

    #[test]
    fn mirrors_are_read_from_one_line_entries() {
        let mirrors = Mirrors::choose(&one_line(LIST)).ok();
        let expected = Mirrors {
            debian: "http://mirror.example/debian".into(),
            security: "http://mirror.example/debian-security".into(),
        };
        assert_eq!(mirrors, Some(expected));
    }

    #[test]
    fn mirrors_are_read_from_deb822_stanzas_and_disabled_ones_skipped() {
        let mirrors = Mirrors::choose(&deb822(STANZAS)).ok();
        let expected = Mirrors {
            debian: "http://mirror.example/debian".into(),
            security: "mirror+file:///etc/apt/mirrors/security.list".into(),
        };
        assert_eq!(mirrors, Some(expected));
    }

    #[test]
    fn a_machine_without_a_security_mirror_is_told_which_suite_is_missing() {
        let missing = Mirrors::choose(&one_line("deb http://mirror.example/debian bookworm main\n"));
        assert!(matches!(
            missing,
            Err(ToolchainError::NoMirror {
                suite: "bookworm-security"
            })
        ));
    }
}
