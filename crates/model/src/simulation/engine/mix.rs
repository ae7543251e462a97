//! Accounts drawn from distributions of leverage and size.

use super::book::{Account, AccountBook};
use crate::error::{Result, fraction, non_negative, positive, within, within_count};
use crate::normal;
use crate::simulation::random::{Stream, two_sided_quantile};
use crate::tail::Side;

/// Lognormal leverage, cut off at the most that the venue grants, and lognormal sizes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AccountMix {
    /// Number of accounts, ≥ 1.
    pub accounts: usize,
    /// Sum of the notionals, > 0.
    pub notional: f64,
    /// Share of the notional, and as nearly as whole accounts allow of the accounts, that is long.
    pub long_share: f64,
    /// Median of the leverage before the cut, from 1e-6 to 1e6.
    pub median_leverage: f64,
    /// Standard deviation of its logarithm, ≥ 0.
    pub leverage_dispersion: f64,
    /// Highest leverage: the reciprocal of the initial margin, at least the median.
    pub most_leverage: f64,
    /// Standard deviation of the logarithm of an account's size, in [0, 10].
    pub size_dispersion: f64,
}

impl AccountMix {
    /// Draws the accounts. The same seed gives the same accounts.
    ///
    /// # Errors
    /// [`crate::ModelError::OutOfRange`], [`crate::ModelError::NotPositive`], [`crate::ModelError::NotFinite`] for a
    /// parameter outside its domain.
    pub fn draw(&self, seed: u64) -> Result<AccountBook> {
        const MOST_LEVERAGE: f64 = 1e6;
        within_count("accounts", self.accounts, 1, 1 << 20)?;
        let notional = positive("notional of the book", self.notional)?;
        let long_share = fraction("long share", self.long_share)?;
        let median = within(
            "median leverage",
            self.median_leverage,
            1.0 / MOST_LEVERAGE,
            MOST_LEVERAGE,
        )?;
        let dispersion = non_negative("dispersion of leverage", self.leverage_dispersion)?;
        let most = within("highest leverage", self.most_leverage, median, MOST_LEVERAGE)?;
        within("dispersion of size", self.size_dispersion, 0.0, 10.0)?;
        let cut = if dispersion > 0.0 {
            normal::cdf((most / median).ln() / dispersion)
        } else {
            1.0
        };
        let mut random = Stream::new(seed, MIX);
        let longs = self.longs();
        let mut accounts: Vec<Account> = (0..self.accounts)
            .map(|index| {
                let leverage = median * (dispersion * quantile(cut * random.uniform())).exp();
                Account {
                    side: if index < longs { Side::Long } else { Side::Short },
                    notional: (self.size_dispersion * quantile(random.uniform())).exp(),
                    margin: 1.0 / leverage.clamp(1.0 / MOST_LEVERAGE, most),
                }
            })
            .collect();
        let (long, short) = accounts.split_at_mut(longs);
        scale(long, notional * if short.is_empty() { 1.0 } else { long_share });
        scale(
            short,
            notional * if long.is_empty() { 1.0 } else { 1.0 - long_share },
        );
        AccountBook::new(accounts)
    }

    /// Accounts that are long: at least one of each side that has a share.
    fn longs(&self) -> usize {
        let exact = crate::error::count(self.accounts) * self.long_share;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // In [0, accounts].
        let nearest = exact.round() as usize;
        let least = usize::from(self.long_share > 0.0);
        let most = self.accounts - usize::from(self.long_share < 1.0);
        if least > most {
            nearest
        } else {
            nearest.clamp(least, most)
        }
    }
}

/// Stream of the accounts, apart from those of the paths.
const MIX: u64 = (1 << 63) | (1 << 62);

/// Φ⁻¹ on (0, 1).
fn quantile(p: f64) -> f64 {
    let z = two_sided_quantile((2.0 * p - 1.0).abs().min(1.0 - f64::EPSILON));
    if p < 0.5 { -z } else { z }
}

fn scale(accounts: &mut [Account], total: f64) {
    let sum: f64 = accounts.iter().map(|account| account.notional).sum();
    for account in accounts {
        account.notional *= total / sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_close;

    #[test]
    fn the_drawn_accounts_have_the_asked_distribution() {
        let mix = AccountMix {
            accounts: 40_000,
            notional: 5.0,
            long_share: 0.6,
            median_leverage: 4.0,
            leverage_dispersion: 0.5,
            most_leverage: 20.0,
            size_dispersion: 1.2,
        };
        let book = mix.draw(4).unwrap();
        let accounts = book.accounts();
        assert_close(book.quantity(), 5.0, 1e-9);
        let long: f64 = accounts
            .iter()
            .filter(|a| a.side == Side::Long)
            .map(|a| a.notional)
            .sum();
        assert_close(long, 3.0, 1e-9);
        let mut leverage: Vec<f64> = accounts.iter().map(|a| 1.0 / a.margin).collect();
        leverage.sort_by(f64::total_cmp);
        assert_close(leverage[20_000], 4.0, 0.06);
        assert!(leverage[39_999] <= 20.0 + 1e-12 && leverage[39_999] > 15.0);
        assert_eq!(mix.draw(4).unwrap(), book);
        assert_ne!(mix.draw(5).unwrap(), book);
    }

    #[test]
    fn a_single_account_is_on_one_side_and_whole() {
        for long_share in [0.0, 0.3, 0.5, 1.0] {
            let mix = AccountMix {
                accounts: 1,
                notional: 2.0,
                long_share,
                median_leverage: 3.0,
                leverage_dispersion: 0.0,
                most_leverage: 3.0,
                size_dispersion: 0.0,
            };
            let book = mix.draw(0).unwrap();
            assert_close(book.quantity(), 2.0, 1e-15);
            assert_close(book.accounts()[0].margin, 1.0 / 3.0, 1e-15);
        }
    }
}
