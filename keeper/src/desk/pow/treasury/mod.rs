//! `hurdle pow treasury`: a treasury policy over recorded days, beside the strategies that need no thought.

mod answer;
mod page;

use super::{FleetFile, HistoryArgs, within_network};
use crate::desk::date;
use crate::desk::{Command, DeskError, write_page};
use answer::Answer;
use clap::{Args, ValueEnum};
use hurdle_model::pow::MiningDay;
use hurdle_model::pow::treasury::{LoanTerms, Opening, Policy, Ramp, SaleRule, Setting, Strategy, backtest};
use std::path::PathBuf;

/// By what the share of production that is sold is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Rule {
    /// The same share every day: `--most`.
    Steady,
    /// Revenue ÷ bills.
    Margin,
    /// Distance to the margin call, standard deviations.
    Distance,
}

/// Arguments.
#[derive(Args, Clone, Debug)]
pub struct Treasury {
    #[command(flatten)]
    history: HistoryArgs,
    /// First day [default: that of the record].
    #[arg(long, value_name = "DATE", value_parser = date::time, allow_hyphen_values = true)]
    from: Option<i64>,
    /// Last day [default: that of the record].
    #[arg(long, value_name = "DATE", value_parser = date::time, allow_hyphen_values = true)]
    to: Option<i64>,
    /// Site and machines, TOML [default: the built-in example, keeper/data/pow-fleet.toml].
    #[arg(long, value_name = "TOML")]
    fleet: Option<PathBuf>,
    #[command(flatten)]
    policy: PolicyArgs,
    #[command(flatten)]
    loan: LoanArgs,
    /// Days in which the weight of a return in the volatility halves.
    #[arg(long, value_name = "DAYS", default_value_t = 30.0)]
    half_life_days: f64,
    /// Volatility per √day before there are returns.
    #[arg(long, value_name = "SIGMA", default_value_t = 0.04)]
    prior_volatility: f64,
    /// Where to write a page with the plots [default: nowhere].
    #[arg(long, value_name = "HTML")]
    html: Option<PathBuf>,
    /// Leave the single days out of the JSON.
    #[arg(long)]
    summary: bool,
}

/// The policy.
#[derive(Args, Clone, Debug)]
struct PolicyArgs {
    /// By what the share of production that is sold is decided.
    #[arg(long, value_enum, default_value_t = Rule::Margin)]
    rule: Rule,
    /// Share sold at `--rise-from` and below.
    #[arg(long, value_name = "SHARE", default_value_t = 0.1)]
    least: f64,
    /// Share sold at `--rise-to` and above.
    #[arg(long, value_name = "SHARE", default_value_t = 0.6)]
    most: f64,
    /// Revenue ÷ bills, or deviations, from which the share rises.
    #[arg(long, value_name = "X", default_value_t = 1.0)]
    rise_from: f64,
    /// Where it stops rising.
    #[arg(long, value_name = "X", default_value_t = 3.0)]
    rise_to: f64,
    /// Days that the buffers of cash and margin must last.
    #[arg(long, value_name = "DAYS", default_value_t = Policy::CAUTIOUS.horizon_days)]
    buffer_days: f64,
    /// Probability that they do.
    #[arg(long, value_name = "SHARE", default_value_t = Policy::CAUTIOUS.confidence)]
    confidence: f64,
    /// Revenue ÷ bills below which nothing is sold that cash can spare.
    #[arg(long, value_name = "RATIO", default_value_t = Policy::CAUTIOUS.lean)]
    lean: f64,
    /// Revenue ÷ bills from which the debt is reduced.
    #[arg(long, value_name = "RATIO", default_value_t = Policy::CAUTIOUS.good)]
    good: f64,
    /// Share of the excess leverage that is sold on such a day.
    #[arg(long, value_name = "SHARE", default_value_t = Policy::CAUTIOUS.deleverage)]
    deleverage: f64,
}

/// The loan and what there is on the first day.
#[derive(Args, Clone, Debug)]
struct LoanArgs {
    /// Loan-to-value up to which the lender pays out more.
    #[arg(long, value_name = "SHARE", default_value_t = 0.5)]
    advance_ltv: f64,
    /// Loan-to-value of a margin call.
    #[arg(long, value_name = "SHARE", default_value_t = 0.7)]
    call_ltv: f64,
    /// Loan-to-value at which the lender sells the collateral.
    #[arg(long, value_name = "SHARE", default_value_t = 0.8)]
    liquidation_ltv: f64,
    /// Interest per year.
    #[arg(long, value_name = "RATE", default_value_t = 0.1)]
    interest: f64,
    /// Share of the value that a sale costs.
    #[arg(long, value_name = "SHARE", default_value_t = 0.002)]
    fee: f64,
    /// Cash on the first day, in days of all bills.
    #[arg(long, value_name = "DAYS", default_value_t = 30.0)]
    cash_days: f64,
    /// Free coins on the first day, in days of production.
    #[arg(long, value_name = "DAYS", default_value_t = 30.0)]
    coin_days: f64,
    /// Pledged coins on the first day, in days of production.
    #[arg(long, value_name = "DAYS", default_value_t = 180.0)]
    pledged_days: f64,
    /// Loan-to-value on the first day.
    #[arg(long, value_name = "SHARE", default_value_t = 0.4)]
    ltv: f64,
}

impl PolicyArgs {
    const fn policy(&self) -> Policy {
        let ramp = Ramp {
            from: self.rise_from,
            to: self.rise_to,
            least: self.least,
            most: self.most,
        };
        Policy {
            rule: match self.rule {
                Rule::Steady => SaleRule::Steady(self.most),
                Rule::Margin => SaleRule::Margin(ramp),
                Rule::Distance => SaleRule::Distance(ramp),
            },
            horizon_days: self.buffer_days,
            confidence: self.confidence,
            lean: self.lean,
            good: self.good,
            deleverage: self.deleverage,
        }
    }
}

impl Treasury {
    fn setting(&self) -> Result<Setting, DeskError> {
        let fault = DeskError::model("miner");
        let fleet = FleetFile::read(self.fleet.as_deref())?;
        let loan = &self.loan;
        Ok(Setting {
            site: fleet.site().map_err(&fault)?,
            fleet: fleet.fleet().map_err(&fault)?,
            terms: LoanTerms {
                advance_ltv: loan.advance_ltv,
                call_ltv: loan.call_ltv,
                liquidation_ltv: loan.liquidation_ltv,
                interest: loan.interest,
                fee: loan.fee,
            },
            opening: Opening {
                cash_days: loan.cash_days,
                coin_days: loan.coin_days,
                pledged_days: loan.pledged_days,
                ltv: loan.ltv,
            },
            half_life_days: self.half_life_days,
            prior_volatility: self.prior_volatility,
        })
    }
}

impl Command for Treasury {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer, DeskError> {
        let setting = self.setting()?;
        let history = self.history.read()?;
        let (from, to) = (self.from.unwrap_or(i64::MIN), self.to.unwrap_or(i64::MAX));
        let days: Vec<MiningDay> = history
            .days()
            .iter()
            .filter(|day| (from..=to).contains(&day.time))
            .copied()
            .collect();
        within_network(&days, &setting.fleet, "begin later with --from")?;
        let strategies = [
            Strategy::Policy(self.policy.policy()),
            Strategy::SellEverything,
            Strategy::HoldEverything,
            Strategy::SellToCover,
        ];
        let outcomes = backtest(&days, &setting, &strategies).map_err(DeskError::model("treasury"))?;
        let mut answer = Answer::new(&outcomes);
        if let Some(path) = &self.html {
            write_page(path, &page::render(&answer))?;
        }
        if self.summary {
            answer
                .strategies
                .iter_mut()
                .for_each(|strategy| strategy.days.clear());
        }
        Ok(answer)
    }
}
