use serde::{Deserialize, Serialize};

use crate::nn::score::Score;

/// One pass over the training set.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// 1, 2, 3 ...
    pub number: usize,
    /// Time spent training, without validation.
    pub seconds: f64,
    /// Batches, and so updates of the weights: 60,000 / 32 = 1,875.
    pub steps: usize,
    /// Mean over the epoch's images, measured while the weights move, as Keras does.
    pub train: Score,
    /// Measured after the epoch, when there is a validation set.
    pub validation: Option<Score>,
    /// Of the epoch's last step.
    pub learning_rate: f32,
}
