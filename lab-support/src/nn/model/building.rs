use std::fmt;

use lab_base::Error;

use crate::nn::kernels::Misfit;
use crate::nn::layers::{
    Activation, ActivationLayer, AveragePool2d, BatchNorm, Conv, Conv2d, Dense, Dropout, Flatten,
    GlobalAveragePool2d, Init, Layer, LayerSpec, MaxPool2d,
};
use crate::nn::model::sequential::{Sequential, channels_first};

/// Describing a network, layer by layer. Convolutions and pooling see an image as an image: they come before `flatten`.
/// Shapes are `[channels, height, width]`, and an input of `[28, 28]` has one channel.
///
/// ```
/// use lab_support::prelude::*;
///
/// let model = Sequential::new([28, 28]).conv2d(32, 3, Relu).max_pool2d(2).conv2d(64, 3, Relu).max_pool2d(2);
/// assert_eq!(model.output_shape(), [64, 5, 5]);
/// let model = model.flatten().dense(128, Relu).dense(10, Linear);
/// assert_eq!(model.params(), 225_034);
/// ```
impl Sequential {
    /// Each image as one row of numbers: 28 × 28 -> 784.
    pub fn flatten(self) -> Sequential {
        let layer = Flatten::new(self.output_shape());
        self.push(Box::new(layer))
    }

    /// A fully connected layer of `units` neurons (at least 1), Glorot-uniform weights.
    pub fn dense(self, units: usize, activation: Activation) -> Sequential {
        self.dense_with(units, activation, Init::GlorotUniform)
    }

    /// A fully connected layer whose first weights are drawn as `init` says.
    pub fn dense_with(self, units: usize, activation: Activation, init: Init) -> Sequential {
        let &[inputs] = self.output_shape() else {
            let found = format!("inputs of shape {:?}", self.output_shape());
            return self.refuse("inputs in one row for a dense layer", found, "write .flatten() before it");
        };
        if units == 0 {
            return self.refuse("a dense layer of at least 1 unit", units, "write .dense(128, Relu)");
        }
        if activation.needs_its_input() {
            return self.dense_with(units, Activation::Linear, init).activation(activation);
        }
        self.push_or_refuse("dense", Dense::new(inputs, units, activation, init))
    }

    /// While learning, silences each number with probability `rate` (from 0 to below 1, usually 0.2 to 0.5)
    /// and scales the others up by 1 / (1 - rate). Nothing happens in `evaluate` and `predict`. (Srivastava et
    /// al., 2014.)
    pub fn dropout(self, rate: f32) -> Sequential {
        if !(0.0..1.0).contains(&rate) {
            return self.refuse("a dropout rate from 0 to below 1", rate, "write .dropout(0.3)");
        }
        let layer = Dropout::new(self.output_shape(), rate);
        self.push(Box::new(layer))
    }

    /// Batch normalization: shifts and scales each number (of flat inputs) or each channel (of images) to mean
    /// 0 and variance 1 over the batch, then by learned numbers. `evaluate` and `predict` use the running mean
    /// and variance of the batches seen while learning: each batch counts for 0.1 in them (PyTorch's momentum
    /// 0.1 is Keras's 0.9), and ε is 1e-5. (Ioffe and Szegedy, 2015.)
    pub fn batch_norm(self) -> Sequential {
        let layer = BatchNorm::new(self.output_shape());
        self.push_or_refuse("batch_norm", layer)
    }

    /// An activation as a layer of its own: `activation(Softmax)` turns logits into probabilities.
    pub fn activation(self, activation: Activation) -> Sequential {
        let shape = self.output_shape().to_vec();
        self.push(Box::new(ActivationLayer { activation, shape }))
    }

    /// A convolution of `filters` filters (at least 1), each `kernel` × `kernel` pixels (at least 1, at most the image)
    /// and as deep as the image: stride 1, no padding, Glorot-uniform weights.
    pub fn conv2d(self, filters: usize, kernel: usize, activation: Activation) -> Sequential {
        self.conv2d_with(filters, kernel, activation, Conv::default())
    }

    /// A convolution with stride, padding and first weights as `settings` say.
    pub fn conv2d_with(
        self,
        filters: usize,
        kernel: usize,
        activation: Activation,
        settings: Conv,
    ) -> Sequential {
        if activation.needs_its_input() {
            return self.conv2d_with(filters, kernel, Activation::Linear, settings).activation(activation);
        }
        let layer = Conv2d::new(self.output_shape(), filters, kernel, activation, settings);
        self.push_or_refuse("conv2d", layer)
    }

    /// The largest number of each window of `size` × `size` pixels, windows side by side.
    pub fn max_pool2d(self, size: usize) -> Sequential {
        self.max_pool2d_with(size, size)
    }

    /// The same with windows `stride` pixels apart.
    pub fn max_pool2d_with(self, size: usize, stride: usize) -> Sequential {
        let layer = MaxPool2d::new(self.output_shape(), size, stride);
        self.push_or_refuse("max_pool2d", layer)
    }

    /// The mean of each window of `size` × `size` pixels, windows side by side.
    pub fn average_pool2d(self, size: usize) -> Sequential {
        self.average_pool2d_with(size, size)
    }

    /// The same with windows `stride` pixels apart.
    pub fn average_pool2d_with(self, size: usize, stride: usize) -> Sequential {
        let layer = AveragePool2d::new(self.output_shape(), size, stride);
        self.push_or_refuse("average_pool2d", layer)
    }

    /// The mean of each channel: `[64, 5, 5] -> [64]`, ready for a dense layer.
    pub fn global_average_pool2d(self) -> Sequential {
        let layer = GlobalAveragePool2d::new(self.output_shape());
        self.push_or_refuse("global_average_pool2d", layer)
    }

    /// Any layer, as its description says.
    pub(crate) fn add(self, layer: &LayerSpec) -> Sequential {
        match *layer {
            LayerSpec::Flatten => self.flatten(),
            LayerSpec::Dense { units, activation, init } => self.dense_with(units, activation, init),
            LayerSpec::Dropout { rate } => self.dropout(rate),
            LayerSpec::BatchNormalization => self.batch_norm(),
            LayerSpec::Activation { activation } => self.activation(activation),
            LayerSpec::Conv2D { filters, kernel, activation, settings } => {
                self.conv2d_with(filters, kernel, activation, settings)
            }
            LayerSpec::MaxPooling2D { size, stride } => self.max_pool2d_with(size, stride),
            LayerSpec::AveragePooling2D { size, stride } => self.average_pool2d_with(size, stride),
            LayerSpec::GlobalAveragePooling2D => self.global_average_pool2d(),
        }
    }

    fn push_or_refuse<L: Layer + 'static>(self, name: &str, layer: Result<L, Misfit>) -> Sequential {
        match layer {
            Ok(layer) => self.push(Box::new(layer)),
            Err((expected, found, advice)) => {
                let advice = channels_first(&self.input_shape).unwrap_or(advice.into());
                self.refuse(&format!("{expected}, for {name}"), found, &advice)
            }
        }
    }

    pub(crate) fn push(mut self, layer: Box<dyn Layer>) -> Sequential {
        self.layers.push(layer);
        self.initialize(self.layers.len() - 1);
        self
    }

    pub(crate) fn refuse(mut self, expected: &str, found: impl fmt::Display, advice: &str) -> Sequential {
        self.mistake.get_or_insert(Error::new("describing a network", expected, found, advice));
        self
    }
}
