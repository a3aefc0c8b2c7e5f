//! One training run, and how it gets into the records.

use std::fmt;
use std::time::SystemTime;

use lab_base::Error;
use lab_base::{home, records};
use serde::{Deserialize, Serialize};

use crate::data::{Dataset, Source, Split};
use crate::nn::{Epoch, Fit, History, Score, Sequential};
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
    /// Epoch by epoch.
    #[serde(default)]
    pub curve: Vec<EpochPoint>,
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
/// As [`Sequential::fit`]; when the training was stopped, and when the record can't be written.
pub fn experiment(
    name: &str,
    model: &mut Sequential,
    train: &Dataset,
    test: &Dataset,
    plan: Fit,
) -> Result<History, Error> {
    let history = model.fit(train, plan)?;
    live::check_not_stopped("recording an experiment")?;
    let score = model.evaluate(test)?;
    record(name, &history, &score)?;
    Ok(history)
}

/// Adds a training run and its score on the test set to `data/runs.jsonl`, and says so.
///
/// # Errors
/// When the name is empty, when the history has no epochs, or when the file can't be written.
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
        Ok(Run {
            name: name.trim().to_string(),
            data: setup.source.name().to_string(),
            layers: setup.layers.clone(),
            params: setup.params,
            optimizer: setup.optimizer.clone(),
            learning_rate: setup.learning_rate,
            batch_size: setup.batch_size,
            with: setup.with.clone(),
            at_most: setup.at_most,
            epochs: history.epochs.len(),
            seed: setup.seed,
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
            trained_on: names(&setup.provenance.trained),
            validated_on: names(&setup.provenance.validated),
            curve: history.epochs.iter().map(EpochPoint::of).collect(),
        })
    }

    /// Adds it to the records of runs on this kind of data.
    pub(super) fn keep(&self, source: Source) -> Result<(), Error> {
        records::append(&home::runs_file(source)?, self)
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
        write!(f, "; {:.1} s", self.seconds)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::nn::{Provenance, Setup};

    pub fn history(accuracy: f32) -> History {
        let train = Score { loss: 0.5, accuracy, samples: 60_000 };
        let setup = Setup {
            layers: "784-128-10".into(),
            params: 101_770,
            optimizer: "Adam".into(),
            learning_rate: 0.001,
            batch_size: 32,
            with: String::new(),
            at_most: None,
            seed: 42,
            threads: 2,
            source: Source::FashionMnist,
            provenance: Provenance { trained: vec![Split::Train], validated: vec![] },
        };
        let epoch = |number| Epoch {
            number,
            seconds: 0.5,
            steps: 1875,
            train,
            validation: None,
            learning_rate: 0.001,
        };
        History { epochs: vec![epoch(1), epoch(2)], restored: None, setup }
    }

    pub fn run(name: &str, test: f32) -> Run {
        Run::new(name, &history(0.9), Some(&Score { loss: 0.4, accuracy: test, samples: 10_000 })).unwrap()
    }

    #[test]
    fn runs_without_name_or_epochs_are_refused() {
        let score = Score { loss: 0.4, accuracy: 0.9, samples: 10 };
        assert!(Run::new(" ", &history(0.9), Some(&score)).is_err());
        let empty = History { epochs: vec![], ..history(0.9) };
        assert!(Run::new("empty", &empty, None).is_err());
    }

    #[test]
    fn a_record_has_the_agreed_names() {
        let record = serde_json::to_value(run("baseline", 0.88)).unwrap();
        let words = "name data layers params optimizer learning_rate batch_size epochs seed train_loss \
                     train_accuracy test_accuracy test_loss seconds threads when images trained_on curve";
        for key in words.split(' ') {
            assert!(!record[key].is_null(), "{key} in {record}");
        }
        assert_eq!((&record["data"], &record["trained_on"][0]), (&"real".into(), &"train".into()));
        assert_eq!(record.get("validation_accuracy"), Some(&().into()));
        assert_eq!(record["curve"].as_array().unwrap().len(), 2);
    }
}
