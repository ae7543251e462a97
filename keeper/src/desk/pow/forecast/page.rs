//! A forecast of difficulty as one self-contained HTML page.

use super::answer::Answer;
use crate::desk::pow::outlook::after;
use crate::page::chart::{Chart, Series};
use crate::page::{document, escaped};
use hurdle_model::pow::difficulty::Accuracy;

/// The page.
pub fn render(answer: &Answer, accuracies: &[Accuracy]) -> String {
    let mut charts = vec![ahead(answer)];
    if let Some(row) = accuracies.first() {
        charts.push(past(row, "Past forecasts of the first horizon"));
    }
    if let Some(row) = accuracies.iter().rfind(|row| row.retarget == 1) {
        charts.push(past(row, "Past forecasts of the last horizon"));
    }
    let charts: String = charts.iter().map(Chart::svg).collect();
    let body = format!(
        "<h1>Difficulty</h1>\n{charts}<pre class=\"small\">{}</pre>\n\
         <p class=\"small\">Every past forecast was computed from what was known at its time.</p>\n",
        escaped(&answer.to_string())
    );
    document("Hurdle: difficulty forecast", &body)
}

/// Difficulty ahead, in per cent of that of now; a step at each retarget.
pub fn ahead(answer: &Answer) -> Chart {
    let start = answer.time.unwrap_or(0);
    let steps = |value: &dyn Fn(&super::answer::Point) -> f64| -> Vec<(i64, Option<f64>)> {
        let mut points = vec![(start, Some(100.0))];
        let mut before = 100.0;
        for point in &answer.ahead {
            let (time, level) = (after(start, point.days), 100.0 * (1.0 + value(point)));
            points.push((time, Some(before)));
            points.push((time, Some(level)));
            before = level;
        }
        points
    };
    Chart {
        from_zero: false,
        ..Chart::lines(
            "Difficulty ahead",
            "% of now",
            vec![
                Series::new("lower end of the interval", 4, steps(&|point| point.low)),
                Series::new("upper end", 3, steps(&|point| point.high)),
                Series::new("median", 0, steps(&|point| point.change)),
            ],
        )
    }
}

fn past(row: &Accuracy, title: &'static str) -> Chart {
    let points = |value: &dyn Fn(&hurdle_model::pow::difficulty::Outcome) -> f64| {
        row.outcomes
            .iter()
            .map(|outcome| (outcome.time, Some(100.0 * value(outcome))))
            .collect()
    };
    Chart {
        from_zero: false,
        ..Chart::lines(
            title,
            "%, of the logarithm",
            vec![
                Series::new("lower end of the interval", 4, points(&|outcome| outcome.low)),
                Series::new("upper end", 3, points(&|outcome| outcome.high)),
                Series::new("forecast", 0, points(&|outcome| outcome.forecast)),
                Series::new("what came", 7, points(&|outcome| outcome.realised)),
            ],
        )
    }
}
