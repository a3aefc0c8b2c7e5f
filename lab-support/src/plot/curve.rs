//! Curves over epochs, with a key above them.

use std::ops::Range;

use plotters::element::{PathElement, Polygon};
use plotters::prelude::{Color, LineSeries, RGBColor};

use crate::plot::mark::Mark;
use crate::plot::style::{
    Area, Axis, Drawn, FADED, INK, MARGIN, axes, fitting, px, text, thin, to_the_right,
};

/// Values over epochs, and how they are drawn.
pub(crate) struct Curve {
    name: String,
    colour: RGBColor,
    mark: Mark,
    /// Epoch and value. A training that runs away gives values that aren't numbers: they are left out.
    points: Vec<(f64, f64)>,
    /// Corners of the area between this curve and another.
    gap: Vec<(f64, f64)>,
}

/// How much of its colour the area beside a curve has.
const SHADE: f64 = 0.12;

impl Curve {
    pub(crate) fn new(
        name: impl Into<String>,
        colour: RGBColor,
        mark: Mark,
        points: impl Iterator<Item = (f64, f64)>,
    ) -> Curve {
        Curve {
            name: name.into(),
            colour,
            mark,
            points: points.filter(|(_, value)| value.is_finite()).collect(),
            gap: Vec::new(),
        }
    }

    /// The same curve with the area between it and `other` shaded.
    pub(crate) fn shaded_to(self, other: &Curve) -> Curve {
        let gap = self.points.iter().chain(other.points.iter().rev()).copied().collect();
        Curve { gap, ..self }
    }

    /// Name and last value, as `784-128-10 0.8812`.
    pub(crate) fn last(&self) -> Option<String> {
        self.points.last().map(|(_, value)| format!("{} {value:.4}", self.name))
    }
}

/// At most so many marks along a curve.
const MARKS: usize = 100;

/// Draws the curves over a grid, and a vertical line at the epoch of the smallest validation loss. `along` is what goes
/// to the right, `measure` what goes up.
pub(crate) fn draw_panel(
    area: &Area,
    (along, measure): (&str, &str),
    curves: &[Curve],
    best: Option<usize>,
) -> Drawn {
    let (_, panel) = area.split_vertically(draw_key(area, curves, best)?);
    let points = || curves.iter().flat_map(|curve| &curve.points);
    let end = points().map(|point| point.0.ceil()).fold(1.0, f64::max);
    let values = span(points().map(|point| point.1));
    let digits = match values.end - values.start {
        ..0.05 => 3,
        ..20.0 => 2,
        _ => 0,
    };
    let whole = |epoch: &f64| if epoch.fract() == 0.0 { epoch.to_string() } else { String::new() };
    let value = |v: &f64| format!("{v:.digits$}");
    let x = Axis { range: 0.0..1.02 * end, title: along, labels: (end as usize + 1).min(11), format: &whole };
    let y = Axis { range: values.clone(), title: measure, labels: 7, format: &value };
    let mut chart = axes(&panel, x, y)?;
    if let Some(best) = best {
        let line = vec![(best as f64, values.start), (best as f64, values.end)];
        chart.draw_series([PathElement::new(line, thin(FADED))])?;
    }
    let shaded = curves.iter().filter(|curve| !curve.gap.is_empty());
    chart
        .draw_series(shaded.map(|curve| Polygon::new(curve.gap.clone(), curve.colour.mix(SHADE).filled())))?;
    let (left, top) = area.get_base_pixel();
    for curve in curves {
        chart.draw_series(LineSeries::new(
            curve.points.iter().copied(),
            curve.colour.stroke_width(px(2) as u32),
        ))?;
        for &(epoch, value) in curve.points.iter().step_by(curve.points.len().div_ceil(MARKS).max(1)) {
            let (x, y) = chart.backend_coord(&(epoch, value));
            curve.mark.draw(area, (x - left, y - top), curve.colour)?;
        }
    }
    Ok(())
}

/// The values' range with a little room, never empty.
fn span(values: impl Iterator<Item = f64>) -> Range<f64> {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    if low > high {
        return 0.0..1.0;
    }
    let room = (0.06 * (high - low)).max(0.01 * high.abs()).max(1e-3);
    low - room..high + room
}

/// Which curve is which, in as many rows as it takes; returns their height.
fn draw_key(area: &Area, curves: &[Curve], best: Option<usize>) -> Drawn<i32> {
    let style = to_the_right(&text(14, INK));
    let (start, end) = (px(MARGIN + 64), area.dim_in_pixel().0 as i32 - px(MARGIN));
    let (mut x, mut y) = (start, px(12));
    for curve in curves {
        let name = fitting(area, &curve.name, px(260))?;
        let width = px(30) + area.estimate_text_size(&name, &style)?.0 as i32;
        if x > start && x + width > end {
            (x, y) = (start, y + px(24));
        }
        let line = vec![(x, y), (x + px(24), y)];
        area.draw(&PathElement::new(line, curve.colour.stroke_width(px(2) as u32)))?;
        curve.mark.draw(area, (x + px(12), y), curve.colour)?;
        area.draw_text(&name, &style, (x + px(30), y))?;
        x += width + px(20);
    }
    if let Some(best) = best {
        area.draw(&PathElement::new(vec![(x, y - px(7)), (x, y + px(7))], thin(FADED)))?;
        area.draw_text(&format!("best epoch {best}"), &style, (x + px(8), y))?;
    }
    Ok(y + px(14))
}
