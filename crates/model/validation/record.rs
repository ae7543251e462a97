//! Recorded data beside the project: where they lie, and the daily files of chains (Coin Metrics).

use hurdle_model::pow::MiningDay;

/// A chain's days, by the titles of their columns.
pub struct ChainRecord {
    titles: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// One of them.
#[derive(Clone, Copy)]
pub struct ChainDay<'a> {
    titles: &'a [String],
    fields: &'a [String],
}

/// A file of the recorded data; says so where it is absent.
pub fn text(path: &str) -> Option<String> {
    let root = std::env::var_os("HURDLE_DATA").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        std::path::PathBuf::from,
    );
    let path = root.join(path);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        eprintln!(
            "skipped: checks on recorded data, which are not at {}",
            path.display()
        );
    }
    text
}

/// Midnight (UTC) of a day, Unix seconds (Hinnant 2013, `days_from_civil`).
pub fn unix(year: i64, month: i64, day: i64) -> i64 {
    let shifted = if month <= 2 { year - 1 } else { year };
    let of_era = shifted.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let of_days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    (shifted.div_euclid(400) * 146_097 + of_days - 719_468) * 86_400
}

/// A day like 2018-11-14 at the start of a field.
pub fn day(text: &str) -> Option<i64> {
    let mut parts = text.get(..10)?.split('-').map(str::parse);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    Some(unix(year, month, day))
}

impl ChainRecord {
    /// A daily file; says so where it is absent.
    pub fn read(name: &str) -> Option<Self> {
        let text = text(&format!("pow/{name}"))?;
        let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned));
        Some(Self {
            titles: lines.next()?.collect(),
            rows: lines.map(Iterator::collect).collect(),
        })
    }

    /// Its rows, oldest first.
    pub fn days(&self) -> impl Iterator<Item = ChainDay<'_>> {
        self.rows.iter().map(|fields| ChainDay {
            titles: &self.titles,
            fields,
        })
    }
}

impl<'a> ChainDay<'a> {
    /// A field; empty where there is none.
    pub fn text(self, title: &str) -> &'a str {
        let place = self.titles.iter().position(|there| there == title);
        place
            .and_then(|place| self.fields.get(place))
            .map_or("", String::as_str)
    }

    /// A number, where there is one.
    pub fn number(self, title: &str) -> Option<f64> {
        self.text(title).parse().ok()
    }

    /// Midnight, Unix seconds.
    pub fn time(self) -> Option<i64> {
        day(self.text("time"))
    }

    /// What the model reads of it, where every figure is there and something was mined.
    pub fn mining(self) -> Option<MiningDay> {
        let day = MiningDay {
            time: self.time()?,
            price: self.number("PriceUSD")?,
            blocks: self.number("BlkCnt")?,
            issuance: self.number("IssTotNtv")?,
            fees: self.number("FeeTotNtv")?,
            hash_rate: self.number("HashRate")?,
        };
        (day.price > 0.0 && day.blocks > 0.0 && day.hash_rate > 0.0).then_some(day)
    }
}
