//! One path of a market, step by step.

use super::account::Account;
use super::batch::Book;
use super::ledger::{Holdings, Ledger, Residuals};
use super::{Cascade, CascadeTerms};
use crate::pow::leverage::Epoch;
use crate::pow::leverage::epoch::blocks_per_day;

/// Share of a day's bills that rounding may leave unpaid.
const NEGLIGIBLE: f64 = 1e-9;

/// What a step left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepRecord {
    /// Days since the start.
    pub day: f64,
    /// Price that the exogenous move alone would make.
    pub exogenous: f64,
    /// Price.
    pub price: f64,
    /// Hashprice, quote per PH/s and day.
    pub hashprice: f64,
    /// Hash rate that runs, relative to the start.
    pub hash_rate: f64,
    /// Difficulty, relative to the start.
    pub difficulty: f64,
    /// Coins sold so far to pay bills or as a share of production.
    pub sold: f64,
    /// Coins sold so far by lenders.
    pub seized: f64,
    /// Loans liquidated so far.
    pub liquidations: usize,
    /// Miners that defaulted so far.
    pub defaults: usize,
    /// Debt that miners owe.
    pub debt: f64,
    /// Debt that lenders lost so far.
    pub lost: f64,
}

/// What becomes of a loan in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Kept,
    /// The lender sells the collateral.
    Liquidated,
    /// Everything is sold.
    Defaulted,
}

/// A path.
#[derive(Debug)]
pub(super) struct State<'a> {
    market: &'a Cascade,
    accounts: Vec<Account>,
    fates: Vec<Fate>,
    book: Book,
    epoch: Epoch,
    day: f64,
    pub(super) ledger: Ledger,
    start: Holdings,
    pub(super) liquidations: usize,
    pub(super) defaults: usize,
}

impl<'a> State<'a> {
    pub(super) fn new(market: &'a Cascade, epoch: Epoch) -> Self {
        let step_days = market.terms.step_days;
        let accounts: Vec<Account> = market
            .miners
            .iter()
            .zip(&market.running)
            .map(|(miner, &runs)| Account::new(miner, runs, step_days))
            .collect();
        let mut state = Self {
            market,
            fates: vec![Fate::Kept; accounts.len()],
            accounts,
            book: Book {
                impact: market.impact,
                fundamental: market.displacement(),
                consumed: market.consumed,
                start: market.terms.price,
            },
            epoch,
            day: 0.0,
            ledger: Ledger::default(),
            start: Holdings::default(),
            liquidations: 0,
            defaults: 0,
        };
        state.start = state.holdings();
        state
    }

    const fn terms(&self) -> &'a CascadeTerms {
        &self.market.terms
    }

    /// One step, at whose end the exogenous log-price relative to the start is `exogenous`.
    pub(super) fn step(&mut self, exogenous: f64) {
        self.day += self.terms().step_days;
        self.book.consumed *= self.terms().decay();
        self.book.fundamental = exogenous + self.market.displacement();
        self.mine();
        self.bill();
        self.sell_for_bills();
        self.settle_loans();
        self.switch();
    }

    pub(super) fn record(&self, exogenous: f64) -> StepRecord {
        let price = self.book.price();
        StepRecord {
            day: self.day,
            exogenous: self.terms().price * exogenous.exp(),
            price,
            hashprice: self.hashprice(price),
            hash_rate: self.hash_rate() / self.market.hash_rate,
            difficulty: self.epoch.difficulty() / self.market.hash_rate,
            sold: self.ledger.sold,
            seized: self.ledger.seized,
            liquidations: self.liquidations,
            defaults: self.defaults,
            debt: self.holdings().debt,
            lost: self.ledger.lost,
        }
    }

    pub(super) fn residuals(&self) -> Residuals {
        self.ledger.residuals(&self.start, &self.holdings())
    }

    /// Whether anyone holds or owes less than nothing.
    #[cfg(test)]
    pub(super) fn is_overdrawn(&self) -> bool {
        let holds = |account: &Account| {
            [
                account.cash,
                account.coins,
                account.debt,
                account.collateral,
                account.owed,
            ]
            .iter()
            .all(|amount| *amount >= 0.0)
        };
        !self.accounts.iter().all(holds)
    }

    fn holdings(&self) -> Holdings {
        let mut holdings = Holdings::default();
        for account in &self.accounts {
            holdings.coins += account.coins + account.collateral;
            holdings.cash += account.cash;
            holdings.debt += account.debt;
        }
        holdings
    }

    fn hash_rate(&self) -> f64 {
        self.accounts
            .iter()
            .filter(|account| account.runs)
            .map(|account| account.hash_rate)
            .sum()
    }

    fn hashprice(&self, price: f64) -> f64 {
        let terms = self.terms();
        price * terms.reward() * blocks_per_day(&terms.rule) / self.epoch.difficulty()
    }

    /// Blocks are shared among those that run.
    fn mine(&mut self) {
        let hash_rate = self.hash_rate();
        let blocks = self.epoch.advance(hash_rate, self.terms().step_days);
        let reward = blocks * self.terms().reward();
        for account in &mut self.accounts {
            account.mined = 0.0;
            if account.runs {
                account.mined = reward * (account.hash_rate / hash_rate);
                account.coins += account.mined;
            }
        }
        self.ledger.mined += blocks * self.terms().subsidy;
        self.ledger.world_coins -= blocks * self.terms().fees;
    }

    /// Interest accrues, bills fall due and are paid from cash.
    fn bill(&mut self) {
        let days = self.terms().step_days;
        for account in &mut self.accounts {
            let interest = account.debt * account.growth;
            account.debt += interest;
            self.ledger.interest += interest;
            account.owed += account.bills_per_day() * days;
            account.pay(&mut self.ledger.suppliers);
        }
    }

    /// Everyone who owes, or sells a share of production, in one batch.
    fn sell_for_bills(&mut self) {
        let (mark, sold) = (self.book.price(), self.terms().sold);
        let accounts = &self.accounts;
        let price = self.book.clear(|price| {
            accounts
                .iter()
                .map(|account| account.order(price, mark, sold))
                .sum()
        });
        let total: f64 = accounts
            .iter()
            .map(|account| account.order(price, mark, sold))
            .sum();
        let average = self.book.average(total);
        for account in &mut self.accounts {
            let order = account.order(price, mark, sold);
            let free = order.min(account.coins);
            account.coins -= free;
            account.collateral = (account.collateral - (order - free)).max(0.0);
            account.cash += order * average;
            self.ledger.world_coins += order;
            self.ledger.world_cash -= order * average;
            self.ledger.sold += order;
            account.pay(&mut self.ledger.suppliers);
        }
        self.book.sell(total);
    }

    /// Rounds of calls, liquidations and defaults, until the price that they leave causes no more.
    fn settle_loans(&mut self) {
        loop {
            let mark = self.book.price();
            let (mut seized, mut any) = (0.0, false);
            for index in 0..self.accounts.len() {
                let fate = self.judge(index, mark);
                self.fates[index] = fate;
                any |= fate != Fate::Kept;
                let account = &self.accounts[index];
                seized += match fate {
                    Fate::Kept => 0.0,
                    Fate::Liquidated => account.collateral,
                    Fate::Defaulted => account.collateral + account.coins,
                };
            }
            if !any {
                return;
            }
            let average = self.book.average(seized);
            let hashprice = self.hashprice(mark);
            for index in 0..self.accounts.len() {
                match self.fates[index] {
                    Fate::Kept => {}
                    Fate::Liquidated => self.liquidate(index, average, hashprice),
                    Fate::Defaulted => self.default(index, average, hashprice),
                }
            }
            self.book.sell(seized);
        }
    }

    /// Pledges what a call demands, and says what follows if that is not enough.
    fn judge(&mut self, index: usize, mark: f64) -> Fate {
        let grace = self.terms().grace_days.max(NEGLIGIBLE);
        let account = &mut self.accounts[index];
        account.pay(&mut self.ledger.suppliers);
        if account.debt > 0.0 {
            let required = account.debt / (mark * account.miner.loan.call_ltv);
            let pledged = (required - account.collateral).clamp(0.0, account.coins);
            account.coins -= pledged;
            account.collateral += pledged;
            if account.is_beyond(mark) {
                return Fate::Liquidated;
            }
        }
        let is_broke = account.coins == 0.0 && account.releasable(mark) == 0.0;
        if is_broke && account.owed > grace * account.bills_per_day() {
            Fate::Defaulted
        } else {
            Fate::Kept
        }
    }

    /// The lender has sold the collateral.
    fn liquidate(&mut self, index: usize, average: f64, hashprice: f64) {
        self.liquidations += 1;
        let account = &mut self.accounts[index];
        let coins = core::mem::take(&mut account.collateral);
        let proceeds = coins * average;
        let repaid = proceeds.min(account.debt);
        self.ledger.world_coins += coins;
        self.ledger.world_cash -= proceeds;
        self.ledger.seized += coins;
        self.ledger.lenders += repaid;
        account.debt -= repaid;
        account.cash += proceeds - repaid;
        if account.debt > 0.0 {
            let repaid = account.cash.min(account.debt);
            account.cash -= repaid;
            account.debt -= repaid;
            self.ledger.lenders += repaid;
        }
        if self.accounts[index].debt > 0.0 {
            self.default(index, average, hashprice);
        }
    }

    /// Coins are sold, machines are sold, and what there is goes to the lender, the suppliers and the owners in turn.
    fn default(&mut self, index: usize, average: f64, hashprice: f64) {
        self.defaults += 1;
        let terms = self.terms();
        let account = &mut self.accounts[index];
        let coins = core::mem::take(&mut account.collateral) + core::mem::take(&mut account.coins);
        let proceeds = coins * average;
        self.ledger.world_coins += coins;
        self.ledger.world_cash -= proceeds;
        self.ledger.seized += coins;
        // terms and machine were checked: only a value too large for f64 is none
        let worth = terms
            .resale
            .of(&account.miner.machine(), hashprice)
            .map_or(0.0, |machines| machines.value);
        let machines = worth * terms.recovery;
        self.ledger.machine_buyers -= machines;
        let mut estate = core::mem::take(&mut account.cash) + proceeds + machines;
        let mut settle = |claim: f64| {
            let paid = claim.min(estate);
            estate -= paid;
            paid
        };
        let (debt, owed) = (
            core::mem::take(&mut account.debt),
            core::mem::take(&mut account.owed),
        );
        let (repaid, paid) = (settle(debt), settle(owed));
        self.ledger.lenders += repaid;
        self.ledger.lost += debt - repaid;
        self.ledger.suppliers += paid;
        self.ledger.unpaid += owed - paid;
        self.ledger.owners += estate;
        account.runs = false;
        account.idle_until = Some(self.day + terms.redeploy_days);
        account.operation = 0.0;
    }

    /// Machines that have a new owner join; everyone runs or not by the hashprice.
    fn switch(&mut self) {
        let hashprice = self.hashprice(self.book.price());
        let (terms, day) = (self.terms(), self.day);
        for account in &mut self.accounts {
            match account.idle_until {
                Some(until) if day < until => continue,
                Some(_) => {
                    account.idle_until = None;
                    account.miner.energy_price = terms.resale.energy_price.max(0.0);
                    account.energy_per_day = account.miner.energy_per_day();
                    account.cash_cost = account.miner.cash_cost();
                }
                None => {}
            }
            account.runs = if account.runs {
                account.cash_cost <= hashprice
            } else {
                account.cash_cost * (1.0 + terms.restart) < hashprice
            };
        }
    }
}
