use std::f64::consts::PI;

use plotters::element::{Circle, PathElement};
use plotters::prelude::{Color, Polygon, RGBColor, Rectangle};

use crate::plot::style::{Area, Drawn, WHITE, px};

/// The sign at a point: it tells apart, where colours don't, what belongs to what.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Mark {
    Disc,
    Ring,
    Square,
    Frame,
    Up,
    Down,
    Diamond,
    Cross,
    Plus,
    Star,
}

/// Radius of a mark, in pixels.
const RADIUS: i32 = 3;

impl Mark {
    /// Ten signs, as many as there are classes.
    pub(crate) const ALL: [Mark; 10] = [
        Mark::Disc,
        Mark::Up,
        Mark::Square,
        Mark::Plus,
        Mark::Ring,
        Mark::Down,
        Mark::Cross,
        Mark::Diamond,
        Mark::Frame,
        Mark::Star,
    ];

    /// Draws the mark about `middle`, on the canvas.
    pub(crate) fn draw(self, area: &Area, middle: (i32, i32), colour: RGBColor) -> Drawn {
        let (outer, inner) = (px(RADIUS) + 2, px(RADIUS) - 2);
        let square = |half: i32, colour: RGBColor| {
            let (x, y) = middle;
            area.draw(&Rectangle::new([(x - half, y - half), (x + half, y + half)], colour.filled()))
        };
        let disc = |radius: i32, colour: RGBColor| area.draw(&Circle::new(middle, radius, colour.filled()));
        match self {
            Mark::Disc => disc(outer, colour),
            Mark::Ring => disc(outer, colour).and_then(|()| disc(inner, WHITE)),
            Mark::Square => square(outer - 1, colour),
            Mark::Frame => square(outer - 1, colour).and_then(|()| square(inner - 1, WHITE)),
            Mark::Up => polygon(area, middle, 3, 0.0, colour),
            Mark::Down => polygon(area, middle, 3, PI, colour),
            Mark::Diamond => polygon(area, middle, 4, 0.0, colour),
            Mark::Cross => strokes(area, middle, 4, PI / 4.0, colour),
            Mark::Plus => strokes(area, middle, 4, 0.0, colour),
            Mark::Star => strokes(area, middle, 6, 0.0, colour),
        }
    }
}

/// A filled polygon of `corners` corners, the first above the middle but for a `turn`.
fn polygon(area: &Area, middle: (i32, i32), corners: usize, turn: f64, colour: RGBColor) -> Drawn {
    let points: Vec<(i32, i32)> = around(middle, corners, turn).collect();
    area.draw(&Polygon::new(points, colour.filled()))
}

/// As many strokes from the middle outwards.
fn strokes(area: &Area, middle: (i32, i32), count: usize, turn: f64, colour: RGBColor) -> Drawn {
    around(middle, count, turn).try_for_each(|end| {
        area.draw(&PathElement::new(vec![middle, end], colour.stroke_width(px(3) as u32 / 2)))
    })
}

/// Points at equal distances on a circle that is a little larger than a disc.
fn around((x, y): (i32, i32), count: usize, turn: f64) -> impl Iterator<Item = (i32, i32)> {
    let radius = f64::from(px(RADIUS)) * 1.5;
    (0..count).map(move |i| {
        let angle = turn + 2.0 * PI * i as f64 / count as f64;
        (x + (radius * angle.sin()).round() as i32, y - (radius * angle.cos()).round() as i32)
    })
}
