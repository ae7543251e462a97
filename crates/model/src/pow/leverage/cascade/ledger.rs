//! Who got what from whom.

/// The accounts beside the miners', all zero at the start, and what happened to debts.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Ledger {
    /// Coins that blocks created.
    pub mined: f64,
    /// Coins of the rest of the world, net: bought, less fees paid.
    pub world_coins: f64,
    /// Cash of the rest of the world, net: paid for coins, so never positive.
    pub world_cash: f64,
    /// Cash of suppliers of energy and work.
    pub suppliers: f64,
    /// Cash of lenders, net of nothing: what was repaid to them.
    pub lenders: f64,
    /// Cash of buyers of machines: what they paid, as a negative number.
    pub machine_buyers: f64,
    /// Cash of owners of miners that defaulted and left something.
    pub owners: f64,
    /// Interest added to debts.
    pub interest: f64,
    /// Debt that lenders lost.
    pub lost: f64,
    /// Bills that suppliers lost.
    pub unpaid: f64,
    /// Coins sold to pay bills or as a share of production.
    pub sold: f64,
    /// Coins sold by lenders.
    pub seized: f64,
}

/// By how much the books fail to balance, as shares of what they hold and have moved.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Residuals {
    /// Coins of miners and the rest of the world − those at the start − those mined.
    pub coins: f64,
    /// Cash of everyone − that at the start.
    pub cash: f64,
    /// Debts − those at the start − interest + what was repaid and lost.
    pub debt: f64,
}

/// What miners hold and owe together.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Holdings {
    pub(super) coins: f64,
    pub(super) cash: f64,
    pub(super) debt: f64,
}

impl Residuals {
    /// The largest of the three.
    #[must_use]
    pub fn largest(&self) -> f64 {
        self.coins.max(self.cash).max(self.debt)
    }

    /// The larger of each.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            coins: self.coins.max(other.coins),
            cash: self.cash.max(other.cash),
            debt: self.debt.max(other.debt),
        }
    }
}

impl Ledger {
    /// Compares what miners held at the start with what they hold now.
    pub(super) fn residuals(&self, start: &Holdings, now: &Holdings) -> Residuals {
        let share = |residual: f64, moved: f64| residual.abs() / moved.max(f64::MIN_POSITIVE);
        let coins = now.coins + self.world_coins - start.coins - self.mined;
        let cash =
            now.cash + self.world_cash + self.suppliers + self.lenders + self.machine_buyers + self.owners
                - start.cash;
        let debt = now.debt - start.debt - self.interest + self.lenders + self.lost;
        Residuals {
            coins: share(coins, start.coins + self.mined + self.sold + self.seized),
            cash: share(cash, start.cash - self.world_cash - self.machine_buyers),
            debt: share(debt, start.debt + self.interest),
        }
    }
}
