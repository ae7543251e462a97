//! The short run of the fuzzer: `cargo xtask fuzz` takes more steps.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hurdle_tests::fuzz;

/// Instructions and how often each must have been accepted, so that the run is no run of refusals.
const ACCEPTED: [(&str, u64); 24] = [
    ("publish", 500),
    ("check_margin", 150),
    ("preview_margin", 30),
    ("grow_history", 50),
    ("create_committee", 5),
    ("create_market", 5),
    ("set_risk_class", 20),
    ("set_params", 10),
    ("propose_market_change", 50),
    ("propose_committee_change", 10),
    ("propose_config_change", 20),
    ("execute_market_change", 10),
    ("execute_committee_change", 2),
    ("execute_config_change", 2),
    ("veto_proposal", 10),
    ("close_proposal", 3),
    ("tighten_params", 10),
    ("tighten_class", 3),
    ("tighten_committee", 5),
    ("tighten_timelock", 5),
    ("pause_market", 30),
    ("unpause_market", 10),
    ("nominate_authority", 20),
    ("accept_authority", 5),
];

#[test]
fn five_thousand_steps_break_nothing_that_must_hold() {
    let summary = fuzz::run(0x4855_5244_4c45, 5_000, |_| {}).unwrap_or_else(|error| panic!("{error:#}"));
    println!("{summary}");
    for (instruction, least) in ACCEPTED {
        let accepted = summary.counts[instruction].accepted;
        assert!(accepted >= least, "{instruction} was accepted {accepted} times");
    }
    assert!(summary.errors["Hurdle: TooManyPauses"] >= 5);
    assert!(summary.errors["Hurdle: TooManyTightenings"] >= 5);
    assert!(summary.errors["Hurdle: TightenedTooFar"] >= 1);
    assert!(summary.errors["Hurdle: NotUnique"] >= 10);
    assert!(summary.tightened_on_the_way >= 1);
}
