//! A chain block by block, of its own making: hash rate and price day by day, retargets by the time that blocks took.

/// Knuth's MMIX generator, with Box–Muller normals.
pub struct Draws(pub u64);

impl Draws {
    fn uniform(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.uniform().ln()).sqrt();
        radius * (core::f64::consts::TAU * self.uniform()).cos()
    }

    /// Gamma with shape `n`, by Wilson & Hilferty (1931): right to 1e-4 from a hundred on.
    fn gamma(&mut self, n: f64) -> f64 {
        n * (1.0 - 1.0 / (9.0 * n) + self.normal() / (3.0 * n.sqrt())).powi(3)
    }
}

/// The made-up world.
#[derive(Clone, Copy)]
pub struct World {
    /// Blocks a day at difficulty 1 for a unit of hash rate.
    pub level: f64,
    pub slope: f64,
    pub variance: [f64; 3],
    pub level_deviation: f64,
    pub slope_deviation: f64,
    pub persistence: f64,
    pub drift: f64,
    pub remaining: f64,
    pub elapsed: f64,
    pub elapsed_error: f64,
    /// Per √day.
    pub volatility: f64,
    pub correlation: f64,
    pub elasticity: f64,
    pub response: f64,
    /// Fees: now, long run, days, deviation of the logarithm.
    pub fees: [f64; 4],
    /// Energy: per √day, and correlation with the price.
    pub energy: [f64; 2],
}

/// One future.
pub struct Future {
    /// ln(difficulty/difficulty now) after each retarget, and its day.
    pub retargets: Vec<(f64, f64)>,
    /// At the middle of each day: ln(difficulty/now), price/forward, fees of a block, price of energy/forward.
    pub days: Vec<[f64; 4]>,
}

impl World {
    /// A future of so many days. The level is in units of the hash rate that is on target at the difficulty of now.
    pub fn draw(&self, draws: &mut Draws, days: usize) -> Future {
        let [p, q, r] = self.variance;
        let first = draws.normal();
        let mut level = self.level + p.sqrt() * first;
        let with_level = if p > 0.0 { q / p.sqrt() } else { 0.0 };
        let mut slope =
            self.slope + with_level * first + (r - with_level * with_level).max(0.0).sqrt() * draws.normal();
        let (mut price, mut lagged, mut energy) = (0.0_f64, 0.0_f64, 0.0_f64);
        let (mut fees, kept) = (0.0_f64, (-0.5 / self.fees[2]).exp());
        let fee_shock = self.fees[3] * (1.0 - kept * kept).sqrt();
        let (mut log_difficulty, mut work) = (0.0_f64, draws.gamma(self.remaining));
        let mut clock = self.elapsed / 86_400.0 + self.elapsed_error / 86_400.0 * draws.normal();
        let mut future = Future {
            retargets: Vec::new(),
            days: Vec::new(),
        };
        for day in 0..days {
            let (mut moved, mut middle) = (0.0, [0.0; 4]);
            for half in 0..2 {
                let shock = draws.normal() * 0.5_f64.sqrt();
                moved += shock;
                price += self.volatility * shock;
                lagged = lagged * (-0.5 / self.response).exp()
                    + self.volatility * shock * (-0.25 / self.response).exp();
                let own = draws.normal() * 0.5_f64.sqrt();
                let [deviation, correlation] = self.energy;
                energy += deviation * (correlation * shock + (1.0 - correlation * correlation).sqrt() * own);
                fees = kept * fees + fee_shock * draws.normal();
                if half == 0 {
                    let t = day as f64 + 0.5;
                    let gone = (-t / self.fees[2]).exp();
                    let mean = self.fees[1] + (self.fees[0] - self.fees[1]) * gone;
                    let spread = self.fees[3] * self.fees[3] * (1.0 - gone * gone);
                    middle = [
                        0.0,
                        (price - 0.5 * self.volatility * self.volatility * t).exp(),
                        mean * (fees - 0.5 * spread).exp(),
                        (energy - 0.5 * deviation * deviation * t).exp(),
                    ];
                }
            }
            let own = (1.0 - self.correlation * self.correlation).sqrt() * draws.normal();
            level += slope + self.level_deviation * (self.correlation * moved + own);
            slope = self.persistence * slope
                + (1.0 - self.persistence) * self.drift
                + self.slope_deviation * draws.normal();
            let hash_rate = (level + self.elasticity * (price - lagged)).exp();
            let (mut left, mut passed) = (1.0, 0.0);
            let mut at_noon = log_difficulty;
            loop {
                let pace = 144.0 * hash_rate / log_difficulty.exp();
                let needed = work / pace;
                if needed > left {
                    work -= left * pace;
                    clock += left;
                    break;
                }
                (left, passed) = (left - needed, passed + needed);
                // the last block of the period: the next clock starts with the first block of the next one
                log_difficulty += (14.0 / (clock + needed)).ln().clamp(-4.0_f64.ln(), 4.0_f64.ln());
                future.retargets.push((log_difficulty, day as f64 + passed));
                let interval = log_difficulty.exp() / (144.0 * hash_rate);
                (work, clock) = (draws.gamma(2015.0), -interval);
                work += 1.0;
                if passed <= 0.5 {
                    at_noon = log_difficulty;
                }
            }
            middle[0] = at_noon;
            future.days.push(middle);
        }
        future
    }
}

/// Mean, standard deviation and their standard errors.
pub struct Moments {
    pub mean: f64,
    pub mean_error: f64,
    pub deviation: f64,
    pub deviation_error: f64,
}

impl Moments {
    pub fn of(values: &[f64]) -> Self {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let central = |power: i32| values.iter().map(|v| (v - mean).powi(power)).sum::<f64>() / n;
        let (second, fourth) = (central(2), central(4));
        Self {
            mean,
            mean_error: (second / n).sqrt(),
            deviation: second.sqrt(),
            deviation_error: ((fourth / second - second) / (4.0 * n)).max(0.0).sqrt(),
        }
    }
}

/// A quantile of the values and the 99 % interval of its order statistics.
pub fn quantile(values: &[f64], probability: f64) -> (f64, f64, f64) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let reach = 2.576 * (n * probability * (1.0 - probability)).sqrt();
    let at = |place: f64| sorted[(place.max(0.0) as usize).min(sorted.len() - 1)];
    let place = probability * n;
    (at(place), at(place - reach), at(place + reach))
}
