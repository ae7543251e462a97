//! Files for commands that are given anything.

use super::Draws;
use crate::Desk;

/// Tables of every kind that a user may have by mistake, and a sound one.
pub fn tables(desk: &Desk) -> Vec<String> {
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
    tables
}

/// Numbers that a market's file gets in the place of its own.
const STATED: [&str; 12] = [
    "0.0", "1.0", "-1.0", "0.5", "-0.02", "40.0", "1e300", "-1e300", "1e-300", "nan", "inf", "-inf",
];

/// Descriptions: broken, none, and each of these sound ones with arbitrary numbers in some places.
pub fn descriptions(desk: &Desk, sound: &[&str]) -> Vec<String> {
    let mut rng = Draws(7);
    let mut files = vec![desk.file("broken.toml", "[a\nb = "), desk.path("none.toml")];
    for (kind, sound) in sound.iter().enumerate() {
        files.push(desk.file(&format!("sound-{kind}.toml"), sound));
        for file in 0..12 {
            // of thirty-two numbers, how many are others
            let share = 1 + rng.below(6);
            let text = altered(sound, share, &mut rng);
            files.push(desk.file(&format!("altered-{kind}-{file}.toml"), &text));
        }
    }
    files
}

fn altered(sound: &str, share: usize, rng: &mut Draws) -> String {
    sound.lines().fold(String::new(), |text, line| {
        let line = match line.split_once(" = ") {
            Some((key, _)) if !line.starts_with('#') && rng.below(32) < share => {
                format!("{key} = {}", STATED[rng.below(STATED.len())])
            }
            _ => line.to_owned(),
        };
        text + &line + "\n"
    })
}

/// Records of a chain, of grid prices and of machines: sound, extreme, constant, short; and every other table.
pub fn mining_tables(desk: &Desk) -> Vec<String> {
    let header = "time,PriceUSD,BlkCnt,IssTotNtv,FeeTotNtv,HashRate,price,name,release,efficiency";
    let rows = |row: &dyn Fn(u32) -> String| -> String {
        (0..120u32).fold(format!("{header}\n"), |table, i| {
            table
                + &format!(
                    "{},{},{},m,2016-01-01,50\n",
                    i64::from(i) * 86_400,
                    row(i),
                    60 - i % 50
                )
        })
    };
    let mut others = tables(desk);
    others.extend([
        desk.file("still.csv", &rows(&|_| "5,144,900,1,1e6".to_owned())),
        desk.file("tiny.csv", &rows(&|_| "1e-300,1e-300,1e-300,0,1e-300".to_owned())),
        desk.file("huge.csv", &rows(&|_| "1e300,1e300,1e300,1e300,1e300".to_owned())),
        desk.file(
            "wild.csv",
            &rows(&|i| {
                if i % 2 == 0 {
                    "1e9,1,1,0,1e-9"
                } else {
                    "1e-9,1e6,1e6,1e9,1e12"
                }
                .to_owned()
            }),
        ),
        desk.file(
            "two.csv",
            &format!("{header}\n0,1,1,1,1,1,1,m,2016-01-01,50\n86400,2,2,2,2,2,2,n,2017-01-01,40\n"),
        ),
        desk.file("grid.csv", include_str!("../../../data/pow-grid.csv")),
    ]);
    let days = desk.file("days.csv", &crate::pow_forecast::record(800));
    others.resize(2 * others.len(), days);
    others
}
