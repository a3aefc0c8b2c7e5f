//! One training run, and how it gets into the records.

use std::fmt;
use std::time::SystemTime;

use lab_base::Error;
use lab_base::{home, records};
use serde::{Deserialize, Serialize};

use crate::data::{Dataset, Digest, Source, Split};
use crate::lesson::tested::{check_is_test, check_score};
use crate::nn::{Epoch, Fit, History, Recipe, Score, Sequential};
use crate::notebook::live;

/// One training run: what was trained, how, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// As the student called it; the baseline is `baseline`.
    pub name: String,
    /// `real` or `practice`.
    pub data: String,
    /// Widths from input to output, `784-128-10`.
    pub layers: String,
    /// Trainable numbers.
    pub params: usize,
    /// As `Adam, weight decay 0.1`.
    pub optimizer: String,
    /// The optimizer's own, before any schedule.
    pub learning_rate: f32,
    /// Images per update of the weights.
    pub batch_size: usize,
    /// What else was chosen, in words: a schedule, label smoothing, augmentation ...
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub with: String,
    /// Epochs that it would have had without early stopping, where there was any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<usize>,
    /// Passes over the training set that were completed.
    pub epochs: usize,
    /// Of first weights, shuffles and all other random numbers.
    pub seed: u64,
    /// Mean over the epoch whose weights were kept: the last, or the best where early stopping chose.
    pub train_loss: f32,
    /// Share of the training images classified right in that epoch, 0 to 1.
    pub train_accuracy: f32,
    /// After that epoch, where there was a validation set.
    pub validation_accuracy: Option<f32>,
    /// Share of the test images classified right, 0 to 1, where it was tested.
    pub test_accuracy: Option<f32>,
    /// Mean loss on the test images, where it was tested.
    #[serde(default)]
    pub test_loss: Option<f32>,
    /// Test accuracy with test-time augmentation, where it was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub augmented_accuracy: Option<f32>,
    /// Time spent training, without validation.
    pub seconds: f64,
    /// Threads that trained it.
    pub threads: usize,
    /// When it was recorded, RFC 3339, UTC.
    pub when: String,
    /// Images learned from in an epoch.
    #[serde(default)]
    pub images: usize,
    /// The parts of the data set that it has learned from: `train`, `test`, `unknown`.
    #[serde(default)]
    pub trained_on: Vec<String>,
    /// The parts of the data set that it was validated on.
    #[serde(default)]
    pub validated_on: Vec<String>,
    /// Validation images that it has learned from, too.
    #[serde(default, skip_serializing_if = "is_none")]
    pub validated_on_learned: usize,
    /// Epoch by epoch.
    #[serde(default)]
    pub curve: Vec<EpochPoint>,
    /// The training, in full; None in records of earlier versions.
    #[serde(default)]
    pub(super) recipe: Option<Recipe>,
    /// Of the record: what the library writes, and nobody who edits the file.
    #[serde(default)]
    pub(super) seal: Option<Digest>,
}

/// Loss and accuracy of one epoch, on the training set and, where there is one, on the validation set.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochPoint {
    /// Mean loss per training image.
    pub loss: f32,
    /// Share of the training images classified right, 0 to 1.
    pub accuracy: f32,
    /// Mean loss per validation image.
    pub validation_loss: Option<f32>,
    /// Share of the validation images classified right, 0 to 1.
    pub validation_accuracy: Option<f32>,
}

/// Trains a compiled network, measures it on the test set and adds the run to the records.
///
/// # Errors
/// As [`Sequential::fit`]; when `test` is not the test set, when the training was stopped, and when the record can't be
/// written.
pub fn experiment(
    name: &str,
    model: &mut Sequential,
    train: &Dataset,
    test: &Dataset,
    plan: Fit,
) -> Result<History, Error> {
    check_is_test("recording an experiment", train.images().source, test.images().contents())?;
    let history = model.fit(train, plan)?;
    live::check_not_stopped("recording an experiment")?;
    let score = model.evaluate(test)?;
    record(name, &history, &score)?;
    Ok(history)
}

/// Adds a training run and its score on the test set to `data/runs.jsonl`, and says so.
///
/// # Errors
/// When the name is empty, when the history has no epochs, when the score is not of the network that this training
/// left, or not on all test images, or when the file can't be written.
pub fn record(name: &str, history: &History, test: &Score) -> Result<(), Error> {
    let run = Run::new(name, history, Some(test))?;
    run.keep(history.setup.source)?;
    println!("{run}");
    Ok(())
}

impl Run {
    pub(super) fn new(name: &str, history: &History, test: Option<&Score>) -> Result<Run, Error> {
        let refused =
            |expected, advice| Err(Error::new("recording a training run", expected, "none", advice));
        if name.trim().is_empty() {
            return refused("a name", "name it after what is new in it: \"256 neurons\"");
        }
        let Some(kept) = history.kept() else {
            return refused("at least one epoch", "train the network with `fit` first");
        };
        let setup = &history.setup;
        test.map_or(Ok(()), |score| check_score(setup, score))?;
        let recipe = &setup.recipe;
        Ok(Run {
            name: name.trim().to_string(),
            data: setup.source.name().to_string(),
            layers: setup.layers.clone(),
            params: setup.params,
            optimizer: recipe.optimizer.settings().name(),
            learning_rate: recipe.optimizer.settings().learning_rate(),
            batch_size: recipe.plan.batch_size,
            with: recipe.words(),
            at_most: recipe.plan.early_stopping.map(|_| recipe.plan.epochs),
            epochs: history.epochs.len(),
            seed: recipe.network.seed,
            train_loss: kept.train.loss,
            train_accuracy: kept.train.accuracy,
            validation_accuracy: kept.validation.map(|score| score.accuracy),
            test_accuracy: test.map(|score| score.accuracy),
            test_loss: test.map(|score| score.loss),
            augmented_accuracy: None,
            seconds: history.epochs.iter().map(|epoch| epoch.seconds).sum(),
            threads: setup.threads,
            when: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
            images: kept.train.samples,
            trained_on: names(&setup.provenance.trained()),
            validated_on: names(&setup.provenance.validated()),
            validated_on_learned: setup.validated_on_learned,
            curve: history.epochs.iter().map(EpochPoint::of).collect(),
            recipe: Some(recipe.clone()),
            seal: None,
        })
    }

    /// Adds it to the records of runs on this kind of data.
    pub(super) fn keep(&self, source: Source) -> Result<(), Error> {
        records::append(&home::runs_file(source)?, &self.sealed())
    }

    /// As it is written.
    pub(super) fn sealed(&self) -> Run {
        Run { seal: Some(self.expected_seal()), ..self.clone() }
    }

    /// Whether the library wrote it, of a training that it saw, and nobody has changed it since.
    pub(super) fn is_sealed(&self) -> bool {
        self.recipe.is_some() && self.seal == Some(self.expected_seal())
    }

    /// Of all that is said in it.
    fn expected_seal(&self) -> Digest {
        // Numbers of 64 bits may lose their last digit on the way through a file.
        let seconds = (1000.0 * self.seconds).round();
        let text = serde_json::to_string(&Run { seal: None, seconds, ..self.clone() });
        let key = self.recipe.as_ref().map_or(Digest::new(), Recipe::digest);
        key.with(text.expect("a record is plain numbers and text").as_bytes())
    }

    /// Whether it has learned from training images alone, and was validated on training images that it has not learned
    /// from.
    pub(super) fn is_fair(&self) -> bool {
        self.unfair().is_none()
    }

    /// Why it is compared with no other, where it is not.
    fn unfair(&self) -> Option<&'static str> {
        let train = Split::Train.name();
        if self.trained_on != [train] {
            return Some(
                "It has learned from other images than those of the training set: its figures are no test.",
            );
        }
        if self.validated_on.iter().any(|split| split != train) {
            return Some(
                "It was validated on images that are not of the training set: what is chosen by test images is not tested \
                 by them any more. Take some of the training images: `train.split(55_000)?`.",
            );
        }
        (self.validated_on_learned > 0).then_some("It was validated on images that it had learned from.")
    }
}

impl EpochPoint {
    fn of(epoch: &Epoch) -> EpochPoint {
        EpochPoint {
            loss: epoch.train.loss,
            accuracy: epoch.train.accuracy,
            validation_loss: epoch.validation.map(|score| score.loss),
            validation_accuracy: epoch.validation.map(|score| score.accuracy),
        }
    }
}

fn is_none(count: &usize) -> bool {
    *count == 0
}

fn names(splits: &[Split]) -> Vec<String> {
    splits.iter().map(|split| split.name().to_string()).collect()
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "Recorded \"{}\": accuracy in training {:.4}", self.name, self.train_accuracy)?;
        if let Some(accuracy) = self.validation_accuracy {
            write!(f, ", validation {accuracy:.4}")?;
        }
        if let Some(accuracy) = self.test_accuracy {
            write!(f, ", test {accuracy:.4}")?;
        }
        if let Some(accuracy) = self.augmented_accuracy {
            write!(f, ", augmented {accuracy:.4}")?;
        }
        write!(f, "; {:.1} s", self.seconds)?;
        self.unfair().map_or(Ok(()), |why| write!(f, "\n{why}"))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use ndarray::{ArcArray, ArcArray1};

    use super::*;
    use crate::data::{Contents, Images};
    use crate::nn::Activation::{Linear, Relu};
    use crate::nn::{Adam, CrossEntropy, Evidence, Measured, Optimizer, Provenance, Setup, Training};

    /// Forty training images and ten test images, which are known as such: the first pixels say which image it is.
    pub fn data() -> (Dataset, Dataset) {
        let images = |first: usize, n: usize| {
            let pixels = ArcArray::from_shape_fn((n, 28, 28), |(i, row, column)| match (row, column) {
                (0, 0) => (first + i) as u8,
                (_, column) => (column * (i % 10)) as u8,
            });
            let labels = ArcArray1::from_shape_fn(n, |i| (i % 10) as u8);
            Images::new(pixels, labels, Source::FashionMnist).unwrap()
        };
        let (train, test) = Images::originals(images(0, 40), images(100, 10));
        (train.normalized(), test.normalized())
    }

    /// 784, these, 10, all of them dense.
    pub fn network(hidden: &[usize], optimizer: impl Into<Optimizer>) -> Sequential {
        let flat = Sequential::new([28, 28]).flatten();
        let model = hidden.iter().fold(flat, |model, units| model.dense(*units, Relu)).dense(10, Linear);
        let mut model = model.seed(42);
        model.compile(optimizer, CrossEntropy::from_logits());
        model
    }

    /// As `fit` would return it, without having trained.
    pub fn history_of(model: &Sequential, plan: &Fit, accuracy: f32) -> History {
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
            threads: 2,
            source: Source::FashionMnist,
            provenance,
            validated_on_learned: 0,
            network: model.digest(),
            recipe,
        };
        History(Training { epochs: (1..=plan.plan.epochs).map(epoch).collect(), restored: None, setup })
    }

    pub fn history(accuracy: f32) -> History {
        history_of(&network(&[128], Adam::default()), &Fit::epochs(2), accuracy)
    }

    /// On the whole test set, of the network that a training left.
    pub fn score_of(history: &History, accuracy: f32) -> Score {
        let images = Contents { source: Source::FashionMnist, split: Split::Test, whole: true };
        let score = Score::from(Measured { loss: 0.4, accuracy, samples: 10_000 });
        score.with_evidence(Evidence { network: history.setup.network, images })
    }

    pub fn run_of(name: &str, history: &History, test: f32) -> Run {
        Run::new(name, history, Some(&score_of(history, test))).unwrap().sealed()
    }

    pub fn run(name: &str, test: f32) -> Run {
        run_of(name, &history(0.9), test)
    }

    #[test]
    fn runs_without_name_or_epochs_are_refused() {
        let (history, empty) =
            (history(0.9), history_of(&network(&[8], Adam::default()), &Fit::epochs(0), 0.9));
        assert!(Run::new(" ", &history, Some(&score_of(&history, 0.9))).is_err());
        assert!(Run::new("empty", &empty, None).is_err());
    }

    #[test]
    fn a_record_has_the_agreed_names() {
        let record = serde_json::to_value(run("baseline", 0.88)).unwrap();
        let words = "name data layers params optimizer learning_rate batch_size epochs seed train_loss \
                     train_accuracy test_accuracy test_loss seconds threads when images trained_on curve recipe seal";
        for key in words.split(' ') {
            assert!(!record[key].is_null(), "{key} in {record}");
        }
        assert_eq!((&record["data"], &record["trained_on"][0]), (&"real".into(), &"train".into()));
        assert_eq!(record.get("validation_accuracy"), Some(&().into()));
        assert_eq!(record["curve"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn only_a_score_of_this_network_on_the_test_set_is_recorded() {
        let ((train, test), mut model) = (data(), network(&[8], Adam::default()));
        let history = model.fit(&train, Fit::epochs(1).quiet()).unwrap();
        let new = |score: &Score| Run::new("run", &history, Some(score)).map(|run| run.test_accuracy);
        let score = model.evaluate(&test).unwrap();
        assert_eq!(new(&score).unwrap(), Some(score.accuracy));

        let mut relabelled = test.images().clone();
        relabelled.labels.fill(3);
        let twice = test.images().select(&[0, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
        let by_hand =
            Images::new(test.images().pixels.clone(), test.images().labels.clone(), Source::FashionMnist);
        let sets = [
            ("found training images", train.take(10)),
            ("labels, that are not all from it", relabelled.normalized()),
            ("some of them, or some twice", twice.normalized()),
            ("some of them, or some twice", test.take(9)),
            ("that are not all from it", by_hand.unwrap().normalized()),
        ];
        for (words, set) in sets {
            let told = new(&model.evaluate(&set).unwrap()).unwrap_err().to_string();
            assert!(told.contains(words), "{words}: {told}");
            let told = experiment("run", &mut model.clone(), &train, &set, Fit::epochs(1)).unwrap_err();
            assert!(told.to_string().contains(words), "{words}: {told}");
        }

        let by_hand = Score::from(Measured { accuracy: 1.0, ..*score });
        let other = network(&[8], Adam::default()).evaluate(&test).unwrap();
        model.fit(&train, Fit::epochs(1).quiet()).unwrap();
        for score in [by_hand, other, model.evaluate(&test).unwrap()] {
            let told = new(&score).unwrap_err().to_string();
            assert!(told.contains("that of another network"), "{told}");
        }
    }

    /// A line of a file, read again.
    fn read(line: &str) -> Run {
        serde_json::from_str(line).unwrap()
    }

    #[test]
    fn a_line_that_somebody_else_has_written_is_not_sealed() {
        let seconds = 0.1 + 0.2;
        let line = serde_json::to_string(&Run { seconds, ..run("256 neurons", 0.8861) }.sealed()).unwrap();
        assert!(read(&line).is_sealed());
        let edits = [
            ("0.8861", "0.9861"),
            ("256 neurons", "64 neurons"),
            ("\"trained_on\":[\"train\"]", "\"trained_on\":[]"),
            ("\"units\":128", "\"units\":256"),
            ("\"epochs\":2", "\"epochs\":50"),
            ("\"seed\":42", "\"seed\":43"),
        ];
        for (from, to) in edits {
            let edited = line.replace(from, to);
            assert!(edited != line && !read(&edited).is_sealed(), "{from} as {to}");
        }
        let old = r#"{"name":"old","data":"real","layers":"784-128-10","params":1,"optimizer":"Adam","learning_rate":0.001,
            "batch_size":32,"epochs":10,"seed":1,"train_loss":0.1,"train_accuracy":0.9,"validation_accuracy":null,
            "test_accuracy":0.9,"seconds":1.0,"threads":2,"when":"2026-01-01T00:00:00Z"}"#;
        assert!(!read(old).is_sealed(), "it can be read, and proves nothing");
    }

    #[test]
    fn what_was_learned_from_is_told_by_the_images() {
        let ((train, test), of) = (data(), |train: &Dataset, validation: Option<&Dataset>| {
            let plan = validation.iter().fold(Fit::epochs(1).quiet(), |plan, data| plan.validation(data));
            let history = network(&[8], Adam::default()).fit(train, plan).unwrap();
            Run::new("run", &history, None).unwrap()
        });
        assert!(of(&train, None).is_fair());
        let (learn, validation) = train.split(30).unwrap();
        assert!(of(&learn, Some(&validation)).is_fair());
        let mut copied = train.images().clone();
        let image = test.images().pixels.index_axis(ndarray::Axis(0), 3).to_owned();
        copied.pixels.index_axis_mut(ndarray::Axis(0), 7).assign(&image);
        let copied = of(&copied.normalized(), None);
        assert_eq!((copied.trained_on.join(" "), copied.is_fair()), ("train test".into(), false));
        assert!(!of(&train, Some(&test)).is_fair() && !of(&test, None).is_fair());
        let overlapping = of(&train, Some(&validation));
        assert_eq!((overlapping.validated_on_learned, overlapping.is_fair()), (10, false));
    }
}
