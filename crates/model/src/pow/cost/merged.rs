//! Merged mining: two chains that the same work secures.

use crate::error::{Result, representable};
use crate::pow::{MiningDay, MiningHistory};

/// A chain's record with what its miners earn on a partner beside it (Litecoin and Dogecoin since 2014-09), in the chain's own
/// coin as if it were fees: a hash earns on both, so that the partner's revenue per hash is added to the chain's own. Days that
/// the partner's record lacks keep the chain's own revenue.
///
/// # Errors
/// [`crate::ModelError::Overflow`].
pub fn merged(history: &MiningHistory, partner: &MiningHistory) -> Result<MiningHistory> {
    let with_partner = |day: &MiningDay| {
        let found = partner.days().binary_search_by_key(&day.time, |other| other.time);
        let Some(other) = found.ok().and_then(|index| partner.days().get(index)) else {
            return Ok(*day);
        };
        let per_hash = other.price * (other.issuance + other.fees) / other.hash_rate;
        let coins = representable("coins of a merged day", per_hash * day.hash_rate / day.price)?;
        Ok(MiningDay {
            fees: representable("coins of a merged day", day.fees + coins)?,
            ..*day
        })
    };
    MiningHistory::new(history.days().iter().map(with_partner).collect::<Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pow::MiningMarket;
    use crate::testing::assert_close;

    #[test]
    fn a_hash_earns_on_both_chains() {
        let day = |time, price, issuance, hash_rate| MiningDay {
            time,
            price,
            blocks: 1.0,
            issuance,
            fees: 0.0,
            hash_rate,
        };
        let own =
            MiningHistory::new(vec![day(0, 50.0, 100.0, 10.0), day(86_400, 50.0, 100.0, 10.0)]).unwrap();
        let partner = MiningHistory::new(vec![day(0, 0.1, 30_000.0, 8.0)]).unwrap();
        let both = merged(&own, &partner).unwrap();
        let earned = |history: &MiningHistory, index: usize| {
            MiningMarket::of_day(&history.days()[index]).unwrap().hashprice()
        };
        assert_close(earned(&both, 0), earned(&own, 0) + earned(&partner, 0), 1e-9);
        assert_close(earned(&both, 1), earned(&own, 1), 0.0);
    }
}
