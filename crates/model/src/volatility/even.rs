//! Observations carried to an even grid of times, as the models of the dynamics of volatility need them.

use crate::error::{ModelError, Result, at_least, finite, fraction, positive};
use crate::series::{PositiveSeries, SECONDS_PER_YEAR};

/// The longest grid that is made: a minute grid of nineteen years.
const MOST_STEPS: i64 = 10_000_000;

/// One value per step of an even grid; none where the observations do not tell.
#[derive(Debug, Clone, PartialEq)]
pub struct EvenSeries {
    end: i64,
    step: u32,
    values: Vec<Option<f64>>,
}

impl EvenSeries {
    /// Takes one value per step of `step` seconds, oldest first; the last step ends at unix time `end`.
    ///
    /// # Errors
    /// [`ModelError::TooFew`] if empty, [`ModelError::NotFinite`], [`ModelError::NotPositive`] for the step.
    pub fn new(end: i64, step: u32, values: Vec<Option<f64>>) -> Result<Self> {
        positive("step of the grid, seconds", f64::from(step))?;
        at_least("values on a grid", 1, values.len())?;
        for value in values.iter().flatten() {
            finite("value on a grid", *value)?;
        }
        Ok(Self { end, step, values })
    }

    /// Log-returns from grid time to grid time (multiples of `step` seconds since the epoch), each price being the
    /// newest one not later (previous-tick sampling; Wasserfallen & Zimmermann 1985). None where either price is older
    /// than `max_age` seconds.
    ///
    /// # Errors
    /// [`ModelError::TooFew`] if the prices do not span two grid times, [`ModelError::OutOfRange`] for a grid of more
    /// than ten million steps, [`ModelError::NotPositive`] for the step.
    pub fn log_returns(prices: &PositiveSeries, step: u32, max_age: u32) -> Result<Self> {
        let (first, last) = grid(prices, step)?;
        let series = prices.series();
        let logs = (first..=last).map(|k| {
            let time = k * i64::from(step);
            let sample = series.as_of(time)?;
            let fresh = i128::from(time) - i128::from(sample.time) <= i128::from(max_age);
            fresh.then(|| sample.value.ln())
        });
        let logs: Vec<Option<f64>> = logs.collect();
        let values = logs.windows(2).map(|pair| Some(pair[1]? - pair[0]?)).collect();
        Self::new(last * i64::from(step), step, values)
    }

    /// Realised variance of each step (Andersen, Bollerslev, Diebold & Labys 2003): the squared log-returns of the
    /// samples that end in it, without returns over more than `max_gap` seconds, carried from the time that they cover
    /// to the whole step. None where they cover less than the share `min_coverage` of it. Steps lie on multiples of
    /// `step` seconds since the epoch: days are those of UTC.
    ///
    /// # Errors
    /// As [`EvenSeries::log_returns`]; [`ModelError::OutOfRange`] for the share.
    pub fn realised_variances(
        prices: &PositiveSeries,
        step: u32,
        max_gap: u32,
        min_coverage: f64,
    ) -> Result<Self> {
        fraction("least coverage", min_coverage)?;
        let (first, last) = grid(prices, step)?;
        let step_years = f64::from(step) / SECONDS_PER_YEAR;
        let steps = usize::try_from(last - first).unwrap_or(0);
        let mut cells = vec![(0.0, 0.0); steps];
        for r in prices.log_returns_within(max_gap) {
            // A return that ends at a grid time belongs to the step before it.
            let step_of_end = (r.time - 1).div_euclid(i64::from(step)) - first;
            if let Some(cell) = usize::try_from(step_of_end).ok().and_then(|i| cells.get_mut(i)) {
                cell.0 += r.value * r.value;
                cell.1 += r.years;
            }
        }
        let values = cells
            .into_iter()
            .map(|(squares, covered): (f64, f64)| {
                let enough = covered > 0.0 && covered >= min_coverage * step_years * (1.0 - 1e-9);
                enough.then(|| squares * step_years / covered)
            })
            .collect();
        Self::new(last * i64::from(step), step, values)
    }

    /// Unix time at which the last step ends.
    #[must_use]
    pub fn end(&self) -> i64 {
        self.end
    }

    /// Length of a step, seconds.
    #[must_use]
    pub fn step(&self) -> u32 {
        self.step
    }

    /// Length of a step, years.
    #[must_use]
    pub fn step_years(&self) -> f64 {
        f64::from(self.step) / SECONDS_PER_YEAR
    }

    /// One entry per step, oldest first.
    #[must_use]
    pub fn values(&self) -> &[Option<f64>] {
        &self.values
    }
}

/// The first grid time not before the first price and the last one not after the last, in steps since the epoch.
fn grid(prices: &PositiveSeries, step: u32) -> Result<(i64, i64)> {
    positive("step of the grid, seconds", f64::from(step))?;
    let seconds = i64::from(step);
    let (from, to) = (prices.series().first().time, prices.series().last().time);
    let last = to.div_euclid(seconds);
    let floor = from.div_euclid(seconds);
    let first = if from.rem_euclid(seconds) == 0 {
        floor
    } else {
        floor + 1
    };
    if last <= first {
        return Err(ModelError::TooFew {
            what: "grid times within the series",
            needed: 2,
            got: usize::from(last == first),
        });
    }
    let steps = i128::from(last) - i128::from(first);
    if steps > i128::from(MOST_STEPS) {
        #[allow(clippy::cast_precision_loss)] // A magnitude for a message.
        return Err(ModelError::OutOfRange {
            what: "steps of the grid",
            value: steps as f64,
            min: 1.0,
            max: MOST_STEPS as f64,
        });
    }
    Ok((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;
    use proptest::prelude::*;

    #[test]
    fn prices_are_sampled_at_the_newest_one_not_later() {
        let prices = PositiveSeries::new([(50, 1.0), (90, 2.0), (110, 4.0), (320, 8.0)]).unwrap();
        let returns = EvenSeries::log_returns(&prices, 100, 40).unwrap();
        // Grid times 100 (price 2, age 10), 200 (price 4, age 90: too old), 300 (too old).
        assert_eq!(returns.values(), &[None, None]);
        let patient = EvenSeries::log_returns(&prices, 100, 200).unwrap();
        assert_eq!(patient.end(), 300);
        assert_close(patient.values()[0].unwrap(), 2.0_f64.ln(), 1e-15);
        assert_close(patient.values()[1].unwrap(), 0.0, 1e-15);
    }

    #[test]
    fn realised_variances_are_carried_to_the_whole_step_unless_too_little_is_covered() {
        let up = 0.01_f64.exp();
        let prices = PositiveSeries::new([
            (0, 1.0),
            (50, up),
            (100, 1.0),
            (150, up),
            (260, up * 2.0), // After a gap.
            (300, up),
        ])
        .unwrap();
        let variances = EvenSeries::realised_variances(&prices, 100, 60, 0.5).unwrap();
        assert_close(variances.values()[0].unwrap(), 2e-4, 1e-15);
        assert_close(variances.values()[1].unwrap(), 2e-4, 1e-15);
        assert_eq!(variances.values()[2], None);
    }

    #[test]
    fn grids_that_cannot_be_made_are_refused() {
        let prices = PositiveSeries::new([(1, 1.0), (99, 1.0)]).unwrap();
        assert!(matches!(
            EvenSeries::log_returns(&prices, 100, 1),
            Err(ModelError::TooFew { .. })
        ));
        assert!(matches!(
            EvenSeries::log_returns(&prices, 0, 1),
            Err(ModelError::NotPositive { .. })
        ));
        let eternity = PositiveSeries::new([(i64::MIN, 1.0), (i64::MAX, 1.0)]).unwrap();
        assert!(matches!(
            EvenSeries::log_returns(&eternity, 1, 1),
            Err(ModelError::OutOfRange { .. })
        ));
        assert!(EvenSeries::new(0, 1, vec![Some(f64::NAN)]).is_err());
        assert!(EvenSeries::new(0, 1, vec![]).is_err());
    }

    proptest! {
        #![proptest_config(crate::testing::reproducible())]

        #[test]
        fn returns_on_the_grid_add_up_to_the_whole_move(values in prop::collection::vec(0.1f64..10.0, 2..60)) {
            let prices = PositiveSeries::new(
                values.iter().enumerate().map(|(i, v)| (i as i64 * 60, *v))).unwrap();
            let returns = EvenSeries::log_returns(&prices, 60, 0).unwrap();
            let total: f64 = returns.values().iter().map(|r| r.unwrap()).sum();
            prop_assert!((total - (values[values.len() - 1] / values[0]).ln()).abs() < 1e-12);
        }
    }
}
