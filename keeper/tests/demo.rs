//! The demo against the compiled programs. `cargo xtask test` builds them; by hand, `cargo xtask build-sbf` does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hurdle_keeper::demo::{DemoError, Inputs, Play, Story, play};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../programs/target/deploy")
}

fn inputs() -> Inputs {
    Inputs::load(Some(deploy()), None, None, None).unwrap()
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

fn played(hours: Option<usize>) -> Story {
    let mut watch = |_, _, _: Option<&_>| Ok(());
    match block_on(play(
        &inputs(),
        Play {
            hours,
            watch: &mut watch,
        },
    )) {
        Ok(story) => story,
        Err(error @ DemoError::Setup(_)) => panic!("the programs are not there: {error}"),
        Err(error) => panic!("{error}"),
    }
}

fn bytes(story: &Story) -> Vec<u8> {
    let records: Vec<_> = story.hours.iter().map(|hour| &hour.record).collect();
    serde_json::to_vec(&records).unwrap()
}

#[test]
fn the_first_hours_give_the_same_bytes_twice() {
    let (one, two) = (played(Some(30)), played(Some(30)));
    assert_eq!(bytes(&one), bytes(&two));
    assert_eq!(one.hours.len(), 30);
    assert!(one.hours.iter().filter(|hour| hour.record.is_some()).count() >= 25);
}

#[test]
fn the_whole_episode_shows_what_it_promises() {
    let story = played(None);
    story.check_promises().unwrap();
    let spike = story.spike.unwrap();
    assert!(spike.prospect.with_multiplier.enforce().is_err());
    assert!(spike.prospect.without_multiplier.enforce().is_ok());
    let residuals = story
        .hours
        .iter()
        .filter_map(|hour| Some(hour.record.as_ref()?.residual));
    assert!(residuals.fold(0.0, f64::max) <= 1e-7);
}

#[test]
fn a_play_without_a_spike_keeps_no_promise() {
    let error = played(Some(30)).check_promises().unwrap_err();
    assert!(matches!(error, DemoError::Promise { gate: "CPI", .. }), "{error}");
    assert!(
        error
            .to_string()
            .contains("the same loan is refused at the spike"),
        "{error}"
    );
}

fn hurdle(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hurdle"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap()
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn json_is_one_object_a_line_with_the_summary_last_and_nothing_else() {
    let folder = scratch("json");
    let programs = deploy();
    let output = hurdle(
        &folder,
        &["demo", "--json", "--programs-dir", programs.to_str().unwrap()],
    );
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let (summary, publications) = lines.split_last().unwrap();
    assert_eq!(summary["summary"]["publications"], publications.len());
    for (index, line) in publications.iter().enumerate() {
        assert_eq!(line["seq"], index + 1);
        for key in [
            "observed_at",
            "hurdle",
            "raw_hurdle",
            "baseline",
            "im_multiplier",
            "mm_multiplier",
            "residual",
            "cu",
        ] {
            assert!(line[key].is_number(), "{key}");
        }
        assert!(line["components"]["staking"].is_number());
        assert!(line["signers"].as_array().unwrap().len() >= 2);
    }
    assert!(
        output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let page = std::fs::read_to_string(folder.join("out/demo.html")).unwrap();
    assert_eq!(page.matches("<svg").count(), 5);
    assert!(!page.contains("NaN") && !page.contains("http"));
}

#[test]
fn missing_programs_name_the_command_that_builds_them() {
    let folder = scratch("missing");
    let output = hurdle(&folder, &["demo", "--programs-dir", "nowhere"]);
    assert!(!output.status.success());
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        message.contains("nowhere/hurdle.so") && message.contains("cargo xtask build-sbf"),
        "{message}"
    );
}

#[test]
fn malformed_inputs_name_file_line_and_column() {
    let folder = scratch("malformed");
    let episode = folder.join("episode.csv");
    let header = "time,sol_price,aave_borrow_rate,aave_utilisation,aave_borrowed,compound_borrow_rate,\
                  compound_borrowed,lst_rate,depth";
    std::fs::write(
        &episode,
        format!("{header}\n2021-05-19T12:00:00Z,thirty,0,0,0,0,0,1,1\n"),
    )
    .unwrap();
    let output = hurdle(&folder, &["demo", "--episode", "episode.csv"]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && message.contains("episode.csv:2:22: "),
        "{message}"
    );

    std::fs::write(
        folder.join("keeper.toml"),
        "[validate]\nmax_age_seconds = never\n",
    )
    .unwrap();
    let output = hurdle(&folder, &["demo", "--keeper", "keeper.toml"]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && message.contains("keeper.toml:2:19: "),
        "{message}"
    );

    let output = hurdle(&folder, &["demo", "--market", "absent.toml"]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && message.contains("absent.toml: "),
        "{message}"
    );
}
