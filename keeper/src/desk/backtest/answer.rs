//! What a backtest answers.

use crate::clock::moment;
use crate::desk::Sheet;
use hurdle_model::backtest::{Backtest, Setting, Step};
use hurdle_model::margin::{Coverage, RatioTest};
use serde::Serialize;
use std::fmt::{self, Display, Formatter};

/// One step. Margins and moves as shares of the position's value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct StepAnswer {
    /// Unix seconds.
    pub time: i64,
    /// Price.
    pub price: f64,
    /// Forecast volatility, per √year.
    pub volatility: f64,
    /// Hurdle rate per year.
    pub hurdle: f64,
    /// Margin multiplier.
    pub multiplier: f64,
    /// Whether there was no equilibrium.
    pub stressed: bool,
    /// Margin at the confidence.
    pub required: f64,
    /// Maintenance margin of the class calibrated on the past.
    pub maintenance: Option<f64>,
    /// Its initial margin.
    pub initial: Option<f64>,
    /// Adverse move over the horizon; none where the prices end before it or have a gap.
    pub adverse: Option<f64>,
    /// Whether it exceeded the required margin.
    pub breach: Option<bool>,
    /// Whether it exceeded maintenance margin.
    pub class_breach: Option<bool>,
}

impl From<&Step> for StepAnswer {
    fn from(step: &Step) -> Self {
        Self {
            time: step.time,
            price: step.price,
            volatility: step.volatility,
            hurdle: step.hurdle,
            multiplier: step.multiplier,
            stressed: step.is_stressed,
            required: step.required,
            maintenance: step.class.map(|class| class.1),
            initial: step.class.map(|class| class.0),
            adverse: step.realised.map(|realised| realised.adverse),
            breach: step.realised.map(|realised| realised.is_breach),
            class_breach: step.realised.and_then(|realised| realised.is_class_breach),
        }
    }
}

/// The tests of one margin, over steps whose horizons do not overlap.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TestAnswer {
    /// Steps tested.
    pub forecasts: usize,
    /// Breaches.
    pub breaches: usize,
    /// Breaches to be expected.
    pub expected: f64,
    /// Kupiec's test: as many as expected.
    pub kupiec_p_value: f64,
    /// Probability of at least so many.
    pub too_many_p_value: f64,
    /// Christoffersen's test: no breach makes the next one likelier.
    pub independence_p_value: Option<f64>,
    /// Both at once.
    pub conditional_p_value: Option<f64>,
    /// Times between breaches are memoryless.
    pub duration_p_value: Option<f64>,
}

impl From<&Coverage> for TestAnswer {
    fn from(coverage: &Coverage) -> Self {
        let p_value = |test: Option<RatioTest>| test.map(|test| test.p_value);
        Self {
            forecasts: coverage.forecasts,
            breaches: coverage.breaches,
            expected: coverage.expected,
            kupiec_p_value: coverage.unconditional.p_value,
            too_many_p_value: coverage.too_many_p_value,
            independence_p_value: p_value(coverage.independence),
            conditional_p_value: p_value(coverage.conditional),
            duration_p_value: p_value(coverage.duration),
        }
    }
}

impl TestAnswer {
    /// Its lines, under a heading that the caller has set.
    #[must_use]
    pub fn lines(&self, sheet: Sheet) -> Sheet {
        sheet
            .line(
                "breaches",
                format_args!(
                    "{} of {}, {:.1} expected",
                    self.breaches, self.forecasts, self.expected
                ),
            )
            .line("p-value, Kupiec", p_value(Some(self.kupiec_p_value)))
            .line("p-value, at least so many", p_value(Some(self.too_many_p_value)))
            .line("p-value, independence", p_value(self.independence_p_value))
            .line("p-value, conditional coverage", p_value(self.conditional_p_value))
            .line("p-value, durations", p_value(self.duration_p_value))
    }
}

/// A backtest.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// Confidence of the margin.
    pub confidence: f64,
    /// Liquidation horizon, seconds.
    pub horizon_seconds: u32,
    /// Tests of the margin at the confidence.
    pub required: TestAnswer,
    /// Tests of the class's maintenance margin, which is meant to be breached less often than stated.
    pub maintenance: Option<TestAnswer>,
    /// Acerbi & Székely's Z₂ of the shortfall beyond the margin: about 0, or negative where losses are larger than forecast.
    pub shortfall_statistic: Option<f64>,
    /// Its asymptotic p-value.
    pub shortfall_p_value: Option<f64>,
    /// Fits of the volatility model that failed, for which the one before stood.
    pub failed_fits: usize,
    /// Steps without an equilibrium.
    pub stressed_steps: usize,
    /// Least and greatest hurdle rate.
    pub hurdle_range: (f64, f64),
    /// The last step: what holds now.
    pub last: Option<StepAnswer>,
    /// All steps.
    pub steps: Vec<StepAnswer>,
}

impl Answer {
    /// The answer of a finished backtest.
    pub(super) fn new(setting: &Setting, result: &Backtest) -> Self {
        let steps: Vec<StepAnswer> = result.steps.iter().map(StepAnswer::from).collect();
        let hurdles = || steps.iter().map(|step| step.hurdle);
        let shortfall = result.verdict.shortfall;
        Self {
            confidence: setting.level,
            horizon_seconds: setting.horizon,
            required: (&result.verdict.quantile).into(),
            maintenance: result.verdict.class.as_ref().map(TestAnswer::from),
            shortfall_statistic: shortfall.map(|test| test.statistic),
            shortfall_p_value: shortfall.and_then(|test| test.p_value),
            failed_fits: result.failed_fits,
            stressed_steps: steps.iter().filter(|step| step.stressed).count(),
            hurdle_range: (
                hurdles().fold(f64::INFINITY, f64::min),
                hurdles().fold(f64::NEG_INFINITY, f64::max),
            ),
            last: steps.last().copied(),
            steps,
        }
    }
}

/// A p-value, or why there is none.
fn p_value(value: Option<f64>) -> String {
    match value {
        None => "too few breaches".to_owned(),
        Some(value) if value < 1e-4 => "below 0.0001".to_owned(),
        Some(value) => format!("{value:.4}"),
    }
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let title = format!(
            "margin at {} over {} s, walking forward",
            self.confidence, self.horizon_seconds
        );
        let mut sheet = self.required.lines(Sheet::new().heading(title));
        if let Some(statistic) = self.shortfall_statistic {
            sheet = sheet.line(
                "shortfall, Acerbi & Székely's Z₂",
                format_args!("{statistic:+.4}, p-value {}", p_value(self.shortfall_p_value)),
            );
        }
        if let Some(test) = &self.maintenance {
            sheet = test.lines(sheet.heading("maintenance margin of the class calibrated on the way"));
        }
        sheet = sheet.heading("hurdle rate per year").line(
            "least and greatest",
            format_args!(
                "{:.4} %, {:.4} %",
                100.0 * self.hurdle_range.0,
                100.0 * self.hurdle_range.1
            ),
        );
        if self.stressed_steps > 0 {
            sheet = sheet.line("steps without an equilibrium", self.stressed_steps);
        }
        if self.failed_fits > 0 {
            sheet = sheet.line("volatility fits that failed", self.failed_fits);
        }
        if let Some(last) = self.last {
            sheet = sheet
                .heading(format!("now, at {} UTC", moment(last.time)))
                .percent("forecast volatility per √year", last.volatility)
                .percent("hurdle rate", last.hurdle)
                .line("margin multiplier", format_args!("{:.4}", last.multiplier))
                .percent("margin at the confidence", last.required);
            if let (Some(initial), Some(maintenance)) = (last.initial, last.maintenance) {
                sheet = sheet
                    .percent("initial margin", initial)
                    .percent("maintenance margin", maintenance);
            }
        }
        sheet.fmt(f)
    }
}
