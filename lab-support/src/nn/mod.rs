//! The network and its training: batch -> layers -> logits -> loss -> gradients -> optimizer -> weights.
//!
//! | to follow | read |
//! |---|---|
//! | one training step | `training/trainer.rs`, then `training/tape.rs` |
//! | a layer, forward and backward | `layers/dense.rs`, `layers/conv2d.rs`, `layers/activation.rs` |
//! | the loss and its gradient | `loss.rs` |
//! | the update of the weights | `optimizers/mod.rs`, `optimizers/adam.rs` |
//! | what `fit` can do beside | `training/schedule.rs`, `training/augment.rs`, `training/early_stopping.rs`, `training/checkpoint.rs` |
//! | why it is fast | `compute/product.rs`, `compute/simd/`, `compute/threads.rs` |

mod activations;
mod chance;
mod compute;
mod image_layers;
mod inference;
mod layers;
mod linfa_traits;
mod loss;
mod optimizers;
mod saliency;
mod score;
mod sequential;
mod summary;
mod tensors;
mod training;
mod transfer;
mod weights;

#[cfg(test)]
mod gradient_check;
#[cfg(test)]
mod same_bits;

pub use activations::Activations;
pub use layers::activation::Activation;
pub(crate) use layers::activation::softmax;
pub use layers::conv::Conv;
pub use layers::init::Init;
pub use layers::window::Padding;
pub use linfa_traits::FitError;
pub use loss::CrossEntropy;
pub(crate) use loss::argmax;
pub use optimizers::Optimizer;
pub use optimizers::adam::Adam;
pub use optimizers::adamw::AdamW;
pub use optimizers::muon::Muon;
pub use optimizers::rmsprop::RmsProp;
pub use optimizers::sgd::Sgd;
pub use saliency::Saliency;
pub use score::Score;
pub use sequential::Sequential;
pub use summary::Summary;
pub use training::augment::Augment;
pub use training::fit::Fit;
pub use training::history::{Epoch, History, Seen, Setup};
pub use training::rate_finder::RateRange;
pub use training::schedule::Schedule;
