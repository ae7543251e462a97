//! A cohort of protocols as they were listed on one day, and the person-periods of its survival.
//!
//! Everything a covariate says was known on the day of the cohort, or (the age) follows from the calendar: there is no
//! look-ahead. A protocol stays in the risk set until its first event or the end of the record; what became of protocols
//! that simply closed is not in the record, so they count as survivors and the hazard of those alive is understated.

use crate::error::{ModelError, Result, at_least, count, same_length};
use crate::series::SECONDS_PER_YEAR;

/// What was known of a protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protocol {
    /// Its category, as listed.
    pub category: String,
    /// Number of chains it runs on.
    pub chains: u32,
    /// Whether an audit of its own code is listed (an audit of the code it was forked from is not one).
    pub audited: bool,
    /// When it was listed, unix seconds; unknown for protocols listed before such times were recorded.
    pub listed: Option<i64>,
    /// Whether it is listed as a fork.
    pub forked: bool,
    /// Whether it depends on a price oracle.
    pub oracle: bool,
    /// Whether a token of it is listed: the only trace of size that was recorded on the day.
    pub token: bool,
}

/// The times of a cohort study, unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Study {
    /// Day of the cohort: events at or before it do not count.
    pub start: i64,
    /// End of the record of events, exclusive.
    pub end: i64,
    /// Since when listing times are recorded. Protocols without one were listed before; their age is counted from here.
    pub recorded_since: i64,
    /// Length of a period.
    pub period: i64,
}

impl Study {
    /// Checks the order of the times.
    ///
    /// # Errors
    /// [`ModelError::NotIncreasing`], [`ModelError::NotPositive`] for the period, [`ModelError::OutOfRange`] for more than
    /// 10,000 periods.
    pub fn check(&self) -> Result<()> {
        if self.period <= 0 {
            return Err(ModelError::NotPositive {
                what: "period of the hazard model",
                value: seconds(self.period),
            });
        }
        if self.end <= self.start || self.recorded_since > self.start {
            return Err(ModelError::NotIncreasing {
                what: "times of the study (listings recorded since, start, end)",
                index: usize::from(self.recorded_since <= self.start) + 1,
            });
        }
        let periods = seconds(self.end.saturating_sub(self.start)) / seconds(self.period);
        crate::error::within("periods of the study", periods, 0.0, 10_000.0).map(drop)
    }

    /// Years in battle at `time` as the record knows them: since the listing, or since listings are recorded; and
    /// whether the protocol was listed before that.
    #[must_use]
    pub fn years_listed(&self, protocol: &Protocol, time: i64) -> f64 {
        let since = protocol.listed.unwrap_or(self.recorded_since);
        seconds(time.saturating_sub(since)).max(0.0) / SECONDS_PER_YEAR
    }
}

/// One protocol over one period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PersonPeriod {
    /// Index of the protocol in the cohort.
    pub protocol: usize,
    /// Number of the period, from zero.
    pub period: usize,
    /// Length of the period, years (the last one of the study may be shorter).
    pub years: f64,
    /// Years in battle in the middle of the period.
    pub age: f64,
    /// Whether the protocol's first event fell into it.
    pub event: bool,
}

/// Splits the lives of `protocols` into person-periods (Allison 1982). `first_events[i]` is the time of the first event of
/// protocol i after the study's start, if there was one before its end.
///
/// # Errors
/// [`ModelError::TooFew`] without protocols, [`ModelError::LengthMismatch`], what [`Study::check`] says, and
/// [`ModelError::OutOfRange`] for an event outside the study.
pub fn person_periods(
    protocols: &[Protocol],
    first_events: &[Option<i64>],
    study: &Study,
) -> Result<Vec<PersonPeriod>> {
    study.check()?;
    at_least("protocols of a cohort", 1, protocols.len())?;
    same_length("first events of a cohort", protocols.len(), first_events.len())?;
    let mut rows = Vec::new();
    for (index, (protocol, first)) in protocols.iter().zip(first_events).enumerate() {
        if let Some(time) = first.filter(|time| *time <= study.start || *time >= study.end) {
            return Err(ModelError::OutOfRange {
                what: "time of an event in the study",
                value: seconds(time),
                min: seconds(study.start),
                max: seconds(study.end),
            });
        }
        let mut from = study.start;
        for period in 0.. {
            let to = from.saturating_add(study.period).min(study.end);
            let event = first.is_some_and(|time| time < to);
            rows.push(PersonPeriod {
                protocol: index,
                period,
                years: seconds(to - from) / SECONDS_PER_YEAR,
                age: study.years_listed(protocol, from + (to - from) / 2),
                event,
            });
            if event || to >= study.end {
                break;
            }
            from = to;
        }
    }
    Ok(rows)
}

/// Share of protocols with an event, and their number, among those for which `included` holds: the raw comparison that a
/// regression has to explain.
#[must_use]
pub fn raw_incidence(
    protocols: &[Protocol],
    first_events: &[Option<i64>],
    included: impl Fn(&Protocol) -> bool,
) -> Incidence {
    let mut incidence = Incidence {
        protocols: 0,
        events: 0,
    };
    for (_, event) in protocols
        .iter()
        .zip(first_events)
        .filter(|(protocol, _)| included(protocol))
    {
        incidence.protocols += 1;
        incidence.events += usize::from(event.is_some());
    }
    incidence
}

/// How many of a group had an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Incidence {
    /// Size of the group.
    pub protocols: usize,
    /// Of them with an event.
    pub events: usize,
}

impl Incidence {
    /// Share with an event; zero for an empty group.
    #[must_use]
    pub fn share(&self) -> f64 {
        count(self.events) / count(self.protocols.max(1))
    }
}

/// Unix times and spans are far below 2⁵³.
#[allow(clippy::cast_precision_loss)]
const fn seconds(time: i64) -> f64 {
    time as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;
    use proptest::prelude::*;

    const DAY: i64 = 86_400;

    pub(crate) fn protocol(listed: Option<i64>) -> Protocol {
        Protocol {
            category: "Lending".into(),
            chains: 1,
            audited: true,
            listed,
            forked: false,
            oracle: false,
            token: true,
        }
    }

    const STUDY: Study = Study {
        start: 1000 * DAY,
        end: 1100 * DAY,
        recorded_since: 900 * DAY,
        period: 30 * DAY,
    };

    #[test]
    fn a_survivor_has_every_period_and_the_last_is_shorter() {
        let rows = person_periods(&[protocol(None)], &[None], &STUDY).unwrap();
        assert_eq!(rows.len(), 4);
        assert!(rows.iter().all(|row| !row.event));
        assert_close(rows[3].years, 10.0 / 365.0, 1e-15);
        assert_close(rows[0].age, 115.0 / 365.0, 1e-15);
    }

    #[test]
    fn a_protocol_leaves_the_risk_set_with_its_first_event() {
        let rows = person_periods(&[protocol(Some(990 * DAY))], &[Some(1030 * DAY)], &STUDY).unwrap();
        // an event on the boundary belongs to the period that begins there
        assert_eq!(
            rows.iter().map(|row| row.event).collect::<Vec<_>>(),
            [false, true]
        );
        assert_close(rows[0].age, 25.0 / 365.0, 1e-15);
    }

    #[test]
    fn times_out_of_order_are_refused() {
        let refused = |study: Study, first| person_periods(&[protocol(None)], &[first], &study).unwrap_err();
        assert!(matches!(
            refused(Study { end: 5, ..STUDY }, None),
            ModelError::NotIncreasing { .. }
        ));
        assert!(matches!(
            refused(Study { period: 0, ..STUDY }, None),
            ModelError::NotPositive { .. }
        ));
        assert!(matches!(
            refused(Study { period: 1, ..STUDY }, None),
            ModelError::OutOfRange { .. }
        ));
        assert!(matches!(
            refused(STUDY, Some(STUDY.start)),
            ModelError::OutOfRange { .. }
        ));
        assert!(matches!(
            person_periods(&[], &[], &STUDY),
            Err(ModelError::TooFew { .. })
        ));
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn exposure_adds_up_to_the_time_at_risk(day in prop::option::of(1001i64..1100)) {
            let rows = person_periods(&[protocol(None)], &[day.map(|d| d * DAY)], &STUDY).unwrap();
            let exposure: f64 = rows.iter().map(|row| row.years).sum::<f64>() * 365.0;
            match day {
                None => assert_close(exposure, 100.0, 1e-9),
                Some(day) => {
                    prop_assert!(rows.last().unwrap().event);
                    prop_assert!(exposure > f64::from(i32::try_from(day).unwrap()) - 1000.0);
                    prop_assert!(exposure <= f64::from(i32::try_from(day).unwrap()) - 1000.0 + 30.0);
                }
            }
        }
    }
}
