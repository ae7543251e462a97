//! Rust source as far as finding guards needs it: what is code, and which brackets belong together.

use std::ops::Range;

/// A source file with a mask of the same length in which comments and literals are blank.
pub struct Source {
    /// The text as it stands.
    pub text: String,
    /// The same bytes with comments, strings and characters blanked; line ends stay.
    pub code: Vec<u8>,
}

impl Source {
    /// Reads a text.
    pub fn new(text: String) -> Self {
        let code = masked(text.as_bytes());
        Self { text, code }
    }

    /// The line of an offset, from one.
    pub fn line(&self, at: usize) -> usize {
        self.text.as_bytes()[..at]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count()
            + 1
    }

    /// Offsets at which a word of code stands, not as a part of another.
    pub fn words<'a>(&'a self, word: &'a str) -> impl Iterator<Item = usize> + 'a {
        let ends = |byte: Option<&u8>| !byte.is_some_and(|byte| is_word(*byte));
        self.occurrences(word).filter(move |at| {
            let before = at.checked_sub(1).and_then(|before| self.code.get(before));
            ends(before) && ends(self.code.get(at + word.len()))
        })
    }

    /// Offsets at which a piece of code stands.
    pub fn occurrences<'a>(&'a self, piece: &'a str) -> impl Iterator<Item = usize> + 'a {
        let last = self.code.len().saturating_sub(piece.len());
        (0..=last).filter(move |at| self.code[*at..].starts_with(piece.as_bytes()))
    }

    /// The offset of the bracket that closes the one at `open`.
    pub fn closing(&self, open: usize) -> Option<usize> {
        let mut depth = 0usize;
        for (at, byte) in self.code.iter().enumerate().skip(open) {
            match byte {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => {
                    depth = depth.checked_sub(1)?;
                    if depth == 0 {
                        return Some(at);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// Where the statement begins that ends at `end`.
    pub fn statement_start(&self, end: usize) -> usize {
        let mut depth = 0usize;
        let mut at = end;
        while at > 0 {
            match self.code[at - 1] {
                b')' | b']' => depth += 1,
                b'(' | b'[' => match depth.checked_sub(1) {
                    Some(less) => depth = less,
                    None => break,
                },
                b'{' | b'}' | b';' if depth == 0 => break,
                _ => {}
            }
            at -= 1;
        }
        at + self.code[at..end]
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count()
    }

    /// The parts of a range between separators that stand in no brackets of their own, without the space around them.
    pub fn parts(&self, range: Range<usize>, separator: &str) -> Vec<Range<usize>> {
        let mut parts = Vec::new();
        let mut depth = 0usize;
        let mut start = range.start;
        let mut at = range.start;
        while at < range.end {
            match self.code[at] {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                _ if depth == 0 && self.code[at..range.end].starts_with(separator.as_bytes()) => {
                    parts.push(start..at);
                    at += separator.len();
                    start = at;
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        parts.push(start..range.end);
        parts
            .into_iter()
            .map(|part| self.trimmed(part))
            .filter(|part| !part.is_empty())
            .collect()
    }

    /// A range without the blank code at its ends.
    fn trimmed(&self, range: Range<usize>) -> Range<usize> {
        let blank = |byte: &&u8| byte.is_ascii_whitespace();
        let code = &self.code[range.clone()];
        let before = code.iter().take_while(blank).count();
        let after = code[before..].iter().rev().take_while(blank).count();
        range.start + before..range.end - after
    }
}

/// Whether a byte may stand in an identifier.
pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn masked(text: &[u8]) -> Vec<u8> {
    let mut code = text.to_vec();
    let mut at = 0;
    while at < text.len() {
        let end = match text[at] {
            b'/' if text.get(at + 1) == Some(&b'/') => {
                find(text, at, |byte| byte == b'\n').unwrap_or(text.len())
            }
            b'"' => closing_quote(text, at),
            b'\'' => character_end(text, at),
            _ => at + 1,
        };
        if end > at + 1 {
            for byte in &mut code[at..end] {
                if *byte != b'\n' {
                    *byte = b' ';
                }
            }
        }
        at = end;
    }
    code
}

fn find(text: &[u8], from: usize, is: impl Fn(u8) -> bool) -> Option<usize> {
    text[from..]
        .iter()
        .position(|byte| is(*byte))
        .map(|place| from + place)
}

fn closing_quote(text: &[u8], open: usize) -> usize {
    let mut at = open + 1;
    while at < text.len() {
        match text[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

/// The end of a character literal, or the next byte where the quote opens a lifetime.
fn character_end(text: &[u8], open: usize) -> usize {
    match text.get(open + 1) {
        Some(b'\\') => find(text, open + 3, |byte| byte == b'\'').map_or(text.len(), |end| end + 1),
        Some(_) if text.get(open + 2) == Some(&b'\'') => open + 3,
        _ => open + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_no_code_and_lifetimes_are() {
        let source = Source::new("f(\"a;b\\\"(\", ';', '\\'') // g();\n<'a>".to_owned());
        assert_eq!(
            String::from_utf8_lossy(&source.code),
            "f(        ,    ,     )        \n<'a>"
        );
    }

    #[test]
    fn a_statement_begins_after_the_last_one_of_its_block() {
        let source = Source::new("{ a(); self.b(|x| { x; })?; }".to_owned());
        let end = source.text.rfind("?;").unwrap_or_default();
        assert_eq!(
            &source.text[source.statement_start(end)..end],
            "self.b(|x| { x; })"
        );
    }

    #[test]
    fn parts_are_separated_outside_of_brackets_only() {
        let source = Source::new("a || (b || c) || d".to_owned());
        let parts: Vec<&str> = source
            .parts(0..source.text.len(), "||")
            .into_iter()
            .map(|part| &source.text[part])
            .collect();
        assert_eq!(parts, ["a", "(b || c)", "d"]);
    }
}
