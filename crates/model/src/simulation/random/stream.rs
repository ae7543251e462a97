//! Pseudo-random streams: xoshiro256++ (Blackman & Vigna 2021, "Scrambled linear pseudorandom number generators"), one
//! stream per seed and block, so that a block's numbers depend on neither the thread nor the order of the blocks.

use super::gaussian::inverse_of;

/// Generators that run side by side, so that one instruction advances eight.
const LANES: usize = 8;

/// SplitMix64 (Steele, Lea & Flood 2014), which the authors of xoshiro recommend for filling its state.
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

/// `N` xoshiro256++ generators in step; word `k` of generator `i` is `words[k][i]`.
#[derive(Debug, Clone)]
struct Xoshiro<const N: usize> {
    words: [[u64; N]; 4],
}

impl<const N: usize> Xoshiro<N> {
    fn new(seed: u64, stream: u64) -> Self {
        let start = SplitMix(seed).next() ^ SplitMix(!stream).next();
        let mut filler = SplitMix(start);
        let mut words = [[0; N]; 4];
        for lane in 0..N {
            for word in &mut words {
                word[lane] = filler.next();
            }
        }
        Self { words }
    }

    #[inline(always)]
    fn next(&mut self) -> [u64; N] {
        let [s0, s1, s2, s3] = &mut self.words;
        let mut out = [0; N];
        for i in 0..N {
            out[i] = s0[i].wrapping_add(s3[i]).rotate_left(23).wrapping_add(s0[i]);
            let shifted = s1[i] << 17;
            s2[i] ^= s0[i];
            s3[i] ^= s1[i];
            s1[i] ^= s2[i];
            s0[i] ^= s3[i];
            s2[i] ^= shifted;
            s3[i] = s3[i].rotate_left(45);
        }
        out
    }
}

/// Bits of 1.0, over which the 52 upper bits of a random word make a number in [1, 2).
const ONE: u64 = 0x3FF0_0000_0000_0000;

/// A random word as a number symmetric about zero in (−1, 1), never ±1: odd multiples of 2⁻⁵².
#[inline(always)]
pub(super) fn symmetric(word: u64) -> f64 {
    (f64::from_bits(ONE | (word >> 12)) - 1.5).mul_add(2.0, f64::EPSILON)
}

/// A stream of single numbers, for what happens rarely.
#[derive(Debug, Clone)]
pub(in crate::simulation) struct Stream(Xoshiro<1>);

impl Stream {
    pub(in crate::simulation) fn new(seed: u64, stream: u64) -> Self {
        Self(Xoshiro::new(seed, stream))
    }

    pub(in crate::simulation) fn word(&mut self) -> u64 {
        self.0.next()[0]
    }

    /// In (0, 1), both ends excluded.
    pub(in crate::simulation) fn uniform(&mut self) -> f64 {
        0.5 + 0.5 * symmetric(self.word())
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

/// A stream of blocks of numbers.
#[derive(Debug, Clone)]
pub(in crate::simulation) struct VectorStream(Xoshiro<LANES>);

impl VectorStream {
    pub(in crate::simulation) fn new(seed: u64, stream: u64) -> Self {
        Self(Xoshiro::new(seed, stream))
    }

    /// Fills `out` with numbers in (−1, 1) as [`symmetric`] makes them. The length is a multiple of eight.
    #[inline(always)]
    pub(in crate::simulation) fn fill_symmetric(&mut self, out: &mut [f64]) {
        // A copy that cannot alias `out` stays in registers.
        let mut state = self.0.clone();
        for chunk in out.chunks_exact_mut(LANES) {
            let words = state.next();
            for (number, word) in chunk.iter_mut().zip(words) {
                *number = symmetric(word);
            }
        }
        self.0 = state;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_published_generator() {
        // First outputs of the authors' xoshiro256plusplus.c from the state 1, 2, 3, 4.
        let mut generator = Xoshiro::<1> {
            words: [[1], [2], [3], [4]],
        };
        let expected: [u64; 6] = [
            41_943_041,
            58_720_359,
            3_588_806_011_781_223,
            3_591_011_842_654_386,
            9_228_616_714_210_784_205,
            9_973_669_472_204_895_162,
        ];
        assert_eq!(expected.map(|_| generator.next()[0]), expected);
        // SplitMix64 from state 1234567 (Vigna's splitmix64.c).
        let mut filler = SplitMix(1_234_567);
        assert_eq!(filler.next(), 6_457_827_717_110_365_317);
        assert_eq!(filler.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn numbers_are_uniform_and_streams_are_unrelated() {
        let mut buffer = [0.0; 4096];
        VectorStream::new(7, 0).fill_symmetric(&mut buffer);
        let mean = buffer.iter().sum::<f64>() / 4096.0;
        let variance = buffer.iter().map(|x| x * x).sum::<f64>() / 4096.0;
        // Standard errors: 0.009 and 0.0047.
        assert!(mean.abs() < 0.03 && (variance - 1.0 / 3.0).abs() < 0.015);
        let mut other = [0.0; 4096];
        VectorStream::new(7, 1).fill_symmetric(&mut other);
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
