//! Key files, as `solana-keygen` writes them: a JSON array of 64 numbers, secret and public half.

use solana_keypair::Keypair;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a key file was refused. The message never shows its content.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The file cannot be read.
    #[error(
        "{}: {reason}; check the path and its permissions, or create the key with `solana-keygen new -o`",
        path.display()
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: std::io::Error,
    },
    /// The text is no key.
    #[error("{}:{line}:{column}: {reason}; expected 64 numbers as `solana-keygen` writes them", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong.
        reason: &'static str,
    },
}

/// Reads a key file.
///
/// # Errors
/// [`KeyError`].
pub fn read_key(path: &Path) -> Result<Keypair, KeyError> {
    let text = std::fs::read(path).map_err(|reason| KeyError::Unreadable {
        path: path.to_owned(),
        reason,
    })?;
    parse_key(&text, path)
}

/// Parses a key file's text; `path` is for messages.
///
/// # Errors
/// [`KeyError::Malformed`] with line and column.
pub fn parse_key(text: &[u8], path: &Path) -> Result<Keypair, KeyError> {
    let malformed = |line: usize, column: usize, reason| KeyError::Malformed {
        path: path.to_owned(),
        line: line.max(1),
        column: column.max(1),
        reason,
    };
    let bytes: Vec<u8> = serde_json::from_slice(text)
        .map_err(|error| malformed(error.line(), error.column(), "not a JSON array of bytes"))?;
    if bytes.len() != 64 {
        return Err(malformed(1, 1, "not 64 numbers"));
    }
    Keypair::try_from(bytes.as_slice())
        .map_err(|_| malformed(1, 1, "the public half does not belong to the secret half"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use solana_signer::Signer;

    fn text() -> String {
        serde_json::to_string(&Keypair::new_from_array([7; 32]).to_bytes().to_vec()).unwrap()
    }

    fn refused(text: &str) -> String {
        parse_key(text.as_bytes(), Path::new("key.json"))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn a_key_is_read_as_it_was_written() {
        let key = parse_key(text().as_bytes(), Path::new("key.json")).unwrap();
        assert_eq!(key.pubkey(), Keypair::new_from_array([7; 32]).pubkey());
    }

    #[test]
    fn a_file_that_is_no_key_is_named_with_line_and_column_and_never_quoted() {
        let error = refused("[1,\n 2,\n 300]");
        assert!(
            error.starts_with("key.json:3:") && !error.contains("300"),
            "{error}"
        );
        assert!(refused("[1, 2]").starts_with("key.json:1:1: not 64 numbers"));
        assert!(refused("").starts_with("key.json:1:1: "));
        let wrong = text().replacen("[7,", "[8,", 1);
        assert!(refused(&wrong).contains("does not belong"), "{}", refused(&wrong));
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = read_key(Path::new("no/such.json")).unwrap_err().to_string();
        assert!(error.starts_with("no/such.json: "), "{error}");
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_key_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse_key(&bytes, Path::new("x"));
        }
    }
}
