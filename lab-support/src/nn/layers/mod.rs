//! The steps of a network, each forward and backward: one layer a file.

pub(crate) mod activation;
pub(crate) mod activation_layer;
pub(crate) mod average_pool2d;
pub(crate) mod batch_norm;
pub(crate) mod conv;
pub(crate) mod conv2d;
pub(crate) mod dense;
pub(crate) mod dropout;
pub(crate) mod flatten;
pub(crate) mod global_average_pool2d;
pub(crate) mod init;
pub(crate) mod layer;
pub(crate) mod max_pool2d;
pub(crate) mod parameter;
