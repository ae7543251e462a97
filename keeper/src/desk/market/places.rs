//! Where a market's file states the number that a model refuses.

/// Quantity as the models name it, section of the file, key.
const PLACES: [(&str, &str, &str); 73] = [
    ("emission rate", "", "emissions"),
    ("staking opportunity cost", "components", "staking"),
    ("smart-contract premium", "components", "contract"),
    ("systematic premium", "components", "systematic"),
    ("liquidity spread", "components", "liquidity"),
    ("oracle-latency premium", "components", "oracle"),
    ("liquidation tail premium", "components", "tail"),
    ("cost of debt", "components", "debt"),
    ("equity weight", "components", "equity_weight"),
    ("utilisation", "components", "utilisation"),
    ("coverage", "components", "coverage"),
    ("weight of the staking leg", "weights", "staking"),
    ("weight of the smart-contract premium", "weights", "contract"),
    ("weight of the systematic premium", "weights", "systematic"),
    ("weight of the cost of debt", "weights", "debt"),
    ("weight of the liquidity spread", "weights", "liquidity"),
    ("weight of the oracle-latency premium", "weights", "oracle"),
    ("weight of the tail premium", "weights", "tail"),
    ("kink", "curve", "kink"),
    ("slope below the kink", "curve", "slope1"),
    ("slope above the kink", "curve", "slope2"),
    ("utilisation knee", "utilisation_multiplier", "knee"),
    (
        "slope of the utilisation multiplier",
        "utilisation_multiplier",
        "slope",
    ),
    (
        "cap of the utilisation multiplier",
        "utilisation_multiplier",
        "cap",
    ),
    ("slope of the coverage multiplier", "coverage_multiplier", "slope"),
    ("cap of the coverage multiplier", "coverage_multiplier", "cap"),
    ("slope of the margin multiplier", "margin", "slope"),
    ("cap of the margin multiplier", "margin", "cap"),
    ("deadband", "margin", "deadband"),
    ("baseline", "margin", "baseline"),
    ("baseline floor", "margin", "baseline_floor"),
    ("believed response of utilisation", "responses", "utilisation"),
    ("believed response of the tail premium", "responses", "tail"),
    ("last published hurdle rate", "responses", "previous_hurdle"),
    ("last published multiplier", "responses", "previous_multiplier"),
    ("floor", "range", "floor"),
    ("ceiling", "range", "ceiling"),
    ("ceiling minus floor", "range", "ceiling"),
    ("response of utilisation", "feedback", "utilisation_response"),
    ("response of the tail premium", "feedback", "tail_response"),
    ("half-life of utilisation", "feedback", "response_half_life_hours"),
    ("interval of publications", "feedback", "interval_hours"),
    ("largest rise per day", "feedback", "rise_per_day"),
    ("largest fall per day", "feedback", "fall_per_day"),
    (
        "largest rise of the multiplier per day",
        "feedback",
        "multiplier_rise_per_day",
    ),
    ("half-life of loosening", "feedback", "loosening_half_life_hours"),
    ("inertia of the policy rate", "policy", "inertia_per_hour"),
    ("neutral rate", "policy", "neutral"),
    ("response to utilisation", "policy", "by_utilisation"),
    ("target of utilisation", "policy", "utilisation_target"),
    ("response to liquidity", "policy", "by_liquidity"),
    ("target of liquidity", "policy", "liquidity_target"),
    ("response to systemic risk", "policy", "by_risk"),
    ("policy floor", "policy", "floor"),
    ("policy ceiling", "policy", "ceiling"),
    ("previous policy rate", "policy", "previous"),
    ("elapsed time", "policy", "elapsed_hours"),
    ("health of liquidity", "policy", "liquidity"),
    ("systemic risk", "policy", "risk"),
    ("delay", "latency", "delay_seconds"),
    ("deviation band", "latency", "band"),
    ("exposed share", "latency", "exposed"),
    ("captured share", "latency", "captured"),
    ("margin", "liquidation", "margin"),
    ("horizon", "liquidation", "horizon_seconds"),
    ("exposure", "liquidation", "exposure"),
    ("liquidation turnover", "liquidation", "exposure"),
    ("slippage", "liquidation", "slippage"),
    ("jump intensity", "liquidation", "jumps_per_year"),
    ("expected jumps over the horizon", "liquidation", "jumps_per_year"),
    ("mean log-jump", "liquidation", "jump_mean"),
    ("deviation of the log-jump", "liquidation", "jump_deviation"),
    (
        "half-life of the baseline",
        "liquidation",
        "baseline_half_life_days",
    ),
];

/// Line and column, both from 1, of the value that the file states for a quantity.
pub(super) fn find(text: &str, quantity: &str) -> Option<(usize, usize)> {
    let (_, section, key) = PLACES.iter().find(|place| place.0 == quantity)?;
    let mut within = "";
    for (index, line) in text.lines().enumerate() {
        let bare = line.trim();
        if let Some(name) = bare.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            within = name.trim();
        }
        let Some((left, right)) = line.split_once('=') else {
            continue;
        };
        if within == *section && left.trim() == *key {
            let blanks = right.chars().take_while(|c| c.is_whitespace()).count();
            return Some((index + 1, left.chars().count() + 1 + blanks + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::market::EXAMPLE;

    #[test]
    fn every_quantity_has_its_place_in_a_file_that_states_everything() {
        let weights = "staking contract systematic debt liquidity oracle tail";
        let weights = weights
            .split(' ')
            .fold("\n[weights]\n".to_owned(), |text, key| text + key + " = 1.0\n");
        let text = EXAMPLE.to_owned() + &weights;
        for (quantity, section, key) in PLACES {
            let (line, column) = find(&text, quantity).unwrap_or_else(|| panic!("{section}.{key}"));
            let stated = text.lines().nth(line - 1).unwrap();
            assert!(stated.starts_with(&format!("{key} = ")), "{stated}");
            assert_eq!(column, key.len() + 4);
        }
        assert_eq!(find("a = 1", "speed of light"), None);
    }
}
