//! Training that is interrupted, ends early, or changes its learning rate.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use lab_base::Error;

use crate::data::Dataset;
use crate::nn::kernels::Threads;
use crate::nn::layers::Role;
use crate::nn::loss::{CrossEntropy, argmax};
use crate::nn::model::{Samples, Sequential};
use crate::nn::optim::{Adam, Optimizer, Sgd};
use crate::nn::same_bits::{bits, network, striped};
use crate::nn::train::augment::Augment;
use crate::nn::train::checkpoint::Checkpoint;
use crate::nn::train::epoch::Epoch;
use crate::nn::train::schedule::Schedule;
use crate::nn::train::settings::Fit;
use crate::nn::train::state::FitState;

/// Seven batches of 32 in an epoch.
const STEPS: usize = 7;

fn sets() -> (Dataset, Dataset) {
    striped(300).split(200).unwrap()
}

/// A training set of which the first `good` batches are as they should be.
struct Turning {
    data: Dataset,
    good: usize,
    batches: AtomicUsize,
    then: Then,
}

/// What the later batches do.
enum Then {
    /// The process ends.
    Die,
    /// They are not numbers.
    Nan,
    /// The stop button, this file, is pressed.
    Stop(PathBuf),
}

impl Samples for Turning {
    fn len(&self) -> usize {
        self.data.len()
    }

    fn features(&self) -> usize {
        self.data.features()
    }

    fn label(&self, i: usize) -> usize {
        Samples::label(&self.data, i)
    }

    fn fill(&self, rows: &[usize], batch: &mut [f32]) {
        self.data.fill(rows, batch);
        if self.batches.fetch_add(1, Ordering::Relaxed) < self.good {
            return;
        }
        match &self.then {
            Then::Die => panic!("the process ends here"),
            Then::Nan => batch.fill(f32::NAN),
            Then::Stop(file) => {
                std::fs::write(file, "").unwrap();
                // Longer than the button is left alone.
                std::thread::sleep(std::time::Duration::from_millis(15));
            }
        }
    }
}

fn turning(good: usize, then: Then) -> Turning {
    Turning { data: sets().0, good, batches: AtomicUsize::new(0), then }
}

/// The training of this network on `data`, to be resumed from `file`.
fn resumable(model: &Sequential, data: &Dataset, plan: &Fit, file: &Path) -> Option<Checkpoint> {
    let recipe = model.recipe(model.start(), plan, data, Some(&sets().1)).unwrap();
    Some(Checkpoint::new(file.to_path_buf(), recipe, true))
}

fn train(model: &mut Sequential, data: &Dataset, plan: &Fit, file: &Path) -> Result<FitState, Error> {
    let checkpoint = resumable(model, data, plan, file);
    model.train(data, Some(&sets().1), plan, checkpoint, &Threads::one())
}

/// Trains until the process ends after `batches` batches.
fn killed(mut model: Sequential, plan: &Fit, file: &Path, batches: usize) {
    let checkpoint = resumable(&model, &sets().0, plan, file);
    let data = turning(batches, Then::Die);
    let train = || model.train(&data, Some(&sets().1), plan, checkpoint, &Threads::one());
    let end = catch_unwind(AssertUnwindSafe(train));
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
        Fit::epochs(5).average_weights(0.9),
        Fit::epochs(9).average_weights(0.9).validation(&sets().1).early_stopping(2),
    ];
    let optimizers: [Optimizer; 5] = [
        Adam::default().into(),
        Sgd::new(0.5).momentum(0.9).into(),
        Sgd::new(0.3).into(),
        Adam::new(0.01).into(),
        Sgd::new(0.5).momentum(0.9).into(),
    ];
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
fn checkpoint(folder: &Path) -> (PathBuf, Fit) {
    let (file, plan) = (folder.join("half.safetensors"), Fit::epochs(3).quiet());
    killed(network(1, Adam::default()), &plan, &file, 2 * STEPS + 1);
    (file, plan)
}

#[test]
fn a_checkpoint_of_another_training_is_refused_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (file, plan) = checkpoint(folder.path());
    let adam = || network(1, Adam::default());
    let mut smoothed = adam();
    smoothed.compile(Adam::default(), CrossEntropy::from_logits().label_smoothing(0.1));
    let (mut frozen, mut learned, mut changed) = (adam(), adam(), sets().0.images().clone());
    frozen.freeze(2).unwrap();
    learned.parameters_mut().next().unwrap().value[0] += 1e-3;
    changed.pixels[[123, 5, 5]] ^= 1;
    let table = [
        ("whose network is", network(2, Adam::default()), sets().0, plan.clone()),
        ("whose optimizer is", network(1, Adam::new(0.01)), sets().0, plan.clone()),
        ("whose loss is", smoothed, sets().0, plan.clone()),
        ("whose plan is", adam(), sets().0, Fit::epochs(4).quiet()),
        ("whose plan is", adam(), sets().0, Fit::epochs(3).quiet().schedule(Schedule::cosine())),
        ("whose plan is", adam(), sets().0, Fit::epochs(3).quiet().average_weights(0.9)),
        ("whose plan is", adam(), sets().0, Fit::epochs(3).quiet().class_weight([2.0; 10])),
        ("whose training set is", adam(), striped(150), plan.clone()),
        ("whose training set is", adam(), changed.normalized(), plan.clone()),
        ("whose network is", frozen, sets().0, plan.clone()),
        ("whose first weights is", learned, sets().0, plan.clone()),
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
    assert_eq!(history.setup.recipe.words(), "x 0.1 every 2 epochs");
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

/// A training whose validation loss is smallest after its second epoch of `epochs`.
fn best_in_the_middle(train: &impl Samples, epochs: usize) -> (Sequential, Result<FitState, Error>) {
    let mut model = network(1, Sgd::new(0.5).momentum(0.9));
    let plan = Fit::epochs(epochs).validation(&sets().1).early_stopping(30).quiet();
    let state = model.train(train, Some(&sets().1), &plan, None, &Threads::one());
    (model, state)
}

#[test]
fn early_stopping_gives_the_best_weights_back_when_the_loss_is_lost() {
    for epochs in [1, 3, 6] {
        let (expected, _) = best_in_the_middle(&sets().0, epochs);
        let (model, error) = best_in_the_middle(&turning(epochs * STEPS + 2, Then::Nan), 9);
        let message = error.unwrap_err().to_string();
        assert!(message.contains(&format!("While training epoch {}", epochs + 1)), "{message}");
        assert!(bits(&model) == bits(&expected), "after {epochs} epochs");
    }
}

/// Runs itself again with the variable by which the kernel says that there is a stop button.
#[test]
fn early_stopping_gives_the_best_weights_back_when_it_is_stopped() {
    let name = "nn::train::tests::early_stopping_gives_the_best_weights_back_when_it_is_stopped";
    let Some(button) = std::env::var_os("LAB_LIVE") else {
        let folder = tempfile::tempdir().unwrap();
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", name]).env("LAB_LIVE", folder.path().join("stop"));
        let output = child.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("1 passed"), "{said}");
        return;
    };
    let button = PathBuf::from(button);
    for epochs in [1, 3, 6] {
        let (expected, _) = best_in_the_middle(&sets().0, epochs);
        let (model, state) = best_in_the_middle(&turning(epochs * STEPS + 2, Then::Stop(button.clone())), 9);
        std::fs::remove_file(&button).unwrap();
        let state = state.unwrap();
        let loss = |epoch: &Epoch| epoch.validation.unwrap().loss;
        let best = state.epochs.iter().min_by(|a, b| loss(a).total_cmp(&loss(b))).unwrap();
        assert_eq!((state.epochs.len(), state.restored), (epochs, Some(best.number)));
        assert!(bits(&model) == bits(&expected), "after {epochs} epochs");
    }
}

#[test]
fn a_training_that_diverges_leaves_the_last_good_weights_and_can_be_done_again() {
    let data = sets().0;
    let mut model = network(1, Sgd::new(0.1));
    model.fit(&data, Fit::epochs(1).quiet()).unwrap();
    let (before, score) = (bits(&model), model.evaluate(&data).unwrap());
    model.compile(Sgd::new(1e30), CrossEntropy::from_logits());
    for _ in 0..2 {
        let message = model.fit(&data, Fit::epochs(3).quiet()).unwrap_err().to_string();
        assert!(message.contains("the network has its last good weights"), "{message}");
        assert!(bits(&model) == before && model.evaluate(&data).unwrap() == score);
    }
    // With the smaller rate, as if the larger one had never been tried.
    let mut other = network(1, Sgd::new(0.1));
    other.fit(&data, Fit::epochs(1).quiet()).unwrap();
    for model in [&mut model, &mut other] {
        model.compile(Adam::new(0.01), CrossEntropy::from_logits());
        model.fit(&data, Fit::epochs(1).quiet()).unwrap();
    }
    assert!(state(&model) == state(&other));
}

/// Dark images, on which huge weights do nothing, and bright ones, on which they do.
#[test]
fn a_validation_loss_that_is_no_number_ends_the_training_and_no_checkpoint_holds_one() {
    let images = |brightness: u8| {
        let label = |i| (i % 10) as u8;
        crate::data::Images::made(crate::data::Source::Practice, (64, 12, 12), |_| brightness, label)
            .normalized()
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dark.safetensors");
    let mut model = Sequential::new([12, 12]).flatten().dense(10, crate::nn::Activation::Linear);
    model.compile(Sgd::new(0.1), CrossEntropy::from_logits());
    model.layers[1].parameters_mut()[0].value.fill(3e38);
    let before = bits(&model);
    let plan = Fit::epochs(3).validation(&images(255)).quiet();
    let recipe = model.recipe(model.start(), &plan, &images(0), Some(&images(255))).unwrap();
    let checkpoint = Some(Checkpoint::new(file.clone(), recipe, true));
    let result = model.train(&images(0), Some(&images(255)), &plan, checkpoint, &Threads::one());
    let message = result.unwrap_err().to_string();
    assert!(message.contains("found a validation loss of NaN"), "{message}");
    assert!(bits(&model) == before && !file.exists());
    let message = model.evaluate(&images(255)).unwrap_err().to_string();
    assert!(message.contains("expected a finite loss, found a loss of NaN"), "{message}");
    let message = model.find_learning_rate(&images(255), 32).unwrap_err().to_string();
    assert!(message.contains("a finite loss at the smallest rate"), "{message}");
    assert!(model.predict(&images(255)).is_err());
}

#[test]
fn a_lone_image_joins_the_batch_before_it_where_batch_normalization_needs_several() {
    let steps = |n: usize, size: usize, mut model: Sequential| {
        model.compile(Sgd::new(0.1), CrossEntropy::from_logits());
        model.fit(&striped(n), Fit::epochs(1).batch_size(size).quiet()).map(|history| history.epochs[0].steps)
    };
    let dense = || network(1, Sgd::new(0.1));
    let plain = || Sequential::new([12, 12]).flatten().dense(10, crate::nn::Activation::Linear);
    let by_channel =
        || Sequential::new([12, 12]).batch_norm().flatten().dense(10, crate::nn::Activation::Linear);
    assert_eq!(steps(65, 32, dense()).unwrap(), 2);
    assert_eq!(steps(66, 32, dense()).unwrap(), 3);
    assert_eq!(steps(3, 2, dense()).unwrap(), 1);
    assert_eq!((steps(65, 32, plain()).unwrap(), steps(65, 32, by_channel()).unwrap()), (3, 3));
    for (n, size) in [(64, 1), (1, 32), (1, 1)] {
        let message = steps(n, size, dense()).unwrap_err().to_string();
        assert!(message.contains("at least 2 images, for batch normalization"), "{message}");
        assert!(steps(n, size, plain()).is_ok() && steps(n, size, by_channel()).is_ok());
    }
    let mut frozen = dense();
    frozen.freeze(frozen.layers.len() - 1).unwrap();
    assert_eq!(steps(3, 1, frozen).unwrap(), 3, "a frozen layer measures nothing");
}

/// With one image of each class in the last batch, the loss in training is that of `evaluate`.
#[test]
fn what_is_learned_from_lone_images_does_not_spoil_the_network() {
    let mut model = network(1, Adam::new(0.01));
    let data = striped(65);
    let history = model.fit(&data, Fit::epochs(30).quiet()).unwrap();
    let (trained, score) = (history.epochs[29].train, model.evaluate(&data).unwrap());
    assert!(score.loss < 2.0 * trained.loss + 0.5, "{score} after a training loss of {}", trained.loss);
}

/// Adam's first step is the learning rate, whatever the gradient: for weights that just begin to learn, too.
#[test]
fn weights_that_begin_to_learn_make_the_first_step_of_the_optimizer() {
    let (data, rate) = (striped(30), 0.01);
    let largest_step = |model: &mut Sequential, layer: usize| {
        let before = model.layers[layer].parameters()[0].value.clone();
        model.fit(&data, Fit::epochs(1).quiet()).unwrap();
        let after = &model.layers[layer].parameters()[0].value;
        before.iter().zip(after).fold(0.0f32, |most, (b, a)| most.max((b - a).abs()))
    };
    let new = || {
        let model = Sequential::new([12, 12]).flatten().dense(20, crate::nn::Activation::Tanh);
        let mut model = model.dense(10, crate::nn::Activation::Linear).seed(1);
        model.compile(Adam::new(rate), CrossEntropy::from_logits());
        model
    };
    let trained = |frozen: usize| {
        let mut model = new();
        model.freeze(frozen).unwrap();
        model.fit(&data, Fit::epochs(40).quiet()).unwrap();
        model
    };
    let mut thawed = trained(2);
    thawed.unfreeze();
    let mut longer = trained(0).dense(10, crate::nn::Activation::Linear);
    let mut swapped = trained(2);
    for (layer, role) in [(1, crate::nn::layers::Role::Trained), (2, crate::nn::layers::Role::Frozen)] {
        swapped.layers[layer].parameters_mut().iter_mut().for_each(|parameter| parameter.role = role);
    }
    for (what, model, layer) in
        [("unfreeze", &mut thawed, 1), ("a new layer", &mut longer, 3), ("changed roles", &mut swapped, 1)]
    {
        let step = largest_step(model, layer);
        assert!((step / rate - 1.0).abs() < 1e-3, "{what}: a step of {step} at a rate of {rate}");
    }
}

#[test]
fn a_training_that_was_stopped_goes_on_when_its_cell_runs_again() {
    let (folder, plan) = (tempfile::tempdir().unwrap(), Fit::epochs(3).quiet());
    let file = folder.path().join("half.safetensors");
    let mut model = network(1, Adam::default());
    let start = model.start();
    killed(model.clone(), &plan, &file, 2 * STEPS + 1);
    // What the stop button leaves: weights somewhere behind the checkpoint.
    model.parameters_mut().next().unwrap().value[0] += 0.5;
    (model.steps, model.epochs, model.interrupted) = (2 * STEPS as u64 + 1, 3, Some(start));
    let recipe = model.recipe(model.interrupted.unwrap(), &plan, &sets().0, Some(&sets().1)).unwrap();
    let checkpoint = Some(Checkpoint::new(file.clone(), recipe, true));
    model.train(&sets().0, Some(&sets().1), &plan, checkpoint, &Threads::one()).unwrap();
    let mut whole = network(1, Adam::default());
    train(&mut whole, &sets().0, &plan, &file).unwrap();
    assert!(state(&model) == state(&whole));
}

/// As `fit` does it where `LAB_TRAININGS` names a folder. Returns the state, and how many batches it has seen.
fn reused(model: &mut Sequential, plan: &Fit, folder: &Path, least_seconds: f64) -> (FitState, usize) {
    let recipe = model.recipe(model.start(), plan, &sets().0, Some(&sets().1)).unwrap();
    let checkpoint = Some(Checkpoint::reused(folder, recipe, least_seconds));
    let data = turning(10_000, Then::Die);
    let state = model.train(&data, Some(&sets().1), plan, checkpoint, &Threads::one()).unwrap();
    (state, data.batches.into_inner())
}

#[test]
fn a_training_with_the_same_recipe_is_not_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let files = || std::fs::read_dir(folder.path()).unwrap().count();
    let stops = Fit::epochs(40).validation(&sets().1).early_stopping(3).quiet();
    let reduced = Fit::epochs(3).schedule(Schedule::reduce_on_plateau(1, 0.3)).quiet();
    for (i, plan) in [stops, reduced].iter().enumerate() {
        let new = || network(1, Sgd::new(0.5).momentum(0.9));
        let (mut first, mut second, mut third) = (new(), new(), new());
        let (made, batches) = reused(&mut first, plan, folder.path(), 1e9);
        assert!(batches > 0 && files() == i, "a short training is not worth a file");
        assert_eq!(
            without_seconds(&reused(&mut second, plan, folder.path(), 0.0).0.epochs),
            without_seconds(&made.epochs)
        );
        assert_eq!(files(), i + 1);
        let (found, batches) = reused(&mut third, plan, folder.path(), 0.0);
        assert_eq!(batches, 0, "nothing is trained");
        assert_eq!(
            (found.restored, found.plateau, &found.early_stopping),
            (made.restored, made.plateau, &made.early_stopping)
        );
        assert_eq!(without_seconds(&found.epochs), without_seconds(&made.epochs));
        assert!(state(&third) == state(&first));
        // What follows is the same as well.
        let [a, b] = [first, third].map(|mut model| {
            reused(&mut model, &Fit::epochs(1).quiet(), &folder.path().join("more"), 1e9);
            state(&model)
        });
        assert!(a == b);
        let mut other = network(2, Sgd::new(0.5).momentum(0.9));
        assert!(reused(&mut other, plan, folder.path(), 1e9).1 > 0, "another seed is another training");
    }
    for file in std::fs::read_dir(folder.path()).unwrap() {
        std::fs::write(file.unwrap().path(), b"damaged").unwrap();
    }
    let plan = Fit::epochs(3).schedule(Schedule::reduce_on_plateau(1, 0.3)).quiet();
    let mut model = network(1, Sgd::new(0.5).momentum(0.9));
    assert!(reused(&mut model, &plan, folder.path(), 0.0).1 > 0, "what can't be read is trained");
}

/// After each step by hand: the mean of the weights is what validation sees, and what the network has in the end; the
/// steps themselves are those that are made without it.
#[test]
fn averaged_weights_are_the_mean_of_those_of_all_steps() {
    let (data, validation) = (striped(32), sets().1);
    let mut plain = network(1, Sgd::new(0.1));
    let mut mean: Vec<Vec<f32>> = Vec::new();
    let mut losses = Vec::new();
    let mut averaged = plain.clone();
    for _ in 0..4 {
        plain.fit(&data, Fit::epochs(1).quiet()).unwrap();
        let values: Vec<Vec<f32>> = plain.parameters().map(|p| p.value.clone()).collect();
        if mean.is_empty() {
            mean = values;
        } else {
            let numbers = mean.iter_mut().flatten().zip(values.into_iter().flatten());
            numbers.for_each(|(mean, value)| *mean += (1.0 - 0.7) * (value - *mean));
        }
        let mut model = plain.clone();
        model.parameters_mut().zip(&mean).for_each(|(p, mean)| p.value.clone_from(mean));
        losses.push(model.evaluate(&validation).unwrap().loss);
    }
    let plan = Fit::epochs(4).average_weights(0.7).validation(&validation).quiet();
    let history = averaged.fit(&data, plan).unwrap();
    for (parameter, mean) in averaged.parameters().zip(&mean).filter(|(p, _)| p.role != Role::Counted) {
        assert_eq!(&parameter.value, mean, "{}", parameter.name);
    }
    assert!(averaged.parameters().all(|parameter| parameter.average.is_empty()));
    let found: Vec<f32> = history.epochs.iter().map(|epoch| epoch.validation.unwrap().loss).collect();
    assert_eq!(found, losses);
    assert_eq!(averaged.evaluate(&validation).unwrap().loss, losses[3]);
    assert_eq!(history.setup.network, averaged.digest());
    assert_eq!(history.setup.recipe.words(), "weights averaged with memory 0.7");
}

#[test]
fn averaged_weights_stay_finite_and_the_best_however_training_ends() {
    let train = |data: &Turning, plan: Fit| {
        let mut model = network(1, Sgd::new(0.5).momentum(0.9));
        let plan = plan.average_weights(0.8).validation(&sets().1).quiet();
        let state = model.train(data, Some(&sets().1), &plan, None, &Threads::one());
        (bits(&model), state)
    };
    for early in [false, true] {
        let plan = |epochs| if early { Fit::epochs(epochs).early_stopping(30) } else { Fit::epochs(epochs) };
        let (lost, error) = train(&turning(3 * STEPS + 2, Then::Nan), plan(9));
        assert!(error.is_err());
        let (whole, state) = train(&turning(usize::MAX, Then::Nan), plan(3));
        assert!(state.is_ok() && lost == whole, "early stopping: {early}");
    }
}

/// A class without weight is not learned; with another weight, other steps are made, and the loss is the weighted one.
#[test]
fn classes_count_as_they_are_weighted() {
    let (data, validation) = sets();
    let fit = |weights: Option<[f32; 10]>| {
        let mut model = network(1, Adam::new(0.003));
        let plan = Fit::epochs(12).validation(&validation).quiet();
        let history = model.fit(&data, weights.into_iter().fold(plan, Fit::class_weight)).unwrap();
        (model, history)
    };
    let (plain, history) = fit(None);
    let (same, _) = fit(Some([1.0; 10]));
    assert!(bits(&plain) == bits(&same));
    let mut weights = [1.0; 10];
    weights[3] = 0.0;
    let (without, weighted) = fit(Some(weights));
    let recall = |model: &Sequential| {
        let outputs = model.outputs(&data.only(&[3]).unwrap()).unwrap();
        outputs.rows().into_iter().filter(|row| argmax(row.as_slice().unwrap()) == 3).count()
    };
    assert!(recall(&plain) > 10 && recall(&without) == 0, "{} and {}", recall(&plain), recall(&without));
    assert!(weighted.epochs[0].train.loss < history.epochs[0].train.loss);
    assert_eq!(weighted.setup.recipe.words(), "class weights 3: 0");
}

#[test]
fn a_callback_sees_each_epoch_and_the_network_as_it_is_then() {
    let (data, validation) = sets();
    let (sender, seen) = std::sync::mpsc::channel();
    let kept = validation.clone();
    let callback = move |epoch: &Epoch, model: &Sequential| {
        sender.send((*epoch, model.evaluate(&kept).unwrap().loss)).unwrap();
    };
    let plan = Fit::epochs(3).average_weights(0.9).validation(&validation).on_epoch(callback).quiet();
    let mut model = network(1, Adam::default());
    let history = model.fit(&data, plan).unwrap();
    let seen: Vec<(Epoch, f32)> = seen.try_iter().collect();
    let expected = history.epochs.iter().map(|epoch| (*epoch, epoch.validation.unwrap().loss));
    assert!(seen.iter().copied().eq(expected), "{seen:?}");
    let mut other = network(1, Adam::default());
    other.fit(&data, Fit::epochs(3).average_weights(0.9).validation(&validation).quiet()).unwrap();
    assert!(bits(&other) == bits(&model), "it changes nothing");
}

/// What was trained once is had again from `LAB_TRAININGS`, to the last bit and with its history; not where a callback
/// wants to see it.
#[test]
fn a_training_is_had_again_from_a_folder_of_trainings() {
    let name = "nn::train::tests::a_training_is_had_again_from_a_folder_of_trainings";
    let Some(folder) = std::env::var_os("LAB_TRAININGS") else {
        let folder = tempfile::tempdir().unwrap();
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", name, "--nocapture"]).env("LAB_TRAININGS", folder.path());
        let output = child.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let why = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.contains("1 passed"), "{said}{why}");
        return;
    };
    let folder = PathBuf::from(folder);
    let (data, validation) = sets();
    let plan = || Fit::epochs(2).average_weights(0.9).validation(&validation).early_stopping(5).quiet();
    let train = || {
        let (mut model, plan) = (network(1, Adam::default()), plan());
        let recipe = model.recipe(model.start(), &plan, &data, Some(&validation)).unwrap();
        // As `fit` does where a training takes longer than a moment.
        let checkpoint = Checkpoint::reused(&folder, recipe, 0.0);
        let state = model.train(&data, Some(&validation), &plan, Some(checkpoint), &Threads::one()).unwrap();
        (bits(&model), state.epochs)
    };
    let first = train();
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    let fit = |plan: Fit| {
        let mut model = network(1, Adam::default());
        let history = model.fit(&data, plan).unwrap();
        (bits(&model), history.epochs.clone())
    };
    assert!(fit(plan()) == first, "seconds and all: nothing was trained");
    let other = fit(plan().on_epoch(|_, _| ()));
    assert!(other.0 == first.0 && other.1 != first.1, "trained again");
    let third = fit(Fit::epochs(2).average_weights(0.9).validation(&validation).early_stopping(6).quiet());
    assert!(third.0 == first.0 && third.1 != first.1, "of another recipe");
}
