//! What orphans and luck do to a miner's income.

use crate::desk::DeskError;
use clap::Args;
use hurdle_model::ModelError;
use hurdle_model::pow::economics::{Account, Conditions};
use hurdle_model::pow::propagation::Propagation;
use hurdle_model::pow::rewards::{BlockIncome, PoolMember, PoolScheme, Rewards, Solvency, pool_reserve};
use serde::Serialize;

/// Probability of the pool's ruin for which its reserve is told.
const POOL_RUIN: f64 = 1e-3;

/// Arguments.
#[derive(Args, Clone, Debug)]
pub struct RiskArgs {
    /// Horizon of the rewards, days.
    #[arg(long, value_name = "DAYS", default_value_t = 30.0)]
    horizon: f64,
    /// Standard deviation of a block's fees ÷ their mean.
    #[arg(long, value_name = "RATIO", default_value_t = 1.0)]
    fee_variation: f64,
    /// The pool's share of the network's hash rate.
    #[arg(long, value_name = "SHARE", default_value_t = 0.2)]
    pool_share: f64,
    /// Length of the PPLNS window, in expected blocks of the pool.
    #[arg(long, value_name = "BLOCKS", default_value_t = 5.0)]
    window: f64,
    /// Shares (proofs of work of the pool's own difficulty) submitted per day.
    #[arg(long, value_name = "N", default_value_t = 1e6)]
    shares: f64,
    /// Cash at the start; tells whether it lasts over the horizon against energy and operation.
    #[arg(long, value_name = "QUOTE")]
    cash: Option<f64>,
    /// Size of a block, bytes.
    #[arg(long, value_name = "BYTES", default_value_t = 1.5e6)]
    block_size: f64,
    /// Seconds until the network works on an empty block of the pool's.
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0)]
    sending: f64,
    /// Seconds that a megabyte adds.
    #[arg(long, value_name = "SECONDS", default_value_t = 0.5)]
    per_megabyte: f64,
    /// Seconds until the pool works on a block of the network's.
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0)]
    receiving: f64,
    /// Share of the others that work on the pool's block where two compete.
    #[arg(long, value_name = "SHARE", default_value_t = 0.5)]
    followed: f64,
}

/// Orphan risk of a block of the pool's.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct OrphanAnswer {
    /// Probability of a competing block while the block is on its way.
    pub overtaken: f64,
    /// Probability that it was found on an outdated tip.
    pub outdated: f64,
    /// Probability that it does not end up in the chain.
    pub orphaned: f64,
    /// What that costs the fleet per day, quote.
    pub loss: f64,
    /// Fees per byte, coins, below which another byte does not pay for its risk.
    pub fee_per_byte: f64,
}

/// Payout under one reward system over the horizon, quote.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PayoutAnswer {
    /// Reward system.
    pub scheme: &'static str,
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub deviation: f64,
    /// Probability of none.
    pub none: f64,
}

/// Scatter of the rewards over the horizon, quote.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RewardAnswer {
    /// Share of the network's hash rate.
    pub network_share: f64,
    /// Blocks expected.
    pub blocks: f64,
    /// Probability of none.
    pub none: f64,
    /// Skewness of the income alone.
    pub skewness: f64,
    /// Its quantiles at 5 %, 50 % and 95 %.
    pub quantiles: [f64; 3],
    /// By reward system, after the pool's fee (none alone).
    pub payouts: Vec<PayoutAnswer>,
    /// Coins that a pool of pay per share must hold to be ruined with a probability of 1/1000 at this fee; none without a
    /// fee.
    pub pps_reserve: Option<f64>,
    /// The same where it pays fees too.
    pub fpps_reserve: Option<f64>,
}

/// Whether cash lasts against energy and operation when luck is all that varies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SolvencyAnswer {
    /// Probability that it runs out over the horizon, mining alone.
    pub alone: f64,
    /// That it ever does.
    pub alone_ever: f64,
    /// Over the horizon, in the pool with every block divided.
    pub pooled: f64,
    /// Ever.
    pub pooled_ever: f64,
}

impl RiskArgs {
    /// Orphan risk.
    pub(super) fn orphans(&self, now: &Conditions, total: &Account) -> Result<OrphanAnswer, DeskError> {
        let propagation = Propagation {
            block_seconds: now.chain.block_seconds,
            share: self.pool_share,
            sending: self.sending,
            per_byte: self.per_megabyte / 1e6,
            receiving: self.receiving,
            followed: self.followed,
        };
        let risk = propagation
            .orphan_risk(self.block_size, now.reward)
            .map_err(DeskError::model("orphan risk"))?;
        Ok(OrphanAnswer {
            overtaken: risk.overtaken,
            outdated: risk.outdated,
            orphaned: risk.orphaned,
            loss: risk.orphaned * total.revenue,
            fee_per_byte: risk.fee_per_byte,
        })
    }

    /// Scatter of the rewards.
    pub(super) fn rewards(
        &self,
        now: &Conditions,
        total: &Account,
        fee: f64,
    ) -> Result<Option<RewardAnswer>, DeskError> {
        let fault = DeskError::model("rewards");
        let Some(share) = self.network_share(now, total)? else {
            return Ok(None);
        };
        let income = self.income(now, now.price);
        let blocks = share * now.chain.blocks_per_day().map_err(&fault)? * self.horizon;
        let rewards = Rewards::new(blocks, income).map_err(&fault)?;
        let quantile = |p: f64| rewards.quantile(p).map_err(&fault);
        let payout = |(name, scheme, fee): (&'static str, PoolScheme, f64)| {
            let member = PoolMember {
                scheme,
                fee,
                blocks,
                pool_share: share / self.pool_share,
                network_share: share,
                shares: self.shares * self.horizon,
                income,
            };
            let payout = member.payout().map_err(&fault)?;
            Ok::<_, DeskError>(PayoutAnswer {
                scheme: name,
                mean: payout.mean,
                deviation: payout.variance.sqrt(),
                none: payout.probability_of_none,
            })
        };
        let window = self.window;
        let payouts = [
            ("solo", PoolScheme::Solo, 0.0),
            ("proportional", PoolScheme::Proportional, fee),
            ("pplns", PoolScheme::Pplns { window }, fee),
            ("pps", PoolScheme::Pps, fee),
            ("fpps", PoolScheme::Fpps, fee),
        ];
        let coins = self.income(now, 1.0);
        let reserve = |paid: f64| {
            pool_reserve(coins, paid * (1.0 - fee), POOL_RUIN)
                .ok()
                .map(|reserve| reserve.exact)
        };
        Ok(Some(RewardAnswer {
            network_share: share,
            blocks,
            none: rewards.probability_of_none(),
            skewness: rewards.skewness(),
            quantiles: [quantile(0.05)?, quantile(0.5)?, quantile(0.95)?],
            payouts: payouts.into_iter().map(payout).collect::<Result<_, _>>()?,
            pps_reserve: reserve(coins.subsidy),
            fpps_reserve: reserve(coins.mean()),
        }))
    }

    /// Whether cash lasts; none without cash, and where nothing runs or is paid.
    pub(super) fn solvency(
        &self,
        now: &Conditions,
        total: &Account,
        fee: f64,
    ) -> Result<Option<SolvencyAnswer>, DeskError> {
        let fault = DeskError::model("solvency");
        let (Some(cash), Some(share)) = (self.cash, self.network_share(now, total)?) else {
            return Ok(None);
        };
        let expenses = total.energy + total.operation;
        if expenses <= 0.0 {
            return Ok(None);
        }
        let a_day = now.chain.blocks_per_day().map_err(&fault)?;
        let miner = |of_block: f64, share: f64| Solvency {
            cash,
            expenses,
            blocks: share * a_day,
            income: self.income(now, now.price * of_block),
        };
        let alone = miner(1.0, share);
        let pooled = miner((1.0 - fee) * share / self.pool_share, self.pool_share);
        let within = |miner: &Solvency| miner.ruin_probability(self.horizon).map_err(&fault);
        let ever = |miner: &Solvency| miner.ever().map_err(&fault);
        Ok(Some(SolvencyAnswer {
            alone: within(&alone)?,
            alone_ever: ever(&alone)?,
            pooled: within(&pooled)?,
            pooled_ever: ever(&pooled)?,
        }))
    }

    /// What a block pays in units of `price` a coin.
    fn income(&self, now: &Conditions, price: f64) -> BlockIncome {
        BlockIncome {
            subsidy: now.reward.subsidy * price,
            fees: now.reward.fees * price,
            fee_variation: self.fee_variation,
        }
    }

    /// The running machines' share of the hash rate on target; none where none run.
    fn network_share(&self, now: &Conditions, total: &Account) -> Result<Option<f64>, DeskError> {
        if total.hash_rate <= 0.0 {
            return Ok(None);
        }
        let network: Result<f64, ModelError> = now.chain.hash_rate_on_target(now.difficulty);
        let share = total.hash_rate / network.map_err(DeskError::model("rewards"))?;
        if share <= self.pool_share && self.pool_share < 1.0 {
            return Ok(Some(share));
        }
        Err(DeskError::Argument {
            argument: "--pool-share",
            reason: format!(
                "`{}` must lie below 1 and not below the fleet's own share of {share:.6}",
                self.pool_share
            ),
        })
    }
}
