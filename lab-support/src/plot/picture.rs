//! One garment, drawn pixel by pixel.

use std::convert::Infallible;

use lab_base::Error;
use ndarray::{ArrayView2, Axis};
use plotters::element::{Drawable, PointCollection};
use plotters::prelude::{RGBColor, Rectangle, ViridisRGB};
use plotters_backend::DrawingErrorKind;

use crate::data::Images;
use crate::plot::canvas::Canvas;
use crate::plot::style::{Area, Drawn, LINE, thin};

/// The image `i` among `images`.
///
/// # Errors
/// When there is no such image.
pub(crate) fn pick<'a>(images: &'a Images, i: usize, doing: &str) -> Result<ArrayView2<'a, u8>, Error> {
    if i < images.len() {
        return Ok(images.pixels.index_axis(Axis(0), i));
    }
    Err(Error::doing(doing)
        .expected(format!("an image from 0 to {}", images.len().saturating_sub(1)))
        .found(format!("image {i}"))
        .advice(format!("this set holds {} images, counted from 0", images.len())))
}

/// Draws `image` with its upper left corner at `corner`, each pixel a square of `cell` by `cell` on the
/// canvas, in a thin frame.
pub(crate) fn draw(
    area: &Area,
    corner: (i32, i32),
    cell: i32,
    image: ArrayView2<u8>,
    colour: fn(u8) -> RGBColor,
) -> Drawn {
    let (height, width) = image.dim();
    let end = (corner.0 + width as i32 * cell, corner.1 + height as i32 * cell);
    draw_pixels(area, [corner, end], width, image.iter().map(|&pixel| colour(pixel)).collect())
}

/// Draws pixels, in rows of so many, over all of the box from a corner to the opposite one, in a thin frame.
pub(crate) fn draw_pixels(
    area: &Area,
    corners: [(i32, i32); 2],
    columns: usize,
    pixels: Vec<RGBColor>,
) -> Drawn {
    let [(left, top), (right, bottom)] = corners;
    area.draw(&Pixels { corners, columns, pixels })?;
    area.draw(&Rectangle::new([(left - 1, top - 1), (right, bottom)], thin(LINE)))
}

/// Something that plotters draws.
struct Pixels {
    corners: [(i32, i32); 2],
    columns: usize,
    pixels: Vec<RGBColor>,
}

impl<'a> PointCollection<'a, (i32, i32)> for &'a Pixels {
    type Point = &'a (i32, i32);
    type IntoIter = &'a [(i32, i32)];

    fn point_iter(self) -> &'a [(i32, i32)] {
        &self.corners
    }
}

impl<'c> Drawable<Canvas<'c>> for Pixels {
    fn draw<I: Iterator<Item = (i32, i32)>>(
        &self,
        mut corners: I,
        canvas: &mut Canvas<'c>,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        if let (Some((left, top)), Some((right, bottom))) = (corners.next(), corners.next()) {
            canvas.draw_picture([left, top, right, bottom], self.columns, self.pixels.clone());
        }
        Ok(())
    }
}

/// 0 black, 255 white.
pub(crate) fn grey(pixel: u8) -> RGBColor {
    RGBColor(pixel, pixel, pixel)
}

/// 0 dark violet, 255 yellow, ever brighter between: small differences show.
pub(crate) fn viridis(pixel: u8) -> RGBColor {
    ViridisRGB::get_color(f64::from(pixel) / 255.0)
}
