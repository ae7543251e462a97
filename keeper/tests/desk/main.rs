//! `hurdle model …` and its kin, as a user runs them: the compiled binary over files.

#![allow(clippy::unwrap_used)]

mod arbitrary;
mod backtest;
mod beta;
mod costs;
mod debt;
mod emissions;
mod equilibrium;
mod hazard;
mod liquidity;
mod multiplier;
mod policy;
mod pow_backtest;
mod pow_breakeven;
mod pow_cost;
mod pow_decide;
mod pow_floor;
mod pow_forecast;
mod pow_hashprice;
mod pow_leverage;
mod pow_margin;
mod pow_migrate;
mod pow_oracle;
mod pow_treasury;
mod response;
mod simulated_margin;
mod staking;
mod tail;
mod volatility;
mod wacc;

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of files for one test, removed afterwards.
pub struct Desk {
    folder: PathBuf,
}

impl Desk {
    /// A folder named after the test.
    pub fn new(test: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
        fs::create_dir_all(&folder).unwrap();
        Self { folder }
    }

    /// The path of a file, whether it is there or not.
    pub fn path(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }

    /// Writes a file and gives its path.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// The text of a file that a command wrote.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join(name)).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_hurdle"))
            .args(arguments)
            .env_remove("HURDLE_LOG")
            .current_dir(&self.folder)
            .output()
            .unwrap()
    }

    /// The text of a command that must succeed.
    pub fn text(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The JSON of a command that must succeed.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let text = self.text(&[arguments, &["--json"]].concat());
        assert_eq!(text.lines().count(), 1, "{text}");
        serde_json::from_str(&text).unwrap()
    }

    /// The message about arguments that cannot be read.
    pub fn misuse(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    /// The message of a command that must fail, without the folder's path.
    pub fn refusal(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        let folder = format!("{}/", self.folder.display());
        String::from_utf8(output.stderr).unwrap().replace(&folder, "")
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}
