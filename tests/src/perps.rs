//! The Anchor consumer: an exchange on the world's market, and a trader with a pledged book.

use crate::programs::compiled;
use crate::world::{Sent, World, key};
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// The program.
pub const ID: Address = Address::from_str_const("Perps11111111111111111111111111111111111111");
const SYSTEM: Address = hurdle_interface::instruction::SYSTEM_PROGRAM;
/// Lamports pledged at first.
pub const PLEDGE: u64 = 1_000_000_000;
/// The oldest rate, in seconds, that the exchange opens risk on: younger than what Hurdle itself still allows.
pub const MAX_RATE_AGE: i64 = 3_600;

/// The program's own errors, in the order of their codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PerpsError {
    /// The signer does not own the book.
    WrongOwner = 7100,
    /// The market is not the exchange's.
    WrongMarket = 7101,
    /// The position or the collateral does not reach that far.
    Insufficient = 7102,
    /// The amount does not fit 64 bits.
    Overflow = 7103,
    /// Hurdle did not answer.
    NoReply = 7104,
    /// The exchange is not the book's.
    WrongExchange = 7105,
    /// No rate or any rate would meet the policy.
    InvalidPolicy = 7106,
}

impl PerpsError {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::WrongOwner,
        Self::WrongMarket,
        Self::Insufficient,
        Self::Overflow,
        Self::NoReply,
        Self::WrongExchange,
        Self::InvalidPolicy,
    ];

    /// The error of a code.
    pub fn from_code(code: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|error| *error as u32 == code)
    }
}

/// What an exchange decides.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// The risk class of its coin.
    pub class: u8,
    /// The oldest rate, seconds.
    pub max_rate_age: i64,
    /// The fewest signers.
    pub min_signers: u8,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            class: 0,
            max_rate_age: MAX_RATE_AGE,
            min_signers: 2,
        }
    }
}

/// The cluster, an exchange, its admin and a trader.
pub struct Perps {
    /// The cluster.
    pub world: World,
    /// Created the exchange.
    pub admin: Keypair,
    /// A trader.
    pub owner: Keypair,
    /// The exchange.
    pub exchange: Address,
    /// The trader's book.
    pub book: Address,
}

impl Perps {
    /// A trader with an empty book and a pledge behind it, at an exchange on a market that has published.
    ///
    /// # Errors
    /// Where a program is not built or refuses its own set-up.
    pub fn new() -> anyhow::Result<Self> {
        Self::with_terms(Terms::default())
    }

    /// The same at an exchange that has decided otherwise.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_terms(terms: Terms) -> anyhow::Result<Self> {
        let mut perps = Self::without_exchange()?;
        let steps = [
            perps.create_exchange(terms),
            perps.open_book(),
            perps.deposit(PLEDGE),
        ];
        for step in steps {
            perps.accepted(step)?;
        }
        Ok(perps)
    }

    /// The cluster with both programs and a published market, but no exchange.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn without_exchange() -> anyhow::Result<Self> {
        let mut world = World::published()?;
        world.svm.add_program_from_file(ID, compiled("perps")?)?;
        let (admin, owner) = (key(69), key(71));
        for signer in [&admin, &owner] {
            world
                .svm
                .airdrop(&signer.pubkey(), 100 * PLEDGE)
                .map_err(|failed| anyhow::anyhow!("airdrop: {:?}", failed.err))?;
        }
        let exchange = exchange(&admin.pubkey(), &world.market);
        let book = book(&exchange, &owner.pubkey());
        Ok(Self {
            world,
            admin,
            owner,
            exchange,
            book,
        })
    }

    /// The instruction by which the admin creates the exchange.
    pub fn create_exchange(&self, terms: Terms) -> Instruction {
        create_exchange(self.admin.pubkey(), self.world.market, terms)
    }

    /// The instruction by which the trader opens the book.
    pub fn open_book(&self) -> Instruction {
        open_book(self.owner.pubkey(), self.exchange)
    }

    /// The instruction by which the trader pledges.
    pub fn deposit(&self, lamports: u64) -> Instruction {
        let system = vec![AccountMeta::new_readonly(SYSTEM, false)];
        self.of_book("deposit", lamports, system)
    }

    /// The instruction by which the trader makes the position larger.
    pub fn increase(&self, notional: u64) -> Instruction {
        self.trade("increase", notional)
    }

    /// The instruction by which the trader takes lamports out.
    pub fn withdraw(&self, lamports: u64) -> Instruction {
        self.trade("withdraw", lamports)
    }

    /// The instruction by which the trader makes the position smaller.
    pub fn reduce(&self, notional: u64) -> Instruction {
        self.of_book("reduce", notional, Vec::new())
    }

    fn trade(&self, name: &str, amount: u64) -> Instruction {
        let asked = [self.exchange, self.world.market, hurdle_interface::ID]
            .map(|key| AccountMeta::new_readonly(key, false));
        self.of_book(name, amount, asked.to_vec())
    }

    /// An instruction over owner, book and others.
    fn of_book(&self, name: &str, amount: u64, others: Vec<AccountMeta>) -> Instruction {
        let mut owner = AccountMeta::new(self.owner.pubkey(), true);
        owner.is_writable = name != "reduce";
        let accounts = [vec![owner, AccountMeta::new(self.book, false)], others].concat();
        call(name, &amount.to_le_bytes(), accounts)
    }

    /// Sends one instruction, signed by everyone whom it asks for.
    pub fn send(&mut self, instruction: Instruction) -> Sent {
        self.world.send_with(&[instruction], &[&self.owner, &self.admin])
    }

    /// Sends one instruction that must be accepted.
    ///
    /// # Errors
    /// Where it is not, with the program's log.
    pub fn accepted(&mut self, instruction: Instruction) -> anyhow::Result<u64> {
        self.send(instruction)
            .map(|accepted| accepted.compute_units_consumed)
            .map_err(|failed| anyhow::anyhow!("{:?}\n{}", failed.err, failed.meta.logs.join("\n")))
    }
}

/// Address of an exchange.
pub fn exchange(admin: &Address, market: &Address) -> Address {
    Address::find_program_address(&[b"exchange", admin.as_ref(), market.as_ref()], &ID).0
}

/// Address of a book.
pub fn book(exchange: &Address, owner: &Address) -> Address {
    Address::find_program_address(&[b"book", exchange.as_ref(), owner.as_ref()], &ID).0
}

/// The instruction that creates an exchange.
pub fn create_exchange(admin: Address, market: Address, terms: Terms) -> Instruction {
    let accounts = vec![
        AccountMeta::new(admin, true),
        AccountMeta::new_readonly(market, false),
        AccountMeta::new(exchange(&admin, &market), false),
        AccountMeta::new_readonly(SYSTEM, false),
    ];
    let age = terms.max_rate_age.to_le_bytes();
    let arguments = [&[terms.class][..], &age, &[terms.min_signers]].concat();
    call("create_exchange", &arguments, accounts)
}

/// The instruction that opens a book.
pub fn open_book(owner: Address, exchange: Address) -> Instruction {
    let accounts = vec![
        AccountMeta::new(owner, true),
        AccountMeta::new_readonly(exchange, false),
        AccountMeta::new(book(&exchange, &owner), false),
        AccountMeta::new_readonly(SYSTEM, false),
    ];
    call("open_book", &[], accounts)
}

fn call(name: &str, arguments: &[u8], accounts: Vec<AccountMeta>) -> Instruction {
    let hash = solana_sha256_hasher::hash(format!("global:{name}").as_bytes()).to_bytes();
    Instruction {
        program_id: ID,
        accounts,
        data: [&hash[..8], arguments].concat(),
    }
}
