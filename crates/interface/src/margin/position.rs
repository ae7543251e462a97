use crate::error::{HurdleError, Result};
use crate::options::{OptionKind, OptionTerms, Side};
use crate::quantity::{Amount, Ratio, UnixTime};
use bytemuck::{Pod, Zeroable};

/// What a position is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PositionKind {
    /// Something held: collateral.
    Spot,
    /// Something owed.
    Debt,
    /// A perpetual future.
    Perp,
    /// A European option.
    Option,
}

impl PositionKind {
    /// As it stands in a position.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Spot => 0,
            Self::Debt => 1,
            Self::Perp => 2,
            Self::Option => 3,
        }
    }
}

impl TryFrom<u8> for PositionKind {
    type Error = HurdleError;

    #[inline(always)]
    fn try_from(byte: u8) -> Result<Self> {
        Ok(match byte {
            0 => Self::Spot,
            1 => Self::Debt,
            2 => Self::Perp,
            3 => Self::Option,
            _ => return Err(HurdleError::InvalidPosition),
        })
    }
}

/// One position, valued by the asker in atoms of the quote asset. A field that its kind does not use is zero.
///
/// **A position names no underlying: its class does.** One class is one underlying. The options of a class are valued under
/// the same moves of one price and net against each other, so that positions of different underlyings in one class would
/// be margined as if they were one: a call held on one would cover a call written on another.
///
/// **An option must be settled at its expiry.** The program does not know the settlement price, so from the expiry on a held
/// option counts for nothing in the scenarios while a written one is still valued at every moved price: a spread's
/// requirement jumps (long the 90 call and short the 100 call, a thousand of each at a spot of 120, in a class of a tenth
/// and a twentieth with moves of a fifth: 3,000 of maintenance margin a second before, 27,000 at expiry). A consumer settles at expiry, and never asks about a portfolio that still
/// contains an expired option.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Position {
    /// Spot: market value held. Debt: market value owed. Perpetual: size at its mark price. Option: size at the spot price
    /// of the underlying, above zero.
    pub notional: Amount,
    /// What closing it pays: a perpetual's unrealised profit, the mark of an option held.
    pub credit: Amount,
    /// What closing it costs: a perpetual's unrealised loss and the funding it owes, the mark of an option written.
    pub debit: Amount,
    /// Option: strike ÷ spot.
    pub strike: Ratio,
    /// Option: when it expires. It must be settled then: see above.
    pub expiry: UnixTime,
    /// Option: implied volatility, annualised.
    pub volatility: Ratio,
    /// [`PositionKind`].
    pub kind: u8,
    /// Index of the risk class, which stands for one underlying.
    pub class: u8,
    /// Perpetual, option: zero long, one short.
    pub side: u8,
    /// Option: zero a call, one a put.
    pub option: u8,
    /// Zero.
    pub padding: [u8; 4],
}

/// The option that a position is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionContract {
    /// The right.
    pub kind: OptionKind,
    /// Strike ÷ spot, above zero.
    pub strike: Ratio,
    /// When it expires.
    pub expiry: UnixTime,
    /// Implied volatility, annualised.
    pub volatility: Ratio,
}

/// A side as it stands in a position.
const fn side_byte(side: Side) -> u8 {
    match side {
        Side::Long => 0,
        Side::Short => 1,
    }
}

impl Position {
    /// Collateral of a market value.
    pub fn spot(class: u8, value: Amount) -> Self {
        Self {
            notional: value,
            kind: PositionKind::Spot.byte(),
            class,
            ..Self::default()
        }
    }

    /// Debt of a market value.
    pub fn debt(class: u8, owed: Amount) -> Self {
        Self {
            notional: owed,
            kind: PositionKind::Debt.byte(),
            class,
            ..Self::default()
        }
    }

    /// A perpetual future: its size at the mark price, what closing it would pay and cost.
    pub fn perp(class: u8, side: Side, notional: Amount, profit: Amount, loss: Amount) -> Self {
        Self {
            notional,
            credit: profit,
            debit: loss,
            kind: PositionKind::Perp.byte(),
            class,
            side: side_byte(side),
            ..Self::default()
        }
    }

    /// An option: its size at the spot price of the underlying, and its mark.
    pub fn option(class: u8, side: Side, contract: OptionContract, notional: Amount, mark: Amount) -> Self {
        let (credit, debit) = match side {
            Side::Long => (mark, Amount::ZERO),
            Side::Short => (Amount::ZERO, mark),
        };
        Self {
            notional,
            credit,
            debit,
            strike: contract.strike,
            expiry: contract.expiry,
            volatility: contract.volatility,
            kind: PositionKind::Option.byte(),
            class,
            side: side_byte(side),
            option: match contract.kind {
                OptionKind::Call => 0,
                OptionKind::Put => 1,
            },
            padding: [0; 4],
        }
    }

    /// The kind, once every field that it does not use was found zero.
    ///
    /// # Errors
    /// [`HurdleError::InvalidPosition`].
    #[inline(always)]
    pub(super) fn validated_kind(&self) -> Result<PositionKind> {
        let kind = PositionKind::try_from(self.kind)?;
        let terms = self.strike.raw() | self.expiry.0 | self.volatility.raw() | i64::from(self.option);
        let closing = self.credit.0 | self.debit.0;
        let sound = u32::from_ne_bytes(self.padding) == 0
            && match kind {
                PositionKind::Spot | PositionKind::Debt => {
                    terms.cast_unsigned() | closing | u64::from(self.side) == 0
                }
                PositionKind::Perp => terms == 0 && self.side <= 1,
                // of a size, which its mark is margined by, and one side of the mark; the terms are checked where the
                // option is valued
                PositionKind::Option => {
                    self.notional != Amount::ZERO
                        && match self.side {
                            0 => self.debit == Amount::ZERO,
                            1 => self.credit == Amount::ZERO,
                            _ => false,
                        }
                }
            };
        if !sound {
            return Err(HurdleError::InvalidPosition);
        }
        Ok(kind)
    }

    /// Side and right of an option.
    ///
    /// # Errors
    /// [`HurdleError::InvalidPosition`] for undefined bytes.
    #[inline(always)]
    pub(super) fn side_and_right(&self) -> Result<(Side, OptionKind)> {
        let side = match self.side {
            0 => Side::Long,
            1 => Side::Short,
            _ => return Err(HurdleError::InvalidPosition),
        };
        let kind = match self.option {
            0 => OptionKind::Call,
            1 => OptionKind::Put,
            _ => return Err(HurdleError::InvalidPosition),
        };
        Ok((side, kind))
    }

    /// Side and terms of an option at a time.
    ///
    /// # Errors
    /// [`HurdleError::InvalidPosition`] for undefined bytes.
    #[inline(always)]
    pub(super) fn option_at(&self, now: UnixTime) -> Result<(Side, OptionTerms)> {
        let (side, kind) = self.side_and_right()?;
        Ok((side, self.terms_at(kind, now)))
    }

    /// Terms of an option of a known right at a time.
    #[inline(always)]
    pub(super) fn terms_at(&self, kind: OptionKind, now: UnixTime) -> OptionTerms {
        OptionTerms {
            strike: self.strike,
            seconds_to_expiry: self.expiry.seconds_since(now),
            volatility: self.volatility,
            kind,
        }
    }
}

/// What comes before the positions in the data of a margin check: four bytes, so that the positions behind their count are
/// aligned and are read in place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct MarginRequest {
    /// What the account is about to do: [`crate::staleness::Action`].
    pub action: u8,
    /// One to fail unless the action is allowed, zero to only answer.
    pub enforce: u8,
    /// Zero.
    pub padding: [u8; 2],
}
