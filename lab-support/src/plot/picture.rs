//! One garment, drawn pixel by pixel.

use lab_base::Error;
use ndarray::{ArrayView2, Axis};
use plotters::prelude::{Color, RGBColor, Rectangle, ViridisRGB};

use crate::data::Images;
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
    let (left, top) = corner;
    let (height, width) = image.dim();
    for ((row, column), &pixel) in image.indexed_iter() {
        let (x, y) = (left + column as i32 * cell, top + row as i32 * cell);
        area.draw(&Rectangle::new([(x, y), (x + cell - 1, y + cell - 1)], colour(pixel).filled()))?;
    }
    let (right, bottom) = (left + width as i32 * cell, top + height as i32 * cell);
    area.draw(&Rectangle::new([(left - 1, top - 1), (right, bottom)], thin(LINE)))
}

/// 0 black, 255 white.
pub(crate) fn grey(pixel: u8) -> RGBColor {
    RGBColor(pixel, pixel, pixel)
}

/// 0 dark violet, 255 yellow, ever brighter between: small differences show.
pub(crate) fn viridis(pixel: u8) -> RGBColor {
    ViridisRGB::get_color(f64::from(pixel) / 255.0)
}
