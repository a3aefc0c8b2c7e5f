//! The steps of a network, each forward and backward: one layer a file.

pub(crate) mod activation;
pub(crate) mod activation_layer;
pub(crate) mod average_pool2d;
pub(crate) mod batch_norm;
pub(crate) mod conv;
pub(crate) mod conv2d;
mod convolution;
pub(crate) mod dense;
pub(crate) mod dropout;
pub(crate) mod flatten;
pub(crate) mod global_average_pool2d;
pub(crate) mod init;
pub(crate) mod layer;
pub(crate) mod max_pool2d;
pub(crate) mod parameter;
pub(crate) mod spec;

pub use activation::Activation;
pub(crate) use activation::softmax;
pub(crate) use activation_layer::ActivationLayer;
pub(crate) use average_pool2d::AveragePool2d;
pub(crate) use batch_norm::BatchNorm;
pub use conv::Conv;
pub(crate) use conv2d::Conv2d;
pub(crate) use dense::Dense;
pub(crate) use dropout::Dropout;
pub(crate) use flatten::Flatten;
pub(crate) use global_average_pool2d::GlobalAveragePool2d;
pub use init::Init;
pub(crate) use layer::{Backward, Layer};
pub(crate) use max_pool2d::MaxPool2d;
pub(crate) use parameter::{Parameter, Role};
pub(crate) use spec::LayerSpec;
