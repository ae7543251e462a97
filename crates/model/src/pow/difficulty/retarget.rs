//! How a chain's difficulty follows its hash rate.

use super::WindowRule;

/// How a chain's difficulty follows its hash rate, as forecasts need it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Retarget {
    /// Every so many blocks.
    Windows(WindowRule),
    /// With every block. For small deviations all such rules are exponential means of the hash rate.
    EveryBlock {
        /// Days in which 1 − 1/e of a change has been followed.
        time_constant: f64,
    },
}

impl Retarget {
    /// Bitcoin.
    pub const BITCOIN: Self = Self::Windows(WindowRule::BITCOIN);

    /// Litecoin.
    pub const LITECOIN: Self = Self::Windows(WindowRule::LITECOIN);

    /// Bitcoin Cash since 2020-11: aserti3-2d is exactly an exponential mean, with two days over ln 2.
    pub const BITCOIN_CASH: Self = Self::EveryBlock {
        time_constant: 2.0 / core::f64::consts::LN_2,
    };

    /// Dogecoin: DigiShield makes up an eighth of the deviation with every block of a minute.
    pub const DOGECOIN: Self = Self::EveryBlock {
        time_constant: 8.0 / 1440.0,
    };

    /// Ethereum Classic since 2019-09. With exponential times of mean m between blocks, E⌊Δt/9⌋ = 1/(e^(9/m) − 1), which is 1
    /// at m = 9/ln 2 and changes by 2·ln 2 with ln m there: 2048/(2·ln 2) blocks of 9/ln 2 seconds.
    pub const ETHEREUM_CLASSIC: Self = Self::EveryBlock {
        time_constant: 1024.0 * 9.0 / (core::f64::consts::LN_2 * core::f64::consts::LN_2) / 86_400.0,
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pow::difficulty::{Asert, DigiShield, EthereumRule, Target};
    use crate::testing::{Rng, assert_close};

    fn time_constant(rule: Retarget) -> f64 {
        match rule {
            Retarget::EveryBlock { time_constant } => time_constant,
            Retarget::Windows(_) => f64::NAN,
        }
    }

    /// Share of a rise of the hash rate by a tenth that is followed after a time constant.
    fn followed(difficulty: impl Fn(f64) -> f64) -> f64 {
        difficulty(1.1).ln() / 1.1_f64.ln()
    }

    #[test]
    fn aserti3_follows_a_rise_in_its_time_constant() {
        // 415 blocks a time constant on target; deterministic blocks at the pace that difficulty leaves
        let rule = Asert::BITCOIN_CASH;
        let start = Target::from_compact(rule.anchor_bits)
            .unwrap()
            .difficulty()
            .unwrap();
        let share = followed(|rate| {
            let (mut time, mut height, mut difficulty) = (0.0, 0, 1.0);
            while time < 86_400.0 * time_constant(Retarget::BITCOIN_CASH) {
                time += 600.0 * difficulty / rate;
                let stamp = rule.anchor_parent_time + 600 + i64::from(time.round() as i32);
                height += 1;
                let bits = rule.next_compact(rule.anchor_height + height, stamp).unwrap();
                difficulty = Target::from_compact(bits).unwrap().difficulty().unwrap() / start;
            }
            difficulty
        });
        assert_close(share, 1.0 - (-1.0_f64).exp(), 0.02);
    }

    #[test]
    fn digishield_follows_a_rise_in_eight_blocks() {
        let bits = 0x1b67_1062;
        let start = Target::from_compact(bits).unwrap().difficulty().unwrap();
        // in blocks of a thousand seconds, so that whole seconds are fine enough
        let rule = DigiShield {
            spacing: 100_000,
            ..DigiShield::DOGECOIN
        };
        let share = followed(|rate| {
            let (mut difficulty, mut bits) = (1.0, bits);
            for _ in 0..8 {
                let elapsed = i64::from((1e5 * difficulty / rate).round() as i32);
                bits = rule.next_compact(bits, elapsed).unwrap();
                difficulty = Target::from_compact(bits).unwrap().difficulty().unwrap() / start;
            }
            difficulty
        });
        assert_close(share, 1.0 - (-1.0_f64).exp(), 0.03);
    }

    #[test]
    fn ethereum_classic_follows_a_rise_in_its_time_constant() {
        let rule = EthereumRule::Byzantium {
            parent_has_uncles: false,
        };
        let blocks = 1024.0 / core::f64::consts::LN_2;
        let mean = 9.0 / core::f64::consts::LN_2;
        let mut rng = Rng::new(4);
        let mut log = |rate: f64| {
            let mut sum = 0.0;
            for _ in 0..200 {
                let mut difficulty = 1_u128 << 60;
                let start = difficulty as f64;
                for _ in 0..blocks as u32 {
                    let seconds = -rng.uniform().max(1e-12).ln() * mean * (difficulty as f64 / start) / rate;
                    difficulty = rule.next(difficulty, seconds as u64).unwrap();
                }
                sum += (difficulty as f64 / start).ln() / 200.0;
            }
            sum
        };
        let share = (log(1.1) - log(1.0)) / 1.1_f64.ln();
        assert_close(share, 1.0 - (-1.0_f64).exp(), 0.05);
    }
}
