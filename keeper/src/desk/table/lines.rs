//! Lines of records. The parser's own count stays behind CR LF, empty lines and comments before a record.

/// Counts lines from record to record.
pub(super) struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    pub fn of(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            line: 1,
        }
    }

    /// The line, from 1, of the record that the parser begins to look for at a byte, which must not fall from call to
    /// call.
    pub fn record_from(&mut self, byte: u64) -> u64 {
        let from = usize::try_from(byte).unwrap_or(usize::MAX);
        while self.at < from && self.at < self.bytes.len() {
            self.step();
        }
        loop {
            match self.bytes.get(self.at) {
                Some(b'\r' | b'\n') => self.step(),
                Some(b'#') => {
                    while !matches!(self.bytes.get(self.at), None | Some(b'\r' | b'\n')) {
                        self.step();
                    }
                }
                _ => return self.line,
            }
        }
    }

    /// Passes a byte. A CR ends a line unless an LF, which then ends it, follows.
    fn step(&mut self) {
        let next = self.bytes.get(self.at + 1);
        match self.bytes.get(self.at) {
            Some(b'\n') => self.line += 1,
            Some(b'\r') if next != Some(&b'\n') => self.line += 1,
            _ => {}
        }
        self.at += 1;
    }
}
