//! Which pixels a class's score depends on: the image, the gradient, and the one over the other.

use lab_base::Error;
use plotters::prelude::RGBColor;

use crate::data::Source;
use crate::nn::Saliency;
use crate::plot::figure::{Figure, Frame};
use crate::plot::picture::{self, grey};
use crate::plot::signed;
use crate::plot::style::{INK, MARGIN, centred, px, text};

/// Width of a panel, and from one to the next, in pixels.
const SIDE: i32 = 280;
const PITCH: i32 = SIDE + 24;

impl Saliency {
    /// The image, the gradient (yellow where a brighter pixel speaks for the class, blue where against it), and
    /// the image with yellow over the pixels that count, the more the steeper.
    ///
    /// # Errors
    /// When the figure can't be encoded.
    pub fn plot(&self) -> Result<Figure, Error> {
        let (class, actual) = (name(self.source, self.class), name(self.source, self.actual));
        let largest = signed::largest(&self.gradient);
        let (row, column) = self.steepest();
        let frame = Frame {
            title: &format!("Which pixels of image {} ({actual}) speak for {class}", self.index),
            note: "gradient: by how much the score rises when a pixel goes from black to white; yellow: for it, blue: against it",
            size: (2 * MARGIN + 3 * PITCH - 24, SIDE + 62),
            source: self.source,
            alt: format!(
                "Saliency of image {} ({actual}) for {class}: gradient from {:.2} to {:.2}, steepest at row {row}, column {column}.",
                self.index,
                self.gradient.fold(f32::INFINITY, |a, &b| a.min(b)),
                self.gradient.fold(f32::NEG_INFINITY, |a, &b| a.max(b)),
            ),
        };
        Figure::draw(frame, |area| {
            let longest = self.image.nrows().max(self.image.ncols()).max(1) as i32;
            let cell = (px(SIDE) / longest).max(1);
            let corner = |panel: i32| (px(MARGIN + panel * PITCH), px(4));
            picture::draw(area, corner(0), cell, self.image.view(), grey)?;
            let levels = signed::levels(self.gradient.view(), largest);
            picture::draw(area, corner(1), cell, levels.view(), signed::colour)?;
            let (left, top) = corner(2);
            let end = (left + self.image.ncols() as i32 * cell, top + self.image.nrows() as i32 * cell);
            picture::draw_pixels(area, [(left, top), end], self.image.ncols(), self.steep_pixels(largest))?;
            for (panel, words) in ["image", "gradient", "steep pixels over the image"].iter().enumerate() {
                let (x, _) = corner(panel as i32);
                area.draw_text(words, &centred(&text(14, INK)), (x + px(SIDE / 2), px(SIDE + 18)))?;
            }
            signed::draw_bar(area, (corner(1).0 + px(SIDE - 255) / 2, px(SIDE + 36)), largest)
        })
    }

    /// The image at half its brightness, with yellow over each pixel, as opaque as its value is steep.
    fn steep_pixels(&self, largest: f32) -> Vec<RGBColor> {
        let over = |(&pixel, value): (&u8, &f32)| {
            let (grey, share) = (f32::from(pixel / 2), value.abs() / largest);
            let [red, green, blue] =
                [255.0, 220.0, 0.0].map(|yellow| (grey + share * (yellow - grey)).round() as u8);
            RGBColor(red, green, blue)
        };
        self.image.iter().zip(&self.gradient).map(over).collect()
    }

    /// Row and column of the largest gradient.
    fn steepest(&self) -> (usize, usize) {
        let steeper = |a: &(_, &f32), b: &(_, &f32)| a.1.abs().total_cmp(&b.1.abs());
        self.gradient.indexed_iter().max_by(steeper).map_or((0, 0), |(place, _)| place)
    }
}

/// The name of a class; its number where the network has more than there are names.
fn name(source: Source, class: usize) -> String {
    source.class_names().get(class).map_or(format!("class {class}"), |name| name.to_string())
}
