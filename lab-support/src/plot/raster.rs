//! Shapes as pixels. What a shape covers of a pixel is computed and not sampled, so that edges are smooth.

use std::f32::consts::TAU;

use ab_glyph_rasterizer::{Point, Rasterizer, point};
use plotters::prelude::RGBColor;
use plotters_backend::{BackendColor, DrawingBackend};
use plotters_bitmap::BitMapBackend;

use crate::plot::letters;
use crate::plot::shape::{Bounds, Drawing, Ink, Place, Shape, Text};

/// How many steps there are from a pixel that is not covered to one that is: enough for smooth edges of fine pixels, and few
/// enough for small files.
const LEVELS: f32 = 8.0;

/// A white page with shapes on it.
pub(crate) struct Raster {
    /// Red, green and blue of each pixel, row by row.
    pub pixels: Vec<u8>,
    pub width: usize,
    pub height: usize,
}

impl Raster {
    /// A pixel of the canvas is one of the page.
    pub(crate) fn of(drawing: &Drawing) -> Raster {
        let (width, height) = drawing.size;
        let mut page = Raster::blank(width as usize, height as usize);
        let mut bitmap = page.bitmap();
        drawing.shapes.iter().for_each(|shape| bitmap.draw(shape));
        drop(bitmap);
        page
    }

    /// A picture over all of a page of this size.
    pub(crate) fn of_picture(width: usize, height: usize, columns: usize, pixels: &[RGBColor]) -> Raster {
        let mut page = Raster::blank(width, height);
        page.bitmap().paste([0, 0, width as i32, height as i32], columns, pixels);
        page
    }

    fn blank(width: usize, height: usize) -> Raster {
        Raster { pixels: vec![255; 3 * width * height], width, height }
    }

    fn bitmap(&mut self) -> Bitmap<'_> {
        let (width, height) = (self.width, self.height);
        let pixels = BitMapBackend::with_buffer(&mut self.pixels, (width as u32, height as u32));
        Bitmap { pixels, width, height }
    }
}

/// plotters' bitmap over the pixels of a page: it mixes colours and leaves out what lies beside the page. Which pixels a shape
/// covers, and how much of them, is computed here, since its own lines and discs have steps.
struct Bitmap<'a> {
    pixels: BitMapBackend<'a>,
    width: usize,
    height: usize,
}

impl Bitmap<'_> {
    fn draw(&mut self, shape: &Shape) {
        match shape {
            Shape::Box { bounds, ink } => self.fill(*bounds, *ink),
            Shape::Frame { bounds, width, ink } => {
                sides(*bounds, *width).into_iter().for_each(|side| self.fill(side, *ink));
            }
            Shape::Line { points, width, ink } => self.cover(&stroke(points, *width), *ink),
            Shape::Polygon { points, ink } => {
                self.cover(&[points.iter().map(|place| corner(*place)).collect()], *ink);
            }
            Shape::Disc { middle, radius, ink } => self.cover(&[circle(corner(*middle), *radius)], *ink),
            Shape::Ring { middle, radius, width, ink } => {
                let [outer, mut inner] =
                    [0.5, -0.5].map(|side| circle(corner(*middle), (radius + side * width).max(0.0)));
                inner.reverse();
                self.cover(&[outer, inner], *ink);
            }
            Shape::Text(text) => self.write(text),
            Shape::Picture { bounds, columns, pixels } => self.paste(*bounds, *columns, pixels),
        }
    }

    /// The part of a box that lies on the page.
    fn clipped(&self, [left, top, right, bottom]: Bounds) -> Bounds {
        let [width, height] = [self.width, self.height].map(|side| i32::try_from(side).unwrap_or(i32::MAX));
        [left.clamp(0, width), top.clamp(0, height), right.clamp(0, width), bottom.clamp(0, height)]
    }

    /// Mixes a share of a colour into a pixel, where that is on the page.
    fn mix(&mut self, x: i32, y: i32, [red, green, blue]: [u8; 3], share: f32) {
        let colour = BackendColor { alpha: f64::from(share), rgb: (red, green, blue) };
        // Only a bitmap that is a file can fail.
        let _ = self.pixels.draw_pixel((x, y), colour);
    }

    fn fill(&mut self, bounds: Bounds, ink: Ink) {
        let [left, top, right, bottom] = self.clipped(bounds);
        for y in top..bottom {
            (left..right).for_each(|x| self.mix(x, y, ink.rgb, ink.alpha));
        }
    }

    /// Fills outlines: what lies in several that turn the same way is filled once, and one that turns the other way is a hole.
    fn cover(&mut self, outlines: &[Vec<Point>], ink: Ink) {
        let [mut low, mut high] = [point(f32::MAX, f32::MAX), point(f32::MIN, f32::MIN)];
        for place in outlines.iter().flatten() {
            low = point(low.x.min(place.x), low.y.min(place.y));
            high = point(high.x.max(place.x), high.y.max(place.y));
        }
        if low.x > high.x {
            return;
        }
        let from = point(low.x.floor(), low.y.floor());
        let size = high - from;
        let mut rasterizer = Rasterizer::new(size.x.ceil() as usize + 2, size.y.ceil() as usize + 1);
        for outline in outlines {
            let ends = outline.iter().skip(1).chain(outline.first());
            outline.iter().zip(ends).for_each(|(&a, &b)| rasterizer.draw_line(a - from, b - from));
        }
        let (left, top) = (from.x as i32, from.y as i32);
        rasterizer.for_each_pixel_2d(|x, y, share| self.blend(left + x as i32, top + y as i32, ink, share));
    }

    fn write(&mut self, text: &Text) {
        let (cosine, sine) = text.turn;
        for outline in letters::outlines(text) {
            let corner = outline.px_bounds().min;
            outline.draw(|x, y, share| {
                let (x, y) = (corner.x as i32 + x as i32, corner.y as i32 + y as i32);
                let turned = (cosine * x - sine * y, sine * x + cosine * y);
                self.blend(text.at.0 + turned.0, text.at.1 + turned.1, text.ink, share);
            });
        }
    }

    /// Puts a picture over a box.
    fn paste(&mut self, bounds: Bounds, columns: usize, pixels: &[RGBColor]) {
        let rows = pixels.len() / columns.max(1);
        let [left, top, right, bottom] = bounds;
        if rows == 0 || right <= left || bottom <= top {
            return;
        }
        let [from_x, from_y, to_x, to_y] = self.clipped(bounds);
        let place = |at: i32, start: i32, end: i32, count: usize| {
            (i64::from(at) - i64::from(start)) as usize * count / (end - start) as usize
        };
        for y in from_y..to_y {
            let row = columns * place(y, top, bottom, rows);
            for x in from_x..to_x {
                let RGBColor(red, green, blue) = pixels[row + place(x, left, right, columns)];
                self.mix(x, y, [red, green, blue], 1.0);
            }
        }
    }

    /// Gives a pixel as much of a colour as is covered of it.
    fn blend(&mut self, x: i32, y: i32, ink: Ink, covered: f32) {
        let share = ink.alpha * (LEVELS * covered.min(1.0)).round() / LEVELS;
        if share > 0.0 {
            self.mix(x, y, ink.rgb, share);
        }
    }
}

fn corner((x, y): Place) -> Point {
    point(x as f32, y as f32)
}

/// Four boxes about the edges of one.
fn sides([left, top, right, bottom]: Bounds, width: i32) -> [Bounds; 4] {
    let (outer, inner) = (width / 2, width - width / 2);
    [
        [left - outer, top - outer, right + outer, top + inner],
        [left - outer, bottom - inner, right + outer, bottom + outer],
        [left - outer, top + inner, left + inner, bottom - inner],
        [right - inner, top + inner, right + outer, bottom - inner],
    ]
}

/// A polygon with enough corners to look round.
fn circle(middle: Point, radius: f32) -> Vec<Point> {
    let corners = 8 + 2 * radius as usize;
    let angle = |i: usize| TAU * i as f32 / corners as f32;
    (0..corners).map(|i| middle + point(radius * angle(i).cos(), -radius * angle(i).sin())).collect()
}

/// A line of some width: a box for each part, and a disc where two of them meet. All turn the same way.
fn stroke(points: &[Place], width: f32) -> Vec<Vec<Point>> {
    let mut outlines = Vec::new();
    for (&from, &to) in points.iter().zip(points.iter().skip(1)) {
        let (from, to) = (corner(from), corner(to));
        let length = (to.x - from.x).hypot(to.y - from.y);
        if length > 0.0 {
            let half = 0.5 * width / length;
            let side = point(half * (from.y - to.y), half * (to.x - from.x));
            outlines.push(vec![from + side, to + side, to - side, from - side]);
        }
    }
    let joints = points.iter().skip(1).take(points.len().saturating_sub(2));
    outlines.extend(joints.map(|joint| circle(corner(*joint), width / 2.0)));
    outlines
}

#[cfg(test)]
mod tests {
    use plotters::drawing::IntoDrawingArea;
    use plotters::element::{Circle, PathElement};
    use plotters::prelude::{Color, Rectangle};
    use plotters::style::{FontTransform, TextStyle};

    use super::*;
    use crate::plot::canvas::Canvas;
    use crate::plot::style::{Area, INK, RED, centred, text, to_the_left};

    const SIDE: u32 = 200;

    fn drawn(draw: impl FnOnce(&Area)) -> Raster {
        let mut drawing = Drawing { size: (SIDE, SIDE), ..Drawing::default() };
        draw(&Canvas::new(&mut drawing).into_drawing_area());
        Raster::of(&drawing)
    }

    /// The box around what is dark: left, top, right, bottom.
    fn ink(page: &Raster) -> [usize; 4] {
        let side = SIDE as usize;
        let dark: Vec<usize> = (0..side * side).filter(|at| page.pixels[at * 3] < 128).collect();
        let columns = || dark.iter().map(|at| at % side);
        let rows = || dark.iter().map(|at| at / side);
        [columns().min().unwrap(), rows().min().unwrap(), columns().max().unwrap(), rows().max().unwrap()]
    }

    /// "HH" at (100, 100).
    fn letters(style: TextStyle) -> [usize; 4] {
        ink(&drawn(|area| area.draw_text("HH", &style, (100, 100)).unwrap()))
    }

    #[test]
    fn text_stands_where_its_anchor_says() {
        let [left, top, right, bottom] = letters(centred(&text(20, INK)));
        assert!(
            (left + right).abs_diff(200) <= 3 && (top + bottom).abs_diff(200) <= 3,
            "{left} {top} {right} {bottom}"
        );
        assert!(right - left > bottom - top);
        let [_, _, right, _] = letters(to_the_left(&text(20, INK)));
        assert!((92..=100).contains(&right), "{right}");
        let [left, _, _, bottom] = letters(text(20, INK));
        assert!((100..=108).contains(&left) && bottom.abs_diff(100) <= 1, "{left} {bottom}");
    }

    #[test]
    fn turned_text_is_higher_than_wide() {
        let [left, top, right, bottom] = letters(centred(&text(20, INK)).transform(FontTransform::Rotate270));
        assert!(
            (left + right).abs_diff(200) <= 3 && (top + bottom).abs_diff(200) <= 3,
            "{left} {top} {right} {bottom}"
        );
        assert!(bottom - top > right - left);
    }

    #[test]
    fn what_lies_outside_the_page_is_left_out() {
        let page = drawn(|area| {
            for place in [(-500, 0), (0, -500), (500, 500), (-20, 5)] {
                area.draw_text("garment", &text(20, INK), place).unwrap();
                area.draw(&Circle::new(place, 30, INK.filled())).unwrap();
                area.draw(&PathElement::new(vec![(100, 100), place], INK.stroke_width(4))).unwrap();
            }
        });
        assert_eq!(page.pixels.len(), 3 * 200 * 200);
    }

    #[test]
    fn shapes_have_the_size_that_was_asked_for_and_no_holes() {
        let covered = |page: &Raster| {
            let dark = |pixel: &[u8]| f64::from(255 - u16::from(pixel[1])) / f64::from(255 - RED.1);
            page.pixels.chunks(3).map(dark).sum::<f64>()
        };
        let near = |page: &Raster, area: f64| (covered(page) / area - 1.0).abs() < 0.02;
        let zigzag: Vec<(i32, i32)> =
            (0..8).map(|i| (20 + 20 * i, if i % 2 == 0 { 40 } else { 60 })).collect();
        let line = drawn(|area| area.draw(&PathElement::new(zigzag, RED.stroke_width(4))).unwrap());
        assert!(near(&line, 7.0 * 4.0 * f64::hypot(20.0, 20.0)), "{}", covered(&line));
        let disc = drawn(|area| area.draw(&Circle::new((90, 90), 40, RED.filled())).unwrap());
        assert!(near(&disc, std::f64::consts::PI * 1600.0), "{}", covered(&disc));
        let ring = drawn(|area| area.draw(&Circle::new((90, 90), 40, RED.stroke_width(4))).unwrap());
        assert!(near(&ring, std::f64::consts::TAU * 40.0 * 4.0), "{}", covered(&ring));
        let full = drawn(|area| area.draw(&Rectangle::new([(10, 10), (19, 29)], RED.filled())).unwrap());
        assert!((covered(&full) - 200.0).abs() < 1e-6);
        let frame =
            drawn(|area| area.draw(&Rectangle::new([(10, 10), (19, 29)], RED.stroke_width(2))).unwrap());
        assert!((covered(&frame) - (12.0 * 22.0 - 8.0 * 18.0)).abs() < 1e-6);
    }

    #[test]
    fn each_pixel_of_a_picture_is_a_block() {
        let mut drawing = Drawing { size: (6, 4), ..Drawing::default() };
        let pixels = vec![RED, INK, INK, RED];
        Canvas::new(&mut drawing).draw_picture([2, 0, 6, 4], 2, pixels);
        let page = Raster::of(&drawing);
        let row =
            |y: usize| page.pixels[3 * 6 * y..3 * 6 * (y + 1)].chunks(3).map(|p| p[0]).collect::<Vec<_>>();
        assert_eq!([row(1), row(2)], [[255, 255, 204, 204, 25, 25], [255, 255, 25, 25, 204, 204]]);
    }
}
