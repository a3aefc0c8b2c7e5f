use serde::{Deserialize, Serialize};

use crate::nn::score::Score;

/// One pass over the training set.
///
/// ```
/// # use lab_support::prelude::*;
/// # let pixels = ndarray::ArcArray::from_shape_fn((40, 2, 2), |(i, row, _)| if row == i % 2 { 255 } else { 0 });
/// # let labels = ndarray::ArcArray1::from_shape_fn(40, |i| (i % 2) as u8);
/// # let data = lab_support::data::Images::new(pixels, labels, lab_support::data::Source::Practice)?.normalized();
/// let mut model = Sequential::new([2, 2]).flatten().dense(2, Linear).seed(1);
/// model.compile(Sgd::new(0.1), CrossEntropy::from_logits());
/// let history = model.fit(&data, Fit::epochs(3).quiet())?;
/// let losses: Vec<f32> = history.epochs.iter().map(|epoch| epoch.train.loss).collect();
/// assert!(losses[2] < losses[0] && history.epochs[2].validation.is_none());
/// # Ok::<(), lab_support::Error>(())
/// ```
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
