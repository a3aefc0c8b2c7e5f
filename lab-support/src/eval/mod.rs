//! What a trained network is worth: [`Predictions`], [`Confusion`].

mod confusion;
mod predictions;

pub use confusion::{ClassScore, Confusion};
pub use predictions::{Mistake, Predictions};
