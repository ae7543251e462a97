//! Joins the record of loss events to a cohort.
//!
//! An event joins by the protocol's identity where its source states one, otherwise by name ([`super::matching`]). Events
//! of the wrong cause, outside the study or without a match are counted, not guessed at.

use super::cohort::{Protocol, Study};
use super::matching::{Directory, Listed, Match};
use crate::error::{Result, same_length};

/// A recorded loss event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Name of the victim.
    pub name: String,
    /// Index of the protocol in the cohort, where the source identifies it.
    pub identified: Option<usize>,
    /// Chains it happened on; none if unknown.
    pub chains: Vec<String>,
    /// When, unix seconds.
    pub time: i64,
    /// Whether it counts as a failure of contracts (insiders who run with the money do not).
    pub counts: bool,
}

/// What became of the events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JoinCounts {
    /// All events given.
    pub events: usize,
    /// Of them at or before the cohort's day, or after the record's end.
    pub outside: usize,
    /// Within the study, but of a cause that does not count.
    pub other_cause: usize,
    /// Joined by the identity that the source states.
    pub by_identity: usize,
    /// Joined by the whole name.
    pub by_name: usize,
    /// Joined by the core of the name.
    pub by_core: usize,
    /// Several protocols could be meant.
    pub ambiguous: usize,
    /// The name's core is listed, but on another chain.
    pub other_chain: usize,
    /// No protocol of the cohort.
    pub unmatched: usize,
    /// Joined, but after an event of the same protocol: also reports of one event by several sources.
    pub repeated: usize,
}

/// How names would have done where the identity is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NameAudit {
    /// The name finds the protocol that the source identifies.
    pub right: usize,
    /// It finds another one.
    pub wrong: usize,
    /// It finds none.
    pub missed: usize,
}

/// Events joined to a cohort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// Time of the first event of each protocol within the study.
    pub first_events: Vec<Option<i64>>,
    /// The books.
    pub counts: JoinCounts,
    /// Audit of the matching rule, over all events with an identity whatever their time and cause.
    pub audit: NameAudit,
}

/// Joins `events` to the `protocols` of the study; `listed` holds their names in the same order.
///
/// # Errors
/// [`crate::ModelError::LengthMismatch`] where names and protocols differ in number, what [`Study::check`] says, and
/// [`crate::ModelError::OutOfRange`] for an identity outside the cohort.
pub fn join(protocols: &[Protocol], listed: Vec<Listed>, events: &[Event], study: &Study) -> Result<Joined> {
    study.check()?;
    same_length("names of a cohort", protocols.len(), listed.len())?;
    let directory = Directory::new(listed);
    let mut first_events: Vec<Option<i64>> = vec![None; protocols.len()];
    let (mut counts, mut audit) = (JoinCounts::default(), NameAudit::default());
    for event in events {
        counts.events += 1;
        let by_name = directory.find(&event.name, &event.chains);
        if let Some(index) = event.identified {
            crate::error::within(
                "index of an identified protocol",
                crate::error::count(index),
                0.0,
                crate::error::count(protocols.len()) - 1.0,
            )?;
            match by_name.protocol() {
                Some(found) if found == index => audit.right += 1,
                Some(_) => audit.wrong += 1,
                None => audit.missed += 1,
            }
        }
        if event.time <= study.start || event.time >= study.end {
            counts.outside += 1;
            continue;
        }
        if !event.counts {
            counts.other_cause += 1;
            continue;
        }
        let found = match (event.identified, by_name) {
            (Some(index), _) => {
                counts.by_identity += 1;
                Some(index)
            }
            (None, found) => {
                *match found {
                    Match::Whole(_) => &mut counts.by_name,
                    Match::Core(_) => &mut counts.by_core,
                    Match::Ambiguous => &mut counts.ambiguous,
                    Match::OtherChain => &mut counts.other_chain,
                    Match::None => &mut counts.unmatched,
                } += 1;
                found.protocol()
            }
        };
        let Some(first) = found.and_then(|index| first_events.get_mut(index)) else {
            continue;
        };
        counts.repeated += usize::from(first.is_some());
        *first = Some(first.map_or(event.time, |known| known.min(event.time)));
    }
    Ok(Joined {
        first_events,
        counts,
        audit,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ModelError;

    const STUDY: Study = Study {
        start: 1000,
        end: 2000,
        recorded_since: 0,
        period: 100,
    };

    fn cohort(names: &[&str]) -> (Vec<Protocol>, Vec<Listed>) {
        names
            .iter()
            .map(|name| {
                let protocol = Protocol {
                    category: "Dexes".into(),
                    chains: 1,
                    audited: false,
                    listed: None,
                    forked: false,
                    oracle: false,
                    token: false,
                };
                let listed = Listed {
                    name: (*name).into(),
                    chain: "Ethereum".into(),
                    chains: 1,
                };
                (protocol, listed)
            })
            .unzip()
    }

    fn event(name: &str, time: i64) -> Event {
        Event {
            name: name.into(),
            identified: None,
            chains: Vec::new(),
            time,
            counts: true,
        }
    }

    #[test]
    fn every_event_is_accounted_for() {
        let (protocols, listed) = cohort(&["Solend", "Euler", "Orion Money", "Orion Protocol"]);
        let identified = |event: Event| Event {
            identified: Some(0),
            ..event
        };
        let events = [
            event("Euler", 1000),             // on the cohort's day: no look-ahead, no event
            event("Euler V1", 1700),          // by core, and not the first
            event("Euler", 1500),             // by name
            identified(event("Save", 1600)),  // renamed since
            identified(event("Solend", 500)), // before the study
            event("Orion", 1200),             // ambiguous
            event("Elsewhere", 1200),         // not of the cohort
            Event {
                chains: vec!["Solana".into()],
                ..event("Euler Finance", 1100)
            },
            Event {
                counts: false,
                ..event("Euler", 1010)
            },
        ];
        let joined = join(&protocols, listed, &events, &STUDY).unwrap();
        assert_eq!(joined.first_events, [Some(1600), Some(1500), None, None]);
        let expected = JoinCounts {
            events: 9,
            outside: 2,
            other_cause: 1,
            by_identity: 1,
            by_name: 1,
            by_core: 1,
            ambiguous: 1,
            other_chain: 1,
            unmatched: 1,
            repeated: 1,
        };
        assert_eq!(joined.counts, expected);
        let audit = NameAudit {
            right: 1,
            wrong: 0,
            missed: 1,
        };
        assert_eq!(joined.audit, audit);
    }

    #[test]
    fn an_identity_outside_the_cohort_is_refused() {
        let (protocols, listed) = cohort(&["Solend"]);
        let stray = Event {
            identified: Some(1),
            ..event("Solend", 1500)
        };
        assert!(matches!(
            join(&protocols, listed.clone(), &[stray], &STUDY),
            Err(ModelError::OutOfRange { .. })
        ));
        assert!(matches!(
            join(&[], listed, &[], &STUDY),
            Err(ModelError::LengthMismatch { .. })
        ));
    }
}
