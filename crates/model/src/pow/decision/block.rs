//! Machines of one type as a load that can be switched.

use crate::error::{Result, at_least, non_negative, positive, within_count};
use crate::pow::{Machine, Unit};

/// Most operating points of a type.
const POINTS: usize = 64;

/// Most hours and stages of a commitment.
const HOURS: usize = 168;

/// What binds a block's hours together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Commitment {
    /// Hours it must run once started, at least 1.
    pub min_run: usize,
    /// Hours it must stand still once stopped, at least 1.
    pub min_down: usize,
    /// Cost of a start, quote.
    pub start_cost: f64,
    /// Hours that it takes to switch all of it on or off, in equal stages, one each hour: the ramp limit. 1 is at once.
    pub stages: usize,
}

/// Machines of one type, with the points at which each may be operated.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    pub(super) points: Vec<Machine>,
    pub(super) count: f64,
    pub(super) commitment: Commitment,
}

impl Default for Commitment {
    /// Nothing: any number of the machines may be on in any hour.
    fn default() -> Self {
        Self {
            min_run: 1,
            min_down: 1,
            start_cost: 0.0,
            stages: 1,
        }
    }
}

impl Block {
    /// `count` machines that can each be operated at any of `points` (underclocked, rated, overclocked). Under a
    /// commitment the block is switched as a whole, or in stages; without one, machine by machine.
    ///
    /// # Errors
    /// [`crate::ModelError::TooFew`] without points; [`crate::ModelError::OutOfRange`] beyond 64 points, beyond 168
    /// hours or stages of a commitment, or below 1, and for a negative start cost;
    /// [`crate::ModelError::NotPositive`], [`crate::ModelError::NotFinite`].
    pub fn new(points: Vec<Machine>, count: f64, commitment: Commitment) -> Result<Self> {
        at_least("operating points of a machine", 1, points.len())?;
        within_count("number of operating points", points.len(), 1, POINTS)?;
        for point in &points {
            Machine::new(point.hash_rate, point.power)?;
        }
        positive("count of machines", count)?;
        within_count("hours of minimum run", commitment.min_run, 1, HOURS)?;
        within_count("hours of minimum down time", commitment.min_down, 1, HOURS)?;
        within_count("stages of a block", commitment.stages, 1, HOURS)?;
        non_negative("cost of a start", commitment.start_cost)?;
        Ok(Self {
            points,
            count,
            commitment,
        })
    }

    /// The machines of a fleet's unit at their rated point.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn of_unit(unit: &Unit, commitment: Commitment) -> Result<Self> {
        Self::new(vec![unit.machine], unit.count, commitment)
    }

    /// Whether each hour stands by itself.
    pub(super) fn is_free(&self) -> bool {
        self.commitment == Commitment::default()
    }
}
