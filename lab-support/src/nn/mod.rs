//! The network and its training: batch -> layers -> logits -> loss -> gradients -> optimizer -> weights.

mod history;
mod score;

pub use history::{Epoch, History, Setup};
pub use score::Score;
