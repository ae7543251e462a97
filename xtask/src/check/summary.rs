//! The sum over all `test result:` lines of cargo test.

use std::fmt;

/// Tests that ran.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed.
    pub failed: u64,
}

impl Summary {
    /// Takes a line of cargo test's output into account.
    pub fn read(&mut self, line: &str) {
        let Some(counts) = line.trim().strip_prefix("test result: ") else {
            return;
        };
        let counts = counts
            .split_once(". ")
            .map_or(counts, |(_verdict, counts)| counts);
        for count in counts.split("; ") {
            let mut words = count.split_whitespace();
            let (Some(Ok(number)), Some(kind)) = (words.next().map(str::parse::<u64>), words.next()) else {
                continue;
            };
            match kind {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                _ => (),
            }
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_all_runs_add_up() {
        let mut sum = Summary::default();
        for line in [
            "running 3 tests",
            "test result: ok. 11 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.84s",
            "test result: FAILED. 2 passed; 5 failed; 0 ignored; 0 measured; 7 filtered out; finished in 1.00s",
            "a test that prints: 4 passed; 4 failed",
        ] {
            sum.read(line);
        }
        assert_eq!(
            sum,
            Summary {
                passed: 13,
                failed: 5
            }
        );
        assert_eq!(sum.to_string(), "13 passed, 5 failed");
    }
}
