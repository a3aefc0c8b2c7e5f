//! Data sets, networks, histories and runs for tests, most of them made without training.

use crate::data::{Contents, Dataset, Images, Source, Split};
use crate::lesson::run::Run;
use crate::nn::Activation::{Linear, Relu};
use crate::nn::{
    Adam, CrossEntropy, Epoch, Evidence, Fit, History, Measured, Optimizer, Provenance, Score, Sequential,
    Setup, Training,
};

/// Forty training images and ten test images, which are known as such: the first pixels say which image it is.
pub(super) fn data() -> (Dataset, Dataset) {
    let images = |first: usize, n: usize| {
        let pixel = |(i, row, column)| match (row, column) {
            (0, 0) => (first + i) as u8,
            (_, column) => (column * (i % 10)) as u8,
        };
        Images::made(Source::FashionMnist, (n, 28, 28), pixel, |i| (i % 10) as u8)
    };
    let (train, test) = Images::originals(images(0, 40), images(100, 10));
    (train.normalized(), test.normalized())
}

/// 784, these, 10, all of them dense.
pub(super) fn network(hidden: &[usize], optimizer: impl Into<Optimizer>) -> Sequential {
    let flat = Sequential::new([28, 28]).flatten();
    let model = hidden.iter().fold(flat, |model, units| model.dense(*units, Relu)).dense(10, Linear);
    let mut model = model.seed(42);
    model.compile(optimizer, CrossEntropy::from_logits());
    model
}

/// As `fit` would return it, without having trained.
pub(super) fn history_of(model: &Sequential, plan: &Fit, accuracy: f32) -> History {
    let train = data().0;
    let recipe = model.recipe(model.start(), plan, &train, None).unwrap();
    let mut provenance = Provenance::default();
    provenance.add(train.images(), None);
    let score = |accuracy| Score::from(Measured { loss: 0.5, accuracy, samples: 60_000 });
    let epoch = |number| Epoch {
        number,
        seconds: 0.5,
        steps: 1875,
        train: score(accuracy),
        validation: None,
        learning_rate: 0.001,
    };
    let setup = Setup {
        layers: model.architecture(),
        params: model.trainable_params(),
        epochs_before: 0,
        threads: 2,
        source: Source::FashionMnist,
        provenance,
        validated_on_learned: 0,
        network: model.digest(),
        recipe,
    };
    History(Training { epochs: (1..=plan.plan.epochs).map(epoch).collect(), restored: None, setup })
}

pub(super) fn history(accuracy: f32) -> History {
    history_of(&network(&[128], Adam::default()), &Fit::epochs(2), accuracy)
}

/// On the whole test set, of the network that a training left.
pub(super) fn score_of(history: &History, accuracy: f32) -> Score {
    let images = Contents { source: Source::FashionMnist, split: Split::Test, whole: true };
    let score = Score::from(Measured { loss: 0.4, accuracy, samples: 10_000 });
    score.with_evidence(Evidence { network: history.setup.network, images })
}

pub(super) fn run_of(name: &str, history: &History, test: f32) -> Run {
    Run::new(name, history, Some(&score_of(history, test))).unwrap().sealed()
}

pub(super) fn run(name: &str, test: f32) -> Run {
    run_of(name, &history(0.9), test)
}
