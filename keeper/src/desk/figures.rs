//! Answers that are a list of figures, each with the key it has in JSON and the label it has in text.

use super::Sheet;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use std::fmt::{self, Display, Formatter};

#[derive(Clone, Debug)]
struct Entry {
    key: &'static str,
    value: Value,
}

/// The figures of an answer, in order: one JSON object, or a [`Sheet`].
#[derive(Clone, Debug, Default)]
pub struct Figures {
    sheet: Sheet,
    entries: Vec<Entry>,
}

impl Figures {
    /// Figures under a heading.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self::default().heading(title)
    }

    /// A heading over the figures that follow; text only.
    #[must_use]
    pub fn heading(mut self, title: impl Into<String>) -> Self {
        self.sheet = self.sheet.heading(title);
        self
    }

    /// A share or rate: percent in text, the plain number in JSON.
    #[must_use]
    pub fn percent(mut self, key: &'static str, label: impl Into<String>, value: f64) -> Self {
        self.sheet = self.sheet.percent(label, value);
        self.entry(key, value.into())
    }

    /// Any other number.
    #[must_use]
    pub fn number(mut self, key: &'static str, label: impl Into<String>, value: f64) -> Self {
        self.sheet = self.sheet.line(label, significant(value));
        self.entry(key, value.into())
    }

    /// A count.
    #[must_use]
    pub fn count(mut self, key: &'static str, label: impl Into<String>, value: usize) -> Self {
        self.sheet = self.sheet.line(label, value);
        self.entry(key, value.into())
    }

    /// Whether something is so: yes or no in text.
    #[must_use]
    pub fn flag(mut self, key: &'static str, label: impl Into<String>, value: bool) -> Self {
        self.sheet = self.sheet.line(label, if value { "yes" } else { "no" });
        self.entry(key, value.into())
    }

    /// A share or rate that there may not be, as [`Figures::percent`].
    #[must_use]
    pub fn optional_percent(
        mut self,
        key: &'static str,
        label: impl Into<String>,
        value: Option<f64>,
        absent: &str,
    ) -> Self {
        self.sheet = match value {
            Some(value) => self.sheet.percent(label, value),
            None => self.sheet.line(label, absent),
        };
        self.entry(key, value.into())
    }

    /// A number in an on-chain unit.
    #[must_use]
    pub fn integer(mut self, key: &'static str, label: impl Into<String>, value: i64) -> Self {
        self.sheet = self.sheet.line(label, value);
        self.entry(key, value.into())
    }

    /// A figure that there may not be; `absent` says so in text, JSON has null.
    #[must_use]
    pub fn optional(
        mut self,
        key: &'static str,
        label: impl Into<String>,
        value: Option<f64>,
        absent: &str,
    ) -> Self {
        let shown = value.map_or_else(|| absent.to_owned(), significant);
        self.sheet = self.sheet.line(label, shown);
        self.entry(key, value.into())
    }

    /// Several numbers with a name each: lines in text, a list of names and values in JSON.
    #[must_use]
    pub fn list(mut self, key: &'static str, items: &[(String, f64)]) -> Self {
        for (label, value) in items {
            self.sheet = self.sheet.line(label, significant(*value));
        }
        let named = |(name, value): &(String, f64)| json!({ "name": name, "value": value });
        self.entry(key, items.iter().map(named).collect())
    }

    fn entry(mut self, key: &'static str, value: Value) -> Self {
        self.entries.push(Entry { key, value });
        self
    }
}

impl Serialize for Figures {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.entries.len()))?;
        for entry in &self.entries {
            map.serialize_entry(entry.key, &entry.value)?;
        }
        map.end()
    }
}

impl Display for Figures {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.sheet.fmt(f)
    }
}

/// An estimate with its standard error, to two digits of the error.
pub fn with_error(value: f64, error: f64) -> String {
    let magnitude = value.abs().max(error.abs());
    if error == 0.0 {
        return format!(
            "{} ± 0",
            if value == 0.0 {
                "0".to_owned()
            } else {
                significant(value)
            }
        );
    }
    if !(1e-4..1e9).contains(&magnitude) {
        return format!("{value:.6e} ± {error:.1e}");
    }
    // digits after the point that show the error's first two
    let decimals = (1.0 - error.log10().floor()).clamp(0.0, 9.0) as usize;
    format!("{value:.decimals$} ± {error:.decimals$}")
}

/// Seven significant digits, with an exponent where the number is very large or small.
pub fn significant(value: f64) -> String {
    let magnitude = value.abs();
    if value == 0.0 || (1e-3..1e7).contains(&magnitude) {
        let decimals = match magnitude {
            m if m >= 1e5 => 2,
            m if m >= 1e3 => 4,
            m if m >= 1.0 => 6,
            _ => 9,
        };
        format!("{value:.decimals$}")
    } else {
        format!("{value:.6e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_has_the_digits_of_its_error() {
        assert_eq!(with_error(17.612_02, 1.13), "17.6 ± 1.1");
        assert_eq!(with_error(14_047.38, 102.4), "14047 ± 102");
        assert_eq!(with_error(-0.006_678, 0.000_98), "-0.00668 ± 0.00098");
        assert_eq!(with_error(0.0, 0.0), "0 ± 0");
        assert_eq!(with_error(2.5e-7, 1e-8), "2.500000e-7 ± 1.0e-8");
    }

    #[test]
    fn figures_are_one_json_object_in_order_and_an_aligned_sheet() {
        let figures = Figures::new("option")
            .number("value", "value", 2.5)
            .percent("rate", "rate", 0.05)
            .optional("size", "smallest size", None, "none pays")
            .list(
                "amounts",
                &[("pool 1".to_owned(), 1.0), ("pool 2".to_owned(), 2e-9)],
            );
        assert_eq!(
            serde_json::to_string(&figures).unwrap(),
            "{\"value\":2.5,\"rate\":0.05,\"size\":null,\"amounts\":\
             [{\"name\":\"pool 1\",\"value\":1.0},{\"name\":\"pool 2\",\"value\":2e-9}]}"
        );
        assert_eq!(
            figures.to_string(),
            "option\n  value          2.500000\n  rate           5.0000 %\n  smallest size  none pays\n  \
             pool 1         1.000000\n  pool 2         2.000000e-9\n"
        );
    }
}
