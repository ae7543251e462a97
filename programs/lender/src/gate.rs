//! What an integration with Hurdle takes: the accounts, their checks, and one of two ways to ask.

use hurdle_interface::instruction::check_margin;
use hurdle_interface::margin::{MarginReply, Portfolio, Position};
use hurdle_interface::staleness::Action;
use hurdle_interface::{Market, UnixTime};
use lender_interface::args::Gate;
use lender_interface::{Desk, LenderError, Result};
use solana_program::account_info::AccountInfo;
use solana_program::entrypoint::ProgramResult;
use solana_program::program::{get_return_data, invoke};

/// The accounts that a gate asks.
pub enum Oracle<'a, 'info> {
    /// A call to Hurdle.
    Cpi {
        /// The market.
        market: &'a AccountInfo<'info>,
        /// The Hurdle program.
        program: &'a AccountInfo<'info>,
    },
    /// A read of the market account.
    Direct {
        /// The market.
        market: &'a AccountInfo<'info>,
    },
}

impl<'a, 'info> Oracle<'a, 'info> {
    /// The accounts that a gate takes: the market, and the Hurdle program where it is called.
    ///
    /// # Errors
    /// [`LenderError::WrongAccountCount`].
    pub fn parse(gate: Gate, accounts: &'a [AccountInfo<'info>]) -> Result<Self> {
        match (gate, accounts) {
            (Gate::Cpi, [market, program]) => Ok(Self::Cpi { market, program }),
            (Gate::Direct, [market]) => Ok(Self::Direct { market }),
            _ => Err(LenderError::WrongAccountCount),
        }
    }

    /// The market is the desk's and the program is Hurdle.
    ///
    /// # Errors
    /// [`LenderError::WrongMarket`], [`LenderError::WrongProgram`].
    pub fn validate(&self, desk: &Desk) -> Result<()> {
        let (Self::Cpi { market, .. } | Self::Direct { market }) = self;
        if *market.key != desk.market {
            return Err(LenderError::WrongMarket);
        }
        if let Self::Cpi { program, .. } = self
            && *program.key != hurdle_interface::ID
        {
            return Err(LenderError::WrongProgram);
        }
        Ok(())
    }

    /// Fails unless Hurdle allows the action that leaves these positions behind.
    ///
    /// # Errors
    /// [`hurdle_interface::HurdleError`], by either gate with the same code; [`LenderError::InvalidReply`].
    pub fn require(
        &self,
        desk: &Desk,
        action: Action,
        positions: &[Position],
        now: UnixTime,
    ) -> ProgramResult {
        let portfolio = Portfolio::new(action, positions)?;
        match self {
            Self::Cpi { market, program } => {
                let infos = [AccountInfo::clone(market), AccountInfo::clone(program)];
                invoke(&check_margin(*market.key, &portfolio, true), &infos)?;
                let (replier, data) = get_return_data().ok_or(LenderError::InvalidReply)?;
                if replier != hurdle_interface::ID {
                    return Err(LenderError::InvalidReply.into());
                }
                let reply: MarginReply =
                    bytemuck::try_pod_read_unaligned(&data).map_err(|_| LenderError::InvalidReply)?;
                reply.meets(desk.read_policy())?;
                Ok(reply.enforce()?)
            }
            Self::Direct { market } => {
                let data = market.try_borrow_data()?;
                let market = Market::read_checked(&data, market.owner, desk.read_policy(), now)?;
                Ok(market.check(&portfolio, now)?.enforce()?)
            }
        }
    }
}
