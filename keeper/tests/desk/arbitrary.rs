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
const NUMBERS: [&str; 22] = [
    "0", "1", "2", "7", "0.5", "0.99", "0.05", "1.5", "3600", "86400", "100", "-1", "-0.3", "1e-300",
    "1e300", "1e9", "NaN", "inf", "-inf", "", "abc", "1,2,3",
];

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
                vec![path("artefact.json"), desk.file("broken.json", "{\"a\": [1,")],
            ),
            (
                "TOML",
                vec![desk.file("broken.toml", "[a\nb = "), path("none.toml")],
            ),
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

    fn of(&self, argument: &Arg, rng: &mut Draws) -> String {
        let possible: Vec<String> = argument
            .get_possible_values()
            .iter()
            .map(|value| value.get_name().to_owned())
            .collect();
        let name = argument.get_value_names().map_or("", |names| names[0].as_str());
        let pool = match self.by_name.get(name) {
            Some(pool) => pool,
            None if !possible.is_empty() => &possible,
            None => &self.numbers,
        };
        pool[rng.below(pool.len())].clone()
    }
}

/// Tables of every kind that a user may have by mistake, and a sound one.
fn tables(desk: &Desk) -> Vec<String> {
    let header = "time,open,high,low,close,rate,utilisation";
    let rows = |row: &dyn Fn(u32) -> String| -> String {
        (0..800u32).fold(format!("{header}\n"), |table, i| table + &row(i) + "\n")
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
    vec![
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
        desk.file("short.csv", &format!("{header}\n0,1,1,1,1,0,0\n")),
        desk.file("empty.csv", ""),
        desk.file("sound.csv", &sound),
        desk.file("mining.csv", &mining(200)),
        desk.file(
            "machines.csv",
            "name,release,efficiency\nold,2016-06-01,98\nnew,2021-12-01,30\n",
        ),
    ]
}

/// A chain's days under the titles that `hurdle pow` expects.
fn mining(rows: u32) -> String {
    (0..rows).fold(
        "time,PriceUSD,BlkCnt,IssTotNtv,FeeTotNtv,HashRate\n".to_owned(),
        |table, i| {
            let price = 40_000.0 + f64::from(i * 7919 % 41) * 200.0;
            let hash_rate = 1.6e8 * (1.0 + f64::from(i) / 400.0);
            table
                + &format!(
                    "{},{price},144,900,15,{hash_rate}\n",
                    1_635_724_800 + i64::from(i) * 86_400
                )
        },
    )
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

/// Runs every command of `T` over arbitrary lines; the numbers of answers and of refusals.
fn try_all<T: Subcommand>(values: &Values, rng: &mut Draws, run: impl Fn(&T) -> bool) -> (usize, usize) {
    let root = T::augment_subcommands(Command::new("desk")).subcommand_required(true);
    let mut commands = Vec::new();
    leaves(&root, &[], &mut commands);
    let (mut answers, mut refusals) = (0, 0);
    for (words, command) in &commands {
        for _ in 0..LINES {
            let line = line(words, command, values, rng);
            let answered = root
                .clone()
                .try_get_matches_from(&line)
                .is_ok_and(|matches| T::from_arg_matches(&matches).is_ok_and(|command| run(&command)));
            if answered {
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
    let models = try_all(&values, &mut rng, |model: &Model| {
        model.run(true, &mut Vec::new()).is_ok()
    });
    let fits = try_all(&values, &mut rng, |fit: &Fit| {
        fit.run(true, &mut Vec::new()).is_ok()
    });
    let pow = try_all(&values, &mut rng, |pow: &Pow| {
        pow.run(true, &mut Vec::new()).is_ok()
    });
    let walks = try_all(&values, &mut rng, |Walk::Backtest(command): &Walk| {
        command.answer().is_ok()
    });
    for (answers, refusals) in [models, fits, pow, walks] {
        assert!(
            answers > 0 && refusals > 0,
            "{models:?} {fits:?} {pow:?} {walks:?}"
        );
    }
}
