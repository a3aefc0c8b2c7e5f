//! One training run, as it is recorded.

use std::fmt;
use std::time::SystemTime;

use lab_base::Error;
use serde::{Deserialize, Serialize};

use crate::data::{Digest, Split};
use crate::lesson::tested::check_score;
use crate::nn::{Epoch, History, Recipe, Score};

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
    /// Epochs that its network had been trained for when this training began, since its weights were drawn or loaded.
    #[serde(default, skip_serializing_if = "is_none")]
    pub epochs_before: usize,
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
            epochs_before: setup.epochs_before,
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
        if self.epochs_before > 0 {
            write!(f, "\nIts network had been trained for {} epochs before.", self.epochs_before)?;
        }
        self.unfair().map_or(Ok(()), |why| write!(f, "\n{why}"))
    }
}

#[cfg(test)]
mod tests {
    use crate::lesson::example_runs::{data, history, history_of, network, run, score_of};
    use crate::lesson::run::Run;
    use crate::nn::{Adam, Fit};

    #[test]
    fn runs_without_name_or_epochs_are_refused() {
        let (history, empty) =
            (history(0.9), history_of(&network(&[8], Adam::default()), &Fit::epochs(0), 0.9));
        assert!(Run::new(" ", &history, Some(&score_of(&history, 0.9))).is_err());
        assert!(Run::new("empty", &empty, None).is_err());
    }

    #[test]
    fn a_network_that_was_trained_before_is_said_to_have_been() {
        let (train, mut model) = (data().0, network(&[8], Adam::default()));
        let plan = || Fit::epochs(2).quiet();
        let of = |history| Run::new("run", &history, None).unwrap();
        assert_eq!(of(model.fit(&train, plan()).unwrap()).epochs_before, 0);
        let again = of(model.fit(&train, plan()).unwrap());
        assert_eq!((again.epochs, again.epochs_before), (2, 2));
        assert!(again.to_string().ends_with("had been trained for 2 epochs before."), "{again}");
        let anew = of(model.clone().seed(7).fit(&train, plan()).unwrap());
        assert_eq!(anew.epochs_before, 0, "its weights are drawn anew");
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
}
