//! Jumps: rare, so told off one by one.

use crate::simulation::random::Stream;
use crate::simulation::vector::{BLOCK, Row};

/// The law of a log-jump.
#[derive(Debug, Clone, Copy)]
pub(super) enum JumpSize {
    /// Merton's.
    Normal { mean: f64, deviation: f64 },
    /// Kou's.
    DoubleExponential {
        upward: f64,
        up_rate: f64,
        down_rate: f64,
    },
}

/// Jumps of one path within one step.
#[derive(Debug, Clone, Copy)]
struct Jumps {
    lane: usize,
    number: f64,
    /// Sum of their sizes where these do not need a normal.
    sum: f64,
}

/// The jumps of a block, by step.
#[derive(Debug)]
pub(super) struct JumpCalendar {
    number: Poisson,
    size: JumpSize,
    steps: Vec<Vec<Jumps>>,
    /// Number of jumps of each path.
    numbers: Row,
}

impl JumpCalendar {
    /// `expected` jumps per path.
    pub(super) fn new(expected: f64, size: JumpSize, steps: usize) -> Self {
        Self {
            number: Poisson::new(expected),
            size,
            steps: vec![Vec::new(); steps],
            numbers: Row::ZERO,
        }
    }

    /// Whether the numbers say everything: one step, and sizes that need nothing but a wider normal.
    fn is_plain(&self) -> bool {
        self.steps.len() == 1 && matches!(self.size, JumpSize::Normal { .. })
    }

    /// Adds the jumps of a step. A sum of n normal jumps has the variance nδ², and the sum of that and the diffusion is
    /// one normal: the step's own is widened, so that jumps of this kind need no number of their own. `variance` is that
    /// of the diffusion of a path in the step.
    #[inline(always)]
    pub(super) fn jump(&self, step: usize, x: &mut Row, normals: &Row, variance: impl Fn(usize) -> f64) {
        let JumpSize::Normal { mean, deviation } = self.size else {
            self.at(step).iter().for_each(|jumps| x[jumps.lane] += jumps.sum);
            return;
        };
        let widening = |lane: usize, number: f64| {
            let continuous = variance(lane);
            let wider = (number * deviation).mul_add(deviation, continuous).sqrt() - continuous.sqrt();
            number.mul_add(mean, wider * normals[lane])
        };
        if self.is_plain() {
            for (lane, (x, number)) in x.iter_mut().zip(self.numbers.iter()).enumerate() {
                *x += widening(lane, *number);
            }
            return;
        }
        for jumps in self.at(step) {
            x[jumps.lane] += widening(jumps.lane, jumps.number);
        }
    }

    fn at(&self, step: usize) -> &[Jumps] {
        self.steps.get(step).map_or(&[], Vec::as_slice)
    }

    /// Draws the jumps of a block, whose numbers are given as numbers in (−1, 1) by `uniforms`. Given their number, the
    /// times of Poisson arrivals are independent and uniform. With antithetic variates the second half of the block has
    /// the first half's jump times and mirrored sizes.
    #[inline(always)]
    pub(super) fn draw(&mut self, antithetic: bool, uniforms: impl FnOnce(&mut [f64]), single: &mut Stream) {
        uniforms(&mut self.numbers[..]);
        self.number.quantiles(&mut self.numbers);
        if antithetic {
            let (first, second) = self.numbers.split_at_mut(BLOCK / 2);
            second.copy_from_slice(first);
        }
        if self.is_plain() {
            return;
        }
        self.steps.iter_mut().for_each(Vec::clear);
        let drawn = if antithetic { BLOCK / 2 } else { BLOCK };
        for lane in 0..drawn {
            let mut left = self.numbers[lane];
            while left > 0.0 {
                self.add(lane, antithetic, single);
                left -= 1.0;
            }
        }
    }

    fn add(&mut self, lane: usize, antithetic: bool, single: &mut Stream) {
        let step = single.below(self.steps.len());
        let Some(jumps) = self.steps.get_mut(step) else {
            return;
        };
        let (sum, mirrored) = match self.size {
            JumpSize::Normal { .. } => (0.0, 0.0),
            JumpSize::DoubleExponential { .. } => {
                let u = single.uniform();
                (self.size.quantile(u), self.size.quantile(1.0 - u))
            }
        };
        if antithetic {
            put(jumps, lane + BLOCK / 2, mirrored);
        }
        put(jumps, lane, sum);
    }
}

/// Adds a jump to those of a path in a step.
fn put(jumps: &mut Vec<Jumps>, lane: usize, sum: f64) {
    match jumps.iter_mut().rev().take(2).find(|jump| jump.lane == lane) {
        Some(jump) => {
            jump.number += 1.0;
            jump.sum += sum;
        }
        None => jumps.push(Jumps {
            lane,
            number: 1.0,
            sum,
        }),
    }
}

/// Quantiles of a Poisson number by its distribution function.
#[derive(Debug)]
struct Poisson {
    /// P(N ≤ n) from `first` on.
    cumulative: Vec<f64>,
    first: f64,
}

/// Table length up to which every entry is compared, which takes no branches.
const SHORT_TABLE: usize = 48;

impl Poisson {
    /// From the mode outward, until the probabilities vanish beside 2⁻⁵³.
    fn new(mean: f64) -> Self {
        const NEGLIGIBLE: f64 = 1e-20;
        let mode = mean.floor();
        let at_mode = (mode * mean.max(f64::MIN_POSITIVE).ln() - mean - libm::lgamma(mode + 1.0)).exp();
        let (mut below, mut n, mut p) = (Vec::new(), mode, at_mode);
        while n > 0.0 && p > NEGLIGIBLE {
            p *= n / mean;
            n -= 1.0;
            below.push(p);
        }
        let first = n;
        let mut probabilities: Vec<f64> = below.into_iter().rev().collect();
        let (mut n, mut p) = (mode, at_mode);
        while p > NEGLIGIBLE {
            probabilities.push(p);
            n += 1.0;
            p *= mean / n;
        }
        let mut sum = 0.0;
        for p in &mut probabilities {
            sum += *p;
            *p = sum;
        }
        Self {
            cumulative: probabilities,
            first,
        }
    }

    /// Numbers in (−1, 1) become the numbers of which 2P(N ≤ n) − 1 first reaches them.
    #[inline(always)]
    fn quantiles(&self, row: &mut Row) {
        if self.cumulative.len() > SHORT_TABLE {
            for x in row.iter_mut() {
                let u = x.mul_add(0.5, 0.5);
                *x = self.first + crate::error::count(self.cumulative.partition_point(|c| *c < u));
            }
            return;
        }
        let mut numbers = Row::of(self.first);
        for c in &self.cumulative {
            let threshold = c.mul_add(2.0, -1.0);
            for (number, x) in numbers.iter_mut().zip(row.iter()) {
                *number += if *x > threshold { 1.0 } else { 0.0 };
            }
        }
        *row = numbers;
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;

    #[test]
    fn the_number_of_jumps_is_poisson() {
        for mean in [1e-9, 0.05, 1.7, 30.0, 700.0, 10_000.0] {
            let poisson = Poisson::new(mean);
            assert_close(poisson.cumulative.last().copied().unwrap(), 1.0, 1e-9);
            let (mut sum, mut squares) = (0.0, 0.0);
            for i in 0..200 {
                let mut row = Row::ZERO;
                for (j, number) in row.iter_mut().enumerate() {
                    *number = (i * BLOCK + j) as f64 / 25_600.0 - 1.0 + 1.0 / 51_200.0;
                }
                poisson.quantiles(&mut row);
                sum += row.iter().sum::<f64>() / 51_200.0;
                squares += row.iter().map(|n| (n - mean) * (n - mean)).sum::<f64>() / 51_200.0;
            }
            assert_close(sum, mean, 1e-3 * mean.sqrt() + 2e-5);
            assert_close(squares, mean, 6e-3 * mean + 2e-5);
        }
    }

    #[test]
    fn a_poisson_table_starts_at_nothing_where_that_can_happen() {
        let poisson = Poisson::new(1.5);
        assert_eq!(poisson.first, 0.0);
        assert_close(poisson.cumulative[0], (-1.5f64).exp(), 1e-15);
        assert_close(
            poisson.cumulative[2],
            (-1.5f64).exp() * (1.0 + 1.5 + 1.125),
            1e-15,
        );
    }
}
