//! A cluster in process with the compiled program, a config, a committee of five and a market.

mod reports;

pub use reports::{KeyAndSignature, sign};

use crate::fixture;
use crate::governance::{REASON, TIMELOCK};
use crate::programs::compiled;
use hurdle_interface::args::{CreateConfigArgs, CreateMarketArgs};
use hurdle_interface::error::HurdleError;
use hurdle_interface::governance::MarketChange;
use hurdle_interface::loader::UPGRADEABLE_LOADER;
use hurdle_interface::state::{AccountLayout, MarketParams, MarketState};
use hurdle_interface::{instruction, pda};
use litesvm::LiteSVM;
use litesvm::types::{FailedTransactionMetadata, TransactionMetadata};
use solana_account::Account;
use solana_address::Address;
use solana_clock::Clock;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_keypair::Keypair;
use solana_message::Message;
use solana_signer::Signer;
use solana_transaction::Transaction;
use solana_transaction_error::TransactionError;

/// Name of the market.
pub const NAME: [u8; 16] = *b"SOL-USDC\0\0\0\0\0\0\0\0";
/// Genesis hash of the simulated cluster.
pub const GENESIS: [u8; 32] = [0x42; 32];
/// Hash of the model that the market declares.
pub const MODEL: [u8; 32] = [0x4d; 32];
/// When the market is created.
pub const START: i64 = 1_700_000_000;

/// The outcome of a transaction.
pub type Sent = Result<TransactionMetadata, Box<FailedTransactionMetadata>>;

/// The cluster and everyone who acts on it.
pub struct World {
    /// The cluster.
    pub svm: LiteSVM,
    /// Pays for every transaction.
    pub payer: Keypair,
    /// Upgrade authority of the program.
    pub upgrade_authority: Keypair,
    /// Governance.
    pub authority: Keypair,
    /// May tighten, veto and pause.
    pub guardian: Keypair,
    /// Members of the committee.
    pub keepers: Vec<Keypair>,
    /// The committee.
    pub committee: Address,
    /// The market.
    pub market: Address,
}

impl World {
    /// A cluster with the program and nothing created yet.
    ///
    /// # Errors
    /// Where the program is not built or does not load.
    pub fn empty() -> anyhow::Result<Self> {
        let mut svm = LiteSVM::new();
        let upgrade_authority = key(1);
        svm.add_program_from_file(hurdle_interface::ID, compiled("hurdle")?)?;
        set_upgrade_authority(&mut svm, &upgrade_authority.pubkey())?;
        let payer = key(0);
        svm.airdrop(&payer.pubkey(), 1_000_000_000_000)
            .map_err(|failed| anyhow::anyhow!("airdrop: {:?}", failed.err))?;
        let mut world = Self {
            svm,
            payer,
            upgrade_authority,
            authority: key(2),
            guardian: key(3),
            keepers: (10..15).map(key).collect(),
            committee: pda::committee(1).0,
            market: pda::market(&NAME).0,
        };
        world.warp_to(START);
        Ok(world)
    }

    /// A cluster with an active market that has published nothing, under a timelock of [`TIMELOCK`].
    ///
    /// # Errors
    /// Where the program is not built or refuses its own set-up.
    pub fn new() -> anyhow::Result<Self> {
        Self::with_params(fixture::params())
    }

    /// A cluster with a market of some parameters that has published nothing.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_params(params: MarketParams) -> anyhow::Result<Self> {
        let mut world = Self::inactive(params)?;
        let (_, propose) = world.propose_market(&MarketChange::Activation)?;
        let execute = instruction::execute_market_change(world.payer.pubkey(), world.market, 0);
        let lengthen = instruction::tighten_timelock(world.authority.pubkey(), TIMELOCK, REASON);
        world.accepted(&[propose, execute, lengthen])?;
        Ok(world)
    }

    /// A cluster with a market of some parameters that is not active yet, and no timelock.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn inactive(params: MarketParams) -> anyhow::Result<Self> {
        let mut world = Self::empty()?;
        let args = CreateMarketArgs {
            params,
            ..market_args()
        };
        let market = instruction::create_market(
            world.payer.pubkey(),
            world.authority.pubkey(),
            world.committee,
            &args,
        );
        for step in [
            world.create_config(),
            world.create_committee(),
            market,
            world.set_risk_class(),
        ] {
            world.accepted(&[step])?;
        }
        Ok(world)
    }

    /// A cluster with an active market that has published one calm report.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn published() -> anyhow::Result<Self> {
        let mut world = Self::new()?;
        world.warp(60);
        let report = world.report()?;
        let (instructions, _) = world.publication(&report, &[0, 1]);
        world.accepted(&instructions)?;
        Ok(world)
    }

    /// The same world once more, to go another way from here.
    pub fn fork(&self) -> Self {
        Self {
            svm: self.svm.clone(),
            payer: self.payer.insecure_clone(),
            upgrade_authority: self.upgrade_authority.insecure_clone(),
            authority: self.authority.insecure_clone(),
            guardian: self.guardian.insecure_clone(),
            keepers: self.keepers.iter().map(Keypair::insecure_clone).collect(),
            committee: self.committee,
            market: self.market,
        }
    }

    /// Every account of Hurdle, by address.
    pub fn program_accounts(&self) -> Vec<(Address, Account)> {
        self.accounts_of(&hurdle_interface::ID)
    }

    /// Every account of a program, by address.
    pub fn accounts_of(&self, program: &Address) -> Vec<(Address, Account)> {
        let mut accounts = self.svm.get_program_accounts(program);
        accounts.sort_by_key(|(address, _)| *address);
        accounts
    }

    /// The instruction that creates the config, with no timelock yet.
    pub fn create_config(&self) -> Instruction {
        let args = CreateConfigArgs {
            authority: self.authority.pubkey(),
            guardian: self.guardian.pubkey(),
            genesis_hash: GENESIS,
            timelock_seconds: 0,
        };
        instruction::create_config(self.payer.pubkey(), self.upgrade_authority.pubkey(), &args)
    }

    /// The instruction that creates the committee of five with a threshold of two.
    pub fn create_committee(&self) -> Instruction {
        let keys: Vec<Address> = self.keepers.iter().map(Keypair::pubkey).collect();
        instruction::create_committee(self.payer.pubkey(), self.authority.pubkey(), 1, 2, &keys)
    }

    /// The instruction that creates the market.
    pub fn create_market(&self) -> Instruction {
        instruction::create_market(
            self.payer.pubkey(),
            self.authority.pubkey(),
            self.committee,
            &market_args(),
        )
    }

    /// The instruction that defines the market's first risk class.
    pub fn set_risk_class(&self) -> Instruction {
        instruction::set_risk_class(self.authority.pubkey(), self.market, 0, &fixture::class())
    }

    /// The market as it stands.
    ///
    /// # Errors
    /// Where there is none.
    pub fn state(&self) -> anyhow::Result<MarketState> {
        let account = self.account(&self.market)?;
        Ok(MarketState::copied_from_account(&account.data)?)
    }

    /// Overwrites the market's state.
    ///
    /// # Errors
    /// Where there is no market.
    pub fn edit_market(&mut self, change: impl FnOnce(&mut MarketState)) -> anyhow::Result<()> {
        let mut account = self.account(&self.market)?;
        let mut state = MarketState::copied_from_account(&account.data)?;
        change(&mut state);
        account.data[8..].copy_from_slice(bytemuck::bytes_of(&state));
        Ok(self.svm.set_account(self.market, account)?)
    }

    /// An account.
    ///
    /// # Errors
    /// Where there is none.
    pub fn account(&self, address: &Address) -> anyhow::Result<Account> {
        self.svm
            .get_account(address)
            .ok_or_else(|| anyhow::anyhow!("no account {address}"))
    }

    /// The cluster's time.
    pub fn time(&self) -> i64 {
        self.svm.get_sysvar::<Clock>().unix_timestamp
    }

    /// Lets seconds pass.
    pub fn warp(&mut self, seconds: i64) {
        self.warp_to(self.time() + seconds);
    }

    /// Sets the time, and the slot to 2.5 for each second since the start.
    pub fn warp_to(&mut self, time: i64) {
        let mut clock = self.svm.get_sysvar::<Clock>();
        clock.unix_timestamp = time;
        clock.slot = 1_000 + u64::try_from((time - START).max(0)).unwrap_or_default() * 5 / 2;
        self.svm.set_sysvar(&clock);
    }

    /// Sends instructions, signed by everyone here whom they ask for.
    pub fn send(&mut self, instructions: &[Instruction]) -> Sent {
        self.send_with(instructions, &[])
    }

    /// Sends instructions, signed by everyone here and by others.
    pub fn send_with(&mut self, instructions: &[Instruction], others: &[&Keypair]) -> Sent {
        self.svm.expire_blockhash();
        let message = Message::new(instructions, Some(&self.payer.pubkey()));
        let wanted = |key: &&Keypair| message.signer_keys().contains(&&key.pubkey());
        let here = [
            &self.payer,
            &self.upgrade_authority,
            &self.authority,
            &self.guardian,
        ];
        let signers: Vec<&Keypair> = here
            .into_iter()
            .chain(others.iter().copied())
            .filter(wanted)
            .collect();
        let mut transaction = Transaction::new_unsigned(message.clone());
        // a test may leave a signature out on purpose
        transaction.partial_sign(&signers, self.svm.latest_blockhash());
        self.svm.send_transaction(transaction).map_err(Box::new)
    }

    /// Sends instructions that must be accepted.
    ///
    /// # Errors
    /// Where they are not, with the program's log.
    pub fn accepted(&mut self, instructions: &[Instruction]) -> anyhow::Result<TransactionMetadata> {
        self.send(instructions)
            .map_err(|failed| anyhow::anyhow!("{:?}\n{}", failed.err, failed.meta.logs.join("\n")))
    }
}

/// Arguments of the market.
pub fn market_args() -> CreateMarketArgs {
    CreateMarketArgs {
        name: NAME,
        model_hash: MODEL,
        first_rate: fixture::bp(1_000),
        history_length: 16,
        params: fixture::params(),
    }
}

/// A keypair from a number.
pub fn key(seed: u8) -> Keypair {
    Keypair::new_from_array([seed + 1; 32])
}

/// The custom error of the instruction that failed, where it is one of Hurdle's.
pub fn hurdle_error(sent: &Sent) -> Option<HurdleError> {
    match instruction_error(sent)? {
        InstructionError::Custom(code) => HurdleError::from_code(code),
        _ => None,
    }
}

/// The error of the instruction that failed.
pub fn instruction_error(sent: &Sent) -> Option<InstructionError> {
    match &sent.as_ref().err()?.err {
        TransactionError::InstructionError(_, error) => Some(error.clone()),
        _ => None,
    }
}

fn set_upgrade_authority(svm: &mut LiteSVM, authority: &Address) -> anyhow::Result<()> {
    let (address, _) = Address::find_program_address(&[hurdle_interface::ID.as_ref()], &UPGRADEABLE_LOADER);
    let mut account = svm
        .get_account(&address)
        .ok_or_else(|| anyhow::anyhow!("the program has no data account"))?;
    // bincode of UpgradeableLoaderState::ProgramData: variant, slot, whether an authority follows, its key
    account.data[12] = 1;
    account.data[13..45].copy_from_slice(authority.as_ref());
    Ok(svm.set_account(address, account)?)
}
