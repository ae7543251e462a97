use super::*;
use proptest::prelude::*;

const MARKET: &str = include_str!("../../data/market.toml");
const KEEPER: &str = include_str!("../../data/keeper.toml");

#[test]
fn the_built_in_configurations_are_valid() {
    MarketSpec::parse(MARKET, Path::new("market.toml")).unwrap();
    KeeperConfig::parse(KEEPER, Path::new("keeper.toml")).unwrap();
}

#[test]
fn a_wrong_value_is_named_by_file_line_and_column() {
    let text = MARKET.replace("quote_decimals = 6", "quote_decimals = \"six\"");
    let line = text
        .lines()
        .position(|line| line.starts_with("quote_decimals"))
        .unwrap()
        + 1;
    let error = MarketSpec::parse(&text, Path::new("m.toml")).unwrap_err();
    assert!(
        error.to_string().starts_with(&format!("m.toml:{line}:18: ")),
        "{error}"
    );
}

#[test]
fn an_unknown_or_missing_field_is_named() {
    let unknown = KEEPER.replace("min_sources = 1", "min_sources = 1\nmin_source = 1");
    let error = KeeperConfig::parse(&unknown, Path::new("k.toml"))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("min_source") && error.starts_with("k.toml:"),
        "{error}"
    );
    let missing = KEEPER.replace("min_sources = 1", "");
    let error = KeeperConfig::parse(&missing, Path::new("k.toml"))
        .unwrap_err()
        .to_string();
    assert!(error.contains("min_sources"), "{error}");
}

#[test]
fn the_programs_own_rules_are_asked_before_anything_is_sent() {
    let text = MARKET.replace("maintenance = 0.12", "maintenance = 0.25");
    let error = MarketSpec::parse(&text, Path::new("m.toml")).unwrap_err();
    assert!(
        matches!(
            error,
            ConfigError::Invalid {
                section: "classes",
                ..
            }
        ),
        "{error}"
    );
    let text = MARKET
        .replace("first_rate = 0.16", "first_rate = 0.16\n")
        .replace("cap = 1.5", "cap = 9.5");
    let error = MarketSpec::parse(&text, Path::new("m.toml")).unwrap_err();
    assert!(
        matches!(
            error,
            ConfigError::Invalid {
                section: "market",
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn a_history_that_cannot_be_created_is_refused() {
    for length in [0, 1, 301] {
        let text = MARKET.replace("history_length = 256", &format!("history_length = {length}"));
        let error = MarketSpec::parse(&text, Path::new("m.toml")).unwrap_err();
        assert!(
            matches!(
                error,
                ConfigError::Invalid {
                    section: "history_length",
                    ..
                }
            ),
            "{error}"
        );
    }
}

#[test]
fn a_window_beyond_the_history_is_refused() {
    let text = KEEPER.replace("history_seconds = 1_209_600", "history_seconds = 1_000_000");
    let error = KeeperConfig::parse(&text, Path::new("k.toml")).unwrap_err();
    assert!(
        matches!(error, ConfigError::Invalid { section: "model", .. }),
        "{error}"
    );
}

#[test]
fn comments_do_not_change_the_model_and_parameters_do() {
    let hash = |text: &str| {
        KeeperConfig::parse(text, Path::new("k.toml"))
            .unwrap()
            .model_hash()
            .unwrap()
    };
    assert_eq!(hash(KEEPER), hash(&format!("# more words\n{KEEPER}")));
    assert_eq!(
        hash(KEEPER),
        hash(&KEEPER.replace("relative = 0.25", "relative = 0.20"))
    );
    assert_ne!(
        hash(KEEPER),
        hash(&KEEPER.replace("band = 0.002", "band = 0.003"))
    );
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in "\\PC{0,200}") {
        let _ = MarketSpec::parse(&text, Path::new("m"));
        let _ = KeeperConfig::parse(&text, Path::new("k"));
    }

    #[test]
    fn a_damaged_configuration_never_panics(at in 0usize..3000, byte in 32u8..127) {
        for text in [MARKET, KEEPER] {
            let mut bytes = text.as_bytes().to_vec();
            let at = at % bytes.len();
            bytes[at] = byte;
            if let Ok(text) = String::from_utf8(bytes) {
                let _ = MarketSpec::parse(&text, Path::new("m"));
                let _ = KeeperConfig::parse(&text, Path::new("k"));
            }
        }
    }
}

#[test]
fn the_chains_of_s_are_checked_with_the_file_and_the_table() {
    let across = include_str!("../../data/across.toml");
    let with = |from: &str, to: &str| {
        assert!(across.contains(from), "{from}");
        KeeperConfig::parse(
            &format!("{KEEPER}\n{}", across.replace(from, to)),
            Path::new("keeper.toml"),
        )
    };
    with("stake", "stake").unwrap();
    let message = |from: &str, to: &str| with(from, to).unwrap_err().to_string();
    for (from, to, named) in [
        ("cap = 0.5", "cap = 0.0", "model.staking.across"),
        ("quorum = 1", "quorum = 3", "quorum"),
        ("highest_return = 0.5", "highest_return = 0.0", "highest yield"),
        ("watts = 3068.0", "watts = 0.0", "power of a machine"),
        ("uptime = 0.97", "uptime = 1.5", "uptime"),
        ("decline = 0.46", "decline = nan", "decline of hashprice"),
    ] {
        let message = message(from, to);
        assert!(
            message.starts_with("keeper.toml") && message.contains(named),
            "{message}"
        );
    }
    let table = &across[across.find("[[model").unwrap()..];
    let twice = KeeperConfig::parse(&format!("{KEEPER}\n{across}\n{table}"), Path::new("keeper.toml"));
    assert!(twice.unwrap_err().to_string().contains("btc stands twice"));
}

#[test]
fn every_figure_of_the_chains_of_s_is_part_of_the_model_that_is_signed() {
    let across = include_str!("../../data/across.toml");
    let hash = |text: &str| {
        let parsed = KeeperConfig::parse(&format!("{KEEPER}\n{text}"), Path::new("keeper.toml"));
        parsed.unwrap().model_hash().unwrap()
    };
    let base = hash(across);
    assert_ne!(base, hash(""));
    for line in across.lines().filter(|line| line.contains(" = ")) {
        let (name, rest) = line.split_once(" = ").unwrap();
        let changed = match name.trim() {
            "coin" => across.replace(line, "coin = \"bch\""),
            "quorum" => across.replace(line, "quorum = 2"),
            "overhead" => across.replace(line, "overhead = 1.06"),
            name => {
                let value: f64 = rest
                    .split('#')
                    .next()
                    .unwrap()
                    .trim()
                    .replace('_', "")
                    .parse()
                    .unwrap();
                across.replace(line, &format!("{name} = {}", 0.9f64.mul_add(value, 0.002)))
            }
        };
        assert_ne!(hash(&changed), base, "{line}");
    }
}
