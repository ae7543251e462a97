use super::*;
use crate::pow::PowCoin;

const TEXT: &str = r#"keeper = "keeper.toml"
market = "SOL-USDC"

[cluster]
url = "http://127.0.0.1:8899"

[keys]
payer = "keys/payer.json"
committee = ["keys/one.json", "/etc/hurdle/two.json"]

[cycle]
interval_seconds = 60

[sources]
staking = "cluster"

[sources.replay]
file = "episode.csv"
begin_at = 2021-05-17T00:00:00Z
hour_seconds = 3600
"#;

fn parsed(text: &str) -> Result<RunConfig, String> {
    RunConfig::parse(text, Path::new("conf/run.toml")).map_err(|error| error.to_string())
}

fn refused(from: &str, to: &str) -> String {
    assert!(TEXT.contains(from), "{from}");
    parsed(&TEXT.replace(from, to)).unwrap_err()
}

#[test]
fn paths_start_at_the_files_own_folder_and_defaults_stand() {
    let config = parsed(TEXT).unwrap();
    assert_eq!(config.keeper, Path::new("conf/keeper.toml"));
    assert_eq!(
        config.keys.committee,
        [Path::new("conf/keys/one.json"), Path::new("/etc/hurdle/two.json")]
    );
    assert_eq!(config.sources.replay.file, Path::new("conf/episode.csv"));
    assert_eq!(config.cluster.commitment, Commitment::Confirmed);
    assert_eq!(config.sources.replay.begin_at(), Some(UnixTime(1_621_209_600)));
    assert_eq!(
        (config.cycle.grace_seconds, config.cluster.timeout_seconds),
        (3, 10)
    );
}

#[test]
fn a_proof_of_work_chain_is_read_beside_the_episode() {
    let chain = "[[sources.mining]]\ncoin = \"ltc\"\nfile = \"ltc.csv\"\n";
    let config = parsed(&format!("{TEXT}\n{chain}")).unwrap();
    assert_eq!(config.sources.mining.len(), 1);
    assert_eq!(config.sources.mining[0].coin, PowCoin::Ltc);
    assert_eq!(config.sources.mining[0].file, Path::new("conf/ltc.csv"));
    let error = parsed(&format!("{TEXT}\n{}", chain.replace("ltc\"\nf", "xmr\"\nf")));
    assert!(error.unwrap_err().to_string().contains("xmr"));
}

#[test]
fn a_fault_in_the_text_is_named_by_file_line_and_column() {
    let error = refused("url = \"http", "url = http");
    assert!(error.starts_with("conf/run.toml:5:7: "), "{error}");
    let error = refused("interval_seconds = 60", "interval_seconds = \"often\"");
    assert!(
        error.starts_with("conf/run.toml:12:20: ") && error.contains("u32"),
        "{error}"
    );
    let error = refused("staking = \"cluster\"", "staking = \"moon\"");
    assert!(
        error.starts_with("conf/run.toml:15:11: ") && error.contains("replay"),
        "{error}"
    );
    let error = refused("payer =", "prayer =");
    assert!(
        error.starts_with("conf/run.toml:8:1: ") && error.contains("prayer"),
        "{error}"
    );
}

#[test]
fn values_that_cannot_be_meant_are_named_by_file_and_table() {
    let cases = [
        ("\"SOL-USDC\"", "\"\"", "[market]"),
        ("http://127", "127", "[cluster]"),
        ("\"keys/one.json\", \"/etc/hurdle/two.json\"", "", "[keys]"),
        ("interval_seconds = 60", "interval_seconds = 0", "[cycle]"),
        ("hour_seconds = 3600", "hour_seconds = 0", "[sources.replay]"),
        ("2021-05-17T00:00:00Z", "2021-05-17", "[sources.replay]"),
    ];
    for (from, to, section) in cases {
        let error = refused(from, to);
        assert!(
            error.starts_with(&format!("conf/run.toml: {section} ")),
            "{error}"
        );
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = RunConfig::load(Path::new("no/such/run.toml"))
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("no/such/run.toml: "), "{error}");
}

#[test]
fn the_example_is_valid() {
    let config = parsed(include_str!("../../../data/run.toml")).unwrap();
    assert_eq!(
        (config.market.as_str(), config.keys.committee.len()),
        ("SOL-USDC", 3)
    );
}
