//! Several training runs in one figure.

use plotters::element::PathElement;
use plotters::prelude::{Circle, Color, RGBColor};

use crate::Error;
use crate::data::Source;
use crate::display::thousands;
use crate::nn::History;
use crate::plot::curve::{self, Curve, Mark};
use crate::plot::figure::{Figure, Frame, MARGIN};
use crate::plot::style::{
    Area, BLUE, Drawn, FADED, GREEN, GRID, INK, LINE, ORANGE, PURPLE, RED, SKY, centred, fitting, px, text,
    thin, to_the_left,
};

/// One training run in a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar<'a> {
    pub name: &'a str,
    /// Share of the test images called right, 0 to 1.
    pub accuracy: f64,
    /// Trainable numbers.
    pub params: usize,
    /// Time to train.
    pub seconds: f64,
}

/// Test accuracy of 1 to 24 runs, each beside the first, the baseline: how far to the right or left of its
/// line.
///
/// # Errors
/// When there are no runs, more than 24, or an accuracy is not from 0 to 1.
pub fn compare(runs: &[Bar], source: Source) -> Result<Figure, Error> {
    let scale = Scale::over(runs)?;
    let baseline = &runs[0];
    let best = runs.iter().max_by(|a, b| a.accuracy.total_cmp(&b.accuracy)).unwrap_or(baseline);
    let (low, high) = (scale.label(scale.low), scale.label(scale.high));
    let note =
        format!("line: the first run, {}; the axis runs from {low} to {high}, not from 0", baseline.name);
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
        if let Some(run) = runs.iter().find(|run| !(0.0..=1.0).contains(&run.accuracy)) {
            let found = format!("{} for {}", run.accuracy, run.name);
            return Err(Error::new(doing, "accuracies from 0 to 1", found, "evaluate the run again"));
        }
        let low = runs.iter().map(|run| run.accuracy).fold(1.0, f64::min);
        let high = runs.iter().map(|run| run.accuracy).fold(0.0, f64::max);
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
    area.draw(&Circle::new((x, y), px(6), colour.filled()))?;
    let name = fitting(area, run.name, px(LEFT - 12 - MARGIN))?;
    area.draw_text(&name, &to_the_left(&text(14, INK)), (px(LEFT - 12), y))?;
    let seconds =
        if run.seconds < 10.0 { format!("{:.1}", run.seconds) } else { format!("{:.0}", run.seconds) };
    let values = [format!("{:.4}", run.accuracy), thousands(run.params), seconds];
    for ((right, _), value) in COLUMNS.into_iter().zip(values) {
        area.draw_text(&value, &to_the_left(&text(14, INK)), (px(right), y))?;
    }
    Ok(())
}

/// Colour and sign of each curve.
const LOOKS: [(RGBColor, Mark); 6] = [
    (BLUE, Mark::Disc),
    (RED, Mark::Ring),
    (GREEN, Mark::Square),
    (ORANGE, Mark::Frame),
    (PURPLE, Mark::Disc),
    (SKY, Mark::Ring),
];

/// Accuracy over the epochs of 1 to 6 runs: on the validation set where every run has one, else on the
/// training set.
///
/// # Errors
/// When there are no runs, more than 6, or one of no epochs.
pub fn curves(runs: &[(&str, &History)]) -> Result<Figure, Error> {
    let doing = "drawing the curves of runs";
    if !(1..=LOOKS.len()).contains(&runs.len()) {
        return Err(Error::new(doing, "1 to 6 runs", runs.len(), "choose among them"));
    }
    if let Some((name, _)) = runs.iter().find(|(_, history)| history.epochs.is_empty()) {
        return Err(Error::new(
            doing,
            "at least one epoch each",
            format!("none in {name}"),
            "train with `fit`",
        ));
    }
    let validated = runs.iter().flat_map(|(_, history)| &history.epochs).all(|e| e.validation.is_some());
    let (measure, note) = match validated {
        true => ("validation accuracy", "measured at the end of each epoch"),
        false => ("training accuracy", "each point is the mean over an epoch and stands at its middle"),
    };
    let curves: Vec<Curve> = runs
        .iter()
        .zip(LOOKS)
        .map(|((name, history), look)| {
            let points = history.epochs.iter().map(|epoch| match epoch.validation.filter(|_| validated) {
                Some(score) => (epoch.number as f64, f64::from(score.accuracy)),
                None => (epoch.number as f64 - 0.5, f64::from(epoch.train.accuracy)),
            });
            Curve::new(*name, look.0, look.1, points)
        })
        .collect();
    let last: Vec<String> = curves.iter().filter_map(Curve::last).collect();
    let practice = runs.iter().map(|(_, history)| history.setup.source).find(|s| s.notice().is_some());
    let frame = Frame {
        title: &format!("{}{} over epochs", measure[..1].to_uppercase(), &measure[1..]),
        note,
        size: (900, 400),
        source: practice.unwrap_or(Source::FashionMnist),
        alt: format!("{measure} over epochs, last: {}.", last.join(", ")),
    };
    Figure::draw(frame, |area| curve::draw_panel(area, measure, &curves, None))
}
