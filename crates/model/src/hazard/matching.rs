//! Which listed protocol an event befell: by normalised name, or not at all.
//!
//! Rule, conservative in that a doubtful match is none:
//! 1. A name is cut into words of letters and digits, in lower case; what stands in parentheses is a remark and is left
//!    out, and so is the markup that the record's sources left in (`&amp;`).
//! 2. If exactly one protocol has the same words, run together, it is that one.
//! 3. Otherwise words that say what kind of thing it is ([`GENERIC`]) are dropped from the end of both, but never the
//!    first. If exactly one protocol has the same core, of at least three characters, it is that one, unless both sides
//!    name their chain, the protocol runs on one only and the event was on others.
//! 4. Several candidates are ambiguous and match none. An event that names several victims (a comma, "&" or "/" between
//!    names) has other words and matches none either.

use std::collections::BTreeMap;

/// Words that name a kind of product, version or organisation rather than a protocol.
pub const GENERIC: [&str; 20] = [
    "amm", "app", "classic", "dao", "defi", "dex", "finance", "labs", "lending", "market", "markets",
    "money", "network", "perps", "protocol", "v1", "v2", "v3", "v4", "v5",
];

/// Fewest characters of a core that may identify a protocol.
const MIN_CORE: usize = 3;

/// The name and chain of a listed protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Name, as listed.
    pub name: String,
    /// Its (first) chain; empty if unknown.
    pub chain: String,
    /// Number of chains it runs on.
    pub chains: u32,
}

/// Whom an event befell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// The protocol of this index, by its whole name.
    Whole(usize),
    /// The protocol of this index, by the core of its name.
    Core(usize),
    /// More than one protocol could be meant.
    Ambiguous,
    /// One protocol has the core of the name, but on another chain.
    OtherChain,
    /// No listed protocol.
    None,
}

impl Match {
    /// The protocol.
    #[must_use]
    pub const fn protocol(self) -> Option<usize> {
        match self {
            Self::Whole(index) | Self::Core(index) => Some(index),
            Self::Ambiguous | Self::OtherChain | Self::None => None,
        }
    }
}

/// A list of protocols that names are looked up in.
#[derive(Debug, Clone)]
pub struct Directory {
    listed: Vec<Listed>,
    whole: BTreeMap<String, Vec<usize>>,
    core: BTreeMap<String, Vec<usize>>,
}

impl Directory {
    /// Indexes a list.
    #[must_use]
    pub fn new(listed: Vec<Listed>) -> Self {
        let mut directory = Self {
            listed: Vec::new(),
            whole: BTreeMap::new(),
            core: BTreeMap::new(),
        };
        for (index, protocol) in listed.iter().enumerate() {
            let words = words(&protocol.name);
            for (key, names) in [
                (words.concat(), &mut directory.whole),
                (core(&words), &mut directory.core),
            ] {
                if !key.is_empty() {
                    names.entry(key).or_default().push(index);
                }
            }
        }
        directory.listed = listed;
        directory
    }

    /// Looks up the victim of an event by its name and the chains it happened on (none if unknown).
    #[must_use]
    pub fn find(&self, name: &str, chains: &[String]) -> Match {
        let words = words(name);
        match self.whole.get(&words.concat()).map(Vec::as_slice) {
            Some([index]) => return Match::Whole(*index),
            Some(_) => return Match::Ambiguous,
            None => {}
        }
        let core = core(&words);
        if core.len() < MIN_CORE || names_several(name) {
            return Match::None;
        }
        match self.core.get(&core).map(Vec::as_slice) {
            Some([index]) if self.elsewhere(*index, chains) => Match::OtherChain,
            Some([index]) => Match::Core(*index),
            Some(_) => Match::Ambiguous,
            None => Match::None,
        }
    }

    /// Whether the protocol runs on one chain only and the event was on others.
    fn elsewhere(&self, index: usize, chains: &[String]) -> bool {
        self.listed.get(index).is_some_and(|protocol| {
            let own = chain(&protocol.chain);
            protocol.chains <= 1
                && !own.is_empty()
                && !chains.is_empty()
                && chains.iter().all(|c| chain(c) != own)
        })
    }
}

/// Words of a name (rule 1).
fn words(name: &str) -> Vec<String> {
    let mut plain = String::with_capacity(name.len());
    let mut depth = 0_usize;
    let unescaped = name.replace("&amp;", "&").replace("\\u0026", "&");
    for character in unescaped.chars() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.extend(character.to_lowercase()),
            _ => {}
        }
    }
    plain
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// What is left without generic words at the end (rule 3), run together.
fn core(words: &[String]) -> String {
    let mut kept = words;
    while let [rest @ .., last] = kept {
        if rest.is_empty() || !GENERIC.contains(&last.as_str()) {
            break;
        }
        kept = rest;
    }
    kept.concat()
}

fn names_several(name: &str) -> bool {
    let unescaped = name.replace("&amp;", "&").replace("\\u0026", "&");
    unescaped.contains(['&', ',', '/', ';'])
}

/// One spelling of each chain that the sources spell in several ways.
fn chain(name: &str) -> String {
    let lower = name.trim().to_lowercase();
    let known = [
        ("bsc", "bsc"),
        ("binance", "bsc"),
        ("bnb", "bsc"),
        ("ethereum", "ethereum"),
        ("gnosis", "gnosis"),
        ("xdai", "gnosis"),
    ];
    known
        .iter()
        .find(|(spelling, _)| lower.contains(spelling))
        .map_or(lower.clone(), |(_, canonical)| (*canonical).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn directory(names: &[(&str, &str, u32)]) -> Directory {
        Directory::new(
            names
                .iter()
                .map(|(name, chain, chains)| Listed {
                    name: (*name).into(),
                    chain: (*chain).into(),
                    chains: *chains,
                })
                .collect(),
        )
    }

    fn cohort() -> Directory {
        directory(&[
            ("AAVE", "Ethereum", 3),
            ("Euler", "Ethereum", 1),
            ("Agave", "xDai", 1),
            ("Orion Protocol", "Ethereum", 2),
            ("Orion Money", "Terra", 1),
            ("Merlin", "Binance", 1),
            ("KyberSwap", "Ethereum", 7),
            ("Inverse Finance", "Ethereum", 1),
            ("Compound", "Ethereum", 1),
            ("DAO Maker", "Ethereum", 1),
            ("The Sandbox", "Ethereum", 1),
            ("MM Finance", "Cronos", 1),
            ("Magic Land", "Binance", 1),
            ("Fortress", "Avalanche", 1),
            ("Quickswap", "Polygon", 1),
        ])
    }

    #[test]
    fn tricky_names_find_their_protocol_or_none() {
        let cohort = cohort();
        let on = |chain: &str| {
            if chain.is_empty() {
                vec![]
            } else {
                vec![chain.to_owned()]
            }
        };
        for (name, chain, expected) in [
            ("Aave Protocol", "", Match::Core(0)),
            ("aave", "", Match::Whole(0)),
            ("Euler V1", "Ethereum Mainnet", Match::Core(1)),
            (
                "Agave Finance (Aave V2 Fork)",
                "Gnosis Chain (xDAI)",
                Match::Core(2),
            ),
            // two protocols share the core, and two victims are not one
            ("Orion", "", Match::Ambiguous),
            ("Orion Money", "", Match::Whole(4)),
            ("Agave DAO, Hundred Finance", "", Match::None),
            ("Euler &amp; Agave", "", Match::None),
            // the same name on another chain is another protocol; unless it runs on several
            ("MERLIN DEX", "zkSync Era", Match::OtherChain),
            ("Merlin DEX", "", Match::Core(5)),
            ("KyberSwap Classic", "Polygon", Match::Core(6)),
            // a product that is not generic is not the protocol
            ("Inverse Finance Frontier", "Ethereum", Match::None),
            ("Fortress Loans", "BSC", Match::None),
            ("Compounder Finance", "", Match::None),
            ("Compound (UNI Market)", "Ethereum", Match::Whole(8)),
            // generic words alone identify nothing
            ("Finance", "", Match::None),
            ("DAO_Officials", "", Match::None),
            ("The Honest Ventures", "", Match::None),
            ("Magic", "", Match::None),
            // a core of two letters is too short
            ("MM Protocol", "Cronos", Match::None),
            ("", "", Match::None),
            ("()", "", Match::None),
            ("QuickSwap", "", Match::Whole(14)),
        ] {
            assert_eq!(cohort.find(name, &on(chain)), expected, "{name}");
        }
    }

    #[test]
    fn two_protocols_of_one_name_are_ambiguous() {
        let twins = directory(&[("Gamma", "Ethereum", 1), ("GAMMA", "Polygon", 1)]);
        assert_eq!(twins.find("gamma", &[]), Match::Ambiguous);
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn any_text_is_looked_up_without_panic(name in "\\PC{0,24}", chain in "\\PC{0,8}") {
            let _ = cohort().find(&name, &[chain]);
        }

        #[test]
        fn case_never_matters(name in "(aave|EULER|Orion|agave)[ ._-]?(Finance|DAO|v2|Loans)?") {
            let cohort = cohort();
            prop_assert_eq!(cohort.find(&name, &[]), cohort.find(&name.to_uppercase(), &[]));
        }

        #[test]
        fn every_listed_name_finds_itself(index in 0usize..15) {
            let cohort = cohort();
            prop_assert_eq!(cohort.find(&cohort.listed[index].name, &[]), Match::Whole(index));
        }
    }
}
