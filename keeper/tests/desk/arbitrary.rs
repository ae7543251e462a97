//! Every command of the desk over arbitrary arguments and tables: an answer or a typed refusal, never a panic.

use crate::Desk;
use clap::{Arg, Command, Subcommand};
use hurdle_keeper::desk::backtest::BacktestCommand;
use hurdle_keeper::desk::pow::Pow;
use hurdle_keeper::desk::{Command as _, Fit, Model};
use std::collections::BTreeMap;

/// Command lines tried for each command.
const LINES: usize = 200;

/// Numbers that arguments get: plausible, extreme and none.
/// The largest of each width of integer are among them: what is multiplied after it was read overflows with these first.
const NUMBERS: [&str; 26] = [
    "0",
    "1",
    "2",
    "7",
    "0.5",
    "0.99",
    "0.05",
    "1.5",
    "3600",
    "86400",
    "100",
    "-1",
    "-0.3",
    "1e-300",
    "1e300",
    "1e9",
    "255",
    "65535",
    "4294967295",
    "18446744073709551615",
    "NaN",
    "inf",
    "-inf",
    "",
    "abc",
    "1,2,3",
];

/// Options that state how much a simulation is to do: with the largest numbers it would do as much.
const WORK: [&str; 3] = ["claims", "horizon", "steps"];

/// What an argument may be given, by the name of its value where that says more than a number.
struct Values {
    by_name: BTreeMap<&'static str, Vec<String>>,
    numbers: Vec<String>,
}

impl Values {
    fn new(desk: &Desk) -> Self {
        let path = |name: &str| desk.path(name);
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect();
        let by_name = BTreeMap::from([
            ("CSV", tables(desk)),
            (
                "TITLE",
                words(&[
                    "time",
                    "open",
                    "high",
                    "low",
                    "close",
                    "rate",
                    "utilisation",
                    "nothing",
                ]),
            ),
            (
                "JSON",
                vec![
                    desk.file("hazard.json", include_str!("../../data/hazard.json")),
                    path("artefact.json"),
                    desk.file("broken.json", "{\"a\": [1,"),
                ],
            ),
            ("TOML", markets(desk)),
            ("HTML", vec![path("page.html"), path("none/page.html")]),
            ("MD", vec![path("card.md")]),
            ("HEX", words(&["00", "zz"])),
            ("DATE", words(&["2022-03-02", "2023-01-01", "never"])),
        ]);
        Self {
            by_name,
            numbers: words(&NUMBERS),
        }
    }

    /// What an argument may be given; none where it is a number.
    fn words(&self, argument: &Arg) -> Option<Vec<String>> {
        let name = argument.get_value_names().map_or("", |names| names[0].as_str());
        let possible = argument.get_possible_values();
        let names = possible.iter().map(|value| value.get_name().to_owned());
        self.by_name
            .get(name)
            .cloned()
            .or_else(|| (!possible.is_empty()).then(|| names.collect()))
    }

    fn is_number(&self, argument: &Arg) -> bool {
        self.words(argument).is_none()
    }

    fn of(&self, argument: &Arg, rng: &mut Draws) -> String {
        let pool = self.words(argument).unwrap_or_else(|| self.numbers.clone());
        pool[rng.below(pool.len())].clone()
    }
}

/// Tables of every kind that a user may have by mistake, and a sound one.
fn tables(desk: &Desk) -> Vec<String> {
    let header = "time,open,high,low,close,rate,utilisation,stake,yield,age,price,size,base,quote,fee,lower,upper,\
                  liquidity,funding";
    // chains and venues of every row: falling bids, rising ranges
    let venues = |i: u32| {
        format!(
            "5,0.05,60,{},10,1000,100000,0.003,{},{},900,0.0001",
            1000 - i,
            100 + i,
            101 + i
        )
    };
    let rows = |row: &dyn Fn(u32) -> String| -> String {
        (0..800u32).fold(format!("{header}\n"), |table, i| {
            table + &row(i) + "," + &venues(i) + "\n"
        })
    };
    let wave = |i: u32| 100.0 + f64::from(i * 7919 % 41) - f64::from(i * 104_729 % 23);
    let sound = rows(&|i| {
        let (price, share) = (wave(i), f64::from(i * 37 % 100) / 100.0);
        format!(
            "{},{price},{},{},{price},{},{share}",
            i * 3600,
            price + 2.0,
            price - 2.0,
            share * 0.1
        )
    });
    let sound = desk.file("sound.csv", &sound);
    let mut tables = vec![
        desk.file(
            "constant.csv",
            &rows(&|i| format!("{},5,5,5,5,0.1,0.5", i * 3600)),
        ),
        desk.file(
            "extreme.csv",
            &rows(&|i| {
                format!(
                    "{i},1e-300,1e300,1e-300,{},1e300,{i}",
                    if i % 2 == 0 { "1e300" } else { "1e-300" }
                )
            }),
        ),
        desk.file(
            "gaps.csv",
            &rows(&|i| format!("{},,,,{},,", i64::from(i) * 9_000_000_000, wave(i))),
        ),
        desk.file("unsorted.csv", &rows(&|i| format!("{},1,2,1,2,0,0", 1000 - i))),
        desk.file("negative.csv", &rows(&|i| format!("{i},-1,-2,-3,-1,-1,-1"))),
        desk.file(
            "not-finite.csv",
            &rows(&|i| format!("{i},NaN,inf,-inf,NaN,NaN,NaN")),
        ),
        desk.file("short.csv", &format!("{header}\n0,1,1,1,1,0,0,{}\n", venues(0))),
        desk.file("empty.csv", ""),
    ];
    // As many sound ones as others, so that what comes after the reading is tried too.
    tables.resize(2 * tables.len(), sound);
    let days = desk.file("days.csv", &crate::pow_forecast::record(800));
    tables.resize(tables.len() + 6, days);
    tables
}

/// Numbers that a market's file gets in the place of its own.
const STATED: [&str; 12] = [
    "0.0", "1.0", "-1.0", "0.5", "-0.02", "40.0", "1e300", "-1e300", "1e-300", "nan", "inf", "-inf",
];

/// Descriptions: sound, broken, none, and with arbitrary numbers in some places.
fn markets(desk: &Desk) -> Vec<String> {
    let mut rng = Draws(7);
    let mut files = vec![desk.file("broken.toml", "[a\nb = "), desk.path("none.toml")];
    let cascade = include_str!("../../data/pow-cascade.toml");
    // without the random paths, which take their time
    let shock = cascade.split("[paths]").next().unwrap_or_default();
    for (name, sound, varied) in [
        ("market", include_str!("../../data/desk-market.toml"), 60),
        ("loan", include_str!("../../data/pow-loan.toml"), 20),
        ("cascade", shock, 20),
    ] {
        files.push(desk.file(&format!("{name}.toml"), sound));
        for file in 0..varied {
            // of thirty-two numbers, how many are others
            let share = 1 + rng.below(6);
            let text = sound.lines().fold(String::new(), |text, line| {
                let line = match line.split_once(" = ") {
                    Some((key, _)) if !line.starts_with('#') && rng.below(32) < share => {
                        format!("{key} = {}", STATED[rng.below(STATED.len())])
                    }
                    _ => line.to_owned(),
                };
                text + &line + "\n"
            });
            files.push(desk.file(&format!("{name}-{file}.toml"), &text));
        }
    }
    files
}

/// SplitMix64 (Steele, Lea & Flood 2014): the same command lines in every run.
struct Draws(u64);

impl Draws {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(end).unwrap()).unwrap()
    }
}

/// Commands that answer, with the words that call them.
fn leaves(command: &Command, words: &[String], found: &mut Vec<(Vec<String>, Command)>) {
    let mut deeper = command.get_subcommands().peekable();
    if deeper.peek().is_none() {
        found.push((words.to_vec(), command.clone()));
    }
    for below in deeper {
        leaves(below, &[words, &[below.get_name().to_owned()]].concat(), found);
    }
}

fn line(words: &[String], command: &Command, values: &Values, rng: &mut Draws) -> Vec<String> {
    // of eight options, how many are given
    let share = rng.below(4);
    let mut line = [&["desk".to_owned()], words].concat();
    for argument in command.get_arguments() {
        let Some(name) = argument.get_long() else {
            continue;
        };
        // what is required is left out now and then, what is not is given now and then
        let given = rng.below(8);
        let left_out = if argument.is_required_set() {
            given == 0
        } else {
            given >= share
        };
        if left_out {
            continue;
        }
        if argument.get_action().takes_values() {
            line.push(format!("--{name}={}", values.of(argument, rng)));
        } else {
            line.push(format!("--{name}"));
        }
    }
    line
}

/// A line with each of its command's numbers in turn replaced, or added, by every number.
fn one_at_a_time(sound: &[String], command: &Command, values: &Values) -> Vec<Vec<String>> {
    let mut lines = Vec::new();
    for argument in command.get_arguments() {
        let number = argument.get_action().takes_values() && values.is_number(argument);
        let Some(name) = argument.get_long().filter(|name| number && !WORK.contains(name)) else {
            continue;
        };
        let option = format!("--{name}");
        for number in NUMBERS {
            let given = format!("{option}={number}");
            let mut line = sound.to_vec();
            match line
                .iter_mut()
                .find(|word| word.starts_with(&format!("{option}=")))
            {
                Some(word) => *word = given,
                None => line.push(given),
            }
            lines.push(line);
        }
    }
    lines
}

/// Runs every command of `T` over arbitrary lines, and over a line that it answers with every number in every place; a
/// slow one over fewer lines only. The numbers of answers and of refusals.
fn try_all<T: Subcommand>(
    values: &Values,
    rng: &mut Draws,
    slow: &[&str],
    run: impl Fn(&T) -> bool,
) -> (usize, usize) {
    let root = T::augment_subcommands(Command::new("desk")).subcommand_required(true);
    let answers_to = |line: &[String]| {
        root.clone()
            .try_get_matches_from(line)
            .is_ok_and(|matches| T::from_arg_matches(&matches).is_ok_and(|command| run(&command)))
    };
    let mut commands = Vec::new();
    leaves(&root, &[], &mut commands);
    let (mut answers, mut refusals) = (0, 0);
    for (words, command) in &commands {
        let slow = slow.contains(&command.get_name());
        let tried = if slow { LINES / 4 } else { LINES };
        let mut lines: Vec<Vec<String>> = (0..tried).map(|_| line(words, command, values, rng)).collect();
        if !slow {
            let sound = lines.iter().find(|line| answers_to(line));
            let varied = sound.map(|sound| one_at_a_time(sound, command, values));
            lines.extend(varied.unwrap_or_default());
        }
        for line in &lines {
            if answers_to(line) {
                answers += 1;
            } else {
                refusals += 1;
            }
        }
    }
    (answers, refusals)
}

/// `hurdle backtest`, which is no command of a group.
#[derive(Subcommand)]
enum Walk {
    Backtest(Box<BacktestCommand>),
}

#[test]
fn no_arguments_and_no_tables_make_a_command_panic() {
    let desk = Desk::new("arbitrary");
    let values = Values::new(&desk);
    let mut rng = Draws(1);
    let models = try_all(&values, &mut rng, &["tail", "debt"], |model: &Model| {
        model.run(true, &mut Vec::new()).is_ok()
    });
    let fits = try_all(&values, &mut rng, &["debt"], |fit: &Fit| {
        fit.run(true, &mut Vec::new()).is_ok()
    });
    let walks = try_all(&values, &mut rng, &[], |Walk::Backtest(command): &Walk| {
        command.answer().is_ok()
    });
    for (answers, refusals) in [models, fits, walks] {
        assert!(answers > 0 && refusals > 0, "{models:?} {fits:?} {walks:?}");
    }
}

#[test]
fn no_arguments_and_no_tables_make_a_mining_command_panic() {
    let desk = Desk::new("arbitrary-mining");
    let values = Values::new(&desk);
    let (answers, refusals) = try_all(&values, &mut Draws(2), &["leverage", "treasury"], |pow: &Pow| {
        pow.run(true, &mut Vec::new()).is_ok()
    });
    assert!(answers > 0 && refusals > 0, "{answers} {refusals}");
}
