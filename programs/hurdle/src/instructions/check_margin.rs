use super::now;
use crate::Market;
use anchor_lang::prelude::*;
use hurdle_interface::margin::{MarginReply, Position, check_position};

/// Accounts of `check_margin`.
#[derive(Accounts)]
pub struct CheckMargin {
    /// The market.
    pub market: Account<Market>,
}

impl CheckMargin {
    /// Answers, and fails where asked to enforce and the action is not allowed.
    pub fn check_margin(&self, position: &Position) -> Result<MarginReply> {
        self.market.inner.check_version()?;
        let reply = check_position(&self.market.inner, position, now()?.time)?;
        if position.enforce != 0 {
            reply.enforce()?;
        }
        Ok(reply)
    }
}
