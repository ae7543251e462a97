//! Starting other programs: cargo with a clean environment, and runs whose output is kept for error reports.

use std::collections::VecDeque;
use std::env;
use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// Lines of output kept for an error report.
const TAIL: usize = 25;

/// What a captured run left behind.
pub struct Captured {
    /// How the process ended.
    pub status: ExitStatus,
    /// The last lines of standard output and standard error, in the order of arrival.
    pub tail: Vec<String>,
}

/// The cargo that runs this xtask, freed of what the outer cargo put into the environment for xtask itself.
pub fn cargo() -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(describes_xtask) {
            command.env_remove(&name);
        }
    }
    command
}

fn describes_xtask(name: &str) -> bool {
    name.starts_with("CARGO_PKG_")
        || matches!(
            name,
            "CARGO_MANIFEST_DIR" | "CARGO_MANIFEST_PATH" | "CARGO_CRATE_NAME" | "CARGO_BIN_NAME"
        )
}

/// [`cargo`] for a compiler other than the user's; see [`isolated`].
pub fn cargo_isolated() -> Command {
    isolated(cargo())
}

/// Keeps from a command what selects or configures the host's compiler or its profiles; settings of the network, of
/// registries and of jobs come through.
pub fn isolated(mut command: Command) -> Command {
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(configures_host_build) {
            command.env_remove(&name);
        }
    }
    command
}

fn configures_host_build(name: &str) -> bool {
    const KEPT: [&str; 9] = [
        "CARGO_HOME",
        "CARGO_HTTP_",
        "CARGO_NET_",
        "CARGO_REGISTR",
        "CARGO_SOURCE_",
        "CARGO_TERM_",
        "CARGO_BUILD_JOBS",
        "CARGO_ALIAS_",
        "CARGO_LOG",
    ];
    let cargo = name.starts_with("CARGO_") && !KEPT.iter().any(|kept| name.starts_with(kept));
    cargo
        || name.starts_with("RUSTC")
        || name.starts_with("RUSTDOC")
        || matches!(name, "RUSTFLAGS" | "RUSTUP_TOOLCHAIN" | "LD_LIBRARY_PATH")
}

/// The command as a person would type it.
pub fn shown(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| quoted(&word.to_string_lossy()))
        .collect::<Vec<_>>()
        .join(" ")
}

fn quoted(word: &str) -> String {
    if word
        .chars()
        .any(|c| c.is_whitespace() || "$'\"*&;|<>()".contains(c))
        || word.is_empty()
    {
        format!("'{}'", word.replace('\'', r"'\''"))
    } else {
        word.to_owned()
    }
}

/// Runs to the end with the terminal attached.
///
/// # Errors
/// When the program cannot be started or does not succeed.
pub fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command
        .status()
        .map_err(|error| anyhow::anyhow!("cannot start `{}`: {error}", shown(command)))?;
    anyhow::ensure!(status.success(), "`{}` failed ({status})", shown(command));
    Ok(())
}

/// Runs to the end, handing every line of output to `each_line` and keeping the last ones.
///
/// # Errors
/// When the program cannot be started or waited for; a failing exit is not an error here.
pub fn run_captured(command: &mut Command, mut each_line: impl FnMut(&str)) -> io::Result<Captured> {
    run_watched(command, Duration::MAX, |line| {
        each_line(line);
        ControlFlow::Continue(())
    })
    .map(|(captured, _)| captured)
}

/// How a watched run came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// By itself.
    Own,
    /// Stopped at the line that its watcher broke off at.
    Stopped,
    /// Stopped when its time was over.
    TimedOut,
}

/// [`run_captured`], but ends the process once `each_line` breaks off or `limit` is over.
///
/// # Errors
/// As [`run_captured`].
pub fn run_watched(
    command: &mut Command,
    limit: Duration,
    mut each_line: impl FnMut(&str) -> ControlFlow<()>,
) -> io::Result<(Captured, Ending)> {
    let started = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let (sender, lines) = mpsc::channel();
    let readers: Vec<_> = [
        child
            .stdout
            .take()
            .map(|stream| Box::new(stream) as Box<dyn Read + Send>),
        child
            .stderr
            .take()
            .map(|stream| Box::new(stream) as Box<dyn Read + Send>),
    ]
    .into_iter()
    .flatten()
    .map(|stream| {
        let sender = sender.clone();
        thread::spawn(move || forward_lines(stream, &sender))
    })
    .collect();
    drop(sender);

    let mut tail = VecDeque::with_capacity(TAIL);
    let ending = loop {
        let line = match lines.recv_timeout(limit.saturating_sub(started.elapsed())) {
            Ok(line) => line,
            Err(RecvTimeoutError::Disconnected) => break Ending::Own,
            Err(RecvTimeoutError::Timeout) => break Ending::TimedOut,
        };
        let watched = each_line(&line);
        if tail.len() == TAIL {
            tail.pop_front();
        }
        tail.push_back(line);
        if watched.is_break() {
            break Ending::Stopped;
        }
    };
    if ending != Ending::Own {
        child.kill()?;
    }
    drop(lines);
    for reader in readers {
        // A reader only ends; it has nothing to report.
        let _ = reader.join();
    }
    let captured = Captured {
        status: child.wait()?,
        tail: tail.into(),
    };
    Ok((captured, ending))
}

fn forward_lines(stream: impl Read, sender: &mpsc::Sender<String>) {
    let mut reader = BufReader::new(stream);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        if sender
            .send(String::from_utf8_lossy(&line).trim_end().to_owned())
            .is_err()
        {
            return;
        }
        line.clear();
    }
}

/// Finds a program on PATH.
pub fn on_path(program: impl AsRef<OsStr>) -> Option<PathBuf> {
    let program = Path::new(program.as_ref());
    env::split_paths(&env::var_os("PATH")?)
        .map(|dir| dir.join(program))
        .find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_command_can_be_pasted_into_a_shell() {
        let mut command = Command::new("apt-get");
        command.args(["-o", "A=b c", "it's", ""]);
        assert_eq!(shown(&command), r"apt-get -o 'A=b c' 'it'\''s' ''");
    }

    #[test]
    fn host_compiler_settings_are_scrubbed_and_network_settings_kept() {
        for scrubbed in [
            "RUSTFLAGS",
            "CARGO_ENCODED_RUSTFLAGS",
            "CARGO_TARGET_DIR",
            "RUSTC_WRAPPER",
            "RUSTUP_TOOLCHAIN",
        ] {
            assert!(configures_host_build(scrubbed), "{scrubbed}");
        }
        for kept in [
            "CARGO_HOME",
            "CARGO_HTTP_CAINFO",
            "CARGO_REGISTRIES_X_TOKEN",
            "CARGO_BUILD_JOBS",
            "HOME",
            "RUSTUP_HOME",
        ] {
            assert!(!configures_host_build(kept), "{kept}");
        }
    }

    #[test]
    fn a_captured_run_keeps_the_last_lines_and_the_exit_status() -> io::Result<()> {
        let mut seen = 0;
        let script = "i=0; while [ $i -lt 40 ]; do echo line $i; i=$((i+1)); done; exit 3";
        let captured = run_captured(Command::new("sh").args(["-c", script]), |_| seen += 1)?;
        assert_eq!(captured.status.code(), Some(3));
        assert_eq!(seen, 40);
        assert_eq!(captured.tail.first().map(String::as_str), Some("line 15"));
        assert_eq!(captured.tail.last().map(String::as_str), Some("line 39"));
        Ok(())
    }

    #[test]
    fn a_watched_run_ends_at_the_line_that_its_watcher_breaks_off_at_and_when_its_time_is_over()
    -> io::Result<()> {
        let endless = || {
            let mut command = Command::new("sh");
            command.args(["-c", "echo one; echo two; exec sleep 600"]);
            command
        };
        let at_two = |line: &str| match line {
            "two" => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        };
        let (captured, ending) = run_watched(&mut endless(), Duration::MAX, at_two)?;
        assert_eq!((captured.tail.len(), ending), (2, Ending::Stopped));
        let on = |_: &str| ControlFlow::Continue(());
        let (_, ending) = run_watched(&mut endless(), Duration::from_millis(50), on)?;
        assert_eq!(ending, Ending::TimedOut);
        Ok(())
    }
}
