use lab_base::Error;
use ndarray::Array2;

use crate::data::{Dataset, Source};
use crate::nn::model::Sequential;
use crate::notebook::progress::Progress;

/// What one layer says about each image: the numbers that it hands to the next.
///
/// ```
/// # use lab_support::prelude::*;
/// # let pixels = ndarray::ArcArray::from_shape_fn((40, 2, 2), |(i, row, _)| if row == i % 2 { 255 } else { 0 });
/// # let labels = ndarray::ArcArray1::from_shape_fn(40, |i| (i % 2) as u8);
/// # let data = lab_support::data::Images::new(pixels, labels, lab_support::data::Source::Practice)?.normalized();
/// let model = Sequential::new([2, 2]).flatten().dense(3, Relu).dense(2, Linear);
/// let activations = model.activations("dense", &data)?;
/// assert_eq!(activations.values.dim(), (40, 3));
/// # Ok::<(), lab_support::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Activations {
    /// The layer's name in the summary.
    pub layer: String,
    /// `[n, numbers]`; images of several channels lie channel by channel, as in PyTorch.
    pub values: Array2<f32>,
    /// Shape of one row: `[128]` behind a dense layer, `[channels, height, width]` behind a convolution.
    pub shape: Vec<usize>,
    /// Where the images come from.
    pub source: Source,
}

impl Sequential {
    /// What the layer called `layer` in the summary (`dense`, `dense_1` ...) says about each image of `data`.
    ///
    /// # Errors
    /// When there is no such layer, or the network does not fit the data.
    pub fn activations(&self, layer: &str, data: &Dataset) -> Result<Activations, Error> {
        let last = self.layer_index(layer, "looking at a layer's activations")?;
        self.check_inputs(data, "looking at a layer's activations")?;
        let mut front = self.clone();
        front.layers.truncate(last + 1);
        let shape = front.output_shape().to_vec();
        let progress = Progress::new("looking at a layer", data.len(), "images");
        let values = front.fitting_outputs(data, &progress)?;
        progress.finish();
        Ok(Activations { layer: layer.to_string(), values, shape, source: data.images().source })
    }
}

impl Activations {
    /// Shows in a notebook what they are, rather than the numbers.
    pub fn evcxr_display(&self) {
        let (images, numbers) = self.values.dim();
        println!("layer {}: {numbers} numbers, {:?}, for each of {images} images", self.layer, self.shape);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Images;
    use crate::nn::Activation::{Linear, Relu};

    fn data() -> Dataset {
        let pixel = |(i, row, column)| (3 * i + 5 * row + column) as u8;
        Images::made(Source::FashionMnist, (70, 3, 2), pixel, |_| 9).normalized()
    }

    fn model() -> Sequential {
        Sequential::new([3, 2]).flatten().dense(4, Relu).dense(5, Relu).dense(10, Linear).seed(3)
    }

    #[test]
    fn the_last_layer_says_what_the_network_says() {
        let (model, data) = (model(), data());
        let last = model.activations("dense_2", &data).unwrap();
        assert_eq!(last.values, model.outputs(&data).unwrap());
        assert_eq!(last.shape, [10]);
    }

    #[test]
    fn the_rest_of_the_network_makes_the_same_of_them() {
        let (model, data) = (model(), data());
        let hidden = model.activations("dense", &data).unwrap();
        assert_eq!((hidden.values.dim(), &hidden.shape[..]), ((70, 4), &[4][..]));
        let flat = model.activations("flatten", &data).unwrap().values;
        assert_eq!(flat.row(69).to_vec(), data.image(69).iter().copied().collect::<Vec<_>>());
        let [weight, bias] = model.layers[1].parameters() else { panic!("weight and bias") };
        for (x, y) in flat.rows().into_iter().zip(hidden.values.rows()) {
            for ((w, b), y) in weight.value.chunks(6).zip(&bias.value).zip(y) {
                let sum: f32 = w.iter().zip(x).map(|(w, x)| w * x).sum();
                assert!((f32::max(0.0, sum + b) - y).abs() < 1e-6);
            }
        }
    }

    /// A filter of one pixel scales the image.
    #[test]
    fn channels_come_one_after_the_other() {
        let mut model = Sequential::new([3, 2]).conv2d(2, 1, Linear).flatten().dense(10, Linear);
        model.layers[0].parameters_mut()[0].value = vec![2.0, -1.0];
        let maps = model.activations("conv2d", &data()).unwrap();
        assert_eq!(maps.shape, [2, 3, 2]);
        let image: Vec<f32> = data().image(5).iter().copied().collect();
        let expected: Vec<f32> = image.iter().map(|x| 2.0 * x).chain(image.iter().map(|x| -x)).collect();
        assert_eq!(maps.values.row(5).to_vec(), expected);
    }

    #[test]
    fn a_layer_that_is_not_there_is_named_beside_those_that_are() {
        let message = model().activations("conv2d", &data()).unwrap_err().to_string();
        assert!(message.contains("flatten, dense, dense_1, dense_2, found \"conv2d\""), "{message}");
    }
}
