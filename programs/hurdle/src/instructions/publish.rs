use super::now;
use crate::{Committee, Market, RatePublished};
use anchor_lang::prelude::*;
use hurdle_interface::HurdleError;
use hurdle_interface::introspect::{self, INSTRUCTIONS_SYSVAR, VerifiedMessage};
use hurdle_interface::publication::next_publication;
use hurdle_interface::report::Report;
use hurdle_interface::state::HistoryMut;

/// Accounts of `publish`. Nobody signs: the report carries its own signatures. The versions of market, committee and history
/// are checked where they are read, by [`next_publication`] and [`HistoryMut`].
#[derive(Accounts)]
pub struct Publish {
    /// The market.
    #[account(mut)]
    pub market: Account<Market>,
    /// Its committee.
    #[account(address = market.inner.committee @ HurdleError::WrongCommittee)]
    pub committee: Account<Committee>,
    /// The transaction's instructions, where the signatures stand.
    #[account(address = INSTRUCTIONS_SYSVAR)]
    pub instructions: UncheckedAccount,
    /// Its history. The address alone makes it the account that `create_market` made.
    #[account(mut, address = market.inner.history @ HurdleError::WrongHistory)]
    pub history: UncheckedAccount,
}

impl Publish {
    /// Verifies signers and report and moves the market to its next published state.
    pub fn publish(&mut self, signatures_index: u8) -> Result<()> {
        let sysvar = self.instructions.account().try_borrow()?;
        let verified = VerifiedMessage::parse(introspect::ed25519_instruction(&sysvar, signatures_index)?)?;
        let committee = &self.committee.inner;
        let signers = committee.verify(&verified)?;
        let report = Report::read(verified.message())?;

        let address = *self.market.address();
        let market = &mut self.market.inner;
        market.published = next_publication(market, committee, &report, signers, now()?)?;
        market.publication_invariant()?;
        let published = &market.published;
        let mut history = *self.history.account();
        HistoryMut::from_account(&mut history.try_borrow_mut()?)?.append(
            published.sequence,
            published.hurdle,
            published.published_at,
        )?;
        emit!(RatePublished {
            market: address,
            sequence: published.sequence,
            observed_at: published.observed_at.0,
            hurdle: published.hurdle.raw(),
            raw_hurdle: published.raw_hurdle.raw(),
            baseline: published.baseline.raw(),
            multiplier_target: published.ramps.multiplier.target.raw(),
            residual: published.residual.raw(),
            status: u32::from(published.status),
            signers: u32::from(published.signers),
        });
        Ok(())
    }
}
