//! The network and its training: batch -> layers -> logits -> loss -> gradients -> optimizer -> weights.
//!
//! | to follow | read |
//! |---|---|
//! | how a network is described | `model/sequential.rs`, `model/building.rs` |
//! | what tells two networks, or two trainings, apart | `layers/spec.rs`, `model/spec.rs`, `train/recipe.rs` |
//! | what a network has learned from | `model/provenance.rs` |
//! | one training step | `train/step.rs`, then `model/tape.rs` |
//! | a layer, forward and backward | `layers/dense.rs`, `layers/conv2d.rs`, `layers/activation.rs` |
//! | the loss and its gradient | `loss.rs` |
//! | the update of the weights | `optim/optimizer.rs`, `optim/adam.rs` |
//! | what `fit` can do beside | `train/schedule.rs`, `train/augment.rs`, `train/early_stopping.rs`, `train/checkpoint.rs` |
//! | what it can be asked about | `model/inputs.rs`, `model/inference.rs` |
//! | a network on disk | `model/saving.rs`, `model/loading.rs` |
//! | weights that PyTorch and Keras wrote | `model/naming.rs`, `model/keras.rs` |
//! | what a trained network has learned | `inspect/activations.rs`, `inspect/saliency.rs` |
//! | why it is fast | `kernels/product.rs`, `kernels/simd/`, `kernels/threads.rs` |
//!
//! Each folder uses only those before it: `kernels`, `layers`, `optim`, `model`, `train`, `inspect`.

mod inspect;
mod kernels;
mod layers;
mod loss;
mod model;
mod optim;
mod score;
mod train;

#[cfg(test)]
mod against_pytorch;
#[cfg(test)]
mod gradient_check;
#[cfg(test)]
pub(crate) mod same_bits;

pub use inspect::activations::Activations;
pub use inspect::rate_finder::RateRange;
pub use inspect::saliency::Saliency;
pub use kernels::Padding;
pub use layers::{Activation, Conv, Init, LayerSpec, Neurons};
pub use loss::CrossEntropy;
pub use model::{Inputs, LayerInfo, Provenance, Sequential, Summary};
pub use optim::{Adam, AdamW, Muon, Optimizer, RmsProp, Sgd};
pub use score::{Measured, Score};
pub use train::{Augment, Epoch, Fit, FitError, History, Schedule, Setup, Training};

pub(crate) use kernels::RandomStream;
pub(crate) use layers::softmax;
pub(crate) use loss::argmax;
pub(crate) use model::{NetworkSpec, Samples};
#[cfg(test)]
pub(crate) use score::Evidence;
pub(crate) use train::Recipe;
