//! `hurdle fit hazard` and `hurdle model hazard` over a made cohort, and over the recorded one where it is there.

use crate::Desk;
use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

const HEADER: &str = "id,name,category,chain,n_chains,audits,n_audit_links,audit_links,listedAt,gecko_id,forkedFrom,oracles,symbol";

/// 240 protocols; every seventh falls, at times spread over the record, with losses of a heavy tail.
fn records() -> (String, String) {
    let (mut protocols, mut events) = (
        format!("{HEADER}\n"),
        String::from("date,name,loss_usd,chain,sector,basel2_category,description\n"),
    );
    for i in 0..240_u32 {
        let category = ["Dexes", "Lending", "Yield"][i as usize % 3];
        let listed = if i % 4 == 0 {
            String::new()
        } else {
            (1_634_100_000 + 40_000 * i).to_string()
        };
        let flags = [i % 5 == 0, i % 2 == 0, i % 6 == 1].map(|set| if set { "x" } else { "" });
        writeln!(
            protocols,
            "{i},Protocol Number{i},{category},Ethereum,{},{},0,,{listed},{},{},{},T{i}",
            1 + i % 3,
            [0, 2][i as usize % 2],
            flags[0],
            flags[1],
            flags[2]
        )
        .unwrap();
        if i % 7 == 0 || (i % 3 == 1 && i % 5 == 0) {
            let day = 10 + (i * 37) % 820;
            let (year, month) = (2022 + (60 + day) / 365, 1 + ((60 + day) % 365) / 31);
            let loss = 1e5 * (1.0 - f64::from((i * 31) % 240 + 1) / 242.0).powf(-1.1);
            writeln!(
                events,
                "{year}-{month:02}-15,Number{i} Finance,1.0,,Other,EF,\"theft, elsewhere\""
            )
            .unwrap();
            writeln!(
                events,
                "{year}-{month:02}-15,Protocol Number{i} V2,{loss},Ethereum,Lending,EF,\"a, b\""
            )
            .unwrap();
        }
    }
    for i in 0..150_u32 {
        let loss = 1e5 * (1.0 - f64::from((i * 61) % 150 + 1) / 152.0).powf(-0.9);
        let (year, month) = (2021 + i / 50, 1 + i % 12);
        writeln!(events, "{year}-{month:02}-03,Unlisted {i},{loss},,DEX,CPBP,").unwrap();
        writeln!(
            events,
            "{year}-{month:02}-04,Protocol Number{i},{loss},,DEX,IF,an insider"
        )
        .unwrap();
    }
    (protocols, events)
}

fn fitted(desk: &Desk) -> Value {
    let (protocols, events) = records();
    let (protocols, events) = (
        desk.file("protocols.csv", &protocols),
        desk.file("events.csv", &events),
    );
    desk.json(&[
        "fit",
        "hazard",
        "--protocols",
        &protocols,
        "--events",
        &events,
        "--out",
        "hazard.json",
        "--card",
        "card.md",
    ])
}

#[test]
fn a_fit_names_its_model_and_twice_the_same_files_give_the_same_bytes() {
    let desk = Desk::new("hazard-fit");
    let first = fitted(&desk);
    let sha = first["sha256"].as_str().unwrap().to_owned();
    assert_eq!(sha.len(), 64);
    let artefact = desk.read("hazard.json");
    let card = desk.read("card.md");
    assert!(card.starts_with("# Model card") && card.contains(&sha), "{card}");
    assert!(!card.contains("NaN"), "{card}");
    assert_eq!(fitted(&desk), first);
    assert_eq!(
        (desk.read("hazard.json"), desk.read("card.md")),
        (artefact.clone(), card)
    );
    let artefact: Value = serde_json::from_str(&artefact).unwrap();
    let books = &artefact["books"];
    assert_eq!(books["protocols"], 240);
    assert_eq!(books["by_core"], books["failed"], "{books}");
    assert!(books["other_cause"].as_u64().unwrap() > 0);
    assert_eq!(artefact["inputs"][0]["file"], "protocols.csv");
}

#[test]
fn a_quote_needs_the_artefact_as_it_was_written() {
    let desk = Desk::new("hazard-quote");
    let sha = fitted(&desk)["sha256"].as_str().unwrap().to_owned();
    let ask = [
        "model",
        "hazard",
        "--artefact",
        "hazard.json",
        "--category",
        "Lending",
        "--value-at-risk",
        "1e7",
        "--years",
        "1",
    ];
    let quote = desk.json(&[&ask[..], &["--sha256", &sha]].concat());
    assert_eq!(quote["model"], sha.as_str());
    let number = |pointer: &str| quote.pointer(pointer).and_then(Value::as_f64).unwrap();
    let product = number("/annual_probability/value") * number("/loss_given_failure/value");
    assert!((number("/premium/value") / product - 1.0).abs() < 1e-12);
    assert!(
        number("/premium/low") < number("/premium/value")
            && number("/premium/value") < number("/premium/high")
    );
    assert!(
        desk.text(&ask)
            .starts_with("smart-contract premium, with 95 % intervals\n")
    );

    let stated = "0".repeat(64);
    let refusal = desk.refusal(&[&ask[..], &["--sha256", &stated]].concat());
    assert!(
        refusal.contains(&format!(
            "its SHA-256 is {sha}, the configuration states {stated}"
        )),
        "{refusal}"
    );
    let edited = desk
        .read("hazard.json")
        .replacen("\"alpha\": 0", "\"alpha\":  0", 1);
    desk.file("hazard.json", &edited);
    assert!(desk.refusal(&ask).contains("not in canonical form from line"));
    desk.file("hazard.json", "{");
    assert!(desk.refusal(&ask).contains("hazard.json: line 1, column 1"));
    desk.file(
        "hazard.json",
        &edited.replace("hurdle/hazard/v1", "hurdle/hazard/v0"),
    );
    assert!(desk.refusal(&ask).contains("its schema is \"hurdle/hazard/v0\""));
}

#[test]
fn what_is_wrong_in_the_records_is_named_by_file_line_and_column() {
    let desk = Desk::new("hazard-refusals");
    let (protocols, events) = records();
    let refuse = |protocols: &str, events: &str, more: &[&str]| {
        let (protocols, events) = (desk.file("p.csv", protocols), desk.file("e.csv", events));
        let command = [
            "fit",
            "hazard",
            "--protocols",
            &protocols,
            "--events",
            &events,
            "--out",
            "out.json",
        ];
        desk.refusal(&[&command[..], more].concat())
    };
    assert_eq!(
        refuse(&protocols.replace("listedAt", "listed"), &events, &[]),
        "error: p.csv: no column `listedAt`; its columns are id, name, category, chain, n_chains, audits, n_audit_links, \
         audit_links, listed, gecko_id, forkedFrom, oracles, symbol\n"
    );
    assert_eq!(
        refuse(&protocols.replace("\n1,Protocol", "\n0,Protocol"), &events, &[]),
        "error: p.csv:3:1 (id): `0` was there before; a number names one protocol\n"
    );
    assert_eq!(
        refuse(
            &protocols.replace(",Ethereum,1,0,0,", ",Ethereum,one,0,0,"),
            &events,
            &[]
        ),
        "error: p.csv:2:5 (n_chains): `one` is no whole number\n"
    );
    assert_eq!(
        refuse(
            &protocols.replace(",Ethereum,1,0,0,", ",Ethereum,1,yes,0,"),
            &events,
            &[]
        ),
        "error: p.csv:2:6 (audits): `yes` is no whole number\n"
    );
    let header = events.lines().next().unwrap();
    assert_eq!(
        refuse(&protocols, &format!("{header}\n2023-01-01,A,-5,,DEX,EF,\n"), &[]),
        "error: e.csv:2:3 (loss_usd): a loss is not negative\n"
    );
    assert_eq!(
        refuse(&protocols, &format!("{header}\nsoon,A,5,,DEX,EF,\n"), &[]),
        "error: e.csv:2:1 (date): `soon` is no time; write Unix seconds, 2021-05-19 or 2021-05-19T12:00:00Z\n"
    );
    assert_eq!(
        refuse(&protocols, &format!("{header}\n2023-01-01,A,5,,DEX,EF,\n"), &[]),
        "error: hazard: outcomes of the hazard model: both outcomes must occur, but all observations show the same one\n"
    );
    assert_eq!(
        refuse(&protocols, &events, &["--end", "soon"]),
        "error: --end: `soon` is no date; write it as 2022-03-02\n"
    );
    let hacks = desk.file("h.json", "[{\"date\": 1}]");
    let refusal = refuse(&protocols, &events, &["--hacks", &hacks]);
    assert!(
        refusal.starts_with("error: --hacks: h.json:1:12: missing field `name`"),
        "{refusal}"
    );
}

/// The recorded cohort, if it is there.
fn recorded() -> Option<PathBuf> {
    let folder = std::env::var_os("HURDLE_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
        PathBuf::from,
    );
    let folder = folder.join("exploits");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!(
        "skipped: no recorded data in {}; set HURDLE_DATA",
        folder.display()
    );
    None
}

#[test]
fn the_committed_artefact_and_card_are_what_the_record_gives() {
    let Some(folder) = recorded() else { return };
    let desk = Desk::new("hazard-recorded");
    let path = |file: &str| folder.join(file).to_str().unwrap().to_owned();
    desk.text(&[
        "fit",
        "hazard",
        "--protocols",
        &path("protocols_2022-03-02.csv"),
        "--events",
        &path("events_to_2024-06.csv"),
        "--hacks",
        &path("hacks_to_2024-06.json"),
        "--out",
        "hazard.json",
        "--card",
        "card.md",
    ]);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let committed = |file: &str| fs::read_to_string(root.join(file)).unwrap();
    assert_eq!(desk.read("hazard.json"), committed("keeper/data/hazard.json"));
    assert_eq!(desk.read("card.md"), committed("docs/hazard-model.md"));
}

#[test]
fn the_committed_card_says_what_the_committed_artefact_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let artefact = fs::read_to_string(root.join("data/hazard.json")).unwrap();
    let artefact = hurdle_keeper::hazard::Artefact::parse(&artefact).unwrap();
    let card = fs::read_to_string(root.join("../docs/hazard-model.md")).unwrap();
    assert_eq!(hurdle_keeper::hazard::card::card(&artefact).unwrap(), card);
}
