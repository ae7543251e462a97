//! What a chain's own rules pay.

use crate::desk::{DeskError, Figures};
use clap::Args;
use hurdle_model::staking::{
    ChainYield, CosmosStaking, EthereumStaking, InflationSchedule, MintRule, SLOTS_PER_EPOCH, SolanaStaking,
};

/// Epoch of mainnet-beta in which inflation began (10 February 2021).
const INFLATION_EPOCH: u32 = 150;

fn shown(figures: Figures, chain: ChainYield) -> Figures {
    figures
        .percent("nominal", "nominal yield", chain.nominal)
        .percent(
            "supply_growth",
            "growth of the supply, net of burn",
            chain.supply_growth,
        )
        .percent("real", "real yield", chain.real)
}

/// Arguments of `solana`.
#[derive(Args, Clone, Debug)]
pub struct Solana {
    /// Epoch of mainnet-beta, from 150, where inflation began.
    #[arg(long, value_name = "EPOCH", value_parser = clap::value_parser!(u32).range(i64::from(INFLATION_EPOCH)..))]
    epoch: u32,
    /// Seconds per slot as observed.
    #[arg(long, value_name = "SECONDS", default_value_t = 0.4)]
    seconds_per_slot: f64,
    /// Staked share of the supply.
    #[arg(long, value_name = "SHARE")]
    staked_share: f64,
    /// Commission on inflation rewards.
    #[arg(long, value_name = "SHARE", default_value_t = 0.05)]
    commission: f64,
    /// Share of vote credits earned.
    #[arg(long, value_name = "SHARE", default_value_t = 1.0)]
    uptime: f64,
    /// Tips per year and unit of stake.
    #[arg(long, value_name = "RATE", default_value_t = 0.0)]
    tips: f64,
    /// Commission on tips.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    tip_commission: f64,
    /// Burnt per year as a share of the supply.
    #[arg(long, value_name = "RATE", default_value_t = 0.0)]
    burn: f64,
}

impl Solana {
    pub(super) fn answer(&self) -> Result<Figures, DeskError> {
        let fault = DeskError::model("Solana's staking yield");
        let chain = SolanaStaking {
            schedule: InflationSchedule::SOLANA,
            slots: f64::from(self.epoch.saturating_sub(INFLATION_EPOCH)) * SLOTS_PER_EPOCH,
            seconds_per_slot: self.seconds_per_slot,
            staked_share: self.staked_share,
            commission: self.commission,
            uptime: self.uptime,
            tips: self.tips,
            tip_commission: self.tip_commission,
            burn: self.burn,
        };
        let figures = Figures::new(format!("Solana at epoch {}, per year", self.epoch))
            .percent(
                "inflation",
                "inflation of the schedule",
                chain.inflation().map_err(&fault)?,
            )
            .percent("simple", "simple yield", chain.simple().map_err(&fault)?.nominal)
            .heading("restaked every epoch");
        Ok(shown(figures, chain.effective().map_err(&fault)?))
    }
}

/// Arguments of `ethereum`.
#[derive(Args, Clone, Debug)]
pub struct Ethereum {
    /// Active effective balance, ETH.
    #[arg(long, value_name = "ETH")]
    staked: f64,
    /// Supply, ETH.
    #[arg(long, value_name = "ETH")]
    supply: f64,
    /// Share of the stake that attests in time.
    #[arg(long, value_name = "SHARE", default_value_t = 0.995)]
    participation: f64,
    /// The same for the operator.
    #[arg(long, value_name = "SHARE", default_value_t = 0.995)]
    uptime: f64,
    /// Priority fees and MEV of all proposers, ETH per year.
    #[arg(long, value_name = "ETH", default_value_t = 0.0)]
    proposer_income: f64,
    /// Burnt, ETH per year.
    #[arg(long, value_name = "ETH", default_value_t = 0.0)]
    burnt: f64,
    /// The operator's commission.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    commission: f64,
}

impl Ethereum {
    pub(super) fn answer(&self) -> Result<Figures, DeskError> {
        let fault = DeskError::model("Ethereum's staking yield");
        let chain = EthereumStaking {
            staked: self.staked,
            supply: self.supply,
            participation: self.participation,
            uptime: self.uptime,
            proposer_income: self.proposer_income,
            burnt: self.burnt,
            commission: self.commission,
        };
        let issuance = chain.issuance().map_err(&fault)?;
        let figures = Figures::new("Ethereum, per year").number("issuance", "issuance, ETH", issuance);
        Ok(shown(figures, chain.simple().map_err(&fault)?))
    }
}

/// Arguments of `cosmos`; the mint rule's defaults are the Cosmos SDK's.
#[derive(Args, Clone, Debug)]
pub struct Cosmos {
    /// Inflation now.
    #[arg(long, value_name = "RATE")]
    inflation: f64,
    /// Bonded share of the supply.
    #[arg(long, value_name = "SHARE")]
    bonded_ratio: f64,
    /// Share of rewards for the community pool.
    #[arg(long, value_name = "SHARE", default_value_t = 0.02)]
    community_tax: f64,
    /// The validator's commission.
    #[arg(long, value_name = "SHARE", default_value_t = 0.05)]
    commission: f64,
    /// Blocks per year ÷ the chain's parameter for them.
    #[arg(long, value_name = "RATIO", default_value_t = 1.0)]
    block_pace: f64,
    /// Fees per year as a share of the supply.
    #[arg(long, value_name = "RATE", default_value_t = 0.0)]
    fees: f64,
    /// Burnt per year as a share of the supply.
    #[arg(long, value_name = "RATE", default_value_t = 0.0)]
    burn: f64,
    /// Years ahead for which inflation is told too.
    #[arg(long, value_name = "YEARS", default_value_t = 1.0)]
    ahead: f64,
    /// Bonded ratio at which inflation rests.
    #[arg(long, value_name = "SHARE", default_value_t = MintRule::DEFAULT.goal)]
    goal: f64,
    /// Fastest change of inflation per year.
    #[arg(long, value_name = "RATE", default_value_t = MintRule::DEFAULT.rate_change)]
    rate_change: f64,
    /// Smallest inflation.
    #[arg(long, value_name = "RATE", default_value_t = MintRule::DEFAULT.min)]
    min: f64,
    /// Largest inflation.
    #[arg(long, value_name = "RATE", default_value_t = MintRule::DEFAULT.max)]
    max: f64,
}

impl Cosmos {
    pub(super) fn answer(&self) -> Result<Figures, DeskError> {
        let fault = DeskError::model("the Cosmos chain's staking yield");
        let rule = MintRule {
            goal: self.goal,
            rate_change: self.rate_change,
            min: self.min,
            max: self.max,
        };
        let later = rule
            .inflation_after(self.ahead, self.inflation, self.bonded_ratio)
            .map_err(&fault)?;
        let chain = CosmosStaking {
            inflation: self.inflation,
            bonded_ratio: self.bonded_ratio,
            community_tax: self.community_tax,
            commission: self.commission,
            block_pace: self.block_pace,
            fees: self.fees,
            burn: self.burn,
        };
        let figures = shown(
            Figures::new("Cosmos chain, per year"),
            chain.simple().map_err(&fault)?,
        );
        Ok(figures.percent(
            "inflation_ahead",
            format!("inflation at this bonded ratio, years ahead: {}", self.ahead),
            later,
        ))
    }
}
