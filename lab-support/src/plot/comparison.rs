//! The test accuracy of several training runs in one figure.

use plotters::element::PathElement;
use plotters::prelude::{Circle, Color};

use crate::Error;
use crate::data::Source;
use crate::display::thousands;
use crate::plot::figure::{Figure, Frame, MARGIN};
use crate::plot::style::{
    Area, BLUE, Drawn, FADED, GRID, INK, LINE, RED, bold, centred, fitting, px, text, thin, to_the_left,
};

/// One training run in a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar<'a> {
    pub name: &'a str,
    /// Share of the test images called right, 0 to 1; the mean where there are several seeds.
    pub accuracy: f64,
    /// The smallest and the largest of several seeds: the same number where there is one.
    pub range: (f64, f64),
    /// Trainable numbers.
    pub params: usize,
    /// Time to train.
    pub seconds: f64,
}

/// Test accuracy of 1 to 24 runs, each beside the first, the baseline: how far to the right or left of its
/// line. A thin bar shows how far apart several seeds are.
///
/// # Errors
/// When there are no runs, more than 24, or an accuracy is not from 0 to 1.
pub fn compare(runs: &[Bar], source: Source) -> Result<Figure, Error> {
    let scale = Scale::over(runs)?;
    let baseline = &runs[0];
    let best = runs.iter().max_by(|a, b| a.accuracy.total_cmp(&b.accuracy)).unwrap_or(baseline);
    let (low, high) = (scale.label(scale.low), scale.label(scale.high));
    let several = runs.iter().any(|run| run.range.0 < run.range.1);
    let bars = if several { "thin bar: smallest to largest of several seeds; " } else { "" };
    let note = format!("line: {}; {bars}the axis runs from {low} to {high}, not from 0", baseline.name);
    let frame = Frame {
        title: "Test accuracy",
        note: &note,
        size: (900, ROW * runs.len() as i32 + 84),
        source,
        alt: format!(
            "Test accuracy: first run {} {:.4}, best of {} {} {:.4}.",
            baseline.name,
            baseline.accuracy,
            runs.len(),
            best.name,
            best.accuracy
        ),
    };
    Figure::draw(frame, |area| {
        draw_scale(area, &scale, runs)?;
        for (row, run) in runs.iter().enumerate() {
            draw_run(area, &scale, baseline.accuracy, run, row as i32)?;
        }
        Ok(())
    })
}

/// Height of a run's row, the plot's left and right edge, the right edges of the columns beside it: pixels.
const ROW: i32 = 30;
const LEFT: i32 = MARGIN + 250;
const RIGHT: i32 = 644;
const COLUMNS: [(i32, &str); 3] = [(728, "accuracy"), (812, "parameters"), (886, "seconds")];
/// Upper edge of the first row.
const TOP: i32 = 34;

/// The part of 0 to 1 that holds all runs.
struct Scale {
    low: f64,
    high: f64,
    step: f64,
}

impl Scale {
    fn over(runs: &[Bar]) -> Result<Scale, Error> {
        let doing = "comparing runs";
        if !(1..=24).contains(&runs.len()) {
            return Err(Error::new(doing, "1 to 24 runs", runs.len(), "train some, or choose among them"));
        }
        let outside = |run: &&Bar| !(0.0 <= run.range.0 && run.range.1 <= 1.0);
        if let Some(run) = runs.iter().find(outside) {
            let found = format!("{} for {}", run.accuracy, run.name);
            return Err(Error::new(doing, "accuracies from 0 to 1", found, "evaluate the run again"));
        }
        let low = runs.iter().map(|run| run.range.0).fold(1.0, f64::min);
        let high = runs.iter().map(|run| run.range.1).fold(0.0, f64::max);
        let steps = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1];
        let step = steps.into_iter().find(|step| (high - low) / step <= 6.0).unwrap_or(0.2);
        let (low, high) = ((low / step - 0.3).floor() * step, (high / step + 0.3).ceil() * step);
        Ok(Scale { low: low.max(0.0), high: high.min(1.0), step })
    }

    /// Where a value stands, on the canvas.
    fn x(&self, value: f64) -> i32 {
        let part = (value - self.low) / (self.high - self.low);
        px(LEFT) + (part * f64::from(px(RIGHT - LEFT))) as i32
    }

    /// A value with as many digits as the steps have.
    fn label(&self, value: f64) -> String {
        let digits = if self.step < 0.01 { 3 } else { 2 };
        format!("{value:.digits$}")
    }

    fn ticks(&self) -> impl Iterator<Item = f64> {
        let count = ((self.high - self.low) / self.step).round() as usize;
        (0..=count).map(|i| self.low + i as f64 * self.step)
    }
}

fn draw_scale(area: &Area, scale: &Scale, runs: &[Bar]) -> Drawn {
    let (top, bottom) = (px(TOP), px(TOP + ROW * runs.len() as i32));
    for tick in scale.ticks() {
        let x = scale.x(tick);
        area.draw(&PathElement::new(vec![(x, top), (x, bottom)], thin(GRID)))?;
        area.draw_text(&scale.label(tick), &centred(&text(14, INK)), (x, bottom + px(14)))?;
    }
    area.draw(&PathElement::new(vec![(px(LEFT), bottom), (px(RIGHT), bottom)], thin(LINE)))?;
    let middle = px((LEFT + RIGHT) / 2);
    area.draw_text("test accuracy", &centred(&text(14, FADED)), (middle, bottom + px(36)))?;
    let x = scale.x(runs[0].accuracy);
    area.draw(&PathElement::new(vec![(x, top), (x, bottom)], FADED.stroke_width(px(2) as u32)))?;
    for (right, title) in COLUMNS {
        area.draw_text(title, &to_the_left(&text(14, FADED)), (px(right), px(TOP - 14)))?;
    }
    Ok(())
}

fn draw_run(area: &Area, scale: &Scale, baseline: f64, run: &Bar, row: i32) -> Drawn {
    let (x, y) = (scale.x(run.accuracy), px(TOP + ROW * row + ROW / 2));
    let colour = if run.accuracy < baseline { RED } else { BLUE };
    let stem = vec![(scale.x(baseline), y), (x, y)];
    area.draw(&PathElement::new(stem, colour.stroke_width(px(3) as u32)))?;
    draw_range(area, scale, run, y)?;
    area.draw(&Circle::new((x, y), px(6), colour.filled()))?;
    let name = fitting(area, run.name, px(LEFT - 12 - MARGIN))?;
    let style = if row == 0 { bold(14, INK) } else { text(14, INK) };
    area.draw_text(&name, &to_the_left(&style), (px(LEFT - 12), y))?;
    let seconds =
        if run.seconds < 10.0 { format!("{:.1}", run.seconds) } else { format!("{:.0}", run.seconds) };
    let values = [format!("{:.4}", run.accuracy), thousands(run.params), seconds];
    for ((right, _), value) in COLUMNS.into_iter().zip(values) {
        area.draw_text(&value, &to_the_left(&text(14, INK)), (px(right), y))?;
    }
    Ok(())
}

/// From the smallest to the largest of several seeds, with a stroke at either end.
fn draw_range(area: &Area, scale: &Scale, run: &Bar, y: i32) -> Drawn {
    let (low, high) = (scale.x(run.range.0), scale.x(run.range.1));
    if low == high {
        return Ok(());
    }
    area.draw(&PathElement::new(vec![(low, y), (high, y)], thin(INK)))?;
    for x in [low, high] {
        area.draw(&PathElement::new(vec![(x, y - px(8)), (x, y + px(8))], thin(INK)))?;
    }
    Ok(())
}
