use std::ops::Deref;

use serde::{Deserialize, Serialize};

use crate::data::{Digest, Source};
use crate::nn::model::Provenance;
use crate::nn::score::Score;
use crate::nn::train::recipe::Recipe;

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
    pub(crate) recipe: Recipe,
    /// As `784-128-10`.
    pub layers: String,
    /// Trainable numbers.
    pub params: usize,
    /// Threads that trained it.
    pub threads: usize,
    /// Where the images come from.
    pub source: Source,
    /// All that the network has seen in training up to now.
    pub provenance: Provenance,
    /// Validation images that the network has learned from, too: 0 where validation tells what it should.
    pub validated_on_learned: usize,
    /// The weights that the training ended with.
    pub(crate) network: Digest,
}

/// Every figure of a training run, epoch by epoch: what `fit` returns. What is in it, `history.epochs` and the others
/// of [`Training`], can be read and not be changed: it stands for a training that took place.
#[derive(Clone, Debug, PartialEq)]
pub struct History(pub(crate) Training);

/// What a [`History`] holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Training {
    /// Epoch by epoch, those that were completed.
    pub epochs: Vec<Epoch>,
    /// The epoch whose weights early stopping gave back to the network; None where it has those of the last.
    pub restored: Option<usize>,
    /// What was trained, and how.
    pub setup: Setup,
}

impl Deref for History {
    type Target = Training;

    fn deref(&self) -> &Training {
        &self.0
    }
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
    use crate::nn::train::plan::Fit;

    fn images(bright: u8) -> Images {
        let pixels = ArcArray::from_shape_fn((4, 2, 2), |(i, ..)| bright + i as u8);
        Images::new(pixels, ArcArray1::zeros(4), Source::Practice).unwrap()
    }

    #[test]
    fn a_network_remembers_every_image_that_had_a_say_until_it_is_drawn_anew() {
        let (train, test) = Images::originals(images(0), images(10));
        let [train, test, by_hand] = [train, test, images(20)].map(|images| images.normalized());
        let mut model = Sequential::new([2, 2]).flatten().dense(10, Linear);
        model.compile(Sgd::new(0.1), CrossEntropy::from_logits());
        let plan = || Fit::epochs(1).quiet();
        let splits = |history: &History| {
            let setup = &history.setup;
            (setup.provenance.trained(), setup.provenance.validated(), setup.validated_on_learned)
        };
        let first = model.fit(&by_hand, plan().validation(&test)).unwrap();
        assert_eq!(splits(&first), (vec![Split::Unknown], vec![Split::Test], 0));
        let second = model.fit(&train.take(3), plan().validation_split(0.5)).unwrap();
        let both = (vec![Split::Train, Split::Unknown], vec![Split::Train, Split::Test]);
        assert_eq!(splits(&second), (both.0.clone(), both.1.clone(), 0));
        let third = model.fit(&train.split(2).unwrap().1, plan().validation(&train.take(1))).unwrap();
        assert_eq!(splits(&third).2, 1, "one of these was learned from before");

        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("it.safetensors");
        model.save(&file).unwrap();
        let loaded = Sequential::load(&file).unwrap();
        assert_eq!(loaded.provenance, third.setup.provenance, "a file says it, too");
        let mut other = Sequential::new([2, 2]).flatten().dense(10, Linear);
        other.load_weights(&file).unwrap();
        assert_eq!(other.provenance.trained(), [Split::Unknown]);

        let mut anew = model.seed(1);
        let fourth = anew.fit(&train, plan()).unwrap();
        assert_eq!(splits(&fourth), (vec![Split::Train], vec![], 0));
    }
}
