//! The steps of a network, each forward and backward.

pub(crate) mod activation;
pub(crate) mod batch_norm;
pub(crate) mod channels;
pub(crate) mod dense;
pub(crate) mod dropout;
pub(crate) mod flatten;
pub(crate) mod init;
pub(crate) mod layer;
pub(crate) mod parameter;
