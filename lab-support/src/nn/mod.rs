//! The network and its training: batch -> layers -> logits -> loss -> gradients -> optimizer -> weights.
//!
//! | to follow | read |
//! |---|---|
//! | one training step | `trainer.rs`, then `tape.rs` |
//! | a layer, forward and backward | `dense.rs`, `activation.rs` |
//! | the loss and its gradient | `loss.rs` |
//! | the update of the weights | `optimizer.rs`, `adam.rs` |
//! | why it is fast | `matmul.rs`, `simd.rs`, `threads.rs` |

mod activation;
mod adam;
mod dense;
mod fit;
mod flatten;
mod history;
mod inference;
mod init;
mod layer;
mod linfa_traits;
mod loss;
mod math;
mod matmul;
mod optimizer;
mod parameter;
mod progress;
mod samples;
mod score;
mod sequential;
mod sgd;
mod simd;
mod summary;
mod tape;
mod threads;
mod trainer;
mod weights;

#[cfg(test)]
mod gradient_check;
#[cfg(test)]
mod same_bits;

pub use activation::Activation;
pub use adam::Adam;
pub use fit::Fit;
pub use history::{Epoch, History, Setup};
pub use init::Init;
pub use loss::CrossEntropy;
pub(crate) use loss::argmax;
pub use optimizer::Optimizer;
pub use score::Score;
pub use sequential::Sequential;
pub use sgd::Sgd;
pub use summary::Summary;
