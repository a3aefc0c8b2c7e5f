//! What augmentation makes of one garment.

use ndarray::{Array2, Axis};

use crate::Error;
use crate::data::Dataset;
use crate::nn::Augment;
use crate::plot::figure::{Figure, Frame};
use crate::plot::picture::{grey, pick};
use crate::plot::tiles::Tiles;

/// Variants in the figure.
const VARIANTS: usize = 16;

impl Augment {
    /// Sixteen variants of image `i`, as training would see it in sixteen epochs.
    ///
    /// # Errors
    /// When there is no image `i`, or a setting is out of its range for its size.
    pub fn show(&self, i: usize, data: &Dataset) -> Result<Figure, Error> {
        let images = data.images();
        let image = pick(images, i, "showing variants of an image")?;
        let variants = self.variants(image.mapv(f32::from), VARIANTS)?;
        let pictures: Vec<Array2<u8>> =
            variants.axis_iter(Axis(0)).map(|variant| variant.mapv(|pixel| pixel.round() as u8)).collect();
        let tiles = Tiles::new(&pictures, |i| (i + 1).to_string());
        let name = images.class_name(i);
        Figure::draw(
            Frame {
                title: &format!("Image {i}, {name}: {VARIANTS} variants"),
                note: &self.to_string(),
                size: tiles.size(),
                source: images.source,
                alt: format!("{VARIANTS} variants of image {i}, {name}; {self}."),
            },
            |area| tiles.draw(area, grey),
        )
    }
}
