//! Pseudo-random streams: xoshiro256++ (Blackman & Vigna 2021, "Scrambled linear pseudorandom number generators"), one
//! stream per seed, block and path, so that a block's numbers depend on neither the thread nor the order of the blocks.

use super::gaussian::inverse_of;
use crate::simulation::vector::BLOCK;

/// Increment of SplitMix64's counter.
const GOLDEN_GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

/// SplitMix64 (Steele, Lea & Flood 2014), which the authors of xoshiro recommend for filling its state.
struct SplitMix(u64);

impl SplitMix {
    /// Number `index` from a start on.
    #[inline(always)]
    fn nth(start: u64, index: u64) -> u64 {
        Self(start.wrapping_add(index.wrapping_mul(GOLDEN_GAMMA))).next()
    }

    #[inline(always)]
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN_GAMMA);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

/// A xoshiro256++ generator.
#[derive(Debug, Clone, Copy)]
struct Xoshiro([u64; 4]);

impl Xoshiro {
    #[inline(always)]
    fn next(&mut self) -> u64 {
        let [s0, s1, s2, s3] = &mut self.0;
        let out = s0.wrapping_add(*s3).rotate_left(23).wrapping_add(*s0);
        let shifted = *s1 << 17;
        *s2 ^= *s0;
        *s3 ^= *s1;
        *s1 ^= *s2;
        *s0 ^= *s3;
        *s2 ^= shifted;
        *s3 = s3.rotate_left(45);
        out
    }
}

/// Bits of 1.0.
const ONE: u64 = 0x3FF0_0000_0000_0000;

/// The 52 upper bits of a random word as a number in [1, 2).
#[inline(always)]
pub(super) fn one_to_two(word: u64) -> f64 {
    f64::from_bits(ONE | (word >> 12))
}

/// A random word as a number in (0, 1), both ends excluded: odd multiples of 2⁻⁵³.
#[inline(always)]
pub(super) fn unit(word: u64) -> f64 {
    one_to_two(word) - (1.0 - 0.5 * f64::EPSILON)
}

/// A random word as a number symmetric about zero in (−1, 1), never ±1: odd multiples of 2⁻⁵².
#[inline(always)]
pub(super) fn symmetric(word: u64) -> f64 {
    (one_to_two(word) - 1.5).mul_add(2.0, f64::EPSILON)
}

/// A stream of single numbers, for what happens rarely.
#[derive(Debug, Clone)]
pub(in crate::simulation) struct Stream(Xoshiro);

impl Stream {
    pub(in crate::simulation) fn new(seed: u64, stream: u64) -> Self {
        let mut filler = SplitMix(SplitMix(seed).next() ^ SplitMix(!stream).next());
        Self(Xoshiro(core::array::from_fn(|_| filler.next())))
    }

    pub(in crate::simulation) fn word(&mut self) -> u64 {
        self.0.next()
    }

    /// In (0, 1), both ends excluded.
    pub(in crate::simulation) fn uniform(&mut self) -> f64 {
        unit(self.word())
    }

    /// Standard normal.
    pub(in crate::simulation) fn normal(&mut self) -> f64 {
        inverse_of(symmetric(self.word()))
    }

    /// Exponential with mean one.
    pub(in crate::simulation) fn exponential(&mut self) -> f64 {
        -self.uniform().ln()
    }

    /// Uniform on 0 … `n` − 1 for `n` ≥ 1 (Lemire 2019, without the rejection: the bias is below n/2⁶⁴).
    pub(in crate::simulation) fn below(&mut self, n: usize) -> usize {
        let wide = u128::from(self.word()) * (n as u128);
        usize::try_from(wide >> 64).unwrap_or(0)
    }
}

/// Fills a row with numbers in (−1, 1), as [`symmetric`] makes them. They are SplitMix64's own: where each path needs but
/// one, a generator for each would cost more than it.
#[inline(always)]
pub(in crate::simulation) fn fill_once(seed: u64, stream: u64, row: &mut [f64]) {
    let start = SplitMix(seed).next() ^ SplitMix(!stream).next();
    for (number, index) in row.iter_mut().zip(0u64..) {
        *number = symmetric(SplitMix::nth(start, index));
    }
}

/// A generator for every path of a block. Each path's depends on no other's, so that one instruction advances as many as
/// its vectors hold, and a number of one costs less than a nanosecond.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(in crate::simulation) struct PathStreams([[u64; BLOCK]; 4]);

impl PathStreams {
    pub(in crate::simulation) fn new(seed: u64, stream: u64) -> Self {
        let mut streams = Self([[0; BLOCK]; 4]);
        streams.restart(seed, stream);
        streams
    }

    /// Goes to the start of a stream.
    #[inline(always)]
    pub(in crate::simulation) fn restart(&mut self, seed: u64, stream: u64) {
        let (mut seed, mut stream) = (SplitMix(seed), SplitMix(!stream));
        // Two words of 64 bits tell the streams apart: with one, two of a million blocks would meet now and then.
        let starts = [seed.next() ^ stream.next(), seed.next() ^ stream.next()];
        for (words, start) in self.0.as_chunks_mut::<2>().0.iter_mut().zip(starts) {
            for (word, index) in words.as_flattened_mut().iter_mut().zip(0u64..) {
                *word = SplitMix::nth(start, index);
            }
        }
    }

    /// Draws two words for every path that the rows have, and puts what `pair` makes of them into the rows.
    #[inline(always)]
    pub(in crate::simulation) fn fill_pairs(
        &mut self,
        first: &mut [f64],
        second: &mut [f64],
        pair: impl Fn(u64, u64) -> (f64, f64),
    ) {
        let [s0, s1, s2, s3] = &mut self.0;
        let states = s0.iter_mut().zip(s1).zip(s2).zip(s3);
        for ((a, b), (((s0, s1), s2), s3)) in first.iter_mut().zip(second).zip(states) {
            let mut state = Xoshiro([*s0, *s1, *s2, *s3]);
            let (u, v) = (state.next(), state.next());
            [*s0, *s1, *s2, *s3] = state.0;
            (*a, *b) = pair(u, v);
        }
    }

    /// Draws a number in (−1, 1), as [`symmetric`] makes them, of every path that the row has.
    #[inline(always)]
    pub(in crate::simulation) fn fill_symmetric(&mut self, row: &mut [f64]) {
        let [s0, s1, s2, s3] = &mut self.0;
        let states = s0.iter_mut().zip(s1).zip(s2).zip(s3);
        for (number, (((s0, s1), s2), s3)) in row.iter_mut().zip(states) {
            let mut state = Xoshiro([*s0, *s1, *s2, *s3]);
            *number = symmetric(state.next());
            [*s0, *s1, *s2, *s3] = state.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_published_generator() {
        // First outputs of the authors' xoshiro256plusplus.c from the state 1, 2, 3, 4.
        let mut generator = Xoshiro([1, 2, 3, 4]);
        let expected: [u64; 6] = [
            41_943_041,
            58_720_359,
            3_588_806_011_781_223,
            3_591_011_842_654_386,
            9_228_616_714_210_784_205,
            9_973_669_472_204_895_162,
        ];
        assert_eq!(expected.map(|_| generator.next()), expected);
        // SplitMix64 from state 1234567 (Vigna's splitmix64.c).
        let mut filler = SplitMix(1_234_567);
        assert_eq!(filler.next(), 6_457_827_717_110_365_317);
        assert_eq!(filler.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn numbers_are_uniform_and_streams_are_unrelated() {
        let draw = |stream| {
            let (mut streams, mut buffer) = (PathStreams::new(7, stream), [[0.0; BLOCK]; 16]);
            buffer.iter_mut().for_each(|row| streams.fill_symmetric(row));
            buffer.as_flattened().to_vec()
        };
        let buffer = draw(0);
        let mean = buffer.iter().sum::<f64>() / 4096.0;
        let variance = buffer.iter().map(|x| x * x).sum::<f64>() / 4096.0;
        // Standard errors: 0.009 and 0.0047.
        assert!(mean.abs() < 0.03 && (variance - 1.0 / 3.0).abs() < 0.015);
        let other = draw(1);
        let product: f64 = buffer.iter().zip(&other).map(|(a, b)| a * b).sum();
        assert!((product * 3.0 / 4096.0).abs() < 0.05);
        assert!(buffer.iter().all(|x| x.abs() < 1.0));
        assert_eq!(
            (symmetric(0), symmetric(u64::MAX)),
            (-1.0 + f64::EPSILON, 1.0 - f64::EPSILON)
        );
    }

    #[test]
    fn below_covers_its_range_evenly() {
        let mut stream = Stream::new(3, 9);
        let mut counts = [0u32; 7];
        for _ in 0..70_000 {
            counts[stream.below(7)] += 1;
        }
        assert!(counts.iter().all(|&n| (9_600..10_400).contains(&n)), "{counts:?}");
    }
}
