use super::{answer, now};
use crate::Market;
use anchor_lang::prelude::*;
use hurdle_interface::HurdleError;
use hurdle_interface::UnixTime;
use hurdle_interface::margin::{MarginReply, MarginRequest, Portfolio, Position};
use hurdle_interface::state::AccountLayout;

/// Accounts of `preview_margin`.
#[derive(Accounts)]
pub struct PreviewMargin {
    /// The market.
    #[account(constraint = market.inner.is_current() @ HurdleError::InvalidAccountData)]
    pub market: Account<Market>,
}

impl PreviewMargin {
    /// Answers for a time from now on, and never enforces.
    pub fn preview_margin(
        &self,
        at: UnixTime,
        request: MarginRequest,
        positions: &[Position],
    ) -> Result<MarginReply> {
        let portfolio = Portfolio::asked(request, positions)?;
        Ok(answer(&self.market.inner, &portfolio, now()?.time, at)?)
    }
}
