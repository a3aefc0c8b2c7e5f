//! Trainings that take minutes: shown from the records that come with the lab, made again only when asked.

use std::env;
use std::fmt;
use std::path::PathBuf;

use lab_base::Error;
use lab_base::{home, records};

use crate::data::{Dataset, Source};
use crate::lesson::run::Run;
use crate::lesson::runs::Runs;
use crate::lesson::tested::check_is_test;
use crate::nn::{Fit, Recipe, Sequential};
use crate::notebook::live;

/// Seeds that a long run is made with: that of the network, and the next two.
const SEEDS: u64 = 3;

/// Variants of a test image that test-time augmentation adds to it.
const VARIANTS: usize = 8;

/// A network that was trained for minutes, and what its trainings came to: shows itself as a table.
#[derive(Clone)]
pub struct LongRun {
    /// With the weights of the first seed: it predicts at once.
    pub network: Sequential,
    runs: LongRuns,
}

/// The trainings that take minutes: shows itself as a table.
#[derive(Clone)]
pub struct LongRuns {
    runs: Runs,
}

/// All long runs in the records that come with the lab.
///
/// # Errors
/// When the file can't be read, or a line of it is not a record.
pub fn long_runs() -> Result<LongRuns, Error> {
    Ok(LongRuns::new(recorded()?))
}

/// Trains a compiled network, or shows what came of it when that was done: with three seeds, on Fashion-MNIST,
/// each measured on the test set once; and where it was trained on variants of the images, with test-time augmentation
/// by eight more of the same kind too. Records and weights come with the lab, in `data/long-runs/`. Made again by
/// `cargo lab run --retrain NOTEBOOK`, which sets `LAB_RETRAIN`; an interrupted training then goes on where it was.
///
/// A network or plan other than the recorded one is trained now, with its own seed alone, and recorded as by
/// [`experiment`](super::experiment).
///
/// # Errors
/// As [`Sequential::fit`]; when the training was stopped, when a record can't be read or written, and when long runs are
/// to be made again on the practice set.
pub fn long_run(
    name: &str,
    model: &Sequential,
    plan: Fit,
    train: &Dataset,
    test: &Dataset,
) -> Result<LongRun, Error> {
    if env::var_os("LAB_RETRAIN").is_some_and(|value| !value.is_empty()) {
        make(name, model, &plan, train, test)?;
    }
    let named = || Ok::<_, Error>(recorded()?.into_iter().filter(|run| run.name == name));
    let wanted = recipe(model, &plan, train)?;
    let runs: Vec<Run> = named()?.filter(|run| is_of(run, &wanted)).collect();
    if !runs.is_empty() {
        let network = Sequential::load(weights_file(name)?)?;
        return Ok(LongRun { network, runs: LongRuns::new(runs) });
    }
    match named()?.next() {
        Some(_) => println!("This is not the training of the records: training it now, once."),
        None => println!("There is no record of \"{name}\": training it now, once."),
    }
    let (network, run) = trained(name, model, plan, train, test)?;
    run.keep(train.images().source)?;
    Ok(LongRun { network, runs: LongRuns::new(vec![run]) })
}

/// A trained copy of the network, and how good it is.
fn trained(
    name: &str,
    model: &Sequential,
    plan: Fit,
    train: &Dataset,
    test: &Dataset,
) -> Result<(Sequential, Run), Error> {
    check_is_test("making a long run", train.images().source, test.images().contents())?;
    let (mut network, augment) = (model.clone(), plan.plan.augment);
    let history = network.fit(train, plan)?;
    live::check_not_stopped("recording a long run")?;
    let mut run = Run::new(name, &history, Some(&network.evaluate(test)?))?;
    if let Some(augment) = augment {
        // Nothing is erased of what the network is asked about.
        let augment = augment.erase(0.0);
        let mean = network.with_softmax().predict_augmented(test, &augment, VARIANTS)?;
        run.augmented_accuracy = Some(mean.confusion(test)?.accuracy);
    }
    println!("{run}");
    Ok((network, run))
}

/// Trains with every seed, then puts the records and the first seed's weights in the place of the old ones.
fn make(name: &str, model: &Sequential, plan: &Fit, train: &Dataset, test: &Dataset) -> Result<(), Error> {
    if train.images().source != Source::FashionMnist {
        let advice = "fetch it with `cargo lab data`";
        return Err(Error::new("making a long run again", "Fashion-MNIST", "the practice set", advice));
    }
    let (mut first, mut runs) = (None, Vec::new());
    for seed in model.seed..model.seed + SEEDS {
        let plan = plan.clone().checkpoint(format!("{}-{seed}", slug(name)));
        let (network, run) = trained(name, &model.clone().seed(seed), plan, train, test)?;
        first.get_or_insert(network);
        runs.push(run.sealed());
    }
    records::replace(&records_file()?, |old: &Run| old.name == name, &runs)?;
    first.map_or(Ok(()), |network| network.save(weights_file(name)?))
}

/// The records of all long runs, oldest first.
pub(super) fn recorded() -> Result<Vec<Run>, Error> {
    records::read(&records_file()?)
}

/// The training that a network and a plan stand for.
fn recipe(model: &Sequential, plan: &Fit, train: &Dataset) -> Result<Recipe, Error> {
    let (train, validation) = plan.sets(train)?;
    model.recipe(model.start(), plan, &train, validation.as_ref())
}

/// Whether a record is of this training, whatever the seed and the data.
fn is_of(run: &Run, recipe: &Recipe) -> bool {
    run.is_sealed() && run.recipe.as_ref().map(Recipe::of_any_data) == Some(recipe.of_any_data())
}

/// Beside the project's data sets: a worked copy shows the project's.
fn folder() -> Result<PathBuf, Error> {
    Ok(home::data_dir()?.join("long-runs"))
}

fn records_file() -> Result<PathBuf, Error> {
    Ok(folder()?.join("runs.jsonl"))
}

fn weights_file(name: &str) -> Result<PathBuf, Error> {
    Ok(folder()?.join(slug(name) + ".safetensors"))
}

/// `CNN, best` as `cnn-best`.
fn slug(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

crate::notebook::shows_as_text!(LongRuns);

impl fmt::Display for LongRuns {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let groups = &self.runs.groups;
        if groups.is_empty() {
            return write!(f, "no long runs yet");
        }
        let name = groups.iter().map(|group| group.latest().name.len()).max().unwrap_or(0).max(4);
        let head = "params  epochs  seeds  test acc  spread  augmented  seconds  threads  made on     layers";
        writeln!(f, "{:<name$}  {head}", "name")?;
        for group in groups {
            let run = group.latest();
            let share = |share: Option<f32>| share.map_or("-".into(), |share| format!("{share:.4}"));
            write!(f, "{:<name$}  {:>6}  {:>6}  {:>5}", run.name, run.params, run.epochs, group.seeds())?;
            let (test, spread) = (share(group.test_accuracy()), share(group.spread()));
            write!(f, "  {test:>8}  {spread:>6}  {:>9}", share(group.augmented_accuracy()))?;
            let day = run.when.get(..10).unwrap_or(&run.when);
            writeln!(f, "  {:>7.0}  {:>7}  {day}  {}", group.seconds(), run.threads, run.layers)?;
        }
        writeln!(
            f,
            "Means over the seeds, measured on the test images of Fashion-MNIST. Augmented: by the mean of what"
        )?;
        writeln!(
            f,
            "is said of an image and {VARIANTS} variants of it, as in training but with nothing erased."
        )?;
        write!(f, "To make a row again: cargo lab run --retrain, with the notebook that shows it.")
    }
}

impl LongRuns {
    fn new(runs: Vec<Run>) -> LongRuns {
        LongRuns { runs: Runs::new(runs, Source::FashionMnist) }
    }

    /// Share of the test images classified right, 0 to 1: the mean over the seeds.
    ///
    /// # Errors
    /// When there is no record of this name.
    pub fn test_accuracy(&self, name: &str) -> Result<f32, Error> {
        self.runs.test_accuracy(name)
    }

    /// The same with test-time augmentation.
    ///
    /// # Errors
    /// When there is no record of this name, or it was trained without augmentation.
    pub fn augmented_accuracy(&self, name: &str) -> Result<f32, Error> {
        self.runs.augmented_accuracy(name)
    }
}

impl LongRun {
    /// Shows the table in a notebook.
    pub fn evcxr_display(&self) {
        self.runs.evcxr_display();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::example_runs::{data, history_of, network, run, run_of};
    use crate::nn::{Adam, AdamW, CrossEntropy, Muon, Optimizer, Schedule};

    #[test]
    fn a_record_is_of_one_training_whatever_its_seed() {
        let (train, plan) = (data().0, Fit::epochs(2));
        let model = |optimizer: Optimizer| network(&[128], optimizer);
        let adamw = AdamW::new(0.003).weight_decay(0.05);
        let recorded = |model: &Sequential| run_of("long", &history_of(model, &plan, 0.9), 0.9);
        let known = recorded(&model(adamw.into()).seed(7));
        let is_known =
            |run: &Run, model: &Sequential, plan: &Fit| is_of(run, &recipe(model, plan, &train).unwrap());
        assert!(is_known(&known, &model(adamw.into()), &plan));
        assert!(!is_known(&Run { test_accuracy: Some(0.99), ..known.clone() }, &model(adamw.into()), &plan));

        let optimizers: [Optimizer; 5] = [
            adamw.beta_1(0.0).epsilon(1.0).into(),
            adamw.beta_2(0.9).into(),
            adamw.weight_decay(0.01).into(),
            AdamW::new(0.001).weight_decay(0.05).into(),
            Adam::new(0.003).into(),
        ];
        for optimizer in optimizers {
            assert!(!is_known(&known, &model(optimizer), &plan), "{optimizer:?}");
        }
        let plans = [
            Fit::epochs(3),
            plan.clone().batch_size(64),
            plan.clone().schedule(Schedule::cosine()),
            plan.clone().clip_norm(1.0),
            plan.clone().average_weights(0.9),
            plan.clone().class_weight([2.0; 10]),
            plan.clone().validation_split(0.5),
        ];
        for plan in plans {
            assert!(!is_known(&known, &model(adamw.into()), &plan), "{plan:?}");
        }
        let mut smoothed = model(adamw.into());
        smoothed.compile(adamw, CrossEntropy::from_logits().label_smoothing(0.1));
        let mut frozen = model(adamw.into());
        frozen.freeze(2).unwrap();
        let wider = network(&[129], adamw);
        for other in [smoothed, frozen, wider] {
            assert!(!is_known(&known, &other, &plan), "{other:?}");
        }

        let image = |optimizer: Muon| {
            let mut model = Sequential::new([28, 28]).conv2d(2, 3, crate::nn::Activation::Relu).flatten();
            model = model.dense(10, crate::nn::Activation::Linear);
            model.compile(optimizer, CrossEntropy::from_logits());
            model
        };
        let known = recorded(&image(Muon::new(0.008)));
        assert!(is_known(&known, &image(Muon::new(0.008)), &plan));
        assert!(!is_known(&known, &image(Muon::new(0.008).momentum(0.5)), &plan));
    }

    /// Without a record it would train, and measure on these: nothing is trained, nothing recorded.
    #[test]
    fn what_is_not_the_whole_test_set_is_refused_before_any_training() {
        let (train, test) = data();
        let model = network(&[8], Adam::default());
        for (words, set) in
            [("found training images", train.take(10)), ("some of them, or some twice", test.take(9))]
        {
            let plan = Fit::epochs(1).on_epoch(|_, _| panic!("it trains"));
            let told = long_run("nobody's", &model, plan, &train, &set).map(drop).unwrap_err().to_string();
            assert!(told.contains("While making a long run") && told.contains(words), "{told}");
        }
    }

    #[test]
    fn a_row_has_the_mean_of_its_seeds_and_says_when_it_was_made() {
        let of = |seed, test, seconds| {
            let when = "2026-01-02T03:04:05Z".into();
            let augmented_accuracy = Some(test + 0.015);
            Run { seed, seconds, augmented_accuracy, when, ..run("long", test) }.sealed()
        };
        let long = LongRuns::new(vec![of(1, 0.90, 100.0), of(2, 0.92, 200.0)]);
        assert!((long.augmented_accuracy("long").unwrap() - 0.925).abs() < 1e-6);
        assert!(LongRuns::new(vec![run("long", 0.9)]).augmented_accuracy("long").is_err());
        let table = long.to_string();
        let row = table.lines().nth(1).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(row, "long 101770 2 2 0.9100 0.0200 0.9250 150 2 2026-01-02 784-128-10");
    }

    #[test]
    fn files_are_named_after_the_run() {
        assert_eq!((slug("CNN, best"), slug(" dense ")), ("cnn-best".into(), "dense".into()));
    }

    #[test]
    fn every_record_that_comes_with_the_lab_can_be_read() {
        let runs = recorded().unwrap();
        assert!(runs.iter().all(|run| run.data == "real" && run.test_accuracy.is_some() && run.is_sealed()));
        for run in &runs {
            let network = Sequential::load(weights_file(&run.name).unwrap()).unwrap().spec();
            let recipe = run.recipe.as_ref().unwrap();
            assert_eq!(network.layers, recipe.network.layers, "{}", run.name);
            assert_eq!(network.architecture(), run.layers);
        }
        assert_eq!(LongRuns::new(runs).runs.groups.iter().map(|group| group.seeds()).min(), Some(3));
    }
}
