//! What all figures have in common: colours, type sizes, axes.
//!
//! The colours are Okabe and Ito's, which colour-blind eyes tell apart
//! (<https://jfly.uni-koeln.de/color/>); red is Paul Tol's, because their vermillion would be called orange.

use std::convert::Infallible;
use std::ops::Range;

use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::Shift;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::types::RangedCoordf64;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind};
use plotters::prelude::{Color, IntoFont, RGBColor, ShapeStyle, TextStyle};
use plotters::style::FontStyle;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::plot::canvas::Canvas;

pub(crate) const BLUE: RGBColor = RGBColor(0, 114, 178);
pub(crate) const RED: RGBColor = RGBColor(204, 51, 17);
pub(crate) const GREEN: RGBColor = RGBColor(0, 158, 115);
pub(crate) const ORANGE: RGBColor = RGBColor(230, 159, 0);
pub(crate) const SKY: RGBColor = RGBColor(86, 180, 233);
pub(crate) const PURPLE: RGBColor = RGBColor(204, 121, 167);

pub(crate) const WHITE: RGBColor = RGBColor(255, 255, 255);

/// Words and numbers that are read.
pub(crate) const INK: RGBColor = RGBColor(25, 25, 25);
/// Words that explain.
pub(crate) const FADED: RGBColor = RGBColor(85, 85, 85);
/// Axes and frames.
pub(crate) const LINE: RGBColor = RGBColor(150, 150, 150);
/// Lines that lie behind the data.
pub(crate) const GRID: RGBColor = RGBColor(228, 228, 228);
/// Bars and numbers of little importance.
pub(crate) const GREY: RGBColor = RGBColor(160, 160, 160);
/// The room that a bar could fill.
pub(crate) const TRACK: RGBColor = RGBColor(243, 243, 243);

/// Empty pixels on either side of a figure.
pub(crate) const MARGIN: i32 = 14;

/// A part of the page.
pub(crate) type Area<'a> = DrawingArea<Canvas<'a>, Shift>;
/// A part of the page with a number axis along its bottom and its left.
pub(crate) type Chart<'a> = ChartContext<'a, Canvas<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
/// What a drawing step returns.
pub(crate) type Drawn<T = ()> = Result<T, DrawingAreaErrorKind<Infallible>>;

/// A length in pixels of the finished figure, as a length on the canvas, which has twice as many each way.
pub(crate) const fn px(length: i32) -> i32 {
    2 * length
}

/// Text of `size` pixels that starts at its point, on its line.
pub(crate) fn text(size: i32, color: RGBColor) -> TextStyle<'static> {
    ("", px(size)).into_font().color(&color).pos(Pos::new(HPos::Left, VPos::Bottom))
}

pub(crate) fn bold(size: i32, color: RGBColor) -> TextStyle<'static> {
    ("", px(size)).into_font().style(FontStyle::Bold).color(&color).pos(Pos::new(HPos::Left, VPos::Bottom))
}

/// The same text with its middle at its point.
pub(crate) fn centred(style: &TextStyle<'static>) -> TextStyle<'static> {
    style.pos(Pos::new(HPos::Center, VPos::Center))
}

/// The same text ending at its point, its middle at that height.
pub(crate) fn to_the_left(style: &TextStyle<'static>) -> TextStyle<'static> {
    style.pos(Pos::new(HPos::Right, VPos::Center))
}

/// The same text starting at its point, its middle at that height.
pub(crate) fn to_the_right(style: &TextStyle<'static>) -> TextStyle<'static> {
    style.pos(Pos::new(HPos::Left, VPos::Center))
}

/// A thin line, as wide as a pixel.
pub(crate) fn thin(color: RGBColor) -> ShapeStyle {
    color.stroke_width(px(1) as u32)
}

/// One of the two axes of a chart.
pub(crate) struct Axis<'a> {
    pub range: Range<f64>,
    /// What is measured, and in which unit.
    pub title: &'a str,
    /// At most so many numbers along it.
    pub labels: usize,
    pub format: &'a dyn Fn(&f64) -> String,
}

/// Draws a light grid, axes with numbers, and their titles; data are then drawn on the chart.
pub(crate) fn axes<'a>(area: &Area<'a>, x: Axis, y: Axis) -> Drawn<Chart<'a>> {
    let mut chart = ChartBuilder::on(area)
        .x_label_area_size(px(42))
        .y_label_area_size(px(64))
        .margin_left(px(MARGIN))
        .margin_right(px(MARGIN))
        .margin_top(px(8))
        .build_cartesian_2d(x.range, y.range)?;
    chart
        .configure_mesh()
        .bold_line_style(thin(GRID))
        .light_line_style(GRID.mix(0.0))
        .axis_style(thin(LINE))
        .label_style(text(14, INK))
        .axis_desc_style(text(14, FADED))
        .set_all_tick_mark_size(px(4))
        .x_labels(x.labels)
        .y_labels(y.labels)
        .x_label_formatter(x.format)
        .y_label_formatter(y.format)
        .x_desc(x.title)
        .y_desc(y.title)
        .draw()?;
    Ok(chart)
}

/// The words (of 14 pixels) themselves, or as many letters as fit into `width` on the canvas.
pub(crate) fn fitting(area: &Area, words: &str, width: i32) -> Drawn<String> {
    let letters: Vec<char> = words.chars().collect();
    // Each letter is wider than a pixel of the canvas.
    for kept in (0..letters.len().min(width.max(0) as usize)).rev() {
        let shown: String = match kept + 1 == letters.len() {
            true => words.to_string(),
            false => letters[..kept].iter().chain(&['…']).collect(),
        };
        if area.estimate_text_size(&shown, &text(14, INK))?.0 as i32 <= width {
            return Ok(shown);
        }
    }
    Ok(String::new())
}
