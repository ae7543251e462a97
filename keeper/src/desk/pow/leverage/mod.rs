//! `hurdle pow leverage`: how far a miner's lenders are, and what many such miners do to each other.

mod cascade;
mod market;
mod page;
mod population;
mod spec;

use super::{ChainName, FleetFile};
use crate::desk::tail::RunArgs;
use crate::desk::{Command, DeskError, Figures};
use clap::Args;
use hurdle_model::ModelError;
use hurdle_model::pow::difficulty::{Retarget, WindowRule};
use hurdle_model::pow::leverage::feedback::{Feedback, Gain};
use hurdle_model::pow::leverage::{
    CallRisk, CoinLoan, Distance, LeveragedMiner, Standing, passage_probability, simulated_risk,
};
use hurdle_model::simulation::Proportion;
use market::Market;
use spec::LoanFile;
use std::path::PathBuf;

/// Arguments.
#[derive(Args, Clone, Debug)]
pub struct Leverage {
    /// Debts, market, network, TOML [default: the built-in example, keeper/data/pow-loan.toml].
    #[arg(long, value_name = "TOML")]
    loan: Option<PathBuf>,
    /// Site and machines, TOML [default: the built-in example, keeper/data/pow-fleet.toml].
    #[arg(long, value_name = "TOML")]
    fleet: Option<PathBuf>,
    /// Chain, whose retargets difficulty waits for; of a cascade it is Bitcoin's.
    #[arg(long, value_enum, default_value_t, conflicts_with = "cascade")]
    chain: ChainName,
    #[command(flatten)]
    market: market::MarketArgs,
    /// Horizon, days.
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    horizon_days: usize,
    /// Instead: a market of many miners and lenders, TOML [without a file: keeper/data/pow-cascade.toml].
    #[arg(long, value_name = "TOML", num_args = 0..=1)]
    cascade: Option<Option<PathBuf>>,
    /// Where to write a page with the plots of the cascade [default: nowhere].
    #[arg(long, value_name = "HTML", requires = "cascade")]
    html: Option<PathBuf>,
    #[command(flatten)]
    run: RunArgs,
}

/// The miner's debts and what follows.
struct Found {
    standing: Standing,
    /// For a loan at rest on a price without jumps: call, liquidation.
    at_rest: Option<(f64, f64)>,
    risk: CallRisk,
}

impl Command for Leverage {
    type Answer = Figures;

    fn answer(&self) -> Result<Figures, DeskError> {
        match &self.cascade {
            Some(path) => cascade::answer(path.as_deref(), &self.run, self.html.as_deref()),
            None => self.loan(),
        }
    }
}

impl Leverage {
    fn loan(&self) -> Result<Figures, DeskError> {
        let file = LoanFile::read(self.loan.as_deref())?;
        let market = self.market.market(&file)?;
        let miner = self.miner(&file)?;
        let found = self.find(&file, &miner, &market)?;
        let mut figures = Figures::new("market")
            .number("price", "price of a coin", market.now.price)
            .number(
                "hashprice",
                "hashprice, quote per PH/s and day",
                market.now.hashprice(),
            )
            .percent(
                "volatility",
                "volatility between jumps, per √year",
                market.process.volatility(),
            )
            .number("jumps", "jumps per year", market.process.intensity());
        figures = standing(figures, &found.standing);
        if let Some(loan) = &miner.coin_loan {
            figures = distances(figures, loan, &found, market.now.price);
        }
        if let Some(covenant) = &found.standing.covenant {
            figures = figures
                .heading("covenants on the machines")
                .number("covenant_price", "breached at the price", covenant.price)
                .percent("covenant_fall", "a fall of", covenant.fall)
                .number(
                    "covenant_deviations",
                    "in standard deviations",
                    covenant.deviations,
                );
        }
        figures = risks(figures, &found.risk, self.horizon_days);
        if let Some(population) = file.feedback(market.now, self.rule()?) {
            figures = feedback(figures, &population).map_err(DeskError::model("loop of forced sales"))?;
        }
        Ok(figures)
    }

    fn rule(&self) -> Result<WindowRule, DeskError> {
        match self.chain.retarget() {
            Retarget::Windows(rule) => Ok(rule),
            Retarget::EveryBlock { .. } => Err(DeskError::Argument {
                argument: "--chain",
                reason: "its difficulty follows with every block; what is told here lives on one that lags"
                    .to_owned(),
            }),
        }
    }

    fn miner(&self, file: &LoanFile) -> Result<LeveragedMiner, DeskError> {
        let fault = DeskError::model("miner");
        let fleet = FleetFile::read(self.fleet.as_deref())?;
        Ok(LeveragedMiner {
            operation: Some((fleet.site().map_err(&fault)?, fleet.fleet().map_err(&fault)?)),
            cash: file.miner.cash,
            coins: file.miner.coins,
            coin_loan: file.coin_loan().map_err(&fault)?,
            equipment: file.equipment().map_err(&fault)?,
            resale: file.resale(),
        })
    }

    fn find(&self, file: &LoanFile, miner: &LeveragedMiner, market: &Market) -> Result<Found, DeskError> {
        let fault = DeskError::model("leverage");
        #[allow(clippy::cast_precision_loss)] // the model refuses more days than a few years
        let days = self.horizon_days as f64;
        let volatility = market.process.total_volatility();
        let standing = miner.standing(&market.now, volatility, days).map_err(&fault)?;
        let at_rest = |loan: &CoinLoan| -> Result<(f64, f64), ModelError> {
            let of = |ltv| {
                passage_probability(
                    loan,
                    ltv,
                    market.now.price,
                    market.drift,
                    volatility,
                    days / 365.0,
                )
            };
            Ok((of(loan.call_ltv)?, of(loan.liquidation_ltv)?))
        };
        let risk = simulated_risk(
            miner,
            &market.now,
            &file.surroundings(self.rule()?),
            &market.price_process(),
            self.horizon_days,
            &self.run.paths.run()?,
            self.run.confidence,
        );
        Ok(Found {
            standing,
            at_rest: miner
                .coin_loan
                .as_ref()
                .map(at_rest)
                .transpose()
                .map_err(&fault)?,
            risk: risk.map_err(&fault)?,
        })
    }
}

fn standing(figures: Figures, standing: &Standing) -> Figures {
    let flow = &standing.flow;
    figures
        .heading("a day of the miner, quote")
        .number("running", "hash rate that runs, PH/s", flow.running)
        .number("revenue", "revenue", flow.revenue)
        .number("energy", "energy", flow.energy)
        .number("operation", "other operation", flow.operation)
        .number("instalments", "instalments", flow.instalments)
        .number("interest", "interest, added to the debt", flow.interest)
        .number("burn", "cash burn", flow.burn())
        .optional("cover", "debt-service cover", standing.cover, "no debt service")
        .optional("runway_days", "runway, days", standing.runway, "nothing burns")
        .number("machines", "value of the machines", standing.machines)
        .optional(
            "machine_ltv",
            "their loan-to-value",
            standing.machine_ltv,
            "no loan against machines of value",
        )
}

fn distances(mut figures: Figures, loan: &CoinLoan, found: &Found, price: f64) -> Figures {
    figures = figures
        .heading("loan against coins")
        .percent("ltv", "loan-to-value", loan.ltv(price));
    if let Some(call) = &found.standing.call {
        figures = distance(figures, call, &CALL);
    }
    if let Some(liquidation) = &found.standing.liquidation {
        figures = distance(figures, liquidation, &LIQUIDATION);
    }
    if let Some((call, liquidation)) = found.at_rest {
        figures = figures
            .percent(
                "call_probability_at_rest",
                "call, if coins and costs stood still",
                call,
            )
            .percent(
                "liquidation_probability_at_rest",
                "liquidation, likewise",
                liquidation,
            );
    }
    figures
}

/// Keys and labels of a distance: price, fall, deviations, days.
type Labels = [(&'static str, &'static str); 4];

const CALL: Labels = [
    ("call_price", "margin call at the price"),
    ("call_fall", "a fall of"),
    ("call_deviations", "in standard deviations"),
    ("call_days", "days to it at this price and burn"),
];

const LIQUIDATION: Labels = [
    ("liquidation_price", "liquidation at the price"),
    ("liquidation_fall", "a fall of"),
    ("liquidation_deviations", "in standard deviations"),
    ("liquidation_days", "days to it at this price and burn"),
];

fn distance(figures: Figures, distance: &Distance, [price, fall, deviations, days]: &Labels) -> Figures {
    figures
        .number(price.0, price.1, distance.price)
        .percent(fall.0, fall.1, distance.fall)
        .number(deviations.0, deviations.1, distance.deviations)
        .optional(days.0, days.1, distance.days, "never")
}

fn risks(figures: Figures, risk: &CallRisk, days: usize) -> Figures {
    let interval = |proportion: &Proportion| {
        format!(
            "{:.2} … {:.2} % at {}",
            100.0 * proportion.low,
            100.0 * proportion.high,
            proportion.confidence
        )
    };
    figures
        .heading(format!("within {days} days, if nothing is done (simulated)"))
        .percent(
            "call_probability",
            format!("margin call ({})", interval(&risk.call)),
            risk.call.value,
        )
        .percent(
            "liquidation_probability",
            format!("liquidation ({})", interval(&risk.liquidation)),
            risk.liquidation.value,
        )
        .percent(
            "covenant_probability",
            format!("breach of a covenant ({})", interval(&risk.covenant)),
            risk.covenant.value,
        )
}

fn feedback(figures: Figures, population: &Feedback) -> Result<Figures, ModelError> {
    let gain = population.gain()?;
    let verdict = |gain: &Gain| {
        if gain.is_self_sustaining() {
            "sustains itself"
        } else {
            "dies out"
        }
    };
    let amplified = |gain: &Gain, days| gain.amplification(days);
    Ok(figures
        .heading(format!(
            "loop of forced sales: while difficulty lags it {}, after the retarget it {}",
            verdict(&gain.lagging),
            verdict(&gain.adjusted)
        ))
        .number("sales", "coins sold a day", gain.sales)
        .percent("running_share", "installed hash rate that runs", gain.running)
        .number("elasticity", "its elasticity to hashprice", gain.elasticity)
        .number(
            "stock_gain",
            "gain at once, while difficulty lags",
            gain.lagging.stock,
        )
        .number(
            "flow_gain",
            "gain in the long run, while it lags",
            gain.lagging.flow,
        )
        .number(
            "stock_gain_adjusted",
            "gain at once, after the retarget",
            gain.adjusted.stock,
        )
        .number(
            "flow_gain_adjusted",
            "gain in the long run, after it",
            gain.adjusted.flow,
        )
        .optional(
            "amplification",
            "a fall is amplified at once",
            amplified(&gain.lagging, 0.0),
            "without end",
        )
        .optional(
            "amplification_epoch",
            "and by the retarget",
            amplified(&gain.lagging, gain.epoch_days),
            "without end",
        ))
}
