//! Sets the stage: the embedded cluster with both programs, config, committee, market and risk class.

use super::DemoError;
use super::committee::{THRESHOLD, demo_key};
use crate::chain::LiteSvmChain;
use crate::config::{KeeperConfig, MarketSpec};
use crate::submit::send;
use hurdle_interface::args::CreateConfigArgs;
use hurdle_interface::governance::MarketChange;
use hurdle_interface::publication::Now;
use hurdle_interface::{Slot, UnixTime, instruction, pda};
use solana_address::Address;
use solana_hash::Hash;
use solana_keypair::Keypair;
use solana_signer::Signer;
use std::path::PathBuf;

/// Where the slots of the demo start; Solana stood near this slot in late April 2021.
const FIRST_SLOT: u64 = 76_000_000;
/// Lamports of the account that pays for everything.
const FUNDS: u64 = 1_000_000_000_000;
/// Number of the committee.
const COMMITTEE: u16 = 1;

/// Where the compiled programs are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Programs {
    /// `hurdle.so`.
    pub hurdle: PathBuf,
    /// `lender.so`.
    pub lender: PathBuf,
}

/// The stage on which the demo plays.
pub struct Stage {
    /// The cluster.
    pub chain: LiteSvmChain,
    /// Pays for every transaction.
    pub payer: Keypair,
    /// The market.
    pub market: Address,
}

impl Stage {
    /// Starts the cluster at a time and creates everything that keepers and borrowers need.
    ///
    /// # Errors
    /// [`DemoError`].
    pub async fn set(
        programs: &Programs,
        spec: &MarketSpec,
        config: &KeeperConfig,
        members: &[Address],
        time: UnixTime,
    ) -> Result<Self, DemoError> {
        let genesis = Hash::new_from_array(solana_sha256_hasher::hashv(&[b"hurdle/demo/genesis"]).to_bytes());
        let chain = LiteSvmChain::new(
            genesis,
            Now {
                time,
                slot: Slot(FIRST_SLOT),
            },
        );
        let (payer, authority) = (demo_key("payer"), demo_key("authority"));
        chain.fund(payer.pubkey(), FUNDS)?;
        chain.add_program(hurdle_interface::ID, &programs.hurdle, authority.pubkey())?;
        chain.add_program(lender_interface::ID, &programs.lender, authority.pubkey())?;

        let (committee, _) = pda::committee(COMMITTEE);
        let args = spec.create_args(config.model_hash()?)?;
        let (market, _) = pda::market(&args.name);
        let mut instructions = vec![
            instruction::create_config(
                payer.pubkey(),
                authority.pubkey(),
                &CreateConfigArgs {
                    authority: authority.pubkey(),
                    guardian: authority.pubkey(),
                    genesis_hash: genesis.to_bytes(),
                    // the demo's market opens at once
                    timelock_seconds: 0,
                },
            ),
            instruction::create_committee(payer.pubkey(), authority.pubkey(), COMMITTEE, THRESHOLD, members),
            instruction::create_market(payer.pubkey(), authority.pubkey(), committee, &args),
        ];
        for (index, class) in (0u8..).zip(&spec.classes) {
            let class = class.class(spec.quote_decimals)?;
            instructions.push(instruction::set_risk_class(
                authority.pubkey(),
                market,
                index,
                &class,
            ));
        }
        for instruction in instructions {
            send(&chain, &payer, &[&authority], &[instruction]).await?;
        }
        let (payer_key, authority_key) = (payer.pubkey(), authority.pubkey());
        let activation = MarketChange::Activation;
        let activate = [
            instruction::propose_market_change(payer_key, authority_key, market, 0, &activation, [0; 32]),
            instruction::execute_market_change(payer_key, market, 0),
        ];
        send(&chain, &payer, &[&authority], &activate).await?;
        Ok(Self { chain, payer, market })
    }
}
