//! What the first layer looks for: its weights, laid out as the image lies before them.

use lab_base::Error;
use ndarray::{Array2, ArrayView2};

use crate::data::Source;
use crate::nn::Sequential;
use crate::plot::figure::{Figure, Frame};
use crate::plot::signed;
use crate::plot::style::{MARGIN, px};
use crate::plot::tiles::Tiles;

const DOING: &str = "showing weights as images";

impl Sequential {
    /// The weights of the first `n` neurons (or filters) of the layer that the summary calls `layer`, each as
    /// an image: a bright pixel there speaks for the neuron where its weight is yellow, against it where it is
    /// blue.
    ///
    /// # Errors
    /// When there is no such layer, it is not the first with weights, or `n` is not from 1 to 64.
    pub fn weight_images(&self, layer: &str, n: usize) -> Result<Figure, Error> {
        let (pictures, what) = self.pictures_of_weights(layer)?;
        if !(1..=64).contains(&n) || n > pictures.len() {
            let expected = format!("1 to {} of its {} {what}s", pictures.len().min(64), pictures.len());
            return Err(Error::new(DOING, expected, n, "try 32"));
        }
        let shown = &pictures[..n];
        let largest = signed::usual(shown.iter().flatten());
        let levels: Vec<Array2<u8>> = shown.iter().map(|p| signed::levels(p.view(), largest)).collect();
        let tiles = Tiles::new(&levels, |i| format!("{what} {i}"));
        let frame = Frame {
            title: &format!("What the first {n} {what}s of layer {layer} look for"),
            note: "a weight for each pixel; yellow: bright pixels speak for it, blue: against it, grey: no matter",
            size: (tiles.size().0, tiles.size().1 + 34),
            source: self.trained_on().unwrap_or(Source::FashionMnist),
            alt: format!(
                "The weights of the first {n} of {} {what}s of layer {layer} as images, nearly all from {:.2} to {largest:.2}.",
                pictures.len(),
                -largest
            ),
        };
        Figure::draw(frame, |area| {
            tiles.draw(area, signed::colour)?;
            signed::draw_bar(area, (px(MARGIN + 60), px(tiles.size().1 + 6)), largest)
        })
    }

    /// The weights as pictures, and what each of them belongs to.
    fn pictures_of_weights(&self, layer: &str) -> Result<(Vec<Array2<f32>>, &'static str), Error> {
        let index = self.layer_index(layer, DOING)?;
        let refused = |found: &str| {
            let expected = "the first layer with weights, which sees the image itself";
            Error::new(DOING, expected, found, "take the first layer in model.summary() with parameters")
        };
        if self.layers[..index].iter().any(|layer| !layer.parameters().is_empty()) {
            return Err(refused("a layer that sees what another makes of it"));
        }
        let [weight, ..] = self.layers[index].parameters() else {
            return Err(refused("a layer without weights"));
        };
        let (shape, what) = match (&weight.shape[..], &self.input_shape[..]) {
            (&[_, inputs], &[height, width]) if inputs == height * width => ((height, width), "neuron"),
            (&[_, 1, height, width], _) => ((height, width), "filter"),
            _ => return Err(refused("weights that are not laid out as an image")),
        };
        let pictures = weight
            .value
            .chunks_exact(shape.0 * shape.1)
            .map(|picture| ArrayView2::from_shape(shape, picture).expect("chunks of that size").to_owned());
        Ok((pictures.collect(), what))
    }
}
