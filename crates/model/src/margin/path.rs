//! Prices over time and what they did to a position until it could be liquidated.

use crate::error::{ModelError, Result, at_least, positive, same_length};
use crate::series::{LogReturn, years_between};
use crate::tail::Side;

/// Closing prices at increasing times, with the highest and lowest price since the one before. Gaps and uneven spacing are
/// admitted.
#[derive(Debug, Clone, PartialEq)]
pub struct PricePath {
    times: Vec<i64>,
    highs: Vec<f64>,
    lows: Vec<f64>,
    closes: Vec<f64>,
    returns: Vec<LogReturn>,
}

/// Which move a margin must cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// From now to the last price within the horizon: a position that is closed at its end.
    Terminal,
    /// From now to the worst price within the horizon, by the bars' lows and highs: a position that is closed at the
    /// worst moment.
    Worst,
}

impl PricePath {
    /// A path of closing prices alone.
    ///
    /// # Errors
    /// As [`PricePath::with_range`].
    pub fn new(times: Vec<i64>, closes: Vec<f64>) -> Result<Self> {
        Self::with_range(times, closes.clone(), closes.clone(), closes)
    }

    /// A path of times (unix seconds, of the close), highs, lows and closes.
    ///
    /// # Errors
    /// [`ModelError::TooFew`] below two prices, [`ModelError::LengthMismatch`], [`ModelError::NotIncreasing`],
    /// [`ModelError::NotPositive`], [`ModelError::NotFinite`], [`ModelError::OutOfRange`] for a close outside its low and
    /// high.
    pub fn with_range(times: Vec<i64>, highs: Vec<f64>, lows: Vec<f64>, closes: Vec<f64>) -> Result<Self> {
        at_least("prices", 2, closes.len())?;
        for (what, length) in [
            ("times", times.len()),
            ("highs", highs.len()),
            ("lows", lows.len()),
        ] {
            same_length(what, length, closes.len())?;
        }
        for (close, (high, low)) in closes.iter().zip(highs.iter().zip(&lows)) {
            let close = positive("closing price", *close)?;
            let (high, low) = (positive("high", *high)?, positive("low", *low)?);
            if !(low..=high).contains(&close) {
                return Err(ModelError::OutOfRange {
                    what: "closing price",
                    value: close,
                    min: low,
                    max: high,
                });
            }
        }
        if let Some(index) = times.windows(2).position(|pair| pair[1] <= pair[0]) {
            return Err(ModelError::NotIncreasing {
                what: "time of the prices",
                index: index + 1,
            });
        }
        let returns = (1..closes.len())
            .map(|i| LogReturn {
                time: times[i],
                years: years_between(times[i - 1], times[i]),
                value: closes[i].ln() - closes[i - 1].ln(),
            })
            .collect();
        Ok(Self {
            times,
            highs,
            lows,
            closes,
            returns,
        })
    }

    /// Number of prices, at least two.
    #[must_use]
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.closes.len()
    }

    /// The times.
    #[must_use]
    pub fn times(&self) -> &[i64] {
        &self.times
    }

    /// The closing prices.
    #[must_use]
    pub fn closes(&self) -> &[f64] {
        &self.closes
    }

    /// What was known at the close of entry `now`; the last entry where `now` is beyond it.
    #[must_use]
    pub fn past(&self, now: usize) -> Past<'_> {
        let known = now.saturating_add(1).min(self.len());
        Past {
            times: &self.times[..known],
            highs: &self.highs[..known],
            lows: &self.lows[..known],
            closes: &self.closes[..known],
            returns: &self.returns[..known - 1],
        }
    }

    /// The adverse log-move of a position opened at the close of entry `now`, over `horizon` seconds: positive where the
    /// position loses. `None` where the path ends before the horizon does, or holds no price within it (a gap).
    #[must_use]
    pub fn adverse_move(&self, now: usize, horizon: u32, kind: Move, side: Side) -> Option<f64> {
        let until = self.times.get(now)?.saturating_add(i64::from(horizon));
        if self.times[self.len() - 1] < until {
            return None;
        }
        let end = self.times.partition_point(|time| *time <= until);
        if end <= now + 1 {
            return None;
        }
        let window = now + 1..end;
        let reached = match (kind, side) {
            (Move::Terminal, _) => self.closes[end - 1],
            (Move::Worst, Side::Long) => self.lows[window].iter().copied().fold(f64::INFINITY, f64::min),
            (Move::Worst, Side::Short) => self.highs[window].iter().copied().fold(0.0, f64::max),
        };
        let log = reached.ln() - self.closes[now].ln();
        Some(match side {
            Side::Long => -log,
            Side::Short => log,
        })
    }
}

/// What was known at one time: no function of it can look ahead.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Past<'a> {
    /// Times, oldest first.
    pub times: &'a [i64],
    /// Highs.
    pub highs: &'a [f64],
    /// Lows.
    pub lows: &'a [f64],
    /// Closes.
    pub closes: &'a [f64],
    /// Log-returns of the closes; one fewer.
    pub returns: &'a [LogReturn],
}

/// The loss of a position as a fraction of its value, from the adverse log-move: 1 − e^(−a) for a long one, e^a − 1 for a
/// short one.
#[must_use]
pub fn loss_fraction(adverse: f64, side: Side) -> f64 {
    match side {
        Side::Long => -(-adverse).exp_m1(),
        Side::Short => adverse.exp_m1(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;

    fn path() -> PricePath {
        PricePath::with_range(
            vec![0, 60, 120, 600],
            vec![10.0, 12.0, 11.0, 9.0],
            vec![10.0, 9.5, 8.0, 9.0],
            vec![10.0, 11.0, 10.5, 9.0],
        )
        .unwrap()
    }

    #[test]
    fn the_worst_price_and_the_last_price_within_the_horizon() {
        let path = path();
        let at = |kind, side| path.adverse_move(0, 120, kind, side).unwrap();
        assert_close(at(Move::Worst, Side::Long), (10.0f64 / 8.0).ln(), 1e-15);
        assert_close(at(Move::Worst, Side::Short), 1.2f64.ln(), 1e-15);
        assert_close(at(Move::Terminal, Side::Long), -(1.05f64.ln()), 1e-15);
        assert_close(loss_fraction(at(Move::Worst, Side::Long), Side::Long), 0.2, 1e-15);
        assert_close(
            loss_fraction(at(Move::Worst, Side::Short), Side::Short),
            0.2,
            1e-15,
        );
    }

    #[test]
    fn a_horizon_beyond_the_end_and_a_gap_have_no_move() {
        let path = path();
        assert_eq!(path.adverse_move(0, 601, Move::Worst, Side::Long), None);
        assert_eq!(path.adverse_move(2, 60, Move::Worst, Side::Long), None);
        assert_eq!(path.adverse_move(9, 60, Move::Worst, Side::Long), None);
        assert!(path.adverse_move(2, 480, Move::Worst, Side::Long).is_some());
    }

    #[test]
    fn bad_paths_are_refused() {
        assert!(PricePath::new(vec![0], vec![1.0]).is_err());
        assert!(PricePath::new(vec![0, 0], vec![1.0, 1.0]).is_err());
        assert!(PricePath::new(vec![0, 1], vec![1.0, 0.0]).is_err());
        assert!(PricePath::new(vec![0], vec![1.0, 2.0]).is_err());
        let outside = PricePath::with_range(vec![0, 1], vec![1.0, 2.0], vec![1.0, 1.9], vec![1.0, 1.5]);
        assert!(matches!(outside, Err(ModelError::OutOfRange { .. })));
    }

    #[test]
    fn the_past_ends_now() {
        let path = path();
        let past = path.past(1);
        assert_eq!((past.closes, past.returns.len()), (&[10.0, 11.0][..], 1));
        assert_eq!(path.past(100).closes.len(), 4);
    }
}
