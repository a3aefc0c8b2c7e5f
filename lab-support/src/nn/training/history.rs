use crate::data::Source;
use crate::nn::Score;

/// One pass over the training set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    /// 1, 2, 3 ...
    pub number: usize,
    pub seconds: f64,
    /// Batches, and so updates of the weights: 60,000 / 32 = 1,875.
    pub steps: usize,
    /// Mean over the epoch's images, measured while the weights move, as Keras does.
    pub train: Score,
    /// Measured after the epoch, when there is a validation set.
    pub validation: Option<Score>,
}

/// What was trained, and how: the part of a record that doesn't change from epoch to epoch.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    /// As `784-128-10`.
    pub layers: String,
    /// Trainable numbers.
    pub params: usize,
    pub optimizer: String,
    pub learning_rate: f32,
    pub batch_size: usize,
    pub seed: u64,
    pub threads: usize,
    pub source: Source,
}

/// Every figure of a training run, epoch by epoch: what `fit` returns.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    pub epochs: Vec<Epoch>,
    pub setup: Setup,
}
