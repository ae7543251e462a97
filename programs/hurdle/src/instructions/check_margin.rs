use super::{answer, now};
use crate::Market;
use anchor_lang::prelude::*;
use hurdle_interface::HurdleError;
use hurdle_interface::margin::{MarginReply, MarginRequest, Portfolio, Position};
use hurdle_interface::state::AccountLayout;

/// Accounts of `check_margin`.
#[derive(Accounts)]
pub struct CheckMargin {
    /// The market.
    #[account(constraint = market.inner.is_current() @ HurdleError::InvalidAccountData)]
    pub market: Account<Market>,
}

impl CheckMargin {
    /// Answers, and fails where asked to enforce and the action is not allowed.
    pub fn check_margin(&self, request: MarginRequest, positions: &[Position]) -> Result<MarginReply> {
        let portfolio = Portfolio::asked(request, positions)?;
        let now = now()?.time;
        let reply = answer(&self.market.inner, &portfolio, now, now)?;
        if request.enforce != 0 {
            reply.enforce()?;
        }
        Ok(reply)
    }
}
