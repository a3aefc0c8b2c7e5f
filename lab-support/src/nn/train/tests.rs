//! Training that is interrupted, ends early, or changes its learning rate.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use lab_base::Error;
use ndarray::ArrayViewMut2;

use crate::data::Dataset;
use crate::nn::kernels::Threads;
use crate::nn::loss::CrossEntropy;
use crate::nn::model::{Samples, Sequential};
use crate::nn::optim::{Adam, Optimizer, Sgd};
use crate::nn::same_bits::{bits, network, striped};
use crate::nn::train::augment::Augment;
use crate::nn::train::history::Epoch;
use crate::nn::train::recipe::Fit;
use crate::nn::train::schedule::Schedule;
use crate::nn::train::state::FitState;

/// Seven batches of 32 in an epoch.
const STEPS: usize = 7;

fn sets() -> (Dataset, Dataset) {
    striped(300).split(200).unwrap()
}

/// A training set that is gone after a number of batches, as when the process is killed.
struct Mortal {
    data: Dataset,
    batches: AtomicUsize,
}

impl Samples for Mortal {
    fn len(&self) -> usize {
        self.data.len()
    }

    fn features(&self) -> usize {
        self.data.features()
    }

    fn label(&self, i: usize) -> usize {
        Samples::label(&self.data, i)
    }

    fn fill(&self, rows: &[usize], batch: ArrayViewMut2<f32>) {
        let left = self.batches.fetch_sub(1, Ordering::Relaxed);
        assert!(left > 0, "the process ends here");
        self.data.fill(rows, batch);
    }

    fn fingerprint(&self) -> u32 {
        self.data.fingerprint()
    }
}

fn train(model: &mut Sequential, train: &impl Samples, plan: &Fit, file: &Path) -> Result<FitState, Error> {
    model.train(train, Some(&sets().1), plan, Some(file.to_path_buf()), &Threads::one())
}

/// Trains until the process ends after `batches` batches.
fn killed(mut model: Sequential, plan: &Fit, file: &Path, batches: usize) {
    let data = Mortal { data: sets().0, batches: batches.into() };
    let end = catch_unwind(AssertUnwindSafe(|| train(&mut model, &data, plan, file)));
    assert!(end.is_err(), "it was complete before batch {batches}");
}

fn without_seconds(epochs: &[Epoch]) -> Vec<Epoch> {
    epochs.iter().map(|epoch| Epoch { seconds: 0.0, ..*epoch }).collect()
}

/// Weights, running means of the optimizer, and counts.
fn state(model: &Sequential) -> (Vec<u32>, Vec<u32>, u64, u64) {
    let moments = model.parameters().flat_map(|p| p.moments.iter().flatten()).map(|m| m.to_bits()).collect();
    (bits(model), moments, model.steps, model.epochs)
}

#[test]
fn an_interrupted_training_ends_as_an_uninterrupted_one() {
    let plans = [
        Fit::epochs(5).schedule(Schedule::one_cycle()).clip_norm(0.5).augment(Augment::new().shift(1)),
        Fit::epochs(9).validation(&sets().1).early_stopping(2),
        Fit::epochs(6).schedule(Schedule::reduce_on_plateau(1, 0.3)),
    ];
    let optimizers: [Optimizer; 3] =
        [Adam::default().into(), Sgd::new(0.5).momentum(0.9).into(), Sgd::new(0.3).into()];
    for (plan, optimizer) in plans.into_iter().zip(optimizers) {
        let plan = plan.quiet();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("checkpoints/long.safetensors");
        let mut whole = network(1, optimizer);
        let expected = train(&mut whole, &sets().0, &plan, &file).unwrap();
        assert!(!file.exists(), "a complete training leaves no checkpoint");

        // In the middle of the third epoch, twice.
        killed(network(1, optimizer), &plan, &file, 2 * STEPS + 3);
        killed(network(1, optimizer), &plan, &file, 3);
        let mut resumed = network(1, optimizer);
        let found = train(&mut resumed, &sets().0, &plan, &file).unwrap();
        assert_eq!(without_seconds(&found.epochs), without_seconds(&expected.epochs), "{optimizer:?}");
        assert_eq!((found.restored, found.plateau), (expected.restored, expected.plateau));
        assert!(state(&resumed) == state(&whole), "{optimizer:?}");
        assert!(!file.exists());
    }
}

/// A checkpoint after two epochs of three.
fn checkpoint(folder: &Path) -> (std::path::PathBuf, Fit) {
    let (file, plan) = (folder.join("half.safetensors"), Fit::epochs(3).quiet());
    killed(network(1, Adam::default()), &plan, &file, 2 * STEPS + 1);
    (file, plan)
}

#[test]
fn a_checkpoint_of_another_training_is_refused_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (file, plan) = checkpoint(folder.path());
    let adam = || network(1, Adam::default());
    let mut frozen = adam();
    frozen.compile(Adam::default(), CrossEntropy::from_logits().label_smoothing(0.1));
    let table = [
        ("whose network is", network(2, Adam::default()), sets().0, plan.clone()),
        ("whose optimizer and loss is", network(1, Adam::new(0.01)), sets().0, plan.clone()),
        ("whose optimizer and loss is", frozen, sets().0, plan.clone()),
        ("whose plan is", adam(), sets().0, Fit::epochs(4).quiet()),
        ("whose plan is", adam(), sets().0, Fit::epochs(3).quiet().schedule(Schedule::cosine())),
        ("whose training set is", adam(), striped(150), plan.clone()),
    ];
    for (words, mut model, data, plan) in table {
        let before = state(&model).0;
        let message = train(&mut model, &data, &plan, &file).unwrap_err().to_string();
        assert!(message.contains(words) && message.contains("another name"), "{words}: {message}");
        assert!(state(&model).0 == before && model.steps == 0, "{words}");
    }
    assert!(train(&mut adam(), &sets().0, &plan, &file).is_ok());
}

#[test]
fn a_damaged_checkpoint_is_an_error_that_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let (file, plan) = checkpoint(folder.path());
    let whole = std::fs::read(&file).unwrap();
    for length in [0, 7, 8, 100, 1000, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&file, &whole[..length]).unwrap();
        let mut model = network(1, Adam::default());
        let message = train(&mut model, &sets().0, &plan, &file).unwrap_err().to_string();
        assert!(message.contains("delete that file to begin again"), "{length}: {message}");
        assert!(bits(&model) == bits(&network(1, Adam::default())));
    }
    network(1, Adam::default()).save(&file).unwrap();
    let message = train(&mut network(1, Adam::default()), &sets().0, &plan, &file).unwrap_err().to_string();
    assert!(message.contains("no note of how far"), "{message}");
}

#[test]
fn early_stopping_gives_the_best_weights_back() {
    let (data, validation) = sets();
    let mut model = network(1, Sgd::new(0.5).momentum(0.9));
    let history =
        model.fit(&data, Fit::epochs(40).validation(&validation).early_stopping(3).quiet()).unwrap();
    let loss = |epoch: &Epoch| epoch.validation.unwrap().loss;
    let best = history.epochs.iter().min_by(|a, b| loss(a).total_cmp(&loss(b))).unwrap();
    assert_eq!(history.restored, Some(best.number));
    assert_eq!(history.epochs.len(), best.number + 3, "it waited for three epochs");
    assert_eq!(history.kept(), Some(best));
    assert_eq!(model.evaluate(&validation).unwrap().loss, loss(best));
}

#[test]
fn the_history_has_the_learning_rate_of_each_epoch() {
    let mut model = network(1, Sgd::new(0.5));
    let history = model.fit(&sets().0, Fit::epochs(4).schedule(Schedule::step(2, 0.1)).quiet()).unwrap();
    let rates: Vec<f32> = history.epochs.iter().map(|epoch| epoch.learning_rate).collect();
    assert_eq!(rates, [0.5, 0.5, 0.05, 0.05]);
    assert_eq!(history.setup.with, "x 0.1 every 2 epochs");
}

#[test]
fn clipped_gradients_make_short_steps() {
    let moved = |plan: Fit| {
        let mut model = network(1, Sgd::new(1.0));
        let before: Vec<f32> = model.parameters().flat_map(|p| p.value.clone()).collect();
        model.fit(&striped(30), plan.quiet()).unwrap();
        let trained = model.parameters().flat_map(|p| p.value.iter().map(|v| (*v, p.is_trained())));
        let squares = before.iter().zip(trained).filter(|(_, (_, trained))| *trained);
        squares.map(|(b, (v, _))| f64::from(v - b).powi(2)).sum::<f64>().sqrt()
    };
    assert!((moved(Fit::epochs(1).clip_norm(0.01)) - 0.01).abs() < 1e-4);
    assert!(moved(Fit::epochs(1)) > 0.02);
}
