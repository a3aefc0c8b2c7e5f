use std::fmt;

use lab_base::Error;

use crate::nn::kernels::Misfit;
use crate::nn::layers::{
    Activation, ActivationLayer, Add, AveragePool2d, BatchNorm, Conv, Conv2d, Dense, Dropout, Flatten,
    GlobalAveragePool2d, Layer, LayerNorm, LayerSpec, MaxPool2d, Neurons,
};
use crate::nn::model::sequential::{Sequential, WeightOrigin, channels_first};

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
        self.dense_with(units, activation, Neurons::default())
    }

    /// A fully connected layer with first weights and bias as `settings` say; an [`Init`](crate::nn::Init) will do.
    pub fn dense_with(
        self,
        units: usize,
        activation: Activation,
        settings: impl Into<Neurons>,
    ) -> Sequential {
        let settings = settings.into();
        let &[inputs] = self.output_shape() else {
            let found = format!("inputs of shape {:?}", self.output_shape());
            return self.refuse("inputs in one row for a dense layer", found, "write .flatten() before it");
        };
        if units == 0 {
            return self.refuse("a dense layer of at least 1 unit", units, "write .dense(128, Relu)");
        }
        if activation.needs_its_input() {
            return self.dense_with(units, Activation::Linear, settings).activation(activation);
        }
        self.push_or_refuse("dense", Dense::new(inputs, units, activation, settings))
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

    /// Layer normalization: the numbers of each image are shifted and scaled to mean 0 and variance 1, then each by
    /// learned numbers of its own: in training and afterwards alike, whatever else is in the batch. ε is 1e-5.
    /// PyTorch's `LayerNorm` over the whole shape of an image. (Ba, Kiros and Hinton, 2016.)
    pub fn layer_norm(self) -> Sequential {
        let layer = LayerNorm::new(self.output_shape());
        self.push_or_refuse("layer_norm", layer)
    }

    /// A residual block, `f(x) + x`: what comes out of the layers of `block` plus what went in, as in every deep network
    /// since ResNet. The output must have the shape of the input: convolutions need `Padding::Same` and as many filters
    /// as the input has channels. An activation behind the sum is a layer behind the block. In the table of layers the
    /// sum is one of its own, `add`. (He et al., 2016.)
    ///
    /// ```
    /// # use lab_support::prelude::*;
    /// let same = Conv::default().padding(Padding::Same);
    /// let model = Sequential::new([28, 28]).conv2d_with(16, 3, Relu, same);
    /// let model = model.residual(|block| block.conv2d_with(16, 3, Relu, same).conv2d_with(16, 3, Linear, same));
    /// assert_eq!(model.architecture(), "28x28-conv16-conv16-conv16-add");
    /// ```
    ///
    /// PyTorch has no such layer for `torch.nn.Sequential`: `sum` there is a module that remembers the input of the one
    /// so many places before it. The numbers of the tensors in a file count it as a layer.
    pub fn residual(self, block: impl FnOnce(Sequential) -> Sequential) -> Sequential {
        let before = self.layers.len();
        let model = block(self);
        match model.layers.len().checked_sub(before) {
            Some(layers) => model.add_input_of(layers),
            None => model.refuse(
                "a block of layers",
                "one that takes some away",
                "add layers to what it is given",
            ),
        }
    }

    /// Adds what went into the layer that is `layers` layers above.
    fn add_input_of(self, layers: usize) -> Sequential {
        let start = self.layers.len().checked_sub(layers).filter(|_| layers > 0);
        let before = start.map(|start| {
            start.checked_sub(1).map_or(&self.input_shape[..], |i| self.layers[i].output_shape())
        });
        let found = match before {
            None => format!("{layers} layers"),
            Some(shape) if shape == self.output_shape() => {
                let layer = Add::new(shape, layers);
                return self.push(Box::new(layer));
            }
            Some(shape) => format!("{shape:?} before it and {:?} behind it", self.output_shape()),
        };
        let advice =
            "end it in as many units, or filters with Padding::Same; write what changes the shape before it";
        self.refuse("a residual block of at least one layer that keeps the shape", found, advice)
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

    /// A convolution with stride, padding, first weights and bias as `settings` say.
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
            LayerSpec::Dense { units, activation, settings } => self.dense_with(units, activation, settings),
            LayerSpec::Dropout { rate } => self.dropout(rate),
            LayerSpec::BatchNormalization => self.batch_norm(),
            LayerSpec::LayerNormalization => self.layer_norm(),
            LayerSpec::Add { layers } => self.add_input_of(layers),
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
        self.origins.push(WeightOrigin::Drawn);
        self.initialize(self.layers.len() - 1);
        self
    }

    pub(crate) fn refuse(mut self, expected: &str, found: impl fmt::Display, advice: &str) -> Sequential {
        self.mistake.get_or_insert(Error::new("describing a network", expected, found, advice));
        self
    }
}
