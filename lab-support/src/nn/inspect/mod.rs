//! Looking inside a trained network.

pub(crate) mod activations;
pub(crate) mod rate_finder;
pub(crate) mod saliency;
