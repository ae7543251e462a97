//! The play as a table on a terminal.

use super::borrowers::{Attempt, Deed, PLEDGE, Verdict};
use super::scenario::{Hour, Skipped, Story, gate_name};
use super::summary::{Spread, Summary};
use crate::clock::moment;
use crate::convert::from_raw;
use hurdle_interface::Amount;
use std::fmt::Write;
use std::path::Path;

/// The whole text.
pub fn render(market: &str, story: &Story, summary: &Summary, page: &Path) -> String {
    let mut text = String::new();
    // writing to a string cannot fail
    let _ = writeln!(
        text,
        "\n{market}: each day at the hour of its highest hurdle rate (UTC; rates in % per year)\n"
    );
    text.push_str(&days(story));
    text.push_str("\nWhat the borrowers saw\n\n");
    text.push_str(&events(story));
    text.push_str("\nIn numbers\n\n");
    text.push_str(&numbers(summary));
    let _ = writeln!(text, "\nPlots: {}", page.display());
    text
}

const HEADER: &str = "hour                 SOL  util    vol │ hurdle   base │    s    p    b    d     l     o     q │   IM   MM │";

fn days(story: &Story) -> String {
    let mut text = format!("{HEADER}\n{}\n", "─".repeat(HEADER.chars().count() + 12));
    for day in story
        .hours
        .chunk_by(|a, b| a.time.div_euclid(86_400) == b.time.div_euclid(86_400))
    {
        let highest = day
            .iter()
            .filter(|hour| hour.record.is_some())
            .max_by(|a, b| a.hurdle.total_cmp(&b.hurdle));
        if let Some(line) = highest.and_then(line) {
            let _ = writeln!(text, "{line} {}", remarks(story, day));
        }
    }
    text
}

fn line(hour: &Hour) -> Option<String> {
    let record = hour.record.as_ref()?;
    let c = &record.components;
    let percent = |rate: f64| 100.0 * rate;
    Some(format!(
        "{} {:>7.2} {:>4.1}% {:>5.0}% │ {:>6.2} {:>6.2} │ {:>4.1} {:>4.1} {:>4.1} {:>4.1} {:>5.2} {:>5.2} {:>5.2} │ {:>4.2} {:>4.2} │",
        moment(hour.time),
        hour.price,
        percent(c.utilisation),
        percent(c.volatility),
        percent(hour.hurdle),
        percent(record.baseline),
        percent(c.staking),
        percent(c.contract),
        percent(c.systematic),
        percent(c.debt),
        percent(c.liquidity),
        percent(c.latency),
        percent(c.tail),
        hour.im_multiplier,
        hour.mm_multiplier,
    ))
}

/// What was special in a day.
fn remarks(story: &Story, day: &[Hour]) -> String {
    let within = |time: i64| day.iter().any(|hour| hour.time == time);
    let mut remarks = Vec::new();
    if story
        .attempts
        .iter()
        .any(|attempt| within(attempt.time) && attempt.verdict != Verdict::Granted)
    {
        remarks.push("refusals".to_owned());
    }
    let outage = day
        .iter()
        .filter(|hour| hour.skipped == Some(Skipped::Outage))
        .count();
    if outage > 0 {
        remarks.push(format!("outage {outage} h"));
    }
    let limited = day.iter().filter(|hour| hour.limited).count();
    if limited > 0 {
        remarks.push(format!("limited {limited} h"));
    }
    if day.iter().any(|hour| hour.stressed) {
        remarks.push("no equilibrium".to_owned());
    }
    remarks.join(", ")
}

fn events(story: &Story) -> String {
    let mut text = String::new();
    for attempt in &story.attempts {
        let _ = writeln!(text, "{}", sentence(attempt));
    }
    if let Some(spike) = story.spike {
        let _ = writeln!(text, "\n{}: {}", moment(spike.time), why(story));
    }
    if let Some((from, last)) = story.outage {
        let _ = writeln!(
            text,
            "The outage from {} to {} is simulated: in these hours the keepers observe and do not reach the cluster.",
            moment(from),
            moment(last)
        );
    }
    text
}

/// One transaction in words.
pub fn sentence(attempt: &Attempt) -> String {
    let deed = match attempt.deed {
        Deed::Borrow => "borrow",
        Deed::Repay => "repay ",
    };
    let verdict = match attempt.verdict {
        Verdict::Granted => "granted".to_owned(),
        Verdict::Refused(error) => format!("refused: {error:?}"),
    };
    let who = format!("{} ({})", attempt.borrower, gate_name(attempt.gate));
    format!(
        "{}  {who:<17}  {deed} {:>5.0} USDC on {PLEDGE:.0} SOL  {verdict}",
        moment(attempt.time),
        attempt.amount,
    )
}

/// Why the loan at the spike was refused, with what would have been without the multiplier.
pub fn why(story: &Story) -> String {
    let (Some(spike), Some(value)) = (story.spike, story.pledge_at_spike()) else {
        return String::new();
    };
    let (with, without) = (spike.prospect.with_multiplier, spike.prospect.without_multiplier);
    format!(
        "collateral {value:.0} USDC at {:.2}; initial margin {:.0} at multiplier {:.2}: {:.0} short. At multiplier 1 it \
         would be {:.0}, and the loan granted: Hurdle refuses it, not the price.",
        spike.price,
        units(with.initial),
        from_raw(with.initial_multiplier.raw()),
        units(with.initial_shortfall),
        units(without.initial),
    )
}

fn units(amount: Amount) -> f64 {
    amount.0 as f64 / 1e6
}

fn numbers(summary: &Summary) -> String {
    let mut lines: Vec<(String, String)> = vec![
        (
            "publications".into(),
            format!(
                "{} ({} held back by the rate limit, {} without equilibrium); {} hours without quorum, {} of outage",
                summary.publications,
                summary.rate_limited,
                summary.stressed,
                summary.without_quorum,
                summary.outage_hours
            ),
        ),
        (
            "hurdle rate".into(),
            format!(
                "{:.2} % … {:.2} %",
                100.0 * summary.min_hurdle,
                100.0 * summary.max_hurdle
            ),
        ),
        (
            "margin multiplier".into(),
            format!(
                "initial up to {:.2}, maintenance up to {:.2}",
                summary.max_im_multiplier, summary.max_mm_multiplier
            ),
        ),
        (
            "largest residual".into(),
            format!("{:.8} per year", summary.max_residual),
        ),
        ("refusals".into(), summary.refusals.to_string()),
    ];
    for (signers, spread) in &summary.publish_units {
        lines.push((format!("publish, {signers} signers"), range(Some(*spread))));
    }
    lines.extend([
        ("borrow by CPI".into(), range(summary.borrow_units_cpi)),
        ("  check_margin in it".into(), range(summary.check_margin_units)),
        ("borrow by direct read".into(), range(summary.borrow_units_direct)),
        ("repay, no oracle".into(), range(summary.repay_units)),
        ("wall time".into(), format!("{:.1} s", summary.wall_seconds)),
    ]);
    lines.into_iter().fold(String::new(), |mut text, (name, value)| {
        let _ = writeln!(text, "{name:<22} {value}");
        text
    })
}

fn range(spread: Option<Spread>) -> String {
    spread.map_or_else(
        || "—".into(),
        |spread| {
            format!(
                "{} / {} / {} CU (min / median / max)",
                spread.min, spread.median, spread.max
            )
        },
    )
}
