use serde::{Deserialize, Serialize};

use crate::nn::layers::init::{Init, is_true, yes};

/// What a dense layer has beside units and activation: Glorot-uniform weights and a bias unless it says otherwise.
///
/// ```
/// # use lab_support::prelude::*;
/// let plain = Neurons::default().use_bias(false);
/// let model = Sequential::new([784]).dense_with(128, Linear, plain).batch_norm().activation(Relu);
/// assert_eq!(model.trainable_params(), 784 * 128 + 2 * 128);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Neurons {
    pub(super) init: Init,
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub(crate) bias: bool,
}

impl Default for Neurons {
    fn default() -> Neurons {
        Init::default().into()
    }
}

impl From<Init> for Neurons {
    /// With a bias.
    fn from(init: Init) -> Neurons {
        Neurons { init, bias: true }
    }
}

impl Neurons {
    /// How the first weights are drawn; default Glorot-uniform, as Keras does.
    pub fn init(self, init: Init) -> Neurons {
        Neurons { init, ..self }
    }

    /// Whether each sum has a bias; default true. Normalization behind the layer takes it away again: there `false`
    /// saves a number for each unit.
    pub fn use_bias(self, bias: bool) -> Neurons {
        Neurons { bias, ..self }
    }
}
