//! A horizontal scale of shares, for figures with a row for each thing that is compared.

use plotters::element::PathElement;
use plotters::prelude::TextStyle;

use crate::plot::style::{
    Area, Drawn, FADED, GRID, INK, LINE, MARGIN, centred, fitting, px, text, thin, to_the_left,
};

/// Height of a row, and upper edge of the first, in pixels.
const ROW: i32 = 30;
const TOP: i32 = 34;

/// The part of 0 to 1 that holds all values, and where on the page it lies.
pub(crate) struct Scale {
    low: f64,
    high: f64,
    step: f64,
    /// Left and right edge, in pixels.
    edges: (i32, i32),
    rows: i32,
}

impl Scale {
    /// From a little below the smallest value to a little above the largest, between these edges, in pixels, over so many
    /// rows.
    pub(crate) fn over(values: impl Iterator<Item = f64>, edges: (i32, i32), rows: usize) -> Scale {
        let (low, high) = values.fold((1.0f64, 0.0f64), |(low, high), v| (low.min(v), high.max(v)));
        let steps = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1];
        let step = steps.into_iter().find(|step| (high - low) / step <= 6.0).unwrap_or(0.2);
        let (low, high) = ((low / step - 0.3).floor() * step, (high / step + 0.3).ceil() * step);
        Scale { low: low.max(0.0), high: high.min(1.0), step, edges, rows: rows as i32 }
    }

    /// Width and height of the figure, in pixels.
    pub(crate) fn size(&self) -> (i32, i32) {
        (900, ROW * self.rows + 84)
    }

    /// Upper and lower edge of all rows, on the canvas.
    pub(crate) fn ends(&self) -> (i32, i32) {
        (px(TOP), px(TOP + ROW * self.rows))
    }

    /// The middle of a row, counted from 0, on the canvas.
    pub(crate) fn middle(&self, row: usize) -> i32 {
        px(TOP + ROW * row as i32 + ROW / 2)
    }

    /// Where a value stands, on the canvas.
    pub(crate) fn x(&self, value: f64) -> i32 {
        let part = (value - self.low) / (self.high - self.low);
        let (left, right) = self.edges;
        px(left) + (part * f64::from(px(right - left))) as i32
    }

    /// `the axis runs from 0.86 to 0.90, not from 0`.
    pub(crate) fn note(&self) -> String {
        let elsewhere = if self.low > 0.0 { ", not from 0" } else { "" };
        format!("the axis runs from {} to {}{elsewhere}", self.label(self.low), self.label(self.high))
    }

    /// Draws the lines of the scale, with numbers and a title below them, and titles of columns, by their right edge in
    /// pixels, above them.
    pub(crate) fn draw(&self, area: &Area, title: &str, columns: &[(i32, &str)]) -> Drawn {
        let (upper, lower) = self.ends();
        for tick in self.ticks() {
            let x = self.x(tick);
            area.draw(&PathElement::new(vec![(x, upper), (x, lower)], thin(GRID)))?;
            area.draw_text(&self.label(tick), &centred(&text(14, INK)), (x, lower + px(14)))?;
        }
        let (left, right) = self.edges;
        area.draw(&PathElement::new(vec![(px(left), lower), (px(right), lower)], thin(LINE)))?;
        area.draw_text(title, &centred(&text(14, FADED)), (px((left + right) / 2), lower + px(36)))?;
        columns.iter().try_for_each(|(right, title)| {
            let title = fitting(area, title, px(left - 12 - MARGIN))?;
            area.draw_text(&title, &to_the_left(&text(14, FADED)), (px(*right), px(TOP - 14)))
        })
    }

    /// Draws the name of a row beside it.
    pub(crate) fn draw_name(&self, area: &Area, row: usize, name: &str, style: &TextStyle<'static>) -> Drawn {
        let (left, _) = self.edges;
        let name = fitting(area, name, px(left - 12 - MARGIN))?;
        area.draw_text(&name, &to_the_left(style), (px(left - 12), self.middle(row)))
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
