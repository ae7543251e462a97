//! A line or stacked-area chart over time, as SVG. Colours come from the page's style, so that they follow its theme.

mod parts;

pub use parts::{Chart, Mark, Marks, Paint, Series, Shade};

use std::fmt::Write;
use time::OffsetDateTime;
use time::macros::format_description;

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 280.0;
const LEFT: f64 = 58.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 52.0;
const BOTTOM: f64 = 30.0;
/// Width of a small letter, about.
const LETTER: f64 = 5.9;
const DAY: i64 = 86_400;

/// Where values and times lie on the sheet.
struct Scale {
    times: (f64, f64),
    values: (f64, f64),
}

impl Scale {
    fn x(&self, time: i64) -> f64 {
        let (first, last) = self.times;
        LEFT + (time as f64 - first) / (last - first) * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, value: f64) -> f64 {
        let (low, high) = self.values;
        HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM)
    }
}

impl Chart {
    /// The chart as an SVG element.
    pub fn svg(&self) -> String {
        self.drawn(time_axis)
    }

    /// The chart over a number instead of time: each point's first coordinate counts so many `units` of it.
    pub fn svg_over(&self, unit: f64) -> String {
        self.drawn(|scale| number_axis(scale, unit))
    }

    fn drawn(&self, axis: impl Fn(&Scale) -> String) -> String {
        let layers = self.layers();
        let step = self.tick_step(&layers);
        let scale = self.scale(&layers, step);
        let mut svg = format!(
            "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{title}\">\n\
             <text class=\"title\" x=\"{LEFT}\" y=\"16\">{title} ({unit})</text>\n",
            title = self.title,
            unit = self.unit,
        );
        svg.push_str(&self.legend());
        svg.push_str(&self.shading(&scale));
        svg.push_str(&value_axis(&scale, step));
        svg.push_str(&axis(&scale));
        let floor = vec![0.0; layers.first().map_or(0, Vec::len)];
        let mut below = &floor;
        for (series, layer) in self.series.iter().zip(&layers) {
            svg.push_str(&if self.is_stacked {
                area(series, below, layer, &scale)
            } else {
                path(series, layer, &scale)
            });
            below = layer;
        }
        for mark in &self.marks.at {
            let x = scale.x(mark.time);
            let (top, tip) = (TOP - 9.0, TOP - 1.0);
            let _ = writeln!(
                svg,
                "<path class=\"mark\" d=\"M{:.1} {top}h10l-5 {:.0}z\"><title>{}</title></path>",
                x - 5.0,
                tip - top,
                mark.label
            );
        }
        svg.push_str("</svg>\n");
        svg
    }

    /// The upper edge of every series; where there is no value, NaN.
    fn layers(&self) -> Vec<Vec<f64>> {
        let mut layers: Vec<Vec<f64>> = Vec::with_capacity(self.series.len());
        for series in &self.series {
            let values = series.points.iter().map(|(_, value)| value.unwrap_or(f64::NAN));
            let layer = match layers.last() {
                Some(below) if self.is_stacked => {
                    values.zip(below).map(|(value, base)| base + value).collect()
                }
                _ => values.collect(),
            };
            layers.push(layer);
        }
        layers
    }

    fn range(&self, layers: &[Vec<f64>]) -> (f64, f64) {
        let known = || layers.iter().flatten().copied().filter(|value| value.is_finite());
        let high = known().fold(f64::NEG_INFINITY, f64::max);
        let low = if self.from_zero {
            0.0
        } else {
            known().fold(f64::INFINITY, f64::min)
        };
        // a span so small that no step divides it counts as none
        if high - low > 1e-290 {
            (low, high)
        } else {
            (low.min(0.0), low.max(0.0) + 1.0)
        }
    }

    /// A step of 1, 2 or 5 times a power of ten that gives four to eight ticks.
    fn tick_step(&self, layers: &[Vec<f64>]) -> f64 {
        let (low, high) = self.range(layers);
        round_step((high - low) / 5.0)
    }

    fn scale(&self, layers: &[Vec<f64>], step: f64) -> Scale {
        let (low, high) = self.range(layers);
        let times = || {
            self.series
                .iter()
                .flat_map(|series| series.points.iter().map(|(time, _)| *time))
        };
        let first = times().min().unwrap_or(0);
        let last = times().max().unwrap_or(0).max(first + 1);
        Scale {
            times: (first as f64, last as f64),
            values: ((low / step).floor() * step, (high / step).ceil() * step),
        }
    }

    fn legend(&self) -> String {
        let mut x = LEFT;
        let mut legend = String::new();
        for series in &self.series {
            let _ = writeln!(
                legend,
                "<rect x=\"{x:.0}\" y=\"25\" width=\"11\" height=\"11\" fill=\"var(--c{})\"/>\
                 <text class=\"tick\" x=\"{:.0}\" y=\"35\">{}</text>",
                series.paint.0,
                x + 15.0,
                series.name
            );
            x += 28.0 + LETTER * series.name.chars().count() as f64;
        }
        // From the right: each name with its sign before it.
        let mut end = WIDTH - RIGHT;
        if let Some(shade) = &self.shade {
            let text = end - LETTER * shade.name.chars().count() as f64;
            let _ = writeln!(
                legend,
                "<rect class=\"shade\" x=\"{:.0}\" y=\"6\" width=\"12\" height=\"12\"/>\
                 <text class=\"tick\" x=\"{text:.0}\" y=\"16\">{}</text>",
                text - 17.0,
                shade.name
            );
            end = text - 24.0;
        }
        if !self.marks.at.is_empty() {
            let text = end - LETTER * self.marks.name.chars().count() as f64;
            let _ = writeln!(
                legend,
                "<path class=\"mark\" d=\"M{:.0} 7h10l-5 9z\"/>\
                 <text class=\"tick\" x=\"{text:.0}\" y=\"16\">{}</text>",
                text - 15.0,
                self.marks.name
            );
        }
        legend
    }

    fn shading(&self, scale: &Scale) -> String {
        self.shade.as_ref().map_or_else(String::new, |shade| {
            let (left, right) = (scale.x(shade.from), scale.x(shade.to).min(WIDTH - RIGHT));
            format!(
                "<rect class=\"shade\" x=\"{left:.1}\" y=\"{TOP}\" width=\"{:.1}\" height=\"{:.1}\"/>\n",
                (right - left).max(0.0),
                HEIGHT - TOP - BOTTOM
            )
        })
    }
}

/// The next of 1, 2 or 5 times a power of ten.
fn round_step(rough: f64) -> f64 {
    let power = 10f64.powf(rough.log10().floor());
    let factor = [1.0, 2.0, 5.0]
        .into_iter()
        .find(|factor| factor * power >= rough)
        .unwrap_or(10.0);
    factor * power
}

fn value_axis(scale: &Scale, step: f64) -> String {
    let (low, high) = scale.values;
    let ticks = ((high - low) / step).round();
    let decimals = if step < 0.1 {
        2
    } else if step < 1.0 {
        1
    } else {
        0
    };
    let mut axis = String::new();
    let mut tick = 0.0;
    while tick <= ticks {
        let value = low + tick * step;
        let y = scale.y(value);
        let _ = writeln!(
            axis,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{:.0}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
             <text class=\"tick\" text-anchor=\"end\" x=\"{:.0}\" y=\"{:.1}\">{value:.decimals$}</text>",
            WIDTH - RIGHT,
            LEFT - 7.0,
            y + 4.0
        );
        tick += 1.0;
    }
    axis
}

/// A label at midnight of as many days as fit; with the year in place of the day where they are many.
fn time_axis(scale: &Scale) -> String {
    const LABELS: i64 = 12;
    const YEAR: i64 = 365;
    let (first, last) = (scale.times.0 as i64, scale.times.1 as i64);
    let days = (last - first) / DAY / LABELS + 1;
    let mut midnight = first.div_euclid(DAY) * DAY + if first.rem_euclid(DAY) == 0 { 0 } else { DAY };
    let mut axis = String::new();
    while midnight <= last {
        let x = scale.x(midnight);
        let label = OffsetDateTime::from_unix_timestamp(midnight)
            .ok()
            .and_then(|time| {
                let format = if days * LABELS > YEAR {
                    time.format(format_description!("[month repr:short] [year]"))
                } else {
                    time.format(format_description!("[day padding:none] [month repr:short]"))
                };
                format.ok()
            });
        let _ = writeln!(
            axis,
            "<line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{:.1}\"/>\
             <text class=\"tick\" text-anchor=\"middle\" x=\"{x:.1}\" y=\"{:.1}\">{}</text>",
            HEIGHT - BOTTOM,
            HEIGHT - BOTTOM + 16.0,
            label.unwrap_or_default()
        );
        midnight += days * DAY;
    }
    axis
}

/// A label at every multiple of a round step.
fn number_axis(scale: &Scale, unit: f64) -> String {
    const LABELS: f64 = 10.0;
    let (first, last) = (scale.times.0 * unit, scale.times.1 * unit);
    let step = round_step((last - first) / LABELS);
    let decimals = if step < 1.0 {
        (-step.log10()).ceil() as usize
    } else {
        0
    };
    let mut axis = String::new();
    let mut tick = (first / step).ceil();
    while tick * step <= last {
        let x = scale.x((tick * step / unit).round() as i64);
        let _ = writeln!(
            axis,
            "<line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{:.1}\"/>\
             <text class=\"tick\" text-anchor=\"middle\" x=\"{x:.1}\" y=\"{:.1}\">{:.decimals$}</text>",
            HEIGHT - BOTTOM,
            HEIGHT - BOTTOM + 16.0,
            tick * step
        );
        tick += 1.0;
    }
    axis
}

fn path(series: &Series, values: &[f64], scale: &Scale) -> String {
    let mut d = String::new();
    let mut pen = 'M';
    for ((time, _), value) in series.points.iter().zip(values) {
        if value.is_finite() {
            let _ = write!(d, "{pen}{:.1} {:.1}", scale.x(*time), scale.y(*value));
            pen = 'L';
        } else {
            pen = 'M';
        }
    }
    format!(
        "<path d=\"{d}\" fill=\"none\" stroke=\"var(--c{})\" stroke-width=\"1.6\" stroke-linejoin=\"round\"/>\n",
        series.paint.0
    )
}

/// The band between two edges, in one piece for every run of hours with values.
fn area(series: &Series, below: &[f64], above: &[f64], scale: &Scale) -> String {
    let edges: Vec<(i64, f64, f64)> = series
        .points
        .iter()
        .zip(below.iter().zip(above))
        .map(|((time, _), (low, high))| (*time, *low, *high))
        .collect();
    let mut d = String::new();
    for run in edges.split(|(_, low, high)| !(low.is_finite() && high.is_finite())) {
        let upper = run.iter().map(|(time, _, high)| (scale.x(*time), scale.y(*high)));
        let lower = run
            .iter()
            .rev()
            .map(|(time, low, _)| (scale.x(*time), scale.y(*low)));
        for (index, (x, y)) in upper.chain(lower).enumerate() {
            let _ = write!(d, "{}{x:.1} {y:.1}", if index == 0 { 'M' } else { 'L' });
        }
        if !run.is_empty() {
            d.push('Z');
        }
    }
    format!(
        "<path d=\"{d}\" fill=\"var(--c{})\" fill-opacity=\".85\"/>\n",
        series.paint.0
    )
}
