use ndarray::Array2;
use plotters::prelude::RGBColor;

use crate::plot::picture;
use crate::plot::style::{Area, Drawn, INK, MARGIN, centred, px, text};

/// Small pictures of one size side by side, each with a word underneath.
pub(crate) struct Tiles<'a> {
    pictures: &'a [Array2<u8>],
    captions: Vec<String>,
}

/// Tiles in a row, and the width of one with the room about it, in pixels.
const COLUMNS: usize = 8;
const PITCH: i32 = 108;
/// Height of a tile's caption, in pixels.
const CAPTION: i32 = 14;

impl Tiles<'_> {
    /// Each picture with the word that `caption` has for its number.
    pub(crate) fn new(pictures: &[Array2<u8>], caption: impl Fn(usize) -> String) -> Tiles<'_> {
        Tiles { pictures, captions: (0..pictures.len()).map(caption).collect() }
    }

    /// Width and height of the whole, in pixels.
    pub(crate) fn size(&self) -> (i32, i32) {
        let rows = self.pictures.len().div_ceil(COLUMNS) as i32;
        (2 * MARGIN + COLUMNS as i32 * PITCH, rows * (PITCH + CAPTION))
    }

    pub(crate) fn draw(&self, area: &Area, colour: fn(u8) -> RGBColor) -> Drawn {
        for (i, (picture, caption)) in self.pictures.iter().zip(&self.captions).enumerate() {
            let (row, column) = ((i / COLUMNS) as i32, (i % COLUMNS) as i32);
            let longest = picture.nrows().max(picture.ncols()).max(1) as i32;
            let cell = (px(PITCH - 10) / longest).max(1);
            let (x, y) = (px(MARGIN + column * PITCH), px(row * (PITCH + CAPTION) + 2));
            picture::draw(area, (x, y), cell, picture.view(), colour)?;
            let below = (x + picture.ncols() as i32 * cell / 2, y + picture.nrows() as i32 * cell + px(10));
            area.draw_text(caption, &centred(&text(12, INK)), below)?;
        }
        Ok(())
    }
}
