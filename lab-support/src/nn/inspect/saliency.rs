use lab_base::Error;
use ndarray::{Array2, Axis};

use crate::data::{Dataset, Images, Source};
use crate::nn::kernels::{RandomStream, Threads};
use crate::nn::layers::{Activation, LayerSpec, Role};
use crate::nn::model::{Sequential, Tape};

const DOING: &str = "measuring how pixels change a class's score";

/// How much the score of a class rises for each pixel of an image that grows by 1.
///
/// ```
/// # use lab_support::prelude::*;
/// # let pixels = ndarray::ArcArray::from_shape_fn((40, 2, 2), |(i, row, _)| if row == i % 2 { 255 } else { 0 });
/// # let labels = ndarray::ArcArray1::from_shape_fn(40, |i| (i % 2) as u8);
/// # let data = lab_support::data::Images::new(pixels, labels, lab_support::data::Source::Practice)?.normalized();
/// let model = Sequential::new([2, 2]).flatten().dense(2, Linear).seed(1);
/// let saliency = model.saliency(0, 1, &data)?;
/// assert_eq!(saliency.gradient.iter().copied().collect::<Vec<_>>(), model.weights()[0].slice(s![1, ..]).to_vec());
/// # Ok::<(), lab_support::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Saliency {
    /// Index of the image in its data set.
    pub index: usize,
    /// Its label in the data set.
    pub actual: usize,
    /// The class whose score it is.
    pub class: usize,
    /// `[28, 28]`, 0-255.
    pub image: Array2<u8>,
    /// `[28, 28]`: positive where a brighter pixel speaks for the class, negative where it speaks against it.
    pub gradient: Array2<f32>,
    /// Where the image comes from.
    pub source: Source,
}

impl Sequential {
    /// The gradient of the score of `class` (its logit, before any softmax) with respect to the pixels of
    /// image `i`: where it is large, a small change would move the network most. (Simonyan, Vedaldi and
    /// Zisserman, 2013.)
    ///
    /// # Errors
    /// When there is no such image or class, the network does not fit the data, the gradient is not finite, or the
    /// softmax is part of its last dense layer, which hides the score.
    pub fn saliency(&self, i: usize, class: usize, data: &Dataset) -> Result<Saliency, Error> {
        self.check_fits(data, DOING)?;
        let mut model = self.scoring()?;
        let classes = model.output_shape().iter().product::<usize>();
        for (what, number, count) in [("image", i, data.len()), ("class", class, classes)] {
            if number >= count {
                let expected = format!("{what} 0 to {}", count - 1);
                let advice = format!("there are {count} of them, counted from 0");
                return Err(Error::new(DOING, expected, format!("{what} {number}"), advice));
            }
        }
        model.parameters_mut().for_each(|parameter| parameter.prepare(0));
        let mut tape = Tape::for_training(&model, 1);
        data.fill(&[i], tape.input(1));
        tape.forward_training(&mut model.layers, 1, RandomStream::default(), &Threads::one());
        let gradient = tape.input_gradient(&mut model.layers, 1, class, &Threads::one());
        if gradient.iter().any(|number| !number.is_finite()) {
            let advice = "its weights are too large: build the network anew, and train it with a smaller learning rate";
            return Err(Error::new(DOING, "a finite gradient", "one that is not", advice));
        }
        let Images { pixels, labels, source, .. } = data.images();
        let image = pixels.index_axis(Axis(0), i).to_owned();
        let gradient =
            Array2::from_shape_vec(image.dim(), gradient.to_vec()).expect("a number for each pixel");
        Ok(Saliency { index: i, actual: usize::from(labels[i]), class, image, gradient, source: *source })
    }

    /// The network as it predicts, whose layers can also go backward: without the softmax behind it, without
    /// dropout, and frozen, so that batch normalization keeps to its running mean and variance.
    fn scoring(&self) -> Result<Sequential, Error> {
        let mut model = self.clone();
        model.layers.retain(|layer| !matches!(layer.spec(), LayerSpec::Dropout { .. }));
        let softmax = LayerSpec::Activation { activation: Activation::Softmax };
        if model.layers.last().is_some_and(|layer| layer.spec() == softmax) {
            model.layers.pop();
        }
        if model.ends_in_softmax() {
            let found = "a layer whose softmax is part of it";
            let advice = "end the network with .dense(10, Linear), and predict with model.with_softmax()";
            return Err(Error::new(DOING, "a last layer that gives scores", found, advice));
        }
        let trained = model.parameters_mut().filter(|parameter| parameter.is_trained());
        trained.for_each(|parameter| parameter.role = Role::Frozen);
        Ok(model)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Images, Source};
    use crate::nn::Activation::{Linear, Softmax, Tanh};

    /// Three images of 2 x 3 pixels, number 1 with one pixel changed by `change`.
    fn data(pixel: usize, change: i16) -> Dataset {
        let value = |(i, row, column): (usize, usize, usize)| {
            let place = 3 * row + column;
            let change = if (i, place) == (1, pixel) { change } else { 0 };
            (100 + 20 * i as i16 + 9 * place as i16 + change) as u8
        };
        Images::made(Source::Practice, (3, 2, 3), value, |i| i as u8).normalized()
    }

    fn model() -> Sequential {
        let image = Sequential::new([2, 3]).conv2d(4, 2, Tanh).batch_norm().flatten();
        let hidden = image.dense(7, Tanh).batch_norm().dropout(0.5);
        let mut model = hidden.dense(4, Linear).seed(5);
        let measured = model.parameters_mut().filter(|p| p.role == Role::Measured);
        measured.for_each(|p| p.value.iter_mut().enumerate().for_each(|(i, v)| *v += 0.1 * i as f32));
        model
    }

    /// A step of 8 / 255 up and down, as bytes allow.
    #[test]
    fn gradients_are_what_scores_do_when_pixels_change() {
        let model = model();
        for class in 0..4 {
            let gradient = model.saliency(1, class, &data(0, 0)).unwrap().gradient;
            for (pixel, slope) in gradient.iter().enumerate() {
                let score = |change| model.outputs(&data(pixel, change)).unwrap()[[1, class]];
                let measured = (score(8) - score(-8)) / (16.0 / 255.0);
                assert!((slope - measured).abs() < 2e-3, "class {class}, pixel {pixel}: {slope} {measured}");
            }
        }
        let probable = model.with_softmax().saliency(1, 2, &data(0, 0)).unwrap().gradient;
        assert_eq!(probable, model.saliency(1, 2, &data(0, 0)).unwrap().gradient);
    }

    #[test]
    fn what_has_no_score_is_refused() {
        let refused =
            |model: Sequential, i, class| model.saliency(i, class, &data(0, 0)).unwrap_err().to_string();
        assert!(refused(model(), 3, 0).contains("image 0 to 2, found image 3"));
        assert!(refused(model(), 0, 4).contains("class 0 to 3, found class 4"));
        let softmax = Sequential::new([2, 3]).flatten().dense(4, Softmax);
        assert!(refused(softmax, 0, 0).contains("model.with_softmax()"));
    }
}
