//! `hurdle init` and `hurdle run` against a real validator, and what they say to an operator's mistakes.
//!
//! The validator is `solana-test-validator` on PATH, or in `../shared/bin` of the project. Where neither is there, the
//! test says so and is skipped.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod validator;

use hurdle_interface::state::{CommitteeState, ConfigState, MarketState};
use hurdle_interface::{Rate, pda};
use hurdle_keeper::chain::{Chain, read_state};
use hurdle_keeper::convert::from_raw;
use hurdle_keeper::source::StakeSource;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;
use validator::{Folder, Guarded, Validator, eventually, locate};

const MARKET: [u8; 16] = *b"SOL-USDC\0\0\0\0\0\0\0\0";
const SOL: u64 = 1_000_000_000;
/// Keepers by their key files, and a stranger.
const KEEPERS: [(&str, u8); 3] = [("keeper-1", 11), ("keeper-2", 12), ("keeper-3", 13)];
const STRANGER: (&str, u8) = ("stranger", 14);
const PAYER: (&str, u8) = ("payer", 21);
const AUTHORITY: (&str, u8) = ("authority", 22);

fn key(seed: u8) -> Keypair {
    Keypair::new_from_array([seed; 32])
}

fn data(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name)).unwrap()
}

fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "the example has no {from}");
    text.replace(from, to)
}

/// The operator's folder: the examples of `keeper/data`, with this cluster's URL and keys.
fn operator(url: &str) -> (Folder, PathBuf, PathBuf) {
    let folder = Folder::new("operator");
    for (name, seed) in KEEPERS.into_iter().chain([STRANGER, PAYER, AUTHORITY]) {
        let bytes = key(seed).to_bytes().to_vec();
        folder.write(
            &format!("keys/{name}.json"),
            &serde_json::to_string(&bytes).unwrap(),
        );
    }
    for name in ["keeper.toml", "market.toml", "sol-2021-05.csv"] {
        folder.write(name, &data(name));
    }
    let mut init = replaced(&data("init.toml"), "http://127.0.0.1:8899", url);
    let examples = [
        "Vote111111111111111111111111111111111111111",
        "Config1111111111111111111111111111111111111",
    ];
    for (example, (_, seed)) in examples
        .into_iter()
        .chain(["Sysvar1111111111111111111111111111111111111"])
        .zip(KEEPERS)
    {
        init = replaced(&init, example, &key(seed).pubkey().to_string());
    }
    // the market is activated at once
    let init = replaced(&init, "timelock_seconds = 86_400", "timelock_seconds = 0");
    let init = folder.write("init.toml", &init);
    let run = replaced(&data("run.toml"), "http://127.0.0.1:8899", url);
    let run = replaced(&run, "interval_seconds = 60", "interval_seconds = 2");
    let run = replaced(&run, "hour_seconds = 3_600", "hour_seconds = 2");
    let run = replaced(&run, "# record =", "record =");
    let run = folder.write("run.toml", &run);
    (folder, init, run)
}

fn hurdle(command: &str, config: &Path) -> Command {
    let mut hurdle = Command::new(env!("CARGO_BIN_EXE_hurdle"));
    hurdle
        .arg(command)
        .arg("--config")
        .arg(config)
        .env_remove("HURDLE_LOG")
        .stdin(Stdio::null());
    hurdle
}

fn output(command: &str, config: &Path) -> Output {
    hurdle(command, config).output().unwrap()
}

fn refusal(command: &str, config: &Path) -> String {
    let output = output(command, config);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

fn program(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../programs/target/deploy")
        .join(format!("{name}.so"));
    assert!(
        path.is_file(),
        "{} is missing: run `cargo xtask build-sbf` first",
        path.display()
    );
    path
}

/// The bytes of every account that `hurdle init` makes.
fn accounts(validator: &Validator) -> Vec<Vec<u8>> {
    [pda::config().0, pda::committee(1).0, pda::market(&MARKET).0]
        .iter()
        .map(|address| {
            validator
                .ask(validator.chain.account(address))
                .unwrap()
                .unwrap()
                .data
        })
        .collect()
}

fn market(validator: &Validator) -> MarketState {
    validator
        .ask(read_state(&validator.chain, "market", &pda::market(&MARKET).0))
        .unwrap()
}

#[test]
fn a_daemon_publishes_to_a_real_validator_and_stops_when_told() {
    let executable = match locate() {
        Ok(executable) => executable,
        Err(reason) => {
            eprintln!("SKIPPED: {reason}");
            return;
        }
    };
    eprintln!("validator: {}", executable.display());
    let programs = [
        (hurdle_interface::ID, program("hurdle")),
        (lender_interface::ID, program("lender")),
    ];
    let validator = Validator::start(&executable, &programs, key(AUTHORITY.1).pubkey());
    let (folder, init, run) = operator(&validator.url);
    validator.fund(key(PAYER.1).pubkey(), 100 * SOL);

    before_init_the_daemon_says_what_to_do(&run);
    init_creates_once(&validator, &init);
    the_daemon_refuses_what_cannot_work(&folder, &run);
    the_daemon_publishes_until_sigterm(&validator, &folder, &run);

    let process = PathBuf::from(format!("/proc/{}", validator.process_id()));
    assert!(process.exists());
    drop(validator);
    assert!(!process.exists(), "the validator is still there");
}

fn before_init_the_daemon_says_what_to_do(run: &Path) {
    let error = refusal("run", run);
    assert!(
        error.contains("has no config on this cluster: run `hurdle init` first"),
        "{error}"
    );
}

fn init_creates_once(validator: &Validator, init: &Path) {
    let parts = ["config", "committee", "market", "risk class 0", "activation"];
    let lines = |word: &str| {
        let output = output("init", init);
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), parts.len(), "{text}");
        for (line, part) in lines.iter().zip(parts) {
            assert!(line.starts_with(part) && line.contains(word), "{line}");
        }
    };
    lines(" created by ");
    let created = accounts(validator);
    lines(" exists");
    assert_eq!(accounts(validator), created);

    let config: ConfigState = validator
        .ask(read_state(&validator.chain, "config", &pda::config().0))
        .unwrap();
    assert_eq!(
        config.genesis_hash,
        validator.ask(validator.chain.genesis_hash()).unwrap().to_bytes()
    );
    let address = pda::committee(1).0;
    let committee: CommitteeState = validator
        .ask(read_state(&validator.chain, "committee", &address))
        .unwrap();
    let members: Vec<Address> = KEEPERS.iter().map(|(_, seed)| key(*seed).pubkey()).collect();
    assert_eq!(
        (committee.members(), committee.threshold),
        (members.as_slice(), 2)
    );

    let text = std::fs::read_to_string(init).unwrap();
    let other = init.with_file_name("other.toml");
    std::fs::write(&other, replaced(&text, "threshold = 2", "threshold = 3")).unwrap();
    let error = refusal("init", &other);
    assert!(
        error.contains("committee") && error.contains("exists with another threshold"),
        "{error}"
    );
    assert_eq!(accounts(validator), created);
}

fn the_daemon_refuses_what_cannot_work(folder: &Folder, run: &Path) {
    let text = std::fs::read_to_string(run).unwrap();
    let refused =
        |from: &str, to: &str| refusal("run", &folder.write("wrong.toml", &replaced(&text, from, to)));
    let error = refused("keys/keeper-3.json", "keys/stranger.json");
    let stranger = key(STRANGER.1).pubkey();
    assert!(
        error.contains(&format!("key {stranger} is not in the committee")),
        "{error}"
    );
    let error = refused(r#", "keys/keeper-2.json", "keys/keeper-3.json""#, "");
    assert!(
        error.contains("needs 2 signatures, but keys.committee has 1 keys"),
        "{error}"
    );
    let error = refused("market = \"SOL-USDC\"", "market = \"ETH-USDC\"");
    assert!(error.contains("market ETH-USDC does not exist"), "{error}");
    let keeper = replaced(
        &data("keeper.toml"),
        "jump_threshold = 5.0",
        "jump_threshold = 4.0",
    );
    folder.write("other-model.toml", &keeper);
    let error = refused("\"keeper.toml\"", "\"other-model.toml\"");
    assert!(error.contains("the market declares model"), "{error}");
}

fn the_daemon_publishes_until_sigterm(validator: &Validator, folder: &Folder, run: &Path) {
    let log = folder.0.join("run.log");
    let stderr = std::fs::File::create(&log).unwrap();
    let mut daemon = Guarded(
        hurdle("run", run)
            .stdout(Stdio::null())
            .stderr(stderr)
            .spawn()
            .unwrap(),
    );
    let logged = || std::fs::read_to_string(&log).unwrap();
    let published = eventually(Duration::from_secs(120), || {
        let ended = daemon.0.try_wait().unwrap();
        assert!(ended.is_none(), "the daemon ended: {ended:?}\n{}", logged());
        let market = market(validator);
        (market.published.sequence >= 3).then_some(market)
    });
    let market = published.unwrap_or_else(|| panic!("no three publications in two minutes:\n{}", logged()));
    let published = &market.published;
    assert!(published.signer_count >= 2, "{published:?}");
    assert!(published.residual <= market.params.residual_tolerance);
    assert!(published.raw_hurdle > Rate::ZERO && published.hurdle > Rate::ZERO);
    let age = validator.time().0 - published.observed_at.0;
    assert!(
        (0..60).contains(&age),
        "observed {age} s ago by the cluster's clock"
    );
    let staking = from_raw(published.components.staking.raw());
    let expected = validator
        .ask(validator.chain.stake())
        .unwrap()
        .nominal_yield()
        .unwrap();
    assert!(
        expected > 0.01 && (staking - expected).abs() < 1e-4,
        "{staking} is not the cluster's {expected}"
    );
    assert!(
        published.components.volatility.raw() > 50_000_000,
        "May 2021 was not calm"
    );

    let process = PathBuf::from(format!("/proc/{}", daemon.0.id()));
    let killed = Command::new("sh")
        .args(["-c", &format!("kill -TERM {}", daemon.0.id())])
        .status()
        .unwrap();
    assert!(killed.success());
    assert_eq!(daemon.exit_code(Duration::from_secs(10)), Some(0), "{}", logged());
    assert!(!process.exists(), "the daemon is still there");
    let log = logged();
    assert!(
        log.lines()
            .filter(|line| line.contains(" published sequence="))
            .count()
            >= 3,
        "{log}"
    );
    assert!(
        log.lines()
            .last()
            .is_some_and(|line| line.contains(" stopped published=")),
        "{log}"
    );
    let record = std::fs::read_to_string(folder.0.join("publications.jsonl")).unwrap();
    let sequences = record
        .lines()
        .filter(|line| line.starts_with("{\"seq\":"))
        .count();
    assert!(sequences >= 3, "{record}");
}

#[test]
fn mistakes_in_files_are_named_before_anything_is_asked_of_the_cluster() {
    // nobody listens on the discard port
    let (folder, init, run) = operator("http://127.0.0.1:9");
    let text = std::fs::read_to_string(&run).unwrap();
    let write = |name: &str, from: &str, to: &str| folder.write(name, &replaced(&text, from, to));

    let error = refusal("run", &folder.0.join("missing.toml"));
    assert!(error.contains("missing.toml: "), "{error}");
    let error = refusal("run", &write("syntax.toml", "[cycle]", "[cycle"));
    let line = text.lines().position(|line| line == "[cycle]").unwrap() + 1;
    assert!(error.contains(&format!("syntax.toml:{line}:")), "{error}");
    let error = refusal("run", &write("csv.toml", "sol-2021-05.csv", "no-such.csv"));
    assert!(error.contains("no-such.csv: "), "{error}");
    folder.write("keys/bad.json", "[1, 2,\n\"three\"]");
    let error = refusal("run", &write("key.toml", "keys/keeper-2.json", "keys/bad.json"));
    assert!(error.contains("bad.json:2:"), "{error}");
    let error = refusal(
        "run",
        &write("nokey.toml", "keys/keeper-2.json", "keys/none.json"),
    );
    assert!(
        error.contains("none.json: ") && error.contains("solana-keygen"),
        "{error}"
    );
    for (command, config) in [("run", &run), ("init", &init)] {
        let error = refusal(command, config);
        assert!(error.contains("http://127.0.0.1:9 does not answer"), "{error}");
    }
}
