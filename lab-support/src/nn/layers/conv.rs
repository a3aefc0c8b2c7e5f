use serde::{Deserialize, Serialize};

use crate::nn::kernels::Padding;
use crate::nn::layers::init::{Init, is_true, yes};

/// What a convolution has beside filters, kernel and activation: stride 1, padding `Valid`, Glorot-uniform
/// weights and a bias unless it says otherwise.
///
/// ```
/// # use lab_support::prelude::*;
/// let conv = Conv::default().padding(Padding::Same).init(Init::HeUniform);
/// let model = Sequential::new([28, 28]).conv2d_with(16, 5, Relu, conv);
/// assert_eq!(model.output_shape(), [16, 28, 28]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conv {
    /// Pixels from one window to the next.
    pub stride: usize,
    /// Zeros around the image.
    pub padding: Padding,
    pub(crate) init: Init,
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub(crate) bias: bool,
}

impl Default for Conv {
    fn default() -> Conv {
        Conv { stride: 1, padding: Padding::Valid, init: Init::GlorotUniform, bias: true }
    }
}

impl Conv {
    /// Pixels from one window to the next: at least 1, at most the image's larger side, default 1.
    pub fn stride(self, stride: usize) -> Conv {
        Conv { stride, ..self }
    }

    /// Whether a border of zeros keeps the output as large as the image (divided by the stride); default `Valid`: it
    /// doesn't.
    pub fn padding(self, padding: Padding) -> Conv {
        Conv { padding, ..self }
    }

    /// How the first weights are drawn; default Glorot-uniform, as Keras does.
    pub fn init(self, init: Init) -> Conv {
        Conv { init, ..self }
    }

    /// Whether each filter has a bias; default true. Normalization behind the layer takes it away again: there `false`
    /// saves a number for each filter.
    pub fn use_bias(self, bias: bool) -> Conv {
        Conv { bias, ..self }
    }
}
