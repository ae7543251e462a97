//! An endpoint's name in messages, and what its client's errors mean. Neither shows the path or query of the URL, where
//! providers put access keys.

use solana_rpc_client::api::client_error::{Error as ClientError, ErrorKind};
use std::error::Error;

/// Scheme, host and port of a URL.
pub(super) fn label(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    if scheme.is_empty() {
        host.to_owned()
    } else {
        format!("{scheme}://{host}")
    }
}

/// An error and its causes, in one line.
pub(super) fn reason(error: ClientError) -> String {
    let request = error
        .request
        .map(|request| format!("{request}: "))
        .unwrap_or_default();
    let kind = match *error.kind {
        ErrorKind::Reqwest(error) => chain(&error.without_url()),
        kind => chain(&kind),
    };
    format!("{request}{kind}")
}

fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_named_without_its_access_key() {
        assert_eq!(
            label("https://user:secret@rpc.example.org:443/v1/secret?key=secret"),
            "https://rpc.example.org:443"
        );
        assert_eq!(label("http://127.0.0.1:8899"), "http://127.0.0.1:8899");
        assert_eq!(label("nonsense"), "nonsense");
    }
}
