//! Merge-mined chains: one hash works for both (Litecoin and Dogecoin since 2014).

use super::record::common;
use crate::error::{Result, representable};
use crate::pow::MiningHistory;

/// A chain's days with what a merge-mined one pays on top, as fees in the first one's coins: of that chain's reward, what
/// the first chain's hash rate earns there. Days that only one of them recorded are left out.
///
/// # Errors
/// [`crate::ModelError::TooFew`] without common days, [`crate::ModelError::Overflow`].
pub fn merge_mined(chain: &MiningHistory, auxiliary: &MiningHistory) -> Result<MiningHistory> {
    let days = common(chain, auxiliary)
        .into_iter()
        .map(|(mut day, other)| {
            let reward = other.price * (other.issuance + other.fees);
            let earned = reward * (day.hash_rate / other.hash_rate) / day.price;
            day.fees = representable("reward of the merge-mined chain", day.fees + earned)?;
            Ok(day)
        })
        .collect::<Result<_>>()?;
    MiningHistory::new(days)
}
