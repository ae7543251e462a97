//! Every command of the desk over arbitrary arguments and tables: an answer or a typed refusal, never a panic.

mod files;

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

/// Options that state how much a simulation is to do, and what they get: with the largest numbers it would do as much.
const WORK: [&str; 4] = ["claims", "horizon", "paths", "steps"];
const LITTLE: [&str; 8] = ["0", "1", "2", "7", "-1", "0.5", "NaN", "abc"];

/// What an argument may be given, by the name of its value where that says more than a number.
struct Values {
    by_name: BTreeMap<&'static str, Vec<String>>,
    numbers: Vec<String>,
}

impl Values {
    fn new(desk: &Desk, tables: Vec<String>, descriptions: Vec<String>) -> Self {
        let path = |name: &str| desk.path(name);
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect();
        let by_name = BTreeMap::from([
            ("CSV", tables),
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
                    "PriceUSD",
                    "HashRate",
                ]),
            ),
            (
                "JSON",
                vec![
                    desk.file("hazard.json", include_str!("../../../data/hazard.json")),
                    path("artefact.json"),
                    desk.file("broken.json", "{\"a\": [1,"),
                ],
            ),
            ("TOML", descriptions),
            ("HTML", vec![path("page.html"), path("none/page.html")]),
            ("MD", vec![path("card.md")]),
            ("HEX", words(&["00", "zz"])),
            (
                "FROM:TO:N",
                words(&["0.02:0.1:5", "-1:1:2", "0:1e300:9", "1:0:3", "a:b"]),
            ),
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
        if argument.get_long().is_some_and(|name| WORK.contains(&name)) {
            return LITTLE[rng.below(LITTLE.len())].to_owned();
        }
        let pool = self.words(argument).unwrap_or_else(|| self.numbers.clone());
        pool[rng.below(pool.len())].clone()
    }
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
        let tried = if slow { LINES / 10 } else { LINES };
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
    let market = include_str!("../../../data/desk-market.toml");
    let values = Values::new(
        &desk,
        files::tables(&desk),
        files::descriptions(&desk, &[market; 5]),
    );
    let mut rng = Draws(1);
    let models = try_all(
        &values,
        &mut rng,
        &["tail", "debt", "simulated-margin"],
        |model: &Model| model.run(true, &mut Vec::new()).is_ok(),
    );
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

/// Mining commands that walk through years of days or simulate many.
const SLOW: [&str; 6] = ["cost", "decide", "floor", "haircut", "leverage", "migrate"];

#[test]
fn no_arguments_and_no_tables_make_a_mining_command_panic() {
    let desk = Desk::new("arbitrary-mining");
    let sound = [
        include_str!("../../../data/pow-fleet.toml"),
        include_str!("../../../data/pow-network.toml"),
        include_str!("../../../data/pow-entrant.toml"),
        include_str!("../../../data/pow-contract.toml"),
        include_str!("../../../data/pow-loan.toml"),
        include_str!("../../../data/pow-cascade.toml"),
        include_str!("../../../data/market.toml"),
    ];
    let values = Values::new(
        &desk,
        files::mining_tables(&desk),
        files::descriptions(&desk, &sound),
    );
    let (answers, refusals) = try_all(&values, &mut Draws(2), &SLOW, |pow: &Pow| {
        pow.run(true, &mut Vec::new()).is_ok()
    });
    assert!(answers > 0 && refusals > 0, "{answers} {refusals}");
}
