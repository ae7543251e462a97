//! Reports of the world's keepers, and what publishes them.

use super::{MODEL, World};
use crate::fixture;
use hurdle_interface::composition::{Components, Composition, Responses};
use hurdle_interface::report::{Report, SCHEMA};
use hurdle_interface::{Rate, Slot, UnixTime, instruction};
use solana_clock::Clock;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

/// A public key and its signature.
pub type KeyAndSignature = ([u8; 32], [u8; 64]);

impl World {
    /// The next valid report over calm components, observed now.
    ///
    /// # Errors
    /// Where no fixed point is found.
    pub fn report(&self) -> anyhow::Result<Report> {
        self.report_over(fixture::components(), fixture::responses())
    }

    /// The next report over some components and responses, observed now; valid where they are.
    ///
    /// # Errors
    /// Where no fixed point is found.
    pub fn report_over(&self, components: Components, responses: Responses) -> anyhow::Result<Report> {
        let market = self.state()?;
        let rule = &market.params.composition;
        let composition = Composition::new(rule, &components, responses, market.anchor())?;
        let clock = self.svm.get_sysvar::<Clock>();
        Ok(Report {
            domain: market.domain,
            schema: SCHEMA,
            flags: 0,
            param_epoch: market.param_epoch,
            committee_epoch: 1,
            reserved: 0,
            sequence: market.published.sequence + 1,
            observed_slot: Slot(clock.slot),
            observed_at: UnixTime(clock.unix_timestamp),
            expires_at: UnixTime(clock.unix_timestamp + 60),
            components,
            responses,
            hurdle: fixed_point(&composition, rule.floor, rule.ceiling)?,
            model_hash: MODEL,
            observations_hash: observations_hash(market.published.sequence + 1),
        })
    }

    /// The two instructions that publish a report signed by some keepers, and the signatures.
    pub fn publication(
        &self,
        report: &Report,
        signers: &[usize],
    ) -> ([Instruction; 2], Vec<KeyAndSignature>) {
        let signatures: Vec<_> = signers
            .iter()
            .map(|index| sign(&self.keepers[*index], report.as_bytes()))
            .collect();
        let verify = instruction::ed25519(report.as_bytes(), &signatures);
        (
            [verify, instruction::publish(self.market, self.committee, 0)],
            signatures,
        )
    }
}

/// The hash of observations that differ with every report.
fn observations_hash(sequence: u64) -> [u8; 32] {
    let mut hash = [0x4f; 32];
    hash[..8].copy_from_slice(&sequence.to_le_bytes());
    hash
}

/// Signs bytes: key and signature.
pub fn sign(keypair: &Keypair, message: &[u8]) -> KeyAndSignature {
    (keypair.pubkey().to_bytes(), keypair.sign_message(message).into())
}

/// Bisection on the integer Φ: `Φ(h) − h` falls where the fixed point is unique.
fn fixed_point(composition: &Composition<'_>, floor: Rate, ceiling: Rate) -> anyhow::Result<Rate> {
    let (mut low, mut high) = (floor.raw(), ceiling.raw());
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if composition.phi(Rate::new(middle)?)?.raw() > middle {
            low = middle
        } else {
            high = middle
        }
    }
    Ok(Rate::new(high)?)
}
