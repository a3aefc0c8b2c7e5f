//! What a convolution makes of an image: one picture for each of its channels.

use lab_base::Error;
use ndarray::{Array2, ArrayView3};

use crate::nn::Activations;
use crate::plot::figure::{Figure, Frame};
use crate::plot::picture::viridis;
use crate::plot::tiles::Tiles;

const DOING: &str = "showing feature maps";

impl Activations {
    /// The channels of image `i` as pictures, at most 64 of them, brighter the larger the number.
    ///
    /// # Errors
    /// When there is no image `i`, or the layer's outputs are no images.
    pub fn feature_maps(&self, i: usize) -> Result<Figure, Error> {
        let (images, layer) = (self.values.nrows(), &self.layer);
        if i >= images {
            let expected = format!("an image from 0 to {}", images.saturating_sub(1));
            return Err(Error::new(DOING, expected, i, format!("there are activations of {images} images")));
        }
        let &[channels, height, width] = &self.shape[..] else {
            let found = format!("{:?} behind layer {layer}", self.shape);
            let advice = "take a convolution's activations, or a pooling layer's";
            return Err(Error::new(DOING, "outputs of shape [channels, height, width]", found, advice));
        };
        let numbers = self.values.row(i);
        let (low, high) =
            numbers.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(l, h), &n| (l.min(n), h.max(n)));
        let scale = 255.0 / (high - low).max(f32::MIN_POSITIVE);
        let numbers = numbers.to_shape((channels, height, width)).expect("as many numbers as the shape says");
        let maps: Vec<Array2<u8>> = ArrayView3::from(&numbers)
            .outer_iter()
            .take(64)
            .map(|map| map.mapv(|number| ((number - low) * scale).round() as u8))
            .collect();
        let tiles = Tiles::new(&maps, |channel| format!("channel {channel}"));
        let frame = Frame {
            title: &format!("What layer {layer} makes of image {i}: {} of {channels} channels", maps.len()),
            note: &format!(
                "{height} x {width} numbers each; dark violet: {low:.2}, yellow: {high:.2}, alike in all"
            ),
            size: tiles.size(),
            source: self.source,
            alt: format!(
                "The first {} of {channels} feature maps of layer {layer} for image {i}, {height} x {width} numbers from {low:.2} to {high:.2}.",
                maps.len()
            ),
        };
        Figure::draw(frame, |area| tiles.draw(area, viridis))
    }
}
