use crate::nn::layers::activation::Activation;
use crate::nn::layers::average_pool2d::AveragePool2d;
use crate::nn::layers::conv::Conv;
use crate::nn::layers::conv2d::Conv2d;
use crate::nn::layers::global_average_pool2d::GlobalAveragePool2d;
use crate::nn::layers::layer::Layer;
use crate::nn::layers::max_pool2d::MaxPool2d;
use crate::nn::layers::window::Misfit;
use crate::nn::sequential::Sequential;

/// Layers that see an image as an image: they come before `flatten`. Shapes are `[channels, height, width]`, and an
/// input of `[28, 28]` has one channel.
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

    fn push_or_refuse<L: Layer + 'static>(self, name: &str, layer: Result<L, Misfit>) -> Sequential {
        match layer {
            Ok(layer) => self.push(Box::new(layer)),
            Err((expected, found, advice)) => self.refuse(&format!("{expected}, for {name}"), found, advice),
        }
    }
}
