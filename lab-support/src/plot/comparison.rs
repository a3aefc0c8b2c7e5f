//! The test accuracy of several training runs in one figure.

use lab_base::Error;
use plotters::element::PathElement;
use plotters::prelude::{Circle, Color};

use crate::data::Source;
use crate::notebook::display::thousands;
use crate::plot::figure::{Figure, Frame};
use crate::plot::scale::Scale;
use crate::plot::style::{Area, BLUE, Drawn, FADED, INK, MARGIN, RED, bold, px, text, thin, to_the_left};

/// One training run in a comparison.
///
/// ```
/// use lab_support::data::Source;
/// use lab_support::plot::{Bar, compare};
///
/// let bar = |name, accuracy, params| Bar { name, accuracy, range: (accuracy, accuracy), params, seconds: 4.0 };
/// let figure = compare(&[bar("baseline", 0.887, 101_770), bar("wider", 0.893, 203_530)], Source::FashionMnist)?;
/// assert!(figure.alt().contains("wider"));
/// # Ok::<(), lab_support::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Bar<'a> {
    /// What the run is called.
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
    check(runs)?;
    let scale =
        Scale::over(runs.iter().flat_map(|run| [run.range.0, run.range.1]), (LEFT, RIGHT), runs.len());
    let baseline = &runs[0];
    let best = runs.iter().max_by(|a, b| a.accuracy.total_cmp(&b.accuracy)).unwrap_or(baseline);
    let several = runs.iter().any(|run| run.range.0 < run.range.1);
    let bars = if several { "thin bar: smallest to largest of several seeds; " } else { "" };
    let note = format!("line: {}; {bars}{}", baseline.name, scale.note());
    let frame = Frame {
        title: "Test accuracy",
        note: &note,
        size: scale.size(),
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
        scale.draw(area, "test accuracy", &COLUMNS)?;
        let (x, (upper, lower)) = (scale.x(baseline.accuracy), scale.ends());
        area.draw(&PathElement::new(vec![(x, upper), (x, lower)], FADED.stroke_width(px(2) as u32)))?;
        runs.iter().enumerate().try_for_each(|(row, run)| draw_run(area, &scale, baseline.accuracy, run, row))
    })
}

/// The plot's left and right edge, the right edges of the columns beside it: pixels.
const LEFT: i32 = MARGIN + 250;
const RIGHT: i32 = 644;
const COLUMNS: [(i32, &str); 3] = [(728, "accuracy"), (812, "parameters"), (886, "seconds")];

/// # Errors
/// When there are too few runs, too many, or an accuracy is not a share.
fn check(runs: &[Bar]) -> Result<(), Error> {
    let doing = "comparing runs";
    if !(1..=24).contains(&runs.len()) {
        return Err(Error::new(doing, "1 to 24 runs", runs.len(), "train some, or choose among them"));
    }
    let outside = |run: &&Bar| !(0.0 <= run.range.0 && run.range.1 <= 1.0);
    if let Some(run) = runs.iter().find(outside) {
        let found = format!("{} for {}", run.accuracy, run.name);
        return Err(Error::new(doing, "accuracies from 0 to 1", found, "evaluate the run again"));
    }
    Ok(())
}

fn draw_run(area: &Area, scale: &Scale, baseline: f64, run: &Bar, row: usize) -> Drawn {
    let (x, y) = (scale.x(run.accuracy), scale.middle(row));
    let colour = if run.accuracy < baseline { RED } else { BLUE };
    let stem = vec![(scale.x(baseline), y), (x, y)];
    area.draw(&PathElement::new(stem, colour.stroke_width(px(3) as u32)))?;
    draw_range(area, scale, run, y)?;
    area.draw(&Circle::new((x, y), px(6), colour.filled()))?;
    scale.draw_name(area, row, run.name, &if row == 0 { bold(14, INK) } else { text(14, INK) })?;
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
