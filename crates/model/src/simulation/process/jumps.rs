//! Jumps: rare, so told off one by one.

use crate::simulation::random::{Stream, VectorStream};
use crate::simulation::vector::{BLOCK, Row, vectorised};

/// The law of a log-jump.
#[derive(Debug, Clone, Copy)]
pub(super) enum JumpSize {
    /// Merton's.
    Normal { mean: f64, deviation: f64 },
    /// Kou's.
    DoubleExponential { upward: f64, up_rate: f64, down_rate: f64 },
}

/// Jumps of one path within one step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Jumps {
    pub(super) lane: usize,
    pub(super) number: f64,
    /// Sum of their sizes where these do not need a normal.
    pub(super) sum: f64,
}

/// The jumps of a block, by step.
#[derive(Debug, Default)]
pub(super) struct JumpCalendar {
    steps: Vec<Vec<Jumps>>,
}

impl JumpCalendar {
    pub(super) fn new(steps: usize) -> Self {
        Self {
            steps: vec![Vec::new(); steps],
        }
    }

    pub(super) fn at(&self, step: usize) -> &[Jumps] {
        self.steps.get(step).map_or(&[], Vec::as_slice)
    }

    /// Draws the jumps of a block: exponential waiting times, so that their number is Poisson with mean `expected` and
    /// their times are uniform. With antithetic variates the second half of the block has the first half's jump times
    /// and mirrored sizes.
    pub(super) fn draw(
        &mut self,
        expected: f64,
        size: JumpSize,
        antithetic: bool,
        vectors: &mut VectorStream,
        single: &mut Stream,
    ) {
        self.steps.iter_mut().for_each(Vec::clear);
        let mut first: Row = [0.0; BLOCK];
        vectorised(
            #[inline(always)]
            || vectors.fill_symmetric(&mut first),
        );
        let some = -(-expected).exp_m1();
        let drawn = if antithetic { BLOCK / 2 } else { BLOCK };
        for (lane, x) in first.iter().take(drawn).enumerate() {
            let u = 0.5 + 0.5 * x;
            if u >= some {
                continue;
            }
            let mut time = -(-u).ln_1p();
            while time < expected {
                self.add(lane, time / expected, size, antithetic, single);
                time += single.exponential();
            }
        }
    }

    fn add(&mut self, lane: usize, when: f64, size: JumpSize, antithetic: bool, single: &mut Stream) {
        let Some(jumps) = step_of(when, self.steps.len()).and_then(|step| self.steps.get_mut(step)) else {
            return;
        };
        let (sum, mirrored) = match size {
            JumpSize::Normal { .. } => (0.0, 0.0),
            JumpSize::DoubleExponential { .. } => {
                let u = single.uniform();
                (size.quantile(u), size.quantile(1.0 - u))
            }
        };
        let mut put = |lane: usize, sum: f64| match jumps.last_mut() {
            Some(last) if last.lane == lane => {
                last.number += 1.0;
                last.sum += sum;
            }
            _ => jumps.push(Jumps {
                lane,
                number: 1.0,
                sum,
            }),
        };
        put(lane, sum);
        if antithetic {
            put(lane + BLOCK / 2, mirrored);
        }
    }
}

/// The step in which a time, as a share of the horizon, falls.
fn step_of(when: f64, steps: usize) -> Option<usize> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // In [0, steps), and steps are few.
    let step = (when * crate::error::count(steps)) as usize;
    step.min(steps.checked_sub(1)?).into()
}

impl JumpSize {
    /// A jump by itself.
    pub(super) fn draw(self, single: &mut Stream) -> f64 {
        match self {
            Self::Normal { mean, deviation } => deviation.mul_add(single.normal(), mean),
            Self::DoubleExponential { .. } => self.quantile(single.uniform()),
        }
    }

    /// The quantile of a jump that needs no normal.
    fn quantile(self, u: f64) -> f64 {
        match self {
            Self::Normal { mean, .. } => mean,
            Self::DoubleExponential {
                upward,
                up_rate,
                down_rate,
            } => {
                let down = 1.0 - upward;
                if u < down {
                    (u / down).ln() / down_rate
                } else {
                    -((1.0 - u) / upward).ln() / up_rate
                }
            }
        }
    }
}
