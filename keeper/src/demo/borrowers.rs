//! Two borrowers with the same collateral at the lender, one behind each gate.

use super::DemoError;
use super::committee::{THRESHOLD, demo_key};
use super::stage::Stage;
use crate::chain::{ChainError, LiteSvmChain, Refusal, read_state};
use crate::convert::amount_nearest;
use crate::submit::{SubmitError, send};
use hurdle_interface::margin::{MarginReply, Portfolio, check_portfolio};
use hurdle_interface::ramp::Track;
use hurdle_interface::staleness::Action;
use hurdle_interface::state::MarketState;
use hurdle_interface::{Amount, HurdleError, Ratio, UnixTime};
use lender_interface::args::{CreateDeskArgs, Gate};
use lender_interface::{AccountLayout, Collateral, LenderError, Price, Vault, instruction, pda};
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Decimals of SOL.
const COLLATERAL_DECIMALS: u8 = 9;
/// What each borrower pledges, SOL.
pub const PLEDGE: f64 = 100.0;
/// What each desk can lend, quote units.
const LIQUIDITY: f64 = 1_000_000.0;
/// What each borrower holds besides, quote units.
const POCKET: f64 = 1_000.0;

/// What a borrower did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Borrowed.
    Borrow,
    /// Paid back.
    Repay,
}

/// What the lender said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It went through.
    Granted,
    /// The program refused with this error of Hurdle's.
    Refused(HurdleError),
}

/// One transaction of a borrower.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// Unix seconds.
    pub time: i64,
    /// Who.
    pub borrower: &'static str,
    /// Through which gate.
    pub gate: Gate,
    /// What.
    pub deed: Deed,
    /// Quote units.
    pub amount: f64,
    /// The answer.
    pub verdict: Verdict,
    /// Compute units of the lender's instruction, calls included.
    pub lender_units: Option<u64>,
    /// Compute units of Hurdle's `check_margin` within it, where it was called.
    pub check_units: Option<u64>,
}

/// A borrower and the desk that serves it.
pub struct Borrower {
    name: &'static str,
    gate: Gate,
    key: Keypair,
    desk: Address,
    quote_decimals: u8,
}

/// What the margin rule says of a loan that is not made yet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prospect {
    /// Under the rate in force.
    pub with_multiplier: MarginReply,
    /// At the same moment, price, volatility and age, but with margin multipliers of one.
    pub without_multiplier: MarginReply,
}

impl Prospect {
    /// The margin multiplier, and nothing else, refuses.
    pub fn is_refused_by_multiplier_alone(&self) -> bool {
        self.with_multiplier.enforce() == Err(HurdleError::MarginInsufficient)
            && self.without_multiplier.enforce().is_ok()
    }
}

impl Borrower {
    /// Opens a desk for each gate and a vault with collateral for the borrower at it. Both desks demand as many signers
    /// as the committee's threshold.
    ///
    /// # Errors
    /// [`DemoError`].
    pub async fn pair(stage: &Stage, quote_decimals: u8, max_age: i64) -> Result<[Self; 2], DemoError> {
        let by_cpi = Self::open(stage, ("Ada", Gate::Cpi, 0), quote_decimals, max_age).await?;
        let by_read = Self::open(stage, ("Ben", Gate::Direct, 1), quote_decimals, max_age).await?;
        Ok([by_cpi, by_read])
    }

    async fn open(
        stage: &Stage,
        (name, gate, id): (&'static str, Gate, u16),
        quote_decimals: u8,
        max_age: i64,
    ) -> Result<Self, DemoError> {
        let (payer, authority, key) = (stage.payer.pubkey(), demo_key("authority"), demo_key(name));
        let (desk, _) = pda::desk(&authority.pubkey(), id);
        let quote = |units| amount_nearest("quote units", units, quote_decimals);
        let pledge = Collateral(amount_nearest("pledge", PLEDGE, COLLATERAL_DECIMALS)?.0);
        let args = CreateDeskArgs {
            price_authority: authority.pubkey(),
            max_rate_age: max_age,
            max_price_age: 3_600,
            id,
            class: 0,
            min_signers: THRESHOLD,
            padding: [0; 4],
        };
        let steps: [(&[&Keypair], Instruction); 8] = [
            (
                &[&authority],
                instruction::create_desk(payer, authority.pubkey(), stage.market, &args),
            ),
            (
                &[&authority],
                instruction::open_account(payer, authority.pubkey(), desk),
            ),
            (
                &[&authority],
                instruction::faucet(
                    authority.pubkey(),
                    desk,
                    authority.pubkey(),
                    quote(LIQUIDITY)?,
                    Collateral::ZERO,
                ),
            ),
            (
                &[&authority],
                instruction::fund(authority.pubkey(), desk, quote(LIQUIDITY)?),
            ),
            (&[&key], instruction::open_account(payer, key.pubkey(), desk)),
            (
                &[&authority],
                instruction::faucet(authority.pubkey(), desk, key.pubkey(), quote(POCKET)?, pledge),
            ),
            (&[&key], instruction::deposit(key.pubkey(), desk, pledge)),
            (
                &[&authority],
                instruction::set_price(authority.pubkey(), desk, Price(1)),
            ),
        ];
        for (signers, instruction) in steps {
            send(&stage.chain, &stage.payer, signers, &[instruction]).await?;
        }
        Ok(Self {
            name,
            gate,
            key,
            desk,
            quote_decimals,
        })
    }

    /// Tells the desk the price of the hour.
    ///
    /// # Errors
    /// [`DemoError`].
    pub async fn quote(&self, stage: &Stage, price: f64) -> Result<(), DemoError> {
        let authority = demo_key("authority");
        let price = Price(amount_nearest("price", price, self.quote_decimals)?.0);
        let instruction = instruction::set_price(authority.pubkey(), self.desk, price);
        send(&stage.chain, &stage.payer, &[&authority], &[instruction]).await?;
        Ok(())
    }

    /// What the margin rule would say of a further loan, with and without the margin multiplier.
    ///
    /// # Errors
    /// [`DemoError`].
    pub async fn prospect(
        &self,
        stage: &Stage,
        price: f64,
        amount: f64,
        now: UnixTime,
    ) -> Result<Prospect, DemoError> {
        let market: MarketState = read_state(&stage.chain, "market", &stage.market).await?;
        let mut vault = self.vault(&stage.chain).await?;
        let loan = amount_nearest("loan", amount, self.quote_decimals)?;
        vault.debt = Amount(vault.debt.0.saturating_add(loan.0));
        let price = Price(amount_nearest("price", price, self.quote_decimals)?.0);
        let positions = vault.positions(price, 0).map_err(DemoError::Lender)?;
        let portfolio = Portfolio::new(Action::Open, &positions).map_err(DemoError::Rule)?;
        let mut neutral = market;
        neutral.published.ramps.multiplier = Track::resting(Ratio::ONE);
        Ok(Prospect {
            with_multiplier: check_portfolio(&market, &portfolio, now).map_err(DemoError::Rule)?,
            without_multiplier: check_portfolio(&neutral, &portfolio, now).map_err(DemoError::Rule)?,
        })
    }

    /// Sends a transaction, and reports what came of it.
    ///
    /// # Errors
    /// [`DemoError`] where it was refused for another reason than one of Hurdle's.
    pub async fn attempt(
        &self,
        stage: &Stage,
        deed: Deed,
        amount: f64,
        time: i64,
    ) -> Result<Attempt, DemoError> {
        let atoms = amount_nearest("amount", amount, self.quote_decimals)?;
        let owner = self.key.pubkey();
        let instruction = match deed {
            Deed::Borrow => instruction::borrow(owner, self.desk, stage.market, atoms, self.gate),
            Deed::Repay => instruction::repay(owner, self.desk, atoms),
        };
        let (verdict, outcome) = match send(&stage.chain, &stage.payer, &[&self.key], &[instruction]).await {
            Ok(outcome) => (Verdict::Granted, outcome),
            Err(SubmitError::Chain(ChainError::Refused(refusal))) => match refusal.hurdle() {
                Some(error) => (Verdict::Refused(error), refusal.outcome),
                None => return Err(lender_refusal(*refusal)),
            },
            Err(error) => return Err(error.into()),
        };
        Ok(Attempt {
            time,
            borrower: self.name,
            gate: self.gate,
            deed,
            amount,
            verdict,
            lender_units: outcome.units_of(&lender_interface::ID),
            check_units: outcome.units_of(&hurdle_interface::ID),
        })
    }

    async fn vault(&self, chain: &LiteSvmChain) -> Result<Vault, DemoError> {
        use crate::chain::Chain;
        let (address, _) = pda::vault(&self.desk, &self.key.pubkey());
        let missing = || ChainError::MissingAccount {
            what: "vault",
            address,
        };
        let account = chain.account(&address).await?.ok_or_else(missing)?;
        Vault::copied_from_account(&account.data).map_err(DemoError::Lender)
    }
}

/// A refusal that is the lender's own, or the runtime's: the demo does not mean to provoke any.
fn lender_refusal(refusal: Refusal) -> DemoError {
    match refusal.code.and_then(LenderError::from_code) {
        Some(error) => DemoError::Lender(error),
        None => ChainError::Refused(Box::new(refusal)).into(),
    }
}
