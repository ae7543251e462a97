//! Proof-of-work chains that a keeper knows by name.

use clap::ValueEnum;
use hurdle_model::pow::PowChain;
use hurdle_model::pow::difficulty::Retarget;
use serde::{Deserialize, Serialize};

/// A proof-of-work coin whose chain's rules are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum PowCoin {
    /// Bitcoin.
    #[default]
    Btc,
    /// Bitcoin Cash.
    Bch,
    /// Litecoin.
    Ltc,
    /// Dogecoin.
    Doge,
    /// Ethereum Classic.
    Etc,
}

impl PowCoin {
    /// Every coin.
    pub const ALL: [Self; 5] = [Self::Btc, Self::Bch, Self::Ltc, Self::Doge, Self::Etc];

    /// Its chain's rules.
    #[must_use]
    pub const fn rules(self) -> PowChain {
        match self {
            Self::Btc => PowChain::BITCOIN,
            Self::Bch => PowChain::BITCOIN_CASH,
            Self::Ltc => PowChain::LITECOIN,
            Self::Doge => PowChain::DOGECOIN,
            Self::Etc => PowChain::ETHEREUM_CLASSIC,
        }
    }

    /// How its difficulty follows its hash rate.
    #[must_use]
    pub const fn retarget(self) -> Retarget {
        match self {
            Self::Btc => Retarget::BITCOIN,
            Self::Bch => Retarget::BITCOIN_CASH,
            Self::Ltc => Retarget::LITECOIN,
            Self::Doge => Retarget::DOGECOIN,
            Self::Etc => Retarget::ETHEREUM_CLASSIC,
        }
    }

    /// The name in files, logs and messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Btc => "btc",
            Self::Bch => "bch",
            Self::Ltc => "ltc",
            Self::Doge => "doge",
            Self::Etc => "etc",
        }
    }
}
