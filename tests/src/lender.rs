//! A lending desk on the world's market, with a funded authority and two borrowers.

use crate::programs::compiled;
use crate::world::{Sent, World, instruction_error, key};
use hurdle_interface::margin::RiskClass;
use hurdle_interface::state::MarketState;
use hurdle_interface::{Amount, HurdleError};
use lender_interface::args::{CreateDeskArgs, Gate};
use lender_interface::{AccountLayout as _, Collateral, Desk, LenderError, Price, Vault, instruction, pda};
use solana_account::Account;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Quote atoms for one whole collateral token, of 1e9 atoms: 150 with six decimals.
pub const PRICE: Price = Price(150_000_000);
/// What the desk is funded with.
pub const FUNDED: Amount = Amount(1_000_000_000_000);
/// What each borrower's wallet holds at first: 100 tokens.
pub const TOKENS: Collateral = Collateral(100_000_000_000);

/// Arguments of the desk.
pub fn desk_args() -> CreateDeskArgs {
    CreateDeskArgs {
        price_authority: key(31).pubkey(),
        max_rate_age: 30 * 86_400,
        max_price_age: 600,
        id: 1,
        class: 0,
        min_signers: 0,
        padding: [0; 4],
    }
}

/// A refusal, of Hurdle's or the lender's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// By Hurdle's rule.
    Hurdle(HurdleError),
    /// By the lender's.
    Lender(LenderError),
    /// By anything else.
    Other(Option<InstructionError>),
}

impl From<HurdleError> for Refusal {
    fn from(error: HurdleError) -> Self {
        Self::Hurdle(error)
    }
}

impl From<LenderError> for Refusal {
    fn from(error: LenderError) -> Self {
        Self::Lender(error)
    }
}

/// Compute units of a transaction that was accepted, or why it was refused.
pub type Outcome = Result<u64, Refusal>;

/// What a transaction came to.
pub fn outcome(sent: &Sent) -> Outcome {
    if let Ok(accepted) = sent {
        return Ok(accepted.compute_units_consumed);
    }
    let error = instruction_error(sent);
    let Some(InstructionError::Custom(code)) = error else {
        return Err(Refusal::Other(error));
    };
    match (HurdleError::from_code(code), LenderError::from_code(code)) {
        (Some(hurdle), _) => Err(Refusal::Hurdle(hurdle)),
        (None, Some(lender)) => Err(Refusal::Lender(lender)),
        (None, None) => Err(Refusal::Other(error)),
    }
}

/// The cluster, a desk, and those who act on it.
pub struct Lending {
    /// The cluster.
    pub world: World,
    /// The desk.
    pub desk: Address,
    /// The desk's authority.
    pub authority: Keypair,
    /// Sets the price.
    pub price_authority: Keypair,
    /// A borrower.
    pub alice: Keypair,
    /// Another.
    pub bob: Keypair,
}

impl Lending {
    /// A desk over a market that has published, priced and funded; each borrower holds [`TOKENS`].
    ///
    /// # Errors
    /// Where a program is not built or refuses its own set-up.
    pub fn new() -> anyhow::Result<Self> {
        Self::with_desk(&desk_args())
    }

    /// The same with other parameters.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_desk(args: &CreateDeskArgs) -> anyhow::Result<Self> {
        let mut lending = Self::without_desk()?;
        let steps = lending.set_up(args);
        for step in steps {
            lending.accepted(step)?;
        }
        Ok(lending)
    }

    /// The cluster with both programs and a published market, but no desk.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn without_desk() -> anyhow::Result<Self> {
        let mut world = World::published()?;
        world
            .svm
            .add_program_from_file(lender_interface::ID, compiled("lender")?)?;
        let authority = key(30);
        Ok(Self {
            world,
            desk: pda::desk(&authority.pubkey(), desk_args().id).0,
            authority,
            price_authority: key(31),
            alice: key(32),
            bob: key(33),
        })
    }

    /// What makes a desk ready, in order.
    pub fn set_up(&self, args: &CreateDeskArgs) -> Vec<Instruction> {
        let (payer, authority) = (self.world.payer.pubkey(), self.authority.pubkey());
        let (alice, bob) = (self.alice.pubkey(), self.bob.pubkey());
        let open = |owner| instruction::open_account(payer, owner, self.desk);
        let credit =
            |owner, quote, collateral| instruction::faucet(authority, self.desk, owner, quote, collateral);
        vec![
            instruction::create_desk(payer, authority, self.world.market, args),
            self.priced(PRICE),
            open(authority),
            open(alice),
            open(bob),
            credit(authority, FUNDED, Collateral::ZERO),
            credit(alice, Amount::ZERO, TOKENS),
            credit(bob, Amount::ZERO, TOKENS),
            instruction::fund(authority, self.desk, FUNDED),
        ]
    }

    /// Who signs beside those whom the world knows.
    pub fn signers(&self) -> [&Keypair; 4] {
        [&self.authority, &self.price_authority, &self.alice, &self.bob]
    }

    /// Sends one instruction, signed by everyone whom it asks for.
    pub fn send(&mut self, instruction: Instruction) -> Sent {
        let others = [&self.authority, &self.price_authority, &self.alice, &self.bob];
        self.world.send_with(&[instruction], &others)
    }

    /// Sends one instruction, and says what came of it.
    pub fn run(&mut self, instruction: Instruction) -> Outcome {
        outcome(&self.send(instruction))
    }

    /// Sends one instruction that must be accepted; its compute units.
    ///
    /// # Errors
    /// Where it is not, with the program's log.
    pub fn accepted(&mut self, instruction: Instruction) -> anyhow::Result<u64> {
        self.send(instruction)
            .map(|accepted| accepted.compute_units_consumed)
            .map_err(|failed| anyhow::anyhow!("{:?}\n{}", failed.err, failed.meta.logs.join("\n")))
    }

    /// The instruction that sets a price.
    pub fn priced(&self, price: Price) -> Instruction {
        instruction::set_price(self.price_authority.pubkey(), self.desk, price)
    }

    /// The instruction by which Alice pledges.
    pub fn deposit(&self, amount: u64) -> Instruction {
        instruction::deposit(self.alice.pubkey(), self.desk, Collateral(amount))
    }

    /// The instruction by which Alice borrows.
    pub fn borrow(&self, amount: u64, gate: Gate) -> Instruction {
        let market = self.world.market;
        instruction::borrow(self.alice.pubkey(), self.desk, market, Amount(amount), gate)
    }

    /// The instruction by which Alice repays.
    pub fn repay(&self, amount: u64) -> Instruction {
        instruction::repay(self.alice.pubkey(), self.desk, Amount(amount))
    }

    /// The instruction by which Alice takes collateral out.
    pub fn withdraw(&self, amount: u64, gate: Gate) -> Instruction {
        let market = self.world.market;
        instruction::withdraw(self.alice.pubkey(), self.desk, market, Collateral(amount), gate)
    }

    /// The desk's state.
    ///
    /// # Errors
    /// Where there is none.
    pub fn desk_state(&self) -> anyhow::Result<Desk> {
        Ok(Desk::copied_from_account(&self.world.account(&self.desk)?.data)?)
    }

    /// The state of an owner's vault.
    ///
    /// # Errors
    /// Where there is none.
    pub fn vault(&self, owner: &Address) -> anyhow::Result<Vault> {
        let address = pda::vault(&self.desk, owner).0;
        Ok(Vault::copied_from_account(&self.world.account(&address)?.data)?)
    }

    /// Every account whose change would matter, as it stands.
    pub fn snapshot(&self) -> Vec<Option<Account>> {
        let vaults =
            [&self.authority, &self.alice, &self.bob].map(|owner| pda::vault(&self.desk, &owner.pubkey()).0);
        [self.desk, self.world.market]
            .iter()
            .chain(&vaults)
            .map(|address| self.world.svm.get_account(address))
            .collect()
    }

    /// Overwrites the market's state.
    ///
    /// # Errors
    /// Where there is no market.
    pub fn edit_market(&mut self, change: impl FnOnce(&mut MarketState)) -> anyhow::Result<()> {
        self.world.edit_market(change)
    }

    /// Overwrites the risk class that the desk lends under.
    ///
    /// # Errors
    /// Where there is no market.
    pub fn edit_class(&mut self, change: impl FnOnce(&mut RiskClass)) -> anyhow::Result<()> {
        self.edit_market(|market| change(&mut market.classes[0]))
    }
}
