//! Stage *submit*: from a signed report to a confirmed transaction.

use crate::chain::{Chain, ChainError, Outcome};
use crate::committee::KeySignature;
use hurdle_interface::instruction;
use hurdle_interface::report::Report;
use solana_address::Address;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::{Message, VersionedMessage};
use solana_signer::{Signer, SignerError};
use solana_transaction::versioned::VersionedTransaction;
use thiserror::Error;

/// Compute units granted beyond what the simulation used: the same transaction may meet another branch.
const HEADROOM_PERCENT: u64 = 20;
/// And a constant part, which covers the compute-budget instruction itself.
const HEADROOM_UNITS: u64 = 1_000;
/// How often a transaction whose blockhash expired is signed anew.
const ATTEMPTS: u32 = 3;

/// Why nothing was confirmed.
#[derive(Debug, Error)]
pub enum SubmitError {
    /// A key cannot sign.
    #[error("the transaction cannot be signed: {0}")]
    Sign(#[from] SignerError),
    /// The chain refused or did not answer.
    #[error(transparent)]
    Chain(#[from] ChainError),
}

/// The instructions that publish a report: the signatures, verified by the Ed25519 program, and `publish`, which finds
/// them at the index of the first.
#[must_use]
pub fn publish_instructions(
    market: Address,
    committee: Address,
    report: &Report,
    signatures: &[KeySignature],
) -> [Instruction; 2] {
    [
        instruction::ed25519(report.as_bytes(), signatures),
        instruction::publish(market, committee, 0),
    ]
}

/// Signs and sends once, without a simulation before: what is refused is refused by the cluster itself.
///
/// # Errors
/// [`SubmitError`]; a refused transaction is [`ChainError::Refused`].
pub async fn send(
    chain: &impl Chain,
    payer: &Keypair,
    signers: &[&Keypair],
    instructions: &[Instruction],
) -> Result<Outcome, SubmitError> {
    let blockhash = chain.latest_blockhash().await?;
    let transaction = signed(payer, signers, instructions, blockhash.hash)?;
    Ok(chain.send_and_confirm(&transaction, blockhash).await?)
}

/// Simulates, sets the compute budget from the simulation, signs, sends and confirms; signs anew only once a blockhash
/// has expired, so that no transaction lands twice.
///
/// The budget instruction goes last: instructions that refer to others by index keep their places.
///
/// # Errors
/// [`SubmitError`]; a refused transaction is [`ChainError::Refused`].
pub async fn submit(
    chain: &impl Chain,
    payer: &Keypair,
    signers: &[&Keypair],
    instructions: &[Instruction],
) -> Result<Outcome, SubmitError> {
    let mut attempt = 1;
    loop {
        let blockhash = chain.latest_blockhash().await?;
        let sign = |instructions: &[Instruction]| signed(payer, signers, instructions, blockhash.hash);
        let used = chain.simulate(&sign(instructions)?).await?.compute_units;
        let limit = used
            .saturating_add(used * HEADROOM_PERCENT / 100)
            .saturating_add(HEADROOM_UNITS);
        let budget =
            ComputeBudgetInstruction::set_compute_unit_limit(u32::try_from(limit).unwrap_or(u32::MAX));
        let budgeted: Vec<Instruction> = instructions.iter().cloned().chain([budget]).collect();
        match chain.send_and_confirm(&sign(&budgeted)?, blockhash).await {
            Err(ChainError::Expired { signature }) if attempt < ATTEMPTS => {
                tracing::warn!(%signature, attempt, "the blockhash expired before confirmation; signing anew");
                attempt += 1;
            }
            result => return Ok(result?),
        }
    }
}

fn signed(
    payer: &Keypair,
    signers: &[&Keypair],
    instructions: &[Instruction],
    blockhash: Hash,
) -> Result<VersionedTransaction, SignerError> {
    let message = Message::new_with_blockhash(instructions, Some(&payer.pubkey()), &blockhash);
    let keys: Vec<&Keypair> = std::iter::once(payer).chain(signers.iter().copied()).collect();
    VersionedTransaction::try_new(VersionedMessage::Legacy(message), &keys)
}

#[cfg(test)]
mod tests;
