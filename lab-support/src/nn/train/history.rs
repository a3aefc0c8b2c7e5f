use serde::{Deserialize, Serialize};

use crate::data::Source;
use crate::nn::model::Provenance;
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

/// What was trained, and how: the part of a record that doesn't change from epoch to epoch.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    /// As `784-128-10`.
    pub layers: String,
    /// Trainable numbers.
    pub params: usize,
    /// As `Adam, weight decay 0.1`.
    pub optimizer: String,
    /// The optimizer's own, before any schedule.
    pub learning_rate: f32,
    /// Images per update of the weights.
    pub batch_size: usize,
    /// What else was chosen, in words; empty where everything was left as it is by default.
    pub with: String,
    /// Epochs that it would have had without early stopping; None where there was none.
    pub at_most: Option<usize>,
    /// Of first weights, shuffles and all other random numbers.
    pub seed: u64,
    /// Threads that trained it.
    pub threads: usize,
    /// Where the images come from.
    pub source: Source,
    /// All that the network has seen in training up to now.
    pub provenance: Provenance,
}

/// Every figure of a training run, epoch by epoch: what `fit` returns.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// Epoch by epoch, those that were completed.
    pub epochs: Vec<Epoch>,
    /// The epoch whose weights early stopping gave back to the network; None where it has those of the last.
    pub restored: Option<usize>,
    /// What was trained, and how.
    pub setup: Setup,
}

impl History {
    /// The epoch whose weights the network has now; None where there was no epoch.
    pub fn kept(&self) -> Option<&Epoch> {
        match self.restored {
            Some(number) => self.epochs.iter().find(|epoch| epoch.number == number),
            None => self.epochs.last(),
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{ArcArray, ArcArray1};

    use super::*;
    use crate::data::{Images, Split};
    use crate::nn::Activation::Linear;
    use crate::nn::loss::CrossEntropy;
    use crate::nn::model::Sequential;
    use crate::nn::optim::Sgd;
    use crate::nn::train::recipe::Fit;

    fn images(split: Split) -> Images {
        let images = Images::new(ArcArray::zeros((4, 2, 2)), ArcArray1::zeros(4), Source::Practice);
        images.unwrap().of_split(split)
    }

    #[test]
    fn a_network_remembers_every_set_that_had_a_say_until_it_is_drawn_anew() {
        let [train, test, by_hand] =
            [Split::Train, Split::Test, Split::Unknown].map(|split| images(split).normalized());
        let mut model = Sequential::new([2, 2]).flatten().dense(10, Linear);
        model.compile(Sgd::new(0.1), CrossEntropy::from_logits());
        let plan = || Fit::epochs(1).quiet();
        let first = model.fit(&by_hand, plan().validation(&test)).unwrap();
        assert_eq!(
            first.setup.provenance,
            Provenance { trained: vec![Split::Unknown], validated: vec![Split::Test] }
        );
        let second = model.fit(&train.take(3), plan().validation_split(0.5)).unwrap();
        let trained = vec![Split::Unknown, Split::Train];
        assert_eq!(
            second.setup.provenance,
            Provenance { trained, validated: vec![Split::Test, Split::Train] }
        );
        let mut anew = model.seed(1);
        let third = anew.fit(&train, plan()).unwrap();
        assert_eq!(third.setup.provenance, Provenance { trained: vec![Split::Train], validated: vec![] });
    }
}
