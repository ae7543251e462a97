//! What a keeper observes: samples, and the observation of one cycle in the form in which it is recorded and hashed.

use crate::pow::PowCoin;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A quantity that sources measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Price of the base asset in the quote asset.
    Price,
    /// Borrow rate of the quote asset at a lending venue, per year.
    BorrowRate,
    /// Borrowed share of the quote asset supplied to a venue, 0 … 1.
    Utilisation,
    /// Outstanding borrows of the quote asset at a venue, quote units.
    Borrowed,
    /// Exchange rate of the liquid staking token in the base asset.
    LstRate,
    /// Resting bids within the configured distance from mid, quote units.
    Depth,
    /// Price of a proof-of-work coin in the quote asset.
    CoinPrice(PowCoin),
    /// Difficulty of a proof-of-work chain.
    Difficulty(PowCoin),
    /// Height of its next block.
    Height(PowCoin),
    /// Fees of its blocks of late, coins per block.
    BlockFees(PowCoin),
}

impl Metric {
    /// The admissible values.
    pub const fn domain(self) -> (f64, f64) {
        match self {
            Self::Price => (1e-9, 1e9),
            Self::BorrowRate => (-1.0, 40.0),
            Self::Utilisation => (0.0, 1.0),
            Self::Borrowed => (0.0, 1e15),
            Self::LstRate => (1e-3, 1e3),
            Self::Depth => (1e-3, 1e15),
            Self::CoinPrice(_) => (1e-9, 1e9),
            Self::Difficulty(_) => (1e-9, 1e24),
            // exact in f64
            Self::Height(_) => (0.0, 9_007_199_254_740_992.0),
            Self::BlockFees(_) => (0.0, 1e9),
        }
    }

    /// The name in files, logs and messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Price => "price",
            Self::BorrowRate => "borrow_rate",
            Self::Utilisation => "utilisation",
            Self::Borrowed => "borrowed",
            Self::LstRate => "lst_rate",
            Self::Depth => "depth",
            Self::CoinPrice(_) => "coin_price",
            Self::Difficulty(_) => "difficulty",
            Self::Height(_) => "height",
            Self::BlockFees(_) => "block_fees",
        }
    }

    /// The proof-of-work coin that it belongs to.
    pub const fn coin(self) -> Option<PowCoin> {
        match self {
            Self::CoinPrice(coin) | Self::Difficulty(coin) | Self::Height(coin) | Self::BlockFees(coin) => {
                Some(coin)
            }
            _ => None,
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        self.coin()
            .map_or(Ok(()), |coin| write!(f, " of {}", coin.name()))
    }
}

/// One measured value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// What was measured.
    pub metric: Metric,
    /// The value, in the metric's unit.
    pub value: f64,
    /// When it was true, unix seconds.
    pub observed_at: i64,
    /// Who says so.
    pub source: String,
    /// How far the source is to be trusted, 0 … 1; sources that only assume say less than one.
    pub confidence: f64,
}

/// The raw samples of one cycle: all that enters it from outside, apart from the market's own account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observation {
    /// Time of the observation, unix seconds.
    pub observed_at: i64,
    /// Slot of the cluster at that time.
    pub observed_slot: u64,
    /// The samples.
    pub samples: Vec<Sample>,
}

impl Observation {
    /// Puts the samples into their canonical order: by metric, source and time.
    #[must_use]
    pub fn canonical(mut self) -> Self {
        self.samples.sort_by(|a, b| {
            (a.metric, &a.source, a.observed_at)
                .cmp(&(b.metric, &b.source, b.observed_at))
                .then(a.value.total_cmp(&b.value))
        });
        self
    }

    /// The digest of this observation and, through `previous`, of every one before it:
    /// `sha256("hurdle/observations/v1" ‖ previous ‖ observation)`, the observation as compact JSON in canonical order.
    ///
    /// Validation comes first: JSON has no number for a value that is not finite.
    ///
    /// # Errors
    /// Where the observation cannot be written as JSON.
    pub fn digest(&self, previous: &[u8; 32]) -> Result<[u8; 32], serde_json::Error> {
        let bytes = serde_json::to_vec(&self.clone().canonical())?;
        Ok(solana_sha256_hasher::hashv(&[b"hurdle/observations/v1", previous, &bytes]).to_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample(metric: Metric, value: f64, source: &str) -> Sample {
        Sample {
            metric,
            value,
            observed_at: 7,
            source: source.into(),
            confidence: 1.0,
        }
    }

    #[test]
    fn the_order_in_which_samples_arrive_does_not_change_the_digest() {
        let a = sample(Metric::Price, 30.0, "x");
        let b = sample(Metric::Depth, 2e6, "x");
        let observation = |samples| Observation {
            observed_at: 7,
            observed_slot: 9,
            samples,
        };
        let one = observation(vec![a.clone(), b.clone()]).digest(&[0; 32]).unwrap();
        assert_eq!(
            one,
            observation(vec![b.clone(), a.clone()]).digest(&[0; 32]).unwrap()
        );
        assert_ne!(
            one,
            observation(vec![a.clone(), b.clone()]).digest(&[1; 32]).unwrap()
        );
        assert_ne!(one, observation(vec![a]).digest(&[0; 32]).unwrap());
    }

    #[test]
    fn a_metric_of_a_coin_names_it_in_messages_and_in_records() {
        let metric = Metric::BlockFees(PowCoin::Ltc);
        assert_eq!(metric.to_string(), "block_fees of ltc");
        assert_eq!(
            serde_json::to_string(&metric).unwrap(),
            "{\"block_fees\":\"ltc\"}"
        );
        assert_eq!(
            serde_json::from_str::<Metric>("{\"block_fees\":\"ltc\"}").unwrap(),
            metric
        );
        assert_eq!(serde_json::to_string(&Metric::Price).unwrap(), "\"price\"");
    }

    proptest! {
        #[test]
        fn a_recorded_observation_reads_back_to_the_same_digest(
            value in -1e12f64..1e12, at in any::<i64>(), slot in any::<u64>(), source in "[a-z0-9-]{1,12}",
        ) {
            let observation = Observation {
                observed_at: at, observed_slot: slot, samples: vec![sample(Metric::Price, value, &source)],
            };
            let text = serde_json::to_string(&observation).unwrap();
            let back: Observation = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&back, &observation);
            prop_assert_eq!(back.digest(&[3; 32]).unwrap(), observation.digest(&[3; 32]).unwrap());
        }
    }
}
