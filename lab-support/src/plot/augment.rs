//! What augmentation makes of one garment.

use lab_base::Error;
use ndarray::{Array2, ArrayView2};

use crate::data::Dataset;
use crate::nn::{Augment, RandomStream};
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
        self.check(image.shape())?;
        let pictures: Vec<Array2<u8>> = (0..VARIANTS).map(|number| self.variant(&image, number)).collect();
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

    /// The same in every call.
    fn variant(&self, image: &ArrayView2<u8>, number: usize) -> Array2<u8> {
        let from: Vec<f32> = image.iter().map(|pixel| f32::from(*pixel)).collect();
        let mut to = vec![0.0; from.len()];
        self.vary(&from, &mut to, (image.ncols(), 0.0), RandomStream::new(number as u64));
        let pixels = to.into_iter().map(|pixel| pixel.round() as u8).collect();
        Array2::from_shape_vec(image.dim(), pixels).expect("as many pixels as before")
    }
}
