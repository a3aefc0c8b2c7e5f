use serde::{Deserialize, Serialize};

use crate::nn::layers::activation::Activation;
use crate::nn::layers::conv::Conv;
use crate::nn::layers::neurons::Neurons;

/// What one layer is, all settings included: the one description that layers are saved, summarized and compared by. In
/// JSON, `{"layer": "Dense", "units": 128, "activation": "ReLU", "init": "glorot_uniform"}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "layer")]
pub enum LayerSpec {
    /// Each image as one row of numbers.
    Flatten,
    /// A fully connected layer.
    Dense {
        /// Its outputs.
        units: usize,
        /// Of each output.
        activation: Activation,
        /// First weights and bias.
        #[serde(flatten)]
        settings: Neurons,
    },
    /// Silences some numbers while learning, and nothing afterwards.
    Dropout {
        /// The share of them, from 0 to below 1.
        rate: f32,
    },
    /// ε is 1e-5. Of each number of flat inputs, of each channel of images.
    BatchNormalization,
    /// ε is 1e-5. Over all numbers of an image.
    LayerNormalization,
    /// Adds what went into the layer that is so many layers above it in the list.
    Add {
        /// How many.
        layers: usize,
    },
    /// An activation as a layer of its own: its softmax is over all numbers of an image.
    Activation {
        /// Which one.
        activation: Activation,
    },
    /// A convolution.
    Conv2D {
        /// Channels of its output.
        filters: usize,
        /// Height and width of each filter.
        kernel: usize,
        /// Of each output; a softmax is over the channels of a pixel.
        activation: Activation,
        /// Stride, padding, first weights and bias.
        #[serde(flatten)]
        settings: Conv,
    },
    /// The largest number of each window.
    MaxPooling2D {
        /// Height and width of a window.
        size: usize,
        /// Pixels from one window to the next.
        stride: usize,
    },
    /// The mean of each window.
    AveragePooling2D {
        /// Height and width of a window.
        size: usize,
        /// Pixels from one window to the next.
        stride: usize,
    },
    /// The mean of each channel.
    GlobalAveragePooling2D,
}

impl LayerSpec {
    /// As Keras calls it: `Dense`.
    pub fn kind(&self) -> &'static str {
        match self {
            LayerSpec::Flatten => "Flatten",
            LayerSpec::Dense { .. } => "Dense",
            LayerSpec::Dropout { .. } => "Dropout",
            LayerSpec::BatchNormalization => "BatchNormalization",
            LayerSpec::LayerNormalization => "LayerNormalization",
            LayerSpec::Add { .. } => "Add",
            LayerSpec::Activation { activation } => activation.name(),
            LayerSpec::Conv2D { .. } => "Conv2D",
            LayerSpec::MaxPooling2D { .. } => "MaxPooling2D",
            LayerSpec::AveragePooling2D { .. } => "AveragePooling2D",
            LayerSpec::GlobalAveragePooling2D => "GlobalAveragePooling2D",
        }
    }

    /// Its part of a network's short name: `128` in `784-128-10`, None where it has none.
    pub(crate) fn short_name(&self) -> Option<String> {
        match self {
            LayerSpec::Dense { units, .. } => Some(units.to_string()),
            LayerSpec::Conv2D { filters, kernel: 3, .. } => Some(format!("conv{filters}")),
            LayerSpec::Conv2D { filters, kernel, .. } => Some(format!("conv{filters}({kernel})")),
            LayerSpec::MaxPooling2D { .. } => Some("pool".into()),
            LayerSpec::AveragePooling2D { .. } => Some("avgpool".into()),
            LayerSpec::GlobalAveragePooling2D => Some("mean".into()),
            LayerSpec::Add { .. } => Some("add".into()),
            _ => None,
        }
    }

    /// Numbers that it holds for inputs of shape `inputs`, biases aside; None where a computer can't hold them.
    pub(crate) fn weights(&self, inputs: &[usize]) -> Option<usize> {
        let product = |sizes: &[usize]| sizes.iter().try_fold(1, |product: usize, n| product.checked_mul(*n));
        match self {
            LayerSpec::Dense { units, .. } => product(&[*units, product(inputs)?]),
            LayerSpec::Conv2D { filters, kernel, .. } => {
                product(&[*filters, channels(inputs), *kernel, *kernel])
            }
            LayerSpec::BatchNormalization => {
                let numbers = if let [numbers] = inputs { *numbers } else { 0 };
                product(&[4, numbers.max(channels(inputs))])
            }
            LayerSpec::LayerNormalization => product(&[2, product(inputs)?]),
            _ => Some(0),
        }
    }
}

/// Channels of an image of this shape: 1 where it has none of its own.
pub(crate) fn channels(shape: &[usize]) -> usize {
    if let [channels, _, _] = *shape { channels } else { 1 }
}
